/** Switches that make the pretend Slack misbehave, to see what the bot does about it. */
import { get, post } from "./api.js";
import { announce, fill, h } from "./dom.js";

const FAULTS = [
  { label: "Too many requests", detail: "Slack answers 429: come back in 2 seconds. Nothing is done.", fault: { kind: "429", retry_after: 2 } },
  { label: "Server error", detail: "Slack answers 500 and a page of text. Nothing is done.", fault: { kind: "500" } },
  { label: "Connection reset", detail: "The line breaks before anything is done.", fault: { kind: "reset" } },
  { label: "Lost reply", detail: "It is done, but the answer never arrives. Doing it again does it twice.", fault: { kind: "lost_reply" } },
  { label: "No messages for the person", detail: "Slack refuses: cannot_dm_bot. Nothing is done.", fault: { kind: "refuse", error: "cannot_dm_bot" } },
  { label: "Token revoked", detail: "Slack refuses: token_revoked. Nothing is done.", fault: { kind: "refuse", error: "token_revoked" } },
  { label: "No canvases: free plan", detail: "Slack refuses canvases.create: free_teams_cannot_create_standalone_canvases.", fault: { method: "canvases.create", kind: "refuse", error: "free_teams_cannot_create_standalone_canvases" } },
  { label: "No canvases: tabs only", detail: "Slack refuses canvases.create: free_teams_cannot_create_non_tabbed_canvases.", fault: { method: "canvases.create", kind: "refuse", error: "free_teams_cannot_create_non_tabbed_canvases" } },
  { label: "No canvases: tab is taken", detail: "Slack refuses canvases.create: free_team_canvas_tab_already_exists.", fault: { method: "canvases.create", kind: "refuse", error: "free_team_canvas_tab_already_exists" } },
  { label: "No canvases: switched off", detail: "Slack refuses canvases.create: canvas_disabled_user_team.", fault: { method: "canvases.create", kind: "refuse", error: "canvas_disabled_user_team" } },
  { label: "Canvas nobody is let into", detail: "Slack makes it, then refuses canvases.access.set: restricted_action.", fault: { method: "canvases.access.set", kind: "refuse", error: "restricted_action" } },
  { label: "Slow", detail: "The answer takes 4 seconds.", fault: { kind: "slow", seconds: 4 } },
  { label: "Slow delivery", detail: "A click or command takes 4 seconds to reach the bot.", fault: { kind: "slow", seconds: 4 }, socket: true },
  { label: "Lost acknowledgement", detail: "The bot has done it, and the person is told that it failed.", fault: { kind: "lost_reply" }, socket: true },
  { label: "Socket drops", detail: "The connection breaks as something is delivered; the bot has to come back.", fault: { kind: "drop" }, socket: true },
];
const METHODS = [["*", "every method"], ["chat.postMessage", "chat.postMessage"], ["chat.update", "chat.update"], ["views.open", "views.open"],
  ["views.update", "views.update"], ["views.publish", "views.publish"], ["users.info", "users.info"], ["canvases.create", "canvases.create"],
  ["canvases.access.set", "canvases.access.set"], ["response_url", "response_url"]];
const TIMES = [["1", "the next time"], ["3", "the next three times"], ["-1", "until switched off"]];

const choice = (label, options) => {
  const select = h("select", { class: "field" }, options.map(([value, text]) => h("option", { value }, text)));
  return [select, h("label", { class: "labelled" }, h("span", {}, label), select)];
};
const [method, where] = choice("What it hits", METHODS);
const [times, howOften] = choice("How often", TIMES);
const state = h("div", { class: "fault-list", role: "group", "aria-label": "Faults" });
const summary = h("summary", {}, "Faults");
const problem = h("p", { class: "notice", role: "alert" });
let on = [];
let overSocket = true;

const isOf = (each) => (fault) => fault.kind === each.fault.kind && fault.error === each.fault.error && (fault.method === "socket") === Boolean(each.socket);

async function set(faults) {
  const answer = await post("faults", { faults });
  problem.textContent = answer.ok === false ? answer.problem ?? "" : "";
  await load();
}

async function toggle(each) {
  await load(); // what was to happen once may have happened since, and must not be armed again
  const others = on.filter((fault) => !isOf(each)(fault));
  const off = others.length < on.length;
  await set(off ? others : [...on, { method: each.socket ? "socket" : method.value, times: Number(times.value), ...each.fault }]);
  announce(`${each.label} ${off ? "off" : "on"}`);
}

function strikes(fault) {
  const place = { "*": "every method", socket: "what is delivered" }[fault.method] ?? fault.method;
  const left = { "-1": "until you switch it off", 1: "once more" }[fault.times] ?? `${fault.times} times more`;
  return `On: ${place}, ${left}`;
}

function draw() {
  fill(summary, on.length ? `Faults: ${on.length} on` : "Faults");
  summary.classList.toggle("on", on.length > 0);
  const focused = document.activeElement?.dataset.fault;
  fill(state, FAULTS.filter((each) => overSocket || !each.socket).map((each) => {
    const active = on.find(isOf(each));
    return h("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(Boolean(active)), dataset: { fault: each.label }, onclick: () => toggle(each) },
      h("span", { class: "knob", "aria-hidden": "true" }), h("span", {}, each.label, h("small", {}, active ? strikes(active) : each.detail)));
  }));
  if (focused) [...state.children].find((button) => button.dataset.fault === focused)?.focus();
}

/** Something went between bot and sandbox: a fault may have been used up. */
export function hearOfFaults() {
  if (on.length) void load().catch(() => {});
}

async function load() {
  const told = await get("faults");
  on = told.faults ?? [];
  overSocket = told.socket !== false;
  draw();
}

export function faultsPanel() {
  draw();
  const off = h("button", { type: "button", class: "button small", onclick: () => set([]) }, "All off");
  const panel = h("details", { class: "faults" }, summary,
    h("p", { class: "hint" }, "Switch something wrong on, then use the bot and see here what it does about it."),
    h("div", { class: "fault-where" }, where, howOften, off), problem, state);
  panel.addEventListener("toggle", () => panel.open && load());
  void load().catch(() => {});
  return panel;
}
