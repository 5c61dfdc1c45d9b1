"""What of the firms somebody leads has its date soon, or has passed it, and is not among their own tasks."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bot.buttons import FinishYear, ShowDates, ShowDeadlines, ShowTask
from bot.surfaces import Block
from bot.views import dated
from bot.views.blocks import Element, button, context, divider, header, literal, section, short_day
from bot.views.milestones import is_concerned, to_come
from bot.views.scene import Scene
from flows.events import FirmKey
from flows.own_dates import next_time, still_open
from flows.summaries.standing import A_WEEK, standing
from flows.walk import Item

MOST = 6
PASSED = 3
"""Of these, those that have passed; more where there is room."""

INDUSTRY = timedelta(weeks=12)
"""About as long before an industry date as its first reminder."""

Above = Collection[tuple[FirmKey, str]]
"""Tasks that stand on the page already, by firm and key."""


class Soon(NamedTuple):
    """A date, what there is about it, safe in mrkdwn, and the way to it."""

    on: date
    text: str
    way: Element


def soon_blocks(scenes: Sequence[Scene], above: Above, *, several: bool) -> list[Block]:
    """Those nearest to today, each once; none where the person leads none of these firms."""
    led = [s for s in scenes if (m := s.position.members.get(s.viewer)) and m.role == "lead"]
    found = [*_industry(led), *(one for s in led for one in (*_tasks(s, above, several), *_yearly(s, several)))]
    if not found:
        return []
    found.sort(key=lambda one: one.on)
    first = dated.near([one.on for one in found], led[0].today, MOST, PASSED)
    shown = [section(one.text, accessory=one.way) for one in found[first : first + MOST]]
    more = len(found) - len(shown)
    rest = [context(f"and {more} more; `/cais due` shows a firm's dates.")] if more > 0 else []
    return [divider(), header("Due soon"), *shown, *rest]


def date_line(scene: Scene, item: Item) -> str:
    """The day the firm wants it by; that one has passed is said, and nothing more."""
    due = dated.due(scene, item)
    if due is None:
        return ""
    if due.on < scene.today:
        return f"📌 Its date, {short_day(due.on)}, has passed"
    return f"📌 Today, {short_day(due.on)}" if due.on == scene.today else f"🗓️ By {short_day(due.on)}"


def _tasks(scene: Scene, above: Above, several: bool) -> Iterator[Soon]:
    """Those that are somebody else's, or nobody's."""
    position = scene.position
    for matter in standing(scene.pack, position, scene.today).matters:
        item, owner = matter.item, matter.owner
        is_theirs = owner is not None and owner.person == scene.viewer
        if matter.due is None or matter.due > scene.today + A_WEEK or is_theirs or (position.key, item.key) in above:
            continue
        whose = f"👤 {dated.owner_name(scene, owner)}" if owner else "👤 nobody yet"
        said = " · ".join([f"*{literal(item.title)}*", *_firm(scene, several), whose])
        way = button("Open", scene.carry(ShowTask, task=item.key), says=f"Open {item.title}")
        yield Soon(matter.due, f"{said}\n{date_line(scene, item)}", way)


def _yearly(scene: Scene, several: bool) -> Iterator[Soon]:
    for kept in scene.position.recurring:
        said = " · ".join([f"*{literal(kept.name)}* (every year)", *_firm(scene, several)])
        if passed := still_open(scene.position, kept, scene.today):
            done = scene.carry(FinishYear, recurring=kept.id, on=passed.isoformat())
            way = button(f"Done for {short_day(passed)}", done, says=f"Done for {short_day(passed)}: {kept.name}")
            yield Soon(passed, f"{said}\n📌 Its date, {short_day(passed)}, has passed; not marked done yet", way)
        on = next_time(kept, scene.today, scene.position.recurring_done.get(kept.id, ()))
        if on <= scene.today + A_WEEK:
            when = f"📌 Today, {short_day(on)}" if on == scene.today else f"🗓️ On {short_day(on)}"
            yield Soon(on, f"{said}\n{when}", button("Open", scene.carry(ShowDates), says=f"Open {kept.name}"))


def _industry(led: Sequence[Scene]) -> Iterator[Soon]:
    """The same for every firm, so that each is said once."""
    scene = next((s for s in led if is_concerned(s) and dated.target_counts(s)), None)
    for coming in to_come(scene) if scene and scene.ledger_read else ():
        if scene and coming.last <= scene.today + INDUSTRY:
            yield Soon(coming.last, coming.said, button("Open", scene.carry(ShowDeadlines), says="Open industry dates"))


def _firm(scene: Scene, several: bool) -> list[str]:
    return [literal(scene.position.name)] if several else []
