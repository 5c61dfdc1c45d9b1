"""Hears that somebody wants to see all waits."""

from bot.buttons import ShowWaiting
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Message, Replace, Say
from bot.views import waiting as views
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here."""
    router.command("waiting")(show_waiting)
    router.action(ShowWaiting)(press_waiting)


async def show_waiting(heard: Heard, services: Services) -> Answer:
    """`/cais waiting`."""
    return Say(await _board(heard, services))


async def press_waiting(heard: Heard, carried: ShowWaiting, services: Services) -> Answer:
    """*Waiting on others*."""
    return Replace(await _board(heard, services))


async def _board(heard: Heard, services: Services) -> Message:
    calendar = (await services.workspace(heard.tenant)).calendar
    return views.board(scene_for(heard, services), calendar)
