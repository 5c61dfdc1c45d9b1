"""A firm's events and its snapshot: read as one row, changed as one unit of work."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from flows.events import FirmKey, Record
from flows.evolve import fold
from flows.gist import Gist
from flows.ports import Changed, ChannelTaken, Decide
from flows.position import SHAPE, Position
from storage import planning, statements
from storage.owing import owe
from storage.statements import Statement, Unit

T = TypeVar("T")


class Shape(msgspec.Struct):
    """The part of a snapshot's body that says how to read the rest."""

    shape: int = 1


_encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Position).decode
decode_shape = msgspec.json.Decoder(Shape).decode
_PRACTICE = Record.__struct_fields__.index("practice")
_ALL = 2**31 - 1


class Runner(Protocol):
    """Runs units of work on one database."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads. Raises StorageUnavailable."""

    async def glance(self, unit: Unit[T]) -> T:
        """Like `read`, for a unit whose statements need not see the same moment. Raises StorageUnavailable."""

    async def ponder(self, unit: Unit[T]) -> T:
        """Like `read`, for a unit that takes long: nobody else waits behind it. Raises StorageUnavailable."""

    async def write(self, make: Callable[[], Unit[T]]) -> T:
        """Run a unit in a transaction and commit; `make` makes it anew where it has to be tried again.

        Raises what the unit raises, StorageUnavailable or Conflict; nothing is kept then.
        """


class Held(NamedTuple):
    """A position, and whether the stored snapshot says the same; where not, it was folded from the events."""

    position: Position
    stored: bool


class PositionCache:
    """The positions decoded last. An entry counts only while the snapshot's head is the same hash of the same history,
    so another process, or a unit that is rolled back, cannot make it lie."""

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._held: OrderedDict[FirmKey, Held] = OrderedDict()
        self._lock = Lock()  # reader and writer are threads of their own

    def get(self, key: FirmKey) -> Held | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, held: Held) -> None:
        key = held.position.key
        with self._lock:
            self._held[key] = held
            self._held.move_to_end(key)
            if len(self._held) > self._size:
                self._held.popitem(last=False)


def load(statement: Statement, key: FirmKey, cache: PositionCache) -> Unit[Position | None]:
    """The firm's position, decoded only where it is not the one we hold."""
    held = yield from _load(statement, key, cache)
    return held.position if held else None


def _load(statement: Statement, key: FirmKey, cache: PositionCache) -> Unit[Held | None]:
    held = cache.get(key)
    known = held.position.head if held else None
    rows = yield statement, {"tenant": key.tenant, "firm": key.firm, "known": known}
    if not rows:
        return None
    body = rows[0][1]
    if body is None:
        return held
    position = read_snapshot(body)
    held = Held(position, True) if position else Held(fold(key, (yield from read_history(key))), False)
    cache.put(held)
    return held


def _positions(keys: Sequence[FirmKey], cache: PositionCache) -> Unit[list[Position]]:
    found: list[Position] = []
    for key in keys:
        position = yield from load(statements.read_snapshot, key, cache)
        if position:
            found.append(position)
    return found


def read_snapshot(body: str) -> Position | None:
    """The position in a snapshot's body, or None where only the events can tell it.

    So it is where events added up to something else when it was written, by an earlier or a later version.
    """
    try:
        return decode(body) if decode_shape(body).shape == SHAPE else None
    except msgspec.DecodeError:
        return None


def write_snapshot(position: Position) -> str:
    """A snapshot's body. Its shape is in it, not beside it: an older replica that writes meanwhile leaves it out."""
    return f'{{"shape":{SHAPE},{_encode(position).decode()[1:]}'


class EventStore:
    """flows.ports.EventStore on a database."""

    def __init__(self, runner: Runner, cache: PositionCache) -> None:
        self._runner = runner
        self._cache = cache

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        return await self._runner.write(lambda: _change(self._cache, key, decide, cause, with_history))

    async def position(self, key: FirmKey) -> Position | None:
        return await self._runner.read(load(statements.read_snapshot, key, self._cache))

    async def positions(self, keys: Sequence[FirmKey]) -> Sequence[Position]:
        return await self._runner.ponder(_positions(keys, self._cache))

    async def history(
        self, key: FirmKey, *, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
    ) -> Sequence[Record]:
        return await self._runner.read(read_history(key, types, limit, before))

    async def firm_keys(self) -> Sequence[FirmKey]:
        return await self._runner.read(firm_keys())


def firm_keys() -> Unit[Sequence[FirmKey]]:
    rows = yield statements.list_firms, {}
    return [FirmKey(*row) for row in sorted(map(tuple, rows))]


