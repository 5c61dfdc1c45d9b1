"""Whose a database is can be seen without changing anything in it."""

from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.whose import other_tenant
from tests.bot.prompt import KEY, four_events


async def test_somebody_elses_firm_is_seen_and_ones_own_is_not(url: str) -> None:
    assert await other_tenant(url, "-/T9") == ""
    await four_events(url)
    assert await other_tenant(url, KEY.tenant) == ""
    assert await other_tenant(url, "-/T9") == KEY.tenant


async def test_no_database_is_nobodys_and_none_is_made(tmp_path: Path) -> None:
    assert await other_tenant(f"sqlite+aiosqlite:///{tmp_path}/none.db", KEY.tenant) == ""
    assert not (tmp_path / "none.db").exists()


async def test_what_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    (tmp_path / "cais.db").write_text("the minutes of the last meeting, and what was decided there " * 20)
    with pytest.raises(StorageUnavailable, match="file is not a database"):
        await other_tenant(f"sqlite+aiosqlite:///{tmp_path}/cais.db", KEY.tenant)
    with pytest.raises(StorageUnavailable, match="could not be used"):
        await other_tenant("postgresql+asyncpg://cais@127.0.0.1:1/cais", KEY.tenant)
