"""A question as units of meaning, each with the heads of the vocabulary it may stand for."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Kind = Literal["ask", "env", "path", "step", "date", "topic", "outside", "not", "word", "faint"]


class Unit(msgspec.Struct, frozen=True, array_like=True, cache_hash=True):
    """A word or a few that mean one thing. `heads`: what they may stand for; `kind`: the part they play."""

    said: str
    heads: frozenset[str]
    kind: Kind
    sentence: int = 0
    clause: int = 0
    """Counted through the whole question; a new one begins where another question may."""


class Reading(msgspec.Struct, frozen=True, cache_hash=True):
    """A question as units, with which sentences ask."""

    units: tuple[Unit, ...]
    asks: tuple[bool, ...]
    """For each sentence, whether it ends with a question mark."""
    firm_breaks: frozenset[int] = frozenset()
    """The clauses that begin with a word that asks, so that they are questions of their own."""
    loose_breaks: frozenset[int] = frozenset()
    """The clauses that begin after an `and`."""
    opening: tuple[str, ...] = ()
    """The first words, as they are typed: they tell a follow-up."""
    stems: tuple[tuple[str, int], ...] = ()
    """Every word, courtesies and all, as its stem, with its clause."""

    def of(self, sentence: int) -> tuple[Unit, ...]:
        """The units of one sentence."""
        return tuple(u for u in self.units if u.sentence == sentence)


def counted_on(units: list[Unit]) -> list[Unit]:
    """With what comes after or before a step as one meaning: `after.3`."""
    steps = [u for u in units if u.kind == "step"]
    heads = heads_of(units)
    asked = "before" if "before" in heads else "next" if "next" in heads else ""
    if not asked or not steps:
        return units
    last = max(steps, key=lambda u: u.said)
    head = f"{'after' if asked == 'next' else 'before'}.{last.said.rpartition('.')[2]}"
    counted = msgspec.structs.replace(last, heads=frozenset({head}))
    return [counted if u is last else u for u in units if u not in steps or u is last]


_OTHER_PATH = {frozenset({"agent"}): frozenset({"self"}), frozenset({"self"}): frozenset({"agent"})}
_REFUSED = ("not", "without", "no", "none", "never")
"""Words of a negation that, right before a way of reporting, mean the other way."""


def turned(units: list[Unit]) -> list[Unit]:
    """Who does not go by an agent goes alone, and the other way round."""
    found: list[Unit] = []
    before = ""
    for unit in units:
        turned = before in _REFUSED and unit.kind == "path" and unit.heads in _OTHER_PATH
        found.append(msgspec.structs.replace(unit, heads=_OTHER_PATH[unit.heads]) if turned else unit)
        if unit.kind != "faint":
            before = unit.said if unit.kind == "not" else ""
    return found


def heads_of(units: Iterable[Unit]) -> frozenset[str]:
    """Every head that stands in these units."""
    return frozenset(h for u in units for h in u.heads)
