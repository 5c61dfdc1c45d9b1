"""From settings to a bot that serves, and the sentence where it cannot."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from importlib.metadata import version
from pathlib import Path

import aiohttp
import pytest
from alembic import command
from sqlalchemy import create_engine

from bot.manifest import manifest_path
from bot.sandbox.sandbox import Sandbox
from bot.serving import NotServing, serve
from bot.settings import Settings, read
from storage import migrate
from storage.database import open_database
from storage.installations import Installation
from storage.sealing import new_key
from tests.rights import not_root, open_folder

OAUTH = {
    "SLACK_BOT_TOKEN": "",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s",
    "CAIS_ENCRYPTION_KEYS": new_key("k"),
}
Given = Callable[..., Settings]


@pytest.fixture(autouse=True)
def python() -> Iterator[None]:
    """Python as it was: what serving sets for its own process is not for the tests that follow."""
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest_path(), rates=False) as running:
        yield running


@pytest.fixture
def given(sandbox: Sandbox, tmp_path: Path) -> Given:
    """Settings for Socket Mode in this sandbox, some replaced by name."""

    def settings(**instead: str) -> Settings:
        return read(
            {
                "SLACK_BOT_TOKEN": sandbox.options.bot_token,
                "SLACK_APP_TOKEN": sandbox.options.app_token,
                "SLACK_SIGNING_SECRET": sandbox.options.signing_secret,
                "SLACK_API_URL": sandbox.api_url,
                "CAIS_DATA_DIR": str(tmp_path),
                **instead,
            }
        )

    return settings


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Serving sends the log to stderr; afterwards it goes where it went."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)


async def keep_an_installation(settings: Settings) -> None:
    """The app in one workspace, sealed with these settings' key."""
    known = {"name": "x", "token": "xoxb-1", "bot_user": "U", "bot_id": "B", "app": "A", "installer": "U1"}
    async with await open_database(settings.database) as database:
        one = Installation(tenant="-/T1", scopes=(), installed_at=0.0, **known)
        await database.installations(settings.keys).save(one)


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[None]:
    """The bot, serving in the block; at its end a signal tells it to stop, and it does."""
    serving = asyncio.create_task(serve(settings))
    try:
        yield
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await serving
    finally:
        serving.cancel()


async def until(asked: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await asked():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("instead", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-other"}, r"SLACK_BOT_TOKEN \(invalid_auth\)"),
        ({"SLACK_APP_TOKEN": "xapp-other"}, "SLACK_APP_TOKEN"),
        ({"CAIS_DATABASE_URL": "mysql://user:hush@host/name"}, "CAIS_DATABASE_URL"),
        ({"CAIS_PACK": __file__}, "roadmap pack"),
        (OAUTH | {"CAIS_ENCRYPTION_KEYS": new_key("other")}, "sealed with the key k, which CAIS_ENCRYPTION_KEYS"),
    ],
)
async def test_what_no_second_try_would_mend_is_said(given: Given, instead: dict[str, str], sentence: str) -> None:
    await keep_an_installation(given(**OAUTH))
    with pytest.raises(NotServing, match=sentence) as stopped:
        async with asyncio.timeout(20):
            await serve(given(**instead))
    assert stopped.value.exit_code == 2
    assert "hush" not in str(stopped.value)


async def test_a_database_that_may_only_be_read_stops_the_start(given: Given) -> None:
    with open_folder() as folder:
        file = folder / "cais.db"
        await (await open_database(f"sqlite+aiosqlite:///{file}")).close()
        file.chmod(0o444)
        with (
            not_root(),
            pytest.raises(NotServing, match=r"The database file may only be read\..*cais doctor") as stopped,
        ):
            async with asyncio.timeout(20):
                await serve(given(CAIS_DATABASE_URL=f"sqlite+aiosqlite:///{file}"))
        assert stopped.value.exit_code == 2


async def test_a_file_that_is_no_database_stops_the_start_for_good(given: Given, tmp_path: Path) -> None:
    (tmp_path / "cais.db").write_text("the minutes of the last meeting, and what was decided there " * 20)
    with pytest.raises(NotServing, match=r"file is not a database\)\. Nothing was changed\. CAIS_DATABASE") as stopped:
        await serve(given())
    assert stopped.value.exit_code == 2


