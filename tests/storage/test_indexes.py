"""What is asked of the outbox is found by an index: a million rows that are not meant cost nothing."""

import sqlite3
from pathlib import Path

import pytest

from storage import owing, planning
from storage.database import open_database
from storage.statements import Statement, sqlite_language

ASKED = {
    name: statement
    for module in (owing, planning)
    for name, statement in vars(module).items()
    if isinstance(statement, Statement) and statement is not owing.take_turn
}


@pytest.mark.parametrize("name", ASKED)
async def test_no_statement_looks_through_all_rows_nor_all_of_a_tenants(tmp_path: Path, name: str) -> None:
    path = tmp_path / "cais.db"
    await (await open_database(str(path))).close()
    sql = sqlite_language()[ASKED[name]].sql
    connection = sqlite3.connect(path)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
    connection.close()
    assert "SCAN outbox" not in plan
    assert "SEARCH outbox USING PRIMARY KEY (tenant=?)" not in plan
