"""Who a person is, which firms are within reach, and which firm a channel or a person means."""

from collections.abc import Sequence

import msgspec

from flows.events import FirmKey
from flows.ports import FirmSummary, Known, Sighting
from flows.position import Position
from storage import statements
from storage.event_store import PositionCache, Runner, load
from storage.statements import Unit

_MEANT = 10_000


class Directory:
    """flows.ports.Directory on a database."""

    def __init__(self, runner: Runner, cache: PositionCache) -> None:
        self._runner = runner
        self._cache = cache
        self._meant: dict[tuple[str, str, str], str] = {}
        """The firm that a person meant in a channel last: a guess, checked against the database each time."""

    async def sight(self, tenant: str, person: str, channel: str = "", firm: str = "") -> Sighting:
        place = (tenant, person, channel)
        guess = firm or self._meant.get(place, "")
        sighting = await self._runner.glance(_sight(self._cache, tenant, person, channel, firm, guess))
        if not firm and sighting.position:
            if len(self._meant) >= _MEANT:
                self._meant.pop(next(iter(self._meant)))
            self._meant[place] = sighting.position.key.firm
        return sighting

    async def use(self, tenant: str, person: str, firm: str) -> None:
        await self._runner.write(lambda: _use(tenant, person, firm))

    async def remember(self, tenant: str, known: Known) -> None:
        await self._runner.write(lambda: _remember(tenant, known))

    async def all_firms(self, tenant: str) -> Sequence[FirmSummary]:
        return await self._runner.read(_all_firms(tenant))


def by_name(firm: FirmSummary) -> tuple[str, str]:
    """The order of firms in a list, the same on every database."""
    return firm.name.casefold(), firm.key.firm


def _use(tenant: str, person: str, firm: str) -> Unit[None]:
    yield statements.use_firm, {"tenant": tenant, "person": person, "current_firm": firm}


def _remember(tenant: str, known: Known) -> Unit[None]:
    # `current_firm` is for a new row only: the statement does not overwrite it.
    yield statements.remember_person, {"tenant": tenant, "current_firm": "", **msgspec.structs.asdict(known)}


def _all_firms(tenant: str) -> Unit[Sequence[FirmSummary]]:
    rows = yield statements.all_firms, {"tenant": tenant}
    return sorted((FirmSummary(FirmKey(tenant, firm), name, None) for firm, name in rows), key=by_name)


def _sight(cache: PositionCache, tenant: str, person: str, channel: str, asked: str, guess: str) -> Unit[Sighting]:
    rows = yield statements.sight_person, {"tenant": tenant, "person": person, "channel": channel, "firm": guess}
    name, time_zone, admin, checked_at, current, linked, any_firm = rows[0][:7]
    standing = rows[0][11]
    known = Known(person, name, time_zone, bool(admin), checked_at, standing) if name is not None else Known(person)
    firms = tuple(FirmSummary(FirmKey(tenant, row[7]), row[8], row[9]) for row in rows if row[7] is not None)
    if len(firms) > 1:
        firms = tuple(sorted(firms, key=by_name))
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
    return Sighting(known, firms, linked or "", current or "", position, bool(any_firm))
