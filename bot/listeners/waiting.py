"""Hears that somebody wants to see all waits."""

from bot.buttons import ShowWaiting
from bot.listeners.scenes import scene_for, waits_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Message, Replace, Say
from bot.typed.tasks import tasks_meant
from bot.views import tasks
from bot.views import waiting as views
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here."""
    router.command("waiting")(show_waiting)
    router.action(ShowWaiting)(press_waiting)


async def show_waiting(heard: Heard, services: Services) -> Answer:
    """`/cais waiting`. An open task that is named is shown: its card is where a wait is recorded."""
    scene = scene_for(heard, services)
    meant = tasks_meant(scene.pack, scene.walk, heard.words) if heard.words else ()
    if len(meant) == 1 and meant[0].state == "open" and meant[0].task.kind != "question":
        todo = "It waits for nobody yet. *Waiting on someone* records whom it waits for, and since when."
        return Say(tasks.card(scene, meant[0], tasks.note(todo)))
    return Say(await _board(heard, services))


async def press_waiting(heard: Heard, carried: ShowWaiting, services: Services) -> Answer:
    """*Waiting on others*."""
    return Replace(await _board(heard, services))


async def _board(heard: Heard, services: Services) -> Message:
    scene = scene_for(heard, services)
    return views.board(scene, await waits_for(heard, services, scene))
