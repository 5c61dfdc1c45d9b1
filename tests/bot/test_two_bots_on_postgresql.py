"""Two whole bots that share one PostgreSQL: each person gets each message once, also where one of them dies."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.delivery.rounds import LEASE
from flows.roadmap import Pack
from tests.bot.conversing import BEN, CONRAD, LEA, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, another_replica, new_york, world_at
from tests.storage.conftest import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]  # fixtures are found by their names here

FIRMS = 6
TOLD = (BEN, CONRAD, LEA)


@pytest.fixture
async def world(tmp_path: Path, pack: Pack, postgres_url: str) -> AsyncIterator[World]:
    """Six firms, two of each of three leads, with a yearly date each."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10), url=postgres_url) as found:
        for nth in range(FIRMS):
            lead = TOLD[nth % len(TOLD)]
            firm = await a_firm(found.services, f"Firm {nth}", lead)
            await found.services.set_recurring(firm.key, found.act(person(lead)), f"Filing {nth}", 12, 15)
        assert (await found.services.outbox.next_due()) is None
        yield found


def is_told_once_of_both(world: World, user: str) -> bool:
    (digest,) = world.digests(user)
    return words_of(digest).count("10 trading days before") == FIRMS / len(TOLD)


async def test_two_bots_that_plan_and_send_at_once_tell_everybody_once(world: World, postgres_url: str) -> None:
    async with another_replica(world, postgres_url) as other:
        world.clock.now = new_york("2026-12-01", 12)
        await asyncio.gather(world.plan(), other.plan(), world.plan(), other.plan())
        assert all(is_told_once_of_both(world, user) for user in TOLD)
        await other.plan()
    assert all(is_told_once_of_both(world, user) for user in TOLD)


async def test_one_dies_between_posting_and_settling_and_the_other_does_not_post_again(
    world: World, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    async with another_replica(world, postgres_url) as other:
        monkeypatch.setattr(world.services.outbox, "settle", dies)
        await world.goes_to("2026-12-01", 12)
        await other.plan()
        assert all(is_told_once_of_both(world, user) for user in TOLD), "the other leaves alone what was taken up"
        await world.slack.bot.delivery.stop()  # it is dead: no round of its own takes up once more what it posted
        world.clock.real += LEASE + 1
        await other.plan()
        assert all(is_told_once_of_both(world, user) for user in TOLD), "and finds it, once the lease has run out"
        assert not await other.services.outbox.in_doubt("-/T0SANDBOX", person(BEN).id)
