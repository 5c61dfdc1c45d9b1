"""Hears about evidence: the form, a message of Slack's, files in a direct message, and taking a piece away."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from bot.buttons import (
    EvidenceForm,
    LeaveFiles,
    MessageFirmForm,
    OpenEvidence,
    OpenProof,
    OpenRemoveEvidence,
    PickProofFirm,
    ProveTask,
    RemoveEvidenceForm,
    SaveMessageForm,
    ShowEvidence,
    TakeAsDocuments,
)
from bot.listeners import documents
from bot.listeners.tasks import NO_SUCH_TASK
from bot.places import place
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Letter, Message, Modal, Open, Replace, Say, Swap, Written
from bot.task_words import tasks_meant
from bot.views import evidence as views
from bot.views import records as record_views
from bot.views import rests, steps
from bot.views.blocks import TICKET_FIELD
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from bot.views.tasks import NOTHING, Top, card, note, recorded
from flows.asked import Owed
from flows.documents.use_cases import File as DocumentFile
from flows.events import EvidenceKind, FirmKey
from flows.evidence.pieces import AT_ONCE, GONE, File
from flows.evidence.use_cases import TOLD, Became
from flows.firms import Refusal, require, role_of
from flows.legal_hold import may_remove
from flows.position import Position
from flows.services import Services
from flows.walk import Item

AGAIN = note("That is recorded already. Nothing was added.")


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.command("evidence")(type_evidence)
    router.shortcut("save_evidence", firm=False)(save_message)
    router.event("files_sent")(files_sent)
    router.action(OpenEvidence)(open_evidence)
    router.submit(EvidenceForm)(save_evidence)
    router.submit(MessageFirmForm, firm=False)(choose_firm)
    router.submit(SaveMessageForm)(keep_message)
    router.action(ShowEvidence)(show_evidence)
    router.action(OpenRemoveEvidence)(open_remove)
    router.submit(RemoveEvidenceForm)(remove)
    router.action(ProveTask)(prove_task)
    router.action(OpenProof)(open_proof)
    router.action(PickProofFirm, firm=False)(pick_firm)
    router.action(TakeAsDocuments)(take_as_documents)
    router.action(LeaveFiles, firm=False)(leave)
    router.digest(TOLD)(write_what_became)


def _scene(heard: Heard, services: Services, position: Position | None = None) -> Scene:
    return scene_of(services, position or heard.firm, heard.who.id, heard.zone)


def _item(scene: Scene, key: str) -> Item:
    item = scene.walk.item(key)
    if item is None:
        raise Refusal("That task is no longer on this firm's roadmap. Nothing was changed.", kind="stale")
    return item


# --- the form -------------------------------------------------------------------------------------------------


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
    return Say(card(scene, meant[0], note("Press *Add evidence* to give a file, a link or a note.")))


class _Given(msgspec.Struct, frozen=True):
    """What a form was filled with."""

    task: str
    link: str
    words: str
    label: str
    day: date | None
    files: Sequence[File]
    covers: Sequence[str]
    ticket: bool

    @property
    def named(self) -> str:
        """A name for the files: the one that was given, else the note."""
        return self.label or ("" if self.link else self.words)


async def save_evidence(heard: Heard, carried: EvidenceForm, services: Services) -> Answer:
    """The evidence form was sent: files, a link, a note, or a link whose label the note is."""
    given = _given(heard, carried)
    if not given.link and not given.words and not given.files:
        return FieldErrors({"files": "Choose a file, give a link, or write a note."})
    try:
        if given.files:  # nothing is recorded of a form that is refused in part
            services.evidence.check(
                heard.firm,
                heard.act,
                given.task,
                given.files,
                label=given.named,
                happened_on=given.day,
                ticket=given.ticket,
            )
        return Replace(await _save(heard, services, given))
    except Refusal as refusal:
        if refusal.kind == "guard":
            modal = views.evidence_modal(_scene(heard, services), task=given.task, files=carried.files)
            return with_ticket(modal, refusal)
        return FieldErrors({_field_of(refusal, given): refusal.sentence})


def _given(heard: Heard, carried: EvidenceForm) -> _Given:
    chosen = documents.handed_over(heard.payload, "files")
    sent = [File(file) for file in carried.files]
    return _Given(
        task=heard.value("task") or carried.task,
        link=heard.value("link"),
        words=heard.value("note"),
        label=heard.value("label"),
        day=_day(heard.value("day")),
        files=sent or [File(f.id, f.name, f.size) for f in chosen],
        covers=heard.values.get(views.COVERS, ()),
        ticket=_is_ticket(heard),
    )


async def _save(heard: Heard, services: Services, given: _Given) -> Message:
    """Raises Refusal."""
    position, top = heard.firm, NOTHING
    if given.link or (given.words and not given.files):
        kind: EvidenceKind = "link" if given.link else "note"
        label = ": ".join(p for p in (given.label, given.words) if p) if given.link else given.label
        result = await services.add_evidence(
            heard.firm.key,
            heard.act,
            given.task,
            kind=kind,
            text=given.link or given.words,
            label=label,
            happened_on=given.day,
            covers=given.covers,
            ticket=given.ticket,
        )
        position = result.position
        top = recorded(_scene(heard, services, position), result.records) if result.changed else AGAIN
    if given.files:
        coming = await services.evidence.expect(
            heard.firm.key,
            heard.act,
            given.task,
            given.files,
            label=given.named,
            happened_on=given.day,
            covers=given.covers,
            ticket=given.ticket,
        )
        top = _both(top, views.on_the_way(coming))
    scene = _scene(heard, services, position)
    item = scene.walk.item(given.task)
    return card(scene, item, top) if item else record_views.kept(scene, top, task=given.task)


def _both(first: Top, second: Top) -> Top:
    return Top(f"{first.text} {second.text}".strip(), (*first.blocks, *second.blocks))


def _field_of(refusal: Refusal, given: _Given) -> str:
    if refusal.kind == "stale":
        return "task"
    if refusal.sentence.startswith("That day"):
        return "day"
    return "link" if given.link and refusal.sentence.startswith("A link") else "files" if given.files else "note"


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _is_ticket(heard: Heard) -> bool:
    return "yes" in heard.values.get(TICKET_FIELD, ())


# --- a message as evidence ------------------------------------------------------------------------------------


async def save_message(heard: Heard, services: Services) -> Answer:
    """The message shortcut. The message's address, the digest of its text and its files' ids go on from here."""
    sighting = heard.sighting
    found = await _of_message(heard, services)
    if sighting.position is not None:
        return Open(_message_modal(heard, services, sighting.position, found))
    if not sighting.firms:
        raise Refusal("You are not a member of a firm here yet, so there is nothing to save this for. Type `/cais`.")
    return Open(views.message_firm_modal(sighting.firms, found))


async def _of_message(heard: Heard, services: Services) -> MessageFirmForm:
    """The permalink, which says when it was sent, the SHA-256 of the text, a label and its files; never the text."""
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
        files=tuple(f.id for f in files_of(message)),
    )


def files_of(message: Mapping[str, Any]) -> Sequence[File]:
    """The files in a message, as far as Slack describes them there; an id is all that is sure."""
    given = [f for f in message.get("files") or () if isinstance(f, Mapping) and f.get("id")]
    return [
        File(str(f["id"]), str(f.get("name") or ""), f["size"] if isinstance(f.get("size"), int) else None)
        for f in given[:AT_ONCE]
    ]


def _sent_at(permalink: str) -> datetime:
    """When a message was sent, which its address says in microseconds."""
    micros = permalink.partition("?")[0].rpartition("/p")[2]
    return datetime.fromtimestamp(int(micros) / 1_000_000, tz=UTC)


def _message_modal(heard: Heard, services: Services, position: Position, found: MessageFirmForm) -> Modal:
    scene = _scene(heard, services, position)
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
    return Swap(_message_modal(heard, services, position, carried))


async def keep_message(heard: Heard, carried: SaveMessageForm, services: Services) -> Answer:
    """The message is kept as evidence for a task, and its files are fetched."""
    task, day = heard.value("task"), _day(heard.value("day"))
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
    scene = _scene(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else AGAIN
    if coming:
        top = _both(top, views.on_the_way(coming))
    return Replace(record_views.kept(scene, top, more=views.WEAK_MESSAGE, task=task))


# --- what a task has ------------------------------------------------------------------------------------------


async def show_evidence(heard: Heard, carried: ShowEvidence, services: Services) -> Answer:
    """*Evidence* on a card."""
    return Replace(await _of_task(heard, services, carried.task))


async def _of_task(
    heard: Heard, services: Services, task: str, top: Top = NOTHING, position: Position | None = None
) -> Message:
    scene = _scene(heard, services, position)
    item = _item(scene, task)
    key = heard.firm.key
    pieces = await services.evidence.of_task(key, heard.who, item.key)
    return views.of_task(scene, item, pieces, await services.evidence.coming(key, heard.who, item.key), top)


async def open_remove(heard: Heard, carried: OpenRemoveEvidence, services: Services) -> Answer:
    """*Remove…* beside a piece."""
    require(heard.firm, heard.who, "member")
    scene = _scene(heard, services)
    found = await services.evidence.of_task(heard.firm.key, heard.who, carried.task)
    piece = next((p for p in found if p.row.sequence == carried.evidence and p.removed is None), None)
    if piece is None:
        raise GONE
    form = scene.carry(RemoveEvidenceForm, evidence=carried.evidence, task=carried.task)
    may_remove(heard.firm)
    return Open(views.remove_modal(scene, form, piece.name))


async def remove(heard: Heard, carried: RemoveEvidenceForm, services: Services) -> Answer:
    """A piece is taken away, with the reason; *Undo* brings it back."""
    try:
        result = await services.evidence.remove(
            heard.firm.key, heard.act, carried.evidence, reason=heard.value("reason"), ticket=_is_ticket(heard)
        )
    except Refusal as refusal:
        if refusal.kind != "guard":
            return FieldErrors({"reason": refusal.sentence})
        return with_ticket(views.remove_modal(_scene(heard, services), carried, "This piece"), refusal)
    scene = _scene(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else note("That was removed before. Nothing was changed.")
    return Replace(await _of_task(heard, services, carried.task, top, result.position))


# --- files in a direct message --------------------------------------------------------------------------------


async def files_sent(heard: Heard, services: Services) -> Answer:
    """A file came in our direct messages: kept where the words say for which task, else it is asked."""
    files = files_of(heard.payload)
    sighting = heard.sighting
    if sighting.position is None and not sighting.firms:
        raise Refusal("You are not a member of a firm here yet, so I have nothing to keep this for. Type `/cais`.")
    if sighting.position is None:
        return Say(views.which_firm(sighting.firms, files))
    require(sighting.position, heard.who, "member")
    scene = _scene(heard, services, sighting.position)
    if meant := _meant(scene, heard.words):
        coming = await services.evidence.expect(sighting.position.key, heard.act, meant.key, files)
        return Say(card(scene, meant, views.on_the_way(coming)))
    lead = role_of(sighting.position, heard.who) == "lead"
    if lead and heard.words.casefold().rstrip("s") in ("document", "firm document"):
        return Say(await _as_documents(heard, services, [(f.id, f.name, f.size or 0) for f in files]))
    return Say(views.what_for(scene, files, lead=lead))


def _meant(scene: Scene, words: str) -> Item | None:
    """The one task that the words beside a file name, with or without `evidence` before it."""
    first, _, rest = words.strip().partition(" ")
    named = rest if first.casefold().rstrip(":") in ("evidence", "proof", "for") else words.strip()
    found = tasks_meant(scene.pack, scene.walk, named.removeprefix("for ")) if named else ()
    return found[0] if len(found) == 1 else None


async def prove_task(heard: Heard, carried: ProveTask, services: Services) -> Answer:
    """The task was chosen."""
    task = heard.chosen[0] if heard.chosen else ""
    files = [File(file) for file in carried.files]
    coming = await services.evidence.expect(heard.firm.key, heard.act, task, files)
    scene = _scene(heard, services)
    return Replace(card(scene, _item(scene, task), views.on_the_way(coming)))


async def open_proof(heard: Heard, carried: OpenProof, services: Services) -> Answer:
    """*With a day and a name…*."""
    require(heard.firm, heard.who, "member")
    return Open(views.evidence_modal(_scene(heard, services), files=carried.files))


async def pick_firm(heard: Heard, carried: PickProofFirm, services: Services) -> Answer:
    """Which firm the files are for: then which task."""
    firm = heard.chosen[0] if heard.chosen else ""
    position = await services.position(FirmKey(heard.tenant, firm), heard.who)
    require(position, heard.who, "member")
    files = [File(file) for file in carried.files]
    lead = role_of(position, heard.who) == "lead"
    return Replace(views.what_for(_scene(heard, services, position), files, lead=lead))


async def take_as_documents(heard: Heard, carried: TakeAsDocuments, services: Services) -> Answer:
    """*A document to quote from*."""
    return Replace(await _as_documents(heard, services, carried.files))


async def _as_documents(heard: Heard, services: Services, files: Sequence[tuple[str, str, int]]) -> Message:
    return await documents.taken(heard, services, [DocumentFile(*file) for file in files])


async def leave(heard: Heard, carried: LeaveFiles, services: Services) -> Answer:
    """*Neither*."""
    return Replace(Message("Nothing was kept of it."))


# --- what became of them --------------------------------------------------------------------------------------


async def write_what_became(owed: Sequence[Owed], services: Services) -> Written:
    """What became of the files of one form: unless the one who sent them has left the firm."""
    position = await services.events.position(FirmKey(owed[0].tenant, owed[0].firm))
    if position is None or owed[0].person not in position.members:
        return Written(None, tuple(o.key for o in owed))
    found, needless = [], []
    for one in owed:
        told = msgspec.json.decode(one.about, type=Became)
        piece = await services.evidence.piece(position.key, told.sequence) if told.sequence else None
        if told.sequence and piece is None:
            needless.append(one.key)  # undone meanwhile
        else:
            found.append((told, piece))
    letter = Letter(views.became(scene_of(services, position, owed[0].person), found)) if found else None
    return Written(letter, tuple(needless))
