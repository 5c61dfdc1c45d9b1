"""Which entries of a firm's history somebody wants to see: about a task or step, by a person, of a period."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from flows.events import Record
from flows.periods import Period
from flows.position import Position
from flows.roadmap import Pack
from flows.zones import zone_of


class Filter(msgspec.Struct, frozen=True):
    """What is wanted; empty fields want everything.

    `task` is a task's id (with all its repeats), the key of one repeat, or `step 3`, `step 6-II-A`. `person` is an id.
    """

    task: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def period(self) -> Period:
        """The days."""
        return Period(self.first, self.last)


def sought(pack: Pack, position: Position, rows: Iterable[Record], wanted: Filter) -> list[Record]:
    """The rows that fit, in their order.

    A row is of a day where it was recorded on it or where it says that it happened on it: both stand beside it.
    """
    about = _About(pack, wanted.task) if wanted.task else None
    zone, period = zone_of(position.time_zone), wanted.period
    dated = wanted.first is not None or wanted.last is not None
    return [
        row
        for row in rows
        if (not wanted.person or row.actor == wanted.person)
        and (not dated or any(day in period for day in days_of(row, zone)))
        and (about is None or about.this(row))
    ]


def days_of(row: Record, zone: ZoneInfo) -> Sequence[date]:
    """The day it was recorded in the firm's zone, and the day it happened where that was said."""
    recorded = row.at.astimezone(zone).date()
    return (recorded, date.fromisoformat(row.happened_on)) if row.happened_on else (recorded,)


def people(position: Position, rows: Iterable[Record]) -> Mapping[str, str]:
    """Everybody who recorded something, and every member: id and the name they had last."""
    named = {row.actor: row.actor_name for row in rows}
    return {**named, **{m.person: m.name or named.get(m.person, "") for m in position.members.values()}}


class _About:
    """Whether a row is about a task, or about any task of a step or part; an answer is about what asks for it."""

    def __init__(self, pack: Pack, task: str) -> None:
        part = task.removeprefix("step ") if task.startswith("step ") else ""
        self._task, self._part = task, part
        self._ids = {t.id for t in pack.tasks.values() if part and _within(t.part, part)} or {task}
        self._facts = {t.sets for t in pack.tasks.values() if t.sets and t.id in self._ids}

    def this(self, row: Record) -> bool:
        event = row.event
        named, of_step = getattr(event, "task", ""), getattr(event, "step", "")
        if self._part and of_step and (_within(of_step, self._part) or _within(self._part, of_step)):
            return True
        if getattr(event, "fact", "") in self._facts:
            return True
        return bool(named) and (named == self._task or named.partition("[")[0] in self._ids)


def _within(part: str, whole: str) -> bool:
    """`6-II-A` is within `6-II` and within `6`."""
    return part == whole or part.startswith(f"{whole}-")
