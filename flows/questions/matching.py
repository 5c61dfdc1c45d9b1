"""Matching a reading with the phrasings of the data: what each of its units counts, and which phrasings it may find."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import fsum, log

from flows.questions.phrases import Phrase, Phrases, Phrasing, found_by
from flows.questions.units import Kind, Unit
from flows.questions.weighing import LEAST, Match, Meaning, Weighed

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
_NO_NAMES: frozenset[str] = frozenset()


class Matcher:
    """Every phrasing of subjects and themes, to be laid beside what people say."""

    def __init__(self, phrasings: Iterable[Phrasing]) -> None:
        read = [Phrase(p.name, p.group, _distinct(p.units), p.text) for p in phrasings]
        self._rarity = _rarity(read)
        self._unseen = max(self._rarity.values(), default=1.0)
        self._phrases = Phrases((phrase for phrase in read if phrase.units), self._counted)
        self._numbered: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for (said, theme), number in self._phrases.numbers.items():
            for head in found_by(said, theme):
                self._numbered[head].append((number, said))
        self._known_to: dict[str, set[str]] = defaultdict(set)
        for name, heads in self._phrases.heads.items():
            for head in heads:
                self._known_to[head].add(name)
        self._meaning = lru_cache(maxsize=4_096)(self._meant)

    def _counted(self, unit: Unit) -> float:
        if unit.kind in ("outside", "not", "faint"):
            return _KINDS[unit.kind]
        if unit.kind == "ask":
            return max(_FAINT.get(h, _ASKS) for h in unit.heads)
        rare = [self._rarity.get(h, self._unseen) for h in unit.heads]
        return max(fsum(rare) / len(rare), LEAST) * _KINDS[unit.kind]

    def _meant(self, heads: frozenset[str], kind: Kind) -> Meaning:
        found = {number: theirs == heads for head in heads for number, theirs in self._numbered.get(head, ())}
        return Meaning(
            weight=self._counted(Unit("", heads, kind)),
            same=tuple(number for number, same in found.items() if same),
            near=tuple(number for number, same in found.items() if not same),
            finds=frozenset().union(*(self._phrases.finds.get(number, ()) for number in found)),
            known_to=frozenset().union(*(self._known_to.get(head, ()) for head in heads)),
        )

    def weight(self, unit: Unit) -> float:
        """How much a unit counts: the rarer among subjects, the more."""
        return self._meaning(unit.heads, unit.kind).weight

    def heads(self, name: str) -> frozenset[str]:
        """Every head that a subject's phrasings have."""
        return self._phrases.heads.get(name, _NO_NAMES)

    def unphrased(self, name: str) -> Match:
        """A subject or theme of which no phrasing is near."""
        nothing = Phrase(name=name, group="asked", units=())
        return Match(name=name, score=0.0, phrase=nothing, covered=0.0, met=0.0)

    def weigh(self, whole: Sequence[Unit]) -> Weighed:
        """All that is said, to be laid beside phrasings; what is asked is looked at afterwards."""
        units = _distinct(whole)
        return Weighed(self._phrases, units, [self._meaning(u.heads, u.kind) for u in units])


def _distinct(units: Iterable[Unit]) -> tuple[Unit, ...]:
    found: dict[frozenset[str], Unit] = {}
    for unit in units:
        found.setdefault(unit.heads, unit)
    return tuple(found.values())


def _rarity(phrases: Iterable[Phrase]) -> dict[str, float]:
    """From 0 to 1: how few of the subjects have this head."""
    where: dict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for phrase in phrases:
        names.add(phrase.name)
        for unit in phrase.units:
            for head in unit.heads:
                where[head].add(phrase.name)
    most = log(1 + len(names))
    return {head: log(1 + len(names) / len(found)) / most for head, found in where.items()}
