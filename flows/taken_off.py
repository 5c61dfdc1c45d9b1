"""What a firm has no more and a message still speaks of: how it was called, who took it off, and when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flows import events as e
from flows.events import Record

OF_RECURRING = ("recurring_set", "recurring_removed", "undone")
OF_AGENTS = ("agent_added", "agent_renamed", "agent_removed", "agent_returned", "change_of_agent_started", "undone")


class TakenOff(NamedTuple):
    """A date of every year, or an agent, that the firm has no more."""

    name: str
    by: str
    by_name: str
    at: datetime


def recurring_taken_off(history: Sequence[Record], recurring: str) -> TakenOff | None:
    """How a date of every year that is not there any more was called, and who took it off, be it by an undo.

    `history` has the rows of the types `OF_RECURRING` at least. None where it was never there.
    """
    rows = {row.sequence: row for row in history}
    kinds = e.RecurringSet, e.RecurringRemoved
    of_it = {n for n, row in rows.items() if isinstance(it := row.event, kinds) and it.recurring == recurring}
    named = [event.name for n in sorted(of_it) if isinstance(event := rows[n].event, e.RecurringSet)]
    ended = [row for row in history if not isinstance(row.event, e.RecurringSet) and _is_about(rows, row, of_it)]
    return _last(named, ended)


def agent_taken_off(history: Sequence[Record], agent: str) -> TakenOff | None:
    """The same for an agent that does not report for the firm any more, also where another is to take its place.

    `history` has the rows of the types `OF_AGENTS` at least.
    """
    rows = {row.sequence: row for row in history}
    of_it = {n for n, row in rows.items() if _is_of_agent(row, agent)}
    kinds = e.AgentAdded, e.AgentRenamed
    named = [event.name for row in history if isinstance(event := row.event, kinds) and event.agent == agent]
    begins = e.AgentAdded, e.AgentReturned
    ended = [row for row in history if not isinstance(row.event, begins) and _is_about(rows, row, of_it)]
    return _last(named, ended)


def _is_of_agent(row: Record, agent: str) -> bool:
    match row.event:
        case e.AgentAdded() | e.AgentRemoved() | e.AgentReturned():
            return row.event.agent == agent
        case e.ChangeOfAgentStarted():
            return row.event.old == agent
        case _:
            return False


def _last(named: Sequence[str], ended: Sequence[Record]) -> TakenOff | None:
    if not named or not ended:
        return None
    last = max(ended, key=lambda row: row.sequence)
    return TakenOff(named[-1], last.actor, last.actor_name, last.at)


def _is_about(rows: Mapping[int, Record], row: Record, of_it: Collection[int]) -> bool:
    """Whether it is one of these rows, or an undo that comes down to one."""
    if not isinstance(row.event, e.Undone):
        return row.sequence in of_it
    return any(n in of_it or (n in rows and _is_about(rows, rows[n], of_it)) for n in row.event.of)
