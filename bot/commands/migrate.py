"""`cais migrate`: brings the database's tables up to date, as every start does."""

import asyncio

import click

from bot.commands.database import opened
from bot.settings import load


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date.

    Every start does this by itself; on its own it is for whoever updates one machine first, or wants to see it done.
    """
    asyncio.run(_migrate(load().database))
    click.echo("The database is up to date.")


async def _migrate(url: str) -> None:
    async with opened(url, make=True):
        return
