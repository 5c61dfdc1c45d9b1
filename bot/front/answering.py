"""Brings a listener's answer to the person: in the ack where it fits there, else by a call to Slack afterwards."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from bot.actions import pack
from bot.errors import NO_WINDOW, STILL_WORKING
from bot.front.hearing import Call, Kept, Origin
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import (
    Answer,
    FieldErrors,
    Home,
    Message,
    Modal,
    Open,
    Options,
    Prompts,
    Publish,
    Quiet,
    Redraw,
    Replace,
    Say,
    Swap,
)
from bot.views.blocks import unmarked
from bot.views.viewing import CHANGING
from bot.views.within_home import IN_MESSAGES, within_home
from storage.errors import StorageError

log = logging.getLogger("cais.answering")

Json = dict[str, Any]
ANSWERED = "cais_answer"
"""The event_type of the metadata our replies to Slack events carry, with the cause."""

NO_UNFURLING = {"unfurl_links": False, "unfurl_media": False}
"""The roadmap's links are shown and never fetched, by Slack neither."""

WINDOW_PATIENCE = 1.0
"""Seconds a modal may wait for Slack: its trigger lives for three."""


def content(message: Message) -> Json:
    """A message as Slack takes it; text alone becomes a block too, so that it replaces the blocks that were there."""
    blocks: Sequence[Json] = message.blocks
    if not blocks and len(message.text) <= 3000:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": message.text}}]
    return {"text": message.text, "blocks": list(blocks)}


def modal_view(modal: Modal, origin: Origin) -> Json:
    """A modal as Slack takes it; where its answer belongs travels in private_metadata."""
    kept = msgspec.json.encode(Kept(c=pack(modal.carried), o=origin)).decode()
    view: Json = {
        "type": "modal",
        "callback_id": type(modal.carried).verb,
        "title": {"type": "plain_text", "text": modal.title},
        "close": {"type": "plain_text", "text": modal.close},
        "blocks": list(modal.blocks),
        "private_metadata": kept,
    }
    if modal.submit:
        view["submit"] = {"type": "plain_text", "text": modal.submit}
    return view


def waiting(call: Call) -> Json | None:
    """The ack where the listener has not answered in time."""
    if call.kind == "command":
        return {"response_type": "ephemeral", "text": STILL_WORKING}
    if call.kind == "submit":
        title = call.view.get("title") or {"type": "plain_text", "text": "One moment"}
        blocks = content(Message(STILL_WORKING))["blocks"]
        close = {"type": "plain_text", "text": "Close"}
        return {
            "response_action": "update",
            "view": {"type": "modal", "title": title, "blocks": blocks, "close": close},
        }
    return {"options": []} if call.kind == "options" else None


def field_errors(call: Call, sentences: dict[str, str]) -> Json:
    """The ack that keeps a modal open; a sentence for a block the modal does not have goes to its first input.

    Slack shows these as plain text: the marks of bold words and of code would stand there as they are.
    """
    inputs = call.inputs
    errors: dict[str, str] = {}
    for block, sentence in sentences.items():
        place = block if block in inputs else inputs[0]
        plain = unmarked(sentence)
        errors[place] = f"{errors[place]} {plain}" if place in errors else plain
    return {"response_action": "errors", "errors": errors}


