/** What the page may wish of the supervisor, by buttons that rest while something is under way; and its answer no. */
import { post } from "./api.js";
import { $, fill, h } from "./dom.js";
import { state } from "./state.js";

export const isBusy = () => Boolean(state.practice?.doing);
export const isReachable = () => Boolean(state.practice?.reachable);

/** The name of a window that asked for a story: of all a page can remember, it alone outlives the reload of a fresh start. */
export const AWAITS = "awaits the end of its story";

/** What went wrong, until somebody has read it. */
export const trouble = h("div", { class: "trouble", role: "alert" });

export function showTrouble(words) {
  const read = () => {
    fill(trouble);
    $("today").hidden = !$("today").innerText.trim();
    if (state.practice?.trouble) void wish("hush");
  };
  if (trouble.firstChild?.textContent === words) return;
  fill(trouble, words && [h("span", {}, words), h("button", { type: "button", class: "button small", onclick: read }, "All right")]);
}

export async function wish(name, body = {}) {
  const answer = await post("practice", { wish: name, ...body });
  if (answer.ok === false) {
    showTrouble(answer.says ?? answer.problem);
    $("today").hidden = false;
  }
  return answer.ok !== false;
}

export const wishButton = (words, run, more = {}) => h("button", { type: "button", class: "button small", disabled: isBusy() || !isReachable(), onclick: run, ...more }, words);
export const dayOn = () => wishButton("+1 day", () => wish("move-on", { days: 1 }), { dataset: { key: "day-on" } });
