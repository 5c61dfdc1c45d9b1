"""Hears about notes. Evidence is heard in `evidence`."""

from bot.buttons import (
    NoteForm,
    OpenNote,
)
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Modal, Open, Replace, Say
from bot.views import records as views
from bot.views.blocks import literal
from bot.views.refused import with_ticket
from bot.views.scene import Scene
from bot.views.tasks import card, note, recorded
from flows.firms import Refusal, require
from flows.history import task_title
from flows.progress import find
from flows.services import Result, Services


def register(router: Router) -> None:
    """What is heard here."""
    router.command("note", free_text=True)(add_note)
    router.action(OpenNote)(open_note)
    router.submit(NoteForm)(save_note)


def named_task(scene: Scene, text: str) -> tuple[str, str]:
    """The key of the task that the first word names, and the words after it; no key where it names none.

    Raises Refusal where the task is there several times and it is not said for which agent.
    """
    first, _, rest = text.strip().partition(" ")
    wanted = first.casefold().rstrip(":,")
    exact = next((i for i in scene.walk.items if i.key.casefold() == wanted), None)
    if exact:
        return exact.key, rest.strip()
    found = [i for i in scene.walk.items if i.task.id.casefold() == wanted]
    if not found:
        return "", text.strip()
    if len(found) == 1:
        return found[0].key, rest.strip()
    named = [i for i in found if rest.casefold().strip().startswith(i.name.casefold())]
    if len(named) == 1:
        return named[0].key, rest.strip()[len(named[0].name) :].strip()
    each = ", ".join(f"`{i.key}` for {literal(i.name)}" for i in found)
    raise Refusal(f"That task is there once for each agent. Name one of them: {each}.")


def _kept(heard: Heard, services: Services, result: Result, *, more: str = "", task: str = "") -> Message:
    scene = scene_for(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else note("That is recorded already. Nothing was added.")
    return views.kept(scene, top, more=more, task=task)


def _back_to_card(heard: Heard, services: Services, result: Result, task: str) -> Message:
    """What was recorded, and below it the card it was added from."""
    scene = scene_for(heard, services, result.position)
    item = scene.walk.item(task)
    if item is None:
        return _kept(heard, services, result)
    top = recorded(scene, result.records) if result.changed else note("That is recorded already. Nothing was added.")
    return card(scene, item, top)


# --- notes ----------------------------------------------------------------------------------------------------


async def add_note(heard: Heard, services: Services) -> Answer:
    """`/cais note [task] <text>`."""
    require(heard.firm, heard.who, "member")
    scene = scene_for(heard, services)
    key, text = named_task(scene, heard.words)
    if not text and heard.kind in ("command", "action"):
        return Open(_note_modal(scene, key))
    if not text:
        return Say(views.note_refused(scene, "Type the note behind the word, or write it in a form.", key))
    try:
        result = await services.add_note(heard.firm.key, heard.act, text, task=key)
    except Refusal as refusal:
        if refusal.kind == "guard":
            return _way_on(heard, scene, key, text, refusal)
        raise
    return Say(_kept(heard, services, result, task=key))


def _way_on(heard: Heard, scene: Scene, task: str, text: str, refusal: Refusal) -> Answer:
    """A typed note was refused: the form, which has the box for ticket numbers, or a button to it."""
    if heard.kind in ("command", "action"):
        return Open(with_ticket(_note_modal(scene, task, text), refusal).modal)
    return Say(views.note_refused(scene, refusal.sentence, task))


async def open_note(heard: Heard, carried: OpenNote, services: Services) -> Answer:
    """*Add note* on a card."""
    return Open(_note_modal(scene_for(heard, services), carried.task))


def _note_modal(scene: Scene, task: str, text: str = "") -> Modal:
    title = task_title(scene.pack, scene.position, task) if task else ""
    return views.note_modal(scene, task=task, title=title, text=text)


async def save_note(heard: Heard, carried: NoteForm, services: Services) -> Answer:
    """The note's modal was submitted."""
    task = carried.task
    if task:
        find(services.pack, heard.firm, task)
    try:
        result = await services.add_note(
            heard.firm.key, heard.act, heard.value("text"), task=task, ticket=is_ticket(heard)
        )
    except Refusal as refusal:
        if refusal.kind != "guard":
            return FieldErrors({"text": refusal.sentence})
        return with_ticket(_note_modal(scene_for(heard, services), task), refusal)
    return Replace(_back_to_card(heard, services, result, task))
