"""Answers of one firm for another like it: what would be copied, and what that would change, before it is recorded.

Only answers and the names of agents. What a firm did, when and on what evidence is its own, and so are its reasons: an
answer that needs a basis is not copied. Of the firm they come from no name is recorded, since those who read this
firm's record may have no right to know of it.
"""

import hashlib
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from flows import answers
from flows import events as e
from flows.acts import Act, Change, Result
from flows.conditions import UNSURE
from flows.events import AnyEvent, FirmKey
from flows.firms import NO_FIRM, Person, Refusal, require
from flows.ports import EventStore
from flows.position import Position
from flows.roadmap import Pack, Question

OTHERWISE_NOW = Refusal("One of the two firms changed meanwhile, so nothing was copied.", kind="stale")
ITSELF = Refusal("Those are the firm's own answers. Choose another firm.")


class Copied(msgspec.Struct, frozen=True):
    """One answer that would be copied: the question, what it would be, and what it is now, empty for none."""

    question: Question
    value: tuple[str, ...]
    now: tuple[str, ...]


class Copy(msgspec.Struct, frozen=True):
    """Everything that would be copied. `own` are the questions whose answer has to be the firm's own."""

    answers: tuple[Copied, ...]
    agents: tuple[str, ...]
    own: tuple[Question, ...]
    events: tuple[AnyEvent, ...]

    @property
    def digest(self) -> str:
        """The same for the same answers and agents: what was looked at is what is copied."""
        shown = ([(c.question.id, c.value, c.now) for c in self.answers], self.agents)
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:16]


def plan(pack: Pack, source: Position, target: Position, who: Person) -> Copy:
    """What would be copied, for a lead of both. Raises Refusal otherwise, and where it would not fit."""
    require(source, who, "lead")
    require(target, who, "lead")
    if source.key == target.key:
        raise ITSELF
    names = tuple(a.name for a in source.agents if a.status == "active")
    # The word that it was copied comes before them, and agents are called by the number of their event.
    agents = answers.add_agents(replace(target, version=target.version + 1), who, names)
    added = tuple(n for n in names if _is_new(target, n))
    copied, own = [], []
    for question, value in _given(pack, source):
        now = target.value(question.id)
        if value == now:
            continue
        if any(o.needs_reason and o.id in value for o in question.options):
            own.append(question)
        elif question.id != "methods" or "agent" not in value or names or answers.active(target):
            copied.append(Copied(question, value, now))
    given = [e.AnswerGiven(fact=c.question.id, value=c.value) for c in copied]
    events = [e.AnswersCopied(answers=len(given), agents=len(added)), *agents, *given] if given or agents else []
    return Copy(tuple(copied), added, tuple(own), tuple(events))


def _given(pack: Pack, source: Position) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """The answers that this roadmap still asks for; "not sure" is none."""
    for question in pack.questions.values():
        known = [o.id for o in question.options if o.id != UNSURE]
        value = tuple(v for v in known if v in source.value(question.id))
        if value:
            yield question, value


def _is_new(target: Position, name: str) -> bool:
    known = answers.named(target, name)
    return known is None or known.status != "active"


class Copying:
    """The use cases."""

    def __init__(self, events: EventStore, pack: Pack, change: Change) -> None:
        self._events = events
        self._pack = pack
        self._change = change

    async def look(self, target: Position, source: FirmKey, who: Person) -> tuple[Position, Copy]:
        """Where the other firm is, and what would be copied from it. Raises Refusal unless a lead of both asks."""
        there = await self._events.position(source)
        if there is None:
            raise NO_FIRM
        return there, plan(self._pack, there, target, who)

    async def copy(self, key: FirmKey, act: Act, source: FirmKey, seen: str) -> Result:
        """Copies what was looked at; nothing where it is so already. Raises Refusal where it is so no more."""
        there = await self._events.position(source)
        if there is None:
            raise NO_FIRM

        def decide(target: Position) -> tuple[AnyEvent, ...]:
            planned = plan(self._pack, there, target, act.who)
            if planned.events and planned.digest != seen:
                raise OTHERWISE_NOW
            return planned.events

        return await self._change(key, act, decide)
