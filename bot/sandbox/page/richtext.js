/** Rich text blocks: sections, lists, quotes, preformatted. */
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelMention, link, mention } from "./mrkdwn.js";
import { slackDate } from "./zones.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function unicode(element) {
  if (!element.unicode) return null;
  return String.fromCodePoint(...element.unicode.split("-").map((hex) => Number.parseInt(hex, 16)));
}

function leaf(element) {
  switch (element.type) {
    case "text": return document.createTextNode(element.text);
    case "link": return link(element.url, element.text);
    case "emoji": return document.createTextNode(unicode(element) ?? emojiOf(element.name, element.skin_tone) ?? `:${element.name}:`);
    case "user": return mention(element.user_id);
    case "channel": return channelMention(element.channel_id);
    case "usergroup": return h("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "broadcast": return h("span", { class: "mention" }, `@${element.range}`);
    case "date": return h("time", { title: element.fallback }, slackDate(element.timestamp, element.format));
    case "color": return h("code", {}, element.value);
    default: return h("span", { class: "unknown" }, `unknown rich text <${element.type}>`);
  }
}

function styled(element) {
  return STYLES.reduce((node, [style, tag]) => (element.style?.[style] ? h(tag, {}, node) : node), leaf(element));
}

const inner = (elements) => (elements ?? []).map((each) => (each.type === "rich_text_section" ? section(each) : styled(each)));

const section = (element) => h("span", { class: "rich-section" }, inner(element.elements));

function list(element) {
  const node = h(element.style === "ordered" ? "ol" : "ul", { start: element.offset ? element.offset + 1 : null });
  node.style.setProperty("--depth", String(element.indent ?? 0));
  node.append(...(element.elements ?? []).map((each) => h("li", {}, inner([each]))));
  return node;
}

function part(element) {
  switch (element.type) {
    case "rich_text_section": return h("div", { class: "rich-section" }, inner(element.elements));
    case "rich_text_list": return list(element);
    case "rich_text_quote": return h("blockquote", {}, inner(element.elements));
    case "rich_text_preformatted": return h("pre", {}, inner(element.elements));
    default: return h("div", { class: "unknown" }, `unknown rich text <${element.type}>`);
  }
}

export const richText = (block) => h("div", { class: "rich" }, (block.elements ?? []).map(part));
