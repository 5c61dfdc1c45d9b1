"""Where one firm stands: each part of the roadmap, the tasks that matter now, the worst first, and its next date."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import msgspec

from flows.events import FirmKey
from flows.gist import owner_of
from flows.own_dates import due_of, next_time, still_open
from flows.position import Owner, Position
from flows.reviews import pending
from flows.roadmap import Pack, Part, Step
from flows.same import Same
from flows.walk import LEFT, Item, Walk, walk

Concern = Literal["past", "soon", "waiting", "no_owner"]
"""`past`: a day the firm set itself lies behind. `soon`: one of its days is today or within the six days after."""

PartState = Literal["done", "waiting", "open", "locked", "later", "not_applicable"]

A_WEEK = timedelta(6)


class Matter(msgspec.Struct, frozen=True):
    """A task that can be worked on, or whose date has passed before it can be."""

    item: Item
    concerns: frozenset[Concern]
    due: date | None
    owner: Owner | None
    """Somebody who is still a member, and may act; None for a task that is nobody's."""

    @property
    def whom(self) -> str:
        """Who is waited for; empty where nobody is."""
        return self.item.record.whom if self.item.state == "waiting" and self.item.record else ""

    @property
    def since(self) -> date | None:
        """Since when somebody is waited for."""
        return self.item.record.since if self.item.state == "waiting" and self.item.record else None


class YearlyDay(msgspec.Struct, frozen=True):
    """A day of a date of every year: the next, or one that has passed and is not marked done."""

    name: str
    on: date
    concerns: frozenset[Concern]


class PartStanding(msgspec.Struct, frozen=True):
    """A step, or a part of step 6: how far it is, and the tasks of it that matter."""

    step: Step
    part: Part
    state: PartState
    done: int
    total: int
    matters: tuple[Matter, ...]
    due: date | None
    """The next of its days, one that has passed included; None where it has none."""
    to_review: int = 0
    """Finished tasks of it that somebody has yet to look at."""


class Standing(msgspec.Struct, frozen=True):
    """One firm on one day. `matters` has the worst first."""

    position: Position
    walk: Walk
    today: date
    parts: tuple[PartStanding, ...]
    matters: tuple[Matter, ...]
    target_passed: bool
    concerns: frozenset[Concern]
    """What is true of a task, of a date of every year, or of the firm's target."""
    next_date: date | None
    """The earliest day of what is left, the target and the dates of every year included."""
    yearly: tuple[YearlyDay, ...] = ()
    """The earliest first."""

    @property
    def key(self) -> FirmKey:
        """The firm's."""
        return self.position.key

    @property
    def name(self) -> str:
        """The firm's."""
        return self.position.name

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        return self.walk.ended

    @property
    def to_review(self) -> int:
        """Finished tasks that somebody has yet to look at."""
        return sum(part.to_review for part in self.parts)

    def having(self, concern: Concern) -> tuple[Matter, ...]:
        """The tasks that this is true of, the worst first."""
        return tuple(m for m in self.matters if concern in m.concerns)

    def yearly_having(self, concern: Concern) -> tuple[YearlyDay, ...]:
        """The days of every year that this is true of, the earliest first."""
        return tuple(y for y in self.yearly if concern in y.concerns)

    @property
    def first_yearly(self) -> YearlyDay | None:
        """The day of every year to look at before any task; None where a task comes first."""
        first = self.yearly[0] if self.yearly and self.yearly[0].concerns else None
        worst = self.matters[0] if self.matters else None
        if first is None or worst is None or not worst.concerns & {"past", "soon"}:
            return first
        return first if worst.due and first.on < worst.due else None


def standing(pack: Pack, position: Position, today: date) -> Standing:
    """Read the firm. The last few hundred are kept, each for the very position it was read from."""
    return _kept(Same(pack), Same(position), today)


