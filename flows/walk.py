"""From pack and position: every task's state, what is next, what waits on whom, and what a changed answer would do."""

import hashlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from flows.conditions import known
from flows.position import Position, TaskRecord
from flows.repeats import Repeat, Repeats, done_before
from flows.roadmap import Banner, Outcome, Pack, Task
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

    @property
    def repeats_later(self) -> bool:
        """Whether it stands for repeats of its task, while there is nothing yet to repeat it for."""
        return self.task.for_each is not None and not self.each


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
    more_to_come: bool = False
    """Whether other tasks depend on an answer that is still to come."""

    @property
    def digest(self) -> str:
        """Stands for what a preview shows: another digest is another preview."""
        shown = [[item.key for item in items] for items in (self.appear, self.disappear, self.returns)]
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:12]


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
    then = walk(pack, after)
    was = {i.key: i for i in walk(pack, before).items if _applies(i)}
    will = {i.key: i for i in then.items if _applies(i)}
    appear = tuple(i for k, i in will.items() if k not in was)
    disappear = tuple(i for k, i in was.items() if k not in will)
    return Preview(
        appear=appear,
        disappear=disappear,
        returns=tuple(i for i in appear if i.record and i.record.state != "open"),
        keeps=sum(1 for i in disappear if i.record),
        more_to_come=not then.complete,
    )


def _applies(item: Item) -> bool:
    return item.state not in ("not_applicable", "later")


class _Reading:
    """One pass over the pack, each task's state worked out after those it needs."""

    def __init__(self, pack: Pack, position: Position) -> None:
        self.pack = pack
        self.position = position
        self.facts = {fact: answer.value for fact, answer in position.answers.items()}
        self.known = known(Same(pack), tuple(self.facts.items()))
        self.repeats = Repeats(pack, position)
        self.by_task: dict[str, list[Item]] = {}

    def walk(self) -> Walk:
        items = [item for task in self.pack.tasks.values() for item in self._items(task)]
        of: dict[State, list[Item]] = {}
        for item in items:
            of.setdefault(item.state, []).append(item)
        ready, waiting, done = of.get("open", []), of.get("waiting", ()), of.get("done", ())
        following = next((i for i in ready if not i.skipped), ready[0] if ready else None)
        return Walk(
            items=tuple(items),
            next=following,
            waiting=tuple(waiting),
            outcome=self._outcome(of.keys()),
            done=len(done),
            total=len(ready) + len(waiting) + len(done) + len(of.get("locked", ())),
            complete="later" not in of,
            set_aside=tuple(of.get("set_aside", ())),
            banners=tuple([b for b in self.pack.banners if self.known.holds(b.when)]),
        )

    def _outcome(self, states: Collection[State]) -> Outcome | None:
        for outcome in self.pack.outcomes.values():
            if outcome.when is not None and self.known.holds(outcome.when):
                return outcome
        if FINISHED.issuperset(states):
            return next(o for o in self.pack.outcomes.values() if o.when is None)
        return None

    def _items(self, task: Task) -> list[Item]:
        found = self.by_task.get(task.id)
        if found is None:
            self.by_task[task.id] = []  # a circle, which pack check refuses, ends here instead of running for ever
            found = self.by_task[task.id] = self._read(task)
        return found

    def _read(self, task: Task) -> list[Item]:
        if task.for_each is None:
            return [self._item(task, task.id, None)]
        repeats = self.repeats.of(task)
        return [self._item(task, f"{task.id}[{r.id}]", r) for r in repeats] or [self._nobody_yet(task)]

    def _nobody_yet(self, task: Task) -> Item:
        """A repeating task with nothing to repeat for: it may still come, or it does not apply."""
        waits_for_agents = task.for_each == "agents" and not _uses_trait(task)
        applies = self.known.holds(task.when) if waits_for_agents else False
        return Item(key=task.id, task=task, state="not_applicable" if applies is False else "later")

    def _item(self, task: Task, key: str, repeat: Repeat | None) -> Item:
        record = self.position.tasks.get(key)
        if record is not None:
            record = self._counting(task, record, repeat)
        applies = self._item_applies(task, record, repeat)
        missing = self._unfinished(task.needs, repeat) if applies and task.needs else ()
        skipped = self._unfinished(task.prefers, repeat) if applies and task.prefers else ()
        state = self._state(task, record, applies, bool(missing))
        each, name = (repeat.id, repeat.name) if repeat else ("", "")
        return Item(key, task, state, each, name, record, missing, skipped)  # by name takes three times as long

    def _item_applies(self, task: Task, record: TaskRecord | None, repeat: Repeat | None) -> bool | None:
        if repeat is None:
            return False if task.spared_by and self._spared(task, record) else self.known.holds(task.when)
        done_in_time = task.for_each == "changes" and record is not None and record.state == "done"
        if task.for_each != "former_agents" and not repeat.is_active and not done_in_time:
            return False
        return self.known.holds(task.when, repeat.traits)

    def _spared(self, task: Task, record: TaskRecord | None) -> bool:
        agents = self.position.agents
        sparing = self.position.tasks.get(task.spared_by)
        return bool(agents) and record is None and all(done_before(sparing, a.sequence) for a in agents)

    def _counting(self, task: Task, record: TaskRecord, repeat: Repeat | None) -> TaskRecord:
        """What counts of what is recorded: neither what was taken back since, nor a wait that an answer ended."""
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

    def _unfinished(self, task_ids: Sequence[str], repeat: Repeat | None) -> tuple[str, ...]:
        return tuple([t for t in task_ids if not self._finished(self.pack.tasks[t], repeat)])

    def _finished(self, needed: Task, repeat: Repeat | None) -> bool:
        items = self._items(needed)
        if repeat and needed.for_each:
            items = [i for i in items if i.each in repeat.related]
        return FINISHED.issuperset([i.state for i in items])


def _uses_trait(task: Task) -> bool:
    """Whether the task is for items of a certain kind only, so that there may never be one."""
    pending = [task.when] if task.when else []
    while pending:
        condition = pending.pop()
        if condition.each:
            return True
        pending += [*condition.all_, *condition.any_, *([condition.not_] if condition.not_ else [])]
    return False
