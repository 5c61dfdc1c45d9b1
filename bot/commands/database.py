"""The database as a command opens it: where it cannot, the command ends with a sentence instead of a traceback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from bot.practice.own import slacks_beside
from bot.settings import Settings
from storage import sqlite
from storage.database import Database, open_database
from storage.errors import Locked, StorageError, StorageUnavailable
from storage.urls import sqlite_path

WHERE = "CAIS_DATABASE_URL and CAIS_DATA_DIR say where it is."


class NoDatabase(click.ClickException):
    """The database could not be opened or used. Exit code 2: trying again changes nothing."""

    exit_code = 2


UNCLEAR = (
    "No token of Slack's is set, so nothing says whether {slacks} is meant, which the bot in Slack works on, or {own}, "
    "which is the sandbox's. Nothing was read or changed. For Slack, put its tokens into .env or into the environment, "
    "as for `cais run`. For the sandbox, set CAIS_MODE=sandbox."
)


def chosen(settings: Settings, *, fills: bool = False) -> Settings:
    """These settings, where they say whose record is meant, Slack's or the sandbox's. Raises NoDatabase.

    Without a token it is the sandbox's, and only where there is none of Slack's beside it. With `fills`, something is
    brought there: then it has to be said, as on a new machine the tokens may come later, and look elsewhere.
    """
    if settings.way != "sandbox" or settings.mode == "sandbox" or settings.names_database:
        return settings
    try:
        unclear = fills or slacks_beside(settings)
    except StorageError as error:
        raise NoDatabase(str(error)) from None
    if unclear:
        raise NoDatabase(UNCLEAR.format(slacks=settings.slacks_file, own=settings.sandbox_folder / "cais.db"))
    return settings


@asynccontextmanager
async def opened(url: str, *, make: bool = False, patient: bool = False) -> AsyncIterator[Database]:
    """The database at this URL. Raises NoDatabase, with what is wrong and never the password.

    Only with `make` is a file made where there is none: in a wrong folder, an empty one would be found in order. And
    only then are its tables brought up to date: whoever looks at a backup of the version before, to go back to it,
    could not start that version any more. With `patient` no statement is given up for taking long.
    """
    try:
        path = sqlite_path(url)
        if path and not make and not sqlite.is_there(path):
            raise StorageUnavailable(f"There is no database at {path}.")
        database = await open_database(url, migrates=make, patient=patient)
    except (StorageError, ValueError) as error:
        raise NoDatabase(f"{error} {WHERE}") from None
    except ImportError as error:
        raise NoDatabase(f"PostgreSQL needs a package that is not installed ({error.name}): make install.") from None
    try:
        async with database:
            yield database
    except StorageError as error:
        raise NoDatabase(str(error)) from None


def in_use(url: str) -> Path | None:
    """The database's file where another program, such as the bot, has it open; None also for PostgreSQL.

    Raises NoDatabase where it cannot be seen whether there is one, or it is damaged, or may only be read.
    """
    try:
        path = sqlite_path(url)
        if path is None or not sqlite.is_there(path):
            return None
    except (StorageError, ValueError) as error:
        raise NoDatabase(f"{error} {WHERE}") from None
    try:
        sqlite.must_be_alone(path)
    except Locked:
        return path
    except StorageError as error:  # to stop the bot would not help
        raise NoDatabase(f"{error} It is {path}.") from None
    return None
