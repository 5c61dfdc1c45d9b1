"""Weighing a reading against every phrasing of the data: how much of each the other explains."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import fsum, log

import msgspec

from flows.questions.knowledge import Group
from flows.questions.reading import Kind, Unit

# The numbers here were found by trying on the tuned question sets; `docs/answers.md` has the figures.
_KINDS: Mapping[Kind, float] = {
    "ask": 0.8,
    "env": 1.2,
    "path": 0.8,
    "step": 1.1,
    "date": 1.0,
    "topic": 1.0,
    "outside": 1.5,
    "not": 0.25,
    "word": 0.95,
    "faint": 0.25,
}
"""How much a unit counts beside a rare topic, which counts 1."""
_ASKS = 0.45
_FAINT: Mapping[str, float] = {"which": 0.1, "whether": 0.1, "must": 0.25, "may": 0.25, "list": 0.2}
"""What is asked is about as good as a topic, except where the word says little."""
_LEAST = 0.12
"""What the commonest topic still counts."""
_SAYS_LITTLE = 0.15
"""Units of no more weight find no phrasing by themselves."""
_ALIKE = 0.9
"""What a unit explains of another that may stand for the same, but for something else as well."""
_ELSEWHERE, _MOST_ELSEWHERE = 0.45, 0.25
"""What a unit counts as explained that stands in another phrasing of its subject only; and at most, of the rest."""
_AROUND, _MOST_AROUND = 0.3, 0.35
"""What a unit around the question counts, beside one of the question itself; and at most, of the question."""
_MOST_FAINT = 0.6
"""What the words that say little count together."""
_LONG = 8
"""Units from which a question is a story with a question in it."""
_LEAST_MET = 0.42
"""How much of a phrasing a question must have; less can never be enough."""
_FEW, _TERSE = 2, 0.75
"""What a phrasing of one word counts beside a question of more than a few."""
_ROUNDING = 1e-9
"""More than sums of weights differ by the order they are added in."""


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


class Match(msgspec.Struct, frozen=True):
    """A subject or theme, with its best phrasing for a question and how well the two explain each other (0 to 1)."""

    name: str
    score: float
    phrase: Phrase
    covered: float
    """How much of the question is explained."""
    met: float
    """How much of the phrasing the question has."""
    against: float = 0.0
    """Where the answer begins with yes or no: how near the subject's nearest phrasing is that has the other."""


class _Near(msgspec.Struct, frozen=True, gc=False):
    """A phrasing that has enough in common with what is said."""

    met: float
    """How much of it is said."""
    order: tuple[int, int]
    """Of two as good, the one that has the weightier word counts, then the first in the data."""
    phrase: Phrase
    explained: Mapping[int, float]
    """Which units of what is said it explains, and how well."""


Said = tuple[frozenset[str], bool]
"""The heads of a unit as phrasings have it, and whether a theme's phrasing has it."""