async def test_a_server_that_is_not_there_yet_stops_the_start_until_the_next(given: Given) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotServing, match=r"could not be used \(.*CAIS_DATABASE_URL and") as stopped:
        await serve(given(CAIS_DATABASE_URL=f"postgresql+asyncpg://cais:hush@127.0.0.1:{port}/cais"))
    assert stopped.value.exit_code == 1
    assert "hush" not in str(stopped.value)


async def test_a_taken_port_is_said(given: Given) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = str(stranger.getsockname()[1])
        with pytest.raises(NotServing, match=f"{port} cannot be listened on"):
            await serve(given(CAIS_MODE="http", CAIS_PORT=port))


async def test_http_is_served_until_a_signal(given: Given, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])

    async def listening() -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    async with served(given(CAIS_MODE="http", CAIS_PORT=str(port))):
        await until(listening)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for path, status in {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/": 404}.items():
                async with session.get(path) as answer:
                    assert (path, answer.status) == (path, status)
            async with session.post("/slack/events", data="payload={}") as unsigned:
                assert unsigned.status == 401
    assert not await listening()
    said = capsys.readouterr().err.splitlines()
    assert [line.partition("action=")[2].split()[0] for line in said] == [
        "migrated",
        "started",
        "turned_away",
        "stopped",
    ]
    assert f" version={version('cais-roadmap')}" in said[1], "which replica is still the old one?"


async def test_who_is_to_stop_says_so_first_and_takes_what_still_comes(given: Given) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])

    async def says(path: str) -> int:
        """On a connection of its own, as of a balancer; 0 where it is refused."""
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session, session.get(path) as answer:
                return answer.status
        except aiohttp.ClientConnectorError:
            return 0

    async def is_ready() -> bool:
        return await says("/readyz") == 200

    serving = asyncio.create_task(serve(given(CAIS_MODE="http", CAIS_PORT=str(port), CAIS_STOP_DELAY="0.5")))
    await until(is_ready)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert (await says("/readyz"), await says("/healthz")) == (503, 200)
    async with asyncio.timeout(20):
        await serving
    assert await says("/healthz") == 0


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_many_workspaces_are_served_by_oauth(given: Given, sandbox: Sandbox, mode: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])

    async def listening() -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    async with served(given(**OAUTH, CAIS_MODE=mode, CAIS_PORT=str(port))):
        await until(listening)
        heard = 401 if mode == "http" else 404
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for path, status in {"/slack/install": 200, "/slack/oauth_redirect": 400, "/readyz": 200}.items():
                async with session.get(path) as answer:
                    assert (path, answer.status) == (path, status)
            async with session.post("/slack/events", data="payload={}") as unsigned:
                assert unsigned.status == heard


async def test_socket_mode_is_served_until_a_signal(given: Given, tmp_path: Path, sandbox: Sandbox) -> None:
    async with served(given()):
        await until(sandbox.slack.delivery.connected)
    assert (tmp_path / "cais.db").is_file()
    assert not await sandbox.slack.delivery.connected()


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", [{"kind": "429", "retry_after": 60}, {"kind": "slow", "seconds": 60}])
async def test_a_start_that_slack_has_wait_can_be_stopped(
    given: Given, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], method: str, fault: dict[str, object]
) -> None:
    sandbox.faults({"method": method, **fault})

    async def waits() -> bool:
        return not sandbox.slack.faults.listed()

    async with served(given()):
        await until(waits)
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 5
    assert "action=stopped" in capsys.readouterr().err


async def test_a_start_that_another_program_keeps_from_the_tables_can_be_stopped(
    given: Given, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = asyncio.Event()

    async def kept_from_it(*_: object) -> bool:
        """As while PostgreSQL's tables are being dumped."""
        waited.set()
        return False

    monkeypatch.setattr(migrate, "_migrated", kept_from_it)
    async with served(given()):
        await waited.wait()
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 5
    said = capsys.readouterr().err
    assert ("action=migrating" in said, "action=stopped" in said, "action=started" in said) == (True, True, False)


async def test_a_start_that_waits_for_a_file_somebody_writes_leaves_nothing_behind_when_it_is_stopped(
    given: Given, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, before = tmp_path / "cais.db", f"{int(migrate.HEAD) - 1:04d}"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as made:
        command.upgrade(migrate.config(made), before)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        tasks = asyncio.all_tasks()
        async with served(given()):
            await asyncio.sleep(0.5)
        assert asyncio.all_tasks() == tasks
        assert other.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)
        other.execute("ROLLBACK")
    assert "action=stopped" in capsys.readouterr().err
