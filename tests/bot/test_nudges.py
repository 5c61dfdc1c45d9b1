"""A lead asks the owners of tasks to look at them: a look first, one message each, at most once a day, on record."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.events import FirmKey, Nudged
from flows.firms import Refusal
from flows.habits import Habits
from flows.roadmap import Pack
from storage.database import open_database
from storage.engines import engine as engine_of
from storage.erasing import Scope
from storage.models import outbox
from tests.bot.conversing import BEN, CONRAD, LEA, Json, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import World, another_replica, new_york, sqlite_url, world_at


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """A Tuesday, noon in New York and nine in Los Angeles, where Lea is."""
    async with world_at(tmp_path, pack, new_york("2026-11-24", 12)) as made:
        yield made


async def firm_with_a_task(world: World, name: str, owner: str = LEA, lead: str = BEN) -> FirmKey:
    """A firm whose step 2 is somebody's, and due this week."""
    services, act = world.services, world.act(person(lead))
    key = (await a_firm(services, name, lead, **({owner: "member"} if owner != lead else {}))).key
    await services.answer(key, world.act(person(lead)), "fdid_duty", ["yes"])
    await services.set_task_due(key, act, "s2", date(2026, 11, 27))
    await services.assign(key, world.act(person(lead)), "s2", person(owner))
    return key


def nudges(world: World, user: str) -> list[Json]:
    return [m for m in world.slack.person(user).sees if "asks you to look at" in str(m.get("text", ""))]


async def in_a_moment(world: World) -> None:
    await world.goes_to("2026-11-24", 12, 1)


async def opens(world: World, slack: Slack) -> None:
    """Ben's Home, and on it his firms with a date in the next days, where he has several."""
    await world.plan()
    await slack.ben.opens_home()
    for which in ("All my firms", "Next 7 days"):
        found = next((label for label in labels(slack.ben.home or {}) if label.startswith(which)), None)
        if found:
            await slack.ben.presses(found, on=slack.ben.home)


async def confirms(slack: Slack) -> str:
    await slack.ben.presses("Nudge owners…", on=slack.ben.home)
    shown = words_of(slack.ben.modal or {})
    assert await slack.ben.submits({}) == {"ok": True}
    return shown


async def test_each_person_is_asked_in_one_message_about_all_firms_after_a_look(world: World) -> None:
    slack = world.slack
    keys = [await firm_with_a_task(world, name) for name in ("Apex", "Birch")]
    await firm_with_a_task(world, "Cedar", CONRAD)
    await opens(world, slack)
    shown = await confirms(slack)
    assert "2 people about 3 tasks in 3 firms" in shown
    assert "Lea Haddad" in shown
    assert "*Nudged:* 2 people about 3 tasks." in words_of(slack.ben.home or {})
    assert nudges(world, LEA) == [], "not before it is on record everywhere"
    await in_a_moment(world)
    (told,) = nudges(world, LEA)
    assert told["text"].startswith("Ben Cole asks you to look at 2 tasks of yours: Register for CAIS")
    assert "Apex" in words_of(told)
    assert "Cedar" not in words_of(told)
    assert len(nudges(world, CONRAD)) == 1
    for key in keys:
        (row,) = await world.services.events.history(key, types=["nudged"])
        assert isinstance(row.event, Nudged)
        assert [t.person for t in row.event.told] == [person(LEA).id]
    assert "Nudged Lea Haddad about “Register for CAIS”" in words_of(await slack.ben.types("history for Apex"))
    await slack.lea.presses("Open", on=told)
    assert "Register for CAIS" in words_of(slack.lea.last)
    assert slack.refused() == []


async def test_nobody_is_asked_twice_a_day_about_one_task_whoever_asks(world: World) -> None:
    slack = world.slack
    key = await firm_with_a_task(world, "Apex")
    await opens(world, slack)
    await confirms(slack)
    await world.services.set_member(key, world.act(person(BEN)), person(CONRAD), "lead")
    assert await world.services.nudges.send(TENANT, world.act(person(CONRAD)), "soon") == ()
    look = await world.services.nudges.look(TENANT, person(CONRAD), "soon")
    assert (look.asks, look.told_today) == ((), 1)
    await in_a_moment(world)
    assert len(nudges(world, LEA)) == 1
    await world.goes_to("2026-11-25", 12)
    assert len(await world.services.nudges.send(TENANT, world.act(person(CONRAD)), "soon")) == 1


async def test_the_same_click_again_and_two_replicas_send_one_message(world: World, tmp_path: Path) -> None:
    await firm_with_a_task(world, "Apex")
    act = world.act(person(BEN))
    assert len(await world.services.nudges.send(TENANT, act, "soon")) == 1
    assert await world.services.nudges.send(TENANT, act, "soon") == ()
    world.clock.now = new_york("2026-11-24", 12, 1)
    async with another_replica(world, sqlite_url(tmp_path)) as other:
        await asyncio.gather(*(one.slack.bot.delivery.settle_due() for one in (world, other)))
    await in_a_moment(world)
    assert len(nudges(world, LEA)) == 1


