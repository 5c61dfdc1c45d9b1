"""The audit chain: how an event becomes a row, what the hash covers, and how to see that nothing was changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from flows import events as e
from flows.events import AnyEvent, FirmKey, Record
from flows.evolve import evolve, fold
from flows.firms import Person
from flows.ports import Changed
from flows.position import SHAPE, Member, Position

_encoder = msgspec.json.Encoder(order="deterministic")
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Every chain there is was hashed in this form."""


class Stamp(msgspec.Struct, frozen=True):
    """Who changes a firm, when (aware) and from where: `command`, `button`, `modal`, `message` or `shortcut`."""

    who: Person
    at: datetime
    source: str
    edition: str
    cause: str | None = None
    practice: bool = False


class Broken(msgspec.Struct, frozen=True):
    """The first place where a chain does not hold."""

    key: FirmKey
    sequence: int
    sentence: str
    newer: bool = False
    """Whether all holds, and only a newer version, which may have written this event, can read it."""


class Stored(msgspec.Struct, frozen=True):
    """All that a database holds of a firm, as it stands there: read for checks only."""

    key: FirmKey
    records: tuple[Record, ...]
    stands_at: tuple[int, str] | None
    """Version and head in the snapshot's row; None where there is no snapshot."""
    snapshot: Position | None
    """What its body says, None where that cannot be read."""
    shape: int | None
    """The snapshot's `flows.position.SHAPE`, None where its body is no JSON."""
    name: str | None
    members: Mapping[str, Member]
    channels: frozenset[str]


def record(position: Position, events: Sequence[AnyEvent], stamp: Stamp) -> Changed:
    """The rows for these events, chained to the position's head, and the position after them.

    One click is one cause, however many facts it brings: the rows after the first count on behind it.
    """
    rows: list[Record] = []
    cause = stamp.cause or f"#{position.version + 1}"
    for nth, event in enumerate(events):
        row, position = _row(position, event, stamp, f"{cause}+{nth}" if nth else cause)
        rows.append(row)
    return Changed(records=tuple(rows), position=position)


def record_undo(history: Sequence[Record], position: Position, event: e.Undone, stamp: Stamp) -> Changed:
    """Like `record` for an undo, which needs the whole history to fold anew."""
    row, _ = _row(position, event, stamp, stamp.cause or f"#{position.version + 1}")
    after = fold(position.key, [*history, row])
    target = next(r.event for r in history if r.sequence == event.of[0])
    row = _sealed(row, before=_look(position, target), after=_look(after, target))
    return Changed(records=(row,), position=msgspec.structs.replace(after, head=row.hash))


def _row(position: Position, event: AnyEvent, stamp: Stamp, cause: str) -> tuple[Record, Position]:
    happened: date | None = getattr(event, "happened_on", None)
    draft = Record(
        tenant=position.key.tenant,
        firm=position.key.firm,
        sequence=position.version + 1,
        type=str(type(event).__struct_config__.tag),
        actor=stamp.who.id,
        actor_name=stamp.who.name,
        recorded_at=stamp.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        happened_on=happened.isoformat() if happened else None,
        payload=_encoder.encode(event).decode(),
        before=_look(position, event),
        after="null",
        source=stamp.source,
        edition=stamp.edition,
        practice=stamp.practice,
        cause=cause,
        previous_hash=position.head,
        hash="",
    )
    moved = evolve(position, draft)
    row = _sealed(draft, before=draft.before, after=_look(moved, event))
    return row, msgspec.structs.replace(moved, head=row.hash)


def _sealed(row: Record, *, before: str, after: str) -> Record:
    full = msgspec.structs.replace(row, before=before, after=after)
    return msgspec.structs.replace(full, hash=seal(full))


def seal(row: Record) -> str:
    """SHA-256, in hex, over every field of the row but the hash itself, in the order of the record."""
    fields = [getattr(row, name) for name in Record.__struct_fields__ if name != "hash"]
    return hashlib.sha256(_canonical(fields).encode()).hexdigest()


def verify(records: Sequence[Record]) -> Broken | None:
    """The first row of a firm's whole history that does not fit the one before it, or None where all do."""
    head = ""
    for expected, row in enumerate(records, start=1):
        key = FirmKey(row.tenant, row.firm)
        if row.sequence != expected:
            return Broken(key, expected, f"Event {expected} is missing; the next one found is {row.sequence}.")
        if row.previous_hash != head:
            return Broken(key, expected, f"Event {expected} does not follow from the event before it.")
        if seal(row) != row.hash:
            return Broken(key, expected, f"Event {expected} is not what was recorded: its hash does not match.")
        head = row.hash
    return None


def verify_position(records: Sequence[Record], position: Position) -> Broken | None:
    """Like `verify`, and the snapshot must stand where the history ends, and say what it adds up to."""
    broken = verify(records) or _apart(position.key, records, position.version, position.head) or _unreadable(records)
    if not broken and fold(position.key, records) != position:
        return Broken(position.key, len(records), "The snapshot does not say what the events add up to.")
    return broken


