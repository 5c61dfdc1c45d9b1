"""Which firms a look at what is out of date plans: each once, in as few looks as there can be."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from bot.delivery import planner
from bot.delivery.planner import Planner
from bot.slack.people import People
from flows.events import FirmKey
from flows.services import Services


class Firms:
    """As many as said are out of date; those that break stay so."""

    def __init__(self, count: int, *, broken: Sequence[int] = ()) -> None:
        self.stale_ones = [FirmKey("-/T1", f"f{n}") for n in range(count)]
        self.broken = {self.stale_ones[n] for n in broken}
        self.planned: list[FirmKey] = []
        self.looks = 0
        self.asked: list[str] = []
        """Which workspace each look was about; empty for all that are not stopped."""
        self.reminders = self

    async def stale(self, *, limit: int, tenant: str = "") -> Sequence[FirmKey]:
        self.looks += 1
        self.asked.append(tenant)
        return self.stale_ones[:limit]

    async def replan(self, key: FirmKey) -> None:
        self.planned.append(key)
        if key in self.broken:
            raise RuntimeError("a plan that does not work")
        self.stale_ones.remove(key)


async def swept(firms: Firms) -> int:
    return await looking(firms).sweep()


def looking(firms: Firms) -> Planner:
    services: Any = firms
    looked = Planner(cast(Services, services), cast(People, None), planned=lambda: None)
    looked._ask = lambda: None  # type: ignore[method-assign]  # there is nobody to be asked
    return looked


@pytest.mark.parametrize(("count", "looks"), [(0, 1), (2, 1), (3, 2), (7, 3)])
async def test_every_firm_is_planned_and_nobody_looks_again_after_finding_fewer_than_asked_for(
    count: int, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "AT_ONCE", 3)
    firms = Firms(count)
    assert await swept(firms) == count
    assert (firms.stale_ones, len(firms.planned), firms.looks) == ([], count, looks)


async def test_a_firm_that_cannot_be_planned_is_tried_once_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "AT_ONCE", 2)
    firms = Firms(6, broken=[0, 1, 4])
    assert await swept(firms) == 3
    assert set(firms.stale_ones) == firms.broken
    assert len(firms.planned) == 6


async def test_a_workspace_that_goes_on_has_all_its_firms_planned_and_one_that_breaks_does_not_keep_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planner, "AT_ONCE", 2)
    firms = Firms(5, broken=[1])
    await looking(firms).catch_up("-/T1")
    assert set(firms.stale_ones) == firms.broken
    assert set(firms.asked) == {"-/T1"}


async def test_a_workspace_whose_firms_cannot_be_looked_for_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    firms = Firms(0)

    async def unavailable(**_: object) -> Sequence[FirmKey]:
        raise ConnectionError

    monkeypatch.setattr(firms, "stale", unavailable)
    with pytest.raises(ConnectionError):
        await looking(firms).catch_up("-/T1")
