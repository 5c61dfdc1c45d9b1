/** The conversation of one channel. Only a window of its messages is in the page; it moves with whoever scrolls. */
import { get } from "./api.js";
import { announce, fill, h, icon } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { appDm, authorOf, channelName, channelOf, markRead, state } from "./state.js";
import * as timeline from "./timeline.js";

const PAGE = 40;
const MOST = 200;
const NEAR_END = 80;
const AT_END = 16;
const NEARLY_OUT = 1200;
const NOTICES = 5;

let channel = null;
let older = false;
let newer = false;
let stuck = true;
let say = () => {};
/** The page that is being asked for, and what the stream says meanwhile. */
let asking = null;

const beginning = h("div", { class: "beginning" });
const below = h("button", { type: "button", class: "pill", hidden: true, onclick: () => toEnd() }, "New messages", icon("down"));
const scroller = h("div", { class: "scroller", tabIndex: -1 }, h("div", { class: "inside" }, beginning, timeline.list));
export const conversation = h("div", { class: "conversation" }, scroller, below);

const left = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
const isAtEnd = () => !newer && left() < NEAR_END;
const aboveView = (node) => node.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
const belowView = (node) => node.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;

/** At the end, or in the last message where that is taller than the window. */
function isNear() {
  const last = timeline.list.lastElementChild;
  return isAtEnd() || (!newer && last !== null && aboveView(last) < NEAR_END);
}

export function toEnd() {
  below.hidden = true;
  if (newer) return void openChannel(channel, say);
  stuck = true;
  scroller.scrollTop = scroller.scrollHeight;
}

/** Brings a message in sight; one that is too tall from its top on, where a card says what was just recorded. */
function reveal(node) {
  const above = aboveView(node);
  const below = belowView(node);
  if (above < 0) scroller.scrollTop += above;
  else if (below > 0) scroller.scrollTop += Math.min(above, below);
  stuck = left() < AT_END;
}

/** A screenful up (-1) or down (1). */
export const scrollByPage = (by) => scroller.scrollBy({ top: by * scroller.clientHeight * 0.85 });

scroller.addEventListener("scroll", () => {
  stuck = left() < AT_END;
  if (isAtEnd()) below.hidden = true;
  lookAhead();
});

// Pictures and fonts come later than their messages: whoever is at the end stays there.
new ResizeObserver(() => stuck && !newer && toEnd()).observe(timeline.list);

function lookAhead() {
  if (asking) return;
  if (older && scroller.scrollTop < NEARLY_OUT) void more("first");
  else if (newer && left() < NEARLY_OUT) void more("last");
}

/** Runs a change and keeps the end in sight if it was, or what it gives: the message that is new. */
function steadily(change) {
  const [near, atEnd] = [isNear(), isAtEnd()];
  const added = change();
  timeline.setStop();
  showBeginning();
  if (near && added) reveal(added);
  else if (atEnd) toEnd();
  return near;
}

/** What somebody just pressed something on has changed: whatever is above its buttons has to be seen. */
function answered(message) {
  const node = timeline.change(message);
  timeline.setStop();
  if (node) reveal(node);
}

