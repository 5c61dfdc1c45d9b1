"""Hands a letter to Slack, once: a message a second in each conversation, and nothing while Slack asks to wait."""

import asyncio
import logging
from collections.abc import Callable
from math import inf
from typing import Any

from msgspec.structs import replace

from bot.background import set_within
from bot.delivery.pictures import NotYet, Pictures
from bot.front.answering import NO_UNFURLING, content
from bot.slack.channels import is_shared
from bot.slack.places import slack_id
from bot.slack.web_api import NOT_NOW, SlackSaidNo, TooBusy, Unreachable, Unsure, WebApi
from bot.surfaces import Letter, Message
from flows.summaries.posting import SHARED
from storage.errors import StorageError
from storage.sealing import KeyMissing

log = logging.getLogger("cais.posting")

Json = dict[str, Any]

A_SECOND = 1.0
"""Between two messages in one conversation: what Slack lets through for sure."""

HEADING = 2
"""Blocks of a message above its picture."""

MOST_KEPT = 10_000
"""Conversations whose last message is remembered."""

AGAIN = 30.0
"""Seconds until another try where no connection came about."""

INSIDE = 600.0
"""Seconds for which a channel that was the workspace's own is believed to be so still."""

ELSEWHERE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "invalid_thread_ts", "thread_not_found"})


LONG = 300.0
"""Seconds of a wait that whoever watches the log should know of."""

FIXED = frozenset({"edit_window_closed", "cant_update_message"})
"""Slack's words for a message that stays as it is: somebody's own gets another, a channel is not filled with them."""


