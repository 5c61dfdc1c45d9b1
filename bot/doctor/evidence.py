"""What `cais doctor` finds of the copies of evidence: whether all are there, and how much room they take."""

from bot.doctor.checks import Finding, trouble_with
from bot.settings import Settings
from bot.workers.evidence_copies import TYPES, Ill, build_copies, check_copies
from flows.events import FirmKey
from storage.copies import Copies
from storage.database import Database, is_current, open_database
from storage.errors import StorageError


async def check_evidence(settings: Settings) -> list[Finding]:
    """Whether copies of evidence are kept, how much room they take, and whether any is missing."""
    copies = build_copies(settings)
    try:
        used = copies.used()
    except OSError as error:
        what = f"{copies.folder} cannot be looked into: {error.strerror}. Let the user who runs the bot enter it."
        return [Finding("evidence", "wrong", what)]
    there, why = trouble_with(copies.folder)
    if copies.keeps and why:
        what = f"No copies can be kept in {copies.folder}: {there} {why}. Let the user who runs the bot write there."
        return [Finding("evidence", "wrong", what)]
    said = f"{used / 1e6:,.1f} MB of {settings.evidence_total_mb:,} MB for copies are used"
    keeps = "" if copies.keeps else " No new copies are kept (CAIS_KEEP_EVIDENCE=0)."
    try:
        if not await is_current(settings.database):
            return []  # what the database itself is found to be says enough
        async with await open_database(settings.database) as database:
            keys = await database.events.firm_keys()
            ill = [one for key in keys for one in await _missing(database, key, copies)]
    except (StorageError, ValueError, ImportError):
        return []
    if ill:
        many = "A copy of evidence is" if len(ill) == 1 else f"{len(ill)} copies of evidence are"
        what = f"{many} missing in {copies.folder}. `cais verify` names each. Restore a backup of it."
        return [Finding("evidence", "wrong", what)]
    if used > 0.9 * copies.total:
        return [Finding("evidence", "look", f"{said}; what goes beyond is not copied. See CAIS_EVIDENCE_TOTAL_MB.")]
    return [Finding("evidence", "ok", f"{said}.{keeps}")]


async def _missing(database: Database, key: FirmKey, copies: Copies) -> list[Ill]:
    rows = await database.events.history(key, types=TYPES)
    return check_copies(key, rows, copies, whole=False)[1]
