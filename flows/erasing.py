"""What is kept of a firm in rows that are not its alone: where the firm goes, they stay, without it."""

from collections.abc import Callable, Mapping

import msgspec

from flows import nudging
from flows.asked import Owed
from flows.firm_lists import erasing as lists
from flows.firm_lists.use_cases import LOOK, MAKE, READ
from flows.nudging import NUDGE
from flows.position import Position

_WITHOUT: Mapping[str, Callable[[Owed, Position], Owed | None]] = {
    NUDGE: nudging.without,
    READ: lists.unread_without,
    LOOK: lists.look_without,
    MAKE: lists.part_without,
}

SHARED = frozenset(_WITHOUT)
"""Kinds of rows of the outbox that may be about several firms, or about one without naming its id."""


def without(row: Owed, gone: Position) -> Owed | None:
    """The row with nothing of this firm in it; None where nothing is left of it then."""
    try:
        return _WITHOUT[row.kind](row, gone)
    except msgspec.DecodeError:  # a later version wrote it
        return None if row.firm == gone.key.firm else row
