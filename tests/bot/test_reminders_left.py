"""What stands with people who are not in the firm any more, only look on, or lead it no more."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.views.reminders import LEFT
from flows.events import FirmKey, RoleName
from flows.roadmap import Pack
from tests.bot.conversing import BEN, LEA, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, new_york, world_at

DAY = date(2026, 12, 15)


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def reminded(world: World, role: RoleName) -> FirmKey:
    """Lea's firm, of which Ben is reminded on December 1: of a task as a member, of the leads' dates as a lead."""
    key = (await a_firm(world.services, "Apex Securities", LEA, U0BEN=role)).key
    if role == "member":
        await world.services.assign(key, world.act(person(BEN)), "s1", person(BEN))
        await world.services.set_task_due(key, world.act(person(LEA)), "s1", DAY)
    else:
        await world.services.set_target(key, world.act(person(LEA)), DAY)
        await world.services.set_recurring(key, world.act(person(LEA)), "SAA certification", DAY.month, DAY.day)
    await world.goes_to("2026-12-01")
    await world.goes_to("2026-12-01", 14)
    return key


@pytest.mark.parametrize("role", ["member", "lead"])
async def test_whoever_was_taken_off_a_firm_sees_no_more_of_it(world: World, role: RoleName) -> None:
    key = await reminded(world, role)
    await world.services.remove_member(key, world.act(person(LEA)), person(BEN).id)
    await world.goes_to("2026-12-01", 15)
    stands = world.said(BEN)
    assert LEFT in stands
    assert "Apex" not in stands
    await world.services.rename(key, world.act(person(LEA)), "Secret Name")
    await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2027, 1, 21))
    await world.services.set_target(key, world.act(person(LEA)), date(2027, 1, 20))
    await world.services.answer(key, world.act(person(LEA)), "fdid_duty", ("yes",))
    await world.goes_to("2026-12-01", 16)
    assert (world.said(BEN), len(world.digests(BEN))) == (stands, 1)


async def test_what_stands_of_another_firm_beside_it_goes_on(world: World) -> None:
    apex = await reminded(world, "member")
    birch = (await a_firm(world.services, "Birch Brokers", LEA, U0BEN="member")).key
    await world.services.assign(birch, world.act(person(BEN)), "s1", person(BEN))
    for key in (apex, birch):
        await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2026, 12, 16))
    await world.goes_to("2026-12-02")
    await world.services.remove_member(apex, world.act(person(LEA)), person(BEN).id)
    await world.services.rename(apex, world.act(person(LEA)), "Secret Name")
    await world.goes_to("2026-12-02", 10)
    assert LEFT in world.said(BEN)
    assert "*Birch Brokers*" in world.said(BEN)
    assert "Secret" not in str(world.digests(BEN)[-1])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("member", "viewer", "still open. You only look on in this firm now, so its leads are reminded of it."),
        ("lead", "member", "you do not lead this firm any more, so its leads are reminded of it."),
    ],
)
async def test_whoever_is_another_now_is_told_who_is_reminded_in_their_place(
    world: World, before: RoleName, after: RoleName, said: str
) -> None:
    key = await reminded(world, before)
    await world.services.set_member(key, world.act(person(LEA)), person(BEN), after)
    await world.goes_to("2026-12-01", 15)
    stands = world.said(BEN)
    assert stands.count(said) == (1 if before == "member" else 2)
    assert not any(wrong in stands for wrong in ("set again", "has reminders of its own", "was changed", "settled"))


async def test_whoever_is_put_back_sees_it_again(world: World) -> None:
    key = await reminded(world, "member")
    await world.services.remove_member(key, world.act(person(LEA)), person(BEN).id)
    await world.goes_to("2026-12-01", 15)
    await world.services.set_member(key, world.act(person(LEA)), person(BEN), "member")
    await world.goes_to("2026-12-01", 16)
    assert LEFT not in (stands := words_of(world.digests(BEN)[0]))
    assert "*Apex Securities*" in stands
