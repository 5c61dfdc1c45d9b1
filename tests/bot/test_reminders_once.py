"""Each reminder is sent once: across crashes, lost replies, restarts and several replicas."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.bootstrap import build_services
from bot.delivery.bringing import A_MOMENT
from bot.delivery.rounds import LEASE
from bot.slack.people import FRESH
from flows.events import FirmKey
from flows.habits import Habits
from flows.ports import Known
from flows.roadmap import Pack
from storage.database import open_database
from tests.bot.conftest import engine
from tests.bot.conversing import BEN, LEA, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import World, another_replica, new_york, sqlite_url, world_at
from tests.bot.test_reminders import bens_task, world

__all__ = ["world"]  # a fixture is found by its name here


async def the_day(world: World) -> None:
    """A reminder of Ben's is about to be due."""
    await bens_task(world)
    await world.goes_to("2026-12-01", 8, 59)


async def after_the_lease(world: World) -> None:
    world.clock.real += LEASE + 1
    await world.plan()


async def test_the_process_dies_between_the_post_and_the_settling(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await the_day(world)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(world.services.outbox, "settle", dies)
        await world.goes_to("2026-12-01")
    assert len(world.digests(BEN)) == 1
    await after_the_lease(world)
    assert len(world.digests(BEN)) == 1, "whoever takes over finds it"
    digest = world.digests(BEN)[0]
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    assert "snoozed until" in world.said(BEN), "and knows where it stands"


async def keys_in_messages(world: World) -> list[str]:
    """A reminder of Ben's task from each of his messages, the oldest first."""
    there = [f"{world.slack.sandbox.dm(BEN)}/{digest['ts']}" for digest in world.digests(BEN)]
    return [(await world.services.outbox.of_message(TENANT, message))[0].owed.key for message in there]


async def test_of_two_snoozes_at_once_from_two_messages_one_sleeps(world: World) -> None:
    await the_day(world)
    await world.goes_to("2026-12-01")
    await world.goes_to("2026-12-08")
    older, newer = await keys_in_messages(world)
    snooze = world.services.reminders.snooze
    ends = await asyncio.gather(
        snooze(TENANT, world.act(person(BEN)), older, "tomorrow"),
        snooze(TENANT, world.act(person(BEN)), newer, "week"),
    )
    (until,) = (await world.services.reminders.asleep(TENANT, person(BEN).id)).values()
    assert until in ends
    await world.goes_to("2026-12-09")
    assert len(world.digests(BEN)) == 2 + (until == ends[0])


async def test_the_process_dies_in_the_middle_of_a_second_snooze(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await the_day(world)
    await world.goes_to("2026-12-01")
    await world.slack.ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[0])
    (key,) = await world.services.reminders.asleep(TENANT, person(BEN).id)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched, suppress(ConnectionError):
        patched.setattr(world.services.outbox, "owe", dies)
        await world.services.reminders.snooze(TENANT, world.act(person(BEN)), key, "week")
    assert len(await world.services.reminders.asleep(TENANT, person(BEN).id)) == 1, "the one or the other"


async def test_the_reply_is_lost(world: World) -> None:
    await the_day(world)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    await world.goes_to("2026-12-01")
    await after_the_lease(world)
    await after_the_lease(world)
    assert len(world.digests(BEN)) == 1


async def test_what_fell_due_meanwhile_is_not_taken_for_sent(world: World) -> None:
    await the_day(world)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    await world.goes_to("2026-12-01")
    await world.goes_to("2026-12-08")
    first, second = world.digests(BEN)
    assert "10 trading days before" in words_of(first)
    assert "5 trading days before" in words_of(second)
    assert "10 trading days" not in words_of(second)


@pytest.mark.parametrize("kind", ["500", "reset"])
async def test_slack_is_down_for_a_moment(world: World, kind: str) -> None:
    await the_day(world)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": kind})
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []
    await after_the_lease(world)
    assert len(world.digests(BEN)) == 1


async def test_slack_asks_to_wait(world: World) -> None:
    await the_day(world)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "429", "retry_after": 20})
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []
    world.clock.real += 21
    await world.plan()
    assert len(world.digests(BEN)) == 1


async def test_two_replicas_on_one_database_say_it_once(world: World, tmp_path: Path) -> None:
    await the_day(world)
    async with another_replica(world, sqlite_url(tmp_path)) as other:
        world.clock.now = new_york("2026-12-01")
        await asyncio.gather(world.plan(), other.plan(), world.plan(), other.plan())
        await other.goes_to("2026-12-08")
        await world.plan()
    assert len(world.digests(BEN)) == 2


