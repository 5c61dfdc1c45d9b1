"""The use cases about questions: asking, in whatever words, and saying whether the answer helped."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from flows import firm_answers, moved_dates, notes
from flows.acts import Act
from flows.asked import Asked, Outcome, Place, UpdateNote, Voted
from flows.documents.finding import Found
from flows.events import FirmKey
from flows.firms import Person, Refusal
from flows.guard import looks_like
from flows.moved_dates import Moved
from flows.ports import Notes, Questions
from flows.position import FirmAnswer, Member, Position
from flows.questions.answer import (
    Ambiguous,
    Answer,
    Answered,
    Citation,
    Context,
    Declined,
    Refused,
    citations_of,
    parts_of,
)
from flows.roadmap import Pack
from flows.walk import walk
from flows.workspace import Workspace
from flows.zones import zone_of

if TYPE_CHECKING:
    from flows.questions.asking import Asker  # a start does not pay for what reads questions

Engine = Callable[[], Awaitable["Asker"]]
"""Gives the one that answers from the roadmap; it is made when it is first asked for."""

FromDocuments = Callable[[FirmKey, Person, str], Awaitable[tuple[Found, ...]]]
"""The passages of a firm's own documents that answer; only for its members."""

FOLLOWS_WITHIN = timedelta(minutes=10)
"""How long a question outside a thread may still follow the one before it."""

KNOWN = 0.9
"""How sure the roadmap's answer must be to words that do not even ask."""

LONGEST = 2000
LONGEST_SUBJECT = 600

_NO_QUESTIONS = frozenset({"chat", "injection"})
"""Themes of what is no question to anybody: no lead is bothered with it."""

ASKED_NOWHERE = Refusal("That question is not here any more. Ask it again with `/cais ask`.", kind="stale")


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
    found: tuple[Found, ...] = ()
    """What the firm's own documents say, where neither the roadmap nor a lead does."""
    moved: tuple[Moved, ...] = ()
    """Industry dates that the answer names as the roadmap has them, and that are others by now."""


