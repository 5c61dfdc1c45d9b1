"""What stands in a message or sleeps, while time goes on, and while numbers, days and owners change around it."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.views import owners
from flows.deadlines import Source, Value
from flows.events import FirmKey
from flows.habits import Rules
from flows.roadmap import Pack
from flows.workspace import DeadlineRevised, Fact, TradingDayEdited, Withdrawn
from tests.bot.conversing import ANA, BEN, LEA, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, new_york, world_at
from tests.bot.walking import TENANT

DAY = date(2026, 12, 15)
FALSE = ("set again", "set anew", "looked at again", "day was changed", "of its own")
"""What no message says of something that nobody set."""


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def bens_firm(world: World, **members: str) -> FirmKey:
    return (await a_firm(world.services, "Apex Securities", BEN, **members)).key


async def a_date_of_each_kind(world: World, day: date = DAY) -> FirmKey:
    """A task of Ben's, who leads the firm, its target, and two dates of every year, all of one day."""
    key, act, ben = await bens_firm(world), world.act, person(BEN)
    await world.services.assign(key, act(ben), "s1", ben)
    await world.services.set_task_due(key, act(ben), "s1", day)
    await world.services.set_target(key, act(ben), day)
    for name in ("SAA certification", "FOCUS filing"):
        await world.services.set_recurring(key, act(ben), name, day.month, day.day)
    return key


async def finish_focus(world: World, key: FirmKey, day: date) -> None:
    """Every message with it is drawn anew, with all that stands beside it."""
    position = await world.services.events.position(key)
    assert position is not None
    focus = next(r.id for r in position.recurring if r.name == "FOCUS filing")
    await world.services.reminders.finish_recurring(key, world.act(person(BEN)), focus, day)
    await world.plan()


async def close(world: World, day: date) -> None:
    admin = replace(person(ANA), admin=True)
    await world.services.record_for_workspace(TENANT, world.act(admin), TradingDayEdited(day, "closed", "Storm"))
    await world.plan()


def no_word_is_false(world: World, user: str = BEN) -> None:
    said = "\n".join(words_of(digest) for digest in world.digests(user))
    assert not [wrong for wrong in FALSE if wrong in said], said


# --- given away ---------------------------------------------------------------------------------------------------


async def test_a_lead_who_gives_a_task_away_where_it_stands_reads_whose_it_is(world: World) -> None:
    key = await bens_firm(world, U0LEA="member")
    await world.services.set_task_due(key, world.act(person(BEN)), "s1", DAY)
    await world.goes_to("2026-12-01")
    assert "Nobody owns it yet." in world.said(BEN)
    await world.slack.ben.presses("Assign…", on=world.digests(BEN)[0])
    assert await world.slack.ben.submits({owners.PERSON: LEA}) == {"ok": True}
    await world.plan()
    assert "it belongs to Lea Haddad now" in world.said(BEN)
    assert "Nobody owns it" not in world.said(BEN)
    assert labels(world.digests(BEN)[0]) == []
    no_word_is_false(world)


async def test_a_lead_who_hands_over_their_own_task_reads_whose_it_is_and_a_snooze_of_it_ends(world: World) -> None:
    key = await a_date_of_each_kind(world)
    await world.services.set_member(key, world.act(person(BEN)), person(LEA), "member")
    await world.goes_to("2026-12-01")
    task = max(n for n, block in enumerate(world.digests(BEN)[0]["blocks"]) if block["type"] == "section")
    told = world.digests(BEN)[0]
    await world.slack.ben.picks("Snooze", "Tomorrow", on={**told, "blocks": told["blocks"][task:]})
    await world.services.assign(key, world.act(person(BEN)), "s1", person(LEA))
    await world.plan()
    assert "it belongs to Lea Haddad now" in world.said(BEN)
    assert "💤" not in world.said(BEN)
    await world.goes_to("2026-12-02", 12)
    assert len(world.digests(BEN)) == 1
    no_word_is_false(world)


