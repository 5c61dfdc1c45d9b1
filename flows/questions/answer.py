"""What comes of a question, as values: an answer with its citations, readings to choose from, or why there is none."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from flows.roadmap import Contact, Environment, Link

Said = Literal["yes", "no", ""]


class Citation(msgspec.Struct, frozen=True):
    """A verbatim passage of the roadmap. `step` is empty outside the steps; `lines` are its first and last line."""

    id: str
    step: str
    quote: str
    lines: tuple[int, int]


class Part(msgspec.Struct, frozen=True):
    """The answer to one question, or one reading of it: a direct line where the text allows one, and the quotes."""

    subject: str
    direct: str
    said: Said
    citations: tuple[Citation, ...]
    links: tuple[Link, ...] = ()
    contact: Contact | None = None
    environment: Environment | None = None
    firm: str = ""
    """What the firm's own position adds: "For your firm that is step 5: ..."."""


class Answered(msgspec.Struct, frozen=True):
    """The roadmap answers it. Two questions in one have two parts."""

    parts: tuple[Part, ...]
    confidence: float
    edition: str


class Ambiguous(msgspec.Struct, frozen=True):
    """It can be read in more than one way, and the roadmap answers each: offer the readings, the likeliest first."""

    readings: tuple[Part, ...]
    confidence: float
    edition: str


class Declined(msgspec.Struct, frozen=True):
    """The roadmap does not say, or it is not sure that it does: then there is no `theme`, which is what it was about.

    `draft` is a message to the Helpdesk, to fill in.
    """

    theme: str
    reason: str
    contact: Contact
    draft: str
    confidence: float
    edition: str
    nearest: Citation | None = None
    """The passage that comes closest, where that helps."""


class Refused(msgspec.Struct, frozen=True):
    """The question looks as if it held personal data: it was not read, and nothing of it may be stored."""

    reason: str


Answer = Answered | Ambiguous | Declined | Refused


class Context(msgspec.Struct, frozen=True):
    """What the question follows: the one before it in the thread, the step of the card it was asked from."""

    previous_question: str = ""
    current_step: str = ""


def parts_of(answer: Answer) -> Sequence[Part]:
    """The parts, or the readings; none where the roadmap does not say."""
    if isinstance(answer, Answered):
        return answer.parts
    return answer.readings if isinstance(answer, Ambiguous) else ()


def citations_of(answer: Answer) -> Sequence[Citation]:
    """All citations, the first of each part before the others, each once."""
    parts = parts_of(answer)
    firsts = [part.citations[0] for part in parts]
    rest = [citation for part in parts for citation in part.citations[1:]]
    return list(dict.fromkeys((*firsts, *rest)))
