/** The messages in sight or near it, in their order: threads, day lines, where the new ones begin. */
import { h, icon } from "./dom.js";
import { looksSame, messageNode, threadNode } from "./message.js";
import { state } from "./state.js";
import { keepingFocus } from "./surface.js";
import { dayName, fromTs, sameDay } from "./zones.js";

const GROUPED_SECONDS = 300;

export const list = h("ol", { class: "messages", "aria-label": "Messages" });

const shown = new Map();
let stop = null;
let latest = null;
let hooks = {};
let readUpTo = "";

/** Empties it. `onNotice(text)`, `onSay(text, thread_ts)`; what is later than `upTo` is new; "" for a first visit. */
export function begin(callbacks, upTo) {
  hooks = callbacks;
  readUpTo = upTo || "9";
  shown.clear();
  list.replaceChildren();
}

export const oldest = () => list.firstElementChild?.dataset.ts ?? "";
export const newest = () => list.lastElementChild?.dataset.ts ?? "";
export const has = (ts) => shown.has(ts);

const replyTo = (message) => (message.thread_ts !== message.ts && shown.get(message.thread_ts)) || null;

/** Pages come in order: what is placed next mostly belongs behind what was placed last. */
function place(parent, node, ts) {
  const from = latest?.parentElement === parent && latest.dataset.ts < ts ? latest.nextElementSibling : parent.firstElementChild;
  let after = from;
  while (after && after.dataset.ts < ts) after = after.nextElementSibling;
  parent.insertBefore(node, after);
  latest = node;
}

const isCard = (node) => node.classList.contains("card");

function goesOn(node, before) {
  const near = before.dataset.author && before.dataset.author === node.dataset.author && node.dataset.ts - before.dataset.ts < GROUPED_SECONDS;
  return near && !isCard(node) && !isCard(before) && !before.querySelector(":scope > .thread");
}

const isFirstNew = (node, before) => before && node.dataset.author !== state.me && node.dataset.ts > readUpTo && before.dataset.ts <= readUpTo;

/** Day lines, the line above what is new, and one name for several messages in a row. */
function group(node) {
  if (!node) return;
  const before = node.previousElementSibling;
  const at = fromTs(node.dataset.ts);
  const sameDate = before && sameDay(fromTs(before.dataset.ts), at);
  const isNew = isFirstNew(node, before);
  node.classList.toggle("grouped", Boolean(sameDate && !isNew && goesOn(node, before)));
  for (const line of node.querySelectorAll(":scope > .day, :scope > .new")) line.remove();
  if (isNew) node.prepend(h("div", { class: "new", role: "separator" }, h("span", {}, "New")));
  if (!sameDate) node.prepend(h("div", { class: "day", role: "separator" }, h("span", {}, dayName(at))));
}

/** Whoever looks on has read it: what comes later is not new, unless something new already waits to be read. */
export function sawUpTo(ts) {
  if (!list.querySelector(":scope > li > .new")) readUpTo = ts;
}

/** Gives the message's node where it was not there before. */
export function put(message) {
  if (shown.has(message.ts)) return void change(message);
  const node = messageNode(message, { onNotice: hooks.onNotice, onReply: openThread });
  const root = replyTo(message);
  shown.set(message.ts, { message, node, thread: null });
  if (root) {
    const thread = threadOf(root);
    place(thread.replies, node, message.ts);
    thread.count();
    return node;
  }
  place(list, node, message.ts);
  group(node);
  group(node.nextElementSibling);
  return node;
}

function threadOf(parent) {
  if (!parent.thread) {
    parent.thread = threadNode(parent.message.ts, (text) => hooks.onSay(text, parent.message.ts));
    parent.node.append(parent.thread.node);
  }
  return parent.thread;
}

function openThread(ts) {
  const entry = shown.get(ts);
  threadOf(replyTo(entry.message) ?? entry).open();
}

/** Gives the message's new node where it looks different now. */
export function change(message) {
  const entry = shown.get(message.ts);
  if (!entry) return undefined;
  if (looksSame(entry.message, message)) return void Object.assign(entry, { message });
  const node = messageNode(message, { onNotice: hooks.onNotice, onReply: openThread });
  if (stop === entry.node) setStop(node);
  keepingFocus(() => entry.node, () => {
    if (entry.thread) node.append(entry.thread.node);
    entry.node.replaceWith(node);
    Object.assign(entry, { message, node });
  }, () => entry.node);
  if (node.parentElement !== list) return node;
  group(node);
  group(node.nextElementSibling);
  return node;
}

function forget(node) {
  for (const each of [node, ...node.querySelectorAll("[data-ts]")]) shown.delete(each.dataset.ts);
  node.remove();
}

/** Takes a message away; gives true where it had the keyboard's focus. */
export function drop(ts) {
  const entry = shown.get(ts);
  if (!entry) return false;
  const after = entry.node.parentElement === list ? entry.node.nextElementSibling : null;
  const focused = entry.node.contains(document.activeElement);
  const root = replyTo(entry.message);
  forget(entry.node);
  root?.thread.count();
  group(after);
  return focused;
}

/** What Slack itself says, in grey, at its time among the messages. */
export function putNotice(ts, text) {
  const node = h("li", { class: "grey", dataset: { ts } }, h("div", { class: "told" }, icon("eye"), h("span", {}, text)));
  place(list, node, ts);
  group(node);
  group(node.nextElementSibling);
  return node;
}

/** Lets go of what is furthest from sight, `"first"` or `"last"`, until `most` are left; true where anything went. */
export function trim(end, most) {
  const before = list.childElementCount;
  while (list.childElementCount > most) {
    const node = end === "first" ? list.firstElementChild : list.lastElementChild;
    if (node.contains(document.activeElement)) break;
    forget(node);
  }
  if (end === "first") group(list.firstElementChild);
  return list.childElementCount < before;
}

/** One message is a stop for Tab; the arrow keys go from message to message. Without a `wanted` one it is the last. */
export function setStop(wanted) {
  if (!wanted && stop?.isConnected && stop.contains(document.activeElement)) return;
  const node = wanted ?? [...list.children].findLast((each) => each.matches(".message"));
  if (!node || node === stop) return;
  if (stop) stop.tabIndex = -1;
  stop = node;
  stop.tabIndex = 0;
}

list.addEventListener("focusin", (event) => setStop(event.target.closest(".message")));
list.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !event.target.matches(".message")) return;
  const all = [...list.querySelectorAll(".message")];
  const next = all[all.indexOf(event.target) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
