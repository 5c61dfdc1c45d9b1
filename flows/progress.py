"""Deciding about tasks: each decision takes the present and returns the facts that follow, or says no in words."""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from flows import events as e
from flows import guard
from flows.events import AnyEvent
from flows.far_off import must_not_be_far_off
from flows.firms import Person, Refusal, require
from flows.position import Position
from flows.proof import suggestions
from flows.roadmap import Pack
from flows.walk import Item, walk

EARLIEST = date(2012, 7, 18)
"""Rule 613, which brought CAT, was adopted on this day; nothing of it can have happened before."""

HAPPENED = "Enter the day it happened, or use *Waiting on someone*."


def find(pack: Pack, position: Position, key: str) -> Item:
    """The item with this key. Raises Refusal where the firm's roadmap has no such task."""
    item = walk(pack, position).item(key)
    if item is None:
        raise Refusal("That task is no longer on this firm's roadmap. Nothing was changed.", kind="stale")
    return item


def is_stale(item: Item, seen: int | None) -> bool:
    """Whether the task changed after the card was drawn. `seen` is the firm's version then; None for typed words."""
    return seen is not None and item.record is not None and item.record.sequence > seen


def complete(
    pack: Pack,
    position: Position,
    who: Person,
    key: str,
    *,
    today: date,
    outcome: str = "",
    happened_on: date | None = None,
    earlier: bool = False,
    note: str = "",
    seen: int | None = None,
    ticket: bool = False,
) -> list[AnyEvent]:
    """The task is done. Nothing new where it already is, or where it changed since the person's card was drawn."""
    require(position, who, "member")
    guard.check([note], ticket=ticket)
    item = find(pack, position, key)
    if is_stale(item, seen) or item.state in ("done", "set_aside"):
        return []
    _must_be_possible(pack, item)
    _must_be_a_task(item)
    allowed = [o.id for o in item.task.outcomes]
    if allowed and outcome not in allowed:
        raise Refusal("Say how it ended: " + ", ".join(o.label for o in item.task.outcomes) + ".")
    if not allowed and outcome:
        raise Refusal("This task has no such outcome. Nothing was changed.", kind="stale")
    if happened_on:
        must_be_past(happened_on, today, HAPPENED)
    return [e.TaskCompleted(task=key, outcome=outcome, happened_on=happened_on, earlier=earlier, note=note.strip())]


def wait(
    pack: Pack,
    position: Position,
    who: Person,
    key: str,
    *,
    whom: str,
    since: date,
    follow_up_on: date | None,
    today: date | None = None,
    note: str = "",
    seen: int | None = None,
    ticket: bool = False,
) -> list[AnyEvent]:
    """The task waits on somebody. A wait that says the same again adds nothing; another one takes its place.

    `today` where it is not the day the wait began.
    """
    require(position, who, "member")
    guard.check([whom, note], ticket=ticket)
    item = find(pack, position, key)
    if is_stale(item, seen) or item.state in ("done", "set_aside"):
        return []
    _must_be_possible(pack, item)
    if not whom.strip():
        raise Refusal("Say whom you are waiting for.")
    if follow_up_on and follow_up_on < since:
        raise Refusal("The follow-up day is before the wait began. Pick a later day.")
    must_not_be_far_off(follow_up_on, today or since)
    event = e.TaskWaiting(task=key, whom=whom.strip(), since=since, follow_up_on=follow_up_on, note=note.strip())
    kept = item.record
    same = kept and kept.state == "waiting" and (kept.whom, kept.follow_up_on) == (event.whom, event.follow_up_on)
    return [] if same else [event]


def end_wait(pack: Pack, position: Position, who: Person, key: str, *, seen: int | None = None) -> list[AnyEvent]:
    """The wait is over and the task is open again."""
    require(position, who, "member")
    item = find(pack, position, key)
    if item.state != "waiting" or is_stale(item, seen):
        return []
    return [e.WaitEnded(task=key)]


def set_aside(
    pack: Pack, position: Position, who: Person, key: str, *, reason: str, seen: int | None = None, ticket: bool = False
) -> list[AnyEvent]:
    """A person says the task does not apply to this firm, and why."""
    require(position, who, "member")
    guard.check([reason], ticket=ticket)
    item = find(pack, position, key)
    if item.task.keep_set_aside:
        raise Refusal(item.task.keep_set_aside)
    if is_stale(item, seen) or item.state in ("set_aside", "done"):
        return []
    _must_be_a_task(item)
    if item.state in ("not_applicable", "later"):
        raise Refusal(f"*{item.title}* does not apply to this firm as things are. Nothing was changed.", kind="stale")
    if not reason.strip():
        raise Refusal("Say why it does not apply; an examiner will ask.")
    return [e.TaskSetAside(task=key, reason=reason.strip())]


