"""Opens a database by its URL, migrates it where needed, and hands out the ports."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from flows import ports
from flows.evidence.intake import Intake as IntakePort
from storage import sqlite
from storage.audit import Audit
from storage.directory import Directory
from storage.erasing import Erasing
from storage.errors import NotAllowed, StorageError, StorageUnavailable
from storage.event_store import EventStore, PositionCache, Runner
from storage.fulltext import Fts5, FullText, Tsvector
from storage.gists import Gists
from storage.inbox import Inbox
from storage.installations import Installations
from storage.intake import Intake
from storage.knowledge import Knowledge
from storage.migrate import HEAD, NEWER, is_newer, migrate, what_keeps
from storage.outbox import Outbox
from storage.owing import take_turn
from storage.plans import Plans
from storage.questions import Notes, Questions
from storage.sealing import Keys
from storage.statements import Statement, Unit, touch_none
from storage.urls import sqlite_path
from storage.workspaces import Workspaces

VERSION_QUERY = "SELECT version_num FROM alembic_version"


def _write_nothing() -> Unit[None]:
    """A write that changes no row: on a file that may only be read, SQLite lets even BEGIN IMMEDIATE pass."""
    yield touch_none, {}


class ClosingRunner(Runner, Protocol):
    """A runner that lets go of its connections in the end."""

    async def close(self) -> None:
        """Finish what is under way, then disconnect."""


class Database:
    """An open database. Use it in `async with`, or close it."""

    def __init__(self, runner: ClosingRunner, fulltext: FullText, turn: Statement | None) -> None:
        cache = PositionCache()
        self._runner = runner
        self.events: ports.EventStore = EventStore(runner, cache)
        self.directory: ports.Directory = Directory(runner, cache)
        self.gists: ports.Gists = Gists(runner)
        self.inbox: ports.Inbox = Inbox(runner)
        self.workspaces: ports.Workspaces = Workspaces(runner)
        self.questions: ports.Questions = Questions(runner)
        self.notes: ports.Notes = Notes(runner)
        self.outbox: ports.Outbox = Outbox(runner, turn)
        self.plans: ports.Plans = Plans(runner, cache, turn)
        self.knowledge: ports.Knowledge = Knowledge(runner, fulltext)
        self.intake: IntakePort = Intake(runner)
        self.audit = Audit(runner)
        self.erasing = Erasing(runner, fulltext, cache)

    def installations(self, keys: Keys) -> Installations:
        """Where the app was installed by OAuth; opened and sealed with these keys."""
        return Installations(self._runner, keys)

    async def must_be_writable(self) -> None:
        """Raises StorageUnavailable where the database may only be read, which opening it does not notice."""
        await self._runner.write(_write_nothing)

    async def close(self) -> None:
        """Finish what is under way, then disconnect."""
        await self._runner.close()

    async def __aenter__(self) -> "Database":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `cais doctor` looked at, and what to do where it is not well."""

    ok: bool
    sentence: str


async def open_database(url: str, *, migrates: bool = True, patient: bool = False) -> Database:
    """Connect, migrate where needed and hand out the ports; `patient` is for what may take minutes.

    Raises ValueError for a URL we do not know, StorageUnavailable where the database cannot be reached, StorageError
    where a newer version of the program has written it; without `migrates` also where an earlier one has.
    """
    path = sqlite_path(url)
    if path is None:
        from storage import postgres  # asyncpg is an extra: whoever uses SQLite need not have it

        await _must_be_current(url, await postgres.version(url, VERSION_QUERY), migrates=migrates)
        return Database(await postgres.open_postgres(url, patient=patient), Tsvector(), take_turn)
    sqlite.create_file(path)
    await _must_be_current(url, _sqlite_version(path), migrates=migrates)
    return Database(await sqlite.open_sqlite(path), Fts5(), None)


