"""A refused message is no end: what may pass is tried again, and whoever is heard of is written to again."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.delivery.bringing import FORGOTTEN, MOST_REFUSALS, SOME_MINUTES, UNTIL_TRIED_AGAIN
from flows.events import FirmKey
from flows.habits import Standing
from flows.ports import Known
from flows.roadmap import Pack
from tests.bot.conversing import BEN, LEA, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import World, new_york, world_at

DUE = date(2026, 12, 15)
"""Ten trading days before it is Tuesday, December 1."""


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as found:
        yield found


async def bens_firm(world: World) -> FirmKey:
    """A firm whose only lead is Ben, with a dated task."""
    firm = await a_firm(world.services, "Apex Securities", BEN)
    await world.services.set_task_due(firm.key, world.act(person(BEN)), "s1", DUE)
    await world.plan()
    return firm.key


def refused(world: World, error: str, times: int = 1) -> None:
    world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "refuse", "error": error, "times": times})


async def some_minutes(world: World) -> None:
    world.clock.real += SOME_MINUTES + 1
    await world.plan()


async def marked(world: World, user: str = BEN) -> str:
    return (await world.services.directory.reach(TENANT, [person(user).id]))[person(user).id].blocked


async def test_a_conversation_that_is_not_found_once_costs_some_minutes_only(world: World) -> None:
    await bens_firm(world)
    refused(world, "channel_not_found")
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []
    await some_minutes(world)
    assert "Tuesday, December 15, 2026" in world.said(BEN)
    assert await marked(world) == ""
    await world.goes_to("2026-12-08")
    assert len(world.digests(BEN)) == 2


async def test_a_word_that_nobody_knows_is_tried_again_and_says_nothing_about_the_person(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await bens_firm(world)
    refused(world, "a_word_of_tomorrow")
    await world.goes_to("2026-12-01")
    assert world.digests(BEN) == []
    (line,) = [r for r in caplog.records if r.message == "Slack does not take it"]
    assert (line.__dict__["workspace"], line.__dict__["error"]) == (TENANT, "a_word_of_tomorrow")
    await some_minutes(world)
    assert "Tuesday, December 15, 2026" in world.said(BEN)
    refused(world, "a_word_of_tomorrow", MOST_REFUSALS)
    await world.goes_to("2026-12-08")
    for _ in range(MOST_REFUSALS):
        await some_minutes(world)
    assert len(world.digests(BEN)) == 1
    assert [k.outcome for k in await world.services.outbox.undelivered(TENANT, limit=5)] == ["a_word_of_tomorrow"]
    assert await marked(world) == ""


async def test_refusals_that_lie_far_apart_are_not_counted_together(world: World) -> None:
    await bens_firm(world)
    refused(world, "channel_not_found", MOST_REFUSALS)
    await world.goes_to("2026-12-01")
    for _ in range(MOST_REFUSALS):
        world.clock.real += FORGOTTEN + 1
        await world.plan()
    assert "Tuesday, December 15, 2026" in world.said(BEN)
    assert await marked(world) == ""


TOKEN = ["invalid_auth", "account_inactive"]
"""Words for a token that counts no more; Slack may say one while it is not itself."""


@pytest.mark.parametrize("word", TOKEN)
async def test_a_token_that_is_refused_while_nobody_can_say_whether_it_counts_loses_nothing_and_marks_nobody(
    world: World, word: str
) -> None:
    await leas_firm(world)
    world.slack.sandbox.faults(
        {"method": "chat.postMessage", "kind": "refuse", "error": word, "times": MOST_REFUSALS + 2},
        {"method": "auth.test", "kind": "500", "times": -1},
    )
    await world.goes_to("2026-12-01")
    for _ in range(MOST_REFUSALS + 1):
        assert world.digests(BEN) == []
        world.clock.real += UNTIL_TRIED_AGAIN + 1
        await world.plan()
    assert await world.services.outbox.undelivered(TENANT, limit=5) == ()
    assert await world.services.outbox.stopped() == {}
    assert await marked(world) == ""
    world.clock.real += UNTIL_TRIED_AGAIN + 1
    await world.plan()
    assert "10 trading days before" in world.said(BEN)
    assert "kept until now" not in world.said(BEN)
    await world.goes_to("2026-12-02", 12)
    assert world.digests(LEA) == [], "nobody was out of reach"


async def test_a_token_that_is_good_again_when_it_is_looked_into_does_not_close_anybodys_account(
    world: World,
) -> None:
    await leas_firm(world)
    refused(world, "account_inactive")
    await world.goes_to("2026-12-01")
    await some_minutes(world)
    assert "10 trading days before" in world.said(BEN)
    assert await marked(world) == ""
    await world.goes_to("2026-12-02", 12)
    assert world.digests(LEA) == []


async def test_whose_account_is_closed_as_their_profile_says_is_out_of_reach_at_once(world: World) -> None:
    await leas_firm(world)
    world.slack.sandbox.slack.workspace.users[BEN]["deleted"] = True
    await world.goes_to("2026-12-01")
    assert await marked(world) == "account_inactive"
    assert [k.outcome for k in await world.services.outbox.undelivered(TENANT, limit=5)] == ["account_inactive"]
    await world.goes_to("2026-12-01", 12)
    assert "*Ben Cole* cannot be reached here (the account is closed)" in world.said(LEA)


async def test_one_that_is_not_found_for_long_is_tried_with_the_next_reminder_all_the_same(world: World) -> None:
    await bens_firm(world)
    refused(world, "channel_not_found", MOST_REFUSALS)
    await world.goes_to("2026-12-01")
    for _ in range(MOST_REFUSALS):
        await some_minutes(world)
    assert world.digests(BEN) == []
    assert [k.outcome for k in await world.services.outbox.undelivered(TENANT, limit=5)] == ["channel_not_found"]
    await world.goes_to("2026-12-08")
    assert "5 trading days before" in world.said(BEN)
    await world.plan()
    assert len(world.digests(BEN)) == 1, "the newer one says it all"
    assert await marked(world) == ""


@pytest.mark.parametrize("word", ["cannot_dm_bot", "channel_not_found"])
async def test_whoever_is_heard_of_gets_what_was_refused_and_all_that_follows(world: World, word: str) -> None:
    await bens_firm(world)
    refused(world, word, MOST_REFUSALS if word == "channel_not_found" else 1)
    await world.goes_to("2026-12-01")
    for _ in range(MOST_REFUSALS):
        await some_minutes(world)
    assert world.digests(BEN) == []
    assert await marked(world) == word
    await world.slack.ben.types("/cais")
    await world.plan()
    assert "10 trading days before" in world.said(BEN)
    assert await world.services.outbox.undelivered(TENANT, limit=5) == ()
    await world.slack.ben.types("/cais")
    await world.plan()
    assert len(world.digests(BEN)) == 1
    await world.goes_to("2026-12-08")
    assert "5 trading days before" in world.said(BEN)
    assert len(world.digests(BEN)) == 2


@pytest.mark.parametrize("standing", ["", "guest"])
async def test_whoever_is_in_reach_again_is_told_what_they_were_given_meanwhile(
    world: World, standing: Standing
) -> None:
    firm = await a_firm(world.services, "Apex Securities", LEA, U0BEN="member")
    who, directory = person(BEN).id, world.services.directory
    known = Known(who, "Ben Cole", checked_at=world.clock.real, standing=standing)
    await directory.remember(TENANT, known, at=world.clock.now.timestamp())
    if not standing:
        await directory.blocked(TENANT, who, "cannot_dm_bot", at=world.clock.now.timestamp())
    await world.goes_to("2026-11-24", 10)
    await world.services.assign(firm.key, world.act(person(LEA)), "s1", person(BEN))
    await world.goes_to("2026-12-02", 10)
    assert world.digests(BEN) == []
    full = Known(who, "Ben Cole", checked_at=world.clock.real)
    await directory.remember(TENANT, full, at=world.clock.now.timestamp())
    await directory.heard_of(TENANT, who)
    await world.plan()
    assert "task to you." in world.said(BEN)
    await world.goes_to("2026-12-04", 10)
    assert len(world.digests(BEN)) == 1


async def test_what_was_put_off_meanwhile_does_not_come_again_before_its_time(world: World) -> None:
    await bens_firm(world)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    refused(world, "cannot_dm_bot")
    await world.goes_to("2026-12-08")
    await world.slack.ben.picks("Snooze", "Next week", on=digest)
    await world.plan()
    assert await marked(world) == ""
    assert len(world.digests(BEN)) == 1


async def test_what_is_done_meanwhile_does_not_come_again(world: World) -> None:
    key = await bens_firm(world)
    refused(world, "cannot_dm_bot")
    await world.goes_to("2026-12-01")
    await world.services.answer(key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.slack.ben.types("/cais")
    await world.plan()
    assert world.digests(BEN) == []


async def test_remind_tells_the_only_lead_that_nobody_is_told_instead(world: World) -> None:
    key = await bens_firm(world)
    refused(world, "cannot_dm_bot", 2)
    await world.goes_to("2026-12-01")
    said = words_of(await world.slack.ben.types("/cais remind"))
    assert "Slack did not take my last message for you" in said
    assert "nobody at your firm is reminded" in said
    await world.plan()
    await world.services.set_member(key, world.act(person(BEN)), person(LEA), "lead")
    assert await marked(world) == "cannot_dm_bot"
    said = words_of(await world.slack.ben.types("/cais remind"))
    assert "your firm's other leads are reminded" in said
    assert "did not take" not in words_of(await world.slack.ben.types("/cais remind"))


async def test_an_open_task_of_somebody_out_of_reach_is_never_called_settled(world: World) -> None:
    key = await bens_firm(world)
    await world.services.set_recurring(key, world.act(person(BEN)), "SAA certification", 12, 15)
    await world.goes_to("2026-12-01")
    refused(world, "cannot_dm_bot")
    await world.goes_to("2026-12-08")
    assert await marked(world) == "cannot_dm_bot"
    assert "settled" not in world.said(BEN)
    assert "its day was changed" not in world.said(BEN)
    assert "10 trading days before" in world.said(BEN)


async def test_what_stands_with_a_guest_is_still_open_too(world: World) -> None:
    await bens_firm(world)
    await world.goes_to("2026-12-01")
    (digest,) = world.digests(BEN)
    known = Known(person(BEN).id, "Ben Cole", checked_at=world.clock.real, standing="guest")
    await world.services.directory.remember(TENANT, known, at=world.clock.now.timestamp())
    await world.slack.ben.picks("Snooze", "Tomorrow", on=digest)
    assert "still open. You cannot be reached" in world.said(BEN)


async def test_a_task_that_goes_from_one_lead_to_others_is_called_open(world: World) -> None:
    key = await bens_firm(world)
    await world.goes_to("2026-12-01")
    await world.services.set_member(key, world.act(person(BEN)), person(LEA), "lead")
    await world.services.set_member(key, world.act(person(LEA)), person(BEN), "member")
    await world.plan()
    assert "still open, and the firm's leads are reminded of it now" in world.said(BEN)


async def test_leads_are_told_once_of_whoever_refuses_messages_but_is_active_until_one_arrives(world: World) -> None:
    firm = await a_firm(world.services, "Apex Securities", LEA, U0BEN="member")
    await world.services.assign(firm.key, world.act(person(LEA)), "s1", person(BEN))
    await world.services.set_task_due(firm.key, world.act(person(BEN)), "s1", DUE)
    refused(world, "cannot_dm_bot")
    await world.goes_to("2026-11-24")
    await world.goes_to("2026-11-24", 13)
    assert told_of_ben(world) == 1
    refused(world, "cannot_dm_bot")
    await world.slack.ben.types("/cais")
    await world.plan()
    assert await marked(world) == "cannot_dm_bot", "what is owed to him is refused again"
    await world.goes_to("2026-11-25", 13)
    assert told_of_ben(world) == 1
    await world.slack.ben.types("/cais")
    await world.goes_to("2026-12-01", 13)
    assert len(world.digests(BEN)) == 1, "one got through"
    refused(world, "cannot_dm_bot")
    await world.goes_to("2026-12-08")
    await world.goes_to("2026-12-09", 13)
    assert told_of_ben(world) == 2


def told_of_ben(world: World) -> int:
    """In how many messages Lea is told that he cannot be reached, or was told so."""
    return sum("Ben Cole" in words_of(digest) for digest in world.digests(LEA))


# --- in the owner's place -----------------------------------------------------------------------------------------


async def leas_firm(world: World, due: date = DUE) -> FirmKey:
    """A firm that Lea leads, where a dated task is Ben's by his own hand."""
    firm = await a_firm(world.services, "Apex Securities", LEA, U0BEN="member")
    await world.services.assign(firm.key, world.act(person(BEN)), "s1", person(BEN))
    await world.services.set_task_due(firm.key, world.act(person(BEN)), "s1", due)
    await world.plan()
    return firm.key


