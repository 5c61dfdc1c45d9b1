"""The Socket Mode side: Bolt's own handler, and a watchdog for the connection that is dead but looks alive."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import Bot
from bot.slack.no_answer import why
from bot.slack.sdk_answers import answer_to
from bot.slack.web_api import Unreachable, Unsure

log = logging.getLogger("cais.socket_mode")

LOOK_EVERY = 5.0
LAST_ACKS = 3.0
"""Seconds that requests under way have at the end; Slack itself waits no longer for an ack."""

HANGS_UP = 1.0
"""Seconds for Slack to say goodbye. aiohttp waits ten where the other end is silent: all the time a stop has."""

FIRST = 30.0
"""Seconds that the first connection has, which the SDK would try for ever."""

GIVE_UP_AFTER = 120.0
"""Seconds without a connection after which only a new process helps (bolt-python #417, #1529)."""


class Counting(AsyncSocketModeHandler):
    """Bolt's handler, which also knows whether requests still wait for their ack."""

    def __init__(self, app: AsyncApp, app_token: str, **given: Any) -> None:
        super().__init__(app, app_token, **given)
        self._under_way = 0
        self.nothing_open = asyncio.Event()
        self.nothing_open.set()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        self._under_way += 1
        self.nothing_open.clear()
        try:
            await super().handle(client, req)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.nothing_open.set()


class SocketMode:
    """One connection to Slack. Has to be built in a running loop."""

    def __init__(self, bot: Bot, app_token: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._handler = Counting(
            bot.app, app_token, logger=bot.client.logger, web_client=bot.client, ping_interval=LOOK_EVERY
        )
        self._outgoing, self._api_url = bot.outgoing, bot.client.base_url
        self._now = now
        self._watching: asyncio.Task[None] | None = None
        self.gave_up = asyncio.Event()
        """Set when the connection could not be brought back: stop the process, the supervisor starts a new one."""

    async def start(self) -> None:
        """Connects and watches. Raises SlackSaidNo where the app token is no good, Unsure where no answer came."""
        client = self._handler.client
        # Asked for here, because the SDK's own connecting tries a wrong token again for ever.
        try:
            client.wss_uri = await answer_to("apps.connections.open", client.issue_new_wss_url())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unsure(f"apps.connections.open: {why(error, self._api_url, self._outgoing)}") from error
        client.proxy = self._outgoing.proxy_for(client.wss_uri)  # else it has one from the environment, in its own way
        try:
            await asyncio.wait_for(self._handler.connect_async(), FIRST)  # type: ignore[no-untyped-call]  # no types
        except TimeoutError as error:
            host, through = urlsplit(client.wss_uri).hostname, self._outgoing.through(client.wss_uri)
            raise Unreachable(f"Socket Mode at {host}: no connection within {FIRST:g} s{through}") from error
        self._watching = asyncio.ensure_future(self._watch())

    async def connected(self) -> bool:
        """Whether frames come through right now."""
        return bool(await self._handler.client.is_connected())

    async def ready(self) -> str:
        """As /readyz wants it."""
        return "" if await self.connected() else "Socket Mode is not connected to Slack."

    async def _watch(self) -> None:
        last = self._now()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if await self.connected():
                last = self._now()
                continue
            away = self._now() - last
            log.warning("Socket Mode is not connected", extra={"action": "watchdog", "seconds": round(away)})
            if away > GIVE_UP_AFTER:
                self.gave_up.set()
                return
            if away > 4 * LOOK_EVERY:
                await self._reconnect()

    async def _reconnect(self) -> None:
        """The SDK's own monitor had its chance."""
        try:
            await asyncio.wait_for(self._handler.client.connect_to_new_endpoint(), timeout=10)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look tries again, then gives up
            log.warning("reconnecting failed", extra={"action": "reconnect", "error": type(error).__name__})

    async def stop(self) -> None:
        """Hangs up, after what has been asked already is acked."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._handler.nothing_open.wait(), LAST_ACKS)
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        try:
            async with asyncio.timeout(HANGS_UP):
                await self._handler.close_async()  # type: ignore[no-untyped-call]  # as above
        except TimeoutError:  # the line is broken off by that; the rest takes no time
            await self._handler.close_async()  # type: ignore[no-untyped-call]  # as above
