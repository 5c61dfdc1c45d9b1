"""What we owe Slack is kept with what it comes from, taken up by one, and once more only where that one went silent."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from flows.asked import REVIEW_ASKED, SUMMARY, Kept, Owed, Slot
from flows.ports import Changed, Rearranged
from flows.position import Position
from storage.database import Database, open_database
from storage.errors import StorageError
from tests.storage.decisions import KEY, note, set_up
from tests.storage.test_questions import TENANT, owed


async def owe(database: Database, *keys: str, **more: Any) -> None:
    """Each of these a second later than the one before."""
    first = more.pop("due_at", 100.0)
    await database.outbox.owe([owed(key, due_at=first + nth, **more) for nth, key in enumerate(keys)])


async def take(database: Database, *, due: float = 1e6, now: float = 1.0, limit: int = 9) -> list[Slot]:
    return list(await database.outbox.claim(due=due, now=now, lease=30, limit=limit))


async def claim(database: Database, **more: Any) -> list[str]:
    return [one.key for slot in await take(database, **more) for one in slot.owed]


def whole(slots: Sequence[Slot]) -> dict[str, str]:
    return {f"{slot.person} {slot.slot}": "".join(one.key for one in slot.owed) for slot in slots}


async def test_only_what_is_due_is_taken_up_the_earliest_first(database: Database) -> None:
    await owe(database, "c", "b", "a")
    assert await claim(database, due=99.0) == []
    assert await claim(database, due=101.0, limit=1) == ["c"]
    assert await claim(database, due=101.0) == ["b"]
    assert await claim(database) == ["a"]


async def test_the_same_key_is_owed_once_and_stays_as_it_was(database: Database) -> None:
    await owe(database, "a")
    await owe(database, "a", due_at=500.0, about="something else")
    (slot,) = await take(database)
    assert (slot.owed[0].due_at, slot.owed[0].about) == (100.0, "q1")


async def test_a_slot_is_taken_up_as_a_whole_and_a_letter_alone(database: Database) -> None:
    await owe(database, *"abc", person="U1", slot="digest")
    await owe(database, *"de", person="U2", slot="digest")
    await owe(database, "f", "g", person="U1")
    assert whole(await take(database)) == {"U1 digest": "abc", "U2 digest": "de", "U1 f": "f", "U1 g": "g"}


async def test_a_limit_counts_slots_however_many_rows_they_have(database: Database) -> None:
    await owe(database, *"abcdef", person="U1", slot="digest")
    await owe(database, *"ghi", person="U2", slot="digest", due_at=101.5)
    await owe(database, "j", person="U3", slot="digest", due_at=200.0)
    assert whole(await take(database, limit=2)) == {"U1 digest": "abcdef", "U2 digest": "ghi"}
    assert whole(await take(database, limit=2)) == {"U3 digest": "j"}


async def test_what_becomes_due_later_is_not_taken_up_with_the_rest_of_its_slot(database: Database) -> None:
    await owe(database, *"abc", person="U1", slot="digest")
    assert whole(await take(database, due=101.0)) == {"U1 digest": "ab"}
    assert whole(await take(database, due=102.0)) == {"U1 digest": "c"}


async def test_nothing_of_one_workspace_is_in_a_slot_of_another(database: Database) -> None:
    await owe(database, "a", person="U1", slot="digest")
    await owe(database, "a", "b", person="U1", slot="digest", tenant="-/T2")
    assert [(slot.tenant, len(slot.owed)) for slot in await take(database)] == [(TENANT, 1), ("-/T2", 2)]


async def test_many_who_take_up_at_once_take_each_slot_once_and_whole(database: Database) -> None:
    for nth in range(8):
        await owe(database, *(f"{nth}{key}" for key in "abc"), person=f"U{nth}", slot="digest", due_at=100.0 + nth / 9)
    taken = await asyncio.gather(*(take(database, limit=2) for _ in range(8)))
    slots = [slot for mine in taken for slot in mine]
    assert sorted(slot.person for slot in slots) == [f"U{nth}" for nth in range(8)]
    assert all(len(slot.owed) == 3 for slot in slots)


async def test_two_processes_never_get_a_part_of_a_slot_each(url: str) -> None:
    async with await open_database(url) as one, await open_database(url) as other:
        for nth in range(20):
            await owe(one, *(f"{nth} {key}" for key in range(10)), person=f"U{nth}", slot="digest", due_at=100 - nth)
        taken = await asyncio.gather(*(take(who, limit=3) for _ in range(5) for who in (one, other)))
        slots = [slot for mine in taken for slot in mine]
        assert sorted(len(slot.owed) for slot in slots) == [10] * 20


async def test_a_lease_that_ran_out_goes_to_one_other_who_knows_that_it_was_tried_and_since_when(
    database: Database,
) -> None:
    await owe(database, "a")
    (first,) = await take(database, now=1.0)
    assert [(one.tries, one.first_taken) for one in first.owed] == [(1, 1.0)]
    assert await take(database, now=30.0) == []
    (second,) = await take(database, now=31.0)
    assert [(one.tries, one.first_taken) for one in second.owed] == [(2, 1.0)]
    assert await take(database, now=32.0) == []


async def test_what_was_surely_not_sent_is_free_again_as_if_nobody_had_tried(database: Database) -> None:
    await owe(database, "a", "b", slot="digest")
    await take(database, now=1.0)
    await database.outbox.release(TENANT, ["a", "b"], until=10.0)
    assert await take(database, now=9.0) == []
    (slot,) = await take(database, now=10.0)
    assert [(one.key, one.tries, one.first_taken) for one in slot.owed] == [("a", 1, 10.0), ("b", 1, 10.0)]


async def test_of_more_than_one_takes_up_at_a_time_all_is_taken_up_and_nothing_twice(database: Database) -> None:
    await owe(database, *"abcdefg")
    assert [await claim(database, limit=2) for _ in range(5)] == [["a", "b"], ["c", "d"], ["e", "f"], ["g"], []]


async def test_of_many_that_are_due_at_one_time_none_is_left(database: Database) -> None:
    for nth in range(7):
        await owe(database, f"{nth}", due_at=100.0)
    assert [len(await claim(database, limit=3)) for _ in range(3)] == [3, 3, 1]


async def test_a_part_of_a_slot_that_is_due_late_does_not_carry_anybody_past_what_is_due_sooner(
    database: Database,
) -> None:
    await owe(database, "a", "z", slot="digest", person="U1")
    await database.outbox.owe([owed("z2", due_at=900.0, person="U1", slot="digest"), owed("b", due_at=500.0)])
    assert await claim(database, limit=1) == ["a", "z", "z2"]
    assert await claim(database, limit=1) == ["b"]


async def test_what_came_too_late_is_taken_up_as_soon_as_the_rest_is(database: Database) -> None:
    await owe(database, *"abcd")
    assert await claim(database, limit=2) == ["a", "b"]
    await owe(database, "late", due_at=1.0)
    assert sorted(await claim(database, limit=3)) == ["c", "d", "late"]


async def test_however_much_is_due_what_was_let_go_of_waits_ten_seconds_at_most(database: Database) -> None:
    await owe(database, *"abcdefgh")
    assert await claim(database, now=1.0, limit=2) == ["a", "b"]
    await database.outbox.release(TENANT, ["a"], until=2.0)
    taken = [key for now in (3.0, 11.0) for key in await claim(database, now=now, limit=2)]
    assert "a" in taken


async def test_where_the_clock_was_moved_back_what_is_due_by_then_is_found(database: Database) -> None:
    await owe(database, *"cd", due_at=500.0)
    assert await claim(database, limit=1) == ["c"]
    await owe(database, "a")
    assert await claim(database, due=200.0, limit=1) == ["a"]


async def test_a_release_does_not_wipe_out_an_earlier_try_that_may_have_arrived(database: Database) -> None:
    await owe(database, "a")
    await take(database, now=1.0)
    await take(database, now=31.0)
    await database.outbox.release(TENANT, ["a"], until=40.0)
    (slot,) = await take(database, now=40.0)
    assert (slot.owed[0].tries, slot.owed[0].first_taken) == (2, 1.0)


async def test_what_was_looked_for_and_is_not_there_counts_as_never_taken_up(database: Database) -> None:
    await owe(database, "a")
    await take(database, now=1.0)
    await take(database, now=31.0)
    await database.outbox.release(TENANT, ["a"], until=40.0, looked=True)
    assert not await database.outbox.in_doubt(TENANT, "U1")
    assert await claim(database, now=39.0) == []
    (slot,) = await take(database, now=40.0)
    assert (slot.owed[0].tries, slot.owed[0].first_taken) == (1, 40.0)


async def test_what_is_settled_is_never_taken_up_again(database: Database) -> None:
    await owe(database, "a", "b")
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50)
    await database.outbox.settle("-/T2", {"b": "sent"}, now=50)
    assert await claim(database, now=1000.0) == ["b"]


async def test_whoever_settles_first_says_what_became_of_it(database: Database) -> None:
    await owe(database, "a")
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50, message="D1/1.0", at=7.0, zone="Asia/Tokyo")
    await database.outbox.settle(TENANT, {"a": "needless"}, now=60)
    await database.outbox.release(TENANT, ["a"], until=70)
    kept = await database.outbox.get(TENANT, "a")
    assert kept
    assert (kept.settled, kept.outcome, kept.owed.message, kept.owed.said_at) == (True, "sent", "D1/1.0", 7.0)
    assert kept.owed.said_in == "Asia/Tokyo"


async def test_a_message_knows_what_stands_in_it(database: Database) -> None:
    await owe(database, *"abc", slot="digest")
    outcomes = {"c": "sent before", "a": "sent", "b": "needless"}
    await database.outbox.settle(TENANT, outcomes, now=50, message="D1/1.0")
    there = await database.outbox.of_message(TENANT, "D1/1.0")
    assert [(k.owed.key, k.outcome) for k in there] == [("a", "sent"), ("c", "sent before")]
    assert await database.outbox.of_message("-/T2", "D1/1.0") == ()
    assert await database.outbox.of_message(TENANT, "") == ()


async def test_what_somebody_was_asked_to_review_is_found_by_its_slot_settled_or_not(database: Database) -> None:
    await owe(database, *"abc", slot="reviews", person="U1", kind=REVIEW_ASKED)
    await owe(database, "d", slot="reviews", person="U2", kind=REVIEW_ASKED)
    await owe(database, "e", slot="reviews", person="U1")
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50, message="D1/1.0")
    asked = await database.outbox.reviews_asked(TENANT, "U1", "reviews")
    assert [(k.owed.key, k.settled, k.owed.message) for k in asked] == [
        ("a", True, "D1/1.0"),
        ("b", False, ""),
        ("c", False, ""),
    ]
    assert await database.outbox.reviews_asked("-/T2", "U1", "reviews") == ()


async def test_a_row_is_found_by_its_key_settled_or_not(database: Database) -> None:
    await owe(database, "a")
    assert await database.outbox.get(TENANT, "a") == Kept(owed("a", slot="a"))
    assert await database.outbox.get(TENANT, "b") is None
    assert await database.outbox.get("-/T2", "a") is None


async def test_what_is_owed_in_the_stead_of_something_leaves_nothing_of_it(database: Database) -> None:
    await owe(database, "a", about="a secret")
    assert await claim(database) == ["a"]
    await database.outbox.swap(TENANT, "a", [owed("b", due_at=200.0)])
    assert await database.outbox.get(TENANT, "a") is None
    assert not await database.outbox.in_doubt(TENANT, owed("a").person)
    assert await claim(database, now=40.0) == ["b"]
    await database.outbox.swap(TENANT, "a", [owed("c", due_at=300.0)])
    await database.outbox.swap("other", "c", [])
    assert await claim(database, now=40.0) == ["c"]


async def test_what_was_taken_up_and_not_settled_is_in_doubt(database: Database) -> None:
    await owe(database, *"abcd", person="U1")
    await owe(database, "e", person="U2")
    await take(database)
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50)
    await database.outbox.release(TENANT, ["b"], until=60.0)
    assert [row.key for row in await database.outbox.in_doubt(TENANT, "U1")] == ["c", "d"]
    assert await database.outbox.in_doubt("-/T2", "U1") == []


async def test_the_next_time_something_is_due(database: Database) -> None:
    assert await database.outbox.next_due() is None
    await owe(database, "a", "b", "c")
    assert await database.outbox.next_due() == 100.0
    assert await database.outbox.next_due(after=100.0) == 101.0
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50)
    assert await database.outbox.next_due() == 101.0


async def test_what_waits_too_long_is_counted_by_workspace(database: Database) -> None:
    assert await database.outbox.overdue(before=500.0) == {}
    await owe(database, "a", "b", "c")
    await owe(database, "d", tenant="-/T2")
    await owe(database, "e", tenant="-/T3")
    await database.outbox.settle(TENANT, {"a": "sent"}, now=50)
    await database.outbox.stop("-/T3", "token_revoked", now=1.0)
    assert await database.outbox.overdue(before=500.0) == {TENANT: (2, 101.0), "-/T2": (1, 100.0)}
    assert await database.outbox.overdue(before=102.0) == {TENANT: (1, 101.0), "-/T2": (1, 100.0)}


async def test_nothing_of_a_stopped_workspace_is_taken_up_until_it_resumes(database: Database) -> None:
    await owe(database, "a")
    await owe(database, "b", tenant="-/T2")
    await database.outbox.stop(TENANT, "token_revoked", now=1.0)
    await database.outbox.stop(TENANT, "account_inactive", now=2.0)
    assert await database.outbox.stopped() == {TENANT: "token_revoked"}
    await database.outbox.stop(TENANT, "account_inactive", now=2.0, instead_of="invalid_auth")
    assert await database.outbox.stopped() == {TENANT: "token_revoked"}
    await database.outbox.stop(TENANT, "app_uninstalled", now=3.0, instead_of="token_revoked")
    assert await database.outbox.stopped() == {TENANT: "app_uninstalled"}
    assert await claim(database) == ["b"]
    await database.outbox.settle("-/T2", {"b": "sent"}, now=3.0)
    assert await database.outbox.next_due() is None
    await database.outbox.resume(TENANT)
    assert await database.outbox.stopped() == {}
    assert await claim(database) == ["a"]


async def test_one_looks_again_at_a_workspace_that_stands_still_until_as_much_time_has_passed(
    database: Database,
) -> None:
    await database.outbox.stop(TENANT, "invalid_auth", now=1000.0)
    await database.outbox.stop("-/T2", "invalid_auth", now=1000.0)
    assert not await database.outbox.look_again(TENANT, now=1200.0, before=900.0)
    looks = [database.outbox.look_again(TENANT, now=1300.0 + n, before=1000.0 + n) for n in range(4)]
    assert sorted(await asyncio.gather(*looks)) == [False, False, False, True]
    assert await database.outbox.look_again(TENANT, now=1900.0, before=1310.0)
    assert await database.outbox.look_again("-/T2", now=1900.0, before=1300.0)
    await database.outbox.resume(TENANT)
    assert not await database.outbox.look_again(TENANT, now=9900.0, before=9000.0)
    assert await database.outbox.stopped() == {"-/T2": "invalid_auth"}


async def test_what_could_not_be_brought_can_be_read_the_newest_first(database: Database) -> None:
    await owe(database, *"abcdef")
    for nth, outcome in enumerate(("channel_not_found", "sent", "sent before", "needless", "user_is_bot")):
        await database.outbox.settle(TENANT, {"abcdef"[nth]: outcome}, now=nth)
    await owe(database, "z", kind="redraw")
    await database.outbox.settle(TENANT, {"z": "account_inactive"}, now=9)
    failed = await database.outbox.undelivered(TENANT, limit=9)
    assert [(k.owed.key, k.outcome) for k in failed] == [("e", "user_is_bot"), ("a", "channel_not_found")]
    assert [k.owed.key for k in await database.outbox.undelivered(TENANT, limit=1)] == ["e"]
    assert await database.outbox.undelivered("-/T2", limit=9) == ()


async def test_what_is_settled_is_forgotten_in_time_and_reminders_later_than_letters(database: Database) -> None:
    await owe(database, "letter", "redraw")
    await owe(database, "reminder", kind="reminder")
    await owe(database, "snooze", kind="snooze")
    outcomes = dict.fromkeys(("letter", "redraw", "reminder", "snooze"), "sent")
    await owe(database, "open", kind="reminder")
    await database.outbox.settle(TENANT, outcomes, now=50)
    assert await database.outbox.forget(settled_before=50, letters_before=50) == 0
    assert await database.outbox.forget(settled_before=50, letters_before=51) == 2
    assert await database.outbox.forget(settled_before=51, letters_before=51) == 2
    assert await database.outbox.get(TENANT, "open")


async def test_that_somebody_cannot_be_reached_is_known_to_be_told_for_good_but_stands_in_no_message(
    database: Database,
) -> None:
    told, refused = "F1|person:U0BEN|U0LEA|unreachable|0|left-1", "F1|person:U0CON|U0LEA|unreachable|0|left-1"
    await owe(database, told, refused, kind="reminder")
    await database.outbox.settle(TENANT, {told: "sent"}, now=50, message="1.1")
    await database.outbox.settle(TENANT, {refused: "user_not_found"}, now=50)
    assert await database.outbox.forget(settled_before=50, letters_before=50) == 0
    assert [k.owed.key for k in await database.outbox.of_message(TENANT, "1.1")] == [told]
    assert await database.outbox.forget(settled_before=51, letters_before=51) == 1
    assert await database.outbox.of_message(TENANT, "1.1") == ()
    assert await database.outbox.get(TENANT, told)


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


async def test_what_a_person_put_off_is_found_until_it_comes_back(database: Database) -> None:
    await database.outbox.owe([owed("b", kind="snooze", due_at=9.0), owed("a", kind="snooze", due_at=7.0)])
    await database.outbox.owe(
        [owed("reminder", kind="reminder"), owed("theirs", kind="snooze", person="slack:-/T1/U9")]
    )
    await database.outbox.owe([owed("back", kind="snooze")])
    await database.outbox.settle(TENANT, {"back": "sent"}, now=5.0)
    assert [one.key for one in await database.outbox.snoozed(TENANT, owed("a").person)] == ["a", "b"]
    assert await database.outbox.snoozed("-/T2", owed("a").person) == []


def in_place_of_all(key: str, **more: Any) -> Callable[[Sequence[Kept]], Rearranged]:
    """Whatever sleeps does not come back, and this one does."""

    def decide(rows: Sequence[Kept]) -> Rearranged:
        asleep = tuple(row.owed.key for row in rows if not row.settled)
        return Rearranged(asleep, (snooze(key, **more),))

    return decide


def snooze(key: str, **more: Any) -> Owed:
    return owed(key, tenant=KEY.tenant, firm=KEY.firm, kind="snooze", **more)


async def test_one_that_takes_the_others_places_is_shown_all_of_its_firm_and_settles_them_with_it(
    database: Database,
) -> None:
    await database.events.change(KEY, set_up())
    await database.outbox.owe([snooze("a"), snooze("done", person="U9"), owed("letter", firm=KEY.firm)])
    await database.outbox.owe([owed("other", firm="f2", kind="snooze"), owed("theirs", tenant="-/T2", kind="snooze")])
    await database.outbox.settle(KEY.tenant, {"done": "sent"}, now=2.0, message="D1/1.0")
    seen: list[Kept] = []

    def decide(rows: Sequence[Kept]) -> Rearranged:
        seen.extend(rows)
        return in_place_of_all("b")(rows)

    await database.outbox.rearrange(KEY, decide, now=3.0)
    assert sorted((row.owed.key, row.settled, row.owed.message) for row in seen) == [
        ("a", False, ""),
        ("done", True, "D1/1.0"),
    ]
    ended = await database.outbox.get(KEY.tenant, "a")
    assert (ended and ended.outcome, await claim(database)) == ("needless", ["b", "letter", "other", "theirs"])


async def test_of_many_that_take_each_others_place_at_once_one_is_left(database: Database) -> None:
    await database.events.change(KEY, set_up())
    keys = [f"k{nth}" for nth in range(8)]
    await asyncio.gather(*(database.outbox.rearrange(KEY, in_place_of_all(key), now=3.0) for key in keys))
    assert len(await database.outbox.snoozed(KEY.tenant, owed().person)) == 1


async def test_nothing_is_put_off_in_a_firm_that_is_gone(database: Database) -> None:
    await database.outbox.rearrange(KEY, in_place_of_all("a"), now=3.0)
    assert await claim(database) == []


async def test_what_cannot_be_owed_ends_nothing_in_whose_place_it_was_to_come(url: str) -> None:
    async with await open_database(url) as database:
        await database.events.change(KEY, set_up())
        await database.outbox.owe([snooze("a")])
        with pytest.raises(StorageError):
            await database.outbox.rearrange(KEY, in_place_of_all("b", about=None), now=3.0)
        assert await claim(database) == ["a"]


async def test_the_summary_before_this_one_is_the_newest_that_arrived_of_those_that_come_as_often(
    database: Database,
) -> None:
    async def came(slot: str, outcome: str, at: float, tenant: str = TENANT, channel: str = "C1") -> None:
        key = f"{slot}|{channel}|f"
        row = Owed(tenant=tenant, key=key, firm="f", kind=SUMMARY, person=channel, about="{}", due_at=at, slot=slot)
        await database.outbox.owe([row])
        await database.outbox.settle(tenant, {key: outcome}, now=at, message=f"C1/{at}")

    await came("summary|C1|daily:2026-11-20", "sent", 20.0)
    await came("summary|C1|daily:2026-11-23", "sent before", 23.0)
    await came("summary|C1|daily:2026-11-24", "not_in_channel", 24.0)
    await came("summary|C1|daily:2026-11-27", "sent", 27.0)
    await came("summary|C1|once:2026-11-24", "sent", 24.5)
    await came("summary|C1|weekly:2026-11-24", "sent", 24.5)
    await came("summary|C2|daily:2026-11-24", "sent", 24.5, channel="C2")
    await came("summary|C1|daily:2026-11-24", "sent", 24.5, tenant="-/T2")
    last = database.outbox.last_summary
    assert await last(TENANT, "C1", "summary|C1|daily:2026-11-25") == 23.0
    assert await last(TENANT, "C1", "summary|C1|daily:2026-11-23") == 20.0
    assert await last(TENANT, "C1", "summary|C1|daily:2026-11-20") is None
