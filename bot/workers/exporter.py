"""Makes the files people asked for, one at a time, and brings each to the person's direct messages.

What waits for Slack, which has a limit for each workspace, holds up no other workspace. Nothing of it is kept for after
a crash: an export changes nothing, and whoever got none asks again.
"""

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

import msgspec

from bot.background import Background
from bot.files.names import file_name
from bot.front.answering import NO_UNFURLING, content
from bot.slack import canvases
from bot.slack.channel_names import READ_BY_PEOPLE, channel_names
from bot.slack.places import slack_id
from bot.slack.web_api import NotHandedOver, SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Message
from bot.turns import Turns
from bot.views import exports as views
from bot.views.blocks import short_day
from bot.workers import scribe
from bot.workers.evidence_copies import with_copies
from bot.workers.last_word import say_last
from flows.exports.canvas import markdown
from flows.exports.use_cases import Wish
from flows.firms import Refusal
from flows.position import Position
from flows.services import Services
from storage.copies import Copies

log = logging.getLogger("cais.exporter")

TRIES = 3
"""How often a file is handed up before we give up; one that was not completed is thrown away by Slack."""

LONG = 300.0
"""Seconds after which a file that did not go up is handed up no more: others of its workspace wait for their turn."""

MOST_WAITING = 200
"""Files that are waited for in all; each is no more than a few words until its turn comes."""

MOST_OF_A_WORKSPACE = 20

MOST_OF_A_PERSON = 10

IN_HAND = 8
"""Files that may be on their way at once, each of another workspace: made or being made, and not yet taken by Slack."""


YOURS = Refusal(
    f"You are waiting for {MOST_OF_A_PERSON} files already. They come in our direct messages, one after another; ask"
    " for more when some are there. Nothing was changed."
)
THEIRS = Refusal(
    f"{MOST_OF_A_WORKSPACE} files are being waited for in this workspace just now. Try again in a minute. Nothing was"
    " changed."
)
EVERYBODYS = Refusal("Many files are being made just now. Try again in a minute. Nothing was changed.")


class Exporter:
    """`begin` takes a wish up; everything else happens beside what people do meanwhile."""

    def __init__(self, services: Services, slack: WebApi, background: Background, copies: Copies) -> None:
        self._services = services
        self._copies = copies
        self._slack = slack
        self._background = background
        self._turns = Turns()
        self._in_hand = asyncio.Semaphore(IN_HAND)
        self._one_at_a_time = asyncio.Lock()
        self._wishes: dict[tuple[object, ...], Wish] = {}
        services.exports.carry_out = self.begin

    def begin(self, wish: Wish) -> bool:
        """False where the same person waits for the same already. Raises Refusal where too many wait."""
        same = (wish.act.who.id, wish.format, wish.keys)
        if same in self._wishes:
            return False
        self._must_have_room(wish)
        self._wishes[same] = wish
        self._background.start(self._carry_out(wish, same))
        return True

    def _must_have_room(self, wish: Wish) -> None:
        waiting = self._wishes.values()
        if sum(other.act.who.id == wish.act.who.id for other in waiting) >= MOST_OF_A_PERSON:
            raise YOURS
        if sum(other.keys[0].tenant == wish.keys[0].tenant for other in waiting) >= MOST_OF_A_WORKSPACE:
            raise THEIRS
        if len(waiting) >= MOST_WAITING:
            raise EVERYBODYS

    async def _carry_out(self, wish: Wish, same: tuple[object, ...]) -> None:
        work = _Work(wish, self._services, self._slack.of(wish.keys[0].tenant), self._copies)
        try:
            await work.begin()
            # A person's one after another, so that those of a workspace take turns; a workspace's one after another, so
            # that the workspaces do. Who is next waits before anything of it is in memory or on the disk.
            async with self._turns.of(wish.act.who.id), self._turns.of(wish.keys[0].tenant), self._in_hand:
                await work.go(self._one_at_a_time)
        except asyncio.CancelledError:
            await work.failed(views.STOPPED)
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told, and the log has one line
            about = {"action": "export", "format": wish.format, "error": type(error).__name__}
            log.warning("an export was not brought", extra=about)
            await work.failed(_why(error, wish, work.recorded), for_good=_for_good(error, wish))
        finally:
            del self._wishes[same]


