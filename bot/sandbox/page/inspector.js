/** The inspector: what goes between the bot and the sandbox, newest first, with what belongs together in one group. */
import { get, post } from "./api.js";
import { $, announce, fill, h, icon } from "./dom.js";
import { exchangeNode, fails, isSlow } from "./exchange.js";
import { faultsPanel, hearOfFaults } from "./faults.js";
import { people, state, userName } from "./state.js";

const KEPT = 1000;
const AT_ONCE = 100;

let entries = new Map();
let groups = new Map();
let only = "all";
let who = "";
let words = "";
let paused = false;
let missed = 0;
let most = AT_ONCE;
let drawn = false;

const list = h("ol", { class: "traffic", "aria-label": "Requests and answers, newest first" });
const older = h("button", { type: "button", class: "button small", hidden: true }, "Show older ones");
const pausing = h("button", { type: "button", class: "button small", "aria-pressed": "false" }, "Pause");
const person = h("select", { class: "field", "aria-label": "Of whom" });

const rootOf = (entry) => (entries.has(entry.part_of) ? entry.part_of : entry.n);
const newest = (members) => Math.max(...members.map((entry) => entry.n));
const inGroup = (root) => [...entries.values()].filter((entry) => rootOf(entry) === root);

function fits(entry) {
  if (only === "refused" && !fails(entry)) return false;
  if (only === "slow" && !isSlow(entry)) return false;
  if (who && entry.who !== who) return false;
  return !words || [entry.says, entry.name, entry.kind, entry.refused, entry.fault].join(" ").toLowerCase().includes(words);
}

/** One group: what somebody did, and below it what the bot did about it. */
function groupNode(root) {
  const rows = new Map();
  const node = h("li", { class: "group", dataset: { root } });
  const put = (entry) => {
    const known = rows.get(entry.n);
    if (known) return known.update(entry);
    const row = exchangeNode(entry);
    rows.set(entry.n, row);
    row.node.classList.toggle("part", entry.n !== root);
    row.button.dataset.n = entry.n;
    const after = [...rows.keys()].filter((n) => n < entry.n).sort((one, other) => other - one)[0];
    if (after) rows.get(after).node.after(row.node);
    else node.prepend(row.node);
    return row;
  };
  return { node, put };
}

function showGroup(root, members) {
  const group = groupNode(root);
  members.forEach(group.put);
  groups.set(root, group);
  return group.node;
}

function draw() {
  groups = new Map();
  const byRoot = new Map();
  for (const entry of entries.values()) {
    const root = rootOf(entry);
    byRoot.set(root, [...(byRoot.get(root) ?? []), entry]);
  }
  const wanted = [...byRoot].filter(([, members]) => members.some(fits)).sort(([, one], [, other]) => newest(other) - newest(one));
  fill(list, wanted.slice(0, most).map(([root, members]) => showGroup(root, members)));
  older.hidden = wanted.length <= most;
  if (!wanted.length) fill(list, h("li", { class: "none" }, entries.size ? "Nothing here fits." : "Nothing yet. Type or click something, and see here what goes to the bot and what it answers."));
  tabTo(list.querySelector(".exchange"));
}

/** One entry more, or the answer to one that was waiting. */
function drawOne(entry) {
  const root = rootOf(entry);
  const group = groups.get(root);
  if (group) {
    group.put(entry);
    // What happens now stands on top; whoever reads on in a group keeps it where it is.
    if (list.firstElementChild !== group.node && !group.node.querySelector("[aria-expanded=true]") && !group.node.contains(document.activeElement)) list.prepend(group.node);
    return;
  }
  const members = inGroup(root);
  if (!members.some(fits)) return;
  list.querySelector(".none")?.remove();
  list.prepend(showGroup(root, members));
  while (list.childElementCount > most) {
    groups.delete(Number(list.lastElementChild.dataset.root));
    list.lastElementChild.remove();
    older.hidden = false;
  }
  if (!list.contains(document.activeElement)) tabTo(list.querySelector(".exchange"));
}

