"""Who is told, and when it suits them: owners and leads, zones, pauses, snoozes."""

from datetime import date, time, timedelta
from typing import Any

import msgspec
import pytest

from flows.asked import Kept
from flows.habits import Habits, Reach, Rules
from flows.reminders.hours import Hours
from flows.reminders.snoozing import Choice, snoozed, snoozed_until
from flows.trading_days import NYSE
from tests.flows.reminders.world import ANA, BEN, LEA, local, started


def test_a_task_of_somebodys_reminds_its_owner_and_one_of_nobodys_all_leads() -> None:
    world = started().member(LEA, "lead").due("s2", date(2026, 12, 8)).due("s3e", date(2026, 12, 8))
    world.give("s2", BEN, BEN).at("2026-12-04 12:00")
    assert world.heard(BEN) == ["Dec 4 09:00 s2 before 2"]
    assert world.heard(ANA) == world.heard(LEA) == ["Dec 4 09:00 s3e before 2"]


def test_what_is_reassigned_stops_for_one_and_begins_for_the_other_from_then_on() -> None:
    world = started().due("s2", date(2026, 12, 10)).give("s2", BEN, BEN).at("2026-12-07 12:00").give("s2", ANA, ANA)
    world.at("2026-12-11 00:00")
    assert world.heard(BEN) == ["Dec 3 09:00 s2 before 5"]
    assert world.heard(ANA)[-3:] == ["Dec 8 09:00 s2 before 2", "Dec 9 09:00 s2 before 1", "Dec 10 09:00 s2 before"]


def test_what_is_taken_from_its_owner_after_the_hour_is_not_said_again_to_the_leads_on_that_day() -> None:
    world = started().due("s2", date(2026, 12, 10)).give("s2", BEN, BEN).at("2026-12-08 12:00").give("s2", None)
    assert world.at("2026-12-09 00:00").heard(ANA) == []


@pytest.mark.parametrize("how", [{"standing": "gone"}, {"standing": "guest"}, {"blocked": "cannot_dm_bot"}])
def test_an_owner_who_cannot_be_reached_counts_as_none_and_the_leads_are_told_once(how: dict[str, str]) -> None:
    world = started().due("s2", date(2026, 12, 10)).give("s2", BEN, BEN).at("2026-12-03 12:00").reach(BEN, **how)
    world.at("2026-12-11 00:00")
    assert world.heard(BEN) == ["Dec 3 09:00 s2 before 5"]
    assert world.heard(ANA) == [
        "Dec 4 09:00 person:slack:-/T1/UBEN unreachable",
        "Dec 8 09:00 s2 before 2",
        "Dec 9 09:00 s2 before 1",
        "Dec 10 09:00 s2 before",
    ]


def test_an_owner_who_left_and_one_who_only_reads_now_count_as_none() -> None:
    world = started().due("s2", date(2026, 12, 9)).give("s2", BEN, BEN).at("2026-12-07 12:00").remove(BEN)
    world.at("2026-12-09 12:00")
    assert world.heard(ANA)[:2] == ["Dec 7 12:00 person:slack:-/T1/UBEN unreachable", "Dec 8 09:00 s2 before 1"]
    world = started().due("s2", date(2026, 12, 9)).give("s2", BEN, BEN).member(BEN, "viewer").at("2026-12-03 00:00")
    assert world.heard(ANA) == ["Dec 2 09:00 person:slack:-/T1/UBEN unreachable s2 before 5"]


@pytest.mark.parametrize("known", [True, False], ids=["since when is known", "since when is not known"])
@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-12-07 12:00", "Dec 8 09:00"),
        ("2026-12-08 12:00", "Dec 8 12:00"),
        ("2026-12-08 19:00", "Dec 9 09:00"),
        ("2026-12-10 12:00", "Dec 10 12:00"),
        ("2026-12-12 12:00", "Dec 14 09:00"),
    ],
    ids=["three trading days before", "two", "two, in the evening", "on the day itself", "after it, on a Saturday"],
)
def test_an_owner_out_of_reach_who_owns_what_is_wanted_within_two_trading_days_is_told_of_at_once(
    now: str, told: str, known: bool
) -> None:
    world = started().due("s2", date(2026, 12, 10)).due("s3e", date(2027, 3, 1))
    world.give("s2", BEN, BEN).give("s3e", BEN, BEN).at(now).at(world.now + timedelta(seconds=2))
    since = world.now - timedelta(seconds=2) if known else None
    world.reach(BEN, standing="gone", since=since).at("2027-01-15 00:00")
    lines = [line for line in world.heard(ANA) if "unreachable" in line]
    assert [line[: len(told)] for line in lines] == [told], "once"


