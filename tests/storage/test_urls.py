"""What a database's URL says, and what of it people may see."""

from pathlib import Path

import pytest

from storage.urls import shown


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite+aiosqlite:////var/cais.db", "/var/cais.db"),
        ("sqlite+aiosqlite:///cais.db", str(Path("cais.db").absolute())),
        ("postgresql+asyncpg://cais:hush@db.example:5433/cais", "postgresql://cais@db.example:5433/cais"),
        ("postgresql://cais:hush%40hush@db.example/cais?sslmode=require", "postgresql://cais@db.example/cais"),
        ("postgresql+asyncpg://cais@/postgres?host=/run/postgresql", "postgresql://cais@/postgres"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, seen: str) -> None:
    assert shown(url) == seen
