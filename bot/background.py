"""Work beside what Slack waits for: after an answer, where a shutdown waits for it, and in rounds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

log = logging.getLogger("cais.background")
T = TypeVar("T")

LAST_WORDS = 1.0
"""Seconds for what is cut off at a stop to say so."""


async def ended_within(work: "asyncio.Future[Any]", seconds: float) -> bool:
    """Waits for the work, but no longer than this; it goes on all the same. Whether it has ended.

    What asyncio offers for it looks after any number of futures, which took a twentieth of a command's time.
    """
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake(_: object = None) -> None:
        if not woken.done():
            woken.set_result(None)

    work.add_done_callback(wake)
    timer = loop.call_later(seconds, wake)
    try:
        await woken
    finally:
        timer.cancel()
        work.remove_done_callback(wake)
    return work.done()


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Waits until it is set, but no longer than this; whether it is. Whoever is cancelled meanwhile is.

    `asyncio.wait_for` of Python 3.11 swallows the cancelling where the event was set a moment before: then a round
    that was ended went on, and a shutdown waited for it for ever.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def end(*works: "asyncio.Future[Any] | None") -> None:
    """Ends each in its middle, and returns once all have ended. What one puts away on its way out has LAST_WORDS.

    Asked again after that: where the database lets nothing be put away, its error takes the place of the cancelling,
    and whoever goes on after any error goes on after that one too. Then a shutdown waited for it for ever.
    """
    left = {work for work in works if work}
    while left:
        for work in left:
            work.cancel()
        _, left = await asyncio.wait(left, timeout=LAST_WORDS)
    await asyncio.gather(*(work for work in works if work), return_exceptions=True)


class Rounds:
    """Does the same again and again: at the start, whenever it is woken, and at least every so many seconds."""

    def __init__(self, work: Callable[[], Awaitable[None]], *, action: str, every: float) -> None:
        """`action` is what the log calls it."""
        self._work = work
        self._action = action
        self._every = every
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def start(self) -> None:
        """Begins, with the first round at once."""
        self._task = asyncio.ensure_future(self._go_round())

    async def stop(self) -> None:
        """Ends, also in the middle of a round."""
        await end(self._task)

    async def _go_round(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - the next round tries again; without it none would come
                log.error("a round failed", extra={"action": self._action, "error": type(error).__name__})
            await set_within(self._woken, self._every)


class Background:
    """A registry of running tasks: asyncio itself keeps only weak references to them."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run this now, beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", extra={"action": "background", "error": type(error).__name__})

    @property
    def running(self) -> int:
        """How many pieces of work are under way."""
        return len(self._running)

    async def drain(self, seconds: float) -> int:
        """Wait this long for everything, also for what that starts; returns how many had to be cancelled.

        What is cancelled has LAST_WORDS more: whoever was promised something by it is told that it does not come.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while self._running and loop.time() < ends:
            await asyncio.wait(self._running, timeout=ends - loop.time())
        left = list(self._running)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST_WORDS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)

    async def idle(self) -> None:
        """Wait until nothing is under way, also nothing that started meanwhile."""
        while self._running:
            await asyncio.wait(self._running)