def test_an_owner_out_of_reach_is_told_of_as_soon_as_a_date_of_theirs_is_near() -> None:
    world = (
        started()
        .give("s2", BEN, BEN)
        .at("2026-12-02 12:00")
        .reach(BEN, standing="gone", since=local("2026-12-02 12:00"))
    )
    world.at("2026-12-02 14:00").due("s2", date(2026, 12, 4)).at("2026-12-02 18:00")
    assert world.heard(ANA) == ["Dec 2 14:00 person:slack:-/T1/UBEN unreachable"]


def test_that_somebody_cannot_be_reached_is_said_once_however_often_it_is_planned_anew() -> None:
    world = started().give("s2", BEN, BEN).reach(BEN, standing="gone").at("2027-02-01 00:00")
    assert world.heard(ANA) == ["Dec 2 09:00 person:slack:-/T1/UBEN unreachable"]


def test_an_account_that_was_closed_twice_is_told_of_twice() -> None:
    world = started().give("s2", BEN, BEN).reach(BEN, standing="gone", since=local("2026-12-01 10:00"))
    world.at("2026-12-03 12:00").reach(BEN, standing="", since=world.now).at("2026-12-04 12:00")
    world.reach(BEN, standing="gone", since=world.now).at("2027-01-01 00:00")
    assert [line[:12] for line in world.heard(ANA)] == ["Dec 2 09:00 ", "Dec 7 09:00 "]


def test_the_leads_are_told_once_of_an_owner_out_of_reach_whatever_the_reason_becomes() -> None:
    first = local("2026-12-02 10:00")
    world = started().give("s2", BEN, BEN).at("2026-12-02 10:00").reach(BEN, blocked="cannot_dm_bot", since=first)
    world.at("2026-12-10 12:00").reach(BEN, standing="gone", since=first).at("2026-12-20 12:00").remove(BEN)
    assert [line[:12] for line in world.at("2027-01-10 00:00").heard(ANA)] == ["Dec 3 09:00 "]
    world = started().give("s2", BEN, BEN).at("2026-12-02 10:00").remove(BEN)
    world.at("2026-12-10 12:00").member(BEN, "viewer").at("2027-01-10 00:00")
    assert [line[:12] for line in world.heard(ANA)] == ["Dec 3 09:00 "]


def test_a_reason_that_becomes_another_before_the_hour_is_told_once_too_and_so_is_one_without_a_task_between() -> None:
    first = local("2026-12-02 10:00")
    world = started().give("s2", BEN, BEN).at("2026-12-02 10:00").reach(BEN, blocked="cannot_dm_bot", since=first)
    world.at("2026-12-02 12:00").remove(BEN).at("2026-12-20 00:00")
    assert [line[:12] for line in world.heard(ANA)] == ["Dec 3 09:00 "]
    world = started().give("s2", BEN, BEN).at("2026-12-02 10:00").reach(BEN, blocked="cannot_dm_bot", since=first)
    world.at("2026-12-05 10:00").give("s2", None).reach(BEN, standing="gone", since=first)
    world.at("2026-12-10 10:00").give("s2", BEN).at("2026-12-20 00:00")
    assert [line[:12] for line in world.heard(ANA)] == ["Dec 3 09:00 "]


@pytest.mark.parametrize(("role", "other"), [("member", "lead"), ("lead", "member")])
def test_what_a_pause_held_back_of_ones_own_task_comes_although_one_was_made_a_lead_or_a_member_in_it(
    role: str, other: str
) -> None:
    world = started().member(BEN, role).due("s2", date(2026, 12, 4)).due("s3e", date(2026, 12, 11))
    world.give("s2", BEN, BEN).give("s3e", BEN, BEN).habits(BEN, paused_until=date(2026, 12, 14))
    world.at("2026-12-02 10:00").give("s4", BEN)
    world.at("2026-12-12 10:00").member(BEN, other)
    assert world.at("2026-12-14 12:00").heard(BEN) == ["Dec 14 09:00 s2 late 1 s3e before 5 s4 given"]


