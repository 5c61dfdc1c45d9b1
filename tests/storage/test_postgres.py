"""What asyncpg says when the server goes away is one thing for everybody else: the database could not be used."""

from typing import Any, cast

import asyncpg
import pytest

from flows.firms import Refusal
from storage.errors import StorageUnavailable
from storage.postgres import PostgresRunner
from storage.statements import Unit

ENDED = asyncpg.InternalClientError("got result for unknown protocol state 3")
CLOSED = asyncpg.InterfaceError("connection is closed")


class Connection:
    """One that begins a transaction, and commits it, as long as nothing is wrong with it."""

    def __init__(self, wrong: Exception | None) -> None:
        self._wrong = wrong

    def transaction(self) -> "Connection":
        if self._wrong:
            raise self._wrong
        return self

    async def start(self) -> None: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None:
        raise CLOSED


class Pool:
    """Gives out this connection, or fails to; none comes back whole, for the server ended them all."""

    def __init__(self, gives: Connection | Exception) -> None:
        self._gives = gives

    async def acquire(self, **_: object) -> Connection:
        if isinstance(self._gives, Exception):
            raise self._gives
        return self._gives

    async def release(self, _: Connection) -> None:
        raise CLOSED


def a_word() -> Unit[str]:
    yield from ()
    return "written"


def runner(gives: Connection | Exception) -> PostgresRunner:
    return PostgresRunner(cast("asyncpg.Pool[asyncpg.Record]", cast(Any, Pool(gives))))


@pytest.mark.parametrize("gives", [ENDED, CLOSED, Connection(CLOSED), Connection(ENDED)])
async def test_a_connection_that_the_server_ended_is_a_database_that_is_gone(gives: Connection | Exception) -> None:
    with pytest.raises(StorageUnavailable, match="Nothing was changed"):
        await runner(gives).write(a_word)


async def test_what_was_committed_counts_though_the_server_ends_the_connection_after_it() -> None:
    assert await runner(Connection(None)).write(a_word) == "written"


async def test_a_refusal_stays_one_though_the_server_ends_the_connection_under_it() -> None:
    def refusing() -> Unit[str]:
        raise Refusal("Not now.")
        yield

    with pytest.raises(Refusal, match="Not now"):
        await runner(Connection(None)).write(refusing)
