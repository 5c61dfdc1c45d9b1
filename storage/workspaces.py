"""What a whole workspace shares, appended and never changed."""

from collections.abc import Sequence

import msgspec

from flows.ports import DecideEntry
from flows.workspace import Entry
from storage import planning, statements
from storage.event_store import Runner
from storage.statements import Unit


class Workspaces:
    """flows.ports.Workspaces on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def entries(self, tenant: str) -> Sequence[Entry]:
        return await self._runner.read(entries(tenant))

    async def append(
        self, tenant: str, decide: DecideEntry, *, cause: str | None = None
    ) -> tuple[Sequence[Entry], Entry | None]:
        return await self._runner.write(lambda: _append(tenant, decide, cause))


def entries(tenant: str) -> Unit[tuple[Entry, ...]]:
    """Everything that was entered, oldest first."""
    rows = yield statements.workspace, {"tenant": tenant}
    known = ([*row[:-1], bool(row[-1])] for row in rows)  # SQLite has no booleans
    return tuple(Entry(*values) for values in known)


def _append(tenant: str, decide: DecideEntry, cause: str | None) -> Unit[tuple[Sequence[Entry], Entry | None]]:
    there = yield from entries(tenant)
    if cause is not None and any(entry.cause == cause for entry in there):
        return there, None
    added = decide(there)
    if added is None:
        return there, None
    # Two that append at once have the same sequence: the key lets one through, and the other decides again.
    yield statements.append_to_workspace, msgspec.structs.asdict(added)
    yield planning.stale_of_tenant, {"tenant": tenant}
    return (*there, added), added
