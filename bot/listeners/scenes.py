"""What a listener draws from: a firm as the person who is heard looks at it."""

from bot.router import Heard
from bot.views.scene import Scene, scene_of
from flows.position import Position
from flows.services import Services


def scene_for(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    """The firm that is meant, or where it is by now, for this person and by their clock."""
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone)
