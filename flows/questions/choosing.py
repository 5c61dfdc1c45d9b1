"""Choosing what a reading is about: a subject of the roadmap, or nothing it says."""

from collections.abc import Mapping, Sequence

import msgspec

from flows.questions.knowledge import Knowledge, Subject
from flows.questions.matching import Match, Matcher, Weighed
from flows.questions.reading import Reading, Unit, heads_of
from flows.roadmap import Environment

# Found by trying on the tuned question sets; `docs/answers.md` has the figures.
ENOUGH = 0.57
"""The least score at which a subject answers."""
_LONG = 5
"""Units of a sentence from which its clauses are looked at one by one."""
_MOST_VIEWS = 8
_USUAL = 0.017
"""What a subject's usual words count, where its nearest phrasing is about as near as another's."""
_EXACT = 0.985
"""From here on a phrasing is the question, and usual words count a tenth."""
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


class Rival(msgspec.Struct, frozen=True):
    """Another subject that came close."""

    name: str
    score: float


class Choice(msgspec.Struct, frozen=True):
    """The best subject and the best theme for a reading. `answers`: whether the subject holds."""

    subject: Match | None
    theme: Match | None
    score: float
    answers: bool
    env: Environment | None
    units: tuple[Unit, ...]
    rivals: tuple[Rival, ...] = ()


_NOTHING = Choice(subject=None, theme=None, score=0.0, answers=False, env=None, units=())


class Chooser:
    """Chooses with the data of one roadmap."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher) -> None:
        self._knowledge = knowledge
        self._matcher = matcher

    def choose(self, reading: Reading) -> Choice:
        """The best of looking at the whole and at each sentence that asks."""
        if sum(self._matcher.weight(u) for u in reading.units) < _LEAST_SAID:
            return _NOTHING
        weighed = self._matcher.weigh(reading.units)
        views = [self._view(weighed, asked, reading.units) for asked in _views(reading)]
        if not views:
            return _NOTHING
        return max(views, key=lambda c: (c.answers, c.score))

    def _view(self, weighed: Weighed, asked: Sequence[Unit], whole: Sequence[Unit]) -> Choice:
        ranked = weighed.rank(asked)
        env = environment(whole)
        scored = [(self._held(m, asked, whole), m) for m in ranked if not m.name.startswith("out:")]
        usual = self._matcher.likelihood((m.name for _, m in scored), asked)
        scored.sort(key=lambda s: (-s[0] - (_USUAL if s[0] < _EXACT else _USUAL / 10) * usual[s[1].name], s[1].name))
        theme = next((m for m in ranked if m.name.startswith("out:")), None)
        best = scored[0] if scored else (0.0, None)
        over = theme is not None and theme.score > best[0]
        return Choice(
            subject=best[1],
            theme=theme,
            score=best[0],
            answers=best[1] is not None and best[0] >= ENOUGH and not over,
            env=env,
            units=tuple(asked),
            rivals=tuple(Rival(m.name, score) for score, m in scored[1:4]),
        )

    def _held(self, match: Match, asked: Sequence[Unit], whole: Sequence[Unit]) -> float:
        subject = self._knowledge.subjects[match.name]
        score = match.score
        told = self._matcher.heads(match.name)
        score -= _UNEXPLAINED * len({u.said for u in asked if u.kind == "outside" and told.isdisjoint(u.heads)})
        score -= sum(_UNASKED.get(h, 0.0) for h in heads_of(u for u in asked if u.kind == "ask") - told)
        if subject.env and {"test", "production"} <= heads_of(asked):
            score *= _ONE_OF_BOTH
        if _contradicts(subject, match, asked, whole):
            score *= _CONFLICT
        return max(score, 0.0)


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


def _contradicts(subject: Subject, match: Match, asked: Sequence[Unit], whole: Sequence[Unit]) -> bool:
    heads = heads_of(whole)
    phrase = heads_of(match.phrase.units)
    named = {h for h in heads if h in ("test", "production")}
    if subject.env and named and subject.env not in named:
        return True
    paths = {h for u in whole if u.kind == "path" for h in u.heads}
    if subject.path and paths and subject.path not in paths:
        return True
    steps, theirs = ({h for h in x if h.startswith(_STEPS)} for x in (heads, phrase))
    return bool(steps and theirs and not steps & theirs)


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
