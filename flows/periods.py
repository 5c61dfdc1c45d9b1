"""Periods of the past in plain English: `since June`, `last month`, `in May`, `May 3 to May 9`, `last 30 days`."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from flows.date_spans import MONTHS, WEEKDAYS, named
from flows.dates import OnDay, WhichDay, read, read_past
from flows.time_words import day as said_day
from flows.trading_days import Calendar


class Period(msgspec.Struct, frozen=True):
    """From the one day to the other, both included; None where it is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    @property
    def says(self) -> str:
        """`from May 1, 2026 to May 31, 2026`; empty where it is open on both ends."""
        if self.first and self.first == self.last:
            return f"on {said_day(self.first)}"
        begins = f"from {said_day(self.first)}" if self.first else ""
        ends = f"until {said_day(self.last)}" if self.last else ""
        return " ".join(part for part in (begins, ends) if part)


_BETWEEN = (
    re.compile(r"between (.+?) and (.+)"),
    re.compile(r"from (.+?) (?:to|until|till|through|-|–) (.+)"),
    re.compile(r"(.+?) (?:to|until|till|through|-|–) (.+)"),
)
_SINCE = re.compile(r"(?:since|from|starting|beginning)(?: on| in)? (.+)")
_AFTER = re.compile(r"after (.+)")
_UNTIL = re.compile(r"(?:until|till|up to|through|to)(?: on| in)? (.+)")
_BEFORE = re.compile(r"before (.+)")
_WITHIN = re.compile(r"(?:(?:in|on|during|within|of|for|over)(?: the)? |the )?(.+)")
_LAST_FEW = re.compile(r"(?:last|past)(?: (\d{1,4}))? (day|week|month|quarter|year)s?")
_THIS = re.compile(r"this (week|month|quarter|year)")
_MONTH = re.compile(r"(?:last )?([a-z]{3,9})(?: (\d{4}))?")
_QUARTER = re.compile(r"q([1-4])(?: (\d{4}))?")
_ONE_DAY = timedelta(days=1)

_OPEN: tuple[tuple[re.Pattern[str], Callable[[date, date], Period]], ...] = (
    (_SINCE, lambda first, _: Period(first=first)),
    (_AFTER, lambda _, last: Period(first=last + _ONE_DAY)),
    (_UNTIL, lambda _, last: Period(last=last)),
    (_BEFORE, lambda first, _: Period(last=first - _ONE_DAY)),
)
"""Periods that are open at one end: how they are said, and what they are of the span that is named."""
_ENDS = (_UNTIL, _BEFORE)
"""Of these, those that say where a period ends."""


def read_period(text: str, *, today: date, calendar: Calendar) -> Period | WhichDay | None:
    """What the words mean on this day; a question where they can be read in two ways; None where they are no period."""
    said = " ".join(re.sub(r"[,\"“”]", " ", text.casefold()).rstrip(".?! ").split())
    if not said:
        return None
    try:
        return _Reading(today, calendar).of(said)
    except (ValueError, OverflowError):  # a year far beyond the calendar
        return None


class _Unclear(Exception):
    """The words are a day that can be read in two ways."""

    def __init__(self, which: WhichDay) -> None:
        super().__init__(which.ask)
        self.which = which


