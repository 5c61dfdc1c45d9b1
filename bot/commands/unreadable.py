"""A firm whose record cannot be read, as somebody changed it: it is named, and keeps no other firm back."""

from collections.abc import Sequence

import msgspec

from bot.commands.verify import whose
from flows.events import FirmKey, Record
from flows.records import verify
from storage.database import Database
from storage.errors import Undecodable

FAULTS = (msgspec.MsgspecError, ValueError, TypeError, Undecodable)
"""What reading such a record raises."""


def must_be_readable(rows: Sequence[Record]) -> None:
    """Raises one of FAULTS where an event cannot be read, or there is none. What was changed and can be read passes."""
    if not rows or _first_fault(rows):
        raise ValueError("There is nothing to read.")


async def why(database: Database, key: FirmKey) -> str:
    """Which firm it is, and what cannot be read of it, in a sentence for whoever runs the app."""
    try:
        rows = await database.events.history(key)
        at = _first_fault(rows)
        what = f"event {at} is not what was recorded" if at else "what its events add up to makes no sense"
        what = what if rows else "there is no event of it"
        if at and _holds(rows):
            what = f"event {at} is of no kind known to this version, and a newer one may have written it"
    except Undecodable:
        what = f"event {await database.audit.first_undecodable(key)} is no text"
    return f"{whose(key, *await database.audit.called(key))} cannot be read: {what}. `cais verify` says more."


def _holds(rows: Sequence[Record]) -> bool:
    try:
        return verify(rows) is None
    except (ValueError, TypeError):
        return False


def _first_fault(rows: Sequence[Record]) -> int:
    for row in rows:
        try:
            _ = row.event, row.at
        except (msgspec.MsgspecError, ValueError, TypeError):
            return row.sequence
    return 0
