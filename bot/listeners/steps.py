"""Where the firm is: the next task, the whole roadmap, one step."""

from bot.buttons import PickStep, PickTask, ShowNext, ShowStatus, ShowStep, ShowTask
from bot.listeners.scenes import card_scene_for, dated_scene_for, scene_for
from bot.router import Heard, Router
from bot.surfaces import Message, Replace, Say
from bot.typed.tasks import step_meant
from bot.views import rests, steps, tasks
from bot.views.scene import Scene
from flows.services import Services


def register(router: Router) -> None:
    router.command("")(show_where)
    router.command("next")(show_next)
    router.command("status")(show_status)
    router.command("step")(show_step)
    router.action(ShowNext)(turn_to_next)
    router.action(ShowStatus)(turn_to_status)
    router.action(ShowStep)(turn_to_step)
    router.action(PickStep)(pick_step)
    router.action(ShowTask)(turn_to_task)
    router.action(PickTask)(pick_task)


async def show_where(heard: Heard, services: Services) -> Say:
    return Say(steps.where(scene_for(heard, services)))


async def show_next(heard: Heard, services: Services) -> Say:
    return Say(rests.now_screen(await card_scene_for(heard, services)))


async def show_status(heard: Heard, services: Services) -> Say:
    return Say(steps.status(await dated_scene_for(heard, services)))


async def show_step(heard: Heard, services: Services) -> Say:
    """Without a number: the step of the next task, or the first."""
    scene = await dated_scene_for(heard, services)
    upcoming = scene.walk.next.task.step if scene.walk.next else scene.pack.steps[0].id
    step, parts = step_meant(scene.pack, heard.words or upcoming)
    return Say(steps.step_page(scene, step, parts, notes=await services.notes.standing(heard.tenant)))


async def turn_to_next(heard: Heard, carried: ShowNext, services: Services) -> Replace:
    return Replace(rests.now_screen(await card_scene_for(heard, services)))


async def turn_to_status(heard: Heard, carried: ShowStatus, services: Services) -> Replace:
    return Replace(steps.status(await dated_scene_for(heard, services)))


async def turn_to_step(heard: Heard, carried: ShowStep, services: Services) -> Replace:
    return Replace(await _step(heard, services, carried.step))


async def pick_step(heard: Heard, carried: PickStep, services: Services) -> Replace:
    return Replace(await _step(heard, services, "".join(heard.chosen[:1])))


async def turn_to_task(heard: Heard, carried: ShowTask, services: Services) -> Replace:
    return Replace(_task(await card_scene_for(heard, services), carried.task))


async def pick_task(heard: Heard, carried: PickTask, services: Services) -> Replace:
    return Replace(_task(await card_scene_for(heard, services), "".join(heard.chosen[:1])))


async def _step(heard: Heard, services: Services, number: str) -> Message:
    scene = await dated_scene_for(heard, services)
    step, parts = step_meant(scene.pack, number)
    return steps.step_page(scene, step, parts, notes=await services.notes.standing(heard.tenant))


def _task(scene: Scene, key: str) -> Message:
    item = scene.walk.item(key)
    if item is None:
        return rests.now_screen(
            scene, tasks.note("That task is no longer on this firm's roadmap. This is what is next.")
        )
    return tasks.card(scene, item)
