"""The use cases of the decision memo, and whom it concerns: each is told once, in the change's own transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from flows import events as e
from flows import memos
from flows.acts import Act, Change, Result
from flows.asked import Owed
from flows.events import FirmKey, Record
from flows.position import Position
from flows.roadmap import Pack
from flows.workspace import Workspace

TO_ATTEST, NOT_AGREED = "memo_to_attest", "memo_not_agreed"
"""Kinds of what is owed; what it is about is the event that answered."""


class Memos:
    """Everything about a decision memo that a person can do."""

    def __init__(
        self,
        change: Change,
        pack: Pack,
        *,
        today: Callable[[Position], date],
        workspace: Callable[[str], Awaitable[Workspace]],
        now: Callable[[], datetime],
    ) -> None:
        self._change = change
        self._pack = pack
        self._today = today
        self._workspace = workspace
        self._now = now

    async def attest(
        self, key: FirmKey, act: Act, of: int, *, agrees: bool, reason: str = "", ticket: bool = False
    ) -> Result:
        """See `memos.attest`."""
        return await self._change(
            key,
            act,
            lambda p: memos.attest(self._pack, p, act.who, of=of, agrees=agrees, reason=reason, ticket=ticket),
            reason=reason,
        )

    async def renew(self, key: FirmKey, act: Act, of: int) -> Result:
        """See `memos.renew`."""
        calendar = (await self._workspace(key.tenant)).calendar
        return await self._change(
            key,
            act,
            lambda p: memos.renew(self._pack, p, act.who, of=of, today=self._today(p), calendar=calendar),
        )

    def owed(self, before: Position, after: Position, rows: Sequence[Record]) -> tuple[Owed, ...]:
        """Who is to attest because of these rows, and who hears that somebody does not agree."""
        now = memos.asked(self._pack, after) if rows else None
        found = []
        if now and now != memos.asked(self._pack, before):
            found.append(self._owe(after, TO_ATTEST, now[1], now[2]))
        for row in rows:
            event = row.event if row.type == "memo_attested" else None
            if isinstance(event, e.MemoAttested) and not event.agrees:
                found.append(self._owe(after, NOT_AGREED, event.of, event.doer))
        return tuple(found)

    def _owe(self, position: Position, kind: str, of: int, person: str) -> Owed:
        return Owed(
            tenant=position.key.tenant,
            key=f"{kind}:{position.key.firm}:{of}:{position.version}:{person}",
            firm=position.key.firm,
            kind=kind,
            person=person,
            about=str(of),
            due_at=self._now().timestamp(),
        )
