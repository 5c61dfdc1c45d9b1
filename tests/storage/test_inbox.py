"""What Slack tells us counts once, whichever the database."""

import asyncio

from flows.ports import Told
from storage.database import Database, open_database

TOLD = Told("-/T1", "Ev1", '{"a": 1}')


async def test_a_delivery_is_taken_once(database: Database) -> None:
    assert await database.inbox.take(TOLD, now=100, lease=30)
    assert not await database.inbox.take(TOLD, now=101, lease=30)
    assert await database.inbox.take(Told("-/T2", "Ev1", ""), now=101, lease=30)


async def test_many_who_take_at_once_are_one(database: Database) -> None:
    taken = await asyncio.gather(*(database.inbox.take(TOLD, now=100, lease=30) for _ in range(12)))
    assert taken.count(True) == 1


async def test_a_lease_that_ran_out_goes_to_one_other(database: Database) -> None:
    await database.inbox.take(TOLD, now=100, lease=30)
    assert await database.inbox.unsettled(now=129) == []
    assert await database.inbox.unsettled(now=130) == [TOLD]
    assert await database.inbox.take(TOLD, now=130, lease=30)
    assert not await database.inbox.take(TOLD, now=131, lease=30)
    assert await database.inbox.unsettled(now=159) == []


async def test_what_its_taker_puts_off_is_anybodys_from_then_on(database: Database) -> None:
    await database.inbox.take(TOLD, now=100, lease=30)
    await database.inbox.put_off("-/T1", "Ev1", until=105)
    assert await database.inbox.unsettled(now=104) == []
    assert await database.inbox.take(TOLD, now=105, lease=30)
    await database.inbox.settle("-/T1", "Ev1", now=106)
    await database.inbox.put_off("-/T1", "Ev1", until=107)
    assert await database.inbox.unsettled(now=200) == []


async def test_it_is_counted_how_often_its_taker_went_silent(database: Database) -> None:
    times = [await database.inbox.take(TOLD, now=100.0 * nth, lease=30) for nth in range(1, 4)]
    assert times == [1, 2, 3]
    await database.inbox.put_off("-/T1", "Ev1", until=310)
    assert await database.inbox.take(TOLD, now=310, lease=30) == 3, "whoever lets go of it was not silent"


async def test_what_is_settled_is_never_taken_again_and_its_text_is_gone(database: Database) -> None:
    await database.inbox.take(TOLD, now=100, lease=30)
    await database.inbox.settle("-/T1", "Ev1", now=101)
    assert not await database.inbox.take(TOLD, now=1000, lease=30)
    assert await database.inbox.unsettled(now=1000) == []


async def test_settling_is_for_one_tenant(database: Database) -> None:
    theirs = Told("-/T2", "Ev1", "{}")
    await database.inbox.take(TOLD, now=100, lease=30)
    await database.inbox.take(theirs, now=100, lease=30)
    await database.inbox.settle("-/T1", "Ev1", now=101)
    assert await database.inbox.unsettled(now=200) == [theirs]


async def test_the_unsettled_come_oldest_first_and_at_most_a_hundred(database: Database) -> None:
    for n in range(103):
        await database.inbox.take(Told("-/T1", f"Ev{n:03}", "{}"), now=1000 - n, lease=1)
    waiting = await database.inbox.unsettled(now=2000)
    assert [told.id for told in waiting] == [f"Ev{n:03}" for n in range(102, 2, -1)]


async def test_no_workspace_however_much_it_has_left_comes_before_the_first_of_another(database: Database) -> None:
    for n in range(100):
        await database.inbox.take(Told("-/T1", f"Ev{n:03}", "{}"), now=n, lease=1)
    for n in range(3):
        await database.inbox.take(Told("-/T2", f"Ev{n:03}", "{}"), now=200 + n, lease=1)
    waiting = await database.inbox.unsettled(now=2000)
    first = [(told.tenant, told.id) for told in waiting[:4]]
    assert first == [("-/T1", "Ev000"), ("-/T2", "Ev000"), ("-/T1", "Ev001"), ("-/T2", "Ev001")]
    assert [told.id for told in waiting if told.tenant == "-/T1"] == [f"Ev{n:03}" for n in range(97)]


async def test_only_what_was_settled_long_ago_is_forgotten(database: Database) -> None:
    for n in range(3):
        await database.inbox.take(Told("-/T1", f"Ev{n}", "{}"), now=n, lease=1)
    await database.inbox.settle("-/T1", "Ev0", now=10)
    await database.inbox.settle("-/T1", "Ev1", now=20)
    assert await database.inbox.forget(settled_before=20) == 1
    assert await database.inbox.forget(settled_before=20) == 0
    assert await database.inbox.take(Told("-/T1", "Ev0", "{}"), now=50, lease=1)
    assert not await database.inbox.take(Told("-/T1", "Ev1", "{}"), now=50, lease=1)
    assert [told.id for told in await database.inbox.unsettled(now=50)] == ["Ev2"]


async def test_a_delivery_is_known_after_a_restart(url: str) -> None:
    async with await open_database(url) as database:
        await database.inbox.take(TOLD, now=100, lease=30)
    async with await open_database(url) as database:
        assert not await database.inbox.take(TOLD, now=101, lease=30)
        assert await database.inbox.unsettled(now=200) == [TOLD]
