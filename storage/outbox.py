"""What we owe Slack: kept with what it comes from, claimed a slot at a time for a lease, settled once it was sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flows.asked import ARRIVED, FINE, Kept, Owed, Slot
from flows.events import FirmKey
from flows.ports import DecideRearranged
from storage import owing, planning
from storage.directory import unblock
from storage.event_store import Runner
from storage.statements import Rows, Statement, Unit
from storage.together import Together

_IN_A_ROW = 10.0
"""Seconds in which claims go on where the last one ended, as long as there is more than they take."""

MOST_OVERDUE = 10_000
"""Rows that are counted as waiting too long."""


class Settling(NamedTuple):
    """What became of one message, and whom it reached, at which business time."""

    tenant: str
    outcomes: Mapping[str, str]
    now: float
    message: str
    reached: str
    at: float
    zone: str


class Outbox:
    """flows.ports.Outbox on a database. `turn` is what those who claim wait for, where more than one can write."""

    def __init__(self, runner: Runner, turn: Statement | None) -> None:
        self._runner = runner
        self._turn = turn
        self._since = 0.0
        """Up to here the last claims took all that was due, while each got as much as it asked for."""
        self._again_at = 0.0
        """When it is looked from the beginning all the same: what was let go of, and what came too late, is earlier."""
        self._settling = Together[Settling](lambda all_: runner.write(lambda: _settle(all_)))

    async def owe(self, owed: Sequence[Owed]) -> None:
        await self._runner.write(lambda: owing.owe(owed))

    async def claim(self, *, due: float, now: float, lease: float, limit: int) -> Sequence[Slot]:
        slots: list[Slot] = []
        if self._since and now < self._again_at:
            slots = await self._claim(self._since, due, now, lease, limit)
        # Mostly nothing is due at all, and to see that costs no commit.
        if len(slots) < limit and await self._runner.read(_is_any_due(due, now)):
            self._again_at = now + _IN_A_ROW
            slots += await self._claim(0.0, due, now, lease, limit - len(slots))
        return slots

    async def _claim(self, since: float, due: float, now: float, lease: float, limit: int) -> list[Slot]:
        wanted = {"due": due, "since": since, "now": now, "until": now + lease}
        slots = await self._runner.write(lambda: _claim(self._turn, wanted, limit))
        self._since = max(slot.owed[0].due_at for slot in slots) if len(slots) >= limit else 0.0
        return slots

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
        if outcomes:
            await self._settling.add(Settling(tenant, outcomes, now, message, reached, at, zone))

    async def release(
        self, tenant: str, keys: Sequence[str], *, until: float, looked: bool = False, lease: float | None = None
    ) -> None:
        await self._runner.write(lambda: _release(tenant, keys, until, looked, lease))

    async def swap(self, tenant: str, key: str, owed: Sequence[Owed]) -> None:
        await self._runner.write(lambda: _swap(tenant, key, owed))

    async def get(self, tenant: str, key: str) -> Kept | None:
        return next(iter(await self._runner.read(_kept(owing.get, {"of_tenant": tenant, "of_key": key}))), None)

    async def of_message(self, tenant: str, message: str) -> Sequence[Kept]:
        return await self._runner.read(_kept(owing.of_message, {"tenant": tenant, "stands_in": message}))

    async def summaries(self, tenant: str, channel: str, slot: str) -> Sequence[Kept]:
        where = {"tenant": tenant, "person": channel, "of_slot": slot}
        return await self._runner.read(_kept(owing.summaries, where))

    async def last_summary(self, tenant: str, channel: str, slot: str, *, firm: str = "") -> float | None:
        return await self._runner.read(_last_summary(tenant, channel, slot, firm))

    async def reviews_asked(self, tenant: str, person: str, slot: str) -> Sequence[Kept]:
        where = {"tenant": tenant, "person": person, "of_slot": slot}
        return await self._runner.read(_kept(owing.reviews_asked, where))

    async def next_due(self, *, after: float = 0.0) -> float | None:
        return await self._runner.read(_next_due(after))

    async def overdue(self, *, before: float) -> Mapping[str, tuple[int, float]]:
        return await self._runner.read(_overdue(before))

    async def snoozed(self, tenant: str, person: str) -> Sequence[Owed]:
        return await self._runner.read(_snoozed(tenant, person))

    async def rearrange(self, key: FirmKey, decide: DecideRearranged, *, now: float) -> None:
        await self._runner.write(lambda: _rearrange(key, decide, now))

    async def in_doubt(self, tenant: str, person: str) -> Sequence[Owed]:
        return await self._runner.read(_in_doubt(tenant, person))

    async def stop(self, tenant: str, reason: str, *, now: float, instead_of: str = "") -> None:
        await self._runner.write(lambda: _stop(tenant, reason, now, instead_of))

    async def resume(self, tenant: str) -> None:
        await self._runner.write(lambda: _resume(tenant))

    async def look_again(self, tenant: str, *, now: float, before: float) -> bool:
        return await self._runner.write(lambda: _look_again(tenant, now, before))

    async def stopped(self) -> Mapping[str, str]:
        return await self._runner.read(_stopped())

    async def undelivered(self, tenant: str, *, limit: int) -> Sequence[Kept]:
        return await self._runner.read(_kept(owing.undelivered, {"tenant": tenant, "limit": limit}))

    async def forget(self, *, settled_before: float, letters_before: float) -> int:
        return await self._runner.write(lambda: _forget(settled_before, letters_before))


def kept(rows: Rows) -> tuple[Kept, ...]:
    """Rows as `owing` reads them."""
    return tuple(Kept(Owed(*row[:-2]), row[-2] is not None, row[-1] or "", row[-2] or 0.0) for row in rows)


def _kept(statement: Statement, parameters: Mapping[str, Any]) -> Unit[tuple[Kept, ...]]:
    return kept((yield statement, parameters))


def _is_any_due(due: float, now: float) -> Unit[bool]:
    rows = yield owing.is_any_due, {"due": due, "now": now}
    return bool(rows)


def _claim(turn: Statement | None, wanted: Mapping[str, float], limit: int) -> Unit[list[Slot]]:
    if turn:
        yield turn, {}
    slots: list[Slot] = []
    # As many rows as slots are wanted may be in fewer slots; then some more are looked for.
    while len(slots) < limit:
        mine = yield owing.take, {**wanted, "limit": limit - len(slots)}
        if not mine:
            break
        keys = {(row[0], row[1]) for row in mine}
        rows = yield owing.read_taken, {"until": wanted["until"]}
        slots += _slots(Owed(*row) for row in rows if (row[0], row[1]) in keys)
    return slots


def _slots(owed: Iterable[Owed]) -> list[Slot]:
    together: dict[tuple[str, str, str], list[Owed]] = {}
    for one in sorted(owed, key=lambda one: (one.due_at, one.key)):
        together.setdefault((one.tenant, one.person, one.slot), []).append(one)
    return [Slot(*whose, tuple(rows)) for whose, rows in together.items()]


def _settle(settling: Sequence[Settling]) -> Unit[None]:
    rows = [row for one in settling for row in _settled(one)]
    yield owing.settle, rows
    yield owing.let_go, rows
    reached: dict[str, dict[str, float]] = {}
    for one in settling:
        if one.reached:
            reached.setdefault(one.tenant, {})[one.reached] = one.at
    for tenant, persons in reached.items():
        yield from unblock(tenant, persons)


def _settled(one: Settling) -> Iterable[dict[str, Any]]:
    for key, outcome in one.outcomes.items():
        yield {
            "of_tenant": one.tenant,
            "of_key": key,
            "now": one.now,
            "result": outcome,
            "stands_in": one.message if outcome in ARRIVED else "",
            "is_failed": outcome not in FINE,
            "sent_at": one.at if outcome in ARRIVED else 0.0,
            "sent_in": one.zone if outcome in ARRIVED else "",
        }


def _release(tenant: str, keys: Sequence[str], until: float, looked: bool, lease: float | None) -> Unit[None]:
    rows = [{"of_tenant": tenant, "of_key": key, "free_from": until} for key in keys]
    if rows and lease is not None:
        yield owing.release_own, [{**row, "taken_until": lease} for row in rows]
    elif rows:
        yield owing.release_untouched if looked else owing.release, rows


def _swap(tenant: str, key: str, owed: Sequence[Owed]) -> Unit[None]:
    row = {"of_tenant": tenant, "of_key": key}
    yield owing.let_go, row
    yield owing.drop, row
    yield from owing.owe(owed)


def _next_due(after: float) -> Unit[float | None]:
    rows = yield owing.next_due, {"after": after}
    return rows[0][0] if rows else None


def _overdue(before: float) -> Unit[dict[str, tuple[int, float]]]:
    rows = yield owing.overdue, {"before": before, "limit": MOST_OVERDUE}
    found: dict[str, tuple[int, float]] = {}
    for tenant, due_at in rows:
        count, since = found.get(tenant, (0, due_at))
        found[tenant] = count + 1, since
    return found


def _last_summary(tenant: str, channel: str, slot: str, firm: str) -> Unit[float | None]:
    earliest = slot.rpartition(":")[0] + ":"
    where = {"tenant": tenant, "person": channel, "first_slot": earliest, "of_slot": slot}
    rows = yield (owing.last_summary_of_firm, {**where, "firm": firm}) if firm else (owing.last_summary, where)
    return rows[0][0] if rows else None


def _snoozed(tenant: str, person: str) -> Unit[list[Owed]]:
    rows = yield owing.snoozed, {"tenant": tenant, "person": person}
    return [Owed(*row) for row in rows]


def _rearrange(key: FirmKey, decide: DecideRearranged, now: float) -> Unit[None]:
    firm = {"tenant": key.tenant, "firm": key.firm}
    if not (yield planning.hold_firm, firm):
        return
    decided = decide(kept((yield planning.read_rows, firm)))
    if decided.needless:
        outcomes = dict.fromkeys(decided.needless, "needless")
        yield from _settle([Settling(key.tenant, outcomes, now, "", "", 0.0, "")])
    yield from owing.owe(decided.owed)


def _in_doubt(tenant: str, person: str) -> Unit[list[Owed]]:
    rows = yield owing.in_doubt, {"tenant": tenant, "person": person}
    return [Owed(*row) for row in rows]


def _stop(tenant: str, reason: str, now: float, instead_of: str) -> Unit[None]:
    yield owing.stop, {"tenant": tenant, "reason": reason, "stopped_at": now, "instead_of": instead_of}


def _look_again(tenant: str, now: float, before: float) -> Unit[bool]:
    rows = yield owing.look_again, {"of_tenant": tenant, "now": now, "before": before}
    return bool(rows)


def _resume(tenant: str) -> Unit[None]:
    yield owing.resume, {"tenant": tenant}


def _stopped() -> Unit[dict[str, str]]:
    rows = yield owing.list_stopped, {}
    return {row[0]: row[1] for row in rows}


def _forget(reminders_before: float, letters_before: float) -> Unit[int]:
    reminders = yield owing.forget, {"which": True, "settled_before": reminders_before}
    letters = yield owing.forget, {"which": False, "settled_before": letters_before}
    yield owing.detach, {"settled_before": reminders_before}
    yield owing.tidy, {}
    return len(reminders) + len(letters)
