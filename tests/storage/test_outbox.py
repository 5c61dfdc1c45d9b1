"""What we owe Slack is kept with what it comes from, taken up by one, and once more only where that one went silent."""

import asyncio

import pytest

from flows.ports import Changed
from flows.position import Position
from storage.database import Database, open_database
from tests.storage.decisions import KEY, note, set_up
from tests.storage.test_questions import TENANT, asked, owed


async def owe(database: Database, *keys: str, due_at: float = 100.0) -> None:
    for nth, key in enumerate(keys):
        await database.questions.keep(asked(nth))
        assert await database.questions.press(asked(nth), [owed(key, due_at=due_at + nth)], at="now")


async def claim(database: Database, *, due: float = 1e6, now: float = 1.0, limit: int = 9) -> list[str]:
    return [o.key for o in await database.outbox.claim(due=due, now=now, lease=30, limit=limit)]


async def test_only_what_is_due_is_taken_up_the_earliest_first(database: Database) -> None:
    await owe(database, "c", "b", "a")
    assert await claim(database, due=99.0) == []
    assert await claim(database, due=101.0, limit=1) == ["c"]
    assert await claim(database, due=101.0) == ["b"]
    assert await claim(database) == ["a"]


async def test_many_who_take_up_at_once_take_each_once(database: Database) -> None:
    await owe(database, *"abcdefgh")
    taken = await asyncio.gather(*(claim(database, limit=2) for _ in range(8)))
    assert sorted(key for keys in taken for key in keys) == list("abcdefgh")


async def test_a_lease_that_ran_out_goes_to_one_other_who_knows_that_it_was_tried(database: Database) -> None:
    await owe(database, "a")
    assert [o.tries for o in await database.outbox.claim(due=1e6, now=1, lease=30, limit=9)] == [1]
    assert await claim(database, now=30.0) == []
    assert [o.tries for o in await database.outbox.claim(due=1e6, now=31, lease=30, limit=9)] == [2]
    assert await claim(database, now=32.0) == []


async def test_what_is_settled_is_never_taken_up_again_and_forgotten_later(database: Database) -> None:
    await owe(database, "a", "b")
    await database.outbox.settle(TENANT, "a", now=50, outcome="sent")
    await database.outbox.settle("-/T2", "b", now=50, outcome="sent")
    assert await claim(database, now=1000.0) == ["b"]
    assert await database.outbox.forget(settled_before=50) == 0
    assert await database.outbox.forget(settled_before=51) == 1


async def test_a_change_of_a_firm_owes_what_comes_with_it_or_neither_is_there(database: Database) -> None:
    debt = owed("a", tenant=KEY.tenant, firm=KEY.firm)

    await database.events.change(KEY, set_up())

    def with_debt(position: Position, history: object) -> Changed:
        changed = note(cause="click-1")(position, ())
        return Changed(changed.records, changed.position, (debt,))

    def broken(position: Position, history: object) -> Changed:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.events.change(KEY, broken)
    assert await claim(database) == []
    await database.events.change(KEY, with_debt, cause="click-1")
    await database.events.change(KEY, with_debt, cause="click-1")
    assert await claim(database) == ["a"]


async def test_a_change_cannot_owe_something_for_another_firm(database: Database) -> None:
    def wrong(position: Position, history: object) -> Changed:
        changed = set_up()(position, ())
        return Changed(changed.records, changed.position, (owed("a", tenant=KEY.tenant, firm="other"),))

    with pytest.raises(ValueError, match="another firm"):
        await database.events.change(KEY, wrong)
    assert await claim(database) == []


async def test_a_debt_is_known_after_a_restart(url: str) -> None:
    async with await open_database(url) as database:
        await owe(database, "a")
    async with await open_database(url) as database:
        assert await claim(database) == ["a"]
