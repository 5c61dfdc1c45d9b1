"""What a question is like: how well the examples of each subject and theme would have come up with its words.

A second opinion beside the phrasings of `matching.py`, which ask how much of one phrasing a question has. Here nothing
is laid beside anything: all examples of a subject are one bag, in which words, neighbouring words, meanings, pairs of
meanings and pieces of words are counted (multinomial naive Bayes). So a question may take one word from here and one
from there, and what is common in every bag says little by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from math import log, log1p, sqrt

import msgspec

from flows.questions.reading import Reading

# Found by leaving one question set out after the other; `docs/answers.md` has the figures.
_MEANING, _FAINT, _WORD, _TOGETHER, _PIECE = 1.0, 0.25, 0.6, 0.4, 0.25
"""What counts in a bag: a meaning, one that says little, a word, two of them together, four letters of a word."""
_UNSEEN = 0.02
"""How often what a bag does not have is taken to stand in it."""
_MOST_MEANINGS = 12
_PIECES = 4
_SHORT = 3.0
"""The least weight that a question is divided by, so that one word is no proof."""

Part = tuple[str, ...] | str


class Alike(msgspec.Struct, frozen=True):
    """How well each subject's bag explains a question, as logarithms; the best theme's; and the question's weight."""

    subjects: Mapping[str, float]
    theme: str
    outside: float
    weight: float
    most: float
    """The likeliest subject's."""
    least: float
    """The least likely one's."""

    def behind(self, name: str) -> float:
        """How much less likely a subject is than the likeliest, for each part of the question; 0 for that one."""
        return (self.subjects.get(name, self.least) - self.most) / self.weight

    def inside(self, name: str) -> tuple[float, float]:
        """How much likelier a subject is than every theme: beside the question's length, and beside its root."""
        lead = self.subjects.get(name, self.outside) - self.outside
        return lead / self.weight, lead / sqrt(self.weight)


class Bags(msgspec.Struct, frozen=True):
    """How often each part stands in each bag, and how heavy each bag is: plain values, so that they can be kept."""

    names: tuple[str, ...]
    totals: tuple[float, ...]
    counts: tuple[tuple[Part, tuple[tuple[int, float], ...]], ...]
    """For each part, the numbers of the bags that have it."""


def bags_of(examples: Iterable[tuple[str, Reading]]) -> Bags:
    """The bags of all subjects and themes, from examples with the name of what they ask for."""
    bags: dict[str, dict[Part, float]] = {}
    for name, reading in examples:
        bag = bags.setdefault(name, defaultdict(float))
        for part, weight in _parts(reading).items():
            bag[part] += weight
    counts: dict[Part, list[tuple[int, float]]] = defaultdict(list)
    for i, bag in enumerate(bags.values()):
        for part, count in bag.items():
            counts[part].append((i, count))
    return Bags(
        names=tuple(bags),
        totals=tuple(sum(bag.values()) for bag in bags.values()),
        counts=tuple((part, tuple(found)) for part, found in counts.items()),
    )


class Likeness:
    """What questions are like, by the bags of all subjects and themes. Made once."""

    def __init__(self, bags: Bags) -> None:
        self._names = bags.names
        self._themes = [i for i, name in enumerate(bags.names) if name.startswith("out:")]
        self._subjects = [i for i, name in enumerate(bags.names) if not name.startswith("out:")]
        self._counts = dict(bags.counts)
        unseen = _UNSEEN * len(self._counts)
        self._nothing = [log(_UNSEEN / (total + unseen)) for total in bags.totals]
        self._gains = lru_cache(maxsize=50_000)(self._gained)

    def _gained(self, part: Part) -> list[tuple[int, float]]:
        return [(i, log1p(count / _UNSEEN)) for i, count in self._counts[part]]

    def weigh(self, reading: Reading) -> Alike:
        """How well each bag explains the question; what stands in no bag at all says nothing."""
        parts = {part: weight for part, weight in _parts(reading).items() if part in self._counts}
        weight = sum(parts.values())
        found = [nothing * weight for nothing in self._nothing]
        for part, counts in parts.items():
            for i, gain in self._gains(part):
                found[i] += counts * gain
        theme = max(self._themes, key=lambda i: (found[i], self._names[i]))
        subjects = {self._names[i]: found[i] for i in self._subjects}
        return Alike(
            subjects=subjects,
            theme=self._names[theme],
            outside=found[theme],
            weight=max(weight, _SHORT),
            most=max(subjects.values()),
            least=min(subjects.values()),
        )


def _parts(reading: Reading) -> dict[Part, float]:
    """What a question is made of, each with its weight."""
    found: dict[Part, float] = {}
    meanings: dict[str, None] = {}
    for unit in reading.units:
        faint = unit.kind == "faint"
        for head in unit.heads:
            found[head] = max(found.get(head, 0.0), _FAINT if faint else _MEANING)
        if not faint:
            meanings["|".join(sorted(unit.heads)[:2])] = None
    for pair in combinations(sorted(meanings)[:_MOST_MEANINGS], 2):
        found[pair] = _TOGETHER
    words = [stem for stem, _ in reading.stems]
    for before, after in pairwise(words):
        found["next", before, after] = _TOGETHER
    for word in words:
        found["word", word] = _WORD
        for piece in _pieces(word):
            found[piece] = _PIECE
    return found


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> Sequence[Part]:
    """Four letters each; none of a short word."""
    return [("piece", word[i : i + _PIECES]) for i in range(len(word) - _PIECES + 1)] if len(word) > _PIECES else []