/** Runs a change and keeps in its place what is at the top of the screen. */
function anchored(change) {
  const top = scroller.getBoundingClientRect().top;
  const anchor = [...timeline.list.children].find((node) => node.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
}

/** A page of messages; null where another question overtook this one. Its `heard` is to be heard afterwards. */
async function ask(id, edge = {}) {
  const mine = (asking = { heard: [] });
  try {
    const page = await get("messages", { as: state.me, channel: id, limit: PAGE, ...edge });
    return mine === asking ? { ...page, heard: mine.heard } : null;
  } finally {
    if (mine === asking) asking = null;
  }
}

/** The next page at one end of the window; the window stays as long as it is. */
async function more(end) {
  const edge = end === "first" ? { before: timeline.oldest() } : { after: timeline.newest() };
  const page = await ask(channel, edge).catch(() => null); // the banner says so already
  if (!page) return;
  anchored(() => {
    page.messages.forEach(timeline.put);
    const far = end === "first" ? "last" : "first";
    const cut = timeline.trim(far, MOST);
    if (end === "first") [older, newer] = [page.has_more, newer || cut];
    else [older, newer] = [older || cut, page.has_more];
  });
  showBeginning();
  if (end === "last") showNotices();
  page.heard.forEach(hearMessage);
  lookAhead();
}

function thingsToTry() {
  const command = state.app.commands[0];
  const first = (command.usage_hint ?? "").split("|").map((word) => word.trim()).filter(Boolean);
  const things = [command.command, first[0] && `${command.command} ${first[0]}`, `${command.command} help`].filter(Boolean);
  return [h("p", {}, "Three things to try:"),
    h("div", { class: "chips" }, [...new Set(things)].map((text) => h("button", { type: "button", class: "chip", onclick: () => say(text) }, text)))];
}

function welcome() {
  const isApp = channel === appDm()?.id;
  const isDirect = channelOf(channel)?.is_im;
  const title = isDirect ? `This is your conversation with ${channelName(channel)}` : `This is where #${channelName(channel)} begins`;
  if (isApp && state.app.commands.length) return h("div", { class: "welcome" }, h("h2", {}, title), thingsToTry());
  return h("div", { class: "welcome" }, h("h2", {}, title), h("p", {}, "Say something, or type / to see what you can ask."));
}

/** An empty conversation says what one can do; a long one, once scrolled to its top, that this is all. */
function showBeginning() {
  const empty = !timeline.list.childElementCount;
  beginning.hidden = older;
  beginning.classList.toggle("empty", empty);
  const looks = `${channel} ${empty} ${state.app.name}`;
  if (beginning.dataset.looks === looks) return;
  beginning.dataset.looks = looks;
  fill(beginning, empty ? welcome() : h("small", {}, channelOf(channel)?.is_im ? "This is the beginning of your conversation." : `This is where #${channelName(channel)} begins.`));
}

/** Shows a channel from its newest messages on. `onSay(text, thread_ts?)` sends; what is later than `readUpTo` is new. */
export async function openChannel(id, onSay, readUpTo) {
  const page = await ask(id);
  if (!page) return;
  channel = id;
  say = onSay;
  timeline.begin({ onNotice: notice, onSay }, readUpTo);
  [older, newer] = [page.has_more, false];
  page.messages.forEach(timeline.put);
  showNotices();
  showBeginning();
  timeline.setStop();
  markSeen();
  toEnd();
  showLast();
  page.heard.forEach(hearMessage);
}

/** The newest message is read from its top on, unless replies stand below it. */
function showLast() {
  const last = timeline.list.lastElementChild;
  if (last && !last.querySelector(":scope > .thread")) reveal(last);
}

function markSeen() {
  if (document.hidden) return;
  markRead(channel, channelOf(channel)?.last_ts ?? timeline.newest());
  timeline.sawUpTo(timeline.newest());
}

const byFurthest = (ts) => (older && ts < timeline.oldest()) || (newer && ts > timeline.newest());

/** Whether a new message, or the one it replies to, is beyond what is in the page. */
function isBeyond(message) {
  const at = message.thread_ts && !timeline.has(message.thread_ts) ? message.thread_ts : message.ts;
  return byFurthest(at);
}

function hearNew(message) {
  const mine = message.user === state.me;
  const beyond = isBeyond(message);
  if (!beyond && !document.hidden) timeline.sawUpTo(message.ts); // before it is put: whoever looks on sees nothing new
  if (!beyond && steadily(() => timeline.put(message))) return;
  if (mine && !message.thread_ts) toEnd();
  else if (!message.thread_ts) below.hidden = false;
}

function hearDropped(ts) {
  if (timeline.drop(ts)) scroller.focus({ preventScroll: true });
}

/** What the stream says about messages; other channels only get an unread mark (see app.js). */
export function hearMessage(event) {
  if (asking) return void asking.heard.push(event);
  if (event.channel !== channel) return;
  if (event.type === "message") hearNew(event.message);
  else if (event.type === "message_deleted") steadily(() => hearDropped(event.ts));
  else if (event.message.ts === state.pressed) answered(event.message);
  else steadily(() => void timeline.change(event.message));
  if (event.type !== "message_deleted" && event.message.user !== state.me) tell(event.message);
  markSeen();
}

function tell(message) {
  const words = plain(message.text) || "a card";
  announce(`${authorOf(message).name}: ${words}`);
}

const noticesKey = () => `notices/${state.me}/${channel}`;
const notices = () => JSON.parse(sessionStorage.getItem(noticesKey()) ?? "[]");

function showNotices() {
  const inSight = notices().filter(({ ts }) => !byFurthest(ts));
  for (const { ts, text } of inSight) if (!timeline.list.querySelector(`.grey[data-ts="${ts}"]`)) timeline.putNotice(ts, text);
}

/** What Slack itself tells this person, in grey. */
export function notice(text) {
  const told = notices();
  if (told.at(-1)?.text === text && timeline.list.lastElementChild?.classList.contains("grey")) return;
  const ts = (Date.now() / 1000).toFixed(6);
  sessionStorage.setItem(noticesKey(), JSON.stringify([...told, { ts, text }].slice(-NOTICES)));
  if (newer) toEnd();
  else steadily(() => timeline.putNotice(ts, text));
  announce(text);
}
