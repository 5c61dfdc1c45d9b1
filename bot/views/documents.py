"""A firm's own documents: the list and its states, the form, the message that tells the progress, what was found."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.buttons import DocumentForm, OpenDocument, RemoveDocument, RemoveDocumentForm, ShowDocuments
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    escape,
    field,
    file_input,
    literal,
    section,
    short_day,
    text_input,
)
from bot.views.scene import Scene, banner
from flows.documents.finding import Found
from flows.documents.library import KINDS
from flows.history import bytes_in_words, counted
from flows.ports import Document
from flows.reasons import LONGEST

PAGE = 15
"""Documents in a list: each takes two blocks of a message's fifty."""

REASON = "reason"

AT_ONCE = 5
"""Files that may be handed over in one form."""

_QUOTED = 2500
"""Characters of a passage that are shown; passages of ordinary words are shorter."""

_WHAT = "Text (.txt), Markdown (.md), PDF or Word (.docx), up to 50 MB and 3,000 pages each."
_NONE = (
    "There are no documents of the firm's own yet. A lead can add them, such as written supervisory procedures: "
    "questions that the roadmap does not answer are then answered from them, word for word and with their page."
)


def document_list(scene: Scene, documents: Sequence[Document], *, lead: bool, page: int = 0, note: str = "") -> Message:
    """What there is, how far each has been read, and for leads the buttons."""
    name = literal(scene.position.name)
    last = max(0, (len(documents) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = documents[page * PAGE : (page + 1) * PAGE]
    blocks: list[Block] = [section(note)] if note else []
    blocks.append(section(f"*Documents of {name}*" if documents else _NONE))
    for document in shown:
        blocks.append(section(_entry(scene, document)))
        if lead:
            blocks.append(actions(*_buttons(scene, document)))
    ways = [button("Add a document", scene.carry(OpenDocument), style="primary")] if lead else []
    ways += [button("Refresh", scene.carry(ShowDocuments, page=page))] if documents else []
    ways += [button("Earlier", scene.carry(ShowDocuments, page=page - 1))] if page else []
    ways += [button("More", scene.carry(ShowDocuments, page=page + 1))] if page < last else []
    blocks += [actions(*ways)] if ways else []
    blocks.append(banner(scene, "documents"))
    said = f"{name} has {counted(len(documents), 'document')} of its own."
    return Message(f"{note} {said}".strip(), blocks)


def _entry(scene: Scene, document: Document) -> str:
    who = scene.by(document.by, document.by_name)
    added = short_day(scene.recorded_day(datetime.fromisoformat(document.added_at)))
    size = f" · {bytes_in_words(document.size)}" if document.size else ""
    return f"*{literal(document.name)}* · {document.kind.upper()}{size} · added by {who} on {added}\n{state(document)}"


def _buttons(scene: Scene, document: Document) -> list[Element]:
    found = [button("Remove", scene.carry(RemoveDocument, document=document.id), says=f"Remove {document.name}")]
    if document.state == "ready":
        says = f"Replace {document.name}"
        found.insert(0, button("Replace", scene.carry(OpenDocument, document=document.id), says=says))
    return found


def state(document: Document) -> str:
    """How far it is, as a sentence; safe in mrkdwn."""
    there = counted(document.pages, "page") if document.pages else counted(document.passages, "passage")
    match document.state:
        case "ready":
            return f"✅ Ready: {there}."
        case "failed":
            return f"⚠️ {_partly(document)}{escape(document.reason)}"
        case "reading" if document.pages:
            far = f"⏳ Reading page {document.pages_read:,} of {document.pages:,}. What was read can be found already."
        case "reading":
            far = f"⏳ Reading: {there} so far. What was read can be found already."
        case _:
            far = "⏳ Waiting to be read."
    return f"{far} {escape(document.reason)}".strip()  # one that was begun may have to wait for this machine, too


def _partly(document: Document) -> str:
    if not document.passages:
        return "Not read. "
    till = f"to page {document.pages_read:,} of {document.pages:,}" if document.pages else "in part"
    return f"Read {till} only, and that can be found. "


def on_the_way(documents: Sequence[Document]) -> str:
    """Of files that were handed over: which are read now, and which have been; safe in mrkdwn."""
    here = _names(d for d in documents if d.state == "ready")
    coming = _names(d for d in documents if d.state != "ready")
    said = [f"{coming}: on the way. I tell you in our direct messages how far I am."] if coming else []
    said += (
        [f"{here}: here already, so nothing was added. Where the file has changed, press *Replace*."] if here else []
    )
    return " ".join(said)


def _names(documents: Iterable[Document]) -> str:
    return " and ".join(f"*{literal(document.name)}*" for document in documents)


def progress(firm: str, document: Document) -> Message:
    """The message that changes while a document is read."""
    said = state(document)
    if document.state == "ready" and document.reason:  # of the moment it was read: in the list it would stand for ever
        said += f" {escape(document.reason)}"
    after = "\nAsk about it, or see all with `/cais firm documents`." if document.state == "ready" else ""
    return Message(
        f"{literal(document.name)}: {said}",
        [section(f"*{literal(document.name)}*\n{said}{after}"), context(f"*{literal(firm)}* · documents")],
    )


def document_modal(scene: Scene, replaced: Document | None = None) -> Modal:
    """The form for files; for one that takes another's place where `replaced` is given."""
    what = file_input(KINDS, 1 if replaced else AT_ONCE)
    told = "Answers quote these documents word for word, marked as the firm's. Only members of the firm see them."
    if replaced:
        told = (
            f"It takes the place of *{literal(replaced.name)}*, which is still quoted until the new one has been read."
        )
    return Modal(
        title="Replace a document" if replaced else "Add documents",
        blocks=[
            section(told),
            field("file", "File" if replaced else "Files", what, hint=_WHAT),
            context("The file stays in Slack; here its text is kept, and its name, size and SHA-256 in the history."),
        ],
        carried=scene.carry(DocumentForm, document=replaced.id if replaced else ""),
        submit="Replace" if replaced else "Add",
    )


def remove_modal(scene: Scene, document: Document) -> Modal:
    """Asks why it goes."""
    return Modal(
        title="Remove a document",
        blocks=[
            section(
                f"Nothing is quoted from *{literal(document.name)}* from then on. That it was there, who removed it "
                "and why stays in the history."
            ),
            field(
                REASON,
                "Reason",
                text_input(longest=LONGEST),
                hint="Such as: superseded, or of another firm.",
            ),
            banner(scene),
        ],
        carried=scene.carry(RemoveDocumentForm, document=document.id),
        submit="Remove",
    )


def found(scene: Scene, words: str, passages: Sequence[Found]) -> Message:
    """What the firm's documents say to these words, or that they say nothing."""
    if not passages:
        said = f"The firm's documents say nothing to “{literal(clip(words, 150))}” that I would quote."
        return Message(said, [section(said), banner(scene, "documents")])
    blocks = [block for passage in passages for block in quoted(passage)]
    text = f"{literal(passages[0].name)}: {escape(clip(passages[0].text, 300))}"
    return Message(text, [section("*From the firm's own documents:*"), *blocks, banner(scene, "documents")])


def quoted(passage: Found) -> list[Block]:
    """A passage word for word, and under it whose it is: document, heading, page."""
    lines = escape(clip(passage.text, _QUOTED)).replace("\n", "\n>")
    return [section(f">“{lines}”"), context(cited(passage))]


def cited(passage: Found) -> str:
    """Where a passage stands: the firm's document, its heading and page."""
    heading = f", {literal(passage.heading)}" if passage.heading else ""
    page = f", page {passage.page:,}" if passage.page else ""
    return f"The firm's own document: *{literal(passage.name)}*{heading}{page}"
