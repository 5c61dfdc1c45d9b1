"""Takes a whole SQLite database away, where all of it is one tenant's and nobody else is using it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import StorageError
from storage.models import in_models, metadata
from storage.sqlite import BESIDE


class NotTaken(StorageError):
    """The database was left as it is; the text says why."""


def forget(path: Path, tenant: str) -> None:
    """Deletes the database and what SQLite keeps beside it. Raises NotTaken, and then nothing is gone.

    For practice only. Whoever gives the path of a database in use for Slack meets another tenant, and this stops.
    """
    if path.is_symlink():
        raise NotTaken(f"{path} leads somewhere else.")
    if not path.exists():
        return
    try:
        _check(path, tenant)
    except sqlite3.DatabaseError as error:
        busy = "locked" in str(error)
        why = "is open in another program" if busy else f"is not a database of ours ({error})"
        raise NotTaken(f"{path} {why}.") from error
    for end in ("", *BESIDE):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _check(path: Path, tenant: str) -> None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if {name for name in there if in_models(name, "table")} - {*metadata.tables, "alembic_version"}:
            raise NotTaken(f"{path} has tables that are not ours.")
        for name in there & {table.name for table in metadata.tables.values() if "tenant" in table.c}:
            others = connection.execute(f"SELECT 1 FROM {name} WHERE tenant <> ? LIMIT 1", (tenant,))  # noqa: S608 - a table of ours
            if others.fetchone():
                raise NotTaken(f"{path} holds more than this sandbox.")
        # Out of the write-ahead log only who is alone can go: whoever else has it open is noticed here.
        connection.execute("PRAGMA journal_mode = DELETE")
