"""A firm's dates as calendar entries: one for each, the same for ever, and newer each time it is revised."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec.structs import replace

from flows import events as e
from flows.events import Record
from flows.exports.dates import DONE, Stated, stated_dates, step_title
from flows.exports.record import Export, Reading
from flows.exports.revised import is_over, last_change, last_changes
from flows.own_dates import in_year, next_time
from flows.position import Recurring
from flows.trading_days import Calendar
from flows.walk import FINISHED, Item
from flows.workspace import DeadlineRevised, Entry, Workspace, entered_of

RUNGS = (5, 1, 0)
"""Trading days before a date on which a calendar reminds of it; the app itself reminds more often."""

NO_DATE = "Industry date. Its day is not known any more, or was entered by mistake."

AT = time(9, 0)
"""When it reminds: by the clock of whoever's calendar it is."""


class CalendarEntry(msgspec.Struct, frozen=True):
    """One date. `uid` is for ever, `sequence` rises with each revision, `revised_at` is when the last one was made."""

    uid: str
    sequence: int
    day: date
    title: str
    about: str
    revised_at: datetime
    alarms: tuple[timedelta, ...] = ()
    """From the beginning of the day; empty where nothing is left to do."""
    cancelled: bool = False
    """It is no date any more: a calendar that has it takes it out."""
    yearly: Recurring | None = None
    single_days: "tuple[CalendarEntry, ...]" = ()
    """Days of a yearly one that are told apart: they were marked done. They share its `uid`."""


def entries(export: Export) -> tuple[CalendarEntry, ...]:
    """Every date of every firm; industry dates only where they are still to come."""
    found = [
        entry
        for reading in export.readings()
        for entry in _of_firm(reading, export.shared[reading.key.tenant].calendar)
    ]
    for tenant, shared in export.shared.items():
        found += _of_industry(tenant, shared, export.made_at)
    return tuple(found)


def _of_firm(reading: Reading, calendar: Calendar) -> Iterator[CalendarEntry]:
    changes = last_changes(reading)
    last: dict[str, Stated] = {}
    for stated in stated_dates(reading):
        if stated.uid.startswith(DONE):
            continue  # what is marked is drawn with the date itself
        if stated.counts != "undone" or stated.uid not in last:
            last[stated.uid] = _with_a_day(stated, last.get(stated.uid))
    for uid, stated in last.items():
        yield _entry(reading, calendar, stated, reading.by_sequence[last_change(changes, uid)])


def _with_a_day(stated: Stated, before: Stated | None) -> Stated:
    """What was cleared stands in calendars on the day it had."""
    return stated if stated.day or before is None else replace(stated, day=before.day)


def _entry(reading: Reading, calendar: Calendar, stated: Stated, row: Record) -> CalendarEntry:
    key = reading.key
    position = reading.position
    yearly = next((r for r in position.recurring if stated.uid == f"yearly-{r.id}"), None)
    day = stated.day or reading.day(stated.row.at)
    if yearly:
        day = next_time(yearly, reading.day(yearly.at))
    state = "stands" if yearly else _state(reading, stated)
    done = "Done: " if state == "done" else ""
    entry = CalendarEntry(
        uid=f"{stated.uid}.{key.firm}@{key.tenant.replace('/', '.')}.cais-roadmap",
        sequence=row.sequence,
        day=day,
        title=f"{reading.name}: {done}{stated.what}",
        about=_about(reading, stated),
        revised_at=row.at,
        alarms=(_yearly_alarms() if yearly else alarms(day, calendar)) if state == "stands" else (),
        cancelled=state == "gone",
        yearly=yearly,
    )
    return replace(entry, single_days=tuple(_single_days(reading, entry, yearly))) if yearly else entry


def _single_days(reading: Reading, entry: CalendarEntry, yearly: Recurring) -> Iterator[CalendarEntry]:
    """Each day that was marked and that its rule still names, also where that was undone: a calendar may have it.

    What was marked of a year before the date was set is none of its days.
    """
    done = reading.position.recurring_done.get(yearly.id, ())
    marks = (row.event for row in reading.rows)
    days = {mark.on for mark in marks if isinstance(mark, e.RecurringDone) and mark.recurring == yearly.id}
    for on in sorted(days):
        if on < entry.day or in_year(yearly, on.year) != on:
            continue
        if on in done:
            yield replace(entry, day=on, title=f"{reading.name}: Done: {yearly.name}", alarms=(), yearly=None)
        else:
            yield replace(entry, day=on, yearly=None)


def alarms(day: date, calendar: Calendar) -> tuple[timedelta, ...]:
    """When a calendar reminds of a day: trading days before it, at nine, counted from the day's own beginning."""
    days = dict.fromkeys(calendar.minus(day, n) if n else calendar.on_or_before(day) for n in RUNGS)
    return tuple(timedelta(days=(on - day).days, hours=AT.hour) for on in days)


