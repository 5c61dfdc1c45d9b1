/** The sidebar: the workspace, its channels, the app, and whom one acts as. */
import { $, avatar, fill, h, icon } from "./dom.js";
import { addressOf, appDm, channelName, isActive, isUnread, me, partnerIn, people, state, userName } from "./state.js";
import { keepingFocus } from "./surface.js";
import { now } from "./time.js";
import { clock } from "./zones.js";

const presence = (id) => (isActive(id) ? "active" : "away");

function face(name, id, kind = "") {
  return h("span", { class: "with-presence", "aria-hidden": "true", title: presence(id) }, avatar(name, id, `small ${kind}`), h("span", { class: `presence ${isActive(id) ? "on" : ""}` }));
}

function entry({ place, sign, name, here, unread, extra }) {
  return h("li", {}, h("a", { class: `entry ${extra ?? ""}${unread ? " unread" : ""}`, href: addressOf(state.me, place), "aria-current": here ? "page" : null, dataset: { key: place } },
    sign, h("span", { class: "name" }, name), unread && h("span", { class: "dot" }, h("span", { class: "unseen" }, "unread"))));
}

function channels() {
  return state.channels.filter((channel) => !channel.is_im).map((channel) => entry({
    place: channel.id, name: channel.name, sign: h("span", { class: "sign", "aria-hidden": "true" }, channel.is_private ? icon("lock") : "#"),
    here: state.place.id === channel.id, unread: state.place.id !== channel.id && isUnread(channel),
  }));
}

function directMessages() {
  const between = state.channels.filter((channel) => channel.is_im && channel !== appDm());
  return between.map((channel) => entry({
    place: channel.id, name: channelName(channel.id), sign: face(channelName(channel.id), partnerIn(channel)), extra: "with-face",
    here: state.place.id === channel.id, unread: state.place.id !== channel.id && isUnread(channel),
  }));
}

function app() {
  const dm = appDm();
  const home = state.place.kind === "home";
  return [
    dm && entry({ place: dm.id, name: state.app.name, sign: face(state.app.name, state.app.bot_user_id, "app"), here: state.place.id === dm.id, unread: state.place.id !== dm.id && isUnread(dm) }),
    entry({ place: "home", name: "Home", sign: h("span", { class: "sign" }, icon("home")), here: home, extra: "nested" }),
  ];
}

function person(user) {
  const mine = user.id === state.me;
  const address = addressOf(user.id, state.place.kind === "home" ? "home" : state.place.id === appDm()?.id ? "dm" : state.place.id);
  const detail = [user.title || (user.is_admin && "Admin"), clock(now(), user.tz || "UTC")].filter(Boolean).join(" · ");
  const beside = `Open ${userName(user.id)}'s view in another window`;
  return h("li", { class: "person" },
    h("a", { class: "entry", href: address, "aria-current": mine ? "true" : null, title: user.tz, dataset: { key: user.id } },
      face(userName(user.id), user.id), h("span", { class: "name" }, userName(user.id), h("small", {}, detail), h("span", { class: "unseen" }, `, ${presence(user.id)}`))),
    !mine && h("a", { class: "quiet", href: `${location.pathname}${address}`, target: "_blank", "aria-label": beside, title: "Open in another window, side by side", dataset: { key: `beside ${user.id}` } }, icon("window")));
}

function part(title, items) {
  return items.length > 0 && h("section", { "aria-label": title }, h("h2", {}, title), h("ul", {}, items));
}

export function drawSidebar() {
  const node = $("sidebar");
  const parts = [".places", ".people"];
  const scrolled = parts.map((each) => node.querySelector(each)?.scrollTop ?? 0);
  keepingFocus(() => node, () => fill(node,
    h("div", { class: "team" }, h("span", { class: "team-mark", "aria-hidden": "true" }, state.team.name.slice(0, 1)), h("span", {}, h("strong", {}, state.team.name), h("small", {}, "A pretend Slack"))),
    h("div", { class: "places" }, part("Channels", channels()), part("Apps", app()), part("Direct messages", directMessages())),
    h("div", { class: "people" }, part("You act as", people().map(person)))));
  parts.forEach((each, at) => {
    node.querySelector(each).scrollTop = scrolled[at];
  });
  document.title = `${state.place.kind === "home" ? "Home" : state.place.name ?? ""} · ${userName(me()?.id ?? "")} · ${state.team.name}`;
}

/* On a narrow screen the sidebar is behind a button. */
const burger = () => document.querySelector(".burger");

function setSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  burger()?.setAttribute("aria-expanded", String(open));
}

export function foldSidebar() {
  if (!document.body.classList.contains("sidebar-open")) return;
  const inside = $("sidebar").contains(document.activeElement);
  setSidebar(false);
  if (inside) burger()?.focus();
}

export function unfoldSidebar() {
  setSidebar(true);
  ($("sidebar").querySelector(".places [aria-current]") ?? $("sidebar").querySelector("a"))?.focus();
}

$("main").addEventListener("click", (event) => {
  if (!event.target.closest(".burger")) foldSidebar();
});
