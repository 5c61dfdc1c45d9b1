"""What a file is called: safe on every system, and told apart from that of another firm or day."""

import re
import unicodedata

from flows.exports.record import Export, Format, Reading

ENDINGS: dict[Format, str] = {"xlsx": "xlsx", "csv": "csv.zip", "ics": "ics", "json": "json", "packet": "zip"}
WHAT: dict[Format, str] = {
    "xlsx": "cais-record",
    "csv": "cais-record",
    "ics": "cais-dates",
    "json": "cais-record",
    "packet": "examiner-packet",
}


def file_name(export: Export) -> str:
    """Such as `Example-Securities-cais-record-2026-11-23.xlsx`."""
    firms, first = export.firms, Reading(export.pack, export.firms[0])
    whose = slug(first.name) if len(firms) == 1 else f"{len(firms)}-firms"
    return f"{whose}-{WHAT[export.format]}-{export.day(first):%Y-%m-%d}.{ENDINGS[export.format]}"


def slug(name: str) -> str:
    """A firm's name as part of a file's: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:60] or "firm"