class Asking:
    """Everything a person can do about a question of their own."""

    def __init__(
        self,
        kept: Questions,
        notes: Notes,
        engine: Engine,
        documents: FromDocuments,
        pack: Pack,
        now: Callable[[], datetime],
        refused: Callable[[FirmKey, Act, dict[str, Any]], Awaitable[None]],
        workspace: Callable[[str], Awaitable[Workspace]],
        practice: bool,
    ) -> None:
        self._kept = kept
        self._notes = notes
        self._engine = engine
        self._documents = documents
        self._pack = pack
        self._now = now
        self._refused = refused
        self._workspace = workspace
        self._practice = practice
        self.came: Callable[[Outcome], None] = lambda outcome: None
        """Called with what came of each question that was asked."""

    async def ask(self, tenant: str, act: Act, position: Position | None, question: Question) -> Reply:
        """Answer, and keep what was asked and answered. Personal data is refused, and nothing of it kept."""
        firm = position.key.firm if position else ""
        since = (self._now() - FOLLOWS_WITHIN).isoformat()
        remembered = await self._kept.remembered(tenant, firm, act.who.id, question.place, since=since)
        engine = await self._engine()
        there = await self._there(tenant, position)
        earlier = _earlier(remembered.before, _id(tenant, act, question))
        answer, context = self._in_context(engine, question, earlier, there)
        if isinstance(answer, Refused):
            if position:
                await self._refused(position.key, act, {"question": question.text})
            return Reply(answer, today=self._today(position))
        own = self._beyond_the_roadmap(engine, answer, question.text, position)
        found = await self._quoted(answer, own, position, act, question.text)
        asked = self._asked(tenant, act, position, question, context, _with_own(answer, own, found, there.moved))
        if context.previous_question and _leans(engine, question.text):
            subject = f"{context.previous_question}\n{question.text}"[-LONGEST_SUBJECT:]
            asked = msgspec.structs.replace(asked, subject=subject)
        await self._kept.keep(asked)
        self.came(asked.outcome)
        reply = self._reply(answer, asked, own, remembered.notes, there, act)
        return msgspec.structs.replace(reply, found=found)

    async def in_general(self, question: Question) -> Reply:
        """The roadmap's answer for anybody at all: no firm, no workspace, and nothing of it is kept."""
        answer = self._answer(await self._engine(), question, Context(), _There(None, ()))
        since = self._pack.wording.since if notes.about_names(_shown(answer)) else ""
        return Reply(answer, since=since, today=self._today(None))

    async def keep_own_dates(self, tenant: str, act: Act, position: Position, question: Question, said: str) -> None:
        """Keep a question that the firm's own dates answered, with what was said. Nobody has to answer it."""
        came = _Came("firm", said, False, ())
        asked = self._asked(tenant, act, position, question, Context(current_step=question.step), came)
        await self._kept.keep(asked)
        self.came(asked.outcome)

    async def knows(self, text: str) -> bool:
        """Whether the roadmap itself answers these words; for words that may be no question at all."""
        found = (await self._engine()).ask(text[:LONGEST])
        return isinstance(found, Answered | Ambiguous) and found.confidence >= KNOWN

    async def pick(self, tenant: str, act: Act, position: Position | None, question: str, nth: int) -> Reply:
        """The nth reading of a question that can be read in two ways."""
        asked = await own_question(self._kept, tenant, act, position, question)
        engine = await self._engine()
        there = await self._there(tenant, position)
        again = Question(asked.question, step=asked.step, ticket=True)
        answer = self._answer(engine, again, Context(asked.before, asked.step), there)
        if isinstance(answer, Ambiguous):
            part = answer.readings[min(max(nth, 0), len(answer.readings) - 1)]
            answer = Answered(parts=(part,), confidence=answer.confidence, edition=answer.edition)
        own = self._beyond_the_roadmap(engine, answer, asked.question, position)
        asked = _with(asked, _with_own(answer, own, (), there.moved))
        await self._kept.keep(asked)
        return self._reply(answer, asked, own, tuple(await self._notes.standing(tenant)), there, act)

    def _in_context(
        self, engine: "Asker", question: Question, earlier: Asked | None, there: "_There"
    ) -> tuple[Answer, Context]:
        """The answer, and what it leans on. Outside of threads, what makes sense by itself leans on nothing."""
        alone = Context(current_step=question.step)
        if earlier is None:
            return self._answer(engine, question, alone, there), alone
        if not question.place.replied:
            answer = self._answer(engine, question, alone, there)
            if isinstance(answer, Refused) or (isinstance(answer, Answered) and answer.confidence >= KNOWN):
                return answer, alone
        context = Context(earlier.subject, question.step or earlier.step)
        return self._answer(engine, question, context, there), context

    async def _there(self, tenant: str, position: Position | None) -> "_There":
        """The firm that is asked for, and which dates are others by now; how they stand is the workspace's matter."""
        ledger = (await self._workspace(tenant)).ledger
        return _There(position, moved_dates.moved(self._pack, ledger, self._today(position)))

    def _answer(self, engine: "Asker", question: Question, context: Context, there: "_There") -> Answer:
        text = question.text[:LONGEST]
        if question.ticket:
            text = without_numbers(text)
        place = walk(self._pack, there.position) if there.position else None
        moved = [m.milestone.id for m in there.moved]
        concerned = there.position is None or moved_dates.is_concerned(self._pack, there.position)
        today = self._today(there.position)
        return engine.ask(text, context, today=today, walk=place, moved=moved, concerned=concerned)

    def _beyond_the_roadmap(
        self, engine: "Asker", answer: Answer, question: str, position: Position | None
    ) -> FirmAnswer | None:
        """What a lead of the firm answered, looked for only where the roadmap does not say: it never outranks it."""
        if position is None or not isinstance(answer, Declined):
            return None
        return firm_answers.fitting(question, firm_answers.standing(position), engine.reader)

    async def _quoted(
        self, answer: Answer, own: FirmAnswer | None, position: Position | None, act: Act, question: str
    ) -> tuple[Found, ...]:
        """What the firm's own documents say, where neither the roadmap nor a lead does."""
        if position is None or own or not isinstance(answer, Declined) or not is_question(answer):
            return ()
        if act.who.id not in position.members:
            return ()  # a workspace admin who looks on
        return await self._documents(position.key, act.who, question[:LONGEST])

    def _asked(
        self,
        tenant: str,
        act: Act,
        position: Position | None,
        question: Question,
        context: Context,
        came: "_Came",
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
        return _with(empty, came)

    def _reply(
        self,
        answer: Answer,
        asked: Asked,
        own: FirmAnswer | None,
        standing: Sequence[UpdateNote],
        there: "_There",
        act: Act,
    ) -> Reply:
        shown, position = _shown(answer), there.position
        return Reply(
            answer=answer,
            asked=asked,
            own=own,
            notes=notes.beside(standing, shown),
            moved=_named(answer, there.moved),
            since=self._pack.wording.since if notes.about_names(shown) else "",
            leads=other_leads(position, act) if position else (),
            today=self._today(position),
        )

    def _today(self, position: Position | None) -> date:
        return today_at(self._now(), position)

    async def vote(self, tenant: str, act: Act, position: Position | None, question: str, *, helpful: bool) -> Voted:
        """One vote per person and answer; it may be changed."""
        asked = await own_question(self._kept, tenant, act, position, question)
        at = self._now().isoformat(timespec="milliseconds")
        return await self._kept.vote(tenant, asked.firm, asked.id, act.who.id, helpful=helpful, at=at)


def other_leads(position: Position, act: Act) -> tuple[Member, ...]:
    """The leads somebody can ask, by name."""
    found = [m for m in position.members.values() if m.role == "lead" and m.person != act.who.id]
    return tuple(sorted(found, key=lambda m: (m.name.casefold(), m.person)))


_NUMBER = re.compile(r"\S*\d(?:[\d.\-/]*\d){4,}\S*")


def today_at(now: datetime, position: Position | None) -> date:
    """The day it is in the firm's own zone; in New York's, where the roadmap's dates end, where there is none."""
    return now.astimezone(zone_of(position.time_zone if position else "")).date()


async def own_question(kept: Questions, tenant: str, act: Act, position: Position | None, question: str) -> Asked:
    """A question of this person's own, in the firm that is meant. Raises Refusal where there is none."""
    asked = await kept.get(tenant, position.key.firm if position else "", question)
    if asked is None or asked.person != act.who.id:
        raise ASKED_NOWHERE
    return asked


def _leans(engine: "Asker", question: str) -> bool:
    from flows.questions.following import follows  # as above

    return follows(engine.reader.read(question))


def _id(tenant: str, act: Act, question: Question) -> str:
    """The same for the same message or click, told twice."""
    cause = act.cause or f"{act.who.id} {question.place.channel} {question.place.thread} {question.text}"
    return "q" + digest(f"{tenant}\n{cause}", 15)


def _earlier(before: Asked | None, own: str) -> Asked | None:
    """What a question may follow: told once more after a crash, it follows what it followed, and not itself."""
    if before is None or before.id != own:
        return before
    return msgspec.structs.replace(before, subject=before.before) if before.before else None


def digest(text: str, length: int) -> str:
    """So much of the text's SHA-256, in hex: for an id that is the same for the same."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:length]


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


class _There(msgspec.Struct, frozen=True):
    """What an answer is for: a firm, if one is meant, and the industry dates that are others than the roadmap says."""

    position: Position | None
    moved: tuple[Moved, ...]


def _named(answer: Answer, moved: Sequence[Moved]) -> tuple[Moved, ...]:
    """Those of the moved dates that an answer names as the roadmap has them."""
    return moved_dates.named(moved, [*(part.direct for part in parts_of(answer)), *(c.quote for c in _shown(answer))])


class _Came(msgspec.Struct, frozen=True):
    """What came of a question, for what is kept of it."""

    outcome: Outcome
    said: str
    waits: bool
    """Whether a lead should see it."""
    shown: Sequence[Citation]


def _with(asked: Asked, came: _Came) -> Asked:
    """What was kept of a question, with what came of it."""
    cited = msgspec.json.encode(came.shown).decode()
    queued = came.waits and bool(asked.firm) and not asked.closed_by
    return msgspec.structs.replace(asked, outcome=came.outcome, said=came.said, cited=cited, waiting=queued)


def _with_own(answer: Answer, own: FirmAnswer | None, found: Sequence[Found], moved: Sequence[Moved]) -> _Came:
    """How it ended, the words of it, and whether a lead should see it."""
    shown, beside = _shown(answer), [moved_dates.line(m) for m in _named(answer, moved)]
    if isinstance(answer, Answered | Ambiguous):
        outcome: Outcome = "answered" if isinstance(answer, Answered) else "ambiguous"
        return _Came(outcome, "\n".join([*(p.direct for p in parts_of(answer)), *beside]), False, shown)
    assert isinstance(answer, Declined), "what is refused is not kept"
    if own:
        return _Came("firm", own.text, False, shown)
    if found:
        return _Came("firm", "\n".join(f"{f.name}, {f.heading}, {f.page or ''}: {f.text}" for f in found), False, shown)
    return _Came("declined", "\n".join([answer.reason, *beside]), is_question(answer), shown)
