"""A lead has a firm's summary posted to a channel: one message a period, kept up to date, only where it is wanted."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bot.delivery.bringing import SOME_MINUTES
from bot.delivery.posting import INSIDE
from bot.delivery.rounds import LEASE
from bot.slack.places import place
from bot.surfaces import Written
from flows.asked import SUMMARY, Owed
from flows.events import FirmKey
from flows.heads import heads_in
from flows.roadmap import Pack
from flows.services import Services
from flows.workspace import TradingDayEdited, Withdrawn
from storage.errors import StorageUnavailable
from tests.bot.conversing import ANA, BEN, CLIENTS, COMPLIANCE, CONRAD, GENERAL, LEA, Json, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import World, another_replica, new_york, sqlite_url, world_at
from tests.bot.test_summaries import act, apex, rows
from tests.bot.walking import FIRM, position


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    """A Tuesday, ten in the morning in New York."""
    async with world_at(tmp_path, pack, new_york("2026-11-24", 10)) as made:
        yield made


def posts(world: World, channel: str = COMPLIANCE, user: str = CONRAD) -> list[Json]:
    """The summaries that everybody in a channel sees, as somebody does who is in no firm."""
    seen = world.slack.person(user).at(channel).sees
    return [m for m in seen if "summary" in str(m.get("text", "")).casefold()]


async def types(world: World, words: str, channel: str = COMPLIANCE) -> Json:
    said = await world.slack.ben.at(channel).types(f"/cais summary {words}")
    await world.plan()
    return said


async def posts_all(world: World, often: str = "weekly", channel: str = COMPLIANCE) -> None:
    """The look, and then the word."""
    looked = await types(world, f"{often} all", channel)
    await world.slack.ben.at(channel).presses("Post all of them", on=looked)
    await world.plan()


async def closes(world: World, day: date) -> None:
    admin = msgspec.structs.replace(person(ANA), admin=True)
    closed = TradingDayEdited(day, "closed", "Storm")
    await world.services.record_for_workspace(TENANT, world.act(admin), closed)


async def later(world: World, seconds: int = 20) -> None:
    """A moment later by the clock on the wall."""
    await world.plan()
    world.clock.now = world.clock.now.fromtimestamp(world.clock.now.timestamp() + seconds, world.clock.now.tzinfo)
    await world.plan()


async def test_weekly_posts_now_and_on_the_first_trading_day_of_each_week_at_the_leads_hour(world: World) -> None:
    key = await apex(world.services)
    said = await types(world, "weekly")
    assert "now, and then on the first trading day of each week at 9:00 AM New York time" in words_of(said)
    assert len(posts(world)) == 1
    (post,) = posts(world)
    assert FIRM in post["text"]
    assert "Set up by Ben Cole; a lead stops it with `/cais summary off`" in words_of(post)
    last = (await world.services.events.history(key))[-1]
    assert f"Record: {last.sequence} entries, head {last.hash[:20]}. " in words_of(post)
    assert heads_in(words_of(post)) == [last.hash[:20]]
    await world.goes_to("2026-11-30", 8, 59)
    assert len(posts(world)) == 1
    await world.goes_to("2026-11-30")
    assert len(posts(world)) == 2
    await world.day_by_day("2026-12-04")
    assert len(posts(world)) == 2
    assert world.slack.refused() == []


async def posted_on_a_day_that_is_closed_then(world: World, often: str) -> tuple[FirmKey, int]:
    """The firm, and how many summaries stand in the channel an hour after that."""
    key = await apex(world.services)
    await types(world, often)
    await world.goes_to("2026-11-30", 12)
    posted = len(posts(world))
    await closes(world, date(2026, 11, 30))
    await world.goes_to("2026-11-30", 13)
    return key, posted


@pytest.mark.parametrize(("often", "following"), [("weekly", "2026-12-07"), ("daily", "2026-12-01")])
async def test_a_day_that_is_closed_after_its_summary_was_posted_posts_none_again_and_that_one_is_kept_up_to_date(
    world: World, often: str, following: str
) -> None:
    key, posted = await posted_on_a_day_that_is_closed_then(world, often)
    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    assert "4 of" in words_of(posts(world)[-1])
    await world.goes_to(following, 8, 59)
    assert len(posts(world)) == posted
    await world.goes_to(following)
    assert len(posts(world)) == posted + 1


@pytest.mark.parametrize("set_up", ["2026-12-02", "2026-12-04"])
async def test_a_friday_that_is_closed_after_its_summary_was_posted_is_the_newest_up_to_monday(
    world: World, set_up: str
) -> None:
    key = await apex(world.services)
    await world.goes_to(set_up, 10)
    await types(world, "daily")
    await world.day_by_day("2026-12-04")
    posted = len(posts(world))
    await closes(world, date(2026, 12, 4))
    await world.goes_to("2026-12-05", 10)
    assert len(posts(world)) == posted
    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    assert "4 of" in words_of(posts(world)[-1])
    assert "stands in" in words_of(await types(world, "daily"))
    await world.goes_to("2026-12-07", 8, 59)
    assert len(posts(world)) == posted
    await world.goes_to("2026-12-07")
    assert len(posts(world)) == posted + 1


@pytest.mark.parametrize(("often", "following"), [("weekly", "2026-12-07"), ("daily", "2026-12-01")])
async def test_asked_for_again_once_the_day_of_its_name_was_closed_it_is_the_same_message(
    world: World, often: str, following: str
) -> None:
    key, posted = await posted_on_a_day_that_is_closed_then(world, often)
    for again in (often, "post"):
        said = words_of(await types(world, again))
        assert f"stands in <#{COMPLIANCE}> already (<https://" in said
    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    assert "4 of" in words_of(posts(world)[-1])
    await world.goes_to(following, 8, 59)
    assert len(posts(world)) == posted
    await world.goes_to(following)
    assert len(posts(world)) == posted + 1


async def test_stopped_and_set_up_again_once_the_day_of_its_name_was_closed_it_comes_as_a_new_message(
    world: World,
) -> None:
    await apex(world.services)
    await types(world, "weekly")
    await world.goes_to("2026-11-30", 12)
    await closes(world, date(2026, 11, 30))
    await types(world, "off")
    await world.goes_to("2026-11-30", 13)
    posted = len(posts(world))
    assert "is to be posted now" in words_of(await types(world, "weekly"))
    assert len(posts(world)) == posted + 1
    await world.day_by_day("2026-12-04")
    assert len(posts(world)) == posted + 1


async def test_weekly_on_a_monday_that_is_a_holiday_posts_at_once_and_not_again_that_week(world: World) -> None:
    await apex(world.services)
    await world.goes_to("2027-01-18", 10)
    assert "is to be posted now" in words_of(await types(world, "weekly"))
    assert len(posts(world)) == 1
    assert "stands in" in words_of(await types(world, "weekly"))
    await world.day_by_day("2027-01-22")
    assert len(posts(world)) == 1
    await world.goes_to("2027-01-25")
    assert len(posts(world)) == 2


async def test_a_week_whose_first_day_is_open_after_all_is_not_posted_again(world: World) -> None:
    await closes(world, date(2026, 11, 30))
    await apex(world.services)
    await types(world, "weekly")
    await world.goes_to("2026-11-30", 12)
    assert len(posts(world)) == 1
    await world.goes_to("2026-12-01", 12)
    assert len(posts(world)) == 2
    admin = msgspec.structs.replace(person(ANA), admin=True)
    await world.services.record_for_workspace(TENANT, world.act(admin), Withdrawn(1))
    await world.goes_to("2026-12-04")
    assert len(posts(world)) == 2


async def test_daily_posts_on_trading_days_only(world: World) -> None:
    await apex(world.services)
    await types(world, "daily")
    await world.day_by_day("2026-11-30")  # Thanksgiving and a weekend are between
    assert len(posts(world)) == 4, "Tuesday, Wednesday, Friday, Monday"


async def test_a_change_stands_in_the_message_within_a_minute_and_no_new_one_comes(world: World) -> None:
    key = await apex(world.services)
    await types(world, "weekly")
    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    (post,) = posts(world)
    assert "Done: Your SAA has Administrator access to the test portal" in words_of(post)
    assert "4 of" in words_of(post)


async def test_many_changes_are_one_update(world: World) -> None:
    key = await apex(world.services)
    await types(world, "weekly")
    for n in range(5):
        await world.services.add_note(key, act(f"note-{n}"), "hello")
        await world.plan()
    before = len(updates(world))
    await later(world)
    assert len(updates(world)) == before + 1


def updates(world: World) -> list[Json]:
    return [c.args for c in world.slack.sandbox.calls if c.method == "chat.update"]


async def test_asked_for_again_it_is_the_same_message(world: World) -> None:
    await apex(world.services)
    await types(world, "post")
    await types(world, "post")
    await types(world, "weekly")
    assert len(posts(world)) == 2, "one of this day, and one of this week"
    await types(world, "post")
    assert len(posts(world)) == 2


@pytest.mark.parametrize("often", ["weekly", "post"])
async def test_asked_for_again_it_is_said_to_stand_there_with_its_address(world: World, often: str) -> None:
    await apex(world.services)
    assert "is to be posted now" in words_of(await types(world, often))
    (post,) = posts(world)
    for again in (often, "post"):
        said = words_of(await types(world, again))
        assert f"stands in <#{COMPLIANCE}> already (<https://" in said
        assert f".slack.com/archives/{COMPLIANCE}/p{post['ts'].replace('.', '')}|open it>)" in said
        assert "is to be posted now" not in said
    assert len(posts(world)) == 1


async def test_of_another_day_or_as_often_as_never_before_it_is_posted_anew(world: World) -> None:
    await apex(world.services)
    await types(world, "post")
    assert "is to be posted now" in words_of(await types(world, "weekly"))
    await types(world, "off")
    assert "is to be posted now" in words_of(await types(world, "post"))
    await world.goes_to("2026-11-25", 10)
    assert "is to be posted now" in words_of(await types(world, "post"))


async def test_of_several_firms_all_have_to_stand_there(world: World) -> None:
    await apex(world.services)
    await a_firm(world.services, "Birch Brokers", BEN)
    await posts_all(world)
    looked = await types(world, "weekly all")
    await world.slack.ben.at(COMPLIANCE).presses("Post all of them", on=looked)
    assert "The summary of your 2 firms stands in" in words_of(world.slack.ben.at(COMPLIANCE).last)
    await a_firm(world.services, "Cedar Capital", BEN)
    await posts_all(world)
    assert "is to be posted now" in words_of(world.slack.ben.at(COMPLIANCE).last)


async def test_off_takes_the_firm_out_of_the_newest_message_and_undo_brings_it_back(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    await types(world, "off")
    await later(world)
    (post,) = posts(world)
    assert "no longer posted here" in words_of(post)
    assert "FINRA CAT" not in words_of(post)
    undone = words_of(await world.slack.ben.at(COMPLIANCE).types("/cais undo"))
    assert f"Stopped the summary in the channel <#{COMPLIANCE}>" in undone
    await later(world)
    (post,) = posts(world)
    assert "FINRA CAT" in words_of(post)
    await types(world, "off")
    await world.goes_to("2026-11-30")
    assert len(posts(world)) == 1


async def test_off_while_the_message_is_on_its_way_takes_the_firm_out_of_it_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await apex(world.services)
    settle = world.services.outbox.settle

    async def after_it_was_stopped(*given: object, **more: object) -> None:
        monkeypatch.undo()
        await world.services.summaries.stop(key, act("off"), place(TENANT, COMPLIANCE))
        await world.slack.bot.planner.sweep()
        await settle(*given, **more)

    monkeypatch.setattr(world.services.outbox, "settle", after_it_was_stopped)
    await types(world, "weekly")
    await later(world)
    (post,) = posts(world)
    assert "no longer posted here" in words_of(post)


async def test_the_history_says_who_set_it_up_and_where(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    said = words_of(await world.slack.ben.types("history"))
    assert f"Summary set up to be posted weekly in the channel <#{COMPLIANCE}>" in said
    assert "not posted while the app cannot post there, or other companies see it" in said
    assert "not set up → set up, weekly" in said


async def test_only_a_lead_may(world: World) -> None:
    await apex(world.services)
    said = await world.slack.lea.at(COMPLIANCE).types("/cais summary weekly")
    await world.plan()
    assert "Only a lead" in words_of(said)
    assert posts(world) == []


async def test_only_in_a_channel(world: World) -> None:
    await apex(world.services)
    assert "posted in a channel" in words_of(await world.slack.ben.types("/cais summary weekly"))


async def test_where_the_app_is_not_it_says_in_words_how_to_invite_it(world: World) -> None:
    await apex(world.services)
    for channel in (GENERAL, world.slack.sandbox.add_channel("closed", [BEN], is_private=True)):
        said = words_of(await types(world, "weekly", channel))
        assert f"is set up for <#{channel}>, on the first trading day of each week at 9:00 AM New York time" in said
        assert "but is not posted yet. I am not in that channel. Type `/invite @CAIS Roadmap` there" in said
        await later(world)
        letter = words_of(world.slack.ben.last)
        assert "was not posted" in letter
        assert "`/invite @CAIS Roadmap`" in letter
        assert f"<#{channel}>" in letter


async def test_where_slack_does_not_say_whether_it_may_be_posted_nothing_is_claimed(world: World) -> None:
    key = await apex(world.services)
    world.slack.sandbox.faults({"method": "conversations.info", "kind": "refuse", "error": "missing_scope"})
    said = words_of(await types(world, "weekly", GENERAL))
    assert "it is to be posted now, and then on the first trading day of each week" in said
    assert "If I cannot post there, I tell you why in a direct message." in said
    assert (await world.services.events.history(key))[-1].event.channel == place(TENANT, GENERAL)


async def test_a_refusal_in_a_word_that_nobody_knows_is_tried_again_before_anybody_is_told(world: World) -> None:
    await apex(world.services)
    word = {"method": "chat.postMessage", "kind": "refuse", "error": "a_word_of_tomorrow"}
    world.slack.sandbox.faults(word)
    await types(world, "weekly")
    seen = len(world.slack.ben.sees)
    assert posts(world) == []
    world.clock.real += SOME_MINUTES + 1
    await world.plan()
    assert len(posts(world)) == 1
    await later(world)
    assert len(world.slack.ben.sees) == seen


async def test_of_an_archived_channel_whoever_set_it_up_is_told_once_a_week_and_can_stop_it(
    world: World,
) -> None:
    key = await apex(world.services)
    await types(world, "daily")
    await later(world)
    world.slack.sandbox.add_channel("compliance", [BEN, LEA, "U0CAIS"], id=COMPLIANCE, is_archived=True)

    def not_posted() -> list[Json]:
        return [said for said in world.slack.ben.sees if "was not posted" in words_of(said)]

    await world.day_by_day("2026-12-09")
    await later(world)
    letters = not_posted()
    assert len(letters) == 3, "one in each of three weeks"
    assert "The channel is archived. In another one, `/cais summary daily` sets it up there." in words_of(letters[-1])
    await world.slack.ben.presses("Stop", on=letters[-1])
    assert (await position(world.services, key)).posted == {}
    await world.day_by_day("2026-12-15")
    assert len(not_posted()) == 2, "the third says that it was stopped"


async def test_a_channel_that_is_archived_again_is_told_of_again_though_it_is_the_same_week(world: World) -> None:
    await apex(world.services)
    await world.goes_to("2026-11-30", 8)
    await types(world, "daily")
    await later(world)

    def archive(yes: bool) -> None:
        world.slack.sandbox.add_channel("compliance", [BEN, LEA, "U0CAIS"], id=COMPLIANCE, is_archived=yes)

    def told() -> int:
        return sum("was not posted" in words_of(said) for said in world.slack.ben.sees)

    for day, archived, times in ((1, True, 1), (2, False, 1), (3, True, 2), (4, True, 2)):
        archive(archived)
        await world.goes_to(f"2026-12-0{day}", 10)
        await later(world)
        assert told() == times


async def test_many_firms_that_cannot_be_posted_are_told_of_in_one_message(world: World) -> None:
    await apex(world.services)
    for n in range(3):
        await a_firm(world.services, f"Firm {n}", BEN)
    world.slack.sandbox.add_channel("client-work", [BEN, LEA, CONRAD, "U0CAIS"], id=CLIENTS, is_ext_shared=True)
    for channel, what in (
        (GENERAL, "then type `/cais summary post all` there"),
        (CLIENTS, "`/cais summary weekly for` and its name"),
    ):
        before = len(world.slack.ben.sees)
        await posts_all(world, channel=channel)
        await later(world)
        (letter,) = world.slack.ben.sees[before:]
        assert "The summary of your 4 firms was not posted" in words_of(letter)
        assert what in words_of(letter)


async def test_where_other_companies_are_it_waits_for_a_leads_yes(world: World) -> None:
    await apex(world.services)
    world.slack.sandbox.add_channel("client-work", [BEN, LEA, CONRAD, "U0CAIS"], id=CLIENTS, is_ext_shared=True)
    said = await types(world, "weekly", CLIENTS)
    assert "but is not posted yet. People of another company are in that channel" in words_of(said)
    assert labels(said) == ["Post it there all the same", "Stop"]
    await later(world)
    assert posts(world, CLIENTS) == []
    letter = world.slack.ben.last
    assert "People of another company" in words_of(letter)
    await world.slack.ben.presses("Post it there all the same", on=letter)
    await world.plan()
    assert len(posts(world, CLIENTS)) == 1
    assert "which other companies see" in words_of(await world.slack.ben.types("history"))


async def test_a_firm_that_others_may_not_read_of_keeps_no_other_firm_out_of_a_shared_channel(world: World) -> None:
    key = await apex(world.services)
    await a_firm(world.services, "Birch", BEN)
    world.slack.sandbox.add_channel("client-work", [BEN, LEA, CONRAD, "U0CAIS"], id=CLIENTS, is_ext_shared=True)
    yes, ben = "Post it there all the same", world.slack.ben.at(CLIENTS)
    await ben.presses(yes, on=await types(world, f"weekly for {FIRM}", CLIENTS))
    await later(world)
    before = len(world.slack.ben.sees)
    asked = await types(world, "weekly for Birch", CLIENTS)
    await later(world)
    (letter,) = world.slack.ben.sees[before:]
    assert "The summary of *Birch* was not posted" in words_of(letter)
    assert labels(letter) == [yes, "Stop"]

    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    await world.goes_to("2026-11-30", 10)
    first, second = posts(world, CLIENTS)
    assert "4 of 12 tasks done" in words_of(first)
    assert all(FIRM in words_of(post) and "Birch" not in words_of(post) for post in (first, second))

    await ben.presses(yes, on=asked)
    await later(world)
    _, now = posts(world, CLIENTS)
    assert all(name in words_of(now) for name in (FIRM, "Birch"))


async def test_what_is_stopped_in_a_shared_channel_goes_though_what_is_left_there_may_not_be_shown(
    world: World,
) -> None:
    await apex(world.services)
    await a_firm(world.services, "Birch", BEN)
    world.slack.sandbox.add_channel("client-work", [BEN, LEA, CONRAD, "U0CAIS"], id=CLIENTS, is_ext_shared=True)
    yes, ben = "Post it there all the same", world.slack.ben.at(CLIENTS)
    await ben.presses(yes, on=await types(world, f"daily for {FIRM}", CLIENTS))
    await types(world, "daily for Birch", CLIENTS)
    await later(world)
    for day in range(1, 4):
        await world.goes_to(f"2026-12-0{day}", 10)
        await later(world)
    told = [said for said in world.slack.ben.sees if "*Birch* was not posted" in words_of(said)]
    assert len(told) == 2, "once in each of two weeks, whatever comes of the other firm"
    await types(world, f"off for {FIRM}", CLIENTS)
    await later(world)
    stands = words_of(posts(world, CLIENTS)[-1])
    assert f"The summary of *{FIRM}* is no longer posted here" in stands
    assert "Birch" not in stands


async def test_open_shows_it_to_whoever_presses_and_nothing_to_others(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    (post,) = posts(world)
    assert labels(post) == ["Open"]
    for user in (LEA, CONRAD):
        await world.slack.person(user).at(COMPLIANCE).presses("Open", on=post)
    assert "Next task" in labels(world.slack.lea.at(COMPLIANCE).last)
    assert "not a member" in words_of(world.slack.person(CONRAD).at(COMPLIANCE).last)
    assert len(posts(world, user="U0ANA")) == 1, "what stands in the channel stays"


async def test_several_firms_in_a_channel_are_one_message(world: World) -> None:
    await apex(world.services)
    for n in range(3):
        await a_firm(world.services, f"Firm {n}", BEN)
    looked = await types(world, "weekly all")
    said = words_of(looked)
    assert f"One message with 4 firms would be posted in <#{COMPLIANCE}> now, and then on the first trading day" in said
    assert rows(looked)[1][0] == FIRM, "the worst first, as it would begin"
    assert posts(world) == []
    await a_firm(world.services, "Firm 3", BEN)
    await world.slack.ben.at(COMPLIANCE).presses("Post all of them", on=looked)
    await world.plan()
    again = world.slack.ben.at(COMPLIANCE).last
    assert "You lead 5 firms by now, not 4, so nothing was posted yet." in words_of(again)
    assert posts(world) == []
    await world.slack.ben.at(COMPLIANCE).presses("Post all of them", on=again)
    done = world.slack.ben.at(COMPLIANCE).last
    await world.plan()
    assert "`/cais summary off all` stops it." in words_of(done)
    assert len(posts(world)) == 1
    assert len(rows(posts(world)[0])) == 6
    assert "5 firms · summary of " in words_of(posts(world)[0])
    assert "a lead stops it with `/cais summary off all`" in words_of(posts(world)[0])
    assert len(heads_in(words_of(posts(world)[0]))) == 5, "each firm's record is named"
    await world.goes_to("2026-11-30")
    assert len(posts(world)) == 2
    await types(world, "off for Firm 1")
    await later(world)
    assert "Firm 1" not in str(rows(posts(world)[-1]))
    assert world.slack.refused() == []


async def test_a_message_somebody_took_away_comes_anew_when_it_is_asked_for(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    world.slack.sandbox.faults({"method": "chat.update", "kind": "refuse", "error": "message_not_found"})
    assert "if it was deleted, it is posted again" in words_of(await types(world, "post"))
    assert len(posts(world)) == 2


async def test_a_message_somebody_took_away_is_not_posted_for_each_change(world: World) -> None:
    key = await apex(world.services)
    await types(world, "daily")
    world.slack.sandbox.faults({"method": "chat.update", "kind": "refuse", "error": "message_not_found", "times": -1})
    for day in ("2027-03-01", "2027-03-02"):
        await world.services.set_target(key, act(day), date.fromisoformat(day))
        await later(world)
    assert len(posts(world)) == 1
    await types(world, "post")
    assert len(posts(world)) == 2
    world.slack.sandbox.faults()
    await world.services.set_target(key, act("again"), date(2027, 3, 3))
    await later(world)
    assert "Mar 3, 2027" in words_of(posts(world)[-1]), "the one that came back is kept up to date"
    await world.goes_to("2026-11-25")
    assert len(posts(world)) == 3


async def test_one_that_came_anew_and_whose_receipt_was_lost_does_not_come_once_more(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    world.slack.sandbox.faults(
        {"method": "chat.update", "kind": "refuse", "error": "message_not_found", "times": -1},
        {"method": "chat.postMessage", "kind": "lost_reply"},
    )
    await types(world, "post")
    assert len(posts(world)) == 2
    for _ in range(2):
        world.clock.real += LEASE + 1
        await later(world)
    assert len(posts(world)) == 2
    told = [said for said in world.slack.ben.sees if "may not have been posted" in words_of(said)]
    assert len(told) == 1
    await types(world, "post")
    assert len(posts(world)) == 3, "whoever looked and did not find it"


async def test_one_whose_change_may_have_arrived_is_changed_again(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    world.slack.sandbox.faults({"method": "chat.update", "kind": "lost_reply"})
    await types(world, "post")
    world.clock.real += LEASE + 1
    await later(world)
    assert len(posts(world)) == 1
    assert await world.services.outbox.undelivered(TENANT, limit=9) == ()
    assert world.slack.ben.sees == []


async def test_one_in_doubt_that_is_not_to_be_posted_yet_is_looked_for_in_its_channel(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another replica has just taken up another firm's, which will be the message: there is no letter yet."""
    await apex(world.services)

    async def on_its_way(owed: Sequence[Owed], services: Services) -> Written:
        return Written(None, later=tuple(o.key for o in owed))

    with monkeypatch.context() as patched:
        world.slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
        await types(world, "weekly")
        assert len(posts(world)) == 1
        patched.setitem(world.slack.bot.delivery._bringing._letters, SUMMARY, on_its_way)  # type: ignore[index]
        world.clock.real += LEASE + 1
        await later(world)
    for _ in range(2):
        world.clock.real += LEASE + 1
        await later(world)
    assert len(posts(world)) == 1
    assert any("may not have been posted" in words_of(said) for said in world.slack.ben.sees)


