"""`cais next-reminder`: when the next reminder is due, for whoever wants to go there in a practice run."""

import asyncio
from datetime import UTC, datetime

import click

from bot.clock import BusinessClock
from bot.commands.database import opened
from bot.settings import load


@click.command("next-reminder")
def next_reminder() -> None:
    """Print when the next reminder is due, or nothing where none is.

    The sandbox's page asks this for its button To the next reminder. It looks 40 days ahead, as the bot's plan does.
    """
    settings = load()
    now = BusinessClock(settings.start_at, settings.clock_speed)()
    due = asyncio.run(_next_due(settings.database, now))
    if due is not None:
        click.echo(datetime.fromtimestamp(due, UTC).isoformat())


async def _next_due(url: str, now: datetime) -> float | None:
    async with opened(url, make=True) as database:
        return await database.outbox.next_due(after=now.timestamp())
