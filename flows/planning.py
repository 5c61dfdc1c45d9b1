"""A plan worked back from the firm's target: the trading day by which each open task has to be finished."""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from flows.position import Position
from flows.trading_days import Calendar
from flows.walk import Item, Walk

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


class Plan(msgspec.Struct, frozen=True):
    """A proposal; nothing of it is recorded. Without tasks there is nothing left to plan."""

    target: date
    tasks: tuple[Planned, ...]
    earliest: date
    """The first day on which everything can be finished, going by the usual days."""
    skipped: tuple[str, ...] = ()
    """Holidays on the way that are not counted."""

    @property
    def possible(self) -> bool:
        """Whether the target leaves the days that are usually needed."""
        return self.earliest <= self.target

    @property
    def digest(self) -> str:
        """Stands for the very days that were proposed, so that no others are accepted by an old button."""
        days = [[p.item.key, p.due.isoformat()] for p in self.tasks]
        return hashlib.sha256(msgspec.json.encode([self.target.isoformat(), days])).hexdigest()[:12]


def plan(walk: Walk, position: Position, *, today: date, target: date, calendar: Calendar) -> Plan:
    """The latest day for each task that still lets everything after it be finished by the target.

    A target on a day without trading is planned for up to the trading day before; the target itself does not move.
    An earlier task of the roadmap never gets a later day than the ones behind it, where its own days allow that.
    """
    items = [i for i in walk.items if i.state in ("open", "waiting", "locked")]
    days = {i.key: usual_days(i) for i in items}
    earliest: dict[str, date] = {}
    for item in items:
        before = [earliest[b.key] for b in _before(item, items) if b.key in earliest]
        earliest[item.key] = _earliest(item, max(before, default=today), today, days[item.key], calendar)
    end = max(earliest.values(), default=today)
    last = calendar.on_or_before(target)
    latest = _latest(items, days, earliest, last, calendar) if end <= last else {}
    planned = tuple(
        Planned(item=i, due=latest[i.key], days=days[i.key], now=_now(position, i.key))
        for i in items
        if i.key in latest
    )
    # Worked back from a day that is too early, a plan would begin before today: none is proposed then.
    return Plan(target=target, tasks=planned, earliest=end, skipped=calendar.skipped(today, target) if planned else ())


def usual_days(item: Item) -> int:
    """Trading days a task usually takes."""
    if item.task.wait_for:
        return item.task.ask_again_after
    return AN_ANSWER if item.task.kind == "question" else OWN_WORK


def _earliest(item: Item, ready: date, today: date, days: int, calendar: Calendar) -> date:
    """The first trading day it can be finished; a wait under way goes on from its beginning, but beyond today."""
    if item.state != "waiting" or item.record is None:
        return calendar.plus(ready, days)
    usual = calendar.plus(item.record.since or today, days)
    asked = calendar.on_or_before(item.record.follow_up_on) if item.record.follow_up_on else usual
    return max(usual, asked, calendar.plus(today, 1))


def _latest(
    items: Sequence[Item], days: dict[str, int], earliest: dict[str, date], last: date, calendar: Calendar
) -> dict[str, date]:
    latest: dict[str, date] = {}
    after: dict[str, list[str]] = {}
    for item in items:
        for before in _before(item, items):
            after.setdefault(before.key, []).append(item.key)
    following = last
    for item in reversed(items):
        bounds = [calendar.minus(latest[key], days[key]) for key in after.get(item.key, ()) if key in latest]
        latest[item.key] = following = max(earliest[item.key], min([last, following, *bounds]))
    return latest


def _before(item: Item, items: Sequence[Item]) -> list[Item]:
    """The unfinished tasks this one comes after; of tasks that repeat, the one for the same agent or change."""
    found: list[Item] = []
    for task_id in (*item.missing, *item.skipped):
        there = [i for i in items if i.task.id == task_id]
        same = [i for i in there if i.each == item.each] if item.each else []
        found += same or there
    return found


def _now(position: Position, key: str) -> date | None:
    kept = position.task_due.get(key)
    return kept.on if kept else None