def test_what_a_pause_held_back_is_no_more_theirs_who_was_a_viewer_in_it() -> None:
    world = started().due("s2", date(2026, 12, 11)).give("s2", BEN, BEN).habits(BEN, paused_until=date(2026, 12, 14))
    world.at("2026-12-12 10:00").member(BEN, "viewer").at("2026-12-12 11:00").member(BEN, "lead")
    assert world.at("2026-12-15 12:00").heard(BEN) == []


# --- told once ----------------------------------------------------------------------------------------------------


def test_a_task_that_is_given_is_told_the_next_morning_and_one_taken_by_oneself_is_not() -> None:
    world = started("2026-12-04 19:00").give("s2", BEN).give("s3e", BEN, BEN).at("2027-02-01 00:00")
    assert world.heard(BEN) == ["Dec 7 09:00 s2 given"]


def test_a_given_task_that_is_wanted_within_two_trading_days_is_told_at_once() -> None:
    world = started().due("s2", date(2026, 12, 3)).give("s2", BEN).at("2026-12-01 18:00")
    assert world.heard(BEN) == ["Dec 1 10:00 s2 given"]
    assert started().due("s2", date(2026, 12, 4)).give("s2", BEN).at("2026-12-01 18:00").heard(BEN) == []


def test_a_given_task_whose_date_comes_after_and_is_near_is_told_when_the_date_is_set() -> None:
    world = started().give("s2", BEN).at("2026-12-01 12:00").due("s2", date(2026, 12, 3)).at("2026-12-01 18:00")
    assert world.heard(BEN) == ["Dec 1 12:00 s2 given"]


def test_a_given_task_that_is_taken_back_or_done_before_the_morning_is_told_nobody() -> None:
    assert started().give("s2", BEN).at("2026-12-01 12:00").give("s2", None).at("2027-01-01 00:00").heard(BEN) == []
    assert started().give("s2", BEN).at("2026-12-01 12:00").done("s2").at("2027-01-01 00:00").heard(BEN) == []


def test_a_task_that_becomes_possible_through_somebody_else_is_told_its_owner_and_through_the_owner_not() -> None:
    world = started().give("s3e", BEN, BEN).give("s3", BEN, BEN)
    world.at("2026-12-03 12:00").done("s2").at("2026-12-04 12:00").done("s3e", BEN).at("2027-01-01 00:00")
    assert world.heard(BEN) == ["Dec 4 09:00 s3e possible"]


def test_a_task_that_was_given_after_it_became_possible_is_not_told_so() -> None:
    world = started().done("s2").at("2026-12-02 12:00").give("s3e", BEN, BEN).at("2027-01-01 00:00")
    assert world.heard(BEN) == []


def test_a_possible_task_that_is_wanted_within_two_trading_days_is_told_at_once() -> None:
    world = started().give("s3e", BEN, BEN).due("s3e", date(2026, 12, 4)).at("2026-12-02 12:00").done("s2")
    assert world.at("2026-12-02 18:00").heard(BEN)[-1] == "Dec 2 12:00 s3e possible"


def test_an_answer_makes_a_task_possible_and_the_same_answer_again_does_not() -> None:
    world = started().give("s2", BEN, BEN).answer("fdid_duty", "unsure").at("2026-12-02 12:00")
    world.answer("fdid_duty", "yes").at("2026-12-03 12:00").answer("fdid_duty", "yes").at("2027-01-01 00:00")
    assert world.heard(BEN) == ["Dec 3 09:00 s2 possible"]


def test_a_task_that_somebody_else_opens_again_is_told_its_owner() -> None:
    world = started().give("s2", BEN, BEN).done("s2", BEN).at("2026-12-02 12:00").reopen("s2").at("2027-01-01 00:00")
    assert world.heard(BEN) == ["Dec 3 09:00 s2 possible"]
    world = started().give("s2", BEN, BEN).done("s2", BEN).reopen("s2", BEN).at("2027-01-01 00:00")
    assert world.heard(BEN) == []


# --- waits --------------------------------------------------------------------------------------------------------


def test_a_wait_is_asked_about_every_five_trading_days_and_from_the_tenth_on_the_leads_are_too() -> None:
    world = started().give("s2", BEN, BEN).wait("s2", who=BEN).at("2026-12-23 00:00")
    assert world.heard(BEN) == ["Dec 8 09:00 s2 wait 1", "Dec 15 09:00 s2 wait 2", "Dec 22 09:00 s2 wait 3"]
    assert world.heard(ANA) == ["Dec 15 09:00 s2 wait 2", "Dec 22 09:00 s2 wait 3"]


