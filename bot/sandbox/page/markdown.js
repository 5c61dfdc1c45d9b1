/** The `markdown` block: the part of standard Markdown that Slack renders. */
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = new RegExp(
  [
    /\\([!-/:-@[-`{-~])/,
    /`([^`]+)`/,
    /!?\[([^\]]*)\]\(([^)\s]+)\)/,
    /\*\*(?=\S)(.+?)\*\*/,
    /__(?=\S)(.+?)__/,
    /~~(.+?)~~/,
    /\*(?=\S)([^*]+?)\*/,
    /(?<![\p{L}\p{N}])_(?=\S)([^_]+?)_(?![\p{L}\p{N}])/,
    /(https?:\/\/[^\s<>)]+[^\s<>).,;:!?])/,
  ].map((each) => each.source).join("|"),
  "gu",
);

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, escaped, code, label, url, strong, strong2, strike, em, em2, bare] = found;
    nodes.push(withEmoji(text.slice(from, found.index)));
    if (escaped !== undefined) nodes.push(escaped);
    else if (code !== undefined) nodes.push(h("code", {}, code));
    else if (url !== undefined) nodes.push(link(url, label));
    else if (bare !== undefined) nodes.push(link(bare));
    else if (strike !== undefined) nodes.push(h("s", {}, inline(strike)));
    else if (em ?? em2) nodes.push(h("em", {}, inline(em ?? em2)));
    else nodes.push(h("strong", {}, inline(strong ?? strong2)));
    from = found.index + whole.length;
  }
  nodes.push(withEmoji(text.slice(from)));
  return nodes;
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const isRow = (line) => /^\s*\|.*\|\s*$/.test(line ?? "");
const cellsOf = (line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));

function table(rows) {
  const [head, , ...body] = rows.map(cellsOf);
  const row = (cells, tag) => h("tr", {}, cells.map((cell) => h(tag, {}, inline(cell))));
  return h("div", { class: "table" }, h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, body.map((cells) => row(cells, "td")))));
}

function list(lines) {
  const root = h(/\d/.test(ITEM.exec(lines[0])[2]) ? "ol" : "ul");
  const open = [{ depth: ITEM.exec(lines[0])[1].length, node: root }];
  for (const each of lines) {
    const [, space, mark, box, text] = ITEM.exec(each);
    while (open.length > 1 && space.length < open.at(-1).depth) open.pop();
    if (space.length > open.at(-1).depth && open.at(-1).node.lastChild) {
      const node = h(/\d/.test(mark) ? "ol" : "ul");
      open.at(-1).node.lastChild.append(node);
      open.push({ depth: space.length, node });
    }
    const tick = box === undefined ? null : box === " " ? "☐ " : "☑ ";
    open.at(-1).node.append(h("li", { class: tick ? "ticked" : null }, tick, inline(text)));
  }
  return root;
}

const take = (lines, test) => {
  const taken = [];
  while (lines.length && test(lines[0])) taken.push(lines.shift());
  return taken;
};

function fenced(lines) {
  lines.shift();
  const code = take(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return h("pre", {}, code.join("\n"));
}

function next(lines) {
  const first = lines[0];
  if (first.startsWith("```")) return fenced(lines);
  const heading = /^(#{1,6})\s+(.*)$/.exec(first);
  if (heading) return lines.shift() && h(`h${Math.min(6, heading[1].length + 2)}`, {}, inline(heading[2]));
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(first)) return lines.shift() && h("hr");
  if (/^>/.test(first)) return h("blockquote", {}, blocks(take(lines, (line) => /^>/.test(line)).map((line) => line.replace(/^> ?/, ""))));
  if (isRow(first) && /^[\s|:-]+$/.test(lines[1] ?? "")) return table(take(lines, isRow));
  if (ITEM.test(first)) return list(take(lines, (line) => ITEM.test(line)));
  const words = [lines.shift(), ...take(lines, (line) => line.trim() && !/^(#{1,6}\s|>|```)/.test(line) && !ITEM.test(line) && !isRow(line))];
  return h("p", {}, words.flatMap((line, at) => (at ? [h("br"), ...inline(line)] : inline(line))));
}

function blocks(lines) {
  const nodes = [];
  while (lines.length) {
    if (lines[0].trim()) nodes.push(next(lines));
    else lines.shift();
  }
  return nodes;
}

export const markdown = (text) => h("div", { class: "markdown" }, blocks(String(text ?? "").split("\n")));
