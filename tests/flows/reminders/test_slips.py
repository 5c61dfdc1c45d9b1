"""What a pause keeps while a click takes it away: its undo brings it back, and nothing else does."""

from collections.abc import Callable
from datetime import date, time

import pytest

from tests.flows.reminders.world import ANA, BEN, LEA, World, started

END = date(2026, 12, 28)

CLICKS: dict[str, Callable[[World], object]] = {
    "done": lambda world: world.done("s2", ANA),
    "another date": lambda world: world.due("s2", date(2026, 12, 30)),
    "given away": lambda world: world.give("s2", ANA),
    "nobody's": lambda world: world.give("s2", None),
}


def paused() -> World:
    """Ben owns s2, wanted by December 16, and pauses from December 7 to 28: late 1, of December 23, is kept for him."""
    world = started("2026-12-03 10:00").give("s2", BEN).due("s2", date(2026, 12, 16))
    return world.at("2026-12-07 08:00").habits(BEN, paused_until=END)


def slip(world: World, click: str, at: str = "2026-12-24 12:00", undone: str = "2026-12-24 12:01") -> World:
    CLICKS[click](world.at(at))
    return world.at(undone).undo(ANA)


@pytest.mark.parametrize("click", CLICKS)
def test_it_is_said_at_its_end_where_the_click_is_undone(click: str) -> None:
    assert slip(paused(), click).at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 28 09:00 s2 late 1"


@pytest.mark.parametrize("click", CLICKS)
def test_it_is_said_although_no_plan_was_made_between_the_two(click: str) -> None:
    world = paused().at("2026-12-24 11:59")
    world.down = True
    slip(world, click).restart()
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 28 09:00 s2 late 1"


@pytest.mark.parametrize("click", CLICKS)
@pytest.mark.parametrize(("ends", "said"), [("2026-12-24 13:00", "13:00"), ("2026-12-23 20:00", "09:00")])
def test_it_is_said_once_the_pause_is_ended_and_not_at_night(click: str, ends: str, said: str) -> None:
    world = slip(paused(), click, "2026-12-23 12:00", "2026-12-23 12:01").at(ends).habits(BEN)
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == f"Dec 24 {said} s2 late 1"


@pytest.mark.parametrize("until", [date(2027, 1, 4), date(2026, 12, 26)])
def test_a_pause_that_is_prolonged_or_shortened_keeps_it(until: date) -> None:
    world = slip(paused(), "done").at("2026-12-24 13:00").habits(BEN, paused_until=until)
    said = "Jan 4 09:00 s2 late 2" if until.year == 2027 else "Dec 28 09:00 s2 late 1"
    assert world.at("2027-01-04 10:00").heard(BEN)[-1 if until.year == 2027 else -2] == said


@pytest.mark.parametrize("click", ["done", "nobody's"])
@pytest.mark.parametrize("ended", [True, False])
def test_that_it_was_given_to_them_in_the_pause_is_told_all_the_same(click: str, ended: bool) -> None:
    world = started("2026-12-01 10:00").habits(BEN, paused_until=END)
    world.at("2026-12-03 10:00").give("s2", BEN).due("s2", date(2027, 1, 29))
    slip(world, click, "2026-12-10 12:00", "2026-12-10 12:01").at("2026-12-14 10:00")
    if ended:
        world.habits(BEN)
    assert world.at("2026-12-29 10:00").heard(BEN) == [f"Dec {'14 10:00' if ended else '28 09:00'} s2 given"]


def test_an_undo_that_is_undone_in_its_turn_takes_it_away_and_another_brings_it_back() -> None:
    world = slip(paused(), "done").at("2026-12-24 12:02").undo(ANA, of=-1)
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given"]
    world = slip(paused(), "done").at("2026-12-24 12:02").undo(ANA, of=-1).at("2026-12-24 12:03").undo(ANA, of=-1)
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 28 09:00 s2 late 1"


def test_of_what_is_never_undone_nothing_is_said() -> None:
    world = paused().at("2026-12-24 12:00").done("s2", ANA).at("2027-01-12 10:00")
    assert world.heard(BEN) == ["Dec 4 09:00 s2 given"]


def test_what_is_given_back_or_dated_again_skips_what_lay_before_as_without_a_pause() -> None:
    world = paused().at("2026-12-10 12:00").give("s2", ANA).at("2026-12-24 12:00").give("s2", BEN)
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 28 09:00 s2 given"
    world = paused().at("2026-12-14 12:00").due("s2", date(2026, 12, 30)).at("2026-12-14 12:01")
    world.due("s2", date(2026, 12, 18))
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 28 09:00 s2 late 1", "of December 25, and nothing before"


