"""`cais delete`: a firm, or a whole workspace, is gone for good, and a certificate says what it was."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec.structs import replace

from bot.clock import real_time
from bot.commands.database import chosen, in_use, opened
from bot.commands.exporting import firms_meant, free, write_export
from bot.commands.unreadable import FAULTS
from bot.files.names import slug
from bot.settings import Settings, load
from bot.version import version
from bot.workers.evidence_copies import TYPES, build_copies, check_copies
from flows.certificate import Certificate, GoneFirm, read, written
from flows.events import FirmKey
from flows.firms import Refusal
from flows.history import counted
from flows.legal_hold import in_words
from flows.naming import compared
from flows.position import Position
from storage import sqlite
from storage.backup import left_unfinished, put_aside_before
from storage.database import Database
from storage.erasing import Scope, Standing
from storage.errors import StorageError
from storage.urls import shown, sqlite_path

IN_USE = (
    "The database is open in another program, such as the bot. Stop it first: what it has in hand could bring back "
    "what is deleted, and its journal would keep the text. Nothing was deleted."
)


AGAIN = "Give the same command again, in the same folder."
_OFFERED = "Write a last packet first?"
_ALL_OFFERED = "Write the last records first, a packet of each firm with its evidence and a json export of all?"


class CannotDelete(click.ClickException):
    """Nothing was deleted, or not all of it, as the sentence says. Exit code 2."""

    exit_code = 2


@click.command("delete")
@click.argument("firm", required=False)
@click.option("--workspace", help="Instead of a firm: all there is of this workspace, as `cais verify` names it.")
@click.option("--yes", "typed", help="The firm's name (or the workspace) as you would type it: nothing is asked then.")
@click.option("--by", help="Your name, for the certificate.")
@click.option("--reason", default="", help="Why, for the certificate.")
@click.option(
    "--packet/--no-packet",
    default=None,
    help="Write a last packet first (of a workspace: one of each firm, and a json export of all).",
)
@click.option(
    "--out",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for the certificate and the packet. Without: this folder.",
)
def delete(
    firm: str | None,
    workspace: str | None,
    typed: str | None,
    by: str | None,
    reason: str,
    packet: bool | None,
    out: Path,
) -> None:
    """Delete the FIRM with this id or name: every row of it in every table, its documents and its copies of evidence.

    It shows what would go and asks for the firm's name. It refuses under a legal hold, and while a bot has a SQLite
    file open. It cannot be undone; what is left is a certificate without any content. Interrupted, give the same
    command again in the same folder: it goes on where it was.
    """
    if bool(firm) == bool(workspace):
        raise CannotDelete("Name a firm, or a workspace with --workspace. Nothing was deleted.")
    if typed is not None and not by:
        raise CannotDelete("Say who deletes it, with --by. Nothing was deleted.")
    settings = chosen(load())
    if in_use(settings.database):
        raise CannotDelete(IN_USE)
    begun = _begun(out, firm, workspace)
    if begun:
        _must_be_of_here(settings, *begun)
    scope = asyncio.run(_scope(settings, firm, workspace, begun))
    found = asyncio.run(_look(settings, scope))
    if begun and not found.rows:
        click.echo("What was begun is finished now.")
        _finish(settings, scope, *begun)
        return
    if not found.rows:
        raise CannotDelete(f"There is nothing of {workspace} in this database.")
    _must_not_be_held(found.firms)
    copies = _number_of_copies(settings, found.firms)
    elsewhere = asyncio.run(_not_here(settings, found.firms))
    _show(scope, found, copies)
    if elsewhere:
        many = f"{counted(elsewhere, 'copy', 'copies')} of evidence that the record names"
        what = f"{many} {'is' if elsewhere == 1 else 'are'} not in {settings.evidence_folder} and not reached either"
        click.echo(f"{what}: look on each machine that ran the bot.")
    _name_what_was_put_aside(settings)
    last = _still_the_last(begun[1], found) if begun else ""
    last = last or _last_record(settings, scope, found, out, wanted=packet, asks=typed is None)
    _must_be_meant(scope, found, typed)
    who = by or click.prompt("Your name, for the certificate")
    if in_use(settings.database):  # somebody may have started it while this waited for an answer
        raise CannotDelete(IN_USE)
    certificate = _certificate(settings, scope, found, by=who, reason=reason, packet=last, copies=copies)
    certificate = replace(certificate, copies_not_here=elsewhere)
    path = begun[0] if begun else _certificate_path(out, scope, found)
    try:
        _keep(path, certificate)
    except OSError as error:
        raise CannotDelete(f"{path} cannot be written: {error.strerror}. Nothing was deleted.") from None
    try:
        gone = asyncio.run(_erase(settings, scope))
    except Refusal as refusal:
        path.unlink()
        raise CannotDelete(refusal.sentence) from None
    _finish(settings, scope, path, replace(certificate, rows=gone.rows))


# --- before ---------------------------------------------------------------------------------------------------


def _begun(out: Path, firm: str | None, workspace: str | None) -> tuple[Path, Certificate] | None:
    """The certificate of a deletion that was interrupted, where there is one here of the same."""
    for path in sorted(out.glob("*deletion-certificate*.txt")):
        certificate = read(path.read_text(encoding="utf-8", errors="replace"))
        if certificate is None or certificate.state != "begun":
            continue
        if workspace and not certificate.firm and workspace in (certificate.tenant, _slacks_id(certificate.tenant)):
            return path, certificate
        names = {certificate.firm, *(gone.name for gone in certificate.firms)}
        if firm and certificate.firm and compared(firm) in {compared(name) for name in names}:
            return path, certificate
    return None


def _must_be_of_here(settings: Settings, path: Path, begun: Certificate) -> None:
    """Raises CannotDelete where it was begun in another database: what it says is not of what would be deleted here."""
    here = shown(settings.database)
    if begun.database not in ("", here):
        raise CannotDelete(
            f"{path} is of a deletion that was begun in {begun.database}, and not in {here}. Give the same command "
            "with the settings of then, or name another folder by --out. Nothing was deleted."
        )


async def _scope(
    settings: Settings, firm: str | None, workspace: str | None, begun: tuple[Path, Certificate] | None
) -> Scope:
    if begun:
        return Scope(begun[1].tenant, begun[1].firm)
    async with opened(settings.database) as database:
        if workspace:
            return Scope(await _tenant(database, workspace))
        (key,) = await firms_meant(database, [firm or ""])
    return Scope(key.tenant, key.firm)


async def _tenant(database: Database, workspace: str) -> str:
    """As `cais verify` names it; Slack's own id of the workspace will do, where it is that of one only."""
    if "/" in workspace:
        return workspace
    known = {key.tenant for key in await database.events.firm_keys()} | set(await database.outbox.stopped())
    meant = [tenant for tenant in known if _slacks_id(tenant) == workspace] or [f"-/{workspace}"]
    return meant[0] if len(meant) == 1 else workspace


