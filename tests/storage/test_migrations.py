"""Migrations lead to the tables the code knows, on both databases, however many start at once."""

import ast
import asyncio
import re
import runpy
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateTable

from storage import migrate
from storage.database import open_database
from storage.errors import StorageError
from storage.indexes import metadata
from storage.models import in_models
from storage.urls import plain_url
from tests.storage.decisions import KEY, set_up


async def differences(url: str) -> list[Any]:
    """What alembic would still have to change."""

    def compare(connection: Connection) -> list[Any]:
        # Of SQLite alembic misreads empty defaults; there the tables' own text is compared, below.
        options: dict[str, Any] = {"compare_type": True, "include_name": in_models}
        options["compare_server_default"] = connection.dialect.name != "sqlite"
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


@pytest.fixture
def fresh_postgres(postgres_server: str, request: pytest.FixtureRequest) -> str:
    """A PostgreSQL database in which nothing is yet."""

    async def make() -> None:
        connection = await asyncpg.connect(plain_url(postgres_server))
        await connection.execute("DROP DATABASE IF EXISTS fresh")
        await connection.execute("CREATE DATABASE fresh")
        await connection.close()

    asyncio.run(make())
    return postgres_server.replace("/postgres?", "/fresh?")


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    url: str = request.getfixturevalue("fresh_postgres")
    return url


async def test_the_migrations_make_what_the_models_say(fresh: str) -> None:
    await (await open_database(fresh)).close()
    assert await differences(fresh) == []


