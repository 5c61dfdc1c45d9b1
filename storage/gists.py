"""Keeps each firm in a few numbers beside its position, so that thousands are compared in one read."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, or_, select

from flows.events import FirmKey
from flows.gist import Gist
from flows.ports import Listed
from storage.event_store import Runner, keep_gist
from storage.models import firms, gists, members, snapshots
from storage.statements import Statement, Unit

PEOPLE = 50

Read = Mapping[str, tuple[tuple[Any, ...], Listed]]
"""By the firm: its row as it was read, and what it says."""

_decode = msgspec.json.Decoder(Gist).decode


def _of(table: Any, other: Any) -> Any:
    return and_(table.c.tenant == other.c.tenant, table.c.firm == other.c.firm)


_of_person = Statement(
    lambda _: (
        select(members.c.firm, firms.c.name, members.c.role, gists.c.body)
        .select_from(
            members.join(firms, _of(firms, members))
            .join(snapshots, _of(snapshots, members))
            .outerjoin(gists, and_(_of(gists, members), gists.c.version == snapshots.c.version))
        )
        .where(members.c.tenant == bindparam("tenant"), members.c.person == bindparam("person"))
    )
)
_missing = Statement(
    lambda _: (
        select(snapshots.c.tenant, snapshots.c.firm)
        .select_from(snapshots.outerjoin(gists, _of(gists, snapshots)))
        .where(
            or_(
                gists.c.version.is_(None),
                gists.c.version != snapshots.c.version,
                gists.c.made_by != bindparam("made_by"),
            )
        )
        .limit(bindparam("limit"))
    )
)


class Gists:
    """flows.ports.Gists on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._read: OrderedDict[tuple[str, str], Read] = OrderedDict()
        """What was read for the people who came last, so that what stayed the same is not decoded again."""

    async def of_person(self, tenant: str, person: str) -> Sequence[Listed]:
        known = self._read.get((tenant, person), {})
        read = await self._runner.ponder(_read(tenant, person, known))
        self._read[tenant, person] = read
        self._read.move_to_end((tenant, person))
        if len(self._read) > PEOPLE:
            self._read.popitem(last=False)
        return [listed for _, listed in read.values()]

    async def missing(self, made_by: str, *, limit: int) -> Sequence[FirmKey]:
        return await self._runner.ponder(_find_missing(made_by, limit))

    async def keep(self, gists: Mapping[FirmKey, Gist]) -> None:
        await self._runner.write(lambda: _keep_all(gists))


def _read(tenant: str, person: str, known: Read) -> Unit[Read]:
    rows = yield _of_person, {"tenant": tenant, "person": person}
    found: dict[str, tuple[tuple[Any, ...], Listed]] = {}
    for row in rows:
        firm, name, role, body = said = tuple(row)
        held = known.get(firm)
        if held is None or held[0] != said:
            gist = _decode(body) if body is not None else None
            held = said, Listed(FirmKey(tenant, firm), name, role, gist)
        found[firm] = held
    return found


def _find_missing(made_by: str, limit: int) -> Unit[Sequence[FirmKey]]:
    rows = yield _missing, {"made_by": made_by, "limit": limit}
    return [FirmKey(tenant, firm) for tenant, firm in rows]


def _keep_all(found: Mapping[FirmKey, Gist]) -> Unit[None]:
    for key, gist in found.items():
        yield from keep_gist(key, gist)
