"""From a format to the module that writes it, loaded only then."""

from collections.abc import Callable
from importlib import import_module
from typing import IO

from flows.exports.record import Export, Reading
from flows.records import verify

Say = Callable[[str], None]
"""Told what is being done, in a few words."""


def write(export: Export, into: IO[bytes], say: Say = lambda _: None) -> tuple[str, ...]:
    """Writes the file; `say` hears of what takes long. What is to be said of it, a sentence each."""
    module = {
        "xlsx": "workbook",
        "csv": "csv_tables",
        "ics": "calendar_file",
        "json": "document",
        "packet": "packet.bundle",
    }[export.format]
    writer = import_module(f"bot.files.{module}")
    if export.format == "packet":
        remarks: tuple[str, ...] = writer.write(export, into, say)
        return (*_broken(export), *remarks)
    writer.write(export, into)
    return _broken(export)


def _broken(export: Export) -> tuple[str, ...]:
    """Of each firm whose chain does not hold: where, since nothing else about the file would show it."""
    found = ((Reading(export.pack, firm).name, verify(firm.rows)) for firm in export.firms)
    return tuple(
        f"The record of {name} is not as it was written. {broken.sentence}" for name, broken in found if broken
    )
