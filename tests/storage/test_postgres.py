"""What asyncpg says when the server goes away is one thing for everybody else: the database could not be used."""

from typing import Any, cast

import asyncpg
import pytest

from storage.errors import StorageUnavailable
from storage.postgres import PostgresRunner
from storage.statements import Unit


class EndedConnections:
    """A pool whose server ends each connection just as it answers."""

    async def acquire(self, **_: object) -> Any:
        raise asyncpg.InternalClientError("got result for unknown protocol state 3")


def nothing() -> Unit[None]:
    yield from ()


async def test_a_connection_that_the_server_ends_in_the_middle_of_an_answer_is_a_database_that_is_gone() -> None:
    runner = PostgresRunner(cast("asyncpg.Pool[asyncpg.Record]", EndedConnections()))
    with pytest.raises(StorageUnavailable, match="Nothing was changed"):
        await runner.write(nothing)
