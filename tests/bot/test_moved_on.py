"""Everything goes on in the other database as if nothing had been: what waits comes there once, and tokens open."""

from datetime import date
from pathlib import Path

import pytest

from flows.roadmap import Pack
from storage.database import open_database
from storage.moving import move
from storage.sealing import new_key, read_keys
from tests.bot.conversing import BEN, COMPLIANCE, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import Clock, new_york, sqlite_url, world_at
from tests.bot.test_oauth import installation
from tests.storage.conftest import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]  # fixtures are found by their names here

KEYS = read_keys(new_key("test"))


@pytest.mark.parametrize("way", ["to PostgreSQL", "to SQLite"])
async def test_what_waits_comes_once_in_the_other_database(
    tmp_path: Path, pack: Pack, postgres_url: str, way: str
) -> None:
    here, there = sqlite_url(tmp_path), postgres_url
    if way == "to SQLite":
        here, there = there, here
    clock = Clock(new_york("2026-11-23", 10))
    async with world_at(tmp_path, pack, clock.now, url=here, clock=clock) as world:
        firm = await a_firm(world.services, "Apex Securities", BEN)
        for name, day in (("SAA certification", 15), ("Other filing", 16)):
            await world.services.set_recurring(firm.key, world.act(person(BEN)), name, 12, day)
        await world.services.set_task_due(firm.key, world.act(person(BEN)), "s1", date(2026, 12, 15))
        await world.slack.ben.at(COMPLIANCE).types("/cais summary daily")
        await world.goes_to("2026-12-01")
        (digest,) = world.digests(BEN)
        await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
        await world.plan()
        async with await open_database(here) as database:
            await database.installations(KEYS).save(installation(TENANT, "xoxb-1"))
        before = await world.services.events.history(firm.key)
        waiting = await world.services.outbox.snoozed(TENANT, person(BEN).id)
    await move(here, there)
    async with world_at(tmp_path, pack, clock.now, url=there, clock=clock) as world:
        assert await world.services.events.history(firm.key) == before
        assert await world.services.outbox.snoozed(TENANT, person(BEN).id) == waiting
        async with await open_database(there) as database:
            (one,) = await database.installations(KEYS).all()
            assert one.token == "xoxb-1"
        await world.plan()
        assert world.digests(BEN) == []
        await world.goes_to("2026-12-02")
        (digest,) = world.digests(BEN)
        assert "you put this off until Dec 2, 2026" in words_of(digest)
        assert "Other filing" in words_of(digest)
        seen = [m for m in world.slack.ben.at(COMPLIANCE).sees if "summary" in str(m.get("text", "")).casefold()]
        assert len(seen) == 1
        assert await world.services.outbox.undelivered(TENANT, limit=9) == ()
