"""From pack and position: every task's state, what is next, what waits on whom, and what a changed answer would do."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from flows.conditions import holds
from flows.position import Agent, Change, Position, TaskRecord
from flows.roadmap import Banner, Outcome, Pack, Task, Trait
from flows.same import Same

State = Literal["open", "waiting", "done", "set_aside", "locked", "later", "not_applicable"]
"""`locked`: a task before it is open. `later`: whether it applies depends on an answer still to come."""

FINISHED: frozenset[State] = frozenset({"done", "set_aside", "not_applicable"})

LEFT: frozenset[State] = frozenset({"open", "waiting", "locked"})
"""What is surely still to be done."""


@lru_cache(maxsize=2048)
def titled(title: str, name: str) -> str:
    """A task's title with the agent or change it is for: `Check: A`, and for a question `Is it so (A)?`."""
    if not name:
        return title
    return f"{title[:-1]} ({name})?" if title.endswith("?") else f"{title}: {name}"


class Item(msgspec.Struct, frozen=True):
    """A task of this firm, or one repeat of it: `key` is its id, with the agent's or change's id in brackets."""

    key: str
    task: Task
    state: State
    each: str = ""
    """Id of the agent or change it repeats for; empty where it does not repeat."""
    name: str = ""
    """The agent's name, or `old → new`, for people."""
    record: TaskRecord | None = None
    missing: tuple[str, ...] = ()
    """Task ids that come first and are not finished."""
    skipped: tuple[str, ...] = ()
    """Task ids the source puts first without requiring them, not finished."""

    @property
    def title(self) -> str:
        """The task's title, naming the agent or change it is for."""
        return titled(self.task.title, self.name)


class Walk(msgspec.Struct, frozen=True):
    """The whole roadmap for one firm, in its order."""

    items: tuple[Item, ...]
    next: Item | None
    waiting: tuple[Item, ...]
    outcome: Outcome | None
    """How the walk ended or where it rests; None while there is a next task or a wait."""
    done: int
    total: int
    """Tasks that apply as far as is known; a task set aside by hand is not counted."""
    complete: bool
    """Whether `total` is final: no task's part in it depends on an answer still to come."""
    set_aside: tuple[Item, ...] = ()
    """What people said does not apply to this firm, so that an end can name it."""
    banners: tuple[Banner, ...] = ()
    """What the pack says to a firm in this situation."""

    @property
    def ended(self) -> bool:
        """Whether it came to an end, of whichever kind, and nothing is left to do or to wait for."""
        return self.outcome is not None and not self.next and not self.waiting

    def item(self, key: str) -> Item | None:
        """The item with this key, None where there is no such."""
        return next((i for i in self.items if i.key == key), None)

    def of_step(self, step: str) -> tuple[Item, ...]:
        """The items of one of the six steps."""
        return tuple(i for i in self.items if i.task.step == step)


class Preview(msgspec.Struct, frozen=True):
    """What a changed answer would do: nothing is deleted, but tasks appear and drop out."""

    appear: tuple[Item, ...]
    disappear: tuple[Item, ...]
    returns: tuple[Item, ...]
    """Of those that appear: the ones whose earlier records count again."""
    keeps: int
    """How many of those that drop out have something recorded, which stays in the history."""


class _Repeat(msgspec.Struct, frozen=True):
    """What a task repeats for: an agent or a change, with its traits."""

    id: str
    name: str
    traits: dict[str, bool]
    related: frozenset[str]
    """Its own id; of a change also the new agent's; of an agent also its changes' and those of who came for it."""


def walk(pack: Pack, position: Position) -> Walk:
    """Read the position against the pack. Needs are met when all they name is finished.

    The last few hundred are kept, each for the very objects it was read from: a click decides on the reading that its
    card was drawn from.
    """
    return _kept(Same(pack), Same(position))


@lru_cache(maxsize=512)
def _kept(pack: Same, position: Same) -> Walk:
    assert isinstance(pack.it, Pack) and isinstance(position.it, Position)  # noqa: PT018  # for the types only
    return _Reading(pack.it, position.it).walk()


def preview(pack: Pack, before: Position, after: Position) -> Preview:
    """Compare two positions of a firm, the second as it would be."""
    was = {i.key: i for i in walk(pack, before).items if _applies(i)}
    will = {i.key: i for i in walk(pack, after).items if _applies(i)}
    appear = tuple(i for k, i in will.items() if k not in was)
    disappear = tuple(i for k, i in was.items() if k not in will)
    return Preview(
        appear=appear,
        disappear=disappear,
        returns=tuple(i for i in appear if i.record and i.record.state != "open"),
        keeps=sum(1 for i in disappear if i.record),
    )


