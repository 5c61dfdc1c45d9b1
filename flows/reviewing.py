"""The use cases of a second pair of eyes, and whom it concerns: each is told once, in the change's own transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from flows import events as e
from flows import reviews
from flows.acts import Act, Change, Result
from flows.asked import REVIEW_ASKED, Owed
from flows.events import FirmKey, Record
from flows.firms import Person
from flows.position import Position
from flows.roadmap import Pack

SENT_BACK = "review_sent_back"
"""A kind of what is owed, as is REVIEW_ASKED."""


class Reviews:
    """Everything about reviews that a person can do."""

    def __init__(self, change: Change, pack: Pack, now: Callable[[], datetime]) -> None:
        self._change = change
        self._pack = pack
        self._now = now

    async def approve(self, key: FirmKey, act: Act, task: str, of: int) -> Result:
        """See `reviews.approve`."""
        return await self._change(key, act, lambda p: reviews.approve(self._pack, p, act.who, task, of=of))

    async def send_back(
        self, key: FirmKey, act: Act, task: str, of: int, *, reason: str, ticket: bool = False
    ) -> Result:
        """See `reviews.send_back`."""
        return await self._change(
            key,
            act,
            lambda p: reviews.send_back(self._pack, p, act.who, task, of=of, reason=reason, ticket=ticket),
            reason=reason,
        )

    async def ask_for(
        self, key: FirmKey, act: Act, scope: str, reviewer: Person | None, *, seen: int | None = None
    ) -> Result:
        """See `reviews.ask_for`."""
        return await self._change(
            key, act, lambda p: reviews.ask_for(self._pack, p, act.who, scope, reviewer, seen=seen)
        )

    async def ask_no_more(self, key: FirmKey, act: Act, scope: str) -> Result:
        """See `reviews.ask_no_more`."""
        return await self._change(key, act, lambda p: reviews.ask_no_more(p, act.who, scope))

    def owed(self, before: Position, after: Position, rows: Sequence[Record]) -> tuple[Owed, ...]:
        """Who is to look at what because of these rows, and who gets something back."""
        if not rows:
            return ()
        return (*self._requests(before, after), *self._sent_back(after, rows))

    def _requests(self, before: Position, after: Position) -> list[Owed]:
        now = reviews.asked(self._pack, after)
        was = reviews.asked(self._pack, before) if now else {}
        return [
            replace(self._owe(after, REVIEW_ASKED, task, sequence, person), slot=f"{REVIEW_ASKED}|{after.key.firm}")
            for (task, sequence), people in now.items()
            for person in people
            if person not in was.get((task, sequence), ())
        ]

    def _sent_back(self, after: Position, rows: Sequence[Record]) -> list[Owed]:
        found = [(row.sequence, row.event) for row in rows if row.type == "task_sent_back"]
        return [
            self._owe(after, SENT_BACK, event.task, sequence, event.doer)
            for sequence, event in found
            if isinstance(event, e.TaskSentBack)
        ]

    def _owe(self, position: Position, kind: str, task: str, sequence: int, person: str) -> Owed:
        """`about` is the task's key and the event it is about; the version tells one asking from a later one."""
        return Owed(
            tenant=position.key.tenant,
            key=f"{kind}:{position.key.firm}:{task}:{sequence}:{position.version}:{person}",
            firm=position.key.firm,
            kind=kind,
            person=person,
            about=f"{task} {sequence}",
            due_at=self._now().timestamp(),
        )


def about(owed: Owed) -> tuple[str, int]:
    """The task's key and the event that something owed is about."""
    task, _, sequence = owed.about.rpartition(" ")
    return task, int(sequence)
