"""Hears leads set a legal hold on their firm, and lift it; anybody in the firm may ask whether one stands."""

from bot.buttons import HoldForm, OpenHold
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed.words import only_kind
from bot.views import legal_hold as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows.firms import Refusal, require, role_of
from flows.services import Result, Services

LIFT = ("lift", "end", "off", "remove", "release")


def register(router: Router) -> None:
    """What is heard here."""
    router.command("hold", free_text=True)(type_hold)
    router.action(OpenHold)(open_hold)
    router.submit(HoldForm)(save_hold)


async def type_hold(heard: Heard, services: Services) -> Answer:
    """`/cais hold [reason]`, `/cais hold lift <reason>`; alone it says whether one stands."""
    first, _, rest = heard.words.strip().partition(" ")
    if not first or only_kind(heard.words):
        return Say(_standing(heard, scene_for(heard, services)))
    lift = first.casefold().rstrip(":,") in LIFT
    reason = rest if lift else heard.words
    reason = "" if only_kind(reason) else reason
    try:
        result = await _record(heard, services, reason, lift=lift)
    except Refusal as refusal:
        if refusal.kind not in ("guard", "reason") or heard.kind not in ("command", "action"):
            raise
        form = views.form(scene_for(heard, services), lift=lift, reason=reason)
        return Open(with_ticket(form, refusal).modal if refusal.kind == "guard" else form)
    return Say(_recorded(heard, services, result, lift=lift))


async def open_hold(heard: Heard, carried: OpenHold, services: Services) -> Answer:
    """*Set a hold…*, *Lift the hold…*."""
    require(heard.firm, heard.who, "lead")
    return Open(views.form(scene_for(heard, services), lift=carried.lift))


async def save_hold(heard: Heard, carried: HoldForm, services: Services) -> Answer:
    """The form was sent."""
    try:
        result = await _record(heard, services, heard.value(views.REASON), lift=carried.lift, ticket=is_ticket(heard))
    except Refusal as refusal:
        if refusal.kind == "guard":
            return with_ticket(views.form(scene_for(heard, services), lift=carried.lift), refusal)
        return FieldErrors({views.REASON: refusal.sentence})
    return Replace(_recorded(heard, services, result, lift=carried.lift))


async def _record(heard: Heard, services: Services, reason: str, *, lift: bool, ticket: bool = False) -> Result:
    change = services.lift_hold if lift else services.set_hold
    return await change(heard.firm.key, heard.act, reason, ticket=ticket)


def _recorded(heard: Heard, services: Services, result: Result, *, lift: bool) -> Message:
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return _standing(heard, scene, tasks.recorded(scene, result.records))
    said = "No hold stands, so there was nothing to lift." if lift else "That is recorded already. Nothing was added."
    return _standing(heard, scene, tasks.note(said))


def _standing(heard: Heard, scene: Scene, top: Top = tasks.NOTHING) -> Message:
    return views.standing(scene, top, lead=role_of(scene.position, heard.who) == "lead")
