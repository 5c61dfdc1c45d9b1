"""A database is taken away as a whole, and only where it is nobody else's."""

import sqlite3
from pathlib import Path

import pytest

from storage.database import open_database
from storage.fresh_start import NotTaken, forget
from tests.storage.decisions import KEY, TENANT, note, set_up


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with a firm in it, and somebody else's file beside it."""
    found = tmp_path / "cais.db"
    async with await open_database(f"sqlite+aiosqlite:///{found}") as database:
        await database.events.change(KEY, set_up())
    (tmp_path / "cais.db.mine").write_text("somebody's")
    return found


async def test_the_database_and_what_belongs_to_it_are_gone_and_nothing_else(path: Path) -> None:
    path.with_name("cais.db-shm").touch()
    forget(path, TENANT)
    assert [file.name for file in path.parent.iterdir()] == ["cais.db.mine"]
    forget(path, TENANT)


async def test_a_workspace_that_is_not_ours_stops_it(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(NotTaken, match="holds more than this sandbox"):
        forget(path, "-/T0SANDBOX")
    assert path.read_bytes() == before


async def test_a_bot_that_still_has_it_open_stops_it(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        with pytest.raises(NotTaken, match="open in another program"):
            forget(path, TENANT)
        await database.events.change(KEY, note())


def test_a_database_of_another_program_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "cais.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE holidays (day TEXT)")
    connection.close()
    with pytest.raises(NotTaken, match="tables that are not ours"):
        forget(path, TENANT)
    path.write_text("a shopping list, and a long one, so that nobody takes it for a database")
    with pytest.raises(NotTaken, match="not a database of ours"):
        forget(path, TENANT)
    assert path.exists()


def test_a_link_to_somewhere_else_stops_it(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with pytest.raises(NotTaken, match="leads somewhere else"):
        forget(link, TENANT)
    assert path.exists()
