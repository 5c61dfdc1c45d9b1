"""A firm's plan is made from what is known, in one piece, and made anew when any of that changes."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Any

import asyncpg
import msgspec
import pytest

from flows.asked import Owed
from flows.events import FirmKey, Record
from flows.firms import Person
from flows.habits import Habits, Reach
from flows.ports import Changed, Facts, Known, Replan
from flows.position import Position
from flows.workspace import TradingDayEdited, entry
from storage.database import Database, open_database
from storage.owing import take_turn
from storage.plans import SOON
from storage.statements import postgres_language
from storage.urls import plain_url
from tests.storage.decisions import ANN, KEY, NOON, TENANT, join, note, set_up

BOB = "slack:-/T1/U2"
TWIN = FirmKey("-/T2", "f1")
CLOSED = TradingDayEdited(date(2027, 3, 3), "closed", "Power cut")


@pytest.fixture
async def firm(database: Database) -> Database:
    """Ann's firm, which Bob is in."""
    await database.events.change(KEY, set_up())
    await database.events.change(KEY, join(BOB))
    return database


def reminder(key: str, **more: Any) -> Owed:
    said = {"tenant": TENANT, "key": key, "firm": KEY.firm, "kind": "reminder", "person": ANN.id, "about": "{}"}
    return Owed(**{"slot": "digest", "due_at": 100.0, **said, **more})


def deciding(seen: list[Facts] | None = None, **what: Any) -> Callable[[Facts], Replan]:
    """Always comes to this, and notes down what it was made from."""

    def decide(facts: Facts) -> Replan:
        if seen is not None:
            seen.append(facts)
        return Replan(**{"again_at": 1000.0, **what})

    return decide


async def rows(database: Database) -> dict[str, tuple[float, bool, str]]:
    """What a plan is shown of the outbox."""
    seen: list[Facts] = []
    await database.plans.replan(KEY, deciding(seen), now=10.0)
    return {kept.owed.key: (kept.owed.due_at, kept.settled, kept.outcome) for kept in seen[0].rows}


async def is_stale(database: Database, now: float = 10.0) -> bool:
    return KEY in await database.plans.stale(now=now, limit=9)


async def test_a_firm_that_is_not_there_has_no_plan(database: Database) -> None:
    assert await database.plans.replan(KEY, deciding(), now=1.0) is None
    assert await database.plans.stale(now=1.0, limit=9) == []


async def test_a_firm_that_comes_with_its_history_is_to_be_planned_as_from_when_it_came(database: Database) -> None:
    def comes(position: Position, history: Sequence[Record]) -> Changed:
        return msgspec.structs.replace(set_up()(position, history), told_until=5.0)

    await database.events.change(KEY, comes)
    assert await is_stale(database)
    seen: list[Facts] = []
    await database.plans.replan(KEY, deciding(seen), now=10.0)
    assert (seen[0].planned_at, seen[0].first_unseen) == (5.0, None)
    assert not await is_stale(database)


async def test_a_plan_is_made_from_all_that_is_known(firm: Database) -> None:
    await firm.directory.remember(TENANT, Known(BOB, "Bob", "Asia/Kolkata", False, 1.0, "guest"))
    await firm.directory.set_habits(TENANT, BOB, Habits(off=True))
    await firm.outbox.owe([reminder("a"), reminder("b", kind="snooze"), reminder("letter", kind="lead_asked")])
    await firm.outbox.owe([reminder("theirs", tenant="-/T2"), reminder("others", firm="f2")])
    await firm.outbox.settle(TENANT, {"b": "sent"}, now=5.0, message="D1/1.0")
    seen: list[Facts] = []
    await firm.plans.replan(KEY, deciding(seen), now=10.0)
    (facts,) = seen
    assert facts.position == await firm.events.position(KEY)
    assert facts.people == {ANN.id: Reach(ANN.id), BOB: Reach(BOB, "Asia/Kolkata", "guest", "", Habits(off=True))}
    assert sorted((k.owed.key, k.outcome, k.owed.message) for k in facts.rows) == [
        ("a", "", ""),
        ("b", "sent", "D1/1.0"),
    ]
    assert (facts.entries, facts.planned_at) == ((), 0.0)


