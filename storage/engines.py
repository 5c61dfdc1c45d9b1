"""SQLAlchemy's engine on a database, for what goes through it: migrations, and moves from one to another."""

from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.urls import sqlite_path


def engine(url: str, *, patient: bool = False) -> AsyncEngine:
    """The engine for this URL. It gets to PostgreSQL as everything else does, TLS included. Raises ValueError.

    `patient`: its transactions may wait for something else than the database.
    """
    path = sqlite_path(url)
    if path is not None:
        # Not as text, of which SQLAlchemy would read the signs that mean something in a URL.
        return create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), poolclass=NullPool)
    from storage.postgres import connected  # asyncpg is an extra: whoever uses SQLite need not have it

    async def connect() -> Any:
        return await connected(url, patient=patient)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
