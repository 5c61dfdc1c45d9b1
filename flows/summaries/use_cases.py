"""What people read of summaries: where a firm stands and what changed, or all firms of theirs, the worst first."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from flows.acts import Act, Result
from flows.acts import Change as Changing
from flows.events import AnyEvent, Every, FirmKey
from flows.firms import Person, require, role_of
from flows.ports import Directory, EventStore
from flows.position import Position
from flows.roadmap import Pack
from flows.summaries import setting
from flows.summaries.changes import Change, changes
from flows.summaries.portfolio import worst_first
from flows.summaries.posting import UNSEEN, Seen
from flows.summaries.standing import Standing, standing
from flows.zones import zone_of

LATELY = timedelta(7)
"""For how long a change is news to somebody who asks."""

MOST_ROWS = 200
"""Rows of a firm's history that are looked through for what changed."""

MOST_FIRMS = 500
"""Firms beside each other; more are named one by one."""


AT_ONCE = 50

Look = Callable[[str, str], Awaitable[Seen]]
"""By tenant and our id of the channel."""


async def _unseen(tenant: str, channel: str) -> Seen:
    return UNSEEN


class Summaries:
    """Everything one can ask about where firms stand. `clock` is business time, aware."""

    def __init__(
        self,
        events: EventStore,
        directory: Directory,
        pack: Pack,
        clock: Callable[[], datetime],
        change: Changing,
    ) -> None:
        self._events = events
        self._directory = directory
        self._change = change
        self._pack = pack
        self._clock = clock
        self.look: Look = _unseen
        """What the chat says of a channel before something is posted there; given by whoever is connected to it."""

    def of(self, position: Position) -> Standing:
        """Where this firm stands on the day it is in its own zone."""
        return standing(self._pack, position, self._today(position))

    async def lately(self, position: Position, who: Person) -> tuple[Change, ...]:
        """What changed in the last days, the newest first. Raises Refusal where the person is no member."""
        require(position, who, "viewer")
        return await self.changes(position)

    async def changes(
        self, position: Position, since: datetime | None = None, *, most: int | None = None
    ) -> tuple[Change, ...]:
        """What changed after this, else in the last days, the newest first; `most` rows of history are looked at."""
        rows = await self._events.history(position.key, limit=most or MOST_ROWS)
        return changes(self._pack, position, rows, since or self._clock().astimezone(UTC) - LATELY)

    async def beside(self, keys: Sequence[FirmKey], who: Person) -> list[Standing]:
        """Where these firms stand, the worst first; those that the person is no member of are left out."""
        found: list[Standing] = []
        for first in range(0, min(len(keys), MOST_FIRMS), AT_ONCE):
            # A part at a time, so that others get their turn while many are read for the first time.
            positions = await self._events.positions(keys[first : min(first + AT_ONCE, MOST_FIRMS)])
            found += [self.of(position) for position in positions if role_of(position, who)]
        return worst_first(found)

    async def post(
        self, key: FirmKey, act: Act, channel: str, every: Every | None, *, shared: bool = False, name: str = ""
    ) -> Result:
        """Post the firm's summary to a channel, now and (unless `once`) again at this person's hour. See `setting`."""
        reach = (await self._directory.reach(key.tenant, [act.who.id]))[act.who.id]

        def decide(p: Position) -> list[AnyEvent]:
            return setting.set_summary(p, act.who, channel, every, reach=reach, shared=shared, name=name)

        return await self._change(key, act, decide)

    async def stop(self, key: FirmKey, act: Act, channel: str) -> Result:
        """Post it there no more."""
        return await self._change(key, act, lambda p: setting.stop_summary(p, act.who, channel))

    def _today(self, position: Position) -> date:
        return self._clock().astimezone(zone_of(position.time_zone)).date()
