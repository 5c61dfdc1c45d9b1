"""Slack's events, each handled once: kept before they are handled, settled after the answer, taken up after a crash."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from bot.background import Background, end, ended_within, set_within
from bot.clock import SKEW
from bot.front.answering import Answering
from bot.front.hearing import Call, hear
from bot.front.table import Table
from bot.slack.web_api import TooBusy, Unsure
from bot.surfaces import Answer, Message, Say
from bot.turns import Abreast
from flows.guard import looks_like
from flows.ports import Inbox, Told

log = logging.getLogger("cais.event_inbox")

LEASE = 60.0 + SKEW
"""Seconds one process has for an event; longer than any call to Slack within it may take."""

ROUND = 30.0
"""Seconds between looks at what a crash left unsettled."""

SOON = 5.0
"""Seconds after which it is looked whether a reply that may have been lost stands there, and said if not."""

WORKSPACES_AT_ONCE = 8
"""Workspaces whose events are taken up beside each other: one that Slack has wait holds up no other."""

TOO_OLD = 24 * 3600.0
"""Seconds after which an event is settled without an answer: Slack gives up repeating it then, too."""

MOST_TRIES = 5
"""How often an event is handled whose handler went silent each time, as where it ends the process; then it is given up
and whoever wrote it is told."""

KEPT = 72 * 3600.0
"""Seconds for which settled events are remembered, so that a late repeat changes nothing."""

TYPE_AGAIN = (
    "Something interrupted me before I could answer you. What you wrote may have held personal data, so it was not"
    " kept, and nothing was recorded. Please type it again, in other words."
)

GIVEN_UP = (
    "I stopped in the middle of answering this, and again each time I tried, so I have given it up. `/cais history`"
    " shows whether any of it was recorded. In other words it may work; if not, tell whoever runs the app."
)


class EventInbox:
    """Handles events through the inbox. `now` is real time in UNIX seconds."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        table: Table,
        answering: Answering,
        background: Background,
        now: Callable[[], float],
        bot_user: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self._inbox = inbox
        self._table = table
        self._answering = answering
        self._background = background
        self._now = now
        self._bot_user = bot_user
        self._rounds: asyncio.Task[None] | None = None
        self._hurried = asyncio.Event()
        self._abreast = Abreast(WORKSPACES_AT_ONCE)

    def keeps(self, call: Call) -> bool:
        """Whether this goes through the inbox. Drawing a Home twice harms nobody, so that does not."""
        return bool(call.event_id) and call.name != "app_home_opened"

    async def hear(self, call: Call, body: Any, *, again: bool, budget: float) -> bool:
        """Handles one delivery; True where Slack may forget it, False where Slack has to send it again."""
        kept_body = _withheld(body) if looks_like(call.words) else body
        told = Told(tenant=call.tenant, id=call.event_id, body=msgspec.json.encode(kept_body).decode())
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        handled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._background.start(self._handle(call, told, again, kept, handled))
        await ended_within(handled, budget)
        return kept.done() and kept.result()

    async def _handle(
        self,
        call: Call,
        told: Told,
        again: bool,
        kept: "asyncio.Future[bool]",
        handled: "asyncio.Future[None]",
    ) -> None:
        until = self._now() + LEASE
        try:
            tries = await self._take(told)
            kept.set_result(tries is not None)
            if not tries:
                return
            stands = await self._stands(call) if again else False
            answer = await self._answer(call, tries) if stands is False else None
        finally:
            handled.set_result(None)
        over = stands is not None and await self._settle(call, answer, again, until)
        if not over and self._now() < until:
            await self._put_off(told, SOON)

    async def _answer(self, call: Call, tries: int) -> Answer | None:
        if tries <= MOST_TRIES:
            return await self._table.answer(call)
        log.error("an event was given up", extra={"action": "given_up", "workspace": call.tenant, "kind": call.kind})
        return Say(Message(GIVEN_UP)) if call.words else None

    async def _stands(self, call: Call) -> bool | None:
        """Whether the reply stands; None where Slack does not let us look. Looked at before anything is done.

        Done anew, what the reply says not to have happened would happen after all, and nobody would be told.
        """
        try:
            return await self._answering.has_answered(call)
        except (Unsure, TooBusy):
            return None

    async def _take(self, told: Told) -> int | None:
        try:
            return await self._inbox.take(told, now=self._now(), lease=LEASE)
        except Exception as error:  # noqa: BLE001 - whatever the database says, Slack has to send it again
            log.error("an event could not be kept", extra={"action": "take", "error": type(error).__name__})
            return None

    async def _settle(self, call: Call, answer: Answer | None, again: bool, until: float) -> bool:
        """Whether it is over. Where not, whoever takes it up next looks for the reply before doing anything.

        After `until`, as on a machine that was put to sleep, another replica may have answered it.
        """
        if self._now() >= until:
            log.warning("not answered in time", extra={"action": "answer", "workspace": call.tenant, "kind": call.kind})
            return False
        try:
            if answer:
                await self._answering.deliver(call, answer, again=again)
        except (Unsure, TooBusy):
            return False
        await self._inbox.settle(call.tenant, call.event_id, now=self._now())
        return True

    async def _put_off(self, told: Told, seconds: float) -> None:
        """An extra round comes then."""
        await self._inbox.put_off(told.tenant, told.id, until=self._now() + seconds)
        asyncio.get_running_loop().call_later(seconds, self._hurried.set)

    async def take_up(self) -> int:
        """Handles what was left unsettled, by us before a crash or by another replica; returns how many."""
        return sum(await asyncio.gather(*await self._begin()))

    async def _begin(self) -> "list[asyncio.Task[int]]":
        """Each workspace's one after another, so that a conversation keeps its order; no workspace behind another."""
        left: dict[str, list[Told]] = {}
        for told in await self._inbox.unsettled(now=self._now()):
            left.setdefault(told.tenant, []).append(told)
        idle = [(tenant, lot) for tenant, lot in left.items() if tenant not in self._abreast]
        return [await self._abreast.start(tenant, partial(self._take_up, lot)) for tenant, lot in idle]

    async def _take_up(self, left: Sequence[Told]) -> int:
        taken = 0
        for told in left:
            tries = await self._take(told)
            taken += bool(tries)
            if tries is None or (tries and not await self._go_on_with(told, tries)):
                break  # the database, or Slack for this workspace, is in trouble: the others of it in the next round
        return taken

    async def _go_on_with(self, told: Told, tries: int) -> bool:
        """False where it is put off."""
        try:
            until = self._now() + LEASE  # it was taken a moment ago
            if await self._is_over(told, tries, until):
                return True
            if self._now() < until:  # else it counts as a try, and may be another's by now
                await self._put_off(told, LEASE)
        except Exception as error:  # noqa: BLE001 - the other events are not to wait for what is wrong with one
            log.error("an event stays", extra={"action": "take_up", "error": type(error).__name__})
            return True
        return False

    async def _is_over(self, told: Told, tries: int, until: float) -> bool:
        """Handles what was left; where not over, Slack is in trouble, and it is looked again after a while."""
        body, call = self._read(told, await self._bot_user(told.tenant) or "")
        if call is None:
            await self._inbox.settle(told.tenant, told.id, now=self._now())
            return True
        if call.kind in ("message", "event"):
            self._answering.met_in_dm(call.origin.channel)
        stands = await self._stands(call)
        if stands is None:
            return False
        answer: Answer | None = None
        if not stands:
            answer = Say(Message(TYPE_AGAIN)) if _WITHHELD in body else await self._answer(call, tries)
        return await self._settle(call, answer, True, until)

    def _read(self, told: Told, bot_user: str) -> tuple[Any, Call | None]:
        """What was kept, and the call in it: None where it is not for us, too old, or cannot be read."""
        try:
            body = msgspec.json.decode(told.body or "{}")
            old = self._now() - float(body.get("event_time") or self._now()) > TOO_OLD
            return body, None if old else hear(body, told.tenant, bot_user)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("a kept event cannot be read", extra={"action": "take_up", "error": type(error).__name__})
            return None, None

    def start(self) -> None:
        """Begins the rounds, the first one at once."""
        self._rounds = asyncio.ensure_future(self._go_round())

    async def stop(self) -> None:
        """Ends the rounds, and what they began."""
        await end(self._rounds)
        await self._abreast.stop()

    async def _go_round(self) -> None:
        while True:
            # Begun, and not waited for: whoever is left meanwhile need not wait for it either.
            await self._try("take_up", self._begin)
            await self._try("forget", self.forget)
            await set_within(self._hurried, ROUND)
            self._hurried.clear()

    async def forget(self) -> int:
        """Drops what was settled long ago; returns how many."""
        return await self._inbox.forget(settled_before=self._now() - KEPT)

    async def _try(self, action: str, part: Callable[[], Awaitable[object]]) -> None:
        try:
            await part()
        except Exception as error:  # noqa: BLE001 - the next round tries again; without it events would be lost
            log.error("a round failed", extra={"action": action, "error": type(error).__name__})


_WITHHELD = "cais_withheld"
_ENVELOPE = ("type", "team_id", "enterprise_id", "event_id", "event_time")
_NO_WORDS = ("type", "user", "channel", "channel_type", "ts", "event_ts", "thread_ts")


def _withheld(body: Any) -> dict[str, Any]:
    """The event without what was written, for what the guard refuses must not be on the disk even for a moment."""
    event = {key: body["event"][key] for key in _NO_WORDS if key in body["event"]}
    envelope = {key: body[key] for key in _ENVELOPE if key in body}
    return {**envelope, "event": {**event, "text": "(not kept)"}, _WITHHELD: True}
