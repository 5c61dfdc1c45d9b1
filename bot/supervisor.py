"""Runs the sandbox and the bot beside each other on this machine, and looks after both until told to stop."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

HOST = "127.0.0.1"

WELCOME = """\
The sandbox is open: {address}

Three things to try there:
  1. Type /cais next and set up a firm.
  2. Press Done on a card, then Undo.
  3. Add Ben with /cais firm members, act as Ben and type /cais next.

What you do is kept in {folder}. Ctrl-C stops it.
"""


class CannotStart(Exception):
    """Neither process was left running. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, as plain values. `environment` is what the bot gets on top of ours."""

    port: int
    folder: Path
    manifest: Path
    environment: Mapping[str, str]
    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{token_hex(8)}")
    app_token: str = field(default_factory=lambda: f"xapp-sandbox-{token_hex(8)}")
    """Others at each start: a bot left over from another sandbox opens nothing here."""

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}"

    def sandbox_command(self) -> list[str]:
        """The pretend Slack."""
        given = {"--port": self.port, "--manifest": self.manifest, "--data-dir": self.folder}
        given |= {"--bot-token": self.bot_token, "--app-token": self.app_token}
        options = [str(part) for pair in given.items() for part in pair]
        return [sys.executable, "-m", "bot.sandbox", *options]

    def bot_command(self) -> list[str]:
        """The bot, as it would run anywhere."""
        return [sys.executable, "-m", "bot", "run"]

    def bot_environment(self) -> dict[str, str]:
        """Socket Mode against the sandbox, with a database of its own. Empty values outdo those of a .env file."""
        nothing_of_slacks = dict.fromkeys(("SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"), "")
        return {
            **os.environ,
            **nothing_of_slacks,
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_API_URL": f"{self.address}/api/",
            "CAIS_MODE": "socket",
            "CAIS_DATA_DIR": str(self.folder),
            **self.environment,
        }


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: before a bot that died is started again (doubled each time), and how long an end may take."""

    first: float = 1.0
    longest: float = 30.0
    well_after: float = 60.0
    to_open: float = 15.0
    to_stop: float = 10.0


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True


async def supervise(plan: Plan, tell: Callable[[str], None], patience: Patience | None = None) -> int:
    """Run both until SIGINT, SIGTERM or SIGHUP; returns the exit code. Raises CannotStart."""
    patience = patience or Patience()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)
    if not port_is_free(HOST, plan.port):
        raise CannotStart(
            f"Port {plan.port} is taken, perhaps by a sandbox that is still open. Stop that one, "
            f"or choose another port: CAIS_SANDBOX_PORT={plan.port + 1} make run"
        )
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The folder {plan.folder} cannot be made ({error.strerror}). Choose another with CAIS_DATA_DIR."
        ) from None
    sandbox = await _start(plan.sandbox_command(), dict(os.environ), quiet=True)
    try:
        await _wait_until_open(sandbox, plan.port, patience.to_open)
        tell(WELCOME.format(address=plan.address, folder=plan.folder))
        return await _look_after(sandbox, plan, tell, stop, patience)
    finally:
        await _end(sandbox, patience.to_stop)


async def _look_after(
    sandbox: Process, plan: Plan, tell: Callable[[str], None], stop: asyncio.Event, patience: Patience
) -> int:
    """Keep a bot running beside the sandbox. Exit code 2 of a bot means its settings: starting it again is no use."""
    loop, wait = asyncio.get_running_loop(), patience.first
    while True:
        started = loop.time()
        bot = await _start(plan.bot_command(), plan.bot_environment())
        try:
            await _first(stop.wait(), bot.wait(), sandbox.wait())
        finally:
            await _end(bot, patience.to_stop)
        if stop.is_set():
            return 0
        if sandbox.returncode is not None:
            tell(f"The sandbox stopped by itself (exit code {sandbox.returncode}), so the bot was stopped too.")
            return 1
        if bot.returncode == 2:
            tell("The bot did not start; the line above says why.")
            return 2
        wait = patience.first if loop.time() - started > patience.well_after else wait
        tell(f"The bot stopped (exit code {bot.returncode}). Starting it again in {wait:g} s; nothing kept is lost.")
        await _first(stop.wait(), asyncio.sleep(wait))
        if stop.is_set():
            return 0
        wait = min(wait * 2, patience.longest)


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _start(command: Sequence[str], environment: dict[str, str], *, quiet: bool = False) -> Process:
    # In a session of its own: Ctrl-C reaches only the supervisor, which stops the bot before its Slack goes away.
    out = DEVNULL if quiet else None
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=out, start_new_session=True)


async def _wait_until_open(sandbox: Process, port: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while sandbox.returncode is None and loop.time() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise CannotStart("The sandbox did not open. The lines above, if any, say why; `cais doctor` looks further.")


async def _end(process: Process, seconds: float) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
