"""The storage ports in plain dicts, for tests about something else; held to the suite the databases obey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from flows.asked import Asked, Owed, Place, UpdateNote, Voted
from flows.events import FirmKey, Record
from flows.gist import Gist
from flows.habits import CLOSED, Habits, Reach
from flows.ports import (
    Changed,
    ChannelTaken,
    Decide,
    DecideEntry,
    FirmSummary,
    Known,
    Listed,
    Remembered,
    Sighting,
    Told,
)
from flows.position import Position
from flows.workspace import Entry
from tests.storage.memory_knowledge import MemoryKnowledge
from tests.storage.memory_outbox import STALE, Debt, MemoryOutbox, MemoryPlans, Plan


@dataclass
class Delivery:
    told: Told
    told_at: float
    taken_until: float
    settled_at: float | None = None
    tries: int = 1


@dataclass
class Shared:
    """What the ports look at together, as they would at one database."""

    histories: dict[FirmKey, list[Record]] = field(default_factory=dict)
    positions: dict[FirmKey, Position] = field(default_factory=dict)
    gists: dict[FirmKey, Gist] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[tuple[str, str], Known] = field(default_factory=dict)
    current: dict[tuple[str, str], str] = field(default_factory=dict)
    inbox: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    questions: dict[tuple[str, str, str], Asked] = field(default_factory=dict)
    votes: dict[tuple[str, str, str, str], bool] = field(default_factory=dict)
    notes: dict[tuple[str, str], UpdateNote] = field(default_factory=dict)
    removed: set[tuple[str, str]] = field(default_factory=set)
    outbox: dict[tuple[str, str], Debt] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    plans: dict[FirmKey, Plan] = field(default_factory=dict)
    habits: dict[tuple[str, str], Habits] = field(default_factory=dict)
    blocked: dict[tuple[str, str], str] = field(default_factory=dict)
    since: dict[tuple[str, str], float] = field(default_factory=dict)
    heard: set[tuple[str, str]] = field(default_factory=set)

    def owe(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            slot = one.slot or one.key
            self.outbox.setdefault((one.tenant, one.key), Debt(msgspec.structs.replace(one, slot=slot)))

    def reach(self, tenant: str, person: str) -> Reach:
        known = self.people.get((tenant, person), Known(person))
        habits = self.habits.get((tenant, person), Habits())
        at = self.since.get((tenant, person), 0.0)
        since = datetime.fromtimestamp(at, UTC) if at else None
        whose = (tenant, person)
        blocked, heard = self.blocked.get(whose, ""), whose in self.heard
        return Reach(person, known.time_zone, known.standing, blocked, habits, since, heard)

    def block(self, tenant: str, person: str, reason: str, at: float) -> None:
        before = self.reach(tenant, person)
        self.blocked[tenant, person] = reason
        stays = (reason and before.heard) or before.stays_out(self.reach(tenant, person))
        if reason != before.blocked and not stays:
            self.since[tenant, person] = at
        self.heard.discard((tenant, person))
        self.changed_for(tenant, person, before)

    def changed_for(self, tenant: str, person: str, before: Reach) -> None:
        """Makes the plans of this person's firms stale, where they can be reached in another way than before."""
        if self.reach(tenant, person) != before:
            for key, position in self.positions.items():
                if key.tenant == tenant and person in position.members and key in self.plans:
                    self.plans[key].version = STALE


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
        if any((o.tenant, o.firm) != (key.tenant, key.firm) for o in changed.owed):
            raise ValueError("The rows to append belong to another firm.")
        self._keep(before, changed)
        if changed.gist:
            self._shared.gists[key] = changed.gist
        self._shared.owe(changed.owed)
        if changed.told_until is not None:
            self._shared.plans[key] = Plan(STALE, changed.told_until, 0.0, changed.position.version)
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

    async def positions(self, keys: Sequence[FirmKey]) -> Sequence[Position]:
        return [self._shared.positions[key] for key in keys if key in self._shared.positions]

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


