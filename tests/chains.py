"""A history and the position it is said to lead to, checked as `cais verify` checks what a database holds."""

from collections.abc import Sequence

from flows.events import Record
from flows.position import SHAPE, Position
from flows.records import Broken, Stored, verify_stored


def broken(records: Sequence[Record], position: Position) -> Broken | None:
    """The first thing that does not hold; None where the chain is whole and adds up to the position."""
    return verify_stored(
        Stored(
            key=position.key,
            records=tuple(records),
            stands_at=(position.version, position.head),
            snapshot=position,
            shape=SHAPE,
            name=position.name,
            members=position.members,
            channels=frozenset(position.channels),
        )
    )
