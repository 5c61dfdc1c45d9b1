"""Reminders that are the leads': the firm's target, its yearly dates, and the industry's dates."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flows.deadlines import Ledger, Revision, TakenBack
from flows.own_dates import in_year
from flows.position import Recurring
from flows.reminders import milestones
from flows.reminders.announced import A_MOMENT
from flows.reminders.rung import BEGINNING, LOOK_BACK, Dated, Found, Rung, Workings


def of_target(workings: Workings) -> Iterator[Found]:
    """Before the firm's target, and late."""
    position = workings.position
    if position.target is None or position.target_at is None or not workings.wants("target"):
        return
    since = max(position.target_at, workings.changed("target_set"), workings.changed("firm_set_up"))
    yield from _of(workings, Dated("target", position.target, str(position.target_sequence), since))


def of_rechecks(workings: Workings) -> Iterator[Found]:
    """Before the day an answer is to be looked at again, and late; also where that answer ended the roadmap."""
    for fact, answer in workings.position.answers.items():
        if answer.recheck_on is None or not workings.wants(f"recheck:{fact}"):
            continue
        since = max(answer.at, workings.changed(f"fact {fact}"), workings.changed("firm_set_up"))
        yield from _of(workings, Dated(f"recheck:{fact}", answer.recheck_on, str(answer.sequence), since))


def of_recurring(workings: Workings, recurring: Recurring) -> Iterator[Found]:
    """Each year's day from when it was set on; late until it is done, or until the first reminder of its next one."""
    if not workings.wants(f"recurring:{recurring.id}"):
        return
    since = max(
        recurring.at,
        workings.changed(f"recurring {recurring.id}"),
        workings.changed(f"recurring done {recurring.id}"),
    )
    done = workings.position.recurring_done.get(recurring.id, ())
    begun = max(workings.people.firm_day(recurring.at), workings.now.date() - timedelta(500))
    for year in range(begun.year, workings.last.year + 2):
        on = in_year(recurring, year)
        if on in done or on < begun:
            continue
        following = workings.ladders.before(in_year(recurring, year + 1), workings.rules.before)
        ends = following[0].day if following else date.max
        dated = Dated(f"recurring:{recurring.id}", on, f"{recurring.sequence}-{year}", since)
        yield from _of(workings, dated, ends, set_at=recurring.at)


def _of(workings: Workings, dated: Dated, ends: date = date.max, *, set_at: datetime | None = None) -> Iterator[Found]:
    late = workings.late(dated, ends)
    for person in workings.people.leads:
        since = workings.lead_since(person, dated.since)
        yield from workings.before(dated, person, since, workings.rules.before, set_at=set_at)
        for step in late:
            yield workings.on_day(step, person, dated, "late", since)


def of_milestones(workings: Workings, ledger: Ledger) -> Iterator[Found]:
    """Before an industry date that is to come and confirmed; after it nothing."""
    for person in workings.people.leads:
        today = workings.people.hours(person).day_of(workings.now)
        for coming in milestones.to_come(ledger, today):
            if not workings.wants(f"milestone:{coming.deadline.id}"):
                continue
            dated = _dated(workings, person, coming.deadline.id, coming.revision, coming.on)
            yield from workings.before(dated, person, dated.since, workings.rules.milestone_before)


def of_moves(workings: Workings, ledger: Ledger) -> Iterator[Found]:
    """Industry dates that were moved while the firm was there; what is known from today on, where the person is."""
    for person in workings.people.leads:
        hours = workings.people.hours(person)
        for told in milestones.moved(ledger, hours.day_of(workings.now)):
            if not workings.wants(f"milestone:{told.deadline.id}"):
                continue
            day = told.revision.value.day or date.max
            dated = _dated(workings, person, told.deadline.id, told.revision, day)
            known_since = _known_since(workings, person, told.revision)
            if _is_no_news(workings, person, told.revision, known_since):
                continue
            if workings.set_up <= known_since <= workings.now:
                yield workings.found(person, dated, "moved", hours.next_hour(known_since), dated.since)


def of_taken_back(workings: Workings, ledger: Ledger) -> Iterator[Found]:
    """Changes that an admin entered and took back: whoever was told of one by then is told so, once."""
    for person in workings.people.leads:
        hours = workings.people.hours(person)
        for told in milestones.taken_back(ledger, workings.set_up, workings.now):
            subject = f"milestone:{told.was.deadline.id}"
            if not workings.wants(subject):
                continue
            known = _known_since(workings, person, told.was.revision)
            if workings.set_up <= known and _was_told(workings, person, told, known):
                since = workings.lead_since(person, told.at)
                dated = Dated(subject, date.max, milestones.name_of(told), since)
                yield workings.found(person, dated, "moved", hours.next_hour(told.at), since)


def _was_told(workings: Workings, person: str, told: TakenBack, known: datetime) -> bool:
    """Whether the move was told to this person: by what arrived; of what is forgotten, by their hours as they are.

    Where nobody says what arrived, it is about what is owed already, or may be.
    """
    if workings.announced is None:
        return True
    hours, was = workings.people.hours(person), told.was.revision
    at = hours.next_hour(known)
    own = milestones.name_of(told)  # what says so already stands
    if (
        _is_told(workings, person, was)
        or _is_told(workings, person, was, own)
        or workings.announced.last(person, was.deadline) == was.value
    ):
        return True
    is_forgotten = at < workings.now - LOOK_BACK
    return is_forgotten and workings.lead_since(person, known) <= at and hours.held_back(at) <= told.at


def _is_told(workings: Workings, person: str, move: Revision, name: str = "") -> bool:
    """Whether the notice of this move arrived, or the one of that name about it."""
    known = Rung(person, f"milestone:{move.deadline}", "moved", 0, name or str(move.number), workings.now)
    return workings.announced is not None and workings.announced.is_told(known.key(workings.position.key))


def _is_no_news(workings: Workings, person: str, move: Revision, known: datetime) -> bool:
    """Whether what an admin entered says what its recipient knows: its source was mended, or what came before it added.

    They know what they were told last; else what held when they came to be told of such things, or so long ago that
    what was told before is forgotten. Where the entry moved nothing when it came to be known, they know as much where
    nothing but refinements came since, of which nobody is told.
    """
    announced = workings.announced
    if announced is None or move.added_at is None or _is_told(workings, person, move):
        return False
    last = announced.last(person, move.deadline)
    if last is None:
        since = max(workings.lead_since(person, BEGINNING), workings.now - LOOK_BACK)
        last = announced.held(person, move.deadline, since) if since < known else None
    if last is None:
        return False
    holds = announced.held(person, move.deadline, workings.now + A_MOMENT)
    moved = milestones.is_a_move(last, holds) or announced.was_moved(person, move.deadline, known)
    return last in (move.value, holds) or not moved


def _dated(workings: Workings, person: str, deadline: str, revision: Revision, on: date) -> Dated:
    since = workings.lead_since(person, _known_since(workings, person, revision))
    return Dated(f"milestone:{deadline}", on, str(revision.number), since)


def _known_since(workings: Workings, person: str, revision: Revision) -> datetime:
    """From the beginning of the latest day of its announcement; from when an admin added it, if that is later."""
    announced = workings.people.hours(person).midnight(revision.to)
    return max(announced, revision.added_at) if revision.added_at else announced
