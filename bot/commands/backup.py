"""`cais backup`, `cais restore` and `cais move`: everything that is kept, in a file or in another database."""

import asyncio
from pathlib import Path

import click

from bot.commands.database import chosen, in_use
from bot.settings import Settings, load
from storage.backup import back_up
from storage.backup import restore as put_back
from storage.database import version_of
from storage.errors import StorageError
from storage.migrate import what_keeps
from storage.moving import move as move_all
from storage.urls import shown, sqlite_path

POSTGRES = (
    "The database is on PostgreSQL, which brings its own: `pg_dump` and `pg_restore` "
    "(docs/operations.md). Copies of evidence are files in {copies}: keep that folder too, after the dump."
)


NAMED = "`cais verify` names the firm and the file. Keep an older backup, which may have it as it was."


class CannotCopy(click.ClickException):
    """Nothing was written or changed. Exit code 2."""

    exit_code = 2


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything that is kept into FILE: the database as it is at one moment, and the copies of evidence.

    For SQLite; the bot may go on working. A file that is there is never overwritten. Keys are not in it: keep
    CAIS_ENCRYPTION_KEYS apart.
    """
    settings = chosen(load())
    copies = settings.evidence_folder
    try:
        path = _file(settings)
        made = back_up(path, copies, file)
    except (StorageError, ValueError) as error:
        raise CannotCopy(str(error)) from None
    for name in made.altered:
        click.echo(f"{name} is not what was recorded, on the disk and so in this backup. {NAMED}", err=True)
    size = f"{made.size / 1_000_000:.1f} MB"
    click.echo(f"{file}: {size}, the database and {_copies(made.copies)}. The database is {path.absolute()}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put the backup in FILE in the place of the database. Stop the bot first.

    What was there is put aside, not deleted. Copies of evidence that are missing or were altered are put back; all
    others stay as they are.
    """
    settings = chosen(load(), fills=True)
    try:
        path = _file(settings)
        done = put_back(file, path, settings.evidence_folder)
        keeps = what_keeps(asyncio.run(version_of(settings.database)))
    except (StorageError, ValueError) as error:
        raise CannotCopy(str(error)) from None
    if done.copies == 1:
        click.echo("One copy of evidence was missing and is back.")
    elif done.copies:
        click.echo(f"{done.copies:,} copies of evidence were missing and are back.")
    if done.mended == 1:
        click.echo("One copy of evidence was altered and is as it was recorded again.")
    elif done.mended:
        click.echo(f"{done.mended:,} copies of evidence were altered and are as they were recorded again.")
    for name in done.altered:
        click.echo(f"{name} is not what was recorded, here and in this backup: it was left. {NAMED}", err=True)
    for name in done.spoilt:
        click.echo(f"{name} was missing and is back, but in this backup it is not what was recorded. {NAMED}", err=True)
    if done.aside:
        click.echo(f"The database that was there before is {done.aside}.")
    where = f"The backup is in place, and the database is {path.absolute()}."
    click.echo(f"{where} {keeps or 'Look at it with `cais verify`, then start the bot.'}")


@click.command()
@click.argument("url")
def move(url: str) -> None:
    """Copy everything from this database into the empty one at URL, such as from SQLite to PostgreSQL.

    Stop the bot first. Rows are counted and the heads of all chains compared before anything counts as copied; this
    database stays as it is. Then set CAIS_DATABASE_URL to the other one.
    """
    settings = chosen(load())
    if path := in_use(settings.database):  # what it wrote behind the copy would be lost
        raise CannotCopy(f"{path} is open in another program. Stop the bot first. Nothing was copied.")
    try:
        moved = asyncio.run(move_all(settings.database, url))
    except (StorageError, ValueError) as error:
        raise CannotCopy(str(error)) from None
    except ImportError as error:
        raise CannotCopy(f"PostgreSQL needs a package that is not installed ({error.name}): make install.") from None
    for table, rows in moved.rows.items():
        if rows:
            click.echo(f"{table}: {rows:,} rows")
    firms = "1 firm's chain ends" if len(moved.heads) == 1 else f"The chains of {len(moved.heads)} firms end"
    where = f"{shown(settings.database)} was copied to {shown(url)}."
    click.echo(f"{firms} alike on both sides. {where} Set CAIS_DATABASE_URL to the other one, then `cais verify`.")


def _file(settings: Settings) -> Path:
    """The database's file. Raises CannotCopy where it is none."""
    path = sqlite_path(settings.database)
    if path is None:
        raise CannotCopy(POSTGRES.format(copies=settings.evidence_folder))
    return path


def _copies(count: int) -> str:
    return "one copy of evidence" if count == 1 else f"{count:,} copies of evidence"
