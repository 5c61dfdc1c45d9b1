"""Everything moves from one kind of database to the other, and is counted and compared on both sides."""

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from flows.events import FirmKey, NoteAdded
from storage.database import Database, open_database
from storage.moving import NotMoved, move
from storage.urls import plain_url
from tests.bot.prompt import KEY, four_events, keep
from tests.storage.test_knowledge import GIFTS, document, passage, read, texts


async def lived_in(database: Database) -> None:
    """Something in tables that differ between the two databases: a document found by its words, a flag, a time."""
    await database.directory.use(KEY.tenant, "slack:-/T1/U1", KEY.firm)
    await database.outbox.stop("-/T9", "app_uninstalled", now=1.5)
    await read(database, document(KEY), [passage(GIFTS)])


async def test_everything_moves_to_postgresql_and_back_and_is_found_there(postgres_url: str, tmp_path: Path) -> None:
    here, back = (f"sqlite+aiosqlite:///{tmp_path / name}" for name in ("cais.db", "back.db"))
    await four_events(here)
    await four_events(here, FirmKey("-/T2", "f1"))
    async with await open_database(here) as database:
        await lived_in(database)
    moved = await move(here, postgres_url)
    assert moved.rows["events"] == 8
    assert set(moved.heads) == {("-/T1", "f1"), ("-/T2", "f1")}
    async with await open_database(postgres_url) as database:
        assert await database.outbox.stopped() == {"-/T9": "app_uninstalled"}
        assert await texts(database, "gifts", KEY) == [GIFTS]
        assert await texts(database, "gifts", FirmKey("-/T2", "f1")) == []
    await keep(postgres_url, KEY, [NoteAdded(text="it goes on there")])
    with pytest.raises(NotMoved, match="not empty"):
        await move(here, postgres_url)
    again = await move(postgres_url, back)
    assert again.rows["events"] == 9
    async with await open_database(back) as database:
        assert await texts(database, "gifts", KEY) == [GIFTS]


async def test_what_has_no_tables_of_today_is_not_moved(tmp_path: Path) -> None:
    with pytest.raises(NotMoved, match="cais migrate"):
        await move(f"sqlite+aiosqlite:///{tmp_path / 'none.db'}", f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()


async def test_nothing_is_put_among_the_tables_of_another_program(tmp_path: Path) -> None:
    here, theirs = f"sqlite+aiosqlite:///{tmp_path / 'cais.db'}", tmp_path / "theirs.db"
    await four_events(here)
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("CREATE TABLE books (title TEXT)")
    before = theirs.read_bytes()
    with pytest.raises(NotMoved, match="tables of another program in it, such as books"):
        await move(here, f"sqlite+aiosqlite:///{theirs}")
    assert theirs.read_bytes() == before


async def test_nothing_is_put_among_the_tables_of_another_program_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    here = f"sqlite+aiosqlite:///{tmp_path / 'cais.db'}"
    await four_events(here)
    connection = await asyncpg.connect(plain_url(postgres_url))
    try:
        await connection.execute("CREATE TABLE books (title TEXT)")
        with pytest.raises(NotMoved, match="tables of another program in it, such as books"):
            await move(here, postgres_url)
        await connection.execute("DROP TABLE books; CREATE SCHEMA theirs; CREATE TABLE theirs.books (title TEXT)")
        assert (await move(here, postgres_url)).rows["events"] == 4
    finally:
        await connection.execute("DROP TABLE IF EXISTS books; DROP SCHEMA IF EXISTS theirs CASCADE")
        await connection.close()
