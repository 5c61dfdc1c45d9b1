"""Choosing what a reading is about: a subject of the roadmap, or nothing it says."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import exp

import msgspec

from flows.questions.following import only
from flows.questions.knowledge import Knowledge, Subject
from flows.questions.likeness import Alike, Likeness
from flows.questions.matching import Match, Matcher
from flows.questions.reading import Reading, Unit, heads_of
from flows.roadmap import Environment

# Found by trying on the tuned question sets; `docs/answers.md` has the figures.
ENOUGH = 0.67
"""How sure it must be that a subject answers."""
_PHRASED = 3.0
"""What the nearest phrasing counts beside the likeness, in choosing among subjects."""
_EXACT = 0.985
"""From here on a phrasing is the question, which settles it."""
_ELSEWHERE = -1.0
"""Unless the likeness to a theme is far greater, for each part of the question."""
_CLEAR, _UNCLEAR = 1.0, 0.3
"""How much more must speak for a subject than for the next to be clear; and what is taken off for all that it lacks."""
_EITHER = 0.4
"""How little more may speak for a subject than for the next before both are offered."""
_EACH, _ALL_TOLD, _HELD, _OVER, _BEFORE = 0.9, 0.26, 2.9, 0.65, -3.0
"""What makes sure: being likelier than every theme, for each part of the question and all told; a near phrasing, and
one nearer than a theme's. The last is what they have to overcome."""
_MOST_ASKING = 2
"""Sentences of a story that are looked at by themselves, the last ones."""
_LONG = 5
"""Units of a sentence from which its clauses are looked at one by one."""
_MOST_VIEWS = 8
_LEAST_SAID = 0.3
"""A question must have words that mean something here."""
_UNEXPLAINED = 0.22
"""What each word that is known to be about something else takes off a subject that does not know it."""
_UNASKED: Mapping[str, float] = {
    "how_long": 0.3,
    "how_many": 0.25,
    "how_often": 0.3,
    "why": 0.15,
    "meaning": 0.12,
    "who": 0.12,
    "when": 0.12,
    "where": 0.06,
    "link": 0.06,
    "example": 0.1,
}
"""What is asked takes off a subject of which nobody asks that."""
_ONE_OF_BOTH = 0.85
"""What is left where both environments are named and a subject is about one."""
_CONFLICT = 0.55
"""What is left of a score where environment, path or step contradict."""


class Choice(msgspec.Struct, frozen=True):
    """The best subject and the best theme for a reading. `answers`: whether the subject holds."""

    subject: Match | None
    theme: Match | None
    score: float
    answers: bool
    env: Environment | None
    units: tuple[Unit, ...]
    either: str = ""
    """Another subject that may as well be meant."""


_NOTHING = Choice(subject=None, theme=None, score=0.0, answers=False, env=None, units=())


class _View(msgspec.Struct, frozen=True):
    """What a subject's nearest phrasing is, looking at some of the units, and what is left of its score."""

    held: float
    match: Match
    asked: tuple[Unit, ...]


class Chooser:
    """Chooses with the data of one roadmap: the nearest phrasing and the likeness to examples together."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher, likeness: Likeness) -> None:
        self._knowledge = knowledge
        self._matcher = matcher
        self._likeness = likeness
        self.choose = lru_cache(maxsize=64)(self._choose)
        """Kept for a while: what a question is about alone is asked once more beside the question it may follow."""

    def _choose(self, reading: Reading) -> Choice:
        """The subject for which most speaks, with how sure that is."""
        if sum(self._matcher.weight(u) for u in reading.units) < _LEAST_SAID:
            return _NOTHING
        views, theme = self._views(reading)
        alike = self._likeness.weigh(reading)
        held = {name: view.held for name, view in views.items()}
        spoken = {name: alike.behind(name) + _PHRASED * held.get(name, 0.0) for name in _candidates(alike, held)}
        best, *others = sorted(spoken, key=lambda name: (-spoken[name], name))
        lead = spoken[best] - spoken[others[0]] if others else _CLEAR
        told = [alike, *self._question(reading)]
        against = theme.score if theme else 0.0
        score = max(chance(each, best, held.get(best, 0.0), against) for each in told)
        score -= _UNCLEAR * max(0.0, _CLEAR - lead)
        view = views.get(best) or _View(0.0, self._matcher.unphrased(best), reading.units)
        return Choice(
            subject=view.match,
            theme=theme or self._matcher.unphrased(alike.theme),
            score=max(score, 0.0),
            answers=score >= ENOUGH,
            env=environment(reading.units),
            units=view.asked,
            either=others[0] if lead < _EITHER else "",
        )

    def _question(self, reading: Reading) -> list[Alike]:
        """Of a story: what the sentences that ask are like, the last where none does."""
        told = sorted({u.sentence for u in reading.units})
        asking = [n for n in told if reading.asks[n]] or told[-1:]
        if len(told) < 2:
            return []
        return [self._likeness.weigh(only(reading, reading.of(n))) for n in asking[-_MOST_ASKING:]]

    def _views(self, reading: Reading) -> tuple[dict[str, _View], Match | None]:
        """Each subject's best, looking at the whole and at each sentence that asks; and the best theme."""
        weighed = self._matcher.weigh(reading.units)
        best: dict[str, _View] = {}
        theme: Match | None = None
        whole = _Named.of(reading.units)
        for asked in _views(reading):
            here = _Named.of(asked)
            for match in weighed.rank(asked):
                if match.name.startswith("out:"):
                    theme = match if theme is None or match.score > theme.score else theme
                    continue
                held = self._held(match, here, whole)
                if match.name not in best or held > best[match.name].held:
                    best[match.name] = _View(held, match, asked)
        return best, theme

    def _held(self, match: Match, asked: "_Named", whole: "_Named") -> float:
        subject = self._knowledge.subjects[match.name]
        score = match.score
        told = self._matcher.heads(match.name)
        score -= _UNEXPLAINED * len({said for said, heads in asked.outside if told.isdisjoint(heads)})
        score -= sum(_UNASKED.get(h, 0.0) for h in asked.asks - told)
        if subject.env and len(asked.envs) == 2:
            score *= _ONE_OF_BOTH
        if _contradicts(subject, match, whole):
            score *= _CONFLICT
        return max(score, 0.0)