def _slacks_id(tenant: str) -> str:
    return tenant.rpartition("/")[2]


async def _look(settings: Settings, scope: Scope) -> Standing:
    async with opened(settings.database, patient=True) as database:  # a large workspace takes more than half a minute
        return await database.erasing.standing(scope)


def _must_not_be_held(firms: Sequence[Position]) -> None:
    held = [f"{p.name} is under a legal hold, {in_words(p.hold, p.time_zone)}." for p in firms if p.hold]
    if held:
        raise CannotDelete(" ".join([*held, "A lead lifts it with `/cais hold` in Slack. Nothing was deleted."]))


def _number_of_copies(settings: Settings, firms: Sequence[Position]) -> int:
    copies = build_copies(settings)
    return sum(copies.number_of(position.key) for position in firms)


async def _not_here(settings: Settings, firms: Sequence[Position]) -> int:
    """Copies that the records name and this machine has not: another one may, and keeps them then."""
    copies, missing = build_copies(settings), 0
    async with opened(settings.database) as database:
        for position in firms:
            try:
                rows = await database.events.history(position.key, types=TYPES)
                missing += len(check_copies(position.key, rows, copies, whole=False)[1])
            except FAULTS:  # somebody changed it: what it named nobody can tell
                continue
    return missing


def _show(scope: Scope, found: Standing, copies: int) -> None:
    for position in found.firms:
        key = position.key
        click.echo(f"{position.name}: firm {key.firm} of {key.tenant}, {position.version} events, head {position.head}")
    if not scope.firm:
        click.echo(f"Everything of the workspace {scope.tenant}, its people and its industry dates too.")
    for table, rows in sorted(found.rows.items()):
        click.echo(f"  {table:<22}{rows:>10,}")
    click.echo(f"  {'copies of evidence':<22}{copies:>10,}")
    click.echo("All of this would be deleted for good. Backups, files that people have, and Slack are not reached.")


def _name_what_was_put_aside(settings: Settings) -> None:
    """A deletion does not reach it, and nobody would look for it; nor for what a command left that was killed."""
    path = sqlite_path(settings.database)
    if path is None:
        return
    killed = "what a restore or a backup that was killed left"
    for what, there in (("what a restore put aside", put_aside_before(path)), (killed, left_unfinished(path))):
        if there:
            names = ", ".join(each.name for each in there)
            click.echo(f"Nor is {what} in {there[0].parent}: {names}. Delete that yourself.")


