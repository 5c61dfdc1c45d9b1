"""A firm that is read into another installation is told there of what is due from then on, and of nothing twice."""

from datetime import date
from pathlib import Path

import pytest

from flows.events import FirmKey
from flows.exports.use_cases import take_in, told_until
from flows.exports.whole import Head, Roadmap, Whole, WholeFirm
from flows.roadmap import Pack
from tests.bot.conversing import BEN, LEA, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import new_york, world_at
from tests.storage.memory import MemoryDatabase


@pytest.fixture
async def told(tmp_path: Path, pack: Pack) -> WholeFirm:
    """A firm whose owner was told of a date 10 and 5 trading days before it."""
    (tmp_path / "there").mkdir()
    async with world_at(tmp_path / "there", pack, new_york("2026-09-01", 10)) as world:
        key = (await a_firm(world.services, "Apex Securities", LEA, U0BEN="member")).key
        await world.goes_to("2026-09-02", 10)
        await world.services.assign(key, world.act(person(LEA)), "s1", person(BEN))
        await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2026, 12, 15))
        for day in ("2026-09-03", "2026-12-01", "2026-12-08"):
            await world.goes_to(day, 12)
        assert len(world.digests(BEN)) == 3
        rows = tuple(await world.services.events.history(key))
    return WholeFirm(key.tenant, key.firm, "Apex Securities", Head(len(rows), rows[-1].hash), rows)


def made_at(moment: str, firm: WholeFirm) -> Whole:
    return Whole("cais-export/1", moment, "", Roadmap("", "", "", ""), (firm,))


async def test_what_falls_due_on_the_way_from_one_installation_to_the_other_is_told_at_once(
    told: WholeFirm, tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    async with world_at(tmp_path / "here", pack, new_york("2026-12-11", 14)) as world:
        services, whole = world.services, made_at("2026-12-11T13:00:00+00:00", told)
        until = told_until(whole, services.now())
        await take_in(services.events, MemoryDatabase().questions, whole, until)
        with monkeypatch.context() as then:
            then.setattr(services.reminders, "_now", lambda: until)
            await services.reminders.replan(FirmKey(told.tenant, told.firm))
        await world.goes_to("2026-12-11", 15)
        (digest,) = world.digests(BEN)
        assert "2 trading days before" in words_of(digest)


async def test_nobody_is_told_again_of_what_is_behind_and_everybody_of_what_comes(
    told: WholeFirm, tmp_path: Path, pack: Pack
) -> None:
    (tmp_path / "here").mkdir()
    whole = made_at("2026-12-09T18:00:00+00:00", told)
    async with world_at(tmp_path / "here", pack, new_york("2026-12-09", 14)) as world:
        services = world.services
        await take_in(services.events, MemoryDatabase().questions, whole, new_york("2026-12-09", 14))
        await services.reminders.replan(FirmKey(told.tenant, told.firm))
        for day in ("2026-12-09", "2026-12-10"):
            await world.goes_to(day, 15)
        assert world.digests(BEN) == world.digests(LEA) == []
        await world.goes_to("2026-12-11", 12)
        (digest,) = world.digests(BEN)
        assert "2 trading days before." in words_of(digest)
