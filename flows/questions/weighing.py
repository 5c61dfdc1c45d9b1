"""What is said, laid beside phrasings: how much of each the other explains.

Nothing is weighed before somebody asks for it: what a subject can come to at most costs a fraction of what it comes to,
and most subjects that share a word with a question are out of the running by that.
"""

from collections.abc import Collection, Mapping, Sequence
from math import fsum, inf

import msgspec

from flows.questions.phrases import LEAST_MET, ROUNDING, TENTHS, Phrase, Phrases
from flows.questions.units import Unit

# The numbers here were found by trying on the tuned question sets; `docs/answers.md` has the figures.
LEAST = 0.12
"""What the commonest topic still counts."""
ALIKE = 0.9
"""What a unit explains of another that may stand for the same, but for something else as well."""
_SAYS_LITTLE = 0.15
"""Units of no more weight find no phrasing by themselves."""
_ELSEWHERE, _MOST_ELSEWHERE = 0.45, 0.25
"""What a unit counts as explained that stands in another phrasing of its subject only; and at most, of the rest."""
_AROUND, _MOST_AROUND = 0.3, 0.35
"""What a unit around the question counts, beside one of the question itself; and at most, of the question."""
_MOST_FAINT = 0.6
"""What the words that say little count together."""
_LONG = 8
"""Units from which a question is a story with a question in it."""
_FEW, _TERSE = 2, 0.75
"""What a phrasing of one word counts beside a question of more than a few."""

Mask = int
"""Some of the units that are said, a bit for each."""


class Match(msgspec.Struct, frozen=True):
    """A subject or theme, with its best phrasing for a question and how well the two explain each other (0 to 1)."""

    name: str
    score: float
    phrase: Phrase
    covered: float
    """How much of the question is explained."""
    met: float
    """How much of the phrasing the question has."""


class Meaning(msgspec.Struct, frozen=True):
    """What is known of a unit beforehand, whatever stands beside it."""

    weight: float
    same: Sequence[int]
    """The numbers of the units of the data that stand for the same."""
    near: Sequence[int]
    """Those that may stand for the same, but for something else as well."""
    finds: frozenset[str]
    """The subjects and themes that have phrasings to look at for it."""
    known_to: frozenset[str]
    """Those of which any phrasing has it."""


class _Near(msgspec.Struct, frozen=True, gc=False):
    """A phrasing that has enough in common with what is said."""

    met: float
    """How much of it is said."""
    nth: int
    same: Mask
    """The units of what is said that it has."""
    alike: Mask
    """Those that it may have."""


_Best = tuple[float, _Near, float, float]
"""A score, whose it is, how much of the question is explained and how much of the phrasing is said."""


