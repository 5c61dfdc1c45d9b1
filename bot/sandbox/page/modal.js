/** Modals: a stack of dialogs, their fields and errors. */
import { post } from "./api.js";
import { blocksNode } from "./blocks.js";
import { fill, freshId, h, icon } from "./dom.js";
import { missing } from "./held.js";
import { state } from "./state.js";
import { keepingFocus, surface } from "./surface.js";
import { wordsOf } from "./text.js";

const stack = [];

const find = (id) => stack.find((entry) => entry.view.id === id);

function restack() {
  stack.forEach((entry, at) => entry.dialog.classList.toggle("under", at < stack.length - 1));
}

function showErrors(entry, errors) {
  let first = null;
  for (const node of entry.dialog.querySelectorAll(".block[data-type=input]")) {
    const error = errors[node.dataset.block];
    const words = node.querySelector(".error");
    words.textContent = error ?? "";
    const control = node.querySelector("input, textarea, button.select");
    const marked = node.querySelector("[role=radiogroup]") ?? control;
    marked?.setAttribute("aria-invalid", error ? "true" : "false");
    if (error) marked?.setAttribute("aria-errormessage", words.id);
    if (error) first ??= control;
  }
  first?.focus();
  first?.closest("[data-block]")?.scrollIntoView({ block: "nearest" }); // its sentence stands below it
}

const typedKey = (view) => `typed/${view.id}`;

/** What was typed and not sent yet outlives a reload. */
function keepTyped(entry) {
  sessionStorage.setItem(typedKey(entry.view), JSON.stringify(entry.ctx.values));
}

const typedBefore = (view) => JSON.parse(sessionStorage.getItem(typedKey(view)) ?? "null");

/** Whoever mends a field need not look at its error any longer. */
function forget(event) {
  const block = event.target.closest(".block[data-type=input]");
  if (!block) return;
  block.querySelector(".error").textContent = "";
  block.querySelector("[aria-invalid=true]")?.setAttribute("aria-invalid", "false");
}

export function noticeInModal(text) {
  const top = stack.at(-1);
  if (top) top.notice.textContent = text;
  return Boolean(top);
}

async function submit(entry, button) {
  entry.notice.textContent = "";
  const errors = missing(entry.view.blocks, entry.ctx.values);
  showErrors(entry, errors);
  if (Object.keys(errors).length) return;
  button.disabled = true;
  button.classList.add("busy");
  const answer = await post("submit", { as: state.me, view_id: entry.view.id, values: entry.ctx.values });
  button.disabled = false;
  button.classList.remove("busy");
  if (answer.errors) showErrors(entry, answer.errors);
  else if (answer.problem) entry.notice.textContent = answer.problem;
}

async function leave(entry, all) {
  for (const each of all ? [...stack] : [entry]) remove(each.view.id);
  await post("close", { as: state.me, view_id: entry.view.id, all });
}

function head(entry) {
  const { view } = entry;
  const stacked = stack.indexOf(entry) > 0;
  return [
    stacked && h("button", { type: "button", class: "quiet", "aria-label": "Back", onclick: () => leave(entry, false) }, icon("back")),
    h("h2", { id: entry.dialog.getAttribute("aria-labelledby") }, wordsOf(view.title)),
    h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => leave(entry, true) }, icon("close")),
  ];
}

function foot({ view, ...entry }, whole) {
  const close = h("button", { type: "button", class: "button", onclick: () => leave(whole, false) }, wordsOf(view.close) || (view.submit ? "Cancel" : "Close"));
  return [entry.notice, close, view.submit && h("button", { type: "submit", class: "button primary" }, wordsOf(view.submit))];
}

function draw(entry) {
  const kept = entry.ctx?.values ?? typedBefore(entry.view) ?? entry.view.state?.values;
  const container = { type: "view", view_id: entry.view.id };
  keepingFocus(() => entry.dialog, () => {
    entry.ctx = surface(container, { kept, level: 3, onNotice: noticeInModal });
    fill(entry.head, head(entry));
    fill(entry.body, blocksNode(entry.ctx, entry.view.blocks));
    fill(entry.foot, foot(entry, entry));
  }, () => firstControl(entry));
}

const firstControl = (entry) => entry.body.querySelector("[autofocus], input, textarea, button.select") ?? entry.foot.querySelector("[type=submit], button");

function create(view) {
  const dialog = h("dialog", { class: "modal", "aria-labelledby": freshId("modal") });
  const entry = { view, dialog, head: h("div", { class: "head" }), body: h("div", { class: "body" }), foot: h("div", { class: "foot" }), notice: h("div", { class: "notice", role: "alert" }) };
  const form = h("form", { novalidate: true, method: "dialog" }, entry.head, entry.body, entry.foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(entry, entry.foot.querySelector("[type=submit]") ?? h("button"));
  });
  for (const name of ["input", "change"]) {
    form.addEventListener(name, (event) => {
      forget(event);
      keepTyped(entry);
    });
  }
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    void leave(entry, false);
  });
  dialog.append(form);
  return entry;
}

export function openView(view) {
  if (find(view.id)) return updateView(view);
  const entry = create(view);
  stack.push(entry);
  draw(entry);
  document.body.append(entry.dialog);
  entry.dialog.showModal();
  restack();
  return firstControl(entry)?.focus();
}

// A choice in a view comes back as an update of its state alone: redrawing would close the list one chooses from.
const looks = ({ title, blocks, submit: button, close }) => JSON.stringify([title, blocks, button, close]);

export function updateView(view) {
  const entry = find(view.id);
  if (!entry) return openView(view);
  const same = looks(entry.view) === looks(view);
  entry.view = view;
  return same ? undefined : draw(entry);
}

function remove(id) {
  const entry = find(id);
  if (!entry) return;
  stack.splice(stack.indexOf(entry), 1);
  sessionStorage.removeItem(typedKey(entry.view));
  entry.dialog.close();
  entry.dialog.remove();
  restack();
}

export const closeView = (view) => remove(view.id);

/** Makes the dialogs equal to the stack the sandbox knows, after a reload or a change of person. */
export function showStack(views) {
  const wanted = new Set(views.map((view) => view.id));
  for (const entry of [...stack]) if (!wanted.has(entry.view.id)) remove(entry.view.id);
  views.forEach(openView);
}
