"""Tells everyone who looks (pages, waiting tests) that something in the workspace changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.sandbox.wire import Json


class Changes:
    """A fan-out of changes; each watcher has a queue and sees only what concerns its person."""

    def __init__(self) -> None:
        self._watchers: dict[asyncio.Queue[Json], str | None] = {}

    def watch(self, person: str | None) -> asyncio.Queue[Json]:
        """A queue of the changes this person may see; None sees all."""
        queue: asyncio.Queue[Json] = asyncio.Queue(maxsize=10_000)
        self._watchers[queue] = person
        return queue

    def unwatch(self, queue: asyncio.Queue[Json]) -> None:
        """Stops filling a queue."""
        self._watchers.pop(queue, None)

    @property
    def watched(self) -> bool:
        """Whether anybody is looking."""
        return bool(self._watchers)

    def people(self) -> list[str]:
        """Whoever has a page open."""
        return sorted({person for person in self._watchers.values() if person})

    def tell(self, change: Json, people: set[str] | None = None) -> None:
        """Passes a change on to these people; None means everybody. Who is too slow is told to look anew."""
        for queue, person in self._watchers.items():
            if person is None or people is None or person in people:
                if queue.full():
                    while not queue.empty():
                        queue.get_nowait()
                    queue.put_nowait({"type": "missed"})
                queue.put_nowait(change)

    async def until(self, found: Callable[[], object], seconds: float) -> bool:
        """Waits until ``found()`` is true, looking again after each change; False when the time is over."""
        queue = self.watch(None)
        try:
            async with asyncio.timeout(seconds):
                while not found():
                    await queue.get()
        except TimeoutError:
            return bool(found())
        finally:
            self.unwatch(queue)
        return True
