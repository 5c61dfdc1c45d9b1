"""Takes a firm, or a whole workspace, out of the database: every row of it in every table, in one transaction.

The tables are found in the models, so that one that is added later is emptied, too: whatever has a firm's or a tenant's
column. What is a firm's without having one is named here by hand, and a test fails where a table is neither.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Table, bindparam, delete, func, literal_column, select, update

from flows.asked import Owed
from flows.erasing import SHARED, without
from flows.events import FirmKey
from flows.evolve import fold
from flows.firms import Refusal
from flows.legal_hold import may_remove
from flows.position import Position
from storage import knowledge, owing, statements
from storage.event_store import PositionCache, Runner, firm_keys, load, read_history
from storage.fulltext import FullText
from storage.models import metadata, outbox, people, taken
from storage.owing import is_row
from storage.statements import Statement, Unit, is_firm

OF_A_WORKSPACE = frozenset(
    {"people", "inbox", "workspace_entries", "update_notes", "taken", "stopped_workspaces", "installations"}
)
"""Tables that have no firm's column: their rows are the workspace's, and go with it alone.

`taken` repeats keys of the outbox, and `people` names each one's current firm: of a firm that goes, both are seen to.
The inbox has what Slack told and nobody handled yet; which firm it is about is known only then, and its text goes then.
"""

OF_NOBODY = frozenset({"oauth_states"})
"""Tables without a tenant: they hold nothing of a firm's or a workspace's."""


class Scope(NamedTuple):
    """What goes: one firm, or with an empty `firm` all there is of a tenant."""

    tenant: str
    firm: str = ""


class Standing(NamedTuple):
    """What there is: the firms with their positions, and how many rows each table has that would go."""

    firms: tuple[Position, ...]
    rows: Mapping[str, int]


class Erasing:
    """For whoever runs the app: nobody's rights are checked here, but a legal hold is."""

    def __init__(self, runner: Runner, fulltext: FullText, cache: PositionCache) -> None:
        self._runner = runner
        self._fulltext = fulltext
        self._cache = cache

    async def standing(self, scope: Scope) -> Standing:
        """What would go. Raises StorageUnavailable."""
        return await self._runner.read(_standing(scope, self._cache))

    async def erase(self, scope: Scope) -> Standing:
        """It is gone when this returns; what it was. A second time there is nothing left, and that is no error.

        Raises Refusal where a firm of it is under a legal hold, StorageUnavailable; nothing is gone then.
        """
        return await self._runner.write(lambda: _erase(scope, self._cache, self._fulltext))


def _standing(scope: Scope, cache: PositionCache) -> Unit[Standing]:
    firms = yield from _positions(scope, cache)
    rows = yield from _count(scope)
    return Standing(firms, rows)


def _erase(scope: Scope, cache: PositionCache, fulltext: FullText) -> Unit[Standing]:
    firms = yield from _positions(scope, cache, statements.load_snapshot)
    for position in firms:
        may_remove(position)
    if scope.firm:
        yield from _cut_out(firms)
    rows = yield from _count(scope)
    for key in (position.key for position in firms):
        yield from knowledge.empty_shelf(fulltext, key)
    if fulltext.purge:
        yield fulltext.purge, {}
    for statement in _DELETING[bool(scope.firm)]:
        yield statement, scope._asdict()
    return Standing(firms, rows)


def _cut_out(firms: Sequence[Position]) -> Unit[None]:
    """Out of rows that are not the firm's alone: what is another's in them stays, under another firm."""
    for position in firms:
        rows = yield _shared, {"tenant": position.key.tenant}
        for row in (Owed(*values) for values in rows):
            left = without(row, position)
            which = {"of_tenant": row.tenant, "of_key": row.key}
            if left is None:
                yield owing.let_go, which
                yield owing.drop, which
            elif left != row:
                yield _cut, {**which, "whose": left.firm, "what": left.about}


def _positions(
    scope: Scope, cache: PositionCache, statement: Statement = statements.read_snapshot
) -> Unit[tuple[Position, ...]]:
    """Also of a firm whose snapshot or own row somebody took away: a hold stands in its events."""
    keys: Sequence[FirmKey] = yield from firm_keys()
    found = []
    for key in keys:
        if key.tenant == scope.tenant and scope.firm in ("", key.firm):
            position = yield from _position(key, cache, statement)
            found.append(position)
    return tuple(found)


def _position(key: FirmKey, cache: PositionCache, statement: Statement) -> Unit[Position]:
    try:
        position = yield from load(statement, key, cache)
        return position or fold(key, (yield from read_history(key)))
    except (msgspec.MsgspecError, ValueError) as error:
        raise Refusal(
            f"The record of firm {key.firm} cannot be read, so nobody can tell whether a legal hold stands. "
            "`cais verify` says where it is broken. Nothing was deleted."
        ) from error


def _count(scope: Scope) -> Unit[Mapping[str, int]]:
    found: dict[str, int] = {}
    for table, statement in _counting(bool(scope.firm)).items():
        rows = yield statement, scope._asdict()
        if rows[0][0]:
            found[table] = int(rows[0][0])
    return found


def tables_of(of_a_firm: bool) -> list[Table]:
    """The tables whose rows go, those that point at others first."""
    wanted = ("tenant", "firm") if of_a_firm else ("tenant",)
    return [table for table in reversed(metadata.sorted_tables) if all(name in table.c for name in wanted)]


def _is_ours(table: Table, of_a_firm: bool) -> Any:
    return is_firm(table) if of_a_firm else table.c.tenant == bindparam("tenant")


@cache
def _counting(of_a_firm: bool) -> Mapping[str, Statement]:
    return {table.name: Statement(_count_in(table, of_a_firm)) for table in tables_of(of_a_firm)}


def _count_in(table: Table, of_a_firm: bool) -> Callable[[Any], Any]:
    return lambda _: select(func.count()).select_from(table).where(_is_ours(table, of_a_firm))


def _delete_from(table: Table, of_a_firm: bool) -> Callable[[Any], Any]:
    return lambda _: delete(table).where(_is_ours(table, of_a_firm))


_COLUMNS = [outbox.c[name] for name in ("tenant", "key", "firm", "kind", "person", "about", "due_at")]
_KINDS: list[Any] = [literal_column(f"'{kind}'") for kind in sorted(SHARED)]
_shared = Statement(
    lambda _: select(*_COLUMNS).where(outbox.c.tenant == bindparam("tenant"), outbox.c.kind.in_(_KINDS))
)
_cut = Statement(lambda _: update(outbox).values(firm=bindparam("whose"), about=bindparam("what")).where(is_row()))
_owed = select(outbox.c.key).where(is_firm(outbox))
_forget_taken = Statement(lambda _: delete(taken).where(taken.c.tenant == bindparam("tenant"), taken.c.key.in_(_owed)))
_leave_firm = Statement(
    lambda _: (
        update(people)
        .values(current_firm="")
        .where(people.c.tenant == bindparam("tenant"), people.c.current_firm == bindparam("firm"))
    )
)

_DELETING: Mapping[bool, Sequence[Statement]] = {
    True: [_forget_taken, _leave_firm, *(Statement(_delete_from(table, True)) for table in tables_of(True))],
    False: [Statement(_delete_from(table, False)) for table in tables_of(False)],
}