async def closes(world: World, user: str = BEN) -> None:
    """Their account is closed, and that is known."""
    closed = Known(person(user).id, "Ben Cole", checked_at=world.clock.real, standing="gone")
    await world.services.directory.remember(TENANT, closed, at=world.clock.now.timestamp())
    await world.plan()


IN_BENS_PLACE = "; this comes to you in the place of Ben Cole, who cannot be reached here."


async def test_a_lead_who_is_reminded_in_the_owners_place_reads_just_that_as_the_reason(world: World) -> None:
    await leas_firm(world, date(2026, 12, 18))
    await closes(world)
    await world.goes_to("2026-12-04", 12)
    assert f"*Why now:* 10 trading days before{IN_BENS_PLACE}" in world.said(LEA)
    await world.day_by_day("2026-12-24")
    assert "Friday is no trading day (Christmas Day)" in world.said(LEA)
    assert IN_BENS_PLACE in world.said(LEA), "the 4th trading day after the date"
    assert "leads are told too" not in world.said(LEA)
    await world.day_by_day("2026-12-31")
    assert "*Why now:* you are asked once a week; Friday is no trading day" in world.said(LEA)
    assert IN_BENS_PLACE in world.said(LEA), "also once leads would be told anyway"


async def test_a_lead_who_asks_about_a_wait_in_the_owners_place_reads_just_that_as_the_reason(world: World) -> None:
    key = await leas_firm(world, date(2027, 3, 1))
    await world.services.answer(key, world.act(person(BEN)), "fdid_duty", ["yes"])
    await world.services.assign(key, world.act(person(BEN)), "s2", person(BEN))
    await world.services.wait(key, world.act(person(BEN)), "s2", whom="FINRA CAT Helpdesk", follow_up_on=None)
    await closes(world)
    await world.day_by_day("2026-12-01")
    every = "*Why now:* time to ask how far they are, as every 5 trading days; it is the 5th trading day of the wait"
    assert f"{every}{IN_BENS_PLACE}" in world.said(LEA)


