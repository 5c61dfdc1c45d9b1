"""Whose turn it is: what one workspace or person waits for holds up nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.background import end

T = TypeVar("T")


class Turns:
    """Of each name one at a time, in the order in which they came."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._here: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Waits for the turn, and has it for the block."""
        self._here[name] = self._here.get(name, 0) + 1
        try:
            async with self._locks.setdefault(name, asyncio.Lock()):
                yield
        finally:
            self._here[name] -= 1
            if not self._here[name]:  # else one stays for each person there ever was
                del self._here[name], self._locks[name]


class Abreast:
    """Work of workspaces: of each one piece at a time, and so many pieces in all."""

    def __init__(self, at_once: int) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._at: dict[str, asyncio.Task[Any]] = {}

    def __contains__(self, tenant: str) -> bool:
        return tenant in self._at

    async def start(self, tenant: str, work: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        """Begins as soon as there is room. The workspace has to be one that nothing is done for just now."""
        await self._room.acquire()
        task = asyncio.ensure_future(_done(work))
        self._at[tenant] = task
        task.add_done_callback(lambda _: self._ended(tenant))
        return task

    def _ended(self, tenant: str) -> None:
        del self._at[tenant]
        self._room.release()

    async def stop(self) -> None:
        """Ends what is under way, in its middle."""
        await end(*self._at.values())


async def _done(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
