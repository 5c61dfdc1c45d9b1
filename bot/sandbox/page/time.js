/** What time it is in the practice run, now and when something was sent. Slack's own stamps stay real. */
import { state } from "./state.js";

export const ZONE = "America/New_York";
const DAY = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeZone: ZONE });
const TIME = new Intl.DateTimeFormat("en-US", { timeStyle: "short", timeZone: ZONE });

export const fromUnix = (seconds) => new Date(seconds * 1000);
export const dayWords = (date) => DAY.format(date);
export const momentWords = (date) => `${dayWords(date)}, ${TIME.format(date)}`;

/** The practice time of a real instant: by the last move before it. Before any move, and after going back, it is itself. */
export function practiceTime(real) {
  const moves = state.practice?.moves ?? [];
  const move = moves.findLast((each) => each.at * 1000 <= real.getTime());
  if (!move || move.to === null) return real;
  return new Date(move.to * 1000 + (real.getTime() - move.at * 1000) * (state.practice.speed ?? 1));
}

export const now = () => practiceTime(new Date());
