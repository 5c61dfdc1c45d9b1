"""What has come of a file: hashed by whoever fetches it, looked at here, and written down while a copy is wanted."""

import os
from contextlib import suppress
from typing import IO

from flows.evidence import kinds
from storage.copies import why_not


class Received:
    """Takes a file in pieces; in memory stay its first and its last bytes, however large it is.

    `lost` says why there is no copy of it, a key of `flows.proof.NOT_COPIED`; empty while there is one.
    """

    def __init__(self, file: IO[bytes] | None, largest: int, lost: str = "") -> None:
        """`file` takes the copy, up to `largest` bytes; None where none is wanted."""
        self.file = file
        self.lost = lost
        self._largest = largest
        self._size = 0
        self._head = self._tail = b""

    def write(self, piece: bytes, /) -> None:
        """One more piece. What the disk does not take is read all the same, for its hash."""
        self._size += len(piece)
        self._head += piece[: kinds.LOOKED_AT - len(self._head)]
        self._tail = (self._tail + piece)[-kinds.LOOKED_AT :]
        if self._size > self._largest:
            self._lose("too_large")
        if self.file is not None:
            try:
                self.file.write(piece)
            except OSError as error:
                self._lose(why_not(error))

    def seen(self) -> str:
        """What its bytes show it to be."""
        return kinds.seen(self._head, self._tail)

    def _lose(self, why: str) -> None:
        if self.file is None:
            return
        with suppress(OSError):  # the room is for others; what cannot be freed now goes with the file
            try:
                self.file.seek(0)
                self.file.truncate()
            except OSError:  # it writes first what the disk has just refused
                os.truncate(self.file.fileno(), 0)
        self.file, self.lost = None, why