class _Named(msgspec.Struct, frozen=True):
    """What some units name, sorted once for all subjects that are laid beside it."""

    asks: frozenset[str]
    outside: tuple[tuple[str, frozenset[str]], ...]
    envs: frozenset[str]
    paths: frozenset[str]
    steps: frozenset[str]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> "_Named":
        heads = heads_of(units)
        return cls(
            asks=heads_of(u for u in units if u.kind == "ask"),
            outside=tuple((u.said, u.heads) for u in units if u.kind == "outside"),
            envs=heads & {"test", "production"},
            paths=heads_of(u for u in units if u.kind == "path"),
            steps=_steps(heads),
        )


def _candidates(alike: Alike, held: Mapping[str, float]) -> Collection[str]:
    """All subjects; where a phrasing is the question, only those that have it."""
    most = max(held.values(), default=0.0)
    return [name for name, score in held.items() if score == most] if most >= _EXACT else alike.subjects


def chance(alike: Alike, name: str, held: float, against: float) -> float:
    """How sure it is that a subject answers, 0 to 1. `held` is its nearest phrasing's score, `against` a theme's."""
    each, all_told = alike.inside(name)
    if held > against and held >= _EXACT and each > _ELSEWHERE:
        return held
    if against > held and against >= _EXACT:
        return 0.0
    return 1 / (1 + exp(-(_EACH * each + _ALL_TOLD * all_told + _HELD * held + _OVER * (held - against) + _BEFORE)))


_STEPS = ("step.", "after.", "before.")


def environment(units: Sequence[Unit]) -> Environment | None:
    """The environment that is named, or that a step implies; None where there is none or both are."""
    heads = heads_of(u for u in units if u.kind == "env")
    if len(heads) == 1:
        return "test" if "test" in heads else "production"
    steps = heads_of(u for u in units if u.kind == "step")
    if not heads and steps:
        return "production" if steps == {"step.6"} else "test" if steps <= {"step.3", "step.5"} else None
    return _by_event(heads_of(units)) if not heads else None


def _by_event(heads: frozenset[str]) -> Environment | None:
    """Registration opens test, certification production: a question that starts from one of them is about it."""
    certified, registered = "when_certified" in heads, "when_registered" in heads
    if certified == registered:
        return None
    return "production" if certified else "test"


def _contradicts(subject: Subject, match: Match, whole: _Named) -> bool:
    if subject.env and whole.envs and subject.env not in whole.envs:
        return True
    if subject.path and whole.paths and subject.path not in whole.paths:
        return True
    theirs = _steps(heads_of(match.phrase.units)) if whole.steps else frozenset()
    return bool(theirs and not whole.steps & theirs)


def _steps(heads: Collection[str]) -> frozenset[str]:
    return frozenset(h for h in heads if h.startswith(_STEPS))


def _views(reading: Reading) -> list[tuple[Unit, ...]]:
    """The whole, each sentence that asks, and in a long one each clause that begins with a word that asks."""
    whole = reading.units
    if not whole:
        return []
    views = [whole]
    numbers = sorted({u.sentence for u in whole})
    asking = [n for n in numbers if reading.asks[n]] or numbers
    if len(numbers) > 1:
        views += [reading.of(n) for n in asking]
    for number in asking:
        sentence = reading.of(number)
        if len(sentence) > _LONG:
            firm = [c for c in reading.firm_breaks if any(u.clause == c for u in sentence)]
            views += [tuple(u for u in sentence if u.clause >= c) for c in firm]
    return views[:_MOST_VIEWS]
