"""A firm's own documents: how far each has been read, its passages, and the search over them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec

from flows.documents.words import stems
from flows.events import FirmKey
from flows.ports import Document, Hits, Passage
from storage import shelving as statements
from storage.event_store import Runner
from storage.fulltext import FullText, row
from storage.statements import Unit

COMMON = 2000
"""Passages of a firm from which a word counts as common: it no longer brings passages, it only tells them apart."""

_DOCUMENT_BITS, _PASSAGE_BITS = 20, 20
_AT_ONCE = 200
"""Passages dropped in one transaction: others wait for the writer meanwhile."""
_STRANGERS = 200
"""Passages looked at where every word of a question is common."""
_FEWEST_OF = 0.6
"""Of a question's words, where all are common, that a passage must have."""


class Knowledge:
    """flows.ports.Knowledge on a database."""

    def __init__(self, runner: Runner, fulltext: FullText) -> None:
        self._runner = runner
        self._fulltext = fulltext

    async def expect(self, document: Document) -> bool:
        return await self._runner.write(lambda: _expect(document))

    async def documents(self, key: FirmKey) -> Sequence[Document]:
        return await self._runner.read(_documents(key))

    async def take(self, *, by: str, now: float, lease: float, after: str = "") -> Document | None:
        if not await self._runner.read(_is_any_due(now)):
            return None  # the usual case, and it costs no commit
        return await self._runner.write(lambda: _take(by, now, now + lease, after))

    async def hold(self, document: Document, *, by: str, until: float) -> None:
        await self._runner.write(lambda: _hold(document, by, until))

    async def save(self, document: Document, *, by: str, until: float) -> bool:
        return await self._runner.write(lambda: _save(document, by, until))

    async def shelve(
        self, document: Document, passages: Sequence[Passage], *, pages_read: int, by: str, until: float
    ) -> bool:
        words = [list(stems(f"{p.heading} {p.text}")) for p in passages]
        return await self._runner.write(
            lambda: _shelve(self._fulltext, document, passages, words, pages_read, by, until)
        )

    async def discard(self, key: FirmKey, document: str) -> bool:
        return await self._runner.write(lambda: _discard(key, document))

    async def clear(self, document: Document, *, by: str, until: float) -> bool:
        return await self._runner.write(lambda: _clear(self._fulltext, document, by, until))

    async def search(self, key: FirmKey, words: Sequence[str], *, most: int = 30) -> Hits:
        return await self._runner.ponder(_search(self._fulltext, key, words, most))


def _firm(key: FirmKey) -> dict[str, Any]:
    return {"tenant": key.tenant, "firm": key.firm}


def _expect(document: Document) -> Unit[bool]:
    firm = _firm(document.key)
    yield statements.make_shelf, firm
    fields = {name: value for name, value in msgspec.structs.asdict(document).items() if name != "key"}
    new = yield statements.expect_document, {**firm, **fields, "taken_by": "", "taken_until": 0.0}
    return bool(new)


def _documents(key: FirmKey) -> Unit[Sequence[Document]]:
    rows = yield statements.list_documents, _firm(key)
    return [_document(found) for found in rows]


def _document(found: Sequence[Any]) -> Document:
    tenant, firm, *rest = found
    return Document(FirmKey(tenant, firm), *rest)


def _is_any_due(now: float) -> Unit[bool]:
    rows = yield statements.due_document, {"now": now, "after": ""}
    return bool(rows)


def _take(by: str, now: float, until: float, after: str) -> Unit[Document | None]:
    rows = yield statements.due_document, {"now": now, "after": after}
    if not rows:
        return None
    tenant, firm, document = rows[0]
    which = {"tenant": tenant, "firm": firm, "id": document}
    taken = yield statements.take_document, {**which, "now": now, "new_taker": by, "new_until": until}
    return _document(taken[0]) if taken else None


def _hold(document: Document, by: str, until: float) -> Unit[None]:
    yield statements.keep_lease, {**_firm(document.key), "id": document.id, "by": by, "new_until": until}


def _save(document: Document, by: str, until: float) -> Unit[bool]:
    which = {**_firm(document.key), "id": document.id, "by": by}
    named = ("state", "reason", "size", "digest", "pages", "notice", "tries")
    new = {f"new_{name}": getattr(document, name) for name in named}
    kept = yield statements.save_document, {**which, **new, "new_until": until}
    return bool(kept)


def _shelve(
    fulltext: FullText,
    document: Document,
    passages: Sequence[Passage],
    words: Sequence[Sequence[str]],
    pages_read: int,
    by: str,
    until: float,
) -> Unit[bool]:
    firm = _firm(document.key)
    grown = {"new_passages": document.passages + len(passages), "new_pages_read": pages_read, "new_until": until}
    which = {**firm, "id": document.id, "by": by, "there": document.passages}
    ours = yield statements.grow_document, {**which, **grown}
    if not ours:
        return False
    shelf = yield from _shelf(document.key)
    first = _first(shelf, ours[0][0]) + document.passages
    for at, (passage, its) in enumerate(zip(passages, words, strict=True), first):
        kept = {"document": document.id, "page": passage.page, "heading": passage.heading, "text": passage.text}
        yield statements.add_passage, {**firm, "id": at, **kept}
        yield fulltext.add, row(at, its, shelf)
    if passages and fulltext.tidy:
        yield fulltext.tidy, {}
    return True


