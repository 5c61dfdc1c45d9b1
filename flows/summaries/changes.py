"""What changed in a firm, each in a few words: no note, reason, basis, link or place, for more people may read it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from flows import events as e
from flows.events import Record
from flows.evolve import behind, undone
from flows.history import EXPORTS, sentence, task_title
from flows.position import Position
from flows.roadmap import Pack

UNTOLD = frozenset({"text_refused", "summary_set", "summary_stopped"})
"""Said to whom it concerns, and no news of the firm's."""


class Change(msgspec.Struct, frozen=True):
    """One thing somebody did, and when; `words` are plain text."""

    at: datetime
    person: str
    name: str
    words: str


def changes(pack: Pack, position: Position, rows: Sequence[Record], since: datetime) -> tuple[Change, ...]:
    """What was recorded after `since` and still counts, the newest first. `rows` are the firm's, oldest first.

    That somebody had the same file made again and again is told once, with the last time.
    """
    left_out = undone(rows)
    known = {r.sequence: r for r in rows}
    told: list[Change] = []
    files: set[tuple[str, str]] = set()
    for row in reversed(rows):
        if row.at <= since or row.sequence in left_out or row.type in UNTOLD:
            continue
        change = Change(row.at, row.actor, row.actor_name, headline(pack, position, row, known))
        if row.type != "record_exported" or (change.person, change.words) not in files:
            told.append(change)
        if row.type == "record_exported":
            files.add((change.person, change.words))
    return tuple(told)


def headline(pack: Pack, position: Position, row: Record, known: Mapping[int, Record]) -> str:
    """What happened, without what people wrote beside it."""
    event = row.event
    match event:
        case e.TaskSetAside():
            return f"Marked not applicable: {task_title(pack, position, event.task)}"
        case e.TaskSentBack():
            return f"Sent back: {task_title(pack, position, event.task)}"
        case e.TaskReopened():
            return f"Reopened: {task_title(pack, position, event.task)}"
        case e.EvidenceAdded() | e.NoteAdded():
            word = "Evidence" if isinstance(event, e.EvidenceAdded) else "Note"
            return f"{word} added{f': {task_title(pack, position, event.task)}' if event.task else ''}"
        case e.MemoAttested():
            return "A second person attested to an answer" if event.agrees else "A second person does not agree"
        case e.AgentFileKept():
            agent = position.agent(event.agent)
            return f"Supervision file kept: {agent.name if agent else 'an agent'}"
        case e.EvidenceRemoved():
            return f"Evidence removed: {task_title(pack, position, event.task)}"
        case e.RecordExported():
            return f"Had the record written out: {EXPORTS.get(event.format, event.format)}"
        case e.FirmAnswerGiven():
            return "Answered a question for the firm"
        case e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            return "Looked at an answer of the firm's again"
        case e.DocumentAdded():
            return "Added a document of the firm's"
        case e.DocumentRemoved():
            return "Took a document of the firm's away"
        case e.ChannelLinked() | e.ChannelUnlinked():
            return "Linked a channel" if isinstance(event, e.ChannelLinked) else "Unlinked a channel"
        case e.HoldSet() | e.HoldLifted():
            return "Set a legal hold" if isinstance(event, e.HoldSet) else "Lifted the legal hold"
        case e.SummarySet() | e.SummaryStopped():
            return "Had the summary posted" if isinstance(event, e.SummarySet) else "Stopped a summary"
        case e.Undone():
            return _undone(pack, position, row, event, known)
        case _:
            return sentence(pack, position, _bare(row, event))


def _undone(pack: Pack, position: Position, row: Record, event: e.Undone, known: Mapping[int, Record]) -> str:
    if any(n not in known for n in event.of):
        return "Took something back that was recorded before"
    first = known[event.of[0]]
    word = "Brought back" if first.type == "undone" else "Took back"
    try:
        about = behind(known, [row])
    except KeyError:  # it reaches behind the rows that were read
        return f"{word} what was recorded before"
    return f"{word}: {'; '.join(headline(pack, position, each, known) for each in about)}"


def _bare(row: Record, event: e.AnyEvent) -> Record:
    emptied = {name: "" for name in ("note", "basis", "reason") if getattr(event, name, "")}
    if not emptied:
        return row
    bare = msgspec.structs.replace(event, **emptied)
    return msgspec.structs.replace(row, payload=msgspec.json.encode(bare).decode())
