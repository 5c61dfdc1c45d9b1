"""`cais verify`: was anything in the history changed after it was recorded?"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from bot.commands import noted
from bot.commands.database import chosen, opened
from bot.settings import load
from bot.workers.evidence_copies import TYPES, Ill, build_copies, check_copies
from flows.events import FirmKey
from flows.heads import Chain, look_for
from flows.ports import EventStore
from flows.records import Broken, verify_stored
from flows.records import verify as verify_chain
from storage.audit import Audit
from storage.copies import Copies
from storage.errors import Undecodable
from storage.urls import shown

UNKNOWN = (
    "in no chain here, or behind its first broken link. The record it was noted of was rewritten or shortened since, "
    "as it is where an older backup was put back, or it is in another database than this one. "
    "If the firm was deleted with `cais delete`, the certificate names its last head."
)

CHANGED = (
    "Copy this database as it is before anything is changed in it: it shows what happened. Packets, exports and "
    "backups from before show what the record said; put such a backup into an empty folder, and look at it with "
    "`cais verify`."
)

NEWER = (
    "What a newer version may have written, look at with that version or a later one: this one cannot read it. No "
    "older backup need be put in its place for that."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A firm that was looked at: its chain as it stands, and what does not hold."""

    chain: Chain
    broken: Broken | None

    @property
    def key(self) -> FirmKey:
        """The firm's."""
        return self.chain.key

    @property
    def events(self) -> int:
        """How many there are."""
        return len(self.chain.hashes)

    @property
    def head(self) -> str:
        """The hash of the last one, empty where there is none."""
        return self.chain.hashes[-1] if self.chain.hashes else ""


@click.command()
@click.argument("firm", required=False)
@click.option(
    "--head", "heads", multiple=True, help="A head that was noted elsewhere, how it begins, or a text that names some."
)
@click.option(
    "--noted-in",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that names heads: a packet, an export, the text of a posted summary, an earlier output.",
)
def verify(firm: str | None, heads: tuple[str, ...], files: tuple[Path, ...]) -> None:
    """Check the audit chain and the copies of evidence of every firm, or of the FIRM with this id.

    Each event carries the hash of the one before it, so a changed, added or missing event breaks the chain. Exit code 1
    names the first event that does not hold. Keep the printed heads somewhere else: they show what was cut off the end,
    or written anew as a whole. A head that was kept is checked with --head or --noted-in: exit code 1 where it is not
    known any more.
    """
    sought = [(head, "") for text in heads for head in noted.typed(text)]
    sought += [(head, f" (in {path.name})") for path in files for head in noted.in_file(path)]
    settings = chosen(load())
    checked, copies, ill, names = asyncio.run(_verify(settings.database, firm, build_copies(settings)))
    chains = [one.chain for one in checked]
    if firm and checked and sought:  # a head that was noted may be another firm's, whose record is as well as ever
        chains = [one.chain for one in asyncio.run(_every_firm(settings.database))]
    broken = [one.broken for one in checked if one.broken]
    for found in broken:
        what = "not read" if found.newer else "broken"
        click.echo(f"{what}: {names[found.key]}, event {found.sequence}. {found.sentence}")
    if firm and not checked:
        click.echo(f"There is no firm with the id {firm}. Without an id, every firm is checked.", err=True)
        sys.exit(2)
    for one in checked:
        click.echo(f"firm {one.key.firm} of {one.key.tenant}: {one.events} events, head {one.head or 'none'}")
    unknown = _say_of_heads(sought, chains)
    for copy in ill:
        click.echo(f"evidence: {names[copy.key]}, event {copy.sequence}. {copy.sentence}")
    where = f"The database is {shown(settings.database)}."
    if broken or unknown or ill:
        if any(found.newer for found in broken):
            click.echo(NEWER)
        if any(not found.newer for found in broken):
            click.echo(CHANGED)
        click.echo(where)
        sys.exit(1)
    if copies:
        click.echo(f"evidence: {copies} {'copy is' if copies == 1 else 'copies are'} there, each as it was recorded.")
    firms = "1 firm" if len(checked) == 1 else f"{len(checked)} firms"
    click.echo(f"ok: {firms}, {sum(one.events for one in checked)} events, every link of the chain holds. {where}")


def _say_of_heads(sought: Sequence[tuple[str, str]], chains: Sequence[Chain]) -> int:
    """Says of each head that was noted elsewhere whether a chain still has it; how many are in none."""
    unknown = 0
    for head, where in sought:
        known = look_for(head, chains)
        unknown += known is None
        click.echo(f"noted head {head[:12]}…{where}: {known or UNKNOWN}")
    return unknown


async def _verify(
    url: str, firm: str | None, copies: Copies
) -> tuple[Sequence[Checked], int, Sequence[Ill], Mapping[FirmKey, str]]:
    """Every firm; how many copies there ought to be, and those that are not well; whose what is wrong is."""
    async with opened(url) as database:
        checked = await verify_firms(database.audit, firm)
        found = [await _copies(database.events, one.key, copies) for one in checked if not one.broken]
        ill = [one for _, some in found for one in some]
        wrong = dict.fromkeys([*(one.broken.key for one in checked if one.broken), *(one.key for one in ill)])
        names = {key: whose(key, *await database.audit.called(key)) for key in wrong}
    return checked, sum(count for count, _ in found), ill, names


async def _every_firm(url: str) -> Sequence[Checked]:
    async with opened(url) as database:
        return await verify_firms(database.audit)


def whose(key: FirmKey, name: str, workspace: str) -> str:
    """The firm by its id, and by names where they are known; whoever tampered with one cannot write a line of ours."""
    names = [name, f"in the workspace {workspace}" if workspace else ""]
    shown = ", ".join("".join(c if c.isprintable() else "?" for c in each) for each in names if each)
    return f"firm {key.firm} of {key.tenant}{f' ({shown})' if shown else ''}"


async def _copies(events: EventStore, key: FirmKey, copies: Copies) -> tuple[int, Sequence[Ill]]:
    """How many copies of evidence a firm ought to have, and those that are missing or were altered."""
    rows = await events.history(key, types=TYPES)
    return await asyncio.to_thread(check_copies, key, rows, copies)


async def verify_firms(audit: Audit, firm: str | None = None) -> Sequence[Checked]:
    """What was found of every firm, or of those with this id."""
    try:
        keys = await audit.firm_keys()
    except Undecodable:
        nobody = FirmKey("an unknown workspace", "unknown")
        what = "The id of a workspace or firm is no text, so what is behind it cannot be checked."
        return [Checked(Chain(nobody, ()), Broken(nobody, 0, what))]
    return [await _verify_firm(audit, key) for key in keys if firm in (None, key.firm)]


async def _verify_firm(audit: Audit, key: FirmKey) -> Checked:
    try:
        stored = await audit.stored(key)
    except Undecodable:
        where = await audit.first_undecodable(key)
        what = f"Event {where} is not what was recorded: it is no text." if where else "What is kept of it is no text."
        return Checked(Chain(key, (), where), Broken(key, where, what))
    try:
        broken = verify_stored(stored)
        if broken:  # a bot that works meanwhile may have written between two of the reads
            stored = await audit.stored(key)
            broken = verify_stored(stored)
        in_chain = verify_chain(stored.records) if broken else None
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        broken = in_chain = Broken(key, 0, f"What is kept of it cannot be read ({type(error).__name__}).")
    hashes = [row.hash for row in stored.records]
    return Checked(Chain(key, hashes, max(in_chain.sequence, 1) if in_chain else 0), broken)