class Matcher:
    """Every phrasing of subjects and themes, to be found by the units that it cannot do without."""

    def __init__(self, phrasings: Iterable[Phrasing]) -> None:
        read = [(p.name, p.group, p.text, _distinct(p.units)) for p in phrasings]
        self._rarity = _rarity((name, units) for name, _, _, units in read)
        self._unseen = max(self._rarity.values(), default=1.0)
        self._phrases = [Phrase(name, group, units, text) for name, group, text, units in read if units]
        heads: dict[str, set[str]] = defaultdict(set)
        self._shares: list[Sequence[tuple[int, float]]] = []
        """Of each phrasing, the numbers of its units, and how much of it each is."""
        numbers: dict[Said, int] = {}
        for phrase in self._phrases:
            theme = phrase.name.startswith("out:")
            units = [numbers.setdefault((u.heads, theme), len(numbers)) for u in phrase.units]
            weights = [self.weight(u) for u in phrase.units]
            self._shares.append(tuple(zip(units, [w / sum(weights) for w in weights], strict=True)))
            heads[phrase.name].update(*(_found_by(u.heads, theme) for u in phrase.units))
        self._heads = {name: frozenset(theirs) for name, theirs in heads.items()}
        self._numbered: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for (said, theme), number in numbers.items():
            for head in _found_by(said, theme):
                self._numbered[head].append((number, said))
        self._openers = self._needed(len(numbers))
        self._alike = lru_cache(maxsize=4_096)(self._alike_to)

    def _needed(self, count: int) -> Sequence[Sequence[int]]:
        """For each unit, the phrasings to look at where it is said.

        A phrasing is met enough only with one of the units without which the rest is too little. They are taken from
        its rarest ones, so that what half of all phrasings have, as what is asked, leads to few.
        """
        common = Counter(number for shares in self._shares for number, _ in shares)
        found: list[list[int]] = [[] for _ in range(count)]
        seen: set[tuple[str, Group, frozenset[int]]] = set()
        for i, (phrase, shares) in enumerate(zip(self._phrases, self._shares, strict=True)):
            same = phrase.name, phrase.group, frozenset(number for number, _ in shares)
            if same in seen:
                continue  # it is met wherever an earlier one of its subject is, and just as much
            seen.add(same)
            left = 1.0
            for number, share in sorted(shares, key=lambda each: (common[each[0]], -each[1])):
                if left <= _LEAST_MET - _ROUNDING:
                    break
                found[number].append(i)
                left -= share
        return found

    def _alike_to(self, heads: frozenset[str]) -> Sequence[tuple[int, float]]:
        """The units of the data that may stand for the same as these heads, and how well."""
        near = {number: theirs for head in heads for number, theirs in self._numbered.get(head, ())}
        return [(number, 1.0 if theirs == heads else _ALIKE) for number, theirs in near.items()]

    def weight(self, unit: Unit) -> float:
        """How much a unit counts: the rarer among subjects, the more."""
        if unit.kind in ("outside", "not", "faint"):
            return _KINDS[unit.kind]
        if unit.kind == "ask":
            return max(_FAINT.get(h, _ASKS) for h in unit.heads)
        rare = [self._rarity.get(h, self._unseen) for h in unit.heads]
        return max(fsum(rare) / len(rare), _LEAST) * _KINDS[unit.kind]

    def known(self, unit: Unit) -> bool:
        """Whether any phrasing has it."""
        return any(h in self._numbered for h in unit.heads)

    def heads(self, name: str) -> frozenset[str]:
        """Every head that a subject's phrasings have."""
        return self._heads.get(name, frozenset())

    def unphrased(self, name: str) -> Match:
        """A subject or theme of which no phrasing is near."""
        nothing = Phrase(name=name, group="asked", units=())
        return Match(name=name, score=0.0, phrase=nothing, covered=0.0, met=0.0)

    def weigh(self, whole: Sequence[Unit]) -> "Weighed":
        """Lay all that is said beside every phrasing; what is asked is looked at afterwards."""
        units = _distinct(whole)
        weights = [self.weight(u) for u in units]
        said: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for n, unit in enumerate(units):
            for number, alike in self._alike(unit.heads):
                said[number].append((n, alike))
        best = {number: max(alike for _, alike in those) for number, those in said.items()}
        rank = {n: at for at, n in enumerate(sorted(range(len(units)), key=lambda n: -weights[n]))}
        opening = sum(w > _SAYS_LITTLE for w in weights)
        near: dict[str, list[_Near]] = defaultdict(list)
        shared: dict[tuple[int, ...], tuple[Mapping[int, float], int]] = {}
        for i in {i for number in said for i in self._openers[number]}:
            there = [(number, share) for number, share in self._shares[i] if number in best]
            met = fsum([share * best[number] for number, share in there])
            if met <= _LEAST_MET:
                continue
            numbers = tuple([number for number, _ in there])
            if numbers not in shared:
                explained = _explained(said[number] for number in numbers)
                shared[numbers] = explained, min(rank[n] for n in explained)
            explained, first = shared[numbers]
            if first < opening:
                phrase = self._phrases[i]
                near[phrase.name].append(_Near(met, (first, i), phrase, explained))
        for those in near.values():
            those.sort(key=lambda each: (-each.met, each.order))
        return Weighed(units, weights, near, self._heads)


