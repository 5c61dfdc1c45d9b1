"""What each subject's nearest phrasing leaves it of a reading, worked out only for those that may still win."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from flows.questions.knowledge import Knowledge, Subject
from flows.questions.matching import Matcher
from flows.questions.units import Reading, Unit, heads_of
from flows.questions.weighing import Match, View

_LONG = 5
"""Units of a sentence from which its clauses are looked at one by one."""
_MOST_VIEWS = 8
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
_STEPS = ("step.", "after.", "before.")


class Held(msgspec.Struct, frozen=True):
    """What is left of the score of a subject's nearest phrasing, looking at some of the units."""

    view: View

    score: float
    match: Match
    asked: tuple[Unit, ...]


class _Named(msgspec.Struct, frozen=True):
    """What some units name, sorted once for all subjects that are laid beside it."""

    asks: frozenset[str]
    """What is asked that takes something off a subject of which nobody asks it."""
    outside: frozenset[tuple[str, frozenset[str]]]
    envs: frozenset[str]
    paths: frozenset[str]
    steps: frozenset[str]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> "_Named":
        heads = heads_of(units)
        return cls(
            asks=heads_of(u for u in units if u.kind == "ask") & _UNASKED.keys(),
            outside=frozenset((u.said, u.heads) for u in units if u.kind == "outside"),
            envs=heads & {"test", "production"},
            paths=heads_of(u for u in units if u.kind == "path"),
            steps=_steps(heads),
        )


class Contest:
    """All subjects and themes beside one reading: seen as a whole, and as each sentence that asks."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher, reading: Reading) -> None:
        self._subjects = knowledge.subjects
        self._matcher = matcher
        self._weighed = matcher.weigh(reading.units)
        self._whole = _Named.of(reading.units)
        seen = views(reading)
        named = [self._whole, *map(_Named.of, seen[1:])]
        self._views = [(asked, View(self._weighed, asked), each) for asked, each in zip(seen, named, strict=False)]
        self._held: dict[str, Held | None] = {}

    def reaching(self, least: float) -> Collection[str]:
        """The subjects to which so much may be left, none of them forgotten."""
        names = frozenset().union(*[view.names(least) for _, view, _ in self._views])
        return [name for name in names if name in self._subjects and self.may_reach(name, least)]

    def may_reach(self, name: str, least: float) -> bool:
        """Whether so much may be left to a subject: at a glance, and then looked at more closely."""
        if least <= 0.0 or name not in self._weighed.names:
            return least <= 0.0
        for _, view, named in self._views:
            for most in (view.at_a_glance, view.at_most):
                if self._left(name, most(name), named) < least:
                    break
            else:
                return True
        return False

    def held(self, name: str) -> Held | None:
        """What is left to a subject where it comes off best, in the first view of several as good; None of nothing."""
        if name not in self._held:
            self._held[name] = self._look(name) if name in self._weighed.names else None
        return self._held[name]

    def score(self, name: str) -> float:
        """The same as a number."""
        held = self.held(name)
        return held.score if held else 0.0

    def theme(self) -> Match | None:
        """The theme whose nearest phrasing is the nearest; the first view and the first name of several as near."""
        best: Match | None = None
        themes = [name for name in self._weighed.names if name.startswith("out:")]
        for _, view, _ in self._views:
            here: Match | None = None
            for most, name in sorted([(view.at_a_glance(name), name) for name in themes], reverse=True):
                enough = max(best.score if best else 0.0, here.score if here else 0.0)
                if most < enough:
                    break
                match = view.match(name) if view.at_most(name) >= enough else None
                if match and (here is None or (-match.score, name) < (-here.score, here.name)):
                    here = match
            best = here if here and (best is None or here.score > best.score) else best
        return best

    def _look(self, name: str) -> Held | None:
        best: Held | None = None
        for asked, view, named in self._views:
            match = view.match(name)
            if match is None:
                continue
            score = self._left(name, match.score, named)
            if self._is_other_step(match):
                score *= _CONFLICT
            if best is None or score > best.score:
                best = Held(view, score, match, asked)
        return best

    def _left(self, name: str, score: float, asked: _Named) -> float:
        """What is left to a subject of the score of any of its phrasings, as far as that is the same for all."""
        if asked.asks:
            score -= sum([_UNASKED[h] for h in asked.asks - self._matcher.heads(name)])
        if asked.outside:
            told = self._matcher.heads(name)
            score -= _UNEXPLAINED * len({said for said, heads in asked.outside if told.isdisjoint(heads)})
        if self._whole.envs or self._whole.paths:
            subject = self._subjects[name]
            if subject.env and len(asked.envs) == 2:
                score *= _ONE_OF_BOTH
            if _contradicts(subject, self._whole):
                score *= _CONFLICT
        return max(score, 0.0)

    def _is_other_step(self, match: Match) -> bool:
        """Where nothing else contradicts: it would count once."""
        if not self._whole.steps or _contradicts(self._subjects[match.name], self._whole):
            return False
        theirs = _steps(heads_of(match.phrase.units))
        return bool(theirs and not self._whole.steps & theirs)


def _contradicts(subject: Subject, whole: _Named) -> bool:
    if subject.env and whole.envs and subject.env not in whole.envs:
        return True
    return bool(subject.path and whole.paths and subject.path not in whole.paths)


def _steps(heads: Collection[str]) -> frozenset[str]:
    return frozenset(h for h in heads if h.startswith(_STEPS))


def views(reading: Reading) -> list[tuple[Unit, ...]]:
    """The whole, each sentence that asks, and in a long one each clause that begins with a word that asks."""
    whole = reading.units
    if not whole:
        return []
    found = [whole]
    numbers = sorted({u.sentence for u in whole})
    asking = [n for n in numbers if reading.asks[n]] or numbers
    if len(numbers) > 1:
        found += [reading.of(n) for n in asking]
    for number in asking:
        sentence = reading.of(number)
        if len(sentence) > _LONG:
            firm = [c for c in reading.firm_breaks if any(u.clause == c for u in sentence)]
            found += [tuple(u for u in sentence if u.clause >= c) for c in firm]
    return found[:_MOST_VIEWS]
