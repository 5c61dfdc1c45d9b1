"""How a record reaches the process that writes it, and what that says meanwhile."""

import msgspec

from flows.exports.record import Export


class Said(msgspec.Struct, frozen=True, tag=str.lower):
    """The base of all there is to say."""


class Doing(Said, frozen=True):
    """What is being done, in a few words."""

    words: str


class Remark(Said, frozen=True):
    """A sentence that is to be said of the file."""

    sentence: str


AnySaid = Doing | Remark

encode = msgspec.json.Encoder().encode
_said: msgspec.json.Decoder[AnySaid] = msgspec.json.Decoder(AnySaid)
encode_export = msgspec.msgpack.Encoder().encode
_export: msgspec.msgpack.Decoder[Export] = msgspec.msgpack.Decoder(Export)


def decode(line: bytes) -> AnySaid | None:
    """A line, taken apart; None for what a library wrote beside it."""
    try:
        return _said.decode(line)
    except msgspec.DecodeError:
        return None


def decode_export(content: bytes) -> Export:
    """The record. Raises msgspec.DecodeError."""
    return _export.decode(content)