@lru_cache(maxsize=512)
def _kept(pack: Same, position: Same, today: date) -> Standing:
    assert isinstance(pack.it, Pack) and isinstance(position.it, Position)  # noqa: PT018  # for the types only
    return _read(pack.it, position.it, today)


def _read(pack: Pack, position: Position, today: date) -> Standing:
    found = walk(pack, position)
    of_task: dict[str, list[Item]] = {}
    for item in found.items:
        of_task.setdefault(item.task.id, []).append(item)
    matters = {i.key: m for i in found.items if (m := _matter(position, i, today))}
    parts = []
    for step in pack.steps:
        for part in step.parts:
            items = [i for task in part.tasks for i in of_task.get(task, ())]
            if items:
                parts.append(_part(position, step, part, items, [matters[i.key] for i in items if i.key in matters]))
    target = None if found.ended else position.target
    about = _when(target, today)
    yearly = _yearly(position, today)
    days = [*(part.due for part in parts if part.due), *(y.on for y in yearly)]
    return Standing(
        position=position,
        walk=found,
        today=today,
        parts=tuple(parts),
        matters=tuple(sorted(matters.values(), key=_badness)),
        target_passed="past" in about,
        concerns=about.union(*(m.concerns for m in matters.values()), *(y.concerns for y in yearly)),
        next_date=min([*days, *([target] if target else [])], default=None),
        yearly=tuple(sorted(yearly, key=lambda y: (y.on, y.name))),
    )


def _yearly(position: Position, today: date) -> list[YearlyDay]:
    """They go on after the roadmap has ended, and so are days of a firm that has nothing else left."""
    found = []
    for kept in position.recurring:
        passed = still_open(position, kept, today)
        coming = next_time(kept, today, position.recurring_done.get(kept.id, ()))
        found += [YearlyDay(kept.name, on, _when(on, today)) for on in (passed, coming) if on]
    return found


def _matter(position: Position, item: Item, today: date) -> Matter | None:
    if item.state not in LEFT:
        return None
    due = due_of(position, item.task, item.key)
    concerns = set(_when(due.on if due else None, today))
    if item.state == "locked":
        return Matter(item, frozenset(concerns), due.on, owner_of(position, item)) if due and concerns else None
    owner = owner_of(position, item)
    if item.state == "waiting":
        concerns.add("waiting")
    if owner is None:
        concerns.add("no_owner")
    return Matter(item, frozenset(concerns), due.on if due else None, owner)


def _when(day: date | None, today: date) -> frozenset[Concern]:
    if day is None or day > today + A_WEEK:
        return frozenset()
    return frozenset({"past"} if day < today else {"soon"})


def _badness(matter: Matter) -> tuple[bool, bool, date, bool, date, bool]:
    """What has passed, the longest ago first; what is near; what waits, the longest first; what is nobody's."""
    dated = "past" in matter.concerns, "soon" in matter.concerns
    return (
        not dated[0],
        not dated[1],
        matter.due if matter.due and any(dated) else date.max,
        "waiting" not in matter.concerns,
        matter.since or date.max,
        "no_owner" not in matter.concerns,
    )


def _part(position: Position, step: Step, part: Part, items: Sequence[Item], matters: Sequence[Matter]) -> PartStanding:
    counted = [i for i in items if i.state in ("open", "waiting", "done", "locked")]
    left = (due_of(position, i.task, i.key) for i in items if i.state in LEFT)
    return PartStanding(
        step=step,
        part=part,
        state=_state(items),
        done=sum(1 for i in counted if i.state == "done"),
        total=len(counted),
        matters=tuple(sorted(matters, key=_badness)),
        due=min((due.on for due in left if due), default=None),
        to_review=len(pending(position, items)) if position.review_rules else 0,
    )


def _state(items: Iterable[Item]) -> PartState:
    states = {i.state for i in items}
    for state in ("waiting", "open", "locked"):
        if state in states:
            return state
    if "done" in states:
        return "done"
    return "later" if "later" in states else "not_applicable"
