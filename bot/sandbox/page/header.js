/** The line above a conversation: its name, the app's tabs, whether a bot is listening, the traffic button. */
import { practiceButton } from "./practice.js";
import { drawToday } from "./today.js";
import { $, avatar, fill, h, icon } from "./dom.js";
import { toggleInspector } from "./inspector.js";
import { unfoldSidebar } from "./sidebar.js";
import { addressOf, appDm, channelName, channelOf, me, partnerIn, state, userName } from "./state.js";

function tabs() {
  const dm = appDm();
  const tab = (name, place, here) => h("a", { class: "tab", href: addressOf(state.me, place), "aria-current": here ? "page" : null, dataset: { key: `tab ${place}` } }, name);
  return h("div", { class: "tabs", role: "navigation", "aria-label": `${state.app.name} tabs` },
    tab("Home", "home", state.place.kind === "home"), dm && tab("Messages", dm.id, state.place.id === dm.id));
}

function members(channel) {
  const list = channel.members ?? [];
  return h("span", { class: "members", title: list.map(userName).join(", ") }, list.slice(0, 4).map((id) => avatar(userName(id), id, "tiny")), h("small", {}, `${list.length} members`));
}

function title() {
  const channel = channelOf(state.place.id);
  if (channel?.is_im && channel !== appDm()) return [avatar(channelName(channel.id), partnerIn(channel), "small"), h("h1", {}, h("span", { class: "words" }, channelName(channel.id)))];
  if (state.place.kind === "home" || channel?.is_im) return [avatar(state.app.name, state.app.id, "app small"), h("h1", {}, h("span", { class: "words" }, state.app.name)), tabs()];
  return [h("h1", {}, h("span", { class: "sign", "aria-hidden": "true" }, channel?.is_private ? icon("lock") : "#"), h("span", { class: "words" }, channel?.name ?? "")), channel && members(channel)];
}

export function drawHeader() {
  const aside = h("div", { class: "aside" },
    h("span", { class: `connection ${state.connected ? "on" : ""}`, title: state.connected ? "A bot is connected and listening" : "No bot is connected" },
      h("span", { class: "presence" }), h("span", { class: "connection-words" }, state.connected ? "Bot connected" : "No bot")),
    practiceButton(),
    h("button", { type: "button", id: "traffic-button", class: "button", "aria-expanded": String(!$("inspector").hidden), "aria-controls": "inspector", onclick: () => toggleInspector() },
      icon("pulse"), h("span", { class: "traffic-word" }, "Traffic"), h("span", { id: "refusals", class: "count", title: "refused", hidden: !state.refusals }, state.refusals || "")));
  const menu = h("button", { type: "button", class: "quiet burger", "aria-label": "Show the sidebar", "aria-expanded": "false", "aria-controls": "sidebar", dataset: { key: "burger" }, onclick: () => unfoldSidebar() }, icon("menu"));
  fill($("header"), menu, h("div", { class: "title" }, title()), aside);
}

/** What is wrong in general, said where everybody sees it. A bot that is being moved to another day is not missing. */
export function drawBanner() {
  const missing = state.practice?.reachable ? "No bot is listening just now. It is started again by itself; a moment." : "No bot is listening. Start one, and it appears here by itself.";
  const words = !state.streaming ? "The sandbox does not answer. Trying again…" : !state.connected && !state.practice?.doing ? missing : "";
  fill($("banner"), words && h("div", { class: "banner" }, words));
  drawToday();
  document.body.classList.toggle("nobody", !me());
}
