"""Takes away what the bot has kept in the sandbox's folder, and nothing of anybody else's."""

import asyncio
from pathlib import Path

from bot.practice.run import Unfit
from storage.urls import sqlite_path

NOT_OURS = (
    "Starting over would have to empty the database that CAIS_DATABASE_URL names, and it may be in use for more than "
    "this. Take CAIS_DATABASE_URL away, start again, and this works."
)


async def forget_firms(database: str, folder: Path, tenant: str) -> None:
    """Deletes the sandbox's own database; `database` is the URL of the one in use. Raises Unfit, nothing gone then."""
    await asyncio.to_thread(_forget, database, folder, tenant)


def _forget(database: str, folder: Path, tenant: str) -> None:
    from storage.fresh_start import NotTaken, forget  # it takes a while to import, and most runs never start over

    path = sqlite_path(database) if database else folder / "cais.db"
    if path is None or path.absolute() != (folder / "cais.db").absolute():
        raise Unfit(NOT_OURS)
    try:
        forget(path, tenant)
    except NotTaken as reason:
        raise Unfit(f"{reason} Nothing was taken away.") from None
