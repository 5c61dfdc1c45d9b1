"""Whom the words for people in a list mean, among those of the workspace."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from flows.firm_lists.reading import FirmList, Row, Wrong
from flows.firms import Refusal

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


class Face(msgspec.Struct, frozen=True):
    """Somebody of the workspace. `id` is opaque; `codes` are the chat's own ids and handles for them, lower case."""

    id: str
    name: str
    codes: tuple[str, ...]
    may_join: bool = True
    """Not an app, and no closed account."""


def anybody_named(listed: FirmList) -> bool:
    """Whether the list names people at all."""
    return any(row.leads or row.members for row in listed.rows)


def with_people(listed: FirmList, faces: Iterable[Face]) -> FirmList:
    """The list with the ids of people in place of words; a line that names somebody nobody knows is wrong."""
    known: dict[str, list[Face]] = {}
    for face in faces:
        for word in {*face.codes, face.name.casefold()}:
            known.setdefault(word, []).append(face)
    rows: list[Row] = []
    wrong = list(listed.wrong)
    for row in listed.rows:
        try:
            rows.append(replace(row, leads=_ids(row.leads, known), members=_ids(row.members, known)))
        except Refusal as refusal:
            wrong.append(Wrong(row.line, row.name, refusal.sentence))
    return FirmList(tuple(rows), tuple(sorted(wrong, key=lambda w: w.line)), listed.ignored)


def _ids(people: Sequence[str], known: Mapping[str, Sequence[Face]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_one(word, known).id for word in people))


def _one(word: str, known: Mapping[str, Sequence[Face]]) -> Face:
    mentioned = _MENTION.fullmatch(word)
    plain = (mentioned[1] if mentioned else word.removeprefix("@")).casefold()
    found = known.get(plain, ())
    if not found and "@" in plain:
        raise Refusal(f"I may not look people up by e-mail. Write the handle or member ID in place of “{word}”.")
    if not found:
        raise Refusal(f"Nobody in this workspace is called “{word}”. Write the handle or the member ID.")
    if len(found) > 1:
        raise Refusal(f"{len(found)} people are called “{word}”. Write the member ID.")
    if not found[0].may_join:
        raise Refusal(f"“{word}” is an app or a closed account, which cannot be in a firm.")
    return found[0]