async def test_a_restart_plans_before_it_sends(tmp_path: Path, pack: Pack) -> None:
    """What was planned before a stop and holds no more is not the first thing people hear."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        key = await bens_task(world)
        await world.plan()
        clock = world.clock
    async with await open_database(sqlite_url(tmp_path)) as opened:
        services = build_services(opened, pack, clock, engine=engine)
        world = World(world.slack, services, clock)
        await services.set_task_due(key, world.act(person(BEN)), "s1", date(2026, 12, 8))
    clock.now = new_york("2026-12-01")
    async with world_at(tmp_path, pack, clock.now, clock=clock) as restarted:
        await restarted.slack.bot.planner.caught_up.wait()
        await restarted.plan()
        assert "5 trading days before" in restarted.said(BEN)
        assert len(restarted.digests(BEN)) == 1


async def test_a_revoked_token_loses_nothing_and_is_one_message_after(world: World) -> None:
    await the_day(world)
    world.slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "token_revoked", "times": -1})
    await world.goes_to("2026-12-01")
    world.slack.sandbox.faults()
    await world.goes_to("2026-12-08")
    assert world.digests(BEN) == []
    await world.slack.lea.types("/cais")
    await world.plan()
    (digest,) = world.digests(BEN)
    assert "5 trading days before" in words_of(digest)


async def test_whoever_moves_to_another_zone_is_told_by_its_clock_a_day_later(world: World) -> None:
    await bens_task(world)
    await world.plan()
    world.slack.sandbox.slack.workspace.users[BEN]["tz"] = "Asia/Kolkata"
    world.clock.real += FRESH
    await world.slack.bot.people.freshen("-/T0SANDBOX", {BEN: person(BEN).id})
    await world.goes_to("2026-11-30", 22, 29)
    assert world.digests(BEN) == []
    await world.goes_to("2026-11-30", 22, 30)
    assert "One thing for Tuesday, December 1" in world.said(BEN)
    assert "AM on Dec 16, 2026 Kolkata" in world.said(BEN)


async def changes(world: World, **what: object) -> None:
    """Slack tells the app of Ben, whom it knows, what it tells of everybody whose profile changes."""
    world.slack.sandbox.add_person("ben", id=BEN, real_name="Ben Cole", **what)
    await world.slack.settled()


async def kept(world: World) -> Known:
    return (await world.services.directory.sight("-/T0SANDBOX", person(BEN).id)).known


async def known(world: World) -> Known:
    """What is known of Ben once Slack was asked."""
    await world.slack.bot.people.meet("-/T0SANDBOX", BEN, person(BEN).id)
    return await kept(world)


async def test_whoever_moves_to_another_zone_is_told_by_its_clock_from_then_on(world: World) -> None:
    await bens_task(world)
    await known(world)
    await world.plan()
    await changes(world, tz="Asia/Kolkata")
    await world.goes_to("2026-11-30", 22, 29)
    assert world.digests(BEN) == []
    await world.goes_to("2026-11-30", 22, 30)
    assert "AM on Dec 16, 2026 Kolkata" in world.said(BEN)


async def test_whoever_is_in_a_zone_that_is_not_known_here_is_told_by_the_firms(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A place may get a zone of its own after our list of them was made."""
    await bens_task(world)
    met = await known(world)
    await world.plan()
    moved = {"id": BEN, "real_name": "Ben Cole", "tz": "America/Not_Listed_Yet"}
    await world.slack.bot.people.changed("-/T0SANDBOX", moved, at=met.checked_at + 2.0)
    assert (await kept(world)).time_zone == "", "and not the one where they were before"
    assert [r.__dict__["zone"] for r in caplog.records if r.__dict__.get("action") == "zone_unknown"]
    await world.goes_to("2026-12-01")
    assert "One thing for Tuesday, December 1" in world.said(BEN)


async def test_a_zone_that_was_kept_and_is_not_known_here_any_more_keeps_nothing_from_anybody(world: World) -> None:
    await bens_task(world)
    there = replace(await known(world), time_zone="America/Not_Listed_Yet")
    await world.services.directory.remember("-/T0SANDBOX", there, at=world.clock.now.timestamp())
    await world.goes_to("2026-12-01")
    assert "One thing for Tuesday, December 1" in world.said(BEN)
    for words, shown in (("due s1", "Tuesday, December 15"), ("next", "step 1 of 6"), ("remind", "9:00 AM* New York")):
        await world.slack.ben.types(f"/cais {words}")
        assert shown in words_of(world.slack.ben.last)


async def test_an_account_that_is_closed_is_noticed_at_once(world: World) -> None:
    await bens_task(world)
    await known(world)
    await world.plan()
    await changes(world, deleted=True)
    await world.goes_to("2026-11-24", 12)
    assert "Ben Cole* cannot be reached here" in world.said(LEA)


