"""The public door: a question, what it follows and where the firm is; an answer, or why there is none."""

from collections.abc import Sequence
from datetime import date

from flows.guard import looks_like
from flows.questions.answer import Ambiguous, Answer, Answered, Context, Declined, Part, Refused
from flows.questions.choosing import ENOUGH, Choice, Chooser, environment
from flows.questions.composing import Composer
from flows.questions.following import follows, loosely_parted, merged, only, parted
from flows.questions.knowledge import English, Knowledge
from flows.questions.matching import Matcher
from flows.questions.reading import Reader, Reading, Unit
from flows.roadmap import Pack
from flows.walk import Walk

NOTHING = Context()
SURE = 0.8
"""The score from which a part makes sense without the rest."""
MOST_PARTS = 3


class Asker:
    """Answers questions about one roadmap. Made once; asking changes nothing in it."""

    def __init__(self, knowledge: Knowledge, english: English, pack: Pack) -> None:
        self.reader = Reader(knowledge, english)
        self.chooser = Chooser(knowledge, Matcher(knowledge, self.reader))
        self._subjects = knowledge.subjects
        self._alternatives = knowledge.vocabulary.alternatives
        self._composer = Composer(knowledge, pack)

    def ask(
        self, question: str, context: Context = NOTHING, *, today: date | None = None, walk: Walk | None = None
    ) -> Answer:
        """What the roadmap says. `today` tells which dates have passed; `walk` is where the asker's firm is."""
        found = looks_like(question)
        if found:
            return self._composer.refused(found)
        reading = self.reader.read(question)
        choices = self._choices(reading, context)
        return self._composer.answer(question, choices, today, walk)

    def _choices(self, reading: Reading, context: Context) -> Sequence[Choice]:
        whole = self._choose(reading, context)
        by_step = self._by_step(reading, whole)
        if by_step:
            return by_step
        for parts, least in ((parted(reading), ENOUGH), (loosely_parted(reading), SURE)):
            if 1 < len(parts) <= MOST_PARTS:
                if least < SURE and not all(any(u.kind == "ask" for u in part.units) for part in parts):
                    continue
                chosen = self._each(parts, context)
                if all(c.answers and c.score >= least for c in chosen) and _differ(chosen):
                    return chosen
        return [whole]

    def _by_step(self, reading: Reading, whole: Choice) -> list[Choice]:
        """Where several steps are named and one of them was chosen: each of them."""
        steps = sorted({u for u in reading.units if u.said.startswith("step.") and u.heads == {u.said}}, key=lambda u: u.said)
        named = {u.said.removeprefix("step.") for u in steps}
        if len(named) < 2 or not whole.subject or self._subjects[whole.subject.name].step not in named:
            return []
        rest = [u for u in reading.units if u.kind != "step"]
        chosen = [self.chooser.choose(only(reading, [*rest, step])) for step in steps]
        return chosen if all(c.answers for c in chosen) and _differ(chosen) else []

    def _each(self, parts: Sequence[Reading], context: Context) -> list[Choice]:
        """What each part is about; a later one may lean on those before."""
        chosen: list[Choice] = []
        earlier: tuple[Unit, ...] = ()
        for part in parts:
            choice = self._choose(part, context)
            if earlier:
                leaning = self.chooser.choose(merged(part, earlier, "", self._alternatives))
                if leaning.answers and leaning.score > choice.score - (0.0 if _has_topic(part) else 0.5):
                    choice = leaning
            chosen.append(choice)
            earlier = choice.units or earlier
        return chosen

    def _choose(self, reading: Reading, context: Context) -> Choice:
        alone = self.chooser.choose(reading)
        if not context.previous_question and not context.current_step:
            return alone
        leaning = follows(reading) or _asks_where_we_are(reading)
        if not leaning and alone.answers and alone.score >= SURE:
            return alone
        before = self.reader.read(context.previous_question).units if context.previous_question else ()
        together = self.chooser.choose(merged(reading, before, context.current_step, self._alternatives))
        if leaning or together.score >= alone.score:
            return together if together.answers or not alone.answers else alone
        return alone


def _differ(choices: Sequence[Choice]) -> bool:
    return len({(c.subject.name if c.subject else "", c.env) for c in choices}) > 1


def _asks_where_we_are(reading: Reading) -> bool:
    return any("our_state" in u.heads for u in reading.units) and len(reading.units) < 3


def _has_topic(reading: Reading) -> bool:
    return any(u.kind == "topic" for u in reading.units)


__all__ = ["Ambiguous", "Answer", "Answered", "Asker", "Context", "Declined", "Part", "Refused", "environment"]