function count() {
  state.refusals = [...entries.values()].filter((entry) => entry.refused).length;
  const badge = $("refusals");
  if (!badge) return;
  badge.textContent = state.refusals ? String(state.refusals) : "";
  badge.hidden = !state.refusals;
}

function setPaused(now) {
  paused = now;
  missed = 0;
  pausing.setAttribute("aria-pressed", String(paused));
  pausing.textContent = paused ? "Go on" : "Pause";
  if (!paused) draw();
}

/** One entry from the stream. */
export function hearTraffic(entry) {
  hearOfFaults();
  const fresh = !entries.has(entry.n);
  entries.set(entry.n, entry);
  while (entries.size > KEPT) entries.delete(entries.keys().next().value);
  count();
  if (!drawn || $("inspector").hidden) return;
  if (paused) {
    missed += fresh ? 1 : 0;
    pausing.textContent = missed ? `Go on (${missed} new)` : "Go on";
    return;
  }
  drawOne(entry);
  if (entry.refused && entry.status !== null) announce(`${entry.says}: ${entry.refused}`);
}

export async function loadTraffic() {
  const told = await get("traffic", { after: 0 });
  entries = new Map(told.entries.map((entry) => [entry.n, entry]));
  count();
  if (drawn) draw();
}

/** One line can be reached by Tab, the others from it by the arrow keys. */
function tabTo(button) {
  list.querySelectorAll(".exchange[tabindex='0']").forEach((each) => each.setAttribute("tabindex", "-1"));
  button?.setAttribute("tabindex", "0");
}

list.addEventListener("keydown", (event) => {
  if (!event.target.matches(".exchange")) return;
  const all = [...list.querySelectorAll(".exchange")];
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all[to]) return;
  event.preventDefault();
  tabTo(all[to]);
  all[to].focus();
});
list.addEventListener("focusin", (event) => event.target.matches(".exchange") && tabTo(event.target));

function again(change) {
  change();
  most = AT_ONCE;
  draw();
}

function filters() {
  const kinds = [["all", "All"], ["refused", "Refused"], ["slow", "Slow"]].map(([value, label]) => {
    const input = h("input", { type: "radio", name: "only", value, checked: value === only });
    input.addEventListener("change", () => again(() => { only = value; }));
    return h("label", { title: value === "slow" ? "A second or longer" : null }, input, h("span", {}, label));
  });
  person.addEventListener("change", () => again(() => { who = person.value; }));
  const search = h("input", { class: "field", type: "search", placeholder: "Find words", "aria-label": "Find words in the list" });
  search.addEventListener("input", () => again(() => { words = search.value.toLowerCase(); }));
  return h("div", { class: "filters" }, h("div", { class: "segments", role: "radiogroup", "aria-label": "Which" }, kinds), person, search);
}

function build() {
  pausing.addEventListener("click", () => setPaused(!paused));
  older.addEventListener("click", () => {
    most += AT_ONCE;
    draw();
  });
  const clear = h("button", { type: "button", class: "button small", onclick: () => post("clear-traffic", {}) }, "Clear");
  fill($("inspector"),
    h("div", { class: "head" }, h("h2", {}, "Traffic"), pausing, clear, h("button", { type: "button", class: "quiet", "aria-label": "Close traffic", onclick: () => toggleInspector(false) }, icon("close"))),
    faultsPanel(), filters(), h("div", { class: "rolls", tabIndex: -1 }, list, older));
  drawn = true;
}

export function toggleInspector(open = $("inspector").hidden) {
  const button = $("traffic-button");
  const inside = $("inspector").contains(document.activeElement);
  if (!drawn) build();
  $("inspector").hidden = !open;
  if (inside && !open) button?.focus();
  button?.setAttribute("aria-expanded", String(open));
  localStorage.setItem("inspector", open ? "open" : "");
  if (!open) return;
  fill(person, h("option", { value: "" }, "Everybody"), people().map((user) => h("option", { value: user.id, selected: user.id === who }, userName(user.id))));
  draw();
}
