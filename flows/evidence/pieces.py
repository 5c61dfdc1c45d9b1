"""Deciding about evidence: which pieces count, which files may be handed over, and taking one away."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from flows import events as e
from flows import guard
from flows.events import AnyEvent, Record
from flows.evolve import undone
from flows.firms import Person, Refusal, require
from flows.legal_hold import may_remove
from flows.position import Position
from flows.progress import HAPPENED, find, must_be_past
from flows.proof import is_weak
from flows.roadmap import Pack

AT_ONCE = 10
"""Files in one form or message."""

LONGEST_NAME = 255

GONE = Refusal("That piece of evidence is not here any more. Nothing was changed.", kind="stale")


class File(msgspec.Struct, frozen=True):
    """A file as the adapter was handed it; `id` is where it finds the content. No name: known once it is fetched."""

    id: str
    name: str = ""
    size: int | None = None


class Piece(msgspec.Struct, frozen=True):
    """A piece of evidence; `removed` is the row that took it away, None while it counts."""

    row: Record
    event: e.EvidenceAdded
    removed: Record | None = None

    @property
    def name(self) -> str:
        """What people call it; of files that were given one name together also the file's own."""
        event = self.event
        own = event.name if event.kind == "file" and event.name != event.label else ""
        return f"{event.label} ({own})" if event.label and own else name_of(event)


def name_of(event: e.EvidenceAdded) -> str:
    """What people call a piece: the name they gave, a file's name, else what it says."""
    return event.label or event.name or event.text


def pieces(rows: Sequence[Record], left_out: frozenset[int] | None = None) -> tuple[Piece, ...]:
    """Every piece that was added and not undone, also those that were removed, oldest first.

    `rows` hold all that was added, removed and undone; `left_out` where that is known already.
    """
    out = undone(rows) if left_out is None else left_out
    removed = _removed(rows, out)
    return tuple(
        Piece(row, event, removed.get(row.sequence))
        for row in rows
        if row.sequence not in out and isinstance(event := row.event, e.EvidenceAdded)
    )


def _removed(rows: Sequence[Record], out: frozenset[int]) -> Mapping[int, Record]:
    return {
        event.evidence: row
        for row in rows
        if row.sequence not in out and isinstance(event := row.event, e.EvidenceRemoved)
    }


def may_hand_over(
    pack: Pack,
    position: Position,
    who: Person,
    key: str,
    files: Sequence[File],
    *,
    today: date,
    label: str = "",
    happened_on: date | None = None,
    ticket: bool = False,
) -> str:
    """The key of the task. Raises Refusal where these files may not be added to it, or not by this person."""
    require(position, who, "member")
    guard.check([label, *(f.name for f in files)], ticket=ticket)
    item = find(pack, position, key)
    if not files:
        raise Refusal("Choose a file first.")
    if len(files) > AT_ONCE:
        raise Refusal(f"No more than {AT_ONCE} files at once. Nothing was changed.")
    must_hold_something(files)
    if happened_on:
        must_be_past(happened_on, today, HAPPENED)
    return item.key


def must_hold_something(files: Sequence[File]) -> None:
    """Raises Refusal where one of them is known to be empty."""
    empty = next((f for f in files if f.size == 0), None)
    if empty:
        raise Refusal(f"{empty.name or 'The file'} is empty, so it proves nothing. Nothing was kept; choose another.")


def add_file(rows: Sequence[Record], event: e.EvidenceAdded) -> list[AnyEvent]:
    """A file is here. Nothing new where the very same one counts for the task already.

    The same content under another name is a piece of its own: what it was called may tell what it is. So is the one
    with a copy where there was none before, or no packet would ever hold it.
    """
    same = (p.event for p in same_content(rows, event) if p.event.name == event.name)
    return [] if any(known.copied or not event.copied for known in same) else [event]


def same_content(rows: Sequence[Record], event: e.EvidenceAdded) -> list[Piece]:
    """The files with this content that count for the task already."""
    found = (p for p in pieces(rows) if p.removed is None and p.event.task == event.task and p.event.kind == "file")
    return [p for p in found if event.digest and p.event.digest == event.digest]


def remove(
    position: Position, rows: Sequence[Record], who: Person, evidence: int, *, reason: str, ticket: bool = False
) -> list[AnyEvent]:
    """A piece counts no more. What was recorded of it stays in the history, and a copy stays where it is kept.

    Raises Refusal of kind `hold` while a legal hold stands, though nothing goes: a packet would leave the copy out.
    """
    require(position, who, "member")
    may_remove(position)
    guard.check([reason], ticket=ticket)
    piece = next((p for p in pieces(rows) if p.row.sequence == evidence), None)
    if piece is None:
        raise GONE
    if piece.removed is not None:
        return []
    if not reason.strip():
        raise Refusal("Say why; an examiner will ask.")
    event = piece.event
    return [
        e.EvidenceRemoved(
            task=event.task,
            evidence=evidence,
            name=piece.name[:LONGEST_NAME],
            reason=reason.strip(),
            weak=is_weak(event),
            covers=event.covers,
        )
    ]
