"""Whether the bot can work, and what is true of it right now: `/readyz`, and the gauges of `/metrics`."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bot.app import Bot
from bot.slack.standstill import may_pass
from bot.socket_mode import SocketMode
from storage.errors import Gone, StorageError

PATIENCE = 2.0
"""Seconds the database has for an answer."""

STUCK = 600.0
"""Seconds for which something may be due, while this process sends nothing, before it is not ready."""

LEAST_ROOM = 1_000_000
"""Bytes on the disk of a SQLite database, below which nothing can be recorded."""


def room_on_disk(folder: Path) -> float:
    """Bytes that are free where this folder is. Raises OSError."""
    return float(shutil.disk_usage(folder).free)


def room_for(file: Path) -> float:
    """Bytes that are free where this file is, or where it leads to if its name is a link. Raises OSError."""
    return room_on_disk(file.resolve().parent)


class Health:
    """`stopping` says whether a signal has come; `line` is the Socket Mode connection, where there is one.

    `room` tells how many bytes are free where a SQLite database grows; without one nobody asks. `writes` raises
    StorageError where the database may only be read, as on a disk that went bad or a server that stands by.
    """

    def __init__(
        self,
        bot: Bot,
        stopping: Callable[[], bool],
        line: SocketMode | None,
        *,
        now: Callable[[], float],
        room: Callable[[], float] | None = None,
        writes: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._writes = writes
        self._bot = bot
        self._stopping = stopping
        self._line = line
        self._now = now
        self._room = room

    async def ready(self) -> str:
        """Empty where it can work, else a sentence that says what is missing."""
        if self._stopping():
            return "The app is stopping."
        try:
            lag = await self._lag()
        except Gone as error:
            return str(error)
        except (StorageError, TimeoutError, OSError):
            return "The database does not answer."
        try:
            if self._room and self._room() < LEAST_ROOM:
                return "There is no room left on the disk, so nothing can be recorded."
        except OSError as error:
            return f"The folder of the database cannot be looked at: {error.strerror}."
        if no := await self._cannot_write():
            return f"Nothing can be recorded: {no}"
        if missing := await self._key_missing():
            return f"{missing} Start this replica again with that key."
        idle = self._now() - self._bot.delivery.last_round
        if lag > STUCK and idle > STUCK:
            return f"Something has been due for {lag / 60:.0f} minutes, and nothing is being sent."
        return await self._line.ready() if self._line else ""

    async def _key_missing(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._bot.look_for_key()
        except (StorageError, TimeoutError):
            return self._bot.key_missing

    async def _cannot_write(self) -> str:
        if self._writes is None:
            return ""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._writes()
        except StorageError as error:
            return str(error)
        except TimeoutError:
            pass  # others write: that is waited for
        return ""

    async def gauges(self) -> Mapping[str, tuple[str, float]]:
        """By name: what it is, and the number. What needs the database is left out while it does not answer."""
        found: dict[str, tuple[str, float]] = {}
        if self._line:
            up = float(await self._line.connected())
            found["cais_socket_connected"] = ("Whether Socket Mode is connected", up)
        if self._room:
            with suppress(OSError):
                found["cais_disk_free_bytes"] = ("Room left on the disk of the database", self._room())
        try:
            found["cais_outbox_lag_seconds"] = ("How long the oldest message that is due waits", await self._lag())
            async with asyncio.timeout(PATIENCE):
                stopped = await self._bot.stopped_workspaces()
            refused = sum(may_pass(reason) for reason in stopped.values())
            found["cais_workspaces_stopped"] = ("Workspaces that nothing is sent to", float(len(stopped)))
            found["cais_workspaces_refused"] = (
                "Of these, those whose token Slack does not take for now",
                float(refused),
            )
        except (StorageError, TimeoutError, OSError):
            found["cais_database_up"] = ("Whether the database answers", 0.0)
        else:
            found["cais_database_up"] = ("Whether the database answers", 1.0)
        return found

    async def _lag(self) -> float:
        async with asyncio.timeout(PATIENCE):
            return await self._bot.outbox_lag()
