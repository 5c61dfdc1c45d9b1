"""The firm's own dates with every revision of them, read from the history."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from flows import events as e
from flows.events import AnyEvent, Record
from flows.exports.record import Reading
from flows.history import label, name_before, yearly


class Stated(msgspec.Struct, frozen=True):
    """One time a date was set, cleared or marked done. `counts`: `yes` where it is the last word, else `earlier`."""

    uid: str
    """The same for every revision of one date, within its firm."""
    kind: str
    what: str
    day: date | None
    """None where it was cleared, and for one that comes back every year."""
    words: str
    row: Record
    counts: str = "yes"


def stated_dates(reading: Reading) -> Sequence[Stated]:
    """Every date of the firm's own, each time it was set, cleared or marked done, in the order of the history."""
    found = [stated for row in reading.rows for stated in _stated(reading, row)]
    last: dict[str, int] = {}
    for row in reading.rows:
        if row.sequence not in reading.undone:
            last |= dict.fromkeys(_settles(row), row.sequence)
    return [msgspec.structs.replace(s, counts=_counts(reading, s, last.get(s.uid, 0))) for s in found]


def _counts(reading: Reading, stated: Stated, last: int) -> str:
    if stated.row.sequence in reading.undone:
        return "undone"
    return "yes" if stated.row.sequence == last else "earlier"


def _stated(reading: Reading, row: Record) -> Iterator[Stated]:
    event: AnyEvent = row.event
    match event:
        case e.FirmSetUp(target=target) if target:
            yield Stated("target", "Target", "To be through with the roadmap", target, "", row)
        case e.TargetSet():
            yield _set(row, "target", "Target", "To be through with the roadmap", event.target)
        case e.TaskDueSet():
            yield _set(row, f"task-{event.task}", "Task", reading.title(event.task), event.due)
        case e.StepDueSet():
            yield _set(row, f"step-{event.step}", "Step", step_title(reading, event.step), event.due)
        case e.TaskWaiting(follow_up_on=again) if again:
            what = f"Look again: {reading.title(event.task)}"
            yield Stated(f"waiting-{event.task}", "Follow-up", what, again, f"waiting for {event.whom}", row)
        case e.AnswerGiven(recheck_on=again) if again:
            yield Stated(f"answer-{event.fact}", "Re-check", recheck_title(reading, event), again, "", row)
        case e.RecurringSet():
            words = f"every {yearly(event.month, event.day)}"
            yield Stated(f"yearly-{event.recurring}", "Every year", event.name, None, words, row)
        case e.RecurringRemoved():
            what = _name_before(row)
            yield Stated(f"yearly-{event.recurring}", "Every year", what, None, "no longer", row)
        case e.RecurringDone():
            yield Stated(_done(event), "Every year", f"Done: {_name_before(row)}", event.on, "done for this day", row)
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed():
            kept = reading.position.firm_answers.get(event.answer)
            asked = event.question if isinstance(event, e.FirmAnswerGiven) else kept.question if kept else ""
            what = f"Check the firm's answer again: {asked}"
            yield Stated(f"firm-answer-{event.answer}", "Re-check", what, event.check_on, "", row)


def _settles(row: Record) -> tuple[str, ...]:
    """The dates on which this row has the last word, be it that there is none any more."""
    event: AnyEvent = row.event
    match event:
        case e.FirmSetUp() | e.TargetSet():
            return ("target",)
        case e.TaskDueSet():
            return (f"task-{event.task}",)
        case e.StepDueSet():
            return (f"step-{event.step}",)
        case e.TaskWaiting() | e.WaitEnded() | e.TaskCompleted() | e.TaskSetAside() | e.TaskReopened():
            return (f"waiting-{event.task}",)
        case e.AnswerGiven():
            return (f"answer-{event.fact}",)
        case e.RecurringSet() | e.RecurringRemoved():
            return (f"yearly-{event.recurring}",)
        case e.RecurringDone():
            return (_done(event),)
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            return (f"firm-answer-{event.answer}",)
    return ()


DONE = "done-"
"""How the `uid` of a mark begins: that a date of every year is done for one of its days."""


def _done(event: e.RecurringDone) -> str:
    """Each day for itself: the date goes on, so neither has the last word on the other."""
    return f"{DONE}{event.recurring}-{event.on.isoformat()}"


def _set(row: Record, uid: str, kind: str, what: str, on: date | None) -> Stated:
    return Stated(uid, kind, what, on, "" if on else "cleared", row)


def step_title(reading: Reading, step_id: str) -> str:
    """`Step 6-II-A: ...`, for a step or a part of one."""
    for step in reading.pack.steps:
        named = step if step.id == step_id else next((p for p in step.parts if p.id == step_id), None)
        if named:
            return f"Step {step_id}: {named.title}"
    return f"Step {step_id}"


def recheck_title(reading: Reading, event: e.AnswerGiven) -> str:
    """Which answer is to be looked at again, and what it was."""
    question = reading.pack.questions.get(event.fact)
    said = ", ".join(label(question.options if question else (), value) for value in event.value)
    return f"Look again at “{question.ask if question else event.fact}”, answered: {said}"


def _name_before(row: Record) -> str:
    return name_before(row) or "a date of the firm"
