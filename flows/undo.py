"""Deciding about undo: which click no longer counts. Nothing is lost: an undo is one more event, itself undoable."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from flows import events as e
from flows.events import Record
from flows.evolve import behind, fold, undone
from flows.firms import Person, Refusal, require
from flows.legal_hold import may_remove
from flows.position import Position
from flows.subjects import subjects

INSTEAD = {
    "firm_set_up": "`/cais firm settings` and `/cais firm members` change what set-up brought.",
    "member_set": "`/cais firm members` changes who is in the firm.",
    "member_removed": "`/cais firm members` adds the person again.",
    "text_refused": "Nothing was kept, so there is nothing to take back.",
    "firm_answer_given": "It was sent to whoever asked. Change or withdraw it under `/cais questions`.",
    "document_added": "`/cais firm documents` removes or replaces it.",
    "document_removed": "`/cais firm documents` takes it in again, if you hand it over once more.",
    "record_exported": "A file that was handed out stays so, and changes nothing.",
    "nudged": "The messages were sent.",
    "hold_set": "`/cais hold lift` and a reason lifts the hold.",
    "hold_lifted": "`/cais hold` and a reason sets it again.",
}
"""Of each event that undo does not reach, what there is instead."""

FINAL = frozenset(INSTEAD)
"""What has commands of its own to change it; a click that brought one of these is never undone."""

NOT_BY_UNDO = (
    "Undo does not reach this entry, so nothing was changed. "
    "`/cais firm members` and `/cais firm settings` change what set-up and members brought."
)


class NotTheLast(Refusal):
    """What this person did last is none for undo, and what was before it is not taken back unasked.

    `before` is the last row of theirs that undo reaches, None where there is none.
    """

    def __init__(self, last: Record, before: Record | None) -> None:
        then = f" `/cais undo {before.sequence}` takes back what you did before that." if before else ""
        super().__init__(f"Undo does not reach what you did last. {INSTEAD[last.type]} Nothing was undone.{then}")
        self.last = last
        self.before = before


class ChangedSince(Refusal):
    """What was to be undone was changed since, `by` this row."""

    def __init__(self, sentence: str, by: Record) -> None:
        super().__init__(sentence, kind="stale")
        self.by = by


class Later(NamedTuple):
    """A row that came to count after another, or counts no more; `by` is it, or the undo that brought that about."""

    row: Record
    by: Record


EACH_ALONE = e.TaskDueSet, e.StepDueSet, e.TargetSet, e.TaskAssigned, e.TaskUnassigned
"""Of several of these that one click brought none rests on another: one that was changed since keeps no other."""

LEADS_ONLY = frozenset(
    {
        "firm_renamed",
        "answers_copied",
        "channel_linked",
        "channel_unlinked",
        "firm_answer_confirmed",
        "firm_answer_withdrawn",
        "reminders_set",
        "summary_set",
        "summary_stopped",
        "review_set",
        "review_cleared",
    }
)
"""What only a lead may record, and so only a lead may undo or bring back."""


def undo(history: Sequence[Record], position: Position, who: Person, of: int | None) -> e.Undone | None:
    """Undo the click that brought the event `of`, or this person's last click. None where it would change nothing.

    Undoing an undo brings the click behind it back. Of the dates and owners that one click brought, those that were
    changed since stay: see `left_standing`. Raises Refusal where there is nothing to undo, where it is not for this
    person to undo, or where somebody changed the same thing since or built on it.
    """
    require(position, who, "member")
    left_out = undone(history)
    target = _named(history, of) if of is not None else _last(history, left_out, who)
    clicked = _not_changed_since(history, left_out, click_of(history, target))
    if not clicked:
        return None
    affected = affects(history, clicked)
    if final := _final(affected):
        raise Refusal(f"Undo does not reach this entry, so nothing was changed. {INSTEAD[final.type]}")
    if any(r.type in LEADS_ONLY for r in affected):
        require(position, who, "lead")
    if any(
        isinstance(r.event, e.TaskApproved | e.TaskSentBack | e.MemoAttested) and r.event.doer == who.id
        for r in affected
    ):
        raise Refusal("Somebody else looked at what you did, and what they said is not yours to undo or bring back.")
    _must_be_untouched(history, left_out, clicked, who)
    event = e.Undone(of=tuple(r.sequence for r in clicked))
    after = _without(history, position, event)
    _must_add_up(after)
    if _fewer(position, after):
        may_remove(position)
    return None if after == position else event


def last_undo(history: Sequence[Record], who: Person) -> int:
    """The sequence of this person's last undo that still holds; what brought something back is none.

    Raises Refusal where there is none.
    """
    left_out = undone(history)
    types = {r.sequence: r.type for r in history}
    for row in reversed(history):
        event = row.event
        if not isinstance(event, e.Undone) or row.actor != who.id or row.sequence in left_out:
            continue
        if all(types[n] != "undone" for n in event.of):
            return row.sequence
    raise Refusal("There is no undo of yours to take back. Nothing was changed. `/cais history` shows what was undone.")


def click_of(history: Sequence[Record], target: Record) -> list[Record]:
    """All rows that the same click brought."""
    base = _click(target)
    return [r for r in history if _click(r) == base]


def _click(row: Record) -> str:
    """What the rows of one click have in common."""
    first, _, nth = (row.cause or "").rpartition("+")
    return first if nth.isdigit() and first else row.cause or ""


def affects(history: Sequence[Record], clicked: Iterable[Record]) -> list[Record]:
    """The rows that a click comes down to: its own, and for an undo those that it took back, or brought back."""
    return behind({r.sequence: r for r in history}, clicked)


def _builds_on(record: Record) -> str:
    """The agent or change whose task a row is about, as a subject; empty where there is none."""
    event = record.event
    if isinstance(event, e.AgentFileKept):
        return f"of {event.agent}"
    task = str(getattr(event, "task", ""))
    each = task.partition("[")[2].rstrip("]")
    return f"of {each}" if each else ""


def _not_changed_since(
    history: Sequence[Record], left_out: frozenset[int], clicked: Sequence[Record]
) -> Sequence[Record]:
    """The rows of a click that an undo takes back: all, or of dates and owners those that nobody changed since.

    Where that is none of them: all, which will be refused. None where the click was taken back before, be it in part.
    """
    there = [r for r in clicked if r.sequence not in left_out]
    whole = there if len(there) == len(clicked) else []
    if len(clicked) == 1 or not all(isinstance(r.event, EACH_ALONE) for r in clicked):
        return whole
    return [r for r in there if not any(_later(history, left_out, [r], clicked[-1].sequence))] or whole


def left_standing(history: Sequence[Record], row: Record) -> list[Record]:
    """What an undo left as it is, of a click that it took back in part: the last change of each that came after it."""
    event = row.event
    rows = {r.sequence: r for r in history}
    if not isinstance(event, e.Undone) or any(n not in rows for n in event.of):
        return []
    clicked, left_out = click_of(history, rows[event.of[0]]), undone(history)
    left = [r for r in clicked if r.sequence not in left_out]
    found = [[*_later(history, left_out, [r], clicked[-1].sequence)] for r in left]
    return [later[-1].by for later in found if later]


def _later(
    history: Sequence[Record], left_out: frozenset[int], affected: Sequence[Record], last: int
) -> Iterator[Later]:
    """What changed the same things after the row `last`, oldest first."""
    touched = frozenset().union(*map(subjects, affected))
    return (later for later in _after(history, left_out, affected, last) if subjects(later.row) & touched)


def _after(
    history: Sequence[Record], left_out: frozenset[int], affected: Sequence[Record], last: int
) -> Iterator[Later]:
    """Whatever came to count, or to count no more, after the row `last`, oldest first.

    A row that an undo since has brought back or taken back is later itself, unless it is older than the click.
    """
    own = {r.sequence for r in affected}
    rows = {r.sequence: r for r in history}
    for by in history:
        if by.sequence > last and by.sequence not in left_out:
            found = behind(rows, [by])
            yield from (Later(r, by) for r in found if r is by or (r.sequence <= last and r.sequence not in own))


def _must_be_untouched(
    history: Sequence[Record], left_out: frozenset[int], clicked: Sequence[Record], who: Person
) -> None:
    affected, last = affects(history, clicked), clicked[-1].sequence
    touched = frozenset().union(*map(subjects, affected))
    for later in _after(history, left_out, affected, last):
        name = "You" if later.by.actor == who.id else later.by.actor_name
        if subjects(later.row) & touched:
            sentence = f"{name} changed this again after that, so it was left as it is. Nothing was undone."
            raise ChangedSince(sentence, later.by)
        if _builds_on(later.row) in touched:
            sentence = f"{name} recorded something for this agent after that, so it stays. Nothing was undone."
            raise Refusal(sentence, kind="stale")


def _without(history: Sequence[Record], position: Position, event: e.Undone) -> Position:
    """The position that the history would add up to, standing where it stands."""
    payload = msgspec.json.encode(event).decode()
    row = replace(history[-1], sequence=position.version + 1, type="undone", payload=payload)
    after = fold(position.key, [*history, row])
    return replace(
        after,
        version=position.version,
        head=position.head,
        edition=position.edition,
        changed_at=position.changed_at,
        undoings=position.undoings,
    )


def _fewer(position: Position, after: Position) -> bool:
    """Whether a note or a piece of evidence would count no more: it stays in the history, and yet it is taken away."""
    kept = (position.notes, after.notes), (position.evidence, after.evidence)
    return any(left.get(task, 0) < number for there, left in kept for task, number in there.items())


def _must_add_up(after: Position) -> None:
    """What every decision sees to for itself must hold once one of them is left out, too."""
    named = ("agent", after.agents), ("date of every year", after.recurring)
    for what, those in named:
        names = Counter(one.name.casefold() for one in those)
        twice = next((one.name for one in those if names[one.name.casefold()] > 1), "")
        if twice:
            raise Refusal(
                f"Another {what} is called {twice} by now, so it was left as it is. Nothing was undone.", kind="stale"
            )
    if not after.name or not any(m.role == "lead" for m in after.members.values()):
        raise Refusal(NOT_BY_UNDO)


def _named(history: Sequence[Record], of: int) -> Record:
    found = next((r for r in history if r.sequence == of), None)
    if found is None:
        raise Refusal(
            f"There is no entry {of} in this firm's history, so nothing was undone. `/cais history` has their numbers.",
            kind="stale",
        )
    return found


def before_now(history: Sequence[Record], who: Person) -> Record | None:
    """The last row of this person's that undo reaches, whatever came after it; None where there is none."""
    try:
        return _last(history, undone(history), who)
    except NotTheLast as refusal:
        return refusal.before
    except Refusal:
        return None


def _last(history: Sequence[Record], left_out: frozenset[int], who: Person) -> Record:
    """The last row of this person's that counts. Raises NotTheLast where something came after it that is none for undo.

    That text was refused is nothing a person did.
    """
    last, before = None, None
    in_part = {_click(r) for r in history if r.sequence in left_out}
    for row in reversed(history):
        if row.actor != who.id or row.type in ("undone", "text_refused") or _click(row) in in_part:
            continue
        final = _final(click_of(history, row))
        if final is None:
            before = row
            break
        last = last or final
    if last and (before or last.type != "firm_set_up"):
        raise NotTheLast(last, before)
    if before is None:
        raise Refusal(
            "There is nothing of yours to undo. `/cais history` shows what others recorded, and `/cais undo` with an "
            "entry's number takes that one back."
        )
    return before


def _final(rows: Iterable[Record]) -> Record | None:
    return next((row for row in rows if row.type in FINAL), None)
