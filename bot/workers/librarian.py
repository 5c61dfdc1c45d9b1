"""Reads the firms' own documents, one at a time: fetches each from Slack, has it cut, shelves it, tells how far it is.

What is to be done stands in the database with a lease, so that a process that dies in the middle is followed by
another, which goes on after the last passage that was kept.
"""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from typing import IO
from uuid import uuid4

from msgspec.structs import replace

from bot.background import Rounds
from bot.clock import SKEW
from bot.reading.speech import AnySaid, Ended, Failed, Opened, Read
from bot.slack.handed_over import NOT_THEIRS, describe
from bot.slack.places import slack_id
from bot.slack.web_api import NotHandedOver, SlackSaidNo, TooBusy, TooLarge, Unsure, WebApi
from bot.workers import reader
from bot.workers.progress_note import ProgressNote
from flows.documents import library
from flows.documents.bounds import LARGEST
from flows.firms import Person, Refusal
from flows.ports import Document, Passage
from flows.services import Services
from storage.copies import why_not
from storage.errors import StorageError

log = logging.getLogger("cais.librarian")

LEASE = 30.0 + SKEW
"""Seconds one process has for a document, after which another takes it over."""

BEAT = 10.0
"""Seconds after which a process that still works on a document says so."""

ROUND = 15.0
"""Seconds between looks at what a crash left, or another replica was asked for."""

MOST_TRIES = 5
AGAIN = 30.0
"""Seconds to wait where Slack could not be reached."""

STOPPED = 300.0
"""Seconds to wait where the workspace takes nothing from us, which may last for days."""

BATCH = 100
"""Passages shelved at once: enough for one commit, few enough that a click waits no longer than for another click."""

PATIENCE = 1.0
"""Seconds after which what was read is shelved, however little it is."""


class Lost(Exception):
    """The document is not ours any more: removed, or taken over by another replica."""


class Librarian:
    """`now` is real time in UNIX seconds. `start` it, and `stop` it before the database closes."""

    def __init__(self, services: Services, slack: WebApi, now: Callable[[], float]) -> None:
        self._services = services
        self._knowledge = services.knowledge
        self._slack = slack
        self._now = now
        self._name = uuid4().hex
        self._last = ""
        """The workspace whose document was read last: the next one is another's, where one waits."""
        self._rounds = Rounds(self._read_all, action="librarian", every=ROUND)
        services.documents.wake = self._rounds.wake

    def start(self) -> None:
        """Begins the rounds, the first one at once."""
        self._rounds.start()

    async def stop(self) -> None:
        """Ends the rounds; what is under way goes on where it was once its lease is over."""
        await self._rounds.stop()

    async def _read_all(self) -> None:
        while document := await self._knowledge.take(by=self._name, now=self._now(), lease=LEASE, after=self._last):
            self._last = document.key.tenant
            await self._see_to(document)

    def _until(self) -> float:
        return self._now() + LEASE

    async def _see_to(self, document: Document) -> None:
        if document.state == "removing":
            more = True
            while more:
                more = await self._knowledge.clear(document, by=self._name, until=self._until())
            if document.reason == library.NO_ROOM:  # its message says that it is tried again
                await self.note(document).gone()
            return
        work = Work(self, document)
        beating = asyncio.ensure_future(self._beat(document))
        try:
            await work.go()
        except Lost:
            if await self._is_gone(document):
                await work.note.gone()
        except (Unsure, TooBusy):
            await self._later(work.document)
        except OSError as error:  # not of Slack's, which are Unsure: this machine takes no file, or begins no process
            about = {"action": "read", "error": why_not(error), "firm": document.key.firm}
            log.error("a document waits for this machine", extra=about)
            waits = replace(work.document, reason=library.NO_ROOM)
            if await self._later(waits):
                await work.note.show(waits)
            elif await self._is_gone(document):
                await work.note.gone()
        except Exception as error:  # noqa: BLE001 - the lease runs out and it is tried again, a few times
            about = {"action": "read", "error": type(error).__name__, "firm": document.key.firm}
            log.error("a document could not be read", extra=about)
        except asyncio.CancelledError:
            with suppress(StorageError):  # else its lease runs out
                await self._knowledge.hold(document, by=self._name, until=self._now())  # who starts next goes on
            raise
        finally:
            beating.cancel()

    async def _beat(self, document: Document) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self._knowledge.hold(document, by=self._name, until=self._until())
            except StorageError as error:  # said again with the next beat; a lease lasts for several
                log.warning("a lease was not prolonged", extra={"action": "read", "error": type(error).__name__})

    async def _is_gone(self, document: Document) -> bool:
        """Whether it was removed. Where another replica took it over, that one tells of it, in the same message."""
        try:
            there = await self._knowledge.documents(document.key)
        except StorageError:
            return False  # whoever looks at the list sees what is there
        return not any(each.id == document.id and each.state != "removing" for each in there)

    async def _later(self, document: Document) -> bool:
        """Soon again, and not counted, since the document is not to blame; whether it is ours still."""
        uncounted = replace(document, tries=document.tries - 1)
        stopped = document.key.tenant in await self._services.outbox.stopped()
        until = self._now() + (STOPPED if stopped else AGAIN)
        return await self._knowledge.save(uncounted, by=self._name, until=until)

    # --- what the work on one document needs -------------------------------------------------------------------

    async def save(self, document: Document) -> Document:
        """Keeps how it stands. Raises Lost."""
        if not await self._knowledge.save(document, by=self._name, until=self._until()):
            raise Lost
        return document

    async def shelve(self, document: Document, passages: Sequence[Passage], pages_read: int) -> Document:
        """Adds what was read. Raises Lost."""
        kept = await self._knowledge.shelve(
            document, passages, pages_read=pages_read, by=self._name, until=self._until()
        )
        if not kept:
            raise Lost
        return replace(document, passages=document.passages + len(passages), pages_read=pages_read)

    async def fetch(self, document: Document, into: IO[bytes]) -> tuple[int, str]:
        """Its content; size and SHA-256. Raises SlackSaidNo, NotHandedOver, TooLarge, Unsure, TooBusy."""
        slack = self._slack.of(document.key.tenant)
        url = str((await describe(slack, document.file, by=slack_id(document.by))).get("url_private_download") or "")
        return await slack.fetch(url, into, most=LARGEST)

    async def person(self, document: Document) -> Person:
        """Who added it, with the rights of now."""
        known = (await self._services.directory.sight(document.key.tenant, document.by)).known
        return Person(document.by, document.by_name, admin=known.admin)

    @property
    def services(self) -> Services:
        return self._services

    def note(self, document: Document) -> ProgressNote:
        """The message in which its progress is shown."""
        return ProgressNote(self._slack.of(document.key.tenant), self._services, slack_id(document.by), document)


