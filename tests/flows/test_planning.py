"""A plan worked back from the target over trading days."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import own_dates
from flows.planning import OWN_WORK, Plan, plan, tight, usual_days
from flows.trading_days import NYSE, Calendar
from tests.flows.life import ANA, PACK, TODAY, Life

MEMORIAL_DAY = date(2027, 5, 31)


def planned(life: Life, target: date, calendar: Calendar = NYSE, today: date = TODAY) -> Plan:
    return plan(life.walk, life.position, today=today, target=target, calendar=calendar)


def dues(found: Plan) -> dict[str, date]:
    return {p.item.key: p.due for p in found.tasks}


def test_the_last_task_is_due_on_the_last_trading_day_before_a_target_on_a_holiday() -> None:
    found = planned(Life().go("ui"), MEMORIAL_DAY)
    assert found.possible
    assert found.target == MEMORIAL_DAY
    assert dues(found)["s6b"] == date(2027, 5, 28)
    assert "Memorial Day" in found.skipped
    assert "Good Friday" in found.skipped


def test_each_task_leaves_the_usual_days_of_what_comes_after_it() -> None:
    days = dues(planned(Life().go("ui"), MEMORIAL_DAY))
    assert days["s6b0"] == NYSE.minus(days["s6b"], OWN_WORK)
    assert days["s6e"] == NYSE.minus(days["s6b0"], 5)  # what FINRA CAT usually takes
    assert days["s6i"] == NYSE.minus(days["s6e"], 5)


def test_an_agent_gets_the_days_the_roadmap_pack_gives_agents() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    (agent,) = [i for i in life.walk.items if i.task.id == "s6a"]
    assert usual_days(agent) == 10


def test_a_target_that_is_too_early_is_impossible_and_the_earliest_one_is_named() -> None:
    life = Life().go("ui")
    tight = planned(life, date(2026, 12, 1))
    assert not tight.possible
    assert tight.tasks == ()
    assert planned(life, tight.earliest).possible
    assert not planned(life, NYSE.minus(tight.earliest, 1)).possible


def test_an_added_closure_costs_a_day() -> None:
    life = Life().go("ui")
    free = planned(life, MEMORIAL_DAY).earliest
    closed = Calendar(closed={NYSE.plus(TODAY, 1): "Power cut"})
    assert planned(life, MEMORIAL_DAY, closed).earliest == NYSE.plus(free, 1)


def test_a_wait_that_goes_on_counts_from_its_beginning_and_its_follow_up() -> None:
    life = Life().go("ui")
    life.done("s6i")
    life.wait("s6e", follow_up_on=date(2026, 12, 14))
    assert planned(life, MEMORIAL_DAY).earliest == NYSE.plus(NYSE.plus(date(2026, 12, 14), 5), OWN_WORK)


def test_what_is_finished_or_does_not_apply_is_not_planned() -> None:
    found = dues(planned(Life().go("ui"), MEMORIAL_DAY))
    assert set(found) == {"s6i", "s6e", "s6b0", "s6b"}


def test_the_digest_stands_for_the_days_and_for_nothing_else() -> None:
    life = Life().go("ui")
    found = planned(life, MEMORIAL_DAY)
    life.take([])
    assert planned(life, MEMORIAL_DAY).digest == found.digest
    assert planned(life, date(2027, 5, 28)).digest != found.digest


def test_time_is_left_for_what_an_answer_still_to_come_may_bring() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    found = dues(planned(life, MEMORIAL_DAY))
    assert set(found) == {"s2", "s3e", "s3", "s4", "s6e", "s6b0", "s6b"}
    assert NYSE.between(found["s4"], found["s6e"]) >= 10 + 2 + 5  # the agent, the request to the Helpdesk, FINRA CAT


def test_a_date_that_stays_and_leaves_a_wait_less_than_its_usual_days_is_named_with_what_comes_first() -> None:
    life = Life().go("ui")
    free = dues(planned(life, MEMORIAL_DAY))
    soon = NYSE.plus(free["s6i"], 2)
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s6e", soon, today=TODAY))
    (found,) = planned(life, MEMORIAL_DAY).tight
    assert (found.item.key, found.on, found.left, found.days) == ("s6e", soon, 2, 5)
    assert found.after is not None
    assert found.after.key == "s6i"
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s6e", NYSE.plus(free["s6i"], 5), today=TODAY))
    assert planned(life, MEMORIAL_DAY).tight == ()


def test_a_date_before_what_comes_first_is_named_also_where_an_answer_may_bring_what_is_between() -> None:
    life = undecided()
    soon = NYSE.plus(TODAY, 20)
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s6e", soon, today=TODAY))
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s4", date(2027, 3, 1), today=TODAY))
    (found,) = tight(life.walk, life.position, today=TODAY, calendar=NYSE)
    assert (found.item.key, found.left, found.after_on) == ("s6e", 0, date(2027, 3, 1))
    assert found.after is not None
    assert found.after.key == "s4"


def test_a_wait_under_way_has_less_than_usual_only_where_its_rest_does_not_fit() -> None:
    life = Life().go("ui")
    life.done("s6i")
    life.wait("s6e")
    for on, left in ((NYSE.plus(TODAY, 5), ()), (NYSE.plus(TODAY, 3), (3,))):
        life.take(own_dates.set_task_due(PACK, life.position, ANA, "s6e", on, today=TODAY))
        assert tuple(t.left for t in tight(life.walk, life.position, today=TODAY, calendar=NYSE)) == left


def test_a_target_that_leaves_no_time_for_what_may_never_come_is_still_possible() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    tight = planned(life, planned(life, MEMORIAL_DAY).earliest)
    assert tight.possible
    assert dues(tight)["s4"] < dues(tight)["s6b"]


def undecided() -> Life:
    life = Life()
    life.answer("fdid_duty", "yes")
    return life


LIVES = {
    "fresh": Life(),
    "agents": Life().go("agent", agents=["Apex", "Blue"]),
    "both": Life().go("agent", "upload", agents=["Apex"]),
    "self": Life().go("ui"),
    "undecided": undecided(),
}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(LIVES)), st.dates(date(2026, 11, 24), date(2028, 12, 31)))
def test_every_day_is_a_trading_day_to_come_and_none_is_before_what_it_waits_for(name: str, target: date) -> None:
    life = LIVES[name]
    found = planned(life, target)
    days = dues(found)
    assert bool(days) == found.possible
    assert found.tight == (), "a plan of its own leaves everything its usual days"
    previous = TODAY
    for p in found.tasks:
        assert TODAY < p.due <= target
        assert NYSE.is_trading_day(p.due)
        assert NYSE.between(TODAY, p.due) >= p.days
        for task in p.item.missing:
            for before in (b for b in found.tasks if b.item.task.id == task and b.item.each in ("", p.item.each)):
                assert NYSE.between(before.due, p.due) >= p.days
        assert p.due >= previous or found.earliest > previous
        previous = p.due
