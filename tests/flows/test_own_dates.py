"""Dates a firm sets itself, and who owns what: deciding, folding, undoing."""

from datetime import date
from typing import Any

import pytest

from flows import own_dates
from flows.evolve import fold
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.records import verify
from flows.reminders.setting import finish_recurring
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life

MAY = date(2027, 5, 28)


def due(life: Life, key: str, on: date | None, who: Person = ANA, **said: Any) -> list[Any]:
    return life.take(own_dates.set_task_due(PACK, life.position, who, key, on, today=TODAY, **said), who)


def assign(life: Life, key: str, to: Person | None, who: Person = ANA, **said: Any) -> list[Any]:
    return life.take(own_dates.assign(PACK, life.position, who, key, to, **said), who)


def on(life: Life, key: str) -> date | None:
    found = own_dates.due_of(life.position, life.item(key).task, key)
    return found.on if found else None


def last(life: Life) -> str:
    return sentence(PACK, life.position, life.history[-1])


def test_a_task_has_its_own_date_else_its_parts_else_its_steps() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.take(own_dates.set_step_due(PACK, life.position, ANA, "6", MAY, today=TODAY))
    assert on(life, "s6r") == MAY
    life.take(own_dates.set_step_due(PACK, life.position, ANA, "6-II-A", date(2027, 3, 1), today=TODAY))
    assert on(life, "s6r") == date(2027, 3, 1)
    assert on(life, "s6b") == MAY
    due(life, "s6r", date(2027, 2, 1))
    assert on(life, "s6r") == date(2027, 2, 1)
    assert last(life) == f"Set the date of “{life.item('s6r').title}” to Monday, February 1, 2027"
    due(life, "s6r", None)
    assert on(life, "s6r") == date(2027, 3, 1)


def test_setting_the_same_date_again_records_nothing() -> None:
    life = Life()
    assert due(life, "s1", MAY)
    assert due(life, "s1", MAY) == []
    assert due(life, "s1", None)
    assert due(life, "s1", None) == []


def test_each_setting_of_a_date_is_a_revision_of_its_own() -> None:
    life = Life()
    due(life, "s1", MAY)
    first = life.position.task_due["s1"].sequence
    due(life, "s1", None)
    due(life, "s1", MAY)
    assert life.position.task_due["s1"].sequence > first


def test_a_past_date_is_refused_for_a_task_and_for_a_step() -> None:
    life = Life()
    with pytest.raises(Refusal, match="has passed"):
        due(life, "s1", date(2026, 11, 22))
    with pytest.raises(Refusal, match="has passed"):
        own_dates.set_step_due(PACK, life.position, ANA, "2", date(2024, 5, 31), today=TODAY)
    with pytest.raises(Refusal, match="Check the year"):
        due(life, "s1", date(2207, 5, 31))


def test_a_card_drawn_before_somebody_else_set_a_date_or_an_owner_changes_nothing() -> None:
    life = Life()
    seen = life.position.version
    due(life, "s1", MAY, BEN)
    assign(life, "s1", BEN, BEN)
    assert due(life, "s1", date(2027, 1, 4), seen=seen) == []
    assert assign(life, "s1", ANA, seen=seen) == []
    assert on(life, "s1") == MAY
    assert life.position.owners["s1"].person == BEN.id


def test_a_finished_task_takes_neither_a_date_nor_an_owner() -> None:
    life = Life().go("ui")
    with pytest.raises(Refusal, match="finished"):
        due(life, "s2", MAY)
    with pytest.raises(Refusal, match="finished"):
        assign(life, "s2", BEN)


def test_only_members_who_work_own_tasks() -> None:
    life = Life()
    assign(life, "s1", BEN)
    assert life.position.owners["s1"].name == "Ben Cole"
    assert last(life).endswith("was given to Ben Cole")
    with pytest.raises(Refusal, match="no member of Apex") as refused:
        assign(life, "s1", EVE)
    assert refused.value.kind == "no_member"
    with pytest.raises(Refusal, match="only reads"):
        assign(life, "s1", VIC)
    assign(life, "s1", None)
    assert life.position.owners == {}


def test_viewers_set_no_dates_and_assign_nothing_and_strangers_neither() -> None:
    life = Life()
    for who in (VIC, EVE):
        for decide in (
            lambda who=who: own_dates.set_task_due(PACK, life.position, who, "s1", MAY, today=TODAY),
            lambda who=who: own_dates.set_step_due(PACK, life.position, who, "1", MAY, today=TODAY),
            lambda who=who: own_dates.assign(PACK, life.position, who, "s1", BEN),
            lambda who=who: own_dates.hand_over(life.position, who, life.walk.items, who.id, BEN),
            lambda who=who: own_dates.set_recurring(life.position, who, "Review", 3, 15),
            lambda who=who: own_dates.remove_recurring(life.position, who, "r1"),
            lambda who=who: own_dates.accept_plan(PACK, life.position, who, {"s1": MAY}, today=TODAY),
        ):
            with pytest.raises(Refusal):
                decide()


