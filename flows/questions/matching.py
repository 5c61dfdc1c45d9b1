"""Weighing a reading against every phrasing of the data: how much of each the other explains."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec

from flows.questions.knowledge import Group, Knowledge, phrasings
from flows.questions.reading import Kind, Reader, Unit, heads_of

# How much a unit counts beside a rare topic, which counts 1. Found by trying on the tuned question sets.
_KINDS: Mapping[Kind, float] = {
    "ask": 0.8,
    "env": 0.9,
    "path": 0.8,
    "step": 1.1,
    "date": 1.0,
    "topic": 1.0,
    "outside": 1.5,
    "not": 0.25,
    "word": 0.75,
}
_LEAST = 0.12
_ASKS = 0.45
_FAINT: Mapping[str, float] = {"which": 0.1, "whether": 0.1, "must": 0.25, "may": 0.25, "list": 0.2}
"""What is asked is as good as a topic, except where the word says little."""
_ELSEWHERE = 0.6
"""What a unit counts as explained that stands in another phrasing of the same subject only."""


_AROUND = 0.3
"""What a unit around the question counts, beside one of the question itself."""
_ALIKE = 0.9
"""What a unit explains of another that may stand for the same, but for something else as well."""


_FIT = 0.0


class Phrase(msgspec.Struct, frozen=True):
    """One phrasing of the data, read."""

    name: str
    group: Group
    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    total: float
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


class Matcher:
    """Every phrasing of subjects and themes, by the heads of their units."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        read = [
            (name, group, text, _distinct(reader.phrase(text)))
            for name, group, text in _phrasings(knowledge)
        ]
        self._rarity = _rarity((name, units) for name, _, _, units in read)
        self._unseen = max(self._rarity.values(), default=1.0)
        self._phrases = [self._phrase(name, group, text, units) for name, group, text, units in read if units]
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._heads: dict[str, set[str]] = defaultdict(set)
        for i, phrase in enumerate(self._phrases):
            for j, unit in enumerate(phrase.units):
                heads = unit.heads if phrase.name.startswith("out:") else _specific(unit)
                for head in heads:
                    self._places[head].append((i, j))
                self._heads[phrase.name] |= heads

        self._learn()

    def _learn(self) -> None:
        count: Counter[str] = Counter(p.name for p in self._phrases)
        having: dict[str, Counter[str]] = defaultdict(Counter)
        for phrase in self._phrases:
            having[phrase.name].update({h for u in phrase.units for h in (u.heads if phrase.name.startswith("out:") else _specific(u))})
        self._typical = {
            name: {h: (n + 0.1) / (count[name] + 1) for h, n in heads.items()} for name, heads in having.items()
        }
        everywhere: Counter[str] = Counter()
        for heads in self._typical.values():
            everywhere.update(heads)
        self._common = {h: (total + 0.02) / (len(count) + 1) for h, total in everywhere.items()}

    def _phrase(self, name: str, group: Group, text: str, units: tuple[Unit, ...]) -> Phrase:
        weights = tuple(self.weight(u) for u in units)
        return Phrase(name=name, group=group, text=text, units=units, weights=weights, total=sum(weights))

    def weight(self, unit: Unit) -> float:
        """How much a unit counts: the rarer among subjects, the more."""
        if unit.kind in ("outside", "not"):
            return _KINDS[unit.kind]
        if unit.kind == "ask":
            return max(_FAINT.get(h, _ASKS) for h in unit.heads)
        rare = [self._rarity.get(h, self._unseen) for h in unit.heads]
        return max(sum(rare) / len(rare), _LEAST) * _KINDS[unit.kind]

    def known(self, unit: Unit) -> bool:
        """Whether any phrasing has it."""
        return any(h in self._places for h in unit.heads)

    def heads(self, name: str) -> frozenset[str]:
        """Every head that a subject's phrasings have."""
        return frozenset(self._heads.get(name, ()))

    def rank(self, asked: Sequence[Unit], around: Sequence[Unit] = ()) -> list[Match]:
        """Subjects and themes, the best first. `asked` is to be explained; `around` less so."""
        focus = _distinct(asked)
        helping = [u for u in _distinct(around) if u.heads not in {f.heads for f in focus}]
        met: dict[int, dict[int, float]] = defaultdict(dict)
        explained: dict[int, dict[int, float]] = defaultdict(dict)
        for n, unit in enumerate((*focus, *helping)):
            for head in unit.heads:
                for i, j in self._places.get(head, ()):
                    alike = 1.0 if self._phrases[i].units[j].heads == unit.heads else _ALIKE
                    met[i][j] = max(met[i].get(j, 0.0), alike)
                    explained[i][n] = max(explained[i].get(n, 0.0), alike)
        weights = [self.weight(u) for u in focus] + [self.weight(u) * _AROUND for u in helping]
        best: dict[str, Match] = {}
        for i, units in met.items():
            match = self._match(self._phrases[i], units, explained[i], (*focus, *helping), weights)
            if match.score > best.get(match.name, _NONE).score:
                best[match.name] = match
        asked_heads = heads_of(focus) | heads_of(helping)
        fitted = [self._fitted(m, asked_heads, len(focus)) for m in best.values()]
        return sorted(fitted, key=lambda m: (-m.score, m.name))

    def _fitted(self, match: Match, heads: frozenset[str], count: int) -> Match:
        typical = self._typical[match.name]
        told = sum(min(max(log(typical.get(h, 0.02) / self._common[h]), -1.5), 2.0) for h in heads if h in self._common)
        lacking = sum(log(1 - p) for h, p in typical.items() if p > 0.45 and h not in heads)
        fit = (told + max(lacking, -2.0)) / (count + 1)
        return msgspec.structs.replace(match, score=match.score + _FIT * max(min(fit, 1.0), -1.0))

    def _match(
        self, phrase: Phrase, met: Mapping[int, float], explained: Mapping[int, float], focus: Sequence[Unit], weights: Sequence[float]
    ) -> Match:
        heads = self._heads[phrase.name]
        told = 0.0
        for n, weight in enumerate(weights):
            if n in explained:
                told += weight * explained[n]
            elif not heads.isdisjoint(focus[n].heads):
                told += weight * _ELSEWHERE
        total = sum(weights)
        covered = told / total if total else 0.0
        had = sum(phrase.weights[j] * alike for j, alike in met.items()) / phrase.total
        score = 2 * covered * had / (covered + had) if covered and had else 0.0
        return Match(name=phrase.name, score=score, phrase=phrase, covered=covered, met=had)


_NONE = Match(name="", score=0.0, phrase=Phrase("", "asked", (), (), 1.0), covered=0.0, met=0.0)


def _phrasings(knowledge: Knowledge) -> Iterable[tuple[str, Group, str]]:
    for name, subject in knowledge.subjects.items():
        groups: tuple[tuple[Group, str], ...] = (("asked", subject.asked), ("yes", subject.yes), ("no", subject.no))
        for group, block in groups:
            yield from ((name, group, text) for text in phrasings(block))
    for name, theme in knowledge.themes.items():
        yield from ((f"out:{name}", "asked", text) for text in phrasings(theme.asked))


def _specific(unit: Unit) -> frozenset[str]:
    """Without the heads that stand for a whole theme: a subject that knows one of its words does not know the others."""
    return frozenset(h for h in unit.heads if not (h.startswith("out:") and h.count(":") == 1))


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