def verify_stored(stored: Stored) -> Broken | None:
    """The first thing about a firm that does not hold: its chain, its snapshot, or the rows that repeat the snapshot.

    A snapshot of another shape is never read (see `flows.position.SHAPE`), so what it says proves nothing either way.
    """
    key, records, snapshot = stored.key, stored.records, stored.snapshot
    if stored.stands_at is None:
        return verify(records) or Broken(key, len(records), "The snapshot is missing.")
    broken = verify(records) or _apart(key, records, *stored.stands_at) or _unreadable(records)
    if broken:
        return broken
    if stored.shape is None or (snapshot is None and stored.shape == SHAPE):
        return Broken(key, len(records), "The snapshot cannot be read.")
    if snapshot is None:
        return None
    if stored.shape == SHAPE and fold(key, records) != snapshot:
        return Broken(key, len(records), "The snapshot does not say what the events add up to.")
    for kept, said, what in (
        (stored.name, snapshot.name, "The firm's name"),
        (dict(stored.members), dict(snapshot.members), "The list of the firm's members"),
        (stored.channels, frozenset(snapshot.channels), "The list of the firm's channels"),
    ):
        if kept != said:
            return Broken(key, len(records), f"{what} is not what the history says.")
    return None


def _unreadable(records: Sequence[Record]) -> Broken | None:
    for row in records:
        try:
            known = type(row.event).__struct_config__.tag == row.type and row.at
        except (msgspec.MsgspecError, ValueError):
            known = None
        if not known:
            return Broken(
                FirmKey(row.tenant, row.firm),
                row.sequence,
                f"Event {row.sequence} is of no kind known to this version, though the chain holds: a newer version "
                "may have written it.",
                newer=True,
            )
    return None


def _apart(key: FirmKey, records: Sequence[Record], version: int, head: str) -> Broken | None:
    last = records[-1] if records else None
    if last and (version, head) == (last.sequence, last.hash):
        return None
    ends = last.sequence if last else 0
    return Broken(key, ends, f"The snapshot stands at event {version}, the history ends at {ends}.")


def _look(position: Position, event: AnyEvent) -> str:
    """What the event touches, as JSON: kept before and after, so that a row can be read on its own."""
    seen: object
    match event:
        case e.TaskCompleted() | e.TaskWaiting() | e.WaitEnded() | e.TaskSetAside() | e.TaskReopened():
            seen = position.tasks.get(event.task)
        case e.TaskSentBack():
            seen = position.tasks.get(event.task)
        case e.TaskApproved():
            seen = position.approvals.get(event.task)
        case e.ReviewSet() | e.ReviewCleared():
            seen = position.review_rules.get(event.scope)
        case e.DocumentAdded() | e.DocumentRemoved():
            seen = position.documents.get(event.document)
        case e.MemoAttested():
            seen = position.attestations.get(event.fact)
        case e.AnswerGiven():
            seen = position.answers.get(event.fact)
        case e.AgentAdded() | e.AgentRenamed() | e.AgentRemoved() | e.AgentReturned():
            seen = position.agent(event.agent)
        case e.AgentFileKept():
            seen = position.agent_files.get(event.agent)
        case e.ChangeOfAgentStarted():
            seen = position.agent(event.old)
        case e.MemberSet() | e.MemberRemoved():
            seen = position.members.get(event.person)
        case e.ChannelLinked() | e.ChannelUnlinked():
            seen = position.channels
        case e.EvidenceAdded() | e.NoteAdded():
            counts = position.evidence if isinstance(event, e.EvidenceAdded) else position.notes
            seen = counts.get(event.task, 0)
        case e.TaskDueSet():
            seen = position.task_due.get(event.task)
        case e.StepDueSet():
            seen = position.step_due.get(event.step)
        case e.TaskAssigned() | e.TaskUnassigned():
            seen = position.owners.get(event.task)
        case e.RecurringSet() | e.RecurringRemoved():
            seen = next((x for x in position.recurring if x.id == event.recurring), None)
        case e.RecurringDone():
            kept = next((x for x in position.recurring if x.id == event.recurring), None)
            seen = {"name": kept.name if kept else "", "done": position.recurring_done.get(event.recurring, ())}
        case e.SummarySet() | e.SummaryStopped():
            seen = position.posted.get(event.channel)
        case e.RemindersSet():
            seen = position.reminders
        case e.HoldSet() | e.HoldLifted():
            seen = position.hold
        case e.FirmSetUp() | e.FirmRenamed() | e.SituationChanged() | e.TargetSet() | e.TimeZoneSet():
            seen = {
                "name": position.name,
                "situation": position.situation,
                "target": position.target,
                "time_zone": position.time_zone,
            }
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            seen = position.firm_answers.get(event.answer)
        case e.PrecheckAnswered() | e.ProfileAnswered():
            seen = {"precheck": position.precheck, "profile": position.profile}
        case e.CrdEntered():
            seen = {"crd": position.crd}
        case _:
            seen = None
    return _encoder.encode(seen).decode()
