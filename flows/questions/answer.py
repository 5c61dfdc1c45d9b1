"""What comes of a question, as values: an answer with its citations, two readings, or a reason why there is none."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from flows.roadmap import Contact, Environment, Link

Said = Literal["yes", "no", ""]


class Citation(msgspec.Struct, frozen=True):
    """A verbatim sentence of the roadmap. `step` is empty outside the steps; `lines` are its first and last line."""

    id: str
    step: str
    quote: str
    lines: tuple[int, int]


class Part(msgspec.Struct, frozen=True):
    """The answer to one question, or one reading of it: a direct line where the text allows it, and the quotes."""

    subject: str
    direct: str
    said: Said
    citations: tuple[Citation, ...]
    links: tuple[Link, ...] = ()
    contact: Contact | None = None
    reading: str = ""
    """How this reading is named on a button, where there is more than one."""


class Answered(msgspec.Struct, frozen=True):
    """The roadmap answers it; two questions in one have two parts. `not_said` says which other part has no answer."""

    parts: tuple[Part, ...]
    confidence: float
    edition: str
    not_said: str = ""
    firm: str = ""
    """What the firm's own position adds: "For your firm that is step 5: ..."."""


class Ambiguous(msgspec.Struct, frozen=True):
    """It can be read in two ways, and the roadmap answers both."""

    readings: tuple[Part, ...]
    confidence: float
    edition: str


class Declined(msgspec.Struct, frozen=True):
    """The roadmap does not say. `theme` is what it was about; `draft` a message for the Helpdesk to copy."""

    theme: str
    reason: str
    nearest: Citation | None
    contact: Contact
    draft: str
    confidence: float
    edition: str


class Refused(msgspec.Struct, frozen=True):
    """The question looks as if it held personal data; nothing of it may be stored."""

    reason: str


Answer = Answered | Ambiguous | Declined | Refused


class Context(msgspec.Struct, frozen=True):
    """What the question follows: the one before it in the thread, the step of the card it was asked from."""

    previous_question: str = ""
    current_step: str = ""


def citations_of(answer: Answer) -> Sequence[Citation]:
    """All citations, the first of each part before the others."""
    parts = answer.parts if isinstance(answer, Answered) else answer.readings if isinstance(answer, Ambiguous) else ()
    firsts = [p.citations[0] for p in parts]
    rest = [c for p in parts for c in p.citations[1:]]
    return list(dict.fromkeys((*firsts, *rest)))