async def test_whether_a_reminder_holds_goes_by_the_firm_its_workspace_its_people_and_the_reader(
    firm: Database,
) -> None:
    await firm.directory.remember(TENANT, Known("slack:-/T1/U9", "Cy", "Asia/Kolkata"))
    await enter(firm)
    grounds = await firm.plans.grounds(KEY, "slack:-/T1/U9")
    assert grounds
    assert grounds.position == await firm.events.position(KEY)
    assert [one.fact for one in grounds.entries] == [CLOSED]
    assert grounds.people == {
        ANN.id: Reach(ANN.id),
        BOB: Reach(BOB),
        "slack:-/T1/U9": Reach("slack:-/T1/U9", "Asia/Kolkata"),
    }
    assert await firm.plans.grounds(TWIN, ANN.id) is None


async def test_a_plan_knows_when_the_last_one_was_made(firm: Database) -> None:
    seen: list[Facts] = []
    await firm.plans.replan(KEY, deciding(seen), now=10.0)
    await firm.plans.replan(KEY, deciding(seen), now=20.0)
    await firm.directory.blocked(TENANT, BOB, "cannot_dm")
    await firm.plans.replan(KEY, deciding(seen), now=30.0)
    assert [facts.planned_at for facts in seen] == [0.0, 10.0, 20.0]


