"""What Slack already told us: each delivery is taken once, and again only where its taker went silent."""

from collections.abc import Sequence

from flows.ports import Told
from storage import statements
from storage.event_store import Runner
from storage.statements import Unit

_AT_ONCE = 100


class Inbox:
    """flows.ports.Inbox on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def take(self, told: Told, *, now: float, lease: float) -> int:
        return await self._runner.write(lambda: _take(told, now, lease))

    async def put_off(self, tenant: str, event_id: str, *, until: float) -> None:
        await self._runner.write(lambda: _put_off(tenant, event_id, until))

    async def settle(self, tenant: str, event_id: str, *, now: float) -> None:
        await self._runner.write(lambda: _settle(tenant, event_id, now))

    async def unsettled(self, *, now: float) -> Sequence[Told]:
        return await self._runner.read(_unsettled(now))

    async def forget(self, *, settled_before: float) -> int:
        return await self._runner.write(lambda: _forget(settled_before))


def _take(told: Told, now: float, lease: float) -> Unit[int]:
    row = {"tenant": told.tenant, "id": told.id, "body": told.body, "told_at": now, "taken_until": now + lease}
    ours = yield statements.take_told, {**row, "settled_at": None, "tries": 1, "now": now}
    return int(ours[0][0]) if ours else 0


def _put_off(tenant: str, event_id: str, until: float) -> Unit[None]:
    yield statements.put_off_told, {"tenant": tenant, "event": event_id, "until": until}


def _settle(tenant: str, event_id: str, now: float) -> Unit[None]:
    yield statements.settle_told, {"tenant": tenant, "event": event_id, "now": now, "nothing": ""}


def _unsettled(now: float) -> Unit[Sequence[Told]]:
    rows = yield statements.unsettled_told, {"now": now, "limit": _AT_ONCE}
    return [Told(*row) for row in rows]


def _forget(settled_before: float) -> Unit[int]:
    gone = yield statements.forget_told, {"settled_before": settled_before}
    return len(gone)
