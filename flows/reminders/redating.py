"""What changes while a message speaks of it, its date and what comes before it: as it is now, and as it was drawn."""

from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from flows.asked import Kept, Owed
from flows.own_dates import due_of, in_year
from flows.position import Answer, Due, Position, TaskRecord
from flows.reminders.rung import Found, Rung
from flows.reminders.snoozing import snoozed_to
from flows.roadmap import Pack
from flows.walk import Walk

NO_DATE = "none"
BESIDE_IT = ("wait", "given", "possible")
"""Kinds of reminders that go by another moment than the date they speak of."""

COMES_AGAIN = ("before", "late", "wait")
"""Kinds of which there is more than one for what they are about."""


def date_now(pack: Pack, position: Position, rung: Rung) -> date | None:
    """The day of what it is about as the firm has it now. An industry date has none but its own: its moves are told."""
    kind, _, which = rung.subject.partition(":")
    match kind:
        case "task":
            task = pack.tasks.get(which.partition("[")[0])
            due = due_of(position, task, which) if task else None
            return due.on if due else None
        case "target":
            return position.target
        case "recheck":
            answer = position.answers.get(which)
            return answer.recheck_on if answer else None
        case "recurring" if rung.on:
            recurring = next((r for r in position.recurring if r.id == which), None)
            return in_year(recurring, rung.on.year) if recurring else rung.on
        case _:
            return rung.on


def set_by(pack: Pack, position: Position, rung: Rung) -> str:
    """What set the date of what it is about, or began its wait, as the firm has it now; empty where there is none.

    As `Rung.revision` has it: of an industry date, and of what is told once, that is the rung's own.
    """
    kind, _, which = rung.subject.partition(":")
    found: Due | TaskRecord | Answer | None
    match kind:
        case "task" if rung.kind == "wait":
            found = position.tasks.get(which)
        case "task" if rung.kind not in BESIDE_IT:
            task = pack.tasks.get(which.partition("[")[0])
            found = due_of(position, task, which) if task else None
        case "target":
            return str(position.target_sequence) if position.target else ""
        case "recheck":
            answer = position.answers.get(which)
            found = answer if answer and answer.recheck_on else None
        case "recurring":
            recurring = next((r for r in position.recurring if r.id == which), None)
            return f"{recurring.sequence}-{rung.revision.rpartition('-')[2]}" if recurring else ""
        case _:
            return rung.revision
    return str(found.sequence) if found else ""


def written(on: date | None) -> str:
    """As `Rung.drawn` has it."""
    return on.isoformat() if on else NO_DATE


def behind_now(walked: Walk, rung: Rung) -> str:
    """The tasks that are to be finished before this one, as `Rung.behind` has them; nothing where it can begin."""
    kind, _, which = rung.subject.partition(":")
    item = walked.item(which) if kind == "task" else None
    return " ".join(item.missing) if item and item.state == "locked" else ""


def about_anew(
    row: Kept, rung: Rung, now: date | None, behind: str, *, dated: bool = True, kept_until: datetime | None = None
) -> str | None:
    """What this row is to say it is about, as that is otherwise now; None where nothing changes.

    What waits to be sent will say the new date. Of what stands in a message it is kept as what that is drawn. Not
    `dated`: it goes by a date of its own, and only what comes before it may have changed. `kept_until`: by `kept_anew`.
    """
    new = _anew(rung, now, settled=row.settled) if dated else rung
    if (new.behind, new.kept_until) != (behind, kept_until):
        new = replace(new, behind=behind, kept_until=kept_until)
    if new is rung or new == rung:
        return None
    kept = msgspec.json.decode(row.owed.about)
    anew = {"on": new.on, "drawn": new.drawn, "behind": new.behind, "kept_until": new.kept_until}
    return msgspec.json.encode({**kept, **anew}).decode()


def kept_anew(row: Owed, rung: Rung, one: Found | None, now: datetime) -> datetime | None:
    """Until when a pause, or the hour, keeps what waits, where that is later than it was planned for first.

    What a pause kept that was ended before its time keeps the end of that: it is why it comes late.
    """
    kept = rung.kept_until
    if one is None or not one.said or rung.kind not in COMES_AGAIN or snoozed_to(row.key):
        return kept
    due = one.rung.due_at
    if due <= min(now, kept or rung.due_at):
        return kept
    return due if due > rung.due_at else None


def _anew(rung: Rung, now: date | None, *, settled: bool) -> Rung:
    if rung.kind == "wait":
        # It goes by its own beginning. Of one that an earlier version owed nobody knows which date it said.
        return replace(rung, drawn=written(now)) if rung.drawn else rung
    if settled:
        return replace(rung, drawn=written(now)) if rung.drawn or now != rung.on else rung
    return replace(rung, on=now, drawn="") if rung.kind in BESIDE_IT else rung
