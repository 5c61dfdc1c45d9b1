"""The head of a chain as it is noted elsewhere: how it is written there, and how it is read out of a text again."""

import re
from collections.abc import Sequence

import msgspec

from flows.events import FirmKey
from flows.position import Position

SHOWN = 20
"""Hex digits of a head that are written where all 64 would be in the way: 80 bits, which nobody makes a match for."""

SHORTEST = 12
"""Hex digits from which on a beginning is looked for."""

LISTED = "the first digits of its record's head"
"""How a list begins that has each firm's head cut short, since it is of many firms."""

_NOTED = re.compile(rf"\bhead\b.{{0,120}}?(?<![0-9a-f])([0-9a-f]{{{SHOWN},64}})(?![0-9a-f])", re.DOTALL | re.IGNORECASE)
_LIST = re.compile(rf"{LISTED}.*?(?=`?cais verify|\Z)", re.DOTALL | re.IGNORECASE)
_DIGITS = re.compile(rf"\b[0-9a-f]{{{SHORTEST},64}}\b", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Chain(msgspec.Struct, frozen=True):
    """A firm's chain as it is now: the hash of each event in order, and the first that does not hold, 0 for none."""

    key: FirmKey
    hashes: Sequence[str]
    broken_at: int = 0


def noted(position: Position) -> str:
    """What is written of a firm's record where it is posted: `128 entries, head 3f9a2b7c41d05e8812aa`."""
    entries = "1 entry" if position.version == 1 else f"{position.version:,} entries"
    return f"{entries}, head {position.head[:SHOWN]}"


def heads_in(text: str) -> list[str]:
    """The heads that a text names, in order and each once; other digests in it are none."""
    listed = [found for each in _LIST.findall(text) for found in beginnings_in(each)]
    return list(dict.fromkeys([*(found.lower() for found in _NOTED.findall(text)), *listed]))


def beginnings_in(text: str) -> list[str]:
    """Whatever may be a head or how one begins, in a text that is known to have nothing else of that kind."""
    return list(dict.fromkeys(found.lower() for found in _DIGITS.findall(text)))


def digests_in(text: str) -> list[str]:
    """Every whole SHA-256 in a text that has no others than heads."""
    return list(dict.fromkeys(_WHOLE.findall(text)))


def look_for(head: str, chains: Sequence[Chain]) -> str | None:
    """Where the head stands today, in a sentence; None where no chain has it, or only behind a broken link."""
    for chain in chains:
        nth = next((n for n, each in enumerate(chain.hashes, start=1) if each.startswith(head)), 0)
        if not nth or 0 < chain.broken_at <= nth:
            continue
        now = "the last one still" if nth == len(chain.hashes) else f"there are {len(chain.hashes)} now"
        return (
            f"known, as event {nth} of firm {chain.key.firm} of {chain.key.tenant} ({now}). "
            "Up to there nothing was changed, added or taken out since it was noted."
        )
    return None
