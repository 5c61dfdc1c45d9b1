"""`cais export` and `cais import`: firms' records as a file, and a record read back in."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.bootstrap import build_services
from bot.clock import BusinessClock
from bot.commands.database import chosen, opened
from bot.commands.unreadable import FAULTS, must_be_readable, why
from bot.files.names import ENDINGS, file_name
from bot.pack_files import read_pack
from bot.settings import Settings, load
from bot.workers.evidence_copies import build_copies, with_copies
from flows.events import FirmKey
from flows.evolve import fold
from flows.exports.record import FILES, Export, Format
from flows.exports.use_cases import StoppedShort, TakenIn, take_in, told_until
from flows.exports.whole import Unreadable, read
from flows.naming import compared
from flows.packs import PackError, load_pack
from flows.records import verify
from flows.roadmap import Pack
from flows.services import Services
from storage.backup import write_whole
from storage.database import Database
from storage.urls import shown

ONE_PACKET = "A packet is of one firm: say which one with --firm."


class CannotExport(click.ClickException):
    """Nothing was written. Exit code 2."""

    exit_code = 2


@click.command("export")
@click.option("--firm", "firms", multiple=True, help="A firm's id or name; may be given several times. Without: all.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FILES),
    default="json",
    show_default=True,
    help="csv is a zip with a .csv for each table, and packet a zip too.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="A folder, or a file whose name ends as the format does: csv and packet with .zip. Without: this folder.",
)
def export(firms: tuple[str, ...], format_: Format, out: Path | None) -> None:
    """Write firms' whole records into a file: xlsx, csv, ics, json, or a packet for an examiner.

    It changes nothing in the database, and nothing of it is recorded there: whoever may run it has the database anyway.
    A file that is there is not overwritten. Where a record is not as it was written, the file and this command say so,
    and the exit code is 1. A firm whose record cannot be read any more is named; the others are written.
    """
    settings = chosen(load())
    folder = out if out is None or out.is_dir() else None
    if out and not folder:
        _must_end_as(format_, out)
    made, left = asyncio.run(_gather(settings, format_, named=firms))
    path = folder / file_name(made) if folder else out or Path(file_name(made))
    _write_to(made, path)
    many = "1 firm" if len(made.firms) == 1 else f"{len(made.firms)} firms"
    events = sum(len(firm.rows) for firm in made.firms)
    click.echo(f"{path}: {many}, {events} events. The database is {shown(settings.database)}.")
    for firm in made.firms:
        click.echo(f"firm {firm.key.firm} of {firm.key.tenant}: {len(firm.rows)} events, head {firm.rows[-1].hash}")
    for sentence in left:
        click.echo(f"not in the file: {sentence}", err=True)
    if left or any(verify(firm.rows) for firm in made.firms):
        sys.exit(1)


def _must_end_as(format_: Format, out: Path) -> None:
    """A zip called out.csv opens in no spreadsheet. Raises CannotExport where the name says what it is not."""
    ends = {kind: f".{ending.rpartition('.')[2]}" for kind, ending in ENDINGS.items()}
    its, given = ends[format_], out.suffix.lower()
    if given == its or (its != ".zip" and given not in {*ends.values(), ".csv"}):
        return
    what = {"csv": "a zip, with a .csv for each table", "packet": "a zip of many files"}.get(
        format_, f"a file of {its}"
    )
    name = f"{out}{its}" if its == ".zip" else out.with_suffix(its)
    raise CannotExport(
        f"The format {format_} is {what}, so {out} would not open as what it is called. Nothing was written. Give a "
        f"name that ends with {its}, such as {name}, or a folder that is there."
    )


def write_export(
    settings: Settings, keys: Sequence[FirmKey], format_: Format, folder: Path, *, before: str = ""
) -> Path:
    """Writes these firms' records into this folder; where. Raises CannotExport. `before`: what its name begins with."""
    made, left = asyncio.run(_gather(settings, format_, keys=keys))
    if left:
        raise CannotExport(f"{' '.join(left)} Nothing was written.")
    name = Path(f"{before}{file_name(made)}")
    path = free(folder, name.stem, name.suffix)
    _write_to(made, path)
    return path


def free(folder: Path, base: str, ending: str = "") -> Path:
    """The first of these names that nothing in this folder has yet."""
    names = [f"{base}{ending}", *(f"{base}-{n}{ending}" for n in range(2, 1000))]
    return next(folder / each for each in names if not (folder / each).exists())


def _write_to(made: Export, path: Path) -> None:
    for remark in _write(made, path):
        click.echo(remark, err=True)


async def _gather(
    settings: Settings, format_: Format, *, named: Sequence[str] = (), keys: Sequence[FirmKey] = ()
) -> tuple[Export, Sequence[str]]:
    """The records of these firms, else of those that are named so, else of all; and why those left out are.

    Raises CannotExport, also where none can be read.
    """
    clock = BusinessClock(settings.start_at, settings.clock_speed)
    pack = _pack(settings)
    async with opened(settings.database) as database:
        services = build_services(database, pack, clock, practice=clock.moved, pack_path=settings.pack)
        keys = keys or await firms_meant(database, named)
        if format_ == "packet" and len(keys) != 1:
            raise CannotExport(ONE_PACKET)
        found = [await _readable(database, key) for key in keys]
        keys, left = [key for key, _ in found if key], [sentence for _, sentence in found if sentence]
        if not keys:
            raise CannotExport(f"{' '.join(left)} Nothing was written.")
        made = await services.exports.all_of(keys, format_, "whoever runs the app")
        return with_copies(made, build_copies(settings)), left


