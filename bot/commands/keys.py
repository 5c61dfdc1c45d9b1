"""`cais keys`: the keys that the tokens of installed workspaces are sealed with."""

import asyncio
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count

import click

from bot.clock import real_now
from bot.commands.database import chosen, opened
from bot.settings import BadSettings, Settings, load
from storage.installations import Unopened
from storage.sealing import new_key


class CannotForget(click.ClickException):
    """No token was taken away. Exit code 2."""

    exit_code = 2


@click.group()
def keys() -> None:
    """The keys that the tokens of installed workspaces are sealed with (CAIS_ENCRYPTION_KEYS)."""


@keys.command()
@click.argument("name", required=False)
def new(name: str | None) -> None:
    """Print a new key, called NAME or after today. Nothing is kept of it here.

    Where CAIS_ENCRYPTION_KEYS holds one of today already, this one gets a number behind the date.

    The first in CAIS_ENCRYPTION_KEYS seals, all of them open: put a new one in front, with a comma, and the old one
    behind it until `cais keys rotate` has gone through.
    """
    taken = _taken()
    if name in taken:
        raise click.UsageError(
            f"CAIS_ENCRYPTION_KEYS holds a key called {name} already. Give the new one another name."
        )
    try:
        click.echo(new_key(name or _after_today(taken)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _taken() -> Collection[str]:
    """What the keys there are called; nothing where there are none yet, or they cannot be read."""
    try:
        return load().keys.names
    except BadSettings:
        return ()


def _after_today(taken: Collection[str]) -> str:
    today = f"{real_now():%Y-%m-%d}"
    numbered = (f"{today}-{nth}" for nth in count(2))
    return next(name for name in chain([today], numbered) if name not in taken)


@keys.command()
def rotate() -> None:
    """Seal every token anew with the first key. Says which keys can be taken out then.

    A token that does not open is left as it is, its workspace is named, and the exit code is 1, as where a replica
    still seals with another key. Stops with a sentence, and changes nothing, where a key that is still needed is
    missing. Can run while the bot does.
    """
    settings = chosen(load())
    keys = settings.keys
    changed, left, late = asyncio.run(_rotate(settings))
    many = sum(changed.values())
    tokens = "One token was" if many == 1 else f"{many} tokens were"
    all_ = "All others" if left else "All"
    click.echo(f"{tokens} sealed anew with the key {keys.first}." if many else f"{all_} are sealed with {keys.first}.")
    needed = {keys.first, *(one.key for one in left if not one.damaged), *late}
    for name in sorted(keys.names - needed):
        click.echo(f"Nothing is sealed with the key {name} any more: take it out, and start every replica again.")
    for one in left:
        click.echo(f"Left as it is: {one.sentence}", err=True)
    if late:
        click.echo(_of_a_replica(late, keys.first), err=True)
    if left or late:
        sys.exit(1)


async def _rotate(settings: Settings) -> tuple[Mapping[str, int], Sequence[Unopened], Mapping[str, int]]:
    """How many were under which key, those that do not open, and how many were sealed with another key meanwhile."""
    async with opened(settings.database) as database:
        kept = database.installations(settings.keys)
        changed, keyed = await kept.rotate(), await kept.keyed()
        left = await kept.unopened()
    under = Counter({name: many for name, many in keyed.items() if name != settings.keys.first})
    under.subtract(one.key for one in left if not one.damaged)
    return changed, left, +under


def _of_a_replica(late: Mapping[str, int], first: str) -> str:
    """A replica that still has another key in front would go on sealing with it, and then it could not be taken out."""
    many = sum(late.values())
    tokens = "One token was" if many == 1 else f"{many} tokens were"
    return (
        f"{tokens} sealed with the key {' and '.join(sorted(late))} meanwhile, by a replica that was not started with "
        f"{first} in front. Start every replica so, and then give this command again."
    )


@keys.command(context_settings={"ignore_unknown_options": True})  # a workspace may be called -/T1
@click.argument("workspace")
def forget(workspace: str) -> None:
    """Take away the token of WORKSPACE, by its id or name, where no key opens it.

    What was recorded there is kept, and goes on once the app is added there again. A token that opens is not taken
    away: remove the app in Slack instead. Can run while the bot does.
    """
    one = asyncio.run(_forget(chosen(load()), workspace))
    click.echo(
        f"The token of {one.name} ({one.tenant}) was taken away. What was recorded there is kept. Nothing is sent "
        "there until the app is added again at /slack/install."
    )


async def _forget(settings: Settings, workspace: str) -> Unopened:
    async with opened(settings.database) as database:
        kept = database.installations(settings.keys)
        meant = [one for one in await kept.unopened() if workspace in (one.tenant, one.slack_id, one.name)]
        if len(meant) > 1:
            raise CannotForget(f"Several are called {workspace}: {', '.join(o.tenant for o in meant)}. Give the id.")
        if not meant:
            raise CannotForget(
                f"No token of {workspace} was taken away: there is none that does not open. If the app is to go from "
                "there, remove it in Slack."
            )
        await kept.delete(meant[0].tenant)
    return meant[0]
