"""A plan worked back from the firm's target: the trading day by which each open task has to be finished."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from flows.far_off import must_not_be_far_off
from flows.position import Position
from flows.roadmap import Condition, Milestone
from flows.trading_days import Calendar
from flows.walk import LEFT, Item, Walk

OWN_WORK = 2
"""Trading days for a task the firm does by itself."""

AN_ANSWER = 1
"""Trading days for a question that waits on nobody."""


class Planned(msgspec.Struct, frozen=True):
    """One task's part in the plan."""

    item: Item
    due: date
    days: int
    """Trading days it usually takes; for a wait, those an outsider usually takes."""
    now: date | None = None
    """The day it has at present, None where it has none of its own."""

    @property
    def day(self) -> date:
        """The day it has once the plan is accepted: what somebody set stays."""
        return self.now or self.due


class Tight(msgspec.Struct, frozen=True):
    """A task whose date leaves it fewer trading days than it usually takes, as dates that people set stay."""

    item: Item
    on: date
    left: int
    days: int
    """Trading days it usually takes; of a wait under way, those still to come."""
    after: Item | None = None
    """The task that comes first and is wanted last of those; None where the days count from today."""
    after_on: date | None = None
    """Its day."""


class Plan(msgspec.Struct, frozen=True):
    """A proposal; nothing of it is recorded. Without tasks there is nothing left to plan."""

    target: date
    tasks: tuple[Planned, ...]
    earliest: date
    """The first day on which everything can be finished, going by the usual days."""
    at_most: date
    """The same, if answers bring all that they may bring."""
    skipped: tuple[str, ...] = ()
    """Holidays on the way that are not counted."""
    tight: tuple[Tight, ...] = ()
    """What is left less time than usual if this is accepted and the dates that are there stay."""

    @property
    def undated(self) -> tuple[Planned, ...]:
        """Tasks that have no date of their own: what is proposed."""
        return tuple(p for p in self.tasks if p.now is None)

    @property
    def dated(self) -> tuple[Planned, ...]:
        """Tasks that somebody gave a date, which stays unless they want it moved."""
        return tuple(p for p in self.tasks if p.now is not None)

    def after(self, day: date, milestone: Milestone) -> tuple[Planned, ...]:
        """Tasks that are to be done by an industry date, and would be done after this day of it."""
        return tuple(p for p in self.tasks if milestone.is_about(p.item.task.id) and p.day > day)

    @property
    def beyond(self) -> tuple[Planned, ...]:
        """Tasks whose date, which stays, is after the target."""
        return tuple(p for p in self.dated if p.day > self.target)

    @property
    def possible(self) -> bool:
        """Whether the target leaves the days that are usually needed."""
        return self.earliest <= self.target

    @property
    def digest(self) -> str:
        """Stands for the very days that were proposed, and those that stay: no others are accepted.

        A plan that was drawn when *Accept* moved dates too has another one, so what it shows is not half done now.
        """
        days = [[p.item.key, p.due.isoformat(), p.now.isoformat() if p.now else ""] for p in self.tasks]
        shown = ["dates stay", self.target.isoformat(), days]
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:12]


def plan(walk: Walk, position: Position, *, today: date, target: date, calendar: Calendar) -> Plan:
    """The latest day for each task that still lets everything after it be finished by the target.

    Raises Refusal for a target that is farther off than anybody plans.

    A target on a day without trading is planned for up to the trading day before; the target itself does not move.
    An earlier task of the roadmap never gets a later day than the ones behind it, where its own days allow that. For
    tasks that only an answer will bring, time is left where there is any; they have no days of their own yet.
    """
    must_not_be_far_off(target, today)
    graph = _Graph(walk, today, calendar)
    last = calendar.on_or_before(target)
    # Worked back from a day that is too early, a plan would begin before today: none is proposed then.
    latest = graph.latest(last) if graph.end <= last else {}
    planned = tuple(
        Planned(item=i, due=latest[i.key], days=usual_days(i), now=_now(position, i.key))
        for i in graph.shown
        if i.key in latest
    )
    skipped = calendar.skipped(today, target) if planned else ()
    left = graph.tight({p.item.key: p.day for p in planned})
    return Plan(target, planned, graph.end, graph.end_of_all(), skipped, left)


def tight(walk: Walk, position: Position, *, today: date, calendar: Calendar) -> tuple[Tight, ...]:
    """Tasks to which the dates that are set leave less time than usual, in the roadmap's order."""
    return _Graph(walk, today, calendar).tight({key: due.on for key, due in position.task_due.items()})


def usual_days(item: Item) -> int:
    """Trading days a task usually takes."""
    if item.task.wait_for:
        return item.task.ask_again_after
    return AN_ANSWER if item.task.kind == "question" else OWN_WORK


