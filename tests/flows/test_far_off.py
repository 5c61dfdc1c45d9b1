"""A day to come that is farther off than anybody plans is refused wherever one is entered."""

from collections.abc import Callable
from datetime import date

import pytest

from flows import answers, firm_answers, own_dates, progress, setting_up
from flows.events import FirmKey
from flows.far_off import FURTHEST
from flows.firms import Refusal
from flows.planning import plan
from flows.position import Position
from flows.trading_days import NYSE
from tests.flows.life import ANA, PACK, TODAY, Life

AN_ANSWER = {"answer": "q1", "question": "Who signs?", "text": "Ana does."}

ENTERED: dict[str, Callable[[Life, date], object]] = {
    "a target": lambda life, day: setting_up.set_target(life.position, ANA, day, TODAY),
    "a target in the settings": lambda life, day: setting_up.settle(
        life.position, ANA, today=TODAY, taken=(), target=day
    ),
    "a target at set-up": lambda life, day: setting_up.set_up(
        Position(key=FirmKey("-/T1", "f2")), ANA, name="Birch", situation="new", today=TODAY, taken=(), target=day
    ),
    "a plan": lambda life, day: plan(life.walk, life.position, today=TODAY, target=day, calendar=NYSE),
    "a wait": lambda life, day: life.wait("s2", follow_up_on=day),
    "a re-check": lambda life, day: answers.give(
        PACK, life.position, ANA, "fdid_duty", ("no",), today=TODAY, basis="No customers.", recheck_on=day
    ),
    "a firm's own answer": lambda life, day: firm_answers.give(
        life.position, ANA, **AN_ANSWER, check_on=day, today=TODAY
    ),
    "a task's date": lambda life, day: own_dates.set_task_due(PACK, life.position, ANA, "s2", day, today=TODAY),
}


@pytest.mark.parametrize("what", ENTERED)
@pytest.mark.parametrize("year", [TODAY.year + FURTHEST + 1, 9999])
def test_a_day_farther_off_than_anybody_plans_is_refused(what: str, year: int) -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    with pytest.raises(Refusal, match="more than 10 years off"):
        ENTERED[what](life, date(year, 12, 31))
    ENTERED[what](life, date(TODAY.year + FURTHEST, 12, 31))


def test_a_wait_that_began_long_ago_is_looked_at_by_the_day_of_today() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    began = date(2014, 1, 6)
    from_today = {"since": began, "follow_up_on": date(2027, 1, 4), "today": TODAY}
    assert life.item("s2").state in ("open", "waiting")
    assert progress.wait(PACK, life.position, ANA, "s2", whom="FINRA CAT", **from_today)  # type: ignore[arg-type]
