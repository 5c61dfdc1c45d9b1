"""One reminder for one person, and what all of them are worked out with."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from flows.events import FirmKey
from flows.habits import Reach, Rules
from flows.position import Position
from flows.reminders.announced import Announced
from flows.reminders.ladders import Step, ladders_of
from flows.reminders.telling import People
from flows.trading_days import Calendar

Kind = Literal["before", "late", "wait", "moved", "given", "possible", "unreachable"]

LOOK_BACK = timedelta(120)
"""What was to be told once longer ago is not owed any more: rows about it are forgotten some time after."""

USUAL = Rules()
"""Of a firm that set none of its own."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Rung(msgspec.Struct, frozen=True):
    """One reminder for one person.

    `rung`: how many trading days before, or which one in a row. `revision`: what set the date. `on`: the date it is
    about; of a wait the day it began. `skipped`: holidays that were not counted. `drawn`: the date that its message was
    drawn with last, where that is not `on`; `behind`: the tasks that it was drawn as coming after; `kept_until`: until
    when a pause keeps it that was set after it was planned; see flows.reminders.redating. `every`: how many days those
    of what is late, or of a wait, are apart, where a firm set that itself; else 0.
    """

    person: str
    subject: str
    kind: Kind
    rung: int
    revision: str
    due_at: datetime
    on: date | None = None
    skipped: tuple[str, ...] = ()
    drawn: str = ""
    behind: str = ""
    every: int = 0
    kept_until: datetime | None = None

    def key(self, firm: FirmKey) -> str:
        """What it is known by, whenever it is worked out again.

        The second of those that come every seven days is another one than the second of every two.
        """
        which = f"{self.rung}/{self.every}" if self.every else str(self.rung)
        return f"{firm.firm}|{self.subject}|{self.person}|{self.kind}|{which}|{self.revision}"


class Found(NamedTuple):
    """A reminder, the moment that made it true, and when it would be said if there were no pause."""

    rung: Rung
    since: datetime
    at: datetime

    @property
    def said(self) -> bool:
        """It is not where only a later moment made it true."""
        return self.at >= self.since

    def said_by(self, due_at: float) -> bool:
        """Whether a row that was owed for this time still stands: it does where only the person's hours moved since."""
        return self.said or due_at >= self.since.timestamp()


class Dated(NamedTuple):
    """A date, what set it, and from when on it holds."""

    subject: str
    on: date
    revision: str
    since: datetime


class Workings:
    """What a firm's reminders are worked out with, up to a day after `until`; of all, or of what these are about.

    `announced`: what people were told of industry dates; None where that is not known.
    """

    def __init__(
        self,
        position: Position,
        people: Mapping[str, Reach],
        calendar: Calendar,
        *,
        until: datetime,
        now: datetime,
        of: Collection[Rung] | None = None,
        announced: Announced | None = None,
    ) -> None:
        self.position = position
        self.announced = announced
        self._wanted = None if of is None else {part for rung in of for part in _parts(rung)}
        self.rules = position.reminders
        late, wait = self.rules.late_every, self.rules.wait_every
        self._own_intervals: Mapping[Kind, int] = {
            "late": 0 if late == USUAL.late_every else late,
            "wait": 0 if wait == USUAL.wait_every else wait,
        }
        self.now = now
        self.last = (until + timedelta(2)).date()
        self.calendar = calendar
        self.ladders = ladders_of(calendar)
        self.people = People(position, people, calendar)
        self.set_up = position.set_up_at or BEGINNING
        self._hours: dict[tuple[str, date], tuple[datetime, datetime]] = {}

    def wants(self, subject: str, *kind: Kind) -> bool:
        """Whether this subject is asked about, and of it this kind."""
        return self._wanted is None or (subject, *kind) in self._wanted

    def _wanted_of(self, subject: str, kind: Kind, steps: Sequence[Step]) -> Sequence[Step]:
        if self._wanted is None:
            return steps
        return [step for step in steps if (subject, kind, step.nth) in self._wanted]

    def changed(self, subject: str) -> datetime:
        """When something that keeps no time of its own changed last; see `Position.changed_at`."""
        return self.position.changed_at.get(subject, BEGINNING)

    def lead_since(self, person: str, since: datetime) -> datetime:
        """From when on a lead is to be told of what has held `since`."""
        return max(since, self.set_up, self.changed(f"member {person}"))

    def before(
        self,
        dated: Dated,
        person: str,
        since: datetime,
        numbers: tuple[int, ...],
        *,
        set_at: datetime | None = None,
    ) -> Iterator[Found]:
        """The days before a date, and the day itself; those that are too far off are not worked out.

        With `set_at`, the day itself comes at once where the date was set on that day, but after the hour.
        """
        for step in self._wanted_of(dated.subject, "before", self.ladders.before(dated.on, numbers)):
            if step.day > self.last:
                continue
            if set_at and step.nth == 0 and self._is_after_the_hour(person, step.day, set_at):
                at = self.people.hours(person).at_once(set_at)
                yield self.found(person, dated, "before", at, since, step)
            else:
                yield self.on_day(step, person, dated, "before", since)

    def _is_after_the_hour(self, person: str, day: date, set_at: datetime) -> bool:
        hours = self.people.hours(person)
        return hours.day_of(set_at) == day and hours.at(day) < set_at

    def late(self, dated: Dated, until: date = date.max) -> Sequence[Step]:
        """The days on which a date is late, up to `until`. Of those behind us the last few are enough."""
        if dated.on >= self.last or not self.wants(dated.subject, "late"):
            return ()
        every = self.rules.late_every
        first = self.now.date() - timedelta(14 + 2 * every)
        steps = self.ladders.late(dated.on, every, first=first, last=self.last)
        return self._wanted_of(dated.subject, "late", [step for step in steps if step.day < until])

    def waiting(self, since: date, again: date | None) -> Sequence[Step]:
        """The days on which a wait is asked about. Of those behind us the last few are enough."""
        every = self.rules.wait_every
        first = self.now.date() - timedelta(14 + 3 * every)
        return list(self.ladders.waiting(since, again, every, first=first, last=self.last))

    def on_day(self, step: Step, person: str, dated: Dated, kind: Kind, since: datetime) -> Found:
        """A step of a ladder, at the person's hour."""
        at, due_at = self._on(person, step.day)
        every = self._own_intervals.get(kind, 0)
        rung = Rung(person, dated.subject, kind, step.nth, dated.revision, due_at, dated.on, step.skipped, every=every)
        return Found(rung, since, at)

    def _on(self, person: str, day: date) -> tuple[datetime, datetime]:
        """The person's hour on a day, and when it is said, pauses counted in; many things are due on one day."""
        kept = self._hours.get((person, day))
        if kept is None:
            hours = self.people.hours(person)
            at = hours.at(day)
            kept = self._hours[person, day] = at, hours.held_back(at)
        return kept

    def found(
        self, person: str, dated: Dated, kind: Kind, at: datetime, since: datetime, step: Step | None = None
    ) -> Found:
        """A reminder at this instant, or where the pause ends that it falls into."""
        nth, skipped = (step.nth, step.skipped) if step else (0, ())
        due_at = self.people.hours(person).held_back(at)
        on = None if dated.on == date.max else dated.on
        return Found(Rung(person, dated.subject, kind, nth, dated.revision, due_at, on, skipped), since, at)


def _parts(rung: Rung) -> Iterator[tuple[str | int, ...]]:
    yield (rung.subject,)
    yield rung.subject, rung.kind
    yield rung.subject, rung.kind, rung.rung
