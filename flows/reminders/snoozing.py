"""Until when a reminder is put off, and the row of the outbox that brings it back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from flows.asked import Owed
from flows.habits import Reach, Rules
from flows.reminders.hours import Hours
from flows.trading_days import ONE_DAY, Calendar

Choice = Literal["hour", "tomorrow", "week"]

SNOOZED = "|snooze|"
"""Between the key of a reminder and the instant at which it comes back."""

AGAIN = "|again"
"""Ends the key of what was refused, and is owed once more."""

OUT_OF_REACH = "|unreachable|"
"""In the key of what leads are told of an owner; why and since when follow."""


def snoozed_until(
    choice: Choice, now: datetime, reach: Reach, firm_zone: str, rules: Rules, calendar: Calendar
) -> datetime:
    """An hour on; or the person's hour of tomorrow, or of next Monday: never in the night, always on a trading day."""
    hours = Hours(reach, firm_zone, rules, calendar)
    if choice == "hour":
        return hours.at_once(now + timedelta(hours=1))
    today = hours.day_of(now)
    return hours.first_hour_from(today + (ONE_DAY if choice == "tomorrow" else timedelta(7 - today.weekday())))


def day_chosen(choice: Choice, until: datetime, hours: Hours) -> date | None:
    """The day it is put off to; None where it is put off by an hour, and goes by no day."""
    return None if choice == "hour" else hours.day_of(until)


class _PutOff(msgspec.Struct, frozen=True):
    """What the row of a snooze says beside what it reminds of."""

    put_off_at: datetime | None = None
    put_off_to: date | None = None


NOT_SENT: Mapping[str, Any] = {"tries": 0, "message": "", "first_taken": 0.0, "said_at": 0.0, "said_in": ""}
"""What a row has that nobody sent yet, whatever it was made from."""


def snoozed(row: Owed, until: datetime, now: datetime, nth: int = 0, *, day: date | None = None) -> Owed:
    """The row that brings this one back then; one that was snoozed before is not snoozed twice over.

    `day`: the one that was chosen, if one was: when it comes is worked out from that, as long as it sleeps.
    `nth`: how often it was put off until this very time before, and woken: each has a key of its own.
    """
    at, offset = until.astimezone(UTC).isoformat(timespec="milliseconds").split("+")
    key = f"{base_key(row.key)}{SNOOZED}{at}{'0' * nth}+{offset}"  # the same instant, with as many noughts more
    fresh = replace(row, **NOT_SENT)
    put_off = {"put_off_at": now.astimezone(UTC), "put_off_to": day}
    about = msgspec.json.encode({**msgspec.json.decode(row.about), **put_off}).decode()
    return replace(fresh, key=key, kind="snooze", due_at=until.timestamp(), about=about)


def put_off_at(row: Owed) -> datetime | None:
    """When a row was snoozed; None where nobody wrote that down."""
    return msgspec.json.decode(row.about, type=_PutOff).put_off_at


def once_more(row: Owed) -> Owed:
    """The row that brings again what was refused. What is refused twice stays so."""
    return replace(row, key=f"{row.key}{AGAIN}", **NOT_SENT)


def base_key(key: str) -> str:
    """The key of the reminder that was snoozed, or of one that was not."""
    return key.removesuffix(AGAIN).partition(SNOOZED)[0]


def lasting(key: str) -> str:
    """What a reminder is known by for as long as it holds: of an owner out of reach, whatever the reason becomes."""
    begin, out_of_reach, _ = base_key(key).partition(OUT_OF_REACH)
    return begin + out_of_reach


def is_about_the_same(one: Owed, other: Owed) -> bool:
    """Whether two rows of one person's remind of one subject of one firm, whichever reminder of it each is."""
    return (one.firm, subject_of(one)) == (other.firm, subject_of(other))


def subject_of(row: Owed) -> str:
    """The part of a key that a rung of any version has; see `Rung.key`."""
    return row.key.removeprefix(f"{row.firm}|").partition("|")[0]


def snoozed_to(key: str) -> datetime | None:
    """When a snooze ends, from its key; None for a row that is no snooze."""
    at = key.removesuffix(AGAIN).partition(SNOOZED)[2]
    return datetime.fromisoformat(at) if at else None


def put_off_until(row: Owed, hours: Hours) -> datetime | None:
    """Until when its person put it off, by their hours as they are now; None for a row that is no snooze."""
    at = snoozed_to(row.key)
    day = _day_chosen(row) if at else None
    return hours.at(day) if day else at


def comes_back(row: Owed, hours: Hours) -> datetime | None:
    """When a snooze ends for its person as they are now: not at night, on a trading day, and after a pause.

    Without a day, as where an earlier version wrote it, it goes by the instant that was said.
    """
    at = snoozed_to(row.key)
    if at is None:
        return None
    day, stands = _day_chosen(row), datetime.fromtimestamp(row.due_at, UTC)
    return hours.held_back(hours.first_hour_from(day) if day else hours.at_once(at), stands)


def _day_chosen(row: Owed) -> date | None:
    return msgspec.json.decode(row.about, type=_PutOff).put_off_to