def _pack(settings: Settings) -> Pack:
    try:
        return load_pack(*read_pack(settings.pack))
    except (PackError, OSError, UnicodeDecodeError) as error:
        raise CannotExport(f"The roadmap pack cannot be used: {error}") from None


async def _readable(database: Database, key: FirmKey) -> tuple[FirmKey | None, str]:
    """The firm, where its record can be read, else why not: one that somebody changed keeps no other back."""
    try:
        rows = await database.events.history(key)
        must_be_readable(rows)
        fold(key, rows)
    except FAULTS:
        return None, await why(database, key)
    return key, ""


async def firms_meant(database: Database, named: Sequence[str]) -> list[FirmKey]:
    """The firms with these ids or names, all where none is named. Raises CannotExport."""
    keys = await database.events.firm_keys()
    if not keys:
        raise CannotExport("There is no firm in this database.")
    if not named:
        return list(keys)
    names = {key: (key.firm, *await _name(database, key)) for key in keys}
    found: list[FirmKey] = []
    for name in named:
        meant = [key for key, known in names.items() if compared(name) in (compared(k) for k in known)]
        if not meant:
            raise CannotExport(f"There is no firm {name}. cais verify lists their ids.")
        if len(meant) > 1:
            ids = ", ".join(f"{key.firm} of {key.tenant}" for key in meant)
            raise CannotExport(f"Several firms are called {name}: {ids}. Give the id.")
        found += [key for key in meant if key not in found]
    return found


async def _name(database: Database, key: FirmKey) -> tuple[str, ...]:
    position = await database.events.position(key)
    return (position.name,) if position else ()


def _write(made: Export, path: Path) -> tuple[str, ...]:
    from bot.files.writing import write  # reading a record in needs none of it

    # Whole records of firms: as with a backup, for whoever wrote them out to read, and nobody else here. Only a whole
    # one gets the name, whatever ends the command: half of one would be taken for it.
    try:
        return write_whole(path, lambda file: write(made, file, lambda words: click.echo(f"{words} …", err=True)))
    except FileExistsError:
        raise CannotExport(f"{path} is there already and is not overwritten. Give another name with --out.") from None
    except OSError as error:
        raise CannotExport(f"{path} cannot be written: {error.strerror or error}. Nothing was written.") from None


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Read the record in FILE, a json export, into this installation: every event as it was, chain and all.

    A firm that is there already with another history is never overwritten; the same record twice changes nothing.
    The file is checked first: exit code 1 names what was changed in it, or what does not fit in here.
    """
    settings = chosen(load(), fills=True)
    try:
        taken = asyncio.run(_take_in(settings, file.read_bytes()))
    except Unreadable as why:
        click.echo(f"{why} Nothing was read in.", err=True)
        sys.exit(1)
    except StoppedShort as short:
        _tell(short.taken)
        click.echo(f"{short} does not fit any more: somebody changed this database meanwhile. {_left(short)}", err=True)
        sys.exit(1)
    _tell(taken)
    heads = "Compare the heads with those that were kept elsewhere; cais verify checks the chains here."
    click.echo(f"{heads} The database is {shown(settings.database)}.")


def _left(short: StoppedShort) -> str:
    if not short.taken:
        return "Nothing was read in. Try again: what does not fit is named then."
    return (
        "It and what follows it in the file were not read in; the firms above are here now. Read the file in again: it "
        "goes on where it stopped, or names what does not fit. cais delete takes a firm out again."
    )


def _tell(taken: Sequence[TakenIn]) -> None:
    for one in taken:
        firm = one.firm
        how = "read in" if one.new else "is here already, just so"
        about = f"{firm.head.events} events, head {firm.head.hash}"
        click.echo(f"firm {firm.firm} of {firm.tenant}, {firm.name}: {how}; {about}")


async def _take_in(settings: Settings, content: bytes) -> tuple[TakenIn, ...]:
    whole = read(content)
    clock, pack = BusinessClock(settings.start_at, settings.clock_speed), _pack(settings)
    async with opened(settings.database, make=True) as database:
        told = told_until(whole, clock())
        # Planned as of then: what fell due on the way here is owed, and comes at once.
        services = build_services(database, pack, lambda: told, practice=clock.moved, pack_path=settings.pack)
        try:
            taken = await take_in(database.events, database.questions, whole, told)
        except StoppedShort as short:
            await _plan(services, short.taken)
            raise
        await _plan(services, taken)
        return taken


async def _plan(services: Services, taken: Sequence[TakenIn]) -> None:
    """At once: what falls due until the bot is started was told by nobody."""
    for one in taken:
        if one.new:
            await services.reminders.replan(FirmKey(one.firm.tenant, one.firm.firm))