def test_all_open_tasks_of_a_person_go_to_another_in_one_click_and_come_back_in_one() -> None:
    life = Life().go("ui")
    for key in ("s6i", "s6e"):
        assign(life, key, BEN)
    before = life.position.owners
    rows = own_dates.hand_over(life.position, ANA, life.walk.items, BEN.id, ANA)
    assert [r.task for r in rows] == ["s6i", "s6e"]
    life.take(rows)
    assert {o.person for o in life.position.owners.values()} == {ANA.id}
    life.undo()
    assert life.position.owners == before


def test_only_a_lead_hands_over_what_belongs_to_somebody_else() -> None:
    life = Life()
    assign(life, "s1", ANA)
    with pytest.raises(Refusal, match="Only a lead"):
        own_dates.hand_over(life.position, BEN, life.walk.items, ANA.id, BEN)
    assign(life, "s1", BEN)
    assert own_dates.hand_over(life.position, BEN, life.walk.items, BEN.id, ANA)


def test_a_date_of_every_year_is_set_changed_by_its_name_and_removed() -> None:
    life = Life()
    life.take(own_dates.set_recurring(life.position, ANA, "SAA certification", 3, 15))
    assert last(life) == "Every March 15: SAA certification"
    life.take(own_dates.set_recurring(life.position, ANA, "saa certification", 4, 1))
    (kept,) = life.position.recurring
    assert (kept.month, kept.day) == (4, 1)
    life.take(own_dates.remove_recurring(life.position, ANA, kept.id))
    assert last(life) == "No longer every year: saa certification"
    life.undo()
    assert life.position.recurring == (kept,)
    with pytest.raises(Refusal, match="no such day"):
        own_dates.set_recurring(life.position, ANA, "Never", 2, 30)


def test_what_falls_on_february_29_falls_on_the_28th_in_other_years() -> None:
    life = Life()
    life.take(own_dates.set_recurring(life.position, ANA, "Leap", 2, 29))
    (leap,) = life.position.recurring
    assert own_dates.next_time(leap, date(2027, 1, 1)) == date(2027, 2, 28)
    assert own_dates.next_time(leap, date(2027, 3, 1)) == date(2028, 2, 29)
    assert own_dates.next_time(leap, date(2028, 2, 29)) == date(2028, 2, 29)


def test_a_day_of_every_year_stays_open_after_it_until_it_is_marked_done() -> None:
    life = Life()
    life.take(own_dates.set_recurring(life.position, ANA, "Clock sync", 11, 19))
    (yearly,) = life.position.recurring
    was, today = date(2027, 11, 19), date(2027, 12, 7)
    assert own_dates.still_open(life.position, yearly, was) is None, "the day itself is not over"
    assert own_dates.still_open(life.position, yearly, today) == was
    assert own_dates.next_time(yearly, today) == date(2028, 11, 19)
    life.take(finish_recurring(life.position, ANA, yearly.id, was, today))
    assert own_dates.still_open(life.position, yearly, today) is None
    assert own_dates.next_time(yearly, date(2027, 11, 18), {was}) == date(2028, 11, 19), "it was done before its day"
    assert own_dates.still_open(life.position, yearly, date(2026, 11, 24)) is None, "it was set after that day"


def test_a_plan_is_one_click_and_one_undo_and_leaves_out_what_is_done_by_then() -> None:
    life = Life().go("ui")
    plan = {"s2": date(2027, 1, 4), "s6i": date(2027, 2, 1), "s6e": date(2027, 3, 1)}
    life.take(own_dates.accept_plan(PACK, life.position, ANA, plan, today=TODAY, target=MAY))
    assert {k: d.on for k, d in life.position.task_due.items()} == {"s6i": date(2027, 2, 1), "s6e": date(2027, 3, 1)}
    assert life.position.target == MAY
    life.undo()
    assert life.position.task_due == {}
    assert life.position.target is None


def test_dates_and_owners_fold_to_the_same_position_and_the_chain_holds() -> None:
    life = Life(target=MAY)
    due(life, "s1", MAY)
    assign(life, "s1", BEN)
    life.take(own_dates.set_recurring(life.position, ANA, "Review", 3, 15))
    life.undo()
    assert life.position.target_sequence == 1
    assert fold(life.position.key, life.history) == life.position
    assert verify(life.history) is None
