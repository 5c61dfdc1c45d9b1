"""The phrasings of the data as they are weighed: what each is made of, and by which of its units it is found."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from struct import Struct

import msgspec

from flows.questions.knowledge import Group
from flows.questions.units import Unit

LEAST_MET = 0.42
"""How much of a phrasing a question must have; less can never be enough."""
ROUNDING = 1e-9
"""More than sums of weights differ by the order they are added in."""

Said = tuple[frozenset[str], bool]
"""The heads of a unit as phrasings have it, and whether a theme's phrasing has it."""
_BITS, _WHOLE, TENTHS = 16, 3_000, 10
"""Bits of a place of a bundle, what a whole phrasing is there, and how many times that for what is said to the full:
30,000 of 65,535, which leaves room for what is rounded up."""
_ALL = _WHOLE * TENTHS
_LEAST = int(LEAST_MET * _ALL)
Share = tuple[int, float]
"""The number of a unit of a phrasing, and how much of the phrasing it is."""


class Phrasing(msgspec.Struct, frozen=True, array_like=True):
    """One phrasing of the data, read."""

    name: str
    group: Group
    text: str
    units: tuple[Unit, ...]


class Phrase(msgspec.Struct, frozen=True):
    """One phrasing as it is weighed."""

    name: str
    group: Group
    units: tuple[Unit, ...]
    text: str = ""


class Bundle:
    """The phrasings of one subject or theme, side by side in whole numbers: one addition looks at all of them.

    For each unit there is a number with a place of sixteen bits for each phrasing, where stands what share of it the
    unit is. The sum of the numbers of what is said has how much is met of each phrasing, a little too much at most.
    """

    def __init__(self, phrasings: Iterable[tuple[int, Sequence[Share]]]) -> None:
        """Each with its number among all."""
        self._nth: list[int] = []
        self._rows: dict[int, int] = defaultdict(int)
        for place, (nth, shares) in enumerate(phrasings):
            self._nth.append(nth)
            for number, share in shares:
                self._rows[number] |= ceil(share * _WHOLE) << (_BITS * place)
        self._places = Struct(f"<{len(self._nth)}H")

    def met(self, said: Mapping[int, int]) -> Sequence[int]:
        """Of each phrasing, how much of it is met, for `most` and `enough`.

        `said`: how many tenths of each unit of the data are.
        """
        total, rows = 0, self._rows
        for number in rows.keys() & said.keys():
            total += rows[number] * said[number]
        return self._places.unpack(total.to_bytes(self._places.size, "little"))

    def most(self, met: Sequence[int]) -> float:
        """How much is met at most of the phrasing of which most is."""
        return max(met) / _ALL

    def enough(self, met: Sequence[int]) -> Sequence[tuple[float, int]]:
        """The numbers of the phrasings that may be met enough, after how much of each is at most; the most first."""
        found = [(each / _ALL, nth) for each, nth in zip(met, self._nth, strict=True) if each > _LEAST]
        found.sort(reverse=True)
        return found


class Phrases:
    """Every phrasing with its shares, to be found by the units that it cannot do without. Made once."""

    def __init__(self, phrases: Iterable[Phrase], weight: Callable[[Unit], float]) -> None:
        self.each = tuple(phrases)
        self.shares: list[Sequence[Share]] = []
        """Of each phrasing, the numbers of its units, and how much of it each is."""
        self.numbers: dict[Said, int] = {}
        """All units of the data."""
        heads: dict[str, set[str]] = defaultdict(set)
        for phrase in self.each:
            theme = phrase.name.startswith("out:")
            units = [self.numbers.setdefault((u.heads, theme), len(self.numbers)) for u in phrase.units]
            weights = [weight(u) for u in phrase.units]
            self.shares.append(tuple(zip(units, [w / sum(weights) for w in weights], strict=True)))
            heads[phrase.name].update(*(found_by(u.heads, theme) for u in phrase.units))
        self.heads: Mapping[str, frozenset[str]] = {name: frozenset(theirs) for name, theirs in heads.items()}
        """Of each subject and theme, every head that its phrasings have."""
        apart = list(self._apart())
        self.bundles = {
            name: Bundle((nth, self.shares[nth]) for nth in those) for name, those in self._by_name(apart).items()
        }
        self.finds = self._needed(apart)

    def _apart(self) -> Iterator[int]:
        """The phrasings without those that are met wherever an earlier one of their subject is, and just as much."""
        seen: set[tuple[str, Group, frozenset[int]]] = set()
        for nth, (phrase, shares) in enumerate(zip(self.each, self.shares, strict=True)):
            same = phrase.name, phrase.group, frozenset(number for number, _ in shares)
            if same not in seen:
                seen.add(same)
                yield nth

    def _by_name(self, those: Iterable[int]) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for nth in those:
            found[self.each[nth].name].append(nth)
        return found

    def _needed(self, those: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """For each unit, the subjects and themes to look at where it is said.

        A phrasing is met enough only with one of the units without which the rest is too little. They are taken from
        its rarest ones, so that what half of all phrasings have, as what is asked, leads to few.
        """
        common = Counter(number for shares in self.shares for number, _ in shares)
        found: dict[int, set[str]] = defaultdict(set)
        for nth in those:
            left = 1.0
            for number, share in sorted(self.shares[nth], key=lambda each: (common[each[0]], -each[1])):
                if left <= LEAST_MET - ROUNDING:
                    break
                found[number].add(self.each[nth].name)
                left -= share
        return {number: frozenset(names) for number, names in found.items()}


def found_by(heads: frozenset[str], theme: bool) -> frozenset[str]:
    """Of a subject without the heads of whole themes: one that knows a word of a theme does not know the others."""
    return heads if theme else frozenset(h for h in heads if not (h.startswith("out:") and h.count(":") == 1))