def test_an_undo_of_something_else_brings_nothing_back() -> None:
    world = paused().at("2026-12-23 12:00").give("s2", ANA).at("2026-12-24 12:00").give("s2", BEN, BEN)
    slip(world.at("2026-12-24 13:00"), "another date", "2026-12-24 13:00", "2026-12-24 13:01")
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given"]


def test_what_fell_between_a_click_and_its_undo_is_skipped() -> None:
    world = slip(paused(), "done", "2026-12-22 12:00", "2026-12-24 12:00")
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given", "Dec 28 09:00 s2 before 5"]


def test_whoever_turned_reminders_off_meanwhile_is_not_told_late() -> None:
    world = paused().at("2026-12-24 12:00").done("s2", ANA).habits(BEN, paused_until=END, off=True)
    world.at("2026-12-24 12:01").habits(BEN, paused_until=END).at("2026-12-24 12:02").undo(ANA)
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given"]


def given(until: date = END) -> World:
    """Ben pauses from December 1, and is given s2 on December 3, wanted a month after the pause."""
    world = started("2026-12-01 10:00").habits(BEN, paused_until=until)
    return world.at("2026-12-03 10:00").give("s2", BEN).due("s2", date(2027, 1, 29))


@pytest.mark.parametrize(
    ("change", "comes"),
    [
        (lambda world: world.habits(BEN, paused_until=date(2027, 1, 11)), "Jan 11 09:00"),
        (lambda world: world.habits(BEN, paused_until=date(2026, 12, 30)), "Dec 30 09:00"),
        (lambda world: world.reach(BEN, time_zone="Asia/Tokyo"), "Dec 27 19:00"),
        (lambda world: world.reach(BEN, time_zone="America/Los_Angeles"), "Dec 28 12:00"),
        (lambda world: world.close(END), "Dec 29 09:00"),
        (lambda world: world, "Dec 28 09:00"),
    ],
)
def test_it_goes_with_the_pause_between_a_click_and_its_undo(change: Callable[[World], World], comes: str) -> None:
    world = given().at("2026-12-24 12:00").done("s2", ANA)
    change(world.at("2026-12-24 12:01")).at("2026-12-25 12:00").undo(ANA)
    assert world.at("2027-01-12 10:00").heard(BEN)[0].startswith(f"{comes} s2")


def test_it_goes_with_a_pause_that_is_prolonged_until_after_its_first_end() -> None:
    world = given().at("2026-12-24 12:00").done("s2", ANA)
    world.at("2026-12-24 12:01").habits(BEN, paused_until=date(2027, 1, 11)).at("2026-12-29 12:00").undo(ANA)
    assert world.at("2027-01-11 10:00").heard(BEN) == ["Jan 11 09:00 s2 given"]


@pytest.mark.parametrize(
    ("until", "click", "undone"),
    [
        (END, "2026-12-28 08:00", "2026-12-28 08:01"),
        (date(2026, 12, 26), "2026-12-27 12:00", "2026-12-27 12:01"),
        (date(2026, 12, 26), "2026-12-24 12:00", "2026-12-27 12:00"),
    ],
)
def test_a_pause_lasts_until_the_hour_at_which_it_is_said(until: date, click: str, undone: str) -> None:
    assert slip(given(until), "done", click, undone).at("2026-12-28 10:00").heard(BEN) == ["Dec 28 09:00 s2 given"]


def test_it_is_not_said_at_night_though_the_undo_and_the_end_of_the_pause_were_just_now() -> None:
    world = slip(paused(), "done", "2026-12-23 22:00", "2026-12-23 22:01").at("2026-12-23 22:05").habits(BEN)
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 24 09:00 s2 late 1"


def test_it_is_said_where_one_plan_sees_the_click_its_undo_and_the_end_of_the_pause() -> None:
    world = paused().at("2026-12-24 11:59")
    world.down = True
    slip(world, "done").at("2026-12-24 12:02").habits(BEN).restart()
    assert world.at("2026-12-29 10:00").heard(BEN)[-1] == "Dec 24 12:02 s2 late 1"


def test_what_an_undo_brought_back_is_skipped_where_it_was_given_anew_since_then() -> None:
    world = slip(paused(), "done")
    world.down = True
    world.at("2026-12-24 13:00").give("s2", ANA).at("2026-12-24 13:01").give("s2", BEN, BEN).restart()
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given"]


