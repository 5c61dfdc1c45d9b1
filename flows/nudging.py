"""A lead asks the owners of tasks to look at them: whom and about what, at most once a day each, and on record.

The event is what counts: a message tells of what was recorded, so that neither is there without the other.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from flows import events as e
from flows.acts import Act
from flows.asked import Owed
from flows.events import AnyEvent, FirmKey, Record, Told
from flows.firms import NO_FIRM, Person, Refusal, require, role_of
from flows.habits import Reach
from flows.ports import Changed, Directory, EventStore, Outbox
from flows.position import Position, nudge_key
from flows.records import Stamp, record
from flows.reminders.hours import Hours
from flows.roadmap import Pack
from flows.summaries.comparing import only
from flows.summaries.portfolio import Filter
from flows.summaries.portfolios import Portfolios
from flows.summaries.standing import Matter, standing
from flows.trading_days import Calendar
from flows.walk import LEFT, walk
from flows.workspace import Workspace
from flows.zones import zone_of

NUDGE = "nudge"

SOON = timedelta(seconds=30)
"""Before it is said: by then it is on record in every firm, and one message tells all of it."""

MOST_FIRMS = 300
"""In one go; the worst first."""

ABOUT: Mapping[Filter, frozenset[str]] = {
    "all": frozenset({"past", "waiting", "soon"}),
    "past": frozenset({"past"}),
    "waiting": frozenset({"waiting"}),
    "soon": frozenset({"soon"}),
}
"""By the filter: which of a firm's tasks one is asked to look at. Where nobody owns them, there is nobody to ask."""


class Asked(msgspec.Struct, frozen=True):
    """What a message is about: who asks, by which click, and the tasks of each firm, by its id."""

    nudge: str
    by: str
    by_name: str
    tasks: Mapping[str, tuple[str, ...]]


class Ask(msgspec.Struct, frozen=True):
    """One task somebody would be asked to look at."""

    position: Position
    matter: Matter
    person: str
    name: str


class Look(msgspec.Struct, frozen=True):
    """What a nudge would come to, before it is confirmed."""

    asks: tuple[Ask, ...]
    unowned: int = 0
    told_today: int = 0
    silent: tuple[str, ...] = ()
    """Names of those who have their reminders off, or cannot be reached."""
    more_firms: int = 0


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Asked).decode


def asked_in(owed: Owed) -> Asked | None:
    """What a row is about; None where a later version wrote it."""
    try:
        return _decode(owed.about)
    except msgspec.DecodeError:
        return None


def without(row: Owed, gone: Position) -> Owed | None:
    """The row without this firm's tasks, and under another firm of it; None where it has no other."""
    asked = _decode(row.about)
    tasks = {firm: keys for firm, keys in asked.tasks.items() if firm != gone.key.firm}
    if not tasks:
        return None
    whose = row.firm if row.firm in tasks else next(iter(tasks))
    return msgspec.structs.replace(row, firm=whose, about=_encode(msgspec.structs.replace(asked, tasks=tasks)).decode())


def told_on(position: Position, task: str, person: str, day: date) -> bool:
    """Whether this person was nudged about this task on that day of the firm's."""
    kept = position.nudged.get(nudge_key(task, person))
    return kept is not None and kept.at.astimezone(zone_of(position.time_zone)).date() == day


def nudge(
    pack: Pack, position: Position, who: Person, nudge_id: str, tasks: Mapping[str, str], today: date
) -> list[AnyEvent]:
    """Ask each task's owner, whom `tasks` names by the task's key; who owns it no more, or was asked today, is not.

    Raises Refusal unless it is a lead who asks.
    """
    require(position, who, "lead")
    found = walk(pack, position)
    told = []
    for key, person in tasks.items():
        item, owner = found.item(key), position.owners.get(key)
        open_still = item is not None and item.state in LEFT
        if open_still and owner and owner.person == person and not told_on(position, key, person, today):
            told.append(Told(key, person, owner.name))
    return [e.Nudged(nudge=nudge_id, told=tuple(told))] if told else []