async def test_sqlites_tables_are_as_the_models_would_make_them(tmp_path: Path) -> None:
    # Alembic does not compare everything: WITHOUT ROWID is not seen by it.
    await (await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db")).close()
    connection = sqlite3.connect(tmp_path / "cais.db")
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    connection.close()
    for table in metadata.sorted_tables:
        wanted = str(CreateTable(table).compile(dialect=sqlite.dialect()))
        assert "".join(made[table.name].split()) == "".join(wanted.split())


SINCE_REMINDERS = sorted(path for path in Path(migrate._FOLDER, "versions").glob("0*.py") if path.stem[:4] > "0005")


@pytest.mark.parametrize("path", SINCE_REMINDERS, ids=lambda path: path.stem)
def test_a_migration_only_adds(path: Path) -> None:
    """A replica of the version before may still run beside the first new one, and misses what is taken away."""
    functions = (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
    nodes = list(ast.walk(next(one for one in functions if one.name == "upgrade")))
    called = {n.func.attr for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert not {name for name in called if name.startswith(("drop_", "rename_", "alter_"))}
    said = " ".join(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
    assert not re.search(r"\b(DROP|RENAME|DELETE)\b", said)


@pytest.mark.parametrize("path", SINCE_REMINDERS, ids=lambda path: path.stem)
def test_what_a_replica_of_the_version_before_writes_is_still_taken(path: Path) -> None:
    """It knows no new column, so its rows have to do without; nothing that it may write twice becomes unique."""
    asked: list[str] = []
    made: set[str] = set()

    class Op:
        """What a migration does, noted and not done."""

        def f(self, name: str) -> str:
            return name

        def create_table(self, name: str, *_: object, **__: object) -> None:
            made.add(name)

        def add_column(self, table: str, column: Column[Any]) -> None:
            if table not in made and not (column.nullable or column.server_default is not None):
                asked.append(f"{table}.{column.name} has to be given")

        def create_index(self, name: str, table: str, *_: object, unique: bool = False, **__: object) -> None:
            if unique and table not in made:
                asked.append(f"{table} has to be unique")

        def execute(self, *_: object) -> None: ...

        def get_bind(self) -> object:
            return SimpleNamespace(dialect=SimpleNamespace(name="sqlite"))

    names = runpy.run_path(str(path))
    names["upgrade"].__globals__["op"] = Op()
    names["upgrade"]()
    assert asked == []


async def test_a_replica_of_the_version_before_reads_on_while_a_migration_waits_for_a_dump(
    fresh_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine(fresh_postgres)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrate.config(c), "0012"))
    await engine.dispose()
    monkeypatch.setattr(migrate, "_MOMENT", "50ms")
    monkeypatch.setattr(migrate, "_PAUSE", 0.2)
    dump, replica = [await asyncpg.connect(plain_url(fresh_postgres)) for _ in range(2)]
    async with dump.transaction(isolation="repeatable_read", readonly=True):
        await dump.fetch("SELECT 1 FROM inbox")
        migrating = asyncio.create_task(migrate.migrate(fresh_postgres))
        await asyncio.sleep(0.5)
        assert await replica.fetchval("SELECT count(*) FROM inbox", timeout=10) == 0
        assert not migrating.done()
        monkeypatch.setattr(migrate, "PATIENCE", 0.0)
        with pytest.raises(StorageError, match="lock timeout"):
            await migrate.migrate(fresh_postgres)
    await migrating
    assert await replica.fetchval("SELECT version_num FROM alembic_version") == migrate.HEAD
    await dump.close()
    await replica.close()


def test_the_known_head_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(migrate.config()).get_current_head() == migrate.HEAD


async def test_a_migration_that_is_asked_for_is_numbered_and_empty_while_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._FOLDER, folder)
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    written = await migrate.new_migration("firm preferences")
    assert written.parent == folder / "versions"
    assert written.name == f"{int(migrate.HEAD) + 1:04d}_firm_preferences.py"
    text = written.read_text()
    assert f"down_revision = {migrate.HEAD!r}" in text
    assert "op." not in text


async def _at(url: str, revision: str, *statements: str) -> None:
    """Takes a new database so far and no further, and puts something into it."""

    def upgrade(connection: Connection) -> None:
        command.upgrade(migrate.config(connection), revision)

    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def test_what_was_owed_before_slots_is_still_owed_each_in_a_message_of_its_own(fresh: str) -> None:
    columns = "tenant, key, firm_id, kind, person, about, due_at, tries, taken_until, settled_at, outcome"
    rows = [
        f"INSERT INTO outbox ({columns}) VALUES ('-/T1', '{key}', 'f1', 'lead_asked', 'U1', 'q1', 5, {rest})"
        for key, rest in (
            ("a", "0, 0, NULL, NULL"),
            ("b", "1, 30, NULL, NULL"),
            ("c", "1, 30, 9, 'sent'"),
        )
    ]
    await _at(fresh, "0004", *rows)
    async with await open_database(fresh) as database:
        assert [slot.slot for slot in await database.outbox.claim(due=10, now=1, lease=90, limit=9)] == ["a"]
        (later,) = await database.outbox.claim(due=10, now=40, lease=30, limit=9)
        assert (later.slot, [(one.key, one.tries) for one in later.owed]) == ("b", [("b", 2)])
        kept = await database.outbox.get("-/T1", "c")
        assert kept
        assert (kept.settled, kept.outcome) == (True, "sent")


async def test_one_can_go_back_to_the_tables_of_before_and_forth_again(fresh: str) -> None:
    def back(connection: Connection) -> None:
        command.downgrade(migrate.config(connection), "0004")

    await (await open_database(fresh)).close()
    engine = create_async_engine(fresh)
    async with engine.begin() as connection:
        await connection.run_sync(back)
    await engine.dispose()
    await (await open_database(fresh)).close()
    assert await differences(fresh) == []


async def test_a_dump_of_the_version_before_is_put_back_as_operations_says_and_the_next_update_goes_through(
    fresh_postgres: str, tmp_path: Path
) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "operations.md").read_text(encoding="utf-8")
    (take,) = re.findall(r"^\| take one .*$", page, re.MULTILINE)
    (put_back,) = re.findall(r"^\| put it back .*$", page, re.MULTILINE)
    await _at(fresh_postgres, f"{int(migrate.HEAD) - 1:04d}")
    await _postgres_tools(take, fresh_postgres, tmp_path)
    await (await open_database(fresh_postgres)).close()
    await _postgres_tools(put_back, fresh_postgres, tmp_path)
    await (await open_database(fresh_postgres)).close()
    assert await differences(fresh_postgres) == []


async def _postgres_tools(line: str, url: str, folder: Path) -> None:
    """Runs the commands that stand in this line of the page, with our database for `cais`."""
    given = re.findall(r"`((?:pg_dump|dropdb|createdb|pg_restore) [^`]+)`", line)
    assert given
    for words in (one.split() for one in given):
        arguments = [word.replace("cais", "fresh") for word in words[1:]]
        binary = next(Path("/usr/lib/postgresql").glob(f"*/bin/{words[0]}"), words[0])
        where = ["--host", url.partition("host=")[2], "--username", "cais"]
        done = await asyncio.create_subprocess_exec(binary, *where, *arguments, cwd=folder)
        assert await done.wait() == 0, words


async def test_many_that_start_at_once_on_a_new_database_all_come_up(fresh: str) -> None:
    opened = await asyncio.gather(*(open_database(fresh) for _ in range(4)))
    await opened[0].events.change(KEY, set_up())
    assert [await database.events.firm_keys() for database in opened] == [[KEY]] * 4
    for database in opened:
        await database.close()


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cais.db"
    await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="newer version"):
        await open_database(f"sqlite+aiosqlite:///{path}")


async def test_a_second_start_imports_neither_alembic_nor_the_other_database(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/cais.db"
    await (await open_database(url)).close()
    start = (
        "import asyncio, sys\n"
        "from storage.database import open_database\n"
        "async def start():\n"
        f"    await (await open_database({url!r})).close()\n"
        "asyncio.run(start())\n"
        "heavy = 'alembic', 'sqlalchemy.orm', 'asyncpg', 'sqlalchemy.dialects.postgresql'\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    said = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", start], capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr
