"""Deciding what a firm and a person set about reminders, and that a yearly date is done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from flows import events as e
from flows.events import AnyEvent
from flows.firms import Person, Refusal, require
from flows.habits import Habits, Rules
from flows.own_dates import in_year
from flows.position import Position
from flows.reminders.hours import Hours

FURTHEST = 250
"""Trading days before a date: about a year."""
MOST_RUNGS = 15
LONGEST = 120
"""Days between reminders of one thing, or before the leads are told."""
LONGEST_PAUSE = 366
"""Days."""


def set_rules(position: Position, who: Person, rules: Rules) -> list[AnyEvent]:
    """The firm's numbers, as a whole. Only a lead sets them."""
    require(position, who, "lead")
    clean = replace(rules, before=_in_order(rules.before), milestone_before=_in_order(rules.milestone_before))
    for name in ("late_every", "wait_every"):
        _must_be_between(getattr(clean, name), 1, LONGEST)
    for name in ("late_to_leads", "wait_to_leads", "soon"):
        _must_be_between(getattr(clean, name), 0, LONGEST)
    if clean.awake_from >= clean.awake_to:
        raise Refusal("The day must begin before it ends. Nothing was changed.")
    return [] if clean == position.reminders else [e.RemindersSet(rules=clean)]


def _in_order(days: Sequence[int]) -> tuple[int, ...]:
    """Each number once, the furthest first."""
    if len(set(days)) > MOST_RUNGS:
        raise Refusal(f"A date takes {MOST_RUNGS} reminders at most. Nothing was changed.")
    for day in days:
        _must_be_between(day, 0, FURTHEST)
    return tuple(sorted(set(days), reverse=True))


def _must_be_between(number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise Refusal(f"That must be a number from {least} to {most}. Nothing was changed.")


def finish_recurring(position: Position, who: Person, recurring: str, on: date, today: date) -> list[AnyEvent]:
    """What comes back every year is done for this day of it. A day of a year to come that is far off is a slip."""
    require(position, who, "member")
    kept = next((x for x in position.recurring if x.id == recurring), None)
    if kept is None or in_year(kept, on.year) != on:
        raise Refusal("The firm has no such date any more. Nothing was changed.", kind="stale")
    if on.year > today.year + 1:
        raise Refusal("That day is more than a year off. Nothing was changed.")
    return [] if on in position.recurring_done.get(recurring, ()) else [e.RecurringDone(recurring=recurring, on=on)]


def habits(hours: Hours, wanted: Habits, now: datetime) -> Habits:
    """A person's own, as it is kept: a pause holds back what falls due from when it was set; a longer one goes on.

    By the hours that they have so far, so that a pause that ends tomorrow goes on in the evening, too.
    """
    kept = hours.habits
    if wanted.paused_until is None:
        return _alone(wanted, paused_at=None)
    if wanted.paused_until != kept.paused_until and wanted.paused_until > now.date() + timedelta(LONGEST_PAUSE):
        raise Refusal(
            "A pause lasts a year at most, or nobody would remember it. Nothing was changed. Without an end it is "
            "`/cais remind off`, until you turn them on again.",
            kind="pause",
        )
    return _alone(wanted, paused_at=(kept.paused_at if hours.is_paused(now) else None) or now)


def still_set(hours: Hours, now: datetime) -> Habits:
    """What a person set, as far as it bears on anything: without a pause that is over."""
    kept = hours.habits
    return kept if hours.is_paused(now) else replace(kept, paused_until=None, paused_at=None)


def with_way_back(kept: Habits, new: Habits, now: datetime) -> Habits:
    """The new ones with when they were set and what they were before; what is set back leaves nothing to set back."""
    before = _alone(kept, paused_at=kept.paused_at)
    if new == before:
        return kept
    back = kept.was is not None and _alone(new, paused_at=None) == _alone(kept.was, paused_at=None)
    return replace(new, set_at=now, was=None if back else before)


def _alone(habits: Habits, *, paused_at: datetime | None) -> Habits:
    return replace(habits, paused_at=paused_at, set_at=None, was=None)
