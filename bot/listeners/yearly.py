"""What was done about a date of every year, in typed words, and what is said of the firm's own dates then."""

from collections.abc import Sequence

from bot.listeners.scenes import calendar_for, scene_for
from bot.router import Heard
from bot.surfaces import Message
from bot.views import dates as views
from bot.views import tasks
from bot.views import yearly as yearly_views
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows.before_after import rule_before
from flows.position import Recurring
from flows.reminders.ladders import ladders_of
from flows.reminders.yearly import days_at_hand
from flows.services import Result, Services
from flows.walk import Item


async def done_typed(
    heard: Heard, services: Services, scene: Scene, years: Sequence[Recurring], items: Sequence[Item]
) -> Message:
    """Done for the one day that has *Done* beside it; where there are several, or none, and beside `items`, asked."""
    ladders = ladders_of(await calendar_for(heard, services))
    days = {r: days_at_hand(scene.position, r, scene.today, ladders) for r in years}
    if len(years) == 1 and not items and len(days[years[0]]) == 1:
        (on,) = days[years[0]]
        result = await services.reminders.finish_recurring(heard.firm.key, heard.act, years[0].id, on)
        return own_dates(heard, services, result)
    return yearly_views.which_is_done(scene, days, items)


def own_dates(heard: Heard, services: Services, result: Result) -> Message:
    """What was recorded, and below it the firm's own dates."""
    scene = scene_for(heard, services, result.position)
    return views.own(scene, _recorded(scene, result))


def when_set(heard: Heard, services: Services, result: Result, name: str) -> Message:
    """The same of a date that was set: how it was before, and when it falls next."""
    scene = scene_for(heard, services, result.position)
    top = _recorded(scene, result)
    kept = next((r for r in result.position.recurring if r.name.casefold() == name.casefold()), None)
    if kept:
        top = yearly_views.with_rule(scene, top, kept, rule_before(result.records[0]) if result.changed else "")
    return views.own(scene, top)


def _recorded(scene: Scene, result: Result) -> Top:
    return tasks.recorded(scene, result.records) if result.changed else tasks.note("That is so already.")
