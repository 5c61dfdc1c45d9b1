"""Which entry of the history last changed what a date says: the number by which a calendar knows what is newer."""

from collections.abc import Iterator, Mapping

from flows import events as e
from flows.events import AnyEvent
from flows.evolve import fold
from flows.exports.record import Reading
from flows.walk import FINISHED, Item, walk

ALL = "*"
"""What every date says changed: the firm's name stands in each."""

TASKS = "tasks"
"""Which tasks are the firm's to do, or what they are called, may have changed: of every date of a task or a step."""

_OF_TASKS = ("task-", "step-", "waiting-")
_OVER = "over"
"""Whether the firm is through, which the target says, may have changed."""

_NEVER_REOPENS = (e.TaskCompleted, e.TaskSetAside, e.TaskWaiting, e.WaitEnded)
"""None of these can be why a firm is not through now."""


def last_changes(reading: Reading) -> Mapping[str, int]:
    """By what `_touches` names, the last entry that did."""
    found: dict[str, int] = {ALL: 1}
    for row in reading.rows:
        for uid in _touches(reading, row.event):
            found[uid] = row.sequence
    if "target" in found:
        found["target"] = _of_target(reading, found["target"])
    return found


def last_change(found: Mapping[str, int], uid: str) -> int:
    """Of one date."""
    of_tasks = found.get(TASKS, 0) if uid.startswith(_OF_TASKS) else 0
    return max(found.get(uid, 0), found[ALL], of_tasks)


def is_over(items: tuple[Item, ...]) -> bool:
    """Whether nothing of the roadmap is left."""
    return all(item.state in FINISHED for item in items)


def _of_target(reading: Reading, was_set: int) -> int:
    """The entry that set it, or a later one by which the firm was through, or was not any more.

    Most entries about tasks leave that as it is, so it is looked at as it was before and after.
    """
    over = is_over(reading.walk.items)
    for row in reversed(reading.rows[was_set:]):
        if _OVER not in _touches(reading, row.event) or (not over and isinstance(row.event, _NEVER_REOPENS)):
            continue
        if _was_over(reading, row.sequence - 1) != _was_over(reading, row.sequence):
            return row.sequence
    return was_set


def _was_over(reading: Reading, events: int) -> bool:
    return is_over(walk(reading.pack, fold(reading.key, reading.rows[:events])).items)


def _touches(reading: Reading, event: AnyEvent) -> Iterator[str]:
    match event:
        case e.Undone():
            for sequence in event.of:
                yield from _touches(reading, reading.by_sequence[sequence].event)
        case e.FirmRenamed():
            yield ALL
        case e.FirmSetUp() | e.TargetSet():
            yield "target"
        case e.TaskDueSet() | e.TaskAssigned() | e.TaskUnassigned():
            yield f"task-{event.task}"
        case e.StepDueSet():
            yield f"step-{event.step}"
        case (
            e.TaskWaiting() | e.WaitEnded() | e.TaskCompleted() | e.TaskSetAside() | e.TaskReopened() | e.TaskSentBack()
        ):
            yield from (_OVER, f"task-{event.task}", f"waiting-{event.task}")
            task = reading.task_of(event.task)
            yield from (f"step-{task.step}", f"step-{task.part}") if task else ()
        case e.RecurringSet() | e.RecurringRemoved() | e.RecurringDone():
            yield f"yearly-{event.recurring}"
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            yield f"firm-answer-{event.answer}"
        case e.AnswerGiven():
            yield from (_OVER, TASKS, f"answer-{event.fact}")
        case (
            e.SituationChanged()
            | e.AgentAdded()
            | e.AgentRenamed()
            | e.AgentRemoved()
            | e.AgentReturned()
            | e.ChangeOfAgentStarted()
        ):
            yield from (_OVER, TASKS)
