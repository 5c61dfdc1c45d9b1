"""`cais migrate`: brings the database's tables up to date, as every start does."""

import asyncio

import click

from bot.commands.database import chosen, opened
from bot.settings import load
from storage.urls import shown


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date.

    Every start does this by itself; on its own it is for whoever updates one machine first, or wants to see it done.
    """
    url = chosen(load()).database
    asyncio.run(_migrate(url))
    click.echo(f"The database is up to date. It is {shown(url)}.")


async def _migrate(url: str) -> None:
    async with opened(url, make=True):
        return
