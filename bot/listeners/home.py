"""Hears that somebody opened their Home, and draws it."""

from bot.buttons import ShowHome
from bot.router import Heard, Router
from bot.surfaces import Answer, Home, Publish
from bot.views import home as views
from bot.views.scene import Scene, scene_of
from flows.firms import role_of
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here."""
    router.event("app_home_opened")(open_home)
    router.action(ShowHome, firm=False)(turn_page)


async def open_home(heard: Heard, services: Services) -> Answer:
    """The Home tab was opened, or is to be drawn anew, on the page that the words then name."""
    page = int(heard.words) if heard.words.isdecimal() else 0
    return Publish(await _home(heard, services, page))


async def turn_page(heard: Heard, carried: ShowHome, services: Services) -> Answer:
    """*Next page*, *Previous page*."""
    return Publish(await _home(heard, services, carried.page))


async def _home(heard: Heard, services: Services, page: int) -> Home:
    """Reads the positions of the firms of one page, and of no more."""
    firms = heard.sighting.firms
    last = max(0, (len(firms) - 1) // views.FIRMS_ON_A_PAGE)
    page = min(max(page, 0), last)
    first = page * views.FIRMS_ON_A_PAGE
    scenes: list[Scene] = []
    for firm in firms[first : first + views.FIRMS_ON_A_PAGE]:
        position = await services.events.position(firm.key)
        if position and role_of(position, heard.who):
            scenes.append(scene_of(services, position, heard.who.id, heard.zone))
    return views.home(scenes, total=len(firms), page=page, admin=heard.who.admin)