def _yearly_alarms() -> tuple[timedelta, ...]:
    """A rule for every year knows no trading days."""
    return tuple(timedelta(days=-days, hours=AT.hour) for days in (7, 1, 0))


def _state(reading: Reading, stated: Stated) -> str:
    """`stands`, `done`, or `gone`: cleared, undone, or not the firm's to do any more."""
    position, walk = reading.position, reading.walk
    kind, _, rest = stated.uid.partition("-")
    if kind == "target":
        return "gone" if position.target is None else "done" if is_over(walk.items) else "stands"
    if kind == "task":
        return _of_items([i for i in walk.items if i.key == rest]) if rest in position.task_due else "gone"
    if kind == "step":
        due = position.step_due.get(rest)
        return _of_items([i for i in walk.items if rest in (i.task.step, i.task.part)]) if due else "gone"
    if kind == "waiting":
        waiting = next((i.record for i in walk.waiting if i.key == rest), None)
        return "stands" if waiting and waiting.follow_up_on else "gone"
    if kind == "answer":
        answer = position.answers.get(rest)
        return "stands" if answer and answer.recheck_on else "gone"
    if kind == "firm":
        kept = position.firm_answers.get(rest.removeprefix("answer-"))
        return "stands" if kept and not kept.withdrawn else "gone"
    return "gone"


def _of_items(items: Sequence[Item]) -> str:
    left = [item for item in items if item.state not in FINISHED]
    if left:
        return "stands"
    return "done" if any(item.state == "done" for item in items) else "gone"


def _about(reading: Reading, stated: Stated) -> str:
    lines = [f"For {reading.name}, set by {stated.row.actor_name}."]
    if stated.words:
        lines.append(f"{stated.words[:1].upper()}{stated.words[1:]}.")
    kind, _, rest = stated.uid.partition("-")
    if kind == "task":
        owner = reading.position.owners.get(rest)
        task = reading.task_of(rest)
        lines += [f"{step_title(reading, task.part)}."] if task else []
        lines += [f"Belongs to {owner.name}."] if owner else []
    if kind == "step":
        left = [i for i in reading.walk.items if rest in (i.task.step, i.task.part) and i.state not in FINISHED]
        lines += [f"Left to do: {'; '.join(i.title for i in left)}."] if left else []
    return "\n".join([*lines, reading.pack.wording.footer])


# --- industry dates ---------------------------------------------------------------------------------------------


def _of_industry(tenant: str, shared: Workspace, made_at: datetime) -> Iterator[CalendarEntry]:
    """What has passed is no date to be reminded of, so it is in nobody's calendar.

    What is no date any more, since its day is open again or its entry was a mistake, a calendar takes out.
    """
    today, entered = made_at.date(), entered_of(shared)
    for deadline in dict.fromkeys([*(d.id for d in shared.ledger.deadlines), *entered]):
        own = entered.get(deadline, ())
        known = shared.ledger.as_of(deadline, today)
        stands = known.revision if known and not known.revision.unverified and known.revision.value.day else None
        day = stands.value.day if stands else _last_day(shared, deadline, own, today)
        if day is None or day < today:
            continue
        yield CalendarEntry(
            uid=f"industry-{deadline}@{tenant.replace('/', '.')}.cais-roadmap",
            sequence=_times_entered(shared, deadline, own, today),
            day=day,
            title=f"CAIS: {_called(shared, deadline, own)}",
            about=f"Industry date. Source: {'; '.join(s.title for s in stands.sources)}." if stands else NO_DATE,
            revised_at=datetime.fromisoformat(own[-1].recorded_at) if own else made_at,
            alarms=alarms(day, shared.calendar) if stands else (),
            cancelled=stands is None,
        )


def _last_day(shared: Workspace, deadline: str, own: Sequence[Entry], today: date) -> date | None:
    """The day under which a calendar may have what is no date any more."""
    days = [r.value.day for r in shared.ledger.story(deadline) if r.to <= today and not r.unverified]
    days += [one.fact.value.day for one in own if isinstance(one.fact, DeadlineRevised)]
    return next((day for day in reversed(days) if day), None)


def _times_entered(shared: Workspace, deadline: str, own: Sequence[Entry], today: date) -> int:
    """Rises with each announcement and with each that is taken back, though the story gets shorter by that."""
    shipped = sum(1 for r in shared.ledger.story(deadline) if not r.added_by and r.to <= today)
    return shipped + (own[-1].sequence if own else 0)


def _called(shared: Workspace, deadline: str, own: Sequence[Entry]) -> str:
    known = shared.ledger.deadline(deadline)
    named = (one.fact.title for one in own if isinstance(one.fact, DeadlineRevised))
    return known.title if known else next(filter(None, named), deadline)
