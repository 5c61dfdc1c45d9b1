"""What a firm and a person set, and that a yearly date is done: decisions, their sentences, their undo."""

from datetime import date, time, timedelta

import pytest

from flows.evolve import fold
from flows.firms import Refusal
from flows.habits import Habits, Reach, Rules
from flows.history import sentence
from flows.records import verify
from flows.reminders import setting
from flows.reminders.hours import Hours
from flows.trading_days import NYSE
from tests.flows.life import ANA, BEN, PACK, START, Life
from tests.flows.reminders.world import local, started


def hours_with(habits: Habits, zone: str = "America/New_York") -> Hours:
    return Hours(Reach(ANA.id, zone, habits=habits), "America/New_York", Rules(), NYSE)


def last(life: Life) -> str:
    return sentence(PACK, life.position, life.history[-1])


def test_a_lead_sets_the_firms_numbers_and_the_history_says_what_changed() -> None:
    life = Life()
    life.take(setting.set_rules(life.position, ANA, Rules(before=(0, 1, 10, 1), hour=time(8, 30))))
    assert life.position.reminders.before == (10, 1, 0)
    assert last(life) == (
        "Set the firm's reminders: before a date, 10 and 1 trading days before and on the day itself; "
        "reminders come at 8:30 AM, by each one's own clock"
    )
    assert setting.set_rules(life.position, ANA, Rules(before=(10, 1, 0), hour=time(8, 30))) == []
    life.undo()
    assert life.position.reminders == Rules()
    assert verify(life.history) is None


def test_only_a_lead_sets_the_firms_numbers_or_takes_them_back() -> None:
    life = Life()
    with pytest.raises(Refusal, match="Only a lead"):
        setting.set_rules(life.position, BEN, Rules(late_every=3))
    life.take(setting.set_rules(life.position, ANA, Rules(late_every=3)))
    with pytest.raises(Refusal, match="Only a lead"):
        life.undo(life.history[-1].sequence, BEN)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(before=(251,)),
        Rules(before=(-1,)),
        Rules(before=tuple(range(16))),
        Rules(late_every=0),
        Rules(wait_every=0),
        Rules(wait_to_leads=-1),
        Rules(awake_from=time(18), awake_to=time(8)),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(rules: Rules) -> None:
    with pytest.raises(Refusal, match="Nothing was changed"):
        setting.set_rules(Life().position, ANA, rules)


def test_a_yearly_date_is_done_for_one_of_its_days_and_an_undo_brings_it_back() -> None:
    world = started("2026-11-23 10:00").yearly("SAA", 12, 1)
    world.finish("SAA", date(2026, 12, 1))
    position, row = world.positions["f1"], world.histories["f1"][-1]
    assert sentence(PACK, position, row) == "Done for Tuesday, December 1, 2026: SAA"
    assert world.at("2026-12-31 00:00").said == []
    world.undo().at("2027-01-06 00:00")
    assert [line[:12] for line in world.heard()] == ["Jan 5 09:00 "]
    assert fold(position.key, world.histories["f1"]) == world.positions["f1"]


def test_a_day_the_yearly_date_does_not_fall_on_is_refused_and_the_same_day_twice_is_recorded_once() -> None:
    world = started("2026-11-23 10:00").yearly("SAA", 12, 1)
    with pytest.raises(Refusal, match="no such date"):
        world.finish("SAA", date(2026, 12, 2))
    with pytest.raises(Refusal, match="more than a year"):
        world.finish("SAA", date(2029, 12, 1))
    before = len(world.finish("SAA", date(2026, 12, 1)).histories["f1"])
    assert len(world.finish("SAA", date(2026, 12, 1)).histories["f1"]) == before


def test_a_pause_goes_on_from_when_it_began_and_a_new_one_begins_anew() -> None:
    first = setting.habits(hours_with(Habits()), Habits(paused_until=date(2026, 12, 5)), START)
    assert first.paused_at == START
    longer = setting.habits(hours_with(first), Habits(paused_until=date(2026, 12, 9)), START.replace(day=30))
    assert longer.paused_at == START
    anew = setting.habits(hours_with(longer), Habits(paused_until=date(2027, 1, 9)), START.replace(month=12, day=20))
    assert anew.paused_at == START.replace(month=12, day=20)
    assert setting.habits(hours_with(anew), Habits(hour=time(8)), START) == Habits(hour=time(8))


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Asia/Tokyo"])
@pytest.mark.parametrize("until", [date(2026, 12, 4), date(2026, 12, 5)])
def test_a_pause_goes_on_until_the_hour_at_which_what_it_held_back_comes(zone: str, until: date) -> None:
    kept = Habits(paused_until=until, paused_at=START)
    ends = local("2026-12-04 09:00" if until.day == 4 else "2026-12-07 09:00", zone)  # December 5 is a Saturday
    for before in (timedelta(minutes=1), timedelta(hours=2), timedelta(hours=14)):
        longer = setting.habits(hours_with(kept, zone), Habits(paused_until=date(2026, 12, 21)), ends - before)
        assert longer.paused_at == START, before
    anew = setting.habits(hours_with(kept, zone), Habits(paused_until=date(2026, 12, 21)), ends)
    assert anew.paused_at == ends


def test_answers_know_since_when_they_hold_each_value() -> None:
    life = Life()
    life.answer("fdid_duty", "unsure")
    life.answer("fdid_duty", "yes")
    life.answer("fdid_duty", "yes", basis="Still so")
    answer = life.position.answers["fdid_duty"]
    yes, no = answer.since("yes"), answer.since("no")
    assert yes is not None
    assert no is not None
    assert (yes.sequence, no.sequence) == (answer.sequence - 1, answer.sequence - 2)