class Work:
    """One document, from Slack to the shelf."""

    def __init__(self, librarian: Librarian, document: Document) -> None:
        self._librarian = librarian
        self.document = document
        self.note = librarian.note(document)

    async def go(self) -> None:
        """Raises Lost, Unsure, TooBusy."""
        if self.document.tries > MOST_TRIES:
            await self._fail(library.REASONS["tried_often"])
            return
        self.document = await self._librarian.save(await self.note.begin(self.document))
        with tempfile.TemporaryFile() as file:  # it has no name, so that nothing is left on the disk after a crash
            try:
                size, digest = await self._librarian.fetch(self.document, file)
                await self._read(file, size, digest)
            except SlackSaidNo as no:
                if no.error != "missing_scope":
                    raise  # a word that we do not know may pass
                await self._fail(library.REASONS["no_scope"])
            except NotHandedOver as why:
                await self._fail(library.REASONS["not_theirs" if str(why) == NOT_THEIRS else "gone"])
            except TooLarge:
                await self._fail(library.REASONS["too_large"])
            except Refusal as refusal:
                await self._fail(refusal.sentence)

    async def _read(self, file: IO[bytes], size: int, digest: str) -> None:
        if self.document.digest not in ("", digest):
            await self._fail(library.REASONS["changed"])
            return
        held = Held(self._librarian, self.document)
        async with aclosing(
            reader.read(file, self.document.kind)
        ) as heard:  # whatever happens, the process ends with us
            async for said in heard:
                await self._hear(said, held, size, digest)

    async def _hear(self, said: AnySaid, held: "Held", size: int, digest: str) -> None:
        match said:
            case Opened(pages):
                held.document = await self._open(replace(held.document, size=size, digest=digest, pages=pages))
            case Read(pages, pieces):
                await held.add([Passage(self.document.id, p.page, p.heading, p.text) for p in pieces], pages)
                await self.note.show(held.document)
            case Failed(reason):
                await held.let_go()
                self.document = held.document
                await self._fail(library.REASONS[reason])
            case Ended():
                await held.let_go()
                self.document = held.document
                await self._finish()

    async def _open(self, document: Document) -> Document:
        """It can be read, so it counts from now on. Raises Lost."""
        who = await self._librarian.person(document)
        if not await self._librarian.services.documents.opened(document, who):
            raise Lost
        return await self._librarian.save(replace(document, state="reading", reason=""))

    async def _finish(self) -> None:
        who = await self._librarian.person(self.document)
        stays = await self._librarian.services.documents.finished(self.document, who)
        self.document = await self._librarian.save(replace(self.document, state="ready", reason=stays))
        await self.note.end(self.document)

    async def _fail(self, sentence: str) -> None:
        self.document = await self._librarian.save(replace(self.document, state="failed", reason=sentence))
        log.info("a document was not taken", extra={"action": "document_failed", "firm": self.document.key.firm})
        await self.note.end(self.document)


class Held:
    """What was read and is not shelved yet; of a document that was begun before, without what is there already."""

    def __init__(self, librarian: Librarian, document: Document) -> None:
        self._librarian = librarian
        self.document = document
        self._known = document.passages
        self._passages: list[Passage] = []
        self._pages = document.pages_read
        self._since = asyncio.get_running_loop().time()

    async def add(self, passages: Sequence[Passage], pages: int) -> None:
        """Raises Lost."""
        new = passages[self._known :]
        self._known = max(0, self._known - len(passages))
        self._passages += new
        self._pages = max(self._pages, pages)
        waited = asyncio.get_running_loop().time() - self._since
        if len(self._passages) >= BATCH or waited > PATIENCE:
            await self.let_go()

    async def let_go(self) -> None:
        """Shelves what is held. Raises Lost."""
        while self._passages or self._pages != self.document.pages_read:
            batch, self._passages = self._passages[:BATCH], self._passages[BATCH:]
            self.document = await self._librarian.shelve(self.document, batch, self._pages)
        self._since = asyncio.get_running_loop().time()
