"""Keeps the pretend workspace in one SQLite file, so that a restart forgets nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Protocol

from bot.sandbox.wire import Json


class Store(Protocol):
    """Where the workspace puts its records: a kind, an id, a JSON object."""

    def load(self) -> list[tuple[str, str, Json]]:
        """Everything kept, in the order in which it was first put."""

    def put(self, kind: str, key: str, value: Json) -> None:
        """Keeps a record, replacing an older one of the same kind and id."""

    def drop(self, kind: str, key: str) -> None:
        """Forgets one record."""

    def clear(self) -> None:
        """Forgets everything."""

    def close(self) -> None:
        """Lets go of the file."""


class MemoryStore:
    """Keeps nothing beyond the process, for tests."""

    def load(self) -> list[tuple[str, str, Json]]:
        """Nothing was kept."""
        return []

    def put(self, kind: str, key: str, value: Json) -> None:
        """The workspace itself is the only copy."""

    def drop(self, kind: str, key: str) -> None:
        """The workspace itself is the only copy."""

    def clear(self) -> None:
        """The workspace itself is the only copy."""

    def close(self) -> None:
        """There is no file."""


class SqliteStore:
    """One table in ``sandbox.sqlite3``; each put is committed before it returns, so kill -9 loses nothing."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "sandbox.sqlite3", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # NORMAL survives the death of the process; only a power cut could take the last writes of a practice room.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS records "
            "(n INTEGER PRIMARY KEY, kind TEXT, key TEXT, value TEXT, UNIQUE (kind, key))"
        )

    def load(self) -> list[tuple[str, str, Json]]:
        """Everything kept, in the order in which it was first put."""
        rows = self._connection.execute("SELECT kind, key, value FROM records ORDER BY n")
        return [(kind, key, json.loads(value)) for kind, key, value in rows]

    def put(self, kind: str, key: str, value: Json) -> None:
        """Keeps a record, replacing an older one of the same kind and id."""
        self._connection.execute(
            "INSERT INTO records (kind, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, key, json.dumps(value, ensure_ascii=False)),
        )

    def drop(self, kind: str, key: str) -> None:
        """Forgets one record."""
        self._connection.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def clear(self) -> None:
        """Forgets everything, in the file too."""
        self._connection.execute("DELETE FROM records")
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()
