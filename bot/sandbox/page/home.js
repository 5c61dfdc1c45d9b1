/** The app's Home tab of the acting person. */
import { blocksNode } from "./blocks.js";
import { fill, h } from "./dom.js";
import { state } from "./state.js";
import { keepingFocus, surface } from "./surface.js";

export const homeTab = h("div", { class: "scroller home", tabIndex: -1 });
const notice = h("div", { class: "notice", role: "alert" });
let ctx = null;
let drawn = "";

export function noticeAtHome(text) {
  notice.textContent = text;
}

export function drawHome(fresh = false) {
  const view = state.home;
  if (fresh) {
    ctx = null;
    notice.textContent = "";
  }
  // A choice in Home comes back as an update of its state alone.
  const looks = JSON.stringify([view?.blocks, state.connected]);
  if (looks === drawn && !fresh) return;
  drawn = looks;
  if (!view?.blocks) {
    fill(homeTab, h("div", { class: "welcome" }, h("h2", {}, `${state.app.name} shows nothing here yet`),
      h("p", {}, state.connected ? "Its Home appears as soon as it publishes one." : "No bot is listening; its Home appears when one is connected."), notice));
    return;
  }
  keepingFocus(() => homeTab, () => {
    ctx = surface({ type: "view", view_id: view.id }, { kept: ctx?.values ?? view.state?.values, onNotice: noticeAtHome });
    fill(homeTab, h("div", { class: "home-inner" }, notice, blocksNode(ctx, view.blocks)));
  });
}
