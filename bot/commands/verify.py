"""`cais verify`: was anything in the history changed after it was recorded?"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click
import msgspec

from bot.commands.database import opened
from bot.settings import load
from flows.events import FirmKey
from flows.records import Broken, verify_stored
from storage.audit import Audit


@dataclass(frozen=True, slots=True)
class Checked:
    """A firm that was looked at: how many events it has, the hash of the last one, and what does not hold."""

    key: FirmKey
    events: int
    head: str
    broken: Broken | None


@click.command()
@click.argument("firm", required=False)
def verify(firm: str | None) -> None:
    """Check the audit chain of every firm, or of the FIRM with this id.

    Each event carries the hash of the one before it, so a changed, added or missing event breaks the chain. Exit code 1
    names the first event that does not hold. Keep the printed heads somewhere else: they show what was cut off the end.
    """
    checked = asyncio.run(_verify(load().database, firm))
    broken = [one.broken for one in checked if one.broken]
    for found in broken:
        click.echo(f"broken: firm {found.key.firm} of {found.key.tenant}, event {found.sequence}. {found.sentence}")
    if firm and not checked:
        click.echo(f"There is no firm with the id {firm}. Without an id, every firm is checked.", err=True)
        sys.exit(2)
    for one in checked:
        click.echo(f"firm {one.key.firm} of {one.key.tenant}: {one.events} events, head {one.head or 'none'}")
    if broken:
        sys.exit(1)
    firms = "1 firm" if len(checked) == 1 else f"{len(checked)} firms"
    click.echo(f"ok: {firms}, {sum(one.events for one in checked)} events, every link of the chain holds.")


async def _verify(url: str, firm: str | None) -> Sequence[Checked]:
    async with opened(url) as database:
        return await verify_firms(database.audit, firm)


async def verify_firms(audit: Audit, firm: str | None = None) -> Sequence[Checked]:
    """What was found of every firm, or of those with this id."""
    return [await _verify_firm(audit, key) for key in await audit.firm_keys() if firm in (None, key.firm)]


async def _verify_firm(audit: Audit, key: FirmKey) -> Checked:
    stored = await audit.stored(key)
    try:
        broken = verify_stored(stored)
        if broken:  # a bot that works meanwhile may have written between two of the reads
            stored = await audit.stored(key)
            broken = verify_stored(stored)
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        broken = Broken(key, 0, f"What is kept of it cannot be read ({type(error).__name__}).")
    return Checked(key, len(stored.records), stored.records[-1].hash if stored.records else "", broken)
