"""`cais retention`: what is older than the period the operator chose. It lists, and deletes nothing."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import date

import click

from bot.clock import BusinessClock
from bot.commands.database import chosen, opened
from bot.commands.exporting import firms_meant
from bot.commands.unreadable import FAULTS, must_be_readable, why
from bot.settings import load
from flows.events import FirmKey
from flows.evolve import fold
from flows.history import counted
from flows.legal_hold import in_words
from flows.position import Position
from flows.retention import Past, past, years_before
from flows.time_words import day
from storage.database import Database

NOTHING_GOES = (
    "This is a list by age. Nothing was deleted, and nothing ever goes by itself: `cais delete` takes a whole firm. "
    "It does not say that anything may be deleted, and makes no claim to comply with any rule: ask whoever is "
    "responsible for the firm's records."
)


@click.command()
@click.option("--years", type=click.IntRange(1, 100), default=None, help="Without: CAIS_RETENTION_YEARS, else 6.")
@click.option("--firm", "firms", multiple=True, help="A firm's id or name; may be given several times. Without: all.")
def retention(years: int | None, firms: tuple[str, ...]) -> None:
    """List what each firm recorded longer ago than a number of years, and whether a legal hold keeps it.

    The years run from the day something was recorded. Nothing is changed.
    """
    settings = chosen(load())
    years = years or settings.retention_years
    today = BusinessClock(settings.start_at, settings.clock_speed)().date()
    before = years_before(today, years)
    lines, left = asyncio.run(_lines(settings.database, firms, before))
    click.echo(f"Older than {counted(years, 'year')} on {day(today)}: recorded before {day(before)}.")
    for line in lines:
        click.echo(line)
    for sentence in left:
        click.echo(f"not listed: {sentence}", err=True)
    click.echo(NOTHING_GOES)
    if left:
        sys.exit(1)


async def _lines(url: str, named: Sequence[str], before: date) -> tuple[list[str], list[str]]:
    """A line for each firm, and why there is none of those whose record cannot be read."""
    lines, left = [], []
    async with opened(url) as database:
        for key in await firms_meant(database, named):
            try:
                lines.append(_said(*await _of_firm(database, key, before)))
            except FAULTS:
                left.append(await why(database, key))
    return lines, left


async def _of_firm(database: Database, key: FirmKey, before: date) -> tuple[Position, Past]:
    position = await database.events.position(key)
    rows = await database.events.history(key)
    must_be_readable(rows)
    position = position or fold(key, rows)
    return position, past(position, rows, await database.questions.all(key.tenant, key.firm), before)


def _said(position: Position, old: Past) -> str:
    name = f"{position.name} (firm {position.key.firm} of {position.key.tenant})"
    hold = f" Under a legal hold, {in_words(position.hold, position.time_zone)}: it stays." if position.hold else ""
    if not old.anything:
        return f"{name}: nothing.{hold}"
    parts = [f"{old.entries:,} of {counted(old.of, 'entry', 'entries')}"] if old.entries else []
    if old.oldest and parts:
        among = ", ".join(f"{kind}: {number:,}" for kind, number in old.kinds.items())
        parts[0] += f", the oldest of {day(old.oldest)}" + (f" (among them {among})" if among else "")
    parts += [counted(old.documents, "document")] if old.documents else []
    parts += [counted(old.questions, "question")] if old.questions else []
    return f"{name}: {'; '.join(parts)}.{hold}"