async def test_after_a_crash_it_is_not_said_twice_where_nobody_may_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apex(world.services)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    async def is_in_doubt(number: int) -> None:
        assert len(posts(world)) == number
        world.clock.real += LEASE + 1
        await world.plan()
        assert len(posts(world)) == number
        await later(world)
        told = [said for said in world.slack.ben.sees if "may not have been posted" in words_of(said)]
        assert len(told) == number, "each of them is to be looked for"

    with monkeypatch.context() as patched:
        patched.setattr(world.services.outbox, "settle", dies)
        await types(world, "daily")
    await is_in_doubt(1)
    await world.goes_to("2026-11-25", 8)
    with monkeypatch.context() as patched:
        patched.setattr(world.services.outbox, "settle", dies)
        await world.goes_to("2026-11-25", 9)
    await is_in_doubt(2)


@pytest.mark.parametrize("where", ["Slack", "the database"])
async def test_what_went_wrong_before_anything_was_posted_leaves_nobody_in_doubt(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    await apex(world.services)
    await types(world, "weekly")
    await world.goes_to("2026-11-30", 8, 59)
    world.clock.real += INSIDE + 1

    async def fails(*_: object, **__: object) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as patched:
        if where == "Slack":
            world.slack.sandbox.faults({"method": "conversations.info", "kind": "refuse", "error": "internal_error"})
        else:
            patched.setattr(world.services.outbox, "summaries", fails)
        await world.goes_to("2026-11-30")
        assert len(posts(world)) == 1
    world.clock.real += LEASE + 1
    await later(world)
    await later(world)
    assert len(posts(world)) == 2
    assert world.slack.ben.sees == [], "nothing was in doubt"


async def test_two_replicas_post_one_message(world: World, tmp_path: Path) -> None:
    await apex(world.services)
    await types(world, "weekly")
    async with another_replica(world, sqlite_url(tmp_path)) as other:
        world.clock.now = new_york("2026-11-30")
        await other.plan()
        await world.plan()
    assert len(posts(world)) == 2


async def test_a_firm_of_somebody_elses_cannot_be_had_posted(world: World) -> None:
    await a_firm(world.services, "Zephyrine", LEA)
    await apex(world.services)
    said = words_of(await types(world, "weekly for Zephyrine"))
    assert "You have no firm called" in said
    await types(world, "weekly all")
    assert not any("Zephyrine" in words_of(m) for m in posts(world))


async def take_off_ben(world: World) -> Json:
    """Lea, the firm's other lead, who is not in the channel, takes him off."""
    await world.slack.lea.types("/cais firm members")
    shown = world.slack.lea.last
    his = [b for b in shown["blocks"] if BEN in str(b.get("accessory")) or BEN in str(b.get("elements"))]
    await world.slack.lea.presses("Take off the firm", on={**shown, "blocks": his})
    await world.plan()
    return world.slack.lea.last


async def test_with_somebody_who_is_taken_off_the_firm_the_summaries_end_that_they_had_posted(world: World) -> None:
    await a_firm(world.services, "Alpha", BEN, **{LEA: "lead"})
    await a_firm(world.services, "Bravo", BEN)
    await posts_all(world)
    said = words_of(await take_off_ben(world))
    assert f"The firm's summary, which they had posted in <#{COMPLIANCE}>, is posted there no more." in said
    await later(world)
    (post,) = posts(world)
    assert "Bravo" in post["text"]
    assert "Alpha" not in words_of(post)
    await world.goes_to("2026-11-30")
    assert [("Alpha" in words_of(each), "Bravo" in words_of(each)) for each in posts(world)] == [(False, True)] * 2


async def test_whoever_is_a_lead_no_more_posts_no_more(world: World) -> None:
    key = (await a_firm(world.services, "Alpha", BEN, **{LEA: "lead"})).key
    await types(world, "weekly")
    await world.slack.lea.types("/cais firm members")
    await world.slack.lea.presses("Add or change a member")
    await world.slack.lea.submits({"person": BEN, "role": "viewer"})
    said = words_of(world.slack.lea.last)
    assert "is now a viewer" in said
    assert f"which they had posted in <#{COMPLIANCE}>, is posted there no more" in said
    await later(world)
    (post,) = posts(world)
    assert "no longer posted here" in words_of(post)
    assert not (await world.services.events.positions([key]))[0].posted


async def test_a_lead_who_is_not_in_the_channel_sees_where_the_summary_is_posted_and_stops_it(world: World) -> None:
    await a_firm(world.services, "Alpha", BEN, **{LEA: "lead", CONRAD: "viewer"})
    await types(world, "weekly")
    assert "`/cais firm` says where it is" in words_of(await world.slack.lea.at(GENERAL).types("/cais summary off"))
    where = f"Summary set up for <#{COMPLIANCE}>, each week, by Ben Cole"
    card = await world.slack.person(CONRAD).types("/cais firm")
    assert where in words_of(card)
    assert "Stop" not in labels(card)
    card = await world.slack.lea.types("/cais firm")
    assert where in words_of(card)
    await world.slack.lea.presses("Stop", on=card)
    assert "is no longer posted" in words_of(world.slack.lea.last)
    await later(world)
    (post,) = posts(world)
    assert "no longer posted here" in words_of(post)


async def test_where_the_summary_of_several_firms_stood_it_says_so_of_all_of_them(world: World) -> None:
    for name in ("Alpha", "Bravo", "Zorblax"):
        await a_firm(world.services, name, BEN)
    await posts_all(world)
    await types(world, "off all")
    await later(world)
    (post,) = posts(world)
    assert "The summary of 3 firms is no longer posted here" in words_of(post)


async def test_whoever_says_it_in_other_words_is_offered_the_command(world: World) -> None:
    await a_firm(world.services, "Alpha", BEN)
    for typed, offered in (
        ("stop the summary", "summary off"),
        ("turn off my reminders", "remind off"),
        ("pause my reminders until Monday", "remind pause until Monday"),
        ("move s2 to next Friday", "due s2 next Friday"),
        ("please change the date of step 4 to Dec 15", "due step 4 Dec 15"),
        ("move the register task to next Friday", "due register next Friday"),
        ("move the target to March 31", "target March 31"),
        ("push our target to June 30, 2027", "target June 30, 2027"),
        ("change the firm's target date to April 30", "target April 30"),
    ):
        assert offered in str(labels(await world.slack.ben.at(COMPLIANCE).types(f"/cais {typed}")))


async def test_what_is_moved_and_is_no_task_is_no_command(world: World) -> None:
    await a_firm(world.services, "Alpha", BEN)
    said = await world.slack.ben.types("move everything to January 15")
    assert "due everything" not in str(labels(said))


async def test_the_target_that_is_moved_in_other_words_is_set_by_the_button(world: World) -> None:
    key = (await a_firm(world.services, "Alpha", BEN)).key
    await world.slack.ben.types("move the target to March 31")
    await world.slack.ben.presses("target March 31")
    assert (await position(world.services, key)).target == date(2027, 3, 31)


async def test_set_up_again_after_it_was_stopped_it_comes_as_a_new_message(world: World) -> None:
    await a_firm(world.services, "Alpha", BEN)
    await types(world, "weekly")
    await types(world, "off")
    await later(world)
    said = words_of(await types(world, "weekly"))
    assert "it is to be posted now" in said
    await later(world)
    before, after = posts(world)
    assert "no longer posted here" in words_of(before)
    assert "Set up by Ben Cole" in words_of(after)
    await types(world, "off")
    await later(world)
    assert ["no longer posted here" in words_of(post) for post in posts(world)] == [True, True]


async def test_however_often_it_was_set_up_to_come_what_holds_stands_and_off_takes_it_out_of_all(world: World) -> None:
    key = (await a_firm(world.services, "Alpha", BEN)).key
    for often in ("weekly", "daily", "weekly"):
        await types(world, often)
    await later(world)
    assert ["no longer posted here" in words_of(post) for post in posts(world)] == [False, False]
    await world.services.add_note(key, act("note"), "hello")
    await later(world)
    weekly, daily = posts(world)
    assert "Note added" in words_of(weekly)
    assert "Note added" not in words_of(daily)
    await types(world, "off")
    await later(world)
    assert ["no longer posted here" in words_of(post) for post in posts(world)] == [True, True]


async def test_undo_of_another_rhythm_keeps_the_message_of_the_one_before(world: World) -> None:
    key = (await a_firm(world.services, "Alpha", BEN)).key
    await types(world, "weekly")
    await types(world, "daily")
    await world.slack.ben.at(COMPLIANCE).types("/cais undo")
    await world.services.add_note(key, act("note"), "hello")
    await later(world)
    weekly, daily = posts(world)
    assert "Note added" in words_of(weekly)
    assert "no longer posted here" in words_of(daily)
    await world.slack.ben.at(COMPLIANCE).types("/cais redo")
    await later(world)
    assert "no longer posted here" not in words_of(posts(world)[1])


async def test_of_as_many_firms_but_others_than_were_looked_at_none_is_posted(world: World) -> None:
    first = await a_firm(world.services, "Alpha", BEN, **{LEA: "lead"})
    await a_firm(world.services, "Bravo", BEN)
    looked = await types(world, "weekly all")
    await world.services.remove_member(first.key, act("off"), place(TENANT, BEN))
    await a_firm(world.services, "Zorblax", BEN)
    await world.slack.ben.at(COMPLIANCE).presses("Post all of them", on=looked)
    await world.plan()
    assert "others by now than those you looked at" in words_of(world.slack.ben.at(COMPLIANCE).last)
    assert posts(world) == []


async def test_what_changed_while_nothing_could_be_posted_stands_in_the_next_message(world: World) -> None:
    key = await apex(world.services)
    await types(world, "daily")
    await world.goes_to("2026-11-25")
    gone = {"kind": "refuse", "error": "not_in_channel"}
    world.slack.sandbox.faults({"method": "chat.update", **gone}, {"method": "chat.postMessage", **gone})
    await world.goes_to("2026-11-25", 15)
    await world.services.set_target(key, act("target"), new_york("2027-03-01").date())
    await later(world)
    await world.goes_to("2026-11-27")
    assert len(posts(world)) == 2
    world.slack.sandbox.faults()
    await world.goes_to("2026-11-30")
    post = posts(world)[-1]
    assert "since the last one (Nov 25, 2026)" in words_of(post)
    assert "Mar 1, 2027" in words_of(post)
    assert "Nothing." not in words_of(post)


async def test_no_channel_is_named_among_what_changed(world: World) -> None:
    await apex(world.services)
    await types(world, "weekly")
    await types(world, "daily", GENERAL)
    await types(world, "off", GENERAL)
    await world.slack.ben.at(GENERAL).types("/cais undo")
    await later(world)
    said = words_of(posts(world)[0])
    assert "Took back: Stopped a summary" in said
    assert GENERAL not in said