def _applies(item: Item) -> bool:
    return item.state not in ("not_applicable", "later")


class _Reading:
    """One pass over the pack, each task's state worked out after those it needs."""

    def __init__(self, pack: Pack, position: Position) -> None:
        self.pack = pack
        self.position = position
        self.facts = {fact: answer.value for fact, answer in position.answers.items()}
        self.by_task: dict[str, list[Item]] = {}
        self.known: dict[int, bool | None] = {}
        self.agents = {a.id: self._agent(a) for a in position.agents}

    def walk(self) -> Walk:
        items = [item for task in self.pack.tasks.values() for item in self._items(task.id)]
        ready = [i for i in items if i.state == "open"]
        following = next((i for i in ready if not i.skipped), ready[0] if ready else None)
        waiting = tuple(i for i in items if i.state == "waiting")
        counted = [i for i in items if i.state in ("open", "waiting", "done", "locked")]
        return Walk(
            items=tuple(items),
            next=following,
            waiting=waiting,
            outcome=self._outcome(items),
            done=sum(1 for i in counted if i.state == "done"),
            total=len(counted),
            complete=not any(i.state == "later" for i in items),
            set_aside=tuple(i for i in items if i.state == "set_aside"),
            banners=tuple(b for b in self.pack.banners if holds(b.when, self.facts, {})),
        )

    def _outcome(self, items: Sequence[Item]) -> Outcome | None:
        for outcome in self.pack.outcomes.values():
            if outcome.when is not None and holds(outcome.when, self.facts, {}):
                return outcome
        if all(i.state in FINISHED for i in items):
            return next(o for o in self.pack.outcomes.values() if o.when is None)
        return None

    def _items(self, task_id: str) -> list[Item]:
        if task_id not in self.by_task:
            self.by_task[task_id] = []  # a circle, which pack check refuses, ends here instead of running for ever
            self.by_task[task_id] = list(self._read(self.pack.tasks[task_id]))
        return self.by_task[task_id]

    def _read(self, task: Task) -> Iterator[Item]:
        if task.for_each is None:
            yield self._item(task, None)
            return
        repeats = self._repeats(task)
        for repeat in repeats:
            yield self._item(task, repeat)
        if not repeats:
            yield self._nobody_yet(task)

    def _nobody_yet(self, task: Task) -> Item:
        """A repeating task with nothing to repeat for: it may still come, or it does not apply."""
        waits_for_agents = task.for_each == "agents" and not _uses_trait(task)
        applies = self._holds(task) if waits_for_agents else False
        return Item(key=task.id, task=task, state="not_applicable" if applies is False else "later")

    def _holds(self, task: Task) -> bool | None:
        """The task's condition where no trait bears on it; tasks share conditions, so each is read once."""
        if task.when is None:
            return True
        shared = id(task.when)
        if shared not in self.known:
            self.known[shared] = holds(task.when, self.facts, {})
        return self.known[shared]

    def _repeats(self, task: Task) -> list[_Repeat]:
        agents = self.position.agents
        if task.for_each == "changes":
            return [self._change(c) for c in self.position.changes]
        if task.for_each == "former_agents":
            return [self.agents[a.id] for a in agents if a.status != "active" or self._applies_to_none()]
        kept = [a for a in agents if a.status == "active" or f"{task.id}[{a.id}]" in self.position.tasks]
        return [self.agents[a.id] for a in kept]

    def _applies_to_none(self) -> bool:
        """Whether the firm's present methods need no agent, so that every agent is a former one."""
        methods = self.facts.get("methods", ())
        return bool(methods) and "agent" not in methods

    def _agent(self, agent: Agent) -> _Repeat:
        traits = {name: self._agent_trait(t, agent) for name, t in self.pack.traits.items()}
        traits["active"] = agent.status == "active"
        left = [c for c in self.position.changes if c.old == agent.id]
        related = frozenset({agent.id, *(c.id for c in left), *(c.new for c in left)})
        return _Repeat(id=agent.id, name=agent.name, traits=traits, related=related)

    def _agent_trait(self, trait: Trait, agent: Agent) -> bool:
        tasks = self.position.tasks
        done = tasks.get(f"{trait.done}[{agent.id}]")
        return (
            any(_done_before(tasks.get(t), agent.sequence) for t in trait.added_after)
            or bool(done and done.state == "done")
            or self.position.situation in trait.situations
            or (trait.leaving and agent.status == "leaving")
        )

    def _change(self, change: Change) -> _Repeat:
        def name(agent_id: str) -> str:
            agent = self.position.agent(agent_id)
            return agent.name if agent else agent_id

        traits = {n: self._change_trait(t, change) for n, t in self.pack.traits.items()}
        traits["active"] = not self._called_off(change)
        named = f"{name(change.old)} → {name(change.new)}"
        return _Repeat(id=change.id, name=named, traits=traits, related=frozenset({change.id, change.new}))

    def _called_off(self, change: Change) -> bool:
        """The old agent is back and the new one is not there: what is left of the change is not to be done."""
        old, new = self.position.agent(change.old), self.position.agent(change.new)
        return bool(old and old.status == "active") and not (new and new.status == "active")

    def _change_trait(self, trait: Trait, change: Change) -> bool:
        return any(known in change.knew for known in (trait.answered_before, *trait.added_after))

    def _item(self, task: Task, repeat: _Repeat | None) -> Item:
        key = f"{task.id}[{repeat.id}]" if repeat else task.id
        record = self._record(task, key, repeat)
        applies = self._item_applies(task, record, repeat)
        missing = self._unfinished(task.needs, repeat) if applies else ()
        return Item(
            key=key,
            task=task,
            state=self._state(task, record, applies, bool(missing)),
            each=repeat.id if repeat else "",
            name=repeat.name if repeat else "",
            record=record,
            missing=missing,
            skipped=self._unfinished(task.prefers, repeat) if applies else (),
        )

    def _item_applies(self, task: Task, record: TaskRecord | None, repeat: _Repeat | None) -> bool | None:
        if repeat is None:
            return False if self._spared(task, record) else self._holds(task)
        done_in_time = task.for_each == "changes" and record is not None and record.state == "done"
        if task.for_each != "former_agents" and not repeat.traits["active"] and not done_in_time:
            return False
        return holds(task.when, self.facts, repeat.traits)

    def _spared(self, task: Task, record: TaskRecord | None) -> bool:
        agents = self.position.agents
        sparing = self.position.tasks.get(task.spared_by)
        return bool(agents) and record is None and all(_done_before(sparing, a.sequence) for a in agents)

    def _record(self, task: Task, key: str, repeat: _Repeat | None) -> TaskRecord | None:
        """What counts of what is recorded: neither what was taken back since, nor a wait that an answer ended."""
        record = self.position.tasks.get(key)
        if record is None:
            return None
        ended = self.position.answers.get(task.sets) if record.state == "waiting" else None
        undoing = self.position.tasks.get(f"{task.undone_by}[{repeat.id}]") if repeat and task.undone_by else None
        since = ended or (undoing if undoing and undoing.state == "done" else None)
        if since is None or since.sequence < record.sequence:
            return record
        return TaskRecord(state="open", sequence=since.sequence, by=since.by, by_name=since.by_name, at=since.at)

    def _state(self, task: Task, record: TaskRecord | None, applies: bool | None, blocked: bool) -> State:
        if applies is None:
            return "later"
        if not applies:
            return "not_applicable"
        if record and record.state in ("done", "set_aside"):
            return "done" if record.state == "done" else "set_aside"
        if task.kind == "question" and self._answered(task):
            return "done"
        if blocked:
            return "locked"
        return "waiting" if record and record.state == "waiting" else "open"

    def _answered(self, task: Task) -> bool:
        value = self.facts.get(task.sets, ())
        if task.options:
            return False  # a question that offers a part of the options is gone once one of them is chosen
        names_agents = task.sets == "methods" and "agent" in value
        return bool(value) and (not names_agents or any(a.status == "active" for a in self.position.agents))

    def _unfinished(self, task_ids: Sequence[str], repeat: _Repeat | None) -> tuple[str, ...]:
        if not task_ids:
            return ()
        return tuple([t for t in task_ids if not self._finished(t, repeat)])

    def _finished(self, needed: str, repeat: _Repeat | None) -> bool:
        items = self._items(needed)
        if repeat and self.pack.tasks[needed].for_each:
            items = [i for i in items if i.each in repeat.related]
        return FINISHED.issuperset([i.state for i in items])


def _done_before(record: TaskRecord | None, sequence: int) -> bool:
    return bool(record and record.state == "done" and record.sequence < sequence)


def _uses_trait(task: Task) -> bool:
    """Whether the task is for items of a certain kind only, so that there may never be one."""
    pending = [task.when] if task.when else []
    while pending:
        condition = pending.pop()
        if condition.each:
            return True
        pending += [*condition.all_, *condition.any_, *([condition.not_] if condition.not_ else [])]
    return False
