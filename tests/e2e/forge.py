"""Bots whose code is imported already: a process imports it once and is forked for each bot that a test starts.

Importing is most of what a start costs. A bot that comes from here is a process of its own like any other; that
`cais run` itself starts, the tests of `test_as_processes` and `test_sandbox_run` say.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]


class Forked:
    """A bot from the forge, as much of asyncio's Process as is needed."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self._code = asyncio.ensure_future(reader.readline())
        self._code.add_done_callback(lambda _: writer.close())

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return int(self._code.result()) if self._code.done() else None

    def send_signal(self, number: int) -> None:
        """Raises ProcessLookupError where it has ended."""
        os.kill(self.pid, number)

    async def wait(self) -> int:
        """The exit code; negative, the signal that ended it."""
        return int(await asyncio.shield(self._code))


async def forked_bot(environment: Mapping[str, str], folder: Path) -> Forked:
    """Starts `cais run` in this folder with this environment."""
    ours, theirs = socket.socketpair()
    with theirs:
        order = json.dumps({"environment": dict(environment), "folder": str(folder)})
        socket.send_fds(_forge(), [f"{order}\n".encode()], [theirs.fileno()])
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    return Forked(int(await reader.readline()), reader, writer)


@cache
def _forge() -> socket.socket:
    """Begins it; it ends with us, when nobody holds the other end."""
    ours, theirs = socket.socketpair()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAIS_", "SLACK_"))}
    with theirs:
        subprocess.Popen([sys.executable, "-m", __name__], stdin=theirs, cwd=ROOT, env=kept)
    return ours


def _work(orders: socket.socket) -> None:
    """Forks one bot for each order, until there will be no more."""
    _import_the_bot()
    while True:
        said, fds, _, _ = socket.recv_fds(orders, 1_000_000, 1)
        if not said:
            return None
        while not said.endswith(b"\n"):
            said += orders.recv(1_000_000)
        [answers] = fds
        if os.fork() == 0:
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            return _look_after_one(json.loads(said), socket.socket(fileno=answers))
        os.close(answers)


def _import_the_bot() -> None:
    import uvloop  # noqa: F401 - what `cais run` imports

    import bot.__main__
    import bot.commands.run
    import bot.serving  # noqa: F401

    gc.freeze()


def _look_after_one(order: dict[str, Any], answers: socket.socket) -> None:
    """Says which process the bot is, and how it ended."""
    pid = os.fork()
    if pid == 0:
        answers.close()
        _become_the_bot(order)
    answers.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    answers.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _become_the_bot(order: dict[str, Any]) -> NoReturn:
    from bot.__main__ import main

    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["cais", "run"]
    main()
    sys.exit()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which tell us by hanging up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has looked after a bot to its end leaves nothing behind
    _work(socket.socket(fileno=os.dup(0)))
