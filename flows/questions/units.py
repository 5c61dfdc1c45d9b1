"""A question as units of meaning, each with the heads of the vocabulary it may stand for."""

from collections.abc import Iterable, Sequence
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


_OPEN = frozenset({"who", "whom", "whos", "what", "which", "why", "how"})
"""Words that ask, as stems; those below are among them."""
_OPEN_BEFORE_A_VERB = frozenset({"when", "wher"})
"""Else they tell the case that is asked about: "when our agent submits, must we"."""
_VERBS = frozenset(
    {"be", "do", "can", "could", "may", "might", "must", "should", "shall", "will", "would", "have", "to"}
)
_BEFORE_IT = frozenset(
    {"so", "and", "but", "or", "ok", "okay", "well", "hi", "hello", "hey", "pleas", "then", "now", "also", "just"}
    | {"tell", "me", "us", "by", "in", "until", "till", "from", "at", "on", "to", "for", "of", "with", "sinc"}
)
_PROPOSING = frozenset({("what", "if"), ("what", "about"), ("how", "about"), ("how", "come")})


def _opens(words: Sequence[str]) -> bool:
    """Whether these words begin to ask when, who, what and the like, so that neither yes nor no answers them."""
    start = next((n for n, word in enumerate(words) if word not in _BEFORE_IT), 0)
    first, second = (*words[start : start + 2], "", "")[:2]
    if first in _OPEN_BEFORE_A_VERB:
        return second in _VERBS
    return first in _OPEN and (first, second) not in _PROPOSING


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

    def asks_openly(self) -> bool:
        """Whether it asks when, who, what and the like, and nowhere whether something is so.

        Of several sentences the last that asks counts.
        """
        asking = [n for n, asks in enumerate(self.asks) if asks] or [len(self.asks) - 1]
        first = min((u.clause for u in self.of(asking[-1])), default=0)
        starts = [first, *(clause for clause in self.firm_breaks if clause > first)]
        return all(_opens([word for word, clause in self.stems if clause >= start]) for start in starts)

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
