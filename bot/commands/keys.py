"""`cais keys`: the keys that the tokens of installed workspaces are sealed with."""

import asyncio
from collections.abc import Mapping

import click

from bot.clock import real_now
from bot.commands.database import opened
from bot.settings import Settings, load
from storage.sealing import new_key


@click.group()
def keys() -> None:
    """The keys that the tokens of installed workspaces are sealed with (CAIS_ENCRYPTION_KEYS)."""


@keys.command()
@click.argument("name", required=False)
def new(name: str | None) -> None:
    """Print a new key, called NAME or after today. Nothing is kept of it here.

    The first in CAIS_ENCRYPTION_KEYS seals, all of them open: put a new one in front, with a comma, and the old one
    behind it until `cais keys rotate` has gone through.
    """
    try:
        click.echo(new_key(name or f"{real_now():%Y-%m-%d}"))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@keys.command()
def rotate() -> None:
    """Seal every token anew with the first key. Says which keys can be taken out then.

    Stops with a sentence, and changes nothing, where a key that is still needed is missing. Can run while the bot does.
    """
    settings = load()
    keys = settings.keys
    changed = asyncio.run(_rotate(settings))
    count = sum(changed.values())
    tokens = "One token was" if count == 1 else f"{count} tokens were"
    click.echo(f"{tokens} sealed anew with the key {keys.first}." if count else f"All are sealed with {keys.first}.")
    for name in sorted(keys.names - {keys.first}):
        click.echo(f"Nothing is sealed with the key {name} any more: take it out, and start every replica again.")


async def _rotate(settings: Settings) -> Mapping[str, int]:
    async with opened(settings.database) as database:
        return await database.installations(settings.keys).rotate()
