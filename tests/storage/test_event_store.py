"""How an event store behaves, whichever it is."""

import asyncio
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.events import FirmKey, NoteAdded, Record, TaskCompleted
from flows.firms import Refusal
from flows.ports import Changed
from flows.position import Position
from flows.records import verify, verify_position
from storage.database import Database, open_database
from tests.storage.decisions import KEY, TENANT, note, records, refuse, rename, set_up, watching
from tests.storage.fresh import fresh_database


async def test_a_new_firm_begins_at_version_zero_and_is_then_found(database: Database) -> None:
    assert await database.events.position(KEY) is None
    seen: list[int] = []
    changed = await database.events.change(KEY, watching(set_up("Oak"), seen))
    assert seen == [0]
    assert changed.position.version == 2
    assert await database.events.position(KEY) == changed.position
    assert tuple(await database.events.history(KEY)) == changed.records
    assert await database.events.firm_keys() == [KEY]


async def test_several_firms_are_read_at_once_in_the_order_they_are_asked_for(database: Database) -> None:
    others = [FirmKey(TENANT, name) for name in ("b", "a")]
    for key in others:
        await database.events.change(key, note(key.firm))
    found = await database.events.positions([others[0], KEY, others[1]])
    assert [position.key for position in found] == others
    assert found == [await database.events.position(key) for key in others]
    assert await database.events.positions([]) == []


async def test_a_record_comes_back_as_it_was_written(database: Database) -> None:
    done = TaskCompleted(
        task="s1.decide", outcome="yes", happened_on=date(2024, 5, 30), earlier=True, note="🎉 ‘ä’ \\u0000"
    )
    changed = await database.events.change(KEY, records(done, cause="click 1"))
    (row,) = await database.events.history(KEY)
    assert row == changed.records[0]
    assert row.practice is False
    assert row.event == done
    assert verify([row]) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), min_size=1, max_size=4))
