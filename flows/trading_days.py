"""Trading days of the New York Stock Exchange, which CAT follows: weekends and holidays do not count."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

ONE_DAY = timedelta(days=1)

NEW_YORK = ZoneInfo("America/New_York")
END_OF_DAY = time(23, 59, 59)


@cache
def _library() -> Mapping[date, str]:
    from holidays import financial_holidays  # 0.2 s, which only those pay who count days

    return financial_holidays("NYSE")


@cache
def _closures(year: int) -> Mapping[date, str]:
    """Asking the library takes twenty times as long as asking a dict, and a plan asks thousands of times."""
    library, first = _library(), date(year, 1, 1)
    days = (first + timedelta(n) for n in range((date(year, 12, 31) - first).days + 1))
    return {day: library[day] for day in days if day in library}


class Calendar(msgspec.Struct, frozen=True):
    """The exchange's calendar with what a workspace's admins changed in it, each day with its reason."""

    closed: Mapping[date, str] = {}
    """Days on which the exchange was closed without notice."""
    opened: Mapping[date, str] = {}
    """Days that are no holiday after all."""

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange opens that day; a day with an early close counts."""
        if day in self.closed:
            return False
        return day in self.opened or (day.weekday() < 5 and day not in _closures(day.year))

    def plus(self, day: date, n: int) -> date:
        """The nth trading day after `day`, which itself does not count; `n` is 0 or more, and 0 is `day` itself."""
        return self._step(day, n, ONE_DAY)

    def minus(self, day: date, n: int) -> date:
        """The nth trading day before `day`, which itself does not count; 0 is `day` itself."""
        return self._step(day, n, -ONE_DAY)

    def _step(self, day: date, n: int, way: timedelta) -> date:
        for _ in range(n):
            day += way
            while not self.is_trading_day(day):
                day += way
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself where it is a trading day, else the one before: reminders roll back, deadlines never roll."""
        return day if self.is_trading_day(day) else self.minus(day, 1)

    def on_or_after(self, day: date) -> date:
        """The day itself where it is a trading day, else the next one: what a pause held back comes then."""
        return day if self.is_trading_day(day) else self.plus(day, 1)

    def between(self, first: date, last: date) -> int:
        """How many trading days come after `first`, up to and with `last`; 0 where `last` is not later."""
        return sum(1 for day in _days_after(first, last) if self.is_trading_day(day))

    def skipped(self, first: date, last: date) -> tuple[str, ...]:
        """The names of the closures after `first`, up to and with `last`, in order; weekends have no name."""
        names = [self.name_of(day) for day in _days_after(first, last) if not self.is_trading_day(day)]
        return tuple(dict.fromkeys(name for name in names if name))

    def closures(self, first: date, last: date) -> tuple[tuple[date, str], ...]:
        """The days after `first`, up to and with `last`, that a workspace's admins closed, with their reasons."""
        return tuple((day, self.closed[day]) for day in _days_after(first, last) if day in self.closed)

    def name_of(self, day: date) -> str:
        """Why the exchange is closed that day, such as `Juneteenth`; empty for a weekend and for a trading day."""
        if self.is_trading_day(day):
            return ""
        return self.closed.get(day) or short_name(_closures(day.year).get(day, ""))


NYSE = Calendar()
"""The exchange's calendar as the library has it."""


def _days_after(first: date, last: date) -> Iterator[date]:
    while first < last:
        first += ONE_DAY
        yield first


def short_name(name: str) -> str:
    """A holiday as people say it: `Juneteenth`, `Thanksgiving Day`, `Christmas Day`."""
    plain = name.removesuffix(" (observed)").removesuffix(" National Independence Day")
    return "National Day of Mourning" if plain.startswith("National Day of Mourning") else plain


def end_of(day: date) -> datetime:
    """The instant a date-only deadline ends: 23:59:59 in New York, whoever looks at it."""
    return datetime.combine(day, END_OF_DAY, NEW_YORK)