class MemoryGists:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def _fresh(self, key: FirmKey, position: Position) -> Gist | None:
        found = self._shared.gists.get(key)
        return found if found and found.version == position.version else None

    async def of_person(self, tenant: str, person: str) -> Sequence[Listed]:
        return [
            Listed(key, position.name, position.members[person].role, self._fresh(key, position))
            for key, position in self._shared.positions.items()
            if key.tenant == tenant and person in position.members
        ]

    async def of_workspace(self, tenant: str) -> Sequence[Listed]:
        return [
            Listed(key, position.name, None, self._fresh(key, position))
            for key, position in self._shared.positions.items()
            if key.tenant == tenant
        ]

    async def missing(self, made_by: str, *, limit: int) -> Sequence[FirmKey]:
        found = [(key, self._fresh(key, position)) for key, position in self._shared.positions.items()]
        return [key for key, gist in found if gist is None or gist.made_by != made_by][:limit]

    async def keep(self, gists: Mapping[FirmKey, Gist]) -> None:
        for key, gist in gists.items():
            kept = self._shared.gists.get(key)
            if kept is None or kept.version <= gist.version:
                self._shared.gists[key] = gist


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
        blocked = shared.blocked.get((tenant, person), "")
        return Sighting(known, tuple(firms), linked, current, position, any_firm, blocked)

    async def use(self, tenant: str, person: str, firm: str) -> None:
        self._shared.current[tenant, person] = firm

    async def remember(self, tenant: str, known: Known, *, at: float = 0.0) -> None:
        before = self._shared.reach(tenant, known.person)
        self._shared.people[tenant, known.person] = known
        if known.standing != before.standing and not before.stays_out(self._shared.reach(tenant, known.person)):
            self._shared.since[tenant, known.person] = at
        self._shared.changed_for(tenant, known.person, before)
        if before.blocked in CLOSED and not known.standing:
            await self.heard_of(tenant, known.person)

    async def reach(self, tenant: str, persons: Sequence[str]) -> Mapping[str, Reach]:
        return {person: self._shared.reach(tenant, person) for person in persons}

    async def set_habits(self, tenant: str, person: str, habits: Habits) -> None:
        before = self._shared.reach(tenant, person)
        self._shared.habits[tenant, person] = habits
        self._shared.changed_for(tenant, person, before)

    async def blocked(self, tenant: str, person: str, reason: str, *, at: float = 0.0) -> None:
        self._shared.block(tenant, person, reason, at)

    async def heard_of(self, tenant: str, person: str) -> None:
        before = self._shared.reach(tenant, person)
        if before.blocked:
            self._shared.blocked[tenant, person] = ""
            self._shared.heard.add((tenant, person))
            self._shared.changed_for(tenant, person, before)

    async def all_firms(self, tenant: str) -> Sequence[FirmSummary]:
        found = [FirmSummary(k, p.name, None) for k, p in self._shared.positions.items() if k.tenant == tenant]
        return sorted(found, key=lambda firm: (firm.name.casefold(), firm.key.firm))


class MemoryInbox:
    def __init__(self, shared: Shared) -> None:
        self._inbox = shared.inbox

    async def take(self, told: Told, *, now: float, lease: float) -> int:
        known = self._inbox.get((told.tenant, told.id))
        if known is None:
            self._inbox[told.tenant, told.id] = Delivery(told, now, now + lease)
            return 1
        if known.settled_at is not None or known.taken_until > now:
            return 0
        known.taken_until = now + lease
        known.tries += 1
        return known.tries

    async def put_off(self, tenant: str, event_id: str, *, until: float) -> None:
        known = self._inbox.get((tenant, event_id))
        if known and known.settled_at is None:
            known.taken_until = until
            known.tries -= 1

    async def settle(self, tenant: str, event_id: str, *, now: float) -> None:
        known = self._inbox.get((tenant, event_id))
        if known:
            known.settled_at = now
            known.told = msgspec.structs.replace(known.told, body="")

    async def unsettled(self, *, now: float) -> Sequence[Told]:
        waiting = [d for d in self._inbox.values() if d.settled_at is None and d.taken_until <= now]
        of_each: dict[str, list[Delivery]] = {}
        for one in sorted(waiting, key=lambda d: (d.told_at, d.told.id)):
            of_each.setdefault(one.told.tenant, []).append(one)
        in_turn = ((nth, one.told_at, one.told.id, one) for lot in of_each.values() for nth, one in enumerate(lot))
        return [one.told for *_, one in sorted(in_turn, key=lambda each: each[:3])][:100]

    async def forget(self, *, settled_before: float) -> int:
        old = [k for k, d in self._inbox.items() if d.settled_at is not None and d.settled_at < settled_before]
        for key in old:
            del self._inbox[key]
        return len(old)


