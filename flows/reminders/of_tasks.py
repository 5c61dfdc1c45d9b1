"""Reminders of a firm's tasks: their dates, their waits, and what is told once to whoever owns one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from flows.own_dates import due_of
from flows.position import Due, Moment
from flows.reminders.becoming import Becoming
from flows.reminders.ladders import Step
from flows.reminders.rung import BEGINNING, Dated, Found, Kind, Workings
from flows.walk import Item, Walk

TO_DO = ("open", "waiting", "locked")
"""States of a task that is reminded of."""


def of_tasks(workings: Workings, walk: Walk) -> Iterator[Found]:
    """All of them, and for the leads: owners who cannot be reached."""
    becoming = Becoming(workings.position, walk.items)
    lost: dict[str, list[_Owned]] = {}
    for item in walk.items:
        if item.state not in TO_DO:
            continue
        if workings.wants(f"task:{item.key}"):
            yield from _OfTask(workings, item).all(becoming)
        owner = workings.position.owners.get(item.key)
        if owner and workings.wants(f"person:{owner.person}") and workings.people.owner(item.key) is None:
            owns_since = max(owner.at, workings.changed(f"owner {item.key}"), _opened_at(workings, item))
            owned = _Owned(owns_since, due_of(workings.position, item.task, item.key))
            lost.setdefault(owner.person, []).append(owned)
    for person, theirs in lost.items():
        yield from _lost(workings, person, theirs)


def asked_next(workings: Workings, item: Item) -> date | None:
    """The day on which somebody is asked about a wait next, where they are; None where nobody is, up to the end."""
    people = workings.people
    told = (one for one in _OfTask(workings, item).waiting() if one.said and one.rung.due_at > workings.now)
    asked = [(one.rung.due_at, one.rung.person) for one in told if not people.reach(one.rung.person).habits.off]
    return people.hours(min(asked)[1]).day_of(min(asked)[0]) if asked else None


class _Owned(NamedTuple):
    """Since when somebody owns a task that is to be done, and its date."""

    since: datetime
    due: Due | None


def _lost(workings: Workings, person: str, owned: Sequence[_Owned]) -> Iterator[Found]:
    """Where nobody knows since when, it is since now: the first plan that finds it owes it, and later ones keep it."""
    lost_since = workings.people.lost_since(person)
    since = max(min(one.since for one in owned), lost_since or workings.now)
    stamp = int(lost_since.timestamp()) if lost_since else 0
    told = Dated(f"person:{person}", date.max, f"{workings.people.lost(person)}-{stamp}", since)
    for lead in workings.people.leads:
        at = _told_at(workings, lead, since, [one.due for one in owned])
        yield workings.found(lead, told, "unreachable", at, workings.lead_since(lead, since))


def _told_at(workings: Workings, person: str, since: datetime, dues: Iterable[Due | None]) -> datetime:
    """With the person's next hour; at once where one of these is wanted soon."""
    hours = workings.people.hours(person)
    at = hours.next_hour(since)
    for due in dues:
        known = max(since, due.at) if due else since
        if due and due.on < workings.calendar.plus(hours.day_of(known), workings.rules.soon + 1):
            at = min(at, hours.at_once(known))
    return at


def _opened_at(workings: Workings, item: Item) -> datetime:
    """Opened again, by hand or by an undo. The end of a wait opens nothing that was not reminded of before."""
    kept = item.record
    reopened = kept.at if kept and kept.state == "open" and kept.reason else BEGINNING
    return max(reopened, workings.changed(f"opened {item.key}"), workings.set_up)