def test_a_wait_with_a_day_to_look_again_is_asked_about_then_and_not_before() -> None:
    world = started().wait("s2", again=date(2026, 12, 12)).at("2026-12-19 00:00")
    assert world.heard() == ["Dec 11 09:00 s2 wait 1", "Dec 18 09:00 s2 wait 2"]


def test_a_wait_that_began_long_ago_is_counted_from_its_first_day_and_nothing_before_it_was_recorded_is_said() -> None:
    world = started().wait("s2", since=date(2026, 11, 16)).at("2026-12-09 00:00")
    assert world.heard() == ["Dec 8 09:00 s2 wait 3"]


def test_a_wait_that_is_over_is_not_spoken_of() -> None:
    world = started().wait("s2").at("2026-12-07 12:00").done("s2").at("2027-02-01 00:00")
    assert world.heard() == []


# --- a person's own hours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Kolkata", "2026-12-08 03:30"),
        ("Asia/Kathmandu", "2026-12-08 03:15"),
        ("Australia/Lord_Howe", "2026-12-07 22:00"),
        ("Pacific/Chatham", "2026-12-07 19:15"),
        ("America/St_Johns", "2026-12-08 12:30"),
    ],
)
def test_the_hour_is_nine_where_the_person_is_whatever_the_zone(zone: str, instant: str) -> None:
    world = started("2026-12-07 10:00").reach(ANA, time_zone=zone).due("s2", date(2026, 12, 9)).at("2026-12-08 11:00")
    assert [at for at, _, _ in world.said] == [local(instant, "UTC")]


@pytest.mark.parametrize(
    ("zone", "on", "before", "after"),
    [
        ("America/New_York", date(2027, 3, 15), "2027-03-12 14:00", "2027-03-15 13:00"),
        ("America/New_York", date(2027, 11, 8), "2027-11-05 13:00", "2027-11-08 14:00"),
        ("Europe/London", date(2027, 3, 29), "2027-03-25 09:00", "2027-03-29 08:00"),
        ("Europe/London", date(2027, 11, 1), "2027-10-29 08:00", "2027-11-01 09:00"),
        ("Australia/Lord_Howe", date(2027, 4, 5), "2027-04-01 22:00", "2027-04-04 22:30"),
    ],
)
def test_nine_stays_nine_over_both_clock_changes(zone: str, on: date, before: str, after: str) -> None:
    begins = f"{on.replace(day=1)} 00:01" if on.day > 3 else "2027-10-25 10:00"
    world = started(begins).reach(ANA, time_zone=zone).due("s2", on).at(f"{on} 23:00")
    assert [at for at, _, _ in world.said][-2:] == [local(before, "UTC"), local(after, "UTC")]


def test_an_hour_that_a_clock_change_leaves_out_comes_as_much_later() -> None:
    """In Cairo clocks go forward on a Friday, at midnight."""
    hours = Hours(Reach(ANA.id, "Africa/Cairo", habits=Habits(hour=time(0, 30))), "America/New_York", Rules(), NYSE)
    assert hours.at(date(2027, 4, 30)) == local("2027-04-30 01:30", "Africa/Cairo")


def test_whoever_moves_is_reminded_at_the_hour_there_and_never_twice() -> None:
    world = started("2026-12-08 10:00").reach(ANA, time_zone="America/New_York").due("s2", date(2026, 12, 10))
    world.at("2026-12-09 09:30").reach(ANA, time_zone="America/Los_Angeles").at("2026-12-11 00:00")
    assert world.heard() == ["Dec 9 09:00 s2 before 1", "Dec 10 12:00 s2 before"]


def test_whoever_moves_past_the_hour_is_reminded_on_arrival() -> None:
    world = started("2026-12-08 10:00").reach(ANA, time_zone="America/New_York").due("s2", date(2026, 12, 10))
    world.at("2026-12-10 08:07").reach(ANA, time_zone="Europe/London").at("2026-12-11 00:00")
    assert world.heard() == ["Dec 9 09:00 s2 before 1", "Dec 10 08:07 s2 before"]


