/** Pictures of this machine. The page loads nothing from other hosts, so a foreign picture is shown by its words. */
import { h } from "./dom.js";

const HERE = ["127.0.0.1", "localhost", "[::1]"];

function isNear(url) {
  const to = new URL(url, location.href);
  return url.startsWith("data:image/") || to.origin === location.origin || (to.protocol === "http:" && HERE.includes(to.hostname));
}

const fileOf = (file) => file?.url ?? (file?.id && `/files/${file.id}`) ?? "";

function inWords(words, url, why, extra) {
  return h("span", { class: `picture ${extra}`, role: "img", "aria-label": words, title: `Not loaded: ${url || why}` }, extra ? words : words.slice(0, 1) || "▧", extra && h("small", {}, why));
}

export function imageNode(image, extra = "") {
  const url = image.image_url ?? fileOf(image.slack_file);
  const words = image.alt_text ?? "";
  if (!url || !URL.canParse(url, location.href)) return inWords(words, url, "no address", extra);
  if (!isNear(url)) return inWords(words, url, `from ${new URL(url).host}, not loaded here`, extra);
  const node = h("img", { src: url, alt: words, class: extra, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(inWords(words, url, "there is no picture at its address", extra)));
  return node;
}
