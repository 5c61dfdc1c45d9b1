"""What a button or a modal carries: a small record, packed and unpacked here and nowhere else.

Old messages keep their buttons for years: a new field gets a default, and a verb keeps its meaning for ever.
What a button carries is a claim, not a permission: the use case checks who may act for which firm.
"""

from typing import ClassVar, TypeVar

import msgspec


class Forged(Exception):
    """A value that none of our buttons can have carried."""


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of every record: the firm's id and its version when the button was drawn."""

    verb: ClassVar[str] = ""

    firm: str = ""
    version: int = 0


C = TypeVar("C", bound=Carried)

_encode = msgspec.json.Encoder().encode

MAX_VALUE = 2000
"""Characters a button's value may have (Slack's limit)."""


def pack(carried: Carried) -> str:
    """The record as a button's value or part of a modal's private_metadata."""
    return _encode(carried).decode()


def fits(carried: Carried) -> bool:
    """Whether a button can carry this record."""
    return len(pack(carried)) <= MAX_VALUE


def unpack(kind: type[C], value: str) -> C:
    """The record of this kind. Raises Forged where the value is not one."""
    try:
        return msgspec.json.decode(value, type=kind, strict=True)
    except (msgspec.DecodeError, TypeError) as error:  # it may be no text at all
        raise Forged(kind.verb) from error


def action_id(kind: type[Carried], nth: int = 0) -> str:
    """The action_id of the nth such button in a message: Slack wants them to differ within a block."""
    return f"{kind.verb}#{nth}" if nth else kind.verb


def verb_of(action: str) -> str:
    """The verb in an action_id."""
    return action.partition("#")[0]
