/** Select menus: one or several of the given options, people, channels, or what the bot offers while one types. */
import { post } from "./api.js";
import { fill, freshId, h, icon } from "./dom.js";
import { hold } from "./held.js";
import { openBeside } from "./popover.js";
import { channelName, people, state, userName } from "./state.js";
import { wordsOf } from "./text.js";

const PAUSE_MS = 120;
const NOTHING = "Nothing matches";
const asOption = (value, text) => ({ value, text: { type: "plain_text", text, emoji: false } });
/** Slack offers apps among the people, too: whoever does not want them has to say so afterwards. */
const peopleOptions = () => [...people(), ...state.users.filter((user) => user.is_bot && !user.deleted)].map((user) => asOption(user.id, userName(user.id)));
const channelOptions = (withDms) =>
  state.channels.filter((channel) => withDms || !channel.is_im).map((channel) => asOption(channel.id, channelName(channel.id)));

const sameWords = (option, query) => wordsOf(option.text).toLowerCase().includes(query.toLowerCase());

function given(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return (query) => groups.map((group) => ({ ...group, options: group.options.filter((option) => sameWords(option, query)) }));
}

const local = (make) => (query) => [{ options: make().filter((option) => sameWords(option, query)) }];

function external(ctx, block, element) {
  return async (query) => {
    if (query.length < (element.min_query_length ?? 3)) return [{ options: [], hint: "Type to search" }];
    const where = { as: state.me, container: ctx.container, block_id: block.block_id, action_id: element.action_id };
    const found = await post("options", { ...where, query });
    if (found.ok === false) return [{ options: [], hint: found.notice ?? found.problem }];
    return found.option_groups ?? [{ options: found.options ?? [] }];
  };
}

/** Where the options of each kind come from, and the field of the state that holds the choice. */
const KINDS = {
  static_select: { source: (_ctx, _block, element) => given(element), field: "selected_option" },
  external_select: { source: external, field: "selected_option" },
  users_select: { source: () => local(peopleOptions), field: "selected_user", name: userName, hint: "Select a person" },
  channels_select: { source: () => local(() => channelOptions(false)), field: "selected_channel", name: channelName, hint: "Select a channel" },
  conversations_select: {
    source: (_ctx, _block, element) => local(() => conversations(element)), field: "selected_conversation", name: nameOf, hint: "Select a conversation",
  },
};

function nameOf(id) {
  return id.startsWith("U") ? userName(id) : channelName(id);
}

function conversations(element) {
  const wanted = element.filter?.include ?? ["im", "mpim", "private", "public"];
  const kind = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
  const channels = state.channels.filter((channel) => wanted.includes(kind(channel)));
  return channels.map((channel) => asOption(channel.id, channelName(channel.id)));
}

function optionRow(option, picked, pick) {
  const row = h("button", { type: "button", role: "option", class: "option", "aria-selected": picked ? "true" : "false", onclick: () => pick(option) },
    h("span", {}, wordsOf(option.text)), option.description && h("small", {}, wordsOf(option.description)));
  return row;
}

/** The searchable list under a select. */
function openList(anchor, { source, asks, label, isPicked, pick, many }) {
  const list = h("div", { class: "options", role: "listbox", id: freshId("list"), "aria-label": label, "aria-multiselectable": many ? "true" : null });
  const search = h("input", { class: "field search", type: "text", placeholder: "Search", "aria-label": `Search ${label}`, autocomplete: "off" });
  const pane = h("div", { class: "list-pane" }, search, list);
  let close = () => {};
  let asked = 0;
  const choose = (option) => {
    pick(option);
    if (many) void draw();
    else close();
  };
  const draw = async () => {
    const mine = ++asked;
    const groups = await source(search.value.trim());
    if (mine !== asked) return;
    const rows = (group) => group.options.map((option) => optionRow(option, isPicked(option), choose));
    const titled = (group) => h("div", { role: "group", "aria-label": wordsOf(group.label) },
      h("div", { class: "group-label", "aria-hidden": "true" }, wordsOf(group.label)), rows(group));
    fill(list, groups.filter((group) => group.options.length).map((group) => (group.label ? titled(group) : rows(group))));
    if (!list.querySelector(".option")) fill(list, h("div", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, groups[0]?.hint ?? NOTHING));
  };
  pane.addEventListener("keydown", (event) => walk(event, search, [...list.querySelectorAll(".option")]));
  // The bot is asked when one pauses; until then Enter would take what the last words found.
  let pause = 0;
  search.addEventListener("input", () => {
    if (!asks) return void draw();
    clearTimeout(pause);
    fill(list);
    pause = setTimeout(draw, PAUSE_MS);
    return undefined;
  });
  close = openBeside(anchor, pane, { wide: true });
  anchor.setAttribute("aria-controls", list.id);
  void draw();
  search.focus();
}

