"""The firm's own dates in lists: none of them out of reach, those to come in view, and those that passed marked."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.views.date_pages import ON_A_PAGE, PASSED_FIRST
from flows.deadlines import Source, Value
from flows.events import FirmKey
from flows.roadmap import Pack
from flows.workspace import DeadlineRevised
from tests.bot.conversing import ANA, BEN, COMPLIANCE, LEA, labels, words_of
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


@pytest.fixture
async def without_obligation(world: World) -> World:
    """A firm with a target, whose roadmap ended with its first answer: to be looked at again on December 31."""
    await a_firm(world.services, "Apex Securities", BEN)
    await world.slack.ben.types("/cais target Jan 8, 2027")
    await world.slack.ben.types("/cais next")
    await world.slack.ben.presses("No…")
    answer = await world.slack.ben.submits({"basis": "We only advise.", "recheck": "2026-12-31"})
    assert answer["ok"], answer
    return world


@pytest.mark.parametrize("view", ["/cais due", "/cais status", "/cais deadlines", "home"])
async def test_without_obligation_the_day_to_look_again_stands_where_dates_do(
    without_obligation: World, view: str
) -> None:
    world, ben = without_obligation, without_obligation.slack.ben
    again = f"Look again at “{world.services.pack.questions['fdid_duty'].ask}”, answered: No"
    shown = await (ben.opens_home() if view == "home" else ben.types(view))
    assert shown is not None
    when = "Thursday, December 31, 2026" if view == "/cais due" else "Dec 31, 2026"
    assert f"🗓️ {when}: {again}" in words_of(shown)
    await world.goes_to("2027-01-11")
    shown = await (ben.opens_home() if view == "home" else ben.types(view))
    assert shown is not None
    mark = ", which has passed" if view == "/cais due" else " (passed)"
    assert f"🗓️ {when}{mark}: {again}" in words_of(shown)


async def test_without_obligation_it_is_said_that_nothing_reminds_of_the_target(without_obligation: World) -> None:
    world, ben = without_obligation, without_obligation.slack.ben
    said = words_of(await ben.types("/cais target Jan 20, 2027"))
    assert said.count("Nothing reminds of it while the roadmap is at its end, as it is now.") == 1
    await world.goes_to("2027-02-01")
    said = words_of(await ben.types("/cais due"))
    assert "*Your target:* Wednesday, January 20, 2027. Nothing reminds of it while" in said
    assert "1 of your firm's own dates has passed." in words_of(await ben.types("/cais ask are we late?"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Value("date", date(2027, 6, 10)), "Thursday, June 10, 2027"),
        (Value("month", month="2027-06"), "some day in June 2027"),
    ],
)
async def test_a_target_after_an_industry_date_to_come_is_said_to_lie_after_it(
    world: World, value: Value, said: str
) -> None:
    await a_firm(world.services, "Apex Securities", BEN)
    source = Source("CAT Alert 2026-09", "https://www.catnmsplan.com/cat-alerts")
    admin = replace(person(ANA), admin=True)
    moved = DeadlineRevised("full_cais_compliance", date(2026, 11, 20), date(2026, 11, 20), value, source, "Moved.")
    await world.services.record_for_workspace("-/T0SANDBOX", world.act(admin), moved)
    ben, note = (
        world.slack.ben,
        f"ℹ️ Industry date: Full CAIS compliance, {said}. Your own target lies after it: look whether it still",
    )
    assert "lies after it" not in words_of(await ben.types("/cais target May 28, 2027"))
    assert note in words_of(await ben.types("/cais target July 30, 2027"))
    await ben.types("/cais target")
    await ben.submits({"day": "2027-10-01"})
    assert note in words_of(ben.last)
    assert "lies after it" not in words_of(await ben.types("/cais target none"))


async def test_of_several_industry_dates_before_a_target_the_roadmaps_own_is_named(world: World) -> None:
    await a_firm(world.services, "Apex Securities", BEN)
    admin = replace(person(ANA), admin=True)
    for deadline, on in (("interim_1", date(2027, 5, 3)), ("full_cais_compliance", date(2027, 6, 10))):
        source, value = Source("CAT Alert 2026-09", "https://www.catnmsplan.com/cat-alerts"), Value("date", on)
        moved = DeadlineRevised(deadline, date(2026, 11, 20), date(2026, 11, 20), value, source, "Moved.")
        await world.services.record_for_workspace("-/T0SANDBOX", world.act(admin), moved)
    said = words_of(await world.slack.ben.types("/cais target July 30, 2027"))
    assert "Industry date: Full CAIS compliance, Thursday, June 10, 2027. Your own target lies after it" in said
    assert "It lies after 1 other industry date, too: `/cais deadlines`." in said


async def test_a_steps_date_is_listed_while_a_task_goes_by_it(world: World) -> None:
    await a_firm(world.services, "Apex Securities", BEN)
    await to_step_two(world)
    ben, listed = world.slack.ben, ": step 2, "
    assert "No open task goes by it" not in words_of(await ben.types("/cais due step 2 Dec 18"))
    assert listed in words_of(await ben.types("/cais due"))
    assert listed in words_of(await ben.types("/cais"))
    await ben.types("/cais due s2 Dec 15")
    for view in ("/cais due", "/cais", "/cais status"):
        assert listed not in words_of(await ben.types(view)), view
    said = words_of(await ben.types("/cais due step 2 Dec 21"))
    assert "No open task goes by it now: each has a date of its own or of its part, or is done." in said
    await ben.types("/cais due s2 none")
    assert f"Monday, December 21, 2026{listed}" in words_of(await ben.types("/cais due"))
