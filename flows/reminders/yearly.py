"""Which day of a date of every year is meant where somebody says no more than that it is done."""

from datetime import date

from flows.own_dates import next_time, still_open
from flows.position import Position, Recurring
from flows.reminders.ladders import Ladders


def days_at_hand(position: Position, recurring: Recurring, today: date, ladders: Ladders) -> tuple[date, ...]:
    """The days that have *Done* beside them: one that has passed and is open, and one whose reminders have begun."""
    passed = still_open(position, recurring, today)
    coming = day_to_come(position, recurring, today)
    before = ladders.before(coming, position.reminders.before)
    begun = (coming,) if before and before[0].day <= today else ()
    return (passed, *begun) if passed else begun


def day_to_come(position: Position, recurring: Recurring, today: date) -> date:
    """The next day it falls on that nobody has marked done."""
    return next_time(recurring, today, position.recurring_done.get(recurring.id, ()))
