"""The firm's own dates in lists: none of them out of reach, those to come in view, and those that passed marked."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.views.date_pages import ON_A_PAGE, PASSED_FIRST
from flows.events import FirmKey
from flows.roadmap import Pack
from tests.bot.conversing import BEN, COMPLIANCE, LEA, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, new_york, world_at

YEARLY = 30
LISTED = re.compile(r"🗓️ \w+, (\w+ \d+, \d{4})(, which has passed)?: (\S[^\n]*)")
A_DAY = re.compile(r"🗓️ (\w+ \d+, \d{4})( \(passed\))?: ([^\n]+)")


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """Monday, November 23, 2026, ten in the morning in New York."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def yearly(world: World, count: int = YEARLY) -> FirmKey:
    """A firm with so many dates of every year, two days apart from November 24 on."""
    firm = await a_firm(world.services, "Apex Securities", BEN)
    for n in range(count):
        on = date(2026, 11, 24) + timedelta(days=2 * n)
        await world.services.set_recurring(firm.key, world.act(person(BEN)), f"Filing {n:02}", on.month, on.day)
    return firm.key


async def to_step_two(world: World) -> None:
    await world.slack.ben.types("/cais next")
    await world.slack.ben.presses("Yes")


async def test_every_date_of_the_firm_is_reached_and_the_first_page_has_those_near_today(world: World) -> None:
    await yearly(world)
    await world.goes_to("2026-12-25", 10)  # 16 days have passed, each open until somebody marks it done
    here = world.slack.ben.at(COMPLIANCE)
    await here.types("/cais due")
    first = LISTED.findall(words_of(here.last))
    assert len(first) == ON_A_PAGE
    assert [passed for _, passed, _ in first] == [", which has passed"] * PASSED_FIRST + [""] * (20 - PASSED_FIRST)
    assert first[PASSED_FIRST][0] == "December 26, 2026", "the first one to come"
    assert "11 earlier dates" in words_of(here.last)
    assert "15 later dates" in words_of(here.last)
    assert "Later" in labels(here.last)
    await here.presses("Earlier")
    before = LISTED.findall(words_of(here.last))
    assert "Earlier" not in labels(here.last)
    await here.presses("Later")
    assert LISTED.findall(words_of(here.last)) == first
    await here.presses("Later")
    after = LISTED.findall(words_of(here.last))
    assert "Later" not in labels(here.last)
    assert len({name for _, _, name in [*before, *first, *after]}) == 2 * 16 + 14
    assert world.slack.refused() == []


async def test_what_fits_stands_on_one_page(world: World) -> None:
    await yearly(world, 7)
    await world.goes_to("2026-12-25", 10)
    shown = await world.slack.ben.types("/cais due")
    assert len(LISTED.findall(words_of(shown))) == 14
    assert not {"Earlier", "Later"} & set(labels(shown))


async def test_those_to_mark_done_have_their_buttons_first_where_there_are_more_than_buttons(world: World) -> None:
    key = await yearly(world, 12)
    await world.services.set_recurring(key, world.act(person(BEN)), "The last one", 11, 23)
    await world.goes_to("2026-11-24", 10)
    assert "Done for Nov 23, 2026" in labels(await world.slack.ben.types("/cais due"))


@pytest.mark.parametrize("view", ["/cais", "/cais status", "/cais deadlines"])
async def test_dates_to_come_are_not_crowded_out_by_those_that_have_passed(world: World, view: str) -> None:
    await yearly(world, 8)
    await world.goes_to("2027-03-05", 10)
    await world.slack.ben.types("/cais due s1 March 10")
    said = words_of(await world.slack.ben.types(view))
    assert [(on, passed) for on, passed, _ in A_DAY.findall(said)] == [
        ("Mar 10, 2027", ""),
        *((f"Nov {n}, 2027", "") for n in (24, 26, 28, 30)),
    ]
    assert "🗓️ and 12 more (8 passed): `/cais due` shows them" in said


@pytest.mark.parametrize("view", ["/cais", "/cais status", "/cais deadlines"])
async def test_where_there_is_room_what_has_passed_stands_there_and_says_so(world: World, view: str) -> None:
    await a_firm(world.services, "Apex Securities", BEN)
    await to_step_two(world)
    for typed in ("due s2 Dec 15", "due step 4 Dec 16", "assign s2 to me", 'due "SAA certification" every Dec 4'):
        await world.slack.ben.types(f"/cais {typed}")
    today = words_of(await world.slack.ben.types(view))
    assert "Dec 15, 2026: Register for CAIS" in today
    assert "passed)" not in today
    await world.goes_to("2026-12-21")
    said = words_of(await world.slack.ben.types(view))
    assert "🗓️ Dec 4, 2026 (passed): SAA certification (every year), not marked done yet" in said
    assert "🗓️ Dec 15, 2026 (passed): Register for CAIS" in said
    assert "🗓️ Dec 16, 2026 (passed): step 4, " in said
    assert "🗓️ Dec 4, 2027: SAA certification (every year)\n" in said
    of_task = {"/cais": "Register for CAIS (by Dec 15, 2026, passed)", "/cais status": "by Dec 15, 2026 (passed)"}
    assert of_task.get(view, "") in said


async def test_plan_home_summary_and_nudge_mark_what_has_passed_in_the_same_way(world: World) -> None:
    await a_firm(world.services, "Apex Securities", BEN, U0LEA="member")
    await to_step_two(world)
    for typed in ("due s2 Dec 15", f"assign s2 <@{LEA}>", "target Dec 4"):
        await world.slack.ben.types(f"/cais {typed}")
    await world.goes_to("2026-12-21")
    assert "target Dec 4, 2026 (passed)" in words_of(await world.slack.ben.types("/cais summary"))
    planned = words_of(await world.slack.ben.types("/cais plan June 30, 2027"))
    assert "Dec 15, 2026 (passed) · Register for CAIS" in planned
    home = await world.slack.ben.opens_home()
    assert home is not None
    assert "🎯 Your target: Dec 4, 2026 (passed)" in words_of(home)
    await world.slack.ben.presses("Nudge owners…", on=home)
    assert world.slack.ben.modal is not None
    assert "Register for CAIS (Apex Securities, Dec 15, 2026, passed)" in words_of(world.slack.ben.modal)
