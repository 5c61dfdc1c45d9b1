"""Brings a database to the tables this code knows; alembic is imported only where there is work to do."""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage.errors import NotAllowed, StorageError, StorageUnavailable, Unusable, not_allowed

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

log = logging.getLogger("cais.database")

HEAD = "0016"
"""The last migration. Named here so that a start need not read the folder; a test compares."""

NEWER = "The database was made by a newer version of this program. Please start that version, or restore a backup."

_NO_TABLES = "There are no tables yet: `cais run` or `cais migrate` makes them."

_OLDER = (
    "Its tables are at migration {version}, of an earlier version of this program; this one knows {head}. To go back "
    "to that version, look at it with that version's own `cais verify`, and start that one. To go on with this one, "
    "`cais migrate` first: there is no way back for the tables then."
)

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 2_024_053_1
"""Of PostgreSQL's advisory locks, ours: replicas that start together migrate one after the other."""

_LOCKED = "55P03"
"""What PostgreSQL says where a lock was not to be had in time."""
_NOT_ALLOWED = "42501"
"""And where the tables are somebody else's to change."""
_MOMENT = "3s"
_BUSY = 1000
"""Milliseconds for which SQLite waits for a lock before it is tried again."""
_PAUSE = 2.0

PATIENCE = 600.0
"""Seconds for which a start waits for another program, as a dump, to let go of the tables."""


def is_newer(version: str) -> bool:
    """Whether a database at this migration is none of ours to migrate: a newer version of the program has had it."""
    return version not in {"", *(f"{number:04d}" for number in range(1, int(HEAD) + 1))}


def what_keeps(version: str) -> str:
    """Why a database at this migration cannot be used as it is, and what to do; empty where it can."""
    if version == HEAD:
        return ""
    if not version:
        return _NO_TABLES
    return NEWER if is_newer(version) else _OLDER.format(version=version, head=HEAD)


def config(connection: "Connection | None" = None) -> "Config":
    """Alembic's settings, without an ini file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: "Connection") -> None:
    """Migrate in the transaction the connection is in. Raises StorageError where a newer version wrote the database."""
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise StorageError(NEWER) from error


async def migrate(url: str) -> None:
    """Bring the database at this URL to HEAD, in one transaction; others that try meanwhile wait.

    Raises StorageUnavailable where it cannot be reached, or another program, as a dump, does not let go of its tables
    for `PATIENCE`; StorageError where a newer version wrote it.
    """
    gives_up = monotonic() + PATIENCE
    while not await _to_its_end(_migrated(url, gives_up)):
        log.info("Waiting for another program to let go of the tables.", extra={"action": "migrating"})
        await asyncio.sleep(_PAUSE)
    log.info("The database is prepared.", extra={"action": "migrated", "version": HEAD})


async def _to_its_end(work: Coroutine[Any, Any, bool]) -> bool:
    """One try, not broken off in its middle: SQLAlchemy would wait for SQLite's thread, which has ended, for ever."""
    doing, broken_off = asyncio.ensure_future(work), False
    while not doing.done():
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            broken_off = True
    if broken_off:
        raise asyncio.CancelledError
    return doing.result()


async def _migrated(url: str, gives_up: float) -> bool:
    """Whether it is at HEAD now; False where another program has a lock on what is to be changed, until it gives up."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from storage.engines import engine as engine_of

    engine = engine_of(url)
    lite = engine.dialect.name == "sqlite"
    if lite:
        # pysqlite's own idea of transactions leaves table definitions outside of them: we begin and commit ourselves.
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection, connection.begin():
            if not lite:
                # Whoever reads a table that we wait for waits behind us: so only for a moment, and then again.
                await connection.execute(text(f"SET LOCAL lock_timeout = '{_MOMENT}'"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                await connection.run_sync(upgrade)
            else:
                await connection.run_sync(_upgrade_sqlite)
    except (DBAPIError, OSError) as error:
        state = getattr(getattr(error, "orig", None), "sqlstate", "")
        is_locked = state == _LOCKED or "database is locked" in str(error)
        if is_locked and monotonic() < gives_up:
            return False
        said = f"The database could not be migrated: {getattr(error, 'orig', error)}."
        if state == _NOT_ALLOWED:
            raise NotAllowed(f"{said} Nothing was changed. {not_allowed(said)}") from error
        raise (Unusable if "readonly" in str(error) else StorageUnavailable)(said) from error
    finally:
        await engine.dispose()
    return True


def _upgrade_sqlite(connection: "Connection") -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_BUSY}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        upgrade(connection)
    except BaseException:  # raised again: the half-made tables must not stay, whatever the reason
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


async def new_migration(message: str) -> Path:
    """Write the next numbered migration: what storage.models has and the migrations lack. Read it before you commit."""
    from alembic import command

    from storage.engines import engine as engine_of

    number = f"{int(HEAD) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/scratch.db"
        await migrate(url)
        engine = engine_of(url)

        def write(connection: "Connection") -> Any:
            return command.revision(config(connection), message, autogenerate=True, rev_id=number)

        try:
            async with engine.connect() as connection:
                script = await connection.run_sync(write)
        finally:
            await engine.dispose()
    return Path(script.path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what changes: python -m storage.migrate "firm preferences"')
    sys.stdout.write(f"{asyncio.run(new_migration(sys.argv[1]))}\nNow set HEAD in storage/migrate.py to its number.\n")
