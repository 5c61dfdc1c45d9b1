/** The traffic drawer: what goes between the bot and the sandbox, what was refused and why, and faults on demand. */
import { get } from "./api.js";
import { $, fill, h, icon } from "./dom.js";
import { faultsPanel, hearOfFaults } from "./faults.js";
import { state } from "./state.js";

const KEPT = 1000;
let entries = [];
let last = 0;
let onlyRefused = false;
let words = "";
let drawn = false;

const rows = h("ol", { class: "traffic", "aria-label": "Requests and answers" });

const fails = (entry) => Boolean(entry.refused) || Number(entry.status) >= 400 || entry.status === "timeout";

const wanted = (entry) => (!onlyRefused || fails(entry)) && (!words || `${entry.name} ${entry.kind} ${entry.refused ?? ""}`.toLowerCase().includes(words));

function body(entry) {
  const summary = entry.body_summary;
  return typeof summary === "string" ? summary : JSON.stringify(summary, null, 2);
}

function row(entry) {
  const toBot = entry.direction === "to_bot";
  const at = new Date(entry.at * (entry.at < 1e11 ? 1000 : 1));
  return h("li", { class: fails(entry) ? "refused" : entry.kind === "warning" ? "warned" : "" }, h("details", {},
    h("summary", {},
      h("span", { class: "arrow", title: toBot ? "to the bot" : "from the bot" }, toBot ? "→ bot" : "← bot"),
      h("span", { class: "what" }, h("strong", {}, entry.name), h("small", {}, entry.kind), entry.refused && h("span", { class: "why" }, entry.refused)),
      h("span", { class: "figures" }, h("span", {}, String(entry.status ?? "")), h("small", {}, entry.ms == null ? "" : `${Math.round(entry.ms)} ms`))),
    h("small", {}, at.toLocaleTimeString()), h("pre", {}, body(entry) ?? "")));
}

function draw() {
  fill(rows, entries.filter(wanted).slice(-300).reverse().map(row));
  if (!rows.childElementCount) fill(rows, h("li", { class: "none" }, onlyRefused ? "Nothing was refused." : "Nothing yet."));
}

function count() {
  state.refusals = entries.filter((entry) => entry.refused).length;
  const badge = $("refusals");
  if (!badge) return;
  badge.textContent = state.refusals ? String(state.refusals) : "";
  badge.hidden = !state.refusals;
}

/** One entry from the stream; the drawer shows the newest first. */
export function hearTraffic(entry) {
  if (entry.n <= last) return;
  hearOfFaults();
  last = entry.n;
  entries = [...entries, entry].slice(-KEPT);
  count();
  if (!drawn || $("inspector").hidden || !wanted(entry)) return;
  rows.querySelector(".none")?.remove();
  rows.prepend(row(entry));
  while (rows.childElementCount > 300) rows.lastElementChild.remove();
}

export async function loadTraffic() {
  const told = await get("traffic", { after: 0 });
  entries = told.entries;
  last = entries.at(-1)?.n ?? 0;
  count();
  if (drawn) draw();
}

function build(onClose) {
  const search = h("input", { class: "field", type: "search", placeholder: "Filter by name", "aria-label": "Filter traffic" });
  search.addEventListener("input", () => {
    words = search.value.toLowerCase();
    draw();
  });
  const only = h("input", { type: "checkbox" });
  only.addEventListener("change", () => {
    onlyRefused = only.checked;
    draw();
  });
  fill($("inspector"),
    h("div", { class: "head" }, h("h2", {}, "Traffic"), h("button", { type: "button", class: "quiet", "aria-label": "Close traffic", onclick: onClose }, icon("close"))),
    faultsPanel(), h("div", { class: "filters" }, search, h("label", { class: "tick" }, only, h("span", {}, "Only what was refused"))), rows);
  drawn = true;
}

export function toggleInspector(open = $("inspector").hidden) {
  const button = $("traffic-button");
  const close = () => {
    toggleInspector(false);
    $("traffic-button")?.focus();
  };
  if (!drawn) build(close);
  $("inspector").hidden = !open;
  button?.setAttribute("aria-expanded", String(open));
  localStorage.setItem("inspector", open ? "open" : "");
  if (open) draw();
}
