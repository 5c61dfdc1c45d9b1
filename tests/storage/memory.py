"""The storage ports in plain dicts, for tests about something else; held to the suite the databases obey."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from flows.events import FirmKey, Record
from flows.ports import Changed, ChannelTaken, Decide, FirmSummary, Known, Sighting, Told
from flows.position import Position
from tests.storage.memory_knowledge import MemoryKnowledge


@dataclass
class Delivery:
    told: Told
    told_at: float
    taken_until: float
    settled_at: float | None = None


@dataclass
class Shared:
    """What the three ports look at together, as they would at one database."""

    histories: dict[FirmKey, list[Record]] = field(default_factory=dict)
    positions: dict[FirmKey, Position] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[tuple[str, str], Known] = field(default_factory=dict)
    current: dict[tuple[str, str], str] = field(default_factory=dict)
    inbox: dict[tuple[str, str], Delivery] = field(default_factory=dict)


class MemoryEvents:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        before = self._shared.positions.get(key, Position(key=key))
        history = self._shared.histories.get(key, [])
        if cause is not None and any(record.cause == cause for record in history):
            return Changed((), before)
        changed = decide(before, tuple(history) if with_history else ())
        if not changed.records:
            return changed
        if any((r.tenant, r.firm) != (key.tenant, key.firm) for r in changed.records):
            raise ValueError("The rows to append belong to another firm.")
        if changed.records[0].sequence != before.version + 1:
            raise ValueError("The rows to append do not follow on from the firm's last event.")
        if cause is not None and all(r.cause != cause for r in changed.records):
            raise ValueError("None of the rows to append carries the cause.")
        self._keep(before, changed)
        return changed

    def _keep(self, before: Position, changed: Changed) -> None:
        key, links = before.key, self._shared.links
        linked = set(changed.position.channels) - set(before.channels)
        if any(links.get((key.tenant, channel), key.firm) != key.firm for channel in linked):
            raise ChannelTaken()
        self._shared.histories.setdefault(key, []).extend(changed.records)
        self._shared.positions[key] = changed.position
        for channel in set(before.channels) - set(changed.position.channels):
            if links.get((key.tenant, channel)) == key.firm:
                del links[key.tenant, channel]
        for channel in linked:
            links[key.tenant, channel] = key.firm

    async def position(self, key: FirmKey) -> Position | None:
        return self._shared.positions.get(key)

    async def history(
        self, key: FirmKey, *, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
    ) -> Sequence[Record]:
        rows = [
            record
            for record in self._shared.histories.get(key, [])
            if (not types or record.type in types) and (before is None or record.sequence < before)
        ]
        return rows if limit is None else rows[max(0, len(rows) - limit) :]

    async def firm_keys(self) -> Sequence[FirmKey]:
        return sorted(self._shared.positions, key=lambda key: (key.tenant, key.firm))


class MemoryDirectory:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def sight(self, tenant: str, person: str, channel: str = "", firm: str = "") -> Sighting:
        shared = self._shared
        known = shared.people.get((tenant, person), Known(person))
        firms = [
            FirmSummary(f.key, f.name, p.members[person].role)
            for f in await self.all_firms(tenant)
            if person in (p := shared.positions[f.key]).members
        ]
        linked = shared.links.get((tenant, channel), "")
        current = shared.current.get((tenant, person), "")
        if not known.admin and current not in [f.key.firm for f in firms]:
            current = ""
        meant = firm or linked or current or (firms[0].key.firm if len(firms) == 1 else "")
        position = shared.positions.get(FirmKey(tenant, meant))
        if position and not known.admin and person not in position.members:
            position = None
        any_firm = any(key.tenant == tenant for key in shared.positions)
        return Sighting(known, tuple(firms), linked, current, position, any_firm)

    async def use(self, tenant: str, person: str, firm: str) -> None:
        self._shared.current[tenant, person] = firm

    async def remember(self, tenant: str, known: Known) -> None:
        self._shared.people[tenant, known.person] = known

    async def all_firms(self, tenant: str) -> Sequence[FirmSummary]:
        found = [FirmSummary(k, p.name, None) for k, p in self._shared.positions.items() if k.tenant == tenant]
        return sorted(found, key=lambda firm: (firm.name.casefold(), firm.key.firm))


class MemoryInbox:
    def __init__(self, shared: Shared) -> None:
        self._inbox = shared.inbox

    async def take(self, told: Told, *, now: float, lease: float) -> bool:
        known = self._inbox.get((told.tenant, told.id))
        if known is None:
            self._inbox[told.tenant, told.id] = Delivery(told, now, now + lease)
            return True
        if known.settled_at is not None or known.taken_until > now:
            return False
        known.taken_until = now + lease
        return True

    async def settle(self, tenant: str, event_id: str, *, now: float) -> None:
        known = self._inbox.get((tenant, event_id))
        if known:
            known.settled_at = now
            known.told = msgspec.structs.replace(known.told, body="")

    async def unsettled(self, *, now: float) -> Sequence[Told]:
        waiting = [d for d in self._inbox.values() if d.settled_at is None and d.taken_until <= now]
        return [d.told for d in sorted(waiting, key=lambda d: (d.told_at, d.told.id))][:100]

    async def forget(self, *, settled_before: float) -> int:
        old = [k for k, d in self._inbox.items() if d.settled_at is not None and d.settled_at < settled_before]
        for key in old:
            del self._inbox[key]
        return len(old)


class MemoryDatabase:
    """Looks like storage.database.Database."""

    def __init__(self) -> None:
        shared = Shared()
        self.events = MemoryEvents(shared)
        self.directory = MemoryDirectory(shared)
        self.inbox = MemoryInbox(shared)
        self.knowledge = MemoryKnowledge()

    async def close(self) -> None:
        """Nothing to let go of; what was kept stays as long as the object does."""
        return
