"""Before a date and after it: docs/reminders.md, line by line."""

from datetime import date

import pytest

from flows import own_dates
from flows.reminders.ladders import Ladders
from flows.trading_days import NYSE
from tests.flows.reminders.world import ANA, BEN, LEA, World, local, started


def test_a_date_is_reminded_of_10_5_2_and_1_trading_days_before_and_on_the_day() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 12, 10)).at("2026-12-11 00:00")
    assert world.heard() == [
        "Nov 25 09:00 s2 before 10",
        "Dec 3 09:00 s2 before 5",
        "Dec 8 09:00 s2 before 2",
        "Dec 9 09:00 s2 before 1",
        "Dec 10 09:00 s2 before",
    ]


def test_it_says_which_holidays_were_skipped_in_counting() -> None:
    world = started("2022-06-10 10:00").due("s2", date(2022, 6, 24))
    rungs = world.rungs(until=local("2022-06-30 00:00"))
    skipped = {r.rung: r.skipped for r in rungs if r.subject == "task:s2" and r.kind == "before"}
    assert skipped == {5: ("Juneteenth",), 2: (), 1: (), 0: ()}


@pytest.mark.parametrize(
    ("on", "last"),
    [
        (date(2026, 3, 15), date(2026, 3, 13)),  # the yearly clock-synchronisation date: a Sunday
        (date(2022, 6, 20), date(2022, 6, 17)),  # Juneteenth observed, for the first time
        (date(2022, 6, 12), date(2022, 6, 10)),  # a Sunday
        (date(2024, 5, 31), date(2024, 5, 31)),  # a Friday
        (date(2025, 5, 31), date(2025, 5, 30)),  # a Saturday
        (date(2026, 11, 27), date(2026, 11, 27)),  # closes early, and counts
        (date(2025, 1, 9), date(2025, 1, 8)),  # a day of mourning
    ],
)
def test_the_last_reminder_rolls_back_to_a_trading_day_and_the_date_stays(on: date, last: date) -> None:
    step = Ladders(NYSE).before(on, (10, 5, 2, 1, 0))[-1]
    assert (step.nth, step.day) == (0, last)


def test_two_that_fall_on_one_day_are_one_the_nearer_one() -> None:
    world = started("2026-12-09 10:00").due("s2", date(2026, 12, 12)).at("2026-12-14 00:00")
    assert world.heard() == ["Dec 10 09:00 s2 before 2", "Dec 11 09:00 s2 before"]


def test_what_lies_before_the_date_was_set_is_skipped() -> None:
    world = started().at("2026-12-08 09:01").due("s2", date(2026, 12, 10)).at("2026-12-11 00:00")
    assert world.heard() == ["Dec 9 09:00 s2 before 1", "Dec 10 09:00 s2 before"]


def test_a_date_that_is_set_anew_is_a_new_one_and_the_old_one_is_not_spoken_of() -> None:
    world = started().due("s2", date(2026, 12, 10)).at("2026-12-08 12:00").due("s2", date(2026, 12, 18))
    assert world.at("2026-12-19 00:00").heard() == [
        "Dec 3 09:00 s2 before 5",
        "Dec 8 09:00 s2 before 2",
        "Dec 11 09:00 s2 before 5",
        "Dec 16 09:00 s2 before 2",
        "Dec 17 09:00 s2 before 1",
        "Dec 18 09:00 s2 before",
    ]


def test_a_date_set_for_today_after_the_hour_reminds_at_once_and_in_the_evening_the_next_morning() -> None:
    assert started("2026-12-07 10:00").due("s2", date(2026, 12, 7)).at("2026-12-08 00:00").heard() == [
        "Dec 7 10:00 s2 before"
    ]
    assert started("2026-12-07 19:00").due("s2", date(2026, 12, 7)).at("2026-12-09 00:00").heard() == [
        "Dec 8 09:00 s2 before"
    ]
    assert started("2026-12-07 08:00").due("s2", date(2026, 12, 7)).at("2026-12-08 00:00").heard() == [
        "Dec 7 09:00 s2 before"
    ]


def test_a_sunday_set_on_the_friday_before_reminds_at_once_too() -> None:
    world = started("2026-12-11 10:00").due("s2", date(2026, 12, 13)).at("2026-12-15 00:00")
    assert world.heard() == ["Dec 11 10:00 s2 before"]


