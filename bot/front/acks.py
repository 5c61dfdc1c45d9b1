"""Acks come first: what is owed to Slack afterwards waits while requests are still being answered, but never long."""

import asyncio
from types import TracebackType

PATIENCE = 0.1
"""Seconds that follow-ups wait at most while requests keep coming."""


class Acks:
    """Counts the requests being answered: `with acks:` round each, `await acks.given()` before what can wait."""

    def __init__(self) -> None:
        self._open = 0
        self._batch: asyncio.Event | None = None

    def __enter__(self) -> None:
        self._open += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open -= 1
        if not self._open:
            self._release()

    async def given(self) -> None:
        """Returns once no request is being answered, or after `PATIENCE`."""
        if not self._open:
            return
        if self._batch is None:
            self._batch = asyncio.Event()
            asyncio.get_running_loop().call_later(PATIENCE, self._release)
        await self._batch.wait()

    def _release(self) -> None:
        if self._batch is not None:
            self._batch.set()
            self._batch = None
