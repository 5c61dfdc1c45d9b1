"""What putting a reminder off, or waking it, changes in the outbox: decided from the firm's rows as they are then."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count

from msgspec.structs import replace

from flows.asked import Kept, Owed
from flows.events import FirmKey
from flows.ports import Rearranged
from flows.reminders.in_messages import redraw
from flows.reminders.snoozing import base_key, is_about_the_same, snoozed


def put_off(
    rows: Sequence[Kept],
    row: Owed,
    until: datetime,
    *,
    day: date | None,
    due: datetime,
    cause: str,
    now: datetime,
) -> Rearranged:
    """It sleeps `until` then, and comes when it is `due`, in the place of what slept of the same subject.

    `day`: the one that was chosen, if one was.
    """
    again = replace(_fresh(rows, row, until, day, now), due_at=due.timestamp())
    ended = _asleep(rows, row.person, lambda other: other.key != again.key and is_about_the_same(other, row))
    return Rearranged(ended, (again, *_redraws(rows, row, (row.key, *ended), row.message, cause, now)))


def woken(rows: Sequence[Kept], row: Owed, *, elsewhere: bool, cause: str, now: datetime) -> Rearranged:
    """It does not come back by itself. `elsewhere`: whoever wakes it does so not where it stands."""
    ended = _asleep(rows, row.person, lambda other: base_key(other.key) == base_key(row.key))
    here = "" if elsewhere else row.message
    return Rearranged(ended, tuple(_redraws(rows, row, (row.key, *ended), here, cause, now)))


def _fresh(rows: Iterable[Kept], row: Owed, until: datetime, day: date | None, now: datetime) -> Owed:
    """One that was put off until then, and woken, is settled under its key: the next one has another."""
    settled = {one.owed.key for one in rows if one.settled}
    again = (snoozed(row, until, now, nth, day=day) for nth in count())
    return next(one for one in again if one.key not in settled)


def _asleep(rows: Iterable[Kept], person: str, of: Callable[[Owed], bool]) -> tuple[str, ...]:
    theirs = (one.owed for one in rows if not one.settled and one.owed.kind == "snooze" and one.owed.person == person)
    return tuple(sorted(owed.key for owed in theirs if of(owed)))


def _redraws(
    rows: Iterable[Kept], row: Owed, changed: Iterable[str], here: str, cause: str, now: datetime
) -> Iterator[Owed]:
    """Messages other than the one that was clicked that say until when it is put off, which is another time now."""
    bases = {base_key(key) for key in changed}
    for message in sorted({one.owed.message for one in rows if one.owed.key in bases} - {"", here}):
        yield redraw(FirmKey(row.tenant, row.firm), row.person, message, cause, now.timestamp())
