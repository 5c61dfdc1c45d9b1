"""`cais next-reminder` prints when the next reminder is due, or nothing."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import cais
from bot.settings import names
from flows.roadmap import Pack
from tests.bot.reminding import new_york, world_at
from tests.bot.test_reminders import bens_task


def printed(monkeypatch: pytest.MonkeyPatch, folder: Path, start_at: str) -> str:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CAIS_DATABASE_URL", f"sqlite+aiosqlite:///{folder}/cais.db")
    monkeypatch.setenv("CAIS_START_AT", start_at)
    result = CliRunner().invoke(cais, ["next-reminder"])
    assert result.exit_code == 0, result.output
    return result.output.strip()


@pytest.fixture
async def planned(tmp_path: Path, pack: Pack) -> Path:
    """A folder with a database in which Ben is to be reminded on December 1, 2026."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        await bens_task(world)
        await world.plan()
    return tmp_path


def test_it_prints_the_instant(monkeypatch: pytest.MonkeyPatch, planned: Path) -> None:
    monkeypatch.setattr("bot.commands.next_reminder.FOR_PLANS", 0.05)  # no bot sends what is due
    assert printed(monkeypatch, planned, "2026-11-23T10:00-05:00") == "2026-12-01T14:00:00+00:00"
    assert printed(monkeypatch, planned, "2026-12-02T10:00-05:00") == "2026-12-08T14:00:00+00:00"


def test_it_prints_nothing_where_none_is_due(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert printed(monkeypatch, tmp_path, "2026-11-23T10:00-05:00") == ""


async def test_where_a_date_was_set_just_now_it_waits_for_the_plan(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        await bens_task(world)
        looking = asyncio.create_task(asyncio.to_thread(printed, monkeypatch, tmp_path, "2026-11-23T10:00-05:00"))
        done, _ = await asyncio.wait({looking}, timeout=0.5)
        assert not done, "nothing is owed yet, and that is not to be said"
        await world.plan()
        assert await looking == "2026-12-01T14:00:00+00:00"


async def test_what_is_due_already_is_waited_for_and_not_jumped_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        await bens_task(world)
        await world.plan()
        looking = asyncio.create_task(asyncio.to_thread(printed, monkeypatch, tmp_path, "2026-12-01T09:00-05:00"))
        done, _ = await asyncio.wait({looking}, timeout=1.0)
        assert not done
        await world.goes_to("2026-12-01", 9)
        assert await looking == "2026-12-08T14:00:00+00:00"


async def test_where_no_bot_plans_it_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pack: Pack
) -> None:
    monkeypatch.setattr("bot.commands.next_reminder.FOR_PLANS", 0.05)
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        await bens_task(world)
        assert await asyncio.to_thread(printed, monkeypatch, tmp_path, "2026-11-23T10:00-05:00") == ""
