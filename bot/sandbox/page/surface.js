/** Where blocks stand (a message, a modal, Home): their state, their clicks, and focus across a redraw. */
import { post } from "./api.js";
import { confirmed } from "./popover.js";
import { state } from "./state.js";
import { textNode, wordsOf } from "./text.js";

const SLOW_MS = 250;

/**
 * What blocks need to know to be drawn. `kept` are the values of an earlier drawing; `level` is that of a header
 * block; `onNotice` hears what the page has to say when a click went wrong.
 */
export function surface(container, { kept = {}, level = 2, onNotice }) {
  const ctx = {
    container, kept, level, values: {},
    labelOf: (block) => (block.type === "input" ? wordsOf(block.label) : undefined),
    async act(block, element, fields, node) {
      if (container.type === "message") state.pressed = container.ts;
      const slow = setTimeout(() => node?.classList.add("busy"), SLOW_MS);
      const where = { as: state.me, container, block_id: block.block_id, action_id: element.action_id };
      const answer = await post("click", { ...where, ...fields, values: ctx.values });
      clearTimeout(slow);
      node?.classList.remove("busy");
      if (answer.problem) onNotice(answer.problem);
    },
    /** `undo` puts back what the control shows already. */
    async confirm(element, go, undo = () => {}) {
      const asked = element.confirm;
      if (!asked || (await confirmed({
        title: wordsOf(asked.title), text: textNode(asked.text), confirm: wordsOf(asked.confirm) || "Yes",
        deny: wordsOf(asked.deny) || "Cancel", danger: asked.style === "danger",
      }))) go();
      else undo();
    },
  };
  return ctx;
}

/** Redraws without losing the keyboard's place: `draw` replaces nodes under `root`. */
export function keepingFocus(root, draw, fallback) {
  const active = document.activeElement;
  const inside = active && root()?.contains(active);
  const keyOf = (node) => node.dataset.key || node.id;
  const key = inside ? keyOf(active) : "";
  const selection = inside && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  draw();
  if (!inside || root()?.contains(document.activeElement)) return;
  const again = key && [...root().querySelectorAll("[data-key], [id]")].find((node) => keyOf(node) === key);
  (again || fallback?.())?.focus({ preventScroll: true });
  if (again && selection?.[0] != null && again.type !== "number") again.setSelectionRange?.(...selection);
}
