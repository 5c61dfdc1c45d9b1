"""Brings people what we owe them: taken up for a lease, sent, settled; after a crash only where it did not arrive."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from bot.answering import NO_UNFURLING, content
from bot.background import Background
from bot.places import slack_id
from bot.router import Writer
from bot.surfaces import Letter
from bot.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from flows.asked import Owed
from flows.services import Services

log = logging.getLogger("cais.delivery")

Json = dict[str, Any]
OWED = "cais_owed"
"""The event_type of the metadata that such messages carry, with their key."""

LEASE = 120.0
"""Seconds one process has for what it took up; longer than its calls to Slack may take."""

ROUND = 30.0
"""Seconds between looks at what is due, and at what a crash left."""

AT_ONCE = 20

KEPT = 72 * 3600.0
"""Seconds for which settled rows are kept."""

NOT_NOW = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
"""What Slack says when it could not; it is tried again once the lease has run out."""

ELSEWHERE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "invalid_thread_ts", "thread_not_found"})

LOOKED_AT = 200
"""Messages that are looked through for one that may have arrived."""


class Delivery:
    """Settles the outbox. `now` is real time in UNIX seconds, for leases; what is due goes by business time."""

    def __init__(
        self,
        slack: WebApi,
        services: Services,
        letters: Mapping[str, Writer],
        background: Background,
        now: Callable[[], float],
    ) -> None:
        self._slack = slack
        self._services = services
        self._letters = letters
        self._background = background
        self._now = now
        self._rounds: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._once_more = False

    def start(self) -> None:
        """Begins the rounds, and wakes up whenever somebody comes to be owed something."""
        self._services.queue.wake = self.wake
        self._rounds = asyncio.ensure_future(self._go_round())

    async def stop(self, seconds: float = 10.0) -> None:
        """Ends the rounds; what is being sent is sent, and settled, if it takes no longer than this."""
        if self._rounds:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)
        if self._sending:
            await asyncio.wait({self._sending}, timeout=seconds)

    def wake(self) -> None:
        """Something is owed: sent now, beside everything else."""
        self._background.start(self._send_all())

    async def _send_all(self) -> None:
        """One at a time: whoever comes while another is at it has him look once more."""
        self._once_more = True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._while_there_is_more())
        await asyncio.shield(self._sending)

    async def _while_there_is_more(self) -> None:
        try:
            while self._once_more:
                self._once_more = False
                await self.settle_due()
        except Exception as error:  # noqa: BLE001 - the next round tries again; without it nothing would be sent
            log.error("a round failed", extra={"action": "settle_due", "error": type(error).__name__})

    async def _go_round(self) -> None:
        while True:
            await self._send_all()
            await self._forget()
            await asyncio.sleep(ROUND)

    async def _forget(self) -> None:
        try:
            await self._services.outbox.forget(settled_before=self._now() - KEPT)
        except Exception as error:  # noqa: BLE001 - as above; what is not forgotten harms nobody
            log.error("a round failed", extra={"action": "forget", "error": type(error).__name__})

    async def settle_due(self) -> int:
        """Sends everything that is due; returns how much was taken up."""
        taken = 0
        while True:
            due = self._services.now().timestamp()
            claimed = await self._services.outbox.claim(due=due, now=self._now(), lease=LEASE, limit=AT_ONCE)
            for owed in claimed:
                await self._settle(owed)
            taken += len(claimed)
            if len(claimed) < AT_ONCE:
                return taken

    async def _settle(self, owed: Owed) -> None:
        try:
            outcome = await self._send(owed)
        except (Unsure, TooBusy) as error:
            # It may have arrived: the lease runs out, and whoever takes it up then looks before sending it again.
            log.info("not sure that it arrived", extra={"action": "owed", "kind": owed.kind, "error": str(error)})
            return
        except SlackSaidNo as no:
            if no.error in NOT_NOW:
                return
            log.warning("Slack does not take it", extra={"action": "owed", "kind": owed.kind, "error": no.error})
            outcome = no.error
        except Exception as error:  # noqa: BLE001 - the others are not to wait for what is wrong with one
            log.error("cannot be written", extra={"action": "owed", "kind": owed.kind, "error": type(error).__name__})
            return
        await self._services.outbox.settle(owed.tenant, owed.key, now=self._now(), outcome=outcome)

    async def _send(self, owed: Owed) -> str:
        write = self._letters.get(owed.kind)
        letter = await write(owed, self._services) if write else None
        if letter is None:
            return "needless"
        if owed.tries > 1 and await self._arrived(owed, letter):
            return "sent before"
        await self._post(owed, letter)
        if letter.whisper:
            await self._whisper(owed, letter, *letter.whisper)
        return "sent"

    async def _post(self, owed: Owed, letter: Letter) -> None:
        where: Json = {"channel": letter.channel or slack_id(owed.person), **NO_UNFURLING, **content(letter.message)}
        if letter.thread:
            where["thread_ts"] = letter.thread
        where["metadata"] = {"event_type": OWED, "event_payload": {"key": owed.key}}
        try:
            await self._slack.call("chat.postMessage", where, patience=40.0)
        except SlackSaidNo as no:
            # A command may have been typed in a DM between two people, where we are not: then in the person's own.
            if no.error not in ELSEWHERE or not letter.channel:
                raise
            where.pop("thread_ts", None)
            await self._slack.call("chat.postMessage", {**where, "channel": slack_id(owed.person)}, patience=40.0)

    async def _whisper(self, owed: Owed, letter: Letter, channel: str, thread: str) -> None:
        where = {"channel": channel, "user": slack_id(owed.person), "thread_ts": thread, **content(letter.message)}
        try:
            await self._slack.call("chat.postEphemeral", where, patience=10.0)
        except (SlackSaidNo, TooBusy, Unsure) as error:
            log.info("not whispered", extra={"action": "owed", "kind": owed.kind, "error": str(error)})

    async def _arrived(self, owed: Owed, letter: Letter) -> bool:
        """Whether it stands there already. Only a DM whose id we know can be looked at; else it is sent once more."""
        if not letter.channel.startswith("D"):
            return False
        method, where = "conversations.history", {"channel": letter.channel, "limit": LOOKED_AT}
        if letter.thread:
            method, where = "conversations.replies", {**where, "ts": letter.thread}
        try:
            found = await self._slack.call(method, {**where, "include_all_metadata": True}, form=True, patience=40.0)
        except SlackSaidNo:
            return False
        said = [message.get("metadata") or {} for message in found.get("messages") or ()]
        return any((m.get("event_payload") or {}).get("key") == owed.key for m in said if m.get("event_type") == OWED)
