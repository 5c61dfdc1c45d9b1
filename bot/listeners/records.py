"""Hears about what is put on record: notes, evidence, a message saved as evidence."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.buttons import (
    EvidenceForm,
    MessageFirmForm,
    NoteForm,
    OpenEvidence,
    OpenNote,
    SaveMessageForm,
)
from bot.listeners.tasks import NO_SUCH_TASK
from bot.places import place
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Modal, Open, Replace, Say, Swap
from bot.task_words import tasks_meant
from bot.views import records as views
from bot.views import rests, steps
from bot.views.blocks import TICKET_FIELD, literal
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from bot.views.tasks import card, note, recorded
from flows.events import EvidenceKind, FirmKey
from flows.firms import Refusal, require
from flows.history import task_title
from flows.position import Position
from flows.services import Result, Services
from flows.walk import Item


def register(router: Router) -> None:
    """What is heard here."""
    router.command("note", free_text=True)(add_note)
    router.command("evidence")(type_evidence)
    router.shortcut("save_evidence", firm=False)(save_message)
    router.action(OpenNote)(open_note)
    router.submit(NoteForm)(save_note)
    router.action(OpenEvidence)(open_evidence)
    router.submit(EvidenceForm)(save_evidence)
    router.submit(MessageFirmForm, firm=False)(choose_firm)
    router.submit(SaveMessageForm)(keep_message)


def _scene(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone)


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
    scene = _scene(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else note("That is recorded already. Nothing was added.")
    return views.kept(scene, top, more=more, task=task)


def _back_to_card(heard: Heard, services: Services, result: Result, task: str) -> Message:
    """What was recorded, and below it the card it was added from."""
    scene = _scene(heard, services, result.position)
    item = scene.walk.item(task)
    if item is None:
        return _kept(heard, services, result)
    top = recorded(scene, result.records) if result.changed else note("That is recorded already. Nothing was added.")
    return card(scene, item, top)


# --- notes ----------------------------------------------------------------------------------------------------


async def add_note(heard: Heard, services: Services) -> Answer:
    """`/cais note [task] <text>`."""
    require(heard.firm, heard.who, "member")
    scene = _scene(heard, services)
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
    return Open(_note_modal(_scene(heard, services), carried.task))


def _note_modal(scene: Scene, task: str, text: str = "") -> Modal:
    title = task_title(scene.pack, scene.position, task) if task else ""
    return views.note_modal(scene, task=task, title=title, text=text)


async def save_note(heard: Heard, carried: NoteForm, services: Services) -> Answer:
    """The note's modal was submitted."""
    task = carried.task
    if task:
        _item(_scene(heard, services), task)
    try:
        result = await services.add_note(
            heard.firm.key, heard.act, heard.value("text"), task=task, ticket=_is_ticket(heard)
        )
    except Refusal as refusal:
        if refusal.kind != "guard":
            return FieldErrors({"text": refusal.sentence})
        return with_ticket(_note_modal(_scene(heard, services), task), refusal)
    return Replace(_back_to_card(heard, services, result, task))


def _is_ticket(heard: Heard) -> bool:
    return "yes" in heard.values.get(TICKET_FIELD, ())


def _item(scene: Scene, key: str) -> Item:
    item = scene.walk.item(key)
    if item is None:
        raise Refusal("That task is no longer on this firm's roadmap. Nothing was changed.", kind="stale")
    return item


# --- evidence -------------------------------------------------------------------------------------------------


async def open_evidence(heard: Heard, carried: OpenEvidence, services: Services) -> Answer:
    """*Add evidence* on a card."""
    return Open(views.evidence_modal(_scene(heard, services), task=carried.task))


async def type_evidence(heard: Heard, services: Services) -> Answer:
    """`/cais evidence [task]`: the form, or, after a message, which opens none, the card that has the button."""
    require(heard.firm, heard.who, "member")
    scene = _scene(heard, services)
    meant = tasks_meant(scene.pack, scene.walk, heard.words)
    if heard.words and not meant:
        raise NO_SUCH_TASK
    if len(meant) > 1:
        return Say(steps.which_task(scene, meant, "Evidence for which one? Open it and press *Add evidence*."))
    if heard.kind in ("command", "action"):
        return Open(views.evidence_modal(scene, task=meant[0].key if meant else ""))
    if not meant:
        hint = "Name the task, like `evidence s2`. `status` has their short names."
        return Say(rests.now_screen(scene, note(hint)))
    return Say(card(scene, meant[0], note("Press *Add evidence* to give a link or a note.")))


