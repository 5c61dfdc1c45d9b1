"""Plans: the same facts change nothing, a crash loses nothing, and nothing is said twice. For any history at all."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.delivery.rounds import REMINDERS_KEPT
from flows.firms import Refusal
from flows.reminders.replanning import HORIZON, replan
from flows.reminders.rung import Found, Rung
from flows.reminders.rungs import every
from tests.flows.reminders.world import ANA, BEN, LEDGER, PACK, World, local, started

ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
KEYS = ("s2", "s3e", "s3", "s4")
WHAT = ("due", "due", "give", "done", "reopen", "wait", "undo", "target", "zone", "pause", "off", "yearly", "close")
STEP = st.tuples(st.sampled_from(WHAT), st.integers(0, 999), st.sampled_from([1, 60, 700, 1500, 6000, 20000]))
STEPS = st.lists(STEP, max_size=14)


def act(world: World, what: str, n: int) -> None:
    """One thing that somebody does; what is refused changes nothing."""
    key, who, other, day = KEYS[n % 4], (ANA, BEN)[n % 2], (ANA, BEN, None)[n % 3], world.today + timedelta(n % 37)
    try:
        match what:
            case "due":
                world.due(key, day if n % 7 else None, who)
            case "give":
                world.give(key, other, who)
            case "done":
                world.done(key, who)
            case "reopen":
                world.reopen(key, who)
            case "wait":
                world.wait(key, world.today - timedelta(n % 30), day if n % 2 else None, who)
            case "undo":
                world.undo(who)
            case "target":
                world.target(day)
            case "zone":
                world.reach(who, time_zone=ZONES[n % 6])
            case "pause":
                world.habits(who, paused_until=day)
            case "off":
                world.habits(who, off=bool(n % 2))
            case "yearly":
                world.yearly("SAA", day.month, min(day.day, 28))
            case "close":
                world.close(day)
    except (Refusal, AssertionError):
        return


def play(steps: list[tuple[str, int, int]]) -> World:
    world = started("2026-11-23 10:00")
    for what, n, minutes in steps:
        world.at(world.now + timedelta(minutes=minutes))
        act(world, what, n)
    return world


@settings(max_examples=15)
@given(STEPS)
def test_what_is_found_of_one_reminder_is_what_all_of_them_have_of_it(steps: list[tuple[str, int, int]]) -> None:
    world = play([*steps, ("target", 30, 1), ("give", 9, 1), ("give", 10, 1), ("yearly", 9, 1)])
    world.remove(BEN)
    position, until = world.positions["f1"], world.now + HORIZON

    def found(of: tuple[Rung, ...] | None = None) -> list[Found]:
        return every(PACK, position, world.workspace, world.people("f1"), until=until, now=world.now, of=of)

    everything = found()
    subjects = {one.rung.subject for one in everything}
    assert "target" in subjects
    for subject in subjects:
        of = [one for one in everything if one.rung.subject == subject]
        assert found(tuple(one.rung for one in of)) == of
    for one in everything:
        alone = found((one.rung,))
        assert one in alone
        assert all(other in everything for other in alone)


@settings(deadline=None, max_examples=25)
@given(STEPS)
@example([("due", 1, 1), ("close", 0, 1500)])
def test_a_plan_made_twice_changes_nothing_the_second_time(steps: list[tuple[str, int, int]]) -> None:
    world = play(steps)
    world.replan()
    # A day that is edited in the very instant of a plan is looked at by a plan of the same instant, too.
    world.now += timedelta(milliseconds=3)
    again = world.replan()
    assert (again.add, dict(again.move), again.drop, dict(again.outcomes), again.redraw) == ((), {}, (), {}, ())


def test_who_goes_east_in_a_pause_has_what_it_holds_back_moved_to_its_end_by_one_plan() -> None:
    world = started("2026-11-23 10:00").due("s2", date(2026, 11, 27)).at("2026-11-27 07:00")
    world.habits(ANA, paused_until=date(2027, 1, 2)).at("2026-11-28 12:00").reach(ANA, time_zone="Asia/Kolkata")
    assert dict(world.replan().move) == {}, "the plan before it moved it there"


@settings(deadline=None, max_examples=25)
@given(STEPS, st.integers(1, 60 * 24 * 3))
def test_what_a_crash_kept_from_being_planned_is_planned_after_it(
    steps: list[tuple[str, int, int]], minutes: int
) -> None:
    """Whatever was planned at once is there after a downtime too, unless it was said by then."""
    world = play(steps)
    world.down = True
    world.now += timedelta(seconds=1)
    act(world, "due", 7 * minutes + 3)
    planned = replan(PACK, LEDGER, world.facts(), world.now)
    world.now += timedelta(minutes=minutes)
    late = replan(PACK, LEDGER, world.facts(), world.now)
    assert {one.key for one in planned.add} <= {one.key for one in late.add}


@settings(deadline=None, max_examples=25)
@given(STEPS)
def test_everything_is_said_once_and_on_time(steps: list[tuple[str, int, int]]) -> None:
    world = play(steps)
    world.at(world.now + timedelta(50))
    keys = [rung.key(world.positions[firm].key) for _, _, items in world.said for (firm, _), rung in items.items()]
    assert len(keys) == len(set(keys))
    assert not [
        row for row in world.rows["f1"].values() if not row.settled and row.owed.due_at <= world.now.timestamp()
    ]


@settings(deadline=None, max_examples=20)
@given(STEPS, st.integers(1, 30))
def test_a_clock_that_is_moved_back_repeats_nothing_and_drops_nothing_that_is_owed(
    steps: list[tuple[str, int, int]], days: int
) -> None:
    world = play(steps)
    owed = {key for key, row in world.rows["f1"].items() if not row.settled and row.owed.due_at > world.now.timestamp()}
    world.now -= timedelta(days)
    made = world.replan()
    assert not {one.key for one in made.add} & owed
    before = len(world.said)
    world.turn()
    assert all(at == world.now for at, _, _ in world.said[before:])


@pytest.mark.parametrize(
    ("back", "said"),
    [
        ("2026-12-03 10:00", "Dec 3 10:00 s2 before 5"),
        ("2026-12-07 10:00", "Dec 7 10:00 s2 before 5 s3 before 5"),
        ("2027-02-01 10:00", "Feb 1 10:00 s2 late 7 s3 late 7"),
    ],
)
def test_after_an_hour_three_days_or_sixty_there_is_one_message_and_nothing_in_it_is_stale(
    back: str, said: str
) -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).due("s3", date(2026, 12, 11))
    world.due("s4", date(2026, 12, 10)).at("2026-12-03 08:59").answer("methods", "ui")
    world.down = True
    assert world.at(back).restart().heard() == [said]


@pytest.mark.parametrize("back", ["2026-12-03 19:30", "2026-12-05 10:00"], ids=["at night", "on a Saturday"])
def test_what_a_stop_made_late_waits_for_the_next_hour_of_a_trading_day(back: str) -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).at("2026-12-03 08:59")
    world.down = True
    assert world.at(back).restart().heard() == []
    following = "Dec 4 09:00" if back.startswith("2026-12-03") else "Dec 7 09:00"
    assert world.at("2026-12-07 12:00").heard() == [f"{following} s2 before 5"]


def test_sixty_days_of_downtime_lose_nothing_though_plans_go_forty_days_ahead() -> None:
    world = started("2026-12-01 10:00").due("s2", date(2027, 1, 20)).at("2026-12-01 12:00")
    world.down = True
    world.at("2027-01-25 10:00").restart()
    assert world.heard() == ["Jan 25 10:00 s2 before"]


def test_rows_stand_forty_days_ahead_and_each_day_adds_a_day() -> None:
    world = started("2026-12-01 10:00").due("s2", date(2027, 2, 12))
    assert world.rows["f1"] == {}
    world.at("2027-01-05 12:00")
    due = [row.owed.due_at - world.now.timestamp() for row in world.rows["f1"].values()]
    assert due
    assert max(due) <= HORIZON.total_seconds()


def test_a_message_is_drawn_anew_when_its_item_is_done_and_when_that_is_undone() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).at("2026-12-03 12:00")
    world.done("s2")
    assert ([row.outcome for row in world.rows["f1"].values() if row.settled], world.redrawn) == (["closed"], ["D/1"])
    world.undo()
    assert [row.outcome for row in world.rows["f1"].values() if row.settled] == ["sent"]
    assert world.redrawn == ["D/1", "D/1"]


def test_a_message_is_not_drawn_anew_because_its_reader_turned_reminders_off() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).at("2026-12-03 12:00")
    world.habits(ANA, off=True).habits(ANA)
    assert world.redrawn == []


def test_a_message_is_drawn_anew_each_time_a_date_in_it_is_set_anew_be_it_far_off_taken_off_or_taken_back() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).at("2026-12-03 12:00")
    drawn = 0
    for on in (date(2026, 12, 18), date(2026, 12, 21), date(2027, 5, 3), date(2027, 5, 4), None):
        world.due("s2", on)
        drawn += 1
        assert world.redrawn == ["D/1"] * drawn
        world.replan()
        assert world.redrawn == ["D/1"] * drawn, "once"
    world.undo()
    assert len(world.redrawn) == drawn + 1
    assert world.at("2026-12-04 12:00").heard() == ["Dec 3 09:00 s2 before 5"], "no message of its own"


def test_what_a_version_before_called_sent_and_drew_as_set_anew_is_closed_and_not_drawn_once_more() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10)).at("2026-12-03 12:00")
    world.due("s2", date(2026, 12, 22))
    assert world.redrawn == ["D/1"]
    (told,) = [key for key, row in world.rows["f1"].items() if row.settled]
    world.rows["f1"][told] = msgspec.structs.replace(world.rows["f1"][told], outcome="sent")
    plan = world.replan()
    assert (dict(plan.outcomes), plan.redraw) == ({told: "closed"}, ())
    world.undo().done("s2")
    assert world.redrawn == ["D/1"] * 3, "as set back, and as done"


def test_a_message_is_drawn_anew_where_the_date_of_the_step_the_target_or_a_yearly_one_is_set_anew() -> None:
    for set_anew in (
        lambda w, on: w.step_due("2", on),
        lambda w, on: w.target(on),
        lambda w, on: w.yearly("SAA", on.month, on.day),
    ):
        world = started("2026-12-02 10:00")
        set_anew(world, date(2026, 12, 10))
        world.at("2026-12-03 12:00")
        assert len(world.said) == 1
        set_anew(world, date(2026, 12, 18))
        assert world.redrawn == ["D/1"]


def test_a_task_that_was_given_or_waits_is_drawn_anew_where_its_date_is_set_anew_after_it_was_said() -> None:
    world = started("2026-12-01 10:00").due("s2", date(2027, 1, 29)).give("s2", BEN).due("s2", date(2027, 1, 28))
    world.at("2026-12-02 12:00")
    assert (world.heard(BEN), world.redrawn) == (["Dec 2 09:00 s2 given"], []), "it said the date of that morning"
    world.due("s2", date(2027, 2, 26))
    assert world.redrawn == ["D/1"]
    world.wait("s2", who=BEN).due("s2", date(2027, 2, 25)).at("2026-12-09 12:00")
    assert world.heard(BEN)[1:] == ["Dec 9 09:00 s2 wait 1"]
    assert world.redrawn == ["D/1", "D/1"]
    world.due("s2", date(2027, 3, 26))
    assert world.redrawn[2:] == ["D/1", "D/2"]


def test_a_row_of_a_reminder_says_all_that_is_needed_to_draw_it() -> None:
    world = started("2026-12-02 10:00").due("s2", date(2026, 12, 10))
    row = next(iter(world.rows["f1"].values())).owed
    assert (row.kind, row.slot, row.firm, row.person) == ("reminder", "digest", "f1", ANA.id)
    assert row.key == f"f1|task:s2|slack:-/T1/UANA|before|5|{world.positions['f1'].task_due['s2'].sequence}"


# --- what became true shortly before the plan that finds it ----------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 2, 20, 59])
def test_what_is_recorded_after_a_plan_of_a_replica_whose_clock_is_ahead_is_told(ahead: int) -> None:
    world = started("2026-12-01 09:30").at("2026-12-01 10:00")
    began = world.now
    world.now = began + timedelta(seconds=ahead + 1)
    world.replan()  # by the replica that is ahead
    world.down, world.now = True, began + timedelta(seconds=3)
    world.due("s2", date(2026, 12, 1)).give("s2", BEN)
    world.now = began + timedelta(seconds=5)
    assert world.restart().at("2026-12-02 00:00").heard(BEN) == ["Dec 1 10:00 s2 given"]


def later_by_a_second(world: World, happens: Callable[[World], World]) -> World:
    """It happens half a second before nine, and is planned half a second after."""
    nine = local(f"{world.now:%Y-%m-%d} 09:00")
    world.at(nine - timedelta(seconds=0.5)).down = True
    happens(world).now = nine + timedelta(seconds=0.5)
    return world.restart().at(nine + timedelta(hours=1))


def test_an_answer_just_before_the_hour_brings_what_is_wanted_that_day() -> None:
    world = World().set_up().member(BEN).answer("fdid_duty", "unsure").step_due("2", date(2026, 12, 8))
    later_by_a_second(world.at("2026-12-08 08:00"), lambda w: w.answer("fdid_duty", "yes"))
    assert world.heard() == ["Dec 8 09:00 s2 before"]


def test_a_roadmap_that_goes_on_just_before_the_hour_brings_its_target_that_day() -> None:
    world = started().target(date(2026, 12, 8)).answer("fdid_duty", "no", basis="none at all").at("2026-12-07 08:00")
    later_by_a_second(world, lambda w: w.answer("fdid_duty", "yes"))
    assert world.heard()[-1] == "Dec 7 09:00 target before 1"


def test_reminders_turned_on_just_before_the_hour_come_that_day() -> None:
    world = started().due("s2", date(2026, 12, 8)).give("s2", BEN, BEN).habits(BEN, off=True).at("2026-12-07 08:00")
    later_by_a_second(world, lambda w: w.habits(BEN))
    assert world.heard(BEN) == ["Dec 7 09:00 s2 before 1"]


def test_an_owner_in_reach_again_just_before_the_hour_is_told_that_day() -> None:
    world = started().due("s2", date(2026, 12, 8)).give("s2", BEN, BEN).at("2026-12-03 08:00")
    world.reach(BEN, standing="gone", since=world.now).at("2026-12-07 08:00")
    later_by_a_second(world, lambda w: w.reach(BEN, standing="", since=w.now))
    assert world.heard(BEN)[-1] == "Dec 7 09:00 s2 before 1"


def test_what_begins_to_apply_after_the_hour_is_not_said_late() -> None:
    world = World().set_up().member(BEN).answer("fdid_duty", "unsure").step_due("2", date(2026, 12, 8))
    assert world.at("2026-12-08 09:01").answer("fdid_duty", "yes").at("2026-12-08 12:00").heard() == []


# --- what is told once, long after -----------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "told"), [((3, 29), "Mar 29"), ((4, 5), "Apr 5"), ((11, 30), "Nov 30")])
def test_what_was_given_in_a_pause_however_long_is_told_when_it_ends(until: tuple[int, int], told: str) -> None:
    world = started().at("2026-12-02 10:00").habits(BEN, paused_until=date(2027, *until)).give("s2", BEN)
    assert world.at("2027-12-20 00:00").heard(BEN) == [f"{told} 09:00 s2 given"]


def test_what_was_given_in_a_long_pause_is_told_where_that_is_ended_before_its_time() -> None:
    world = started().at("2026-12-02 10:00").habits(BEN, paused_until=date(2027, 11, 30)).give("s2", BEN)
    world.at("2027-05-12 10:00").habits(BEN)
    assert world.at("2027-12-20 00:00").heard(BEN) == ["May 12 10:00 s2 given"]


def test_that_a_date_was_moved_in_a_long_pause_is_told_when_it_ends() -> None:
    world = started().revise("full_cais_compliance", date(2028, 5, 31), date(2026, 12, 1)).at("2026-12-02 10:00")
    world.habits(ANA, paused_until=date(2027, 6, 1)).revise(
        "full_cais_compliance", date(2028, 1, 31), date(2026, 12, 2)
    )
    assert world.at("2027-06-10 00:00").heard()[-1].startswith("Jun 1 09:00 milestone:full_cais_compliance moved")


@pytest.mark.parametrize("pause", [None, date(2027, 3, 1)])
def test_what_was_told_once_is_not_told_again_to_who_is_in_reach_again_when_its_row_is_forgotten(
    pause: date | None,
) -> None:
    world = started().at("2026-12-01 12:00")
    if pause:
        world.habits(BEN, paused_until=pause).give("s2", BEN).at("2026-12-20 10:00").habits(BEN)
    else:
        world.give("s2", BEN)
    world.at("2026-12-21 10:00").reach(BEN, standing="gone", since=world.now)
    world.at("2026-12-28 10:00").reach(BEN, standing="", since=world.now)
    told = world.heard(BEN)
    for days in range(80, 260, 5):
        world.at(local("2026-12-21 10:00") + timedelta(days))
        for key, row in list(world.rows["f1"].items()):
            if row.settled and row.owed.due_at < world.now.timestamp() - REMINDERS_KEPT:
                del world.rows["f1"][key]
        world.replan()
    assert len(told) == 1
    assert world.heard(BEN) == told
