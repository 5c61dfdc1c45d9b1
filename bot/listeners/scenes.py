"""What a listener draws from: a firm as the person who is heard looks at it."""

from bot.router import Heard
from bot.views.scene import Scene, scene_of
from flows.position import Position
from flows.services import Services
from flows.trading_days import Calendar


def scene_for(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    """The firm that is meant, or where it is by now, for this person and by their clock."""
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone)


async def calendar_for(heard: Heard, services: Services) -> Calendar:
    """The trading days of the workspace, with what was edited there."""
    return (await services.workspace(heard.tenant)).calendar
