/** The message box below a conversation, what the app suggests to say above it, and what the app is doing below it. */
import { Attachments } from "./attach.js";
import { fill, h, icon } from "./dom.js";
import { TypingBox } from "./typing.js";

let hooks = { onSay() {}, onShortcut() {}, onScroll() {} };

const button = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
const typing = new TypingBox({
  id: "composer-box",
  onSend: (text) => {
    const files = attachments.ids;
    attachments.clear();
    hooks.onSay(text, undefined, files);
  },
  onRow: (row) => hooks.onShortcut(row.shortcut),
  onChange: () => ready(),
  mayBeEmpty: () => attachments.ids.length > 0,
});
const attachments = new Attachments({ onChange: () => ready(), onProblem: (text) => showStatus(text) });

function ready() {
  button.disabled = !typing.box.value.trim() && !attachments.ids.length;
}

const prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts" });
const status = h("div", { class: "status", role: "status" });
const form = h("form", { class: "composer" }, typing.panel, prompts, attachments.list, h("div", { class: "box" }, attachments.button, attachments.input, typing.box, button), status);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  typing.send();
});

// Whoever reads back by keyboard need not leave the box for it.
typing.box.addEventListener("keydown", (event) => {
  const pages = { PageUp: -1, PageDown: 1 }[event.key];
  if (!pages || typing.box.scrollHeight > typing.box.clientHeight) return;
  event.preventDefault();
  hooks.onScroll(pages);
});

/** Shows the composer for one place, with the draft left there. */
export function composerFor(place, name, callbacks) {
  hooks = callbacks;
  attachments.clear();
  typing.at(place, `Message ${name}`);
  showStatus("");
  requestAnimationFrame(() => typing.grow());
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

export const focusComposer = () => typing.box.focus({ preventScroll: true });
