"""What we owe Slack: kept with what it comes from, claimed for a lease, settled once it was sent."""

from collections.abc import Sequence

from flows.asked import Owed
from storage import statements
from storage.event_store import Runner
from storage.statements import Unit


class Outbox:
    """flows.ports.Outbox on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def claim(self, *, due: float, now: float, lease: float, limit: int) -> Sequence[Owed]:
        return await self._runner.write(lambda: _claim(due, now, lease, limit))

    async def settle(self, tenant: str, key: str, *, now: float, outcome: str) -> None:
        await self._runner.write(lambda: _settle(tenant, key, now, outcome))

    async def forget(self, *, settled_before: float) -> int:
        return await self._runner.write(lambda: _forget(settled_before))


def _claim(due: float, now: float, lease: float, limit: int) -> Unit[Sequence[Owed]]:
    rows = yield statements.claim_owed, {"due": due, "now": now, "until": now + lease, "limit": limit}
    return sorted((Owed(*row) for row in rows), key=lambda owed: (owed.due_at, owed.key))


def _settle(tenant: str, key: str, now: float, outcome: str) -> Unit[None]:
    yield statements.settle_owed, {"tenant": tenant, "owed": key, "now": now, "result": outcome}


def _forget(settled_before: float) -> Unit[int]:
    gone = yield statements.forget_owed, {"settled_before": settled_before}
    return len(gone)