class Nudges:
    """Looks what a nudge would come to, and sends it. `now` is business time, UTC."""

    def __init__(
        self,
        events: EventStore,
        portfolios: Portfolios,
        directory: Directory,
        outbox: Outbox,
        pack: Pack,
        *,
        workspace: Callable[[str], Awaitable[Workspace]],
        stamp: Callable[[Act], Stamp],
        now: Callable[[], datetime],
    ) -> None:
        self._events = events
        self._portfolios = portfolios
        self._directory = directory
        self._outbox = outbox
        self._pack = pack
        self._workspace = workspace
        self._stamp = stamp
        self._now = now
        self.woken: Callable[[], None] = lambda: None
        """Told when something is owed to somebody."""

    async def look(self, tenant: str, who: Person, wanted: Filter) -> Look:
        """Whom one would ask, and about what, in the firms that one leads. Raises Refusal where one leads none."""
        firms, _ = await self._portfolios.firms(tenant, who)
        led = [c for c in only(firms, wanted) if who.admin or c.firm.role == "lead"]
        if not led or wanted not in ABOUT:
            raise Refusal("Only a lead can nudge a firm's people, and you lead none of these firms. Nobody was told.")
        read = await self._portfolios.read([c.firm.key for c in led[:MOST_FIRMS]], who)
        positions = [p for p in read.values() if role_of(p, who) == "lead"]
        reach = await self._reach(tenant, positions)
        look = _looked_at(self._pack, positions, who, lambda m: bool(m.concerns & ABOUT[wanted]), reach, self._now())
        return msgspec.structs.replace(look, more_firms=max(0, len(led) - MOST_FIRMS))

    async def look_at(self, key: FirmKey, who: Person, task: str) -> Look:
        """Whom one would ask about this one task. Raises Refusal unless it is a lead who asks."""
        position = await self._events.position(key)
        if position is None:
            raise NO_FIRM
        require(position, who, "lead")
        reach = await self._reach(key.tenant, [position])
        return _looked_at(self._pack, [position], who, lambda m: m.item.key == task, reach, self._now())

    async def send(self, tenant: str, act: Act, wanted: Filter) -> Sequence[Told]:
        """Record it in every firm, and tell each person in one message; returns what was recorded just now."""
        return await self._tell(tenant, act, await self.look(tenant, act.who, wanted))

    async def send_about(self, key: FirmKey, act: Act, task: str) -> Sequence[Told]:
        """The same for one task."""
        return await self._tell(key.tenant, act, await self.look_at(key, act.who, task))

    async def _tell(self, tenant: str, act: Act, look: Look) -> Sequence[Told]:
        """The messages are owed first: what is not recorded by the time that one is written, is not told."""
        if not look.asks:
            return ()
        nudge_id = hashlib.sha256((act.cause or self._now().isoformat()).encode()).hexdigest()[:16]
        calendar = (await self._workspace(tenant)).calendar
        reach = await self._reach(tenant, [ask.position for ask in look.asks])
        await self._outbox.owe(_letters(look.asks, act.who, nudge_id, reach, calendar, self._now()))
        told: list[Told] = []
        for key, tasks in _by_firm(look.asks).items():
            told += await self._record(key, act, nudge_id, tasks)
        self.woken()
        return told

    async def _record(self, key: FirmKey, act: Act, nudge_id: str, tasks: Mapping[str, str]) -> Sequence[Told]:
        def decide(position: Position, _: Sequence[Record]) -> Changed:
            today = self._now().astimezone(zone_of(position.time_zone)).date()
            return record(position, nudge(self._pack, position, act.who, nudge_id, tasks, today), self._stamp(act))

        changed = await self._events.change(key, decide, cause=act.cause)
        return [told for row in changed.records if isinstance(row.event, e.Nudged) for told in row.event.told]

    async def still(self, owed: Owed) -> tuple[Asked, list[tuple[Position, str]]] | None:
        """What a message has to tell now: tasks that were recorded for it and are still this person's to do."""
        asked = asked_in(owed)
        if asked is None:
            return None
        keys = [FirmKey(owed.tenant, firm) for firm in asked.tasks]
        found = []
        for position in await self._events.positions(keys):
            walked = walk(self._pack, position)
            for key in asked.tasks[position.key.firm]:
                item, owner = walked.item(key), position.owners.get(key)
                kept = position.nudged.get(nudge_key(key, owed.person))
                to_do = item is not None and item.state in LEFT
                theirs = owner is not None and owner.person == owed.person and owed.person in position.members
                if kept and kept.nudge == asked.nudge and to_do and theirs:
                    found.append((position, key))
        return asked, found

    async def _reach(self, tenant: str, positions: Sequence[Position]) -> Mapping[str, Reach]:
        people = {owner.person for position in positions for owner in position.owners.values()}
        return await self._directory.reach(tenant, sorted(people))


