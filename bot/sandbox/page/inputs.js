/** Elements one types or ticks: text, numbers, dates, times, radio buttons, checkboxes. */
import { freshId, h } from "./dom.js";
import { hold } from "./held.js";
import { zone, me } from "./state.js";
import { textNode, wordsOf } from "./text.js";
import { epochOf, wallClock } from "./zones.js";

const SETTLED_MS = 700;

function wantsEnter(element) {
  return (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes("on_enter_pressed");
}

/** plain_text_input, email, url and number. */
export function typed(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const tag = element.multiline ? "textarea" : "input";
  const node = h(tag, {
    class: "field", value: cell.state.value ?? "", placeholder: wordsOf(element.placeholder) || null, "aria-label": ctx.labelOf(block) ?? "Text",
    inputmode: { number_input: "decimal", email_text_input: "email", url_text_input: "url" }[element.type],
    autocomplete: "off", rows: element.multiline ? 4 : null,
    autofocus: element.focus_on_load, dataset: { key },
  });
  node.addEventListener("input", () => {
    cell.keep({ value: node.value || null });
    if (element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered")) cell.choose({ value: node.value }, node);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || element.multiline || !wantsEnter(element)) return;
    if (block.type === "input" && !block.dispatch_action) return;
    event.preventDefault();
    cell.choose({ value: node.value }, node);
  });
  return node;
}

const asRichText = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] });
const fromRichText = (value) => (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? "").join("");

export function richTyped(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const node = h("textarea", { class: "field", rows: element.min_lines ?? 4, value: fromRichText(cell.state.rich_text_value), "aria-label": ctx.labelOf(block), dataset: { key } });
  node.addEventListener("input", () => cell.keep({ rich_text_value: node.value ? asRichText(node.value) : null }));
  return node;
}

/**
 * A native picker fires on every part one types, and Slack only once: so it waits until it is left or settled.
 * `keep(value)` notes it, `choose(value)` tells the bot as well.
 */
function settled(ctx, element, node, { keep, choose }) {
  let told = node.value;
  let timer = 0;
  const finish = () => {
    clearTimeout(timer);
    const before = told;
    if (node.value === told) return;
    told = node.value;
    ctx.confirm(element, () => choose(told), () => {
      told = node.value = before;
      keep(before);
    });
  };
  node.addEventListener("input", () => keep(node.value));
  node.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(finish, SETTLED_MS);
  });
  node.addEventListener("blur", finish);
  return node;
}

const picker = (type, value, label, key) => h("input", { class: "field picker", type, value: value ?? "", "aria-label": label, dataset: { key } });

function onePicker(type, ctx, block, element, key, { value, word, fields }) {
  const cell = hold(ctx, block, element);
  const node = picker(type, value(cell.state), ctx.labelOf(block) ?? (wordsOf(element.placeholder) || word), key);
  const keep = (given) => cell.keep(fields(given || null));
  return settled(ctx, element, node, { keep, choose: (given) => cell.choose(fields(given || null), node) });
}

export function datePicker(ctx, block, element, key) {
  const fields = (given) => ({ selected_date: given });
  return onePicker("date", ctx, block, element, key, { value: (held) => held.selected_date, word: "Date", fields });
}

export function timePicker(ctx, block, element, key) {
  const also = element.timezone ? { timezone: element.timezone } : {};
  const fields = (given) => ({ selected_time: given, ...also });
  const node = onePicker("time", ctx, block, element, key, { value: (held) => held.selected_time, word: "Time", fields });
  return element.timezone ? h("span", { class: "with-zone" }, node, h("small", {}, element.timezone)) : node;
}

export function dateTimePicker(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const before = cell.state.selected_date_time ? wallClock(cell.state.selected_date_time) : {};
  const label = ctx.labelOf(block) ?? "Date and time";
  const day = picker("date", before.day, `${label}, day`, `${key}/day`);
  const time = picker("time", before.time, `${label}, time`, `${key}/time`);
  const instant = () => ({ selected_date_time: day.value && time.value ? epochOf(day.value, time.value) : null });
  const keep = () => cell.keep(instant());
  for (const node of [day, time]) {
    settled(ctx, element, node, { keep, choose: () => instant().selected_date_time && cell.choose(instant(), node) });
  }
  return h("span", { class: "with-zone" }, day, time, h("small", { title: zone() }, me()?.tz_label ?? zone()));
}

function optionLabel(option, control) {
  return h("label", { class: "tick" }, control, h("span", {}, textNode(option.text), option.description && h("small", {}, textNode(option.description))));
}

export function radios(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const name = freshId("radio");
  const options = element.options ?? [];
  const isOn = (option) => cell.state.selected_option?.value === option.value;
  const controls = options.map((option) => h("input", { type: "radio", name, checked: isOn(option), dataset: { key: `${key}/${option.value}` } }));
  const undo = () => controls.forEach((control, at) => {
    control.checked = isOn(options[at]);
  });
  controls.forEach((control, at) => control.addEventListener("change", () => ctx.confirm(element, () => cell.choose({ selected_option: options[at] }, control), undo)));
  const rows = controls.map((control, at) => optionLabel(options[at], control));
  return h("div", { class: "ticks", role: "radiogroup", "aria-label": ctx.labelOf(block) ?? "Choose one" }, rows);
}

export function checkboxes(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const isOn = (option) => cell.state.selected_options.some((each) => each.value === option.value);
  const boxes = (element.options ?? []).map((option) => h("input", { type: "checkbox", checked: isOn(option), dataset: { key: `${key}/${option.value}` } }));
  const chosen = () => element.options.filter((_option, at) => boxes[at].checked);
  const undo = (box) => () => {
    box.checked = !box.checked;
  };
  for (const box of boxes) box.addEventListener("change", () => ctx.confirm(element, () => cell.choose({ selected_options: chosen() }, box), undo(box)));
  return h("div", { class: "ticks", role: "group", "aria-label": ctx.labelOf(block) ?? "Choose any" }, boxes.map((box, at) => optionLabel(element.options[at], box)));
}