def test_an_hour_that_moves_to_before_a_date_was_set_loses_no_reminder_that_was_owed() -> None:
    world = started("2026-12-08 08:30").due("s2", date(2026, 12, 8)).at("2026-12-08 08:45").habits(ANA, hour=time(8))
    assert world.at("2026-12-09 00:00").heard() == ["Dec 8 08:45 s2 before"]


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"habits": Habits(hour=time(8, 15))}, {"habits": Habits()}),
        ({"time_zone": "Europe/Madrid"}, {"time_zone": "America/New_York"}),
    ],
)
def test_what_another_hour_left_out_comes_where_that_is_set_back_in_time(
    there: dict[str, Any], back: dict[str, Any]
) -> None:
    """The date is set between the two hours: by the earlier one it is not said late, by the later one it is to come."""
    world = started("2026-12-07 08:30").due("s2", date(2026, 12, 8)).at("2026-12-07 08:40").reach(ANA, **there)
    assert world.at("2026-12-07 08:41").heard() == []
    assert world.reach(ANA, **back).at("2026-12-08 00:00").heard() == ["Dec 7 09:00 s2 before 1"]


@pytest.mark.parametrize(("taken_back", "said"), [(True, ["Dec 14 09:00 s2 before 2"]), (False, [])])
def test_what_a_closed_day_left_out_comes_where_that_is_taken_back_in_time(taken_back: bool, said: list[str]) -> None:
    """It moves the reminder to the Friday, before the date was set on Saturday."""
    world = started("2026-12-12 09:24").due("s2", date(2026, 12, 16)).close(date(2026, 12, 14)).at("2026-12-12 12:00")
    assert (world.withdraw() if taken_back else world).at("2026-12-15 00:00").heard() == said


def test_everybody_may_pick_an_hour_else_the_firms_counts() -> None:
    world = started("2026-12-07 10:00").rules(hour=time(8, 30)).habits(BEN, hour=time(7)).give("s3e", BEN, BEN)
    world.due("s2", date(2026, 12, 8)).due("s3e", date(2026, 12, 8)).at("2026-12-09 00:00")
    assert (world.heard(ANA), world.heard(BEN)) == (["Dec 8 08:30 s2 before"], ["Dec 8 07:00 s3e before"])


def test_everything_due_at_one_time_is_one_message_over_all_firms_with_each_subject_once() -> None:
    world = started("2026-12-07 10:00").set_up(firm="f2").answer("fdid_duty", "yes", firm="f2")
    world.due("s2", date(2026, 12, 9)).due("s2", date(2026, 12, 9), firm="f2").at("2026-12-08 12:00")
    assert world.heard() == ["Dec 8 09:00 f1/s2 before 1 f2/s2 before 1"]


# --- pause, off, snooze -------------------------------------------------------------------------------------------


def test_what_falls_into_a_pause_comes_in_one_message_on_the_first_trading_day_from_its_end_on() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 12, 10)).due("s3e", date(2026, 12, 15))
    world.at("2026-11-24 12:00").habits(ANA, paused_until=date(2026, 12, 5)).at("2026-12-08 00:00")
    assert [line[:11] for line in world.heard()] == ["Dec 7 09:00"]
    assert {subject for _, subject in world.said[0][2]} == {"task:s2", "task:s3e"}


def test_what_is_done_within_a_pause_is_not_said_at_its_end() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 12, 10)).habits(ANA, paused_until=date(2026, 12, 5))
    assert world.at("2026-12-04 12:00").done("s2").at("2026-12-31 00:00").heard() == []


def test_a_pause_that_is_prolonged_holds_back_what_fell_into_its_beginning_and_one_that_is_ended_lets_it_go() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 12, 10)).habits(ANA, paused_until=date(2026, 11, 30))
    world.at("2026-11-27 12:00").habits(ANA, paused_until=date(2026, 12, 2)).at("2026-12-01 12:00")
    assert world.heard() == []
    assert world.habits(ANA).at("2026-12-02 00:00").heard() == ["Dec 1 12:00 s2 before 10"]


@pytest.mark.parametrize("until", [date(2027, 1, 4), date(2027, 1, 5)])
def test_a_pause_up_to_the_next_trading_day_that_is_ended_lets_go_at_once_as_any_other(until: date) -> None:
    """The next hour is then the very one that the pause had kept it for; the night before keeps nothing so long."""
    world = started("2026-12-20 10:00").due("s2", date(2026, 12, 31)).at("2026-12-24 10:00")
    world.habits(ANA, paused_until=until).at("2026-12-31 13:30").replan()
    world.at("2026-12-31 13:31").habits(ANA)
    assert world.at("2026-12-31 14:00").heard()[-1] == "Dec 31 13:31 s2 before"
    assert world.at("2027-01-05 12:00").heard()[-1] == "Dec 31 13:31 s2 before", "once"


