"""Hears that a message of Slack's is evidence: which firm it is for, and of which task."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.buttons import MessageFirmForm, SaveMessageForm
from bot.listeners.evidence import AGAIN
from bot.listeners.scenes import scene_for
from bot.listeners.sent_files import files_of
from bot.listeners.tasks import day_of
from bot.router import Heard, Router
from bot.slack.places import place
from bot.surfaces import Answer, FieldErrors, Modal, Open, Replace, Swap
from bot.typed.words import writable
from bot.views import evidence as views
from bot.views import records as record_views
from bot.views.tasks import recorded
from flows.events import FirmKey
from flows.evidence.pieces import File
from flows.firms import Refusal, require
from flows.position import Position
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here."""
    router.shortcut("save_evidence", firm=False)(save_message)
    router.submit(MessageFirmForm, firm=False)(choose_firm)
    router.submit(SaveMessageForm)(keep_message)


async def save_message(heard: Heard, services: Services) -> Answer:
    """The message shortcut. The message's address, the digest of its text and its files' ids go on from here."""
    sighting = heard.sighting
    found = await _of_message(heard, services)
    if sighting.position is not None:
        require(sighting.position, heard.who, "member")  # before the form is filled in
        return Open(_message_modal(heard, services, sighting.position, found))
    if not sighting.firms:
        raise Refusal("You are not a member of a firm here yet, so there is nothing to save this for. Type `/cais`.")
    return Open(views.message_firm_modal(sighting.firms, found))


async def _of_message(heard: Heard, services: Services) -> MessageFirmForm:
    """The permalink, which says when it was sent, the SHA-256 of any text, a label and its files; never the text."""
    message: Mapping[str, Any] = heard.payload.get("message") or {}
    channel = (heard.payload.get("channel") or {}).get("id", "")
    domain = (heard.payload.get("team") or {}).get("domain", "")
    stamp = str(message.get("ts", "0"))
    permalink = f"https://{domain}.slack.com/archives/{channel}/p{stamp.replace('.', '')}"
    if message.get("thread_ts") and message["thread_ts"] != stamp:
        permalink += f"?thread_ts={message['thread_ts']}&cid={channel}"
    author = writable(str(message.get("username") or message.get("user") or "an app"))
    if message.get("app_id") and message["app_id"] == heard.payload.get("api_app_id"):
        author = "this app"
    elif message.get("user"):
        known = (await services.directory.sight(heard.tenant, place(heard.tenant, message["user"]))).known
        author = known.name or author
    text = str(message.get("text") or "")
    return MessageFirmForm(
        permalink=permalink,
        digest=hashlib.sha256(text.encode()).hexdigest() if text else "",  # of no text it would look like one of some
        label=f"Message by {author}",
        files=tuple(f.id for f in files_of(message)),
    )


def _sent_at(permalink: str) -> datetime:
    """When a message was sent, which its address says in microseconds."""
    micros = permalink.partition("?")[0].rpartition("/p")[2]
    return datetime.fromtimestamp(int(micros) / 1_000_000, tz=UTC)


def _message_modal(heard: Heard, services: Services, position: Position, found: MessageFirmForm) -> Modal:
    scene = scene_for(heard, services, position)
    sent = _sent_at(found.permalink)
    saved = scene.carry(
        SaveMessageForm,
        permalink=found.permalink,
        digest=found.digest,
        label=f"{found.label}, {scene.moment(sent)}",
        files=found.files,
    )
    return views.message_modal(scene, saved, min(scene.recorded_day(sent), scene.today))


async def choose_firm(heard: Heard, carried: MessageFirmForm, services: Services) -> Answer:
    """Which firm the message is for: the modal goes on for that one."""
    position = await services.position(FirmKey(heard.tenant, heard.value("firm")), heard.who)
    try:
        require(position, heard.who, "member")
    except Refusal as refusal:
        return FieldErrors({"firm": refusal.sentence})
    return Swap(_message_modal(heard, services, position, carried))


async def keep_message(heard: Heard, carried: SaveMessageForm, services: Services) -> Answer:
    """The message is kept as evidence for a task, and its files are fetched."""
    task, day = heard.value("task"), day_of(heard.value("day"))
    files = [File(file) for file in carried.files]
    try:
        result = await services.add_evidence(
            heard.firm.key,
            heard.act,
            task,
            kind="message",
            text=carried.permalink,
            label=carried.label,
            digest=carried.digest,
            happened_on=day,
        )
        coming = (
            await services.evidence.expect(
                heard.firm.key, heard.act, task, files, happened_on=day, came_from=carried.permalink
            )
            if files
            else ()
        )
    except Refusal as refusal:
        return FieldErrors({"day" if refusal.sentence.startswith("That day") else "task": refusal.sentence})
    scene = scene_for(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else AGAIN
    if coming:
        top = views.and_on_the_way(scene, top, coming)
    return Replace(record_views.kept(scene, top, more=views.of_message(carried.digest), task=task))
