"""When a task became possible, and through whom: worked out from what it needs and the answers it depends on."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from flows.conditions import UNSURE, holds
from flows.position import Moment, Position, TaskRecord
from flows.roadmap import Condition
from flows.walk import Item


class Becoming:
    """One firm's tasks, and since when what they wait for is as it is."""

    def __init__(self, position: Position, items: Sequence[Item]) -> None:
        self._position = position
        self._all = items

    @cached_property
    def _facts(self) -> Mapping[str, tuple[str, ...]]:
        return {f: a.value for f, a in self._position.answers.items()}

    @cached_property
    def _items(self) -> Mapping[str, Sequence[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self._all:
            found.setdefault(item.task.id, []).append(item)
        return found

    def possible_since(self, item: Item) -> Moment | None:
        """What opened this open task; None where nothing recorded did."""
        found = [self._holds_since(item.task.when), self._opened(item)]
        found += [self._finished_since(other) for needed in item.task.needs for other in self._related(needed, item)]
        return _latest(found)

    def opened_again(self, item: Item) -> TaskRecord | None:
        """Its record, where that it was opened again made it possible; None where what came before it did."""
        opened = self._opened(item)
        return item.record if opened and opened == self.possible_since(item) else None

    def _opened(self, item: Item) -> Moment | None:
        """Opened again, by hand. That a wait is over makes nothing possible that was not."""
        kept = item.record
        return Moment(kept.sequence, kept.at, kept.by) if kept and kept.state == "open" and kept.reason else None

    def _related(self, needed: str, item: Item) -> Iterable[Item]:
        """What is needed of its own agent or change, where the other repeats, too."""
        others = self._items.get(needed, [])
        if not item.each or not any(o.each for o in others):
            return others
        related = {item.each}
        for change in self._position.changes:
            if item.each in (change.id, change.old):
                related |= {change.id, change.new}
        return [o for o in others if o.each in related]

    def _finished_since(self, item: Item) -> Moment | None:
        if item.state == "not_applicable":
            return self._holds_since(item.task.when)
        kept = item.record
        if kept and kept.state in ("done", "set_aside"):
            return Moment(kept.sequence, kept.at, kept.by)
        answer = self._position.answers.get(item.task.sets)
        return answer.known if answer else None

    def _holds_since(self, condition: Condition | None) -> Moment | None:
        """Since when a condition is true, or false, whichever it is."""
        if condition is None or condition.each:
            return None
        if condition.not_:
            return self._holds_since(condition.not_)
        if condition.fact:
            return self._fact_since(condition)
        parts = [c for c in condition.all_ or condition.any_ if not (c.each or (c.not_ and c.not_.each))]
        truth = holds(condition, self._facts)
        alike = [self._holds_since(c) for c in parts if holds(c, self._facts) is truth]
        every_part_counts = bool(truth) if condition.all_ else not truth
        return _latest(alike) if every_part_counts else _earliest(alike)

    def _fact_since(self, condition: Condition) -> Moment | None:
        answer = self._position.answers.get(condition.fact)
        if answer is None:
            return None
        wanted = condition.is_ or condition.has
        found = [answer.since(wanted)]
        if wanted != UNSURE:
            found.append(answer.since(UNSURE))
        return _latest(found)


def _latest(found: Iterable[Moment | None]) -> Moment | None:
    return max((m for m in found if m), key=lambda m: m.sequence, default=None)


def _earliest(found: Sequence[Moment | None]) -> Moment | None:
    """None where one of them has been so from the beginning."""
    known = [m for m in found if m]
    return min(known, key=lambda m: m.sequence) if known and len(known) == len(found) else None
