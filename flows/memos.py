"""The decision memo: an answer that ends the roadmap, with its grounds, its basis, and a second person who attests.

It is the firm's own record of its own decision, and no legal advice. A newer answer supersedes it; nothing is lost.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from flows import events as e
from flows import guard
from flows.events import AnyEvent
from flows.firms import RANK, Person, Refusal, require, role_of
from flows.history import label
from flows.position import Answer, Attestation, Position
from flows.roadmap import Ground, Option, Pack, Question
from flows.time_words import day
from flows.trading_days import NYSE, Calendar

A_YEAR = timedelta(365)
SOON = timedelta(31)
"""So long before its day an answer may be looked at again with one click."""


class Memo(msgspec.Struct, frozen=True):
    """What the firm decided, on which grounds, and what the second attester says; None while they say nothing."""

    question: Question
    option: Option
    answer: Answer
    attestation: Attestation | None

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Those of the roadmap's that the firm named."""
        return tuple(g for g in self.option.grounds if g.id in self.answer.grounds)


def memo_of(pack: Pack, position: Position) -> Memo | None:
    """The firm's memo; None while no answer of its needs one."""
    for question in pack.questions.values():
        answer = position.answers.get(question.id)
        option = reasoned(question, answer.value) if answer else None
        if answer and option:
            return Memo(question, option, answer, _attestation(position, question.id, answer))
    return None


def reasoned(question: Question, value: Sequence[str]) -> Option | None:
    """The option that was answered, where it is one that needs its reason."""
    return next((o for o in question.options if o.needs_reason and tuple(value) == (o.id,)), None)


def _attestation(position: Position, fact: str, answer: Answer) -> Attestation | None:
    """What was said to this very answer; an undo that takes it back and another that brings it back make it new."""
    said = position.attestations.get(fact)
    undone_at = position.changed_at.get(f"fact {fact}")
    stands = said is not None and said.of == answer.sequence and not (undone_at and undone_at > said.at)
    return said if stands else None


def can_attest(position: Position, person: str, decided_by: str) -> bool:
    """Whether this person can be the second one: a member or lead, and not whoever decided."""
    member = position.members.get(person)
    return member is not None and member.role != "viewer" and person != decided_by


def asked(pack: Pack, position: Position) -> tuple[str, int, str] | None:
    """Who is asked to attest to what: the fact, the event that answered it, and the person; None where nobody is."""
    memo = memo_of(pack, position)
    if memo is None or memo.attestation or not can_attest(position, memo.answer.attester, memo.answer.by):
        return None
    return memo.question.id, memo.answer.sequence, memo.answer.attester


def may_attest(position: Position, memo: Memo, who: Person) -> bool:
    """The one who is named, while they can; else any other member or lead."""
    role, answer = role_of(position, who), memo.answer
    if memo.attestation or role is None or RANK[role] < RANK["member"] or who.id == answer.by:
        return False
    return who.id == answer.attester or not can_attest(position, answer.attester, answer.by)


def must_be_able_to_attest(position: Position, who: Person, attester: str, name: str = "") -> str:
    """The name of the second attester, as it is known. Raises Refusal for whoever decides, a viewer or a stranger."""
    if attester == who.id:
        raise Refusal("The second attester is another person than you. Pick somebody else, or leave it empty.")
    if not can_attest(position, attester, who.id):
        raise Refusal(
            f"The second attester has to be a member or lead of {position.name}. Add them first, or leave it empty."
        )
    return position.members[attester].name or name


# --- deciding ----------------------------------------------------------------------------------------------------


def attest(
    pack: Pack,
    position: Position,
    who: Person,
    *,
    of: int,
    agrees: bool,
    reason: str = "",
    ticket: bool = False,
) -> list[AnyEvent]:
    """The second person agrees, or does not and says why. `of` is the answer; nothing new where another one stands."""
    require(position, who, "member")
    guard.check([reason], ticket=ticket)
    memo = memo_of(pack, position)
    if memo is None or memo.answer.sequence != of or memo.attestation:
        return []
    if who.id == memo.answer.by:
        raise Refusal("You decided this yourself, so that somebody else attests to it. Nothing was changed.")
    if not may_attest(position, memo, who):
        named = memo.answer.attester_name or "Somebody else"
        raise Refusal(f"{named} is named as the second attester. Nothing was changed.")
    if not agrees and not reason.strip():
        raise Refusal("Say why you do not agree, so that the firm can look at it again.")
    said = e.MemoAttested(memo.question.id, of=of, agrees=agrees, doer=memo.answer.by, reason=reason.strip())
    return [said]


def renew(pack: Pack, position: Position, who: Person, *, of: int, today: date, calendar: Calendar) -> list[AnyEvent]:
    """Looked at again, and it still holds: the same answer anew, to be looked at again in a year."""
    require(position, who, "member")
    memo = memo_of(pack, position)
    if memo is None or memo.answer.sequence != of:
        return []
    answer = memo.answer
    second = answer.attester if can_attest(position, answer.attester, who.id) else ""
    return [
        e.AnswerGiven(
            fact=memo.question.id,
            value=answer.value,
            basis=answer.basis,
            recheck_on=a_year_on(today, calendar),
            grounds=answer.grounds,
            attester=second,
            attester_name=(position.members[second].name or answer.attester_name) if second else "",
        )
    ]


def a_year_on(today: date, calendar: Calendar = NYSE) -> date:
    """The day a year from now, or the trading day before it."""
    return calendar.on_or_before(today + A_YEAR)


# --- in words ----------------------------------------------------------------------------------------------------


def attested_words(position: Position, memo: Memo) -> str:
    """What the second attester says, or that they have not, or cannot any more, as plain text."""
    said, named = memo.attestation, memo.answer.attester_name
    if said and said.agrees:
        return f"{said.by_name} attests"
    if said:
        return f"{said.by_name} does not agree: {said.reason}"
    if not memo.answer.attester:
        return "none named"
    whom = named or "somebody who is named"
    if not can_attest(position, memo.answer.attester, memo.answer.by):
        return f"{whom} was named and cannot attest any more; another member or lead may"
    return f"{whom} is asked and has not said anything yet"


def paper(pack: Pack, position: Position, memo: Memo, *, decided: str, said_on: str, evidence: int) -> str:
    """The memo as a page to copy. `decided` is when it was recorded, `said_on` when the second person spoke."""
    answer = memo.answer
    happened = day(answer.happened_on) if answer.happened_on else ""
    grounds = [f"- {g.label}. Roadmap, {lines_of(g)}: “{g.quote.text}”" for g in memo.grounds]
    parts = [
        "DECISION MEMO",
        f"Firm: {position.name}",
        f"Question: {memo.question.ask}",
        f"Answer: {label(memo.question.options, memo.option.id)}",
        f"Decided by: {answer.by_name}{f', on {happened}' if happened else ''} (recorded {decided})",
        *(["Grounds that the roadmap names:", *grounds] if grounds else []),
        f"Basis, in the firm's own words: {answer.basis}",
        f"Second attester: {attested_words(position, memo)}{f' ({said_on})' if said_on else ''}",
        f"Evidence recorded: {evidence}",
        f"To be looked at again on: {day(answer.recheck_on) if answer.recheck_on else 'no day set'}",
        f"Roadmap: {pack.edition_title}.",
        f"This is the firm's record of its own decision. {pack.wording.footer}",
    ]
    return "\n".join(parts)


def lines_of(ground: Ground) -> str:
    """Where its sentence stands: `lines 19 to 22`."""
    first, last = ground.quote.lines
    return f"line {first}" if first == last else f"lines {first} to {last}"
