"""Weeks, months, quarters and years by their names in plain English, and the days within them."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta

_IN_ORDER = (
    "january february march april may june july august september october november december",
    "monday tuesday wednesday thursday friday saturday sunday",
)
MONTHS, WEEKDAYS = map(str.split, _IN_ORDER)


def span_named(said: str, today: date, *, past: bool = False) -> tuple[date, date] | None:
    """First and last day of `next month`, `May 2027`, `q1`, `2027`; of a week the trading days' Monday and Friday.

    One without a year is the next that is not over, or the last that has begun where the `past` is spoken of.
    """
    found = re.fullmatch(r"(?:(this|next) )?(?:(week|month|quarter|year)|([a-z]+)|q([1-4]))(?: (\d{4}))?", said)
    if not found and (year := re.fullmatch(r"(20\d\d)", said)):
        return date(int(year[1]), 1, 1), date(int(year[1]), 12, 31)
    if not found:
        return None
    year_said = int(found[5]) if found[5] else 0
    if found[2]:
        return None if year_said else _at(today, found[2], 1 if found[1] == "next" else 0)
    first, months = (named(found[3], MONTHS), 1) if found[3] else (3 * (int(found[4]) - 1), 3)
    if first is None or found[1] == "this":
        return None
    start = date(year_said or today.year, first + 1, 1)
    if not year_said and (start > today if past else _last_of(start, months) < today):
        start = date(today.year + (-1 if past else 1), first + 1, 1)
    return start, _last_of(start, months)


def _at(today: date, unit: str, on: int) -> tuple[date, date]:
    """The week, month, quarter or year of today, or the one so many further."""
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * on)
        return monday, monday + timedelta(4)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = months_on(date(today.year, (today.month - 1) // months * months + 1, 1), months * on)
    return start, _last_of(start, months)


def named(word: str, names: Sequence[str]) -> int | None:
    """The place of a month or weekday, by its name or a beginning of three letters and more."""
    found = [n for n, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    if word in ("sept", "tues", "thur", "thurs"):
        found = [n for n, name in enumerate(names) if name.startswith(word[:3])]
    return found[0] if len(found) == 1 else None


def nth_within(span: tuple[date, date], nth: int, fits: Callable[[date], bool]) -> date | None:
    """The day of a span that is the nth of those that fit, counted from 1, or the last one for -1; None if too few."""
    days = [day for n in range((span[1] - span[0]).days + 1) if fits(day := span[0] + timedelta(n))]
    place = nth if nth < 0 else nth - 1
    return days[place] if days and place < len(days) else None


def months_on(day: date, n: int) -> date:
    """So many months later; the 31st becomes the last day of a shorter month."""
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _last_of(start: date, months: int) -> date:
    return months_on(start, months) - timedelta(1)
