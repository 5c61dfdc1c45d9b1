"""Who does what through which surface, and what came of it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from flows.events import AnyEvent, FirmKey, Record
from flows.firms import Person
from flows.position import Position


class Act(msgspec.Struct, frozen=True):
    """Who does something, through what (`command`, `button`, `modal`, `message`), and Slack's own id for it."""

    who: Person
    source: str
    cause: str | None = None


class Result(msgspec.Struct, frozen=True):
    """Where the firm is now. No records: it was recorded already, or the card was out of date."""

    position: Position
    records: tuple[Record, ...]

    @property
    def changed(self) -> bool:
        """Whether anything new was recorded."""
        return bool(self.records)


class Change(Protocol):
    """How a firm is changed; see `Services`."""

    async def __call__(
        self, key: FirmKey, act: Act, decide: Callable[[Position], Sequence[AnyEvent]], **texts: Any
    ) -> Result:
        """Decide and record."""
