"""What is asked of the outbox is found by an index: a million rows that are not meant cost nothing."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table

from flows.asked import Owed
from storage import owing, planning
from storage.database import open_database
from storage.models import firms, metadata
from storage.statements import Statement, postgres_language, sqlite_language
from storage.urls import plain_url

ASKED = {
    name: statement
    for module in (owing, planning)
    for name, statement in vars(module).items()
    if isinstance(statement, Statement) and statement not in (owing.take_turn, planning.begin_without_waiting)
}


@pytest.mark.parametrize("name", ASKED)
async def test_no_statement_looks_through_all_rows_nor_all_of_a_tenants(tmp_path: Path, name: str) -> None:
    path = tmp_path / "cais.db"
    await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
    sql = sqlite_language()[ASKED[name]].sql
    connection = sqlite3.connect(path)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
    connection.close()
    assert "SCAN outbox" not in plan
    assert "SEARCH outbox USING PRIMARY KEY (tenant=?)" not in plan


@pytest.mark.parametrize(
    "table", [t for t in metadata.sorted_tables if any(fk.column.table is firms for fk in t.foreign_keys)], ids=str
)
async def test_a_firm_that_goes_is_looked_for_in_no_other_tenants_rows(tmp_path: Path, table: Table) -> None:
    """A database looks for it in each table that points at firms, once for every firm of a workspace that goes."""
    path = tmp_path / "cais.db"
    await (await open_database(f"sqlite+aiosqlite:///{path}")).close()
    asked = f"SELECT 1 FROM {table} WHERE tenant = 'T' AND {table.c.firm.name} = 'f'"
    connection = sqlite3.connect(path)
    (plan,) = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}")]
    connection.close()
    assert "tenant=?" in plan


SETTLED, TO_COME = 1500, 1500


def _owed(nth: int) -> Owed:
    return Owed("-/T1", f"f|task:s3e|{nth}", "f", "reminder", f"slack:-/T1/U{nth}", "", float(nth), slot="digest")


@pytest.mark.parametrize("knows", ["nothing", "what there was", "what there is"])
async def test_postgresql_looks_up_what_a_claim_wants_row_by_row_whatever_it_knows_of_the_table(
    postgres_url: str, knows: str
) -> None:
    """Most of what was due is settled, and all that is not settled is to come: it knows of both, not that they meet."""
    async with await open_database(postgres_url) as database:
        connection = await asyncpg.connect(plain_url(postgres_url))
        if knows == "what there was":
            await connection.execute("ANALYZE outbox, taken")
        await database.outbox.owe([_owed(nth) for nth in range(SETTLED + TO_COME)])
        keys = [_owed(nth).key for nth in range(SETTLED)]
        await database.outbox.settle("-/T1", dict.fromkeys(keys, "sent"), now=2.0)
        if knows == "what there is":
            await connection.execute("ANALYZE outbox, taken")
        read = await _rows_read(connection, due=SETTLED + 100.0)
        await connection.close()
    assert read < 500, "100 are due, each found by its slot and read by its key"


async def _rows_read(connection: Any, due: float) -> float:
    """How many rows of the outbox are looked up for a claim, and after it, once it is known which slots are due."""
    language, read = postgres_language(), 0.0
    async with connection.transaction():
        await connection.fetch(language[owing.take_turn].sql)
        for statement in (owing.take, owing.read_taken):
            compiled = language[statement]
            given = compiled.bind({"due": due, "since": 0.0, "now": 1.0, "until": 121.0, "limit": 200})
            lines = await connection.fetch(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) {compiled.sql}", *given)
            plan = [line[0] for line in lines]
            for nth, line in enumerate(plan):
                found = re.search(r" on outbox \(.*rows=(\d+) loops=(\d+)", line)
                if found:
                    removed = re.search(r"Rows Removed by Filter: (\d+)", "".join(plan[nth : nth + 4]))
                    read += (int(found[1]) + int(removed[1] if removed else 0)) * int(found[2])
    return read
