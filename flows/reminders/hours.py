"""A person's hours: a day becomes an instant late, in the zone the person is in, and never in the night."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.habits import Reach, Rules
from flows.trading_days import ONE_DAY, Calendar
from flows.zones import zone_of

IN_TIME = timedelta(minutes=15)
"""What goes out within so long goes out in time, though Slack was slow; also at an hour of the night somebody chose."""

JUST_BEFORE = timedelta(milliseconds=1)


class Hours:
    """When one person can be told something. `zone` is where they are, else the firm's."""

    def __init__(self, reach: Reach, firm_zone: str, rules: Rules, calendar: Calendar) -> None:
        self.habits = reach.habits
        self.zone = zone_of(reach.time_zone, firm_zone)
        self.hour = self.habits.hour or rules.hour
        self._awake = rules.awake_from, rules.awake_to
        self._hour_is_awake = rules.is_awake(self.hour)
        self._calendar = calendar
        self._next: dict[datetime, datetime] = {}

    def at(self, day: date) -> datetime:
        """The person's hour on this day, UTC. An hour that a clock change leaves out comes as much later."""
        return _at(day, self.hour, self.zone)

    def day_of(self, instant: datetime) -> date:
        """The day it is where the person is."""
        return instant.astimezone(self.zone).date()

    def next_hour(self, instant: datetime) -> datetime:
        """The person's next hour of a trading day from then on; asked of one instant for many rows."""
        kept = self._next.get(instant)
        if kept is None:
            days = self._trading_days(self.day_of(instant))
            kept = self._next[instant] = next(at for day in days if (at := self.at(day)) >= instant)
        return kept

    def first_hour_from(self, day: date) -> datetime:
        """The person's hour on the first trading day from this one on."""
        return self.at(next(self._trading_days(day)))

    def at_once(self, instant: datetime) -> datetime:
        """Then, where one may write to the person then; else in the morning."""
        return instant if self._is_awake(instant) else self.morning(instant)

    def morning(self, instant: datetime) -> datetime:
        """When what is not said at night is said: the person's next hour of a trading day.

        Where that hour is one of the night itself, no later than such a day begins: nobody is woken then, and what is
        late by minutes is not kept for a day.
        """
        hour = self.next_hour(instant)
        return hour if self._hour_is_awake else min(hour, self._day_begins(instant))

    def _day_begins(self, instant: datetime) -> datetime:
        """When quiet hours end next, on a trading day."""
        begins = (_at(day, self._awake[0], self.zone) for day in self._trading_days(self.day_of(instant)))
        return next(at for at in begins if at >= instant)

    def after_the_night(self, instant: datetime) -> datetime:
        """The hour that what came in the night is kept for: in this one, or the last one before this day began."""
        if not self._is_awake(instant):
            return self.morning(instant)
        return self.morning(_at(self.day_of(instant), self._awake[0], self.zone) - JUST_BEFORE)

    def lately(self, of: Callable[[datetime], datetime], instant: datetime) -> tuple[datetime, datetime]:
        """What it is of this instant, and of one from which on it still goes out in time: an hour that just came."""
        return of(instant), of(instant - IN_TIME)

    def _is_awake(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        begins, ends = self._awake
        return begins <= local.time() < ends and self._calendar.is_trading_day(local.date())

    def late(self, due: datetime, now: datetime) -> datetime:
        """When to say what was due then: what could not be said in time, as after a stop, is not said at night."""
        if now - due < IN_TIME:
            return due
        soonest = self.at_once(now)
        return soonest if soonest > now else due

    def held_back(self, instant: datetime, stands: datetime | None = None) -> datetime:
        """The instant, or the end of the pause it falls into.

        What still `stands` at an instant after the pause began fell into it, also where its hour is another one by now,
        as for whoever pauses and travels: that of before does not break the pause.
        """
        until, begun = self.habits.paused_until, self.habits.paused_at
        if until is None or self.day_of(instant) >= until or (begun and max(instant, stands or instant) < begun):
            return instant
        return self.first_hour_from(until)

    def is_paused(self, now: datetime) -> bool:
        """Whether what their pause holds back is still to come: it goes on until the hour at which that is said."""
        return self.habits.paused_until is not None and now < self.pause_ends()

    def pause_ends(self) -> datetime:
        """When what the pause holds back is said. Asked of whoever pauses, and of nobody else."""
        assert self.habits.paused_until is not None, "they pause"
        return self.first_hour_from(self.habits.paused_until)

    def midnight(self, day: date) -> datetime:
        """The beginning of a day where the person is."""
        return _at(day, time(), self.zone)

    def _trading_days(self, first: date) -> Iterator[date]:
        while True:
            if self._calendar.is_trading_day(first):
                yield first
            first += ONE_DAY


@lru_cache(maxsize=4096)
def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
