"""A date of every year is marked done by typing, as by its button; where that is not one day for certain, it asks."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from flows.events import FirmKey
from flows.roadmap import Pack
from tests.bot.conversing import BEN, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, new_york, world_at
from tests.bot.walking import position

FIRM = "Apex Securities"
THIS_YEAR, NEXT_YEAR = date(2026, 12, 15), date(2027, 12, 15)
TYPED = "/cais done saa yearly certification"


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """Monday, November 23, 2026, ten in the morning in New York; the first reminder of December 15 is on December 1."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def yearly(world: World, *names: str, day: int = 15) -> FirmKey:
    firm = await a_firm(world.services, FIRM, BEN)
    for name in names or ("SAA yearly certification",):
        await world.services.set_recurring(firm.key, world.act(person(BEN)), name, 12, day)
    return firm.key


async def done(world: World, key: FirmKey) -> list[date]:
    there = await position(world.services, key)
    return sorted(on for days in there.recurring_done.values() for on in days)


async def test_typed_it_is_done_for_the_day_one_was_reminded_of_and_undone(world: World) -> None:
    key = await yearly(world)
    await world.goes_to("2026-12-01")
    said = words_of(await world.slack.ben.types(TYPED))
    assert "Done for Tuesday, December 15, 2026: SAA yearly certification" in said
    assert "Wednesday, December 15, 2027: SAA yearly certification (every year)" in said
    assert await done(world, key) == [THIS_YEAR]
    await world.plan()
    assert "✅ *SAA yearly certification*: done for Dec 15, 2026 by you" in world.said(BEN)
    await world.slack.ben.presses("Undo")
    assert await done(world, key) == []
    assert world.slack.refused() == []


async def test_one_that_has_passed_is_done_for_the_day_that_passed_and_a_second_time_is_asked(world: World) -> None:
    key = await yearly(world)
    await world.goes_to("2026-12-22")
    await world.slack.ben.types("done “SAA yearly certification”")
    assert await done(world, key) == [THIS_YEAR]
    again = await world.slack.ben.types(TYPED)
    assert "is marked done for Dec 15, 2026; it comes next on Wednesday, December 15, 2027." in words_of(again)
    assert await done(world, key) == [THIS_YEAR]


async def test_one_that_nobody_was_reminded_of_yet_is_asked_about(world: World) -> None:
    key = await yearly(world)
    asked = words_of(await world.slack.ben.types(TYPED))
    assert (
        "*SAA yearly certification* comes next on Tuesday, December 15, 2026. Is it done for that day already? "
        "Nothing was recorded." in asked
    )
    assert await done(world, key) == []
    await world.slack.ben.presses("SAA yearly certification: Dec 15, 2026")
    assert await done(world, key) == [THIS_YEAR]
    assert "Undo" in labels(world.slack.ben.last)


async def test_words_that_fit_several_are_asked_about(world: World) -> None:
    key = await yearly(world, "SAA yearly certification", "Yearly supervision review")
    await world.goes_to("2026-12-01")
    asked = await world.slack.ben.types("/cais done yearly")
    assert "Several dates of every year fit those words." in words_of(asked)
    assert labels(asked) == ["SAA yearly certification: Dec 15, 2026", "Yearly supervision review: Dec 15, 2026"]
    assert await done(world, key) == []
    await world.slack.ben.types("/cais done supervision")
    assert await done(world, key) == [THIS_YEAR]


async def test_a_task_named_exactly_wins_and_words_that_fit_both_are_asked_about(world: World) -> None:
    key = await yearly(world, "Does our review of the firm stand", day=1)
    await world.goes_to("2026-12-01")
    both = await world.slack.ben.types("/cais done does firm")
    assert "A task and a date of every year fit those words. Which one is done? Nothing was recorded." in words_of(both)
    assert "Does our review of the firm stand: Dec 1, 2026" in labels(both)
    assert await done(world, key) == []
    assert "Choose one of its answers." in words_of(await world.slack.ben.types("/cais done s1"))


async def test_where_the_last_one_is_open_and_the_next_is_reminded_of_both_days_are_offered(world: World) -> None:
    key = await yearly(world)
    await world.goes_to("2027-12-02")
    asked = await world.slack.ben.types(TYPED)
    assert "Which day of *SAA yearly certification* is done?" in words_of(asked)
    assert labels(asked) == ["SAA yearly certification: Dec 15, 2026", "SAA yearly certification: Dec 15, 2027"]
    await world.slack.ben.presses("SAA yearly certification: Dec 15, 2027")
    assert await done(world, key) == [NEXT_YEAR]
