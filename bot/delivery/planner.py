"""Keeps what each firm is to be reminded of up to date: after a change, once a day, and before anything is sent."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from bot.background import end, set_within
from bot.slack.people import People
from bot.slack.places import slack_id
from flows.events import FirmKey
from flows.services import Services

log = logging.getLogger("cais.planner")

PAUSE = 1.0
"""Seconds between a change and the plan that follows: acks and cards come first, and one click brings many changes."""

ROUND = 30.0
"""Seconds between looks at what nobody told us of, such as what another replica did."""

AT_ONCE = 1000
"""Firms that are looked for at once. Whoever looks goes through all there are, which with thousands of firms takes as
long as a dozen plans."""

TOGETHER = 8
"""Firms whose plans share a commit, as that takes as long as a plan; a click waits for no more than these."""


Found = tuple[Sequence[FirmKey], bool]
Stale = Callable[[Collection[FirmKey]], Awaitable[Found]]
"""Finds firms to be planned, without those that failed; and says whether there may be more."""


class Planner:
    """Plans firms anew whose plans are out of date. Several may do so at once: the same facts make the same plan."""

    def __init__(self, services: Services, people: People, planned: Callable[[], None]) -> None:
        self._services = services
        self._people = people
        self._planned = planned
        self._changed = asyncio.Event()
        self.caught_up = asyncio.Event()
        """Everything was looked at once since the start."""
        self._rounds: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._unasked: dict[FirmKey, None] = {}

    def start(self) -> None:
        """Begins the rounds, the first one at once."""
        self._rounds = asyncio.ensure_future(self._go_round())

    async def stop(self) -> None:
        """Ends the rounds; a plan is made as a whole or not at all."""
        await end(self._rounds)
        await end(self._asking)  # which a round may have begun

    def wake(self) -> None:
        """Something may have changed."""
        self._changed.set()

    async def _go_round(self) -> None:
        await self._make_gists()
        while True:
            await self.sweep()
            self.caught_up.set()
            if await set_within(self._changed, ROUND):
                await asyncio.sleep(PAUSE)
            self._changed.clear()

    async def _make_gists(self) -> None:
        """After an update, or after a replica of an earlier version was here; each plan brings its firm's own."""
        try:
            while await self._services.portfolios.catch_up():
                pass
        except Exception as error:  # noqa: BLE001 - whoever opens their Home makes those that they need
            log.error("gists were not made", extra={"action": "gists", "error": type(error).__name__})

    async def sweep(self) -> int:
        """Plans every firm whose plan is out of date; returns how many. One that fails is tried again next time."""
        planned = await self._plan_all(self._stale)
        if planned:
            self._planned()
            self._ask()
        return planned

    async def catch_up(self, tenant: str) -> None:
        """Plans those of a workspace that is stopped, which the rounds leave out. Raises StorageError."""
        await self._plan_all(partial(self._find, tenant))

    async def _plan_all(self, stale: Stale) -> int:
        planned, failed, more = 0, set[FirmKey](), True
        while more:
            keys, more = await stale(failed)
            for first in range(0, len(keys), TOGETHER):
                some = keys[first : first + TOGETHER]
                done = await asyncio.gather(*map(self._plan, some))
                planned += sum(done)
                failed.update(key for key, made in zip(some, done, strict=True) if not made)
        return planned

    async def _stale(self, failed: Collection[FirmKey]) -> Found:
        try:
            return await self._find("", failed)
        except Exception as error:  # noqa: BLE001 - the next round tries again; without it nobody would be reminded
            log.error("a round failed", extra={"action": "stale", "error": type(error).__name__})
            return (), False

    async def _find(self, tenant: str, failed: Collection[FirmKey]) -> Found:
        """Those to be planned now, and whether there may be more. Whatever changes meanwhile wakes us once more."""
        limit = AT_ONCE + len(failed)
        found = await self._services.reminders.stale(limit=limit, tenant=tenant)
        return [key for key in found if key not in failed], len(found) == limit

    async def _plan(self, key: FirmKey) -> bool:
        try:
            await self._services.reminders.replan(key)
        except Exception as error:  # noqa: BLE001 - the other firms are not to wait for what is wrong with one
            whose = {"workspace": key.tenant, "firm": key.firm}
            log.error("a plan failed", extra={"action": "replan", **whose, "error": type(error).__name__})
            return False
        self._unasked[key] = None
        return True

    def _ask(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask_about_all())

    async def _ask_about_all(self) -> None:
        """Who is reminded by their own clock may have moved to another zone: asked about a day after the last time."""
        while self._unasked:
            key = next(iter(self._unasked))
            del self._unasked[key]
            try:
                position = await self._services.events.position(key)
                members = position.members if position else {}
                await self._people.freshen(key.tenant, {slack_id(person): person for person in members})
            except Exception as error:  # noqa: BLE001 - what is known of them is good enough until next time
                log.error("people were not asked about", extra={"action": "freshen", "error": type(error).__name__})
