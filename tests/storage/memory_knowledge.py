"""The documents' port in plain dicts; held to the suite the databases obey."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from flows.documents.words import stems
from flows.events import FirmKey
from flows.ports import Document, Hits, Passage


@dataclass
class Shelved:
    document: Document
    passages: list[Passage] = field(default_factory=list)
    taken_by: str = ""
    taken_until: float = 0.0


class MemoryKnowledge:
    def __init__(self) -> None:
        self._shelved: dict[tuple[FirmKey, str], Shelved] = {}

    async def expect(self, document: Document) -> bool:
        if (document.key, document.id) in self._shelved:
            return False
        self._shelved[document.key, document.id] = Shelved(document)
        return True

    async def documents(self, key: FirmKey) -> Sequence[Document]:
        return [s.document for (firm, _), s in self._shelved.items() if firm == key]

    async def take(self, *, by: str, now: float, lease: float, after: str = "") -> Document | None:
        unfinished = [s for s in self._shelved.values() if s.document.state in ("waiting", "reading", "removing")]
        due = [s for s in unfinished if s.taken_until <= now]
        due.sort(key=lambda s: ((tenant := s.document.key.tenant) <= after, tenant, s.taken_until))
        if not due:
            return None
        due[0].taken_by, due[0].taken_until = by, now + lease
        due[0].document = replace(due[0].document, tries=due[0].document.tries + 1)
        return due[0].document

    def _ours(self, document: Document, by: str) -> Shelved | None:
        found = self._shelved.get((document.key, document.id))
        return found if found and found.taken_by == by and found.document.state != "removing" else None

    async def hold(self, document: Document, *, by: str, until: float) -> None:
        found = self._shelved.get((document.key, document.id))
        if found and found.taken_by == by:
            found.taken_until = until

    async def save(self, document: Document, *, by: str, until: float) -> bool:
        ours = self._ours(document, by)
        if ours is None:
            return False
        counted = {"passages": ours.document.passages, "pages_read": ours.document.pages_read}
        ours.document, ours.taken_until = replace(document, **counted), until
        return True

    async def shelve(
        self, document: Document, passages: Sequence[Passage], *, pages_read: int, by: str, until: float
    ) -> bool:
        ours = self._ours(document, by)
        if ours is None or len(ours.passages) != document.passages:
            return False
        ours.passages += passages
        ours.document = replace(ours.document, passages=len(ours.passages), pages_read=pages_read)
        ours.taken_until = until
        return True

    async def discard(self, key: FirmKey, document: str) -> bool:
        found = self._shelved.get((key, document))
        if found is None or found.document.state == "removing":
            return False
        found.document, found.taken_until = replace(found.document, state="removing"), 0.0
        return True

    async def clear(self, document: Document, *, by: str, until: float) -> bool:
        found = self._shelved.get((document.key, document.id))
        if found and found.taken_by == by:
            del self._shelved[document.key, document.id]
        return False

    async def search(self, key: FirmKey, words: Sequence[str], *, most: int = 30) -> Hits:
        there = [p for (firm, _), s in self._shelved.items() if firm == key for p in s.passages]
        has = [set(stems(f"{p.heading} {p.text}")) for p in there]
        counts = {word: n for word in words if (n := sum(word in its for its in has))}
        weights = {word: math.log(1 + len(there) / n) for word, n in counts.items()}
        scores = [sum(weight for word, weight in weights.items() if word in its) for its in has]
        best = sorted((n for n, score in enumerate(scores) if score), key=lambda n: (-scores[n], n))[:most]
        return Hits(tuple(there[n] for n in best), counts, len(there))
