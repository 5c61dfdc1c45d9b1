/** What the page may wish of the supervisor, by buttons that rest while something is under way; and its answer no. */
import { post } from "./api.js";
import { $, fill, h } from "./dom.js";
import { fromUnix, momentWords } from "./time.js";
import { state } from "./state.js";

export const isBusy = () => Boolean(state.practice?.doing);
export const isReachable = () => Boolean(state.practice?.reachable);

/** The window that asked for a story is led to where it ends. Of all a page can remember, its name alone outlives a fresh start. */
export function awaitEnd() {
  window.name = `awaits the end since ${state.practice.version}`;
}

export function followToEnd() {
  const since = /^awaits the end since (\d+)$/.exec(window.name)?.[1];
  if (!since || isBusy() || (state.practice?.version ?? 0) <= Number(since)) return;
  window.name = "";
  if (state.practice.look) location.hash = state.practice.look;
}

/** What went wrong, or was refused, until somebody has read it. */
export const trouble = h("div", { class: "trouble", role: "alert" });
let refused = "";

const said = () => refused || state.practice?.trouble || "";

function read() {
  if (!refused) void wish("hush");
  refused = "";
  if (state.practice) state.practice.trouble = "";
  drawTrouble();
  $("today").hidden = !$("today").innerText.trim();
}

/** Whether there is any. */
export function drawTrouble() {
  const words = said();
  if ((trouble.firstChild?.textContent ?? "") !== words) {
    fill(trouble, words ? [h("span", {}, words), h("button", { type: "button", class: "button small", onclick: read }, "All right")] : null);
  }
  return Boolean(words);
}

export async function wish(name, body = {}) {
  refused = "";
  const answer = await post("practice", { wish: name, ...body });
  if (answer.ok === false) refused = answer.says ?? answer.problem;
  if (drawTrouble()) $("today").hidden = false;
  return answer.ok !== false;
}

export const wishButton = (words, run, more = {}) => h("button", { type: "button", class: "button small", disabled: isBusy() || !isReachable(), onclick: run, ...more }, words);
/** Where the supervisor knows of one: going there, so that it is what one sees next. Which one that is, it finds out at the press. */
export function toNextReminder() {
  const next = state.practice?.next_reminder;
  if (!next) return null;
  const words = `The next one is due on ${momentWords(fromUnix(next))} in New York, or earlier if something was set since`;
  return wishButton("To the next reminder", () => wish("to-reminder"), { title: words, dataset: { key: "to-reminder" } });
}
export const dayOn = () => wishButton("+1 day", () => wish("move-on", { days: 1 }), { dataset: { key: "day-on" } });