def _looked_at(
    pack: Pack,
    positions: Sequence[Position],
    who: Person,
    is_meant: Callable[[Matter], bool],
    reach: Mapping[str, Reach],
    now: datetime,
) -> Look:
    asks: list[Ask] = []
    unowned = told = 0
    silent: dict[str, str] = {}
    for position in positions:
        today = now.astimezone(zone_of(position.time_zone)).date()
        for matter in standing(pack, position, today).matters:
            owner, how = matter.owner, reach.get(matter.owner.person) if matter.owner else None
            if not is_meant(matter) or (owner and owner.person == who.id):
                continue
            if owner is None:
                unowned += 1
            elif how and (how.habits.off or not how.reachable):
                silent[owner.person] = owner.name
            elif told_on(position, matter.item.key, owner.person, today):
                told += 1
            else:
                asks.append(Ask(position, matter, owner.person, owner.name))
    return Look(tuple(asks), unowned, told, tuple(silent.values()))


def _by_firm(asks: Sequence[Ask]) -> dict[FirmKey, dict[str, str]]:
    found: dict[FirmKey, dict[str, str]] = {}
    for ask in asks:
        found.setdefault(ask.position.key, {})[ask.matter.item.key] = ask.person
    return found


def _letters(
    asks: Sequence[Ask], who: Person, nudge_id: str, reach: Mapping[str, Reach], calendar: Calendar, now: datetime
) -> list[Owed]:
    """One for each person, at once or at their next hour: by the firm that leaves them most of their night."""
    of: dict[str, list[Ask]] = {}
    for ask in asks:
        of.setdefault(ask.person, []).append(ask)
    return [_letter(person, theirs, who, nudge_id, reach, calendar, now) for person, theirs in of.items()]


def _letter(
    person: str,
    asks: Sequence[Ask],
    who: Person,
    nudge_id: str,
    reach: Mapping[str, Reach],
    calendar: Calendar,
    now: datetime,
) -> Owed:
    tasks: dict[str, tuple[str, ...]] = {}
    for ask in asks:
        firm = ask.position.key.firm
        tasks[firm] = (*tasks.get(firm, ()), ask.matter.item.key)
    hours = [
        Hours(reach.get(person) or Reach(person), p.time_zone, p.reminders, calendar)
        for p in {ask.position.key: ask.position for ask in asks}.values()
    ]
    first = asks[0].position.key
    return Owed(
        tenant=first.tenant,
        key=f"{NUDGE}|{nudge_id}|{person}",
        firm=first.firm,
        kind=NUDGE,
        person=person,
        about=_encode(Asked(nudge_id, who.id, who.name, tasks)).decode(),
        due_at=max(each.held_back(each.at_once(now + SOON)) for each in hours).timestamp(),
    )
