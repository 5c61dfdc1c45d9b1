"""A workspace with the bot in it, connected over HTTP or by Socket Mode."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import cais
from bot.app import Bot
from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.front.middleware import BUDGET
from bot.pack_files import read_pack
from bot.router import Router
from bot.sandbox.manifest import Manifest, read_manifest
from bot.sandbox.sandbox import Sandbox
from bot.server import Server, web_app
from bot.settings import names
from bot.socket_mode import SocketMode
from bot.surfaces import Picture
from flows.packs import load_pack
from flows.questions.asking import Asker
from flows.roadmap import Pack
from flows.services import Services
from storage.copies import Copies
from storage.database import open_database
from tests.bot.conversing import Slack
from tests.bot.prompt import Cais, four_events
from tests.flows.questions.shipped import asker
from tests.storage.fresh import fresh_database

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
A_PICTURE = b"\x89PNG\r\n\x1a\n"
SECRET = "sandbox-signing-secret"
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""When these conversations take place: a Monday, 9 in the morning in New York."""


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The shipped roadmap."""
    return load_pack(*read_pack())


@cache
def shipped_manifest() -> Manifest:
    """What the app asks of Slack, read once for all tests."""
    return read_manifest(MANIFEST)


def shipped_asker() -> Asker:
    """The one that answers questions about the shipped roadmap; it takes a second to make, and is ready then."""
    return asker()


async def engine() -> Asker:
    """It, as the use cases ask for it, made once for all tests."""
    return shipped_asker()


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same little picture each time, without a process that draws it; `test_pictures` has one that draws."""

    async def drawn(picture: Picture) -> bytes:
        return A_PICTURE

    monkeypatch.setattr("bot.delivery.pictures.draw", drawn)
    monkeypatch.setattr("bot.delivery.pictures.A_LOOK", 0.05)


@pytest.fixture
async def services(tmp_path: Path, pack: Pack) -> AsyncIterator[Services]:
    """The use cases on a fresh database, at NOW."""
    shipped_asker()  # before anybody waits for an answer
    fresh_database(tmp_path / "cais.db")
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database:
        yield build_services(database, pack, lambda: NOW, engine=engine)


@pytest.fixture(params=["http"])
def transport(request: pytest.FixtureRequest) -> str:
    """How Slack reaches the bot; for both: `parametrize("transport", ["http", "socket"], indirect=True)`."""
    return str(request.param)


@asynccontextmanager
async def bot_in_slack(
    transport: str,
    services: Services,
    router: Router,
    *,
    now: Callable[[], float] = real_time,
    budget: float = BUDGET,
    copies: Copies | None = None,
    **sandbox: Any,
) -> AsyncIterator[Slack]:
    """A sandbox and a connected bot that listens with this router; further arguments are the sandbox's options."""
    over_http = {"bot_url": "http://127.0.0.1:1/"} if transport == "http" else {}
    async with Sandbox.start(
        shipped_manifest(), **{"rates": False, "signing_secret": SECRET, **over_http, **sandbox}
    ) as pretend:
        bot = Bot(
            token=pretend.options.bot_token,
            signing_secret=pretend.options.signing_secret,
            router=router,
            services=services,
            now=now,
            api_url=pretend.api_url,
            budget=budget,
            copies=copies,
        )
        async with listening(transport, bot, pretend) as slack:
            yield slack


@asynccontextmanager
async def listening(transport: str, bot: Bot, pretend: Sandbox) -> AsyncIterator[Slack]:
    """The sandbox with this bot started and connected to it."""
    await bot.start()
    stop = await (_listen_http(bot, pretend) if transport == "http" else _listen_socket(bot, pretend))
    try:
        yield Slack(pretend, bot)
    finally:
        await stop()
        await bot.stop()


Stop = Callable[[], Awaitable[None]]


async def _listen_http(bot: Bot, pretend: Sandbox) -> Stop:
    async def ready() -> str:
        return ""

    server = Server(web_app(bot.app, ready=ready, counts=bot.counts), host="127.0.0.1", port=0)
    port = await server.start()
    pretend.use_bot_at(f"http://127.0.0.1:{port}/slack/events")
    return server.stop


async def _listen_socket(bot: Bot, pretend: Sandbox) -> Stop:
    line = SocketMode(bot, pretend.options.app_token)
    await line.start()
    return line.stop


BotInSlack = Callable[..., AbstractAsyncContextManager[Slack]]


@pytest.fixture
async def slack(transport: str, services: Services) -> AsyncIterator[Slack]:
    """The workspace with the whole bot in it: `await slack.ana.types("/cais next")`."""
    async with bot_in_slack(transport, services, build_router()) as workspace:
        yield workspace


# --- the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Nothing of ours is set, and the folder is empty."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def typed(environment: pytest.MonkeyPatch) -> Cais:
    """Types a command in an empty folder."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(cais, words, catch_exceptions=False)

    return run


@pytest.fixture
def history(typed: Cais, tmp_path: Path) -> Path:
    """A database with a firm of four events; where it is."""
    path = tmp_path / "data" / "sandbox" / "cais.db"
    asyncio.run(four_events(fresh_database(path)))
    return path
