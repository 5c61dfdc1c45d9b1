"""The bot as a process of its own, as `cais run` starts it, in front of a pretend Slack in the test."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import randbelow
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
from click.testing import CliRunner

from bot.__main__ import cais
from bot.app import Bot
from bot.sandbox.sandbox import Sandbox
from bot.settings import names
from tests.bot.conftest import MANIFEST
from tests.bot.conversing import Slack
from tests.e2e.forge import Forked, forked_bot
from tests.storage.fresh import fresh_database

PATIENCE = 180.0
"""Seconds for a start on a busy machine."""

BOT = "U0CAIS"


PATIENT: dict[str, Any] = {"rates": False, "ack_seconds": 30.0, "trigger_seconds": 30.0}
"""Options of a sandbox that waits longer than Slack would for a machine that has other things to do."""


def free_port() -> int:
    """A port that nothing listens on, and that the system gives to nobody who asks for any."""
    while True:
        port = 10_000 + randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def clean_environment(**settings: object) -> dict[str, str]:
    """Ours without any setting of the bot, and these.

    Nor are any authorities' certificates read, which takes a tenth of a start: nobody speaks TLS here.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAIS_", "SLACK_"))}
    given = {"PYTHONPATH": str(MANIFEST.parent), "SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
    return kept | given | {name: str(value) for name, value in settings.items()}


class BotProcess:
    """`cais run` with its database in `folder`. It can be killed and started again.

    It comes from the forge; with `forked=False` the command is typed, as it were.
    """

    def __init__(
        self, transport: str, sandbox: Sandbox, folder: Path, *, forked: bool = True, **settings: object
    ) -> None:
        self.transport, self._sandbox, self._folder, self._settings = transport, sandbox, folder, settings
        self.port = free_port()
        self._forked = forked
        self._process: Process | Forked | None = None

    @property
    def url(self) -> str:
        """Where Slack sends its requests, over HTTP."""
        return f"http://127.0.0.1:{self.port}/slack/events"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self._folder / "cais.db"

    @property
    def address(self) -> str:
        """Of the database, as the settings name it."""
        return str(self._settings.get("CAIS_DATABASE_URL", f"sqlite+aiosqlite:///{self.database}"))

    async def start(self) -> None:
        """Starts it and waits until Slack reaches it."""
        options = self._sandbox.options
        way = {"SLACK_APP_TOKEN": options.app_token}
        if self.transport == "http":
            way = {"SLACK_SIGNING_SECRET": options.signing_secret, "CAIS_PORT": str(self.port)}
        environment = clean_environment(
            CAIS_MODE=self.transport,
            CAIS_DATA_DIR=self._folder,
            CAIS_LOG_LEVEL="ERROR",
            SLACK_BOT_TOKEN=options.bot_token,
            SLACK_API_URL=self._sandbox.api_url,
            **{**way, **self._settings},
        )
        if self._forked:
            self._process = await forked_bot(environment, self._folder)
        else:
            command = (sys.executable, "-m", "bot", "run")
            self._process = await asyncio.create_subprocess_exec(
                *command, env=environment, cwd=self._folder, stdout=DEVNULL
            )
        async with asyncio.timeout(PATIENCE):
            while not await self._reached():
                assert self._process.returncode is None, "the bot ended instead of starting"
                await asyncio.sleep(0.02)

    async def _reached(self) -> bool:
        if self.transport == "socket":
            return bool(self._sandbox.slack.socket.count)
        return await self.ready()

    async def ready(self) -> bool:
        """Whether it says so itself, at its port."""
        with suppress(OSError, aiohttp.ClientError):
            async with aiohttp.ClientSession() as session, session.get(self.url.replace("slack/events", "readyz")) as r:
                return r.status == 200
        return False

    async def end(self, number: signal.Signals) -> int:
        """Sends this signal and waits for the end; the exit code."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        code = await self._process.wait()
        if self.transport == "socket":
            await self._sandbox.until(lambda: not self._sandbox.slack.socket.count)
        return code

    async def stop_for_good(self) -> None:
        """Leaves nothing behind, however the test went."""
        if self._process is not None and self._process.returncode is None:
            await self.end(signal.SIGKILL)


class Watched(Slack):
    """A workspace whose bot cannot be looked into: an act is over when somebody sees something new of the bot's."""

    def __init__(self, sandbox: Sandbox) -> None:
        nothing_to_ask = SimpleNamespace(background=None)
        super().__init__(sandbox, cast(Bot, nothing_to_ask))
        self._seen: set[str] = set()

    async def settled(self) -> None:
        """Waits until the bot has said or shown something since the last time."""
        await self.sandbox.settled()
        await self.sandbox.until(lambda: self._shown() - self._seen)
        self._seen |= self._shown()

    def _shown(self) -> set[str]:
        workspace = self.sandbox.slack.workspace
        said = [m for messages in workspace.messages.values() for m in messages.values() if m.get("user") == BOT]
        return {f"{one['ts']} {one['text']} {one['blocks']}" for one in said} | {
            f"{view['id']} {view['hash']}" for view in workspace.views.values()
        }


@asynccontextmanager
async def bot_beside_slack(
    transport: str, folder: Path, *, forked: bool = True, **options: Any
) -> AsyncIterator[tuple[Sandbox, BotProcess]]:
    """A pretend Slack here and a bot in a process of its own, not yet started, whose database is empty."""
    fresh_database(folder / "cais.db")
    over_http = {"bot_url": "http://127.0.0.1:1/"} if transport == "http" else {}
    async with Sandbox.start(MANIFEST, **{**PATIENT, **over_http, **options}) as sandbox:
        bot = BotProcess(transport, sandbox, folder, forked=forked)
        if transport == "http":
            sandbox.use_bot_at(bot.url)
        try:
            yield sandbox, bot
        finally:
            await bot.stop_for_good()


async def verified(folder: Path, address: str = "") -> str:
    """What `cais verify` says of this database; fails where it finds anything."""
    environment: dict[str, str | None] = dict.fromkeys(names())
    environment["CAIS_DATABASE_URL"] = address or f"sqlite+aiosqlite:///{folder / 'cais.db'}"
    said = await asyncio.to_thread(CliRunner().invoke, cais, ["verify"], env=environment, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output
