"""Deciding about undo: which click no longer counts. Nothing is lost: an undo is one more event, itself undoable."""

from collections.abc import Sequence

from flows import events as e
from flows.events import Record
from flows.evolve import undone
from flows.firms import Person, Refusal, require
from flows.position import Position

FINAL = frozenset({"firm_set_up", "member_set", "member_removed", "text_refused"})
"""What has commands of its own to change it, and is never undone."""


def undo(history: Sequence[Record], position: Position, who: Person, of: int | None) -> e.Undone | None:
    """Undo the click that brought the event `of`, or this person's last click. None where it is undone already.

    Raises Refusal where there is nothing to undo, or somebody changed the same thing since.
    """
    require(position, who, "member")
    left_out = undone(history)
    target = _named(history, of) if of is not None else _last(history, left_out, who)
    if target.sequence in left_out:
        return None
    if target.type in FINAL:
        raise Refusal("That cannot be undone here; change it with `/cais firm`.")
    clicked = click_of(history, target)
    touched = {subject(r) for r in clicked}
    later = [r for r in history if r.sequence > clicked[-1].sequence and r.sequence not in left_out]
    blocker = next((r for r in later if subject(r) in touched and r.type != "undone"), None)
    if blocker:
        raise Refusal(
            f"{blocker.actor_name} changed this again after that, so it was left as it is. Nothing was undone.",
            kind="stale",
        )
    return e.Undone(of=tuple(r.sequence for r in clicked))


def click_of(history: Sequence[Record], target: Record) -> list[Record]:
    """All rows that the same click brought."""
    base = (target.cause or "").rpartition("+")[0] if "+" in (target.cause or "") else target.cause
    return [r for r in history if r.cause == base or (r.cause or "").startswith(f"{base}+")]


def subject(record: Record) -> str:
    """What a row is about, so that two rows about the same thing can be seen."""
    event = record.event
    match event:
        case e.TaskCompleted() | e.TaskWaiting() | e.WaitEnded() | e.TaskSetAside() | e.TaskReopened():
            return f"task {event.task}"
        case e.AnswerGiven():
            return f"fact {event.fact}"
        case e.AgentAdded() | e.AgentRenamed() | e.AgentRemoved() | e.AgentReturned():
            return f"agent {event.agent}"
        case e.ChangeOfAgentStarted():
            return f"agent {event.old}"
        case e.EvidenceAdded() | e.NoteAdded():
            return f"row {record.sequence}"
        case _:
            return record.type


def _named(history: Sequence[Record], of: int) -> Record:
    found = next((r for r in history if r.sequence == of), None)
    if found is None:
        raise Refusal("There is nothing to undo there. Nothing was changed.", kind="stale")
    return found


def _last(history: Sequence[Record], left_out: frozenset[int], who: Person) -> Record:
    mine = [
        r
        for r in history
        if r.actor == who.id and r.sequence not in left_out and r.type not in FINAL and r.type != "undone"
    ]
    if not mine:
        raise Refusal("There is nothing of yours to undo.")
    return mine[-1]
