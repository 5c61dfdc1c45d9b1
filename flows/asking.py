"""The use cases about questions: asking, voting, the lead's queue, the firm's own answers, and update notes."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from flows import firm_answers, notes
from flows.acts import Act, Result
from flows.asked import Asked, Outcome, Owed, Place, UpdateNote, Voted
from flows.events import AnyEvent, FirmKey
from flows.firms import Refusal, require, role_of
from flows.guard import looks_like
from flows.ports import Notes, Questions
from flows.position import FirmAnswer, Member, Position
from flows.questions.answer import Ambiguous, Answer, Answered, Citation, Context, Declined, Refused, citations_of
from flows.roadmap import Pack
from flows.walk import walk

if TYPE_CHECKING:
    from flows.questions.asking import Asker  # a start does not pay for what reads questions

Engine = Callable[[], Awaitable["Asker"]]
"""Gives the one that answers from the roadmap; it is made when it is first asked for."""

FOLLOWS_WITHIN = timedelta(minutes=10)
"""How long a question outside a thread may still follow the one before it."""

CHECK_AGAIN_DAYS = 180
"""Days after which a firm's own answer asks to be looked at again, unless the lead names another day."""

KNOWN = 0.9
"""How sure the roadmap's answer must be to words that do not even ask."""

LONGEST = 2000
LONGEST_SUBJECT = 600
MOST_WAITING = 200

_NO_QUESTIONS = frozenset({"chat", "injection"})
"""Themes of what is no question to anybody: no lead is bothered with it."""

ASKED_NOWHERE = Refusal("That question is not here any more. Ask it again with `/cais ask`.", kind="stale")
HAS_AN_ANSWER = Refusal("Your firm has an answer to this by now. Ask it again, and you see it.", kind="stale")
NO_OTHER_LEAD = Refusal("There is no other lead in your firm who could be asked. The Helpdesk can help.")


class Question(msgspec.Struct, frozen=True):
    """What somebody asks, and where. `step` is that of the task's card it was asked from."""

    text: str
    place: Place = Place()
    step: str = ""
    ticket: bool = False
    """The asker says that what looks like personal data is a ticket number."""


class Reply(msgspec.Struct, frozen=True):
    """What comes of a question: the roadmap's answer, and what stands beside it."""

    answer: Answer
    asked: Asked | None = None
    """What was kept of it; nothing is, where the question was refused."""
    own: FirmAnswer | None = None
    """The firm's own answer, where the roadmap does not say."""
    notes: tuple[UpdateNote, ...] = ()
    since: str = ""
    """The standing note, where a passage names what has changed since the edition."""
    leads: tuple[Member, ...] = ()
    """The firm's leads other than the asker."""
    today: date = date.min


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


