"""Walking every path of a pack: every combination of facts, agents and outcomes, and what can happen afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, combinations, product
from typing import get_args

import msgspec
from msgspec.structs import replace

from flows.events import FirmKey, Situation
from flows.pack_rules import Fault
from flows.position import Agent, Answer, Change, Position, TaskRecord
from flows.roadmap import Pack, Question
from flows.walk import Item, Walk, walk

MOST_AGENTS = 2
"""Agents are alike, so what holds for none, one and two holds for more; tests go further at random."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""A record needs a time; no rule of the walk looks at it."""

Facts = Mapping[str, tuple[str, ...]]


class Plan(msgspec.Struct, frozen=True):
    """What a firm is going to answer. `turn` picks among a task's outcomes, a different one each time."""

    facts: Facts
    agents: int = 0
    situation: Situation = "new"
    turn: int = 0

    def __str__(self) -> str:
        said = ", ".join(f"{fact} {' and '.join(value)}" for fact, value in self.facts.items())
        return f"{said}; {self.agents} agents; {self.situation}"


class Journey(msgspec.Struct, frozen=True):
    """How far a firm came: the task ids it finished, in order, and where that left it."""

    path: tuple[str, ...]
    position: Position
    walk: Walk
    stuck: str = ""
    """Id of the task that cannot be finished, empty where the walk ended or rests."""
    why: str = ""


def plans(pack: Pack) -> Iterator[Plan]:
    """Every combination of facts, with 0 to 2 agents, in every situation, so often that each outcome has its turn."""
    turns = max((len(t.outcomes) for t in pack.tasks.values()), default=0) or 1
    names = list(pack.questions)
    answers = product(*(_answers(q) for q in pack.questions.values()))
    for chosen, agents, situation, turn in product(answers, range(MOST_AGENTS + 1), get_args(Situation), range(turns)):
        yield Plan(facts=dict(zip(names, chosen, strict=True)), agents=agents, situation=situation, turn=turn)


def _answers(question: Question) -> list[tuple[str, ...]]:
    ids = [o.id for o in question.options]
    sizes = range(1, 2 if question.kind == "choice" else len(ids) + 1)
    return list(chain.from_iterable(combinations(ids, n) for n in sizes))


def start(plan: Plan) -> Position:
    """A firm that has answered nothing yet."""
    position = Position(key=FirmKey("-/-", "check"), situation=plan.situation)
    for _ in range(plan.agents):
        position = with_agent(position)
    return position


Seen = dict[object, Walk]
"""Walks by all that the walk looks at: firms come to the same places by many plans."""


def travel(pack: Pack, position: Position, plan: Plan, known: Seen | None = None) -> Journey:
    """Do whatever comes next until the walk ends or rests, or nothing can be done any more.

    A firm that reports through an agent and has named none is held at the question until it names one; so it does.
    """
    known = {} if known is None else known
    path: list[str] = []
    most = 10 * len(pack.tasks) * (len(position.agents) + len(position.changes) + 2)
    while True:
        here = _place(position)
        seen = known[here] = known.get(here) or walk(pack, position)
        if seen.outcome is not None:
            return Journey(tuple(path), position, seen)
        if seen.next is None or len(path) > most:
            return _stuck(path, position, seen)
        if _answered_already(seen.next, position, plan):
            if not _lacks_agent(position, seen.next):
                return Journey(tuple(path), position, seen, seen.next.task.id, "its answer does not finish it")
            position = with_agent(position)
            continue
        position = finish(position, seen.next, plan)
        path.append(seen.next.task.id)


def _place(position: Position) -> object:
    """All of a position that differs between firms walked here, as a key."""
    answers = tuple([(fact, a.value, a.sequence) for fact, a in position.answers.items()])
    tasks = tuple([(key, t.state, t.sequence, t.outcome) for key, t in position.tasks.items()])
    return position.situation, position.agents, position.changes, answers, tasks


def _stuck(path: Sequence[str], position: Position, seen: Walk) -> Journey:
    held = next((i for i in seen.items if i.state in ("locked", "later", "waiting")), seen.items[-1])
    waits = " and ".join(held.missing) or "an answer that nobody asks for"
    return Journey(tuple(path), position, seen, held.task.id, f"it waits for {waits}")


def _answered_already(item: Item, position: Position, plan: Plan) -> bool:
    fact = item.task.sets
    return bool(fact) and position.value(fact) == plan.facts.get(fact)


def _lacks_agent(position: Position, item: Item) -> bool:
    return "agent" in position.value(item.task.sets) and not any(a.status == "active" for a in position.agents)


def finish(position: Position, item: Item, plan: Plan) -> Position:
    """The position after this task is done or this question answered, as the plan says."""
    sequence = position.version + 1
    if item.task.sets:
        answer = Answer(value=plan.facts[item.task.sets], by="", by_name="", at=_NEVER, sequence=sequence)
        return replace(position, version=sequence, answers={**position.answers, item.task.sets: answer})
    outcomes = item.task.outcomes
    outcome = outcomes[plan.turn % len(outcomes)].id if outcomes else ""
    record = TaskRecord(state="done", sequence=sequence, by="", by_name="", at=_NEVER, outcome=outcome)
    return replace(position, version=sequence, tasks={**position.tasks, item.key: record})


