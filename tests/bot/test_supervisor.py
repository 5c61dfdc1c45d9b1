"""The supervisor: both processes run, a dead bot comes back, and a stop leaves nothing behind."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.practice.kept_bot import Patience
from bot.practice.supervisor import HOST, CannotStart, Plan, port_is_free, supervise

LISTENS = "import signal, socket, sys; s = socket.create_server(('127.0.0.1', {port})); signal.pause()"
LEAVES_A_MARK = "import pathlib, signal, os; pathlib.Path({marks!r}, str(os.getpid())).touch(); "
QUICK = Patience(first=0.01, longest=0.02, to_stop=5)


@dataclass(frozen=True, slots=True)
class Scripted(Plan):
    """A plan with scripts in place of sandbox and bot."""

    sandbox: str = LISTENS
    bot: str = LEAVES_A_MARK + "signal.pause()"

    def sandbox_command(self, control_url: str) -> list[str]:
        return [sys.executable, "-c", self.sandbox.format(port=self.port)]

    def bot_command(self) -> list[str]:
        return [sys.executable, "-c", self.bot.format(marks=str(self.folder))]


@pytest.fixture
def port() -> int:
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


async def until_marks(folder: Path, count: int) -> list[Path]:
    async with asyncio.timeout(20):
        while len(found := list(folder.glob("*"))) < count:
            await asyncio.sleep(0.02)
    return found


async def stopped(running: "asyncio.Task[int]") -> int:
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        return await running


def alive(mark: Path) -> bool:
    try:
        os.kill(int(mark.name), 0)
    except ProcessLookupError:
        return False
    return True


async def test_both_run_until_told_to_stop(port: int, tmp_path: Path) -> None:
    said: list[str] = []
    plan = Scripted(port, tmp_path / "marks", Path("manifest.yml"), {})
    running = asyncio.create_task(supervise(plan, said.append, QUICK))
    (bot,) = await until_marks(plan.folder, 1)
    assert not port_is_free(HOST, port)
    assert plan.address in said[0]
    assert await stopped(running) == 0
    assert not alive(bot)
    assert port_is_free(HOST, port)


async def test_a_bot_that_dies_is_started_again(port: int, tmp_path: Path) -> None:
    said: list[str] = []
    plan = Scripted(port, tmp_path / "marks", Path("manifest.yml"), {}, bot=LEAVES_A_MARK + "os._exit(7)")
    running = asyncio.create_task(supervise(plan, said.append, QUICK))
    await until_marks(plan.folder, 3)
    assert await stopped(running) == 0
    assert "exit code 7" in said[1]


async def test_a_bot_with_bad_settings_is_not_started_again(port: int, tmp_path: Path) -> None:
    plan = Scripted(port, tmp_path / "marks", Path("manifest.yml"), {}, bot=LEAVES_A_MARK + "os._exit(2)")
    assert await supervise(plan, lambda _: None, QUICK) == 2
    assert len(list(plan.folder.glob("*"))) == 1
    assert port_is_free(HOST, port)


async def test_a_sandbox_that_dies_ends_the_bot_too(port: int, tmp_path: Path) -> None:
    said: list[str] = []
    dies = LISTENS.replace("signal.pause()", "signal.sigtimedwait([signal.SIGUSR1], 1.5)")
    plan = Scripted(port, tmp_path / "marks", Path("manifest.yml"), {}, sandbox=dies)
    running = asyncio.create_task(supervise(plan, said.append, QUICK))
    (bot,) = await until_marks(plan.folder, 1)
    assert await running == 1
    assert not alive(bot)
    assert "The sandbox stopped by itself" in said[-1]


async def test_a_taken_port_is_said_with_a_way_out(port: int, tmp_path: Path) -> None:
    with socket.create_server((HOST, port)), pytest.raises(CannotStart, match=f"CAIS_SANDBOX_PORT={port + 1}"):
        await supervise(Scripted(port, tmp_path, Path("manifest.yml"), {}), lambda _: None, QUICK)


async def test_a_folder_that_cannot_be_made_is_said(port: int, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"cannot be made .* CAIS_DATA_DIR"):
        await supervise(Scripted(port, tmp_path / "file" / "data", Path("manifest.yml"), {}), lambda _: None, QUICK)


async def test_a_sandbox_that_does_not_open_is_said(port: int, tmp_path: Path) -> None:
    plan = Scripted(port, tmp_path, Path("manifest.yml"), {}, sandbox="raise SystemExit(3)")
    with pytest.raises(CannotStart, match="did not open"):
        await supervise(plan, lambda _: None, QUICK)


def test_the_bot_gets_the_sandbox_for_slack_and_nothing_of_a_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-real")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "real")
    given = Plan(8765, tmp_path, Path("manifest.yml"), {"CAIS_LOG_LEVEL": "ERROR"}).bot_environment()
    assert given["SLACK_API_URL"] == "http://127.0.0.1:8765/api/"
    assert not [name for name, value in given.items() if name.startswith("SLACK_") and "real" in value]
    assert (given["CAIS_MODE"], given["CAIS_LOG_LEVEL"]) == ("socket", "ERROR")