class Weighed:
    """What is said, laid beside the phrasings that have enough in common with it."""

    def __init__(
        self,
        units: Sequence[Unit],
        weights: Sequence[float],
        near: Mapping[str, Sequence[_Near]],
        heads: Mapping[str, frozenset[str]],
    ) -> None:
        self._units = units
        self._weights = weights
        self._near = near
        """Of each subject and theme, the phrasings of which most is said first."""
        self._elsewhere = {
            name: [n for n, u in enumerate(units) if not heads[name].isdisjoint(u.heads)] for name in near
        }

    def rank(self, asked: Sequence[Unit]) -> list[Match]:
        """Subjects and themes, the best first. `asked` is to be explained; what stands around it less so."""
        wanted = {u.heads for u in asked}
        weights = self._weighted([u.heads in wanted for u in self._units])
        is_story = sum(w >= _LEAST and u.kind != "faint" for u, w in zip(self._units, weights, strict=True)) > _LONG
        said = [u.kind not in ("faint", "not") for u in asked]
        most_terse = _TERSE if sum(said) > _FEW else 1.0
        whole = 0.0 if is_story else sum(weights) or 1.0
        best = [self._match(name, near, weights, whole, most_terse) for name, near in self._near.items()]
        return sorted(filter(None, best), key=lambda m: (-m.score, m.name))

    def _match(
        self, name: str, near: Sequence[_Near], weights: Sequence[float], whole: float, most_terse: float
    ) -> Match | None:
        """What the best phrasing of one subject or theme is. `whole`: what is to be explained, 0 of a story."""
        found = self._best(near, weights, whole, most_terse)
        if found is None:
            return None
        score, best, covered, met = found
        group = best.phrase.group
        others = [n for n in near if n.phrase.group != group and n.phrase.group != "asked"] if group != "asked" else []
        other = self._best(others, weights, whole, most_terse)
        against = other[0] if other else 0.0
        return Match(name=name, score=score, phrase=best.phrase, covered=covered, met=met, against=against)

    def _best(
        self, those: Sequence[_Near], weights: Sequence[float], whole: float, most_terse: float
    ) -> tuple[float, _Near, float, float] | None:
        """The best of these, which begin with the one that is met most: its score, and how much of which is told."""
        best = None
        most = self._most_covered(those, weights, whole)
        for near in those:
            if best and 2 * most * near.met / (most + near.met) < best[0]:
                break  # were all explained that can be, it would not be as good; nor are those after it
            met = near.met * most_terse if len(near.phrase.units) == 1 else near.met
            covered = self._covered(near, weights, whole)
            score = 2 * covered * met / (covered + met) if covered else 0.0
            if score and (best is None or score > best[0] or (score == best[0] and near.order < best[1].order)):
                best = score, near, covered, met
        return best

    def _most_covered(self, those: Sequence[_Near], weights: Sequence[float], whole: float) -> float:
        """How much of the question no phrasing of a subject can explain more than."""
        if not (those and whole):
            return 1.0
        told = fsum([weights[n] for n in self._elsewhere[those[0].phrase.name]])
        return min(told / whole + _ROUNDING, 1.0)

    def _covered(self, near: _Near, weights: Sequence[float], whole: float) -> float:
        """How much of the question a phrasing explains, with a little help of its subject's others."""
        here = fsum([weights[n] * alike for n, alike in near.explained.items()])
        elsewhere = fsum([weights[n] for n in self._elsewhere[near.phrase.name] if n not in near.explained])
        told = here + min(_ELSEWHERE * elsewhere, _MOST_ELSEWHERE * here)
        return min(told / (whole or self._spanned(near.explained, weights)), 1.0)

    def _spanned(self, explained: Mapping[int, float], weights: Sequence[float]) -> float:
        """Of a long question: what stands between the first and the last word explained, and a little of the rest."""
        first, last = min(explained), max(explained)
        inside = sum(weights[first : last + 1])
        return max(inside + min(sum(weights) - inside, _MOST_AROUND * inside), 0.01)

    def _weighted(self, asked: Sequence[bool]) -> list[float]:
        """How much each unit counts: the faint ones together little, and so what is not asked."""
        said = list(zip(self._units, self._weights, asked, strict=True))
        core = [w if is_asked and u.kind != "faint" else 0.0 for u, w, is_asked in said]
        faint = _scaled([w if is_asked and u.kind == "faint" else 0.0 for u, w, is_asked in said], _MOST_FAINT)
        around = [0.0 if is_asked or u.kind == "faint" else w * _AROUND for u, w, is_asked in said]
        around = _scaled(around, _MOST_AROUND * (sum(core) + sum(faint)))
        return [a + b + c for a, b, c in zip(core, faint, around, strict=True)]


def _explained(said: Iterable[Sequence[tuple[int, float]]]) -> Mapping[int, float]:
    found: dict[int, float] = {}
    for those in said:
        for n, alike in those:
            found[n] = max(alike, found.get(n, 0.0))
    return found


def _scaled(weights: Sequence[float], most: float) -> list[float]:
    """The weights, together no more than this."""
    total = sum(weights)
    return [w * most / total for w in weights] if total > most else list(weights)


def _found_by(heads: frozenset[str], theme: bool) -> frozenset[str]:
    """Of a subject without the heads of whole themes: one that knows a word of a theme does not know the others."""
    return heads if theme else frozenset(h for h in heads if not (h.startswith("out:") and h.count(":") == 1))


def _distinct(units: Iterable[Unit]) -> tuple[Unit, ...]:
    found: dict[frozenset[str], Unit] = {}
    for unit in units:
        found.setdefault(unit.heads, unit)
    return tuple(found.values())


def _rarity(read: Iterable[tuple[str, tuple[Unit, ...]]]) -> dict[str, float]:
    """From 0 to 1: how few of the subjects have this head."""
    where: dict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for name, units in read:
        names.add(name)
        for unit in units:
            for head in unit.heads:
                where[head].add(name)
    most = log(1 + len(names))
    return {head: log(1 + len(names) / len(found)) / most for head, found in where.items()}
