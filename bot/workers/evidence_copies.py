"""Copies of evidence on this machine: which of them a packet takes, and whether they are what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.settings import Settings
from flows.events import EvidenceAdded, FirmKey, Record
from flows.evolve import undone
from flows.exports.record import Export
from storage.copies import MB, Copies, State

TYPES = ("evidence_added", "undone")
"""The events of a firm that `check_copies` has to see."""


def build_copies(settings: Settings) -> Copies:
    """Where copies of evidence are kept, and how much of them; makes no folder yet."""
    return Copies(
        settings.evidence_folder,
        largest=settings.evidence_file_mb * MB,
        total=settings.evidence_total_mb * MB,
        keeps=settings.keep_evidence,
    )


def with_copies(export: Export, copies: Copies) -> Export:
    """The export with the paths of its firms' copies, for a packet; other formats hold none."""
    if export.format != "packet":
        return export
    found = {
        piece.event.digest: str(path)
        for reading in export.readings()
        for piece in reading.pieces
        if piece.event.copied and (path := copies.find(reading.key, piece.event.digest))
    }
    return msgspec.structs.replace(export, copies=found)


@dataclass(frozen=True, slots=True)
class Ill:
    """A copy that is not what was recorded."""

    key: FirmKey
    sequence: int
    name: str
    place: str
    """Where the copy is or should be, from the folder `evidence` on: on the disk and in a backup alike."""
    state: State

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do."""
        if self.state == "unreadable":
            return (
                f"The copy of the evidence {self.name!r} cannot be read here. Ask again as the user who runs the bot; "
                f"where that one cannot read it either, put {self.place} back from a backup."
            )
        what = "is missing" if self.state == "missing" else "was altered: its SHA-256 is not the one that was recorded"
        todo = f"Put {self.place} back from a backup, or add the file again."
        return f"The copy of the evidence {self.name!r} {what}. {todo}"


def check_copies(key: FirmKey, rows: Sequence[Record], copies: Copies, *, whole: bool = True) -> tuple[int, list[Ill]]:
    """How many copies a firm ought to have, and those that are not well. Not `whole`: only whether they are there."""
    out = undone(rows)
    kept: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row.type != "evidence_added" or row.sequence in out:
            continue
        if isinstance(event := row.event, EvidenceAdded) and event.copied:
            kept.setdefault(event.digest, (row.sequence, event.name))
    states = {digest: _state(copies, key, digest, whole=whole) for digest in kept}
    return len(kept), [
        Ill(key, *kept[digest], f"evidence/{copies.place(key, digest)}", state)
        for digest, state in states.items()
        if state != "well"
    ]


def _state(copies: Copies, key: FirmKey, digest: str, *, whole: bool) -> State:
    if whole:
        return copies.state(key, digest)
    return "well" if copies.find(key, digest) else "missing"
