/** The conversation of one channel: pages of messages, changes as they come, threads and notices. */
import { get } from "./api.js";
import { announce, fill, h, icon } from "./dom.js";
import { looksSame, messageNode, threadNode } from "./message.js";
import { plain } from "./mrkdwn.js";
import { appDm, authorOf, channelOf, markRead, state } from "./state.js";
import { keepingFocus } from "./surface.js";
import { dayName, fromTs, sameDay } from "./zones.js";

const PAGE = 50;
const GROUPED_SECONDS = 300;
const NEAR = 80;

let channel = null;
let more = false;
let loading = false;
let stuck = true;
let say = () => {};
const shown = new Map();
const notices = new Map();

const list = h("ol", { class: "messages", "aria-label": "Messages" });
const below = h("button", { type: "button", class: "pill", hidden: true, onclick: () => toEnd() }, "New messages", icon("down"));
const scroller = h("div", { class: "scroller", tabIndex: -1 }, list);
export const conversation = h("div", { class: "conversation" }, scroller, below);

const isNear = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
export const toEnd = () => {
  stuck = true;
  scroller.scrollTop = scroller.scrollHeight;
};

scroller.addEventListener("scroll", () => {
  stuck = isNear();
  if (stuck) below.hidden = true;
  if (scroller.scrollTop < 400 && more && !loading) void older();
});

// Heights are guesses until a message has been in sight: whoever is at the end stays there.
new ResizeObserver(() => stuck && toEnd()).observe(list);