async def test_of_a_change_that_is_not_ours_to_know_nothing_is_kept(world: World) -> None:
    await bens_task(world)
    before = await known(world)
    await changes(world, title="On vacation")
    assert await kept(world) == before


async def test_news_of_somebody_that_comes_late_does_not_undo_what_was_learned_since(world: World) -> None:
    await bens_task(world)
    before = await known(world)
    late = {"id": BEN, "real_name": "Ben Cole", "tz": "Asia/Tokyo"}
    await world.slack.bot.people.changed("-/T0SANDBOX", late, at=before.checked_at - 2.0)
    assert await kept(world) == before


@pytest.mark.parametrize("user", [None, "U0BEN", {}, {"id": 5}, {"id": BEN}, {"id": BEN, "tz": 5, "profile": [1]}])
async def test_news_of_somebody_in_an_odd_shape_changes_nothing(world: World, user: object) -> None:
    await bens_task(world)
    before = await known(world)
    world.slack.sandbox.slack.event("user_change", {"type": "user_change", "user": user})
    await world.slack.settled()
    assert await kept(world) == before


async def test_news_of_somebody_nobody_here_met_is_not_kept(world: World) -> None:
    await world.slack.bot.people.changed("-/T0SANDBOX", {"id": "U0NEW", "real_name": "New"}, at=9e9)
    sight = await world.services.directory.sight("-/T0SANDBOX", "slack:-/T0SANDBOX/U0NEW")
    assert (sight.known.name, sight.known.checked_at) == ("", 0.0)


async def test_a_closed_account_is_told_to_the_lead_who_is_reminded_instead(world: World) -> None:
    await bens_task(world)
    await world.plan()
    world.slack.sandbox.slack.workspace.users[BEN]["deleted"] = True
    await world.slack.bot.people.meet("-/T0SANDBOX", BEN, person(BEN).id)
    await world.goes_to("2026-11-24", 12)
    assert "Ben Cole* cannot be reached here" in world.said(LEA)
    await world.goes_to("2026-12-01", 12)
    assert "Does your firm report events" in world.said(LEA)
    assert world.digests(BEN) == []


async def test_an_owner_who_is_out_of_reach_for_another_reason_by_now_is_told_of_once(world: World) -> None:
    key = await bens_task(world)
    await world.plan()
    await world.services.directory.blocked(
        "-/T0SANDBOX", person(BEN).id, "cannot_dm_bot", at=world.clock.now.timestamp()
    )
    await world.goes_to("2026-11-24", 12)
    told = [m for m in world.digests(LEA) if "*Ben Cole* cannot be reached here (takes no mess" in words_of(m)]
    assert len(told) == 1
    world.slack.sandbox.slack.workspace.users[BEN]["deleted"] = True
    await world.slack.bot.people.meet("-/T0SANDBOX", BEN, person(BEN).id)
    await world.goes_to("2026-11-25", 12)
    await world.services.remove_member(key, world.act(person(LEA)), person(BEN).id)
    await world.goes_to("2026-11-30", 12)
    assert world.digests(LEA) == told


async def test_a_pause_that_begins_in_the_last_moment_holds_back_what_was_put_off(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    await world.goes_to("2026-12-02", 8, 59)
    paused = Habits(paused_until=date(2026, 12, 4))
    await world.services.reminders.set_habits("-/T0SANDBOX", world.act(person(BEN)), paused)
    world.clock.now = new_york("2026-12-02", 9)
    world.slack.bot.delivery.wake()  # before the plan that follows from it is made
    await world.slack.settled()
    assert len(world.digests(BEN)) == 1
    assert "snoozed until Friday, December 4, 2026, 9:00 AM New York time" in world.said(BEN)
    world.clock.real += A_MOMENT
    await world.goes_to("2026-12-04")
    assert "Why now:* you put this off until Dec 2" in world.said(BEN)


async def test_what_was_put_off_goes_with_its_person_and_says_until_when_by_the_clock_there(world: World) -> None:
    await bens_task(world)
    await known(world)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    await changes(world, tz="Asia/Tokyo")
    await world.plan()
    assert "snoozed until Wednesday, December 2, 2026, 9:00 AM Tokyo time" in world.said(BEN)
    await world.goes_to("2026-12-01", 18, 59)
    assert len(world.digests(BEN)) == 1
    await world.goes_to("2026-12-01", 19)
    assert "Why now:* you put this off until Dec 2" in world.said(BEN)
    await world.goes_to("2026-12-02")
    assert len(world.digests(BEN)) == 2


# --- what changes while it is on its way --------------------------------------------------------------------------


async def lea_answers(world: World, key: FirmKey) -> None:
    """Which finishes Ben's task."""
    await world.services.answer(key, world.act(person(LEA)), "fdid_duty", ["yes"])


async def test_what_is_done_while_nobody_knows_whether_it_arrived_is_shown_so_minutes_later(world: World) -> None:
    key = await bens_task(world)
    await world.goes_to("2026-12-01", 8, 59)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    await world.goes_to("2026-12-01")
    await lea_answers(world, key)
    await world.plan()
    world.clock.real += LEASE + 1
    await world.goes_to("2026-12-01", 9, 2)
    await world.goes_to("2026-12-01", 9, 4)
    (digest,) = world.digests(BEN)
    assert "done by Lea Haddad" in words_of(digest)
    assert "Why now" not in words_of(digest)


async def while_it_waits(world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[None]]) -> None:
    """December 1, a minute before nine; this happens while Ben's reminder waits for its turn in the conversation."""
    await world.goes_to("2026-12-01", 8, 59)
    posting = world.slack.bot.delivery._bringing._posting
    turn = posting.turn

    async def meanwhile(channel: str) -> None:
        monkeypatch.setattr(posting, "turn", turn)
        await happens()
        await turn(channel)

    monkeypatch.setattr(posting, "turn", meanwhile)


