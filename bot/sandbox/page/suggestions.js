/** What is offered while one types: commands after `/`, people after `@`, channels after `#`, emoji after `:`. */
import { emojiStarting } from "./emoji.js";
import { state, userName } from "./state.js";

const MOST = 8;

const starts = (text, typed) => text.toLowerCase().startsWith(typed.toLowerCase());

function commands(text) {
  const rows = state.app.commands.filter((each) => starts(each.command, text)).map((each) => ({
    insert: `${each.command} `, label: each.command, detail: each.description, hint: each.usage_hint,
  }));
  const shortcuts = state.app.shortcuts.filter((each) => each.type === "global" && starts(`/${each.name}`, text));
  return [...rows, ...shortcuts.map((each) => ({ shortcut: each.callback_id, label: each.name, detail: `Shortcut of ${state.app.name}` }))];
}

/** `next | status | step 4` in the usage hint become rows after the command. */
function usage(text) {
  const command = state.app.commands.find((each) => starts(text, `${each.command} `));
  if (!command?.usage_hint) return [];
  const typed = text.slice(command.command.length + 1);
  const ways = command.usage_hint.split("|").map((way) => way.trim()).filter((way) => /^\w/.test(way) && starts(way, typed) && way !== typed);
  return ways.map((way) => ({ insert: `${command.command} ${way}`, label: `${command.command} ${way}`, optional: true }));
}

function names(sign, typed) {
  if (sign === "#") {
    return state.channels.filter((each) => !each.is_im && starts(each.name, typed)).map((each) => ({ insert: `#${each.name} `, label: `#${each.name}` }));
  }
  const known = state.users.filter((user) => !user.deleted);
  const match = (user) => [userName(user.id), user.name, ...userName(user.id).split(" ")].some((each) => each && starts(each, typed));
  return known.filter(match).map((user) => ({ insert: `@${userName(user.id)} `, label: userName(user.id), detail: user.is_bot ? "App" : user.tz, person: user.id }));
}

const emoji = (typed) => emojiStarting(typed).map(([name, sign]) => ({ insert: `:${name}: `, label: `:${name}:`, sign }));

const OFFERS = {
  "@": { title: "People", rows: (typed) => names("@", typed) },
  "#": { title: "Channels", rows: (typed) => names("#", typed) },
  ":": { title: "Emoji", rows: emoji },
};
const MARK = /(?:^|\s)(?:([@#])([^@#\s]*(?: [^@#\s]*)?)|(:)([a-z0-9_+-]{2,}))$/;

/** `{from, rows}` for the text before the caret: rows replace what stands from `from` on. */
export function suggest(before, withCommands = true) {
  if (withCommands && /^\/\S*$/.test(before)) return { from: 0, rows: commands(before), title: "Commands" };
  if (withCommands && before.startsWith("/")) {
    const rows = usage(before);
    if (rows.length) return { from: 0, rows, title: "Goes on with" };
  }
  const found = MARK.exec(before);
  if (!found) return { from: 0, rows: [] };
  const typed = found[2] ?? found[4];
  const offer = OFFERS[found[1] ?? found[3]];
  return { from: before.length - typed.length - 1, rows: offer.rows(typed).slice(0, MOST), title: offer.title };
}

const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Names typed as @Name and #name become the ids the sandbox wants. */
export function withIds(text) {
  const marks = [
    ...state.users.flatMap((user) => [userName(user.id), user.name].filter(Boolean).map((name) => [`@${name}`, `<@${user.id}>`])),
    ...state.channels.filter((each) => !each.is_im).map((each) => [`#${each.name}`, `<#${each.id}>`]),
  ].sort((one, other) => other[0].length - one[0].length);
  return marks.reduce((said, [name, id]) => said.replace(new RegExp(`(?<![\\w<])${escapeRegExp(name)}(?![\\w])`, "gi"), id), text);
}
