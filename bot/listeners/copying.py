"""Hears that answers of one firm are wanted for another: which firm, the look at what would change, and the word."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.buttons import CopyAnswers, PickCopy, ShowCopy
from bot.listeners.firms import in_reach, one_called, reachable
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Message, Replace, Say
from bot.typed import words
from bot.views import copying as views
from bot.views import rests, tasks
from flows.events import FirmKey
from flows.firms import Refusal, require
from flows.ports import FirmSummary
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here."""
    router.command("firm copy")(copy)
    router.action(ShowCopy)(choose)
    router.action(PickCopy)(pick)
    router.action(CopyAnswers)(confirm)


async def copy(heard: Heard, services: Services) -> Answer:
    """`/cais firm copy [name]`: into the firm that is meant, from the one that is named."""
    if not heard.words.strip():
        return Say(await _choice(heard, services))
    others = await _others(heard, services)
    if not words.called(heard.words, others):
        await _must_be_another(heard, services)
    found = await one_called(heard.words, others, services, "firm copy", heard.firm.key.firm)
    if not isinstance(found, FirmSummary):
        return found
    return Say(await _look(heard, services, found.key.firm))


async def _must_be_another(heard: Heard, services: Services) -> None:
    """Raises Refusal where the words name a firm of this person's all the same: the same one, or one led by others."""
    named = words.called(heard.words, await in_reach(heard, services))
    if any(firm.key == heard.firm.key for firm in named):
        raise Refusal(
            f"Both names mean the same firm, {heard.firm.name}, so there is nothing to copy. "
            "`/cais firm copy` alone shows the others."
        )
    if named:
        raise Refusal(f"You do not lead {named[0].name}, so its answers are not yours to copy. Nothing was changed.")


async def choose(heard: Heard, carried: ShowCopy, services: Services) -> Answer:
    """*Another firm…*, *Copy answers…*."""
    return Replace(await _choice(heard, services))


async def pick(heard: Heard, carried: PickCopy, services: Services) -> Answer:
    """A firm was chosen."""
    return Replace(await _look(heard, services, "".join(heard.chosen[:1])))


async def confirm(heard: Heard, carried: CopyAnswers, services: Services) -> Answer:
    """*Copy these answers*."""
    source = FirmKey(heard.tenant, (await reachable(heard, services, carried.source)).key.firm)
    try:
        result = await services.copying.copy(heard.firm.key, heard.act, source, carried.seen)
    except Refusal as refusal:
        if refusal.kind != "stale":
            raise
        return Replace(await _look(heard, services, carried.source, note=f"{refusal.sentence} This is how it is now."))
    scene = scene_for(heard, services, result.position)
    top = tasks.recorded(scene, result.records) if result.changed else tasks.note(views.ALREADY)
    return Replace(rests.now_screen(scene, top))


async def _others(heard: Heard, services: Services) -> Sequence[FirmSummary]:
    """The other firms that this person leads."""
    require(heard.firm, heard.who, "lead")
    led = [f for f in await in_reach(heard, services) if f.role == "lead" or heard.who.admin]
    return [f for f in led if f.key != heard.firm.key]


async def _choice(heard: Heard, services: Services) -> Message:
    return views.choice(scene_for(heard, services), await _others(heard, services))


async def _look(heard: Heard, services: Services, source: str, note: str = "") -> Message:
    there = await reachable(heard, services, source)
    target = await services.position(heard.firm.key, heard.who)  # as it is now, not as it was when this was pressed
    there, planned = await services.copying.look(target, there.key, heard.who)
    act = replace(heard.act, cause=None)
    seen = services.preview(target, act, planned.events) if planned.events else None
    return views.look(scene_for(heard, services, target), there, planned, seen, note)
