"""On which days one is reminded of a date, of what is late and of what waits. Days only; hours come later."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from flows.same import Same
from flows.trading_days import NYSE, Calendar


class Step(msgspec.Struct, frozen=True):
    """One day of a ladder; `nth` is how many days before, or which one in a row. `skipped` names holidays between."""

    nth: int
    day: date
    skipped: tuple[str, ...] = ()


def told_on(calendar: Calendar, on: date, nth: int) -> date:
    """The day of the reminder so many trading days before a date; of the one on the day itself, rolled back."""
    return calendar.minus(on, nth) if nth else calendar.on_or_before(on)


KEPT = 4096
"""So many ladders are kept at most: some years of days."""


class Ladders:
    """The ladders of one calendar; what was worked out once is kept, as many tasks share a date."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._kept: dict[tuple[date, tuple[int, ...]], Sequence[Step]] = {}

    def before(self, on: date, numbers: tuple[int, ...]) -> Sequence[Step]:
        """The days before a date, the earliest first. Two that fall on one day are one, the nearer one."""
        kept = self._kept.get((on, numbers))
        if kept is None:
            days: dict[date, int] = {}
            for nth in sorted(set(numbers), reverse=True):
                days[told_on(self.calendar, on, nth)] = nth
            kept = [Step(nth, day, self.calendar.skipped(day, on)) for day, nth in days.items()]
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[on, numbers] = kept
        return kept

    def late(self, on: date, every: int, *, first: date, last: date) -> Iterator[Step]:
        """Every so many calendar days after a date, rolled back to a trading day; those from `first` to `last`."""
        nth, told = max(1, (first - on).days // every), on
        while (due := on + timedelta(every * nth)) <= last + timedelta(every):
            day = self.calendar.on_or_before(due)
            if first <= day <= last and day > told:
                told = day
                yield Step(nth, day)
            nth += 1

    def waiting(self, since: date, again: date | None, every: int, *, first: date, last: date) -> Iterator[Step]:
        """Every so many trading days of a wait; where a day to look again was given, on it and then on from it."""
        nth, before = 1, None if again else since
        day = self.calendar.on_or_before(again) if again else self.calendar.plus(since, every)
        while day <= last:
            if day >= first:
                yield Step(nth, day, self.calendar.skipped(before, day) if before else ())
            nth, before, day = nth + 1, day, self.calendar.plus(day, every)


_NYSE = Ladders(NYSE)


def ladders_of(calendar: Calendar) -> Ladders:
    """The ladders of a calendar; firms share the days of the exchange, where nobody changed them."""
    return _NYSE if calendar == NYSE else _changed(Same(calendar))


@lru_cache(maxsize=64)
def _changed(calendar: Same) -> Ladders:
    """Of a calendar that a workspace changed, for the very object: a workspace that reads the same is one."""
    assert isinstance(calendar.it, Calendar)
    return Ladders(calendar.it)
