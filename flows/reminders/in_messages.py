"""What becomes of items that stand in messages: done, given away, gone or dated anew; and what is drawn anew for it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from flows import workspace as shared
from flows.asked import CLOSED, REDRAW, Kept, Owed
from flows.events import FirmKey
from flows.reminders.basis import SENT, Basis, rung_of, stands
from flows.reminders.redating import BESIDE_IT, about_anew, behind_now, date_now, kept_anew, written
from flows.reminders.rung import Found, Rung
from flows.reminders.snoozing import subject_of


def redraw(key: FirmKey, person: str, message: str, why: str, now: float) -> Owed:
    """That a message of somebody's is to be drawn anew, now."""
    return Owed(
        tenant=key.tenant,
        key=f"redraw|{key.firm}|{message}|{why}|{now:.3f}",
        firm=key.firm,
        kind=REDRAW,
        person=person,
        about=message,
        due_at=now,
        slot=f"redraw:{message}",
    )


class InMessages:
    """One firm's. `found`: all that hold, of which the industry dates are looked up that somebody is told of."""

    def __init__(self, basis: Basis, found: Iterable[Found]) -> None:
        self._position = basis.facts.position
        self._basis = basis
        self._rows = basis.rows
        self._people = basis.people
        self._workspace = basis.workspace
        self._now = basis.now
        told = (one.rung for one in found if one.rung.subject.startswith("milestone:"))
        self._milestones = {(rung.person, rung.subject) for rung in told}
        self._withdrawn = {str(number) for number in shared.withdrawn_revisions(basis.workspace)}
        """Revisions of industry dates that were a mistake."""
        self._behind_now: dict[str, str] = {}

    def outcomes(self) -> Iterator[tuple[str, str]]:
        """Rows in a message whose item was done, given away or is gone, and those where that was taken back."""
        for row in self._rows.values():
            if not stands(row):
                continue
            rung = rung_of(row.owed)
            there = self._is_there(rung)
            if there and row.outcome == CLOSED:
                yield row.owed.key, SENT
            elif not there and row.outcome != CLOSED and not self._has_passed(rung) and not self._is_lost(rung):
                yield row.owed.key, CLOSED

    def changed(self, outcomes: Mapping[str, str]) -> Iterator[str]:
        """Rows whose message is another one by these outcomes.

        A version before went by the day, and called a row sent whose date was set anew: of that its message tells.
        """
        for key, outcome in outcomes.items():
            rung = rung_of(self._rows[key].owed)
            told = outcome == CLOSED and rung.kind not in BESIDE_IT and rung.drawn not in ("", written(rung.on))
            if not told or rung.drawn != written(date_now(self._basis.pack, self._position, rung)):
                yield key

    def _is_there(self, rung: Rung) -> bool:
        """Whether it is still to be done, and theirs. Of a move, whether they are told of that industry date at all."""
        if not rung.subject.startswith("milestone:") or rung.kind == "before":
            return self._basis.standing.holds(rung)
        return (rung.person, rung.subject) in self._milestones and not self._is_mistaken(rung)

    def _is_mistaken(self, rung: Rung) -> bool:
        return rung.subject.startswith("milestone:") and rung.revision in self._withdrawn

    def _is_lost(self, rung: Rung) -> bool:
        """What stands with somebody who cannot be written to is still to be done, by whomever."""
        return not self._people.reach(rung.person).reachable

    def _has_passed(self, rung: Rung) -> bool:
        """An industry date that has passed is not done, and its message says so anyway."""
        today = self._people.hours(rung.person).day_of(self._now)
        is_one = rung.subject.startswith("milestone:") and not self._is_mistaken(rung)
        return is_one and rung.on is not None and rung.on < today

    def about(self, comes: Mapping[str, Found], dropped: Iterable[str]) -> Iterator[tuple[str, str]]:
        """What rows say they are about, where their date, what comes before it or how long a pause keeps it changed.

        `comes`: what waits to be sent, by the key of its row; `dropped`: the keys of rows that no longer do.
        """
        gone = set(dropped)
        by_their_date = {key for key, one in comes.items() if one.rung.kind not in BESIDE_IT}
        for key, row in self._rows.items():
            if key in gone or (row.settled and not stands(row)) or self._has_left(row):
                continue
            rung = rung_of(row.owed)
            now = date_now(self._basis.pack, self._position, rung)
            behind = self._behind(rung)
            kept = kept_anew(row.owed, rung, comes.get(key), self._now)
            if about := about_anew(row, rung, now, behind, dated=key not in by_their_date, kept_until=kept):
                yield key, about

    def _behind(self, rung: Rung) -> str:
        """What comes before it now; most rows are about what others are about, too."""
        found = self._behind_now.get(rung.subject)
        if found is None:
            found = self._behind_now[rung.subject] = behind_now(self._basis.walk, rung)
        return found

    def _has_left(self, row: Kept) -> bool:
        """Whether its recipient is not in the firm any more: their message is not to show what becomes of it."""
        return row.owed.person not in self._position.members

    def recounted(self) -> Iterator[str]:
        """Rows whose message says how many trading days it is to a date, where these are counted otherwise now."""
        edited = shared.days_edited_since(self._workspace, self._basis.planned)
        for key, row in self._rows.items() if edited else ():
            if not stands(row) or self._has_left(row):
                continue
            rung, said = rung_of(row.owed), datetime.fromtimestamp(row.owed.due_at, UTC)
            day = self._people.hours(row.owed.person).day_of(said)
            if rung.kind == "before" and rung.on and any(day <= one <= rung.on for one in edited):
                yield key

    def restated(self) -> Iterator[str]:
        """Rows whose message says of a change that it was taken back, and what holds, where that may be another now."""
        subjects = {f"milestone:{one}" for one in shared.deadlines_revised_since(self._workspace, self._basis.planned)}
        for key, row in self._rows.items() if subjects else ():
            if not stands(row) or subject_of(row.owed) not in subjects or self._has_left(row):
                continue
            if rung_of(row.owed).revision in self._withdrawn:
                yield key

    def redraw(self, changed: Iterable[str]) -> Iterator[Owed]:
        of = {row.owed.message: row.owed.person for row in map(self._rows.__getitem__, changed) if stands(row)}
        for message, person in of.items():
            yield redraw(self._position.key, person, message, str(self._position.version), self._now.timestamp())
