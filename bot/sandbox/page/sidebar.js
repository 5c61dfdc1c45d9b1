/** The sidebar: the workspace, its channels, the app, and whom one acts as. */
import { avatar, fill, h, icon } from "./dom.js";
import { addressOf, appDm, isUnread, me, people, state, userName } from "./state.js";
import { clock } from "./zones.js";

function entry({ place, face, name, here, unread, extra }) {
  return h("li", {}, h("a", { class: `entry ${extra ?? ""}${unread ? " unread" : ""}`, href: addressOf(state.me, place), "aria-current": here ? "page" : null },
    face, h("span", { class: "name" }, name), unread && h("span", { class: "dot" }, h("span", { class: "unseen" }, "unread"))));
}

function channels() {
  return state.channels.filter((channel) => !channel.is_im).map((channel) => entry({
    place: channel.id, name: channel.name, face: h("span", { class: "sign", "aria-hidden": "true" }, channel.is_private ? icon("lock") : "#"),
    here: state.place.id === channel.id, unread: state.place.id !== channel.id && isUnread(channel),
  }));
}

function app() {
  const dm = appDm();
  const face = h("span", { class: "with-presence" }, avatar(state.app.name, state.app.id, "app small"), h("span", { class: `presence ${state.connected ? "on" : ""}` }));
  const home = state.place.kind === "home";
  return [
    dm && entry({ place: dm.id, name: state.app.name, face, here: state.place.id === dm.id, unread: state.place.id !== dm.id && isUnread(dm) }),
    entry({ place: "home", name: "Home", face: h("span", { class: "sign" }, icon("home")), here: home, extra: "nested" }),
  ];
}

function person(user) {
  const mine = user.id === state.me;
  const address = addressOf(user.id, state.place.kind === "home" ? "home" : state.channels.some((each) => each.is_im && each.id === state.place.id) ? "dm" : state.place.id);
  const detail = [user.title || (user.is_admin && "Admin"), clock(new Date(), user.tz || "UTC")].filter(Boolean).join(" · ");
  return h("li", { class: "person" },
    h("a", { class: "entry", href: address, "aria-current": mine ? "true" : null, title: user.tz },
      avatar(userName(user.id), user.id, "small"), h("span", { class: "name" }, userName(user.id), h("small", {}, detail))),
    !mine && h("a", { class: "quiet", href: `${location.pathname}${address}`, target: "_blank", "aria-label": `Open ${userName(user.id)}'s view in another window`, title: "Open in another window, side by side" }, icon("window")));
}

function part(title, items) {
  return h("section", { "aria-label": title }, h("h2", {}, title), h("ul", {}, items));
}

export function drawSidebar() {
  const node = document.getElementById("sidebar");
  fill(node,
    h("div", { class: "team" }, h("span", { class: "team-mark", "aria-hidden": "true" }, state.team.name.slice(0, 1)), h("span", {}, h("strong", {}, state.team.name), h("small", {}, "A pretend Slack"))),
    h("div", { class: "places" }, part("Channels", channels()), part("Apps", app())),
    h("div", { class: "people" }, part("You act as", people().map(person))));
  document.title = `${state.place.kind === "home" ? "Home" : state.place.name ?? ""} · ${userName(me()?.id ?? "")} · ${state.team.name}`;
}
