"""The places a behaviour suite runs over: the fake, a SQLite file, a PostgreSQL server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from storage.database import Database, open_database
from storage.urls import plain_url
from tests.storage import postgres
from tests.storage.fresh import fresh_database
from tests.storage.memory import MemoryDatabase


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A server with our tables, or none yet, and nothing in them."""
    asyncio.run(_empty(postgres_server))
    return postgres_server


async def _empty(server: str) -> None:
    connection = await asyncpg.connect(plain_url(server))
    if await connection.fetchval("SELECT to_regclass('oauth_states')"):
        await connection.execute(
            "TRUNCATE firms, people, inbox, workspace_entries, questions, votes, update_notes, outbox,"
            " taken, stopped_workspaces, installations, oauth_states CASCADE"
        )
    await connection.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that outlives the program that opened it."""
    return _url(request, tmp_path)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to keep things; empty for the fake, which needs no place."""
    return "" if request.param == "fake" else _url(request, tmp_path)


def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return fresh_database(tmp_path / "data" / "cais.db")
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def database(place: str) -> AsyncIterator[Database | MemoryDatabase]:
    """Anything that obeys the ports."""
    if not place:
        yield MemoryDatabase()
        return
    async with await open_database(place) as opened:
        yield opened
