/** One exchange in the inspector: its line, and, opened, the whole request and answer with Slack's rule. */
import { get } from "./api.js";
import { fill, freshId, h, icon } from "./dom.js";
import { jsonPart } from "./json.js";

export const LIMIT_MS = 3000;
export const SLOW_MS = 1000;

export const fails = (entry) => Boolean(entry.refused) || Number(entry.status) >= 400 || entry.status === "cut off";
export const isSlow = (entry) => (entry.ms ?? 0) >= SLOW_MS;
const isLate = (entry) => entry.direction === "to_bot" && (entry.ms ?? 0) >= LIMIT_MS - 1;

const FAULTS = { 429: "too many requests", 500: "server error", reset: "connection reset", lost_reply: "reply lost", slow: "slow", drop: "socket dropped" };

function duration({ ms, status }) {
  if (ms === undefined || status === "") return "";
  return ms < SLOW_MS ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function statusWords(entry) {
  if (entry.status === null) return "waiting";
  if (entry.status === "ack") return "acked";
  return String(entry.status);
}

function marks(entry) {
  return [
    isLate(entry) && h("span", { class: "mark bad" }, "over Slack's 3 s"),
    !isLate(entry) && isSlow(entry) && h("span", { class: "mark" }, "slow"),
    entry.retry && h("span", { class: "mark" }, `sent again, ${entry.retry} of 3`),
    entry.fault && h("span", { class: "mark bad" }, `fault: ${FAULTS[entry.fault] ?? entry.fault}`),
  ];
}

/** How much of Slack's three seconds an acknowledgement took. */
function gauge(entry) {
  if (entry.direction !== "to_bot" || !entry.ms) return null;
  const bar = h("span", { class: `gauge ${isLate(entry) ? "bad" : isSlow(entry) ? "slow" : ""}`, "aria-hidden": "true" });
  bar.style.setProperty("--part", `${Math.min(100, (entry.ms / LIMIT_MS) * 100)}%`);
  return bar;
}

function refusal(entry) {
  if (entry.direction === "from_bot") return "Refused";
  return entry.status === "" ? "Not sent" : "Not acknowledged";
}

function line(entry) {
  const toBot = entry.direction === "to_bot";
  const at = new Date(entry.at * 1000);
  return [
    h("span", { class: "way", title: toBot ? "From Slack to the bot" : "From the bot to Slack" }, icon(toBot ? "to" : "from"), h("span", { class: "unseen" }, toBot ? "To the bot: " : "From the bot: ")),
    h("span", { class: "what" }, h("strong", {}, entry.says || entry.name),
      h("small", {}, h("code", {}, entry.kind === "slash_commands" ? entry.kind : entry.name), h("time", { datetime: at.toISOString() }, at.toLocaleTimeString()), marks(entry)),
      entry.refused && h("span", { class: "why" }, `${refusal(entry)}: ${entry.refused}`)),
    h("span", { class: "figures" }, h("span", { class: "status" }, statusWords(entry)), h("small", {}, duration(entry))),
    gauge(entry),
  ];
}

/** What the answer is called: an acknowledgement goes the other way. */
const answerTitle = (entry) => (entry.direction === "to_bot" ? "Acknowledgement" : "Answer");

function whole(entry, told) {
  if (told.error) return [h("p", { class: "none" }, "This one is no longer kept: only the newest are kept whole.")];
  return [
    entry.refused && h("div", { class: "rule" }, h("p", {}, `${refusal(entry)}: `, h("code", {}, entry.refused)), told.rule && h("p", {}, told.rule)),
    told.about && h("p", { class: "about" }, told.about),
    jsonPart("Request", told.request), entry.status !== "" && jsonPart(answerTitle(entry), told.answer),
  ];
}

/** The line of an exchange, which opens it. `update(entry)` draws it anew when the answer has come. */
export function exchangeNode(entry) {
  const inside = h("div", { class: "whole", id: freshId("whole"), hidden: true });
  const button = h("button", { type: "button", class: "exchange", "aria-expanded": "false", "aria-controls": inside.id, tabIndex: -1 });
  const node = h("div", { class: "one" }, button, inside);
  let shown = entry;
  const load = async () => {
    const told = await get("exchange", { n: shown.n }).catch(() => ({ error: "not_kept" }));
    if (!inside.hidden) fill(inside, whole(shown, told));
  };
  const open = (wanted = inside.hidden) => {
    inside.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    if (wanted) void load();
    else fill(inside);
  };
  const update = (next) => {
    shown = next;
    fill(button, line(next));
    node.classList.toggle("refused", fails(next));
    node.classList.toggle("warned", next.kind === "warning");
    node.classList.toggle("pending", next.status === null);
    if (!inside.hidden) void load();
  };
  button.addEventListener("click", () => open());
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") open(true);
    if (event.key === "ArrowLeft") open(false);
  });
  inside.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    open(false);
    button.focus();
  });
  update(entry);
  return { node, button, update };
}
