"""What a pause keeps for somebody while a click takes it away: the undo of that click brings it back to be said.

What comes back otherwise, as where a task is given to them again, a new answer brings it, or they turn reminders on
again, is held by a moment of its own: what lay before that is skipped, in a pause or not.
"""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from flows.asked import Owed
from flows.position import Undoing, works
from flows.reminders.rung import Found
from flows.reminders.telling import People


class Slip(msgspec.Struct, frozen=True):
    """What the row of a reminder says beside what it reminds of.

    `taken_at`: the plan that found it not to hold any more, as long as it does not. `brought_back`: by an undo.
    """

    taken_at: datetime | None = None
    brought_back: bool = False


_decode = msgspec.json.Decoder(Slip).decode
_TAKEN = '"taken_at":"'
"""In what a row is about that a click took away: hardly any is, and all are asked."""


def slip_of(row: Owed) -> Slip:
    """What the row says of a click that took it away."""
    return _decode(row.about)


def marked(about: str, slip: Slip) -> str:
    """What a row is about, with this."""
    return msgspec.json.encode({**msgspec.json.decode(about), **msgspec.to_builtins(slip)}).decode()


class Slips:
    """Of a firm's rows in one plan. `seen`: the plan before; `changed`: the first of what came since that."""

    def __init__(self, people: People, now: datetime, seen: datetime, changed: datetime) -> None:
        self._people = people
        self._undoings = people.position.undoings
        self._now = now
        self._seen = seen
        self._changed = changed

    def after(self, row: Owed, one: Found | None) -> Owed | None:
        """The row as it is from now on; None where it does not stay. `one`: what it is about, where that holds."""
        if one is not None and one.said and _TAKEN not in row.about:
            return row
        was = slip_of(row)
        slip = self._after(row, one, was)
        if slip is None or slip == was:
            return None if slip is None else row
        return replace(row, about=marked(row.about, slip))

    def _after(self, row: Owed, one: Found | None, slip: Slip) -> Slip | None:
        if one is None:
            return replace(slip, taken_at=slip.taken_at or self._now) if self._is_kept(row) else None
        if slip.taken_at is None:
            is_back = not one.said and any(one.since == u.undone for u in self._back(one, self._seen))
            return Slip(brought_back=True) if is_back and self._is_kept(row) else slip
        if any(u.clicked <= slip.taken_at for u in self._back(one, slip.taken_at)):
            return Slip(brought_back=True)
        return Slip() if one.at >= self._changed else None

    def _is_kept(self, row: Owed) -> bool:
        """Whether a pause keeps this row for somebody who does tasks in the firm, and is reminded of them."""
        reach, hours = self._people.reach(row.person), self._people.hours(row.person)
        if reach.habits.off or not reach.reachable or not works(self._people.position.members.get(row.person)):
            return False
        return self._now.timestamp() < row.due_at <= hours.held_back(self._now).timestamp()

    def _back(self, one: Found, away_since: datetime) -> list[Undoing]:
        """The undos since then of what was clicked after this was to be said, but for the pause."""
        return [u for u in self._undoings if one.at < u.clicked and u.undone > away_since]
