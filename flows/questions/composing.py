"""Putting an answer into words: the direct line, the quotes, links with their environment, and past dates by policy."""

from collections.abc import Sequence
from datetime import date

from flows.questions.answer import Answer, Answered, Citation, Declined, Part, Refused, Said
from flows.questions.choosing import Choice
from flows.questions.knowledge import Knowledge, Subject
from flows.roadmap import Environment, Link, Pack
from flows.walk import Walk

MOST_CITED = 3
NOT_SAID = "The roadmap does not say."
_POLAR = frozenset({"optional", "same", "separate", "must", "may", "not", "all", "already"})


class Composer:
    """Writes answers with the pack's links, contacts and wording."""

    def __init__(self, knowledge: Knowledge, pack: Pack) -> None:
        self._knowledge = knowledge
        self._pack = pack
        self._passed = {m.id: (date.fromisoformat(m.date), m.past) for m in pack.milestones}

    def answer(self, question: str, choices: Sequence[Choice], today: date | None, walk: Walk | None) -> Answer:
        """One part for each choice that holds; declined where none does."""
        held = [c for c in choices if c.answers]
        if not held:
            return self._declined(question, choices[0])
        parts: list[Part] = []
        for choice in held:
            parts += self._parts(choice, today)
        return Answered(
            parts=tuple(parts),
            confidence=round(min(c.score for c in held), 2),
            edition=self._pack.edition_title,
        )

    def refused(self, found: str) -> Refused:
        """The refusal for what looks like personal data."""
        return Refused(
            reason=f"That looks like {found}. Nothing was stored or looked up. Ask again without it, in words."
        )

    def _parts(self, choice: Choice, today: date | None) -> list[Part]:
        assert choice.subject is not None  # noqa: S101
        subject = self._knowledge.subjects[choice.subject.name]
        said = _said(choice)
        if isinstance(subject.cite, tuple) or choice.env:
            return [self._part(choice.subject.name, subject, choice.env, said, today)]
        return [self._part(choice.subject.name, subject, env, said, today) for env in subject.cite]

    def _part(self, name: str, subject: Subject, env: Environment | None, said: Said, today: date | None) -> Part:
        citations = tuple(self.citation(s) for s in subject.cited(env)[:MOST_CITED])
        return Part(
            subject=name,
            direct=self._direct(subject, env, said, today),
            said=said,
            citations=citations,
            links=self._links(subject, citations),
            contact=self._pack.contacts.get(subject.contact),
        )

    def _direct(self, subject: Subject, env: Environment | None, said: Said, today: date | None) -> str:
        own = {"yes": subject.say_yes, "no": subject.say_no}.get(said, "")
        line = own or subject.says(env)
        if said:
            line = f"{said.capitalize()}. {line}"
        for milestone in subject.dates:
            day, past = self._passed[milestone]
            if today is None or day < today:
                line = f"{line} {past}"
        return line.strip()

    def _links(self, subject: Subject, citations: Sequence[Citation]) -> tuple[Link, ...]:
        ids = list(subject.links)
        for citation in citations:
            ids += self._knowledge.statements[citation.id].links
        return tuple(self._pack.links[i] for i in dict.fromkeys(ids))

    def citation(self, statement_id: str) -> Citation:
        """A statement as it is cited."""
        statement = self._knowledge.statements[statement_id]
        return Citation(id=statement_id, step=statement.step, quote=statement.text, lines=statement.lines)

    def _declined(self, question: str, choice: Choice) -> Declined:
        name = choice.theme.name.removeprefix("out:") if choice.theme else ""
        theme = self._knowledge.themes.get(name)
        return Declined(
            theme=name,
            reason=theme.say if theme else NOT_SAID,
            nearest=self.citation(theme.near) if theme and theme.near else None,
            contact=self._pack.contacts["helpdesk"],
            draft=f"Hello,\n\nwe are {{firm}}. The Small Firm Roadmap does not tell us: {question[:300]}\n\nThank you",
            confidence=round(1 - choice.score, 2),
            edition=self._pack.edition_title,
        )


def _said(choice: Choice) -> Said:
    """Yes or no, where the nearest phrasing has one and the question does not turn it round."""
    assert choice.subject is not None  # noqa: S101
    phrase = choice.subject.phrase
    if phrase.group == "asked":
        return ""
    asked = {h for u in choice.units for h in u.heads} & _POLAR - {"must", "may"}
    theirs = {h for u in phrase.units for h in u.heads} & _POLAR - {"must", "may"}
    if asked != theirs:
        return ""
    return "yes" if phrase.group == "yes" else "no"