def test_an_undo_of_what_was_clicked_before_brings_nothing_back_that_is_given_anew() -> None:
    world = paused().at("2026-12-23 11:00").due("s3e", date(2027, 2, 26)).at("2026-12-23 12:00").give("s2", ANA, BEN)
    world.at("2026-12-23 13:00").undo(ANA).at("2026-12-23 14:00").give("s2", BEN, BEN)
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 4 09:00 s2 given"]


@pytest.mark.parametrize("closed", [True, False])
def test_a_day_that_was_closed_by_mistake_takes_nothing_from_a_pause(closed: bool) -> None:
    world = started("2026-12-03 10:00").give("s2", BEN).due("s2", date(2026, 12, 16))
    world.at("2026-12-07 10:00").habits(BEN, paused_until=date(2026, 12, 21)).at("2026-12-15 08:00")
    if closed:
        world.close(date(2026, 12, 16)).at("2026-12-15 10:05").withdraw()
    kept = [
        key for key, row in world.at("2026-12-15 10:10").rows["f1"].items() if not row.settled and "|before|" in key
    ]
    assert sorted(key.split("|")[4] for key in kept) == ["0", "1", "2", "5"]


def test_an_answer_that_is_undone_brings_back_what_a_pause_kept_and_one_that_is_given_again_does_not() -> None:
    for undone in (True, False):
        world = paused().at("2026-12-24 12:00").answer("fdid_duty", "unsure").at("2026-12-24 12:01")
        world = world.undo(ANA) if undone else world.answer("fdid_duty", "yes")
        said = world.at("2026-12-29 10:00").heard(BEN)
        assert (said[-1] == "Dec 28 09:00 s2 late 1") is undone, said


@pytest.mark.parametrize("between", [True, False])
def test_an_undo_makes_nothing_said_that_was_skipped_before_the_click(between: bool) -> None:
    world = started("2026-12-03 10:00").member(LEA, "lead").due("s2", date(2026, 12, 16))
    world.at("2026-12-07 08:00").habits(LEA, paused_until=END).at("2026-12-14 12:00").give("s2", LEA, LEA)
    world.at("2026-12-14 13:00").down = not between
    slip(world, "given away", "2026-12-14 13:01", "2026-12-14 13:02").restart().at("2026-12-29 10:00")
    sent = [key.split("|") for key, row in world.rows["f1"].items() if row.outcome == "sent"]
    assert {nth for _, _, person, kind, nth, *_ in sent if (person, kind) == (LEA.id, "before")} == {"1", "0"}


def test_what_was_skipped_comes_where_its_hour_is_set_back_and_a_slip_takes_nothing_from_that() -> None:
    world = started("2026-12-03 10:00").member(BEN).due("s2", date(2026, 12, 16)).at("2026-12-07 08:00")
    world.habits(BEN, paused_until=END).at("2026-12-23 10:00").give("s2", BEN, BEN)
    world.at("2026-12-23 11:00").habits(BEN, paused_until=END, hour=time(16))
    slip(world, "done", "2026-12-24 12:00", "2026-12-24 12:01")
    assert world.at("2026-12-29 10:00").heard(BEN) == ["Dec 28 16:00 s2 late 1"]


@pytest.mark.parametrize("between", [True, False])
def test_what_a_click_gives_to_whoever_was_told_of_it_anyway_is_said_where_that_is_undone(between: bool) -> None:
    world = started("2026-12-03 10:00").member(LEA, "lead").due("s2", date(2026, 12, 18))
    world.at("2026-12-07 08:00").habits(LEA, paused_until=END).at("2026-12-27 12:00").down = not between
    world.give("s2", LEA).at("2026-12-27 12:01").undo(ANA).restart().at("2026-12-29 10:00")
    sent = [key.split("|") for key, row in world.rows["f1"].items() if row.outcome == "sent"]
    assert len([key for key in sent if key[2] == LEA.id]) == 6, "10, 5, 2 and 1 before, the day itself, and late"


def test_what_is_still_to_come_comes_where_the_pause_is_ended_between_a_click_and_its_undo() -> None:
    world = started("2026-12-03 10:00").give("s2", BEN).due("s2", date(2026, 12, 9))
    world.at("2026-12-14 07:00").habits(BEN, paused_until=date(2027, 1, 11), hour=time(16))
    world.at("2026-12-14 08:00").due("s2", date(2027, 1, 29))
    world.at("2026-12-14 12:00").habits(BEN, paused_until=date(2026, 12, 14), hour=time(16))
    world.at("2026-12-15 10:00").undo(ANA).at("2026-12-31 10:00")
    assert world.heard(BEN)[-3:] == ["Dec 16 16:00 s2 late 1", "Dec 23 16:00 s2 late 2", "Dec 30 16:00 s2 late 3"]