class _NotSaid(Exception):
    """Slack did not say whether it took the file."""


def _why(error: Exception, wish: Wish, recorded: bool) -> str:
    if isinstance(error, Refusal):
        return views.refused(error)
    if isinstance(error, _NotSaid):
        return views.NOT_SAID
    if isinstance(error, SlackSaidNo) and wish.format == "canvas" and error.error in views.CANVAS_NO:
        return views.CANVAS_NO[error.error]
    if isinstance(error, SlackSaidNo) and wish.format != "canvas" and error.error == "missing_scope":
        return views.NO_SCOPE
    if isinstance(error, SlackSaidNo) and error.error == "file_upload_size_restricted":
        return views.TOO_LARGE
    if isinstance(error, SlackSaidNo | NotHandedOver | TooBusy | Unsure):
        return f"{views.NOT_TAKEN} {views.IN_HISTORY if recorded else views.UNCHANGED}"
    return f"{views.NOT_BROUGHT} {views.IN_HISTORY}" if recorded else f"{views.NOT_MADE} {views.UNCHANGED}"


def _for_good(error: Exception, wish: Wish) -> bool:
    """Whether asking again is of no use."""
    return wish.format == "canvas" and isinstance(error, SlackSaidNo) and error.error in views.NO_USE_ASKING


class _Made(NamedTuple):
    """A file that is ready: what it is called, its bytes, and what is said above it."""

    name: str
    size: int
    message: Message


