"""Deciding about a firm's own documents: which may be added, by whom, and what to say where one cannot be read."""

from collections.abc import Mapping, Sequence

from flows import events as e
from flows import guard, reasons
from flows.documents.bounds import LARGEST
from flows.events import AnyEvent
from flows.firms import Person, Refusal, require
from flows.legal_hold import may_remove
from flows.ports import Document
from flows.position import Position

MOST_DOCUMENTS = 200
"""Documents a firm may have at once."""

LONGEST_NAME = 150

KINDS = ("txt", "md", "pdf", "docx")

WRONG_KIND = "I can read text (.txt), Markdown (.md), PDF and Word (.docx) files, and this is none of them."

REASONS: Mapping[str, str] = {
    "gone": "The file is not in Slack any more, or the app may not see it. Add it again.",
    "not_theirs": "The file is somebody else's, and as far as I can see it is nowhere in Slack where you read it. Save "
    "it, and add it as a file of your own.",
    "no_scope": "The app may not read files here yet. A workspace admin installs it again, which adds `files:read`.",
    "too_large": "The file is larger than 50 MB. Add it in parts.",
    "too_many_pages": "The file has more than 3,000 pages. Add it in parts.",
    "too_much": "Reading it took more time or memory than one document may have. Add it in parts, or save it anew.",
    "too_much_text": "The file unpacks to far more than a document holds, so I stopped. Save it anew and add that.",
    "encrypted": "The file is protected by a password. Save it without one and add that.",
    "broken": "The file is damaged, or is not what its name says. Open it, save it anew and add that.",
    "empty": "There is nothing in the file.",
    "scanned": "There are pages but no text in them: it looks like a scan. Run text recognition on it and add that.",
    "no_text": "There is no text in the file.",
    "macros": "The file contains macros, which I do not open. Save it as .docx without macros and add that.",
    "old_word": "This is Word's old format, or protected by a password. Save it as .docx without one and add that.",
    "not_text": "The file is no plain text, whatever its name says. Save it as text (UTF-8) and add that.",
    "changed": "The file in Slack is not the one that was added: it changed meanwhile. Add it again.",
    "tried_often": "Something went wrong each time I tried to read it. Save it anew and add that.",
    "removed_meanwhile": "The document it was to replace was removed meanwhile. Add it as a new one.",
}
"""What to say where a document cannot be read, and what to do about it."""


NO_ROOM = (
    "The server this app runs on cannot take the file just now; its disk may be full. I try again by myself. Where it "
    "stays so, tell whoever runs the app."
)
"""What to say where it still waits, and neither the document nor Slack is to blame."""


def kind_of(name: str) -> str:
    """What its name says it is, in small letters; empty where that is nothing we read."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    ending = {"markdown": "md", "text": "txt"}.get(ending, ending)
    return ending if ending in KINDS else ""


def may_expect_all(
    position: Position,
    who: Person,
    files: Sequence[tuple[str, int, str]],
    there: Sequence[Document],
    *,
    together: int,
) -> None:
    """Raises Refusal, which names them, where some of these files (name, size, what each replaces) may not be added.

    All are looked at before one is taken: whoever reads that a file was refused must know what became of the others.
    `together`: how many were handed over, with those that are here already.
    """
    require(position, who, "lead")
    refused: dict[str, list[str]] = {}
    kinds: list[str] = []
    new = 0
    for name, size, replaces in files:
        try:
            may_expect(position, who, name, size, there, replaces, beside=new)
        except Refusal as refusal:
            refused.setdefault(refusal.sentence, []).append(name)
            kinds.append(refusal.kind)
        new += not replaces
    if refused:
        said = [f"{' and '.join(names)}: {sentence}" for sentence, names in refused.items()]
        said += [f"None of the {together} files was added."] if together > 1 else []
        raise Refusal(" ".join(said), kind=kinds[0])


def may_expect(
    position: Position, who: Person, name: str, size: int, there: Sequence[Document], replaces: str, *, beside: int = 0
) -> None:
    """Raises Refusal where this file may not be added to this firm, or not by this person.

    `beside`: how many new ones come with it, before it.
    """
    require(position, who, "lead")
    if name.casefold().endswith((".docm", ".dotm")):
        raise Refusal(REASONS["macros"])
    if name.casefold().endswith((".doc", ".dot")):
        raise Refusal(REASONS["old_word"])
    if not kind_of(name):
        raise Refusal(WRONG_KIND)
    guard.check([name], ticket=False, way_on=False)
    if size > LARGEST:
        raise Refusal(REASONS["too_large"])
    if replaces:
        may_remove(position)  # the one whose place it takes would go
    if replaces and replaces not in position.documents:
        raise Refusal(REASONS["removed_meanwhile"], kind="stale")
    if not replaces and len(there) + beside >= MOST_DOCUMENTS:
        raise Refusal(f"A firm keeps at most {MOST_DOCUMENTS} documents. Remove one first. Nothing was changed.")


def add(position: Position, who: Person, document: Document) -> list[AnyEvent]:
    """It was fetched and can be opened: from now on it counts."""
    require(position, who, "lead")
    if document.id in position.documents:
        return []
    return [
        e.DocumentAdded(
            document=document.id,
            name=document.name,
            kind=document.kind,
            size=document.size,
            digest=document.digest,
            pages=document.pages,
        )
    ]


def remove(
    position: Position, who: Person, document: str, *, replaced_by: str = "", reason: str = ""
) -> list[AnyEvent]:
    """It does not count any more, from this moment on. Raises Refusal without a reason, and under a legal hold."""
    require(position, who, "lead")
    known = position.documents.get(document)
    if known is None:
        return []
    may_remove(position)
    if not replaced_by:
        reason = reasons.given(reason)
    return [e.DocumentRemoved(document=document, name=known.name, replaced_by=replaced_by, reason=reason)]
