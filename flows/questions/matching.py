"""Weighing a reading against every phrasing of the data: how much of each the other explains."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

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
_UNSURE, _LEAST_LIKELY = 50.0, -6.0
"""How many words as elsewhere are added to each subject's, so that few phrasings do not say too much; and a floor."""


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
    against: float = 0.0
    """How near the subject's nearest phrasing is whose answer begins with the other of yes and no."""


class Matcher:
    """Every phrasing of subjects and themes, by the heads of their units."""

    def __init__(self, phrasings: Iterable[Phrasing]) -> None:
        read = [(p.name, p.group, p.text, _distinct(p.units)) for p in phrasings]
        self._rarity = _rarity((name, units) for name, _, _, units in read)
        self._unseen = max(self._rarity.values(), default=1.0)
        self._phrases = [self._phrase(name, group, text, units) for name, group, text, units in read if units]
        self._places: dict[str, list[tuple[int, int, frozenset[str]]]] = defaultdict(list)
        self._heads: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        for i, phrase in enumerate(self._phrases):
            for j, unit in enumerate(phrase.units):
                heads = unit.heads if phrase.name.startswith("out:") else _specific(unit)
                for head in heads:
                    self._places[head].append((i, j, unit.heads))
                self._heads[phrase.name] |= heads
                self._counts[phrase.name].update(heads)
        self._totals = {name: counts.total() for name, counts in self._counts.items()}
        self._everywhere: Counter[str] = sum(self._counts.values(), Counter())

    def _phrase(self, name: str, group: Group, text: str, units: tuple[Unit, ...]) -> Phrase:
        weights = tuple(self.weight(u) for u in units)
        return Phrase(name=name, group=group, text=text, units=units, weights=weights, total=sum(weights))

    def weight(self, unit: Unit) -> float:
        """How much a unit counts: the rarer among subjects, the more."""
        if unit.kind in ("outside", "not", "faint"):
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

    def unphrased(self, name: str) -> Match:
        """A subject or theme of which no phrasing is near."""
        nothing = Phrase(name=name, group="asked", units=(), weights=(), total=0.0)
        return Match(name=name, score=0.0, phrase=nothing, covered=0.0, met=0.0)

    def weigh(self, whole: Sequence[Unit]) -> "Weighed":
        """Lay all that is said beside every phrasing; what is asked is looked at afterwards."""
        units = _distinct(whole)
        weights = [self.weight(u) for u in units]
        met: dict[int, dict[int, float]] = {}
        explained: dict[int, dict[int, float]] = {}
        for n in sorted(range(len(units)), key=lambda n: -weights[n]):
            mine, opens = units[n].heads, weights[n] > _SAYS_LITTLE
            for head in mine:
                for i, j, theirs in self._places.get(head, ()):
                    if i not in met:
                        if not opens:
                            continue
                        met[i], explained[i] = {}, {}
                    alike = 1.0 if theirs == mine else _ALIKE
                    met[i][j] = max(alike, met[i].get(j, 0.0))
                    explained[i][n] = max(alike, explained[i].get(n, 0.0))
        found = []
        for i, there in met.items():
            phrase = self._phrases[i]
            had = sum([phrase.weights[j] * alike for j, alike in there.items()]) / phrase.total
            if had > _LEAST_MET:
                found.append((phrase, had, explained[i]))
        return Weighed(units, weights, found, self._heads)


class Weighed:
    """What is said, laid beside the phrasings that have enough in common with it."""

    def __init__(
        self,
        units: Sequence[Unit],
        weights: Sequence[float],
        found: Sequence[tuple[Phrase, float, Mapping[int, float]]],
        heads: Mapping[str, set[str]],
    ) -> None:
        self._units = units
        self._weights = weights
        self._found = found
        self._elsewhere = {
            name: {n for n, u in enumerate(units) if not heads[name].isdisjoint(u.heads)}
            for name in {phrase.name for phrase, _, _ in found}
        }

    def rank(self, asked: Sequence[Unit]) -> list[Match]:
        """Subjects and themes, the best first. `asked` is to be explained; what stands around it less so."""
        wanted = {u.heads for u in asked}
        weights = self._weighted([u.heads in wanted for u in self._units])
        is_story = sum(w >= _LEAST and u.kind != "faint" for u, w in zip(self._units, weights, strict=True)) > _LONG
        said = [u.kind not in ("faint", "not") for u in asked]
        most_terse = _TERSE if sum(said) > _FEW else 1.0
        best: dict[str, Match] = {}
        groups: dict[tuple[str, Group], float] = {}
        for phrase, had, explained in self._found:
            met = had * most_terse if len(phrase.units) == 1 else had
            covered = self._covered(phrase, explained, weights, is_story)
            if not covered:
                continue
            score = 2 * covered * met / (covered + met)
            groups[phrase.name, phrase.group] = max(score, groups.get((phrase.name, phrase.group), 0.0))
            if phrase.name not in best or score > best[phrase.name].score:
                best[phrase.name] = Match(name=phrase.name, score=score, phrase=phrase, covered=covered, met=met)
        for name, match in best.items():
            other: Group = "no" if match.phrase.group == "yes" else "yes"
            best[name] = msgspec.structs.replace(match, against=groups.get((name, other), 0.0))
        return sorted(best.values(), key=lambda m: (-m.score, m.name))

    def _covered(
        self, phrase: Phrase, explained: Mapping[int, float], weights: Sequence[float], is_story: bool
    ) -> float:
        """How much of the question a phrasing explains, with a little help of its subject's others."""
        here = sum([weights[n] * alike for n, alike in explained.items()])
        elsewhere = sum([weights[n] for n in self._elsewhere[phrase.name] if n not in explained])
        told = here + min(_ELSEWHERE * elsewhere, _MOST_ELSEWHERE * here)
        return min(told / (self._spanned(explained, weights) if is_story else sum(weights) or 1.0), 1.0)

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


def _scaled(weights: Sequence[float], most: float) -> list[float]:
    """The weights, together no more than this."""
    total = sum(weights)
    return [w * most / total for w in weights] if total > most else list(weights)


def _specific(unit: Unit) -> frozenset[str]:
    """Without the heads of whole themes: a subject that knows one word of a theme does not know the others."""
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
