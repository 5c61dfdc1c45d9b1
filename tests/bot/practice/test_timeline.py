"""The time of the practice run: moved, going on, kept while nothing runs, and honest about going back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.practice.timeline import Timeline

JUNE = datetime(2022, 6, 1, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Wall:
    """A real clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_unmoved_it_is_the_real_time_and_the_bot_is_told_of_no_other(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, real=wall)
    wall.now += DAY
    assert (timeline.now(), timeline.moved, timeline.moves) == (wall.now, False, [])
    assert timeline.environment() == {"CAIS_START_AT": ""}


def test_a_moved_time_goes_on_from_where_it_was_moved_to(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, real=wall)
    timeline.move(JUNE)
    wall.now += timedelta(minutes=5)
    assert timeline.now() == JUNE + timedelta(minutes=5)
    assert timeline.environment() == {"CAIS_START_AT": "2022-06-01T13:05:00+00:00"}


def test_it_stands_still_while_nothing_runs_and_goes_on_there(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, real=wall)
    timeline.begin(JUNE)
    timeline.told("a-story")
    wall.now += timedelta(hours=2)
    timeline.keep()
    wall.now += 3 * DAY
    again = Timeline(tmp_path, real=wall)
    assert (again.now(), again.story) == (JUNE + timedelta(hours=2), "a-story")
    assert [move.to for move in again.moves] == [JUNE, JUNE + timedelta(hours=2)]


def test_back_at_the_real_time_nothing_is_kept_of_another(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, real=wall)
    timeline.move(JUNE)
    timeline.move(None)
    assert (timeline.now(), timeline.moved) == (wall.now, False)
    wall.now += DAY
    assert Timeline(tmp_path, real=wall).now() == wall.now


def test_a_time_that_was_set_by_hand_goes_before_the_one_that_was_kept(tmp_path: Path) -> None:
    wall = Wall()
    Timeline(tmp_path, real=wall).move(JUNE)
    assert Timeline(tmp_path, JUNE + DAY, real=wall).now() == JUNE + DAY


def test_whoever_goes_back_is_told_how_far_it_had_been_until_it_is_there_again(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, real=wall)
    timeline.begin(JUNE)
    timeline.move(JUNE + 7 * DAY)
    assert timeline.furthest is None
    timeline.move(JUNE)
    assert timeline.furthest == JUNE + 7 * DAY
    assert Timeline(tmp_path, real=wall).furthest == JUNE + 7 * DAY
    timeline.move(JUNE + 8 * DAY)
    assert timeline.furthest is None


def test_a_start_at_an_earlier_time_knows_how_far_it_had_been(tmp_path: Path) -> None:
    wall = Wall()
    Timeline(tmp_path, real=wall).move(JUNE + 90 * DAY)
    earlier = Timeline(tmp_path, start_at=JUNE, real=wall)
    assert (earlier.now(), earlier.furthest) == (JUNE, wall.now), "it had been today before"
    Timeline(tmp_path, real=wall).begin(JUNE + 90 * DAY)
    assert Timeline(tmp_path, start_at=JUNE, real=wall).furthest == JUNE + 90 * DAY
    assert Timeline(tmp_path, start_at=JUNE + 99 * DAY, real=wall).furthest is None


def test_a_fresh_start_forgets_what_was_before(tmp_path: Path) -> None:
    timeline = Timeline(tmp_path, real=Wall())
    timeline.begin(JUNE)
    timeline.told("a-story")
    timeline.begin(None)
    assert (timeline.moved, timeline.furthest, timeline.story, timeline.moves) == (False, None, "", [])


def test_a_faster_clock_is_a_moved_one_wherever_it_is(tmp_path: Path) -> None:
    wall = Wall()
    timeline = Timeline(tmp_path, speed=3600, real=wall)
    began = wall.now
    wall.now += timedelta(seconds=2)
    assert (timeline.now(), timeline.moved) == (began + timedelta(hours=2), True)
    timeline.move(None)
    assert (timeline.now(), timeline.moved) == (wall.now, True)


def test_what_cannot_be_read_is_the_real_time(tmp_path: Path) -> None:
    (tmp_path / "practice.json").write_text("{broken")
    wall = Wall()
    assert Timeline(tmp_path, real=wall).now() == wall.now