class _Reading:
    """One reading of some words on one day."""

    def __init__(self, today: date, calendar: Calendar) -> None:
        self.today = today
        self.calendar = calendar

    def of(self, said: str) -> Period | WhichDay | None:
        try:
            period = self._of(said)
        except _Unclear as unclear:
            return unclear.which
        if period and period.first and period.first > self.today:
            return _to_come(period.first)
        return period

    def _of(self, said: str) -> Period | None:
        for between in _BETWEEN:
            if (found := between.fullmatch(said)) and (both := self._between(found[1], found[2])):
                return both
        for pattern, make in _OPEN:
            read_as = self._end if pattern in _ENDS else self._span
            if (found := pattern.fullmatch(said)) and (span := read_as(found[1])):
                return make(*span)
        found = _WITHIN.fullmatch(said)
        whole = self._span(found[1]) if found else None
        return Period(*whole) if whole else None

    def _between(self, one: str, other: str) -> Period | None:
        end = self._end(other)
        if end is None:
            return None
        begin = self._span(one) or self._same_month(one, end[1])
        if begin and begin[0] > end[1] and not re.search(r"\d{4}", one):
            if begin[0] > self.today and not _comes_every_year(one):
                raise _Unclear(_to_come(begin[0]))
            begin = _one_before(begin, one)
        return Period(begin[0], end[1]) if begin and begin[0] <= end[1] else None

    def _end(self, said: str) -> tuple[date, date] | None:
        """As `_span`, but in November "the 30th" and "end of November" are to come: nothing is left out by that."""
        meant = None if _has_weekday(said) else read(said, today=self.today, calendar=self.calendar)
        if isinstance(meant, OnDay) and self.today <= meant.on <= self._runs_until(said):
            return meant.on, meant.on
        return self._span(said)

    def _runs_until(self, said: str) -> date:
        return self._unit("quarter" if re.search(r"\bq[1-4]\b|quarter", said) else "month", 0)[1]

    def _same_month(self, said: str, end: date) -> tuple[date, date] | None:
        """`3 to 9 May`."""
        if re.fullmatch(r"\d{1,2}", said) and 1 <= int(said) <= end.day:
            return end.replace(day=int(said)), end.replace(day=int(said))
        return None

    # --- one span ---------------------------------------------------------------------------------------------

    def _span(self, said: str) -> tuple[date, date] | None:
        """First and last day of what the words name: a day, a month, the last ten days."""
        for rule in (self._by_name, self._last_few, self._month, self._quarter, self._year, self._day):
            if found := rule(said):
                return found
        return None

    def _by_name(self, said: str) -> tuple[date, date] | None:
        if found := _THIS.fullmatch(said):
            return self._unit(found[1], 0)
        return None

    def _last_few(self, said: str) -> tuple[date, date] | None:
        """`last month` is the one before this; `last 3 months` end today."""
        found = _LAST_FEW.fullmatch(said)
        if not found:
            return None
        if not found[1]:
            return self._unit(found[2], 1) if said.startswith("last") else (self._back(found[2], 1), self.today)
        return self._back(found[2], int(found[1])), self.today

    def _back(self, unit: str, number: int) -> date:
        days = {"day": 1, "week": 7}
        if unit in days:
            return self.today - timedelta(days[unit] * number - (1 if unit == "day" else 0))
        return _months_on(self.today, -number * {"month": 1, "quarter": 3, "year": 12}[unit])

    def _unit(self, unit: str, back: int) -> tuple[date, date]:
        if unit == "day":
            return self.today - timedelta(back), self.today - timedelta(back)
        if unit == "week":
            monday = self.today - timedelta(self.today.weekday() + 7 * back)
            return monday, monday + timedelta(6)
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = date(self.today.year, (self.today.month - 1) // months * months + 1, 1)
        return _months(_months_on(first, -months * back), months)

    def _month(self, said: str) -> tuple[date, date] | None:
        found = _MONTH.fullmatch(said)
        index = next((n for n, name in enumerate(MONTHS, start=1) if found and name.startswith(found[1])), 0)
        if not found or not index:
            return None
        first = date(int(found[2]) if found[2] else self.today.year, index, 1)
        if not found[2] and (first > self.today or (said.startswith("last ") and index == self.today.month)):
            first = first.replace(year=first.year - 1)
        return _months(first, 1)

    def _quarter(self, said: str) -> tuple[date, date] | None:
        found = _QUARTER.fullmatch(said)
        if not found:
            return None
        first = date(int(found[2]) if found[2] else self.today.year, 3 * int(found[1]) - 2, 1)
        if not found[2] and first > self.today:
            first = first.replace(year=first.year - 1)
        return _months(first, 3)

    def _year(self, said: str) -> tuple[date, date] | None:
        found = re.fullmatch(r"((?:19|20)\d\d)", said)
        return _months(date(int(found[1]), 1, 1), 12) if found else None

    def _day(self, said: str) -> tuple[date, date] | None:
        meant = read_past(said, today=self.today, calendar=self.calendar)
        if isinstance(meant, WhichDay) and len(meant.choices) > 1:
            raise _Unclear(meant)
        return (meant.on, meant.on) if isinstance(meant, OnDay) else None


def _months_on(day: date, number: int) -> date:
    months = day.year * 12 + day.month - 1 + number
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(first: date, number: int) -> tuple[date, date]:
    return first, _months_on(first, number) - _ONE_DAY


def _has_weekday(said: str) -> bool:
    return any(named(word, WEEKDAYS) is not None for word in said.split())


def _one_before(span: tuple[date, date], said: str) -> tuple[date, date]:
    """The same again, earlier, of `Monday to Wednesday` on a Tuesday, `the 10th to the 20th`, `November to May`."""
    if named(said.split()[-1], WEEKDAYS) is not None:
        return span[0] - timedelta(7), span[1] - timedelta(7)
    if re.fullmatch(r"(?:the )?\d{1,2}(?:st|nd|rd|th)", said):
        return _months_on(span[0], -1), _months_on(span[1], -1)
    return _years_back(span, 1) if _comes_every_year(said) else span


def _comes_every_year(said: str) -> bool:
    """Not so of `yesterday` or `in 3 days`, which count from today."""
    by_month = any(named(word, MONTHS) is not None for word in said.split())
    return by_month or re.search(r"\d[/.-]\d|\bq[1-4]\b|\byear[- ]?end\b|\bend of (?:the )?year\b", said) is not None


def _to_come(day: date) -> WhichDay:
    return WhichDay(f"{said_day(day)} is still to come.")


def _years_back(span: tuple[date, date], number: int) -> tuple[date, date]:
    return _months_on(span[0], -12 * number), _months_on(span[1], -12 * number)
