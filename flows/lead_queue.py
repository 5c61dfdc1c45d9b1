"""The use cases about a firm's queue: asking the lead, replying, and the firm's own answers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import msgspec

from flows import firm_answers
from flows.acts import Act, Result
from flows.asked import Asked, Owed
from flows.asking import ASKED_NOWHERE, digest, other_leads, own_question, today_at
from flows.events import AnyEvent, FirmKey
from flows.firms import Refusal, require, role_of
from flows.ports import Questions
from flows.position import FirmAnswer, Member, Position

CHECK_AGAIN_DAYS = 180
"""Days after which a firm's own answer asks to be looked at again, unless the lead names another day."""

MOST_WAITING = 200

HAS_AN_ANSWER = Refusal("Your firm has an answer to this by now. Ask it again, and you see it.", kind="stale")
NO_OTHER_LEAD = Refusal("There is no other lead in your firm who could be asked. The Helpdesk can help.")


class Queue(msgspec.Struct, frozen=True):
    """What waits for a lead: questions without an answer, and the firm's own answers, those to be checked first."""

    waiting: tuple[Asked, ...]
    answers: tuple[FirmAnswer, ...]
    today: date


class Change(Protocol):
    """How a firm is changed; see `Services`."""

    async def __call__(
        self,
        key: FirmKey,
        act: Act,
        decide: Callable[[Position], Sequence[AnyEvent]],
        *,
        owed: Sequence[Owed] = (),
        **texts: Any,
    ) -> Result:
        """Decide and record; keep what is owed with it."""


class LeadQueue:
    """Everything about what waits for a firm's leads, and what they answered."""

    def __init__(self, kept: Questions, now: Callable[[], datetime], change: Change, check_again_days: int) -> None:
        self._kept = kept
        self._now = now
        self._change = change
        self._days = check_again_days
        self.wake: Callable[[], None] = lambda: None
        """Told when something is owed to somebody, so that it need not wait for the next round."""

    async def ask_lead(self, act: Act, position: Position, question: str) -> tuple[tuple[Member, ...], bool]:
        """The leads that are told of it, and whether that is new. The asker wants it, in so many words."""
        require(position, act.who, "viewer")
        asked = await own_question(self._kept, position.key.tenant, act, position, question)
        if question in position.firm_answers:
            raise HAS_AN_ANSWER
        leads = other_leads(position, act)
        if not leads:
            raise NO_OTHER_LEAD
        told = [self._owe(asked, "lead_asked", lead.person, lead.person) for lead in leads]
        new = await self._kept.press(asked, told, at=self._now().isoformat(timespec="milliseconds"))
        self.wake()
        return leads, new

    def _owe(self, asked: Asked, kind: str, person: str, tells_apart: str) -> Owed:
        return Owed(
            tenant=asked.tenant,
            key=f"{kind}:{asked.firm}:{asked.id}:{tells_apart}",
            firm=asked.firm,
            kind=kind,
            person=person,
            about=asked.id,
            due_at=self._now().timestamp(),
        )

    async def waiting(self, act: Act, position: Position) -> Queue:
        """What waits for a lead; for everybody else, what they asked themselves."""
        require(position, act.who, "viewer")
        mine = "" if role_of(position, act.who) == "lead" else act.who.id
        key = position.key
        found = await self._kept.waiting(key.tenant, key.firm, person=mine, limit=MOST_WAITING)
        return Queue(
            waiting=tuple(a for a in found if a.id not in position.firm_answers),
            answers=tuple(firm_answers.standing(position)),
            today=self._today(position),
        )

    async def question(self, act: Act, position: Position, question: str) -> Asked:
        """A question of the firm's, for a lead."""
        require(position, act.who, "lead")
        asked = await self._kept.get(position.key.tenant, position.key.firm, question)
        if asked is None:
            raise ASKED_NOWHERE
        return asked

    def check_day(self, position: Position) -> date:
        """When an answer given now asks to be looked at again, unless the lead names another day."""
        return firm_answers.check_day(self._today(position), self._days)

    async def reply(
        self, act: Act, position: Position, question: str, *, text: str, check_on: date, ticket: bool = False
    ) -> Result:
        """A lead's answer: recorded as the firm's, and owed to whoever asked, both or neither."""
        asked = await self.question(act, position, question)
        told = self._owe(asked, "lead_replied", asked.person, digest(text.strip(), 12))
        owed = [] if asked.person == act.who.id else [told]
        result = await self._change(
            position.key,
            act,
            lambda p: firm_answers.give(
                p,
                act.who,
                answer=question,
                question=asked.question,
                text=text,
                check_on=check_on,
                today=self._today(p),
                ticket=ticket,
            ),
            owed=owed,
            text=text,
        )
        await self._kept.close(asked.tenant, asked.firm, asked.id, by=act.who.id)
        self.wake()
        return result

    async def close(self, act: Act, position: Position, question: str) -> bool:
        """Take a question off the queue without an answer. False where it was off already."""
        asked = await self.question(act, position, question)
        return await self._kept.close(asked.tenant, asked.firm, asked.id, by=act.who.id)

    async def confirm(self, act: Act, position: Position, answer: str) -> Result:
        """See `firm_answers.confirm`."""
        return await self._change(
            position.key,
            act,
            lambda p: firm_answers.confirm(p, act.who, answer, check_on=self.check_day(p), today=self._today(p)),
        )

    async def withdraw(self, act: Act, position: Position, answer: str, reason: str) -> Result:
        """See `firm_answers.withdraw`."""
        return await self._change(
            position.key, act, lambda p: firm_answers.withdraw(p, act.who, answer, reason), reason=reason
        )

    async def as_kept(self, tenant: str, firm: str, question: str) -> Asked | None:
        """A question as it was kept, for what is owed because of it."""
        return await self._kept.get(tenant, firm, question)

    def _today(self, position: Position) -> date:
        return today_at(self._now(), position)
