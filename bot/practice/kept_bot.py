"""Keeps the bot beside the sandbox running: again when it dies, and not while something is changed under it."""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: before a bot that died is started again (doubled each time), and how long an end may take."""

    first: float = 1.0
    longest: float = 30.0
    well_after: float = 60.0
    to_open: float = 15.0
    to_stop: float = 10.0


class KeptBot:
    """One bot process after the other."""

    def __init__(self, start: Callable[[], Awaitable[Process]], tell: Callable[[str], None], patience: Patience):
        self._start, self._tell, self._patience = start, tell, patience
        self._hold, self._released, self._at_rest = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._death = asyncio.Event()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """No bot runs inside the block; after it, one is started. One holder at a time."""
        self._released.clear()
        self._hold.set()
        try:
            await self._at_rest.wait()
            yield
        finally:
            self._hold.clear()
            self._released.set()

    async def next_death(self) -> None:
        """Waits until a bot ends by itself."""
        await self._death.wait()

    async def keep(self, over: asyncio.Event) -> int:
        """Until `over`, then 0; or 2 where a bot ended with that: its settings are wrong, again would be no use."""
        loop, wait = asyncio.get_running_loop(), self._patience.first
        while not over.is_set():
            if self._hold.is_set():
                self._at_rest.set()
                await first(over.wait(), self._released.wait())
                self._at_rest.clear()
                continue
            began = loop.time()
            code = await self._run(over)
            if over.is_set() or self._hold.is_set():
                continue
            self._mourn()
            if code == 2:
                self._tell("The bot did not start; the line above says why.")
                return 2
            wait = self._patience.first if loop.time() - began > self._patience.well_after else wait
            self._tell(f"The bot stopped (exit code {code}). Starting it again in {wait:g} s; nothing kept is lost.")
            await first(over.wait(), asyncio.sleep(wait), self._hold.wait())
            wait = min(wait * 2, self._patience.longest)
        return 0

    async def _run(self, over: asyncio.Event) -> int | None:
        bot = await self._start()
        try:
            await first(over.wait(), bot.wait(), self._hold.wait())
        finally:
            await end(bot, self._patience.to_stop)
        return bot.returncode

    def _mourn(self) -> None:
        self._death.set()
        self._death = asyncio.Event()


async def first(*waits: Coroutine[Any, Any, object]) -> None:
    """Returns when one of them is done; the others are cancelled."""
    tasks = [asyncio.create_task(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def start(command: Sequence[str], environment: dict[str, str], *, quiet: bool = False) -> Process:
    """A process in a session of its own.

    Ctrl-C then reaches only the supervisor, which stops the bot before its Slack goes away.
    """
    out = DEVNULL if quiet else None
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=out, start_new_session=True)


async def end(process: Process, seconds: float) -> None:
    """Asks it to stop, and after `seconds` makes it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
