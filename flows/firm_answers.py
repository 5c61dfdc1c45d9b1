"""Deciding about a firm's own answers: given by a lead, looked at again, withdrawn; and which one fits a question."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flows import events as e
from flows import guard, reasons
from flows.events import AnyEvent
from flows.far_off import must_not_be_far_off
from flows.firms import Person, Refusal, require
from flows.position import FirmAnswer, Position
from flows.questions.words import Stemmer

if TYPE_CHECKING:
    from flows.questions.reading import Reader  # a start does not pay for what reads questions
    from flows.questions.units import Kind, Reading

LONGEST = 1500
ENOUGH_IN_COMMON = 0.65
"""Of what two questions are about: below it, the answer to one may be wrong for the other, and is not shown."""

GONE = Refusal("That answer is not here any more. Nothing was changed.", kind="stale")


def give(
    position: Position,
    who: Person,
    *,
    answer: str,
    question: str,
    text: str,
    check_on: date,
    today: date,
    ticket: bool = False,
) -> list[AnyEvent]:
    """A lead's answer to a question, or another one in its place."""
    require(position, who, "lead")
    clean = text.strip()
    if not clean:
        raise Refusal("Write the answer.")
    if len(clean) > LONGEST:
        raise Refusal(f"An answer may have {LONGEST:,} characters.")
    _must_come(check_on, today)
    guard.check([clean], ticket=ticket)
    kept = position.firm_answers.get(answer)
    if kept and not kept.withdrawn and (kept.text, kept.check_on) == (clean, check_on):
        return []
    return [e.FirmAnswerGiven(answer=answer, question=question, text=clean, check_on=check_on)]


def confirm(position: Position, who: Person, answer: str, *, check_on: date, today: date) -> list[AnyEvent]:
    """It was looked at again and still holds."""
    require(position, who, "lead")
    _must_come(check_on, today)
    kept = _standing(position, answer)
    if kept.check_on == check_on:
        return []
    return [e.FirmAnswerConfirmed(answer=answer, check_on=check_on)]


def withdraw(position: Position, who: Person, answer: str, reason: str) -> list[AnyEvent]:
    """It holds no longer and is shown to nobody from now on; it stays in the history."""
    require(position, who, "lead")
    _standing(position, answer)
    return [e.FirmAnswerWithdrawn(answer=answer, reason=reasons.given(reason))]


def check_day(today: date, days: int) -> date:
    """When an answer given today asks to be looked at again."""
    return today + timedelta(days=days)


def standing(position: Position) -> list[FirmAnswer]:
    """The firm's answers that hold, those to be checked first."""
    found = [a for a in position.firm_answers.values() if not a.withdrawn]
    return sorted(found, key=lambda a: (a.check_on, a.sequence))


def to_be_checked(answer: FirmAnswer, today: date) -> bool:
    """Whether the day has come on which it asks to be looked at again."""
    return answer.check_on <= today


def _standing(position: Position, answer: str) -> FirmAnswer:
    kept = position.firm_answers.get(answer)
    if kept is None or kept.withdrawn:
        raise GONE
    return kept


def _must_come(check_on: date, today: date) -> None:
    if check_on <= today:
        raise Refusal("The day to check it again must be in the future.")
    must_not_be_far_off(check_on, today)


def fitting(question: str, answers: Iterable[FirmAnswer], reader: "Reader") -> FirmAnswer | None:
    """The answer to what is asked, where the firm has one: the same question in about the same words, or none.

    Rather none than the answer to another question: what they ask for, and every part that tells two questions apart,
    must be the same, and most of what they are about too.
    """
    asked = reader.read(question)
    scored = [(likeness(asked, reader.read(answer.question)), answer.sequence, answer) for answer in answers]
    best = max(scored, default=None, key=lambda found: found[:2])
    return best[2] if best and best[0] >= ENOUGH_IN_COMMON else None


_stemmer = Stemmer({})
_LITTLE = """
a an and any are at be been by can could did do does for from had has have how if in is it its many may much must of on
or our should that the there this to was we were what when where which who whom why will with would
"""
_LITTLE_WORDS = frozenset(_LITTLE.split())
"""They tell nothing by themselves, and stand in what is asked in one way and not in the other."""
_TELLING: "tuple[Kind, ...]" = ("env", "path", "step", "date", "not")


def likeness(one: "Reading", other: "Reading") -> float:
    """How much of what two questions are about is the same, from 0 to 1; 0 where they ask for different things."""
    if any(_heads(one, kind) != _heads(other, kind) for kind in _TELLING):
        return 0.0
    asks, others = _heads(one, "ask"), _heads(other, "ask")
    if asks and others and asks.isdisjoint(others):
        return 0.0
    about, besides = (_heads(r, "topic") | _words(r) for r in (one, other))
    common, all_of_it = about & besides, about | besides
    if not common:
        return 0.0
    return len(common) / len(all_of_it)


def _words(reading: "Reading") -> frozenset[str]:
    """What the roadmap has no word for, as it was said: a theme of the roadmap's is far too wide to tell by."""
    said = (u.said for u in reading.units if u.kind in ("word", "outside"))
    return frozenset(f"w:{_stemmer.stem(w)}" for words in said for w in words.split() if w not in _LITTLE_WORDS)


def _heads(reading: "Reading", kind: "Kind") -> frozenset[str]:
    return frozenset(h for u in reading.units if u.kind == kind for h in u.heads)
