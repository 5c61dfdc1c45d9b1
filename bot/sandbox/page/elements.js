/** Interactive elements by their type; an unknown one is shown loudly. */
import { multi, single } from "./choice.js";
import { h, icon } from "./dom.js";
import { fileInput } from "./files.js";
import { checkboxes, datePicker, dateTimePicker, radios, richTyped, timePicker, typed } from "./inputs.js";
import { openMenu } from "./popover.js";
import { imageNode } from "./pictures.js";
import { state } from "./state.js";
import { wordsOf } from "./text.js";

export const unknown = (what, type) => h("div", { class: "unknown", role: "note" }, `unknown ${what} <${type ?? "no type"}>`);

const SAFE = /^https?:/i;
const leave = (url) => SAFE.test(url) && window.open(url, "_blank", "noopener,noreferrer");

function button(ctx, block, element, key) {
  const press = () => ctx.confirm(element, () => {
    if (element.url) leave(element.url);
    ctx.act(block, element, { value: element.value }, node);
  });
  const node = h("button", {
    type: "button", class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label, title: element.url, dataset: { key, action: element.action_id }, onclick: press,
  }, h("span", {}, wordsOf(element.text)), element.url && icon("window"));
  return node;
}

function overflow(ctx, block, element, key) {
  const choose = (option) => ctx.confirm(element, () => {
    if (option.url) leave(option.url);
    ctx.act(block, element, { selected_option: option }, node);
  });
  const entries = () => element.options.map((option) => ({ label: wordsOf(option.text), detail: wordsOf(option.description), run: () => choose(option) }));
  const node = h("button", { type: "button", class: "button more", "aria-label": "More options", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { key } }, icon("more"));
  node.addEventListener("click", () => openMenu(node, entries(), "More options"));
  return node;
}

function feedback(ctx, block, element, key) {
  const one = (side, sign) => {
    const given = element[`${side}_button`];
    const node = h("button", {
      type: "button", class: "quiet thumb", "aria-label": given.accessibility_label ?? wordsOf(given.text), title: wordsOf(given.text), "aria-pressed": "false", dataset: { key: `${key}/${side}` },
    }, sign);
    node.addEventListener("click", () => {
      for (const each of node.parentElement.children) each.setAttribute("aria-pressed", String(each === node));
      ctx.act(block, element, { value: given.value }, node);
    });
    return node;
  };
  return h("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, one("positive", "👍"), one("negative", "👎"));
}

function iconButton(ctx, block, element, key) {
  const press = () => ctx.confirm(element, () => ctx.act(block, element, { value: element.value }, node));
  const node = h("button", { type: "button", class: "quiet", title: wordsOf(element.text), "aria-label": element.accessibility_label ?? wordsOf(element.text), dataset: { key }, onclick: press },
    element.icon === "trash" ? "🗑" : wordsOf(element.text));
  return node;
}

const ELEMENTS = {
  button, overflow, feedback_buttons: feedback, icon_button: iconButton,
  image: (_ctx, _block, element) => imageNode(element),
  static_select: single, external_select: single, users_select: single, channels_select: single, conversations_select: single,
  multi_static_select: multi, multi_external_select: multi, multi_users_select: multi, multi_channels_select: multi, multi_conversations_select: multi,
  radio_buttons: radios, checkboxes, datepicker: datePicker, timepicker: timePicker, datetimepicker: dateTimePicker,
  plain_text_input: typed, email_text_input: typed, url_text_input: typed, number_input: typed, rich_text_input: richTyped, file_input: fileInput,
};

export function elementNode(ctx, block, element) {
  const draw = element && ELEMENTS[element.type];
  if (!draw) return unknown("element", element?.type);
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(state.me)) return null;
  return draw(ctx, block, element, `${block.block_id}/${element.action_id}`);
}
