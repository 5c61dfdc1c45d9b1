"""The only place that asks the computer what time it is: a real clock, and a business clock that practice may move."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SKEW = 60.0
"""Seconds that the clocks of two replicas may be apart. A lease is given by one clock and taken by another, so each is
longer by as much than the work it is for."""

Now = Callable[[], datetime]
"""A clock: aware, UTC."""


def real_now() -> datetime:
    """The real time, which nothing moves. Aware, UTC."""
    return datetime.now(UTC)


def real_time() -> float:
    """The real time in UNIX seconds, for leases, signatures and pacing. Nothing moves it."""
    return time.time()


class BusinessClock:
    """The time that dates, cards and events go by. Call it for now: aware, UTC.

    `start_at` (aware) is the time it shows when made; from there it ticks, `speed` times as fast as real time.
    """

    def __init__(self, start_at: datetime | None = None, speed: float = 1.0, real: Now = real_now) -> None:
        self._real = real
        self._made_at = real()
        self._start_at = (start_at or self._made_at).astimezone(UTC)
        self._speed = speed
        self.moved = start_at is not None or speed != 1.0
        """Whether it shows another time than the real one: a practice run, to be marked as such everywhere."""

    def __call__(self) -> datetime:
        now = self._real()
        if not self.moved:
            return now
        return self._start_at + timedelta(seconds=(now - self._made_at).total_seconds() * self._speed)
