"""What stands of a firm in a list that was handed over: cut out where the firm goes, so that the rest can be set up."""

import re
from collections.abc import Iterable

from msgspec import json
from msgspec.structs import replace

from flows.asked import Owed
from flows.firm_lists.reading import Row, Wrong
from flows.firm_lists.use_cases import Given, Look, Slice
from flows.naming import compared
from flows.position import Position
from flows.setting_up import firm_id

LIKE_ANOTHER = "There was a firm like it already, which is deleted by now."

_encode = json.Encoder().encode


def unread_without(row: Owed, gone: Position) -> Owed:
    """A list that names the firm is not kept any more; whoever handed it over is told so when it is to be read."""
    given = json.decode(row.about, type=Given)
    by_number = bool(gone.crd) and re.search(rf"(?<!\d){gone.crd}(?!\d)", given.text) is not None
    if by_number or (gone.name and compared(gone.name) in compared(given.text)):
        given = replace(given, text="", withheld=True)
    return replace(row, about=_encode(given).decode())


def look_without(row: Owed, gone: Position) -> Owed:
    """Its line is empty then: the others keep their places, by which it is known how far the list is."""
    look = json.decode(row.about, type=Look)
    rows = tuple(Row(r.line, "") if _is(r, look.list, gone) else r for r in look.found.rows)
    wrong = _wrong_without(look.found.wrong, gone)
    people = {person for r in rows for person in (*r.leads, *r.members)}
    names = {person: name for person, name in look.names.items() if person in people}
    found = replace(look.found, rows=rows, wrong=wrong)
    return replace(row, about=_encode(replace(look, found=found, names=names)).decode())


def part_without(row: Owed, gone: Position) -> Owed:
    """How far a list is, without the word on a line of this firm's."""
    part = json.decode(row.about, type=Slice)
    return replace(row, about=_encode(replace(part, failed=_wrong_without(part.failed, gone))).decode())


def _is(row: Row, list_id: str, gone: Position) -> bool:
    """Whether the firm was, or would be, set up by this line."""
    by_line = firm_id(f"{list_id}:{row.line}") == gone.key.firm
    return by_line or compared(row.name) == compared(gone.name) or bool(row.crd and row.crd == gone.crd)


def _wrong_without(wrong: Iterable[Wrong], gone: Position) -> tuple[Wrong, ...]:
    """Its own lines go; of another's line, a reason that names it."""
    name = compared(gone.name)
    others = [w for w in wrong if not name or compared(w.firm) != name]
    return tuple(replace(w, why=LIKE_ANOTHER) if name and name in compared(w.why) else w for w in others)
