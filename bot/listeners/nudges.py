"""Hears that a lead wants owners to be asked about their tasks, and writes what they are told."""

from bot.buttons import NudgeForm, OpenNudge
from bot.listeners.home import shown
from bot.router import Heard, Router
from bot.surfaces import Answer, Letter, Message, Open, Say
from bot.views import nudges as views
from bot.views import tasks
from bot.views.scene import scene_of
from flows.asked import Owed
from flows.events import FirmKey
from flows.nudging import NUDGE
from flows.services import Services
from flows.summaries.portfolio import FILTERS, Filter


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.action(OpenNudge, firm=False)(open_form)
    router.submit(NudgeForm, firm=False)(send)
    router.letter(NUDGE)(write)


async def open_form(heard: Heard, carried: OpenNudge, services: Services) -> Answer:
    """*Nudge owners*: whom it would reach, and about what."""
    if carried.task:
        look = await services.nudges.look_at(FirmKey(heard.tenant, carried.firm), heard.who, carried.task)
        return Open(views.ask_first(look, NudgeForm(carried.firm, carried.version, task=carried.task)))
    wanted = _filter(carried.only)
    look = await services.nudges.look(heard.tenant, heard.who, wanted)
    return Open(views.ask_first(look, NudgeForm(only=wanted)))


async def send(heard: Heard, carried: NudgeForm, services: Services) -> Answer:
    """*Send*: as things are now, which is not always what the form showed."""
    if carried.task:
        about = FirmKey(heard.tenant, carried.firm)
        return Say(Message(views.sent(await services.nudges.send_about(about, heard.act, carried.task))))
    wanted = _filter(carried.only)
    told = await services.nudges.send(heard.tenant, heard.act, wanted)
    return await shown(heard, services, wanted, top=tasks.note(views.sent(told)))


async def write(owed: Owed, services: Services) -> Letter | None:
    """One message with everything; nothing where all of it was done meanwhile."""
    still = await services.nudges.still(owed)
    if still is None or not still[1]:
        return None
    asked, found = still
    zone = (await services.directory.reach(owed.tenant, [owed.person]))[owed.person].time_zone
    open_still = []
    for position, key in found:
        scene = scene_of(services, position, owed.person, zone)
        if item := scene.walk.item(key):
            open_still.append((scene, item))
    return Letter(views.letter(asked.by_name, open_still))


def _filter(only: str) -> Filter:
    return next((wanted for wanted in FILTERS if wanted == only), "all")