async def test_a_plan_knows_when_something_happened_first_that_the_last_one_did_not_see(firm: Database) -> None:
    seen: list[Facts] = []
    minutes = iter(NOON + timedelta(minutes=n) for n in count())
    for notes in (0, 2, 0, 1, 2):
        for at in islice(minutes, notes):
            await firm.events.change(KEY, note(at=at))
        if notes == 1:
            await firm.directory.blocked(TENANT, BOB, "cannot_dm")
        await firm.plans.replan(KEY, deciding(seen), now=10.0)
    found = [facts.first_unseen and (facts.first_unseen - NOON) // timedelta(minutes=1) for facts in seen]
    assert found == [None, 0, None, 2, 3]


async def test_what_a_plan_says_is_written(firm: Database) -> None:
    await firm.plans.replan(KEY, deciding(add=(reminder("a"), reminder("b"), reminder("c"))), now=1.0)
    await firm.outbox.settle(TENANT, {"c": "sent"}, now=5.0, message="D1/1.0")
    redraw = reminder("r", kind="redraw", slot="redraw:D1/1.0")
    what = deciding(add=(reminder("d"),), move={"a": 300.0}, drop=("b",), outcomes={"c": "closed"}, redraw=(redraw,))
    made = await firm.plans.replan(KEY, what, now=6.0)
    assert made
    assert made.drop == ("b",)
    assert await rows(firm) == {"a": (300.0, False, ""), "c": (100.0, True, "closed"), "d": (100.0, False, "")}
    assert (await firm.outbox.of_message(TENANT, "D1/1.0"))[0].outcome == "closed"
    slots = await firm.outbox.claim(due=500.0, now=1.0, lease=30, limit=9)
    assert [[one.key for one in slot.owed] for slot in slots] == [["d", "a"], ["r"]]


async def test_what_somebody_took_up_is_neither_moved_nor_dropped_nor_added_again(firm: Database) -> None:
    await firm.plans.replan(KEY, deciding(add=(reminder("a"), reminder("b"), reminder("c"))), now=1.0)
    await firm.outbox.claim(due=500.0, now=1.0, lease=30, limit=9)
    await firm.outbox.release(TENANT, ["c"], until=40.0)
    what = deciding(add=(reminder("a", due_at=7.0),), move={"a": 300.0}, drop=("b", "c"))
    await firm.plans.replan(KEY, what, now=2.0)
    assert await rows(firm) == {"a": (100.0, False, ""), "b": (100.0, False, "")}


async def test_a_plan_says_anew_what_rows_are_about_but_of_what_somebody_took_up(firm: Database) -> None:
    await firm.plans.replan(KEY, deciding(add=(reminder("a"), reminder("b"), reminder("c"))), now=1.0)
    await firm.outbox.settle(TENANT, {"c": "sent"}, now=5.0, message="D1/1.0")
    await firm.plans.replan(KEY, deciding(move={"b": 900.0}), now=2.0)
    await firm.outbox.claim(due=500.0, now=1.0, lease=30, limit=9)
    await firm.plans.replan(KEY, deciding(about=dict.fromkeys("abc", '{"on":1}')), now=6.0)
    kept = [await firm.outbox.get(TENANT, key) for key in "abc"]
    assert [one.owed.about for one in kept if one] == ["{}", '{"on":1}', '{"on":1}']


async def test_what_was_settled_is_not_owed_again_under_the_same_key(firm: Database) -> None:
    await firm.plans.replan(KEY, deciding(add=(reminder("a"),)), now=1.0)
    await firm.outbox.settle(TENANT, {"a": "sent"}, now=5.0)
    await firm.plans.replan(KEY, deciding(add=(reminder("a"),), drop=("a",), move={"a": 1.0}), now=6.0)
    assert await rows(firm) == {"a": (100.0, True, "sent")}


async def test_a_plan_that_fails_writes_nothing_and_stays_stale(firm: Database) -> None:
    def fail(facts: Facts) -> Replan:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await firm.plans.replan(KEY, fail, now=1.0)
    assert await is_stale(firm)
    assert await rows(firm) == {}


async def test_a_plan_is_stale_until_it_is_made_and_again_when_its_day_is_over(firm: Database) -> None:
    assert await is_stale(firm)
    await firm.plans.replan(KEY, deciding(), now=1.0)
    assert not await is_stale(firm, now=999.0)
    assert await is_stale(firm, now=1000.0)


async def test_a_plan_made_at_a_time_that_is_still_to_come_is_stale(firm: Database) -> None:
    await firm.plans.replan(KEY, deciding(), now=500.0)
    assert not await is_stale(firm, now=500.0)
    assert await is_stale(firm, now=499.0)


async def test_many_stale_plans_are_told_a_few_at_a_time(database: Database) -> None:
    keys = [FirmKey(TENANT, f"f{nth}") for nth in range(5)]
    for key in keys:
        await database.events.change(key, set_up())
    seen: set[FirmKey] = set()
    while found := await database.plans.stale(now=1.0, limit=2):
        assert len(found) <= 2
        for key in found:
            await database.plans.replan(key, deciding(), now=1.0)
        seen.update(found)
    assert seen == set(keys)


async def enter(database: Database) -> None:
    who = Person(BOB, "Bob", admin=True)
    at = datetime(2027, 1, 4, tzinfo=UTC)
    await database.workspaces.append(TENANT, lambda there: entry(TENANT, there, CLOSED, who, at=at, cause=None))


CHANGES: dict[str, Callable[[Database], Any]] = {
    "an event": lambda d: d.events.change(KEY, note()),
    "another zone": lambda d: d.directory.remember(TENANT, Known(BOB, "Bob", "Asia/Kolkata")),
    "another standing": lambda d: d.directory.remember(TENANT, Known(BOB, "Bob", standing="gone")),
    "other habits": lambda d: d.directory.set_habits(TENANT, BOB, Habits(off=True)),
    "no messages taken": lambda d: d.directory.blocked(TENANT, BOB, "cannot_dm_bot"),
    "an entry of the workspace": enter,
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_makes_the_plan_stale(firm: Database, what: str) -> None:
    await firm.events.change(TWIN, set_up(lead=BOB))
    for key in (KEY, TWIN):
        await firm.plans.replan(key, deciding(), now=1.0)
    await CHANGES[what](firm)
    assert await firm.plans.stale(now=10.0, limit=9) == [KEY]


async def test_what_changes_nothing_of_the_plan_leaves_it(firm: Database) -> None:
    await firm.directory.remember(TENANT, Known(BOB, "Bob", "Asia/Kolkata"))
    await firm.directory.set_habits(TENANT, BOB, Habits(off=True))
    await firm.plans.replan(KEY, deciding(), now=1.0)
    await firm.directory.remember(TENANT, Known(BOB, "Robert", "Asia/Kolkata", True, 5.0))
    await firm.directory.remember(TENANT, Known("slack:-/T1/U9", "Zoe", "Asia/Tokyo"))
    await firm.directory.set_habits(TENANT, BOB, Habits(off=True))
    await firm.directory.blocked(TENANT, BOB, "")
    await firm.directory.use(TENANT, BOB, KEY.firm)
    assert not await is_stale(firm)


async def test_a_message_that_gets_to_somebody_ends_a_refusal_and_makes_the_plan_stale_once(firm: Database) -> None:
    async def arrives(at: float) -> Reach:
        await firm.outbox.settle(TENANT, {"a": "sent"}, now=1.0, message="D1/1.0", reached=BOB, at=at)
        return (await firm.directory.reach(TENANT, [BOB]))[BOB]

    await firm.directory.blocked(TENANT, BOB, "cannot_dm_bot", at=10.0)
    await firm.plans.replan(KEY, deciding(), now=1.0)
    assert await arrives(20.0) == Reach(BOB, since=datetime.fromtimestamp(20, UTC))
    assert await is_stale(firm)
    await firm.plans.replan(KEY, deciding(), now=1.0)
    assert (await arrives(30.0)).since == datetime.fromtimestamp(20, UTC)
    assert not await is_stale(firm)


async def test_a_stopped_workspace_is_not_planned_until_it_resumes(firm: Database) -> None:
    await firm.outbox.stop(TENANT, "token_revoked", now=1.0)
    assert not await is_stale(firm)
    await firm.outbox.resume(TENANT)
    assert await is_stale(firm)


async def test_the_firms_of_a_stopped_workspace_are_planned_where_it_is_asked_for_by_name(firm: Database) -> None:
    await firm.events.change(TWIN, set_up())
    await firm.outbox.stop(TENANT, "token_revoked", now=1.0)
    assert await firm.plans.stale(now=10.0, limit=9) == [TWIN]
    assert await firm.plans.stale(now=10.0, limit=9, tenant=TENANT) == [KEY]
    await firm.plans.replan(KEY, deciding(), now=10.0)
    assert await firm.plans.stale(now=10.0, limit=9, tenant=TENANT) == []


async def test_a_change_that_comes_while_a_plan_is_made_is_not_lost(url: str) -> None:
    async with await open_database(url) as one, await open_database(url) as other:
        await one.events.change(KEY, set_up())
        await one.events.change(KEY, join(BOB))
        for nth in range(20):
            seen: list[Facts] = []
            habits = Habits(off=nth % 2 == 0)
            await asyncio.gather(
                one.plans.replan(KEY, deciding(seen), now=1.0), other.directory.set_habits(TENANT, BOB, habits)
            )
            assert seen[-1].people[BOB].habits == habits or await is_stale(one)
            await one.plans.replan(KEY, deciding(), now=1.0)


async def test_a_reminder_is_either_taken_up_or_dropped_by_a_plan_and_never_both(url: str) -> None:
    async with await open_database(url) as one, await open_database(url) as other:
        await one.events.change(KEY, set_up())
        for nth in range(20):
            key = f"n{nth}"
            await one.outbox.owe([reminder(key)])
            slots, _ = await asyncio.gather(
                other.outbox.claim(due=100.0, now=1.0, lease=30.0, limit=9),
                one.plans.replan(KEY, deciding(drop=(key,)), now=100.0),
            )
            taken = [row.key for slot in slots for row in slot.owed]
            assert taken == [there for there in await rows(one) if there == key]
            await one.outbox.settle(TENANT, {key: "sent"}, now=5.0, message=f"D1/{nth}.0")


async def test_only_who_drops_what_is_nearly_due_waits_for_those_who_take_it_up(postgres_url: str) -> None:
    async with await open_database(postgres_url) as database:
        await database.events.change(KEY, set_up())
        await database.outbox.owe([reminder("soon", due_at=100.0), reminder("far", due_at=100.0 + 2 * SOON)])
        claiming = await asyncpg.connect(plain_url(postgres_url))
        async with claiming.transaction():
            await claiming.execute(postgres_language()[take_turn].sql)
            await database.plans.replan(KEY, deciding(drop=("far",)), now=50.0)
            waits = asyncio.create_task(database.plans.replan(KEY, deciding(drop=("soon",)), now=50.0))
            assert await asyncio.wait([waits], timeout=0.3) == (set(), {waits})
        await waits
        await claiming.close()
        assert await rows(database) == {}
