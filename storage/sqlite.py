"""Runs units of work on SQLite, each in one hop to a connection's own thread; waiting writes share a commit."""

import asyncio
import errno
import logging
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Generic, NamedTuple, TypeVar

import aiosqlite

from storage.errors import Conflict, Gone, Locked, StorageUnavailable, Undecodable, Unusable
from storage.statements import Language, Rows, Statement, Unit, sqlite_language

T = TypeVar("T")
log = logging.getLogger(__name__)

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file that is in use."""

_AT_ONCE = 64
"""Units in one transaction: a commit costs the same for all of them, but the first waits for the last."""
_WORTH_A_TRANSACTION = 3
"""Units on a lane that needs no transaction from which one for all is cheaper: the file is locked once for it."""
PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # an event's text is gone from the file once it is settled
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MB: pages written often are copied back seldom; a fifth less work
)


class Outcome(NamedTuple):
    value: Any
    error: BaseException | None


class Waiting(NamedTuple, Generic[T]):
    make: Callable[[], Unit[T]]
    future: asyncio.Future[T]


_GONE = (
    "The database file was deleted, moved or replaced while this program had it open. Nothing was changed. Stop the "
    "bot, put the right file in its place, and start it again."
)
_ONLY_READ = "The database file may only be read. Nothing was changed; please allow writing to it."


def unavailable(error: Exception) -> StorageUnavailable:
    """SQLite's complaint as a sentence that says what to do."""
    said = str(error)
    if "decode" in said:  # SQLite's own sentence has the text in it
        return Undecodable("Some text in the database cannot be read. Nothing was changed; cais verify says where.")
    if "locked" in said or "busy" in said:
        return Locked("The database is locked by another program. Nothing was changed; please try again.")
    if "full" in said:
        return StorageUnavailable("The disk is full. Nothing was changed; please make room and try again.")
    if "readonly" in said:
        return Unusable(_ONLY_READ)
    kind = StorageUnavailable if "disk I/O" in said else Unusable
    return kind(f"The database could not be used ({said}). Nothing was changed.")


