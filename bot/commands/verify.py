"""`cais verify`: was anything in the history changed after it was recorded?"""

import asyncio
import sys

import click

from bot.commands.database import opened
from bot.settings import load
from flows.ports import EventStore
from flows.records import Broken, verify_position


@click.command()
@click.argument("firm", required=False)
def verify(firm: str | None) -> None:
    """Check the audit chain of every firm, or of the FIRM with this id.

    Each event carries the hash of the one before it, so a changed, added or missing event breaks the chain. Exit code 1
    names the first event that does not hold.
    """
    checked, events, broken = asyncio.run(_verify(load().database, firm))
    for one in broken:
        click.echo(f"broken: firm {one.key.firm} of {one.key.tenant}, event {one.sequence}. {one.sentence}")
    if firm and not checked:
        click.echo(f"There is no firm with the id {firm}. Without an id, every firm is checked.", err=True)
        sys.exit(2)
    if broken:
        sys.exit(1)
    click.echo(f"ok: {checked} {'firm' if checked == 1 else 'firms'}, {events} events, every link of the chain holds.")


async def _verify(url: str, firm: str | None) -> tuple[int, int, list[Broken]]:
    async with opened(url) as database:
        return await verify_firms(database.events, firm)


async def verify_firms(store: EventStore, firm: str | None = None) -> tuple[int, int, list[Broken]]:
    """How many firms and events were checked, and the first broken link of each firm that has one."""
    keys = [key for key in await store.firm_keys() if firm in (None, key.firm)]
    events, broken = 0, []
    for key in keys:
        records = await store.history(key)
        position = await store.position(key)
        events += len(records)
        if position is None:
            broken.append(Broken(key, len(records), "The snapshot is missing."))
        elif found := verify_position(records, position):
            broken.append(found)
    return len(keys), events, broken
