/** Pictures. The page loads nothing from other hosts, so a foreign picture is shown by its words. */
import { h } from "./dom.js";

function isOurs(url) {
  return url.startsWith("data:image/") || new URL(url, location.href).origin === location.origin;
}

export function imageNode(image, extra = "") {
  const url = image.image_url ?? image.slack_file?.url ?? "";
  const words = image.alt_text ?? "";
  if (url && URL.canParse(url, location.href) && isOurs(url)) return h("img", { src: url, alt: words, class: extra, loading: "lazy" });
  const where = URL.canParse(url) ? new URL(url).host : (image.slack_file?.id ?? "no address");
  return h("span", { class: `picture ${extra}`, role: "img", "aria-label": words, title: `Not loaded: ${url || where}` }, extra ? words : words.slice(0, 1) || "▧", extra && h("small", {}, `from ${where}, not loaded here`));
}
