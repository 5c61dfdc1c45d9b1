/** Times as the acting person sees them: in that person's own time zone, and in a practice run by its clock. */
import { now, practiceTime } from "./time.js";
import { state, zone } from "./state.js";

const formats = new Map();

function format(options, timeZone = zone()) {
  const key = JSON.stringify([timeZone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone, ...options }));
  return formats.get(key);
}

const dayKey = (date) => format({ year: "numeric", month: "2-digit", day: "2-digit" }).format(date);

const sentAt = (ts) => new Date(Number(ts) * 1000);
export const fromTs = (ts) => practiceTime(sentAt(ts));
export const clock = (date, timeZone) => format({ hour: "numeric", minute: "2-digit" }, timeZone).format(date);
export const fullTime = (date) => format({ dateStyle: "full", timeStyle: "short" }).format(date);
/** When a message was sent, in full; where the clock was moved, both by it and really. */
export function fullTimeOf(ts) {
  const [there, really] = [fromTs(ts), sentAt(ts)];
  return there.getTime() === really.getTime() ? fullTime(really) : `${fullTime(there)} in the practice run. Really sent ${fullTime(really)}`;
}
export const sameDay = (one, other) => dayKey(one) === dayKey(other);

/** What a day is called between messages; where days are moved about, always in full. */
export function dayName(date, today = now()) {
  if (state.practice?.moved) return `${sameDay(date, today) ? "Today, " : ""}${format({ dateStyle: "full" }).format(date)}`;
  if (sameDay(date, today)) return "Today";
  if (sameDay(date, new Date(today - 864e5))) return "Yesterday";
  const far = Math.abs(today - date) > 300 * 864e5;
  return format({ weekday: "long", month: "long", day: "numeric", ...(far && { year: "numeric" }) }).format(date);
}

function ago(date) {
  const seconds = Math.round((date - now()) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? steps[3];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

const SLACK_DATES = {
  date_num: (date) => `${format({ year: "numeric" }).format(date)}-${format({ month: "2-digit" }).format(date)}-${format({ day: "2-digit" }).format(date)}`,
  date: (date) => format({ dateStyle: "long" }).format(date),
  date_short: (date) => format({ month: "short", day: "numeric", year: "numeric" }).format(date),
  date_long: (date) => format({ dateStyle: "full" }).format(date),
  time: clock,
  time_secs: (date) => format({ timeStyle: "medium" }).format(date),
  ago,
};

function pretty(date, otherwise) {
  for (const [shift, word] of [[0, "today"], [-1, "yesterday"], [1, "tomorrow"]]) {
    if (sameDay(date, new Date(now().getTime() + shift * 864e5))) return word;
  }
  return SLACK_DATES[otherwise](date);
}

/** Slack's `<!date^epoch^{date_short} at {time}|fallback>` format string, filled in. */
export function slackDate(epoch, template) {
  const date = new Date(Number(epoch) * 1000);
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name.endsWith("_pretty")) return pretty(date, name === "day_divider_pretty" ? "date_long" : name.slice(0, -7));
    return SLACK_DATES[name]?.(date) ?? whole;
  });
}

/** Minutes the acting person's zone is ahead of UTC at an instant. */
function offsetAt(instant) {
  const parts = format({ hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
  const at = Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  return Math.round((Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute) - instant) / 60000);
}

/** "2026-03-09" and "09:30" on the person's wall clock -> Unix seconds (twice, for the hour a clock change moves). */
export function epochOf(day, time) {
  const asUtc = Date.parse(`${day}T${time}:00Z`);
  const first = asUtc - offsetAt(new Date(asUtc)) * 60000;
  return Math.round((asUtc - offsetAt(new Date(first)) * 60000) / 1000);
}

export function wallClock(epoch) {
  const instant = new Date(epoch * 1000);
  const shifted = new Date(instant.getTime() + offsetAt(instant) * 60000).toISOString();
  return { day: shifted.slice(0, 10), time: shifted.slice(11, 16) };
}
