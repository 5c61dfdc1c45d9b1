"""What the tables hold of each firm, as it stands there, for `cais verify`: nothing is mended on the way."""

from collections.abc import Sequence

import msgspec

from flows.events import FirmKey
from flows.position import Member, Position
from flows.records import Stored
from storage import statements
from storage.errors import Undecodable
from storage.event_store import Runner, decode, decode_shape, firm_keys, read_history
from storage.statements import Unit


class Audit:
    """Reads whole firms."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def firm_keys(self) -> Sequence[FirmKey]:
        """Every firm of which there is a row, an event or a snapshot. Raises StorageUnavailable."""
        return await self._runner.read(firm_keys())

    async def stored(self, key: FirmKey) -> Stored:
        """All there is of this firm. Raises StorageUnavailable."""
        return await self._runner.read(_stored(key))

    async def called(self, key: FirmKey) -> tuple[str, str]:
        """The firm's name and its workspace's, for people to find it by; empty where it is not there or no text."""
        try:
            firm = await self._runner.read(_name(key))
        except Undecodable:
            firm = ""
        try:
            return firm, await self._runner.read(_workspace_name(key))
        except Undecodable:
            return firm, ""

    async def first_undecodable(self, key: FirmKey) -> int:
        """The sequence of the first event that is no text, 0 where none is."""
        for sequence in await self._runner.read(_sequences(key)):
            try:
                await self._runner.read(read_history(key, limit=1, before=sequence + 1))
            except Undecodable:
                return sequence
        return 0


def _sequences(key: FirmKey) -> Unit[Sequence[int]]:
    rows = yield statements.audit_sequences, {"tenant": key.tenant, "firm": key.firm}
    return [row[0] for row in rows]


def _name(key: FirmKey) -> Unit[str]:
    firm = {"tenant": key.tenant, "firm": key.firm}
    rows = yield statements.audit_firm, firm
    if rows:
        return str(rows[0][0])
    snapshots = yield statements.audit_snapshot, firm
    snapshot = _read(snapshots[0][2])[0] if snapshots else None
    return snapshot.name if snapshot else ""


def _workspace_name(key: FirmKey) -> Unit[str]:
    rows = yield statements.audit_workspace, {"tenant": key.tenant}
    return str(rows[0][0]) if rows else ""


def _stored(key: FirmKey) -> Unit[Stored]:
    firm = {"tenant": key.tenant, "firm": key.firm}
    records = yield from read_history(key)
    names = yield statements.audit_firm, firm
    snapshots = yield statements.audit_snapshot, firm
    members = yield statements.audit_members, firm
    channels = yield statements.audit_channels, firm
    snapshot, shape = _read(snapshots[0][2]) if snapshots else (None, None)
    return Stored(
        key=key,
        records=records,
        stands_at=(snapshots[0][0], snapshots[0][1]) if snapshots else None,
        snapshot=snapshot,
        shape=shape,
        name=names[0][0] if names else None,
        members={row[0]: Member(*row) for row in members},
        channels=frozenset(row[0] for row in channels),
    )


def _read(body: str) -> tuple[Position | None, int | None]:
    try:
        shape = decode_shape(body).shape
    except msgspec.DecodeError:
        return None, None
    try:
        return decode(body), shape
    except msgspec.DecodeError:
        return None, shape
