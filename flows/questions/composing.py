"""Putting an answer together: the direct line, the quotes, links with their environment, past dates by the policy."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from flows.moved_dates import SHOWN_FOR_REFERENCE
from flows.questions.answer import Ambiguous, Answer, Answered, Citation, Declined, Part, Refused, Said
from flows.questions.choosing import Choice
from flows.questions.knowledge import Knowledge, Subject
from flows.questions.units import heads_of
from flows.roadmap import Environment, Link, Pack
from flows.walk import FINISHED, Walk

MOST_CITED = 4
MOST_DRAFTED = 300
"""Characters of a question that a drafted message repeats."""
NOT_SAID = "The roadmap does not say."
NOT_SURE = "I am not sure whether the roadmap answers this."
_POLAR = frozenset({"optional", "same", "separate", "not", "all", "only", "before"})
"""Words that turn a yes into a no: said by one side only, neither is said."""
_JUDGES = re.compile(r"\b(?:overdue|past[ -]?due|(?:too )?late|behind|missed|expired|lapsed)\b", re.IGNORECASE)
"""Words of a question about a date that a yes would repeat."""
_NEAR, _PLAINLY = 0.6, 0.05
"""How near a phrasing must be, and how much nearer than one with the other answer, to say yes or no as it does."""
_MAYBE, _PLAINLY_OUTSIDE = 0.45, 0.8
"""How sure a subject must be, and how near no theme's phrasing may be, for the passage to be worth a look."""


class Seen(msgspec.Struct, frozen=True):
    """What an answer is written in view of: the day it is, where the asker's firm is, which milestones were moved."""

    today: date | None = None
    walk: Walk | None = None
    moved: frozenset[str] = frozenset()
    concerned: bool = True
    """Whether the asker's firm may have the duty that the dates are about."""

    def have_moved(self, subject: Subject) -> bool:
        """Whether a date that the subject's line names is another by now."""
        return not self.moved.isdisjoint(subject.dates)


class Composer:
    """Writes answers with the pack's links, contacts and wording."""

    def __init__(self, knowledge: Knowledge, pack: Pack) -> None:
        self._knowledge = knowledge
        self._pack = pack

    def answer(self, question: str, choices: Sequence[Choice], seen: Seen) -> Answer:
        """One part for each choice that holds; declined where none does."""
        held = [c for c in choices if c.answers]
        if not held:
            return self._declined(question, choices[0])
        confidence = round(min(c.score for c in held), 2)
        parts = [part for choice in held for part in self._parts(question, choice, seen)]
        if len(held) == 1 and len(parts) > 1:
            return Ambiguous(readings=tuple(parts), confidence=confidence, edition=self._pack.edition_title)
        return Answered(parts=tuple(parts), confidence=confidence, edition=self._pack.edition_title)

    def refused(self, found: str) -> Refused:
        """The refusal of what looks like personal data."""
        return Refused(
            reason=f"That looks like {found}, so it was not read, and nothing was stored. Ask again without it."
        )

    def citation(self, statement_id: str) -> Citation:
        """A statement as it is cited."""
        statement = self._knowledge.statements[statement_id]
        return Citation(id=statement_id, step=statement.step, quote=statement.text, lines=statement.lines)

    def _parts(self, question: str, choice: Choice, seen: Seen) -> list[Part]:
        """One, or the readings: one for each environment where the question names neither, or the next best."""
        name = choice.subject.name if choice.subject else ""
        subject = self._knowledge.subjects[name]
        # Whether it is too late is for nobody here to say: the line says what the date was. Nor does a yes hold to a
        # date that is another by now.
        judges = bool(subject.dates and _JUDGES.search(question))
        said = "" if judges or seen.have_moved(subject) else _said(choice)
        envs: Sequence[Environment | None] = [choice.env]
        if not isinstance(subject.cite, tuple) and choice.env not in subject.cite:
            envs = tuple(subject.cite)
        parts = [self._part(name, env, said, seen) for env in envs]
        if subject.also and heads_of(choice.units).isdisjoint(subject.unless):
            parts.append(self._part(subject.also, None, "", seen))
        elif choice.either and not subject.also and len(parts) == 1:
            other = self._part(choice.either, choice.env, "", seen)
            parts += [other] if other.citations[0] != parts[0].citations[0] else []
        return parts

    def _part(self, name: str, env: Environment | None, said: Said, seen: Seen) -> Part:
        subject = self._knowledge.subjects[name]
        citations = tuple(self.citation(s) for s in subject.cited(env)[:MOST_CITED])
        return Part(
            subject=name,
            direct=self._direct(subject, env, said, seen),
            said=said,
            citations=citations,
            links=self._links(subject, citations),
            contact=self._pack.contacts.get(subject.contact),
            environment=env if not isinstance(subject.cite, tuple) else None,
            firm=firm_line(subject, citations, seen.walk),
        )

    def _direct(self, subject: Subject, env: Environment | None, said: Said, seen: Seen) -> str:
        own = {"yes": subject.say_yes, "no": subject.say_no}.get(said, "")
        line = own or subject.says(env)
        if said:
            line = f"{said.capitalize()}. {line}"
        if seen.have_moved(subject):
            return f"The roadmap says: {line}"
        for milestone in self._pack.milestones:
            passed = seen.today is None or date.fromisoformat(milestone.date) < seen.today
            if milestone.id in subject.dates and passed:
                past = self._knowledge.passed.get(milestone.id, milestone.past)
                past = past if seen.concerned else SHOWN_FOR_REFERENCE
                line = past if not said and line.rstrip(".") in past else f"{line} {past}"
        return line.strip()

    def _links(self, subject: Subject, citations: Sequence[Citation]) -> tuple[Link, ...]:
        ids = list(subject.links)
        for citation in citations:
            ids += self._knowledge.statements[citation.id].links
        return tuple(self._pack.links[i] for i in dict.fromkeys(ids))

    def _declined(self, question: str, choice: Choice) -> Declined:
        perhaps = _perhaps(choice)
        name = choice.theme.name.removeprefix("out:") if choice.theme and not perhaps else ""
        theme = self._knowledge.themes.get(name)
        near = self._knowledge.subjects[perhaps].cited(choice.env)[0] if perhaps else theme.near if theme else ""
        asked = " ".join(question.split())[:MOST_DRAFTED]
        return Declined(
            theme=name,
            reason=NOT_SURE if perhaps else theme.say if theme else NOT_SAID,
            nearest=self.citation(near) if near else None,
            contact=self._pack.contacts[self._knowledge.contact],
            draft=f"Hello,\n\nwe are {{firm}}. The {self._pack.edition_title} does not answer this for us:\n\n"
            f"{asked}\n\nThank you",
            confidence=round(1 - choice.score, 2),
            edition=self._pack.edition_title,
        )


