/** Block Kit's text objects: `plain_text` and `mrkdwn`. */
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** Plain text is shown letter by letter: whoever escapes it sees the escapes, as a warning. */
export function textNode(object) {
  if (!object) return null;
  if (typeof object === "string") return h("span", { class: "plain" }, object);
  if (object.type === "mrkdwn") return h("div", { class: "mrkdwn" }, mrkdwn(object.text, object));
  return h("span", { class: "plain" }, object.emoji === false ? object.text : withEmoji(object.text ?? ""));
}

export function wordsOf(object) {
  if (!object) return "";
  if (typeof object === "string") return object;
  return object.type === "mrkdwn" ? plain(object.text) : withEmoji(object.text ?? "");
}