def test_any_text_keeps_the_chain_whole(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    async def run() -> None:
        async with await open_database(fresh_database(tmp_path_factory.mktemp("any") / "cais.db")) as database:
            for text in texts:
                await database.events.change(KEY, note(text))
            rows = await database.events.history(KEY)
            position = await database.events.position(KEY)
            assert [row.event for row in rows] == [NoteAdded(text=text) for text in texts]
            assert position
            assert verify_position(rows, position) is None

    asyncio.run(run())


async def test_twenty_changes_at_once_each_see_the_one_before(database: Database) -> None:
    seen: list[int] = []
    changes = [database.events.change(KEY, watching(note(f"n{n}"), seen)) for n in range(20)]
    done = await asyncio.gather(*changes)
    assert sorted(changed.position.version for changed in done) == list(range(1, 21))
    assert set(seen) == set(range(20))  # a database may ask a decision twice, but never on an old position to the end
    rows = await database.events.history(KEY)
    assert [row.sequence for row in rows] == list(range(1, 21))
    assert verify(rows) is None


async def test_twenty_people_who_do_the_same_make_one_event(database: Database) -> None:
    def once(position: Position, history: object) -> Changed:
        return Changed((), position) if position.version else note("done")(position, ())

    done = await asyncio.gather(*(database.events.change(KEY, once) for _ in range(20)))
    assert {changed.position.version for changed in done} == {1}
    assert sum(len(changed.records) for changed in done) == 1
    assert len(await database.events.history(KEY)) == 1


async def test_a_cause_counts_once(database: Database) -> None:
    first = await database.events.change(KEY, note("a", cause="click 1"), cause="click 1")
    seen: list[int] = []
    again = await database.events.change(KEY, watching(note("a", cause="click 1"), seen), cause="click 1")
    assert again == Changed((), first.position)
    assert seen == []
    other = FirmKey("-/T2", "f1")
    assert (await database.events.change(other, note("a", cause="click 1"), cause="click 1")).records


async def test_a_cause_that_comes_twenty_times_at_once_counts_once(database: Database) -> None:
    await database.events.change(KEY, set_up())
    change = database.events.change
    done = await asyncio.gather(*(change(KEY, note("a", cause="c"), cause="c") for _ in range(20)))
    assert sum(len(changed.records) for changed in done) == 1
    assert {changed.position.version for changed in done} == {3}


async def test_a_cause_counts_once_for_a_firm_that_is_just_being_made(database: Database) -> None:
    change = database.events.change
    done = await asyncio.gather(*(change(KEY, note("a", cause="c"), cause="c") for _ in range(8)))
    assert sum(len(changed.records) for changed in done) == 1


async def test_a_cause_counts_once_after_a_restart_too(url: str) -> None:
    async with await open_database(url) as database:
        await database.events.change(KEY, note("a", cause="click 1"), cause="click 1")
    async with await open_database(url) as database:
        again = await database.events.change(KEY, note("a", cause="click 1"), cause="click 1")
        assert again.records == ()
        assert again.position.version == 1


async def test_events_without_a_cause_do_not_get_into_each_others_way(database: Database) -> None:
    def uncaused(position: Position, history: object) -> Changed:
        changed = note()(position, ())
        row = msgspec.structs.replace(changed.records[0], cause=None)
        return Changed((row,), changed.position)

    for _ in range(3):
        await database.events.change(KEY, uncaused)
    assert [row.cause for row in await database.events.history(KEY)] == [None] * 3


async def test_a_decision_that_forgets_its_cause_is_a_mistake(database: Database) -> None:
    with pytest.raises(ValueError, match="cause"):
        await database.events.change(KEY, note("a", cause="other"), cause="click 1")
    assert not await database.events.history(KEY)
    assert await database.events.position(KEY) is None


async def test_a_refusal_leaves_nothing(database: Database) -> None:
    with pytest.raises(Refusal, match="Not today"):
        await database.events.change(KEY, refuse)
    assert await database.events.position(KEY) is None
    changed = await database.events.change(KEY, set_up())
    with pytest.raises(Refusal):
        await database.events.change(KEY, refuse)
    assert await database.events.position(KEY) == changed.position


async def test_a_bad_decision_among_good_ones_spoils_only_itself(database: Database) -> None:
    await database.events.change(KEY, set_up())
    other = FirmKey(TENANT, "f2")
    change = database.events.change
    said = await asyncio.gather(
        change(KEY, note("a")),
        change(KEY, refuse),
        change(other, note("b")),
        change(KEY, note("c")),
        return_exceptions=True,
    )
    assert isinstance(said[1], Refusal)
    position = await database.events.position(KEY)
    assert position
    assert position.version == 4
    assert [row.sequence for row in await database.events.history(other)] == [1]


async def test_rows_that_do_not_follow_on_are_not_kept(database: Database) -> None:
    changed = await database.events.change(KEY, set_up())
    elsewhere = msgspec.structs.replace(changed.position, key=FirmKey(TENANT, "f2"))
    with pytest.raises(ValueError, match="another firm"):
        await database.events.change(KEY, lambda position, history: note()(elsewhere, history))
    with pytest.raises(ValueError, match="follow on"):
        await database.events.change(KEY, lambda position, history: note()(Position(key=KEY), history))
    assert await database.events.position(KEY) == changed.position
    assert len(await database.events.history(KEY)) == 2


async def test_nothing_new_changes_nothing(database: Database) -> None:
    before = (await database.events.change(KEY, set_up())).position
    changed = await database.events.change(KEY, lambda position, history: Changed((), position))
    assert changed == Changed((), before)
    assert await database.events.position(KEY) == before


async def test_a_decision_gets_the_history_where_it_asks_for_it(database: Database) -> None:
    first = await database.events.change(KEY, set_up())
    got: list[tuple[Record, ...]] = []

    def look(position: Position, history: object) -> Changed:
        got.append(tuple(history))  # type: ignore[call-overload]  # a sequence of records
        return Changed((), position)

    await database.events.change(KEY, look)
    await database.events.change(KEY, look, with_history=True)
    assert got == [(), first.records]


async def test_history_is_read_by_type_and_page(database: Database) -> None:
    await database.events.change(KEY, set_up())
    for n in range(3, 8):
        await database.events.change(KEY, note(f"n{n}") if n % 2 else rename(f"r{n}"))

    async def sequences(**asked: object) -> list[int]:
        return [row.sequence for row in await database.events.history(KEY, **asked)]  # type: ignore[arg-type]

    assert await sequences() == [1, 2, 3, 4, 5, 6, 7]
    assert await sequences(types=["note_added"]) == [3, 5, 7]
    assert await sequences(types=["note_added", "firm_renamed"], limit=3) == [5, 6, 7]
    assert await sequences(limit=2) == [6, 7]
    assert await sequences(limit=2, before=6) == [4, 5]
    assert await sequences(types=["note_added"], limit=1, before=5) == [3]
    assert await sequences(before=1) == []
    assert await sequences(limit=0) == []


async def test_the_same_firm_id_in_two_tenants_is_two_firms(database: Database) -> None:
    here, there = FirmKey("-/T1", "f1"), FirmKey("E1/T1", "f1")
    await database.events.change(here, set_up("Oak"))
    await database.events.change(there, set_up("Elm"))
    await database.events.change(there, note())
    ours, theirs = await database.events.position(here), await database.events.position(there)
    assert ours
    assert theirs
    assert (ours.name, ours.version) == ("Oak", 2)
    assert (theirs.name, theirs.version) == ("Elm", 3)
    assert {row.tenant for row in await database.events.history(here)} == {"-/T1"}
    assert await database.events.firm_keys() == [here, there]


async def test_everything_is_there_after_a_restart(url: str) -> None:
    async with await open_database(url) as database:
        await database.events.change(KEY, set_up())
        changed = await database.events.change(KEY, note())
    async with await open_database(url) as database:
        assert await database.events.position(KEY) == changed.position
        assert (await database.events.change(KEY, note())).position.version == 4


async def test_two_programs_on_one_database_both_see_the_newest(url: str) -> None:
    async with await open_database(url) as one, await open_database(url) as other:
        done = await asyncio.gather(
            *(database.events.change(KEY, note()) for _ in range(15) for database in (one, other))
        )
        assert sorted(changed.position.version for changed in done) == list(range(1, 31))
        assert await one.events.position(KEY) == await other.events.position(KEY)
        assert verify(await one.events.history(KEY)) is None


async def test_a_caller_that_goes_away_breaks_nobody_else(database: Database) -> None:
    await database.events.change(KEY, set_up())
    tasks = [asyncio.create_task(database.events.change(KEY, note(f"n{n}"))) for n in range(6)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    said = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for n, one in enumerate(said) if n != 2] == [Changed] * 5
    rows = await database.events.history(KEY)
    assert len(rows) in (7, 8)  # what was under way may have been kept, or not
    assert verify(rows) is None
