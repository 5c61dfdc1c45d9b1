/** The box one types in: sends on Enter, offers suggestions, remembers drafts and what was sent. */
import { fill, h, icon } from "./dom.js";
import { state } from "./state.js";
import { suggest, withIds } from "./suggestions.js";

const drafts = new Map();
const sent = [];
let recalled = 0;
let key = "";
let hooks = { onSay() {}, onShortcut() {} };
let offer = { from: 0, rows: [] };
let active = -1;

const box = h("textarea", {
  id: "composer-box", rows: 1, "aria-label": "Message", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions",
});
const prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts" });
const status = h("div", { class: "status", role: "status" });
const panel = h("div", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
const button = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
const form = h("form", { class: "composer" }, panel, prompts, h("div", { class: "box" }, box, button), status);

function grow() {
  box.style.height = "auto";
  if (box.isConnected) box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  button.disabled = !box.value.trim();
}

function showOffer() {
  const caret = box.selectionStart;
  offer = suggest(box.value.slice(0, caret));
  active = offer.rows.length && !offer.rows[0].optional ? 0 : -1;
  drawOffer();
}

function drawOffer() {
  panel.hidden = !offer.rows.length;
  box.setAttribute("aria-expanded", String(!panel.hidden));
  fill(panel, offer.rows.length && h("div", { class: "suggestions-title", role: "presentation" }, offer.title, h("small", {}, "↑↓ to choose · Tab to take · Esc to hide")),
    offer.rows.map((row, at) => h("div", {
      class: "suggestion", role: "option", id: `suggestion-${at}`, "aria-selected": String(at === active),
      onmousedown: (event) => event.preventDefault(), onclick: () => take(row),
    }, h("strong", {}, row.label), row.hint && h("code", {}, row.hint), row.detail && h("small", {}, row.detail))));
  if (active >= 0) {
    box.setAttribute("aria-activedescendant", `suggestion-${active}`);
    panel.querySelector(`#suggestion-${active}`)?.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function hide() {
  offer = { from: 0, rows: [] };
  drawOffer();
}

function write(text) {
  box.value = text;
  box.setSelectionRange(text.length, text.length);
  grow();
}

function take(row) {
  if (row.shortcut) {
    write("");
    hide();
    return hooks.onShortcut(row.shortcut);
  }
  const caret = box.selectionStart;
  const text = box.value.slice(0, offer.from) + row.insert + box.value.slice(caret);
  write(text);
  box.focus();
  return showOffer();
}

function send() {
  const text = box.value.trim();
  if (!text) return;
  sent.push(text);
  recalled = sent.length;
  write("");
  drafts.delete(key);
  hide();
  hooks.onSay(withIds(text));
}

function recall(by) {
  recalled = Math.max(0, Math.min(sent.length, recalled + by));
  write(sent[recalled] ?? "");
  hide();
}

/** Enter takes a row one chose, and sends what is already whole. */
function enter() {
  const row = offer.rows[active];
  const typed = box.value.slice(offer.from, box.selectionStart).trim().toLowerCase();
  if (row && typed !== row.insert?.trim().toLowerCase()) take(row);
  else send();
}

function onKey(event) {
  if (event.isComposing) return;
  const open = offer.rows.length > 0;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const recalling = arrow && (box.value === "" || box.value === sent[recalled]);
  if (event.key === "Enter" && !event.shiftKey) enter();
  else if (event.key === "Tab" && open && !event.shiftKey) take(offer.rows[Math.max(active, 0)]);
  else if (event.key === "Escape" && open) hide();
  else if (arrow && recalling && sent.length) recall(arrow);
  else if (arrow && open) {
    active = (active + arrow + offer.rows.length) % offer.rows.length;
    drawOffer();
  } else return;
  event.preventDefault();
}

box.addEventListener("input", () => {
  grow();
  showOffer();
  drafts.set(key, box.value);
});
box.addEventListener("keydown", onKey);
box.addEventListener("blur", hide);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

/** Shows the composer for one place, with the draft left there. */
export function composerFor(place, name, callbacks) {
  key = `${state.me}/${place}`;
  hooks = callbacks;
  box.placeholder = `Message ${name}`;
  box.setAttribute("aria-label", `Message ${name}`);
  write(drafts.get(key) ?? "");
  hide();
  showStatus("");
  requestAnimationFrame(grow);
  return form;
}

/** What the app suggests to say in its Messages tab: `{title, message}` each. */
export function showPrompts(list) {
  fill(prompts, (list ?? []).map((each) => h("button", { type: "button", class: "chip words", onclick: () => hooks.onSay(each.message) }, each.title)));
}

/** What the app says it is doing just now. */
export function showStatus(words) {
  fill(status, words);
}

export const focusComposer = () => box.focus({ preventScroll: true });