async def test_what_is_done_while_slack_takes_it_is_shown_so_a_minute_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await bens_task(world)

    async def done() -> None:
        await lea_answers(world, key)
        await world.slack.bot.planner.sweep()

    await while_it_waits(world, monkeypatch, done)
    await world.goes_to("2026-12-01")
    await world.goes_to("2026-12-01", 9, 1)
    (digest,) = world.digests(BEN)
    assert "done by Lea Haddad" in words_of(digest)


async def test_what_is_done_while_others_come_first_in_the_conversation_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await bens_task(world)
    await while_it_waits(world, monkeypatch, lambda: lea_answers(world, key))
    monkeypatch.setattr(world.slack.bot.delivery._bringing._posting, "is_free", lambda channel: False)
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []


# --- a workspace that was stopped ---------------------------------------------------------------------------------


async def stopped_for_weeks(world: World) -> None:
    """What was planned before is long past: Ben's date, and a reminder that another firm has set otherwise since."""
    await the_day(world)
    firm = await a_firm(world.services, "Bolt Brokers", LEA, U0BEN="member")
    await world.services.assign(firm.key, world.act(person(BEN)), "s1", person(BEN))
    await world.services.set_task_due(firm.key, world.act(person(BEN)), "s1", date(2027, 2, 10))
    await world.plan()
    await world.services.outbox.stop(TENANT, "app_uninstalled", now=world.clock.real)
    await world.slack.bot.standstill.look()
    world.clock.now = new_york("2027-02-08", 10)
    await world.plan()
    assert world.digests(BEN) == []


async def test_after_weeks_without_the_app_there_is_one_message_of_how_things_are(world: World) -> None:
    await stopped_for_weeks(world)
    await world.slack.lea.types("/cais status")
    await world.slack.settled()
    assert await world.services.outbox.stopped() == {}
    (digest,) = world.digests(BEN)
    for words in ("Apex Securities", "Bolt Brokers", "you are asked once a week"):
        assert words in words_of(digest)
    assert "the day itself" not in words_of(digest)
    await world.plan()
    assert len(world.digests(BEN)) == 1


async def test_nobody_takes_up_what_was_planned_before_a_stop_until_it_is_planned_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stopped_for_weeks(world)
    standstill, plan = world.slack.bot.standstill, world.slack.bot.standstill.plan

    async def dies(tenant: str) -> None:
        await plan(tenant)
        assert not await world.services.outbox.claim(due=9e9, now=world.clock.real, lease=1.0, limit=9)
        raise ConnectionError

    with monkeypatch.context() as patched, suppress(ConnectionError):
        patched.setattr(standstill, "plan", dies)
        await standstill.begin()
    assert list(await world.services.outbox.stopped()) == [TENANT], "whoever dies meanwhile leaves it stopped"
    await standstill.begin()
    await world.slack.settled()
    assert await world.services.outbox.stopped() == {}
    assert len(world.digests(BEN)) == 1


async def test_an_app_that_is_taken_off_again_while_its_firms_are_planned_stays_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stopped_for_weeks(world)

    async def gone(tenant: str) -> bool:
        return False

    async def taken_off(tenant: str) -> None:
        monkeypatch.setattr(world.slack.bot.installed, "is_here", gone)

    monkeypatch.setattr(world.slack.bot.standstill, "plan", taken_off)
    await world.slack.bot.standstill.begin()
    assert list(await world.services.outbox.stopped()) == [TENANT]