async def test_what_was_owed_and_is_not_on_record_is_not_said(world: World) -> None:
    key = await firm_with_a_task(world, "Apex")
    birch = await firm_with_a_task(world, "Birch")
    await world.services.nudges.send(TENANT, world.act(person(BEN)), "soon")
    await world.services.complete(key, world.act(person(LEA)), "s2", outcome="submitted")
    await world.services.assign(birch, world.act(person(BEN)), "s2", person(BEN))
    await in_a_moment(world)
    assert nudges(world, LEA) == [], "one is done, the other given away"


async def test_at_night_it_waits_and_whoever_has_reminders_off_is_left_alone(world: World) -> None:
    await firm_with_a_task(world, "Apex")
    await firm_with_a_task(world, "Cedar", CONRAD)
    await world.services.reminders.set_habits(TENANT, world.act(person(CONRAD)), Habits(off=True))
    await world.goes_to("2026-11-24", 23)
    look = await world.services.nudges.look(TENANT, person(BEN), "soon")
    assert look.silent == ("Conrad Mills",)
    assert [ask.person for ask in look.asks] == [person(LEA).id]
    await world.services.nudges.send(TENANT, world.act(person(BEN)), "soon")
    await world.goes_to("2026-11-25", 11, 59)
    assert nudges(world, LEA) == []
    await world.goes_to("2026-11-25", 12)
    assert len(nudges(world, LEA)) == 1, "nine in Los Angeles"
    assert nudges(world, CONRAD) == []


async def test_only_a_lead_nudges_and_only_in_the_firms_they_lead(world: World) -> None:
    slack, services = world.slack, world.services
    key = await firm_with_a_task(world, "Apex", CONRAD, BEN)
    await services.set_member(key, world.act(person(BEN)), person(LEA), "member")
    with pytest.raises(Refusal, match="Only a lead"):
        await services.nudges.send(TENANT, world.act(person(LEA)), "soon")
    await firm_with_a_task(world, "Birch", CONRAD, LEA)
    told = await services.nudges.send(TENANT, world.act(person(LEA)), "all")
    assert len(told) == 1
    assert await services.events.history(key, types=["nudged"]) == ()
    await opens(world, slack)
    await slack.ben.presses("Nudge owners…", on=slack.ben.home)
    await services.set_member(key, world.act(person(BEN)), person(CONRAD), "lead")
    await services.set_member(key, world.act(person(CONRAD)), person(BEN), "member")
    await slack.ben.submits({})
    assert await services.events.history(key, types=["nudged"]) == (), "the role was taken away meanwhile"


async def test_a_nudge_is_not_taken_back_by_undo(world: World) -> None:
    key = await firm_with_a_task(world, "Apex")
    await world.services.nudges.send(TENANT, world.act(person(BEN)), "soon")
    (row,) = await world.services.events.history(key, types=["nudged"])
    with pytest.raises(Refusal, match="Undo does not reach"):
        await world.services.undo(key, world.act(person(BEN)), row.sequence)


async def test_of_one_firm_the_window_says_which_tasks_are_asked_about(world: World) -> None:
    await firm_with_a_task(world, "Apex", CONRAD)
    await opens(world, world.slack)
    shown = await confirms(world.slack)
    assert "Asked about are tasks that are past their date, wait, or have their date in the next 7 days." in shown
    await world.slack.ben.presses("Nudge owners…", on=world.slack.ben.home)
    assert "Asked about are tasks" in words_of(world.slack.ben.modal or {}), "also where nobody is left to be asked"


async def test_a_nudge_about_a_firm_that_is_deleted_tells_of_the_others_and_keeps_nothing_of_it(
    world: World, tmp_path: Path
) -> None:
    slack = world.slack
    keys = [await firm_with_a_task(world, name) for name in ("Apex", "Birch", "Cedar")]
    await opens(world, slack)
    await confirms(slack)
    (owed,) = [o for o in await rows(tmp_path) if o[0] == "nudge"]
    first = FirmKey(TENANT, owed[1])
    second = next(key for key in keys if key != first)
    async with await open_database(sqlite_url(tmp_path)) as database:
        for key in (first, second):
            await database.erasing.erase(Scope(key.tenant, key.firm))
    (left,) = [o for o in await rows(tmp_path) if o[0] == "nudge"]
    assert first.firm not in str(left)
    assert second.firm not in str(left)
    await in_a_moment(world)
    (told,) = nudges(world, LEA)
    assert told["text"].startswith("Ben Cole asks you to look at a task of yours: Register for CAIS")
    async with await open_database(sqlite_url(tmp_path)) as database:
        (last,) = [key for key in keys if key not in (first, second)]
        await database.erasing.erase(Scope(last.tenant, last.firm))
    assert [o for o in await rows(tmp_path) if o[0] == "nudge"] == []


async def rows(folder: Path) -> list[tuple[str, str, str]]:
    """What is owed: of which kind, under which firm, and about what."""
    engine = engine_of(sqlite_url(folder))
    async with engine.connect() as connection:
        found = await connection.execute(select(outbox.c.kind, outbox.c.firm, outbox.c.about))
        owed = [(str(kind), str(firm), str(about)) for kind, firm, about in found]
    await engine.dispose()
    return owed
