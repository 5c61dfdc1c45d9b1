"""The message to whoever added a document: one, which changes as the reading goes on."""

import asyncio
import logging

from msgspec.structs import replace

from bot.front.answering import NO_UNFURLING, content
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Message
from bot.views import documents as views
from bot.workers.last_word import say_last
from flows.ports import Document
from flows.services import Services

log = logging.getLogger("cais.progress_note")

EVERY = 3.0
"""Seconds between two changes of the message."""


class ProgressNote:
    """Where Slack does not take it, the reading goes on without."""

    def __init__(self, slack: WebApi, services: Services, user: str, document: Document) -> None:
        self._slack = slack
        self._services = services
        self._user = user
        self._notice = document.notice
        self._shown = -EVERY
        self._firm = ""

    async def begin(self, document: Document) -> Document:
        """Posts it, where it was not posted before a crash; the document knows where it is then."""
        if not self._notice:
            where = {"channel": self._user, **NO_UNFURLING, **content(await self._words(document))}
            posted = await self._call("chat.postMessage", where)
            if posted:
                self._notice = f"{posted.get('channel', '')} {posted.get('ts', '')}"
        return replace(document, notice=self._notice)

    async def _words(self, document: Document) -> Message:
        if not self._firm:
            position = await self._services.events.position(document.key)
            self._firm = position.name if position else ""
        return views.progress(self._firm, document)

    async def show(self, document: Document) -> None:
        """How far it is, if it was not said just now."""
        at = asyncio.get_running_loop().time()
        if at - self._shown >= EVERY:
            self._shown = at
            await self._change(await self._words(document))

    async def end(self, document: Document) -> None:
        """What came of it."""
        await self._last(await self._words(document))

    async def gone(self) -> None:
        """It was removed while it was read."""
        await self._last(Message("That document was removed while it was read. Nothing is quoted from it."))

    async def _last(self, message: Message) -> None:
        channel, _, ts = self._notice.partition(" ")
        await say_last(self._slack, self._user, channel, ts, message)

    async def _change(self, message: Message) -> None:
        channel, _, ts = self._notice.partition(" ")
        if channel and ts:
            await self._call("chat.update", {"channel": channel, "ts": ts, **content(message)})

    async def _call(self, method: str, arguments: dict[str, object]) -> dict[str, object]:
        try:
            return await self._slack.call(method, arguments, patience=5.0)
        except (SlackSaidNo, Unsure, TooBusy) as error:
            log.warning("progress was not shown", extra={"action": "progress", "error": str(error)})
            return {}
