"""What a listener draws from: a firm as the person who is heard looks at it."""

from datetime import date, timedelta

from bot.router import Heard
from bot.views.scene import Scene, scene_of
from bot.views.tasks import begins
from flows.far_off import is_far_off
from flows.position import Position
from flows.reminders.rung import Workings
from flows.services import Services
from flows.trading_days import Calendar
from flows.zones import zone_of


def scene_for(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    """The firm that is meant, or where it is by now, for this person and by their clock."""
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone)


async def dated_scene_for(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    """The same with the industry dates as this workspace has them, for what shows them."""
    ledger = (await services.workspace(heard.tenant)).ledger
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone, ledger)


async def card_scene_for(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    """The same for a card: the first one of a new firm says how the industry dates stand, and no other is read for."""
    if begins(position or heard.firm):
        return await dated_scene_for(heard, services, position)
    return scene_for(heard, services, position)


def own_day(heard: Heard, services: Services) -> date:
    """The day it is where the person is, which may be another than the firm's."""
    return services.now().astimezone(zone_of(heard.zone, heard.firm.time_zone)).date()


async def calendar_for(heard: Heard, services: Services) -> Calendar:
    """The trading days of the workspace, with what was edited there."""
    return (await services.workspace(heard.tenant)).calendar


async def waits_for(heard: Heard, services: Services, scene: Scene) -> Workings:
    """What says when the firm's waits are asked about next, the farthest of them, too."""
    reach = await services.directory.reach(heard.tenant, list(scene.position.members))
    looks = (item.record.follow_up_on for item in scene.walk.waiting if item.record)
    farthest = max([scene.today, *(day for day in looks if day and not is_far_off(day, scene.today))])
    ahead = farthest - scene.today + timedelta(14 + 2 * scene.position.reminders.wait_every)
    calendar, now = await calendar_for(heard, services), services.now()
    return Workings(scene.position, reach, calendar, until=now + ahead, now=now)
