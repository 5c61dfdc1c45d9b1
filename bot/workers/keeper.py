"""Fetches the files people handed over as evidence, hashes them, keeps their copies, and has each recorded.

What is on its way stands in the database with a lease, so that a process that dies in the middle is followed by
another. A copy is whole on the disk before its event is recorded, and the row goes only after that.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import IO
from uuid import uuid4

import msgspec

from bot.background import Rounds
from bot.clock import SKEW
from bot.slack.handed_over import NOT_THEIRS, describe
from bot.slack.places import slack_id
from bot.slack.web_api import FETCH, NotHandedOver, SlackSaidNo, TooBusy, TooLarge, Unsure, WebApi
from bot.turns import Abreast
from bot.typed.words import writable
from bot.workers.received import Received
from flows import events as e
from flows.evidence.intake import Coming
from flows.evidence.pieces import LONGEST_NAME
from flows.firms import Person, Refusal
from flows.proof import NOT_COPIED
from flows.services import Services
from storage.copies import MB, Copies, NotKept
from storage.errors import StorageError

log = logging.getLogger("cais.keeper")

LEASE = 150.0 + SKEW
"""Seconds one process has for a file: longer than fetching one may take, where no copy is too large for it."""

MOST_READ = 1 << 30
"""Bytes of one file that are read at all: Slack takes none that is larger, so more than that is no file of its own."""

A_LARGE_ONE = 20 * 60.0
"""Seconds that fetching a file may take which is too large for a copy; the lease goes on for as long."""

ROUND = 15.0
"""Seconds between looks at what a crash left, or another replica was asked for."""

AT_ONCE = 8
"""Files that are fetched at once, each of another workspace: piece by piece, so that it takes little memory."""

PATIENCE = 10.0
"""Seconds for which we wait where Slack asks for it; for more, the file is put off, and its workspace with it."""

AGAIN = 20.0
AN_HOUR = 3600.0
"""Seconds to wait where Slack could not be reached, at least and at most: else as long as that has lasted."""

A_DAY = 24 * 3600.0
"""Seconds (real time) after which a file that Slack does not hand over is kept as a reference."""

MOST_TRIES = 30
"""Of one file, for which Slack is not to blame: a fault of ours, or a process that is killed by this very file."""

GONE = "The file is not in Slack any more, or the app may not see it. Nothing was recorded. Add it again as a file."
SENTENCES: Mapping[str, str] = {
    "missing_scope": "The app may not read files here yet, so nothing was recorded. A workspace admin installs it "
    "again, which adds `files:read`; then add the file again.",
    "empty": "The file is empty, so nothing was recorded. Choose another.",
    NOT_THEIRS: "The file is somebody else's, and as far as I can see it is nowhere in Slack where you read it. "
    "Nothing was recorded. Save it, and add it as a file of your own.",
    "a login page": "Slack answered with a page instead of the file, so nothing was recorded. Add it again; if it "
    "stays so, the app has to be installed again with `files:read`.",
    "same": "That very file counts as evidence for this task already, so nothing was added.",
    "broken": "Something went wrong each time I tried to keep it. Nothing was recorded. Save it anew and add that.",
}
"""Why nothing was recorded, and what to do."""

KEEP_IT = "Keep the file itself where your firm keeps its records"


class Described(msgspec.Struct, frozen=True):
    """What Slack says of a file. `size` None where it does not say."""

    name: str
    size: int | None
    claimed: str
    permalink: str
    url: str
    inside: bool
    """Whether Slack itself holds the content."""
    reached: bool = True
    """Whether Slack said so, or has not answered for a day."""


class Keeper:
    """`now` is real time in UNIX seconds. `start` it, and `stop` it before the database closes."""

    def __init__(self, services: Services, slack: WebApi, copies: Copies, now: Callable[[], float]) -> None:
        self._services = services
        self._evidence = services.evidence
        self._intake = services.intake
        self._slack = slack
        self._copies = copies
        self._now = now
        self._name = uuid4().hex
        self._abreast = Abreast(AT_ONCE)
        self._swept = 0.0
        """When it was last looked for what a crash left half written."""
        self._resting: dict[str, float] = {}
        """Until when Slack has a workspace wait."""
        self._rounds = Rounds(self._keep_all, action="keeper", every=ROUND)
        services.evidence.wake = self._rounds.wake
        services.evidence.real_now = now

    def start(self) -> None:
        """Begins the rounds, the first one at once."""
        self._rounds.start()

    async def stop(self) -> None:
        """Ends the rounds; whoever starts next goes on at once with what was under way."""
        await self._rounds.stop()
        await self._abreast.stop()

    async def _keep_all(self) -> None:
        """A file of each workspace that waits. With the end of one it is looked anew, so that they take turns."""
        if self._now() - self._swept > AN_HOUR:
            self._swept = self._now()
            await asyncio.to_thread(self._copies.sweep, self._now())
        for tenant in await self._intake.waiting(now=self._now()):
            if tenant in self._abreast or self._resting.get(tenant, 0.0) > self._now():
                continue
            keeping = await self._abreast.start(tenant, partial(self._keep_one, tenant))
            keeping.add_done_callback(self._look_anew)

    def _look_anew(self, keeping: "asyncio.Task[bool]") -> None:
        if not keeping.cancelled() and keeping.result():
            self._rounds.wake()

    async def _keep_one(self, tenant: str) -> bool:
        """Whether there may be more to do at once."""
        try:
            coming = await self._intake.take(tenant, by=self._name, now=self._now(), lease=LEASE)
            if coming:
                await self._see_to(coming)
        except Exception as error:  # noqa: BLE001 - the next round tries again; nobody else hears of it
            log.error("a round failed", extra={"action": "keeper", "error": type(error).__name__})
            return False
        return coming is not None

    async def _see_to(self, coming: Coming) -> None:
        try:
            if coming.tries > MOST_TRIES:
                await self._evidence.tell(coming, coming.name, SENTENCES["broken"])
            else:
                await self._keep(coming)
            await self._intake.settle(coming, by=self._name)
        except TooBusy as busy:
            self._resting[coming.key.tenant] = self._now() + busy.seconds
            await self._put_off(coming, busy.seconds)
        except Unsure:
            await self._put_off(coming)
        except asyncio.CancelledError:
            with suppress(StorageError):  # else its lease runs out
                await self._intake.put_off(coming, by=self._name, until=self._now())
            raise
        except Exception as error:  # noqa: BLE001 - it is tried again, and the others are not to wait for it
            about = {"action": "keep", "error": type(error).__name__, "firm": coming.key.firm}
            log.error("a file could not be kept", extra=about)
            await self._later(coming)

    async def _put_off(self, coming: Coming, at_least: float = 0.0) -> None:
        """Not counted: Slack may be out of reach for as long as it likes, within the day that a file is tried."""
        lasted = self._now() - coming.since
        wait = max(at_least, min(max(AGAIN, lasted), AN_HOUR))
        await self._intake.put_off(coming, by=self._name, until=self._now() + wait)

    async def _later(self, coming: Coming) -> None:
        wait = min(AGAIN * 2 ** min(coming.tries - 1, 10), AN_HOUR)
        await self._intake.hold(coming, by=self._name, until=self._now() + wait)

    async def _keep(self, coming: Coming) -> None:
        """From Slack to the record. Raises Unsure and TooBusy where it is to be tried again."""
        if await self._evidence.is_recorded(coming):
            return  # and then we were killed
        name = coming.name
        try:
            found = await self._describe(coming)
            name = found.name
            if found.size == 0:
                await self._evidence.tell(coming, name, SENTENCES["empty"])
                return
            await self._record(coming, await self._fetched(coming, found))
        except SlackSaidNo as no:
            if no.error != "missing_scope":
                raise  # a word that we do not know may pass
            await self._evidence.tell(coming, name, SENTENCES["missing_scope"])
        except NotHandedOver as why:
            await self._evidence.tell(coming, name, SENTENCES.get(str(why), GONE))
        except Refusal as refusal:
            await self._evidence.tell(coming, name, refusal.sentence)

    async def _describe(self, coming: Coming) -> Described:
        """Slack is asked each time: what an event says of a file may lack everything but its id (`check_file_info`)."""
        try:
            slack = self._slack.of(coming.key.tenant)
            file = await describe(slack, coming.file, by=slack_id(coming.by), patience=PATIENCE)
        except (Unsure, TooBusy):
            if self._now() - coming.since < A_DAY:
                raise
            return Described(coming.name or coming.file, None, "", "", "", inside=True, reached=False)
        if file.get("mode") in ("tombstone", "hidden_by_limit"):
            raise NotHandedOver("it is gone")
        size = file.get("size")
        return Described(
            name=writable(str(file.get("name") or file.get("title") or coming.name or coming.file))[:LONGEST_NAME],
            size=int(size) if isinstance(size, int) else None,
            claimed=str(file.get("mimetype") or "").partition(";")[0].strip().casefold()[:120],
            permalink=str(file.get("permalink") or ""),
            url=str(file.get("url_private_download") or file.get("url_private") or ""),
            inside=not file.get("is_external") and file.get("mode") != "external",
        )

    async def _fetched(self, coming: Coming, found: Described) -> e.EvidenceAdded:
        """The event: with a copy where one can be kept, else with what is known, and why there is none."""
        event = e.EvidenceAdded(
            task=coming.task,
            kind="file",
            text=found.permalink or found.url or f"file {coming.file} in Slack",
            label=coming.label,
            happened_on=coming.happened_on,
            name=found.name,
            size=found.size,
            claimed=found.claimed,
            came_from=coming.came_from,
            covers=coming.covers,
        )
        if not found.reached:
            return msgspec.structs.replace(event, not_copied="unreachable")
        if not found.inside:
            return msgspec.structs.replace(event, not_copied="elsewhere")
        if found.size is not None and found.size > MOST_READ:
            return msgspec.structs.replace(event, not_copied="unread")
        try:
            return await self._hashed(coming, found, event)
        except TooLarge:
            return msgspec.structs.replace(event, not_copied="unread")
        except (Unsure, TooBusy):
            if self._now() - coming.since < A_DAY:
                raise
            return msgspec.structs.replace(event, not_copied="unreachable")

    async def _hashed(self, coming: Coming, found: Described, event: e.EvidenceAdded) -> e.EvidenceAdded:
        """Read to its end for its hash, whether or not a copy is kept of it."""
        lost = "" if self._copies.keeps else "off"
        if self._copies.keeps and (found.size or 0) > self._copies.largest:
            lost = "too_large"
        receiving: AbstractContextManager[IO[bytes] | None] = (
            nullcontext() if lost else self._copies.incoming(coming.key)
        )
        try:
            file = await asyncio.to_thread(receiving.__enter__)
        except NotKept as trouble:
            receiving, file, lost = nullcontext(), None, trouble.why
        try:
            received = Received(file, self._copies.largest, lost)
            size, digest = await self._download(coming, found, received)
            if received.file is not None:
                # A copy that nothing names would stay: of what is refused, as for an SSN in its name, none is kept.
                await self._evidence.must_be_welcome(coming, await self._person(coming), event)
                received.lost = await self._copied(coming, received.file, digest)
            known = msgspec.structs.replace(event, size=size, digest=digest, seen=received.seen())
            return msgspec.structs.replace(known, copied=not received.lost, not_copied=received.lost)
        finally:
            await asyncio.to_thread(receiving.__exit__, None, None, None)

    async def _copied(self, coming: Coming, file: IO[bytes], digest: str) -> str:
        """Why no copy is kept; empty where one is."""
        try:
            await asyncio.to_thread(self._copies.keep, coming.key, file, digest)
        except NotKept as trouble:
            return trouble.why
        return ""

    async def _download(self, coming: Coming, found: Described, received: Received) -> tuple[int, str]:
        seconds = FETCH
        if found.size is None or found.size > self._copies.largest:
            seconds = A_LARGE_ONE
            await self._intake.hold(coming, by=self._name, until=self._now() + seconds + LEASE - FETCH)
        slack = self._slack.of(coming.key.tenant)
        return await slack.fetch(found.url, received, most=MOST_READ, exactly=found.size, seconds=seconds)

    async def _record(self, coming: Coming, event: e.EvidenceAdded) -> None:
        who = await self._person(coming)
        if not await self._evidence.record_file(coming, who, event, self._of_no_copy(event)):
            await self._evidence.tell(coming, event.name, SENTENCES["same"])
        about = {"action": "evidence", "workspace": coming.key.tenant, "firm": coming.key.firm, "copied": event.copied}
        level = logging.WARNING if event.not_copied in ("no_room", "unwritable") else logging.INFO
        log.log(level, "a file was recorded", extra={**about, "not_copied": event.not_copied or None})

    def _of_no_copy(self, event: e.EvidenceAdded) -> str:
        """That there is no copy, why, and what to do; empty where there is one."""
        if event.copied:
            return ""
        why = NOT_COPIED[event.not_copied]
        if event.not_copied == "too_large":
            why = f"it is larger than {self._copies.largest / MB:g} MB"
        if not event.digest:
            return f"Neither a copy nor a SHA-256 is kept: {why}. {KEEP_IT}."
        return f"Its SHA-256 is recorded, but no copy is kept: {why}. {KEEP_IT}; the SHA-256 shows that it is the same."

    async def _person(self, coming: Coming) -> Person:
        """Who handed it over, with the rights of now."""
        known = (await self._services.directory.sight(coming.key.tenant, coming.by)).known
        return Person(coming.by, coming.by_name, admin=known.admin)
