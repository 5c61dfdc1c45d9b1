"""What can be done with a firm's own documents: add, replace, list, remove, ask. Rights are checked here."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

import msgspec

from flows import events as e
from flows import reasons
from flows.acts import Act
from flows.documents import library
from flows.documents.cutting import one_line
from flows.documents.finding import Found, find
from flows.documents.words import asked
from flows.events import AnyEvent, FirmKey, Record
from flows.firms import Person, Refusal, must_exist, require
from flows.ports import Changed, Document, EventStore, Knowledge
from flows.position import Position
from flows.readers import position_for
from flows.records import Stamp, record


class File(msgspec.Struct, frozen=True):
    """A file as the adapter was handed it; `id` is where it finds the content."""

    id: str
    name: str
    size: int = 0


class _Wanted:
    """A file that is to be read, and what is there of the same upload."""

    def __init__(self, file: File, there: Sequence[Document], position: Position, replaces: str) -> None:
        self.file = file
        self.known = next((document for document in there if document.state != "failed"), None)
        failed = [document.id for document in there if document.state == "failed"]
        quoted = next((one for one in failed if one in position.documents), "")
        self.replaces = replaces or quoted  # what could be read of it is quoted until this one has been read
        self.given_up = [one for one in failed if one not in position.documents]


class Documents:
    """The use cases. `stamp` says who changes a firm and when; `now` is business time, UTC."""

    def __init__(
        self, events: EventStore, knowledge: Knowledge, *, stamp: Callable[[Act], Stamp], now: Callable[[], datetime]
    ) -> None:
        self._events = events
        self._knowledge = knowledge
        self._stamp = stamp
        self._now = now
        self.wake: Callable[[], None] = lambda: None
        """Told when there is something to do for whoever reads documents."""

    # --- people ------------------------------------------------------------------------------------------------

    async def ask(self, key: FirmKey, who: Person, question: str) -> tuple[Found, ...]:
        """The passages of the firm's documents that answer, best first, or none. For members of the firm only."""
        position = await position_for(self._events, key, who)
        words = asked(question)
        if not position.documents or not words:
            return ()
        hits = await self._knowledge.search(key, words)
        return find(words, hits, {known.id: known.name for known in position.documents.values()})

    async def listed(self, key: FirmKey, who: Person) -> Sequence[Document]:
        """The firm's documents, also those that are still read or could not be, in the order they came."""
        return await self._there(await position_for(self._events, key, who))

    async def expect(self, key: FirmKey, act: Act, files: Sequence[File], *, replaces: str = "") -> Sequence[Document]:
        """Keep that these files are to be read, before anything is fetched; the same upload twice is one document.

        What comes back may be there already. An upload that was removed, or could not be read, is read anew.

        Raises Refusal, which names the files, where one may not be added: then none of them is.
        """
        position = await position_for(self._events, key, act.who)
        there = await self._there(position)
        wanted = [_Wanted(file, [d for d in there if d.file == file.id], position, replaces) for file in files]
        new = [(w.file.name, w.file.size, w.replaces) for w in wanted if not w.known]
        library.may_expect_all(position, act.who, new, there, together=len(files))
        coming = [each.known or await self._expect(key, act, each) for each in wanted]
        self.wake()
        return coming

    async def _expect(self, key: FirmKey, act: Act, wanted: "_Wanted") -> Document:
        file = wanted.file
        document = Document(
            key=key,
            id=await self._new_id(key, file.id),
            name=one_line(file.name)[: library.LONGEST_NAME],
            kind=library.kind_of(file.name),
            file=file.id,
            by=act.who.id,
            by_name=act.who.name,
            added_at=self._now().isoformat(),
            replaces=wanted.replaces,
            size=file.size,
        )
        await self._knowledge.expect(document)
        for one in wanted.given_up:
            await self._knowledge.discard(key, one)
        return document

    async def remove(self, key: FirmKey, act: Act, document: str, reason: str) -> str:
        """Nothing is quoted from it from now on. Its name; empty where it was gone already. Raises Refusal.

        What could not be read was never added to the record, so it leaves no entry, and no hold keeps it.
        """
        position = await position_for(self._events, key, act.who)
        require(position, act.who, "lead")
        reason = reasons.given(reason)
        known = next((d for d in await self._knowledge.documents(key) if d.id == document), None)
        await self._record(key, act, lambda p: library.remove(p, act.who, document, reason=reason))
        gone = await self._knowledge.discard(key, document)
        self.wake()
        return known.name if gone and known else ""

    # --- reading -----------------------------------------------------------------------------------------------

    async def opened(self, document: Document, who: Person) -> bool:
        """It was fetched and can be read: record that it was added, once. Raises Refusal where `who` no longer may.

        False where it was recorded, and then recorded as removed: it goes.
        """
        act = Act(who, "modal", f"document:{document.id}:added")
        position = await self._record(document.key, act, lambda p: library.add(p, who, document))
        if document.id in position.documents:
            return True
        await self._knowledge.discard(document.key, document.id)
        return False

    async def finished(self, document: Document, who: Person) -> str:
        """It was read to its end: the one it replaces goes. Raises Refusal where `who` no longer may.

        Why the old one stays, where a legal hold was set meanwhile: both are quoted then.
        """
        old = document.replaces
        if not old:
            return ""
        act = Act(who, "modal", f"document:{document.id}:replaced")
        try:
            await self._record(document.key, act, lambda p: library.remove(p, who, old, replaced_by=document.name))
        except Refusal as refusal:
            if refusal.kind != "hold":
                raise
            return "The one it was to replace stays, and is quoted too, since a legal hold was set meanwhile."
        await self._knowledge.discard(document.key, old)
        return ""

    # --- within ------------------------------------------------------------------------------------------------

    async def _there(self, position: Position) -> list[Document]:
        found = [d for d in await self._knowledge.documents(position.key) if d.state != "removing"]
        unknown = {d.id for d in found if d.digest and d.id not in position.documents}
        if not unknown:
            return found
        # Each was opened since the position was read, or recorded as removed, and then we were interrupted. It is
        # recorded before the shelf says that it was opened, so that what is read of the record now, tells.
        latest = await self._events.position(position.key)
        gone = unknown.difference(latest.documents) if latest else set()
        for document in gone:
            await self._knowledge.discard(position.key, document)
        return [d for d in found if d.id not in gone]

    async def _new_id(self, key: FirmKey, file: str) -> str:
        """The same for the same upload: a form that is sent again adds nothing twice. Once it was removed, or could not
        be read, it is another one, since what the record says of an id it says once."""
        removed = await self._events.history(key, types=("document_removed",))
        used = {row.event.document for row in removed if isinstance(row.event, e.DocumentRemoved)}
        used |= {d.id for d in await self._knowledge.documents(key) if d.state in ("failed", "removing")}
        return next(each for nth in count() if (each := _document_id(file, nth)) not in used)

    async def _record(self, key: FirmKey, act: Act, decide: Callable[[Position], Sequence[AnyEvent]]) -> Position:
        def unit(position: Position, _: Sequence[Record]) -> Changed:
            must_exist(position)
            return record(position, decide(position), self._stamp(act))

        return (await self._events.change(key, unit, cause=act.cause)).position


def _document_id(file: str, nth: int) -> str:
    named = f"{file}:{nth}" if nth else file
    return "d" + hashlib.sha256(named.encode()).hexdigest()[:15]
