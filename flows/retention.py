"""What of a firm's record is older than a number of years: a list by age, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from flows.asked import Asked
from flows.events import Record
from flows.position import Position
from flows.zones import zone_of

YEARS = 6
"""The longest period that the SEC's Rule 17a-4 and FINRA's Rule 4511 name for records like these."""

_KINDS = {"evidence_added": "evidence", "note_added": "notes", "answer_given": "answers"}


class Past(msgspec.Struct, frozen=True):
    """What was recorded before a day. `kinds` counts some entries by what they are; `oldest` None for nothing."""

    entries: int
    of: int
    oldest: date | None
    kinds: Mapping[str, int]
    documents: int
    questions: int

    @property
    def anything(self) -> bool:
        """Whether there is something."""
        return bool(self.entries or self.documents or self.questions)


def years_before(today: date, years: int) -> date:
    """The same day so many years ago; of a February 29 the 28th."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def past(position: Position, rows: Sequence[Record], asked: Sequence[Asked], before: date) -> Past:
    """What was recorded before this day of the firm's own."""
    zone = zone_of(position.time_zone)

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    old = [row for row in rows if day(row.at) < before]
    kinds: dict[str, int] = {}
    for row in old:
        if row.type in _KINDS:
            kinds[_KINDS[row.type]] = kinds.get(_KINDS[row.type], 0) + 1
    days = [day(row.at) for row in old]
    return Past(
        entries=len(old),
        of=len(rows),
        oldest=min(days, default=None),
        kinds=kinds,
        documents=sum(1 for known in position.documents.values() if day(known.at) < before),
        questions=sum(1 for each in asked if day(datetime.fromisoformat(each.asked_at)) < before),
    )