def reopen(
    pack: Pack, position: Position, who: Person, key: str, *, reason: str, seen: int | None = None, ticket: bool = False
) -> list[AnyEvent]:
    """A finished task is open again. What was recorded of it stays in the history."""
    require(position, who, "member")
    guard.check([reason], ticket=ticket)
    item = find(pack, position, key)
    if is_stale(item, seen):
        return []
    if item.task.kind == "question":
        raise Refusal("An answer is not reopened but changed: open the step and choose *Change the answer*.")
    if item.state not in ("done", "set_aside"):
        raise Refusal(f"*{item.title}* is not finished, so there is nothing to reopen.", kind="stale")
    if not reason.strip():
        raise Refusal("Say why it is opened again; it is kept beside what was recorded before.")
    return [e.TaskReopened(task=key, reason=reason.strip())]


def add_evidence(
    pack: Pack,
    position: Position,
    who: Person,
    key: str,
    *,
    kind: e.EvidenceKind,
    text: str,
    today: date,
    label: str = "",
    digest: str = "",
    happened_on: date | None = None,
    covers: Sequence[str] = (),
    ticket: bool = False,
) -> list[AnyEvent]:
    """A link, a note or a saved message that proves a task; for files see `flows.evidence`."""
    require(position, who, "member")
    guard.check([text, label], ticket=ticket)
    item = find(pack, position, key)
    if not text.strip():
        raise Refusal("Add a link or a note first.")
    if kind == "link":
        _must_be_a_link(text.strip())
    if happened_on:
        must_be_past(happened_on, today, HAPPENED)
    return [
        e.EvidenceAdded(
            task=item.key,
            kind=kind,
            text=text.strip(),
            label=label.strip(),
            digest=digest,
            happened_on=happened_on,
            covers=suggestions(item.task, covers),
        )
    ]


def add_note(
    pack: Pack, position: Position, who: Person, *, text: str, key: str = "", ticket: bool = False
) -> list[AnyEvent]:
    """A comment on a task, or on the firm where `key` is empty."""
    require(position, who, "member")
    guard.check([text], ticket=ticket)
    if not text.strip():
        raise Refusal("Write the note after the word, like `/cais note called the Helpdesk`.")
    return [e.NoteAdded(text=text.strip(), task=find(pack, position, key).key if key else "")]


def titles(pack: Pack, task_ids: Sequence[str]) -> str:
    """Task titles for a sentence: `A`, `A and B`, `A, B and C`."""
    names = [f"*{pack.tasks[t].title}*" for t in task_ids]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _must_be_possible(pack: Pack, item: Item) -> None:
    if item.state == "locked":
        verb = "comes" if len(item.missing) == 1 else "come"
        raise Refusal(f"{titles(pack, item.missing)} {verb} before *{item.title}*. Nothing was changed.")
    if item.state == "later":
        raise Refusal(f"Whether *{item.title}* applies depends on an answer that is still open. Nothing was changed.")
    if item.state == "not_applicable":
        raise Refusal(f"*{item.title}* does not apply to this firm as things are. Nothing was changed.", kind="stale")


def _must_be_a_task(item: Item) -> None:
    if item.task.kind == "question":
        raise Refusal(f"*{item.title}* is a question: choose one of its answers.")


def _must_be_a_link(text: str) -> None:
    try:
        address = urlsplit(text)
        whole = address.scheme in ("https", "http") and address.hostname and not re.search(r"\s", text)
    except ValueError:  # a host in brackets that is none
        whole = False
    if not whole:
        raise Refusal(
            "A link starts with https://, names a site and has no spaces. To keep words instead, use the note field."
        )


def must_be_past(day: date, today: date, otherwise: str) -> None:
    """Raises Refusal unless a thing of CAT's can have happened by then; `otherwise` says what to do for a later day."""
    if day > today:
        raise Refusal(f"That day is still to come. {otherwise}")
    if day < EARLIEST:
        raise Refusal("That day is before CAT existed. Check the year.")