class Weighed:
    """What is said, to be laid beside the phrasings of one subject or theme after the other."""

    def __init__(self, phrases: Phrases, units: Sequence[Unit], meanings: Sequence[Meaning]) -> None:
        self.units = units
        self.weights = [m.weight for m in meanings]
        self.phrases = phrases
        self.names = frozenset().union(*[m.finds for m in meanings])
        """The subjects and themes that may have a phrasing near; all others have none."""
        self.known_to = [m.known_to for m in meanings]
        """For each unit, the subjects and themes of which any phrasing has it."""
        self._same = _said_by([m.same for m in meanings])
        self._alike = _said_by([m.near for m in meanings])
        self._best = {**dict.fromkeys(self._alike, ALIKE), **dict.fromkeys(self._same, 1.0)}
        """How well each unit of the data is said."""
        self._tenths = {**dict.fromkeys(self._alike, round(ALIKE * TENTHS)), **dict.fromkeys(self._same, TENTHS)}
        self._opening = _mask([weight > _SAYS_LITTLE for weight in self.weights])
        self._known: dict[str, Mask] = {}
        self._met: dict[str, Sequence[int]] = {}
        self._near: dict[int, _Near | None] = {}

    def known(self, name: str) -> Mask:
        """The units that any phrasing of a subject or theme has."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = _mask([name in theirs for theirs in self.known_to])
        return found

    def most_met(self, name: str) -> float:
        """How much is said at most of the phrasing of which most is."""
        return self.phrases.bundles[name].most(self._places(name))

    def met(self, name: str) -> Sequence[tuple[float, int]]:
        """The phrasings of a subject or theme that may be near, each after how much of it is said at most."""
        return self.phrases.bundles[name].enough(self._places(name))

    def _places(self, name: str) -> Sequence[int]:
        found = self._met.get(name)
        if found is None:
            found = self._met[name] = self.phrases.bundles[name].met(self._tenths)
        return found

    def near(self, nth: int) -> _Near | None:
        """What a phrasing has in common with what is said; None where that is not enough."""
        if nth not in self._near:
            self._near[nth] = self._look(nth)
        return self._near[nth]

    def _look(self, nth: int) -> _Near | None:
        best, shares = self._best, self.phrases.shares[nth]
        met = fsum([share * best[number] for number, share in shares if number in best])
        if met <= LEAST_MET:
            return None
        same = alike = 0
        for number, _ in shares:
            same |= self._same.get(number, 0)
            alike |= self._alike.get(number, 0)
        return _Near(met, nth, same, alike & ~same) if (same | alike) & self._opening else None

    def foremost(self, mask: Mask) -> int:
        """Which place the weightiest of some units has among all: the first of those as weighty comes first."""
        rank = sorted(range(len(self.weights)), key=lambda n: -self.weights[n])
        return next(at for at, n in enumerate(rank) if mask >> n & 1)


class View:
    """What is said, with some of it as what is asked: that is to be explained, what stands around it less so."""

    def __init__(self, weighed: Weighed, asked: Sequence[Unit]) -> None:
        self._weighed = weighed
        wanted = {u.heads for u in asked}
        units = weighed.units
        self._weights = _weighted(units, weighed.weights, [u.heads in wanted for u in units])
        is_story = sum([w >= LEAST and u.kind != "faint" for u, w in zip(units, self._weights, strict=True)]) > _LONG
        self._whole = 0.0 if is_story else sum(self._weights) or 1.0
        """What is to be explained, 0 of a story."""
        self._most_terse = _TERSE if sum([u.kind not in ("faint", "not") for u in asked]) > _FEW else 1.0
        self._most: dict[str, float] = {}
        self._told = list(zip(weighed.known_to, self._weights, strict=True))
        self._sums: dict[Mask, float] = {}
        self._here: dict[tuple[Mask, Mask], float] = {}

    def names(self, least: float) -> Collection[str]:
        """The subjects and themes of which a score may be so much: those that know every unit that is not too light."""
        light = (1.0 - least / (2.0 - least)) * self._whole + ROUNDING if self._whole else inf
        needed = [known_to for known_to, weight in self._told if weight > light]
        return self._weighed.names.intersection(*needed)

    def at_a_glance(self, name: str) -> float:
        """What the score of a subject or theme cannot be more than: were all explained that it knows, and all met."""
        covered = self._most_covered(name)
        return 2 * covered / (covered + 1) + ROUNDING

    def at_most(self, name: str) -> float:
        """The same, looked at more closely: how much is met of its phrasings; 0 where that is not enough of any."""
        met = self._weighed.most_met(name)
        if met <= LEAST_MET:
            return 0.0
        covered = self._most_covered(name)
        return 2 * covered * met / (covered + met) + ROUNDING

    def match(self, name: str) -> Match | None:
        """What the best phrasing of a subject or theme is; None where none is near."""
        found = self._best(name, self._weighed.met(name))
        if found is None:
            return None
        score, best, covered, met = found
        return Match(name, score, self._weighed.phrases.each[best.nth], covered, met)

    def against(self, match: Match) -> float:
        """Where the answer begins with yes or no: how near the subject's nearest phrasing is that has the other."""
        if match.phrase.group == "asked":
            return 0.0
        each, neither = self._weighed.phrases.each, (match.phrase.group, "asked")
        other = self._best(match.name, [o for o in self._weighed.met(match.name) if each[o[1]].group not in neither])
        return other[0] if other else 0.0

    def _best(self, name: str, those: Sequence[tuple[float, int]]) -> _Best | None:
        """The best of these, which begin with the one that may be met most."""
        best: _Best | None = None
        known, most = self._weighed.known(name), self._most_covered(name)
        for at_most, nth in those:
            if best and 2 * most * at_most / (most + at_most) < best[0]:
                break  # were all explained that can be, it would not be as good; nor are those after it
            near = self._weighed.near(nth)
            if near is None:
                continue
            met = near.met * self._most_terse if len(self._weighed.phrases.shares[nth]) == 1 else near.met
            covered = self._covered(near, known)
            score = 2 * covered * met / (covered + met) if covered else 0.0
            if score and (best is None or score > best[0] or (score == best[0] and self._before(near, best[1]))):
                best = score, near, covered, met
        return best

    def _before(self, one: _Near, other: _Near) -> bool:
        """Of two as good, the one that has the weightier word counts, then the first in the data."""
        places = [(self._weighed.foremost(near.same | near.alike), near.nth) for near in (one, other)]
        return places[0] < places[1]

    def _most_covered(self, name: str) -> float:
        """How much of the question no phrasing of a subject can explain more than."""
        found = self._most.get(name)
        if found is None:
            told = sum([weight for known_to, weight in self._told if name in known_to])
            found = self._most[name] = min(told / self._whole + ROUNDING, 1.0) if self._whole else 1.0
        return found

    def _covered(self, near: _Near, known: Mask) -> float:
        """How much of the question a phrasing explains, with a little help of its subject's others."""
        explained = near.same | near.alike
        here = self._explained(near.same, near.alike)
        told = here + min(_ELSEWHERE * self._sum(known & ~explained), _MOST_ELSEWHERE * here)
        return min(told / (self._whole or self._spanned(explained)), 1.0)

    def _explained(self, same: Mask, alike: Mask) -> float:
        found = self._here.get((same, alike))
        if found is None:
            weights = enumerate(self._weights)
            found = fsum([w if same >> n & 1 else w * ALIKE for n, w in weights if (same | alike) >> n & 1])
            self._here[same, alike] = found
        return found

    def _sum(self, mask: Mask) -> float:
        found = self._sums.get(mask)
        if found is None:
            found = self._sums[mask] = fsum([w for n, w in enumerate(self._weights) if mask >> n & 1])
        return found

    def _spanned(self, explained: Mask) -> float:
        """Of a long question: what stands between the first and the last word explained, and a little of the rest."""
        first, last = (explained & -explained).bit_length() - 1, explained.bit_length() - 1
        inside = sum(self._weights[first : last + 1])
        return max(inside + min(sum(self._weights) - inside, _MOST_AROUND * inside), 0.01)


