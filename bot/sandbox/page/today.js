/** The line that says what day it is in a practice run, what is being done, what went wrong, and what the story is. */
import { $, announce, fill, h, icon } from "./dom.js";
import { drawPractice } from "./practice.js";
import { momentWords, now } from "./time.js";
import { dayOn, drawTrouble, followToEnd, isBusy, isReachable, toNextReminder, trouble, wish, wishButton } from "./wishes.js";
import { state } from "./state.js";

const clockWords = h("strong", {});
const doing = h("div", { class: "doing" });
const NARROW = 760;
let drawn = "";

/** What the supervisor tells; true where messages have to be drawn anew because it is another time now. */
export function hearPractice(told) {
  const before = state.practice;
  state.practice = told;
  drawToday();
  if (!before?.doing && told.doing) announce(told.doing.says); // not each of the many steps that follow
  if (before?.doing && !told.doing && !told.trouble) announce(`The sandbox is ready. In it, it is ${momentWords(now())} in New York.`);
  return JSON.stringify(before?.moves) !== JSON.stringify(told.moves);
}

function tick() {
  const words = momentWords(now());
  if (clockWords.textContent !== words) clockWords.textContent = words;
}
setInterval(tick, 1000);

function clockLine() {
  return h("div", { class: "clock-line" }, icon("clock"),
    h("p", {}, "Practice run: today is ", clockWords, " New York"),
    h("div", { class: "acts" }, dayOn(), toNextReminder(), wishButton("Back to today", () => wish("today"))));
}

function progress({ says, act, of }) {
  const words = says[0].toUpperCase() + says.slice(1);
  return [
    h("span", { class: "spin", "aria-hidden": "true" }), h("span", { class: "says" }, act ? `${words} (${act} of ${of})` : `${words}…`),
    of > 0 && h("progress", { max: of, value: act, "aria-label": "How far the story is" }),
  ];
}

/** What the story is; on a narrow screen folded until somebody wants it, so that the conversation has room. */
function guide(story) {
  const chosen = localStorage.getItem("guide") ?? "";
  const open = chosen.endsWith(` ${story.id}`) ? chosen.startsWith("open") : innerWidth > NARROW;
  const node = h("details", { class: "guide", open },
    h("summary", {}, "Story: ", h("strong", {}, story.title)),
    h("div", { class: "guide-parts" }, h("p", {}, story.sees), h("div", {}, h("p", {}, "Things to try:"), h("ul", {}, story.tries.map((each) => h("li", {}, each))))));
  node.querySelector("summary").addEventListener("click", () => localStorage.setItem("guide", `${node.open ? "folded" : "open"} ${story.id}`));
  return node;
}

/** Nothing is shown where no time is moved, no story was played, and nothing is done or wrong. */
export function drawToday() {
  const told = state.practice;
  const story = told?.moved && !isBusy() && told.stories.find((each) => each.id === told.story);
  const wrong = drawTrouble();
  fill(doing, isBusy() && progress(told.doing));
  const looks = JSON.stringify([told?.moved, isBusy(), isReachable(), told?.story, told?.next_reminder]);
  if (looks !== drawn) fill($("today"), told?.moved && clockLine(), doing, trouble, story && guide(story));
  drawn = looks;
  tick();
  $("today").hidden = !(told?.moved || isBusy() || wrong);
  drawPractice();
  followToEnd();
}
