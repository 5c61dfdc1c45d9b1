/** Small windows that open beside a control: menus, option lists, confirmations. */
import { add, freshId, h } from "./dom.js";

function beside(anchor, pane) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = pane;
  const below = window.innerHeight - at.bottom;
  const top = below < height + 12 && at.top > below ? at.top - height - 4 : at.bottom + 4;
  pane.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
  pane.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
}

/** Opens a pane beside a control and gives the function that closes it; focus goes back to the control. */
export function openBeside(anchor, pane, { wide = false, onClose } = {}) {
  pane.popover = "auto";
  pane.classList.add("pane");
  if (wide) pane.style.minWidth = `${anchor.offsetWidth}px`;
  // Inside a dialog, everything outside of it is inert: the pane has to live in it.
  (anchor.closest("dialog") ?? document.body).append(pane);
  const follow = () => beside(anchor, pane);
  const grown = new ResizeObserver(follow);
  pane.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    grown.disconnect();
    window.removeEventListener("scroll", follow, true);
    anchor.setAttribute("aria-expanded", "false");
    if (pane.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    pane.remove();
    onClose?.();
  });
  pane.showPopover();
  for (const node of [pane, anchor.parentElement]) grown.observe(node);
  window.addEventListener("scroll", follow, true);
  follow();
  anchor.setAttribute("aria-expanded", "true");
  return () => pane.isConnected && pane.hidePopover();
}

function step(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || !items.length) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

/** A menu of `{label, detail?, danger?, run}`; arrow keys walk it. */
export function openMenu(anchor, entries, label) {
  const pane = h("div", { class: "menu", role: "menu", id: freshId("menu"), "aria-label": label });
  let close = () => {};
  const choose = (entry) => {
    close();
    anchor.focus();
    entry.run();
  };
  const buttons = entries.map((entry) =>
    h("button", { type: "button", role: "menuitem", class: entry.danger ? "danger" : "", onclick: () => choose(entry) },
      h("span", {}, entry.label), entry.detail && h("small", {}, entry.detail)));
  add(pane, buttons);
  pane.addEventListener("keydown", (event) => step(event, buttons));
  close = openBeside(anchor, pane);
  buttons[0]?.focus();
}

/** Slack's "are you sure": resolves to true or false. */
export function confirmed({ title, text, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "confirm", role: "alertdialog", "aria-labelledby": freshId("confirm") });
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.append(
      h("h2", { id: dialog.getAttribute("aria-labelledby") }, title), h("div", { class: "confirm-text" }, text),
      h("div", { class: "foot" }, h("button", { type: "button", class: "button", onclick: () => finish(false) }, deny),
        h("button", { type: "button", class: `button ${danger ? "danger" : "primary"}`, onclick: () => finish(true) }, confirm)));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".foot .button:last-child").focus();
  });
}
