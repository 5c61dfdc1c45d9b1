"""Whom the words for people in a list mean, among those of the workspace."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from flows.firm_lists.reading import FirmList

NOBODY = "Nobody in this workspace is called {}. Write the handle or the member ID."
BY_MAIL = "I may not look people up by e-mail. Write the handle or member ID in place of {}."
MORE_THAN_ONE = "More than one person is called {}. Write the member ID."
MAY_NOT_JOIN = "An app or a closed account cannot be in a firm: {}."

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


class Face(msgspec.Struct, frozen=True):
    """Somebody of the workspace. `id` is opaque; `codes` are the chat's own ids and handles for them, lower case."""

    id: str
    name: str
    codes: tuple[str, ...]
    may_join: bool = True
    """Not an app, and no closed account."""


def anybody_named(listed: FirmList) -> bool:
    """Whether the list names people at all, in wrong lines too."""
    rows = [*listed.rows, *(wrong.read for wrong in listed.wrong if wrong.read)]
    return any(row.leads or row.members for row in rows)


def with_people(listed: FirmList, faces: Iterable[Face]) -> FirmList:
    """The list with the ids of people in place of words; a line that names somebody nobody knows is wrong."""
    known: dict[str, list[Face]] = {}
    for face in faces:
        for word in {*face.codes, face.name.casefold()}:
            known.setdefault(word, []).append(face)
    looked = listed.looked_through(lambda row: _faults((*row.leads, *row.members), known))
    rows = (replace(row, leads=_ids(row.leads, known), members=_ids(row.members, known)) for row in looked.rows)
    return replace(looked, rows=tuple(rows))


def _ids(people: Sequence[str], known: Mapping[str, Sequence[Face]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_found(word, known)[0].id for word in people))


def _faults(people: Sequence[str], known: Mapping[str, Sequence[Face]]) -> list[str]:
    """Of those who cannot be meant: all whom one sentence is true of are named in it."""
    of_kind: dict[str, list[str]] = {}
    for word in dict.fromkeys(people):
        if kind := _fault(word, _found(word, known)):
            of_kind.setdefault(kind, []).append(f"“{word}”")
    return [kind.format(", ".join(words)) for kind, words in of_kind.items()]


def _fault(word: str, found: Sequence[Face]) -> str:
    """The sentence with a place for the name; empty where this is one person, who may join."""
    if not found:
        return BY_MAIL if "@" in word.removeprefix("@") else NOBODY
    if len(found) > 1:
        return MORE_THAN_ONE
    return "" if found[0].may_join else MAY_NOT_JOIN


def _found(word: str, known: Mapping[str, Sequence[Face]]) -> Sequence[Face]:
    mentioned = _MENTION.fullmatch(word)
    return known.get((mentioned[1] if mentioned else word.removeprefix("@")).casefold(), ())