class NotSent(Exception):
    """It was surely not sent; from `until` (real time) on it may be tried again."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until


class TooLate(Exception):
    """It was not sent, as soon somebody else may take it up, or has: this process stood still, or Slack did."""


class Posting:
    """Posts and changes messages. `now` is real time in UNIX seconds, which pacing goes by."""

    def __init__(self, slack: WebApi, now: Callable[[], float]) -> None:
        self._slack = slack
        self._now = now
        self._pictures = Pictures(slack, now)
        self._free_at: dict[str, float] = {}
        self._resting: dict[tuple[str, str], float] = {}
        self._inside: dict[tuple[str, str], float] = {}
        """Until when a channel is believed to be the workspace's own."""
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Whatever waits for its turn is not sent: whoever goes on takes it up at once."""
        self._stopping.set()

    async def deliver(
        self, tenant: str, person: str, letter: Letter, metadata: Json, *, has_turn: bool = False, before: float = inf
    ) -> str:
        """The message it became, `D123/1700000000.000100`. `has_turn`: `turn` was waited for already.

        `before`: in real time, after which no new message is posted. Raises NotSent; TooLate; KeyMissing; SlackSaidNo;
        and Unsure where it may or may not have arrived: never tried again blindly.
        """
        try:
            return await self._deliver(tenant, person, letter, metadata, has_turn, before)
        except KeyMissing:
            raise
        except StorageError as error:  # the token could not be read
            raise NotSent(self._now() + AGAIN) from error

    async def _deliver(
        self, tenant: str, person: str, letter: Letter, metadata: Json, has_turn: bool, before: float
    ) -> str:
        if letter.inside:
            await self._must_be_inside(tenant, letter.channel)
        pictured = await self._with_picture(tenant, letter)
        try:
            return await self._bring(tenant, person, pictured, metadata, before, has_turn)
        except SlackSaidNo as no:
            if no.error != "invalid_blocks" or letter.picture is None or pictured is letter:
                raise
            self._pictures.refused(tenant, letter.picture)  # nothing was posted, and the words are what counts
            return await self._bring(tenant, person, letter, metadata, before)

    async def _with_picture(self, tenant: str, letter: Letter) -> Letter:
        if letter.picture is None:
            return letter
        try:
            block = await self._pictures.block(tenant, letter.channel, letter.picture, waits=bool(letter.instead_of))
        except NotYet as not_yet:
            raise NotSent(not_yet.until) from not_yet
        if block is None:
            return letter
        heading, below = letter.message.blocks[:HEADING], letter.message.blocks[HEADING:]
        return replace(letter, message=Message(letter.message.text, [*heading, block, *below]))

    async def _bring(
        self, tenant: str, person: str, letter: Letter, metadata: Json, before: float, has_turn: bool = False
    ) -> str:
        if letter.instead_of:
            try:
                return await self._change(tenant, letter, has_turn)
            except SlackSaidNo as no:
                gone = no.error == "message_not_found" or (not letter.channel and no.error in FIXED)
                if not (letter.anew and gone):
                    raise
        message = await self._post(tenant, person, letter, metadata, before)
        if letter.whisper:
            await self._whisper(tenant, person, letter, *letter.whisper)
        return message

    async def _must_be_inside(self, tenant: str, channel: str) -> None:
        """Raises SlackSaidNo where others see the channel (Slack Connect), or where we may not know whether they do."""
        if self._inside.get((tenant, channel), 0.0) > self._now():
            return
        try:
            found = await self._slack.of(tenant).call(
                "conversations.info", {"channel": channel}, form=True, patience=0.0
            )
        except TooBusy as error:
            raise NotSent(self._now() + error.seconds) from error
        except Unsure as error:
            raise NotSent(self._now() + AGAIN) from error
        except SlackSaidNo as no:
            if no.error in NOT_NOW:  # as nothing was posted yet
                raise NotSent(self._now() + AGAIN) from no
            raise (SlackSaidNo("conversations.info", SHARED) if no.error == "missing_scope" else no) from no
        if is_shared(found.get("channel") or {}):
            raise SlackSaidNo("conversations.info", SHARED)
        if len(self._inside) >= MOST_KEPT:
            self._inside.clear()
        self._inside[tenant, channel] = self._now() + INSIDE

    async def _change(self, tenant: str, letter: Letter, has_turn: bool) -> str:
        channel, _, ts = letter.instead_of.partition("/")
        where = {"channel": channel, "ts": ts, **content(letter.message)}
        await self._call(tenant, "chat.update", channel, where, has_turn)
        return letter.instead_of

    async def _post(self, tenant: str, person: str, letter: Letter, metadata: Json, before: float) -> str:
        own = slack_id(person)
        where: Json = {
            "channel": letter.channel or own,
            **NO_UNFURLING,
            **content(letter.message),
            "metadata": metadata,
        }
        if letter.thread:
            where["thread_ts"] = letter.thread
        try:
            posted = await self._call(tenant, "chat.postMessage", letter.channel or own, where, before=before)
        except SlackSaidNo as no:
            # A command may have been typed in a DM between two people, where we are not: then in the person's own.
            if no.error not in ELSEWHERE or letter.channel in ("", own):
                raise
            where.pop("thread_ts", None)
            posted = await self._call(tenant, "chat.postMessage", own, {**where, "channel": own}, before=before)
        return f"{posted.get('channel', '')}/{posted.get('ts', '')}"

    async def _call(
        self, tenant: str, method: str, channel: str, where: Json, has_turn: bool = False, before: float = inf
    ) -> Json:
        self._must_not_rest(tenant, method)
        if not has_turn:
            await self.turn(channel)
        self._must_not_rest(tenant, method)
        if self._now() > before:
            raise TooLate
        try:
            return await self._slack.of(tenant).call(method, where, patience=0.0)
        except TooBusy as error:
            until = self._resting[tenant, method] = self._now() + error.seconds
            about = {"action": "asked_to_wait", "workspace": tenant, "method": method, "seconds": error.seconds}
            log.log(logging.WARNING if error.seconds > LONG else logging.INFO, "Slack asks to wait", extra=about)
            raise NotSent(until) from error
        except Unreachable as error:
            raise NotSent(self._now() + AGAIN) from error

    def _must_not_rest(self, tenant: str, method: str) -> None:
        until = self._resting.get((tenant, method), 0.0)
        if self._now() < until:
            raise NotSent(until)

    async def turn(self, channel: str) -> None:
        """Waits until it is this conversation's turn; whoever comes next waits a second longer.

        Raises NotSent where we stop meanwhile.
        """
        at = asyncio.get_running_loop().time()
        if len(self._free_at) > MOST_KEPT:
            self._free_at = {c: free for c, free in self._free_at.items() if free > at}
        free = max(self._free_at.get(channel, 0.0), at)
        self._free_at[channel] = free + A_SECOND
        await self._wait(free - at)

    def is_free(self, channel: str) -> bool:
        """Whether nobody has to wait there."""
        return self._free_at.get(channel, 0.0) <= asyncio.get_running_loop().time()

    async def last_turn(self, channel: str) -> None:
        """Like `turn`, for what can wait: a message that comes meanwhile goes before it."""
        while not self.is_free(channel):
            await self._wait(self._free_at[channel] - asyncio.get_running_loop().time())
        await self.turn(channel)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0 and await set_within(self._stopping, seconds):
            raise NotSent(self._now() + A_SECOND)

    async def _whisper(self, tenant: str, person: str, letter: Letter, channel: str, thread: str) -> None:
        where = {"channel": channel, "user": slack_id(person), "thread_ts": thread, **content(letter.message)}
        try:
            await self._slack.of(tenant).call("chat.postEphemeral", where, patience=10.0)
        except (SlackSaidNo, TooBusy, Unsure, StorageError) as error:
            log.info("not whispered", extra={"action": "whisper", "workspace": tenant, "error": str(error)})
