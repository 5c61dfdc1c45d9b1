/** A canvas on a page of its own, as its reader sees it. */
import { fill } from "./dom.js";
import { markdown } from "./markdown.js";

const id = location.pathname.split("/").at(-1);
const written = await fetch(`/files/${id}/canvas.md`);
fill(document.getElementById("canvas"), written.ok ? markdown(await written.text()) : "There is no such canvas.");
