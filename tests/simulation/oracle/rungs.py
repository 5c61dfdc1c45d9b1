"""Which reminders a firm's facts make, each with its instant. The sections are those of docs/reminders.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.simulation.oracle.days import Days, Human, Local
from tests.simulation.oracle.firm import TO_DO, Due, Firm
from tests.simulation.oracle.ledger import Ledger

MILESTONE_BEFORE = (60, 40, 20, 10, 5, 1, 0)
LATE_TO_LEADS = 5
WAIT_EVERY = 5
WAIT_TO_LEADS = 10
SOON = 2


@dataclass(frozen=True)
class Rung:
    """One reminder to one person. `key` makes it one; `at` is its instant, `due` the same after a pause."""

    key: tuple
    person: str
    subject: str
    at: datetime
    due: datetime
    of: tuple = ()
    """The key of the reminder that was snoozed, where it is a snooze."""
    day: date | None = None
    """The day it was put off to, where that is a snooze of a day."""
    still: Callable[[datetime], bool] | None = None
    """Whether it still holds at a later instant, where that is a question of time alone."""
    first_due: datetime | None = None
    """Of a snooze: when what was snoozed was due."""

    def holds(self, at: datetime) -> bool:
        return self.still is None or self.still(at)


class Lost(NamedTuple):
    """An owner who cannot be reached: since when that is so and they own something, and since when it is at all."""

    since: datetime
    begun: datetime


@dataclass
class World:
    """What all firms share."""

    days: Days = field(default_factory=Days)
    people: dict[str, Human] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    entered: dict[int, datetime] = field(default_factory=dict)
    """When an admin entered which revision."""

    def local(self, person: str, firm: Firm) -> Local:
        human = self.people[person]
        return Local(self.days, human.zone or firm.zone, human.hour or firm.hour, human.paused_until)


class Rungs:
    """All rungs of one firm from one day to another. `lost` says since when an owner cannot be reached."""

    def __init__(self, world: World, firm: Firm, first: date, until: date, lost: Mapping[str, Lost]) -> None:
        self.world = world
        self.days = world.days
        self.firm = firm
        self.first = first
        self.until = until
        self.lost = lost
        self.states = firm.states()
        self.leads = {p for p, role in firm.roles.items() if role == "lead" and self._reached(p)}

    def all(self) -> dict[tuple, Rung]:
        found = [
            *self._tasks(),
            *self._target(),
            *self._look_again(),
            *self._yearly(),
            *self._industry(),
            *self._moved(),
            *self._lost(),
        ]
        return {rung.key: rung for rung in found if not self.world.people[rung.person].off}

    def unreachable(self) -> set[str]:
        """Owners of what is still to be done who cannot be reached."""
        owners = {o.person for task, o in self.firm.owners.items() if self.states.get(task) in TO_DO}
        return {p for p in owners if not self.owns(p)}

    def owns(self, person: str) -> bool:
        """Whether they can do what they own, and be reached."""
        return self.firm.roles.get(person) in ("lead", "member") and self._reached(person)

    def _reached(self, person: str) -> bool:
        return not self.world.people[person].gone

    # --- What is reminded of -----------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[Rung]:
        for task, state in self.states.items():
            if state not in TO_DO:
                continue
            owner = self.firm.owners.get(task)
            told = {owner.person} if owner and self.owns(owner.person) else self.leads
            subject = f"task:{task}"
            if due := self.firm.due(task):
                yield from self._before(subject, due, told, today_counts=True)
                yield from self._late(subject, due, told)
            if state == "waiting":
                yield from self._waiting(task, told)
            if owner and self.owns(owner.person):
                yield from self._told_to_owner(task, state)

    def _target(self) -> Iterator[Rung]:
        if self.firm.target and not self.firm.ended():
            yield from self._before("target", self.firm.target, self.leads)
            yield from self._late("target", self.firm.target, self.leads)

    def _look_again(self) -> Iterator[Rung]:
        if self.firm.look_again:
            yield from self._before("recheck:fdid_duty", self.firm.look_again, self.leads)
            yield from self._late("recheck:fdid_duty", self.firm.look_again, self.leads)

    def _yearly(self) -> Iterator[Rung]:
        for name, yearly in self.firm.yearly.items():
            first = Local(self.days, self.firm.zone, self.firm.hour, None).day_of(yearly.at)
            years = range(first.year, self.until.year + 2)
            days = [day for y in years if (day := _in_year(yearly.month, yearly.day, y)) >= first]
            for day, following in zip(days, [*days[1:], date.max], strict=True):
                if (name, day) in self.firm.yearly_done:
                    continue
                due = Due(yearly.at, yearly.by, yearly.number, day)
                yield from self._before(f"yearly:{name}", due, self.leads, today_counts=True)
                gives_way = (
                    date.max if following == date.max else self.days.before(following, max(self.firm.before or (0,)))
                )
                yield from self._late(f"yearly:{name}", due, self.leads, gives_way)

    # --- When --------------------------------------------------------------------------------------------------

    def _ladder(self, day: date, counts: tuple[int, ...]) -> dict[date, int]:
        """The days before a day, each with its nearest rung."""
        rungs: dict[date, int] = {}
        for count in sorted(counts, reverse=True):
            rungs[self.days.before(day, count) if count else self.days.back(day)] = count
        return {day: count for day, count in rungs.items() if self.first <= day <= self.until}

    def _before(self, subject: str, due: Due, told: set[str], *, today_counts: bool = False) -> Iterator[Rung]:
        for day, count in self._ladder(due.on, self.firm.before).items():
            for person in told:
                local = self._local(person)
                at = local.on(day)
                if count == 0 and today_counts and local.day_of(due.at) == day and due.at >= at:
                    at = local.at_once(due.at)
                yield self._rung("before", person, subject, at, count, due.number, due.on)

    def _late(self, subject: str, due: Due, told: set[str], gives_way: date = date.max) -> Iterator[Rung]:
        weeks = max(1, (self.first - due.on).days // 7)
        while (nominal := due.on + timedelta(days=7 * weeks)) <= self.until + timedelta(days=7):
            day = self.days.back(nominal)
            if day >= gives_way:
                return
            leads = self.leads if day >= self.days.after(due.on, LATE_TO_LEADS) else set()
            for person in told | leads:
                yield self._rung("late", person, subject, self._local(person).on(day), weeks, due.number, due.on)
            weeks += 1

    def _waiting(self, task: str, told: set[str]) -> Iterator[Rung]:
        wait = self.firm.waits[task]
        count = 0 if wait.look_again else 1
        start = wait.look_again or wait.since
        while (day := self.days.after(start, WAIT_EVERY * count)) <= self.until:
            count += 1
            if day < self.first:
                continue
            day = self.days.back(day)
            leads = self.leads if day >= self.days.after(wait.since, WAIT_TO_LEADS) else set()
            for person in told | leads:
                yield self._rung("wait", person, f"task:{task}", self._local(person).on(day), count, wait.number)

    def _told_to_owner(self, task: str, state: str) -> Iterator[Rung]:
        owner = self.firm.owners[task]
        if owner.by != owner.person:
            at = self._told_at(task, owner.person, owner.at)
            yield self._rung("given", owner.person, f"task:{task}", at, owner.number)
        since = self.firm.possible.get(task)
        if state == "open" and since and since.by != owner.person and owner.number < since.number:
            at = self._told_at(task, owner.person, since.at)
            yield self._rung("possible", owner.person, f"task:{task}", at, since.number)

    def _told_at(self, task: str, person: str, at: datetime) -> datetime:
        """With the next message, or at once where it is wanted soon."""
        local, due = self._local(person), self.firm.due(task)
        known = max(at, due.at) if due else at
        soon = due is not None and self.days.within(local.day_of(known), due.on) <= SOON
        return min(local.at_once(known), local.next_hour(at)) if soon else local.next_hour(at)

    # --- Industry dates ----------------------------------------------------------------------------------------

    def _industry(self) -> Iterator[Rung]:
        for revision in () if self.firm.ended() else self.world.ledger.revisions:
            if revision.day is None:
                continue
            subject = f"milestone:{revision.deadline}"
            for day, count in self._ladder(revision.day, MILESTONE_BEFORE).items():
                for person in self.leads:
                    local = self._local(person)
                    still = self._still(revision.deadline, revision.day, local)
                    if still(at := local.on(day)):
                        yield self._rung("before", person, subject, at, count, revision.day, still=still)

    def _still(self, deadline: str, named: date, local: Local) -> Callable[[datetime], bool]:
        """Whether that is the day that is known then, and has not passed; by the days where the person is."""

        def still(at: datetime) -> bool:
            today = local.day_of(at)
            known = self.world.ledger.as_of(deadline, today)
            return known is not None and known.day == named and today <= named

        return still

    def _moved(self) -> Iterator[Rung]:
        for revision in self.world.ledger.revisions:
            if revision.known < self.first or not self.world.ledger.is_news(revision):
                continue
            for person in self.leads:
                local = self._local(person)
                since = self.world.entered.get(revision.number) or local.begin(revision.known)
                if since >= self.firm.set_up:
                    subject = f"milestone:{revision.deadline}"
                    yield self._rung("moved", person, subject, local.next_hour(since), revision.number)

    def _lost(self) -> Iterator[Rung]:
        for owner, lost in self.lost.items():
            owned = [t for t, o in self.firm.owners.items() if o.person == owner and self.states.get(t) in TO_DO]
            for person in self.leads:
                at = min(self._told_at(task, person, lost.since) for task in owned)
                yield self._rung("unreachable", person, f"person:{owner}", at, lost.begun)

    def _local(self, person: str) -> Local:
        return self.world.local(person, self.firm)

    def _rung(
        self,
        kind: str,
        person: str,
        subject: str,
        at: datetime,
        *which: object,
        still: Callable[[datetime], bool] | None = None,
    ) -> Rung:
        key = (self.firm.name, kind, person, subject, *which)
        return Rung(key, person, subject, at, self._local(person).after_pause(at), still=still)


def _in_year(month: int, day: int, year: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)