@pytest.mark.parametrize(
    ("set_on", "day", "comes"),
    [
        ("2026-12-07 15:45", 7, ["Dec 7 15:45"]),
        ("2026-12-07 08:00", 7, ["Dec 7 09:00"]),
        ("2026-12-07 19:00", 7, ["Dec 8 09:00"]),
        ("2026-12-11 15:45", 12, ["Dec 11 15:45"]),  # a Saturday: the reminder on the day itself is Friday's
    ],
)
def test_a_date_of_every_year_that_is_set_for_today_reminds_as_a_tasks_date_does(
    set_on: str, day: int, comes: list[str]
) -> None:
    world = started(set_on).yearly("SAA", 12, day).at("2026-12-13 00:00")
    assert [line.split(" recurring:")[0] for line in world.heard()] == comes
    done = started(set_on).yearly("SAA", 12, day).finish("SAA", date(2026, 12, day))
    assert done.at("2026-12-13 00:00").heard() == [], "marked done at once"


def test_late_is_said_every_seven_days_and_from_the_fifth_trading_day_on_to_the_leads_too() -> None:
    world = started().give("s2", BEN, BEN).due("s2", date(2026, 12, 2), BEN).at("2026-12-24 00:00")
    assert world.heard(BEN) == [
        "Dec 2 09:00 s2 before",
        "Dec 9 09:00 s2 late 1",
        "Dec 16 09:00 s2 late 2",
        "Dec 23 09:00 s2 late 3",
    ]
    assert world.heard(ANA) == ["Dec 9 09:00 s2 late 1", "Dec 16 09:00 s2 late 2", "Dec 23 09:00 s2 late 3"]


def test_a_week_of_less_than_five_trading_days_is_not_yet_told_the_leads() -> None:
    """Thanksgiving is between: the week after November 23 has four trading days."""
    world = started("2026-11-20 10:00").give("s2", BEN, BEN).due("s2", date(2026, 11, 23), BEN).at("2026-12-08 00:00")
    assert world.heard(ANA) == ["Dec 7 09:00 s2 late 2"]


def test_late_rolls_back_to_a_trading_day() -> None:
    world = started("2026-12-24 10:00").due("s2", date(2026, 12, 25)).at("2027-01-02 00:00")
    assert world.heard() == ["Dec 24 10:00 s2 before", "Dec 31 09:00 s2 late 1"]


def test_nothing_is_said_of_what_is_done_or_set_aside_and_what_was_opened_again_goes_on_from_then() -> None:
    world = (
        started().due("s2", date(2026, 12, 10)).at("2026-12-04 12:00").done("s2").at("2026-12-08 12:00").reopen("s2")
    )
    assert world.at("2026-12-11 00:00").heard() == [
        "Dec 3 09:00 s2 before 5",
        "Dec 9 09:00 s2 before 1",
        "Dec 10 09:00 s2 before",
    ]


def test_an_undo_on_the_day_of_a_reminder_that_was_not_sent_sends_none_late() -> None:
    world = started().due("s2", date(2026, 12, 10)).at("2026-12-07 12:00").done("s2").at("2026-12-08 12:00").undo()
    assert world.at("2026-12-11 00:00").heard()[1:] == ["Dec 9 09:00 s2 before 1", "Dec 10 09:00 s2 before"]


def test_a_task_goes_by_its_parts_or_its_steps_date_where_it_has_none() -> None:
    world = started("2026-12-07 10:00")
    world.step_due("2", date(2026, 12, 9)).at("2026-12-10 00:00")
    assert world.heard() == ["Dec 8 09:00 s2 before 1", "Dec 9 09:00 s2 before"]


def test_the_target_is_the_leads_and_stops_at_the_end_of_the_roadmap() -> None:
    world = started().member(LEA, "lead").target(date(2026, 12, 4)).at("2026-12-10 12:00")
    target = ["Dec 2 09:00 target before 2", "Dec 3 09:00 target before 1", "Dec 4 09:00 target before"]
    assert world.heard(ANA) == world.heard(LEA) == target
    assert world.heard(BEN) == []
    world.answer("fdid_duty", "no", basis="Only advisory business.").at("2026-12-31 00:00")
    assert world.heard(ANA) == target


