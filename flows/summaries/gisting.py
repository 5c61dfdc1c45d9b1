"""Sees to it that what is appended to many firms at once brings their gists along.

After one click the next plan does that, a second later, and whoever looks before makes the one that is missing. Of
hundreds that are missing nobody can wait for all.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from flows.events import FirmKey, Record
from flows.gist import gist
from flows.ports import Changed, Decide, EventStore
from flows.position import Position
from flows.roadmap import Pack


class WithGists:
    """An event store that keeps each firm in a few numbers beside its position."""

    def __init__(self, events: EventStore, pack: Pack) -> None:
        self._events = events
        self._pack = pack

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        """As the store's own, with the gist of what it leads to."""

        def decided(position: Position, history: Sequence[Record]) -> Changed:
            changed = decide(position, history)
            return replace(changed, gist=gist(self._pack, changed.position)) if changed.records else changed

        return await self._events.change(key, decided, cause=cause, with_history=with_history)

    async def position(self, key: FirmKey) -> Position | None:
        """As the store's own."""
        return await self._events.position(key)

    async def positions(self, keys: Sequence[FirmKey]) -> Sequence[Position]:
        """As the store's own."""
        return await self._events.positions(keys)

    async def history(
        self, key: FirmKey, *, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
    ) -> Sequence[Record]:
        """As the store's own."""
        return await self._events.history(key, types=types, limit=limit, before=before)

    async def firm_keys(self) -> Sequence[FirmKey]:
        """As the store's own."""
        return await self._events.firm_keys()