class _Work:
    """One file, from the wish to the direct messages."""

    def __init__(self, wish: Wish, services: Services, slack: WebApi, copies: Copies) -> None:
        self._wish = wish
        self._copies = copies
        self._services = services
        self._slack = slack
        self._position: Position | None = None
        self._whose = ""
        self._channel = ""
        self._ts = ""
        self._told: asyncio.Task[None] | None = None
        self.recorded = False
        """Whether it stands in the history that it was made."""

    async def begin(self) -> None:
        """Says in the person's direct messages that it is being made. Raises SlackSaidNo, TooBusy, Unsure."""
        self._position = position = await self._services.events.position(self._wish.keys[0])
        name = position.name if position else ""
        self._whose = name if len(self._wish.keys) == 1 else f"{len(self._wish.keys):,} firms"
        first = content(views.making(self._whose, self._wish.format))
        where = {"channel": slack_id(self._wish.act.who.id), **NO_UNFURLING, **first}
        posted = await self._slack.call("chat.postMessage", where, patience=40.0)
        self._channel, self._ts = str(posted.get("channel", "")), str(posted.get("ts", ""))

    async def go(self, making: asyncio.Lock) -> None:
        """Raises Refusal, NotWritten, and what Slack says to the file. Only one at a time has the lock for making."""
        if self._wish.format == "canvas":
            await self._bring_canvas(making)
            return
        names = await self._names_of_channels()
        with tempfile.TemporaryFile() as file:  # it has no name, so that nothing is left on the disk after a crash
            async with making:
                made = await self._make(file, names)
            await self._hand_up(file, made)
        await self._say(made.message)
        log.info("an export was brought", extra={"action": "export", "format": self._wish.format})

    async def _names_of_channels(self) -> Mapping[str, str]:
        """Asked of Slack before the record is read, so that it is not held in memory meanwhile."""
        if self._wish.format not in READ_BY_PEOPLE:
            return {}
        return await channel_names(await self._services.exports.channels(self._wish), self._slack)

    async def _make(self, file: IO[bytes], channels: Mapping[str, str]) -> "_Made":
        """Into this file, and into the history before anybody has it. What is returned is small."""
        export = msgspec.structs.replace(await self._services.exports.gather(self._wish), channels=channels)
        export = await asyncio.to_thread(with_copies, export, self._copies)
        written = await scribe.write(export, file, self._doing)
        await self._services.exports.written(self._wish, size=written.size, digest=written.digest)
        self.recorded = True
        made_on = await asyncio.to_thread(export.made_on)
        message = views.made(self._whose, export, made_on, written.size, written.digest, written.remarks)
        return _Made(await asyncio.to_thread(file_name, export), written.size, message)

    async def _bring_canvas(self, making: asyncio.Lock) -> None:
        """As with a file: it is recorded before anybody can see it."""
        async with making:
            export = await self._services.exports.gather(self._wish)
            written = await asyncio.to_thread(markdown, export)
            made_on = await asyncio.to_thread(export.made_on)
            del export
        title = f"{self._whose}: CAIS roadmap, {short_day(made_on)}"
        canvas = await canvases.make(self._slack, title, written)
        content = written.encode()
        digest = hashlib.sha256(content).hexdigest()
        await self._services.exports.written(self._wish, size=len(content), digest=digest)
        self.recorded = True
        await self._say(await self._let_in(canvas, title, digest))

    async def _let_in(self, canvas: str, title: str, digest: str) -> Message:
        """What is to be said of a canvas that was made; it cannot be made unmade, so no trouble here may hide it."""
        trouble = ""
        try:
            await canvases.let_in(self._slack, canvas, slack_id(self._wish.act.who.id))
        except (SlackSaidNo, TooBusy, Unsure) as error:
            trouble = type(error).__name__
        link = await canvases.address(self._slack, canvas)
        about = {"action": "export", "format": self._wish.format}
        if trouble and self._position:
            log.warning("an export was not shown", extra={**about, "error": trouble})
            return views.canvas_not_shown(self._position, title, link)
        log.info("an export was brought", extra=about)
        return views.canvas_made(self._whose, title, link, digest)

    async def _doing(self, words: str) -> None:
        """Is said beside the making, which no answer of Slack's is to hold up."""
        message = views.making(self._whose, self._wish.format, words)
        self._told = asyncio.ensure_future(self._after(self._told, message))

    async def _after(self, before: "asyncio.Task[None] | None", message: Message) -> None:
        if before:
            await before
        await self._change(message)

    async def _say(self, message: Message) -> None:
        """What stays, after all that was said on the way."""
        if self._told:
            await self._told
        await self._last(message)

    async def _last(self, message: Message) -> None:
        await say_last(self._slack, slack_id(self._wish.act.who.id), self._channel, self._ts, message)

    async def failed(self, why: str, *, for_good: bool = False) -> None:
        """Says so where the file would have come; where not even that arrives there is nobody to tell."""
        if self._told:
            self._told.cancel()
            await asyncio.gather(self._told, return_exceptions=True)
        if not self._ts:
            return
        if for_good and self._position:
            await self._last(views.file_instead(self._position, why))
        else:
            await self._last(views.failed(self._whose, self._wish.format, why, self._wish.keys))

    async def _hand_up(self, file: IO[bytes], made: "_Made") -> None:
        begun = asyncio.get_running_loop().time()
        for nth in range(1, TRIES + 1):
            try:
                file_id = await self._upload(file, made.name, made.size)
                break
            except (TooBusy, Unsure):
                if nth == TRIES or asyncio.get_running_loop().time() - begun > LONG:
                    raise
        shared = {"files": [{"id": file_id, "title": made.name}], "channel_id": self._channel}
        try:
            await self._slack.call("files.completeUploadExternal", shared, patience=40.0)
        except Unsure as error:
            raise _NotSaid from error

    async def _upload(self, file: IO[bytes], name: str, size: int) -> str:
        named = {"filename": name, "length": size}
        given = await self._slack.call("files.getUploadURLExternal", named, form=True, patience=40.0)
        file.seek(0)
        await self._slack.hand_up(str(given.get("upload_url", "")), file, size)
        return str(given.get("file_id", ""))

    async def _change(self, message: Message) -> None:
        where: dict[str, Any] = {"channel": self._channel, "ts": self._ts, **content(message)}
        try:
            await self._slack.call("chat.update", where, patience=5.0)
        except (SlackSaidNo, Unsure, TooBusy) as error:
            log.info("progress was not shown", extra={"action": "export", "error": str(error)})