/** Runs a change and keeps the end in sight if it was. */
function steadily(change) {
  const near = isNear();
  change();
  if (near) toEnd();
  return near;
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts && shown.has(message.thread_ts);

function place(parent, node, ts) {
  let before = parent.lastElementChild;
  while (before && (before.dataset.ts ?? "") > ts) before = before.previousElementSibling;
  if (before) before.after(node);
  else parent.prepend(node);
}

function messageBefore(node) {
  let before = node.previousElementSibling;
  while (before && !before.dataset.ts) before = before.previousElementSibling;
  return before;
}

/** Day lines, and one name for several messages in a row. */
function group(node) {
  if (!node?.dataset.ts) return;
  const before = messageBefore(node);
  const at = fromTs(node.dataset.ts);
  const sameDate = before?.dataset.ts && sameDay(fromTs(before.dataset.ts), at);
  const close = sameDate && before === node.previousElementSibling && before.dataset.author === node.dataset.author && node.dataset.ts - before.dataset.ts < GROUPED_SECONDS;
  node.classList.toggle("grouped", Boolean(close) && !before.querySelector(":scope > .thread:not([hidden])"));
  node.querySelector(":scope > .day")?.remove();
  if (!sameDate) node.prepend(h("div", { class: "day", role: "separator" }, h("span", {}, dayName(at))));
}

function put(message) {
  const known = shown.get(message.ts);
  if (known) return change(message);
  const node = messageNode(message, { onNotice: notice, onReply: openThread });
  const entry = { message, node, thread: null };
  shown.set(message.ts, entry);
  if (isReply(message)) {
    const thread = threadOf(shown.get(message.thread_ts));
    place(thread.replies, node, message.ts);
    return thread.count();
  }
  place(list, node, message.ts);
  group(node);
  return group(node.nextElementSibling);
}

function threadOf(parent) {
  if (!parent.thread) {
    parent.thread = threadNode((text) => say(text, parent.message.ts));
    parent.node.append(parent.thread.node);
  }
  return parent.thread;
}

function openThread(ts) {
  const entry = shown.get(ts);
  const root = isReply(entry.message) ? shown.get(entry.message.thread_ts) : entry;
  steadily(() => threadOf(root).open());
}

function change(message) {
  const entry = shown.get(message.ts);
  if (!entry) return put(message);
  if (looksSame(entry.message, message)) return Object.assign(entry, { message });
  const node = messageNode(message, { onNotice: notice, onReply: openThread });
  keepingFocus(() => entry.node, () => {
    if (entry.thread) node.append(entry.thread.node);
    entry.node.replaceWith(node);
    Object.assign(entry, { message, node });
  }, () => entry.node);
  return node.parentElement === list && group(node);
}

function drop(ts) {
  const entry = shown.get(ts);
  if (!entry) return;
  const after = entry.node.nextElementSibling;
  const focused = entry.node.contains(document.activeElement);
  entry.node.remove();
  shown.delete(ts);
  group(after);
  if (focused) scroller.focus({ preventScroll: true });
}

async function older() {
  loading = true;
  const wanted = channel;
  try {
    const oldest = [...shown.keys()].sort()[0];
    const page = await get("messages", { as: state.me, channel, before: oldest, limit: PAGE });
    if (wanted !== channel) return;
    more = Boolean(page.has_more);
    const height = scroller.scrollHeight - scroller.scrollTop;
    page.messages.forEach(put);
    scroller.scrollTop = scroller.scrollHeight - height;
  } finally {
    loading = false;
  }
}

function hint() {
  const command = state.app.commands[0];
  if (channel !== appDm()?.id || !command) return null;
  const first = (command.usage_hint ?? "").split("|").map((word) => word.trim()).filter(Boolean);
  const things = [command.command, first[0] && `${command.command} ${first[0]}`, `${command.command} help`].filter(Boolean);
  return h("li", { class: "welcome" },
    h("h2", {}, `This is your conversation with ${state.app.name}`),
    h("p", {}, "Three things to try:"),
    h("div", { class: "chips" }, [...new Set(things)].map((text) => h("button", { type: "button", class: "chip", onclick: () => say(text) }, text))));
}

function showHint() {
  list.querySelector(".welcome")?.remove();
  if (shown.size) return;
  const quiet = h("li", { class: "welcome" }, h("p", {}, "Nothing here yet. Say something, or type / to see what you can ask."));
  list.prepend(hint() ?? quiet);
}

/** What the stream says while a channel is being read; null at any other time. */
let meanwhile = null;

/** Shows a channel from its newest messages on. `onSay(text, thread_ts?)` sends what is typed in a thread. */
export async function openChannel(id, onSay) {
  const opening = (meanwhile = []);
  let overtaken = false; // by another channel that was opened since
  const page = await get("messages", { as: state.me, channel: id, limit: PAGE }).finally(() => {
    overtaken = opening !== meanwhile;
    if (!overtaken) meanwhile = null;
  });
  if (overtaken) return;
  channel = id;
  say = onSay;
  shown.clear();
  fill(list);
  below.hidden = true;
  more = Boolean(page.has_more);
  [...page.messages].sort((one, other) => (one.ts < other.ts ? -1 : 1)).forEach(put);
  (notices.get(id) ?? []).forEach(showNotice);
  showHint();
  read();
  toEnd();
  opening.forEach(hearMessage);
}

function read() {
  if (!document.hidden) markRead(channel, channelOf(channel)?.last_ts ?? [...shown.keys()].sort().at(-1));
}

function tell(message) {
  const words = plain(message.text) || "a card";
  announce(`${authorOf(message).name}: ${words}`);
}

/** What the stream says about messages; other channels only get an unread mark (see app.js). */
export function hearMessage(event) {
  if (meanwhile) return void meanwhile.push(event);
  if (event.channel !== channel) return;
  if (event.type === "message_deleted") steadily(() => drop(event.ts ?? event.message?.ts ?? event.message));
  else if (event.type === "message_changed") steadily(() => change(event.message));
  else if (!steadily(() => put(event.message))) {
    if (event.message.user === state.me) toEnd();
    else below.hidden = false;
  }
  if (event.type !== "message_deleted" && event.message.user !== state.me) tell(event.message);
  showHint();
  read();
}

function showNotice(text) {
  list.append(h("li", { class: "grey" }, icon("eye"), h("span", {}, text)));
}

/** What Slack itself tells this person, in grey; it stays until reload. */
export function notice(text) {
  const told = notices.get(channel) ?? [];
  if (told.at(-1) === text && list.lastElementChild?.classList.contains("grey")) return;
  notices.set(channel, [...told, text].slice(-5));
  steadily(() => showNotice(text));
  announce(text);
}