def _mask(which: Sequence[bool]) -> Mask:
    return sum([1 << n for n, is_one in enumerate(which) if is_one])


def _said_by(numbers: Sequence[Sequence[int]]) -> Mapping[int, Mask]:
    """By which units each of these numbers is said."""
    found: dict[int, Mask] = {}
    for n, theirs in enumerate(numbers):
        for number in theirs:
            found[number] = found.get(number, 0) | 1 << n
    return found


def _weighted(units: Sequence[Unit], weights: Sequence[float], asked: Sequence[bool]) -> list[float]:
    """How much each unit counts: the faint ones together little, and so what is not asked."""
    said = list(zip(units, weights, asked, strict=True))
    core = [w if is_asked and u.kind != "faint" else 0.0 for u, w, is_asked in said]
    faint = _scaled([w if is_asked and u.kind == "faint" else 0.0 for u, w, is_asked in said], _MOST_FAINT)
    around = [0.0 if is_asked or u.kind == "faint" else w * _AROUND for u, w, is_asked in said]
    around = _scaled(around, _MOST_AROUND * (sum(core) + sum(faint)))
    return [a + b + c for a, b, c in zip(core, faint, around, strict=True)]


def _scaled(weights: Sequence[float], most: float) -> list[float]:
    """The weights, together no more than this."""
    total = sum(weights)
    return [w * most / total for w in weights] if total > most else list(weights)
