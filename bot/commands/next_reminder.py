"""`cais next-reminder`: when the next reminder is due, for whoever wants to go there in a practice run."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import click

from bot.clock import BusinessClock
from bot.commands.database import opened
from bot.settings import load
from storage.database import Database

FOR_PLANS = 10.0
"""Seconds that the bot is given to plan what somebody has just changed, and to send what is due; it begins about a
second after the change."""


@click.command("next-reminder")
def next_reminder() -> None:
    """Print when the next reminder is due, or nothing where none is.

    The sandbox's page asks this for its button To the next reminder. It looks 40 days ahead, as the bot's plan does,
    and waits for that plan where somebody has just changed something, and for what is due already, so that nothing is
    jumped over: for ten seconds at most.
    """
    settings = load()
    now = BusinessClock(settings.start_at, settings.clock_speed)()
    due = asyncio.run(_next_due(settings.database, now))
    if due is not None:
        click.echo(datetime.fromtimestamp(due, UTC).isoformat())


async def _next_due(url: str, now: datetime) -> float | None:
    async with opened(url, make=True) as database:
        with suppress(TimeoutError):
            async with asyncio.timeout(FOR_PLANS):
                await _planned(database, now.timestamp())
                await _sent(database, now.timestamp())
        return await database.outbox.next_due(after=now.timestamp())


async def _planned(database: Database, now: float) -> None:
    """Once the bot has planned every firm; before that, what is owed is not yet what the firms' dates ask for."""
    while await database.plans.stale(now=now, limit=1):  # noqa: ASYNC110 - it is another process that plans
        await asyncio.sleep(0.2)


async def _sent(database: Database, now: float) -> None:
    """Once the bot has sent what is due by now."""
    while True:
        due = await database.outbox.next_due()
        if due is None or due > now:
            return
        await asyncio.sleep(0.2)