function walk(event, search, rows) {
  const at = rows.indexOf(document.activeElement);
  if (event.key === "Enter" && at < 0) {
    event.preventDefault();
    rows[0]?.click();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  (event.key === "ArrowDown" ? rows[at + 1] ?? rows[0] : rows[at - 1] ?? search)?.focus();
}

function opener(name, label) {
  const face = h("span", { class: "face" });
  const node = h("button", { type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", dataset: { key: name } }, face, icon("down"));
  return { node, changed: () => node.dispatchEvent(new Event("change", { bubbles: true })), show: (words, empty) => {
    fill(face, words);
    face.classList.toggle("empty", empty);
    node.setAttribute("aria-label", `${label}${empty ? "" : `: ${words}`}`);
  } };
}

/** A single select of any kind. */
export function single(ctx, block, element, key) {
  const kind = KINDS[element.type];
  const cell = hold(ctx, block, element);
  const label = ctx.labelOf(block) ?? wordsOf(element.placeholder) ?? "Select";
  const hint = wordsOf(element.placeholder) || kind.hint || "Select an item";
  const face = opener(key, ctx.labelOf(block) ?? hint);
  const current = () => cell.state[kind.field];
  const show = () => {
    const value = current();
    face.show(!value ? hint : kind.name ? kind.name(value) : wordsOf(value.text), !value);
  };
  face.node.addEventListener("click", () => openList(face.node, {
    source: kind.source(ctx, block, element), asks: kind.source === external, label,
    isPicked: (option) => option.value === (kind.name ? current() : current()?.value),
    pick: (option) => ctx.confirm(element, () => {
      cell.choose({ [kind.field]: kind.name ? option.value : option }, face.node);
      show();
      face.changed();
    }),
  }));
  show();
  return face.node;
}

/** A multi select: what is chosen stands beside it as removable tags. */
export function multi(ctx, block, element, key) {
  const kind = KINDS[element.type.replace("multi_", "")];
  const field = `${kind.field}s`;
  const cell = hold(ctx, block, element);
  const label = ctx.labelOf(block) ?? "Select";
  const face = opener(key, label);
  face.show(wordsOf(element.placeholder) || kind.hint || "Select items", true);
  const tags = h("span", { class: "tags" });
  const valueOf = (each) => (kind.name ? each : each.value);
  const put = (chosen) => {
    cell.choose({ [field]: chosen }, face.node);
    show();
    face.changed();
  };
  const toggle = (option) => {
    const chosen = cell.state[field];
    const without = chosen.filter((each) => valueOf(each) !== option.value);
    if (without.length < chosen.length) return put(without);
    if (chosen.length >= (element.max_selected_items ?? Infinity)) return undefined;
    return put([...chosen, kind.name ? option.value : option]);
  };
  const show = () => fill(tags, cell.state[field].map((each) => {
    const words = kind.name ? kind.name(each) : wordsOf(each.text);
    const drop = () => put(cell.state[field].filter((other) => valueOf(other) !== valueOf(each)));
    return h("button", { type: "button", class: "tag", "aria-label": `Remove ${words}`, onclick: drop }, words, icon("close"));
  }));
  face.node.addEventListener("click", () => openList(face.node, {
    source: kind.source(ctx, block, element), asks: kind.source === external, label, many: true, pick: toggle,
    isPicked: (option) => cell.state[field].some((each) => valueOf(each) === option.value),
  }));
  show();
  return h("div", { class: "multi" }, tags, face.node);
}
