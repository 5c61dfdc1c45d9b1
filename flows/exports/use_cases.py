"""What can be done with records as a whole: ask for one as a file, gather it, read one back in. Rights are checked.

Whoever may read a firm may have its record as a file, viewers too: it holds what they can read page by page. Questions
are the exception, as on screen: a lead gets everybody's, anybody else only their own. Each export is recorded.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec

from flows import events as e
from flows.acts import Act
from flows.asked import Asked
from flows.events import FirmKey, Record
from flows.evolve import fold
from flows.exports.record import OF_ONE, Export, FirmRecord, Format
from flows.exports.whole import Unreadable, Whole, WholeFirm
from flows.firms import NO_FIRM, Refusal, must_exist, require, role_of
from flows.history import OF_CHANNELS, channel_of, counted
from flows.ports import Changed, ChannelTaken, EventStore, Questions
from flows.position import Position
from flows.readers import position_for
from flows.records import Stamp, record
from flows.roadmap import Pack
from flows.workspace import Workspace

BUSY = Refusal("That file is being made for you already. It comes in our direct messages.")
ONE_PACKET = Refusal("A packet is of one firm. Name it, like `/cais export packet for Example Securities`.")

NO_FIRMS = Refusal("There is no firm here yet, so there is nothing to write out.")

ONE_CANVAS = Refusal("A canvas is of one firm. Name it, like `/cais export canvas for Example Securities`.")


class Wish(msgspec.Struct, frozen=True):
    """What somebody asked for: these firms, in this format."""

    keys: tuple[FirmKey, ...]
    format: Format
    act: Act


class Exports:
    """The use cases. `stamp` says who changes a firm and when, `source` reads the text the pack quotes."""

    def __init__(
        self,
        events: EventStore,
        questions: Questions,
        *,
        pack: Pack,
        source: Callable[[], str],
        workspace: Callable[[str], Awaitable[Workspace]],
        stamp: Callable[[Act], Stamp],
        now: Callable[[], datetime],
        practice: bool,
    ) -> None:
        self._events = events
        self._questions = questions
        self._pack = pack
        self._source = source
        self._workspace = workspace
        self._stamp = stamp
        self._now = now
        self._practice = practice
        self.carry_out: Callable[[Wish], bool] = lambda _: True
        """Told what to make; False where the same is being made for the same person already."""

    async def ask(self, wish: Wish) -> None:
        """Have it made and brought. Raises Refusal where the person may not read the firm.

        Of many firms only the first is looked at here, since Slack waits; `gather` looks at each.
        """
        if not wish.keys:
            raise NO_FIRMS
        if wish.format in OF_ONE and len(wish.keys) != 1:
            raise ONE_PACKET if wish.format == "packet" else ONE_CANVAS
        for key in wish.keys[:1]:
            await position_for(self._events, key, wish.act.who)
        if not self.carry_out(wish):
            raise BUSY

    async def channels(self, wish: Wish) -> Sequence[str]:
        """The channels that these records name, by our ids, each firm's last one first: to ask what they are called."""
        rows = [row for key in wish.keys for row in reversed(await self._events.history(key, types=OF_CHANNELS))]
        return list(dict.fromkeys(filter(None, (channel_of(row.event) for row in rows))))

    async def gather(self, wish: Wish) -> Export:
        """The records as they are now. Raises Refusal where the person may not read one of the firms any more."""
        firms = []
        for key in wish.keys:
            position = await position_for(self._events, key, wish.act.who)
            mine = "" if role_of(position, wish.act.who) == "lead" else wish.act.who.id
            firms.append(await self._record(key, mine))
        return await self._export(wish.format, firms, wish.act.who.name)

    async def all_of(self, keys: Sequence[FirmKey], format_: Format, made_by: str) -> Export:
        """Whole records, for whoever runs the app and has the database anyway."""
        return await self._export(format_, [await self._record(key) for key in keys], made_by)

    async def written(self, wish: Wish, *, size: int, digest: str) -> None:
        """The file is there: keep in each firm's history that it was made, before anybody has it."""
        event = e.RecordExported(format=wish.format, digest=digest, size=size)

        def decide(position: Position, _: Sequence[Record]) -> Changed:
            must_exist(position)
            require(position, wish.act.who, "viewer")
            return record(position, [event], self._stamp(msgspec.structs.replace(wish.act, cause=None)))

        for key in wish.keys:
            await self._events.change(key, decide)

    async def _record(self, key: FirmKey, only: str = "") -> FirmRecord:
        rows = tuple(await self._events.history(key))
        if not rows:
            raise NO_FIRM
        asked = await self._questions.all(key.tenant, key.firm)
        return FirmRecord(rows, tuple(a for a in asked if only in ("", a.person)))

    async def _export(self, format_: Format, firms: Sequence[FirmRecord], made_by: str) -> Export:
        tenants = dict.fromkeys(firm.key.tenant for firm in firms)
        return Export(
            format=format_,
            firms=tuple(firms),
            pack=self._pack,
            source=self._source(),
            shared={tenant: await self._workspace(tenant) for tenant in tenants},
            made_at=self._now(),
            made_by=made_by,
            practice=self._practice,
        )


