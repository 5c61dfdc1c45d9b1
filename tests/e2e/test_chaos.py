"""Everything goes wrong around two replicas while people talk to them: nothing is lost, nothing is said twice.

`make chaos` does it for ten minutes, a quarter of them in each of four towns; MINUTES is the count. `make test` visits
one town, for a handful of conversations.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.afterwards import (
    OWED,
    assert_each_note_is_answered_once,
    assert_nothing_is_stuck_late_or_growing,
    assert_what_is_owed_was_sent_once,
    assert_what_people_read_is_so,
    report,
    settles,
    stored,
)
from tests.e2e.histories import assert_nothing_is_doubled, read
from tests.e2e.processes import verified
from tests.e2e.town import Town, a_town, go_on_talking
from tests.e2e.troubles import all_kinds_of_trouble, ends_in_time, some_trouble
from tests.storage.conftest import postgres_server, postgres_url
from tests.storage.fresh import fresh_database

__all__ = ["postgres_server", "postgres_url"]  # fixtures are found by their names here

MINUTES = float(os.environ.get("MINUTES", "0"))
TOWNS = [("http", "postgres_url"), *([("socket", ""), ("socket", "postgres_url"), ("http", "")] if MINUTES else [])]
AT_ONCE = 6 if MINUTES else 2
"""Conversations."""

HELD_BACK = 6.0 if MINUTES else 0.0
"""Seconds until a post has arrived that Slack held back when its sender died. Leases outlast that by far; here they are
ended by hand."""

STAY = 2 if MINUTES else 1
"""Replicas that are started once more at the end; one is enough to see that all is taken up."""


@pytest.fixture
def address(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Of the database that both replicas share."""
    found: str = request.getfixturevalue(database) if database else fresh_database(tmp_path / "cais.db")
    return found


@pytest.mark.parametrize(("transport", "database"), TOWNS)
async def test_nothing_is_lost_or_said_twice_whatever_goes_wrong(transport: str, address: str, tmp_path: Path) -> None:
    async with a_town(transport, tmp_path, address, seed=11) as town:
        happened = await talk_in_trouble(town)
        await comes_to_rest(town, address)
        assert await town.one_more_with_each()
        await everybody_leaves(town)
        rows = await read(address)
        print(report(town, rows, happened))
        assert_what_people_read_is_so(town, rows)
        assert_nothing_is_doubled(rows, town.people)
        assert_each_note_is_answered_once(town, rows)
        assert_what_is_owed_was_sent_once(town, await stored(address, OWED))
        assert_nothing_is_stuck_late_or_growing(town, rows)
        if MINUTES:
            print((await verified(tmp_path, address)).splitlines()[-1])


async def talk_in_trouble(town: Town) -> Counter[str]:
    """Some talk at any time; what went wrong, and how often."""
    over = asyncio.Event()
    talking = [asyncio.create_task(go_on_talking(town, over)) for _ in range(AT_ONCE)]
    until = time.monotonic() + 60 * MINUTES / len(TOWNS)
    happened = await (all_kinds_of_trouble(town, until) if MINUTES else some_trouble(town))
    over.set()
    await asyncio.gather(*talking)
    return happened


async def comes_to_rest(town: Town, address: str) -> None:
    """Both die once more; the leases end of what they had in hand, and who comes next settles everything."""
    for replica in town.replicas:
        await replica.end(signal.SIGKILL)
    await asyncio.sleep(HELD_BACK)
    await stored(address, "UPDATE inbox SET taken_until = 0 WHERE settled_at IS NULL")
    await stored(address, "UPDATE taken SET until = 0")
    await asyncio.gather(*(replica.start() for replica in town.replicas[:STAY]))
    async with asyncio.timeout(180):
        while town.sandbox.slack.delivery._tasks:
            await asyncio.sleep(0.2)
    await settles(town, address, time.time())
    async with asyncio.timeout(180):
        while not await stored(address, "SELECT key FROM outbox WHERE outcome = 'sent'"):
            await asyncio.sleep(0.2)


async def everybody_leaves(town: Town) -> None:
    """The replicas are told to stop in the middle of a conversation."""
    talking, acts = asyncio.create_task(town.conversation()), len(town.answers.acts)
    await town.sandbox.until(lambda: len(town.answers.acts) > acts + 2, 60)
    for replica in town.replicas:
        if replica.runs:
            await ends_in_time(town, replica)
    talking.cancel()
    with suppress(asyncio.CancelledError):
        await talking
    town.look()
