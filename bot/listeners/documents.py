"""Hears about the firm's own documents: what there is, files that are added, replaced or removed, words to look for."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.buttons import DocumentForm, OpenDocument, RemoveDocument, RemoveDocumentForm, ShowDocuments
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed.words import writable
from bot.views import documents as views
from bot.views.blocks import literal
from bot.views.scene import Scene, scene_of
from flows.documents.use_cases import File
from flows.firms import Refusal, require, role_of
from flows.legal_hold import may_remove
from flows.ports import Document
from flows.services import Services

GONE = Refusal("That document is not here any more. Nothing was changed.", kind="stale")


def register(router: Router) -> None:
    """What is heard here."""
    router.command("firm documents", "documents", free_text=True)(documents)
    router.action(ShowDocuments)(press_documents)
    router.action(OpenDocument)(open_form)
    router.submit(DocumentForm)(take_files)
    router.action(RemoveDocument)(ask_why)
    router.submit(RemoveDocumentForm)(remove)


async def documents(heard: Heard, services: Services) -> Answer:
    """`/cais firm documents [words]`."""
    if not heard.words.strip():
        return Say(await _list(heard, services))
    passages = await services.ask_documents(heard.firm.key, heard.who, heard.words)
    return Say(views.found(_scene(heard, services), heard.words, passages))


async def press_documents(heard: Heard, carried: ShowDocuments, services: Services) -> Answer:
    """*Documents*, *Refresh*, *More*, *Earlier*."""
    return Replace(await _list(heard, services, page=carried.page))


async def _list(heard: Heard, services: Services, *, page: int = 0, note: str = "") -> Message:
    there = await services.documents.listed(heard.firm.key, heard.who)
    lead = role_of(heard.firm, heard.who) == "lead"
    return views.document_list(_scene(heard, services), there, lead=lead, page=page, note=note)


def _scene(heard: Heard, services: Services) -> Scene:
    return scene_of(services, heard.firm, heard.who.id)


async def open_form(heard: Heard, carried: OpenDocument, services: Services) -> Answer:
    """*Add a document*, *Replace*."""
    require(heard.firm, heard.who, "lead")
    replaced = await _document(heard, services, carried.document) if carried.document else None
    return Open(views.document_modal(_scene(heard, services), replaced))


async def _document(heard: Heard, services: Services, document: str) -> Document:
    there = await services.documents.listed(heard.firm.key, heard.who)
    found = next((each for each in there if each.id == document), None)
    if found is None:
        raise GONE
    return found


async def take_files(heard: Heard, carried: DocumentForm, services: Services) -> Answer:
    """The form was sent. The files are fetched and read afterwards, and a message tells how far that is."""
    files = handed_over(heard.payload)
    if not files:
        return FieldErrors({"file": "Choose a file."})
    try:
        return Replace(await taken(heard, services, files, replaces=carried.document))
    except Refusal as refusal:
        return FieldErrors({"file": refusal.sentence})


async def taken(heard: Heard, services: Services, files: Sequence[File], *, replaces: str = "") -> Message:
    """These files are read from now on. Raises Refusal, which names those that may not be added: then none is."""
    coming = await services.documents.expect(heard.firm.key, heard.act, files, replaces=replaces)
    return await _list(heard, services, note=views.on_the_way(coming))


def handed_over(payload: Mapping[str, Any], block: str = "file") -> Sequence[File]:
    """The files in this block of a submitted form, as Slack describes them."""
    values = ((payload.get("view") or {}).get("state") or {}).get("values") or {}
    given = ((values.get(block) or {}).get("value") or {}).get("files") or ()
    return [
        File(str(f["id"]), writable(str(f.get("name") or f["id"])), int(f.get("size") or 0))
        for f in given
        if f.get("id")
    ]


async def ask_why(heard: Heard, carried: RemoveDocument, services: Services) -> Answer:
    """*Remove*."""
    require(heard.firm, heard.who, "lead")
    document = await _document(heard, services, carried.document)
    if document.id in heard.firm.documents:
        may_remove(heard.firm)
    return Open(views.remove_modal(_scene(heard, services), document))


async def remove(heard: Heard, carried: RemoveDocumentForm, services: Services) -> Answer:
    """The reason was given."""
    try:
        name = await services.documents.remove(heard.firm.key, heard.act, carried.document, heard.value(views.REASON))
    except Refusal as refusal:
        return FieldErrors({views.REASON: refusal.sentence})
    note = f"*{literal(name)}* was removed. Nothing is quoted from it any more." if name else GONE.sentence
    return Replace(await _list(heard, services, note=note))