class Asking:
    """Everything a person can do about questions."""

    def __init__(
        self,
        kept: Questions,
        notes: Notes,
        engine: Engine,
        pack: Pack,
        now: Callable[[], datetime],
        change: Change,
        refused: Callable[[FirmKey, Act, dict[str, Any]], Awaitable[None]],
        practice: bool,
        check_again_days: int,
    ) -> None:
        self._kept = kept
        self._notes = notes
        self._engine = engine
        self._pack = pack
        self._now = now
        self._change = change
        self._refused = refused
        self._practice = practice
        self._days = check_again_days
        self.wake: Callable[[], None] = lambda: None
        """Told when something is owed to somebody, so that it need not wait for the next round."""

    # --- asking ------------------------------------------------------------------------------------------------

    async def ask(self, tenant: str, act: Act, position: Position | None, question: Question) -> Reply:
        """Answer, and keep what was asked and answered. Personal data is refused, and nothing of it kept."""
        firm = position.key.firm if position else ""
        since = (self._now() - FOLLOWS_WITHIN).isoformat()
        remembered = await self._kept.remembered(tenant, firm, act.who.id, question.place, since=since)
        engine = await self._engine()
        earlier = _earlier(remembered.before, _id(tenant, act, question))
        answer, context = self._in_context(engine, question, earlier, position)
        if isinstance(answer, Refused):
            if position:
                await self._refused(position.key, act, {"question": question.text})
            return Reply(answer, today=self._today(position))
        own = self._beyond_the_roadmap(engine, answer, question.text, position)
        asked = self._asked(tenant, act, position, question, context, answer, own)
        if context.previous_question and _leans(engine, question.text):
            subject = f"{context.previous_question}\n{question.text}"[-LONGEST_SUBJECT:]
            asked = msgspec.structs.replace(asked, subject=subject)
        await self._kept.keep(asked)
        return self._reply(answer, asked, own, remembered.notes, position, act)

    async def knows(self, text: str) -> bool:
        """Whether the roadmap itself answers these words; for words that may be no question at all."""
        found = (await self._engine()).ask(text[:LONGEST])
        return isinstance(found, Answered) and found.confidence >= KNOWN

    async def pick(self, tenant: str, act: Act, position: Position | None, question: str, nth: int) -> Reply:
        """The nth reading of a question that can be read in two ways."""
        asked = await self._of(tenant, act, position, question)
        engine = await self._engine()
        again = Question(asked.question, step=asked.step, ticket=True)
        answer = self._answer(engine, again, Context(asked.before, asked.step), position)
        if isinstance(answer, Ambiguous):
            part = answer.readings[min(max(nth, 0), len(answer.readings) - 1)]
            answer = Answered(parts=(part,), confidence=answer.confidence, edition=answer.edition)
        own = self._beyond_the_roadmap(engine, answer, asked.question, position)
        asked = _with(asked, answer, own)
        await self._kept.keep(asked)
        return self._reply(answer, asked, own, tuple(await self._notes.standing(tenant)), position, act)

    def _in_context(
        self, engine: "Asker", question: Question, earlier: Asked | None, position: Position | None
    ) -> tuple[Answer, Context]:
        """The answer, and what it leans on. Outside of threads, what makes sense by itself leans on nothing."""
        alone = Context(current_step=question.step)
        if earlier is None:
            return self._answer(engine, question, alone, position), alone
        if not question.place.replied:
            answer = self._answer(engine, question, alone, position)
            if isinstance(answer, Refused) or (isinstance(answer, Answered) and answer.confidence >= KNOWN):
                return answer, alone
        context = Context(earlier.subject, question.step or earlier.step)
        return self._answer(engine, question, context, position), context

    def _answer(self, engine: "Asker", question: Question, context: Context, position: Position | None) -> Answer:
        text = question.text[:LONGEST]
        if question.ticket:
            text = without_numbers(text)
        place = walk(self._pack, position) if position else None
        return engine.ask(text, context, today=self._today(position), walk=place)

    def _beyond_the_roadmap(
        self, engine: "Asker", answer: Answer, question: str, position: Position | None
    ) -> FirmAnswer | None:
        """What the firm itself knows, asked only where the roadmap does not say: it never outranks it.

        The firm's own documents join here, after its leads' answers.
        """
        if position is None or not isinstance(answer, Declined):
            return None
        return firm_answers.fitting(question, firm_answers.standing(position), engine.reader)

    def _asked(
        self,
        tenant: str,
        act: Act,
        position: Position | None,
        question: Question,
        context: Context,
        answer: Answer,
        own: FirmAnswer | None,
    ) -> Asked:
        text = question.text[:LONGEST]
        empty = Asked(
            tenant=tenant,
            firm=position.key.firm if position else "",
            id=_id(tenant, act, question),
            person=act.who.id,
            name=act.who.name,
            channel=question.place.channel,
            thread=question.place.thread,
            asked_at=self._now().isoformat(timespec="milliseconds"),
            question=text,
            outcome="declined",
            said="",
            cited="[]",
            edition=self._pack.edition,
            step=context.current_step,
            before=context.previous_question,
            subject=text[:LONGEST_SUBJECT],
            practice=self._practice,
        )
        return _with(empty, answer, own)

    def _reply(
        self,
        answer: Answer,
        asked: Asked,
        own: FirmAnswer | None,
        standing: Sequence[UpdateNote],
        position: Position | None,
        act: Act,
    ) -> Reply:
        shown = _shown(answer)
        return Reply(
            answer=answer,
            asked=asked,
            own=own,
            notes=notes.beside(standing, shown),
            since=self._pack.wording.since if notes.about_names(shown) else "",
            leads=other_leads(position, act) if position else (),
            today=self._today(position),
        )

    def _today(self, position: Position | None) -> date:
        zone = position.time_zone if position else "America/New_York"
        return self._now().astimezone(ZoneInfo(zone)).date()

    async def _of(self, tenant: str, act: Act, position: Position | None, question: str) -> Asked:
        """A question of this person's own, in the firm that is meant."""
        asked = await self._kept.get(tenant, position.key.firm if position else "", question)
        if asked is None or asked.person != act.who.id:
            raise ASKED_NOWHERE
        return asked

    async def vote(self, tenant: str, act: Act, position: Position | None, question: str, *, helpful: bool) -> Voted:
        """One vote per person and answer; it may be changed."""
        asked = await self._of(tenant, act, position, question)
        at = self._now().isoformat(timespec="milliseconds")
        return await self._kept.vote(tenant, asked.firm, asked.id, act.who.id, helpful=helpful, at=at)

    async def ask_lead(self, act: Act, position: Position, question: str) -> tuple[tuple[Member, ...], bool]:
        """The leads that are told of it, and whether that is new. The asker wants it, in so many words."""
        require(position, act.who, "viewer")
        asked = await self._of(position.key.tenant, act, position, question)
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

    # --- the queue ---------------------------------------------------------------------------------------------

    async def queue(self, act: Act, position: Position) -> Queue:
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
        told = self._owe(asked, "lead_replied", asked.person, _digest(text.strip(), 12))
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

    async def withdraw(self, act: Act, position: Position, answer: str) -> Result:
        """See `firm_answers.withdraw`."""
        return await self._change(position.key, act, lambda p: firm_answers.withdraw(p, act.who, answer))

    async def as_kept(self, tenant: str, firm: str, question: str) -> Asked | None:
        """A question as it was kept, for what is owed because of it."""
        return await self._kept.get(tenant, firm, question)

    # --- update notes ------------------------------------------------------------------------------------------

    async def notes(self, tenant: str) -> tuple[UpdateNote, ...]:
        """The workspace's notes that stand. Everybody may read them."""
        return tuple(await self._notes.standing(tenant))

    async def add_note(
        self, tenant: str, act: Act, *, text: str, source: str, as_of: date, step: str = "", lines: str = ""
    ) -> UpdateNote:
        """A workspace admin's note beside the passages it touches."""
        notes.require_admin(act.who)
        first, last = notes.check(
            self._pack, text=text, source=source, as_of=as_of, step=step, lines=lines, today=self._today(None)
        )
        at = self._now().isoformat(timespec="milliseconds")
        note = UpdateNote(
            tenant=tenant,
            id="n" + _digest(f"{tenant}\n{act.cause or at}", 15),
            text=text.strip(),
            source=source.strip(),
            as_of=as_of.isoformat(),
            added_by=act.who.id,
            added_by_name=act.who.name,
            added_at=at,
            step=step,
            first=first,
            last=last,
        )
        await self._notes.add(note)
        return note

    async def remove_note(self, tenant: str, act: Act, note: str) -> bool:
        """False where it was removed before."""
        notes.require_admin(act.who)
        at = self._now().isoformat(timespec="milliseconds")
        return await self._notes.remove(tenant, note, by=act.who.id, at=at)


