"""The public door: a question, what it follows and where the firm is; an answer, or why there is none."""

from collections.abc import Sequence
from datetime import date

from flows.guard import looks_like
from flows.questions.answer import Ambiguous, Answer, Answered, Context, Declined, Part, Refused
from flows.questions.choosing import Choice, Chooser, environment
from flows.questions.composing import Composer
from flows.questions.following import follows, merged, parted
from flows.questions.knowledge import English, Knowledge
from flows.questions.matching import Matcher
from flows.questions.reading import Reader, Reading, Unit
from flows.roadmap import Pack
from flows.walk import Walk

NOTHING = Context()


class Asker:
    """Answers questions about one roadmap. Made once; asking changes nothing in it."""

    def __init__(self, knowledge: Knowledge, english: English, pack: Pack) -> None:
        self.reader = Reader(knowledge, english)
        self.chooser = Chooser(knowledge, Matcher(knowledge, self.reader))
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
        parts = parted(reading)
        if len(parts) < 2:
            return [whole]
        chosen: list[Choice] = []
        earlier: tuple[Unit, ...] = ()
        for part in parts:
            choice = self._choose(part, context)
            if not choice.answers and earlier:
                choice = self.chooser.choose(merged(part, earlier, ""))
            chosen.append(choice)
            earlier = choice.units or earlier
        held = {c.subject.name: c for c in chosen if c.answers and c.subject}
        envs = {c.env for c in chosen if c.answers}
        if all(c.answers for c in chosen) and (len(held) > 1 or len(envs) > 1):
            return chosen
        return [whole if whole.answers or not held else next(iter(held.values()))]

    def _choose(self, reading: Reading, context: Context) -> Choice:
        alone = self.chooser.choose(reading)
        if not context.previous_question and not context.current_step:
            return alone
        if not follows(reading) and alone.answers:
            return alone
        before = self.reader.read(context.previous_question).units if context.previous_question else ()
        together = self.chooser.choose(merged(reading, before, context.current_step))
        return together if together.answers or follows(reading) else alone


__all__ = ["Ambiguous", "Answer", "Answered", "Asker", "Context", "Declined", "Part", "Refused", "environment"]
