/** Files beside what one types: each goes to the sandbox at once, and its id along with the message. */
import { upload } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { state } from "./state.js";

const MOST = 10;

export class Attachments {
  #files = [];
  #onChange;
  #onProblem;

  /** `onChange()` hears when files come and go, `onProblem(text)` what the sandbox refused. */
  constructor({ onChange, onProblem }) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
    const input = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabIndex: -1, dataset: { key: "attach" } });
    input.addEventListener("change", () => void this.#take([...input.files]).then(() => {
      input.value = "";
    }));
    this.button = h("button", { type: "button", class: "quiet attach", "aria-label": "Attach files", title: "Attach files", onclick: () => input.click() }, icon("clip"));
    this.input = input;
    this.list = h("ul", { class: "handed", "aria-label": "Attached" });
  }

  get ids() {
    return this.#files.map((file) => file.id);
  }

  clear() {
    this.#files = [];
    this.#draw();
  }

  async #take(given) {
    for (const file of given.slice(0, MOST - this.#files.length)) {
      const answer = await upload(state.me, file);
      if (answer.file) this.#files.push(answer.file);
      else this.#onProblem(answer.problem);
    }
    this.#draw();
  }

  #draw() {
    fill(this.list, this.#files.map((file) => h("li", {}, h("button", {
      type: "button", class: "tag", "aria-label": `Remove ${file.name}`, onclick: () => {
        this.#files = this.#files.filter((each) => each.id !== file.id);
        this.#draw();
      },
    }, file.name, icon("close")))));
    this.#onChange();
  }
}
