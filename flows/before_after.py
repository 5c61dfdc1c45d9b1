"""What an entry of the history changed, in words: how it was before, and after."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from flows import events as e
from flows.events import AnyEvent, Record
from flows.habits import Rules
from flows.history import NO_ROWS, SITUATIONS, label, reviewer_words, rules_in_words, yearly
from flows.position import Owner
from flows.roadmap import Pack
from flows.time_words import day

_STATES = {"open": "open", "waiting": "waiting", "done": "done", "set_aside": "not applicable"}
_AGENTS = {"active": "reports", "leaving": "being replaced", "removed": "taken off"}
_LONGEST = 120


def before_after(pack: Pack, record: Record, rows: Mapping[int, Record] = NO_ROWS) -> str:
    """`open → done`; empty where nothing changed, or where the entry's own sentence says all.

    `rows` are the firm's rows by sequence: an undo changes what it is about.
    """
    event = record.event
    while isinstance(event, e.Undone):
        # Of several that were taken back in one go the entry keeps the first's: shown alone, it would seem to be all.
        if len(event.of) > 1 or event.of[0] not in rows:
            return ""
        event = rows[event.of[0]].event
    try:
        return _between(pack, event, msgspec.json.decode(record.before), msgspec.json.decode(record.after))
    except (LookupError, TypeError, AttributeError, ValueError):  # of an earlier or later version
        return ""


def day_before(record: Record) -> date | None:
    """The day that a date of a task, of a step or the target had before; None where it had none."""
    seen = msgspec.json.decode(record.before)
    if not isinstance(seen, dict):
        return None
    day = seen.get("target" if isinstance(record.event, e.TargetSet) else "on")
    return date.fromisoformat(day) if isinstance(day, str) else None


def owner_before(record: Record) -> Owner | None:
    """Whose a task was before it was given to somebody or left without an owner; None where it was nobody's."""
    assigned = isinstance(record.event, e.TaskAssigned | e.TaskUnassigned)
    return msgspec.json.decode(record.before, type=Owner | None) if assigned else None


def rule_before(record: Record) -> str:
    """What a date of every year was before it was set anew: `every March 15`, with its name where that was another.

    Empty where it was not there.
    """
    seen, event = msgspec.json.decode(record.before), record.event
    if not isinstance(seen, dict) or not isinstance(event, e.RecurringSet):
        return ""
    every = f"every {yearly(seen['month'], seen['day'])}"
    return every if seen["name"] == event.name else f"“{seen['name']}”, {every}"


def _between(pack: Pack, event: AnyEvent, before: Any, after: Any) -> str:
    if isinstance(event, e.RemindersSet):
        rules = [rules_in_words(msgspec.convert(seen, Rules)) for seen in (before, after)]
        return "; ".join(f"{a} → {b}" for a, b in zip(*rules, strict=True) if a != b)
    was, now = _said(pack, event, before), _said(pack, event, after)
    return f"{_short(was)} → {_short(now)}" if was != now and (was or now) else ""


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _said(pack: Pack, event: AnyEvent, seen: Any) -> str:
    """What the event touches, in a word or a few; empty for what has no words here."""
    match event:
        case e.TaskCompleted() | e.TaskWaiting() | e.WaitEnded() | e.TaskSetAside() | e.TaskReopened():
            return _of_task(pack, event.task, seen)
        case e.TaskSentBack():
            return _of_task(pack, event.task, seen)
        case e.ReviewSet() | e.ReviewCleared():
            return reviewer_words(str(seen["name"])) if seen else "no review"
        case e.AnswerGiven():
            question = pack.questions.get(event.fact)
            options = question.options if question else ()
            return ", ".join(label(options, value) for value in seen["value"]) if seen else "no answer"
        case e.TaskDueSet() | e.StepDueSet():
            return _day(seen and seen["on"], "no date")
        case e.TaskAssigned() | e.TaskUnassigned():
            return str(seen["name"]) if seen else "nobody"
        case e.MemberSet() | e.MemberRemoved():
            return str(seen["role"]) if seen else "no member"
        case e.AgentAdded() | e.AgentRenamed() | e.AgentRemoved() | e.AgentReturned() | e.ChangeOfAgentStarted():
            return f"{seen['name']}, {_AGENTS[seen.get('status', 'active')]}" if seen else "not there"
        case e.RecurringSet() | e.RecurringRemoved():
            return f"{seen['name']}, {yearly(seen['month'], seen['day'])}" if seen else "not there"
        case e.SummarySet() | e.SummaryStopped():
            return f"set up, {seen['every']}" if seen else "not set up"
        case e.FirmAnswerGiven() | e.FirmAnswerWithdrawn():
            return "no answer" if not seen else "withdrawn" if seen.get("withdrawn") else str(seen["text"])
        case e.HoldSet() | e.HoldLifted():
            return "under a legal hold" if seen else "no legal hold"
        case e.FirmAnswerConfirmed():
            return f"to be looked at again on {_day(seen['check_on'], '')}"
        case _:
            return _of_firm(event, seen)


def _of_task(pack: Pack, key: str, seen: Any) -> str:
    if not seen:
        return "open"
    task, outcome = pack.tasks.get(key.partition("[")[0]), seen.get("outcome")
    how = f" ({label(task.outcomes, outcome)})" if task and outcome else ""
    return f"{_STATES[seen['state']]}{how}"


def _of_firm(event: AnyEvent, seen: Any) -> str:
    match event:
        case e.FirmRenamed():
            return str(seen["name"])
        case e.SituationChanged():
            return SITUATIONS[seen["situation"]]
        case e.TargetSet():
            return _day(seen["target"], "no target")
        case e.TimeZoneSet():
            return str(seen["time_zone"]).replace("_", " ")
        case e.PrecheckAnswered():
            return str(seen["precheck"]) or "no answer"
        case e.ProfileAnswered():
            return str(seen["profile"]) or "no answer"
        case _:
            return ""


def _day(iso: str | None, none: str) -> str:
    return day(date.fromisoformat(iso)) if iso else none
