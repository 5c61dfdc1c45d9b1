"""Choosing what a reading is about: a subject of the roadmap, or nothing it says."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp, inf, log

import msgspec

from flows.questions.contest import Contest
from flows.questions.following import only
from flows.questions.knowledge import Knowledge
from flows.questions.likeness import Alike, Likeness
from flows.questions.matching import Matcher
from flows.questions.phrases import ROUNDING
from flows.questions.units import Reading, Unit, heads_of
from flows.questions.weighing import Match
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
_LEAST_SAID = 0.3
"""A question must have words that mean something here."""


class Choice(msgspec.Struct, frozen=True):
    """The best subject and the best theme for a reading. `answers`: whether the subject holds."""

    subject: Match | None
    theme: Match | None
    score: float
    answers: bool
    env: Environment | None
    units: tuple[Unit, ...]
    against: float = 0.0
    """Where the subject's phrasing has yes or no: how near its nearest is that has the other."""
    either: str = ""
    """Another subject that may as well be meant."""
    openly: bool = False
    """It asks when, who, what and the like: neither yes nor no answers it."""


NO_CHOICE = Choice(subject=None, theme=None, score=0.0, answers=False, env=None, units=())


class Chooser:
    """Chooses with the data of one roadmap: the nearest phrasing and the likeness to examples together."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher, likeness: Likeness) -> None:
        self._knowledge = knowledge
        self._matcher = matcher
        self._likeness = likeness
        self.choose = lru_cache(maxsize=64)(self._choose)
        """Kept for a while: what a question is about alone is asked once more beside the question it may follow."""

    def answering(self, reading: Reading, least: float) -> Choice:
        """The same where it answers with a score of so much; where it is plain that it does not, no choice."""
        return self._choose(reading, max(least, ENOUGH))

    def _choose(self, reading: Reading, least: float = 0.0) -> Choice:
        """The subject for which most speaks, with how sure that is."""
        if sum(self._matcher.weight(u) for u in reading.units) < _LEAST_SAID:
            return NO_CHOICE
        alike = self._likeness.weigh(reading)
        contest = Contest(self._knowledge, self._matcher, reading)
        if least and len(reading.asks) == 1 and _is_less(alike, contest, least):
            return NO_CHOICE
        theme = contest.theme()
        spoken = spoken_for(alike, contest)
        best, *others = sorted(spoken, key=lambda name: (-spoken[name], name))
        lead = spoken[best] - spoken[others[0]] if others else _CLEAR
        told = [alike, *self._question(reading)]
        against = theme.score if theme else 0.0
        score = max(chance(each, best, contest.score(best), against) for each in told)
        score -= _UNCLEAR * max(0.0, _CLEAR - lead)
        held = contest.held(best)
        return Choice(
            subject=held.match if held else self._matcher.unphrased(best),
            theme=theme or self._matcher.unphrased(alike.theme),
            score=max(score, 0.0),
            answers=score >= ENOUGH,
            env=environment(reading.units),
            units=held.asked if held else reading.units,
            against=held.view.against(held.match) if held else 0.0,
            either=others[0] if lead < _EITHER else "",
            openly=reading.asks_openly(),
        )

    def _question(self, reading: Reading) -> list[Alike]:
        """Of a story: what the sentences that ask are like, the last where none does."""
        told = sorted({u.sentence for u in reading.units})
        asking = [n for n in told if reading.asks[n]] or told[-1:]
        if len(told) < 2:
            return []
        return [self._likeness.weigh(only(reading, reading.of(n))) for n in asking[-_MOST_ASKING:]]


def spoken_for(alike: Alike, contest: Contest) -> Mapping[str, float]:
    """How much speaks for each subject that may be the best, or so near it that the best is not clear.

    Where a phrasing is the question, these are only the subjects that have it.
    """
    exact = {name: contest.score(name) for name in contest.reaching(_EXACT)}
    nearest = max(exact.values(), default=0.0)
    if nearest >= _EXACT:
        return {name: alike.behind(name) + _PHRASED * held for name, held in exact.items() if held == nearest}
    found: dict[str, float] = {}
    enough = -inf
    for name, behind in alike.behinds():
        if behind + _PHRASED < enough:
            break
        if not contest.may_reach(name, (enough - behind) / _PHRASED):
            continue
        found[name] = behind + _PHRASED * contest.score(name)
        enough = max(enough, found[name] - _CLEAR)
    return found


def _is_less(alike: Alike, contest: Contest, least: float) -> bool:
    """Whether it is plain that no subject is so sure: none has a phrasing as near as it would need to be."""
    if contest.reaching(_EXACT):
        return False
    for name, _ in alike.behinds():
        needed = _needed(alike.inside(name), least)
        if needed > 1.0:
            break  # nor can those after it, which are less likely
        if contest.may_reach(name, needed):
            return False
    return True


def chance(alike: Alike, name: str, held: float, against: float) -> float:
    """How sure it is that a subject answers, 0 to 1. `held` is its nearest phrasing's score, `against` a theme's."""
    each, all_told = alike.inside(name)
    if held > against and held >= _EXACT and each > _ELSEWHERE:
        return held
    if against > held and against >= _EXACT:
        return 0.0
    return _sure((each, all_told), held, against)


def _sure(lead: tuple[float, float], held: float, against: float) -> float:
    each, all_told = lead
    return 1 / (1 + exp(-(_EACH * each + _ALL_TOLD * all_told + _HELD * held + _OVER * (held - against) + _BEFORE)))


def _needed(lead: tuple[float, float], sure: float) -> float:
    """How near a phrasing has to be at least for this to be so sure, were there no theme."""
    each, all_told = lead
    return (log(sure / (1 - sure)) - _EACH * each - _ALL_TOLD * all_told - _BEFORE) / (_HELD + _OVER) - ROUNDING


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
