"""Industry dates: those to come remind the leads, those that moved are told once, and those that passed do nothing."""

from collections.abc import Callable
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.deadlines import Deadline, Revision, Source, Value
from flows.reminders import milestones
from tests.flows.reminders.world import ANA, BEN, LEA, LEDGER, NEW_YORK, World, local, started

FULL, CERTIFICATION = "milestone:full_cais_compliance", "milestone:cais_production_certification"


def of(world: World, subject: str) -> list[str]:
    return [line for line in world.heard() if subject in line]


def test_a_date_to_come_reminds_the_leads_by_what_was_known_on_each_day() -> None:
    world = World("2022-06-01 10:00").set_up().member(BEN).member(LEA, "lead").at("2022-07-25 00:00")
    assert of(world, CERTIFICATION) == [
        f"Jun 9 09:00 {CERTIFICATION} before 20",
        f"Jun 24 09:00 {CERTIFICATION} before 10",
        f"Jul 1 09:00 {CERTIFICATION} before 5",
        f"Jul 8 09:00 {CERTIFICATION} before 1",
        f"Jul 11 09:00 {CERTIFICATION} before",
    ]
    assert world.heard(LEA) == world.heard(ANA)
    assert world.heard(BEN) == []


def test_a_revision_announced_within_a_range_counts_from_its_latest_day() -> None:
    world = World("2022-07-20 10:00").set_up().at("2022-07-24 00:00")
    assert world.heard() == []
    assert of(world.at("2022-07-26 00:00"), FULL)


def test_a_firm_that_was_set_up_after_a_date_moved_is_not_told_of_it() -> None:
    assert World("2022-07-25 00:01").set_up().at("2022-07-25 12:00").heard() != []
    assert "moved" not in " ".join(World("2022-07-25 00:01").set_up().at("2022-07-26 00:00").heard())


def test_a_value_that_could_not_be_confirmed_is_never_said() -> None:
    world = World("2022-02-14 10:00").set_up().at("2022-05-27 00:00")
    assert [r for r in world.rungs(until=world.now + timedelta(60)) if r.revision == "10"] == []
    assert CERTIFICATION not in " ".join(line for line in world.heard() if "moved" in line)


def test_a_date_that_an_admin_revises_is_told_once_and_the_old_reminders_are_gone() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2026, 12, 14), date(2026, 11, 30))
    world.at("2026-12-04 12:00").revise("full_cais_compliance", date(2026, 12, 21), date(2026, 12, 4))
    assert [line.replace(FULL, "it") for line in world.at("2027-06-01 00:00").heard()] == [
        "Dec 2 09:00 it moved",
        "Dec 7 09:00 it moved",
        "Dec 14 09:00 it before 5",
        "Dec 18 09:00 it before 1",
        "Dec 21 09:00 it before",
    ]


def test_a_revision_that_was_told_and_is_taken_back_is_told_once_more_and_reminds_no_longer() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2026, 12, 14), date(2026, 11, 30))
    world.at("2026-12-04 12:00").withdraw()
    told = [line.replace(FULL, "it") for line in world.at("2027-06-01 00:00").heard()]
    assert told == ["Dec 2 09:00 it moved", "Dec 7 09:00 it moved"]


def test_a_revision_that_is_taken_back_before_anybody_was_told_is_told_nobody() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2026, 12, 14), date(2026, 11, 30))
    assert world.at("2026-12-01 15:00").withdraw().at("2027-06-01 00:00").said == []


def test_a_revision_that_is_taken_back_after_another_took_its_place_is_told_nobody() -> None:
    world = World().set_up().revise("full_cais_compliance", date(2027, 6, 30), announced=date(2026, 12, 1))
    world.at("2026-12-02 12:00").revise("full_cais_compliance", date(2027, 5, 28), announced=date(2026, 12, 2))
    world.at("2026-12-04 12:00").withdraw(1)
    assert [line for line in world.at("2026-12-31 00:00").heard() if "moved" in line] == [
        "Dec 2 09:00 milestone:full_cais_compliance moved",
        "Dec 3 09:00 milestone:full_cais_compliance moved",
    ]
    world.withdraw(2)
    told = world.at("2027-01-05 00:00").heard()[-1]
    assert told == "Dec 31 09:00 milestone:full_cais_compliance moved", "what the second one was taken back for"


def test_whoever_paused_or_was_off_when_a_move_was_told_does_not_hear_that_it_was_taken_back() -> None:
    world = World("2026-12-01 10:00").set_up().member(LEA, "lead").member(BEN, "lead")
    world.habits(ANA, paused_until=date(2026, 12, 10)).habits(LEA, off=True)
    world.revise("full_cais_compliance", date(2027, 6, 30), date(2026, 11, 30)).at("2026-12-02 14:00").withdraw()
    world.at("2026-12-02 15:00").habits(ANA).habits(LEA).at("2026-12-11 12:00")
    assert (world.heard(ANA), world.heard(LEA)) == ([], [])
    assert world.heard(BEN) == [f"Dec 2 09:00 {FULL} moved", f"Dec 3 09:00 {FULL} moved"]


def test_who_was_told_of_a_move_hears_that_it_was_taken_back_whatever_their_hour_is_by_then() -> None:
    world = World("2026-12-01 18:00").set_up().revise("full_cais_compliance", date(2027, 6, 30), date(2026, 11, 30))
    world.at("2026-12-02 10:00").habits(ANA, hour=time(17)).at("2026-12-02 12:00").withdraw()
    world.at("2026-12-11 12:00")
    assert world.heard() == [f"Dec 2 09:00 {FULL} moved", f"Dec 2 17:00 {FULL} moved"]


