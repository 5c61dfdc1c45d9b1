"""Firms compared by a few numbers stand in the order, and under the filters, in which reading them would put them."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from flows import answers, own_dates, progress, setting_up
from flows.events import FirmKey, RecurringDone
from flows.gist import gist, mine
from flows.ports import Listed
from flows.position import Position
from flows.summaries import comparing, portfolio
from flows.summaries.comparing import Compared, Comparing, longest_waits, with_own
from flows.summaries.standing import standing
from tests.flows.life import ANA, BEN, PACK, TODAY, Life


def keeps_yearly(life: Life, dice: random.Random) -> None:
    """Some dates that come back every year, one of them seen to."""
    for nth in range(dice.randrange(3)):
        on = TODAY + timedelta(dice.randrange(-30, 80))
        life.take(own_dates.set_recurring(life.position, ANA, f"Review {nth}", on.month, on.day))
    if life.position.recurring and dice.random() < 0.5:
        kept = life.position.recurring[0]
        done = own_dates.next_time(kept, TODAY)
        life.take([RecurringDone(recurring=kept.id, on=done)])


def a_life(dice: random.Random) -> Life:
    """A firm somewhere on its way."""
    life = Life()
    if dice.random() < 0.5:
        keeps_yearly(life, dice)
    if dice.random() < 0.1:
        life.answer("fdid_duty", "no")
        return life
    life.answer("fdid_duty", "yes")
    if dice.random() < 0.8:
        life.done("s2")
        if dice.random() < 0.5:
            since = TODAY - timedelta(dice.randrange(30))
            life.take(progress.wait(PACK, life.position, ANA, "s3e", whom="FINRA CAT", since=since, follow_up_on=None))
        if dice.random() < 0.5:
            agents = ["Alpha", "Beta"]
            life.take(answers.give(PACK, life.position, ANA, "methods", ["agent"], today=TODAY, agents=agents))
    for task in ("s2", "s3e", "s6r"):
        item = life.walk.item(task)
        if item and item.state in ("open", "waiting", "locked"):
            if dice.random() < 0.6:
                day = TODAY + timedelta(dice.randrange(60))
                life.take(own_dates.set_task_due(PACK, life.position, ANA, task, day, today=TODAY))
            if dice.random() < 0.6:
                life.take(own_dates.assign(PACK, life.position, ANA, task, dice.choice([ANA, BEN])))
    if dice.random() < 0.5:
        target = TODAY + timedelta(dice.randrange(1, 60))
        life.take(setting_up.set_target(life.position, ANA, target, TODAY, None))
    if dice.random() < 0.1:
        life.take(setting_up.remove_member(life.position, ANA, BEN.id))
    return life


@pytest.fixture(scope="module")
def positions() -> list[Position]:
    """Sixty firms, as different as chance makes them."""
    lives = [a_life(random.Random(nth)) for nth in range(60)]
    return [
        replace(life.position, key=FirmKey("-/T1", f"f{nth}"), name=f"Firm {nth % 7}") for nth, life in enumerate(lives)
    ]


def compared(positions: Sequence[Position], today: date) -> list[Compared]:
    listed = [Listed(p.key, p.name, "lead", gist(PACK, p)) for p in positions]
    return Comparing().compare(listed, lambda _: today)


@pytest.mark.parametrize("days", [0, 3, 20, 50, 90, 400])
def test_they_stand_in_the_order_and_under_the_filters_of_firms_that_were_read(
    positions: list[Position], days: int
) -> None:
    today = TODAY + timedelta(days)
    read = portfolio.worst_first([standing(PACK, p, today) for p in positions])
    found = compared(positions, today)
    assert [c.firm.key for c in found] == [s.key for s in read]
    for wanted in portfolio.FILTERS:
        assert [c.firm.key for c in comparing.only(found, wanted)] == [s.key for s in portfolio.only(read, wanted)]
    assert comparing.counts(found) == portfolio.counts(read)


def test_of_whom_one_waits_longest_and_what_is_ones_own_is_known_without_reading(positions: list[Position]) -> None:
    found, of = compared(positions, TODAY), {p.key: p for p in positions}
    walks = {p.key: standing(PACK, p, TODAY).walk for p in positions}
    own = with_own(found, BEN.id)
    assert own
    for said, firm in own:
        tasks = mine(of[firm.firm.key], walks[firm.firm.key].items, BEN.id)
        assert said.tasks == len(tasks)
    assert [said.first for said, _ in own] == sorted(said.first for said, _ in own)
    assert {c.firm.key for _, c in own} == {k for k, p in of.items() if mine(p, walks[k].items, BEN.id)}
    waits = longest_waits(found)
    since = [min(i.record.since for i in walks[c.firm.key].waiting if i.record and i.record.since) for c in waits]
    assert since == sorted(since)
    assert {c.firm.key for c in waits} == {k for k, walk in walks.items() if walk.waiting}


def test_a_viewer_has_nothing_of_their_own_to_do() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.take(own_dates.assign(PACK, life.position, ANA, "s2", BEN))
    assert [own.person for own in gist(PACK, life.position).owners] == [BEN.id]
    life.take(setting_up.set_member(life.position, ANA, BEN, "viewer"))
    assert gist(PACK, life.position).owners == ()