def read_history(
    key: FirmKey, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
) -> Unit[tuple[Record, ...]]:
    named = {f"type_{n}": name for n, name in enumerate(types)}
    parameters = {
        "tenant": key.tenant,
        "firm": key.firm,
        "before": _ALL if before is None else before,
        "limit": _ALL if limit is None else limit,
        **named,
    }
    rows = yield statements.read_history(len(named)), parameters
    return tuple(_record(row) for row in reversed(rows))


def _record(row: Sequence[Any]) -> Record:
    values = list(row)
    values[_PRACTICE] = bool(values[_PRACTICE])  # SQLite has no booleans, and the hash knows true from 1
    return Record(*values)


def _change(cache: PositionCache, key: FirmKey, decide: Decide, cause: str | None, with_history: bool) -> Unit[Changed]:
    held = yield from _load(statements.load_snapshot, key, cache)
    before = held.position if held else Position(key=key)
    if held and cause is not None:
        known = yield statements.find_cause, {"tenant": key.tenant, "firm": key.firm, "cause": cause}
        if known:
            return Changed((), before)
    history = (yield from read_history(key)) if with_history else ()
    changed = decide(before, history)
    if changed.records:
        _check(key, before, changed, cause)
        if held and not held.stored:
            yield from _project_anew(before)
        yield from _append(before, changed)
        if changed.gist:
            yield from keep_gist(key, changed.gist)
        yield from owe(changed.owed)
        if changed.told_until is not None:
            seen = {"planned_at": changed.told_until, "seen": changed.position.version}
            yield planning.told_elsewhere, {"tenant": key.tenant, "firm": key.firm, **planning.NEVER, **seen}
        cache.put(Held(changed.position, True))
    return changed


def keep_gist(key: FirmKey, gist: Gist) -> Unit[None]:
    """Keep the firm in a few numbers, beside the version they were made from."""
    beside = {"version": gist.version, "made_by": gist.made_by, "body": _encode(gist).decode()}
    yield statements.save_gist, {"tenant": key.tenant, "firm": key.firm, **beside}


def _check(key: FirmKey, before: Position, changed: Changed, cause: str | None) -> None:
    """A decision that would break the chain, or write into another firm, is a mistake of ours and stops here."""
    records, after = changed.records, changed.position
    expected = range(before.version + 1, before.version + 1 + len(records))
    if (
        [r.sequence for r in records] != list(expected)
        or after.version != expected[-1]
        or after.head != records[-1].hash
    ):
        raise ValueError("The rows to append do not follow on from the firm's last event.")
    theirs = any(r.tenant != key.tenant or r.firm != key.firm for r in records)
    if after.key != key or theirs or any(o.tenant != key.tenant or o.firm != key.firm for o in changed.owed):
        raise ValueError("The rows to append belong to another firm.")
    if cause is not None and all(r.cause != cause for r in records):
        raise ValueError("None of the rows to append carries the cause, so that a replay would add them again.")


def _project_anew(position: Position) -> Unit[None]:
    """What the rows beside the snapshot were taken from does not count any more."""
    firm = {"tenant": position.key.tenant, "firm": position.key.firm}
    yield statements.drop_members, firm
    yield statements.unlink_channels, firm
    yield statements.rename_firm, {**firm, "name": position.name}
    yield from _project_members(firm, Position(key=position.key), position)
    for channel in position.channels:
        yield statements.link_channel, {**firm, "channel": channel}


def _append(before: Position, changed: Changed) -> Unit[None]:
    records, after = changed.records, changed.position
    firm = {"tenant": after.key.tenant, "firm": after.key.firm}
    if before.version == 0 or before.name != after.name:
        yield statements.save_firm, {**firm, "name": after.name, "created_at": records[0].recorded_at}
    for record in records:
        yield statements.append_event, msgspec.structs.asdict(record)
    snapshot = {"version": after.version, "head": after.head, "body": write_snapshot(after)}
    yield statements.save_snapshot, {**firm, **snapshot}
    if before.members is not after.members:
        yield from _project_members(firm, before, after)
    if before.channels != after.channels:
        yield from _project_channels(firm, before, after)


def _project_members(firm: dict[str, str], before: Position, after: Position) -> Unit[None]:
    for person in before.members.keys() - after.members.keys():
        yield statements.drop_member, {**firm, "person": person}
    for person, member in after.members.items():
        if before.members.get(person) != member:
            yield statements.save_member, {**firm, "person": person, "name": member.name, "role": member.role}


def _project_channels(firm: dict[str, str], before: Position, after: Position) -> Unit[None]:
    # Deleting names the firm, so that a channel which another firm has stays there.
    for channel in set(before.channels) - set(after.channels):
        yield statements.unlink_channel, {**firm, "channel": channel}
    for channel in after.channels:
        if channel not in before.channels:
            ours = yield statements.link_channel, {**firm, "channel": channel}
            if not ours:
                raise ChannelTaken()