@pytest.mark.parametrize(
    ("meanwhile", "end"),
    [
        ({"time_zone": "America/New_York"}, "Dec 14 06:00"),
        ({"time_zone": "Asia/Tokyo"}, "Dec 13 16:00"),
        ({"hour": time(7)}, "Dec 14 07:00"),
    ],
)
def test_what_a_pause_holds_back_comes_at_its_end_though_its_hour_is_before_the_pause_by_now(
    meanwhile: dict[str, Any], end: str
) -> None:
    world = started("2026-12-04 10:00", zone="America/Los_Angeles").rules(before=(2,)).due("s2", date(2026, 12, 9))
    world.at("2026-12-07 08:00").habits(ANA, paused_until=date(2026, 12, 12)).at("2026-12-07 12:00")
    if hour := meanwhile.get("hour"):
        world.habits(ANA, paused_until=date(2026, 12, 12), hour=hour)
    else:
        world.reach(ANA, **meanwhile)
    assert world.at("2026-12-14 12:00").heard() == [f"{end} s2 before 2"]


def test_what_a_pause_holds_back_is_not_lost_to_an_hour_that_is_set_back_in_it() -> None:
    world, until = started("2026-12-07 08:30").rules(before=(1,)).due("s2", date(2026, 12, 8)), date(2026, 12, 12)
    world.at("2026-12-07 08:40").habits(ANA, paused_until=until)
    world.at("2026-12-10 10:00").habits(ANA, paused_until=until, hour=time(8))
    world.at("2026-12-10 10:01").habits(ANA, paused_until=until)
    assert world.at("2026-12-14 12:00").heard() == ["Dec 14 09:00 s2 before 1"]


def test_a_pause_that_is_ended_at_night_lets_go_with_the_next_hour() -> None:
    world = started("2026-12-20 10:00").due("s2", date(2026, 12, 30)).at("2026-12-24 10:00")
    world.habits(ANA, paused_until=date(2027, 1, 4)).at("2026-12-30 20:00").replan()
    world.at("2026-12-30 21:00").habits(ANA)
    assert world.at("2026-12-31 12:00").heard()[-1].startswith("Dec 31 09:00 s2 before")


def test_what_was_said_before_a_pause_does_not_come_again_after_it() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 12, 10)).at("2026-11-25 12:00")
    world.habits(ANA, paused_until=date(2026, 12, 1)).at("2026-12-02 00:00")
    assert world.heard() == ["Nov 25 09:00 s2 before 10"]


def test_a_pause_that_is_longer_than_plans_go_loses_nothing() -> None:
    world = started().due("s2", date(2026, 12, 4)).habits(ANA, paused_until=date(2027, 3, 1)).at("2027-03-02 00:00")
    assert [line[:11] for line in world.heard()] == ["Mar 1 09:00"]
    world = started().due("s2", date(2026, 12, 4)).habits(ANA, paused_until=date(2027, 3, 1)).at("2026-12-07 10:00")
    assert world.habits(ANA).at("2026-12-08 00:00").heard() == ["Dec 7 10:00 s2 before"]


def test_what_did_not_apply_yet_when_its_hour_fell_into_a_pause_is_not_said_at_its_end() -> None:
    world = started("2026-11-23 10:00").step_due("6", date(2026, 12, 10)).habits(ANA, paused_until=date(2026, 12, 1))
    world.at("2026-11-25 12:00").answer("methods", "agent", agents=["Alder"]).at("2026-12-03 12:00")
    told = {str(at.date()): {subject for _, subject in items} for at, _, items in world.said}
    assert "task:s6b" in told["2026-12-01"] & told["2026-12-03"]
    assert "task:s6r" in told["2026-12-03"] - told["2026-12-01"]


def test_whoever_is_off_is_sent_nothing_and_the_leads_hear_of_what_is_late() -> None:
    world = started().habits(BEN, off=True).give("s2", BEN).due("s2", date(2026, 12, 2)).at("2026-12-16 12:00")
    assert (world.heard(BEN), world.heard(ANA)) == ([], ["Dec 9 09:00 s2 late 1", "Dec 16 09:00 s2 late 2"])
    assert world.habits(BEN).at("2026-12-24 00:00").heard(BEN) == ["Dec 23 09:00 s2 late 3"]