async def test_who_gave_a_task_away_and_leads_the_firm_since_reads_no_more_than_that(world: World) -> None:
    key = (await a_firm(world.services, "Apex Securities", LEA, U0BEN="member")).key
    await world.services.assign(key, world.act(person(BEN)), "s1", person(BEN))
    await world.services.set_task_due(key, world.act(person(BEN)), "s1", DAY)
    await world.goes_to("2026-12-01")
    await world.services.assign(key, world.act(person(LEA)), "s1", person(LEA))
    await world.services.set_member(key, world.act(person(LEA)), person(BEN), "lead")
    await world.goes_to("2026-12-01", 13)
    assert "it belongs to Lea Haddad now" in world.said(BEN)
    no_word_is_false(world)


async def test_a_lead_who_gives_away_a_late_task_is_told_of_it_from_the_day_on_from_which_leads_are(
    world: World,
) -> None:
    key, act, ben = await bens_firm(world, U0LEA="member"), world.act, person(BEN)
    await world.services.reminders.set_rules(key, act(ben), Rules(late_every=2))
    await world.services.assign(key, act(ben), "s1", ben)
    await world.services.set_task_due(key, act(ben), "s1", date(2026, 11, 30))
    await world.goes_to("2026-11-30")
    await world.goes_to("2026-12-02")
    assert "has passed" in world.said(BEN)
    await world.services.assign(key, act(ben), "s1", person(LEA))
    await world.plan()
    assert "it belongs to Lea Haddad now" in world.said(BEN)
    await world.goes_to("2026-12-08")
    assert "leads are told too" in world.said(BEN)
    await world.services.reminders.set_rules(key, act(ben), Rules(late_every=2, late_to_leads=20))
    await world.plan()
    assert "Owner: Lea Haddad" in world.said(BEN), "it was said, and is as it was"
    assert "20th" not in world.said(BEN), "that was not why it came"
    no_word_is_false(world)


# --- time, numbers and days change --------------------------------------------------------------------------------


async def test_what_is_late_for_weeks_stands_in_its_first_messages_as_it_was_said(world: World) -> None:
    day = date(2026, 12, 1)
    key = await a_date_of_each_kind(world, day)
    for on in ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12"):
        await world.goes_to(on)
    said = [words_of(digest).count("*Why now:*") for digest in world.digests(BEN)]
    assert said == [4] * 7
    await finish_focus(world, key, day)
    assert [words_of(digest).count("*Why now:*") for digest in world.digests(BEN)] == [3] * 7
    no_word_is_false(world)


async def test_a_day_to_look_again_and_a_wait_that_nobody_touched_are_not_said_to_be_set_anew(world: World) -> None:
    key, act, ben = await bens_firm(world, U0LEA="lead"), world.act, person(BEN)
    await world.services.answer(key, act(ben), "fdid_duty", ["yes"], recheck_on=date(2026, 12, 1))
    await world.services.wait(key, act(ben), "s2", since=date(2026, 11, 23), whom="FINRA CAT", follow_up_on=None)
    await world.services.set_recurring(key, act(ben), "FOCUS filing", 12, 1)
    for on in ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-30", "2027-01-07", "2027-01-14"):
        await world.goes_to(on)
    await world.goes_to("2027-01-14", 10)
    await world.services.reminders.set_rules(key, act(ben), Rules(wait_every=8, wait_to_leads=3))
    await finish_focus(world, key, date(2026, 12, 1))
    first = words_of(world.digests(BEN)[0])
    assert first.count("*Why now:*") == 2
    assert "as every 5 trading days" in first, "as it was when it was said"
    no_word_is_false(world)


@pytest.mark.parametrize("rules", [Rules(before=(5, 1, 0)), Rules(late_every=3, late_to_leads=9)])
async def test_what_was_said_stands_while_a_firms_numbers_change(world: World, rules: Rules) -> None:
    day = date(2026, 12, 9)
    key = await a_date_of_each_kind(world, day)
    for on in ("2026-11-24", "2026-12-02", "2026-12-07", "2026-12-08", "2026-12-09", "2026-12-16"):
        await world.goes_to(on)
    await world.services.reminders.set_rules(key, world.act(person(BEN)), rules)
    await finish_focus(world, key, day)
    assert [words_of(digest).count("*Why now:*") for digest in world.digests(BEN)] == [3] * 6
    no_word_is_false(world)


