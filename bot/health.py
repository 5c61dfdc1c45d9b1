"""Whether the bot can work, and what is true of it right now: `/readyz`, and the gauges of `/metrics`."""

import asyncio
from collections.abc import Callable, Mapping

from bot.app import Bot
from bot.socket_mode import SocketMode
from storage.errors import StorageError

PATIENCE = 2.0
"""Seconds the database has for an answer."""

STUCK = 600.0
"""Seconds for which something may be due, while this process sends nothing, before it is not ready."""


class Health:
    """`stopping` says whether a signal has come; `line` is the Socket Mode connection, where there is one."""

    def __init__(
        self, bot: Bot, stopping: Callable[[], bool], line: SocketMode | None, *, now: Callable[[], float]
    ) -> None:
        self._bot = bot
        self._stopping = stopping
        self._line = line
        self._now = now

    async def ready(self) -> str:
        """Empty where it can work, else a sentence that says what is missing."""
        if self._stopping():
            return "The app is stopping."
        try:
            lag = await self._lag()
        except (StorageError, TimeoutError, OSError):
            return "The database does not answer."
        idle = self._now() - self._bot.delivery.last_round
        if lag > STUCK and idle > STUCK:
            return f"Something has been due for {lag / 60:.0f} minutes, and nothing is being sent."
        return await self._line.ready() if self._line else ""

    async def gauges(self) -> Mapping[str, tuple[str, float]]:
        """By name: what it is, and the number. What needs the database is left out while it does not answer."""
        found: dict[str, tuple[str, float]] = {}
        if self._line:
            up = float(await self._line.connected())
            found["cais_socket_connected"] = ("Whether Socket Mode is connected", up)
        try:
            found["cais_outbox_lag_seconds"] = ("How long the oldest message that is due waits", await self._lag())
            async with asyncio.timeout(PATIENCE):
                stopped = len(await self._bot.stopped_workspaces())
            found["cais_workspaces_stopped"] = ("Workspaces that nothing is sent to", float(stopped))
        except (StorageError, TimeoutError, OSError):
            found["cais_database_up"] = ("Whether the database answers", 0.0)
        else:
            found["cais_database_up"] = ("Whether the database answers", 1.0)
        return found

    async def _lag(self) -> float:
        async with asyncio.timeout(PATIENCE):
            return await self._bot.outbox_lag()
