/** The practice panel: going to another day, the prepared stories, starting over. */
import { $, fill, h, icon } from "./dom.js";
import { ZONE, dayWords, fromUnix, now } from "./time.js";
import { awaitEnd, dayOn, isBusy, isReachable, toNextReminder, wish, wishButton } from "./wishes.js";
import { confirmed } from "./popover.js";
import { state } from "./state.js";

const LOSS = "All messages, firms and history of this sandbox are taken away; nothing outside of it is touched. This cannot be undone.";
const HOW = "A day is a day in New York, where the deadlines are. The bot starts again there and time goes on from it; while the sandbox is stopped it stands still, and the next start goes on there. Messages show the time of the practice run. What is recorded is marked as practice for good.";
const EARLIER = "That is earlier than it is now. Nothing is taken away: what is recorded keeps its dates, and what you do next is entered after it with earlier ones.";
const ALONE = "What started this sandbox does not answer any more, so its time cannot be moved. Stop it, and start it again with make run.";

const date = h("input", { type: "date", class: "field", required: true, min: "2015-01-01", max: "2040-12-31" });
const time = h("input", { type: "time", class: "field", required: true, value: "09:00" });
const earlier = h("p", { class: "hint caution", role: "status" });
let drawn = "";

const chosen = () => (date.value && time.value ? `${date.value}T${time.value}` : "");

/** The wall clock of New York now, as the two fields write it; the Swedish write dates so. */
function there() {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" });
  return format.format(now()).replace(" ", "T");
}

function warn() {
  earlier.textContent = chosen() && chosen() < there() ? EARLIER : "";
}
date.addEventListener("input", warn);
time.addEventListener("input", warn);

async function go(event) {
  event.preventDefault();
  if (await wish("move", { to: chosen() })) earlier.textContent = "";
}

const labelled = (label, input) => h("label", { class: "labelled" }, h("span", {}, label), input);

function clockPart(told) {
  const ahead = told.furthest && fromUnix(told.furthest);
  return h("section", {}, h("h3", {}, "Another day"),
    h("form", { class: "going", onsubmit: go }, labelled("Day", date), labelled("Time", time), wishButton("Go there", null, { type: "submit" }), !told.moved && [dayOn(), toNextReminder()]),
    earlier,
    ahead > now() && h("p", { class: "hint caution" }, `Whatever was recorded up to ${dayWords(ahead)} is still here and keeps its dates.`),
    h("p", { class: "hint" }, HOW));
}

async function play(story) {
  const title = `Start over with “${story.title}”?`;
  if (!(await confirmed({ title, text: LOSS, confirm: "Start over and play it", deny: "Keep what is here", danger: true }))) return;
  awaitEnd();
  await wish("story", { id: story.id });
}

function storiesPart(told) {
  return h("section", {}, h("h3", {}, "A prepared story"), h("ul", { class: "stories" }, told.stories.map((story) => h("li", {},
    h("strong", {}, story.title), h("small", {}, `begins on ${dayWords(fromUnix(story.starts))}`), h("p", {}, story.sees),
    wishButton(story.id === told.story ? "Play it again" : "Play it", () => play(story), { "aria-label": `Play the story ${story.title}`, dataset: { key: story.id } })))));
}

async function startOver() {
  if (await confirmed({ title: "Start over?", text: LOSS, confirm: "Start over", deny: "Keep what is here", danger: true })) await wish("start-over");
}

function overPart() {
  return h("section", {}, h("h3", {}, "Start over"),
    h("p", { class: "hint" }, "An empty workspace, today. The bot is stopped first; only what it and this sandbox keep in the sandbox's own folder is taken away."),
    wishButton("Start over", startOver, { class: "button small danger", dataset: { key: "over" } }));
}

/** Draws the panel where it is open and looks different now; the keyboard keeps its place. */
export function drawPractice() {
  const panel = $("practice");
  const button = $("practice-button");
  if (button) button.hidden = !state.practice;
  if (!state.practice) panel.hidden = true;
  if (panel.hidden) return;
  const { moved, furthest, story, next_reminder } = state.practice;
  const looks = JSON.stringify([moved, furthest, story, next_reminder, isBusy(), isReachable()]);
  if (looks === drawn) return;
  drawn = looks;
  if (!date.value) date.value = there().slice(0, 10);
  const focused = panel.contains(document.activeElement) && document.activeElement;
  fill(panel, h("div", { class: "head" }, h("h2", { tabIndex: -1 }, "Practice run"), h("button", { type: "button", class: "quiet", "aria-label": "Close the practice panel", onclick: () => togglePractice(false) }, icon("close"))),
    !isReachable() && h("p", { class: "hint caution" }, ALONE),
    h("div", { class: "parts" }, clockPart(state.practice), storiesPart(state.practice), overPart()));
  if (focused) (focused.isConnected ? focused : panel.querySelector(`[data-key="${focused.dataset.key}"]:enabled`) ?? panel.querySelector("h2")).focus();
}

export function togglePractice(open = $("practice").hidden) {
  $("practice").hidden = !open;
  if (open && isReachable() && !isBusy()) void wish("look");
  drawn = "";
  drawPractice();
  $("practice-button")?.setAttribute("aria-expanded", String(open));
  (open ? $("practice").querySelector("h2") : $("practice-button"))?.focus();
}

export function practiceButton() {
  return h("button", { type: "button", id: "practice-button", class: "button", hidden: !state.practice, "aria-label": "Practice run", "aria-expanded": String(!$("practice").hidden), "aria-controls": "practice", dataset: { key: "practice" }, onclick: () => togglePractice() },
    icon("clock"), h("span", { class: "practice-word" }, "Practice"));
}

$("practice").addEventListener("keydown", (event) => event.key === "Escape" && togglePractice(false));
