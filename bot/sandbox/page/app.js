/** Puts the page together: who and where from the address, what happens from the stream. */
import { get, listen, post } from "./api.js";
import { hearPractice } from "./today.js";
import { composerFor, focusComposer, showPrompts, showStatus } from "./composer.js";
import { $, fill, h } from "./dom.js";
import { drawBanner, drawHeader } from "./header.js";
import { drawHome, homeTab, noticeAtHome } from "./home.js";
import { hearTraffic, loadTraffic, toggleInspector } from "./inspector.js";
import { conversation, hearMessage, notice, openChannel, scrollByPage, toEnd } from "./messages.js";
import { closeView, noticeInModal, openView, showStack, updateView } from "./modal.js";
import { drawSidebar, foldSidebar } from "./sidebar.js";
import { addressOf, appDm, channelName, channelOf, isUnread, learn, markRead, people, placeFromAddress, readUpTo, state } from "./state.js";
import { keepingFocus } from "./surface.js";

let stopListening = () => {};

function tell(text) {
  if (noticeInModal(text)) return;
  if (state.place.kind === "home") noticeAtHome(text);
  else notice(text);
}

async function say(text, thread_ts, files) {
  state.pressed = "";
  if (!thread_ts) toEnd();
  const answer = await post("say", { as: state.me, channel: state.place.id, text, thread_ts, files });
  if (answer.problem) tell(answer.problem);
}

async function runShortcut(callback_id) {
  const answer = await post("shortcut", { as: state.me, callback_id });
  if (answer.problem) tell(answer.problem);
}

function redraw() {
  drawSidebar();
  keepingFocus(() => $("header"), drawHeader);
  drawBanner();
}

/** That a tab of the app was opened, which it hears once it listens: while it is being started that is nobody's fault. */
let unheard = null;

async function tellOpened(tab) {
  unheard = state.connected ? null : tab;
  if (state.connected) await post("home", { as: state.me, tab });
}

const tellNow = () => unheard && state.connected && void tellOpened(unheard);

async function openHome() {
  state.place = { kind: "home", id: null };
  redraw();
  fill($("composer"));
  fill($("place"), homeTab);
  drawHome(true);
  await tellOpened("home");
}

async function openConversation(id) {
  const channel = channelOf(id);
  const seen = readUpTo(id);
  state.place = { kind: "channel", id, name: channelName(id) };
  unheard = null;
  markRead(id, channel.last_ts);
  redraw();
  fill($("place"), conversation);
  fill($("composer"), composerFor(id, channel.is_im ? channelName(id) : `#${channel.name}`, { onSay: say, onShortcut: runShortcut, onScroll: scrollByPage }));
  const withApp = channel === appDm();
  showPrompts(withApp ? channel.prompts?.prompts ?? state.app.suggested_prompts : []);
  await openChannel(id, say, seen);
  focusComposer();
  if (withApp) await tellOpened("messages");
}

const EVENTS = {
  message: hearAny, message_changed: hearAny, message_deleted: hearAny,
  view_opened: ({ view }) => openView(view),
  view_updated: ({ view }) => (view.type === "home" ? hearHome({ view }) : updateView(view)),
  view_closed: ({ view }) => closeView(view),
  home: hearHome,
  notice: ({ text }) => tell(text),
  presence: ({ connected = state.connected, active = state.active }) => {
    Object.assign(state, { connected, active });
    redraw();
    tellNow();
  },
  traffic: ({ entry }) => hearTraffic(entry),
  traffic_cleared: () => loadTraffic(),
  practice: ({ practice }) => hearPractice(practice) && reload(),
  prompts: ({ channel, prompts }) => {
    const there = channelOf(channel);
    if (!there) return void reload(); // of a conversation that began just now
    there.prompts = { prompts };
    if (state.place.id === channel) showPrompts(prompts);
  },
  status: ({ channel, status }) => state.place.id === channel && showStatus(status && `${state.app.name} ${status}`),
  people: learnAnew,
  channel: learnAnew,
  missed: reload,
  reset: startOver,
};

/** The sandbox forgot everything; what was read there must not count here. */
function startOver() {
  localStorage.clear();
  sessionStorage.clear();
  location.reload();
}

function hearAny(event) {
  const channel = channelOf(event.channel);
  if (!channel) return void reload();
  const before = isUnread(channel);
  if (event.type === "message" && event.message.ts > (channel.last_ts ?? "")) channel.last_ts = event.message.ts;
  if (event.message?.user === state.me) markRead(channel.id, event.message.ts);
  hearMessage(event);
  if (before !== isUnread(channel)) drawSidebar();
}

function hearHome({ view }) {
  state.home = view;
  if (state.place.kind === "home") drawHome();
}

/** Who and what there is, anew; gives false where one is no longer in the place one was in. */
async function learnAnew() {
  learn(await get("state", { as: state.me }));
  const stays = channelOf(state.place.id) || state.place.kind === "home";
  if (stays) redraw();
  else void go();
  tellNow();
  return stays;
}

/** Everything anew: after the stream broke, or left something out. */
async function reload() {
  const stays = await learnAnew();
  showStack(state.modals);
  if (!stays) return;
  if (state.place.kind === "home") drawHome();
  else await openChannel(state.place.id, say);
  await loadTraffic();
}

async function become(person) {
  stopListening();
  showStack([]);
  state.me = person;
  stopListening = await listen(person, {
    onEvent: (event) => EVENTS[event.type]?.(event),
    onBreak: () => {
      state.streaming = false;
      drawBanner();
    },
    onBack: () => {
      state.streaming = true;
      void reload();
    },
  });
  learn(await get("state", { as: person }));
  showStack(state.modals); // only now: from here on the stream says what opens and closes
}

async function go() {
  const wanted = placeFromAddress();
  const person = people().some((each) => each.id === wanted.person) ? wanted.person : (people()[0]?.id ?? null);
  if (person !== state.me || !state.channels.length) await become(person);
  const place = wanted.place === "home" || channelOf(wanted.place) ? wanted.place : (appDm() ?? state.channels[0])?.id;
  if (!place) return redraw();
  const address = addressOf(person, place);
  if (location.hash !== address) history.replaceState(null, "", address);
  foldSidebar();
  return place === "home" ? openHome() : openConversation(place);
}

async function start() {
  try {
    const { person } = placeFromAddress();
    if (person) await become(person).catch(() => learn({})); // nobody of that name here: somebody else, then
    if (!people().length) learn(await get("state"));
    await go();
    await loadTraffic();
    toggleInspector(localStorage.getItem("inspector") === "open");
  } catch (error) {
    fill($("banner"), h("div", { class: "banner" }, "The sandbox does not answer. Trying again…"));
    console.info("not yet:", error.message);
    setTimeout(start, 1500);
  }
}

// The address says who and where, so the skip link must not write into it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (state.place.kind === "home") homeTab.focus();
  else focusComposer();
});
window.addEventListener("hashchange", () => void go());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]:popover-open")) return;
  foldSidebar();
  if ($("inspector").contains(document.activeElement)) toggleInspector(false);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && state.place.id) markRead(state.place.id, channelOf(state.place.id)?.last_ts);
});
setInterval(() => state.me && drawSidebar(), 60_000); // clocks move on
void start();
