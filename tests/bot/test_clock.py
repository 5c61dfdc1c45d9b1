"""Two clocks: one that practice may move, one that nothing moves."""

from datetime import UTC, datetime, timedelta

from bot.clock import BusinessClock, real_now, real_time


class Wall:
    """A real clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_business_time_is_real_time_unless_moved() -> None:
    wall = Wall()
    clock = BusinessClock(real=wall)
    wall.now += timedelta(hours=3)
    assert clock() == wall.now
    assert not clock.moved


def test_a_moved_clock_starts_elsewhere_and_ticks() -> None:
    wall = Wall()
    clock = BusinessClock(datetime.fromisoformat("2022-06-01T09:00-04:00"), real=wall)
    wall.now += timedelta(minutes=5)
    assert clock() == datetime(2022, 6, 1, 13, 5, tzinfo=UTC)
    assert clock().tzinfo is UTC
    assert clock.moved


def test_a_fast_clock_makes_an_hour_of_a_second() -> None:
    wall = Wall()
    started = wall.now
    clock = BusinessClock(speed=3600, real=wall)
    wall.now += timedelta(seconds=2)
    assert clock() == started + timedelta(hours=2)
    assert clock.moved


def test_real_time_is_aware_and_agrees_with_its_seconds() -> None:
    before = real_time()
    now = real_now()
    assert now.tzinfo is UTC
    assert before <= now.timestamp() <= real_time()
