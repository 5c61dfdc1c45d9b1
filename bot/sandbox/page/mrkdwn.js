/** Slack's mrkdwn as DOM nodes. */
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelName, state, userName } from "./state.js";
import { slackDate } from "./zones.js";

const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A link that leaves the page; an address of another kind stays text. */
export function link(url, label) {
  if (!SAFE_LINK.test(url)) return h("span", {}, label ?? url);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label ?? url.replace(/^mailto:/, ""));
}

export function mention(id, label) {
  return h("span", { class: id === state.me ? "mention mine" : "mention" }, `@${label ?? userName(id)}`);
}

export const channelMention = (id, label) => h("span", { class: "mention" }, `#${label || channelName(id)}`);

function special(body) {
  const [command, fallback] = splitLabel(body.slice(1));
  if (command.startsWith("date^")) {
    const [, epoch, template, url] = command.split("^");
    const shown = slackDate(epoch, template ?? "{date}");
    return h("time", { title: fallback }, url ? link(url, shown) : shown);
  }
  return h("span", { class: "mention" }, `@${fallback ?? command.replace(/^subteam\^/, "")}`);
}

function splitLabel(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, undefined] : [body.slice(0, bar), unescape(body.slice(bar + 1))];
}

function angle(body) {
  if (body[0] === "!") return special(body);
  const [target, label] = splitLabel(body);
  if (target[0] === "@") return mention(target.slice(1), label);
  if (target[0] === "#") return channelMention(target.slice(1), label);
  return link(unescape(target), label);
}

// One alternation per thing mrkdwn knows inside a line; the styles look at their neighbours as Slack does.
const INLINE = new RegExp(
  [
    /`([^`\n]+)`/,
    /<([^<>\n]+)>/,
    /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/,
    /(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*?\S)\*(?![\p{L}\p{N}*])/,
    /(?<![\p{L}\p{N}_])_(?=\S)([^\n]*?\S)_(?![\p{L}\p{N}_])/,
    /(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*?\S)~(?![\p{L}\p{N}~])/,
    /(https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}'"])/,
    /(?<![\w.+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?![\w@])/,
  ].map((each) => each.source).join("|"),
  "gu",
);

/** `verbatim` leaves addresses alone that nobody marked as links, as Slack does where a text object says so. */
function inline(text, verbatim) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, tag, emoji, tone, bold, italic, strike, url, email] = found;
    const node =
      (code !== undefined && h("code", {}, unescape(code))) ||
      (tag !== undefined && angle(tag)) ||
      (emoji !== undefined && emojiOf(emoji, tone)) ||
      (bold !== undefined && h("strong", {}, inline(bold, verbatim))) ||
      (italic !== undefined && h("em", {}, inline(italic, verbatim))) ||
      (strike !== undefined && h("s", {}, inline(strike, verbatim))) ||
      (!verbatim && url !== undefined && link(unescape(url))) ||
      (!verbatim && email !== undefined && link(`mailto:${email}`)) ||
      whole;
    nodes.push(unescape(text.slice(from, found.index)), node);
    from = found.index + whole.length;
  }
  nodes.push(unescape(text.slice(from)));
  return nodes.filter((node) => node !== "");
}

const QUOTE = /^(?:&gt;|>) ?/;
const REST = /^(?:&gt;|>){3} ?/;
const ITEM = /^(\s*)([•◦▪–-]|\d+[.)]) (.*)$/u;

function line(text, verbatim) {
  const item = ITEM.exec(text);
  if (!item) return [h("span", { class: "line" }, text ? inline(text, verbatim) : h("br"))];
  const node = h("span", { class: "line item" }, h("span", { class: "bullet" }, item[2]), h("span", {}, inline(item[3], verbatim)));
  node.style.setProperty("--depth", String(Math.floor(item[1].length / 2)));
  return [node];
}

function lines(text, verbatim) {
  const nodes = [];
  let quote = null;
  let toTheEnd = false;
  for (const each of text.split("\n")) {
    toTheEnd ||= REST.test(each);
    if (toTheEnd || QUOTE.test(each)) {
      quote ??= nodes[nodes.push(h("blockquote")) - 1];
      quote.append(...line(each.replace(REST, "").replace(QUOTE, ""), verbatim));
    } else {
      quote = null;
      nodes.push(...line(each, verbatim));
    }
  }
  return nodes;
}

/** The nodes of one mrkdwn string. */
export function mrkdwn(text, { verbatim = false } = {}) {
  return String(text ?? "").split(/\n?```\n?([\s\S]+?)\n?```\n?/).flatMap((part, at) => {
    if (at % 2) return [h("pre", {}, unescape(part))];
    return part === "" ? [] : lines(part, verbatim);
  });
}

/** The plain words of a mrkdwn string, for labels and announcements. */
export function plain(text) {
  return mrkdwn(text).map((node) => node.textContent).join(" ").replace(/\s+/g, " ").trim();
}