def _still_the_last(begun: Certificate, found: Standing) -> str:
    """The last record that was made when it was begun; empty where more was recorded since, which is not in that."""
    then = {(gone.firm, gone.head) for gone in begun.firms}
    if begun.packet and not then.issuperset((position.key.firm, position.head) for position in found.firms):
        click.echo(f"More was recorded since this was begun, and {begun.packet.partition(',')[0]} has nothing of that.")
        return ""
    return begun.packet


def _last_record(
    settings: Settings, scope: Scope, found: Standing, out: Path, *, wanted: bool | None, asks: bool
) -> str:
    """The name of the last packet or export, with its SHA-256; empty where none is wanted."""
    if not found.firms:
        return ""
    if wanted is None:
        wanted = asks and click.confirm(_OFFERED if scope.firm else _ALL_OFFERED, default=True)
    if not wanted:
        return ""
    keys = [position.key for position in found.firms]
    if scope.firm:
        return _with_digest(write_export(settings, keys, "packet", out))
    folder = free(out, f"{slug(scope.tenant)}-last-records-{_now()[:10]}")
    try:
        folder.mkdir(0o700)
    except OSError as error:
        raise CannotDelete(f"{folder} cannot be made: {error.strerror}. Nothing was deleted.") from None
    written = [write_export(settings, keys, "json", folder)]
    for nth, key in enumerate(keys, start=1):
        click.echo(f"Packet {nth} of {len(keys)} ...", err=True)
        written.append(write_export(settings, [key], "packet", folder, before=f"{nth:03}-"))
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(f"{_digest(path)}  {path.name}\n" for path in written), encoding="utf-8")
    return _with_digest(sums, f"{folder.name}/")


def _with_digest(path: Path, before: str = "") -> str:
    return f"{before}{path.name}, SHA-256 {_digest(path)}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _must_be_meant(scope: Scope, found: Standing, typed: str | None) -> None:
    name = next((p.name for p in found.firms if scope.firm), "") or scope.firm or scope.tenant
    said = typed if typed is not None else click.prompt(f"To delete it, type its name ({name})")
    also = {name} if scope.firm else {name, _slacks_id(scope.tenant)}
    if compared(said.strip()) not in {compared(one) for one in also}:
        raise CannotDelete(f"That is not {name}. Nothing was deleted.")


# --- the certificate ------------------------------------------------------------------------------------------


def _certificate(
    settings: Settings, scope: Scope, found: Standing, *, by: str, reason: str, packet: str, copies: int
) -> Certificate:
    return Certificate(
        state="begun",
        tenant=scope.tenant,
        firm=scope.firm,
        firms=tuple(GoneFirm(p.key.tenant, p.key.firm, p.name, p.version, p.head) for p in found.firms),
        rows=found.rows,
        copies=copies,
        begun_at=_now(),
        completed_at="",
        by=by,
        reason=reason,
        version=version(),
        packet=packet,
        database=shown(settings.database),
    )


def _now() -> str:
    return datetime.fromtimestamp(real_time(), UTC).isoformat(timespec="seconds")


def _certificate_path(out: Path, scope: Scope, found: Standing) -> Path:
    name = slug(found.firms[0].name if scope.firm and found.firms else scope.firm or scope.tenant)
    return free(out, f"{name}-deletion-certificate-{_now()[:10]}", ".txt")


def _keep(path: Path, certificate: Certificate) -> None:
    """On the disk when this returns: after a crash it says what was begun."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)  # left behind by a crash
    # It names a firm and whoever deleted it: as with the packet beside it, for nobody else on this machine to read.
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(written(certificate))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# --- the deletion ---------------------------------------------------------------------------------------------


async def _erase(settings: Settings, scope: Scope) -> Standing:
    async with opened(settings.database, patient=True) as database:  # a large workspace takes more than half a minute
        return await database.erasing.erase(scope)


def _finish(settings: Settings, scope: Scope, path: Path, certificate: Certificate) -> None:
    """What is not in the database's tables: copies on the disk, and what the file still has between its pages."""
    try:
        for gone in certificate.firms:
            build_copies(settings).forget(FirmKey(gone.tenant, gone.firm))
        compacted = _compact(settings)
        done = replace(certificate, state="complete", completed_at=_now(), compacted=compacted)
        _keep(path, done)
    except OSError as error:
        what = f"{error.filename or path} could not be deleted or written: {error.strerror}."
        raise CannotDelete(f"Every row is deleted, but {what} {AGAIN}") from None
    click.echo(f"Deleted: {sum(done.rows.values()):,} rows. The certificate is {path}, SHA-256 {_digest(path)}.")
    _name_what_was_put_aside(settings)


def _compact(settings: Settings) -> bool:
    path = sqlite_path(settings.database)
    if path is None:
        return False
    try:
        sqlite.compact(path)
    except StorageError as error:
        raise CannotDelete(
            f"Every row is deleted, but the database's file could not be written anew: {error} {AGAIN}"
        ) from None
    return True