def _shelf(key: FirmKey) -> Unit[int]:
    rows = yield statements.read_shelf, _firm(key)
    return int(rows[0][0]) if rows else 0


def _first(shelf: int, number: int = 0) -> int:
    return (shelf << _DOCUMENT_BITS | number) << _PASSAGE_BITS


def _discard(key: FirmKey, document: str) -> Unit[bool]:
    gone = yield statements.discard_document, {**_firm(key), "id": document}
    return bool(gone)


def _clear(fulltext: FullText, document: Document, by: str, until: float) -> Unit[bool]:
    which = {**_firm(document.key), "id": document.id, "by": by}
    ours = yield statements.keep_lease, {**which, "new_until": until}
    if not ours:
        return False
    shelf = yield from _shelf(document.key)
    first = _first(shelf, ours[0][0])
    last = _first(shelf, ours[0][0] + 1) - 1
    some = yield statements.some_passages, {"first": first, "last": last, "most": _AT_ONCE}
    if some:
        last = max(found[0] for found in some)
        yield fulltext.drop, {"first": first, "last": last}
        yield statements.drop_passages, {**_firm(document.key), "first": first, "last": last}
        if fulltext.tidy:
            yield fulltext.tidy, {}
    if len(some) == _AT_ONCE:
        return True
    yield statements.drop_document, which
    return False


def empty_shelf(fulltext: FullText, key: FirmKey) -> Unit[None]:
    """Drops what the search index has of the firm; its passages and documents are dropped by whoever calls."""
    shelf = yield from _shelf(key)
    if shelf:
        yield fulltext.drop, {"first": _first(shelf), "last": _first(shelf + 1) - 1}


# --- searching ------------------------------------------------------------------------------------------------


def _search(fulltext: FullText, key: FirmKey, words: Sequence[str], most: int) -> Unit[Hits]:
    shelf = yield from _shelf(key)
    if not shelf or not words:
        return Hits((), {}, 0)
    total = yield statements.count_passages, _firm(key)
    looking = _Looking(fulltext, shelf)
    rare, common = yield from _apart(looking, words)
    counts = {**{word: len(ids) for word, ids in rare.items()}, **dict.fromkeys(common, COMMON)}
    scores = yield from _scored(looking, rare, common, int(total[0][0] or 0))
    best = sorted(scores, key=lambda at: (-scores[at], at))[:most]
    passages = yield from _passages(key, best)
    return Hits(passages, counts, int(total[0][0] or 0))


class _Looking:
    """Looks into one firm's shelf."""

    def __init__(self, fulltext: FullText, shelf: int) -> None:
        self._fulltext = fulltext
        self._shelf = shelf

    def ids(self, every: Sequence[str], some: Sequence[str] = (), most: int = 2**31) -> Unit[list[int]]:
        expression = self._fulltext.all_and_any(self._shelf, every, some)
        bounds = {"first": _first(self._shelf), "last": _first(self._shelf + 1) - 1}
        rows = yield self._fulltext.find, {"expression": expression, **bounds, "most": most}
        return [found[0] for found in rows]


def _apart(looking: _Looking, words: Sequence[str]) -> Unit[tuple[dict[str, list[int]], list[str]]]:
    """The passages of each rare word, and the words that are common. Words that stand nowhere are neither."""
    rare: dict[str, list[int]] = {}
    common: list[str] = []
    for word in words:
        ids = yield from looking.ids([word], most=COMMON + 1)
        if len(ids) > COMMON:
            common.append(word)
        elif ids:
            rare[word] = ids
    return rare, common


def _scored(
    looking: _Looking, rare: Mapping[str, Sequence[int]], common: Sequence[str], total: int
) -> Unit[dict[int, float]]:
    """A score for each passage that comes into question: what it covers, each word weighed by how rare it is.

    What a passage without any rare word covers would never be enough (flows.documents.finding), and ranking all
    passages with any of the words takes half a second where there are a hundred thousand.
    """
    if not rare:
        return (yield from _of_common_words(looking, common))
    scores: dict[int, float] = {}
    for ids in rare.values():
        weight = math.log(1 + total / len(ids))
        for at in ids:
            scores[at] = scores.get(at, 0.0) + weight
    for word in common:
        weight = math.log(1 + total / COMMON)
        for at in (yield from looking.ids([word], list(rare))):
            scores[at] = scores.get(at, 0.0) + weight
    return scores


def _of_common_words(looking: _Looking, common: Sequence[str]) -> Unit[dict[int, float]]:
    """Passages with all of these words; where there are none, with all but one, and so on."""
    for some in _fewer(common):
        scores: dict[int, float] = {}
        for together in some:
            for at in (yield from looking.ids(together, most=_STRANGERS)):
                scores[at] = float(len(together))
        if scores:
            return scores
    return {}


def _fewer(words: Sequence[str]) -> Iterator[list[tuple[str, ...]]]:
    fewest = math.ceil(len(words) * _FEWEST_OF)
    for number in range(len(words), max(fewest, 1) - 1, -1):
        yield list(combinations(words, number))[:_STRANGERS]


def _passages(key: FirmKey, ids: Sequence[int]) -> Unit[tuple[Passage, ...]]:
    if not ids:
        return ()
    rows = yield statements.read_passages(len(ids)), {**_firm(key), **{f"id_{n}": at for n, at in enumerate(ids)}}
    found = {at: Passage(*rest) for at, *rest in rows}
    return tuple(found[at] for at in ids if at in found)
