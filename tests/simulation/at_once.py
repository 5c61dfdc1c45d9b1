"""The lanes on a SQLite file, without their threads: whoever asks runs the unit, and a night takes as long as its work.

Which unit runs when is the simulation's to say anyway; what a lane does with them is storage.sqlite's own.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage.sqlite import IMMEDIATE, PRAGMAS, Lane, SqliteRunner


class Here:
    """Stands where a lane has its connection with a thread."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._conn = self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        mine = "PRAGMA synchronous = OFF" if writes else "PRAGMA query_only = ON"  # processes die here, no machine does
        for pragma in (*PRAGMAS, mine):
            self._conn.execute(pragma)
        self._tx = self

    def put_nowait(self, asked: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
        future, work = asked
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 - it is for whoever asked
            future.set_exception(error)

    async def close(self) -> None:
        self._conn.close()


def open_at_once(path: Path) -> SqliteRunner:
    """As storage.sqlite.open_sqlite does it."""
    begins = (IMMEDIATE, "BEGIN", "", "BEGIN")
    return SqliteRunner(*(Lane(Here(path, writes=begin == IMMEDIATE), begin) for begin in begins))  # type: ignore[arg-type]