def test_a_date_of_every_year_is_late_until_it_is_done() -> None:
    world = started("2026-11-23 10:00").yearly("SAA", 12, 1).at("2026-12-15 12:00")
    said = [line.split(" recurring:")[0] for line in world.heard()]
    assert said == ["Nov 27 09:00", "Nov 30 09:00", "Dec 1 09:00", "Dec 8 09:00", "Dec 15 09:00"]
    world.finish("SAA", date(2026, 12, 1)).at("2027-11-30 12:00")
    following = [line.split(" recurring:")[0] for line in world.heard()][len(said) :]
    assert following == ["Nov 16 09:00", "Nov 23 09:00", "Nov 29 09:00", "Nov 30 09:00"]


def test_another_spelling_of_its_name_ends_no_lateness_of_a_date_of_every_year() -> None:
    left_alone = started("2026-11-23 10:00").yearly("SAA certification", 12, 1).at("2026-12-31 00:00")
    world = started("2026-11-23 10:00").yearly("SAA certification", 12, 1).at("2026-12-10 12:00")
    world.yearly("SAA Certification", 12, 1)
    (recurring,) = world.positions["f1"].recurring
    assert recurring.name == "SAA Certification"
    assert own_dates.still_open(world.positions["f1"], recurring, date(2026, 12, 11)) == date(2026, 12, 1)
    assert world.at("2026-12-31 00:00").heard() == left_alone.heard()


def test_a_date_of_every_year_that_nobody_marked_done_gives_way_to_the_first_reminder_of_its_next_day() -> None:
    world = started("2026-11-23 10:00").yearly("SAA", 12, 1).at("2027-11-17 00:00")
    kinds = [next(iter(items.values())).kind for _, _, items in world.said]
    assert kinds[-2:] == ["late", "before"]
    assert "Nov 16 09:00" in world.heard()[-1]


def test_a_date_of_every_year_begins_with_the_first_after_it_was_set() -> None:
    world = started("2026-12-02 10:00").yearly("SAA", 12, 1).at("2026-12-31 00:00")
    assert world.heard() == []


def test_every_number_is_the_firms_to_set() -> None:
    world = started().rules(before=(3,), late_every=2).due("s2", date(2026, 12, 8)).at("2026-12-13 00:00")
    assert world.heard() == ["Dec 3 09:00 s2 before 3", "Dec 10 09:00 s2 late 1", "Dec 11 09:00 s2 late 2"]


def test_a_firm_that_asks_for_fewer_reminders_of_what_is_late_hears_them_from_then_on() -> None:
    world = started().rules(late_every=2).due("s2", date(2026, 12, 8)).give("s2", BEN, BEN).at("2026-12-16 12:00")
    told = [on.partition(" s2")[0] for on in world.rules(late_every=7).at("2027-01-06 00:00").heard(BEN)]
    assert told[-7:] == [f"Dec {day} 09:00" for day in (10, 11, 14, 16, 22, 29)] + ["Jan 5 09:00"]


@pytest.mark.parametrize("before", [1, 3, 10])
def test_a_firm_that_asks_about_waits_less_or_more_often_hears_of_them_from_then_on(before: int) -> None:
    world = started().rules(wait_every=before).wait("s2").at("2026-12-15 08:00").rules(wait_every=5)
    days = [on.partition(" 09:00")[0] for on in world.at("2026-12-23 00:00").heard()]
    assert days[-2:] == ["Dec 15", "Dec 22"]


def test_numbers_that_are_set_on_the_day_of_a_reminder_send_none_late() -> None:
    world = started().due("s2", date(2026, 12, 10)).at("2026-12-04 12:00").rules(before=(4, 0))
    assert world.at("2026-12-11 00:00").heard() == ["Dec 3 09:00 s2 before 5", "Dec 10 09:00 s2 before"]


def test_a_closure_that_an_admin_enters_is_counted_from_then_on() -> None:
    world = started().due("s2", date(2026, 12, 10)).close(date(2026, 12, 9)).at("2026-12-11 00:00")
    assert [line.split(" s2")[0] for line in world.heard()] == [
        "Dec 2 09:00",
        "Dec 7 09:00",
        "Dec 8 09:00",
        "Dec 10 09:00",
    ]


def test_nothing_is_said_to_firms_that_are_only_looked_at() -> None:
    world = World("2026-12-01 10:00").set_up().at("2027-12-01 00:00")
    assert world.said == []
