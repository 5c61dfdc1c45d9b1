"""Who a person is, which firms are within reach, and which firm a channel or a person means."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from flows.events import FirmKey
from flows.habits import CLOSED, Habits, Reach
from flows.ports import FirmSummary, Known, Sighting
from flows.position import Position
from storage import planning, statements
from storage.event_store import PositionCache, Runner, load
from storage.statements import Rows, Statement, Unit

Lists = dict[tuple[str, str], tuple[Rows, tuple[FirmSummary, ...]]]
"""By workspace and person, of those with many firms: the rows that were read last, and the list made of them."""

_MEANT = 10_000
_LISTS = 50
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Habits).decode
_USUAL = Habits()
_HEARD = "heard"
"""In place of Slack's word for a refusal, from when a person was heard of until a message arrives."""


class Directory:
    """flows.ports.Directory on a database."""

    def __init__(self, runner: Runner, cache: PositionCache) -> None:
        self._runner = runner
        self._cache = cache
        self._meant: dict[tuple[str, str, str], str] = {}
        """The firm that a person meant in a channel last: a guess, checked against the database each time."""
        self._lists: Lists = {}

    async def sight(self, tenant: str, person: str, channel: str = "", firm: str = "") -> Sighting:
        place = (tenant, person, channel)
        guess = firm or self._meant.get(place, "")
        sighting = await self._runner.glance(_sight(self._cache, self._lists, tenant, person, channel, firm, guess))
        if not firm and sighting.position:
            if len(self._meant) >= _MEANT:
                self._meant.pop(next(iter(self._meant)))
            self._meant[place] = sighting.position.key.firm
        return sighting

    async def use(self, tenant: str, person: str, firm: str) -> None:
        await self._runner.write(lambda: _use(tenant, person, firm))

    async def remember(self, tenant: str, known: Known, *, at: float = 0.0) -> None:
        await self._runner.write(lambda: _remember(tenant, known, at))

    async def all_firms(self, tenant: str) -> Sequence[FirmSummary]:
        return await self._runner.read(_all_firms(tenant))

    async def reach(self, tenant: str, persons: Sequence[str]) -> Mapping[str, Reach]:
        return await self._runner.read(reach(tenant, persons))

    async def set_habits(self, tenant: str, person: str, habits: Habits) -> None:
        kept = "" if habits == _USUAL else _encode(habits).decode()
        await self._runner.write(lambda: _set(statements.set_habits, tenant, person, {"habits": kept}))

    async def blocked(self, tenant: str, person: str, reason: str, *, at: float = 0.0) -> None:
        await self._runner.write(lambda: _blocked(tenant, person, reason, at))

    async def heard_of(self, tenant: str, person: str) -> None:
        await self._runner.write(lambda: _heard_of(tenant, person))


def by_name(firm: FirmSummary) -> tuple[str, str]:
    """The order of firms in a list, the same on every database."""
    return firm.name.casefold(), firm.key.firm


def _use(tenant: str, person: str, firm: str) -> Unit[None]:
    yield statements.use_firm, {"tenant": tenant, "person": person, "current_firm": firm}


def _remember(tenant: str, known: Known, at: float) -> Unit[None]:
    before = yield from _one(tenant, known.person)
    changes = before.standing != known.standing and not before.stays_out(replace(before, standing=known.standing))
    since = at if changes else _since(before)
    yield statements.remember_person, {"tenant": tenant, "reach_since": since, **msgspec.structs.asdict(known)}
    if (before.time_zone, before.standing) != (known.time_zone, known.standing):
        yield planning.stale_of_person, {"tenant": tenant, "person": known.person}
    if before.blocked in CLOSED and not known.standing:
        yield from _heard_of(tenant, known.person)


def _set(statement: Statement, tenant: str, person: str, new: Mapping[str, Any]) -> Unit[None]:
    changed = yield statement, {"tenant": tenant, "person": person, **new}
    if changed:
        yield planning.stale_of_person, {"tenant": tenant, "person": person}


def _blocked(tenant: str, person: str, reason: str, at: float) -> Unit[None]:
    before = yield from _one(tenant, person)
    stays = (reason and before.heard) or before.stays_out(replace(before, blocked=reason))
    since = _since(before) if stays else at
    yield from _set(statements.set_blocked, tenant, person, {"blocked": reason, "reach_since": since})


