"""Every reminder that holds for a firm: for whom, about what, when and why. docs/reminders.md says it in words."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from flows.habits import Reach
from flows.position import Position
from flows.reminders.announced import Announced
from flows.reminders.of_dates import of_milestones, of_moves, of_rechecks, of_recurring, of_taken_back, of_target
from flows.reminders.of_tasks import of_tasks
from flows.reminders.rung import Found, Kind, Rung, Workings
from flows.roadmap import Pack
from flows.walk import Walk, walk
from flows.workspace import Workspace

__all__ = ["Kind", "Rung", "every", "rungs_of"]


def rungs_of(
    pack: Pack,
    position: Position,
    workspace: Workspace,
    people: Mapping[str, Reach],
    *,
    until: datetime,
    now: datetime,
) -> tuple[Rung, ...]:
    """All that hold and fall due by `until`, also those before `now`; by what is known now. Earliest first.

    What a pause holds back is here with its end.
    """
    off = {person for person, reach in people.items() if reach.habits.off}
    found = every(pack, position, workspace, people, until=until, now=now)
    said = [f.rung for f in found if f.said and f.rung.person not in off]
    return tuple(sorted(said, key=lambda r: (r.due_at, r.subject, r.kind, r.person)))


def every(
    pack: Pack,
    position: Position,
    workspace: Workspace,
    people: Mapping[str, Reach],
    *,
    until: datetime,
    now: datetime,
    of: Collection[Rung] | None = None,
    announced: Announced | None = None,
) -> list[Found]:
    """Like `rungs_of`, with those too that are not said: what stands in a message already holds on by them.

    With `of`, only what may be these, whatever set their dates, in a part of the time. `announced`: what people were
    told of industry dates, where that is known; else whatever may follow from something that was told is here.
    """
    if position.set_up_at is None:
        return []
    workings = Workings(position, people, workspace.calendar, until=until, now=now, of=of, announced=announced)
    found = _found(workings, walk(pack, position), workspace)
    return [f for f in found if f.at <= until]


def _found(workings: Workings, walked: Walk, workspace: Workspace) -> Iterator[Found]:
    yield from of_tasks(workings, walked)
    yield from of_rechecks(workings)
    for recurring in workings.position.recurring:
        yield from of_recurring(workings, recurring)
    outcome = walked.outcome
    if outcome is None or outcome.resting:
        yield from of_target(workings)
        yield from of_milestones(workings, workspace.ledger)
    yield from of_moves(workings, workspace.ledger)
    yield from of_taken_back(workings, workspace.ledger)
