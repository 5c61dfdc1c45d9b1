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


class Ledger:
    """Every deadline's revisions."""

    def __init__(self) -> None:
        rows = json.loads((files("tests.simulation.oracle") / "revisions.json").read_text())
        self.revisions = [_read(row) for row in rows]
        self._known: dict[tuple[str, date], Revision | None] = {}

    def enter(self, deadline: str, known: date, day: date) -> None:
        """An admin's own; it is told of where something else was known before."""
        before = self.as_of(deadline, date.max)
        told = before is not None and before.day != day
        self.revisions.append(Revision(deadline, 1000 + len(self.revisions), known, day, told, entered=True))
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
        """What says the day that was known already is no revision, whoever said it first."""
        earlier = [r for r in self.revisions if r.deadline == revision.deadline and _order(r) < _order(revision)]
        before = max(earlier, key=_order, default=None)
        return revision.told and (before is None or revision.day is None or before.day != revision.day)


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