# --- reading a record back in -----------------------------------------------------------------------------------


class TakenIn(msgspec.Struct, frozen=True):
    """A firm that was read in; `new` is False where the very same record was there already."""

    firm: WholeFirm
    new: bool


class StoppedShort(Exception):
    """Somebody changed the database meanwhile, so that this firm does not fit; those before it were taken in."""

    def __init__(self, firm: WholeFirm, taken: Sequence[TakenIn]) -> None:
        super().__init__(f"{firm.name} ({firm.firm} of {firm.tenant})")
        self.taken = tuple(taken)


async def take_in(events: EventStore, questions: Questions, whole: Whole, told: datetime) -> tuple[TakenIn, ...]:
    """Keep every firm of a document that was read, its events as they are, chain and all.

    Its people were told where it comes from of what was due until `told`, see `told_until`; what is due later is to be
    planned anew.

    Raises Unreadable, before anything is kept, where a firm is there with another history, or one of its channels is
    another firm's there: nothing is overwritten. Raises StoppedShort where that came to be so only meanwhile.
    """
    there = [await _is_there(events, firm) for firm in whole.firms]
    new = [firm for firm, known in zip(whole.firms, there, strict=True) if not known]
    await _have_their_channels_free(events, new)
    taken: list[TakenIn] = []
    for firm in whole.firms:
        try:
            if firm in new:
                await _keep(events, firm, told)
        except (Unreadable, ChannelTaken) as why:
            raise StoppedShort(firm, taken) from why
        for asked in firm.questions:
            await _keep_question(questions, asked)
        taken.append(TakenIn(firm, firm in new))
    return tuple(taken)


def told_until(whole: Whole, now: datetime) -> datetime:
    """When the document was made, business time: until then people were told where it comes from. Raises Unreadable."""
    try:
        return min(now, datetime.fromisoformat(whole.made_at).astimezone(UTC))
    except ValueError as error:
        raise Unreadable(f"made_at is no moment: {whole.made_at}") from error


async def _have_their_channels_free(events: EventStore, new: Sequence[WholeFirm]) -> None:
    """A channel means one firm. Looked at before anything is kept, for each firm is kept by itself."""
    tenants = {firm.tenant for firm in new}
    here = await events.positions([key for key in await events.firm_keys() if key.tenant in tenants])
    linked = {(p.key.tenant, channel): (p.key.firm, p.name) for p in here for channel in p.channels}
    for firm in new:
        for channel in fold(FirmKey(firm.tenant, firm.firm), firm.events).channels:
            whose, name = linked.setdefault((firm.tenant, channel), (firm.firm, firm.name))
            if whose != firm.firm:
                raise Unreadable(
                    f"The channel {channel.rpartition('/')[2]} of {firm.tenant} is linked to {name} ({whose}) already, "
                    f"and in the file to {firm.name} ({firm.firm}). A channel means one firm: have a lead of {name} "
                    "type /cais firm unlink in it, then read the file in again."
                )


async def _is_there(events: EventStore, firm: WholeFirm) -> bool:
    position = await events.position(FirmKey(firm.tenant, firm.firm))
    if position is None:
        return False
    if position.head == firm.head.hash:
        return True
    there = f"{position.name} ({firm.firm} of {firm.tenant}) is in this database already"
    raise Unreadable(f"{there}, {_how_apart(await events.history(position.key), firm)}. Nothing is overwritten.")


def _how_apart(here: Sequence[Record], firm: WholeFirm) -> str:
    """Whether one of two histories is the other at an earlier time, which their heads show."""
    ours, theirs = [row.hash for row in here], [row.hash for row in firm.events]
    if ours[: len(theirs)] == theirs:
        return f"and further on: the file holds {len(theirs):,} of its {counted(len(ours), 'event')}"
    if theirs[: len(ours)] == ours:
        return f"and not as far: it holds {len(ours):,} of the file's {counted(len(theirs), 'event')}"
    return f"with another history of {counted(len(ours), 'event')}"


async def _keep(events: EventStore, firm: WholeFirm, told_until: datetime) -> None:
    key = FirmKey(firm.tenant, firm.firm)

    def decide(position: Position, _: Sequence[Record]) -> Changed:
        if position.version:
            raise Unreadable(f"{firm.name} came to be in this database meanwhile. Nothing is overwritten.")
        return Changed(records=firm.events, position=fold(key, firm.events), told_until=told_until.timestamp())

    await events.change(key, decide)


async def _keep_question(questions: Questions, asked: Asked) -> None:
    if await questions.get(asked.tenant, asked.firm, asked.id) is None:
        await questions.keep(asked)
