"""A message whose receipt was lost is there all the same: its buttons do what they say, and it is not sent again."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.delivery.bringing import A_MOMENT
from bot.delivery.rounds import LEASE
from flows.roadmap import Pack
from tests.bot.conversing import BEN, Json, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import World, new_york, world_at

DUE = date(2026, 12, 15)


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """Ben leads a firm with a yearly date; the reminder of it is there, and its receipt was lost."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        firm = await a_firm(found.services, "Apex Securities", BEN)
        await found.services.set_recurring(firm.key, found.act(person(BEN)), "SAA certification", 12, 15)
        await found.plan()
        found.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
        await found.goes_to("2026-12-01")
        yield found


def digest(world: World) -> Json:
    (found,) = world.digests(BEN)
    return found


async def in_doubt(world: World) -> int:
    return len(await world.services.outbox.in_doubt(TENANT, person(BEN).id))


async def test_a_snooze_does_what_it_says_though_nobody_knows_yet_that_it_arrived(world: World) -> None:
    assert await in_doubt(world) == 1
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest(world))
    assert "snoozed until Wednesday, December 2, 2026" in words_of(digest(world))
    assert await in_doubt(world) == 0
    world.clock.real += LEASE + 1
    await world.plan()
    assert len(world.digests(BEN)) == 1, "it is known to stand there"
    await world.goes_to("2026-12-02")
    assert len(world.digests(BEN)) == 2


async def test_done_is_said_where_it_stands_and_it_is_not_sent_again(world: World) -> None:
    await world.slack.ben.presses("Done", on=digest(world))
    assert "done for Dec 15, 2026" in words_of(digest(world))
    world.clock.real += LEASE + 1
    await world.plan()
    assert len(world.digests(BEN)) == 1


async def test_the_blocks_name_the_rows_where_slack_leaves_out_the_metadata(world: World) -> None:
    sent = digest(world)
    sent.pop("metadata", None)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=sent)
    assert "snoozed until" in words_of(digest(world))


async def test_another_message_of_theirs_settles_nothing(world: World) -> None:
    await world.slack.ben.types("/cais remind")
    await world.slack.ben.presses("Turn off")
    assert await in_doubt(world) == 1


async def test_what_is_known_to_stand_there_by_a_click_is_kept_as_long_as_any_other_also_where_practice_is_in_the_past(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-11-23", 10)) as world:
        firm = await a_firm(world.services, "Apex Securities", BEN)
        await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
        await world.plan()
        world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
        await world.goes_to("2022-12-01")
        await world.slack.ben.picks("Snooze", "Tomorrow", on=digest(world))
        await world.slack.bot.delivery._forget()
        message = f"{digest(world)['channel']}/{digest(world)['ts']}"
        assert [row.settled for row in await world.services.outbox.of_message(TENANT, message)][:1] == [True]


async def test_what_may_have_been_sent_before_a_night_waits_for_the_hour_like_everything_else(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        firm = await a_firm(world.services, "Apex Securities", BEN)
        await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
        await world.plan()
        world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "reset"})
        await world.goes_to("2026-12-01")
        assert (world.digests(BEN), await in_doubt(world)) == ([], 1)
        for day, hour, minute in (("2026-12-01", 21, 0), ("2026-12-02", 7, 50), ("2026-12-02", 8, 10)):
            world.clock.now, world.clock.real = new_york(day, hour, minute), world.clock.real + LEASE + A_MOMENT
            await world.plan()
            assert (world.digests(BEN), await in_doubt(world)) == ([], 0)
        world.clock.real += A_MOMENT
        await world.goes_to("2026-12-02")
        assert "Tuesday, December 15, 2026" in words_of(digest(world))
