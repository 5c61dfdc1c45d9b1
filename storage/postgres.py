"""Runs units of work on PostgreSQL through asyncpg: each in one transaction, tried again where somebody was faster."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from storage.errors import NO_ROOM, NOT_THE_OWNER, Conflict, NotAllowed, StorageUnavailable, Unusable, not_allowed
from storage.statements import Rows, Statement, Unit, postgres_language
from storage.urls import plain_url

T = TypeVar("T")

_STANDS_STILL = "idle_in_transaction_session_timeout"

SETTINGS = {
    # Compiling a statement takes longer than any of ours; where many rows wait, the server would begin to.
    "jit": "off",
    # A replica whose machine is gone, or stands still, closes nothing: what it had locked is free again after this.
    # Within a transaction none of ours waits for anything but the database.
    _STANDS_STILL: "10s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""Of each session."""

_FAREWELL = 2.0
"""Seconds in which connections are closed as one should; a server that stands still is not waited for longer."""

_TRIES = 5
_SECONDS = 30.0
_FASTER = (
    # Two made the same firm, or told us the same thing, at once: the second to commit looks again.
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
)

_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg says of a connection or server that is no use any more; the third where the server ended the connection
just as it was answering."""


_FOR_GOOD = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.exceptions.ClientConfigurationError)
"""A password that is not taken, or a certificate that is not there: trying again would not mend it."""


def _unavailable(error: Exception) -> StorageUnavailable:
    said = str(error) or type(error).__name__
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return NotAllowed(f"The database could not be used ({said}). Nothing was changed. {not_allowed(said)}")
    kind = Unusable if isinstance(error, _FOR_GOOD) else StorageUnavailable
    return kind(f"The database could not be used ({said}). Nothing was changed; please try again.")


def _transaction(connection: Any) -> Any:
    try:
        return connection.transaction()
    except _LOST as error:
        raise _unavailable(error) from error


class PostgresRunner:
    """storage.event_store.Runner on a pool of connections; several replicas of the bot may share the database."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._language = postgres_language()

    async def read(self, unit: Unit[T]) -> T:
        connection = await self._acquire()
        try:
            return await self._walk(connection, unit)
        finally:
            await self._release(connection)

    async def glance(self, unit: Unit[T]) -> T:
        return await self.read(unit)

    async def ponder(self, unit: Unit[T]) -> T:
        return await self.read(unit)

    async def write(self, make: Callable[[], Unit[T]]) -> T:
        for _ in range(_TRIES):
            try:
                return await self._transact(make())
            except _FASTER as error:
                faster = error
            except asyncpg.IntegrityConstraintViolationError as error:
                raise Conflict("What was to be written does not fit what is there. Nothing was changed.") from error
        raise Conflict("Others kept changing the same at the same time. Nothing was changed.") from faster

    async def close(self) -> None:
        try:
            await asyncio.wait_for(self._pool.close(), _FAREWELL)
        except TimeoutError:
            self._pool.terminate()

    async def _acquire(self) -> Any:
        try:
            return await self._pool.acquire(timeout=_SECONDS)
        except _LOST as error:
            raise _unavailable(error) from error

    async def _release(self, connection: Any) -> None:
        with suppress(*_LOST):  # what was committed stays so; the pool makes another connection
            await self._pool.release(connection)

    async def _transact(self, unit: Unit[T]) -> T:
        connection = await self._acquire()
        try:
            transaction = _transaction(connection)
            await self._guard(transaction.start())
            try:
                value = await self._walk(connection, unit)
            except BaseException:  # raised again: a refusal or a caller that went away leaves nothing behind
                with suppress(*_LOST):  # a connection that the server ended has nothing left to take back
                    await transaction.rollback()
                raise
            await self._guard(transaction.commit())
            return value
        finally:
            await self._release(connection)

    async def _walk(self, connection: Any, unit: Unit[T]) -> T:
        try:
            statement, parameters = next(unit)
            while True:
                statement, parameters = unit.send(await self._execute(connection, statement, parameters))
        except StopIteration as end:
            value: T = end.value
            return value

    async def _execute(self, connection: Any, statement: Statement, parameters: Any) -> Rows:
        compiled = self._language[statement]
        if isinstance(parameters, list):
            await self._guard(connection.executemany(compiled.sql, [compiled.bind(each) for each in parameters]))
            return ()
        rows: Rows = await self._guard(connection.fetch(compiled.sql, *compiled.bind(parameters)))
        return rows

    async def _guard(self, asked: Any) -> Any:
        """Await what asyncpg does for us; what is wrong with the connection or server becomes StorageUnavailable."""
        try:
            return await asked
        except (*_FASTER, asyncpg.IntegrityConstraintViolationError):
            raise
        except _LOST as error:
            raise _unavailable(error) from error


