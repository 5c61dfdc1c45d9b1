"""Files handed over as evidence and still on their way: kept with a lease until each is recorded or told of."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, func, literal, select, update
from sqlalchemy.sql import ClauseElement

from flows.events import FirmKey
from flows.evidence.intake import Coming
from storage.event_store import Runner
from storage.models import evidence_coming as table
from storage.statements import Insert, Statement, Unit, is_firm


class Intake:
    """flows.evidence.intake.Intake on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def expect(self, coming: Sequence[Coming]) -> None:
        await self._runner.write(lambda: _expect(coming))

    async def coming(self, key: FirmKey) -> Sequence[Coming]:
        return await self._runner.read(_coming(key))

    async def waiting(self, *, now: float) -> Sequence[str]:
        return await self._runner.read(_waiting(now))

    async def take(self, tenant: str, *, by: str, now: float, lease: float) -> Coming | None:
        return await self._runner.write(lambda: _take(tenant, by, now, now + lease))

    async def hold(self, coming: Coming, *, by: str, until: float) -> bool:
        return await self._runner.write(lambda: _ours(_hold_lease, coming, {"by": by, "new_until": until}))

    async def put_off(self, coming: Coming, *, by: str, until: float) -> bool:
        return await self._runner.write(lambda: _ours(_put_off, coming, {"by": by, "new_until": until}))

    async def settle(self, coming: Coming, *, by: str) -> bool:
        return await self._runner.write(lambda: _ours(_drop, coming, {"by": by}))


def _expect(coming: Sequence[Coming]) -> Unit[None]:
    for one in coming:
        kept = {"added_at": one.added_at, "body": msgspec.json.encode(one).decode(), "tries": 0}
        yield _add, {**_firm(one.key), "id": one.id, **kept, "taken_by": "", "taken_until": 0.0}


def _coming(key: FirmKey) -> Unit[Sequence[Coming]]:
    rows = yield _of_firm, _firm(key)
    return [_read(body, tries) for body, tries in rows]


def _waiting(now: float) -> Unit[Sequence[str]]:
    rows = yield _due, {"now": now}
    return [row[0] for row in rows]


def _take(tenant: str, by: str, now: float, until: float) -> Unit[Coming | None]:
    rows = yield _due_of, {"tenant": tenant, "now": now}
    if not rows:
        return None
    firm, coming = rows[0]
    which = {"tenant": tenant, "firm": firm, "id": coming}
    taken = yield _take_one, {**which, "now": now, "new_taker": by, "new_until": until}
    return _read(*taken[0]) if taken else None


def _ours(statement: Statement, coming: Coming, more: dict[str, Any]) -> Unit[bool]:
    rows = yield statement, {**_firm(coming.key), "id": coming.id, **more}
    return bool(rows)


def _read(body: str, tries: int) -> Coming:
    return msgspec.structs.replace(msgspec.json.decode(body, type=Coming), tries=tries)


def _firm(key: FirmKey) -> dict[str, Any]:
    return {"tenant": key.tenant, "firm": key.firm}


def _is_it() -> Any:
    return and_(is_firm(table), table.c.id == bindparam("id"))


def _is_ours() -> Any:
    return and_(_is_it(), table.c.taken_by == bindparam("by"))


def _add_one(insert: Insert) -> ClauseElement:
    names = ("tenant", "firm", "id", "added_at", "body", "tries", "taken_by", "taken_until")
    new = insert(table).values({name: bindparam(name) for name in names})
    kept: ClauseElement = new.on_conflict_do_nothing(index_elements=[table.c.tenant, table.c.firm, table.c.id])
    return kept


_add = Statement(_add_one)
_of_firm = Statement(
    lambda _: select(table.c.body, table.c.tries).where(is_firm(table)).order_by(table.c.added_at, table.c.id)
)
_due = Statement(
    lambda _: (
        select(table.c.tenant)
        .where(table.c.taken_until <= bindparam("now"))
        .group_by(table.c.tenant)
        .order_by(func.min(table.c.taken_until), func.min(table.c.added_at))
    )
)
_due_of = Statement(
    lambda _: (
        select(table.c.firm, table.c.id)
        .where(table.c.tenant == bindparam("tenant"), table.c.taken_until <= bindparam("now"))
        .order_by(table.c.taken_until, table.c.added_at)
        .limit(literal(1))
    )
)
_take_one = Statement(
    lambda _: (
        update(table)
        .values(
            {
                table.c.taken_by: bindparam("new_taker"),
                table.c.taken_until: bindparam("new_until"),
                table.c.tries: table.c.tries + literal(1),
            }
        )
        .where(_is_it(), table.c.taken_until <= bindparam("now"))
        .returning(table.c.body, table.c.tries)
    )
)
_hold_lease = Statement(
    lambda _: (
        update(table).values({table.c.taken_until: bindparam("new_until")}).where(_is_ours()).returning(table.c.id)
    )
)
_put_off = Statement(
    lambda _: (
        update(table)
        .values({table.c.taken_until: bindparam("new_until"), table.c.tries: table.c.tries - literal(1)})
        .where(_is_ours())
        .returning(table.c.id)
    )
)
_drop = Statement(lambda _: delete(table).where(_is_ours()).returning(table.c.id))