class Answering:
    """Knows where an answer belongs. `redraw_home` draws a person's Home anew, with a note above it.

    `listen` gives the answer to a click once more, where another one crossed it.
    """

    def __init__(
        self,
        slack: WebApi,
        redraw_home: Callable[[Call, str], Awaitable[None]],
        listen: Callable[[Call], Awaitable[Answer]],
    ) -> None:
        self._slack = slack
        self._redraw_home = redraw_home
        self._listen = listen
        self._own_dms: dict[str, bool] = {}

    def knows_dm(self, channel: str) -> bool:
        """Whether this channel is known to be a DM with the app."""
        return channel in self._own_dms

    def met_in_dm(self, channel: str) -> None:
        """Slack only tells us of messages and opened tabs in DMs with the app, so this is one."""
        if len(self._own_dms) > 20_000:
            self._own_dms.pop(next(iter(self._own_dms)))
        self._own_dms[channel] = True

    def is_direct(self, call: Call) -> bool:
        """In the DM with the app, as far as known: a command may also come from a DM between two people."""
        origin = call.origin
        ours = bool(origin.ts) and not origin.ephemeral
        return origin.home or (call.in_direct_channel and (ours or self.knows_dm(origin.channel)))

    def ack(self, call: Call, answer: Answer) -> tuple[Json | None, bool]:
        """The ack's body, and whether the answer still has to be delivered by `deliver`."""
        if isinstance(answer, Quiet):
            return ({"options": []} if call.kind == "options" else None), False
        if call.kind == "command" and isinstance(answer, Say | Replace):
            if call.in_direct_channel and not self.knows_dm(call.origin.channel):
                return None, True
            kind = "in_channel" if call.in_direct_channel else "ephemeral"
            return {"response_type": kind, **content(answer.message)}, False
        if call.kind == "submit":
            return self._ack_submit(call, answer)
        if call.kind == "options":
            found = answer.options if isinstance(answer, Options) else ()
            return {"options": [{"text": _plain(label), "value": value} for label, value in found]}, False
        return None, True

    def _ack_submit(self, call: Call, answer: Answer) -> tuple[Json, bool]:
        if isinstance(answer, FieldErrors) and call.inputs:
            return field_errors(call, dict(answer.sentences)), False
        if isinstance(answer, Swap):
            return {"response_action": "update", "view": modal_view(answer.modal, call.origin)}, False
        if isinstance(answer, Open):
            return {"response_action": "push", "view": modal_view(answer.modal, call.origin)}, False
        return {"response_action": "clear"}, True

    async def deliver(self, call: Call, answer: Answer, *, again: bool = False) -> None:
        """Calls Slack. `again`: this may have been answered before, and `has_answered` saw nothing of it.

        Raises Unsure, TooBusy or StorageError for replies to Slack events, which stay in the inbox then; logs what else
        fails.
        """
        try:
            await self._deliver(call, answer, again)
        except StorageError:
            # Its token could not be read.
            if call.event_id or not await self.say_without_token(call, answer):
                raise
        except (SlackSaidNo, Unsure, TooBusy) as error:
            # The error's text names the method, and so much of a number as tells one request from another is enough.
            about = {"action": "answer", "workspace": call.tenant, "kind": call.kind, "error": str(error)}
            about["cause"] = call.cause[-24:]
            log.warning("an answer was not delivered", extra=about)
            if call.event_id and not isinstance(error, SlackSaidNo):
                raise

    async def say_without_token(self, call: Call, answer: Answer) -> bool:
        """Says it in words by the response_url, which needs no token and nothing of the database; whether it did."""
        return isinstance(answer, Say | Replace) and await self._respond(call.origin, content(answer.message))

    async def say_at_a_stop(self, call: Call, message: Message) -> None:
        """Says where the answer was to follow that it does not; without the database, which may be why it took long."""
        log.warning(
            "a stop cut off an answer", extra={"action": "cut_off", "workspace": call.tenant, "kind": call.kind}
        )
        try:
            if not await self.say_without_token(call, Say(message)):
                await self._post_dm(call, content(message))
        except (SlackSaidNo, Unsure, TooBusy, StorageError) as error:
            about = {"action": "cut_off", "workspace": call.tenant, "error": type(error).__name__}
            log.warning("nobody could be told of it", extra=about)

    async def _deliver(self, call: Call, answer: Answer, again: bool) -> None:
        if call.origin.home and call.kind != "event" and isinstance(answer, Say | Replace | Redraw):
            await self._answer_at_home(call, answer.draw() if isinstance(answer, Redraw) else answer.message)
            return
        match answer:
            case Say(message, threaded, quiet):
                if not (quiet and await self._whisper(call, content(message))):
                    await self._say(call, message, again, threaded=threaded)
            case Replace(message):
                await self._replace(call, message, again)
            case Redraw(draw):
                await self._replace(call, draw(), again)
            case Open(modal):
                await self._open(call, modal)
            case Swap(modal):
                await self._swap(call, modal)
            case FieldErrors(sentences):
                await self._say(call, Message(" ".join(sentences.values())), again)
            case Publish(home, anew):
                await self._publish(call, home, anew)
            case Prompts(prompts):
                shown = [{"title": title, "message": message} for title, message in prompts]
                where = {"channel_id": call.origin.channel, "prompts": shown}
                await self._slack.of(call.tenant).call("assistant.threads.setSuggestedPrompts", where)

    async def _say(self, call: Call, message: Message, again: bool = False, *, threaded: bool = False) -> None:
        origin = call.origin
        body = content(message)
        if call.kind == "command" and call.in_direct_channel:
            await self._answer_in_dm(call, body)
        elif self.is_direct(call) or not origin.channel:
            await self._post(call, body, again, call.origin.thread or (call.typed_ts if threaded else ""))
        elif call.kind == "mention" or origin.thread:
            if not await self._whisper(call, body):
                await self._respond_or_dm(call, body)
        elif not await self._respond(origin, body) and not await self._whisper(call, body):
            await self._post_dm(call, body)

    async def _answer_at_home(self, call: Call, message: Message) -> None:
        """A sentence stands above the Home, a card in its place; what only a message can show is posted to the DM."""
        if not message.blocks:
            await self._redraw_home(call, message.text)
        elif shown := within_home(message, call.origin.place):
            await self._publish(call, shown, partial(self._card_anew, call, shown))
        else:
            await self._post_dm(call, content(message))
            await self._redraw_home(call, IN_MESSAGES)

    async def _card_anew(self, call: Call, shown: Home) -> Home:
        """A card as things are now. What was just recorded stays as it is: the card was drawn with it."""
        if call.name in CHANGING:
            return shown
        answer = await self._listen(call)
        message = answer.message if isinstance(answer, Say | Replace) else None
        return (message and within_home(message, call.origin.place)) or shown

    async def _answer_in_dm(self, call: Call, body: Json) -> None:
        """In a DM with the app everything stays; in one between two people only the asker may see it."""
        if not self.knows_dm(call.origin.channel):
            await self._probe(call.tenant, call.origin.channel)
        if self.knows_dm(call.origin.channel):
            said = await self._said_in_dm(call, body)
        else:
            said = await self._respond_once(call.origin, {"response_type": "ephemeral", **body})
        if not said:
            await self._post_dm(call, body)

    async def _said_in_dm(self, call: Call, body: Json) -> bool:
        """What stays there can be looked for where the answer got lost. Where it cannot, it is rather said twice than
        lost, as everything is."""
        told = {"response_type": "in_channel", **body, "blocks": _named(body["blocks"], call.cause)}
        try:
            return await self._slack.respond(call.origin.response_url, told)
        except Unsure:
            return bool(call.cause) and await self._stands_in_dm(call)

    async def _stands_in_dm(self, call: Call) -> bool:
        try:
            where = {"channel": call.origin.channel, "limit": 20}
            found = await self._slack.of(call.tenant).call("conversations.history", where, form=True, patience=5.0)
        except (SlackSaidNo, TooBusy, Unsure):
            return False
        name = _name(call.cause)
        return any(b.get("block_id") == name for m in found.get("messages") or () for b in m.get("blocks") or ())

    async def _probe(self, tenant: str, channel: str) -> None:
        """Only DMs with the app can be read by the app."""
        try:
            where = {"channel": channel, "limit": 1}
            await self._slack.of(tenant).call("conversations.history", where, form=True, patience=0)
        except (SlackSaidNo, TooBusy, Unsure):
            return
        self.met_in_dm(channel)

    async def _respond(self, origin: Origin, body: Json) -> bool:
        if not origin.response_url:
            return False
        said = {"response_type": "ephemeral", "replace_original": False, **body}
        return await self._respond_once(origin, said)

    async def _respond_once(self, origin: Origin, body: Json) -> bool:
        """False where it has to be said by another way. Where the answer got lost it may stand there already, and said
        by another way it would stand there twice; whoever sees nothing asks once more."""
        try:
            return await self._slack.respond(origin.response_url, body)
        except Unsure as error:
            log.warning("an answer may not have arrived", extra={"action": "answer", "error": str(error)})
            return True

    async def _respond_or_dm(self, call: Call, body: Json) -> None:
        if not await self._respond(call.origin, body):
            await self._post_dm(call, body)

    async def _whisper(self, call: Call, body: Json) -> bool:
        where = {"channel": call.origin.channel, "user": call.user, **body}
        if call.origin.thread:
            where["thread_ts"] = call.origin.thread
        try:
            await self._slack.of(call.tenant).call("chat.postEphemeral", where)
        except SlackSaidNo:
            return False
        return True

    async def _post_dm(self, call: Call, body: Json) -> None:
        await self._slack.of(call.tenant).call("chat.postMessage", {"channel": call.user, **NO_UNFURLING, **body})

    async def _post(self, call: Call, body: Json, again: bool, thread: str) -> None:
        origin = call.origin
        where = {"channel": origin.channel if call.in_direct_channel else call.user, **NO_UNFURLING, **body}
        if thread and call.in_direct_channel:
            where["thread_ts"] = thread
        if call.event_id:
            # Whoever takes an event up again has looked where it was typed; see `has_answered`.
            if again and thread != origin.thread and await self._was_said(call, thread):
                return
            where["metadata"] = {"event_type": ANSWERED, "event_payload": {"cause": call.cause}}
        await self._slack.of(call.tenant).call("chat.postMessage", where, patience=40.0 if call.event_id else 100.0)

    async def has_answered(self, call: Call) -> bool:
        """Whether our reply to what was typed in a DM stands there. One in a thread of its own is not looked for.

        A reply comes after all else, so where it stands, what was asked was done, or was said not to be. Raises Unsure
        or TooBusy where Slack does not let us look.
        """
        return call.kind == "message" and self.is_direct(call) and await self._was_said(call, call.origin.thread)

    async def _was_said(self, call: Call, thread: str) -> bool:
        """Whether our reply already stands in the DM. Raises Unsure or TooBusy where Slack does not let us look."""
        method: str = "conversations.history"
        where: Json = {"channel": call.origin.channel, "limit": 200}
        if thread:
            method, where = "conversations.replies", {**where, "ts": thread, "limit": 200}
        if call.payload.get("ts"):
            where["oldest"] = call.payload["ts"]
        try:
            found = await self._slack.of(call.tenant).call(
                method, {**where, "include_all_metadata": True}, form=True, patience=40.0
            )
        except SlackSaidNo:
            return False
        said = [message.get("metadata") or {} for message in found.get("messages") or ()]
        return any(
            m.get("event_type") == ANSWERED and (m.get("event_payload") or {}).get("cause") == call.cause for m in said
        )

    async def _replace(self, call: Call, message: Message, again: bool) -> None:
        origin, body = call.origin, content(message)
        if origin.ts:
            if await self._replaced(origin, body):
                return
            if not origin.ephemeral and await self._updated(call, body):
                return
        await self._say(call, message, again)

    async def _replaced(self, origin: Origin, body: Json) -> bool:
        """What is replaced twice says the same, so it is tried again where the answer got lost; a message that all can
        see may then be changed by another way, which comes to the same, too."""
        said = {"replace_original": True, **body}
        try:
            return await self._slack.respond(origin.response_url, said)
        except Unsure:
            return await self._respond_once(origin, said) if origin.ephemeral else False

    async def _updated(self, call: Call, body: Json) -> bool:
        where = {"channel": call.origin.channel, "ts": call.origin.ts, **body}
        try:
            await self._slack.of(call.tenant).call("chat.update", where)
        except SlackSaidNo:
            return False
        return True

    async def _open(self, call: Call, modal: Modal) -> None:
        method = "views.push" if call.in_modal else "views.open"
        view = modal_view(modal, call.origin)
        try:
            await self._slack.of(call.tenant).call(
                method, {"trigger_id": call.trigger, "view": view}, patience=WINDOW_PATIENCE
            )
        except (SlackSaidNo, TooBusy, Unsure) as error:
            reason = error.error if isinstance(error, SlackSaidNo) else type(error).__name__
            log.warning("a modal did not open", extra={"action": "open", "verb": view["callback_id"], "error": reason})
            await self._say(call, Message(NO_WINDOW))

    async def _swap(self, call: Call, modal: Modal) -> None:
        if not call.in_modal:
            await self._open(call, modal)
            return
        where = {"view_id": call.view.get("id", ""), "view": modal_view(modal, call.origin)}
        if call.kind == "action" and call.view.get("hash"):
            where["hash"] = call.view["hash"]
        try:
            await self._slack.of(call.tenant).call("views.update", where)
        except SlackSaidNo as error:
            # Somebody pressed twice: the view that is there is newer than the one this answer was drawn for.
            if error.error != "hash_conflict":
                raise

    async def _publish(self, call: Call, home: Home, anew: Callable[[], Awaitable[Home]] | None) -> None:
        """Several clicks at once cross: then what came of this one is drawn again, as all of them left things."""
        seen = call.view.get("hash", "") if call.view.get("type") == "home" else ""
        try:
            await self._publish_over(call, home, seen)
        except SlackSaidNo as error:
            if error.error != "hash_conflict":
                raise
            await self._publish_over(call, await anew() if anew else home)

    async def _publish_over(self, call: Call, home: Home, seen: str = "") -> None:
        view = {"type": "home", "blocks": list(home.blocks), "private_metadata": home.place}
        where: Json = {"user_id": call.user, "view": view, **({"hash": seen} if seen else {})}
        await self._slack.of(call.tenant).call("views.publish", where)


def _name(cause: str) -> str:
    """What a block of an answer is called, so that it is known again; a response_url takes no metadata for certain."""
    return f"answer {hashlib.sha256(cause.encode()).hexdigest()[:20]}"


def _named(blocks: Sequence[Json], cause: str) -> list[Json]:
    return [{"block_id": _name(cause), **block} if nth == 0 else block for nth, block in enumerate(blocks)]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
