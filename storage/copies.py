"""Copies of evidence on the disk: each firm's in a folder of its own, found by the SHA-256 of their content.

A firm that is deleted takes its own folder with it and nothing else: the very same file of another firm is kept there
a second time, so that nobody can learn from how a file is taken whether somebody else has it, too.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote

from flows.events import FirmKey

MB = 1_000_000
LARGEST = 25 * MB
"""Bytes of one file that are kept, where the operator says nothing else."""

TOTAL = 10_000 * MB
"""Bytes of all firms' copies together, where the operator says nothing else."""

LEFT_OVER = 24 * 3600.0
"""Seconds after which what a crash left half written is thrown away."""

_INCOMING = "incoming"
"""The folder within a firm's for what is on its way; a copy's own folder is called by two digits of its SHA-256."""

State = Literal["well", "missing", "altered", "unreadable"]


class NotKept(Exception):
    """Nothing was kept. `why` is a key of `flows.proof.NOT_COPIED`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def why_not(error: OSError) -> str:
    """What the disk's refusal means for a copy: it is full, or the folder is not ours to write."""
    return "no_room" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "unwritable"


class Copies:
    """All methods block, for as long as the disk takes; call them off the loop. Nobody but us should write there."""

    def __init__(self, folder: Path, *, largest: int = LARGEST, total: int = TOTAL, keeps: bool = True) -> None:
        """`keeps` False: nothing new is kept, what is there stays. `largest` and `total` are bytes."""
        self.folder = folder
        self.largest = largest
        self.total = total
        self.keeps = keeps

    @contextmanager
    def incoming(self, key: FirmKey) -> Iterator[IO[bytes]]:
        """A file to write what comes into, on the disk the copy will be on; it goes with the block.

        Raises NotKept where the disk takes none.
        """
        place = self._of(key) / _INCOMING
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            begun = tempfile.NamedTemporaryFile(dir=place, delete=False)  # noqa: SIM115 - closed below
        except OSError as error:
            raise NotKept(why_not(error)) from error
        try:
            yield begun
        finally:
            with suppress(OSError):  # what a full disk did not take is written once more, and has been told of
                begun.close()
            Path(begun.name).unlink(missing_ok=True)  # once it is kept it has another name

    def sweep(self, now: float) -> None:
        """Throws away what a crash left half written, of any firm, once it is a day old; `now` in UNIX seconds."""
        with suppress(OSError):  # a firm may be deleted meanwhile, its folders with it
            for path in self.folder.glob(f"*/*/{_INCOMING}/*"):
                with suppress(OSError):  # whoever may not, or comes late, leaves it to the next time
                    if path.stat().st_mtime < now - LEFT_OVER:
                        path.unlink()

    def keep(self, key: FirmKey, file: IO[bytes], digest: str) -> None:
        """What is in this `incoming` file is kept for good: it is on the disk when this returns. Raises NotKept."""
        final = self._path(key, digest)
        if self.state(key, digest) == "well":
            return
        try:
            file.flush()
            os.fsync(file.fileno())
            if self.used() > self.total:  # this one is in there already
                raise NotKept("no_room")
            final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # One that was altered gives way; a reader sees the old content or the new one, never a part.
            Path(file.name).replace(final)
            for folder in (final.parent, final.parent.parent, final.parent.parent.parent):
                _sync(folder)
        except OSError as error:
            raise NotKept(why_not(error)) from error

    def find(self, key: FirmKey, digest: str) -> Path | None:
        """Where the copy of this content is, None where there is none. It may be there where nobody may look."""
        path = self._path(key, digest)
        try:
            return path if path.is_file() else None
        except OSError:
            return path

    def place(self, key: FirmKey, digest: str) -> str:
        """Where the copy of this content is or would be, below `folder`."""
        return self._path(key, digest).relative_to(self.folder).as_posix()

    def state(self, key: FirmKey, digest: str) -> State:
        """Whether the copy is there and still what was kept; reads all of it, if this user and the disk let it."""
        path = self.find(key, digest)
        if path is None:
            return "missing"
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return "missing"
        except OSError:
            return "unreadable"
        return "well" if found == digest else "altered"

    def used(self) -> int:
        """Bytes that all firms' copies take."""
        total = 0
        for path in self.folder.rglob("*"):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except OSError:
                continue  # it went meanwhile
        return total

    def number_of(self, key: FirmKey) -> int:
        """How many copies this firm has; what is on its way, or was left half written, is none."""
        return sum(1 for path in self._of(key).rglob("*") if path.is_file() and path.parent.name != _INCOMING)

    def forget(self, key: FirmKey) -> int:
        """Deletes every copy of this firm, and of no other: for whoever deletes a firm. How many there were.

        Delete the firm's rows of `evidence_coming` first, else a file that is on its way comes in after it.
        """
        place = self._of(key)
        there = self.number_of(key)
        if place.exists():
            shutil.rmtree(place)
        return there

    def _of(self, key: FirmKey) -> Path:
        return self.folder / _safe(key.tenant) / _safe(key.firm)

    def _path(self, key: FirmKey, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("no SHA-256")
        return self._of(key) / digest[:2] / digest


def _safe(part: str) -> str:
    """A tenant's or firm's id as the name of one folder; none of them can lead elsewhere."""
    return quote(part, safe="").replace(".", "%2E") or "-"


def _sync(folder: Path) -> None:
    """A folder's own entries are on the disk, too; Windows neither needs nor offers it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
