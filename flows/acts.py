"""Who does what through which surface, and what came of it."""

import msgspec

from flows.events import Record
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
