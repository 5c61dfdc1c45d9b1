"""Who a task belongs to and when it is wanted, in words and buttons, wherever a firm's tasks are shown."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bot.views.blocks import clip, day, escape, literal, short_day
from bot.views.milestones import to_come
from bot.views.scene import Scene
from flows.deadlines import AFTER_IT
from flows.history import counted, label
from flows.own_dates import OPEN, due_of, next_time, owned, step_followed, still_open
from flows.position import Due, Owner
from flows.time_words import clock, zone_name
from flows.trading_days import NEW_YORK, end_of
from flows.walk import Item
from flows.zones import zone_of

MOST_DATES = 5
LONGEST = 160
"""So much of a name stands beside a date in a list, so that one line never takes the room of the others."""
LONGEST_TITLE = 48
"""So much of a step's title stands beside its number."""

NOT_REMINDED = "Nothing reminds of it while the roadmap is at its end, as it is now."
"""Of a target of a firm that has nothing left to do."""

HOW = "`/cais due step 2 in two weeks` sets one date, `/cais plan` proposes them all."
"""For whoever has just read that a firm sets dates of its own."""


class Coming(NamedTuple):
    """A date of the firm's own, and what it is the date of; `what` is safe in mrkdwn."""

    on: date
    what: str


def due(scene: Scene, item: Item) -> Due | None:
    """The day this task is wanted by, None where the firm set none."""
    return due_of(scene.position, item.task, item.key)


def owner(scene: Scene, item: Item) -> Owner | None:
    """Who the task belongs to, None where nobody does."""
    return scene.position.owners.get(item.key)


def owner_name(scene: Scene, kept: Owner) -> str:
    """An owner's name, safe in mrkdwn; it says so where the person has left the firm."""
    name = literal(kept.name or "somebody")
    if kept.person == scene.viewer:
        return f"{name} (you)"
    return name if kept.person in scene.position.members else f"{name} (no longer a member)"


def line(scene: Scene, item: Item) -> str:
    """Owner and date in full, for a card; empty where there is neither, or the task is finished."""
    if item.state not in OPEN:
        return ""
    kept, until = owner(scene, item), due(scene, item)
    said = [f"*Owner:* {owner_name(scene, kept)}"] if kept else []
    if until:
        of_its_own = item.key in scene.position.task_due
        of = "" if of_its_own else " (the date of its step)"
        said.append(f"*Date:* {date_words(scene, until.on)}{of}")
    return " · ".join(said)


def short_line(scene: Scene, item: Item) -> str:
    """Owner and date in a few words, for a list."""
    if item.state not in OPEN:
        return ""
    kept, until = owner(scene, item), due(scene, item)
    said = [owner_name(scene, kept)] if kept else []
    said += [f"by {short_words(scene, until.on)}"] if until else []
    return ", ".join(said)


def short_words(scene: Scene, on: date) -> str:
    """A date of the firm's own in a list, where `date_words` is too long; that it has passed is said, calmly."""
    return short_day(on) + (" (passed)" if on < scene.today else "")


def date_words(scene: Scene, on: date) -> str:
    """A date in full. Where the viewer's clock is another than New York's, also when it ends, in both zones."""
    if on < scene.today:
        return f"{day(on)}, which has passed"
    return f"{day(on)}{ends(scene, on)}"


