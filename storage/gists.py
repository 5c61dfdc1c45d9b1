"""Keeps each firm in a few numbers beside its position, so that thousands are compared in one read."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, bindparam, null, or_, select

from flows.events import FirmKey
from flows.gist import Gist
from flows.ports import Listed
from storage.event_store import Runner, keep_gist
from storage.models import firms, gists, members, snapshots
from storage.statements import Statement, Unit

PEOPLE = 50

Version = tuple[str, int]
"""A firm, and the version it is at."""


class Read(NamedTuple):
    """What was read for a person, or of a workspace: where each firm was then, and what was found."""

    versions: Sequence[Version]
    listed: Mapping[str, Listed]
    answer: Sequence[Listed]
    whole: bool
    """Each firm was there, and had a gist of that version."""


NOTHING = Read((), {}, (), whole=False)

FEW = 40
"""Firms that changed since, up to which each is read by itself."""

_decode = msgspec.json.Decoder(Gist).decode


def _of(table: Any, other: Any) -> Any:
    return and_(table.c.tenant == other.c.tenant, table.c.firm == other.c.firm)


class Asked(NamedTuple):
    """Whose firms are read: the statements for all of them, for one of them, and for the version each is at."""

    all: Statement
    one: Statement
    versions: Statement


def _asked(start: Any, role: Any, *whose: Any) -> Asked:
    """`start` is what says whose they are, with the snapshots."""
    named = start.join(firms, _of(firms, snapshots))
    kept = named.outerjoin(gists, and_(_of(gists, snapshots), gists.c.version == snapshots.c.version))
    listed = select(snapshots.c.firm, firms.c.name, role, gists.c.body).select_from(kept).where(*whose)
    versions = select(snapshots.c.firm, snapshots.c.version).select_from(start).where(*whose)
    one = listed.where(snapshots.c.firm == bindparam("firm"))
    return Asked(Statement(lambda _: listed), Statement(lambda _: one), Statement(lambda _: versions))


_here = snapshots.c.tenant == bindparam("tenant")
_of_person = _asked(
    members.join(snapshots, _of(snapshots, members)),
    members.c.role,
    members.c.tenant == bindparam("tenant"),
    members.c.person == bindparam("person"),
)
_of_workspace = _asked(snapshots, null(), _here)
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
        """What was read for the people who came last, so that what stayed the same is not read and decoded again."""

    async def of_person(self, tenant: str, person: str) -> Sequence[Listed]:
        return await self._again(_of_person, tenant, person)

    async def of_workspace(self, tenant: str) -> Sequence[Listed]:
        return await self._again(_of_workspace, tenant)

    async def _again(self, asked: Asked, tenant: str, person: str = "") -> Sequence[Listed]:
        known = self._read.get((tenant, person), NOTHING)
        which = {"tenant": tenant, **({"person": person} if person else {})}
        read = await self._runner.ponder(_read(asked, which, known))
        self._read[tenant, person] = read
        self._read.move_to_end((tenant, person))
        if len(self._read) > PEOPLE:
            self._read.popitem(last=False)
        return read.answer

    async def missing(self, made_by: str, *, limit: int) -> Sequence[FirmKey]:
        return await self._runner.ponder(_find_missing(made_by, limit))

    async def keep(self, gists: Mapping[FirmKey, Gist]) -> None:
        await self._runner.write(lambda: _keep_all(gists))
        self._read.clear()  # one that is made anew is of the same version as before


def _read(asked: Asked, which: Mapping[str, str], known: Read) -> Unit[Read]:
    """Every change of a firm, its name and its members is an event, and so another version of it."""
    rows = yield asked.versions, which
    versions: list[Version] = [tuple(row) for row in rows]
    if known.whole and versions == known.versions:
        return known
    before = dict(known.versions)
    held = known.listed
    same = {f: held[f] for f, v in versions if before.get(f) == v and f in held and held[f].gist is not None}
    changed = [firm for firm, _ in versions if firm not in same]
    found = {}
    for statement, more in _to_read(asked, changed):
        for firm, name, role, body in (yield statement, {**which, **more}):
            if firm not in same:
                gist = _decode(body) if body is not None else None
                found[firm] = Listed(FirmKey(which["tenant"], firm), name, role, gist)
    listed = {**same, **found}
    answer = [listed[firm] for firm, _ in versions if firm in listed]
    whole = len(answer) == len(versions) and all(each.gist is not None for each in found.values())
    return Read(versions, listed, answer, whole)


def _to_read(asked: Asked, changed: Sequence[str]) -> Sequence[tuple[Statement, Mapping[str, str]]]:
    if len(changed) > FEW:
        return [(asked.all, {})]
    return [(asked.one, {"firm": firm}) for firm in changed]


def _find_missing(made_by: str, limit: int) -> Unit[Sequence[FirmKey]]:
    rows = yield _missing, {"made_by": made_by, "limit": limit}
    return [FirmKey(tenant, firm) for tenant, firm in rows]


def _keep_all(found: Mapping[FirmKey, Gist]) -> Unit[None]:
    for key, gist in found.items():
        yield from keep_gist(key, gist)
