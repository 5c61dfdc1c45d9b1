"""Each firm's plan of reminders: read what it is made from, decide, and write what changes, as one unit of work."""

from collections.abc import Sequence
from datetime import datetime

from flows.asked import FINE
from flows.events import FirmKey
from flows.ports import DecidePlan, Facts, Grounds, Replan
from storage import owing, planning, statements
from storage.directory import reach
from storage.event_store import PositionCache, Runner, keep_gist, load
from storage.outbox import kept
from storage.statements import Statement, Unit
from storage.workspaces import entries

SOON = 86_400.0
"""Seconds; replicas' clocks are never so far apart, nor does a plan of a clock that runs fast take so long."""


class Plans:
    """flows.ports.Plans on a database. `turn` is that of storage.outbox."""

    def __init__(self, runner: Runner, cache: PositionCache, turn: Statement | None) -> None:
        self._runner = runner
        self._cache = cache
        self._turn = turn

    async def stale(self, *, now: float, limit: int, tenant: str = "") -> Sequence[FirmKey]:
        return await self._runner.ponder(_stale(now, limit, tenant))

    async def grounds(self, key: FirmKey, person: str) -> Grounds | None:
        return await self._runner.read(_grounds(self._cache, key, person))

    async def replan(self, key: FirmKey, decide: DecidePlan, *, now: float) -> Replan | None:
        return await self._runner.write(lambda: _replan(self._cache, self._turn, key, decide, now))


def _stale(now: float, limit: int, tenant: str) -> Unit[list[FirmKey]]:
    wanted = {"now": now, "limit": limit}
    if tenant:
        rows = yield planning.stale_plans_of, {**wanted, "tenant": tenant}
    else:
        rows = yield planning.stale_plans, wanted
    return [FirmKey(*row) for row in rows]


def _grounds(cache: PositionCache, key: FirmKey, person: str) -> Unit[Grounds | None]:
    position = yield from load(statements.read_snapshot, key, cache)
    if position is None:
        return None
    shared = yield from entries(key.tenant)
    people = yield from reach(key.tenant, tuple({*position.members, person}))
    return Grounds(position, shared, people)


def _replan(
    cache: PositionCache, turn: Statement | None, key: FirmKey, decide: DecidePlan, now: float
) -> Unit[Replan | None]:
    facts = yield from _facts(cache, planning.begin_without_waiting if turn else planning.begin_plan, key)
    if facts is None:
        return None
    replan = decide(facts)
    if turn and _may_be_taken_up(facts, replan, now):
        yield turn, {}
    yield from _write(key.tenant, facts, replan)
    if replan.gist:
        yield from keep_gist(key, replan.gist)
    made = {"new_version": facts.position.version, "new_planned_at": now, "new_again_at": replan.again_at}
    yield planning.end_plan, {"tenant": key.tenant, "firm": key.firm, **made}
    return replan


def _facts(cache: PositionCache, begin: Statement, key: FirmKey) -> Unit[Facts | None]:
    """Read where nobody changes the firm, and where whoever makes its plan stale waits until we are done."""
    position = yield from load(statements.load_snapshot, key, cache)
    if position is None:
        return None
    firm = {"tenant": key.tenant, "firm": key.firm}
    begun = yield begin, {**firm, **planning.NEVER}
    planned_at, unseen = begun[0][:2]
    shared = yield from entries(key.tenant)
    people = yield from reach(key.tenant, tuple(position.members))
    rows = yield planning.read_rows, firm
    return Facts(position, shared, people, kept(rows), planned_at, datetime.fromisoformat(unseen) if unseen else None)


def _may_be_taken_up(facts: Facts, replan: Replan, now: float) -> bool:
    """Whether somebody may be taking up what is about to go: only what is due is, by a clock that may be wrong."""
    gone = {*replan.drop, *replan.move}
    return any(row.owed.due_at <= now + SOON and row.owed.key in gone for row in facts.rows)


def _write(tenant: str, facts: Facts, replan: Replan) -> Unit[None]:
    if replan.drop:
        yield planning.drop, [_row(tenant, key) for key in replan.drop]
        # Of one that is let go of just now, what stays behind is cleared away with the rest some day.
        released = {row.owed.key for row in facts.rows if row.owed.first_taken}.intersection(replan.drop)
        if released:
            yield planning.forget_release, [_row(tenant, key) for key in released]
    if replan.move:
        yield planning.move, [{**_row(tenant, key), "new_due_at": at} for key, at in replan.move.items()]
    if replan.outcomes:
        yield (
            planning.change_outcome,
            [
                {**_row(tenant, key), "result": outcome, "is_failed": outcome not in FINE}
                for key, outcome in replan.outcomes.items()
            ],
        )
    if replan.about:
        yield planning.change_about, [{**_row(tenant, key), "new_about": about} for key, about in replan.about.items()]
    yield from owing.owe((*replan.add, *replan.redraw))


def _row(tenant: str, key: str) -> dict[str, str]:
    return {"of_tenant": tenant, "of_key": key}
