/** One message: author, time, words or blocks, its hover tools, its thread. */
import { post } from "./api.js";
import { blocksNode } from "./blocks.js";
import { announce, avatar, fill, h, icon } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { authorOf, state } from "./state.js";
import { surface } from "./surface.js";
import { TypingBox } from "./typing.js";
import { clock, fromTs, fullTimeOf } from "./zones.js";

const edited = (message) => message.edited && h("small", { class: "edited" }, "(edited)");

function words(message) {
  return h("div", { class: "mrkdwn" }, mrkdwn(message.text), edited(message));
}

function content(message, onNotice) {
  if (!message.blocks?.length) return words(message);
  const ctx = surface({ type: "message", channel: message.channel, ts: message.ts }, { kept: message.states?.[state.me], onNotice });
  return blocksNode(ctx, message.blocks);
}

function files(message) {
  return (message.files ?? []).map((file) => h("a", { class: "file", href: file.url_private ?? null, download: file.name ?? true }, `📎 ${file.title ?? file.name ?? file.id}`));
}

function shortcuts(message, onNotice) {
  const run = async (shortcut) => {
    const answer = await post("shortcut", { as: state.me, callback_id: shortcut.callback_id, message: { channel: message.channel, ts: message.ts } });
    if (answer.problem) onNotice(answer.problem);
  };
  return state.app.shortcuts.filter((each) => each.type === "message").map((each) => ({ label: each.name, detail: state.app.name, run: () => run(each) }));
}

function tools(message, { onNotice, onReply }) {
  const copy = () => navigator.clipboard?.writeText(plain(message.text)).then(() => announce("Copied"));
  const more = h("button", { type: "button", class: "quiet", title: "More actions", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  const own = [{ label: "Copy text", run: copy }];
  more.addEventListener("click", () => openMenu(more, [...(message.ephemeral_to ? [] : shortcuts(message, onNotice)), ...own], "Message actions"));
  const reply = h("button", { type: "button", class: "quiet", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => onReply(message.ts) }, icon("reply"));
  return h("div", { class: "tools" }, !message.ephemeral_to && reply, more);
}

/** Whether two versions of a message look the same: a choice in one comes back as a change of its state alone. */
export const looksSame = (one, other) => JSON.stringify([one.text, one.blocks, one.edited]) === JSON.stringify([other.text, other.blocks, other.edited]);

/** The list item of one message. */
export function messageNode(message, hooks) {
  const author = authorOf(message);
  const at = fromTs(message.ts);
  const time = h("time", { datetime: at.toISOString(), title: fullTimeOf(message.ts) }, clock(at));
  const onlyYou = message.ephemeral_to && h("div", { class: "only-you" }, icon("eye"), "Only visible to you");
  const kind = `message${message.ephemeral_to ? " ephemeral" : ""}${message.blocks?.length ? " card" : ""}`;
  return h("li", { class: kind, tabIndex: -1, dataset: { ts: message.ts, author: `${author.id}${message.ephemeral_to ? "!" : ""}` } },
    h("div", { class: "row" },
      h("div", { class: "gutter" }, avatar(author.name, author.id, author.isApp ? "app" : ""), time.cloneNode(true)),
      h("div", { class: "said" }, onlyYou,
        h("div", { class: "by" }, h("strong", {}, author.name), author.isApp && h("span", { class: "badge" }, "APP"), time, message.blocks?.length > 0 && edited(message)),
        content(message, hooks.onNotice), files(message)),
      tools(message, hooks)));
}

/** The replies under a message and the box to add one. */
export function threadNode(ts, onSay) {
  const replies = h("ol", { class: "replies", "aria-label": "Replies" });
  const face = h("button", { type: "button", class: "thread-face", "aria-expanded": "true" });
  const typing = new TypingBox({ onSend: onSay });
  typing.box.classList.add("field");
  typing.at(ts, "Reply in thread", { commands: false });
  const box = h("div", { class: "reply" }, typing.panel, typing.box);
  const inside = h("div", {}, replies, box);
  const node = h("div", { class: "thread" }, face, inside);
  const count = () => {
    const number = replies.childElementCount;
    fill(face, number === 0 ? "Thread" : number === 1 ? "1 reply" : `${number} replies`, icon("down"));
  };
  const fold = (folded) => {
    inside.hidden = folded;
    face.setAttribute("aria-expanded", String(!folded));
  };
  face.addEventListener("click", () => fold(!inside.hidden));
  count();
  return { node, replies, count, open: () => {
    fold(false);
    typing.box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  } };
}
