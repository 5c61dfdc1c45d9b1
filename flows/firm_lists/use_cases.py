"""What can be done with a list of firms: hand it over, look at what would come of it, have the firms set up.

Only a workspace admin may: whoever sets firms up by the dozen sees all of them. A list is kept as what its owner is
owed, so that a crash loses neither it nor the place in it, and the same line is one firm however often it is tried.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from flows import setting_up
from flows.acts import Act
from flows.asked import Kept, Owed
from flows.events import FirmKey, Record, RoleName
from flows.firm_lists.reading import FirmList, Row, Wrong, read
from flows.firms import Person, Refusal
from flows.guard import looks_like
from flows.naming import compared
from flows.ports import Changed, Directory, EventStore, Outbox
from flows.position import Position
from flows.records import Stamp, record
from flows.roadmap import Pack
from flows.workspace import Workspace
from flows.zones import zone_of

READ = "firm-list-read"
LOOK = "firm-list"
MAKE = "firm-list-make"

AT_ONCE = 25
"""Firms set up between two words about how far it is."""

POSITIONS_AT_ONCE = 100

READING = 180.0
"""Seconds (real time) for which whoever reads a list has it, and then as long again if they say so in time."""

MOST_TRIES = 5
"""How often a list is begun to be read: more come only from one that ends the process each time."""

NOT_YOURS = Refusal(
    "Only a workspace admin can set up firms from a list: somebody whom this Slack calls an admin or owner. Nothing "
    "was set up. Send one of them your csv file with your own handle in its `lead` column, and ask for "
    "`/cais firm import`; the firms are then yours to lead. One firm at a time you set up yourself: `/cais firm new`.",
    kind="rights",
)
WENT_WRONG = "Something went wrong while I read that list. Nothing was set up. Hand it over again."
WITHHELD = (
    "I could not finish reading that list, and did not keep what you pasted: it may hold what must not be kept, such as"
    " personal data. Nothing was set up. Please hand it over again."
)
GONE = Refusal("That list is not kept any more, so nothing was set up. Hand it over again.", kind="stale")


class Given(msgspec.Struct, frozen=True):
    """A list as it was handed over: a file as the adapter finds it, or its text."""

    tenant: str
    act: Act
    time_zone: str
    file: str = ""
    text: str = ""
    nth: int = 1
    """Which try at reading it this is."""
    withheld: bool = False
    """Its text looked like personal data and is not kept, so that only whoever took it can read it."""
    held: int = 0
    """How often whoever reads it said that they still do."""


class Look(msgspec.Struct, frozen=True):
    """What would come of a list. `names` are those of the people in it, by id."""

    list: str
    found: FirmList
    names: Mapping[str, str] = {}
    refused: str = ""
    """Why nothing could be read, as a sentence."""


class Made(msgspec.Struct, frozen=True):
    """How far a list is: the firms that are there, and lines that turned out not to become one."""

    look: Look
    message: str
    upto: int
    failed: tuple[Wrong, ...]
    said: bool
    """It was here before, and is further by now: there is no word to say of it."""

    @property
    def over(self) -> bool:
        """Whether every line was seen to."""
        return self.upto >= len(self.look.found.rows)


class Slice(msgspec.Struct, frozen=True):
    """What is set up next of a list, and which lines turned out to become no firm before that."""

    list: str
    first: int
    failed: tuple[Wrong, ...] = ()


_encode = msgspec.json.Encoder().encode


class FirmLists:
    """The use cases. `stamp` says who changes a firm and when; `now` is business time, UTC."""

    def __init__(
        self,
        events: EventStore,
        directory: Directory,
        outbox: Outbox,
        *,
        pack: Pack,
        workspace: Callable[[str], Awaitable[Workspace]],
        stamp: Callable[[Act], Stamp],
        now: Callable[[], datetime],
    ) -> None:
        self._events = events
        self._directory = directory
        self._outbox = outbox
        self._pack = pack
        self._workspace = workspace
        self._stamp = stamp
        self._now = now
        self.carry_out: Callable[[Given], None] = lambda _: None
        """Told what to fetch and read; calls `looked_at` with it then, or `left_off`."""
        self.wake: Callable[[], None] = lambda: None
        """Told when somebody is owed something."""
        self.speed = 1.0
        """How many times as fast as real time business time runs."""

    # --- handing it over, and the look -------------------------------------------------------------------------

    async def hand_over(self, given: Given) -> None:
        """Have it read, and owe that until it was. Raises Refusal where this person may not set firms up so."""
        must_be_admin(given.act.who)
        if not given.act.cause:
            caused = msgspec.structs.replace(given.act, cause=self._now().isoformat())
            given = msgspec.structs.replace(given, act=caused)
        await self._outbox.owe([self._to_be_read(given, seconds=READING)])
        self.carry_out(given)

    async def still_read(self, given: Given) -> Given:
        """Nobody else begins with it for as long again; it is the list that is given back which is read now."""
        following = msgspec.structs.replace(given, held=given.held + 1)
        await self._outbox.swap(given.tenant, _key_of(given), [self._to_be_read(following, seconds=READING)])
        return following

    async def left_off(self, given: Given) -> None:
        """Whoever reads it has to stop, so that somebody else begins at once."""
        following = msgspec.structs.replace(given, nth=given.nth + 1, held=0)
        await self._outbox.swap(given.tenant, _key_of(given), [self._to_be_read(following)])

    async def take_up(self, row: Owed) -> None:
        """A list that a stop or a crash kept from being read is read now, unless it cannot be any more."""
        given = msgspec.json.decode(row.about, type=Given)
        if await self._outbox.get(row.tenant, f"{LOOK}|{given.act.cause}"):
            await self._outbox.swap(row.tenant, row.key, [])
        elif given.withheld or given.nth >= MOST_TRIES:
            await self.looked_at(given, FirmList((), ()), refused=WITHHELD if given.withheld else WENT_WRONG)
        else:
            following = msgspec.structs.replace(given, nth=given.nth + 1, held=0)
            await self._outbox.swap(row.tenant, row.key, [self._to_be_read(following, seconds=READING)])
            self.carry_out(following)

    def _to_be_read(self, given: Given, *, seconds: float = 0.0) -> Owed:
        kept = msgspec.structs.replace(given, text="", withheld=True) if looks_like(given.text) else given
        due = self._now().timestamp() + seconds * self.speed
        who, about = given.act.who.id, _encode(kept).decode()
        return Owed(given.tenant, _key_of(given), firm="", kind=READ, person=who, about=about, due_at=due)

    async def read(self, given: Given, text: str) -> FirmList:
        """What the text says, held against the firms that are there. Raises Refusal where it is no list of firms."""
        must_be_admin(given.act.who)
        zone = zone_of(given.time_zone)
        calendar = (await self._workspace(given.tenant)).calendar
        today = self._now().astimezone(zone).date()
        listed = read(text, self._pack, today=today, calendar=calendar, time_zone=given.time_zone)
        names, crds = await self._there(given.tenant)
        return listed.looked_through(lambda row: _taken(row, names, crds))

    async def looked_at(
        self, given: Given, found: FirmList, names: Mapping[str, str] | None = None, refused: str = ""
    ) -> None:
        """It was read: whoever handed it over is owed the look, and nothing is kept of what it was read from.

        The same list again is owed once.
        """
        list_id = given.act.cause or self._now().isoformat()
        # What was read of wrong lines has served its turn: it may name people who are nobody's here.
        wrong = tuple(msgspec.structs.replace(w, read=None) for w in found.wrong)
        look = Look(list_id, msgspec.structs.replace(found, wrong=wrong), names or {}, refused)
        owed = self._owed(given.tenant, given.act.who.id, LOOK, f"{LOOK}|{list_id}", look)
        await self._outbox.swap(given.tenant, _key_of(given), [owed])
        self.wake()

    def look_of(self, row: Owed) -> Look:
        """What a row of kind LOOK is about."""
        return msgspec.json.decode(row.about, type=Look)

    # --- setting them up ---------------------------------------------------------------------------------------

    async def begin(self, tenant: str, act: Act, list_id: str) -> Look:
        """Have all firms of the list set up; pressed twice, it is begun once. Raises Refusal where it may not be."""
        must_be_admin(act.who)
        look = self.look_of((await self._list(tenant, act.who.id, list_id)).owed)
        if not any(row.name for row in look.found.rows):
            raise GONE
        await self._owe(tenant, act.who.id, Slice(list_id, 0))
        return look

    async def go_on(self, row: Owed) -> Made:
        """Set up the next firms of a list, and owe those after them. Raises Refusal where they may not be any more."""
        part = msgspec.json.decode(row.about, type=Slice)
        kept = await self._list(row.tenant, row.person, part.list)
        look = self.look_of(kept.owed)
        known = (await self._directory.sight(row.tenant, row.person)).known
        who = Person(row.person, known.name, known.admin)
        must_be_admin(who)
        rows = look.found.rows[part.first : part.first + AT_ONCE]
        failed = [*part.failed, *await self._set_up(row.tenant, who, look, rows)]
        upto = part.first + len(rows)
        following = f"{MAKE}|{part.list}|{upto}"
        was_here = await self._outbox.get(row.tenant, following) is not None
        made = Made(look, kept.owed.message, upto, tuple(failed), was_here)
        if not made.over and not was_here:
            await self._owe(row.tenant, row.person, Slice(part.list, upto, made.failed))
        return made

    async def _set_up(self, tenant: str, who: Person, look: Look, rows: Sequence[Row]) -> list[Wrong]:
        """Each line is one firm, with an id of its own: one that is there already is not set up again."""
        names, crds = await self._there(tenant)
        failed = []
        for row in rows:
            if not row.name:
                continue  # the firm of this line was deleted for good
            cause = f"{look.list}:{row.line}"
            key = FirmKey(tenant, setting_up.firm_id(cause))
            if await self._events.position(key):
                continue
            if faults := _taken(row, names, crds):
                failed.append(Wrong(row.line, row.name, " ".join(faults)))
                continue
            try:
                await self._set_up_one(key, Act(who, "list", cause), row, look.names)
            except Refusal as refusal:
                failed.append(Wrong(row.line, row.name, refusal.sentence))
        return failed

    async def _set_up_one(self, key: FirmKey, act: Act, row: Row, names: Mapping[str, str]) -> None:
        today = self._now().astimezone(zone_of(row.time_zone)).date()

        def decide(position: Position, _: Sequence[Record]) -> Changed:
            events = setting_up.set_up(
                position,
                act.who,
                name=row.name,
                situation=row.situation,
                today=today,
                taken=(),
                time_zone=row.time_zone,
                target=row.target,
                precheck=row.precheck,
                profile=row.profile,
                crd=row.crd,
                people=_people(row, act.who, names),
            )
            return record(position, events, self._stamp(act))

        await self._events.change(key, decide, cause=act.cause)

    # --- within ------------------------------------------------------------------------------------------------

    async def _list(self, tenant: str, person: str, list_id: str) -> Kept:
        """Raises Refusal where it is not there any more, or is somebody else's."""
        kept = await self._outbox.get(tenant, f"{LOOK}|{list_id}")
        if kept is None or kept.owed.person != person:
            raise GONE
        return kept

    async def _there(self, tenant: str) -> tuple[set[str], dict[str, str]]:
        """The names of all firms of the workspace, as they are compared, and their CRD numbers with whose each is."""
        firms = await self._directory.all_firms(tenant)
        keys = [firm.key for firm in firms]
        crds: dict[str, str] = {}
        for first in range(0, len(keys), POSITIONS_AT_ONCE):
            positions = await self._events.positions(keys[first : first + POSITIONS_AT_ONCE])
            crds |= {p.crd: p.name for p in positions if p.crd}
        return {compared(firm.name) for firm in firms}, crds

    def _owed(self, tenant: str, person: str, kind: str, key: str, about: Look | Slice) -> Owed:
        at = self._now().timestamp()
        told = _encode(about).decode()
        return Owed(tenant, key, firm="", kind=kind, person=person, about=told, due_at=at)

    async def _owe(self, tenant: str, person: str, part: Slice) -> None:
        key = f"{MAKE}|{part.list}|{part.first}"
        await self._outbox.owe([self._owed(tenant, person, MAKE, key, part)])
        self.wake()


def _key_of(given: Given) -> str:
    """Of the row by which it is owed that this list is read, by this try."""
    return f"{READ}|{given.act.cause}|{given.nth}" + (f".{given.held}" if given.held else "")


def must_be_admin(who: Person) -> None:
    """Raises Refusal for everybody else."""
    if not who.admin:
        raise NOT_YOURS


def _taken(row: Row, names: set[str], crds: Mapping[str, str]) -> list[str]:
    faults = ["There is a firm of this name already."] if compared(row.name) in names else []
    return [*faults, *([f"{crds[row.crd]} has this CRD number already."] if row.crd in crds else [])]


def _people(row: Row, who: Person, names: Mapping[str, str]) -> list[tuple[Person, RoleName]]:
    """The leads, and whoever else is named; without a lead it is whoever hands the list over."""
    leads = row.leads or (who.id,)
    found: list[tuple[Person, RoleName]] = [(Person(p, names.get(p, who.name)), "lead") for p in leads]
    return found + [(Person(p, names.get(p, "")), "member") for p in row.members if p not in leads]
