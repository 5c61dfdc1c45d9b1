"""The database as a command opens it: where it cannot, the command ends with a sentence instead of a traceback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from storage import sqlite
from storage.database import Database, open_database
from storage.errors import StorageError, StorageUnavailable
from storage.urls import sqlite_path


class NoDatabase(click.ClickException):
    """The database could not be opened or used. Exit code 2: trying again changes nothing."""

    exit_code = 2


@asynccontextmanager
async def opened(url: str, *, make: bool = False) -> AsyncIterator[Database]:
    """The database at this URL, migrated. Raises NoDatabase, with what is wrong and never the password.

    Only with `make` is a file made where there is none: in a wrong folder, an empty one would be found in order.
    """
    try:
        path = sqlite_path(url)
        if path and not make and not sqlite.is_there(path):
            raise StorageUnavailable(f"There is no database at {path}.")
        database = await open_database(url)
    except (StorageError, ValueError) as error:
        raise NoDatabase(f"{error} CAIS_DATABASE_URL and CAIS_DATA_DIR say where it is.") from None
    except ImportError as error:
        raise NoDatabase(f"PostgreSQL needs a package that is not installed ({error.name}): make install.") from None
    try:
        async with database:
            yield database
    except StorageError as error:
        raise NoDatabase(str(error)) from None


def in_use(url: str) -> Path | None:
    """The database's file where another program, such as the bot, has it open; None also for PostgreSQL.

    Raises NoDatabase where it cannot be seen whether there is one.
    """
    path = sqlite_path(url)
    try:
        if path is None or not sqlite.is_there(path):
            return None
    except StorageError as error:
        raise NoDatabase(str(error)) from None
    try:
        sqlite.must_be_alone(path)
    except StorageError:
        return path
    return None