class _OfTask:
    """The reminders of one task."""

    def __init__(self, workings: Workings, item: Item) -> None:
        self.workings = workings
        self.item = item
        self.subject = f"task:{item.key}"
        self.due = due_of(workings.position, item.task, item.key)
        self.owner = workings.people.owner(item.key)
        self.leads = workings.people.leads
        self.told = (self.owner.person,) if self.owner else self.leads

    def all(self, becoming: Becoming) -> Iterator[Found]:
        """Every one of them."""
        yield from self.dated()
        yield from self.waiting()
        yield from self.given()
        yield from self.possible(becoming)

    def dated(self) -> Iterator[Found]:
        if self.due is None:
            return
        since = max(self._holds_since(self.due), _opened_at(self.workings, self.item))
        dated = Dated(self.subject, self.due.on, str(self.due.sequence), since)
        for person in self.told:
            since = self._told_since(person, dated.since)
            yield from self.workings.before(dated, person, since, self.workings.rules.before, set_at=self.due.at)
        steps = self.workings.late(dated)
        yield from self._and_leads(steps, dated, "late", self.workings.rules.late_to_leads)

    def waiting(self) -> Iterator[Found]:
        kept = self.item.record
        if self.item.state != "waiting" or kept is None:
            return
        begun = kept.since or kept.at.date()
        since = max(kept.at, self._changed(), _opened_at(self.workings, self.item))
        dated = Dated(self.subject, begun, str(kept.sequence), since)
        steps = self.workings.waiting(begun, kept.follow_up_on)
        yield from self._and_leads(steps, dated, "wait", self.workings.rules.wait_to_leads)

    def given(self) -> Iterator[Found]:
        """Somebody else gave it to its owner."""
        owner = self.owner
        if owner is None or owner.by == owner.person:
            return
        yield from self._once("given", owner.person, str(owner.sequence), owner.at)

    def possible(self, becoming: Becoming) -> Iterator[Found]:
        """It became possible through somebody else than its owner, who had it by then."""
        owner = self.owner
        if owner is None or self.item.state != "open":
            return
        opened = becoming.possible_since(self.item)
        if opened is None or self._was_told_at_once(opened):
            return
        if opened.by != owner.person and owner.sequence < opened.sequence:
            yield from self._once("possible", owner.person, str(opened.sequence), opened.at)

    def _was_told_at_once(self, opened: Moment) -> bool:
        """A review sent it back to its owner, who is told so by a message of its own."""
        kept, owner = self.item.record, self.owner
        sent_back = kept.sent_back_to if kept and kept.sequence == opened.sequence else ""
        return owner is not None and sent_back == owner.person

    def _once(self, kind: Kind, person: str, revision: str, since: datetime) -> Iterator[Found]:
        """With the next hour; at once where it is wanted soon."""
        due, at = self.due, _told_at(self.workings, person, since, [self.due])
        told = Dated(self.subject, due.on if due else date.max, revision, since)
        yield self.workings.found(person, told, kind, at, self._told_since(person, since))

    def _and_leads(self, steps: Sequence[Step], dated: Dated, kind: Kind, after: int) -> Iterator[Found]:
        """For whoever is told of the task, and so many trading days after the date for the leads, too."""
        if not steps:
            return
        workings, to_leads = self.workings, self.workings.calendar.plus(dated.on, after)
        led = {person: workings.lead_since(person, dated.since) for person in self.leads}
        told = {person: self._told_since(person, dated.since) for person in self.told}
        # A lead who owns it is told as its owner: that they are a lead only since then takes nothing from it.
        both = {**led, **{person: min(since, led.get(person, since)) for person, since in told.items()}}
        for step in steps:
            for person, since in (both if step.day >= to_leads else told).items():
                yield workings.on_day(step, person, dated, kind, since)

    # --- since when -------------------------------------------------------------------------------------------

    def _holds_since(self, due: Due) -> datetime:
        position, task = self.workings.position, self.item.task
        if self.item.key in position.task_due:
            return max(due.at, self.workings.changed(f"due {self.item.key}"))
        return max(
            due.at, self.workings.changed(f"due step {task.part if task.part in position.step_due else task.step}")
        )

    def _changed(self) -> datetime:
        """What was recorded of it was brought back by an undo, be it a wait."""
        return self.workings.changed(f"task {self.item.key}")

    def _told_since(self, person: str, since: datetime) -> datetime:
        """From when on this person is the one to be told of the task; its owner is that as a member or a lead."""
        workings, owner = self.workings, self.workings.position.owners.get(self.item.key)
        became = "works" if owner and owner.person == person else "member"
        found = [since, workings.changed(f"owner {self.item.key}"), workings.changed(f"{became} {person}")]
        if owner:
            found.append(owner.at)
        if owner and self.owner is None:
            found.append(workings.people.lost_since(owner.person) or BEGINNING)
        return max(found)
