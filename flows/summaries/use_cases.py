"""What people read of summaries: where a firm stands and what changed, or all firms of theirs, the worst first."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.events import FirmKey
from flows.firms import Person, require, role_of
from flows.ports import EventStore
from flows.position import Position
from flows.roadmap import Pack
from flows.summaries.changes import Change, changes
from flows.summaries.portfolio import worst_first
from flows.summaries.standing import Standing, standing

LATELY = timedelta(7)
"""For how long a change is news to somebody who asks."""

MOST_ROWS = 200
"""Rows of a firm's history that are looked through for what changed."""

MOST_FIRMS = 500
"""Firms beside each other; more are named one by one."""


class Summaries:
    """Everything one can ask about where firms stand. `clock` is business time, aware."""

    def __init__(self, events: EventStore, pack: Pack, clock: Callable[[], datetime]) -> None:
        self._events = events
        self._pack = pack
        self._clock = clock

    def of(self, position: Position) -> Standing:
        """Where this firm stands on the day it is in its own zone."""
        return standing(self._pack, position, self._today(position))

    async def lately(self, position: Position, who: Person) -> tuple[Change, ...]:
        """What changed in the last days, the newest first. Raises Refusal where the person is no member."""
        require(position, who, "viewer")
        return await self.changes(position, self._clock().astimezone(UTC) - LATELY)

    async def changes(self, position: Position, since: datetime) -> tuple[Change, ...]:
        """What changed after this, the newest first."""
        rows = await self._events.history(position.key, limit=MOST_ROWS)
        return changes(self._pack, position, rows, since)

    async def beside(self, keys: Sequence[FirmKey], who: Person) -> list[Standing]:
        """Where these firms stand, the worst first; those that the person is no member of are left out."""
        positions = await self._events.positions(keys[:MOST_FIRMS])
        return worst_first(self.of(position) for position in positions if role_of(position, who))

    def _today(self, position: Position) -> date:
        return self._clock().astimezone(ZoneInfo(position.time_zone)).date()