@pytest.mark.parametrize(
    ("choice", "now", "until"),
    [
        ("hour", "2026-12-08 09:10", "2026-12-08 10:10"),
        ("hour", "2026-12-08 16:59", "2026-12-08 17:59"),
        ("hour", "2026-12-08 17:00", "2026-12-09 09:00"),
        ("hour", "2026-12-11 17:30", "2026-12-14 09:00"),
        ("tomorrow", "2026-12-08 09:10", "2026-12-09 09:00"),
        ("tomorrow", "2026-12-11 09:10", "2026-12-14 09:00"),
        ("tomorrow", "2026-11-25 09:10", "2026-11-27 09:00"),
        ("week", "2026-12-08 09:10", "2026-12-14 09:00"),
        ("week", "2026-12-14 09:10", "2026-12-21 09:00"),
        ("week", "2027-01-14 09:10", "2027-01-19 09:00"),
    ],
)
def test_a_snooze_never_ends_in_the_night_or_on_a_day_without_trading(choice: Choice, now: str, until: str) -> None:
    ends = snoozed_until(choice, local(now), Reach(ANA.id), "America/New_York", Rules(), NYSE)
    assert ends == local(until)


def test_a_snooze_comes_back_and_the_dates_other_reminders_come_as_if_there_had_been_none() -> None:
    world = started("2026-12-07 10:00").due("s2", date(2026, 12, 9)).at("2026-12-08 09:07")
    world.snooze(ANA, "task:s2", "hour").at("2026-12-10 00:00")
    assert world.heard() == ["Dec 8 09:00 s2 before 1", "Dec 8 10:07 s2 before 1", "Dec 9 09:00 s2 before"]


def test_what_is_done_or_no_longer_theirs_does_not_come_back_from_a_snooze() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).give("s2", BEN, BEN).at("2026-12-03 09:07")
    world.snooze(BEN, "task:s2", "week").at("2026-12-04 12:00").give("s2", ANA).at("2026-12-07 12:00")
    assert world.heard(BEN) == ["Dec 3 09:00 s2 before 5"]


def test_a_snooze_that_ends_in_a_pause_comes_after_it() -> None:
    world = started("2026-12-07 10:00").due("s2", date(2026, 12, 21)).at("2026-12-14 09:07")
    world.snooze(ANA, "task:s2", "hour").habits(ANA, paused_until=date(2026, 12, 16)).at("2026-12-16 12:00")
    assert world.heard() == ["Dec 14 09:00 s2 before 5", "Dec 16 09:00 s2 before 5"]


def test_a_snooze_that_a_pause_holds_back_comes_at_its_end_wherever_its_person_is_by_then() -> None:
    world = started("2026-11-30 10:00").due("s2", date(2026, 12, 16)).at("2026-12-02 09:07")
    world.snooze(ANA, "task:s2", "tomorrow").at("2026-12-02 20:00").habits(ANA, paused_until=date(2026, 12, 8))
    world.at("2026-12-02 21:00").reach(ANA, time_zone="Asia/Tokyo").at("2026-12-08 12:00")
    assert world.heard() == ["Dec 2 09:00 s2 before 10", "Dec 7 19:00 s2 before 10"]


def test_a_snooze_of_which_an_earlier_version_kept_the_instant_alone_goes_by_it_and_never_to_a_closed_day() -> None:
    for closed, comes in ((False, "Dec 15 09:00"), (True, "Dec 16 09:00")):
        world = started("2026-12-07 10:00").due("s2", date(2026, 12, 21)).at("2026-12-14 09:07")
        row = next(iter(world.rows["f1"].values())).owed
        again = snoozed(row, local("2026-12-15 09:00"), world.now)
        without = {k: v for k, v in msgspec.json.decode(again.about).items() if not k.startswith("put_off")}
        world.rows["f1"][again.key] = Kept(msgspec.structs.replace(again, about=msgspec.json.encode(without).decode()))
        if closed:
            world.close(date(2026, 12, 15))
        assert world.at("2026-12-17 00:00").heard() == ["Dec 14 09:00 s2 before 5", f"{comes} s2 before 5"]
