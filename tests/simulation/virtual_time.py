"""An event loop whose time passes only when nobody has anything to do: a night takes no longer than its work."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")


class Time:
    """Virtual seconds since 1970. It stands still while others work, as a database does."""

    def __init__(self, start: datetime) -> None:
        self.now = start.timestamp()
        self.working = 0
        self.turn = asyncio.Lock()

    @contextmanager
    def held(self):
        """While this lasts, time stands still unless someone ends their sleep."""
        self.working += 1
        try:
            yield
        finally:
            self.working -= 1

    def business(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


class _Selector(selectors.DefaultSelector):
    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def select(self, timeout: float | None = None):
        if self._time.working or timeout is None:
            return super().select(0.05 if timeout is None or timeout > 0.05 else timeout)
        ready = super().select(0)
        if not ready and timeout > 0:
            self._time.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps, timeouts and timers go by virtual time."""

    def __init__(self, time: Time) -> None:
        self._virtual = time
        super().__init__(_Selector(time))
        self._clock_resolution = (
            1e-6  # so many seconds since 1970 know no finer ones, and a timer must not miss its time
        )

    def time(self) -> float:
        return self._virtual.now


def run(time: Time, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(time)) as runner:
        return runner.run(work())


async def until(at: datetime) -> None:
    """Sleeps until that instant, if it is still to come."""
    await asyncio.sleep(max(0.0, at.timestamp() - asyncio.get_running_loop().time()))