def with_agent(position: Position) -> Position:
    """One more agent."""
    sequence = position.version + 1
    agent = Agent(id=f"a{sequence}", name=f"Agent {sequence}", sequence=sequence)
    return replace(position, version=sequence, agents=(*position.agents, agent))


def without_agent(position: Position) -> Position:
    """The first agent is taken off."""
    gone = replace(position.agents[0], status="removed")
    return replace(position, version=position.version + 1, agents=(gone, *position.agents[1:]))


def with_change(position: Position) -> Position:
    """The first agent leaves and a new one comes in its place."""
    joined = with_agent(position)
    old, *others = joined.agents
    sequence = joined.version + 1
    change = Change(id=f"c{sequence}", old=old.id, new=others[-1].id, sequence=sequence, knew=position.knows)
    return replace(
        joined, version=sequence, agents=(replace(old, status="leaving"), *others), changes=(*joined.changes, change)
    )


def paths(pack: Pack) -> Iterator[Fault]:
    """Where a path gets stuck, a task is on no path, or a proof does not hold. Each task is named once."""
    reached: set[str] = set()
    named: set[str] = set()
    for journey, plan in _journeys(pack, {}):
        reached.update(journey.path)
        if journey.stuck and journey.stuck not in named:
            named.add(journey.stuck)
            yield Fault(("tasks", journey.stuck), f"a firm gets stuck here: {journey.why} ({plan})")
    for task_id in pack.tasks:
        if task_id not in reached and not named:  # what lies behind a dead end is not told apart
            yield Fault(("tasks", task_id), "no path leads to this task")
    yield from _proofs(pack)


def _journeys(pack: Pack, known: Seen) -> Iterator[tuple[Journey, Plan]]:
    for plan in plans(pack):
        journey = travel(pack, start(plan), plan, known)
        yield journey, plan
        if journey.stuck or plan.turn:  # how a task ended changes no path, so one turn goes on from here
            continue
        ends = journey.walk.outcome
        if ends is not None and ends.resting:
            yield from _found_out(pack, journey, plan, known)
        elif ends is not None and ends.when is None:
            for after in _afterwards(journey.position):
                yield travel(pack, after, plan, known), plan
            yield from _switched(pack, journey, plan, known)
        if plan.agents:
            yield travel(pack, with_change(start(plan)), plan, known), plan


def _found_out(pack: Pack, journey: Journey, plan: Plan, known: Seen) -> Iterator[tuple[Journey, Plan]]:
    """From where the walk rests, its next task must lead on, with each answer that it offers."""
    asked = journey.walk.next
    if asked is None or not asked.task.sets:
        yield _stuck(journey.path, journey.position, journey.walk), plan
        return
    for option in asked.task.options:
        learned = replace(plan, facts={**plan.facts, asked.task.sets: (option,)})
        onward = travel(pack, finish(journey.position, asked, learned), learned, known)
        yield replace(onward, path=(asked.task.id, *onward.path)), learned


def _afterwards(position: Position) -> Iterator[Position]:
    """What can happen to a firm that has finished: an agent joins, leaves, or is replaced by another."""
    yield with_agent(position)
    if any(a.status == "active" for a in position.agents):
        yield without_agent(position)
        yield with_change(position)


def _switched(pack: Pack, journey: Journey, plan: Plan, known: Seen) -> Iterator[tuple[Journey, Plan]]:
    """A set is answered anew with each single option."""
    for fact, question in pack.questions.items():
        answered = fact in journey.position.answers
        for option in question.options if answered and question.kind == "set" else ():
            other = replace(plan, facts={**plan.facts, fact: (option.id,)})
            answer = replace(journey.position.answers[fact], value=(option.id,))
            answers = {**journey.position.answers, fact: answer}
            yield travel(pack, replace(journey.position, answers=answers), other, known), other


def _proofs(pack: Pack) -> Iterator[Fault]:
    for i, proof in enumerate(pack.proofs):
        facts = {fact: (value,) if isinstance(value, str) else value for fact, value in proof.facts.items()}
        missing = {fact: _answers(q)[0] for fact, q in pack.questions.items() if fact not in facts}
        plan = Plan(facts={**missing, **facts}, agents=proof.agents)
        journey = travel(pack, start(plan), plan)
        ended = journey.walk.outcome.id if journey.walk.outcome else "nothing"
        if journey.path != proof.path:
            walked = ", ".join(journey.path)
            yield Fault(("proofs", i, "path"), f"this proof does not hold; the walk goes {walked}")
        if ended != proof.outcome:
            yield Fault(("proofs", i, "outcome"), f"this proof does not hold; the walk ends in {ended}")
