"""What is SQLite's own: the hop, the shared commit, locks, a full disk, and who may read the file."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from flows.events import FirmKey, Record
from flows.firms import Refusal
from flows.ports import Changed, Known
from flows.position import Position
from storage.database import Database, check, open_database
from storage.errors import Gone, Locked, StorageUnavailable
from storage.sqlite import Lane, SqliteRunner, create_file, hop, must_be_alone
from storage.urls import sqlite_path
from tests.storage.decisions import KEY, TENANT, note, refuse, set_up


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cais.db"


def writer(database: Database) -> Lane:
    """The lane the database writes by."""
    runner = database._runner
    assert isinstance(runner, SqliteRunner)
    return runner._writer


async def watch(database: Database) -> list[str]:
    """Every statement the writer runs from now on."""
    said: list[str] = []
    await writer(database)._connection.set_trace_callback(said.append)
    return said


async def test_a_hop_runs_on_the_connections_own_thread_and_brings_back_what_it_returns(tmp_path: Path) -> None:
    async with aiosqlite.connect(tmp_path / "a.db") as connection:
        name, value = await hop(
            connection, lambda: (threading.current_thread(), connection._conn.execute("SELECT 7").fetchone())
        )
        assert name is connection._thread
        assert value == (7,)
        with pytest.raises(sqlite3.OperationalError):
            await hop(connection, lambda: connection._conn.execute("nonsense"))
    with pytest.raises(StorageUnavailable, match="closed"):
        hop(connection, threading.current_thread)


async def test_the_file_and_its_folder_are_their_owners_alone(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


async def test_every_connection_is_set_up_for_durability(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        runner = database._runner
        assert isinstance(runner, SqliteRunner)
        for lane in (runner._writer, runner._reader):
            for pragma, wanted in {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "secure_delete": 1,
                "busy_timeout": 5000,
            }.items():
                assert await lane._connection.execute_fetchall(f"PRAGMA {pragma}") == [(wanted,)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await runner._reader._connection.execute("DELETE FROM people")


async def test_changes_that_wait_share_a_commit(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        said = await watch(database)
        await asyncio.gather(*(database.events.change(KEY, note()) for _ in range(100)))
        assert said.count("COMMIT") == 2, "sixty-four at most in one"
        assert said.count("BEGIN IMMEDIATE") == said.count("COMMIT")


async def test_whoever_asks_in_the_same_turn_of_the_loop_shares_the_first_commit(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        said = await watch(database)
        await asyncio.gather(*(database.events.change(KEY, note()) for _ in range(60)))
        assert said.count("COMMIT") == 1


async def test_when_the_connection_is_gone_everybody_who_waits_is_told_so(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        lane = writer(database)
        waiting = [asyncio.ensure_future(database.events.change(KEY, note())) for _ in range(150)]
        await asyncio.sleep(0)
        await lane._connection.close()
        said = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        assert isinstance(said[-1], StorageUnavailable), "the last one waited behind two groups"
        assert all(isinstance(each, Exception | Changed) for each in said)


async def test_a_unit_that_fails_after_writing_takes_back_only_its_own(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, note("a", cause="c"))
        said = await watch(database)

        def doubled(position: Position, history: object) -> Changed:
            # Two rows with one cause: the second breaks the unique key after the first was written.
            first = note("x", cause="d")(position, ())
            second = note("y", cause="d")(first.position, ())
            return Changed(first.records + second.records, second.position)

        change = database.events.change
        outcomes = await asyncio.gather(
            change(KEY, note("b")), change(KEY, doubled), change(KEY, note("e")), return_exceptions=True
        )
        assert [type(one).__name__ for one in outcomes] == ["Changed", "Conflict", "Changed"]
        assert len([s for s in said if s == "COMMIT"]) <= 2
        texts = [row.payload for row in await database.events.history(KEY)]
        assert [text[text.index('text":"') + 7] for text in texts] == ["a", "b", "e"]


async def test_a_commit_that_fails_fails_all_who_shared_it_and_keeps_nothing(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        before = (await database.events.change(KEY, set_up())).position
        connection = writer(database)._connection
        change = database.events.change
        # A foreign key that is looked at only in the end makes COMMIT itself fail.
        await connection.execute("CREATE TABLE late (f TEXT REFERENCES late_firms (f) DEFERRABLE INITIALLY DEFERRED)")
        await connection.execute("CREATE TABLE late_firms (f TEXT PRIMARY KEY)")
        await connection.execute(
            "CREATE TRIGGER spoil AFTER INSERT ON events WHEN NEW.payload LIKE '%spoil%'"
            " BEGIN INSERT INTO late VALUES ('x'); END"
        )
        said = await asyncio.gather(
            change(KEY, note("b")), change(KEY, note("spoil")), change(KEY, refuse), return_exceptions=True
        )
        first = 1 if isinstance(said[0], Changed) else 0  # it may have been under way alone
        assert isinstance(said[1], StorageUnavailable)
        assert isinstance(said[2], StorageUnavailable), "what it was refused for may just have been taken back"
        assert len(await database.events.history(KEY)) == 2 + first
        after = await change(KEY, note("c"))
        assert after.position.version == before.version + first + 1


async def test_what_nobody_foresaw_reaches_whoever_waits_and_the_next_one_is_served(path: Path) -> None:
    class Out(BaseException):
        pass

    def leave(position: Position, history: object) -> Changed:
        raise Out

    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        with pytest.raises(Out):
            await database.events.change(KEY, leave)
        assert (await database.events.change(KEY, note())).position.version == 1


async def test_whoever_was_refused_for_what_is_taken_back_is_told_that_nothing_was_changed(path: Path) -> None:
    class Full:
        """Has no room at the first commit."""

        room = False

        def __init__(self, raw: sqlite3.Connection) -> None:
            self._raw = raw

        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql == "COMMIT" and not self.room:
                self.room = True
                raise sqlite3.OperationalError("database or disk is full")
            return self._raw.execute(sql, *more)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._raw, name)

    def second(position: Position | None, _: object) -> Any:
        if position and position.version > 1:
            raise Refusal("Ana did that already.")
        return note()(position, _)

    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        connection: Any = writer(database)._connection
        connection._connection = Full(connection._connection)
        both = (database.events.change(KEY, note()), database.events.change(KEY, second))
        said = await asyncio.gather(*both, return_exceptions=True)
        assert ["disk is full" in str(one) for one in said] == [True, True]


async def test_a_full_disk_is_said_in_words_and_nothing_is_kept(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        before = (await database.events.change(KEY, set_up())).position
        connection = writer(database)._connection
        pages = await connection.execute_fetchall("PRAGMA page_count")
        await connection.execute_fetchall(f"PRAGMA max_page_count = {next(iter(pages))[0] + 1}")
        big = "x" * 100_000
        said = await asyncio.gather(
            *(database.events.change(KEY, note(text)) for text in ("a", big, "b")), return_exceptions=True
        )
        assert isinstance(said[1], StorageUnavailable)
        assert "disk is full" in str(said[1])
        kept = [one for one in said if isinstance(one, Changed)]
        position = await database.events.position(KEY)
        assert position
        assert position.version == before.version + len(kept)
        await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
        assert (await database.events.change(KEY, note(big))).position.version == position.version + 1


async def test_another_program_that_holds_the_lock_is_waited_for_and_then_said_in_words(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        await writer(database)._connection.execute("PRAGMA busy_timeout = 20")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable, match="locked by another program"):
            await database.events.change(KEY, note())
        assert (await database.directory.sight(TENANT, "U1")).any_firm  # reading goes on meanwhile
        other.execute("ROLLBACK")
        other.close()
        assert (await database.events.change(KEY, note())).position.version == 3


async def test_a_restored_backup_is_believed_although_its_version_was_seen_before(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up("Oak"))
        other = sqlite3.connect(path)
        body, _ = other.execute("SELECT body, head FROM snapshots").fetchone()
        other.execute("UPDATE snapshots SET head = 'other', body = ?", (body.replace("Oak", "Elm"),))
        other.commit()
        other.close()
        position = await database.events.position(KEY)
        assert position
        assert (position.version, position.name) == (2, "Elm")


async def test_an_unchanged_firm_is_decoded_once(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        first = await database.events.position(KEY)
        assert await database.events.position(KEY) is first
        changed = await database.events.change(KEY, note())
        assert await database.events.position(KEY) is changed.position


async def test_whoever_comes_after_closing_is_told_so(path: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{path}")
    last = asyncio.gather(*(database.events.change(KEY, note()) for _ in range(70)))
    await asyncio.sleep(0)
    await database.close()
    assert {changed.position.version for changed in await last} == set(range(1, 71))
    with pytest.raises(StorageUnavailable, match="closed"):
        await database.events.change(KEY, note())
    with pytest.raises(StorageUnavailable, match="closed"):
        await database.events.position(KEY)


async def test_a_file_that_is_no_database_is_said_in_words(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("dear diary " * 500)
    with pytest.raises(StorageUnavailable, match="not a database"):
        await open_database(f"sqlite+aiosqlite:///{path}")
    (finding,) = await check(f"sqlite+aiosqlite:///{path}")
    assert not finding.ok


async def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="could not be made"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path}/file/cais.db")


def test_a_url_means_a_file_and_what_is_none_is_refused() -> None:
    assert sqlite_path("sqlite+aiosqlite:////var/cais.db") == Path("/var/cais.db")
    assert sqlite_path("sqlite:///data/cais.db") == Path("data/cais.db")
    assert sqlite_path("postgresql+asyncpg://u@h/d") is None
    for wrong in ("mysql://u@h/d", "sqlite://", "sqlite:///:memory:", ":memory:", "data/cais.db", ""):
        with pytest.raises(ValueError, match="database"):
            sqlite_path(wrong)


async def test_people_and_firms_are_written_side_by_side(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        keys = [FirmKey(TENANT, f"f{n}") for n in range(10)]
        people = [Known(f"U{n}", f"Name {n}") for n in range(10)]
        await asyncio.gather(
            *(database.events.change(key, set_up()) for key in keys),
            *(database.directory.remember(TENANT, known) for known in people),
        )
        assert await database.events.firm_keys() == keys
        assert [(await database.directory.sight(TENANT, known.person)).known for known in people] == people
        rows: list[Record] = [row for key in keys for row in await database.events.history(key)]
        assert len(rows) == 20


def in_another_process(path: Path, statement: str) -> str:
    """What a process of its own reads there; it comes, looks, and closes its connection again."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchone()[0]); c.close()"
    )
    done = subprocess.run([sys.executable, "-c", script, path, statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_opening_the_file_once_more_in_one_process_lets_go_of_no_lock_on_it(path: Path) -> None:
    count = "SELECT count(*) FROM events"
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        async with await open_database(f"sqlite+aiosqlite:///{path}"):
            pass
        create_file(path)
        before = in_another_process(path, count)

        await database.events.change(KEY, note("after somebody else has looked"))

        assert in_another_process(path, count) == str(int(before) + 1)


async def test_a_connection_that_fails_leaves_no_thread_of_the_others_for_which_a_process_would_wait(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}"):
        pass
    made: list[aiosqlite.Connection] = []
    connect = aiosqlite.connect

    def runs_out(*args: Any, **named: Any) -> aiosqlite.Connection:
        if len(made) == 2:
            raise sqlite3.OperationalError("disk I/O error")
        made.append(connect(*args, **named))
        return made[-1]

    monkeypatch.setattr(aiosqlite, "connect", runs_out)
    with pytest.raises(StorageUnavailable, match="disk I/O error"):
        await open_database(f"sqlite+aiosqlite:///{path}")
    for connection in made:
        connection._thread.join(timeout=5)
    assert [connection._thread.is_alive() for connection in made] == [False, False]


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced", "its folder moved"])
async def test_nothing_is_recorded_in_a_file_that_lost_its_name(path: Path, how: str) -> None:
    """SQLite would go on with it, and whoever starts next would find nothing of that."""
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        before = path.read_bytes()
        if how == "deleted":
            path.unlink()
        elif how == "moved":
            path.rename(path.with_name("old.db"))
        elif how == "its folder moved":
            path.parent.rename(path.parent.with_name("old"))
        else:  # as rsync and many an editor do it
            path.with_name("new.db").write_bytes(before)
            path.with_name("new.db").replace(path)
        with pytest.raises(Gone, match="deleted, moved or replaced while"):
            await database.events.change(KEY, note("a"))
        with pytest.raises(Gone):
            await database.events.position(KEY)
        if how == "replaced":
            assert path.read_bytes() == before


async def test_a_file_that_is_back_under_its_name_is_worked_on_again(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await database.events.change(KEY, set_up())
        path.rename(path.with_name("old.db"))
        with pytest.raises(Gone):
            await database.events.change(KEY, note("a"))
        path.with_name("old.db").rename(path)
        await database.events.change(KEY, note("b"))


async def test_to_close_a_database_lets_go_of_no_lock_of_another_connection_on_it(path: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
        await database.events.change(KEY, set_up())
        with pytest.raises(Locked):
            must_be_alone(path)
