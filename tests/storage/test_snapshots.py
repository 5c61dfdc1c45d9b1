"""What happens to snapshots that this version did not write: the events tell it anew."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import asyncpg
import pytest

from flows.position import SHAPE
from flows.records import verify_position
from storage.database import open_database
from storage.event_store import read_snapshot, write_snapshot
from storage.urls import plain_url, sqlite_path
from tests.storage.decisions import ANN, KEY, TENANT, join, note, set_up

BOB = "slack:-/T1/U2"
Tamper = Callable[[str], Awaitable[Any]]


@pytest.fixture
def tamper(url: str) -> Tamper:
    """Runs a statement as no version of ours would."""

    async def run(sql: str) -> Any:
        path = sqlite_path(url)
        if path:
            with closing(sqlite3.connect(path, isolation_level=None)) as file:
                return file.execute(sql).fetchall()
        connection = await asyncpg.connect(plain_url(url))
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return run


EARLIER = "UPDATE snapshots SET body = replace(replace(body, '\"shape\":{shape},', ''), 'Oak', 'Elm')"


@pytest.fixture
async def written(url: str) -> str:
    """A database with one firm in it."""
    async with await open_database(url) as database:
        await database.events.change(KEY, set_up("Oak", channel="C1"))
        await database.events.change(KEY, join(BOB))
    return url


@pytest.mark.parametrize("body", ["earlier", "{{", '{{"shape":{shape},"version":"many"}}'])
async def test_a_snapshot_that_is_not_of_this_versions_shape_is_folded_from_the_events(
    written: str, tamper: Tamper, body: str
) -> None:
    sql = EARLIER if body == "earlier" else f"UPDATE snapshots SET body = '{body}'"
    await tamper(sql.format(shape=SHAPE))
    stored = await tamper("SELECT body FROM snapshots")
    async with await open_database(written) as database:
        position = await database.events.position(KEY)
        assert position
        assert position.name == "Oak"
        assert verify_position(await database.events.history(KEY), position) is None
        sighting = await database.directory.sight(TENANT, ANN.id, "C1")
        assert sighting.position == position
    assert await tamper("SELECT body FROM snapshots") == stored  # reading writes nothing


async def test_the_first_change_writes_the_snapshot_and_what_stands_beside_it_anew(
    written: str, tamper: Tamper
) -> None:
    await tamper(EARLIER.format(shape=SHAPE))
    await tamper("UPDATE firms SET name = 'Elm'")
    await tamper("UPDATE members SET role = 'viewer'")
    await tamper("DELETE FROM channels")
    async with await open_database(written) as database:
        await database.events.position(KEY)
        changed = await database.events.change(KEY, note())
    ((body,),) = await tamper("SELECT body FROM snapshots")
    assert read_snapshot(body) == changed.position
    async with await open_database(written) as database:
        seen = await database.directory.sight(TENANT, ANN.id, "C1")
        assert (seen.position, seen.linked) == (changed.position, KEY.firm)
        assert [(firm.name, firm.role) for firm in seen.firms] == [("Oak", "lead")]


async def test_a_snapshot_comes_back_as_it_was_written(written: str) -> None:
    async with await open_database(written) as database:
        position = await database.events.position(KEY)
    assert position
    assert read_snapshot(write_snapshot(position)) == position
