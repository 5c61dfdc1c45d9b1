"""What people ask of all their firms at once, answered from the firms' gists; positions are read of those shown."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from flows.events import FirmKey
from flows.firms import Person, role_of
from flows.gist import Gist, gist, maker
from flows.ports import EventStore, Gists, Listed
from flows.position import Position
from flows.roadmap import Pack
from flows.summaries.comparing import Compared, Comparing
from flows.zones import zone_of

AT_ONCE = 50

HANDFUL = 20
"""Gists that are made anew without keeping them: what was changed a moment ago the planner is about to bring along."""

MOST_MENDED = 200
"""Gists that are made anew while somebody waits; after an update there may be thousands, which `catch_up` makes."""


class Portfolios:
    """Everything about a person's firms beside each other. `clock` is business time, aware."""

    def __init__(self, events: EventStore, gists: Gists, pack: Pack, clock: Callable[[], datetime]) -> None:
        self._events = events
        self._gists = gists
        self._pack = pack
        self._clock = clock
        self._comparing = Comparing()

    async def firms(self, tenant: str, who: Person) -> tuple[Sequence[Compared], int]:
        """The firms this person is a member of, the worst first; and how many could not be compared just yet.

        A workspace admin who is in none has them all.
        """
        listed = await self._gists.of_person(tenant, who.id)
        if not listed and who.admin:
            listed = await self._gists.of_workspace(tenant)
        listed = await self._mended(listed)
        now = self._clock()
        compared = self._comparing.compare(
            listed, lambda zone: now.astimezone(zone_of(zone)).date(), f"{tenant} {who.id}"
        )
        return compared, len(listed) - len(compared)

    async def read(self, keys: Sequence[FirmKey], who: Person) -> dict[FirmKey, Position]:
        """These firms' positions; those that the person is no member of are left out."""
        found = await self._events.positions(list(dict.fromkeys(keys)))
        return {position.key: position for position in found if role_of(position, who)}

    async def catch_up(self) -> int:
        """Make some of the gists that are missing; returns how many there were."""
        missing = await self._gists.missing(maker(self._pack), limit=AT_ONCE)
        await self._make(missing, kept=True)
        return len(missing)

    async def _mended(self, listed: Sequence[Listed]) -> Sequence[Listed]:
        made_by = maker(self._pack)
        old = [f for f in listed if f.gist is None or f.gist.made_by != made_by]
        if not old:
            return listed
        made = await self._make([f.key for f in old[:MOST_MENDED]], kept=len(old) > HANDFUL)
        left = {f.key for f in old[MOST_MENDED:]}
        return [msgspec.structs.replace(f, gist=None if f.key in left else made.get(f.key, f.gist)) for f in listed]

    async def _make(self, keys: Sequence[FirmKey], *, kept: bool) -> dict[FirmKey, Gist]:
        made: dict[FirmKey, Gist] = {}
        for first in range(0, len(keys), AT_ONCE):
            positions = await self._events.positions(keys[first : first + AT_ONCE])
            some = {position.key: gist(self._pack, position) for position in positions}
            if kept:
                await self._gists.keep(some)
            made |= some
        return made
