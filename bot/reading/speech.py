"""What the reading process says, one JSON object a line."""

from collections.abc import Sequence

import msgspec

from flows.documents.cutting import Piece


class Said(msgspec.Struct, frozen=True, tag=str.lower):
    """The base of all there is to say."""


class Opened(Said, frozen=True):
    """It can be read. `pages` None where it has none."""

    pages: int | None


class Read(Said, frozen=True):
    """The passages of what came next; `pages` says how many pages have been read by now."""

    pages: int
    pieces: Sequence[Piece]


class Ended(Said, frozen=True):
    """That was all."""


class Failed(Said, frozen=True):
    """It cannot be read, or no further: a key of `flows.documents.library.REASONS`."""

    reason: str


AnySaid = Opened | Read | Ended | Failed

encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[AnySaid] = msgspec.json.Decoder(AnySaid)


def decode(line: bytes) -> AnySaid:
    """A line, taken apart. Raises msgspec.DecodeError for what the process cannot have said."""
    return _decoder.decode(line)
