"""Which evidence is weak by itself, what would be stronger, and which of our suggestions a piece is said to be."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flows.events import EvidenceAdded, EvidenceKind
from flows.roadmap import Task

KINDS: Mapping[EvidenceKind, str] = {"link": "link", "note": "note", "message": "Slack message", "file": "file"}
"""What people call each kind."""

NOT_COPIED = {
    "too_large": "too large",
    "unread": "it is larger than 1 GB, so it was not read",
    "no_room": "the room for copies is used up",
    "unwritable": "the folder for copies could not be written",
    "off": "this installation keeps no copies",
    "elsewhere": "its content is not in Slack",
    "unreachable": "Slack did not hand it over within a day",
}
"""Why there is no copy of a file."""

WEAK = (
    "A link into Slack alone is weak evidence: messages and files there can be edited or deleted, and Slack may not "
    "keep them. Stronger: the document itself as a file, or a link to where your firm keeps its records."
)


def is_weak(event: EvidenceAdded) -> bool:
    """Whether it is no more than an address, or a digest: what stands there may change or go; no copy is kept here."""
    if event.kind == "message":
        return True
    if event.kind == "file":
        return not event.copied
    return event.kind == "link" and is_slacks(event.text)


def is_slacks(address: str) -> bool:
    """Whether this address leads into Slack."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host.endswith((".slack.com", ".slack-gov.com")) or host in ("slack.com", "slack-gov.com")


def kept_how(event: EvidenceAdded) -> str:
    """Of a file: whether its content is kept here, and why not."""
    if event.copied:
        return "copy kept"
    reference = "" if event.digest else "; kept as a reference"
    return f"not copied: {NOT_COPIED.get(event.not_copied, event.not_copied)}{reference}"


def suggestions(task: Task, chosen: Sequence[str]) -> tuple[str, ...]:
    """Those of a task's suggestions that were chosen by their place, `s2 0`; what belongs to another task is none."""
    known = {place_of(task, nth): item for nth, item in enumerate(task.evidence)}
    return tuple(known[one] for one in chosen if one in known)


def place_of(task: Task, nth: int) -> str:
    """How a suggestion is named in a form, since its words may be longer than Slack takes."""
    return f"{task.id} {nth}"