async def connected(url: str, *, patient: bool = False) -> Any:
    """A connection of its own, which whoever asked closes. Raises StorageUnavailable, or ValueError for a bad URL.

    `patient`: a transaction of it may stand still, as while the other side of a move is written.
    """
    settings = {**SETTINGS, **({_STANDS_STILL: "0"} if patient else {})}
    try:
        return await asyncpg.connect(plain_url(url), timeout=_SECONDS, server_settings=settings)
    except _LOST as error:
        raise _unavailable(error) from error


async def version(url: str, query: str) -> str:
    """Which migration the database is at; empty where it is new. Raises StorageUnavailable."""
    connection = await connected(url)
    try:
        return str(await connection.fetchval(query) or "")
    except asyncpg.UndefinedTableError:
        return ""
    except _LOST as error:
        raise _unavailable(error) from error
    finally:
        await connection.close()


_WITH_TENANT = """
SELECT DISTINCT quote_ident(table_name) FROM information_schema.columns
WHERE table_schema = ANY (current_schemas(false)) AND column_name = 'tenant'
AND data_type IN ('text', 'character varying') ORDER BY 1
"""


_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r', 'p')
AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
)
"""
"""Those of extensions are nobody's."""


async def tables(url: str) -> set[str]:
    """What the tables are called that somebody made where ours are or would be. Raises StorageUnavailable."""
    connection = await connected(url)
    try:
        return {str(row[0]) for row in await connection.fetch(_TABLES)}
    except _LOST as error:
        raise _unavailable(error) from error
    finally:
        await connection.close()


async def other_tenant(url: str, tenant: str) -> str:
    """A tenant other than this one of whom something is kept; empty where there is none. Raises StorageUnavailable."""
    connection = await connected(url)
    try:
        for row in await connection.fetch(_WITH_TENANT):
            other = f"SELECT tenant FROM {row[0]} WHERE tenant <> $1 LIMIT 1"  # noqa: S608 - a table that is there
            if found := await connection.fetchval(other, tenant):
                return str(found)
    except _LOST as error:
        raise _unavailable(error) from error
    finally:
        await connection.close()
    return ""


async def _nothing_to_reset(_: Any) -> None:
    """A transaction that is open is rolled back by asyncpg before it asks us.

    What it would do besides, in a round trip as long as that of the one statement of most of our reads, is about
    listening, cursors and settings of a session; of these we have none.
    """


async def open_postgres(url: str, *, patient: bool = False) -> PostgresRunner:
    """A pool on a migrated database; with `patient` it gives no statement up. Raises StorageUnavailable."""
    try:
        pool = await asyncpg.create_pool(
            plain_url(url),
            min_size=1,
            max_size=10,
            command_timeout=None if patient else _SECONDS,
            server_settings=SETTINGS,
            reset=_nothing_to_reset,
        )
    except _LOST as error:
        raise _unavailable(error) from error
    return PostgresRunner(pool)


_OF_OTHERS = """
SELECT EXISTS (SELECT 1 FROM pg_class WHERE oid IN (to_regclass('events'), to_regclass('alembic_version'))
AND NOT pg_has_role(relowner, 'MEMBER'))
"""


async def check(url: str) -> list[tuple[bool, str]]:
    """Whether the database can be written, and keeps what it acknowledged, for `cais doctor`.

    Raises StorageUnavailable.
    """
    connection = await connected(url)
    try:
        standby = await connection.fetchval("SELECT pg_is_in_recovery()")
        writable = not standby and await connection.fetchval(
            "SELECT coalesce(has_table_privilege(to_regclass('events'), 'INSERT'), true)"
        )
        of_others = await connection.fetchval(_OF_OTHERS)
        has_room = await connection.fetchval("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        durable = await connection.fetchval("SELECT current_setting('synchronous_commit')")
    except asyncpg.PostgresError as error:
        raise _unavailable(error) from error
    finally:
        await connection.close()
    said = "The database can be read and written." if writable else "The database may only be read by this user."
    if of_others:
        said += f" The next update of this program would stop at it. {NOT_THE_OWNER}"
    elif not has_room:
        said += f" {NO_ROOM}"
    return [
        (writable and has_room and not of_others, said),
        (
            durable != "off",
            f"Its synchronous_commit is {durable}."
            + (" A crash may lose what was acknowledged: turn it on." if durable == "off" else ""),
        ),
    ]
