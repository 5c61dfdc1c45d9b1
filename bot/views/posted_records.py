"""Where each firm's chain ends, below a summary that is posted: a later change of the record shows by it."""

from collections.abc import Iterator, Sequence

from bot.surfaces import Block
from bot.views.blocks import CONTEXT, clip, context, literal
from bot.views.portfolio import NAME
from bot.views.room import MOST_TEXT, characters
from flows.heads import LISTED, SHORTEST, noted
from flows.position import Position

FITS = "If an entry is changed or taken out later, this no longer fits: `cais verify` compares."

BESIDE = 300
"""Characters that the words around the heads may take."""

MOST_WHOLE = 20
"""Firms of which more than a few digits are shown: of more it would be a wall of them."""

MOST_NAMED = 40
"""Firms that are named: of more the digits alone are less of a wall, and `cais verify` knows whose each is."""

SHORTER = ((NAME, 16), (24, 16), (24, SHORTEST))
NAMELESS = ((0, 16), (0, SHORTEST))
"""Of many firms: how much of each one's name is left, and how many digits, as there is room."""

WHOSE = "`cais verify --noted-in` says of each whose it is."

BETWEEN = " ·"
"""After each firm but the last. Heads without names stand beside each other without it."""


def records(positions: Sequence[Position], *, beside: Sequence[Block] = ()) -> list[Block]:
    """The heads of all these firms by name, as long as a message with these other blocks has room for."""
    if len(positions) == 1:
        return [context(f"Record: {noted(positions[0])}. {FITS}")]
    room = MOST_TEXT - BESIDE - characters(beside)
    by_name = sorted(positions, key=lambda position: (position.name.casefold(), position.key.firm))
    named = [f"{_name(p, NAME)} {noted(p)}" for p in by_name]
    if len(named) <= MOST_WHOLE and _length(named) <= room:
        return _lines("Records, by name:", named)
    for name, digits in (*(SHORTER if len(named) <= MOST_NAMED else ()), *NAMELESS):
        if name and len({_name(p, name) for p in by_name}) < len({p.name for p in by_name}):
            continue  # cut so short that no head could be told to be whose
        named = [f"{_name(p, name)} {p.head[:digits]}".strip() for p in by_name]
        if _length(named) <= room:
            break
    if not name:
        which = f"Of each of the {len(by_name)} firms, in the order of their names"
        return _lines(f"{which}, {LISTED}:", named, between="", end=f"{FITS} {WHOSE}")
    return _lines(f"Of each firm, by name, {LISTED}:", named)


def least(positions: Sequence[Position]) -> int:
    """Characters that the heads of these firms take at the least, with the words around them."""
    return BESIDE + _length([p.head[:SHORTEST] for p in positions])


def _name(position: Position, length: int) -> str:
    return literal(clip(position.name, length)) if length else ""


def _length(pieces: Sequence[str]) -> int:
    return sum(len(piece) + len(BETWEEN) + 1 for piece in pieces)


def _lines(start: str, pieces: Sequence[str], between: str = BETWEEN, end: str = FITS) -> list[Block]:
    """One grey text, cut between two firms where it is longer than Slack takes in one."""
    *others, last = pieces
    return [context(line) for line in _cut([start, *(piece + between for piece in others), f"{last}.", end])]


def _cut(words: Sequence[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > CONTEXT:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    yield line