def firm_line(subject: Subject, citations: Sequence[Citation], walk: Walk | None) -> str:
    """What the firm's own position adds to an answer about what is next, or about a step; empty where nothing.

    To any other answer: that the steps it is from do not apply to the firm, so that a "yes" is not read as its duty.
    """
    if walk is None:
        return ""
    if not subject.firm:
        return _beside(sorted({c.step for c in citations if c.step}), walk)
    if subject.firm == "next":
        if walk.next:
            return f"For your firm that is step {walk.next.task.step}: {walk.next.title}"
        if walk.waiting:
            return f"Your firm is waiting, in step {walk.waiting[0].task.step}: {walk.waiting[0].title}"
        return walk.outcome.title if walk.outcome else ""
    states = {item.state for item in walk.of_step(subject.firm)}
    if states == {"not_applicable"}:
        return f"For your firm, step {subject.firm} does not apply."
    if states and states <= FINISHED:
        return f"For your firm, step {subject.firm} is done."
    if walk.next and walk.next.task.step == subject.firm:
        return f"For your firm that is what is next: {walk.next.title}"
    return ""


def _beside(steps: Sequence[str], walk: Walk) -> str:
    states = {item.state for step in steps for item in walk.of_step(step)}
    if states != {"not_applicable"}:
        return ""
    named = f"step {steps[0]} does" if len(steps) == 1 else f"steps {', '.join(steps[:-1])} and {steps[-1]} do"
    return f"For your firm, {named} not apply."


def _perhaps(choice: Choice) -> str:
    """The subject that may well be meant, though it is not sure enough to answer; empty where none is.

    Of such a question a theme would say what is not true: that the roadmap does not have it.
    """
    if choice.subject is None or choice.score < _MAYBE:
        return ""
    return "" if choice.theme and choice.theme.score >= _PLAINLY_OUTSIDE else choice.subject.name


def _said(choice: Choice) -> Said:
    """Yes or no, where that is asked, the nearest phrasing has one and the question does not turn it round."""
    if choice.subject is None or choice.openly or choice.subject.phrase.group == "asked":
        return ""
    phrase = choice.subject.phrase
    asked = {h for u in choice.units for h in u.heads} & _POLAR
    theirs = {h for u in phrase.units for h in u.heads} & _POLAR
    match = choice.subject
    if asked != theirs or match.score < _NEAR or match.score - choice.against < _PLAINLY:
        return ""
    return "yes" if phrase.group == "yes" else "no"
