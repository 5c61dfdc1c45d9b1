"""What a question is like: how well the examples of each subject and theme would have come up with its words.

A second opinion beside the phrasings of `matching.py`, which ask how much of one phrasing a question has. Here nothing
is laid beside anything: all examples of a subject are one bag, in which words, neighbouring words, meanings, pairs of
meanings and pieces of words are counted (multinomial naive Bayes). So a question may take one word from here and one
from there, and what is common in every bag says little by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from math import log, log1p, sqrt
from operator import itemgetter
from struct import Struct

import msgspec

from flows.questions.units import Reading, Unit

# Found by leaving one question set out after the other; `docs/answers.md` has the figures.
_MEANING, _FAINT, _WORD, _TOGETHER, _PIECE = 1.0, 0.25, 0.6, 0.4, 0.25
"""What counts in a bag: a meaning, one that says little, a word, two of them together, four letters of a word."""
_UNSEEN = 0.02
"""How often what a bag does not have is taken to stand in it."""
_MOST_MEANINGS = 12
_PIECES = 4
_SHORT = 3.0
"""The least weight that a question is divided by, so that one word is no proof."""

_BITS, _ONE = 64, 2**48
"""The places of what a part adds, and what stands for one there: as fine as it would be otherwise, with room enough."""

_COUNTED = Struct("<Hd")
"""How a bag's number is kept, and how often a part stands in it. As pairs of Python's, sixty thousand take 5 MB."""

Part = str
"""A meaning; or, after a word that no meaning is, two of them, a word, two words or a piece of one."""


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

    def behinds(self) -> Sequence[tuple[str, float]]:
        """The same of every subject, the likeliest first."""
        most, weight = self.most, self.weight
        found = [(name, (told - most) / weight) for name, told in self.subjects.items()]
        found.sort(key=itemgetter(1), reverse=True)
        return found

    def inside(self, name: str) -> tuple[float, float]:
        """How much likelier a subject is than every theme: beside the question's length, and beside its root."""
        lead = self.subjects.get(name, self.outside) - self.outside
        return lead / self.weight, lead / sqrt(self.weight)


class Bags(msgspec.Struct, frozen=True):
    """How often each part stands in each bag, and how heavy each bag is: plain values, so that they can be kept."""

    names: tuple[str, ...]
    totals: tuple[float, ...]
    counts: dict[Part, bytes]
    """For each part, the numbers of the bags that have it, and how often it stands in each; see `counted`."""

    def counted(self, part: Part) -> Iterable[tuple[int, float]]:
        """The numbers of the bags that have this part, each with how often it stands there."""
        return _COUNTED.iter_unpack(self.counts.get(part, b""))


def bags_of(examples: Iterable[tuple[str, Reading]]) -> Bags:
    """The bags of all subjects and themes, from examples with the name of what they ask for."""
    bags: dict[str, dict[Part, float]] = {}
    for name, reading in examples:
        bag = bags.setdefault(name, defaultdict(float))
        for part, weight in parts_of_reading(reading).items():
            bag[part] += weight
    counts: dict[Part, bytes] = defaultdict(bytes)
    for i, bag in enumerate(bags.values()):
        for part, count in bag.items():
            counts[part] += _COUNTED.pack(i, count)
    return Bags(
        names=tuple(bags),
        totals=tuple(sum(bag.values()) for bag in bags.values()),
        counts=dict(counts),
    )


class Likeness:
    """What questions are like, by the bags of all subjects and themes. Made once.

    What a part adds to every bag is one whole number, with a place of 64 bits for each bag: so a question is laid
    beside all bags by a few dozen additions, and not by a thousand.
    """

    def __init__(self, bags: Bags) -> None:
        self._themes, self._of_themes = _picked(bags.names, themes=True)
        self._subjects, self._of_subjects = _picked(bags.names, themes=False)
        self._bags = bags
        unseen = _UNSEEN * len(bags.counts)
        self._nothing = [log(_UNSEEN / (total + unseen)) for total in bags.totals]
        self._places = Struct(f"<{len(bags.names)}Q")
        self._row = lru_cache(maxsize=2_048)(self._gained)
        self._of_words = lru_cache(maxsize=64)(self._told)
        """Kept for a while: a question is read alone, and in the same words beside the one before it."""

    def weigh(self, reading: Reading) -> Alike:
        """How well each bag explains the question; what stands in no bag at all says nothing."""
        weight, gained = self._of_words(tuple([stem for stem, _ in reading.stems]))
        more, too = self._sum(_meant(reading.units))
        weight += more
        gains = self._places.unpack((gained + too).to_bytes(self._places.size, "little"))
        found = [nothing * weight + gain / _ONE for nothing, gain in zip(self._nothing, gains, strict=True)]
        outside, theme = max(zip(self._of_themes(found), self._themes, strict=True))
        subjects = dict(zip(self._subjects, self._of_subjects(found), strict=True))
        return Alike(
            subjects=subjects,
            theme=theme,
            outside=outside,
            weight=max(weight, _SHORT),
            most=max(subjects.values()),
            least=min(subjects.values()),
        )

    def _told(self, words: Sequence[str]) -> tuple[float, int]:
        return self._sum(_said(words))

    def _sum(self, parts: Mapping[Part, float]) -> tuple[float, int]:
        """How heavy the parts are that stand in any bag, and what they add to each."""
        heavy, gained = 0.0, 0
        for part, weight in parts.items():
            row = self._row(part, weight)
            if row:
                heavy += weight
                gained += row
        return heavy, gained

    def _gained(self, part: Part, weight: float) -> int:
        counted = self._bags.counted(part)
        return sum(round(weight * log1p(count / _UNSEEN) * _ONE) << (_BITS * i) for i, count in counted)


def _picked(
    names: Sequence[str], *, themes: bool
) -> tuple[Sequence[str], Callable[[Sequence[float]], Sequence[float]]]:
    """The names of all themes, or of all subjects, and what picks out of one value for each bag those of them."""
    places = [i for i, name in enumerate(names) if name.startswith("out:") == themes]
    return [names[i] for i in places], lambda found: [found[i] for i in places]


def parts_of_reading(reading: Reading) -> dict[Part, float]:
    """What a question is made of, each with its weight."""
    return {**_meant(reading.units), **_said([stem for stem, _ in reading.stems])}


def _meant(units: Sequence[Unit]) -> dict[Part, float]:
    """The meanings, and two of them together."""
    found: dict[Part, float] = {}
    meanings: dict[str, None] = {}
    for unit in units:
        faint = unit.kind == "faint"
        for head in unit.heads:
            found[head] = max(found.get(head, 0.0), _FAINT if faint else _MEANING)
        if not faint:
            meanings["|".join(sorted(unit.heads)[:2])] = None
    for one, other in combinations(sorted(meanings)[:_MOST_MEANINGS], 2):
        found[f"both {one} {other}"] = _TOGETHER
    return found


def _said(words: Sequence[str]) -> dict[Part, float]:
    """The words, two of them together, and their pieces."""
    found: dict[Part, float] = {}
    for before, after in pairwise(words):
        found[f"next {before} {after}"] = _TOGETHER
    for word in words:
        found[f"word {word}"] = _WORD
        for piece in _pieces(word):
            found[piece] = _PIECE
    return found


@lru_cache(maxsize=2_048)
def _pieces(word: str) -> Sequence[Part]:
    """Four letters each; none of a short word."""
    return [f"piece {word[i : i + _PIECES]}" for i in range(len(word) - _PIECES + 1)] if len(word) > _PIECES else []
