/** Layout blocks by their type; an unknown one is shown loudly. */
import { add, freshId, h } from "./dom.js";
import { elementNode, unknown } from "./elements.js";
import { markdown } from "./markdown.js";
import { imageNode } from "./pictures.js";
import { richText } from "./richtext.js";
import { textNode } from "./text.js";

function section(ctx, block) {
  const fields = block.fields?.length && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "section-field" }, textNode(field))));
  const accessory = block.accessory && h("div", { class: `accessory of-${block.accessory.type}` }, elementNode(ctx, block, block.accessory));
  return h("div", { class: "section" }, h("div", { class: "section-text" }, textNode(block.text), fields), accessory);
}

function context(_ctx, block) {
  return h("div", { class: "context" }, (block.elements ?? []).map((each) => (each.type === "image" ? imageNode(each) : textNode(each))));
}

const actions = (ctx, block) => h("div", { class: "actions", role: "group" }, (block.elements ?? []).map((element) => elementNode(ctx, block, element)));

function input(ctx, block) {
  const hint = block.hint && h("div", { class: "hint", id: freshId("hint") }, textNode(block.hint));
  const error = h("div", { class: "error", id: freshId("error"), role: "alert" });
  const element = elementNode(ctx, block, block.element);
  const control = element.matches("input, textarea, button, [role]") ? element : element.querySelector("button.select, input");
  if (!block.optional && control?.getAttribute("role") !== "group") control?.setAttribute("aria-required", "true");
  control?.setAttribute("aria-describedby", [error.id, hint?.id].filter(Boolean).join(" "));
  const label = h("div", { class: "label", onclick: () => control?.focus() }, textNode(block.label), block.optional ? h("small", {}, " (optional)") : h("span", { class: "required", "aria-hidden": "true" }, " *"));
  return h("div", { class: "input" }, label, element, error, hint);
}

function image(_ctx, block) {
  return h("figure", {}, block.title && h("figcaption", {}, textNode(block.title)), imageNode(block, "large"));
}

function cell(each) {
  if (each.type === "rich_text") return richText(each);
  if (each.type === "raw_text") return document.createTextNode(each.text);
  if (each.type === "raw_number") return document.createTextNode(String(each.text ?? each.value ?? ""));
  return unknown("cell", each.type);
}

function tableOf(rows, settings, caption) {
  const row = (cells, tag) => h("tr", {}, cells.map((each, at) => h(tag, {
    class: `${settings?.[at]?.align ?? (each.type === "raw_number" ? "right" : "left")}${settings?.[at]?.is_wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null,
  }, cell(each))));
  const [head = [], ...body] = rows ?? [];
  const table = h("table", {}, caption && h("caption", {}, caption), h("thead", {}, row(head, "th")), h("tbody", {}, body.map((cells) => row(cells, "td"))));
  return h("div", { class: "table", role: "group", "aria-label": caption ?? "Table", tabIndex: 0 }, table);
}

function alert(_ctx, block) {
  return h("div", { class: `alert ${block.level ?? "default"}`, role: block.level === "error" ? "alert" : "note" }, textNode(block.text));
}

const BLOCKS = {
  section, context, actions, input, image, alert,
  header: (ctx, block) => h(`h${Math.min(6, ctx.level + (block.level ?? 1) - 1)}`, { class: `block-header level-${block.level ?? 1}` }, textNode(block.text)),
  divider: () => h("hr", { class: "divider" }),
  rich_text: (_ctx, block) => richText(block),
  markdown: (_ctx, block) => markdown(block.text),
  table: (_ctx, block) => tableOf(block.rows, block.column_settings),
  data_table: (_ctx, block) => tableOf(block.rows, block.column_settings, block.caption),
  context_actions: actions,
};

/** The nodes of some blocks; `ctx` says where they stand and whom to tell about clicks (see surface.js). */
export function blocksNode(ctx, blocks) {
  return add(h("div", { class: "blocks" }), (blocks ?? []).map((block) => {
    const draw = BLOCKS[block.type];
    return h("div", { class: "block", dataset: { block: block.block_id ?? "", type: block.type } }, draw ? draw(ctx, block) : unknown("block", block.type));
  }));
}