async def save_evidence(heard: Heard, carried: EvidenceForm, services: Services) -> Answer:
    """The evidence modal was submitted: a link, a note, or a link whose label the note is."""
    task = heard.value("task") or carried.task
    link, words, label = heard.value("link"), heard.value("note"), heard.value("label")
    if not link and not words:
        return FieldErrors({"link": "Give a link, or write a note below."})
    kind: EvidenceKind = "link" if link else "note"
    if link:
        label = ": ".join(p for p in (label, words) if p)
    try:
        result = await services.add_evidence(
            heard.firm.key,
            heard.act,
            task,
            kind=kind,
            text=link or words,
            label=label,
            happened_on=_day(heard.value("day")),
            ticket=_is_ticket(heard),
        )
    except Refusal as refusal:
        if refusal.kind == "guard":
            return with_ticket(views.evidence_modal(_scene(heard, services), task=task), refusal)
        return FieldErrors({_field_of(refusal, kind): refusal.sentence})
    return Replace(_back_to_card(heard, services, result, task))


def _field_of(refusal: Refusal, kind: EvidenceKind) -> str:
    if refusal.kind == "stale":
        return "task"
    return "day" if refusal.sentence.startswith("That day") else kind


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


# --- a message as evidence ------------------------------------------------------------------------------------


async def save_message(heard: Heard, services: Services) -> Answer:
    """The message shortcut. Only the message's address and the digest of its text go on from here."""
    sighting = heard.sighting
    found = await _of_message(heard, services)
    if sighting.position is not None:
        return Open(_message_modal(heard, services, sighting.position, found))
    if not sighting.firms:
        raise Refusal("You are not a member of a firm here yet, so there is nothing to save this for. Type `/cais`.")
    return Open(views.message_firm_modal(sighting.firms, found))


async def _of_message(heard: Heard, services: Services) -> MessageFirmForm:
    """The permalink, which says when it was sent, the SHA-256 of the text, and a label; never the text."""
    message: Mapping[str, Any] = heard.payload.get("message") or {}
    channel = (heard.payload.get("channel") or {}).get("id", "")
    domain = (heard.payload.get("team") or {}).get("domain", "")
    stamp = str(message.get("ts", "0"))
    permalink = f"https://{domain}.slack.com/archives/{channel}/p{stamp.replace('.', '')}"
    if message.get("thread_ts") and message["thread_ts"] != stamp:
        permalink += f"?thread_ts={message['thread_ts']}&cid={channel}"
    author = str(message.get("username") or message.get("user") or "an app")
    if message.get("app_id") and message["app_id"] == heard.payload.get("api_app_id"):
        author = "this app"
    elif message.get("user"):
        known = (await services.directory.sight(heard.tenant, place(heard.tenant, message["user"]))).known
        author = known.name or author
    return MessageFirmForm(
        permalink=permalink,
        digest=hashlib.sha256(str(message.get("text") or "").encode()).hexdigest(),
        label=f"Message by {author}",
    )


def _sent_at(permalink: str) -> datetime:
    """When a message was sent, which its address says in microseconds."""
    micros = permalink.partition("?")[0].rpartition("/p")[2]
    return datetime.fromtimestamp(int(micros) / 1_000_000, tz=UTC)


def _message_modal(heard: Heard, services: Services, position: Position, found: MessageFirmForm) -> Modal:
    scene = _scene(heard, services, position)
    label = f"{found.label}, {scene.moment(_sent_at(found.permalink))}"
    saved = scene.carry(SaveMessageForm, permalink=found.permalink, digest=found.digest, label=label)
    return views.message_modal(scene, saved)


async def choose_firm(heard: Heard, carried: MessageFirmForm, services: Services) -> Answer:
    """Which firm the message is for: the modal goes on for that one."""
    position = await services.position(FirmKey(heard.tenant, heard.value("firm")), heard.who)
    return Swap(_message_modal(heard, services, position, carried))


async def keep_message(heard: Heard, carried: SaveMessageForm, services: Services) -> Answer:
    """The message is kept as evidence for a task."""
    task = heard.value("task")
    try:
        result = await services.add_evidence(
            heard.firm.key,
            heard.act,
            task,
            kind="message",
            text=carried.permalink,
            label=carried.label,
            digest=carried.digest,
        )
    except Refusal as refusal:
        return FieldErrors({"task": refusal.sentence})
    return Replace(_kept(heard, services, result, more=views.WEAK, task=task))
