"""What asyncpg says when the server goes away is one thing for everybody else: the database could not be used."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import text

from flows.asked import Owed, Slot
from flows.firms import Refusal
from storage import owing, postgres
from storage.database import open_database
from storage.engines import engine
from storage.errors import StorageUnavailable
from storage.outbox import Outbox
from storage.postgres import PostgresRunner
from storage.statements import Rows, Statement, Unit

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


class StandingStill(PostgresRunner):
    """A replica that stands still, its machine paused or gone, once it has the lock of claims."""

    has_it = False

    async def _execute(self, connection: Any, statement: Statement, parameters: Any) -> Rows:
        rows = await super()._execute(connection, statement, parameters)
        if statement is owing.take_turn:
            self.has_it = True
            await asyncio.Event().wait()
        return rows


async def claimed(outbox: Outbox) -> Sequence[Slot]:
    return await outbox.claim(due=2.0, now=1.0, lease=90.0, limit=10)


@pytest.mark.parametrize("patient", [True, False])
async def test_what_may_take_minutes_is_given_up_only_where_somebody_waits(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    monkeypatch.setattr(postgres, "_SECONDS", 0.3)
    nap = Statement(lambda _: text("SELECT pg_sleep(0.6)"))

    def slow() -> Unit[str]:
        yield nap, {}
        return "done"

    runner = await postgres.open_postgres(postgres_url, patient=patient)
    if patient:
        assert await runner.write(slow) == "done"
    else:
        with pytest.raises(StorageUnavailable, match="TimeoutError"):
            await runner.write(slow)
    await runner.close()


async def test_what_a_replica_that_stands_still_has_locked_is_free_again_soon(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres.SETTINGS, "idle_in_transaction_session_timeout", "500ms")
    async with await open_database(postgres_url) as database:
        await database.outbox.owe([Owed("-/T1", "k", "f1", "letter", "slack:-/T1/U1", "", 1.0)])
        gone = StandingStill((await postgres.open_postgres(postgres_url))._pool)
        standing = asyncio.ensure_future(claimed(Outbox(gone, owing.take_turn)))
        async with asyncio.timeout(20):
            while not gone.has_it:
                await asyncio.sleep(0.01)
            assert len(await claimed(database.outbox)) == 1
        standing.cancel()
        await asyncio.wait([standing])
        await gone.close()


@pytest.mark.parametrize(("patient", "limit"), [(False, "10s"), (True, "0")])
async def test_a_move_may_wait_for_its_other_side_and_nothing_else_for_anything(
    postgres_url: str, patient: bool, limit: str
) -> None:
    of = engine(postgres_url, patient=patient)
    async with of.connect() as connection:
        assert (await connection.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar() == limit
    await of.dispose()


async def test_a_server_that_stands_still_does_not_hold_up_whoever_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        terminated = False

        async def close(self) -> None:
            await asyncio.Event().wait()

        def terminate(self) -> None:
            self.terminated = True

    monkeypatch.setattr(postgres, "_FAREWELL", 0.01)
    pool = Silent()
    await PostgresRunner(cast("asyncpg.Pool[asyncpg.Record]", cast(Any, pool))).close()
    assert pool.terminated


async def test_a_server_that_may_only_be_read_is_noticed_by_who_asks_whether_it_can_be_written(
    postgres_url: str,
) -> None:
    """As one that stands by after another took over: it answers all that is only read."""
    async with await open_database(postgres_url) as database:
        await database.must_be_writable()
    connection = await asyncpg.connect(postgres.plain_url(postgres_url))
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    try:
        await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        async with await open_database(postgres_url, migrates=False) as database:
            assert await database.outbox.stopped() == {}
            with pytest.raises(StorageUnavailable, match="read-only transaction"):
                await database.must_be_writable()
    finally:
        await connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await connection.close()
