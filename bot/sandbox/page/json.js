/** JSON one can read: folded, opened a level at a time, and copied as it is. */
import { add, announce, h } from "./dom.js";

const AT_ONCE = 100;
const SHORT = 60;

const entriesOf = (value) => (Array.isArray(value) ? value.map((each, at) => [at, each]) : Object.entries(value));
const isBranch = (value) => value !== null && typeof value === "object" && entriesOf(value).length > 0;

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  const words = kind === "string" ? JSON.stringify(value).slice(1, -1).replaceAll("\\n", "\n").replaceAll('\\"', '"') : JSON.stringify(value);
  return h("span", { class: `json-${kind}` }, kind === "string" ? `“${words}”` : words);
}

/** What a folded branch holds: the word that tells one block from another, if there is one. */
function glance(value) {
  const count = entriesOf(value).length;
  const name = !Array.isArray(value) && ["type", "text", "name", "id"].map((key) => value[key]).find((each) => typeof each === "string");
  const size = Array.isArray(value) ? `${count} ${count === 1 ? "item" : "items"}` : `${count} ${count === 1 ? "field" : "fields"}`;
  return h("span", { class: "glance" }, name ? `${name.slice(0, SHORT)}${name.length > SHORT ? "…" : ""} · ${size}` : size);
}

const keyNode = (key) => h("span", { class: typeof key === "number" ? "json-at" : "json-key" }, `${typeof key === "number" ? key + 1 : key}: `);

function children(node, value, open, from = 0) {
  const all = entriesOf(value);
  add(node, all.slice(from, from + AT_ONCE).map(([key, each]) => part(key, each, open)));
  if (all.length <= from + AT_ONCE) return;
  const more = h("button", { type: "button", class: "link" }, `Show ${Math.min(AT_ONCE, all.length - from - AT_ONCE)} more`);
  more.addEventListener("click", () => {
    more.remove();
    children(node, value, open, from + AT_ONCE);
  });
  node.append(more);
}

function part(key, value, open) {
  if (!isBranch(value)) return h("div", { class: "json-line" }, keyNode(key), leaf(value));
  const inside = h("div", { class: "json-inside" });
  const node = h("details", { class: "json-branch" }, h("summary", {}, keyNode(key), glance(value)), inside);
  const build = () => {
    if (node.open && !inside.childElementCount) children(inside, value, open);
  };
  node.addEventListener("toggle", build);
  node.open = open;
  build(); // what is open from the start is there at once
  return node;
}

async function copy(button, value) {
  try {
    await navigator.clipboard.writeText(typeof value === "string" ? value : JSON.stringify(value, null, 2));
    button.textContent = "Copied";
  } catch {
    button.textContent = "Could not copy";
  }
  announce(button.textContent);
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1500);
}

/** A titled piece of JSON with its tools. Empty values are said to be empty. */
export function jsonPart(title, value) {
  const branch = isBranch(value);
  const tree = h("div", { class: "json" });
  let open = false;
  const draw = () => {
    tree.replaceChildren();
    if (branch) children(tree, value, open);
    else add(tree, [value === null || value === "" || typeof value === "object" ? h("p", { class: "none" }, "Nothing: an empty body.") : leaf(value)]);
  };
  const fold = h("button", { type: "button", class: "link" }, "Unfold all");
  fold.addEventListener("click", () => {
    open = !open;
    fold.textContent = open ? "Fold" : "Unfold all";
    draw();
  });
  const copying = h("button", { type: "button", class: "link", "aria-label": `Copy the ${title.toLowerCase()}` }, "Copy");
  copying.addEventListener("click", () => copy(copying, value));
  draw();
  return h("section", { class: "json-part", "aria-label": title }, h("div", { class: "json-head" }, h("h3", {}, title), branch && entriesOf(value).some(([, each]) => isBranch(each)) && fold, branch && copying), tree);
}
