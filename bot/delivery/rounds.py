"""Takes up what is due, for a lease, and has it brought: in rounds, and whenever something comes to be owed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.background import Background, end, set_within
from bot.clock import SKEW
from bot.delivery.bringing import Bringing
from bot.router import SlotWriter
from bot.slack.standstill import Standstill
from bot.slack.web_api import WebApi
from flows.reminders.rung import LOOK_BACK
from flows.services import Services

log = logging.getLogger("cais.delivery")

LEASE = 120.0 + SKEW
"""Seconds one process has for what it took up; longer than its calls to Slack may take."""

ROUND = 30.0
"""Seconds between looks at what is due, and at what a crash left."""

IN_FLIGHT = 32
"""Messages that may be on their way at once, and as many more whose receipts are being written: so few are in doubt
after a crash."""

TOGETHER = 16
"""Messages that are taken up at once, and share a commit, while as many as there is room for beside them are on their
way: a disk takes longer over a commit than Slack's nearest machine over a message."""

MOST_WAITING = 250
"""Messages that are only to be drawn anew and wait for their turn: what comes to be due meanwhile goes before them."""

A_DAY = 24 * 3600.0
LETTERS_KEPT = 8 * A_DAY
"""Seconds for which all other settled rows are kept: what is said once a week is known by them."""
REMINDERS_KEPT = LOOK_BACK.total_seconds() + 10 * A_DAY
"""Seconds for which settled rows are kept; a message with reminders may be drawn anew for so long. Longer than it is
looked back for what is told once, which would be told again to who is in reach again."""


class Delivery:
    """Settles the outbox. `now` is real time in UNIX seconds, for leases; what is due goes by business time.

    `caught_up` is awaited before anything is sent: what was planned before a stop may not hold any more. `speed` is
    how many times as fast as real time business time runs.
    """

    def __init__(
        self,
        slack: WebApi,
        services: Services,
        letters: Mapping[str, SlotWriter],
        background: Background,
        now: Callable[[], float],
        *,
        standstill: Standstill,
        caught_up: Callable[[], Awaitable[object]],
        speed: float = 1.0,
    ) -> None:
        self._services = services
        self._outbox = services.outbox
        self._background = background
        self._now = now
        self._standstill = standstill
        self._caught_up = caught_up
        self._speed = speed
        self._bringing = Bringing(slack, services, letters, now, standstill=standstill, wake=self.wake)
        self._rounds: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._once_more = False
        self._stopping = False
        self._is_sending = False
        """Nothing is sent before the plans are up to date."""
        self._hurried = asyncio.Event()
        self.last_round = now()
        """When it last took up what is due, or saw that nothing is, in real time: while it is at work, this moves."""

    def start(self) -> None:
        """Begins the rounds, and wakes up whenever somebody comes to be owed something."""
        self._services.queue.wake = self.wake
        self._services.evidence.woken = self.wake
        self._services.reminders.woken = self.wake
        self._services.nudges.woken = self.wake
        self._services.firm_lists.wake = self.wake
        self._rounds = asyncio.ensure_future(self._go_round())

    async def stop(self, seconds: float = 10.0) -> None:
        """Ends the rounds; what is being sent is sent, and settled, if it takes no longer than this.

        Nothing more is taken up, and what only waits for its turn is given back, so that whoever goes on does not wait
        for its lease to end.
        """
        self._stopping = True
        self._bringing.stop()
        await end(self._rounds)
        if self._sending:
            if not self._is_sending:
                self._sending.cancel()
            await asyncio.wait({self._sending}, timeout=seconds)

    def wake(self) -> None:
        """Something is owed: sent now, beside everything else."""
        self._hurried.set()
        self._background.start(self._send_all())

    async def _send_all(self) -> None:
        """One at a time: whoever comes while another is at it has him look once more."""
        self._once_more = True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._while_there_is_more())
        await asyncio.shield(self._sending)

    async def _while_there_is_more(self) -> None:
        try:
            await self._caught_up()
            self._is_sending = True
            while self._once_more and not self._stopping:
                self._once_more = False
                await self.settle_due()
        except Exception as error:  # noqa: BLE001 - the next round tries again; without it nothing would be sent
            log.error("a round failed", extra={"action": "settle_due", "error": type(error).__name__})

    async def _go_round(self) -> None:
        while True:
            self._hurried.clear()
            await self._look_for_stopped()
            begun = self._services.now().timestamp()
            await self._send_all()
            await self._forget()
            seconds = await self._until_due(begun)
            await set_within(self._hurried, seconds)

    async def _look_for_stopped(self) -> None:
        try:
            await self._standstill.look()
        except Exception as error:  # noqa: BLE001 - as above; nothing of a stopped one is claimed anyway
            log.error("a round failed", extra={"action": "stopped", "error": type(error).__name__})

    async def _until_due(self, begun: float) -> float:
        """Seconds until it is to be looked again: what comes due after `begun`, or may be tried again, goes on time."""
        try:
            due = await self._outbox.next_due(after=begun)
        except Exception as error:  # noqa: BLE001 - as above
            log.error("a round failed", extra={"action": "next_due", "error": type(error).__name__})
            return ROUND
        left = (due - self._services.now().timestamp()) / self._speed if due is not None else ROUND
        again = min(self._bringing.put_off_until, default=None)
        if again is not None:
            left = min(left, again - self._now())
        return min(max(left, 0.0), ROUND)

    async def _forget(self) -> None:
        try:
            now = self._now()
            await self._outbox.forget(settled_before=now - REMINDERS_KEPT, letters_before=now - LETTERS_KEPT)
        except Exception as error:  # noqa: BLE001 - as above; what is not forgotten harms nobody
            log.error("a round failed", extra={"action": "forget", "error": type(error).__name__})

    async def settle_due(self) -> int:
        """Sends everything that is due; returns how much was taken up."""
        taken, flying = 0, set[asyncio.Task[None]]()
        self._bringing.forget_put_off()
        while True:
            due = self._services.now().timestamp()
            waiting = len(self._bringing.waiting)
            free = IN_FLIGHT - max(len(self._bringing.unanswered), len(flying) - waiting - IN_FLIGHT)
            if free >= TOGETHER and waiting < MOST_WAITING and not (taken and self._stopping):
                behind = self._bringing.behind
                now, lease = self._now() - behind, LEASE + behind  # given back since then: not free yet for this one
                slots = await self._outbox.claim(due=due, now=now, lease=lease, limit=free)
                taken += sum(len(slot.owed) for slot in slots)
                flying |= {asyncio.ensure_future(self._bringing.bring(slot, now + lease)) for slot in slots}
            self.last_round = self._now()  # not where nothing can be taken up, as in a database that may only be read
            if not flying:
                return taken
            landed, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*landed)
