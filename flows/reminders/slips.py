"""What a pause keeps for somebody while a click takes it away: the undo of that click brings it back to be said.

What comes back otherwise, as where a task is given to them again, a new answer brings it, or they turn reminders on
again, is held by a moment of its own: what lay before that is skipped, in a pause or not.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from flows.asked import Owed
from flows.position import Undoing, works
from flows.reminders.rung import Found
from flows.reminders.telling import People


class Slip(msgspec.Struct, frozen=True):
    """What the row of a reminder says beside what it reminds of.

    `taken_at`: the plan that found it not to hold any more, as long as it does not. `back_at`: the undo that brought it
    back, which is the moment that it holds since. `unsaid_at`: the first moment that it lies before, so that it is not
    said; it stays for the case that its hour is set back, or that moment is undone.
    """

    taken_at: datetime | None = None
    back_at: datetime | None = None
    unsaid_at: datetime | None = None


_decode = msgspec.json.Decoder(Slip).decode
_MARKS = '"taken_at":"', '"unsaid_at":"'
"""In what a row is about of which there is something to say: of hardly any is, and all are asked."""


def slip_of(row: Owed) -> Slip:
    """What the row says of a click that took it away."""
    return _decode(row.about)


def is_back(row: Owed, one: Found) -> bool:
    """Whether an undo brought it back, and it holds by that."""
    return slip_of(row).back_at == one.since


def marked(about: str, slip: Slip) -> str:
    """What a row is about, with this."""
    return msgspec.json.encode({**msgspec.json.decode(about), **msgspec.to_builtins(slip)}).decode()


class Slips:
    """Of a firm's rows in one plan. `unseen`: when the first was recorded of what the plan before did not know, if any
    was; `is_owed`: whether the plan would owe what holds, if no row of it were there."""

    def __init__(
        self, people: People, now: datetime, unseen: datetime | None, is_owed: Callable[[Found], bool]
    ) -> None:
        self._people = people
        self._now = now
        self._unseen = unseen
        self._is_owed = is_owed
        self._new = [u for u in people.position.undoings if unseen and u.undone >= unseen]
        """Undos that the plan before did not know."""

    def after(self, row: Owed, one: Found | None) -> Owed | None:
        """The row as it is from now on; None where it does not stay. `one`: what it is about, where that holds."""
        if one is not None and one.said and not any(mark in row.about for mark in _MARKS):
            return row
        was = slip_of(row)
        slip = self._asleep(row, was) if one is None else self._found(row, one, was)
        if slip is None:
            return None
        return row if slip == was else replace(row, about=marked(row.about, slip))

    def wakes(self, row: Owed) -> float:
        """When what sleeps is looked at: at the end of the pause, where that is later by now.

        Where it is earlier, what lies after it is not held back any more, and nobody knows of a row whether it does:
        it is let go of by the first plan after the pause, and what is still to come is owed anew by an undo.
        """
        return max(row.due_at, self._people.hours(row.person).pause_ends().timestamp())

    def _asleep(self, row: Owed, slip: Slip) -> Slip | None:
        """A click took it away, while a pause keeps it for somebody who does tasks and is reminded of them."""
        reach, hours = self._people.reach(row.person), self._people.hours(row.person)
        if reach.habits.off or not reach.reachable or not works(self._people.position.members.get(row.person)):
            return None
        if not hours.is_paused(self._now) or row.due_at <= self._now.timestamp():
            return None
        if slip.taken_at:
            return slip
        if self._unseen is None or row.due_at > hours.pause_ends().timestamp():
            return None
        return replace(slip, taken_at=max(self._now, self._unseen))  # by the clock of whoever recorded the click

    def _found(self, row: Owed, one: Found, slip: Slip) -> Slip | None:
        if slip.taken_at is None:
            if one.said or one.since == slip.back_at:
                return replace(slip, unsaid_at=None)
            kept_then = any(row.due_at > u.undone.timestamp() for u in self._back(one, slip.unsaid_at))
            return Slip(back_at=one.since) if kept_then else Slip(unsaid_at=slip.unsaid_at or one.since)
        if not self._back(one, slip.taken_at):
            return Slip() if one.said and self._is_owed(one) else None
        if slip.unsaid_at and not self._back(one, slip.unsaid_at):
            return replace(slip, taken_at=None)
        return Slip() if one.said else Slip(back_at=one.since)

    def _back(self, one: Found, away_at: datetime | None) -> list[Undoing]:
        """The undos that may have brought it back, of what was clicked by then, and after it was to be said, but for
        the pause."""
        clicked = (u for u in self._new if one.at < u.clicked and (away_at is None or u.clicked <= away_at))
        return [u for u in clicked if one.said or one.since == u.undone]
