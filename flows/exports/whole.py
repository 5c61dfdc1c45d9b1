"""The JSON document: a firm's whole record, written so that it can be read back into an empty installation.

`docs/export-format.md` describes it. What it holds twice, as events and as tables, counts once: the events.
"""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from flows.asked import Asked
from flows.events import FirmKey, Record
from flows.exports.record import Export, FirmRecord
from flows.exports.tables import Table, tables
from flows.records import Broken, verify

SCHEMA = "cais-export/1"


class Unreadable(Exception):
    """The file cannot be read in, and why, in a sentence for whoever tried."""


class Roadmap(msgspec.Struct, frozen=True):
    """The edition by which it was written out."""

    id: str
    version: str
    edition: str
    source_sha256: str


class Head(msgspec.Struct, frozen=True):
    """Where a chain ends: how many events, and the hash of the last one."""

    events: int
    hash: str


class WholeFirm(msgspec.Struct, frozen=True):
    """One firm. `events` are the rows as they are stored: their text is what the hashes cover."""

    tenant: str
    firm: str
    name: str
    head: Head
    events: tuple[Record, ...]
    questions: tuple[Asked, ...] = ()


class Whole(msgspec.Struct, frozen=True):
    """The document, without the tables, which are there for people and are not read back."""

    schema: str
    made_at: str
    made_by: str
    roadmap: Roadmap
    firms: tuple[WholeFirm, ...]
    practice: bool = False


class _Schema(msgspec.Struct):
    schema: str = ""


_encoder = msgspec.json.Encoder(order=None)


def written(export: Export) -> bytes:
    """The document as UTF-8 JSON, each firm and event on lines of its own."""
    pack = export.pack
    whole = Whole(
        schema=SCHEMA,
        made_at=export.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        made_by=export.made_by,
        roadmap=Roadmap(pack.id, pack.version, pack.edition, pack.source_sha256),
        firms=tuple(_firm(reading.firm, reading.name) for reading in export.readings()),
        practice=export.practice or any(r.position.practice for r in export.readings()),
    )
    document: dict[str, Any] = msgspec.to_builtins(whole)
    document["tables"] = {table.name: list(_for_readers(table)) for table in tables(export)}
    return msgspec.json.format(_encoder.encode(document), indent=1)


def _firm(firm: FirmRecord, name: str) -> WholeFirm:
    last = firm.rows[-1]
    return WholeFirm(last.tenant, last.firm, name, Head(last.sequence, last.hash), firm.rows, firm.asked)


def _for_readers(table: Table) -> Iterator[Mapping[str, Any]]:
    names = [column.name for column in table.columns]
    for row in table.rows:
        yield {name: cell for name, cell in zip(names, row, strict=True) if cell not in (None, "")}


# --- reading it back --------------------------------------------------------------------------------------------


def read(content: bytes) -> Whole:
    """The document in a file. Raises Unreadable where it is none, or where a chain in it does not hold."""
    if content.startswith(b"PK"):
        raise Unreadable(
            "This is no JSON document but a zip. Of a packet unpack it, and read in record.json, which is in it."
        )
    content = content.removeprefix(codecs.BOM_UTF8)  # an editor put it there
    try:
        schema = msgspec.json.decode(content, type=_Schema).schema
    except msgspec.MsgspecError as error:
        raise Unreadable(f"This is no JSON document, or it was cut off ({error}).") from None
    if schema != SCHEMA:
        known = f"its schema is {schema}" if schema else "it names no schema"
        raise Unreadable(f"This is no export that can be read in: {known}, and this version reads {SCHEMA}.")
    try:
        whole = msgspec.json.decode(content, type=Whole)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"Something is missing in the file, or is not what it should be: {error}.") from None
    if not whole.firms:
        raise Unreadable("There is no firm in this file.")
    for firm in whole.firms:
        _must_hold(firm)
    _must_differ([FirmKey(firm.tenant, firm.firm) for firm in whole.firms])
    return whole


def _must_differ(keys: Sequence[FirmKey]) -> None:
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise Unreadable(f"The firm {twice.firm} of {twice.tenant} is in this file more than once.")


def _must_hold(firm: WholeFirm) -> None:
    named = f"{firm.name} ({firm.firm} of {firm.tenant})"
    broken = _foreign(firm) or verify(firm.events) or _unlike_its_head(firm)
    if broken:
        raise Unreadable(f"The record of {named} was changed after it was written out. {broken.sentence}")
    _must_be_known(firm, named)


def _foreign(firm: WholeFirm) -> Broken | None:
    key = FirmKey(firm.tenant, firm.firm)
    if not firm.events:
        return Broken(key, 0, "It has no events.")
    for nth, row in enumerate(firm.events, start=1):
        if (row.tenant, row.firm) != (firm.tenant, firm.firm):
            return Broken(key, nth, f"Event {nth} belongs to another firm.")
    if any((asked.tenant, asked.firm) != (firm.tenant, firm.firm) for asked in firm.questions):
        return Broken(key, 0, "A question in it belongs to another firm.")
    return None


def _unlike_its_head(firm: WholeFirm) -> Broken | None:
    last = firm.events[-1]
    if (firm.head.events, firm.head.hash) == (last.sequence, last.hash):
        return None
    sentence = f"Its head names event {firm.head.events}, and the events end at {last.sequence}."
    return Broken(FirmKey(firm.tenant, firm.firm), last.sequence, sentence)


def _must_be_known(firm: WholeFirm, named: str) -> None:
    """A chain that holds may be a newer version's: then nothing was changed in it, and it is not for this one."""
    for row in firm.events:
        try:
            known = type(row.event).__struct_config__.tag == row.type and datetime.fromisoformat(row.recorded_at)
        except (msgspec.MsgspecError, ValueError):
            known = None
        if not known:
            raise Unreadable(
                f"The record of {named} cannot be read in. Event {row.sequence} is of a kind that this version does "
                "not know, though the chain holds: a newer version may have written it, and reads it in."
            )
