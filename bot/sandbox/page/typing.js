/** A box one types in: Enter sends, suggestions while one types, arrow up for what was sent before, drafts that outlive a reload. */
import { fill, freshId, h } from "./dom.js";
import { state } from "./state.js";
import { suggest, withIds } from "./suggestions.js";

const REMEMBERED = 50;
const TALLEST = 200;

function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export class TypingBox {
  #hooks;
  #key = "";
  #sent = [];
  #recalled = 0;
  #offer = { from: 0, rows: [] };
  #active = -1;

  /**
   * `onSend(text)`; `onChange(text)` hears each letter; `onRow(row)` takes a suggestion that is no text; `mayBeEmpty()`
   * tells whether there is something to send beside words.
   */
  constructor({ id, onSend, onChange = () => {}, onRow = () => {}, mayBeEmpty = () => false }) {
    this.#hooks = { onSend, onChange, onRow, mayBeEmpty };
    const panelId = freshId("suggestions");
    this.panel = h("div", { id: panelId, class: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.box = h("textarea", { id, rows: 1, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": panelId });
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
    this.box.addEventListener("blur", () => this.#hide());
  }

  /** Empties the box for another place, or fills it with the draft left there. `commands` tells whether "/" means one. */
  at(key, label, { commands = true } = {}) {
    this.#key = `draft/${state.me}/${key}`;
    this.#hooks.commands = commands;
    this.#sent = remembered(`sent/${state.me}`, []);
    this.#recalled = this.#sent.length;
    this.box.placeholder = label;
    this.box.setAttribute("aria-label", label);
    this.#write(remembered(this.#key, ""));
    this.#hide();
  }

  grow() {
    this.box.style.height = "auto";
    if (this.box.isConnected) this.box.style.height = `${Math.min(this.box.scrollHeight, TALLEST)}px`;
    this.#hooks.onChange(this.box.value);
  }

  send() {
    const text = this.box.value.trim();
    if (!text && !this.#hooks.mayBeEmpty()) return;
    if (text) this.#sent = [...remembered(`sent/${state.me}`, []), text].slice(-REMEMBERED);
    localStorage.setItem(`sent/${state.me}`, JSON.stringify(this.#sent));
    this.#recalled = this.#sent.length;
    this.#write("");
    localStorage.removeItem(this.#key);
    this.#hide();
    this.#hooks.onSend(withIds(text));
  }

  #typed() {
    this.grow();
    localStorage.setItem(this.#key, JSON.stringify(this.box.value));
    this.#suggest();
  }

  #suggest() {
    this.#offer = suggest(this.box.value.slice(0, this.box.selectionStart), this.#hooks.commands);
    this.#active = this.#offer.rows.length && !this.#offer.rows[0].optional ? 0 : -1;
    this.#draw();
  }

  #draw() {
    const { rows, title } = this.#offer;
    this.panel.hidden = !rows.length;
    this.box.setAttribute("aria-expanded", String(rows.length > 0));
    const id = (at) => `${this.panel.id}-${at}`;
    fill(this.panel, rows.length > 0 && h("div", { class: "suggestions-title", role: "presentation" }, title, h("small", {}, "↑↓ to choose · Tab to take · Esc to hide")),
      rows.map((row, at) => h("div", {
        class: "suggestion", role: "option", id: id(at), "aria-selected": String(at === this.#active),
        onmousedown: (event) => event.preventDefault(), onclick: () => this.#take(row),
      }, row.sign && h("span", { "aria-hidden": "true" }, row.sign), h("strong", {}, row.label), row.hint && h("code", {}, row.hint), row.detail && h("small", {}, row.detail))));
    if (this.#active < 0) return this.box.removeAttribute("aria-activedescendant");
    this.box.setAttribute("aria-activedescendant", id(this.#active));
    return this.panel.children[this.#active + 1].scrollIntoView({ block: "nearest" });
  }

  #hide() {
    this.#offer = { from: 0, rows: [] };
    this.#active = -1;
    this.#draw();
  }

  #write(text, caret = text.length) {
    this.box.value = text;
    this.box.setSelectionRange(caret, caret);
    this.grow();
  }

  #take(row) {
    if (!row.insert) {
      this.#write("");
      localStorage.removeItem(this.#key);
      this.#hide();
      return this.#hooks.onRow(row);
    }
    const before = this.box.value.slice(0, this.#offer.from) + row.insert;
    this.#write(before + this.box.value.slice(this.box.selectionStart), before.length);
    this.box.focus();
    return this.#typed();
  }

  /** Enter takes a row one chose, and sends what is already whole. */
  #enter() {
    const row = this.#offer.rows[this.#active];
    const typed = this.box.value.slice(this.#offer.from, this.box.selectionStart).trim().toLowerCase();
    if (row && typed !== row.insert?.trim().toLowerCase()) this.#take(row);
    else this.send();
  }

  #recall(by) {
    this.#recalled = Math.max(0, Math.min(this.#sent.length, this.#recalled + by));
    this.#write(this.#sent[this.#recalled] ?? "");
    this.#hide();
  }

  #walk(by) {
    this.#active = (this.#active + by + this.#offer.rows.length) % this.#offer.rows.length;
    this.#draw();
  }

  #onKey(event) {
    if (event.isComposing) return;
    const open = this.#offer.rows.length > 0;
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const recalling = arrow && this.#sent.length && (this.box.value === "" || this.box.value === this.#sent[this.#recalled]);
    if (event.key === "Enter" && !event.shiftKey) this.#enter();
    else if (event.key === "Tab" && open && !event.shiftKey) this.#take(this.#offer.rows[Math.max(this.#active, 0)]);
    else if (event.key === "Escape" && open) this.#hide();
    else if (recalling) this.#recall(arrow);
    else if (arrow && open) this.#walk(arrow);
    else return;
    event.preventDefault();
  }
}
