"""The copies of evidence in a packet: under names that are safe anywhere, each held against its hash on the way in."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from bot.files.writing import Say
from flows.exports.record import Export, Reading
from flows.history import counted

MOST = 800_000_000
"""Bytes of copies in one packet: Slack takes a gigabyte in one file."""

_LONGEST_NAME = 80
_LONGEST_ENDING = 10
_MOST_BYTES = 200
"""Of a name: Linux takes no more than 255, number and ending included, and some letters have four each."""


class Keep(Protocol):
    """Puts a file into the packet and its hash into the manifest."""

    def __call__(self, name: str, content: bytes) -> None:
        """`name` is its path within the packet."""


class Enclosed:
    """What became of each copy: where it is in the packet, or why it is not there, by the entry that added it."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.missing: dict[int, str] = {}

    def where(self, sequence: int) -> str:
        """In words, of one piece; empty where there is no copy to speak of."""
        if sequence in self.paths:
            return f"copy in this packet: {self.paths[sequence]}"
        return f"copy not in this packet: {self.missing[sequence]}" if sequence in self.missing else ""

    def remark(self) -> str:
        """A sentence about the copies that are not there; empty where all are."""
        if not self.missing:
            return ""
        entries = ", ".join(str(sequence) for sequence in sorted(self.missing))
        named = "entry" if len(self.missing) == 1 else "entries"
        what = counted(len(self.missing), "copy", "copies")
        return f"{what} of evidence could not be put in ({named} {entries}); the page says why."


def enclose(export: Export, reading: Reading, keep: Keep, say: Say) -> Enclosed:
    """Puts in the copy of every piece that counts; what was removed or undone stays out. The same content once."""
    found = Enclosed()
    wanted = [p for p in reading.pieces if p.removed is None and p.event.copied]
    known: dict[str, str] = {}
    used = 0
    for nth, piece in enumerate(wanted, start=1):
        say(f"adding evidence, {nth} of {len(wanted)}")
        sequence, digest = piece.row.sequence, piece.event.digest
        if digest in known:
            found.paths[sequence] = known[digest]
            continue
        content, trouble = _read(export.copies, digest, MOST - used)
        if content is None:
            found.missing[sequence] = trouble
            continue
        used += len(content)
        path = known[digest] = found.paths[sequence] = f"evidence/{sequence:04d}-{safe_name(piece.event.name)}"
        keep(path, content)
    return found


def _read(copies: Mapping[str, str], digest: str, room: int) -> tuple[bytes | None, str]:
    if digest not in copies:
        return None, "it is missing on the machine the app runs on"
    path = Path(copies[digest])
    try:
        if path.stat().st_size > room:
            return None, "this packet would be too large"
        content = path.read_bytes()
    except OSError:
        return None, "it cannot be read on the machine the app runs on"
    if hashlib.sha256(content).hexdigest() != digest:
        return None, "it was altered on the machine the app runs on: its SHA-256 differs"
    return content, ""


def safe_name(name: str) -> str:
    """A file's name with nothing in it that leads elsewhere, hides its ending or breaks a system.

    Whatever stands before it makes it unlike any name that a system keeps for itself.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isalnum() or c in "._-" or unicodedata.category(c) in ("Mn", "Mc") else " " for c in plain)
    kept = re.sub(r"\.{2,}", ".", "-".join(kept.split())).strip("-._")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return _short(kept, _LONGEST_NAME) or "file"
    return f"{_short(stem, _LONGEST_NAME - len(ending) - 1).rstrip('-._') or 'file'}.{ending}"


def _short(text: str, most: int) -> str:
    return text[:most].encode()[:_MOST_BYTES].decode(errors="ignore")
