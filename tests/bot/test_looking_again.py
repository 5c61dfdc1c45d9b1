"""When a workspace that stands still is looked at again: ever more seldom, and not hundreds at one time."""

from itertools import pairwise

from bot.slack.looking_again import AT_ONCE, FIRST, LONGEST, LookingAgain


def test_from_one_look_to_the_next_it_is_twice_as_long_up_to_an_hour() -> None:
    again, times = LookingAgain(), list[float]()
    for now in range(0, 5 * 3600, 60):
        times += [float(now) for _ in again.due(["-/T1"], float(now))]
    assert times[0] == FIRST
    assert [after - before for before, after in pairwise(times)][:3] == [600, 1200, 2400]
    assert times[-1] - times[-2] == LONGEST


def test_one_that_went_on_and_stops_anew_begins_from_the_start() -> None:
    again = LookingAgain()
    again.due(["-/T1"], 0.0)
    assert again.due(["-/T1"], FIRST) == [("-/T1", FIRST)]
    assert again.due([], FIRST + 1) == []
    again.due(["-/T1"], FIRST + 2)
    assert again.due(["-/T1"], 2 * FIRST + 2) == [("-/T1", FIRST)]


def test_of_many_some_are_looked_at_in_each_round_and_none_is_left_out() -> None:
    again, stopped = LookingAgain(), [f"-/T{n}" for n in range(3 * AT_ONCE)]
    again.due(stopped, 0.0)
    rounds = [again.due(stopped, FIRST + n) for n in range(4)]
    assert [len(found) for found in rounds] == [AT_ONCE, AT_ONCE, AT_ONCE, 0]
    assert {tenant for found in rounds for tenant, _ in found} == set(stopped)
