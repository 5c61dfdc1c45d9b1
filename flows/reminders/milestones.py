"""Industry dates as they bear on reminders: those to come, and those that were moved, by what was known when."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

import msgspec

from flows.deadlines import TELLING, Deadline, Ledger, Notice, Revision, TakenBack, Value, kind_of
from flows.same import Same


class ToCome(msgspec.Struct, frozen=True):
    """A confirmed industry date that is to come, and the revision that set its day."""

    deadline: Deadline
    on: date
    revision: Revision


class Moved(msgspec.Struct, frozen=True):
    """A real change that is to be told once."""

    deadline: Deadline
    revision: Revision


def to_come(ledger: Ledger, today: date) -> tuple[ToCome, ...]:
    """The industry dates that have not passed, going by what is known today. What is not confirmed is not here."""
    return _to_come(Same(ledger), today)


def moved(ledger: Ledger, today: date) -> tuple[Moved, ...]:
    """Real changes that came to be known by today, and were about something that was not wholly past then."""
    return _moved(Same(ledger), today)


# All firms that share a ledger ask the same of a day.
@lru_cache(maxsize=256)
def _to_come(ledger: Same, today: date) -> tuple[ToCome, ...]:
    return tuple(_those_to_come(_ledger(ledger), today))


@lru_cache(maxsize=256)
def _moved(ledger: Same, today: date) -> tuple[Moved, ...]:
    return tuple(_those_moved(_ledger(ledger), today))


def _ledger(same: Same) -> Ledger:
    assert isinstance(same.it, Ledger)
    return same.it


def _those_to_come(ledger: Ledger, today: date) -> Iterator[ToCome]:
    for deadline in ledger.deadlines:
        known = ledger.as_of(deadline.id, today)
        day = known.revision.value.day if known and not known.revision.unverified else None
        if known is None or day is None or day < today:
            continue
        yield ToCome(deadline, day, _first_to_say_so(ledger, known.revision))


def _first_to_say_so(ledger: Ledger, revision: Revision) -> Revision:
    """The revision that set the day which later ones only confirmed."""
    while True:
        before = ledger.before(revision)
        if before is None or before.unverified or before.value.day != revision.value.day:
            return revision
        revision = before


def _those_moved(ledger: Ledger, today: date) -> Iterator[Moved]:
    for revision in ledger.revisions:
        known = max(revision.to, revision.added_at.date()) if revision.added_at else revision.to
        if known > today:
            continue
        notice = ledger.notice(revision)
        if notice and (_is_to_come(notice.old, known) or _is_to_come(revision.value, known)):
            yield Moved(notice.deadline, revision)


def taken_back(ledger: Ledger, first: datetime, now: datetime) -> Iterator[TakenBack]:
    """Real changes that were taken back from `first` to now, where something else holds, and not all is past."""
    for told in ledger.taken_back:
        if (
            first <= told.at <= now
            and not was_superseded(ledger, told)
            and (holds := holds_again(ledger, told, now.date()))
        ):
            on, was = told.at.date(), told.was.revision.value
            if holds.revision.value != was and (_is_to_come(was, on) or _is_to_come(holds.revision.value, on)):
                yield told


def was_superseded(ledger: Ledger, told: TakenBack) -> bool:
    """Whether something else held in its place by the time it was taken back, so that nothing changed by that."""
    was, there = told.was.revision, ledger.story(told.was.deadline.id)
    gone = (t.was.revision for t in ledger.taken_back if t.at > told.at and t.was.deadline == told.was.deadline)
    return any(
        (later.to, later.number) > (was.to, was.number) and later.is_known(told.at, told.at.date())
        for later in (*(r for r in there if not r.unverified), *gone)
    )


def held(ledger: Ledger, deadline: str, at: datetime, today: date) -> Value | None:
    """What held just before `at`, which was on this day, with what was taken back since; None where nothing did."""
    gone = (t.was.revision for t in ledger.taken_back if t.at >= at and t.was.deadline.id == deadline)
    known = (
        r
        for r in (*ledger.story(deadline), *gone)
        if not r.unverified and r.to <= today and (r.added_at is None or r.added_at < at)
    )
    last = max(known, key=lambda r: (r.to, r.number), default=None)
    return last.value if last else None


def is_a_move(old: Value | None, new: Value | None) -> bool:
    """Whether people are told that the one became the other: not of a refinement, nor where it is the same."""
    return old != new and (old is None or new is None or kind_of(old, new) in TELLING)


def holds_again(ledger: Ledger, told: TakenBack, today: date) -> Notice | None:
    """What holds in place of what was taken back."""
    known = ledger.as_of(told.was.deadline.id, today)
    return Notice(told.was.deadline, told.was.revision.value, known.revision) if known else None


def holds_since(ledger: Ledger, told: TakenBack, today: date) -> Notice | None:
    """What holds in its place today, or by when it was taken back, or something was entered since, if that is later."""
    entered = (r.added_at.date() for r in ledger.story(told.was.deadline.id) if r.added_at)
    return holds_again(ledger, told, max(today, told.at.date(), *entered))


def name_of(told: TakenBack) -> str:
    """What a reminder of it has in place of a revision."""
    return f"{told.was.revision.number} taken back"


def _is_to_come(value: Value, today: date) -> bool:
    return value.type != "unknown" and not value.has_passed(today)
