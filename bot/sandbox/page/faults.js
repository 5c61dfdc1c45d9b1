/** Switches that make the pretend Slack misbehave, to see what the bot does about it. */
import { get, post } from "./api.js";
import { fill, h } from "./dom.js";

const FAULTS = [
  { label: "Too many requests", detail: "429, retry after 2 s", fault: { kind: "429", retry_after: 2 } },
  { label: "Server error", detail: "500", fault: { kind: "500" } },
  { label: "Connection reset", detail: "before it is done", fault: { kind: "reset" } },
  { label: "Lost reply", detail: "done, but the answer never arrives", fault: { kind: "lost_reply" } },
  { label: "Slow", detail: "4 s per answer", fault: { kind: "slow", seconds: 4 } },
  { label: "Socket drops", detail: "the bot has to reconnect", fault: { kind: "drop" }, method: "socket" },
];
const METHODS = [["*", "every Web API call"], ["chat.postMessage", "chat.postMessage"], ["chat.update", "chat.update"], ["views.open", "views.open"],
  ["views.publish", "views.publish"], ["response_url", "response_url"]];

const method = h("select", { class: "field", "aria-label": "Where" }, METHODS.map(([value, text]) => h("option", { value }, text)));
const times = h("select", { class: "field", "aria-label": "How often" }, [["1", "once"], ["3", "three times"], ["-1", "until switched off"]].map(([value, text]) => h("option", { value }, text)));
const state = h("div", { class: "fault-list", role: "group", "aria-label": "Faults" });
const summary = h("summary", {}, "Faults");
let on = [];

async function set(faults) {
  const answer = await post("faults", { faults });
  if (answer.ok === false) summary.title = answer.problem ?? "";
  await load();
}

async function toggle(each) {
  await load(); // what was to happen once may have happened since, and must not be armed again
  const wanted = { method: each.method ?? method.value, times: Number(times.value), ...each.fault };
  const others = on.filter((fault) => fault.kind !== each.fault.kind);
  return set(others.length < on.length ? others : [...on, wanted]);
}

function draw() {
  fill(summary, on.length ? `Faults: ${on.length} on` : "Faults");
  summary.classList.toggle("on", on.length > 0);
  fill(state, FAULTS.map((each) => {
    const active = on.find((fault) => fault.kind === each.fault.kind);
    const where = active && `${active.method === "*" ? "every call" : active.method}${active.times > 0 ? `, ${active.times} to go` : ""}`;
    return h("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(Boolean(active)), onclick: () => toggle(each) },
      h("span", { class: "knob", "aria-hidden": "true" }), h("span", {}, each.label, h("small", {}, where ?? each.detail)));
  }));
}

/** Something went between bot and sandbox: a fault may have been used up. */
export function hearOfFaults() {
  if (on.length) void load().catch(() => {});
}

async function load() {
  on = (await get("faults")).faults ?? [];
  draw();
}

export function faultsPanel() {
  draw();
  const panel = h("details", { class: "faults" }, summary, h("div", { class: "filters" }, method, times), state);
  panel.addEventListener("toggle", () => panel.open && load());
  void load().catch(() => {});
  return panel;
}