def _leans(engine: "Asker", question: str) -> bool:
    from flows.questions.following import follows  # as above

    return follows(engine.reader.read(question))


def _id(tenant: str, act: Act, question: Question) -> str:
    """The same for the same message or click, told twice."""
    cause = act.cause or f"{act.who.id} {question.place.channel} {question.place.thread} {question.text}"
    return "q" + _digest(f"{tenant}\n{cause}", 15)


def _earlier(before: Asked | None, own: str) -> Asked | None:
    """What a question may follow: told once more after a crash, it follows what it followed, and not itself."""
    if before is None or before.id != own:
        return before
    return msgspec.structs.replace(before, subject=before.before) if before.before else None


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:length]


def other_leads(position: Position, act: Act) -> tuple[Member, ...]:
    """The leads somebody can ask, by name."""
    found = [m for m in position.members.values() if m.role == "lead" and m.person != act.who.id]
    return tuple(sorted(found, key=lambda m: (m.name.casefold(), m.person)))


_NUMBER = re.compile(r"\S*\d(?:[\d.\-/]*\d){4,}\S*")


def is_question(declined: Declined) -> bool:
    """Whether somebody should be asked instead: chat and attempts to talk the bot into something are no questions."""
    return declined.theme not in _NO_QUESTIONS


def without_numbers(text: str) -> str:
    """A question for the roadmap, which knows no ticket numbers: without what was taken for personal data."""
    plain = _NUMBER.sub("ticket", text)
    return re.sub(r"\d+", "", plain) if looks_like(plain) else plain


def _shown(answer: Answer) -> Sequence[Citation]:
    if isinstance(answer, Declined):
        return [answer.nearest] if answer.nearest else []
    return citations_of(answer)


def _with(asked: Asked, answer: Answer, own: FirmAnswer | None) -> Asked:
    """What was kept of a question, with what came of it."""
    outcome, said, waiting = _came_of(answer, own)
    cited = msgspec.json.encode(_shown(answer)).decode()
    queued = waiting and bool(asked.firm) and not asked.closed_by
    return msgspec.structs.replace(asked, outcome=outcome, said=said, cited=cited, waiting=queued)


def _came_of(answer: Answer, own: FirmAnswer | None) -> tuple[Outcome, str, bool]:
    """How it ended, the words of it, and whether a lead should see it."""
    if isinstance(answer, Answered):
        return "answered", "\n".join(p.direct for p in answer.parts), False
    if isinstance(answer, Ambiguous):
        return "ambiguous", "\n".join(p.reading or p.direct for p in answer.readings), False
    assert isinstance(answer, Declined), "what is refused is not kept"
    if own:
        return "firm", own.text, False
    return "declined", answer.reason, is_question(answer)
