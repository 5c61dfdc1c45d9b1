"""Hears about update notes: everybody may read them, workspace admins add and remove them."""

from datetime import date

from bot.buttons import OpenUpdateNote, RemoveUpdateNote, UpdateNoteForm
from bot.router import Heard, Router
from bot.surfaces import FieldErrors, Message, Open, Replace, Say
from bot.views import notes as views
from flows.notes import require_admin
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here. Notes are the workspace's, so no firm is needed."""
    router.command("notes", firm=False)(show)
    router.action(OpenUpdateNote, firm=False)(open_form)
    router.submit(UpdateNoteForm, firm=False)(add)
    router.action(RemoveUpdateNote, firm=False)(remove)


async def show(heard: Heard, services: Services) -> Say:
    """`/cais notes`."""
    return Say(await _listed(heard, services))


async def _listed(heard: Heard, services: Services, top: str = "") -> Message:
    notes = await services.notes.standing(heard.tenant)
    return views.listed(services.pack, notes, services.now().date(), admin=heard.who.admin, top=top)


async def open_form(heard: Heard, carried: OpenUpdateNote, services: Services) -> Open:
    """*Add a note*."""
    require_admin(heard.who)
    return Open(views.form(services.pack, services.now().date()))


async def add(heard: Heard, carried: UpdateNoteForm, services: Services) -> Replace | FieldErrors:
    """The note stands from now on."""
    try:
        as_of = date.fromisoformat(heard.value(views.AS_OF))
    except ValueError:
        return FieldErrors({views.AS_OF: "Pick the day on which this was so."})
    step = heard.value(views.STEP)
    await services.notes.add(
        heard.tenant,
        heard.act,
        text=heard.value(views.TEXT),
        source=heard.value(views.SOURCE),
        as_of=as_of,
        step="" if step == views.WHOLE else step,
        lines=heard.value(views.LINES),
    )
    return Replace(await _listed(heard, services, "Added. It stands beside the passages it is about."))


async def remove(heard: Heard, carried: RemoveUpdateNote, services: Services) -> Replace:
    """*Remove*."""
    gone = await services.notes.remove(heard.tenant, heard.act, carried.note)
    return Replace(await _listed(heard, services, "Removed." if gone else "It was removed before."))
