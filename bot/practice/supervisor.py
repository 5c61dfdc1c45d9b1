"""Runs the sandbox and the bot beside each other on this machine, and looks after both until told to stop."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from bot.practice.kept_bot import KeptBot, Patience, end, first, start
from bot.practice.looking import looking_ahead
from bot.practice.timeline import ZONE, Timeline

HOST = "127.0.0.1"

WELCOME = """\
The sandbox is open: {address}

Three things to try there:
  1. Type /cais next and set up a firm.
  2. Press Done on a card, then Undo.
  3. Add Ben with /cais firm members, act as Ben and type /cais next.

What you do is kept in {folder}. Ctrl-C stops it.
"""

PRACTICE = """\
This is a practice run: in it, it is {now:%A, %B %-d, %Y, %-I:%M %p} in New York.
Everything it records says so. *Practice* on the page goes to another day, or back to today.
"""


NOT_FOR_THE_SANDBOX = ("SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "CAIS_PORT")
"""What is set for Slack, and means nothing beside the sandbox."""


class CannotStart(Exception):
    """Neither process was left running. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, as plain values. `environment` is what the bot gets on top of ours.

    The clock begins at `start_at`, or where it was left, and runs `speed` times as fast once it is moved.
    """

    port: int
    folder: Path
    manifest: Path
    environment: Mapping[str, str]
    start_at: datetime | None = None
    speed: float = 1.0
    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{token_hex(8)}")
    app_token: str = field(default_factory=lambda: f"xapp-sandbox-{token_hex(8)}")
    """Others at each start: a bot left over from another sandbox opens nothing here."""

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}"

    def sandbox_command(self, control_url: str) -> list[str]:
        """The pretend Slack, and where it finds us."""
        given = {"--port": self.port, "--manifest": self.manifest, "--data-dir": self.folder}
        given |= {"--bot-token": self.bot_token, "--app-token": self.app_token, "--control-url": control_url}
        options = [str(part) for pair in given.items() for part in pair]
        return [sys.executable, "-m", "bot.sandbox", *options]

    def bot_command(self) -> list[str]:
        """The bot, as it would run anywhere."""
        return [sys.executable, "-m", "bot", "run"]

    def reminder_command(self) -> list[str]:
        """What says when the next reminder is due."""
        return [sys.executable, "-m", "bot", "next-reminder"]

    def bot_environment(self) -> dict[str, str]:
        """Socket Mode against the sandbox, with a database of its own. Empty values outdo those of a .env file."""
        nothing_of_slacks = dict.fromkeys(NOT_FOR_THE_SANDBOX, "")
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


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    return why_not_listening(host, port) is None


def why_not_listening(host: str, port: int) -> OSError | None:
    """What would keep a server from listening there now."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            return error
    return None


async def supervise(plan: Plan, tell: Callable[[str], None], patience: Patience | None = None) -> int:
    """Run both until SIGINT, SIGTERM or SIGHUP; returns the exit code. Raises CannotStart."""
    patience = patience or Patience()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)
    _check(plan)
    with socket.create_server((HOST, 0)) as control:
        address = f"http://{HOST}:{control.getsockname()[1]}"
        sandbox = await start(plan.sandbox_command(address), dict(os.environ), quiet=True)
        try:
            import bot.practice.control  # noqa: F401 - takes a fifth of a second, in which the sandbox opens

            await _wait_until_open(sandbox, plan.port, patience.to_open)
            tell(WELCOME.format(address=plan.address, folder=plan.folder))
            return await _look_after(sandbox, plan, tell, stop, patience, control)
        finally:
            await end(sandbox, patience.to_stop)


def _check(plan: Plan) -> None:
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


async def _look_after(
    sandbox: Process,
    plan: Plan,
    tell: Callable[[str], None],
    stop: asyncio.Event,
    patience: Patience,
    control: socket.socket,
) -> int:
    """Keep a bot running beside the sandbox until they are told to stop or the sandbox ends."""
    from bot.practice.control import practising  # loaded already, see above

    database = plan.environment.get("CAIS_DATABASE_URL", "")
    timeline = Timeline(plan.folder, plan.start_at, plan.speed)
    if timeline.moved:
        tell(PRACTICE.format(now=timeline.now().astimezone(ZONE)))

    def environment() -> dict[str, str]:
        return plan.bot_environment() | timeline.environment()

    bot = KeptBot(lambda: start(plan.bot_command(), environment()), tell, patience)
    look_ahead = looking_ahead(plan.reminder_command(), environment)
    over = asyncio.Event()
    ending = asyncio.create_task(_set_when(over, stop, sandbox))
    kept = asyncio.create_task(bot.keep(over))
    try:
        async with practising(plan.address, plan.folder, database, timeline, bot, control, look_ahead):
            code = await kept
    finally:
        over.set()
        await asyncio.gather(ending, kept, return_exceptions=True)
    if stop.is_set() or sandbox.returncode is None:
        return code
    tell(f"The sandbox stopped by itself (exit code {sandbox.returncode}), so the bot was stopped too.")
    return 1


async def _set_when(over: asyncio.Event, stop: asyncio.Event, sandbox: Process) -> None:
    await first(stop.wait(), sandbox.wait(), over.wait())
    over.set()


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