class MemoryWorkspaces:
    def __init__(self, shared: Shared) -> None:
        self._entries = shared.entries
        self._plans = shared.plans

    async def entries(self, tenant: str) -> Sequence[Entry]:
        return tuple(self._entries.get(tenant, ()))

    async def append(
        self, tenant: str, decide: DecideEntry, *, cause: str | None = None
    ) -> tuple[Sequence[Entry], Entry | None]:
        there = self._entries.setdefault(tenant, [])
        if cause is not None and any(entry.cause == cause for entry in there):
            return tuple(there), None
        added = decide(tuple(there))
        if added:
            there.append(added)
            for key, plan in self._plans.items():
                if key.tenant == tenant:
                    plan.version = STALE
        return tuple(there), added


class MemoryQuestions:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def remembered(self, tenant: str, firm: str, person: str, place: Place, *, since: str) -> Remembered:
        here = [
            a
            for a in self._shared.questions.values()
            if (a.tenant, a.firm, a.channel) == (tenant, firm, place.channel)
            and (a.thread == place.thread if place.replied else a.person == person and a.asked_at >= since)
        ]
        last = max(here, key=lambda a: (a.asked_at, a.id), default=None)
        return Remembered(last, await MemoryNotes(self._shared).standing(tenant))

    async def keep(self, asked: Asked) -> None:
        key = (asked.tenant, asked.firm, asked.id)
        kept = self._shared.questions.get(key)
        if kept:
            waiting = asked.waiting and not kept.closed_by
            asked = msgspec.structs.replace(
                kept, outcome=asked.outcome, said=asked.said, cited=asked.cited, waiting=waiting
            )
        self._shared.questions[key] = asked

    async def get(self, tenant: str, firm: str, question: str) -> Asked | None:
        return self._shared.questions.get((tenant, firm, question))

    async def all(self, tenant: str, firm: str) -> Sequence[Asked]:
        found = [a for a in self._shared.questions.values() if (a.tenant, a.firm) == (tenant, firm)]
        return sorted(found, key=lambda a: (a.asked_at, a.id))

    async def waiting(self, tenant: str, firm: str, *, person: str = "", limit: int) -> Sequence[Asked]:
        found = [
            a
            for a in self._shared.questions.values()
            if (a.tenant, a.firm) == (tenant, firm) and a.waiting and person in ("", a.person)
        ]
        return sorted(found, key=lambda a: (not a.pressed_at, a.asked_at, a.id))[:limit]

    async def press(self, asked: Asked, owed: Sequence[Owed], *, at: str) -> bool:
        key = (asked.tenant, asked.firm, asked.id)
        kept = self._shared.questions.get(key)
        if kept is None or kept.pressed_at or kept.closed_by:
            return False
        self._shared.questions[key] = msgspec.structs.replace(kept, pressed_at=at, waiting=True)
        self._shared.owe(owed)
        return True

    async def close(self, tenant: str, firm: str, question: str, *, by: str) -> bool:
        kept = self._shared.questions.get((tenant, firm, question))
        if kept is None or not kept.waiting:
            return False
        self._shared.questions[tenant, firm, question] = msgspec.structs.replace(kept, closed_by=by, waiting=False)
        return True

    async def vote(self, tenant: str, firm: str, question: str, person: str, *, helpful: bool, at: str) -> Voted:
        key = (tenant, firm, question, person)
        before = self._shared.votes.get(key)
        self._shared.votes[key] = helpful
        return "new" if before is None else "same" if before == helpful else "changed"


class MemoryNotes:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def standing(self, tenant: str) -> tuple[UpdateNote, ...]:
        found = [n for k, n in self._shared.notes.items() if n.tenant == tenant and k not in self._shared.removed]
        newest = sorted(found, key=lambda n: (n.as_of, n.id), reverse=True)
        return tuple(sorted(newest, key=lambda n: (n.step, n.first)))

    async def add(self, note: UpdateNote) -> None:
        self._shared.notes.setdefault((note.tenant, note.id), note)

    async def remove(self, tenant: str, note: str, *, by: str, at: str) -> bool:
        key = (tenant, note)
        if key not in self._shared.notes or key in self._shared.removed:
            return False
        self._shared.removed.add(key)
        return True


class MemoryDatabase:
    """Looks like storage.database.Database."""

    def __init__(self) -> None:
        shared = Shared()
        self.events = MemoryEvents(shared)
        self.gists = MemoryGists(shared)
        self.directory = MemoryDirectory(shared)
        self.inbox = MemoryInbox(shared)
        self.workspaces = MemoryWorkspaces(shared)
        self.questions = MemoryQuestions(shared)
        self.notes = MemoryNotes(shared)
        self.outbox = MemoryOutbox(shared)
        self.plans = MemoryPlans(shared)
        self.knowledge = MemoryKnowledge()

    async def close(self) -> None:
        """Nothing to let go of; what was kept stays as long as the object does."""
        return