async def test_a_lead_who_was_told_too_before_the_owners_account_was_closed_keeps_that_reason(world: World) -> None:
    key = await leas_firm(world, date(2026, 12, 1))
    await world.goes_to("2026-12-08", 12)
    await world.goes_to("2026-12-08", 13)
    await closes(world)
    await world.services.answer(key, world.act(person(LEA)), "fdid_duty", ["yes"])
    await world.plan()
    await world.services.undo(key, world.act(person(LEA)), None)
    await world.plan()
    said = words_of(world.digests(LEA)[0])
    assert "*Why now:* from the 5th trading day after its date on, leads are told too." in said


@pytest.mark.parametrize("how", ["closed", "refused"])
async def test_nobody_is_offered_to_nudge_an_owner_who_cannot_be_reached(world: World, how: str) -> None:
    await leas_firm(world, date(2026, 12, 1))
    if how == "closed":
        await closes(world)
    else:
        refused(world, "cannot_dm_bot")
    await world.goes_to("2026-11-27")
    await world.goes_to("2026-11-30", 12)
    await world.goes_to("2026-12-08", 12)
    assert "Owner: Ben Cole" in world.said(LEA)
    assert labels(world.digests(LEA)[-1]) == ["Snooze", "Open", "Assign…"]


@pytest.mark.parametrize("how", ["closed", "refused"])
async def test_a_lead_hears_at_once_of_an_owner_out_of_reach_with_something_due_today(world: World, how: str) -> None:
    key = await leas_firm(world, date(2026, 12, 31))
    await world.day_by_day("2026-12-30")
    before = len(world.digests(LEA))
    if how == "refused":
        refused(world, "cannot_dm_bot")
    await world.goes_to("2026-12-31", 14)
    if how == "closed":
        await closes(world)
    await world.plan()
    await world.plan()
    assert len(world.digests(LEA)) == before + 1
    assert "*Ben Cole* cannot be reached here" in world.said(LEA)
    assert "• Does your firm report events with an FDID?, Dec 31, 2026" in world.said(LEA)
    await world.services.set_task_due(key, world.act(person(LEA)), "s1", date(2027, 2, 26))
    await world.goes_to("2027-01-04", 12)
    assert len(world.digests(LEA)) == before + 1, "once"