def unblock(tenant: str, persons: Mapping[str, float]) -> Unit[None]:
    """A message got to each of these, at this business time: part of the unit of work that says so of the message."""
    named = {f"person_{n}": person for n, person in enumerate(persons)}
    for (person,) in (yield planning.read_blocked(len(persons)), {"tenant": tenant, **named}):
        yield from _set(statements.set_blocked, tenant, person, {"blocked": "", "reach_since": persons[person]})


def _heard_of(tenant: str, person: str) -> Unit[None]:
    before = yield from _one(tenant, person)
    if before.blocked:
        heard = {"blocked": _HEARD, "reach_since": _since(before)}
        yield from _set(statements.set_blocked, tenant, person, heard)


def _since(reach: Reach) -> float:
    return reach.since.timestamp() if reach.since else 0.0


def _one(tenant: str, person: str) -> Unit[Reach]:
    found = yield from reach(tenant, [person])
    return found[person]


def reach(tenant: str, persons: Sequence[str]) -> Unit[dict[str, Reach]]:
    """How each of them can be reached."""
    found = {person: Reach(person) for person in persons}
    if persons:
        named = {f"person_{n}": person for n, person in enumerate(persons)}
        rows = yield planning.read_reach(len(persons)), {"tenant": tenant, **named}
        for name, time_zone, standing, blocked, habits, at in rows:
            since = datetime.fromtimestamp(at, UTC) if at else None
            heard = blocked == _HEARD
            found[name] = Reach(name, time_zone, standing, "" if heard else blocked, _habits(habits), since, heard)
    return found


def _habits(kept: str) -> Habits:
    return _decode(kept) if kept else _USUAL


def _all_firms(tenant: str) -> Unit[Sequence[FirmSummary]]:
    rows = yield statements.all_firms, {"tenant": tenant}
    return sorted((FirmSummary(FirmKey(tenant, firm), name, None) for firm, name in rows), key=by_name)


def _listed(tenant: str, rows: Rows) -> tuple[FirmSummary, ...]:
    firms = tuple(FirmSummary(FirmKey(tenant, firm), name, role) for firm, name, role in rows)
    return tuple(sorted(firms, key=by_name)) if len(firms) > 1 else firms


def _many(tenant: str, person: str, lists: Lists) -> Unit[tuple[FirmSummary, ...]]:
    """To make and sort thousands takes longer than to see that they are the same as before."""
    rows = yield statements.all_memberships, {"tenant": tenant, "person": person}
    held = lists.get((tenant, person))
    if held and held[0] == rows:
        return held[1]
    if len(lists) >= _LISTS:
        lists.clear()
    firms = _listed(tenant, rows)
    lists[tenant, person] = rows, firms
    return firms


def _sight(
    cache: PositionCache, lists: Lists, tenant: str, person: str, channel: str, asked: str, guess: str
) -> Unit[Sighting]:
    rows = yield statements.sight_person, {"tenant": tenant, "person": person, "channel": channel, "firm": guess}
    name, time_zone, admin, checked_at, current, linked, any_firm = rows[0][:7]
    standing = rows[0][11]
    known = Known(person, name, time_zone, bool(admin), checked_at, standing) if name is not None else Known(person)
    if len(rows) > statements.SIGHTED:
        firms = yield from _many(tenant, person, lists)
    else:
        firms = _listed(tenant, [row[7:10] for row in rows if row[7] is not None])
    if current and not known.admin and all(firm.key.firm != current for firm in firms):
        current = ""  # the person has left it, and is not to be stuck there
    only = firms[0].key.firm if len(firms) == 1 else ""
    meant = asked or linked or current or only
    position: Position | None = None
    if meant:
        key = FirmKey(tenant, meant)
        held = cache.get(key) if meant == guess else None
        if held and held.position.head == rows[0][10]:
            position = held.position
        else:
            position = yield from load(statements.read_snapshot, key, cache)
        # The snapshot itself says who is in: rows read a moment earlier must not open a door.
        if position and not known.admin and person not in position.members:
            position = None
    blocked = "" if rows[0][12] == _HEARD else rows[0][12] or ""
    return Sighting(known, firms, linked or "", current or "", position, bool(any_firm), blocked)