async def test_what_was_said_stands_where_the_very_day_of_its_date_is_closed(world: World) -> None:
    await a_date_of_each_kind(world)
    for on in ("2026-12-01", "2026-12-08", "2026-12-11", "2026-12-14"):
        await world.goes_to(on)
    await close(world, DAY)
    assert "1 trading day before; the market is closed on Dec 15: Storm." in world.said(BEN)
    no_word_is_false(world)


async def test_an_industry_date_that_is_moved_after_it_was_said_says_its_new_day_where_it_stands(world: World) -> None:
    await bens_firm(world)
    admin = replace(person(ANA), admin=True)

    async def entered(fact: Fact) -> None:
        await world.services.record_for_workspace(TENANT, world.act(admin), fact)
        await world.plan()

    def announced(announced_on: date, on: date) -> DeadlineRevised:
        day = Value("date", on)
        return DeadlineRevised("full_cais_compliance", announced_on, announced_on, day, Source("A notice"), "It moved")

    await entered(announced(date(2026, 11, 20), DAY))
    await world.goes_to("2026-11-24")
    await world.goes_to("2026-12-01")
    said = world.said(BEN)
    assert "*Why now:* 10 trading days before." in said
    await world.goes_to("2026-12-01", 14)
    await entered(announced(date(2026, 12, 1), date(2027, 6, 30)))
    assert "it is Wednesday, June 30, 2027 now" in world.said(BEN)
    assert labels(world.digests(BEN)[-1]) == []
    await world.goes_to("2026-12-01", 15)
    await entered(Withdrawn(2))
    assert world.said(BEN) == said
    await world.goes_to("2026-12-01", 16)
    await entered(announced(date(2026, 11, 30), DAY))
    assert world.said(BEN) == said, "the same day sets nothing anew"


# --- what sleeps --------------------------------------------------------------------------------------------------


async def test_a_snooze_comes_back_though_a_lead_sets_other_numbers_while_it_sleeps(world: World) -> None:
    key, act, ben = await bens_firm(world), world.act, person(BEN)
    await world.services.set_target(key, act(ben), DAY)
    await world.goes_to("2026-12-01")
    await world.slack.ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[0])
    await world.services.reminders.set_rules(key, act(ben), Rules(before=(5, 1, 0)))
    await world.plan()
    assert "snoozed until Wednesday, December 2" in world.said(BEN)
    await world.goes_to("2026-12-02")
    assert "*Why now:* you put this off until Dec 2, 2026." in world.said(BEN)
    assert len(world.digests(BEN)) == 2


@pytest.mark.parametrize(("choice", "comes"), [("1 hour", "2026-12-14"), ("Tomorrow", "2026-12-16")])
async def test_a_snooze_comes_back_though_the_very_day_of_its_date_is_closed(
    world: World, choice: str, comes: str
) -> None:
    key, act, ben = await bens_firm(world), world.act, person(BEN)
    await world.services.set_target(key, act(ben), DAY)
    for on in ("2026-12-01", "2026-12-08", "2026-12-11", "2026-12-14"):
        await world.goes_to(on)
    await world.slack.ben.picks("Snooze", choice, on=world.digests(BEN)[-1])
    await close(world, DAY)
    assert "💤 *Your target*: snoozed until" in world.said(BEN)
    assert labels(world.digests(BEN)[-1]) == ["Wake up", "Open"]
    told = len(world.digests(BEN))
    await world.goes_to(comes, 12)
    assert len(world.digests(BEN)) == told + 1
    assert "you put this off until" in world.said(BEN)


async def test_a_snooze_from_a_message_of_weeks_ago_comes_back(world: World) -> None:
    key, act, ben = await bens_firm(world), world.act, person(BEN)
    await world.services.set_recurring(key, act(ben), "SAA certification", 12, 1)
    for on in ("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12"):
        await world.goes_to(on)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[1])
    assert "💤 *SAA certification*: snoozed until Wednesday, January 13" in words_of(world.digests(BEN)[1])
    await world.goes_to("2027-01-13")
    assert len(world.digests(BEN)) == 8
