/** The file input: what one hands over goes to the sandbox at once, and its id into the form. */
import { upload } from "./api.js";
import { fill, freshId, h, icon } from "./dom.js";
import { hold } from "./held.js";
import { state } from "./state.js";

const accepted = (element) => (element.filetypes ?? []).map((type) => `.${type}`).join(",") || null;

const fits = (element, file) => !element.filetypes || element.filetypes.some((type) => file.name.toLowerCase().endsWith(`.${type}`));

export function fileInput(ctx, block, element, key) {
  const cell = hold(ctx, block, element);
  const most = element.max_files ?? 10;
  const label = ctx.labelOf(block) ?? "File";
  const input = h("input", { type: "file", id: freshId("file"), multiple: most > 1, accept: accepted(element), "aria-label": label, dataset: { key } });
  const said = h("small", { role: "status" });
  const handed = h("ul", { class: "handed", "aria-label": `${label}: handed over` });
  const area = h("div", { class: "drop" }, input, said);

  const keep = (files) => {
    cell.keep({ files });
    fill(handed, files.map((file) => h("li", {}, h("button", {
      type: "button", class: "tag", "aria-label": `Remove ${file.name}`, onclick: () => keep(cell.state.files.filter((each) => each.id !== file.id)),
    }, file.name, icon("close")))));
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const take = async (given) => {
    for (const file of given) {
      if (!fits(element, file)) said.textContent = `${file.name} is none of: ${element.filetypes.join(", ")}`;
      else if (cell.state.files.length >= most) said.textContent = `No more than ${most}`;
      else {
        const answer = await upload(state.me, file);
        said.textContent = answer.problem ?? "";
        if (answer.file) keep([...cell.state.files, answer.file]);
      }
    }
  };
  input.addEventListener("change", (event) => {
    if (event.target !== input) return;
    void take([...input.files]).then(() => {
      input.value = "";
    });
  });
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    area.addEventListener(name, (event) => {
      event.preventDefault();
      area.classList.toggle("over", over);
      if (name === "drop") void take([...event.dataTransfer.files]);
    });
  }
  keep(cell.state.files);
  return h("div", {}, area, handed);
}
