"""The industry dates: what was known on which day, from the published history, a row for each announcement."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

MOVED = ("date_set", "moved_later", "moved_earlier", "postponed_to_tbd", "tbd_updated")


@dataclass(frozen=True)
class Revision:
    """One announcement. It counts from the latest day it can have been made; `day` is the one day it names, if any."""

    deadline: str
    number: int
    known: date
    day: date | None
    told: bool
    entered: bool = False
    """By an admin, and not part of the history."""
    opens: date | None = None
    """The first day of a window that an admin entered; `day` is its last."""

    def says_no_more_than(self, before: "Revision") -> bool:
        """The same day, or one within the window that was known: neither is told."""
        if before.day is None or self.day is None:
            return False
        within = before.opens is not None and before.opens <= (self.opens or self.day) <= self.day <= before.day
        return within or before.day == self.day


class Ledger:
    """Every deadline's revisions."""

    def __init__(self) -> None:
        rows = json.loads((files("tests.simulation.oracle") / "revisions.json").read_text())
        self.revisions = [_read(row) for row in rows]
        self._known: dict[tuple[str, date], Revision | None] = {}

    def enter(self, deadline: str, known: date, day: date, opens: date | None = None) -> None:
        """An admin's own; it is told of where something else was known before."""
        number = 1000 + len(self.revisions)
        self.revisions.append(Revision(deadline, number, known, day, told=True, entered=True, opens=opens))
        self._known.clear()

    def as_of(self, deadline: str, day: date, without: Collection[int] = ()) -> Revision | None:
        if without:
            return self._as_of(deadline, day, without)
        if (deadline, day) not in self._known:
            self._known[deadline, day] = self._as_of(deadline, day)
        return self._known[deadline, day]

    def _as_of(self, deadline: str, day: date, without: Collection[int] = ()) -> Revision | None:
        counted = [r for r in self.revisions if r.deadline == deadline and r.known <= day and r.number not in without]
        return max(counted, key=_order, default=None)

    def is_news(self, revision: Revision) -> bool:
        """What says the day that was known already is no revision, whoever said it first; nor is what refines it."""
        earlier = [r for r in self.revisions if r.deadline == revision.deadline and _order(r) < _order(revision)]
        before = max(earlier, key=_order, default=None)
        return revision.told and before is not None and not revision.says_no_more_than(before)


def _order(revision: Revision) -> tuple[date, int]:
    return revision.known, revision.number


def _read(row: dict[str, Any]) -> Revision:
    certain = row["confidence"] != "unverified"
    return Revision(
        deadline=row["deadline"],
        number=row["number"],
        known=date.fromisoformat(row["latest"]),
        day=date.fromisoformat(row["day"]) if row["day"] and certain else None,
        told=certain and row["class"] in MOVED,
    )