def test_what_is_taken_back_after_so_long_that_its_row_is_forgotten_is_told_by_the_hours_of_whoever_leads() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2027, 12, 31), date(2026, 11, 30))
    world.at("2027-05-20 12:00").rows["f1"].clear()
    assert world.withdraw().at("2027-05-27 12:00").heard()[-1] == f"May 21 09:00 {FULL} moved"


def test_what_is_taken_back_is_told_to_nobody_who_came_later() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2026, 12, 14), date(2026, 11, 30))
    world.at("2026-12-04 12:00").withdraw().at("2026-12-04 13:00").set_up(firm="f2").at("2027-06-01 00:00")
    assert all(firm != "f2" for _, _, items in world.said for firm, _ in items)


def test_a_revision_that_an_admin_enters_late_is_known_from_then_on() -> None:
    world = World("2026-12-01 10:00").set_up().at("2026-12-10 12:00")
    world.revise("full_cais_compliance", date(2026, 12, 14), date(2026, 12, 1)).at("2026-12-31 00:00")
    assert [line.split(" milestone")[0] for line in world.heard()] == ["Dec 11 09:00", "Dec 14 09:00"]


def test_a_correction_of_what_is_wholly_past_is_told_nobody() -> None:
    world = World("2026-12-01 10:00").set_up().revise("full_cais_compliance", date(2024, 6, 30), date(2026, 11, 30))
    assert world.at("2027-06-01 00:00").said == []


def test_after_downtime_over_an_industry_date_nothing_is_said_of_it() -> None:
    world = World("2024-05-20 10:00").set_up().at("2024-05-30 12:00")
    world.down = True
    assert FULL not in " ".join(world.at("2024-06-03 10:00").restart().heard()[2:])


def test_a_firm_at_an_end_hears_nothing_of_dates_to_come() -> None:
    world = World("2024-03-01 10:00").set_up().answer("fdid_duty", "no", basis="Only advisory business.")
    assert world.at("2024-06-10 00:00").said == []


@pytest.mark.parametrize("begins", ["2024-06-01 00:01", "2025-03-01 10:00", "2026-11-23 10:00"])
def test_a_firm_that_starts_after_the_industry_dates_hears_nothing_of_them(begins: str) -> None:
    world = started(begins).at(local(begins) + timedelta(400))
    assert [subject for _, _, items in world.said for _, subject in items if subject.startswith("milestone")] == []


@settings(deadline=None, max_examples=60)
@given(
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.integers(0, 900),
    st.sampled_from(["America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "America/St_Johns", ""]),
)
def test_no_reminder_is_ever_of_an_industry_date_that_has_passed(set_up: date, days: int, zone: str) -> None:
    world = World(f"{set_up} 10:00").set_up().reach(ANA, time_zone=zone)
    world.now += timedelta(days)
    today = world.now.astimezone(ZoneInfo(zone or NEW_YORK)).date()
    for rung in world.rungs(until=world.now + timedelta(90)):
        if rung.kind == "before":
            assert rung.on is not None
            assert rung.on >= today
            assert rung.due_at.date() <= rung.on + timedelta(1)
    assert {r.kind for r in world.rungs()} <= {"before", "moved"}


@settings(deadline=None)
@given(st.dates(date(2019, 1, 1), date(2027, 12, 31)))
def test_what_is_to_come_is_what_the_ledger_says_is_known_that_day(when: date) -> None:
    for coming in milestones.to_come(LEDGER, when):
        known = LEDGER.as_of(coming.deadline.id, when)
        assert known is not None
        assert known.revision.value.day == coming.on >= when
        assert coming.revision.to <= when
        assert not coming.revision.unverified


# --- what comes with a new version of the software -------------------------------------------------------------

SET = Revision(
    "pilot", 900, date(2026, 11, 2), date(2026, 11, 2), Value("date", date(2027, 3, 1)), "set", "x", (Source("a"),)
)
MOVED = replace(
    SET,
    number=901,
    from_=date(2026, 12, 3),
    to=date(2026, 12, 3),
    value=Value("date", date(2027, 2, 1)),
    kind="advanced",
)
PILOT = Deadline("pilot", "A pilot")


def shipped(monkeypatch: pytest.MonkeyPatch, *revisions: Revision) -> None:
    """With this version of the software these are known."""
    known = replace(LEDGER, deadlines=(*LEDGER.deadlines, PILOT), revisions=(*LEDGER.revisions, *revisions))
    monkeypatch.setattr("tests.flows.reminders.world.LEDGER", known)


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda w: w, ["Dec 10 12:00 milestone:pilot moved"]),
        (lambda w: w.habits(ANA, off=True).at("2026-12-09 12:00").habits(ANA), []),
    ],
)
def test_a_move_that_comes_with_an_update_is_told_once_to_who_would_have_been_told(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[World], World], told: list[str]
) -> None:
    shipped(monkeypatch, SET)
    world = happens(started("2026-11-23 10:00").at("2026-12-02 12:00")).at("2026-12-10 12:00")
    shipped(monkeypatch, SET, MOVED)
    world.restart().at("2026-12-11 12:00").restart().at("2026-12-12 12:00")
    assert [line for line in world.heard() if "moved" in line] == told


def test_whoever_began_after_a_move_that_an_update_brings_is_not_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped(monkeypatch, SET)
    world = started("2026-12-04 10:00").at("2026-12-10 12:00")
    shipped(monkeypatch, SET, MOVED)
    assert "moved" not in str(world.restart().at("2026-12-12 12:00").heard())
