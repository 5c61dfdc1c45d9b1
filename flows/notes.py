"""Update notes: what has changed since the edition, said by a workspace admin with its source and its day."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from flows import guard
from flows.asked import UpdateNote
from flows.firms import Person, Refusal
from flows.questions.answer import Citation
from flows.roadmap import Pack

LONGEST_TEXT = 600
LONGEST_SOURCE = 300
FRESH = timedelta(days=180)
"""How long what a note says is taken for current; older ones say that they are to be checked."""

_LINES = re.compile(r"(?:lines?\s*)?(\d{1,4})(?:\s*(?:-|–|to)\s*(\d{1,4}))?")
_NAMED = re.compile(r"\b(?:forms?|fields?|attributes|specifications)\b", re.IGNORECASE)
"""What a passage must speak of for the standing note to be about it: forms, fields and where they are laid down."""


def require_admin(who: Person) -> None:
    """Raises Refusal for whoever does not run the workspace."""
    if not who.admin:
        raise Refusal("Only a workspace admin can change update notes. Nothing was changed.", kind="rights")


def check(pack: Pack, *, text: str, source: str, as_of: date, step: str, lines: str, today: date) -> tuple[int, int]:
    """The lines it is about, (0, 0) for a whole step or roadmap. Raises Refusal where something is missing or wrong."""
    if not text.strip() or not source.strip():
        raise Refusal("A note needs its text and its source.")
    if len(text) > LONGEST_TEXT or len(source) > LONGEST_SOURCE:
        raise Refusal(f"A note may have {LONGEST_TEXT} characters, its source {LONGEST_SOURCE}.")
    if as_of > today:
        raise Refusal("The day cannot be in the future: it says since when this is known.")
    if step and step not in {s.id for s in pack.steps}:
        raise Refusal(f"The roadmap has steps {pack.steps[0].id} to {pack.steps[-1].id}.")
    guard.check([text, source], ticket=False, way_on=False)
    return _lines(lines)


def _lines(typed: str) -> tuple[int, int]:
    clean = typed.strip()
    if not clean:
        return 0, 0
    found = _LINES.fullmatch(clean)
    if not found:
        raise Refusal("Name lines like 29 or 29-30, or leave it empty.")
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise Refusal("Name lines like 29 or 29-30, the first one first.")
    return first, last


def touches(note: UpdateNote, step: str, lines: tuple[int, int]) -> bool:
    """Whether it is about a passage of this step, at these lines."""
    if note.first:
        return note.first <= lines[1] and lines[0] <= note.last
    return note.step in ("", step)


def beside(notes: Iterable[UpdateNote], citations: Sequence[Citation]) -> tuple[UpdateNote, ...]:
    """The notes that touch one of these passages."""
    return tuple(n for n in notes if any(touches(n, c.step, c.lines) for c in citations))


def of_step(notes: Iterable[UpdateNote], step: str, lines: Sequence[tuple[int, int]]) -> tuple[UpdateNote, ...]:
    """The notes that touch a step, or one of the passages shown of it."""
    return tuple(
        n
        for n in notes
        if (not n.first and n.step in ("", step)) or (n.first and any(touches(n, step, at) for at in lines))
    )


def is_old(note: UpdateNote, today: date) -> bool:
    """Whether it is so old that it has to be looked at again."""
    return date.fromisoformat(note.as_of) + FRESH < today


def about_names(citations: Iterable[Citation]) -> bool:
    """Whether a passage names forms, fields or the system, which were changed after this edition."""
    return any(_names(c.quote) for c in citations)


@lru_cache(maxsize=1_024)
def _names(quote: str) -> bool:
    """Kept: the roadmap has not many sentences, and each answer shows a few."""
    return _NAMED.search(quote) is not None
