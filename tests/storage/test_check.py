"""What `cais doctor` is told of a database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from storage.database import check, open_database
from storage.engines import engine as engine_of
from storage.errors import NotAllowed, StorageError
from storage.migrate import HEAD
from storage.urls import plain_url
from tests.rights import not_root, open_folder


async def test_a_good_database_is_well(url: str) -> None:
    await (await open_database(url)).close()
    findings = await check(url)
    assert all(finding.ok for finding in findings)
    assert any("up to date" in finding.sentence for finding in findings)


async def test_a_database_that_is_not_there_yet_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    (finding,) = await check(f"sqlite+aiosqlite:///{tmp_path}/cais.db")
    assert finding.ok
    assert "first start makes it" in finding.sentence
    assert not (tmp_path / "cais.db").exists()


async def test_tables_that_are_not_up_to_date_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cais.db"
    path.touch()
    findings = await check(f"sqlite+aiosqlite:///{path}")
    assert next(f.sentence for f in findings if not f.ok).startswith("Its tables are at migration none")


@pytest.mark.parametrize("version", ["9999", "a-branch"])
async def test_tables_of_a_newer_version_are_said_to_be_that_as_a_start_does(url: str, version: str) -> None:
    await (await open_database(url)).close()
    await set_version(url, version)
    try:
        with pytest.raises(StorageError) as refused:
            await open_database(url)
        (trouble,) = [one.sentence for one in await check(url) if not one.ok]
    finally:
        await set_version(url, HEAD)  # tests of PostgreSQL share one database
    assert trouble.startswith(str(refused.value))
    assert version in trouble
    assert "the next start migrates" not in trouble


async def set_version(url: str, version: str) -> None:
    """Writes what alembic would, had it come from elsewhere."""
    engine = engine_of(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    await engine.dispose()


async def test_a_server_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    (finding,) = await check(f"postgresql+asyncpg://cais@/cais?host={tmp_path}")
    assert not finding.ok
    assert "could not be used" in finding.sentence
    assert "Is the server running, and is CAIS_DATABASE_URL right?" in finding.sentence


async def test_tables_that_are_somebody_elses_are_said_to_be_that(postgres_url: str) -> None:
    """As after a dump was put back by another user than the one that the bot comes as."""
    await (await open_database(postgres_url)).close()
    connection, before = await asyncpg.connect(plain_url(postgres_url)), f"{int(HEAD) - 1:04d}"
    await connection.execute("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    try:
        url = postgres_url.replace("cais@", "stranger@")
        (finding,) = await check(url)
        with pytest.raises(NotAllowed) as refused:
            await open_database(url)
        await connection.execute(
            f"GRANT SELECT ON alembic_version TO stranger; UPDATE alembic_version SET version_num = '{before}'"
        )
        with pytest.raises(NotAllowed, match="could not be migrated"):  # where it may pass, it is started for ever
            await open_database(url)
        await connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO stranger")
        granted = [one.sentence for one in await check(url) if not one.ok]
        with pytest.raises(NotAllowed, match="could not be migrated") as not_the_owner:
            await open_database(url)
    finally:
        await connection.execute(f"UPDATE alembic_version SET version_num = '{HEAD}'")
        await connection.execute("DROP OWNED BY stranger; DROP ROLE stranger")
        await connection.close()
    assert not finding.ok
    assert finding.sentence == str(refused.value)
    assert "they belong to that one then" in finding.sentence
    assert any("The next update of this program would stop at it." in one for one in granted)
    assert "give each table to that one: ALTER TABLE ... OWNER TO ..." in str(not_the_owner.value)
    assert "Is the server running" not in finding.sentence


async def test_a_user_who_may_make_no_tables_is_told_that_and_not_whose_they_are(postgres_server: str) -> None:
    """A new user and a new database, since PostgreSQL 15."""
    connection = await asyncpg.connect(plain_url(postgres_server))
    await connection.execute("DROP ROLE IF EXISTS newcomer")
    await connection.execute("CREATE ROLE newcomer LOGIN")
    await connection.execute("DROP DATABASE IF EXISTS room")
    await connection.execute("CREATE DATABASE room")
    url = postgres_server.replace("/postgres?", "/room?").replace("cais@", "newcomer@")
    try:
        troubles = [one.sentence for one in await check(url) if not one.ok]
        with pytest.raises(NotAllowed) as refused:
            await open_database(url)
    finally:
        await connection.execute("DROP DATABASE room")
        await connection.execute("DROP ROLE newcomer")
        await connection.close()
    said = "This user may not make tables there: make the user the owner of the database"
    assert said in troubles[0]
    assert said in str(refused.value)
    assert "ALTER TABLE" not in str(refused.value) + troubles[0]


async def test_a_url_of_another_database_is_said_in_words() -> None:
    (finding,) = await check("mysql://root@localhost/cais")
    assert not finding.ok
    assert "only sqlite and postgresql" in finding.sentence


@pytest.mark.parametrize("journal", ["wal", "delete"])
async def test_a_file_that_may_only_be_read_is_said_with_what_to_do(journal: str) -> None:
    with open_folder() as folder:
        path = folder / "cais.db"
        await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
        with closing(sqlite3.connect(path)) as put_back:
            put_back.execute(f"PRAGMA journal_mode = {journal}")
        path.chmod(0o444)
        before = path.read_bytes()
        with not_root():
            (trouble,) = [one.sentence for one in await check(f"sqlite+aiosqlite:///{path}") if not one.ok]
        assert "may only be read by this user, and a start refuses that" in trouble
        assert f"the folder {folder}" in trouble
        assert path.read_bytes() == before


async def test_looking_whether_it_can_be_written_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cais.db"
    await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 7")
    before = path.read_bytes()
    assert all(finding.ok for finding in await check(f"sqlite+aiosqlite:///{path}"))
    assert path.read_bytes() == before
