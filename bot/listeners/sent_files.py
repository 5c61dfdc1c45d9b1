"""Hears about files in our direct messages: what they are evidence of is asked; and tells what became of any file."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bot.buttons import LeaveFiles, OpenProof, PickProofFirm, ProveTask, TakeAsDocuments
from bot.listeners import documents
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Letter, Message, Open, Replace, Say, Written
from bot.typed.tasks import tasks_meant
from bot.typed.words import writable
from bot.views import evidence as views
from bot.views.scene import Scene, scene_of
from bot.views.tasks import card
from flows.asked import Owed
from flows.documents.use_cases import File as DocumentFile
from flows.events import FirmKey
from flows.evidence.pieces import AT_ONCE, File, must_hold_something
from flows.evidence.use_cases import TOLD, Became
from flows.firms import Refusal, require, role_of
from flows.progress import find
from flows.services import Services
from flows.walk import Item


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.event("files_sent")(files_sent)
    router.action(ProveTask)(prove_task)
    router.action(OpenProof)(open_proof)
    router.action(PickProofFirm, firm=False)(pick_firm)
    router.action(TakeAsDocuments)(take_as_documents)
    router.action(LeaveFiles, firm=False)(leave)
    router.digest(TOLD)(write_what_became)


def files_of(message: Mapping[str, Any]) -> Sequence[File]:
    """The files in a message, as far as Slack describes them there; an id is all that is sure."""
    given = [f for f in message.get("files") or () if isinstance(f, Mapping) and f.get("id")]
    return [
        File(str(f["id"]), writable(str(f.get("name") or "")), f["size"] if isinstance(f.get("size"), int) else None)
        for f in given[:AT_ONCE]
    ]


async def files_sent(heard: Heard, services: Services) -> Answer:
    """A file came in our direct messages: kept where the words say for which task, else it is asked."""
    files = files_of(heard.payload)
    sighting = heard.sighting
    if sighting.position is None and not sighting.firms:
        raise Refusal("You are not a member of a firm here yet, so I have nothing to keep this for. Type `/cais`.")
    must_hold_something(files)  # before anybody is asked what it proves
    if sighting.position is None:
        return Say(views.which_firm(sighting.firms, files))
    require(sighting.position, heard.who, "member")
    scene = scene_for(heard, services, sighting.position)
    if meant := _meant(scene, heard.words):
        coming = await services.evidence.expect(sighting.position.key, heard.act, meant.key, files)
        return Say(card(scene, meant, views.on_the_way(scene, coming)))
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
    scene = scene_for(heard, services)
    return Replace(card(scene, find(services.pack, heard.firm, task), views.on_the_way(scene, coming)))


async def open_proof(heard: Heard, carried: OpenProof, services: Services) -> Answer:
    """*With a day and a name…*."""
    require(heard.firm, heard.who, "member")
    return Open(views.evidence_modal(scene_for(heard, services), files=carried.files))


async def pick_firm(heard: Heard, carried: PickProofFirm, services: Services) -> Answer:
    """Which firm the files are for: then which task."""
    firm = heard.chosen[0] if heard.chosen else ""
    position = await services.position(FirmKey(heard.tenant, firm), heard.who)
    require(position, heard.who, "member")
    files = [File(file) for file in carried.files]
    lead = role_of(position, heard.who) == "lead"
    return Replace(views.what_for(scene_for(heard, services, position), files, lead=lead))


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
