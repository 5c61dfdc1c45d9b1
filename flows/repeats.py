"""What a task repeats for: the firm's agents, those it has left, or its changes of agent, each with its traits."""

from collections.abc import Sequence

import msgspec

from flows.position import Agent, Change, Position, TaskRecord
from flows.roadmap import Pack, Task, Trait


class Repeat(msgspec.Struct, frozen=True):
    """An agent or a change. `traits` are those it has."""

    id: str
    name: str
    is_active: bool
    traits: frozenset[str]
    related: frozenset[str]
    """Its own id; of a change also the new agent's; of an agent also its changes' and those of who came for it."""


class Repeats:
    """What the tasks of one firm repeat for."""

    def __init__(self, pack: Pack, position: Position) -> None:
        self._pack = pack
        self._position = position
        self._agents = {a.id: self._agent(a) for a in position.agents}
        self._changes = [self._change(c) for c in position.changes]

    def of(self, task: Task) -> Sequence[Repeat]:
        """What this task, which repeats, repeats for."""
        agents = self._position.agents
        if task.for_each == "changes":
            return self._changes
        if task.for_each == "former_agents":
            return [self._agents[a.id] for a in agents if a.status != "active" or self._was_left(task, a)]
        tasks = self._position.tasks
        return [self._agents[a.id] for a in agents if a.status == "active" or f"{task.id}[{a.id}]" in tasks]

    def _was_left(self, task: Task, agent: Agent) -> bool:
        """Whether the firm's methods need no agent since this one was named; one named later is to come, not left.

        Unless something is recorded of leaving it.
        """
        answer = self._position.answers.get("methods")
        since = answer.since("agent") if answer and answer.value and "agent" not in answer.value else None
        return since is not None and (
            agent.sequence < since.sequence or f"{task.id}[{agent.id}]" in self._position.tasks
        )

    def _agent(self, agent: Agent) -> Repeat:
        traits = [name for name, trait in self._pack.traits.items() if self._agent_has(trait, agent)]
        left = [c for c in self._position.changes if c.old == agent.id]
        related = frozenset([agent.id, *(c.id for c in left), *(c.new for c in left)])
        return _repeat(agent.id, agent.name, agent.status == "active", traits, related)

    def _agent_has(self, trait: Trait, agent: Agent) -> bool:
        tasks = self._position.tasks
        done = tasks.get(f"{trait.done}[{agent.id}]") if trait.done else None
        return (
            any(done_before(tasks.get(t), agent.sequence) for t in trait.added_after)
            or bool(done and done.state == "done")
            or self._position.situation in trait.situations
            or (trait.leaving and agent.status == "leaving")
        )

    def _change(self, change: Change) -> Repeat:
        def name(agent_id: str) -> str:
            agent = self._position.agent(agent_id)
            return agent.name if agent else agent_id

        traits = [name for name, trait in self._pack.traits.items() if _change_has(trait, change)]
        named = f"{name(change.old)} → {name(change.new)}"
        return _repeat(change.id, named, not self._called_off(change), traits, frozenset([change.id, change.new]))

    def _called_off(self, change: Change) -> bool:
        """The old agent is back and the new one is not there: what is left of the change is not to be done."""
        old, new = self._position.agent(change.old), self._position.agent(change.new)
        return bool(old and old.status == "active") and not (new and new.status == "active")


def _repeat(its_id: str, name: str, is_active: bool, traits: Sequence[str], related: frozenset[str]) -> Repeat:
    own = [trait for trait in traits if trait != "active"]
    return Repeat(its_id, name, is_active, frozenset([*own, "active"] if is_active else own), related)


def _change_has(trait: Trait, change: Change) -> bool:
    return any(known in change.knew for known in (trait.answered_before, *trait.added_after))


def done_before(record: TaskRecord | None, sequence: int) -> bool:
    """Whether what is recorded is done, and was before the event of this sequence."""
    return bool(record and record.state == "done" and record.sequence < sequence)