async def _must_be_current(url: str, version: str, *, migrates: bool) -> None:
    if version == HEAD:
        return
    if not migrates:
        raise StorageError(what_keeps(version))
    await migrate(url)


def _sqlite_version(path: Path) -> str:
    """Which migration the file is at; empty where it is new. The plain query spares every start alembic's import."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=5)
    except sqlite3.Error as error:
        raise sqlite.unavailable(error) from error
    try:
        row = connection.execute(VERSION_QUERY).fetchone()
        return str(row[0]) if row else ""
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return ""
        raise sqlite.unavailable(error) from error
    except sqlite3.Error as error:
        raise sqlite.unavailable(error) from error
    finally:
        connection.close()


async def is_current(url: str) -> bool:
    """Whether there is a database whose tables are up to date, so that opening it changes nothing."""
    return await version_of(url) == HEAD


async def version_of(url: str) -> str:
    """Which migration the database is at; empty where there is none, or it has no tables. Changes nothing."""
    path = sqlite_path(url)
    if path is not None:
        return _sqlite_version(path) if sqlite.is_there(path) else ""
    from storage import postgres

    return await postgres.version(url, VERSION_QUERY)


async def check(url: str) -> tuple[Finding, ...]:
    """What `cais doctor` says of the database: reachable, writable, migrated, journal. Changes and raises nothing."""
    try:
        path = sqlite_path(url)
        if path is None:
            return await _check_postgres(url)
        return _check_sqlite(path)
    except (StorageError, ValueError) as error:
        return (Finding(False, str(error)),)
    except ImportError:
        return (
            Finding(False, "PostgreSQL needs a driver that is not installed: pip install 'cais-roadmap[postgres]'."),
        )


async def _check_postgres(url: str) -> tuple[Finding, ...]:
    from storage import postgres

    try:
        version = await postgres.version(url, VERSION_QUERY)
        writable, durable = await postgres.check(url)
    except NotAllowed:
        raise  # it says itself what to do
    except StorageUnavailable as error:
        return (Finding(False, f"{error} Is the server running, and is CAIS_DATABASE_URL right?"),)
    return Finding(*writable), _migrated(version), Finding(*durable)


def _check_sqlite(path: Path) -> tuple[Finding, ...]:
    if not sqlite.is_there(path):
        return (Finding(True, f"There is no database at {path} yet; the first start makes it."),)
    version = _sqlite_version(path)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=5)
    try:
        journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
        writable = _may_write(connection)
        sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.Error as error:
        raise sqlite.unavailable(error) from error
    finally:
        connection.close()
    return (
        Finding(writable, f"The database {path} can be read and written." if writable else _only_read(path)),
        _migrated(version),
        # As after a backup was put back: nothing is wrong with it, and whoever opens it for writing changes it.
        Finding(True, f"Its journal is {journal}." + ("" if journal == "wal" else " The next start sets WAL.")),
        Finding(sound, "Its pages are sound." if sound else "Its pages are damaged: restore a backup."),
    )


def _may_write(connection: sqlite3.Connection) -> bool:
    """Tried, and taken back: rights alone do not tell, and on a file that may only be read even BEGIN passes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("PRAGMA user_version = 0")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
        return False
    finally:
        connection.execute("ROLLBACK")
    return True


def _only_read(path: Path) -> str:
    beside = " and ".join(f"{path.name}{end}" for end in ("-wal", "-shm"))
    return (
        f"The database {path} may only be read by this user, and a start refuses that. Let the user who runs the bot "
        f"write to it, to {beside} beside it and to the folder {path.parent}: chown and chmod u+w do."
    )


def _migrated(version: str) -> Finding:
    if version == HEAD:
        return Finding(True, f"Its tables are up to date (migration {HEAD}).")
    if is_newer(version):
        return Finding(False, f"{NEWER} Its tables are at migration {version}, this version knows {HEAD}.")
    return Finding(False, f"Its tables are at migration {version or 'none'}, not {HEAD}: the next start migrates them.")
