"""Outbox and plans in plain dicts, for tests about something else; held to the suites the databases obey."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from flows.asked import ARRIVED, FINE, REDRAW, REMINDERS, REVIEW_ASKED, SUMMARY, Kept, Owed, Slot
from flows.events import FirmKey
from flows.ports import DecidePlan, DecideRearranged, Facts, Grounds, Replan

if TYPE_CHECKING:
    from tests.storage.memory import Shared

STALE = -1


@dataclass
class Debt:
    owed: Owed
    taken_until: float = 0.0
    settled_at: float | None = None
    outcome: str = ""

    @property
    def kept(self) -> Kept:
        return Kept(self.owed, self.settled_at is not None, self.outcome, self.settled_at or 0.0)

    def change(self, **fields: object) -> None:
        self.owed = msgspec.structs.replace(self.owed, **fields)


@dataclass
class Plan:
    version: int
    planned_at: float
    again_at: float
    seen: int


def _in_order(debt: Debt) -> tuple[float, str]:
    return debt.owed.due_at, debt.owed.key


class MemoryOutbox:
    def __init__(self, shared: "Shared") -> None:
        self._shared = shared
        self._outbox = shared.outbox
        self._looked: dict[str, float] = {}

    async def owe(self, owed: Sequence[Owed]) -> None:
        self._shared.owe(owed)

    async def claim(self, *, due: float, now: float, lease: float, limit: int) -> Sequence[Slot]:
        free = [d for d in self._unsettled() if d.taken_until <= now and d.owed.due_at <= due]
        slots: dict[tuple[str, str, str], list[Debt]] = {}
        for debt in sorted(free, key=_in_order):
            slots.setdefault((debt.owed.tenant, debt.owed.person, debt.owed.slot), []).append(debt)
        taken = list(slots.items())[:limit]
        for debt in (debt for _, debts in taken for debt in debts):
            debt.taken_until = now + lease
            debt.change(tries=debt.owed.tries + 1, first_taken=debt.owed.first_taken if debt.owed.tries else now)
        return [Slot(*whose, tuple(debt.owed for debt in debts)) for whose, debts in taken]

    def _unsettled(self) -> Iterator[Debt]:
        return (d for d in self._outbox.values() if d.settled_at is None and d.owed.tenant not in self._shared.stopped)

    async def settle(
        self,
        tenant: str,
        outcomes: Mapping[str, str],
        *,
        now: float,
        message: str = "",
        reached: str = "",
        at: float = 0.0,
        zone: str = "",
    ) -> None:
        if reached:
            self._shared.block(tenant, reached, "", at)
        for key, outcome in outcomes.items():
            debt = self._outbox.get((tenant, key))
            if debt and debt.settled_at is None:
                debt.settled_at, debt.outcome = now, outcome
                arrived = outcome in ARRIVED
                said = {"said_at": at, "said_in": zone} if arrived else {"said_at": 0.0, "said_in": ""}
                debt.change(message=message if arrived else "", tries=0, first_taken=0.0, **said)

    async def release(
        self, tenant: str, keys: Sequence[str], *, until: float, looked: bool = False, lease: float | None = None
    ) -> None:
        for key in keys:
            debt = self._outbox.get((tenant, key))
            if debt and debt.settled_at is None and debt.owed.tries and lease in (None, debt.taken_until):
                debt.taken_until = until
                debt.change(tries=0 if looked else debt.owed.tries - 1)

    async def swap(self, tenant: str, key: str, owed: Sequence[Owed]) -> None:
        self._outbox.pop((tenant, key), None)
        self._shared.owe(owed)

    async def get(self, tenant: str, key: str) -> Kept | None:
        found = self._outbox.get((tenant, key))
        return found.kept if found else None

    async def of_message(self, tenant: str, message: str) -> Sequence[Kept]:
        there = [d for d in self._outbox.values() if message and (d.owed.tenant, d.owed.message) == (tenant, message)]
        return tuple(debt.kept for debt in sorted(there, key=_in_order))

    async def summaries(self, tenant: str, channel: str, slot: str) -> Sequence[Kept]:
        whose = (SUMMARY, tenant, channel, slot)
        there = [d for d in self._outbox.values() if (d.owed.kind, d.owed.tenant, d.owed.person, d.owed.slot) == whose]
        return tuple(debt.kept for debt in sorted(there, key=lambda debt: debt.owed.key))

    async def last_summary(self, tenant: str, channel: str, slot: str, *, firm: str = "") -> float | None:
        every, _, _ = slot.rpartition(":")
        return max(
            (
                debt.owed.due_at
                for debt in self._outbox.values()
                if (debt.owed.kind, debt.owed.tenant, debt.owed.person) == (SUMMARY, tenant, channel)
                and debt.owed.slot.rpartition(":")[0] == every
                and debt.owed.slot < slot
                and firm in ("", debt.owed.firm)
                and debt.kept.outcome in ARRIVED
            ),
            default=None,
        )

    async def reviews_asked(self, tenant: str, person: str, slot: str) -> Sequence[Kept]:
        whose = (REVIEW_ASKED, tenant, person, slot)
        there = [d for d in self._outbox.values() if (d.owed.kind, d.owed.tenant, d.owed.person, d.owed.slot) == whose]
        return tuple(debt.kept for debt in sorted(there, key=_in_order))

    async def next_due(self, *, after: float = 0.0) -> float | None:
        return min((d.owed.due_at for d in self._unsettled() if d.owed.due_at > after), default=None)

    async def overdue(self, *, before: float) -> Mapping[str, tuple[int, float]]:
        late = sorted((d.owed.tenant, d.owed.due_at) for d in self._unsettled() if d.owed.due_at < before)
        whose = {tenant: [at for of, at in late if of == tenant] for tenant, _ in late}
        return {tenant: (len(dues), dues[0]) for tenant, dues in whose.items()}

    async def snoozed(self, tenant: str, person: str) -> Sequence[Owed]:
        whose = (tenant, person, "snooze")
        there = [d for d in self._outbox.values() if (d.owed.tenant, d.owed.person, d.owed.kind) == whose]
        return [d.owed for d in sorted(there, key=_in_order) if d.settled_at is None]

    async def rearrange(self, key: FirmKey, decide: DecideRearranged, *, now: float) -> None:
        if key not in self._shared.positions:
            return
        theirs = (d for d in self._outbox.values() if (d.owed.tenant, d.owed.firm) == (key.tenant, key.firm))
        decided = decide([debt.kept for debt in theirs if debt.owed.kind in REMINDERS])
        await self.settle(key.tenant, dict.fromkeys(decided.needless, "needless"), now=now)
        await self.owe(decided.owed)

    async def in_doubt(self, tenant: str, person: str) -> Sequence[Owed]:
        there = [d for d in self._outbox.values() if (d.owed.tenant, d.owed.person) == (tenant, person)]
        return [d.owed for d in sorted(there, key=_in_order) if d.settled_at is None and d.owed.tries]

    async def stop(self, tenant: str, reason: str, *, now: float, instead_of: str = "") -> None:
        if self._shared.stopped.get(tenant, instead_of) == instead_of:
            self._shared.stopped[tenant] = reason
            self._looked[tenant] = now

    async def resume(self, tenant: str) -> None:
        self._shared.stopped.pop(tenant, None)

    async def look_again(self, tenant: str, *, now: float, before: float) -> bool:
        if tenant not in self._shared.stopped or self._looked[tenant] > before:
            return False
        self._looked[tenant] = now
        return True

    async def stopped(self) -> Mapping[str, str]:
        return dict(self._shared.stopped)

    async def undelivered(self, tenant: str, *, limit: int) -> Sequence[Kept]:
        posts = [d for d in self._outbox.values() if d.owed.kind != REDRAW]
        failed = [(d.settled_at, d) for d in posts if d.settled_at is not None]
        failed = [(at, d) for at, d in failed if d.owed.tenant == tenant and d.outcome not in FINE]
        return tuple(debt.kept for _, debt in sorted(failed, key=lambda one: (-one[0], one[1].owed.key))[:limit])

    async def forget(self, *, settled_before: float, letters_before: float) -> int:
        def is_old(debt: Debt) -> bool:
            before = settled_before if debt.owed.kind in REMINDERS else letters_before
            return debt.settled_at is not None and debt.settled_at < before

        old = {key: debt for key, debt in self._outbox.items() if is_old(debt)}
        told = {key for key, debt in old.items() if "|unreachable|" in debt.owed.key and debt.outcome in FINE}
        for key in told:
            old[key].change(message="")
        for key in old.keys() - told:
            del self._outbox[key]
        return len(old) - len(told)


class MemoryPlans:
    def __init__(self, shared: "Shared") -> None:
        self._shared = shared

    async def stale(self, *, now: float, limit: int, tenant: str = "") -> Sequence[FirmKey]:
        def is_stale(key: FirmKey) -> bool:
            plan = self._shared.plans.get(key)
            if plan is None or plan.version != self._shared.positions[key].version:
                return True
            return not plan.planned_at <= now < plan.again_at

        stopped = self._shared.stopped
        wanted = (k for k in self._shared.positions if (k.tenant == tenant if tenant else k.tenant not in stopped))
        return [key for key in wanted if is_stale(key)][:limit]

    async def grounds(self, key: FirmKey, person: str) -> Grounds | None:
        position = self._shared.positions.get(key)
        if position is None:
            return None
        people = {each: self._shared.reach(key.tenant, each) for each in {*position.members, person}}
        return Grounds(position, tuple(self._shared.entries.get(key.tenant, ())), people)

    async def replan(self, key: FirmKey, decide: DecidePlan, *, now: float) -> Replan | None:
        position = self._shared.positions.get(key)
        if position is None:
            return None
        plan = self._shared.plans.get(key)
        replan = decide(
            Facts(
                position,
                tuple(self._shared.entries.get(key.tenant, ())),
                {person: self._shared.reach(key.tenant, person) for person in position.members},
                tuple(debt.kept for debt in self._rows(key)),
                plan.planned_at if plan else 0.0,
                self._first_unseen(key, plan.seen if plan else -1),
            )
        )
        self._write(key, replan)
        if replan.gist:
            self._shared.gists[key] = replan.gist
        self._shared.plans[key] = Plan(position.version, now, replan.again_at, position.version)
        return replan

    def _first_unseen(self, key: FirmKey, seen: int) -> datetime | None:
        return next((r.at for r in self._shared.histories[key] if r.sequence == seen + 1), None)

    def _rows(self, key: FirmKey) -> list[Debt]:
        theirs = (d for d in self._shared.outbox.values() if (d.owed.tenant, d.owed.firm) == (key.tenant, key.firm))
        return [debt for debt in theirs if debt.owed.kind in REMINDERS]

    def _write(self, key: FirmKey, replan: Replan) -> None:
        for debt in self._rows(key):
            name = debt.owed.key
            untouched = debt.settled_at is None and not debt.owed.tries
            if name in replan.about and (untouched or debt.settled_at is not None):
                debt.change(about=replan.about[name])
            if untouched and name in replan.drop:
                del self._shared.outbox[key.tenant, name]
            elif untouched and name in replan.move:
                debt.change(due_at=replan.move[name])
            elif debt.settled_at is not None and name in replan.outcomes:
                debt.outcome = replan.outcomes[name]
        self._shared.owe((*replan.add, *replan.redraw))
