"""What people were told of industry dates that were moved, by the rows of a firm: a move is told once."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flows.asked import ARRIVED, CLOSED, Kept
from flows.deadlines import Ledger, Value
from flows.reminders.milestones import held, is_a_move
from flows.reminders.snoozing import base_key, subject_of
from flows.reminders.telling import People

MOVED = "|moved|"
"""In the key of what tells of a move, or that one was taken back."""

A_MOMENT = timedelta(milliseconds=1)


class Announced:
    """Which notices arrived, and what the last one of each date said to each person."""

    def __init__(self, rows: Iterable[Kept], ledger: Ledger, people: People) -> None:
        self._ledger = ledger
        self._people = people
        self._keys: set[str] = set()
        self._last: dict[tuple[str, str], datetime] = {}
        for row in rows:
            if MOVED in row.owed.key:
                self._take(row)

    def _take(self, row: Kept) -> None:
        arrived = row.outcome in (*ARRIVED, CLOSED)
        if arrived or (not row.settled and row.owed.tries > 0):  # it may just arrive
            self._keys.add(base_key(row.owed.key))
        if arrived:
            whose = row.owed.person, subject_of(row.owed)
            said = datetime.fromtimestamp(row.owed.said_at or row.owed.due_at, UTC)
            self._last[whose] = max(said, self._last.get(whose, said))

    def is_told(self, key: str) -> bool:
        """Whether this notice arrived, or may just arrive."""
        return key in self._keys

    def last(self, person: str, deadline: str) -> Value | None:
        """What they were told last that it is; None where no notice of it arrived lately."""
        said = self._last.get((person, f"milestone:{deadline}"))
        return self.held(person, deadline, said) if said else None

    def held(self, person: str, deadline: str, at: datetime) -> Value | None:
        """What held just before this instant, by what was known then where they are."""
        return held(self._ledger, deadline, at, self._people.hours(person).day_of(at))

    def was_moved(self, person: str, deadline: str, at: datetime) -> bool:
        """Whether what came to be known at this instant moved the date, and did more than to refine it."""
        return is_a_move(
            self.held(person, deadline, at - A_MOMENT),  # an announcement counts from the first of its day on
            self.held(person, deadline, at + A_MOMENT),
        )
