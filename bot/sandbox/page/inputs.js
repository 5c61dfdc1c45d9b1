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
    maxlength: element.max_length ?? (element.type === "plain_text_input" ? 3000 : null), autocomplete: "off", rows: element.multiline ? 4 : null,
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

/** A native picker fires on every part one types, and Slack only once: so it waits until it is left or settled. */
function settled(node, done) {
  let timer = 0;
  const finish = () => {
    clearTimeout(timer);
    if (node.value !== node.dataset.told) done(node.value);
    node.dataset.told = node.value;
  };
  node.dataset.told = node.value;
  node.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(finish, SETTLED_MS);
  });
  node.addEventListener("blur", finish);
  return node;
}

const picker = (type, value, label, key) => h("input", { class: "field picker", type, value: value ?? "", "aria-label": label, dataset: { key } });

export function datePicker(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const node = picker("date", cell.state.selected_date, ctx.labelOf(block) ?? (wordsOf(element.placeholder) || "Date"), key);
  node.addEventListener("input", () => cell.keep({ selected_date: node.value || null }));
  return settled(node, (value) => ctx.confirm(element, () => cell.choose({ selected_date: value || null }, node)));
}

export function timePicker(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const also = element.timezone ? { timezone: element.timezone } : {};
  const node = picker("time", cell.state.selected_time, ctx.labelOf(block) ?? (wordsOf(element.placeholder) || "Time"), key);
  node.addEventListener("input", () => cell.keep({ selected_time: node.value || null, ...also }));
  settled(node, (value) => ctx.confirm(element, () => cell.choose({ selected_time: value || null, ...also }, node)));
  return element.timezone ? h("span", { class: "with-zone" }, node, h("small", {}, element.timezone)) : node;
}

export function dateTimePicker(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const before = cell.state.selected_date_time ? wallClock(cell.state.selected_date_time) : {};
  const label = ctx.labelOf(block) ?? "Date and time";
  const day = picker("date", before.day, `${label}, day`, `${key}/day`);
  const time = picker("time", before.time, `${label}, time`, `${key}/time`);
  const instant = () => ({ selected_date_time: day.value && time.value ? epochOf(day.value, time.value) : null });
  for (const node of [day, time]) {
    node.addEventListener("input", () => cell.keep(instant()));
    settled(node, () => instant().selected_date_time && cell.choose(instant(), node));
  }
  return h("span", { class: "with-zone" }, day, time, h("small", { title: zone() }, me()?.tz_label ?? zone()));
}

function optionLabel(option, control) {
  return h("label", { class: "tick" }, control, h("span", {}, textNode(option.text), option.description && h("small", {}, textNode(option.description))));
}

export function radios(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const name = freshId("radio");
  const rows = (element.options ?? []).map((option) => {
    const control = h("input", { type: "radio", name, checked: cell.state.selected_option?.value === option.value, dataset: { key: `${key}/${option.value}` } });
    control.addEventListener("change", () => ctx.confirm(element, () => cell.choose({ selected_option: option }, control)));
    return optionLabel(option, control);
  });
  return h("div", { class: "ticks", role: "radiogroup", "aria-label": ctx.labelOf(block) ?? "Choose one" }, rows);
}

export function checkboxes(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const isOn = (option) => cell.state.selected_options.some((each) => each.value === option.value);
  const boxes = (element.options ?? []).map((option) => h("input", { type: "checkbox", checked: isOn(option), dataset: { key: `${key}/${option.value}` } }));
  const chosen = () => element.options.filter((_option, at) => boxes[at].checked);
  for (const box of boxes) box.addEventListener("change", () => ctx.confirm(element, () => cell.choose({ selected_options: chosen() }, box)));
  return h("div", { class: "ticks", role: "group", "aria-label": ctx.labelOf(block) ?? "Choose any" }, boxes.map((box, at) => optionLabel(element.options[at], box)));
}
