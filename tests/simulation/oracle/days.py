"""Trading days, and a person's hours on them."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
_NYSE = holidays.financial_holidays("NYSE")
MORNING, EVENING = time(8), time(18)


FIRST, LAST = date(2018, 1, 1), date(2036, 1, 1)


class Days:
    """The exchange's days in order, without those on which an admin says it is closed."""

    def __init__(self) -> None:
        span = (FIRST + DAY * n for n in range((LAST - FIRST).days))
        self._open = [day for day in span if day.weekday() < 5 and day not in _NYSE]

    def close(self, day: date) -> None:
        self._open.remove(day)

    def trades(self, day: date) -> bool:
        return self.back(day) == day

    def back(self, day: date) -> date:
        """The day, or the trading day before it."""
        return self._open[bisect_right(self._open, day) - 1]

    def forward(self, day: date) -> date:
        """The day, or the trading day after it."""
        return self._open[bisect_left(self._open, day)]

    def before(self, day: date, count: int) -> date:
        """So many trading days before the day."""
        return self._open[bisect_left(self._open, day) - count] if count else day

    def after(self, day: date, count: int) -> date:
        """So many trading days after the day."""
        return self._open[bisect_right(self._open, day) + count - 1] if count else day

    def within(self, first: date, last: date) -> int:
        """How many trading days are left after the first day, up to the last."""
        return bisect_right(self._open, last) - bisect_right(self._open, first)


@dataclass
class Human:
    """A person: where, from which hour on, and what they want of reminders."""

    id: str
    zone: str = ""
    hour: time | None = None
    paused_until: date | None = None
    off: bool = False
    gone: bool = False
    refuses: bool = False
    """Slack takes no messages for them; once that was found out, they are gone."""


@dataclass(frozen=True)
class Local:
    """One person's days and hours as one firm sees them: its zone and hour stand in where the person's are unknown."""

    days: Days
    zone: str
    hour: time
    paused_until: date | None

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def on(self, day: date) -> datetime:
        """The instant of the person's hour on that day."""
        return _instant(day, self.hour, self.zone)

    def begin(self, day: date) -> datetime:
        """The beginning of a day where the person is."""
        return _instant(day, time(), self.zone)

    def next_hour(self, at: datetime) -> datetime:
        """The person's next hour of a trading day."""
        day = self.days.forward(self.day_of(at))
        return self.on(day) if self.on(day) >= at else self.on(self.days.forward(day + DAY))

    def at_once(self, at: datetime) -> datetime:
        """That instant, unless it is at night or on a day on which nobody trades."""
        local = at.astimezone(ZoneInfo(self.zone))
        awake = MORNING <= local.time() < EVENING and self.days.trades(local.date())
        return at if awake else self.after_the_night(at)

    def after_the_night(self, at: datetime) -> datetime:
        """The next hour; where that is at night itself, the next morning of a trading day, if it comes first."""
        if MORNING <= self.hour < EVENING:
            return self.next_hour(at)
        day = self.days.forward(self.day_of(at))
        if _instant(day, MORNING, self.zone) < at:
            day = self.days.forward(day + DAY)
        return min(self.next_hour(at), _instant(day, MORNING, self.zone))

    def after_pause(self, at: datetime) -> datetime:
        """When it is said to somebody who paused."""
        if self.paused_until is None or self.day_of(at) >= self.paused_until:
            return at
        return self.on(self.days.forward(self.paused_until))

    def is_paused(self, at: datetime) -> bool:
        """Whether what was held back is still to be said."""
        return self.paused_until is not None and at < self.on(self.days.forward(self.paused_until))

    def snoozed(self, at: datetime, choice: str) -> datetime:
        """When a snooze that begins now ends, as things are now."""
        if choice == "hour":
            return self.at_once(at + timedelta(hours=1))
        today = self.day_of(at)
        day = today + DAY if choice == "tomorrow" else today + DAY * (7 - today.weekday())
        return self.on(self.days.forward(day))

    def snooze_ends(self, at: datetime, day: date | None) -> datetime:
        """When it ends as things are by now: the person may be elsewhere, or a day closed on which it would have."""
        return self.on(self.days.forward(day)) if day else self.at_once(at)


@lru_cache(maxsize=100_000)
def _instant(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
