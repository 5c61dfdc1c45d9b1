"""Has done at once what several ask for while the one before is being done: a commit costs the same for all of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """`do` is given all that was asked for in one turn of the loop, or while it was at work before, in order."""

    def __init__(self, do: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._do = do
        self._asked: list[T] = []
        self._next: asyncio.Task[None] | None = None
        self._at_work = asyncio.Lock()

    async def add(self, one: T) -> None:
        """Returns once it is done, and is done also where nobody waits for that. Raises what doing it all raised."""
        self._asked.append(one)
        if self._next is None:
            self._next = asyncio.ensure_future(self._do_next())
        await asyncio.shield(self._next)

    async def _do_next(self) -> None:
        async with self._at_work:
            asked, self._asked, self._next = self._asked, [], None
            await self._do(asked)
