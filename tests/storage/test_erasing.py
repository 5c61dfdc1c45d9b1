"""A firm or a workspace is deleted: no row of it is left in any table, and no other's is touched."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Double, Integer, Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from flows import events as e
from flows.documents.words import asked
from flows.events import FirmKey
from flows.firms import Refusal
from storage.database import Database, open_database
from storage.engines import engine as engine_of
from storage.erasing import OF_A_WORKSPACE, OF_NOBODY, Scope, tables_of
from storage.models import metadata
from tests.storage.decisions import records, set_up
from tests.storage.test_knowledge import GIFTS, document, passage, read, texts

OURS, THEIRS, ELSEWHERE = FirmKey("-/T1", "f1"), FirmKey("-/T1", "f2"), FirmKey("-/T2", "f1")


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Database]:
    async with await open_database(url) as database:
        yield database


@pytest.fixture
async def tables(url: str, opened: Database) -> AsyncIterator[AsyncEngine]:
    """The tables behind our back: three real firms, and made-up rows of theirs in every table that has none."""
    for key in (OURS, THEIRS, ELSEWHERE):
        await opened.events.change(key, set_up(channel=f"slack:{key.tenant}/C{key.firm}"))
    engine = engine_of(url)
    for table in reversed(tables_of(of_a_firm=False)):
        there = await left(engine, table)
        alone = list(table.primary_key.columns.keys()) == ["tenant"]
        keys = (OURS, ELSEWHERE) if alone else (OURS, THEIRS, ELSEWHERE)
        async with engine.begin() as connection:
            for nth, key in enumerate(() if there else keys):
                await connection.execute(insert(table).values(made_up(table, key, nth)))
    yield engine
    await engine.dispose()


def made_up(table: Table, key: FirmKey, nth: int) -> dict[str, Any]:
    """A row of this firm, whatever the table; a table that is added later gets one, too."""
    known = {"tenant": key.tenant, "firm": key.firm, "current_firm": key.firm}
    if table.name in ("outbox", "taken"):
        known["key"] = f"key of {key.firm}"
    return {name: known.get(name, value_of(column, nth)) for name, column in table.c.items()}


def value_of(column: Column[Any], nth: int) -> Any:
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Double):
        return float(nth)
    if isinstance(column.type, Integer) or (column.name == "id" and column.table.name == "passages"):
        return nth + 1
    return f"{column.name}-{nth}"


async def left(engine: AsyncEngine, table: Table) -> list[FirmKey]:
    """Whose rows there are; of a table without firms, whose workspace's."""
    firm = table.c.firm if "firm" in table.c else text("''")
    async with engine.connect() as connection:
        return sorted(
            (FirmKey(*row) for row in await connection.execute(select(table.c.tenant, firm))),
            key=lambda key: (key.tenant, key.firm),
        )


def test_every_table_is_a_firms_or_named_as_a_workspaces() -> None:
    """A table that is added later fails here, unless it has a firm's column or is thought of."""
    of_firms = {table.name for table in tables_of(of_a_firm=True)}
    assert of_firms | OF_A_WORKSPACE | OF_NOBODY == set(metadata.tables)
    assert not of_firms & OF_A_WORKSPACE
    assert {table.name for table in tables_of(of_a_firm=False)} == set(metadata.tables) - OF_NOBODY


async def test_no_row_of_a_firm_is_left_and_every_other_firms_is(opened: Database, tables: AsyncEngine) -> None:
    gone = await opened.erasing.erase(Scope(*_names(OURS)))
    assert set(gone.rows) == {table.name for table in tables_of(of_a_firm=True)}
    for table in tables_of(of_a_firm=False):
        found = await left(tables, table)
        if "firm" in table.c:
            assert set(found) == {THEIRS, ELSEWHERE}, table.name
        else:
            assert {key.tenant for key in found} == {"-/T1", "-/T2"}, table.name
        if table.name == "taken":
            assert len(found) == 2, "what was taken up of the firm is gone"
    async with tables.connect() as connection:
        people = metadata.tables["people"]
        assert set((await connection.execute(select(people.c.current_firm))).scalars()) == {"", "f2", "f1"}


def _names(key: FirmKey) -> tuple[str, str]:
    return key.tenant, key.firm


async def test_no_row_of_a_workspace_is_left_and_every_other_workspaces_is(
    opened: Database, tables: AsyncEngine
) -> None:
    await opened.erasing.erase(Scope("-/T1"))
    for table in tables_of(of_a_firm=False):
        assert {key.tenant for key in await left(tables, table)} == {"-/T2"}, table.name


async def test_what_is_gone_is_gone_for_whoever_has_it_in_hand(opened: Database) -> None:
    for key in (OURS, THEIRS):
        await opened.events.change(key, set_up())
        await read(opened, document(key), [passage(GIFTS)])
    assert await texts(opened, "gifts to customers worth") == [GIFTS]
    await opened.erasing.erase(Scope(*_names(OURS)))
    assert await opened.events.position(OURS) is None, "what was held in memory does not count"
    assert await opened.events.history(OURS) == ()
    assert not (await opened.knowledge.search(OURS, asked("gifts to customers worth"))).passages
    assert await texts(opened, "gifts to customers worth", THEIRS) == [GIFTS]
    assert (await opened.erasing.erase(Scope(*_names(OURS)))).rows == {}, "a second time there is nothing left"


async def test_a_firm_under_a_legal_hold_stays_whole_and_so_does_its_workspace(opened: Database) -> None:
    await opened.events.change(OURS, set_up())
    await opened.events.change(THEIRS, set_up())
    await opened.events.change(OURS, records(e.HoldSet(reason="an inquiry")))
    for scope in (Scope(*_names(OURS)), Scope("-/T1")):
        with pytest.raises(Refusal, match=r"under a legal hold, set by .*: “an inquiry”"):
            await opened.erasing.erase(scope)
    assert await opened.events.position(OURS) is not None
    assert await opened.events.position(THEIRS) is not None