class _Graph:
    """The unfinished tasks, those among them that an answer may bring, and the first day each can be finished.

    What an answer brings comes after the question it answers.
    """

    def __init__(self, walk: Walk, today: date, calendar: Calendar) -> None:
        self.today, self.calendar = today, calendar
        self.items = [i for i in walk.items if i.state in LEFT or _may_come(i)]
        self.shown = [i for i in self.items if i.state != "later"]
        self.before = {i.key: self._before(i) for i in self.items}
        self.earliest = self._each_earliest(self._earliest)
        self.end = max((self.earliest[i.key] for i in self.shown), default=today)

    def end_of_all(self) -> date:
        """The first day on which all of it can be finished, if everything that may come does, and takes its days."""
        return max(self._each_earliest(self._earliest_if_it_comes).values(), default=self.today)

    def _each_earliest(self, earliest: Callable[[Item, date], date]) -> dict[str, date]:
        """The first day of each, from what it is when what comes before it is finished."""
        found: dict[str, date] = {}
        for item in self.items:
            ready = [found[key] for key in self.before[item.key] if key in found]
            found[item.key] = earliest(item, max(ready, default=self.today))
        return found

    def _earliest_if_it_comes(self, item: Item, ready: date) -> date:
        return self.calendar.plus(ready, usual_days(item)) if item.state == "later" else self._earliest(item, ready)

    def _before(self, item: Item) -> list[str]:
        """What comes before a task; of tasks that repeat, the one for the same agent or change."""
        found: list[Item] = []
        for task_id in (*item.task.needs, *item.task.prefers):
            there = [i for i in self.items if i.task.id == task_id]
            same = [i for i in there if i.each == item.each] if item.each else []
            found += same or there
        if item.state == "later":
            deciding = _facts(item.task.when)
            found += [i for i in self.items if i.task.sets in deciding]
        return [i.key for i in found]

    def _earliest(self, item: Item, ready: date) -> date:
        """A wait under way goes on from its beginning, but beyond today; what may never come takes no time."""
        if item.state == "later":
            return ready
        days = usual_days(item)
        if item.state != "waiting" or item.record is None:
            return self.calendar.plus(ready, days)
        usual = self.calendar.plus(item.record.since or self.today, days)
        asked = self.calendar.on_or_before(item.record.follow_up_on) if item.record.follow_up_on else usual
        return max(usual, asked, self.calendar.plus(self.today, 1))

    def latest(self, last: date) -> dict[str, date]:
        """Worked back from the last day, and never before the first that is possible."""
        latest: dict[str, date] = {}
        after: dict[str, list[Item]] = {}
        for item in self.items:
            for key in self.before[item.key]:
                after.setdefault(key, []).append(item)
        following = last
        for item in reversed(self.items):
            behind = [i for i in after.get(item.key, ()) if i.key in latest]
            bounds = [self.calendar.minus(latest[i.key], usual_days(i)) for i in behind]
            latest[item.key] = max(self.earliest[item.key], min([last, following, *bounds]))
            following = following if item.state == "later" else latest[item.key]
        return latest

    def tight(self, dates: Mapping[str, date]) -> tuple[Tight, ...]:
        """Those of the tasks shown to which these days leave less than they usually take; one without a day is none."""
        found = (self._left(item, dates) for item in self.shown if item.key in dates)
        return tuple(t for t in found if t.left < t.days)

    def _left(self, item: Item, dates: Mapping[str, date]) -> Tight:
        """A wait under way goes on from today, whatever comes before it."""
        on, first = dates[item.key], self.today
        if item.state == "waiting":
            days = self.calendar.between(first, self.earliest[item.key])
            return Tight(item, on, self.calendar.between(first, on), days)
        keys = self._dated_before(item.key, dates)
        before = [i for i in self.items if i.key in keys and dates[i.key] > first]
        last = max(before, key=lambda i: dates[i.key], default=None)
        ready = dates[last.key] if last else None
        return Tight(item, on, self.calendar.between(ready or first, on), usual_days(item), last, ready)

    def _dated_before(self, key: str, dates: Mapping[str, date]) -> frozenset[str]:
        """The next dates on each way back from a task: one without a day, which an answer may bring, is passed over."""
        ways = (frozenset({b}) if b in dates else self._dated_before(b, dates) for b in self.before[key])
        return frozenset[str]().union(*ways)


def _facts(condition: Condition | None) -> frozenset[str]:
    """The facts a condition asks for."""
    if condition is None:
        return frozenset()
    inner = [*condition.all_, *condition.any_, *([condition.not_] if condition.not_ else [])]
    return frozenset({condition.fact} - {""}).union(*map(_facts, inner))


def _may_come(item: Item) -> bool:
    """Whether an answer of the roadmap's own may bring this task: no change of agent, and no answer of an outsider."""
    return item.state == "later" and item.task.for_each in (None, "agents") and not item.task.options


def _now(position: Position, key: str) -> date | None:
    kept = position.task_due.get(key)
    return kept.on if kept else None
