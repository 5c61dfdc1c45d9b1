"""The firm's own dates and who owns what: deciding about them, and reading what holds for a task."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Protocol

from flows import events as e
from flows import guard
from flows.events import AnyEvent
from flows.far_off import must_not_be_far_off
from flows.firms import Person, Refusal, require
from flows.position import Due, Owner, Position, Recurring
from flows.progress import find, is_stale
from flows.roadmap import Pack, Task
from flows.setting_up import set_target
from flows.walk import Item
from flows.zones import zone_of

LONGEST_NAME = 80
MOST_RECURRING = 30


# --- dates of tasks and steps ---------------------------------------------------------------------------------


def due_of(position: Position, task: Task, key: str) -> Due | None:
    """The day this task is wanted by: its own, else its part's, else its step's; None where the firm set none."""
    return position.task_due.get(key) or position.step_due.get(step_followed(position, task, key))


def step_followed(position: Position, task: Task, key: str) -> str:
    """The part or step whose date this task goes by; empty where it has its own, or there is none."""
    if key in position.task_due:
        return ""
    return next((step for step in (task.part, task.step) if step in position.step_due), "")


def must_be_a_day_to_come(day: date, today: date) -> None:
    """Raises Refusal for a day that has passed, or is so far off that it must be a slip."""
    if day < today:
        raise Refusal("That day has passed. Nothing was changed.", kind="past")
    must_not_be_far_off(day, today)


def set_task_due(
    pack: Pack, position: Position, who: Person, key: str, due: date | None, *, today: date, seen: int | None = None
) -> list[AnyEvent]:
    """The day a task is wanted by; None clears it. Nothing new where somebody set another since the card was drawn."""
    require(position, who, "member")
    item = find(pack, position, key)
    kept = position.task_due.get(key)
    if is_stale(item, seen) or _is_newer(kept, seen):
        return []
    _must_be_to_do(item)
    if due:
        must_be_a_day_to_come(due, today)
        _must_be_one(item)
    return [] if (kept.on if kept else None) == due else [e.TaskDueSet(task=key, due=due)]


def set_step_due(
    pack: Pack, position: Position, who: Person, step: str, due: date | None, *, today: date, seen: int | None = None
) -> list[AnyEvent]:
    """The day for every task of a step, or of a part, that has none of its own; None clears it."""
    require(position, who, "member")
    _must_be_a_step(pack, step)
    if due:
        must_be_a_day_to_come(due, today)
    kept = position.step_due.get(step)
    if _is_newer(kept, seen):
        return []
    return [] if (kept.on if kept else None) == due else [e.StepDueSet(step=step, due=due)]


def accept_plan(
    pack: Pack,
    position: Position,
    who: Person,
    dates: Mapping[str, date],
    *,
    today: date,
    target: date | None = None,
    seen: int | None = None,
) -> list[AnyEvent]:
    """A proposed plan as one click: each task's day, and the target where it is another one. What holds is left out.

    `seen`: the firm's version that the plan was made from. Raises Refusal where a date or the target was set since.
    """
    require(position, who, "member")
    items = {key: find(pack, position, key) for key in dates}
    kept = [due_of(position, item.task, key) for key, item in items.items()]
    if seen is not None and (position.target_sequence > seen or any(_is_newer(due, seen) for due in kept)):
        raise Refusal("Somebody set a date since this plan was drawn, so nothing was set.", kind="replanned")
    events: list[AnyEvent] = []
    if target:
        events += set_target(position, who, target, today)
    for key, day in dates.items():
        item = items[key]
        if item.state in OPEN:
            events += set_task_due(pack, position, who, key, day, today=today)
    return events


def _is_newer(kept: Due | Owner | None, seen: int | None) -> bool:
    return seen is not None and kept is not None and kept.sequence > seen


OPEN = ("open", "waiting", "locked", "later")
"""States in which a task may still come to be done."""


def _must_be_to_do(item: Item) -> None:
    if item.state in ("done", "set_aside"):
        raise Refusal(f"*{item.title}* is finished, so it takes no date. Nothing was changed.", kind="stale")
    if item.state == "not_applicable":
        raise Refusal(f"*{item.title}* does not apply to this firm as things are. Nothing was changed.", kind="stale")


def _must_be_one(item: Item) -> None:
    """Raises Refusal for a task that repeats, while there is nothing to repeat it for: each repeat has its own date."""
    if item.repeats_later:
        raise Refusal(
            f"*{item.title}* comes once for each agent, and none is named yet. Until then "
            f"`/cais due step {item.task.part}` and a day gives all of them one. Nothing was changed.",
            kind="repeats",
        )


def _must_be_a_step(pack: Pack, step: str) -> None:
    if step not in {s.id for s in pack.steps} | {p.id for s in pack.steps for p in s.parts}:
        raise Refusal("The roadmap has no such step. Nothing was changed.", kind="stale")


# --- owners ---------------------------------------------------------------------------------------------------


def assign(
    pack: Pack, position: Position, who: Person, key: str, to: Person | None, *, seen: int | None = None
) -> list[AnyEvent]:
    """A member owns the task; None: nobody does. Nothing new where somebody assigned it since the card was drawn."""
    require(position, who, "member")
    item = find(pack, position, key)
    kept = position.owners.get(key)
    if is_stale(item, seen) or _is_newer(kept, seen):
        return []
    if to is None:
        return [e.TaskUnassigned(task=key)] if kept else []
    if item.state in ("done", "set_aside"):
        raise Refusal(f"*{item.title}* is finished, so nobody has to own it. Nothing was changed.", kind="stale")
    if item.repeats_later:
        raise Refusal(
            f"*{item.title}* comes once for each agent, and none is named yet. Once they are, each has an owner of "
            "its own. Nothing was changed.",
            kind="repeats",
        )
    name = _must_be_able_to_own(position, to)
    return [] if kept and kept.person == to.id else [e.TaskAssigned(task=key, person=to.id, name=name)]


def hand_over(position: Position, who: Person, items: Iterable[Item], giver: str, to: Person) -> list[AnyEvent]:
    """All open tasks of one person go to another, as one click. Somebody else's are for a lead to hand over."""
    require(position, who, "member" if giver == who.id else "lead")
    name = _must_be_able_to_own(position, to)
    if giver == to.id:
        raise Refusal(f"In *{position.name}* that is one and the same person. Nothing was changed.")
    keys = [i.key for i in owned(position, items, giver)]
    if not keys:
        whose = "you" if giver == who.id else "that person"
        raise Refusal(f"No open task of *{position.name}* belongs to {whose}. Nothing was changed.")
    return [e.TaskAssigned(task=key, person=to.id, name=name) for key in keys]