def ends(scene: Scene, on: date) -> str:
    """After a date: `; ends 11:59 PM New York time (…London time)`; empty where both clocks are the same."""
    zone = zone_of(scene.zone, scene.position.time_zone)
    there = end_of(on)
    here = there.astimezone(zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    on_that_day = "" if here.date() == on else f"{day(here.date())}, "
    return f"; ends 11:59 PM {zone_name(NEW_YORK.key)} ({on_that_day}{clock(here)} {zone_name(zone.key)})"


def mine(scene: Scene) -> Sequence[Item]:
    """The viewer's own open tasks, those wanted soonest first."""
    items = owned(scene.position, scene.walk.items, scene.viewer)
    return sorted(items, key=lambda i: found.on if (found := due(scene, i)) else date.max)


def coming(scene: Scene) -> list[Coming]:
    """The firm's own dates of what is still to be done, the earliest first; steps as a whole, not task by task.

    So is the day an answer is to be looked at again, also of one that ended the roadmap.
    """
    position = scene.position
    open_items = [i for i in scene.walk.items if i.state in OPEN]
    own = [(position.task_due[i.key].on, i.title) for i in open_items if i.key in position.task_due]
    tasks = [Coming(on, clip(literal(title), LONGEST)) for on, title in own]
    followed = {step for i in open_items if (step := step_followed(position, i.task, i.key))}
    steps = [Coming(d.on, _step(scene, step)) for step, d in position.step_due.items() if step in followed]
    return sorted([*tasks, *steps, *_yearly(scene), *_rechecks(scene)])


def _step(scene: Scene, step_id: str) -> str:
    """A step or part by its number, and what it is called."""
    called = {part.id: part.title for step in scene.pack.steps for part in step.parts}
    called |= {step.id: step.title for step in scene.pack.steps}
    return f"step {escape(step_id)}, {literal(clip(called[step_id], LONGEST_TITLE))}"


def _yearly(scene: Scene) -> Iterator[Coming]:
    """Of each date of every year the next day, and before it the last one where that is still open."""
    for r in scene.position.recurring:
        name, done = clip(literal(r.name), LONGEST), scene.position.recurring_done.get(r.id, ())
        if passed := still_open(scene.position, r, scene.today):
            yield Coming(passed, f"{name} (every year), not marked done yet")
        yield Coming(next_time(r, scene.today, done), f"{name} (every year)")


def _rechecks(scene: Scene) -> Iterator[Coming]:
    for fact, answer in scene.position.answers.items():
        question = scene.pack.questions.get(fact)
        if question and answer.recheck_on:
            said = ", ".join(escape(label(question.options, value)) for value in answer.value)
            yield Coming(answer.recheck_on, f"Look again at “{escape(question.ask)}”, answered: {said}")


def target_counts(scene: Scene) -> bool:
    """Whether the firm is reminded of its target: not while its roadmap is at an end."""
    return scene.walk.outcome is None or scene.walk.outcome.resting


def target_line(scene: Scene) -> list[str]:
    """The firm's target, a line; none where there is none."""
    target = scene.position.target
    if target is None:
        return []
    words = date_words(scene, target) if target_counts(scene) else f"{day(target)}. {NOT_REMINDED}"
    return [f"🎯 *Your target:* {words}"]


def target_note(scene: Scene) -> str:
    """The industry date to come that a target lies after, one of the roadmap's own before any other; safe in mrkdwn.

    Empty where there is none; that there are more is said.
    """
    target = scene.position.target if target_counts(scene) else None
    before = [coming for coming in to_come(scene) if target and coming.last < target]
    if not before:
        return ""
    first = next((coming for coming in before if coming.milestone), before[0])
    note = f"{first.said.removeprefix('📅 ')}. {AFTER_IT}"
    others = len(before) - 1
    if not others:
        return note
    return f"{note} It lies after {counted(others, 'other industry date')}, too: `/cais deadlines`."


def after_target(scene: Scene) -> str:
    """Which tasks have a date after a target still to come, and what to do about it; empty where none has."""
    target = scene.position.target
    wanted = [(d.on, i) for i in scene.walk.items if i.state in OPEN and (d := due(scene, i))]
    beyond = [found for found in wanted if target and scene.today <= target < found[0]]
    if not beyond:
        return ""
    on, last = max(beyond, key=lambda found: found[0])
    more = f" and {len(beyond) - 1} more" if len(beyond) > 1 else ""
    named = f"“{literal(last.title)}” ({short_day(on)}){more}"
    one = f"`/cais due {last.key}` and a day moves one"
    return f"Dated after the target: {named}. `/cais plan` shows which days fit, and *Choose…* there moves them; {one}."


def own_dates(scene: Scene) -> list[str]:
    """The target and the dates nearest to today, a line each; what has passed takes no room from what is to come."""
    lines, dates = target_line(scene), coming(scene)
    first = near([one.on for one in dates], scene.today, MOST_DATES)
    lines += [f"🗓️ {short_words(scene, on)}: {what}" for on, what in dates[first : first + MOST_DATES]]
    return [*lines, *_others(scene, [*dates[:first], *dates[first + MOST_DATES :]])]


def near(dates: Sequence[date], today: date, most: int, passed: int = 0) -> int:
    """Where to begin in `dates`, the earliest first, so that `most` of them are those nearest to today.

    Up to `passed` of those that have passed come before what is to come, more only where there is room for them.
    """
    behind = sum(1 for on in dates if on < today)
    return max(0, min(behind - passed, len(dates) - most))


def _others(scene: Scene, left: Sequence[Coming]) -> list[str]:
    """How many dates are not in view, and how many of them have passed."""
    if not left:
        return []
    behind = sum(1 for one in left if one.on < scene.today)
    passed = f" ({behind} passed)" if behind else ""
    return [f"🗓️ and {len(left)} more{passed}: `/cais due` shows {'them' if len(left) > 1 else 'it'}"]


def mine_line(scene: Scene) -> str:
    """The viewer's own tasks in a line; empty where there are none."""
    items = mine(scene)
    named = [literal(i.title) + (f" ({_by(scene, d.on)})" if (d := due(scene, i)) else "") for i in items[:3]]
    more = len(items) - len(named)
    return f"👤 *Yours:* {', '.join(named)}{f' and {more} more' if more > 0 else ''}" if named else ""


def _by(scene: Scene, on: date) -> str:
    """Like `short_words`, within brackets."""
    return f"by {short_day(on)}{', passed' if on < scene.today else ''}"
