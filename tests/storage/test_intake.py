"""Files on their way: kept once, handed to one at a time, gone once settled, and each firm's apart."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from flows.events import FirmKey
from flows.evidence.intake import Coming
from storage.database import Database, open_database
from tests.storage.decisions import set_up

OURS, THEIRS = FirmKey("-/T1", "f1"), FirmKey("-/T2", "f1")


def coming(nth: int = 1, key: FirmKey = OURS) -> Coming:
    at = f"2026-11-23T14:0{nth}:00+00:00"
    who = ("slack:-/T1/U1", "Ana Ruiz", "modal")
    return Coming(key, f"c{nth}", "b", "s1", f"F{nth}", "a.pdf", *who, at, 0.0, "Memo", date(2026, 11, 2), ("A memo",))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with await open_database(url) as opened:
        for key in (OURS, THEIRS):
            await opened.events.change(key, set_up())
        yield opened


async def test_what_comes_twice_is_kept_once_and_as_it_was(database: Database) -> None:
    await database.intake.expect([coming(2), coming(1)])
    await database.intake.expect([coming(1)])
    assert await database.intake.coming(OURS) == [coming(1), coming(2)]
    assert await database.intake.coming(THEIRS) == []


async def test_one_at_a_time_has_a_file_until_its_lease_ends(database: Database) -> None:
    await database.intake.expect([coming()])
    taken = await database.intake.take("-/T1", by="one", now=100.0, lease=60.0)
    assert taken is not None
    assert (taken.id, taken.tries) == ("c1", 1)
    assert await database.intake.take("-/T1", by="two", now=159.0, lease=60.0) is None
    again = await database.intake.take("-/T1", by="two", now=160.0, lease=60.0)
    assert again is not None
    assert again.tries == 2
    assert not await database.intake.settle(taken, by="one"), "it is another's now"
    assert not await database.intake.hold(taken, by="one", until=900.0)
    assert await database.intake.settle(again, by="two")
    assert await database.intake.coming(OURS) == []


async def test_what_is_put_off_is_taken_later(database: Database) -> None:
    await database.intake.expect([coming()])
    taken = await database.intake.take("-/T1", by="one", now=100.0, lease=60.0)
    assert taken is not None
    assert await database.intake.hold(taken, by="one", until=500.0)
    assert await database.intake.take("-/T1", by="one", now=499.0, lease=60.0) is None
    assert await database.intake.take("-/T1", by="one", now=500.0, lease=60.0) is not None


async def test_a_try_for_which_the_file_is_not_to_blame_does_not_count(database: Database) -> None:
    await database.intake.expect([coming()])
    for at in (100.0, 200.0, 300.0):
        taken = await database.intake.take("-/T1", by="one", now=at, lease=60.0)
        assert taken is not None
        assert taken.tries == 1
        assert not await database.intake.put_off(taken, by="two", until=900.0)
        assert await database.intake.put_off(taken, by="one", until=at + 100)
        assert await database.intake.take("-/T1", by="two", now=at + 99, lease=60.0) is None


async def test_two_firms_with_the_same_ids_never_meet(database: Database) -> None:
    await database.intake.expect([coming(key=OURS), coming(key=THEIRS)])
    first = await database.intake.take("-/T1", by="one", now=1.0, lease=60.0)
    assert first is not None
    await database.intake.settle(first, by="one")
    left = THEIRS if first.key == OURS else OURS
    assert [c.key for c in await database.intake.coming(left)] == [left]


async def test_who_waits_is_known_by_workspace_and_whoever_waited_longest_comes_first(database: Database) -> None:
    assert await database.intake.waiting(now=1.0) == []
    await database.intake.expect([coming(2), coming(3), coming(1, THEIRS)])
    assert await database.intake.waiting(now=1.0) == [THEIRS.tenant, OURS.tenant]
    taken = await database.intake.take(THEIRS.tenant, by="one", now=1.0, lease=60.0)
    assert taken is not None
    assert taken.key == THEIRS
    assert await database.intake.take(THEIRS.tenant, by="one", now=1.0, lease=60.0) is None
    assert await database.intake.waiting(now=1.0) == [OURS.tenant]
    assert await database.intake.waiting(now=61.0) == [OURS.tenant, THEIRS.tenant]