def hop(connection: aiosqlite.Connection, work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` on the connection's own thread.

    aiosqlite offers this in public for single statements only, a hop for each; its queue takes any function, and this
    is the one place that reaches for it. Raises StorageUnavailable where the connection is closed.
    """
    if connection._connection is None:
        raise StorageUnavailable("The database is closed.")
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    connection._tx.put_nowait((future, work))
    return future


IMMEDIATE = "BEGIN IMMEDIATE"


class OpenFile:
    """A database's file, from when it is opened on: SQLite goes on with it where it was deleted, moved or replaced.

    Whoever opens the name later finds another file, or none, and all that was recorded meanwhile would be in neither.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        # Not opened to be read: closing that would let go of every lock this process has on it, as POSIX wants it.
        self._handle = os.open(path, os.O_PATH) if hasattr(os, "O_PATH") else None

    def must_be_there(self) -> None:
        """Raises Gone where its name means no file, or another one."""
        try:
            named = self._path.stat()
        except FileNotFoundError:
            raise Gone(_GONE) from None
        except OSError:
            return  # what cannot be seen is none of our matters: SQLite says what is wrong with it
        if self._handle is not None and not os.path.samestat(named, os.fstat(self._handle)):
            raise Gone(_GONE)

    def close(self) -> None:
        """Lets go of it, after every connection."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Lane:
    """One connection. Units that come while it is busy wait, and then run together, in order, in one transaction."""

    def __init__(self, connection: aiosqlite.Connection, begin: str, file: OpenFile | None = None) -> None:
        """`begin` is how a transaction begins; empty for a lane on which each statement stands for itself.

        `file` is what it is open on, where somebody may take that away.
        """
        self._connection = connection
        self._begin = begin
        self._file = file
        self._writes = begin == IMMEDIATE
        """A lane that only reads has nothing to take back."""
        self._language: Language = sqlite_language()
        self._waiting: deque[Waiting[Any]] = deque()
        self._group: list[Waiting[Any]] = []
        self._under_way: asyncio.Future[list[Outcome]] | None = None

    def run(self, make: Callable[[], Unit[T]]) -> asyncio.Future[T]:
        """Resolves after the commit. Raises what the unit raises, StorageUnavailable or Conflict."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(Waiting(make, future))
        if not self._group and len(self._waiting) == 1:
            loop.call_soon(self._start)  # whoever else asks in this turn of the loop comes along
        return future

    async def close(self) -> None:
        """Finish what waits, then close the connection."""
        while self._waiting or self._group:
            if self._group and self._under_way:
                await asyncio.wait([self._under_way])
            else:
                await asyncio.sleep(0)  # what was asked in this very turn starts in the next
        await self._connection.close()

    def _start(self) -> None:
        if self._group:
            return
        waiting = self._waiting
        group = self._group = [waiting.popleft() for _ in range(min(len(waiting), _AT_ONCE))]
        if not group:
            return
        try:
            self._under_way = hop(self._connection, lambda: self._transact(group))
            self._under_way.add_done_callback(self._settle)
        except StorageUnavailable as closed:
            self._group = []
            for one in (*group, *waiting):
                if not one.future.done():
                    one.future.set_exception(closed)
            waiting.clear()

    def _settle(self, done: asyncio.Future[list[Outcome]]) -> None:
        group, self._group = self._group, []
        # The next group starts before anybody hears of this one, so that the thread is not idle meanwhile.
        self._start()
        broken = done.exception()
        outcomes = [Outcome(None, broken)] * len(group) if broken else done.result()
        for one, (value, error) in zip(group, outcomes, strict=True):
            if one.future.done():
                continue  # its caller went away; what it asked for is done all the same
            if error is None:
                one.future.set_result(value)
            else:
                one.future.set_exception(error)

    # From here on we are on the connection's thread.

    def _transact(self, group: list[Waiting[Any]]) -> list[Outcome]:
        raw = self._connection._conn
        outcomes: list[Outcome] = []
        try:
            if self._file:
                self._file.must_be_there()
            begin = self._begin or ("BEGIN" if len(group) >= _WORTH_A_TRANSACTION else "")
            if begin:
                raw.execute(begin)
            outcomes.extend(self._attempt(raw, one) for one in group)
            if begin:
                raw.execute("COMMIT")
        except (sqlite3.Error, StorageUnavailable) as error:
            self._roll_back(raw)
            # Who was refused, too: it may have been for what another of the group did, and that is taken back.
            failed = Outcome(None, error if isinstance(error, StorageUnavailable) else unavailable(error))
            return [failed] * len(group)
        except BaseException:  # raised again: nothing may stay open for the next group to trip over
            self._roll_back(raw)
            raise
        return outcomes

    def _attempt(self, raw: sqlite3.Connection, one: Waiting[Any]) -> Outcome:
        if self._writes:
            raw.execute("SAVEPOINT unit")
        try:
            value = self._walk(raw, one.make())
        except Exception as error:  # it goes to whoever asked for this; what the others of the group did stays
            if self._begin and not raw.in_transaction:
                raise  # a full disk makes SQLite roll back on its own, and then the whole group is lost
            if self._writes:
                raw.execute("ROLLBACK TO unit")
                raw.execute("RELEASE unit")
            return Outcome(None, error)
        if self._writes:
            raw.execute("RELEASE unit")
        return Outcome(value, None)

    def _walk(self, raw: sqlite3.Connection, unit: Unit[T]) -> T:
        try:
            statement, parameters = next(unit)
            while True:
                statement, parameters = unit.send(self._execute(raw, statement, parameters))
        except StopIteration as end:
            value: T = end.value
            return value

    def _execute(self, raw: sqlite3.Connection, statement: Statement, parameters: Any) -> Rows:
        compiled = self._language[statement]
        try:
            if isinstance(parameters, list):
                raw.executemany(compiled.sql, map(compiled.bind, parameters))
                return ()
            return raw.execute(compiled.sql, compiled.bind(parameters)).fetchall()
        except sqlite3.IntegrityError as error:
            raise Conflict("What was to be written does not fit what is there. Nothing was changed.") from error
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def _roll_back(self, raw: sqlite3.Connection) -> None:
        try:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
        except sqlite3.Error:
            log.warning("A transaction could not be rolled back", extra={"action": "rollback_failed"}, exc_info=True)


class SqliteRunner:
    """storage.event_store.Runner on one SQLite file: a lane that writes, and three that read and block nobody."""

    def __init__(self, writer: Lane, reader: Lane, glancer: Lane, ponderer: Lane, file: OpenFile | None = None) -> None:
        self._file = file
        self._writer = writer
        self._reader = reader
        self._glancer = glancer
        self._ponderer = ponderer

    async def read(self, unit: Unit[T]) -> T:
        return await self._reader.run(lambda: unit)

    async def glance(self, unit: Unit[T]) -> T:
        return await self._glancer.run(lambda: unit)

    async def ponder(self, unit: Unit[T]) -> T:
        return await self._ponderer.run(lambda: unit)

    async def write(self, make: Callable[[], Unit[T]]) -> T:
        return await self._writer.run(make)

    async def close(self) -> None:
        await self._ponderer.close()
        await self._glancer.close()
        await self._reader.close()
        await self._writer.close()
        if self._file:
            self._file.close()


def is_there(path: Path) -> bool:
    """Whether there is a file. Raises StorageUnavailable where a folder above it may not be entered."""
    try:
        return path.exists()
    except OSError as error:
        raise Unusable(
            f"Whether there is a database at {path} cannot be seen: {error.strerror}. Let the user who runs this enter "
            "the folders it is in."
        ) from error


def create_file(path: Path) -> None:
    """Make the file, and the folder it is in, readable by their owner only; what exists is left as it is.

    A file that exists is not opened, not for a moment: closing it would let go of every lock this process has on it,
    as POSIX wants it, and another process could then take the log away from under a connection of ours.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as error:
        if not path.exists():  # else another process was faster
            raise Unusable(f"The database file {path} could not be made: {error.strerror}.") from error
    except OSError as error:
        kind = StorageUnavailable if error.errno == errno.ENOSPC else Unusable
        raise kind(f"The database file {path} could not be made or opened: {error.strerror}.") from error


async def connect(path: Path, *more: str) -> aiosqlite.Connection:
    """A connection set up as all of ours are, and by these further pragmas. Raises StorageUnavailable."""
    connection: aiosqlite.Connection | None = None
    try:
        connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=256)
        raw = connection._conn
        await hop(connection, lambda: _set_up(raw, (*PRAGMAS, *more)))
    except BaseException as error:  # raised again: left open, its thread would keep the process from ending
        if connection is not None:
            await connection.close()
        if isinstance(error, sqlite3.Error):
            raise unavailable(error) from error
        raise
    return connection


def _set_up(raw: sqlite3.Connection, pragmas: Iterable[str]) -> None:
    """All in one hop: a hop for each took half of the time that opening takes."""
    for pragma in pragmas:
        # Turning a new file to WAL fails at once where another process does the same; the busy timeout is not asked.
        for patience in (0.02, 0.1, 0.5, None):
            try:
                raw.execute(pragma).close()
                break
            except sqlite3.OperationalError:
                if patience is None:
                    raise
                sleep(patience)


async def _connect_all(path: Path) -> list[aiosqlite.Connection]:
    """One that writes and three that read, or none: each has a thread, for whose end the process waits at its own."""
    connections: list[aiosqlite.Connection] = []
    try:
        connections.append(await connect(path))
        while len(connections) < 4:
            connections.append(await connect(path, "PRAGMA query_only = ON"))
    except BaseException:  # raised again
        for connection in connections:
            await connection.close()
        raise
    return connections


async def open_sqlite(path: Path) -> SqliteRunner:
    """The lanes on a file that is there and migrated. Raises StorageUnavailable."""
    try:
        file = OpenFile(path)
    except OSError as error:
        raise Unusable(f"The database file {path} could not be opened: {error.strerror}.") from error
    try:
        connections = await _connect_all(path)
    except BaseException:  # raised again
        file.close()
        raise
    begins = (IMMEDIATE, "BEGIN", "", "BEGIN")
    writer, *readers = (Lane(one, begin, file) for one, begin in zip(connections, begins, strict=True))
    return SqliteRunner(writer, readers[0], readers[1], readers[2], file)


def must_be_alone(path: Path) -> None:
    """Raises Locked where another program, or another part of this one, has the database open.

    Raises another StorageUnavailable where that cannot be seen: it is damaged, or may only be read.
    """
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise Unusable(_ONLY_READ)  # SQLite calls it an error of the disk
    with _alone(path):
        pass


def compact(path: Path) -> None:
    """Writes the whole file anew, without what was deleted from it, and nothing of that stays in a journal either.

    Raises StorageUnavailable where somebody else has it open, or where there is no room; it stays as it is then.
    """
    with _alone(path) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as raw:
            # Out of the write-ahead log only who is alone can go: whoever else has it open is noticed here.
            raw.execute("PRAGMA busy_timeout = 500")
            raw.execute("PRAGMA journal_mode = DELETE")
            yield raw
    except sqlite3.Error as error:
        raise unavailable(error) from error
