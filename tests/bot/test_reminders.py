"""People are told in time, once, with what they can do about it where it stands."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.delivery.bringing import A_MOMENT
from flows.deadlines import Source, Value
from flows.events import FirmKey
from flows.habits import Rules
from flows.roadmap import Pack
from flows.workspace import DeadlineRevised, TradingDayEdited, Withdrawn
from tests.bot.conversing import ANA, BEN, CONRAD, LEA, Json, Someone, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.reminding import World, new_york, world_at
from tests.bot.walking import TENANT

FIRM = "Apex Securities"
REGISTRATION = date(2026, 12, 15)
"""A Tuesday. Ten trading days before it is Tuesday, December 1."""


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """Monday, November 23, 2026, ten in the morning in New York, where Ben is; Lea is in another zone."""
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def bens_task(world: World, due: date = REGISTRATION, task: str = "s1") -> FirmKey:
    """A firm that Lea leads, where a task is Ben's, by his own hand, with a date."""
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.assign(firm.key, world.act(person(BEN)), task, person(BEN))
    await world.services.set_task_due(firm.key, world.act(person(BEN)), task, due)
    return firm.key


# --- in time ----------------------------------------------------------------------------------------------------


async def test_ten_trading_days_before_its_owner_is_told_at_nine_and_why_now(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-12-01", 8, 59)
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-01", 9)
    said = world.said(BEN)
    assert "One thing for Tuesday, December 1" in said
    assert "📅 Tuesday, December 15, 2026\n*Why now:* 10 trading days before." in said, "how far it is is said once"
    assert world.digests(LEA) == [], "the owner alone"
    await world.goes_to("2026-12-01", 17)
    assert len(world.digests(BEN)) == 1
    assert world.slack.refused() == []


async def test_a_holiday_in_between_is_named(world: World) -> None:
    await bens_task(world, date(2026, 11, 30))
    await world.goes_to("2026-11-25")
    assert "2 trading days before; Thanksgiving Day skipped." in world.said(BEN)


async def test_a_day_that_was_closed_after_the_reminder_was_planned_is_named_in_it(world: World) -> None:
    await bens_task(world)
    await world.plan()
    admin, closed = replace(person(ANA), admin=True), TradingDayEdited(date(2026, 12, 9), "closed", "Storm")
    await world.services.record_for_workspace(TENANT, world.act(admin), closed)
    await world.goes_to("2026-12-07")
    assert "5 trading days before" in world.said(BEN)
    assert "Storm" in world.said(BEN)


async def test_a_date_on_a_weekend_stays_there_and_its_reminder_comes_the_trading_day_before(world: World) -> None:
    await bens_task(world, date(2026, 12, 5))
    await world.goes_to("2026-12-04")
    said = world.said(BEN)
    assert "Saturday, December 5, 2026" in said
    assert "Saturday is no trading day, so this comes on the last one before" in said


async def test_a_day_that_an_admin_closed_is_named_with_its_date_where_it_is_skipped(world: World) -> None:
    await bens_task(world, date(2026, 12, 8))
    await world.goes_to("2026-12-03", 16)
    closed = TradingDayEdited(date(2026, 12, 7), "closed", "Power cut downtown")
    await world.services.record_for_workspace(TENANT, world.act(replace(person(ANA), admin=True)), closed)
    await world.goes_to("2026-12-04")
    assert "1 trading day before; the market is closed on Dec 7: Power cut downtown." in world.said(BEN)
    assert "downtown skipped" not in world.said(BEN)


async def test_a_day_that_is_closed_after_the_morning_brings_no_second_message_that_day(world: World) -> None:
    await bens_task(world, date(2026, 12, 8))
    await world.goes_to("2026-12-04")
    closed = TradingDayEdited(date(2026, 12, 7), "closed", "Power cut downtown")
    await world.services.record_for_workspace(TENANT, world.act(replace(person(ANA), admin=True)), closed)
    await world.goes_to("2026-12-07", 12)
    assert "2 trading days before" in world.said(BEN)
    assert len(world.digests(BEN)) == 1
    await world.goes_to("2026-12-08")
    assert "it is today" in world.said(BEN)


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_a_day_that_was_closed_by_mistake_brings_its_reminder_once_that_is_taken_back(
    world: World, meanwhile: bool
) -> None:
    """Also where something else was recorded while it counted as closed, and the firm's plan made anew for that."""
    key = await bens_task(world, date(2026, 12, 8))
    await world.goes_to("2026-12-08", 8, 30)
    admin, closed = replace(person(ANA), admin=True), TradingDayEdited(date(2026, 12, 8), "closed", "Storm")
    kept = await world.services.record_for_workspace(TENANT, world.act(admin), closed)
    await world.goes_to("2026-12-08", 10)
    assert "it is today" not in world.said(BEN)
    if meanwhile:
        await world.services.add_note(key, world.act(person(BEN)), "Called the exchange.")
        await world.goes_to("2026-12-08", 10, 5)
    await world.services.record_for_workspace(TENANT, world.act(admin), Withdrawn(kept.workspace.entries[-1].sequence))
    await world.plan()
    assert world.said(BEN).count("it is today") == 1


async def test_a_message_that_names_a_closure_is_drawn_anew_once_that_is_taken_back(world: World) -> None:
    await bens_task(world, date(2026, 12, 15))
    admin, closed = replace(person(ANA), admin=True), TradingDayEdited(date(2026, 12, 14), "closed", "Mourning")
    kept = await world.services.record_for_workspace(TENANT, world.act(admin), closed)
    await world.goes_to("2026-12-07")
    assert "*Why now:* 5 trading days before; the market is closed on Dec 14: Mourning." in world.said(BEN)
    await world.services.record_for_workspace(TENANT, world.act(admin), Withdrawn(kept.workspace.entries[-1].sequence))
    await world.plan()
    assert "*Why now:* 5 trading days before, as trading days were counted then." in world.said(BEN)
    assert "Mourning" not in world.said(BEN)


async def test_a_weekly_reminder_before_a_holiday_says_why_it_comes_early(world: World) -> None:
    await bens_task(world, date(2026, 12, 18))
    await world.day_by_day("2026-12-24")
    early = "you are asked once a week; Friday is no trading day (Christmas Day), so this comes on the last one before."
    assert early in world.said(BEN)


async def test_waiting_with_an_open_task_shows_where_a_wait_is_recorded(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    shown = await world.slack.ben.types("/cais waiting s2")
    assert "It waits for nobody yet. *Waiting on someone* records whom it waits for" in words_of(shown)
    assert "Waiting on someone" in labels(shown)
    assert "Nobody is waited for" in words_of(await world.slack.ben.types("/cais waiting"))


async def test_a_date_that_has_passed_is_said_calmly_and_once_a_week(world: World) -> None:
    await bens_task(world, date(2026, 12, 1))
    await world.day_by_day("2026-12-07")
    await world.goes_to("2026-12-08")
    said = world.said(BEN)
    assert "The date you set, Tuesday, December 1, 2026, has passed." in said
    assert "you are asked once a week" in said
    assert world.digests(BEN)[-1]["text"].endswith("with an FDID?"), "a question needs no full stop"
    for word in ("overdue", "late", "days ago", "🔴", "❗"):
        assert word not in said
    assert [d["text"] for d in world.digests(LEA)] == [], "Lea is told from the fifth trading day on, by her own hour"
    await world.day_by_day("2026-12-16")
    assert "The day it was wanted by, Tuesday, December 1, 2026, has passed." in world.said(LEA)
    assert "Owner: Ben Cole" in world.said(LEA)
    assert "*Why now:* from the 5th trading day after its date on, leads are told too." in world.said(LEA)


async def test_nobody_is_to_be_nudged_where_the_owner_has_left_the_firm(world: World) -> None:
    key = await bens_task(world, date(2026, 12, 1))
    await world.services.remove_member(key, world.act(person(LEA)), person(BEN).id)
    await world.goes_to("2026-12-08", 12)
    assert "no longer a member" in world.said(LEA)
    shown = labels(world.digests(LEA)[-1])
    assert "Assign…" in shown
    assert "Nudge owner…" not in shown


async def test_a_lead_who_is_told_too_can_nudge_the_owner_or_give_the_task_to_somebody_where_it_stands(
    world: World,
) -> None:
    await bens_task(world, date(2026, 12, 1))
    await world.goes_to("2026-12-08", 12)
    (digest,) = world.digests(LEA)
    assert labels(digest) == ["Snooze", "Open", "Nudge owner…", "Assign…"]
    lea = world.slack.lea
    await lea.presses("Nudge owner…", on=digest)
    assert "1 person about 1 task in 1 firm" in words_of(lea.modal or {})
    assert await lea.submits({}) == {"ok": True}
    assert "*Nudged:* 1 person about 1 task." in words_of(lea.last)
    await world.goes_to("2026-12-08", 12, 1)
    assert "Lea Haddad asks you to look at a task of yours" in words_of(world.slack.ben.sees[-1])
    await lea.presses("Assign…", on=digest)
    assert await lea.submits({"person": LEA}) == {"ok": True}
    assert "was given to Lea Haddad" in words_of(lea.last)
    assert [m["ts"] for m in world.digests(LEA)] == [digest["ts"]], "it stays where it was"
    assert "Nudge owner…" not in labels(world.digests(BEN)[0]), "the owner has other ways"
    assert world.slack.refused() == []


async def test_everything_due_at_one_time_is_one_message_over_all_firms(world: World) -> None:
    await bens_task(world)
    other = await a_firm(world.services, "Birch Brokers", BEN)
    await world.services.set_target(other.key, world.act(person(BEN)), REGISTRATION)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    assert digest["text"].startswith("Reminder, 2 firms: ")
    assert "*Apex Securities*" in words_of(digest)
    assert "*Birch Brokers*" in words_of(digest)
    assert labels(digest) == ["Done", "Snooze", "Open", "Snooze", "Open"][5 - len(labels(digest)) :]


async def test_after_three_days_down_there_is_one_message_and_nothing_stale(world: World) -> None:
    key = await bens_task(world, date(2026, 12, 3))
    await world.services.set_target(key, world.act(person(LEA)), date(2026, 12, 3))
    await world.goes_to("2026-11-25")
    sent = len(world.digests(BEN))
    world.clock.now = new_york("2026-12-02", 11)
    await world.plan()
    (newest,) = world.digests(BEN)[sent:]
    assert words_of(newest).count("Thursday, December 3, 2026") == 1, "each subject once, the nearest"
    assert "*Why now:* 1 trading day before." in words_of(newest)


async def test_what_a_stop_made_late_is_not_said_at_night(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-12-01", 20)
    assert world.digests(BEN) == []
    world.clock.real += A_MOMENT  # a round of the bot's own may have come before the plan, and put it off for so long
    await world.goes_to("2026-12-02", 1)
    assert world.digests(BEN) == []
    world.clock.real += A_MOMENT
    await world.goes_to("2026-12-02", 9)
    assert "Tuesday, December 15, 2026" in world.said(BEN)
    assert len(world.digests(BEN)) == 1


async def test_many_things_end_in_how_many_more_there_are(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    for nth in range(20):
        await world.services.set_recurring(firm.key, world.act(person(LEA)), f"Review number {nth}", 12, 15)
    await world.day_by_day("2026-12-02")
    said = world.said(LEA)
    assert "20 things for" in said
    assert "*and 6 more*" in said
    assert all(f"Review number {nth}" in said for nth in range(20))
    assert len([b for b in world.digests(LEA)[-1]["blocks"] if b["type"] == "actions"]) == 14
    assert world.slack.refused() == []


async def test_of_many_things_the_most_urgent_have_buttons_whatever_their_firm_is_called(world: World) -> None:
    firms = [await a_firm(world.services, f"{name} Securities", LEA) for name in ("Ash", "Zelkova")]
    for key, day in ((firms[0].key, 16), (firms[1].key, 2)):
        for nth in range(12):
            await world.services.set_recurring(key, world.act(person(LEA)), f"Review {day}-{nth}", 12, day)
    await world.day_by_day("2026-12-02")
    said = world.digests(LEA)[-1]
    pressed = [e.get("text", {}).get("text") for b in said["blocks"] for e in b.get("elements", ()) if "action_id" in e]
    assert pressed.count("Open") == 14
    bodies = [b["text"]["text"] for b in said["blocks"] if b["type"] == "section"]
    assert sum("Review 2-" in body for body in bodies[:-1]) == 12, "those that are due today"
    assert said["text"].count("(Dec 2, 2026)") == 3
    assert bodies[-1].startswith("*and 10 more*\n*Ash Securities*: Review 16-")


async def test_a_date_of_what_an_answer_decides_is_silent_before_it_and_again_when_the_answer_turns(
    world: World,
) -> None:
    key = await bens_task(world, task="s2")
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []
    await world.services.answer(key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.goes_to("2026-12-08")
    assert "5 trading days before" in world.said(BEN)
    await world.services.answer(key, world.act(person(BEN)), "fdid_duty", ["no"], basis="We only advise.")
    sent = len(world.digests(BEN))
    await world.day_by_day("2026-12-15")
    assert len(world.digests(BEN)) == sent


# --- what one can do with it ------------------------------------------------------------------------------------


async def reminded(world: World) -> Json:
    """A yearly date of which Ben, who leads a firm, is reminded."""
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
    await world.services.set_target(firm.key, world.act(person(BEN)), REGISTRATION)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    return digest


async def test_done_is_said_where_it_stands_and_the_rest_stays(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.presses("Done", on=digest)
    (after,) = world.digests(BEN)
    assert "✅ *SAA certification*: done for Dec 15, 2026 by you" in words_of(after)
    assert "One thing for Tuesday, December 1" in words_of(after)
    assert "Your target" in words_of(after)
    await world.goes_to("2026-12-08")
    assert "SAA certification" not in world.said(BEN)
    assert world.slack.refused() == []


async def test_a_yearly_date_that_was_done_names_who_did_it_and_can_be_taken_back(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.presses("Done", on=digest)
    assert "done for Dec 15, 2026 by you, Dec 1, 2026, 9:00 AM New York time." in world.said(BEN)
    await world.slack.ben.presses("Undo")
    assert "done for" not in world.said(BEN)
    assert "2 things for Tuesday, December 1" in world.said(BEN)
    assert labels(world.digests(BEN)[0])[:3] == ["Done", "Snooze", "Open"]


@pytest.mark.parametrize("undone", [False, True])
async def test_a_yearly_date_that_was_taken_off_is_named_with_who_did_it(world: World, undone: bool) -> None:
    firm = await a_firm(world.services, FIRM, BEN, U0ANA="lead")
    result = await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
    await world.goes_to("2026-12-01")
    if undone:
        await world.services.undo(firm.key, world.act(person(ANA)), result.records[0].sequence)
    else:
        await world.services.remove_recurring(firm.key, world.act(person(ANA)), result.position.recurring[0].id)
    await world.plan()
    said = "➖ *SAA certification*: this date of every year was taken off by Ana Ruiz, Dec 1, 2026, 9:00 AM"
    assert said in world.said(BEN)
    assert "not there any more" not in world.said(BEN)


@pytest.mark.parametrize("how", ["taken off", "undone", "waited for", "replaced"])
async def test_the_task_of_an_agent_that_was_taken_off_is_named_with_who_did_it(world: World, how: str) -> None:
    firm = await a_firm(world.services, FIRM, BEN, U0ANA="lead")
    key, ben, ana = firm.key, person(BEN), person(ANA)
    await world.services.answer(key, world.act(ben), "fdid_duty", ["yes"])
    await world.services.complete(key, world.act(ben), "s2", outcome="submitted")
    await world.services.complete(key, world.act(ben), "s3e")
    await world.services.complete(key, world.act(ben), "s3", outcome="saa_only")
    added = await world.services.add_agents(key, world.act(ben), ["Apex Clearing", "Beta Bureau"])
    await world.services.answer(key, world.act(ben), "methods", ["agent"])
    agent = added.position.agents[1].id
    task = f"s5[{agent}]"
    if how == "undone":  # it is not, where something was recorded for it
        await world.services.set_step_due(key, world.act(ben), "5", REGISTRATION)
    else:
        await world.services.set_task_due(key, world.act(ben), task, REGISTRATION)
    if how == "waited for":  # what is recorded of it stays
        await world.services.wait(key, world.act(ben), task, whom="Beta", follow_up_on=None)
    await world.goes_to("2026-12-01")
    assert "Test relationship with your agent: Beta Bureau" in world.said(BEN)
    if how == "undone":
        await world.services.undo(key, world.act(ana), added.records[1].sequence)
    elif how == "replaced":
        await world.services.start_change(key, world.act(ana), agent, "Gamma")
    else:
        await world.services.remove_agent(key, world.act(ana), agent)
    await world.plan()
    end = "the change to another agent was begun" if how == "replaced" else "this agent was taken off"
    said = f"➖ *Test relationship with your agent: Beta Bureau*: {end} by Ana Ruiz, Dec 1, 2026, 9:00 AM"
    assert said in world.said(BEN)
    assert f"{end} by you" in world.said(ANA)
    assert world.slack.refused() == []


async def test_a_yearly_date_that_another_lead_did_names_them_and_is_not_ones_own_to_take_back(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="lead")
    set_up = await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
    yearly = set_up.position.recurring[0].id
    await world.goes_to("2026-12-01", 13)
    await world.services.reminders.finish_recurring(firm.key, world.act(person(LEA)), yearly, REGISTRATION)
    await world.plan()
    assert "done for Dec 15, 2026 by Lea Haddad" in world.said(BEN)
    assert labels(world.digests(BEN)[0]) == []
    assert "Undo" in labels(world.digests(LEA)[0])


async def test_a_tasks_date_that_has_passed_is_listed_as_one(world: World) -> None:
    await bens_task(world)
    assert "which has passed" not in words_of(await world.slack.ben.types("/cais due"))
    await world.goes_to("2026-12-22")
    assert "🗓️ Tuesday, December 15, 2026, which has passed: " in words_of(await world.slack.ben.types("/cais due"))


async def test_a_yearly_date_that_is_still_chased_is_listed_first_among_ones_dates_and_can_be_done_there(
    world: World,
) -> None:
    await reminded(world)
    await world.goes_to("2026-12-22")
    assert "SAA certification" in world.said(BEN), "a week after its day"
    listed = words_of(await world.slack.ben.types("/cais due"))
    day = "Tuesday, December 15, 2026, which has passed"
    first = f"🗓️ {day}: SAA certification (every year), not marked done yet"
    assert listed.index(first) < listed.index("🗓️ Wednesday, December 15, 2027: SAA certification (every year)")
    await world.slack.ben.presses("Done for Dec 15, 2026")
    after = words_of(world.slack.ben.last)
    assert "not marked done yet" not in after
    assert "Wednesday, December 15, 2027: SAA certification (every year)" in after
    assert "Undo" in labels(world.slack.ben.last)
    await world.plan()
    assert "✅ *SAA certification*: done for Dec 15, 2026 by you" in world.said(BEN)
    assert world.slack.refused() == []


async def test_what_was_snoozed_comes_back_and_the_others_keep_their_days(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    assert "snoozed until Wednesday, December 2, 2026, 9:00 AM New York time" in world.said(BEN)
    await world.plan()
    assert "snoozed until" in world.said(BEN), "however often it is drawn"
    await world.goes_to("2026-12-02")
    _, second = world.digests(BEN)
    assert "SAA certification" in words_of(second)
    assert "Your target" not in words_of(second)
    await world.goes_to("2026-12-08")
    assert len(world.digests(BEN)) == 3, "5 trading days before, as if there had been no snooze"


async def test_another_snooze_from_a_newer_message_is_said_in_the_older_one_too(world: World) -> None:
    await world.slack.ben.picks("Snooze", "Next week", on=await reminded(world))
    await world.goes_to("2026-12-07")
    older, newer = world.digests(BEN)
    assert "snoozed until Monday, December 7, 2026" in words_of(older)
    await world.slack.ben.picks("Snooze", "Next week", on=newer)
    await world.plan()
    assert ["snoozed until Monday, December 14, 2026" in words_of(m) for m in world.digests(BEN)] == [True, True]
    await world.slack.ben.presses("Wake up")
    await world.plan()
    assert not any("snoozed" in words_of(m) for m in world.digests(BEN))


async def test_what_is_snoozed_can_be_opened_and_done_where_it_stands_and_does_not_come_back(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    assert labels(world.digests(BEN)[0]) == ["Wake up", "Done", "Open", "Snooze", "Open"]
    await world.slack.ben.presses("Done", on=world.digests(BEN)[0])
    assert "✅ *SAA certification*: done" in world.said(BEN)
    await world.goes_to("2026-12-02")
    assert len(world.digests(BEN)) == 1
    assert world.slack.refused() == []


async def test_a_snooze_can_be_taken_back(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.picks("Snooze", "1 hour", on=digest)
    await world.slack.ben.presses("Wake up")
    assert "snoozed" not in world.said(BEN)
    assert labels(world.digests(BEN)[0])[:3] == ["Done", "Snooze", "Open"]
    await world.goes_to("2026-12-01", 11)
    assert len(world.digests(BEN)) == 1


async def test_what_was_woken_can_be_snoozed_until_the_same_time_again(world: World) -> None:
    await reminded(world)
    ben = world.slack.ben
    for _ in range(2):
        await ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[0])
        await ben.presses("Wake up")
    await ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[0])
    assert "snoozed until Wednesday, December 2, 2026" in world.said(BEN)
    await world.goes_to("2026-12-02")
    assert len(world.digests(BEN)) == 2


async def test_open_shows_it_below_and_the_reminders_stay(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    await world.slack.ben.presses("Open", on=digest)
    assert [words_of(m) for m in world.digests(BEN)] == [words_of(digest)]
    assert "Step 1 of 6" in words_of(world.slack.ben.last)


async def test_what_is_done_elsewhere_or_given_away_changes_in_its_message(world: World) -> None:
    key = await bens_task(world)
    await world.goes_to("2026-12-01")
    await world.services.assign(key, world.act(person(LEA)), "s1", person(LEA))
    await world.plan()
    assert "it belongs to Lea Haddad now" in world.said(BEN)
    assert len(world.digests(BEN)) == 1


async def test_a_date_that_is_set_anew_is_said_in_the_message_it_stands_in_with_the_ways_that_still_make_sense(
    world: World,
) -> None:
    await world.goes_to("2027-01-08", 10)
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.services.complete(firm.key, world.act(person(BEN)), "s2", outcome="submitted")
    for task in ("s3e", "s4"):
        await world.services.assign(firm.key, world.act(person(BEN)), task, person(BEN))
        await world.services.set_task_due(firm.key, world.act(person(BEN)), task, date(2027, 1, 13))
    await world.goes_to("2027-01-11")
    assert sorted(labels(world.digests(BEN)[0])) == ["Done", "Open", "Open", "Snooze", "Snooze"]
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s3e", date(2027, 1, 21))
    await world.plan()
    (digest,) = world.digests(BEN)
    said = words_of(digest)
    assert "2 things for Monday, January 11" in said
    assert "📅 Its date is now Thursday, January 21, 2027. It was Jan 13, 2027 when this was sent." in said
    assert said.count("2 trading days before") == 1, "of the other one"
    assert "(now Jan 21, 2027)" in digest["text"]
    assert sorted(labels(digest)) == ["Done", "Open", "Open", "Snooze"]
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s3e", date(2027, 6, 1))
    await world.plan()
    assert "Its date is now Tuesday, June 1, 2027." in world.said(BEN)
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s3e", None)
    await world.plan()
    assert "Its date was taken off. It was Jan 13, 2027 when this was sent." in world.said(BEN)
    await world.slack.ben.presses("Done", on=world.digests(BEN)[0])
    await world.plan()
    assert "done by you" in world.said(BEN)
    assert len(world.digests(BEN)) == 1
    assert world.slack.refused() == []


SET_AGAIN = (
    "📅 Its date is Tuesday, December 15, 2026. It was set again after this was sent, and has reminders of its own."
)


async def test_a_date_that_is_set_back_reads_as_it_was_sent(world: World) -> None:
    key = await bens_task(world)
    await world.goes_to("2026-12-01")
    before = world.digests(BEN)[0]["blocks"]
    act = world.act(person(LEA))
    await world.services.set_task_due(key, act, "s1", date(2026, 12, 22))
    await world.plan()
    assert "Its date is now Tuesday, December 22, 2026." in world.said(BEN)
    await world.services.undo(key, world.act(person(LEA)), None)
    await world.plan()
    assert "*Why now:* 10 trading days before." in world.said(BEN)
    assert words_of({"blocks": before}) == words_of({"blocks": world.digests(BEN)[0]["blocks"]})


async def test_a_date_that_is_the_day_that_was_said_again_but_set_by_another_act_is_said_with_open(
    world: World,
) -> None:
    """Taken off, where the task's step has the day that was said; the message was redrawn with another one between."""
    key = await bens_task(world)
    await world.services.set_step_due(key, world.act(person(LEA)), "1", REGISTRATION)
    await world.goes_to("2026-12-01", 9)
    await world.services.set_task_due(key, world.act(person(BEN)), "s1", date(2026, 12, 22))
    await world.plan()
    assert "Its date is now Tuesday, December 22, 2026." in world.said(BEN)
    await world.goes_to("2026-12-02")
    await world.services.set_step_due(key, world.act(person(LEA)), "1", None)
    await world.services.set_step_due(key, world.act(person(LEA)), "1", REGISTRATION)
    await world.services.set_task_due(key, world.act(person(BEN)), "s1", None)
    await world.plan()
    digest = world.digests(BEN)[-1]
    assert SET_AGAIN in words_of(digest)
    assert "One thing for Tuesday, December 1" in words_of(digest)
    assert "(Dec 15, 2026)" in digest["text"]
    assert labels(digest) == ["Open"]
    await world.goes_to("2026-12-08")
    assert "5 trading days before" in world.said(BEN)
    assert world.slack.refused() == []


async def test_a_target_that_is_set_back_to_its_day_is_not_said_to_be_settled(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.set_target(firm.key, world.act(person(BEN)), REGISTRATION)
    await world.goes_to("2026-12-01")
    await world.goes_to("2026-12-01", 10)
    for on in (date(2026, 12, 22), REGISTRATION):
        await world.services.set_target(firm.key, world.act(person(BEN)), on)
        await world.plan()
    assert SET_AGAIN in world.said(BEN)
    assert labels(world.digests(BEN)[0]) == ["Open"]


async def test_a_target_that_is_set_anew_is_said_where_it_stands(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.set_target(firm.key, world.act(person(BEN)), REGISTRATION)
    await world.goes_to("2026-12-01")
    await world.services.set_target(firm.key, world.act(person(BEN)), date(2026, 12, 22))
    await world.plan()
    assert "🎯 *Your target*\n📅 Its date is now Tuesday, December 22, 2026." in world.said(BEN)
    assert labels(world.digests(BEN)[0]) == ["Open"]


async def test_a_date_that_moves_after_a_task_was_given_is_said_in_the_message_that_gave_it(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s1", date(2027, 2, 1))
    await world.services.assign(firm.key, world.act(person(LEA)), "s1", person(BEN))
    await world.plan()
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s1", date(2027, 2, 2))
    await world.goes_to("2026-11-24")
    assert "📅 Tuesday, February 2, 2027, in " in world.said(BEN), "nothing was said of another one"
    ways = labels(world.digests(BEN)[0])
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s1", date(2027, 2, 16))
    await world.plan()
    said = world.said(BEN)
    assert "📅 Its date is now Tuesday, February 16, 2027. It was Feb 2, 2027 when this was sent." in said
    assert "*Why now:* Lea Haddad gave this task to you." in said
    assert labels(world.digests(BEN)[0]) == ways
    assert len(world.digests(BEN)) == 1


async def test_a_question_that_was_answered_says_by_whom(world: World) -> None:
    key = await bens_task(world)
    await world.goes_to("2026-12-01")
    await world.services.answer(key, world.act(person(LEA)), "fdid_duty", ["yes"])
    await world.plan()
    assert "done by Lea Haddad" in world.said(BEN)


async def test_who_is_elsewhere_than_the_firm_reads_all_times_of_a_message_by_their_own_clock(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    for name in ("SAA certification", "Clocks"):
        await world.services.set_recurring(firm.key, world.act(person(LEA)), name, 12, 15)
    await world.goes_to("2026-12-01", 12)
    await world.slack.lea.presses("Done", on=world.digests(LEA)[0])
    await world.slack.lea.picks("Snooze", "1 hour", on=world.digests(LEA)[0])
    assert "done for Dec 15, 2026 by you, Dec 1, 2026, 9:00 AM Los Angeles time" in world.said(LEA)
    assert "snoozed until Tuesday, December 1, 2026, 10:00 AM Los Angeles time" in world.said(LEA)


@pytest.mark.parametrize(
    ("begins_in", "zone", "sent"),
    [
        ("America/New_York", "Pacific/Auckland", "2026-12-01T14:00Z"),  # three in the morning of the next day
        ("Asia/Kathmandu", "America/New_York", "2026-12-01T03:15Z"),  # a quarter past ten in the evening before
    ],
)
async def test_a_message_keeps_the_day_it_was_sent_for_wherever_its_recipient_goes(
    world: World, begins_in: str, zone: str, sent: str
) -> None:
    async def goes_to(there: str) -> None:
        world.slack.sandbox.slack.workspace.users[BEN]["tz"] = there
        await world.slack.bot.people.meet(TENANT, BEN, person(BEN).id)
        await world.plan()

    await goes_to(begins_in)
    await bens_task(world)
    world.clock.now = datetime.fromisoformat(sent)
    await world.plan()
    ben = world.slack.ben
    before = world.said(BEN)
    assert "One thing for Tuesday, December 1\n" in before
    assert "10 trading days before." in before
    await goes_to(zone)
    await ben.picks("Snooze", "1 hour", on=world.digests(BEN)[0])
    await ben.presses("Wake up", on=world.digests(BEN)[0])
    after = world.said(BEN)
    assert "One thing for Tuesday, December 1\n" in after
    assert "10 trading days before." in after
    for never_so in ("in your pause", "as trading days were counted then", "kept until now"):
        assert never_so not in after


async def test_undo_where_it_stands_brings_it_back(world: World) -> None:
    await a_task_to_finish(world)
    (digest,) = world.digests(BEN)
    await world.slack.ben.presses("Done", on=digest)
    assert "done by you" in world.said(BEN)
    await world.slack.ben.presses("Undo")
    assert "10 trading days before" in world.said(BEN)
    assert "Done" in labels(world.digests(BEN)[0])


async def test_a_double_click_records_once(world: World) -> None:
    key = await a_task_to_finish(world)
    before = len(await world.services.events.history(key))
    (digest,) = world.digests(BEN)
    await asyncio.gather(*(world.slack.ben.presses("Done", on=digest) for _ in range(2)))
    assert len(await world.services.events.history(key)) == before + 1
    assert world.slack.refused() == []


async def a_task_to_finish(world: World) -> FirmKey:
    """Ben alone, reminded of a task that one click finishes."""
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    result = await world.services.complete(firm.key, world.act(person(BEN)), "s2", outcome="already_registered")
    task = world.services.walk(result.position).next
    assert task is not None
    await world.services.set_task_due(firm.key, world.act(person(BEN)), task.key, REGISTRATION)
    await world.goes_to("2026-12-01")
    return firm.key


async def test_a_button_of_somebody_who_left_the_firm_changes_nothing(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="lead")
    await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 12, 15)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    await world.services.remove_member(firm.key, world.act(person(LEA)), person(BEN).id)
    before = len(await world.services.events.history(firm.key))
    for label in ("Done", "Open"):
        await world.slack.ben.presses(label, on=digest)
        assert "not a member" in words_of(world.slack.ben.last)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    assert len(await world.services.events.history(firm.key)) == before


# --- why now ----------------------------------------------------------------------------------------------------


async def test_what_was_put_off_says_so_and_until_when(world: World) -> None:
    digest = await reminded(world)
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    await world.goes_to("2026-12-02")
    said = world.said(BEN)
    assert "*Why now:* you put this off until Dec 2, 2026." in said
    assert "kept until now" not in said


async def test_before_a_date_on_a_weekend_that_is_followed_by_a_holiday_each_reminder_has_its_true_reason(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-06-01", 10)) as world:
        await bens_task(world, date(2022, 6, 19))
        for day, said, why in (
            ("2022-06-06", "in 13 days", "10 trading days before."),
            ("2022-06-13", "in 6 days", "5 trading days before."),
            ("2022-06-16", "in 3 days", "2 trading days before."),
            ("2022-06-17", "in 2 days", "Sunday is no trading day, so this comes on the last one before."),
        ):
            await world.goes_to(day)
            assert f"📅 Sunday, June 19, 2022, {said}" in world.said(BEN), day
            assert f"*Why now:* {why}" in world.said(BEN), day


@pytest.mark.parametrize(
    ("practice", "why"),
    [
        (False, "5 trading days before was Dec 7, 2026; it was kept until now."),
        (
            True,
            "5 trading days before was Dec 7, 2026; it was kept until now, or the practice clock jumped over that day.",
        ),
    ],
)
async def test_a_reminder_that_was_kept_back_says_which_day_it_was_for_and_blames_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, practice: bool, why: str
) -> None:
    monkeypatch.setattr(world.services, "practice", practice)
    await bens_task(world, date(2026, 12, 13))
    await world.plan()
    await world.goes_to("2026-12-08", 10)
    assert "in 5 days" in world.said(BEN)
    assert f"*Why now:* {why}" in world.said(BEN)


async def test_what_is_asked_once_a_week_says_so_when_it_comes_later_than_its_day(world: World) -> None:
    await bens_task(world, date(2026, 12, 1))
    await world.goes_to("2026-12-10", 10)
    why = "you are asked once a week, and the day for it was Dec 8, 2026; it was kept until now."
    assert f"*Why now:* {why}" in world.said(BEN)
    await world.goes_to("2026-12-15")
    assert "*Why now:* you are asked once a week." in world.said(BEN)


async def test_an_older_message_keeps_its_day_however_often_it_is_drawn_anew(world: World) -> None:
    key = await a_task_to_finish(world)
    before = world.said(BEN)
    await world.goes_to("2026-12-08")
    for _ in range(2):
        done = await world.services.complete(key, world.act(person(BEN)), "s3e")
        await world.plan()
        assert [words_of(m).split("\n")[1] for m in world.digests(BEN)] == [
            "Nothing left for Tuesday, December 1",
            "Nothing left for Tuesday, December 8",
        ]
        await world.services.undo(key, world.act(person(BEN)), done.records[0].sequence)
        await world.plan()
    assert words_of(world.digests(BEN)[0]) == before


async def test_a_message_that_came_after_its_day_keeps_the_day_it_came_and_why(world: World) -> None:
    digest = await reminded(world)
    await world.goes_to("2026-12-09", 10)
    second = world.digests(BEN)[-1]
    target = words_of(second).rpartition("🎯")[2]
    assert "5 trading days before was Dec 8, 2026; it was kept until now." in target
    await world.slack.ben.presses("Done", on=digest)
    await world.plan()
    assert "One thing for Tuesday, December 1" in words_of(world.digests(BEN)[0])
    assert "One thing for Wednesday, December 9" in world.said(BEN)
    assert world.said(BEN).rpartition("🎯")[2] == target


async def test_an_older_message_that_is_drawn_anew_keeps_its_day_and_its_reasons(tmp_path: Path, pack: Pack) -> None:
    async with world_at(tmp_path, pack, new_york("2022-06-01", 10)) as world:
        firm = await a_firm(world.services, FIRM, BEN)
        await world.services.set_recurring(firm.key, world.act(person(BEN)), "SAA certification", 6, 22)
        await world.services.set_target(firm.key, world.act(person(BEN)), date(2022, 6, 22))
        await world.goes_to("2022-06-07")
        (digest,) = world.digests(BEN)
        target = words_of(digest).rpartition("🎯")[2]
        assert "*Why now:* 10 trading days before; Juneteenth skipped." in target
        await world.goes_to("2022-06-09")
        await world.slack.ben.presses("Done", on=digest)
        after = world.digests(BEN)[0]
        assert "One thing for Tuesday, June 7" in words_of(after)
        assert "✅ *SAA certification*" in words_of(after)
        assert words_of(after).rpartition("🎯")[2] == target


# --- told once --------------------------------------------------------------------------------------------------


async def test_a_task_that_was_given_is_told_with_the_next_hour_and_by_whom(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.assign(firm.key, world.act(person(LEA)), "s1", person(BEN))
    await world.plan()
    assert world.digests(BEN) == []
    await world.goes_to("2026-11-24")
    assert "Lea Haddad gave this task to you" in world.said(BEN)
    await world.day_by_day("2026-12-03")
    assert len(world.digests(BEN)) == 1


async def test_a_task_that_was_given_and_waits_since_says_so_with_since_when_and_for_whom(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.answer(firm.key, world.act(person(LEA)), "fdid_duty", ["yes"])
    await world.services.assign(firm.key, world.act(person(LEA)), "s2", person(BEN))
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", whom="FINRA CAT", follow_up_on=None)
    await world.goes_to("2026-11-24")
    assert "⏳ Waiting for FINRA CAT since Nov 23, 2026\n*Why now:* Lea Haddad gave this task to you." in world.said(
        BEN
    )


async def test_who_gave_a_task_is_said_although_a_reminder_of_its_date_comes_first(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.set_task_due(firm.key, world.act(person(LEA)), "s1", date(2026, 11, 30))
    await world.services.assign(firm.key, world.act(person(LEA)), "s1", person(BEN))
    await world.goes_to("2026-11-25")
    said = world.said(BEN)
    assert "👉 Lea Haddad gave this task to you." in said
    assert "*Why now:* 2 trading days before; Thanksgiving Day skipped." in said
    assert "One thing for" in said
    await world.goes_to("2026-11-27")
    assert "gave this task" not in world.said(BEN), "once"


async def test_a_task_that_was_opened_again_is_told_with_who_did_it_and_the_reason_given(world: World) -> None:
    """Nothing was finished."""
    key = await bens_task(world, date(2026, 11, 25))
    await world.services.answer(key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.services.assign(key, world.act(person(BEN)), "s2", person(BEN))
    await world.services.complete(key, world.act(person(BEN)), "s2", outcome="submitted")
    await world.services.reopen(key, world.act(person(LEA)), "s2", reason="The wrong form")
    await world.goes_to("2026-11-24")
    assert "*Why now:* Lea Haddad opened it again: “The wrong form”." in world.said(BEN)
    assert "is finished" not in world.said(BEN)
    await world.goes_to("2026-11-24", 10)
    await world.services.set_task_due(key, world.act(person(BEN)), "s2", date(2026, 11, 30))
    await world.services.complete(key, world.act(person(BEN)), "s2", outcome="submitted")
    await world.services.reopen(key, world.act(person(LEA)), "s2", reason="Not signed")
    await world.goes_to("2026-11-25")
    assert "🟢 Lea Haddad opened it again: “Not signed”." in world.said(BEN)
    assert world.slack.refused() == []


@pytest.mark.parametrize("due", [None, date(2026, 12, 10)])
async def test_that_one_can_begin_is_taken_back_where_it_was_said_when_what_came_first_is_undone(
    world: World, due: date | None
) -> None:
    """Also where it is opened again later, and in what the date had said by then; done once more, that is news."""
    key, ben, lea = await bens_task(world), world.act(person(BEN)), person(LEA)
    await world.services.answer(key, ben, "fdid_duty", ["yes"])
    await world.services.complete(key, world.act(lea), "s2", outcome="submitted")
    await world.services.assign(key, world.act(person(BEN)), "s3", person(BEN))
    await world.services.set_task_due(key, world.act(person(BEN)), "s3", due)
    await world.goes_to("2026-11-27", 10)
    lines = world.said(BEN).split("\n")
    assert [line for line in lines if line.startswith("🔒")] == ([COMES_AFTER] if due else [])
    await world.services.complete(key, world.act(lea), "s3e")
    await world.goes_to("2026-11-30")
    assert all("🔒" not in words_of(m) for m in world.digests(BEN)), "it is gone from what the date had said"
    assert "what came before it is finished, so you can begin" in world.said(BEN)
    number = len(world.digests(BEN))
    await world.services.undo(key, world.act(lea), None)
    await world.plan()
    said = world.said(BEN)
    assert "📌 *Let your people into the test portal*" in said
    assert "🔒 Comes later again, after “Your SAA has Administrator access to the test portal”" in said
    assert "can begin" not in said
    assert "One thing for Monday, November 30" in said
    assert labels(world.digests(BEN)[-1]) == ["Open"]
    assert [COMES_AFTER in words_of(m) for m in world.digests(BEN)[:-1]] == [True] * (number - 1)
    await world.services.redo(key, world.act(lea))
    await world.plan()
    assert "what came before it is finished, so you can begin" in world.said(BEN)
    await world.goes_to("2026-12-01", 10)
    await world.services.reopen(key, world.act(lea), "s3e", reason="The wrong person")
    await world.plan()
    assert any("🔒 Comes later again" in words_of(m) for m in world.digests(BEN))
    await world.services.complete(key, world.act(lea), "s3e")
    await world.goes_to("2026-12-02")
    assert "what came before it is finished, so you can begin" in world.said(BEN)
    assert any("You can begin, still or again." in words_of(m) for m in world.digests(BEN)[:-1])
    assert all("🔒" not in words_of(m) for m in world.digests(BEN))
    assert world.slack.refused() == []


COMES_AFTER = "🔒 Comes after “Your SAA has Administrator access to the test portal”"


async def test_an_owner_who_cannot_be_reached_is_told_to_the_leads_once(world: World) -> None:
    key = await bens_task(world)
    await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2026, 12, 9))
    refuse = {"method": "chat.postMessage", "kind": "refuse", "error": "cannot_dm_bot"}
    await world.plan()
    world.slack.sandbox.faults(refuse)
    await world.goes_to("2026-11-24")
    await world.goes_to("2026-11-25", 13)
    told = [m for m in world.digests(LEA) if "*Ben Cole* cannot be reached here" in words_of(m)]
    assert len(told) == 1
    assert "📭 *Ben Cole* cannot be reached here (takes no messages from apps)" in words_of(told[0])
    assert "One open task belongs to them" in words_of(told[0])
    assert "• Does your firm report events with an FDID?, Dec 9, 2026" in words_of(told[0])
    await world.day_by_day("2026-12-04")
    assert len([m for m in world.digests(LEA) if "*Ben Cole* cannot be reached here" in words_of(m)]) == 1
    assert world.digests(BEN) == []


async def test_a_date_that_somebody_else_set_is_not_called_the_owners_own(world: World) -> None:
    key = await bens_task(world, date(2026, 12, 2))
    await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2026, 12, 1))
    await world.day_by_day("2026-12-08")
    assert "The date set for it, Tuesday, December 1, 2026, has passed." in world.said(BEN)


async def test_a_day_to_look_again_that_somebody_chose_is_the_reason_on_that_day_and_then_reads_as_past(
    world: World,
) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    again = date(2026, 11, 30)
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", whom="FINRA CAT Helpdesk", follow_up_on=again)
    await world.goes_to("2026-11-30")
    assert "look again on Nov 30, 2026" in world.said(BEN)
    assert "*Why now:* you wanted to look again today; it is the 4th trading day of the wait." in world.said(BEN)
    assert "Waiting for FINRA CAT Helpdesk since Nov 23, 2026" in world.said(BEN)
    assert "*Whom to chase:* FINRA CAT Helpdesk" in world.said(BEN)
    assert "Hello,\n\nApex Securities has been waiting since November 23, 2026 for: Register for CAIS." in copied(world)
    await world.goes_to("2026-12-07")
    assert "the day to look again was Nov 30, 2026" in world.said(BEN)
    assert "*Why now:* time to ask how far they are, as every 5 trading days" in world.said(BEN)


async def test_a_day_to_look_again_on_a_weekend_comes_before_it_and_says_so(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    again = date(2026, 12, 5)
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", whom="FINRA CAT Helpdesk", follow_up_on=again)
    await world.goes_to("2026-12-04")
    assert "the day to look again, Dec 5, 2026, is no trading day, so this comes on the last one before" in world.said(
        BEN
    )


async def test_an_owner_who_was_taken_off_the_firm_is_told_to_the_leads_as_just_that(world: World) -> None:
    key = await bens_task(world)
    await world.services.remove_member(key, world.act(person(LEA)), person(BEN).id)
    await world.goes_to("2026-11-24", 12)
    assert "📭 *Ben Cole* is no longer a member" in world.said(LEA)
    assert "leads are told once when an owner is no longer a member" in world.said(LEA)
    assert "cannot be reached" not in world.said(LEA)


async def test_an_industry_date_that_was_to_be_announced_now_has_a_day(tmp_path: Path, pack: Pack) -> None:
    async with world_at(tmp_path, pack, new_york("2022-07-22", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        await world.day_by_day("2022-07-26")
        (told,) = [said for m in world.digests(BEN) if "📣" in (said := words_of(m))]
        assert "*Before:* to be announced" in told
        assert "now has a day" in told
        assert "*Now:* Monday, December 12, 2022" in told
        assert told.count("was moved") == 1, "the day of certification, which had one"


def copied(world: World) -> str:
    """What stands to be copied in Ben's newest reminders."""
    boxes = [b for b in world.digests(BEN)[-1]["blocks"] if b["type"] == "rich_text"]
    return "\n".join(str(e["text"]) for box in boxes for part in box["elements"] for e in part["elements"])


async def test_a_wait_to_look_at_on_the_day_of_its_date_says_both_and_whom_to_chase(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    on = date(2026, 11, 30)
    await world.services.set_task_due(firm.key, world.act(person(BEN)), "s2", on)
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", whom="Gina", follow_up_on=on)
    await world.goes_to("2026-11-30")
    said = world.said(BEN)
    assert "*Why now:* it is today." in said
    assert "⏳ You wanted to look again today; it is the 4th trading day of the wait." in said
    assert "⏳ Waiting for Gina since Nov 23, 2026" in said
    assert "*Whom to chase:* Gina" in said
    assert "has been waiting since November 23, 2026" in copied(world)


@pytest.mark.parametrize(
    ("whom", "helpdesk"),
    [
        ("FINRA CAT", True),
        ("the help desk (Joe)", True),
        ("help@finracat.com", True),
        ("@ben", False),
        ("@cat", False),
        ("Ben Cole", False),
        ("Catherine at Apex", False),
    ],
)
async def test_whom_to_chase_is_whoever_is_waited_for(world: World, whom: str, helpdesk: bool) -> None:
    """The Helpdesk, its number and the roadmap's words for it are for a wait on the Helpdesk."""
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.services.complete(firm.key, world.act(person(BEN)), "s2", outcome="submitted")
    await world.services.assign(firm.key, world.act(person(BEN)), "s3e", person(BEN))
    await world.services.wait(firm.key, world.act(person(BEN)), "s3e", whom=whom, follow_up_on=None)
    board = words_of(await world.slack.ben.types("/cais waiting"))
    assert ("*Whom to chase:* ☎️ FINRA CAT Helpdesk" in board) is helpdesk
    assert (f"*Waiting for, and to chase:* {whom}, since today" in board) is not helpdesk
    assert ("does not see Administrator entitlement" in board) is helpdesk
    assert (f"{FIRM} has been waiting since November 23, 2026 for: " in board) is not helpdesk
    await world.goes_to("2026-12-01")
    assert f"*Whom to chase:* {'☎️ FINRA CAT Helpdesk' if helpdesk else whom}" in world.said(BEN)
    assert ("does not see Administrator entitlement" in copied(world)) is helpdesk


async def test_of_many_waits_as_many_have_their_words_as_a_message_has_room_for(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    me = person(BEN)
    await world.services.answer(firm.key, world.act(me), "fdid_duty", ["yes"])
    agents = [f"Agent {nth}" for nth in range(16)]
    result = await world.services.answer(firm.key, world.act(me), "methods", ["agent"], agents=agents)
    for agent in result.position.agents:
        await world.services.wait(firm.key, world.act(me), f"s6a[{agent.id}]", whom=agent.name, follow_up_on=None)
    await world.goes_to("2026-12-01")
    said = world.said(BEN)
    assert said.count("*A message you can copy:*") == 2
    assert said.count("`/cais waiting` has a message to copy.") == 12
    assert world.slack.refused() == []


# --- one's own hour, a pause, off -------------------------------------------------------------------------------


async def test_a_pause_keeps_what_a_closure_moves_to_before_it(world: World) -> None:
    await bens_task(world, date(2026, 12, 22))  # ten trading days before it is December 8
    await world.goes_to("2026-12-07", 11)
    await world.slack.ben.types("remind pause until December 17")
    await world.goes_to("2026-12-07", 20)
    admin = replace(person(ANA), admin=True)
    closure = TradingDayEdited(date(2026, 12, 8), "closed", "Storm")
    await world.services.record_for_workspace(TENANT, world.act(admin), closure)
    for day in ("2026-12-08", "2026-12-09", "2026-12-10", "2026-12-16"):
        await world.goes_to(day, 12)
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-17", 9)
    assert len(world.digests(BEN)) == 1


async def test_what_a_pause_kept_that_is_ended_in_the_evening_comes_at_nine_whatever_is_recorded_before(
    world: World,
) -> None:
    key = await bens_task(world)
    await world.goes_to("2026-11-24", 12)
    await world.slack.ben.types("remind pause until December 4")
    await world.goes_to("2026-12-03", 20)
    await world.slack.ben.types("remind end pause")
    await world.goes_to("2026-12-04", 8, 20)
    await world.services.set_target(key, world.act(person(LEA)), date(2027, 5, 28))
    await world.goes_to("2026-12-04", 8, 30)
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-04", 9)
    assert "10 trading days before was Dec 1, 2026, in your pause." in world.said(BEN)


async def test_remind_says_what_is_set_and_changes_it_in_words_with_undo(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    assert "You get them at *9:00 AM* New York time on trading days" in words_of(await ben.types("/cais remind"))
    assert "*8:30 AM*" in words_of(await ben.types("remind 8:30"))
    await ben.presses("Undo")
    assert "*9:00 AM*" in words_of(ben.last)
    said = words_of(await ben.types("remind pause until December 3"))
    assert "Paused until Thursday, December 3, 2026" in said
    await world.goes_to("2026-12-02")
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-03")
    assert "10 trading days before was Dec 1, 2026, in your pause." in world.said(BEN)
    assert len(world.digests(BEN)) == 1


@pytest.mark.parametrize("ended", [False, True])
async def test_what_was_planned_before_a_pause_says_too_that_the_pause_kept_it(world: World, ended: bool) -> None:
    await bens_task(world)
    await world.goes_to("2026-11-24", 12)
    await world.slack.ben.types("remind pause until December 4")
    await world.goes_to("2026-12-03", 10)
    assert world.digests(BEN) == []
    if ended:
        await world.slack.ben.types("remind end pause")
        await world.plan()
    await world.goes_to("2026-12-04")
    assert "10 trading days before was Dec 1, 2026, in your pause." in world.said(BEN)
    assert len(world.digests(BEN)) == 1


async def test_what_a_stop_keeps_after_a_pause_was_ended_is_not_put_down_to_the_pause(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-11-24", 12)
    await world.slack.ben.types("remind pause until December 4")
    await world.goes_to("2026-11-25", 12)
    await world.slack.ben.types("remind end pause")
    await world.plan()
    world.clock.now = new_york("2026-12-02", 10)
    await world.plan()
    assert "10 trading days before was Dec 1, 2026; it was kept until now" in world.said(BEN)


async def test_a_pause_that_ends_on_no_trading_day_says_on_which_day_what_it_held_back_comes(world: World) -> None:
    await bens_task(world, date(2027, 2, 18))
    said = words_of(await world.slack.ben.types("remind pause until Feb 13"))
    assert "*Paused until Saturday, February 13, 2027.*" in said
    comes = "comes in one message on Tuesday, February 16, 2027, the first trading day from then on, and you get them"
    assert comes in said, "Monday is Washington's Birthday"
    await world.goes_to("2027-02-13")
    assert world.digests(BEN) == []
    await world.goes_to("2027-02-16")
    assert "in your pause" in world.said(BEN)
    said = words_of(await world.slack.ben.types("remind pause until Feb 18"))
    assert "*Paused until Thursday, February 18, 2027.* What falls due before comes in one message then" in said


@pytest.mark.parametrize(("day", "hour"), [("2026-12-02", 15), ("2026-12-02", 20), ("2026-12-03", 8)])
async def test_a_pause_that_is_prolonged_on_its_last_evening_or_morning_goes_on(
    world: World, day: str, hour: int
) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind pause until December 3")
    await world.goes_to(day, hour)
    assert "Paused until Monday, December 7, 2026" in words_of(await ben.types("remind pause until December 7"))
    await world.goes_to("2026-12-03", 12)
    await world.goes_to("2026-12-04")
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-07")
    assert len(world.digests(BEN)) == 1
    assert "in your pause" in world.said(BEN)


async def test_a_pause_that_is_over_is_spoken_of_no_more(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind pause until December 3")
    await world.goes_to("2026-12-03", 8)
    assert "*Paused until Thursday, December 3, 2026.*" in words_of(await ben.types("remind"))
    await world.goes_to("2026-12-03", 10)
    shown = await ben.types("remind")
    assert "🔔 *On.* You get them at *9:00 AM*" in words_of(shown)
    assert "End the pause" not in labels(shown)
    assert "It is set so already." in words_of(await ben.types("remind end pause"))


async def test_what_an_undo_would_set_again_says_nothing_of_a_pause_that_is_over(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind pause until December 3")
    await ben.types("remind 8:30")
    await world.goes_to("2026-12-03", 10)
    said = words_of(await ben.types("/cais undo"))
    assert "🔔 *On.* You get them at *9:00 AM*" in said
    await ben.presses("Take it back")
    assert "🔔 *On.* You get them at *9:00 AM*" in words_of(ben.last)
    assert "your own reminders" not in words_of(await ben.types("/cais undo")), "it is taken back"


async def test_a_typed_undo_after_a_change_of_ones_reminders_offers_that_and_undoes_nothing_older(world: World) -> None:
    key = await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind 8:30")
    said = words_of(await ben.types("undo"))
    assert (
        "you changed your own reminders. *Take it back* sets them as they were: 🔔 *On.* You get them at *9:00" in said
    )
    assert "Nothing was undone." in said
    assert "Undo this entry" in labels(ben.last)
    await ben.presses("Take it back")
    assert "*9:00 AM*" in words_of(ben.last)
    position = await world.services.events.position(key)
    assert position is not None
    assert "s1" in position.task_due
    assert "*Undone:*" in words_of(await ben.types("undo")), "what was taken back stands in the way no more"


async def test_a_typed_undo_after_a_snooze_offers_to_wake_it_where_it_stands(world: World) -> None:
    await bens_task(world)
    await world.goes_to("2026-12-01")
    ben = world.slack.ben
    await ben.picks("Snooze", "Tomorrow", on=world.digests(BEN)[0])
    said = words_of(await ben.types("undo"))
    assert "you snoozed *Does your firm report events with an FDID?* until Wednesday, December 2, 2026, 9:00 AM" in said
    await ben.presses("Take it back")
    await world.plan()
    assert "Snooze" in labels(world.digests(BEN)[0])
    await world.goes_to("2026-12-02")
    assert len(world.digests(BEN)) == 1
    assert "*Undone:*" in words_of(await ben.types("undo"))


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("remind 3", ["3:00 PM", "8:00 AM", "3:00 AM all the same"]),
        ("remind at 7", ["8:00 AM", "7:00 AM all the same"]),
        ("remind 3 am", ["8:00 AM", "3:00 AM all the same"]),
        ("remind 22:15", ["5:30 PM", "10:15 PM all the same"]),
    ],
)
async def test_an_hour_within_the_quiet_hours_is_asked_about_and_not_guessed(
    world: World, words: str, offered: list[str]
) -> None:
    await bens_task(world)
    ben = world.slack.ben
    said = words_of(await ben.types(words))
    assert "within the quiet hours*, 6:00 PM to 8:00 AM New York time" in said
    assert "Nothing was changed." in said
    assert labels(ben.last) == offered
    await ben.presses(offered[0])
    assert f"at *{offered[0]}* New York time on trading days" in words_of(ben.last)
    await ben.types(words)
    await ben.presses(offered[-1])
    assert "within the quiet hours: it is the hour you chose" in words_of(ben.last)


async def test_off_is_off_until_it_is_on_again(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    assert "Your reminders are off" in words_of(await ben.types("remind off"))
    await world.day_by_day("2026-12-02")
    assert world.digests(BEN) == []
    await ben.presses("Turn on")
    assert "🔔 *On.*" in words_of(ben.last)
    await world.goes_to("2026-12-08")
    assert len(world.digests(BEN)) == 1


async def test_the_only_lead_who_turns_them_off_is_told_that_nobody_hears_of_what_is_the_leads(world: World) -> None:
    key, lea = await bens_task(world), world.slack.lea
    assert "no other lead of the firm gets any" in words_of(await lea.types("remind off"))
    await world.services.set_member(key, world.act(person(LEA)), person(BEN), "lead")
    said = words_of(await lea.types("remind"))
    assert "Your reminders are off.* You are sent none. Others are told as before" in said


async def test_off_and_on_again_goes_on_with_a_pause_that_was_set(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind pause until December 3")
    await ben.types("remind off")
    assert "Paused until Thursday, December 3, 2026" in words_of(await ben.types("remind on"))
    assert "🔔 *On.*" in words_of(await ben.types("remind on"))


@pytest.mark.parametrize("words", ["remind end pause", "remind resume", "remind unpause", "remind pause off"])
async def test_a_pause_is_ended_in_words(world: World, words: str) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("remind pause until December 3")
    assert "🔔 *On.*" in words_of(await ben.types(words))


@pytest.mark.parametrize(
    ("words", "offered"),
    [("Monday", ["2026-11-30"]), ("2027", ["2027-01-01"]), ("2029", []), ("next Friday", ["2026-11-27", "2026-12-04"])],
)
async def test_of_the_days_a_pause_may_end_on_only_those_are_offered_that_are_taken(
    world: World, words: str, offered: list[str]
) -> None:
    await bens_task(world)
    ben = world.slack.ben
    asked = await ben.types(f"remind pause until {words}")
    said, days = words_of(asked), [f"{date.fromisoformat(on):%A, %B} {int(on[-2:])}, {on[:4]}" for on in offered]
    assert [label for label in labels(asked) if re.search(r"\d{4}", label)] == days
    assert "Nothing was changed" in said
    assert ("A pause ends on a day to come, within a year from now." in said) == (words != "next Friday")
    assert ("Without an end it is `/cais remind off`." in said) == (words == "2029")
    for on in offered:
        assert "Paused until" in words_of(await ben.types(f"remind pause until {on}"))


@pytest.mark.parametrize("off", [False, True])
async def test_a_pause_until_one_of_several_days_is_one_press(world: World, off: bool) -> None:
    await bens_task(world)
    ben = world.slack.ben
    if off:
        await ben.types("remind off")
    await ben.types("remind pause until next Friday")
    await ben.presses("Friday, December 4, 2026")
    (saved,) = [said for m in ben.sees if "Saved." in (said := words_of(m)) and "⏸️" in said]
    assert "Paused until Friday, December 4, 2026" in saved
    await ben.presses("Undo")
    assert any("Your reminders are off" in words_of(m) for m in ben.sees[-2:]) == off
    assert world.slack.refused() == []


async def test_an_old_question_about_a_pause_changes_no_hour_that_was_picked_since(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    asked = await ben.types("remind pause until next Friday")
    await ben.types("remind 10:30")
    await ben.presses("Friday, December 4, 2026", on=asked)
    (paused,) = [said for m in ben.sees if "⏸️" in (said := words_of(m))]
    assert "Paused until Friday, December 4, 2026" in paused
    assert await own_hour(world) == time(10, 30)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("noon", "12:00 PM"),
        ("at noon", "12:00 PM"),
        ("every day at 10", "10:00 AM"),
        ("daily 10:30", "10:30 AM"),
        ("pause for a week", "Paused until Monday, November 30, 2026"),
        ("pause for three days", "Paused until Thursday, November 26, 2026"),
        ("pause for 2 weeks", "Paused until Monday, December 7, 2026"),
    ],
)
async def test_hours_and_pauses_are_read_as_people_say_them(world: World, words: str, said: str) -> None:
    await bens_task(world)
    assert said in words_of(await world.slack.ben.types(f"remind {words}"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("10 New York time", "10:00 AM"),
        ("at 8:30 am my time", "8:30 AM"),
        ("9 am ET", "9:00 AM"),
        ("9:30 EST", "9:30 AM"),
        ("9:30 eastern time", "9:30 AM"),
        ("9:30 Eastern", "9:30 AM"),
        ("9:30 my local time", "9:30 AM"),
        ("9:30 in my own time", "9:30 AM"),
        ("9 am PT", "9:00 AM there is 12:00 PM by yours: write remind 12:00. Nothing was changed"),
        ("10 London time", "by your own clock in Slack, which is New York time now"),
        ("10:00 am PST", "by your own clock in Slack, which is New York time now"),
        ("noon utc, please", "by your own clock in Slack, which is New York time now"),
        ("some time", "I could not read that as an hour or a pause"),
    ],
)
async def test_an_hour_is_taken_by_ones_own_clock_alone(world: World, words: str, said: str) -> None:
    await bens_task(world)
    shown = await world.slack.ben.types(f"remind {words}")
    found = words_of(shown).replace("`", "")
    assert said in found
    assert ("Nothing was changed" in found) == ("AM" not in said or "Nothing" in said)
    assert await own_hour(world) == (None if "Nothing was changed" in found else _clock(said))


def _clock(said: str) -> time:
    return time(int(said.split(":")[0]), int(said.split(":")[1][:2]))


@pytest.mark.parametrize("words", ["5 am my time", "5:30 a.m. New York time", "5 am ET"])
async def test_who_says_am_is_not_offered_the_afternoon(world: World, words: str) -> None:
    await bens_task(world)
    assert "5:" in labels(said := await world.slack.ben.types(f"remind {words}"))[1]
    assert not [label for label in labels(said) if "PM" in label]


async def test_a_pause_of_many_years_is_refused_and_off_is_one_press_away(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    said = words_of(await ben.types("remind pause until 3000-01-01"))
    assert "A pause lasts a year at most" in said
    assert "🔔 *On.*" in said
    await ben.presses("Change hour or pause…")
    assert "a year at most" in str(await ben.submits({"pause": "2099-01-01"}))
    assert "Paused until" in words_of(await ben.types("remind pause until 2027-11-20"))
    await ben.types("remind pause until 3000-01-01")
    await ben.presses("Turn off")
    assert "Your reminders are off" in words_of(ben.last)


async def test_snooze_that_is_typed_says_where_it_is_and_what_holds_all_back(world: World) -> None:
    await bens_task(world)
    for words in ("snooze", "/cais snooze s1 tomorrow"):
        said = words_of(await world.slack.ben.types(words))
        assert "*Snooze* stands beside each reminder" in said, words
        assert "remind pause until next Friday" in said, words


async def test_words_that_are_no_time_change_nothing_and_say_how(world: World) -> None:
    await bens_task(world)
    for words in ("remind 25:00", "remind pause until purple", "remind pause until yesterday", "remind me more"):
        assert "Nothing was changed" in words_of(await world.slack.ben.types(words)), words


async def test_the_form_keeps_hour_and_pause(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("/cais remind")
    await ben.presses("Change hour or pause…")
    assert await ben.submits({"hour": "07:45", "pause": "2026-12-04"})
    said = words_of(ben.last)
    assert "Paused until Friday, December 4, 2026" in said
    assert "*7:45 AM*" in said
    await ben.presses("End the pause")
    assert "🔔 *On.*" in words_of(ben.last)


async def own_hour(world: World) -> time | None:
    """Ben's, where he has one; None for the firm's."""
    ben = person(BEN).id
    return (await world.services.directory.reach(TENANT, [ben]))[ben].habits.hour


async def fills_in(world: World, **fields: str) -> None:
    await world.slack.ben.types("/cais remind")
    await world.slack.ben.presses("Change hour or pause…")
    assert (await world.slack.ben.submits(fields))["ok"]


async def test_the_form_leaves_ones_own_hour_that_is_the_firms_too(world: World) -> None:
    await bens_task(world)
    await world.slack.ben.types("/cais remind 9:00")
    await fills_in(world, pause="2026-12-04")
    assert await own_hour(world) == time(9), "whatever hour the firm takes later"


async def test_the_firms_hour_by_the_form_is_the_firms_again_and_with_two_firms_it_is_ones_own(world: World) -> None:
    await bens_task(world)
    await fills_in(world, hour="10:00")
    await fills_in(world, hour="09:00")
    assert await own_hour(world) is None
    await a_firm(world.services, "Birch Brokers", BEN)
    await fills_in(world, hour="10:00")
    await fills_in(world, hour="09:00")
    assert await own_hour(world) == time(9), "the other firm's hour may be another one"


async def test_the_form_leaves_the_hour_that_it_was_drawn_with_though_another_firm_is_meant_by_then(
    world: World,
) -> None:
    await bens_task(world)
    ben, birch = world.slack.ben, (await a_firm(world.services, "Birch Brokers", BEN)).key
    await world.services.reminders.set_rules(birch, world.act(person(BEN)), replace(Rules(), hour=time(8)))
    await ben.types("/cais firm use Apex Securities")
    await ben.types("/cais remind")
    await ben.presses("Change hour or pause…")
    await ben.types("/cais firm use Birch Brokers")
    assert (await ben.submits({"pause": "2026-12-04"}))["ok"]
    assert await own_hour(world) is None


def _now(who: Someone, message: Json) -> Json:
    """The message as it stands now."""
    return next(m for m in who.sees if m["ts"] == message["ts"])


async def test_a_button_of_an_earlier_message_leaves_what_was_set_since(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("/cais remind 10:00")
    first = ben.last
    world.clock.now += timedelta(minutes=1)
    await ben.types("/cais remind 8:30")
    second = ben.last
    world.clock.now += timedelta(minutes=1)
    await ben.types("/cais remind pause until December 4")
    await ben.presses("Undo", on=second)
    assert "changed your reminders again after that, so nothing was undone" in words_of(_now(ben, second))
    assert "Paused until Friday, December 4, 2026" in words_of(_now(ben, second))
    await ben.presses("Turn off", on=first)
    await ben.presses("Turn on", on=_now(ben, first))
    assert "Paused until Friday, December 4, 2026" in words_of(_now(ben, first))
    assert "*8:30 AM*" in words_of(_now(ben, first))


async def test_what_undo_offers_of_ones_own_reminders_takes_nothing_later_back(world: World) -> None:
    await bens_task(world)
    ben = world.slack.ben
    await ben.types("/cais remind 10:00")
    await ben.types("/cais undo")
    offered = ben.last
    world.clock.now += timedelta(minutes=1)
    await ben.types("/cais remind pause until December 4")
    await ben.presses("Take it back", on=offered)
    assert "nothing was undone" in words_of(_now(ben, offered))
    assert "Paused until Friday, December 4, 2026" in words_of(_now(ben, offered))


# --- the firm's numbers, and the board of waits -------------------------------------------------------------------


async def test_a_lead_sets_the_firms_numbers_and_takes_them_back(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    ben = world.slack.ben
    await ben.types("/cais remind")
    await ben.presses("The firm's numbers…")
    assert "numbers from 0 to 250" in str(await ben.submits({"before": "ten"}))
    await ben.submits({"before": "3, 1", "late_every": "14"})
    said = words_of(ben.last)
    assert "*Before a date of the firm's own:* 3, 1 trading days before" in said
    assert "every 14 days" in said
    await ben.types("/cais undo")
    await ben.types("/cais remind")
    await ben.presses("The firm's numbers…")
    await ben.submits({"hour": "22:00"})
    assert "at once means between 8:00 AM and 6:00 PM, which this hour is not" in words_of(ben.last)
    position = await world.services.position(firm.key, person(BEN))
    assert position.reminders.before == (10, 5, 2, 1, 0)


async def test_of_two_leads_who_have_the_numbers_open_each_sets_what_they_altered(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN, U0LEA="lead")
    ben, lea = world.slack.ben, world.slack.lea
    for lead in (ben, lea):
        await lead.types("/cais remind")
        await lead.presses("The firm's numbers…")
    await lea.submits({"before": "20, 3", "hour": "10:00"})
    await ben.submits({"late_every": "14"})
    assert "*Before a date of the firm's own:* 20, 3 trading days before" in words_of(ben.last)
    rules = (await world.services.position(firm.key, person(BEN))).reminders
    assert (rules.before, rules.hour, rules.late_every) == ((20, 3), time(10), 14)


async def test_a_number_that_cannot_be_is_said_at_its_own_field(world: World) -> None:
    await a_firm(world.services, FIRM, BEN)
    ben = world.slack.ben
    await ben.types("/cais remind")
    await ben.presses("The firm's numbers…")
    refused = await ben.submits({"late_every": "200", "soon": "121"})
    assert refused["errors"] == {"late_every": "Write a number from 1 to 120.", "soon": "Write a number from 0 to 120."}
    refused = await ben.submits({"late_every": "7", "soon": "2", "awake_from": "18:00", "awake_to": "08:00"})
    assert refused["errors"] == {"awake_to": "Pick a time after 6:00 PM, when the day begins."}


async def test_only_leads_set_the_firms_numbers(world: World) -> None:
    await a_firm(world.services, FIRM, LEA, U0BEN="member")
    await world.slack.ben.types("/cais remind")
    assert "The firm's numbers…" not in labels(world.slack.ben.last)


async def test_settings_say_what_could_not_be_delivered_and_why(world: World) -> None:
    await bens_task(world)
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "refuse", "error": "cannot_dm_bot"})
    await world.goes_to("2026-12-01")
    await world.slack.lea.types("/cais settings")
    await world.slack.lea.presses("Reminders…")
    assert "Ben Cole, due Dec 1: takes no messages from apps" in words_of(world.slack.lea.modal or {})


async def test_the_board_says_since_when_whom_to_chase_and_when_it_is_asked_about_next(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    for fact in ("fdid_duty",):
        await world.services.answer(firm.key, world.act(person(BEN)), fact, ["yes"])
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", whom="FINRA CAT Helpdesk", follow_up_on=None)
    await world.goes_to("2026-11-27")
    said = words_of(await world.slack.ben.types("/cais waiting"))
    assert "*Waiting for, and to chase:* FINRA CAT Helpdesk, since Nov 23, 2026" in said
    assert "*Asked about next:* Dec 1, 2026" in said
    assert "*Whom to chase:*" not in said, "it would be the same once more"
    assert f"{FIRM} has been waiting since November 23, 2026 for: Register for CAIS." in said
    await world.goes_to("2026-12-01", 7, 30)
    assert "*Asked about next:* today, Dec 1, 2026" in words_of(await world.slack.ben.types("/cais waiting"))
    await world.goes_to("2026-12-01")
    assert "time to ask how far they are, as every 5 trading days; it is the 5th trading day of the wait" in world.said(
        BEN
    )
    assert "Waiting for FINRA CAT Helpdesk since Nov 23, 2026" in world.said(BEN)
    await world.goes_to("2026-12-01", 14)
    assert "*Asked about next:* Dec 8, 2026" in words_of(await world.slack.ben.types("/cais waiting"))


async def test_the_board_names_no_day_whose_hour_was_over_when_the_wait_was_recorded(world: World) -> None:
    firm = await a_firm(world.services, FIRM, BEN)
    await world.services.answer(firm.key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.goes_to("2026-12-01", 14)
    since = date(2026, 11, 23)
    await world.services.wait(firm.key, world.act(person(BEN)), "s2", since=since, whom="CAT", follow_up_on=None)
    assert "*Asked about next:* Dec 8, 2026" in words_of(await world.slack.ben.types("/cais waiting"))
    await world.goes_to("2026-12-07", 17)
    assert world.digests(BEN) == []
    await world.goes_to("2026-12-08")
    assert len(world.digests(BEN)) == 1


# --- industry dates ---------------------------------------------------------------------------------------------


async def test_a_moved_industry_date_is_told_once_with_old_new_source_and_what_it_means(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-11-14", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        await world.day_by_day("2022-11-30")
        moved = [m for m in world.digests(BEN) if "📣" in words_of(m)]
        assert len(moved) == 1
        said = words_of(moved[0])
        assert "*Before:* Monday, December 12, 2022" in said
        assert "*Now:* Friday, March 17, 2023" in said
        assert "*Source:* <https" in said
        assert "*What changes for you:* Reminders follow this date from now on." in said
        assert "it was announced on Nov 22, 2022, and a change is told once" in said
        assert "(moved, now Mar 17, 2023)" in moved[0]["text"], "also what phones and screen readers say"
        assert world.slack.refused() == []


def a_day(on: date, announced: date, deadline: str = "full_cais_compliance") -> DeadlineRevised:
    return DeadlineRevised(deadline, announced, announced, Value("date", on), Source("A notice"), "It moved")


async def enters(world: World, *facts: DeadlineRevised) -> None:
    """An admin enters these, one after the other."""
    for fact in facts:
        await world.services.record_for_workspace(TENANT, world.act(replace(person(ANA), admin=True)), fact)
        await world.plan()


async def test_a_date_that_is_said_more_exactly_before_anybody_was_told_is_told_as_it_holds_then(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-06-09", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        exact = a_day(date(2022, 12, 12), date(2022, 6, 9))
        await enters(world, replace(exact, value=Value("month", month="2022-12"), reason="Roughly"), exact)
        await world.goes_to("2022-06-10")
        said = world.said(BEN)
        assert "*Before:* to be announced, not before Oct 1, 2022, not after Dec 31, 2022" in said
        assert "*Now:* Monday, December 12, 2022" in said
        assert "now has a day" in said
        assert "*Reason:* Roughly (entered by" in said, "the move itself"
        assert "*Reason:* It moved (entered by" in said, "and what came of it meanwhile"
        assert said.count("A notice") == 1
        assert "*What changes for you:* Reminders follow this date from now on." in said
        assert "(now Dec 12, 2022)" in world.digests(BEN)[-1]["text"]


async def test_a_date_that_was_moved_twice_before_anybody_was_told_is_told_from_what_held_to_what_holds(
    world: World,
) -> None:
    await a_firm(world.services, FIRM, BEN)
    await enters(world, a_day(date(2027, 6, 30), date(2026, 11, 20)), a_day(date(2027, 3, 31), date(2026, 11, 23)))
    await world.goes_to("2026-11-24")
    before = world.said(BEN)
    assert "*Before:* Friday, May 31, 2024\n*Now:* Wednesday, March 31, 2027" in before
    assert before.count("📣") == 1
    await enters(world, a_day(date(2027, 4, 30), date(2026, 11, 24)))
    await world.goes_to("2026-11-25")
    first, second = (words_of(m) for m in world.digests(BEN))
    assert first == before
    assert "*Before:* Wednesday, March 31, 2027\n*Now:* Friday, April 30, 2027" in second


async def test_a_date_that_is_back_where_it_was_before_anybody_was_told_is_told_nobody(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-12-01", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        announced = date(2022, 12, 1)
        await enters(world, a_day(date(2023, 6, 30), announced), a_day(date(2023, 3, 17), announced))
        await world.goes_to("2022-12-02")
        assert world.digests(BEN) == []


async def test_a_day_that_an_admin_entered_before_its_announcement_was_shipped_is_not_told_again(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-07-21", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        await enters(world, a_day(date(2022, 12, 12), date(2022, 6, 9)))
        await world.goes_to("2022-07-22")
        assert "*Now:* Monday, December 12, 2022" in world.said(BEN)
        await world.goes_to("2022-07-25")
        assert "Request production certification" in world.said(BEN)
        assert "Full CAIS compliance" not in world.said(BEN)


async def test_on_its_very_day_nothing_says_that_reminders_follow_and_of_a_window_it_is_said_when_it_began(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2022-07-22", 10)) as world:
        await a_firm(world.services, FIRM, BEN)
        await world.goes_to("2022-07-25")
        assert "That day is today, so no more reminders follow." in world.said(BEN)
        await world.goes_to("2022-10-31")
        assert "It is the end of a window: Oct 10, 2022 to Oct 31, 2022." in world.said(BEN)


async def test_who_was_told_of_a_change_that_is_taken_back_is_told_who_did_it_and_what_holds_again(
    world: World,
) -> None:
    await a_firm(world.services, FIRM, BEN)
    admin = replace(person(ANA), admin=True)
    on, announced = Value("date", date(2027, 6, 30)), date(2026, 11, 20)
    moved = DeadlineRevised("full_cais_compliance", announced, announced, on, Source("A notice"), "It moved")
    await world.services.record_for_workspace(TENANT, world.act(admin), moved)
    await world.goes_to("2026-11-24")
    assert "was moved" in world.said(BEN)
    assert "*Reason:* It moved (entered by Ana Ruiz)" in world.said(BEN)
    assert "(moved, now Jun 30, 2027)" in world.digests(BEN)[-1]["text"]
    await world.goes_to("2026-11-24", 10)
    await world.services.record_for_workspace(TENANT, world.act(admin), Withdrawn(1))
    await world.plan()
    told = world.said(BEN)
    assert "this change was taken back by Ana Ruiz, Tuesday, November 24, 2026, 10:00 AM New York time." in told
    assert "It is Friday, May 31, 2024 again." in told
    assert "June 30, 2027" not in told, "what does not hold does not stand there until the next morning"
    await world.day_by_day("2026-11-30")
    (said,) = [words_of(m) for m in world.digests(BEN) if "Holds again" in words_of(m)]
    assert "a change you were told of was taken back" in said
    assert "*Taken back:* Wednesday, June 30, 2027" in said
    assert "*Holds again:* Friday, May 31, 2024" in said
    assert "That day has passed, so it brings no reminders." in said
    assert "*Why now:* Ana Ruiz took it back, Tuesday, November 24, 2026, 10:00 AM New York time" in said
    assert world.slack.refused() == []


def a_move(on: date, announced: date, source: str = "A notice") -> DeadlineRevised:
    return DeadlineRevised("full_cais_compliance", announced, announced, Value("date", on), Source(source), "It moved")


async def test_a_move_whose_source_an_admin_mends_is_told_once_and_its_message_says_what_holds(world: World) -> None:
    await a_firm(world.services, FIRM, BEN)
    admin, to = replace(person(ANA), admin=True), date(2027, 6, 30)
    record = world.services.record_for_workspace
    await record(TENANT, world.act(admin), a_move(to, date(2026, 11, 20)))
    await world.goes_to("2026-11-24", 12)
    await record(TENANT, world.act(admin), Withdrawn(1))
    await world.plan()
    assert "It is Friday, May 31, 2024 again." in world.said(BEN)
    await world.goes_to("2026-11-24", 13)
    await record(TENANT, world.act(admin), a_move(to, date(2026, 11, 24), "The right notice"))
    await world.plan()
    told = world.said(BEN)
    assert "this change was taken back by Ana Ruiz, Tuesday, November 24, 2026, 12:00 PM New York time. " in told
    assert "The same was entered anew since, so it is Wednesday, June 30, 2027." in told
    await world.day_by_day("2026-11-30")
    assert len(world.digests(BEN)) == 1
    await record(TENANT, world.act(admin), Withdrawn(3))
    await world.day_by_day("2026-12-02")
    assert "*Holds again:* Friday, May 31, 2024" in words_of(world.digests(BEN)[-1]), "that they were told it moved"
    await world.goes_to("2026-12-15")
    assert "*Holds again:* Friday, May 31, 2024" in words_of(world.digests(BEN)[-1])
    assert len(world.digests(BEN)) == 2


async def test_a_move_whose_history_an_admin_completes_is_told_once(world: World) -> None:
    await a_firm(world.services, FIRM, BEN)
    admin = replace(person(ANA), admin=True)
    record = world.services.record_for_workspace
    await record(TENANT, world.act(admin), a_move(date(2027, 6, 30), date(2026, 11, 23)))
    await world.goes_to("2026-11-24", 12)
    await record(TENANT, world.act(admin), a_move(date(2027, 3, 31), date(2026, 11, 2)))
    await world.day_by_day("2026-11-30")
    assert len(world.digests(BEN)) == 1
    await record(TENANT, world.act(admin), a_move(date(2027, 9, 30), date(2026, 11, 30)))
    await world.day_by_day("2026-12-02")
    assert "*Before:* Wednesday, June 30, 2027" in words_of(world.digests(BEN)[-1])
    assert len(world.digests(BEN)) == 2


def a_window(first: date, last: date, announced: date) -> DeadlineRevised:
    value = Value("window", start=first, end=last)
    return DeadlineRevised("full_cais_compliance", announced, announced, value, Source("A notice"), "It moved")


async def told_of_a_window_that_was_refined(world: World) -> None:
    """Ben is told that it is April 1 to June 30, 2027; Conrad comes while that holds, and by now it is May 14."""
    await a_firm(world.services, FIRM, BEN)
    await enters(world, a_window(date(2027, 4, 1), date(2027, 6, 30), date(2026, 11, 20)))
    await world.goes_to("2026-11-24", 12)
    await a_firm(world.services, "Birch Brokers", CONRAD)
    await world.goes_to("2026-11-25")
    assert "*Now:* " in world.said(BEN)
    await enters(world, a_move(date(2027, 5, 14), date(2026, 11, 25)))
    await world.goes_to("2026-12-01", 12)
    assert len(world.digests(BEN)) == 1, "a refinement tells nobody"


async def test_what_an_admin_enters_of_the_time_before_is_told_nobody_where_what_they_were_told_was_refined_since(
    world: World,
) -> None:
    await told_of_a_window_that_was_refined(world)
    await enters(world, a_move(date(2027, 3, 31), date(2026, 11, 2)))
    await world.day_by_day("2026-12-04")
    assert (len(world.digests(BEN)), len(world.digests(CONRAD))) == (1, 0)
    await enters(world, a_move(date(2027, 6, 18), date(2026, 12, 4)))
    await world.day_by_day("2026-12-08")
    for user, messages in ((BEN, 2), (CONRAD, 1)):
        assert "*Before:* Friday, May 14, 2027\n*Now:* Friday, June 18, 2027" in world.said(user)
        assert len(world.digests(user)) == messages, "also where it lies within what they were told first"


async def test_where_the_source_of_what_was_refined_since_is_mended_nobody_is_told_again(world: World) -> None:
    await told_of_a_window_that_was_refined(world)
    admin = replace(person(ANA), admin=True)
    await world.services.record_for_workspace(TENANT, world.act(admin), Withdrawn(1))
    await world.goes_to("2026-12-03", 12)
    await enters(world, a_window(date(2027, 4, 1), date(2027, 6, 30), date(2026, 11, 19)))
    await world.day_by_day("2026-12-08")
    assert len(world.digests(BEN)) == 1


async def test_a_move_whose_day_of_announcement_an_admin_mends_before_it_was_told_is_told(world: World) -> None:
    await a_firm(world.services, FIRM, BEN)
    await enters(world, a_move(date(2027, 6, 30), date(2026, 11, 20)), a_move(date(2027, 6, 30), date(2026, 11, 2)))
    await world.goes_to("2026-11-24", 12)
    assert "*Before:* Friday, May 31, 2024\n*Now:* Wednesday, June 30, 2027" in world.said(BEN)


async def test_industry_dates_that_have_passed_remind_nobody(world: World) -> None:
    await a_firm(world.services, FIRM, BEN)
    await a_firm(world.services, "Birch Brokers", CONRAD)
    await world.day_by_day("2026-12-10")
    assert world.digests(BEN) == []
    assert world.digests(CONRAD) == []


# --- the day to look again at an answer ---------------------------------------------------------------------------


async def test_the_day_to_look_again_at_a_no_leads_to_its_memo_until_it_is_renewed(world: World) -> None:
    firm = await a_firm(world.services, FIRM, LEA, U0BEN="member")
    said = {"basis": "We only advise.", "recheck_on": date(2026, 12, 1)}
    await world.services.answer(firm.key, world.act(person(LEA)), "fdid_duty", ["no"], **said)
    await world.goes_to("2026-12-01", 12)
    assert "Look again at “Does your firm report any CAT event that carries an FDID?”" in world.said(LEA)
    assert world.digests(BEN) == [], "the leads alone"
    assert "Done" not in labels(world.digests(LEA)[-1])
    await world.slack.lea.presses("Open", on=world.digests(LEA)[-1])
    await world.slack.lea.presses("Still no")
    await world.plan()
    assert "looked at again, the next day is Wednesday, December 1, 2027" in world.said(LEA)
    await world.goes_to("2026-12-15", 12)
    assert len(world.digests(LEA)) == 1