def owned(position: Position, items: Iterable[Item], person: str) -> Sequence[Item]:
    """The tasks still to be done that belong to this person."""
    mine = {key for key, owner in position.owners.items() if owner.person == person}
    return [i for i in items if i.key in mine and i.state in OPEN]


def _must_be_able_to_own(position: Position, to: Person) -> str:
    """The name of a member who does the firm's work. Raises Refusal for anybody else."""
    member = position.members.get(to.id)
    name = to.name or (member.name if member else "")
    if member is None:
        called = f"*{name}*" if name else "That person"
        raise Refusal(f"{called} is no member of {position.name}, so nothing was assigned.", kind="no_member")
    if member.role == "viewer":
        raise Refusal(f"*{name}* is a viewer of {position.name}, who only reads. Nothing was assigned.", kind="viewer")
    return name


# --- dates that come back every year --------------------------------------------------------------------------


def set_recurring(
    position: Position, who: Person, name: str, month: int, day: int, *, ticket: bool = False
) -> list[AnyEvent]:
    """A date of the firm's own, every year. The same name again changes its day."""
    require(position, who, "member")
    clean = " ".join(name.split())
    guard.check([clean], ticket=ticket)
    if not clean:
        raise Refusal("Give the date a name, like `/cais due “SAA yearly certification” every March 15`.")
    if len(clean) > LONGEST_NAME:
        raise Refusal(f"The name of a date may have {LONGEST_NAME} characters.")
    try:
        date(2000, month, day)  # a leap year: February 29 is a day, celebrated on the 28th in other years
    except ValueError as error:
        raise Refusal("There is no such day in the calendar. Nothing was changed.") from error
    kept = next((x for x in position.recurring if x.name.casefold() == clean.casefold()), None)
    if kept and (kept.name, kept.month, kept.day) == (clean, month, day):
        return []
    if kept is None and len(position.recurring) >= MOST_RECURRING:
        raise Refusal(f"A firm may have {MOST_RECURRING} dates that come back every year. Remove one first.")
    new = kept.id if kept else f"r{position.version + 1}"
    return [e.RecurringSet(recurring=new, name=clean, month=month, day=day)]


def remove_recurring(position: Position, who: Person, recurring: str) -> list[AnyEvent]:
    """The date comes back no more."""
    require(position, who, "member")
    there = any(x.id == recurring for x in position.recurring)
    return [e.RecurringRemoved(recurring=recurring)] if there else []


class OfEveryYear(Protocol):
    """A day of every year."""

    @property
    def month(self) -> int:
        """From 1 to 12."""
        ...

    @property
    def day(self) -> int:
        """Of the month."""
        ...


def next_time(recurring: OfEveryYear, today: date, done: Collection[date] = ()) -> date:
    """The next day it falls on, today included; a day that is marked done by then has been seen to."""
    years = (in_year(recurring, today.year + n) for n in count())
    return next(day for day in years if day >= today and day not in done)


def still_open(position: Position, recurring: Recurring, today: date) -> date | None:
    """The last day it fell on since it was set, where that has passed and nobody marked it done; None otherwise."""
    done = position.recurring_done.get(recurring.id, ())
    return open_since(recurring, set_on(position, recurring), done, today)


def set_on(position: Position, recurring: Recurring) -> date:
    """The firm's day on which its day was set: what it fell on before is nobody's."""
    return recurring.at.astimezone(zone_of(position.time_zone)).date()


def open_since(yearly: OfEveryYear, first: date, done: Collection[date], today: date) -> date | None:
    """The last day it fell on, the first included, where that has passed and is not marked done; None otherwise."""
    this_year = in_year(yearly, today.year)
    last = this_year if this_year < today else in_year(yearly, today.year - 1)
    return last if last >= first and last not in done else None


def in_year(recurring: OfEveryYear, year: int) -> date:
    """The day it falls on in a year; what is on February 29 falls on the 28th where there is none."""
    try:
        return date(year, recurring.month, recurring.day)
    except ValueError:
        return date(year, recurring.month, recurring.day - 1)
