"""The public door: a question, what it follows and where the firm is; an answer, or why there is none."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

from flows.guard import looks_like
from flows.questions.answer import Answer, Context
from flows.questions.choosing import ENOUGH, Choice, Chooser
from flows.questions.composing import Composer, Seen
from flows.questions.following import counted, follows, loosely_parted, merged, only, parted
from flows.questions.learning import Learned
from flows.questions.likeness import Likeness
from flows.questions.matching import Matcher
from flows.questions.reading import MOST_KEPT, Reader
from flows.questions.units import Reading, Unit
from flows.roadmap import Pack
from flows.walk import Walk

NOTHING = Context()
SURE = 0.8
"""The score from which a part makes sense without the rest."""
AS_GOOD = 0.75
"""The score from which a question read with the one before it makes sense."""
NEARLY = 0.25
"""How much less sense it may make than read alone."""
MOST_PARTS = 3
SHORT_OF_WORDS = 40
"""Words of a question of which many are kept."""
MOST_GUARDED = 20_000
"""Characters in which personal data is looked for; a longer question is cut there before anything is read."""


class Asker:
    """Answers questions about one roadmap. Made once; asking changes nothing in it."""

    def __init__(self, learned: Learned, pack: Pack) -> None:
        self._knowledge = learned.knowledge
        self.reader = Reader(learned.words)
        self._matcher = Matcher(learned.phrasings)
        self.chooser = Chooser(learned.knowledge, self._matcher, Likeness(learned.bags))
        self._alone = lru_cache(maxsize=MOST_KEPT)(self.chooser.choose)
        self._composer = Composer(learned.knowledge, pack)

    @property
    def statements(self) -> Collection[str]:
        """The ids of all that can be cited."""
        return self._knowledge.statements.keys()

    def ask(
        self,
        question: str,
        context: Context = NOTHING,
        *,
        today: date | None = None,
        walk: Walk | None = None,
        moved: Collection[str] = (),
        concerned: bool = True,
    ) -> Answer:
        """What the roadmap says. `today` tells which dates have passed; `walk` is where the asker's firm is.

        `moved`: the milestones that are on another day by now than the roadmap says. `concerned`: whether the firm may
        have the duty that they are about.
        """
        question = question[:MOST_GUARDED]
        found = looks_like(question)
        if found:
            return self._composer.refused(found)
        choices = self.choices(self.reader.read(question), context)
        return self._composer.answer(question, choices, Seen(today, walk, frozenset(moved), concerned))

    def choices(self, reading: Reading, context: Context = NOTHING) -> Sequence[Choice]:
        """What a question is about: one choice, or one for each question in it."""
        whole = self._choose(reading, context)
        by_step = self._by_step(reading, whole)
        if by_step:
            return by_step
        for parts, least in ((parted(reading), ENOUGH), (loosely_parted(reading), SURE)):
            if not 1 < len(parts) <= MOST_PARTS or not _stands_alone(parts[0]):
                continue
            chosen = self._each(parts, context, least)
            if len(chosen) == len(parts) and _differ(chosen):
                return chosen
        return [whole]

    def _by_step(self, reading: Reading, whole: Choice) -> list[Choice]:
        """Where several steps are named and one of them was chosen: each of them."""
        steps = sorted({u.said: u for u in reading.units if u.heads == {u.said} and u.kind == "step"}.items())
        named = {said.removeprefix("step.") for said, _ in steps}
        if len(named) < 2 or not whole.subject or self._knowledge.subjects[whole.subject.name].step not in named:
            return []
        rest = [u for u in reading.units if u.kind != "step"]
        chosen = [self.chooser.choose(only(reading, [*rest, step])) for _, step in steps]
        return chosen if all(c.answers for c in chosen) and _differ(chosen) else []

    def _each(self, parts: Sequence[Reading], context: Context, least: float) -> list[Choice]:
        """What each part is about, up to one that makes too little sense; a later one may lean on those before."""
        chosen: list[Choice] = []
        earlier: tuple[Unit, ...] = ()
        for part in parts:
            choice = self._choose(part, context)
            if earlier:
                leaning = self.chooser.choose(merged(part, earlier, self._alternatives))
                if leaning.answers and leaning.score > choice.score - (0.0 if _has_topic(part) else 0.5):
                    choice = leaning
            if not choice.answers or choice.score < least:
                break
            chosen.append(choice)
            earlier = choice.units or earlier
        return chosen

    def _choose(self, reading: Reading, context: Context) -> Choice:
        alone = (self._alone if len(reading.stems) <= SHORT_OF_WORDS else self.chooser.choose)(reading)
        if context == NOTHING:
            return alone
        leaning = follows(reading) or _asks_where_we_are(reading)
        if not leaning and _topics(reading) > 1 and alone.answers and alone.score >= SURE:
            return alone
        if leaning and not (alone.answers and _topics(reading)):
            return self._together(reading, context)
        least = max(alone.score - NEARLY, AS_GOOD) if alone.answers and not leaning else ENOUGH
        together = self._together(reading, context, least)
        return together if together.answers and together.score >= least else alone

    def _together(self, reading: Reading, context: Context, least: float = 0.0) -> Choice:
        """With the question before; where that leads nowhere, from the step of the card. `least`: what is of use."""
        before = self.reader.read(context.previous_question).units if context.previous_question else ()
        both = merged(reading, before, self._alternatives)
        together = self.chooser.answering(both, least) if least else self.chooser.choose(both)
        stepwise = counted(reading, context.current_step)
        if stepwise is None or (before and together.answers and together.score >= AS_GOOD):
            return together
        return self.chooser.choose(stepwise)

    @property
    def _alternatives(self) -> Sequence[Sequence[str]]:
        return self._knowledge.vocabulary.alternatives


def _differ(choices: Sequence[Choice]) -> bool:
    return len({(c.subject.name if c.subject else "", c.env) for c in choices}) > 1


def _has_topic(reading: Reading) -> bool:
    return any(u.kind == "topic" for u in reading.units)


def _stands_alone(reading: Reading) -> bool:
    """Whether it names something: the "which month" of "which month and year" does not."""
    return any(u.kind in ("topic", "path", "env", "step", "date") for u in reading.units)


def _topics(reading: Reading) -> int:
    return sum(1 for u in reading.units if u.kind in ("topic", "outside", "word"))


def _asks_where_we_are(reading: Reading) -> bool:
    return any("our_state" in u.heads for u in reading.units) and len(reading.units) < 3
