"""The industry dates in conversation: as they stand, their story, as of a day, and what a workspace admin adds."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.practice.stories import stories
from bot.views.help import USAGES
from flows.deadlines import Source, Value
from flows.firms import Person
from flows.roadmap import Pack
from flows.services import Act, Services
from flows.workspace import DeadlineRevised, TradingDayEdited
from tests.bot.conftest import NOW
from tests.bot.conversing import ANA, LEA, Slack, labels, words_of
from tests.bot.firm_making import a_firm
from tests.bot.reminding import new_york, world_at
from tests.bot.walking import TENANT, firm_of_ben, position


async def admin_opens_the_deadlines(slack: Slack) -> None:
    """Slack says who runs the workspace only after somebody was heard for the first time."""
    await slack.ana.types("/cais")
    await slack.ana.types("/cais deadlines")


REVISION = {
    "day": "2027-06-30",
    "from": "2026-11-20",
    "source": "CAT Alert 2026-01",
    "url": "https://www.catnmsplan.com/cat-alerts",
    "reason": "A new version of the specification.",
}


async def opens_the_form(slack: Slack, deadline: str = "Full CAIS compliance", said: str = "date") -> None:
    """Ana says which date something was published about, and what kind of thing it was."""
    await slack.ana.presses("Add or revise…")
    assert (await slack.ana.submits({"deadline": deadline, "type": said}))["ok"]


def asked(slack: Slack) -> list[str]:
    """The fields of the form that is open, by their labels."""
    assert slack.ana.modal
    return [b["label"]["text"] for b in slack.ana.modal["blocks"] if b["type"] == "input"]


@pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)
async def test_the_dates_are_shown_as_they_stand_with_how_often_they_moved(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    shown = await slack.ben.types("/cais deadlines")
    said = words_of(shown)
    assert "*Full CAIS compliance:* Friday, May 31, 2024 (moved 4 times)" in said
    assert services.pack.milestones[-1].past in said
    assert "a date we could not confirm" in said
    assert "Add or revise…" not in labels(shown)
    assert slack.refused() == []


async def test_a_story_tells_every_announcement_with_its_source(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais deadlines")
    await slack.ben.presses("Its story")
    said = words_of(slack.ben.last)
    assert "*Nov 22, 2022* · postponed: *Friday, March 17, 2023*" in said
    assert "May 28, 2022 to Jul 25, 2022, the day is not known" in said
    assert "<https://www.catnmsplan.com/faq/q42|" in said
    await slack.ben.presses("All industry dates")
    await slack.ben.picks("The story of…", "interim_4")
    assert "set: *a date we could not confirm*" in words_of(slack.ben.last)


async def test_what_is_said_of_an_announcement_still_holds_once_another_follows_it(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    value = Value(type="date", on=date(2027, 6, 1))
    source, deadline = Source("A notice"), "cais_production_certification"
    fact = DeadlineRevised(deadline, NOW.date(), NOW.date(), value, source, "It was published.", "")
    await services.record_for_workspace(TENANT, Act(Person("U0ANA", "Ana Ruiz", admin=True), "button", "r1"), fact)
    await slack.ben.types("/cais deadlines")
    await slack.ben.picks("The story of…", deadline)
    # It is nine o'clock, so that the reminder of the move may stand below by now.
    said = next(words for m in slack.ben.sees if "the story of an industry date" in (words := words_of(m)))
    assert "Tuesday, June 1, 2027" in said
    assert "The roadmap of May 31, 2024 still names July 25, 2022." in said
    assert "not revised again" not in said


async def test_a_row_we_could_not_confirm_never_shows_its_date(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    said = words_of(await slack.ben.types("deadlines production certification"))
    if "Which industry date" in said:
        await slack.ben.picks("The story of…", "cais_production_certification")
        said = words_of(slack.ben.last)
    assert "July 11, 2022" in said
    assert "July 1, 2022" not in said
    assert "a date we could not confirm" in said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            "as of May 27, 2022",
            "*Full CAIS compliance:* to be announced, not before Oct 1, 2022, not after Dec 31, 2022",
        ),
        ("as of 2022-03-01", "*Full CAIS compliance:* Monday, July 11, 2022"),
        ("as of Feb 1 2023", "Perhaps already to be announced, not before Jul 1, 2023"),
        ("as of 2010-01-01", "Nothing had been announced by then"),
    ],
)
async def test_what_was_known_on_a_day_is_told(slack: Slack, services: Services, typed: str, words: str) -> None:
    await firm_of_ben(services)
    assert words in words_of(await slack.ben.types(f"/cais deadlines {typed}"))


async def test_the_examples_of_the_help_and_of_the_stories_name_one_date(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    in_help = [e for usage in USAGES for e in usage.examples if e.startswith("deadlines ") and " as of " not in f"{e} "]
    in_stories = [said for one in stories().values() for t in one.tries for said in re.findall(r"deadlines [a-z ]+", t)]
    assert (len(in_help), len(in_stories)) == (1, 1)
    for example in (*in_help, *in_stories):
        said = words_of(await slack.ben.types(f"/cais {example}"))
        assert "the story of an industry date" in said, example


async def test_what_was_known_of_one_date_is_told_alone(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    said = words_of(await slack.ben.types("/cais deadlines production certification as of May 27, 2022"))
    assert "Request production certification:* Monday, July 11, 2022" in said
    assert "Full CAIS compliance" not in said


async def test_as_of_a_day_to_come_or_of_no_day_is_refused(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    assert "still to come" in words_of(await slack.ben.types("/cais deadlines as of 2030-01-01"))
    assert "still to come" in words_of(await slack.ben.types("/cais deadlines as of next month"))
    assert "Say one day" in words_of(await slack.ben.types("/cais deadlines as of bananas"))


@pytest.mark.parametrize(("today", "perhaps"), [("2022-06-30", 0), ("2022-07-26", 1)])
async def test_what_was_known_on_a_day_says_no_more_than_is_known_today(
    tmp_path: Path, pack: Pack, today: str, perhaps: int
) -> None:
    async with world_at(tmp_path, pack, new_york(today, 10)) as world:
        await firm_of_ben(world.services)
        said = words_of(await world.slack.ben.types("/cais deadlines as of June 15, 2022"))
        assert "Request production certification:* Monday, July 11, 2022" in said
        assert said.count("Perhaps already Monday, December 12, 2022") == perhaps
        assert said.count("nothing for sure. Perhaps already Aug 15, 2022 to Sep 15, 2022") == perhaps


async def test_a_day_that_can_be_read_in_two_ways_is_asked_with_a_button_for_each(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    asked = await slack.ben.types("/cais deadlines production certification as of 6/7/2022")
    assert labels(asked) == ["Tuesday, June 7, 2022", "Wednesday, July 6, 2022"]
    await slack.ben.presses("Tuesday, June 7, 2022")
    said = words_of(slack.ben.last)
    assert "What was known on Jun 7, 2022" in said
    assert "Full CAIS" not in said, "only the date that was asked for"
    assert "What was known on Jul 6, 2022" in words_of(await slack.ben.types("/cais deadlines as of July 6, 2022"))
    assert slack.refused() == []


async def test_an_admin_adds_a_revision_which_holds_for_every_firm_and_can_be_taken_back(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await firm_of_ben(services)
    await admin_opens_the_deadlines(slack)
    await opens_the_form(slack)
    assert (await slack.ana.submits(REVISION))["ok"]
    said = words_of(slack.ana.last)
    assert "Full CAIS compliance: postponed, Wednesday, June 30, 2027, before: Friday, May 31, 2024" in said
    assert "Reminders follow this date" in said
    assert "added by Ana Ruiz" in said
    seen = words_of(await slack.ben.types("/cais status"))
    assert "Industry date: Full CAIS compliance, Wednesday, June 30, 2027" in seen
    assert services.pack.milestones[-1].past not in seen
    await slack.ana.presses("Undo")
    assert services.pack.milestones[-1].past in words_of(await slack.ben.types("/cais status"))
    story = words_of(await slack.ben.types("/cais deadlines full_cais_compliance"))
    assert "Taken back: Wednesday, June 30, 2027. Entered by Ana Ruiz, Nov 23, 2026, " in story
    assert "; taken back by Ana Ruiz, Nov 23, 2026, " in story
    assert story.count("Chicago time") == 2, "it is the workspace's, so whoever reads it does by their own clock"
    assert slack.refused() == []


async def test_an_earlier_announcement_completes_the_story_and_says_that_it_changes_nothing(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    for announced, day in (("2026-11-20", "2027-09-30"), ("2026-11-02", "2027-03-31"), ("2026-11-02", "2027-03-31")):
        await opens_the_form(slack)
        await slack.ana.submits({**REVISION, "from": announced, "day": day})
        said = words_of(slack.ana.last)
        if announced == "2026-11-20":
            assert "Reminders follow this date from now on." in said
        elif "That is recorded already. Nothing was added." not in said:
            assert "What holds is still Thursday, September 30, 2027, announced Nov 20, 2026." in said
            assert "Reminders follow this date" not in said
        await slack.ana.types("/cais deadlines")
    assert len((await services.workspace(TENANT)).entries) == 2


async def test_a_new_date_whose_first_entry_is_taken_back_keeps_its_name(slack: Slack, services: Services) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await opens_the_form(slack, "A new date", "date")
    await slack.ana.submits({**REVISION, "title": "Reference Database cut-over"})
    first = slack.ana.last
    await slack.ana.types("/cais deadlines")
    await opens_the_form(slack, "Reference Database cut-over")
    await slack.ana.submits({**REVISION, "day": "2027-07-31"})
    await slack.ana.presses("Undo", on=first)
    said = words_of(await slack.ana.types("/cais deadlines"))
    assert "Reference Database cut-over" in said
    await opens_the_form(slack, "Reference Database cut-over")
    assert slack.refused() == []


async def test_what_was_announced_a_single_time_is_counted_in_plain_words(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ledger = (await services.workspace("T0CAIS")).ledger
    once = next(d for d in ledger.deadlines if len(ledger.story(d.id)) == 1)
    said = await slack.ben.types(f"/cais deadlines {once.id}")
    assert "never moved, announced once." in said["text"]


async def test_a_new_industry_date_is_added_with_its_name(slack: Slack, services: Services) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await opens_the_form(slack, "A new date", "tbd")
    new = {**REVISION, "day": "2027-01-01"}
    assert "title" in (await slack.ana.submits({**new, "title": "  "}))["errors"]
    assert (await slack.ana.submits({**new, "title": "Reference Database cut-over"}))["ok"]
    assert "to be announced, not before Jan 1, 2027" in words_of(slack.ana.last)
    assert "Reference Database cut-over" in words_of(await slack.ana.types("/cais deadlines"))


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("date", ["The day"]),
        ("month", ["A day of that month"]),
        ("window", ["The first day", "The last day"]),
        ("from", ["The day it begins"]),
        ("tbd", ["Not before", "Not after"]),
    ],
)
async def test_the_form_asks_for_what_was_said_and_for_no_more(
    slack: Slack, services: Services, said: str, days: list[str]
) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await opens_the_form(slack, said=said)
    always = ["Announced on", "Or some day until", "Source", "Its address", "Reason, or what the notice says"]
    assert asked(slack) == [*days, *always]
    assert slack.ana.modal
    assert "*Full CAIS compliance*" in words_of(slack.ana.modal)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"from": "2026-12-24"}, "to"),
        ({"day": None}, "day"),
        ({"source": " "}, "source"),
        ({"url": "catnmsplan.com"}, "url"),
        ({"until": "2027-06-01"}, "until"),
    ],
)
async def test_an_incomplete_revision_is_refused_at_its_field(
    slack: Slack, services: Services, change: dict[str, str], place: str
) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await opens_the_form(slack, said="window" if "until" in change else "date")
    assert place in (await slack.ana.submits({**REVISION, **change}))["errors"]


async def test_an_unscheduled_closure_is_counted_from_then_on_and_can_be_taken_back(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await slack.ana.presses("Trading days")
    await slack.ana.presses("Close or open a day…")
    assert (await slack.ana.submits({"day": "2026-11-25", "state": "closed", "reason": "Day of Mourning"}))["ok"]
    assert "Wednesday, November 25, 2026" in words_of(slack.ana.last)
    await slack.ben.types("/cais due s1 in 2 business days")
    assert (await position(services, key)).task_due["s1"].on == date(2026, 11, 27)
    await slack.ana.presses("Take back")
    await slack.ben.types("/cais due s1 in 2 business days")
    assert (await position(services, key)).task_due["s1"].on == date(2026, 11, 25)


async def test_every_closure_to_come_is_in_reach_however_many_there_are(slack: Slack, services: Services) -> None:
    await a_firm(services, "Ana Securities", ANA)
    tuesdays = [date(2026, 12, 1) + timedelta(7 * n) for n in range(13)]
    who = Person("U0ANA", "Ana Ruiz", admin=True)
    for day in tuesdays:
        act = Act(who, "button", f"closed {day}")
        await services.record_for_workspace(TENANT, act, TradingDayEdited(day, "closed", "Storm"))
    await admin_opens_the_deadlines(slack)
    await slack.ana.presses("Trading days")
    said = words_of(slack.ana.last)
    assert "trading days: 13 edited." in said
    assert labels(slack.ana.last).count("Take back") == 13


async def test_of_two_entries_for_one_day_the_earlier_says_that_it_was_replaced(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await admin_opens_the_deadlines(slack)
    await slack.ana.presses("Trading days")
    for state, reason in (("closed", "Storm"), ("open", "Storm has gone")):
        await slack.ana.presses("Close or open a day…")
        assert (await slack.ana.submits({"day": "2026-11-25", "state": state, "reason": reason}))["ok"]
    said = words_of(slack.ana.last)
    assert "closed. Storm\nBy Ana Ruiz. A later entry took its place." in said
    assert said.count("A later entry took its place.") == 1


async def test_a_typed_undo_after_a_revision_offers_to_take_that_back_and_leaves_the_firm_alone(
    slack: Slack, services: Services
) -> None:
    mine = await a_firm(services, "Ana Securities", ANA)
    await slack.ana.types("/cais")
    await slack.ana.types("/cais note keep me")
    await slack.ana.types("/cais deadlines")
    await opens_the_form(slack)
    await slack.ana.submits(REVISION)
    said = words_of(await slack.ana.types("/cais undo"))
    assert "you entered an industry date for the whole workspace. That holds for every firm in it." in said
    assert "Nothing was undone." in said
    assert "Note: keep me" in said
    assert [row.type for row in await services.events.history(mine.key)][-1] == "note_added"
    await slack.ana.presses("Take it back")
    assert (await services.workspace(TENANT)).withdrawn == {1}
    assert "*Undone:* Note: keep me" in words_of(await slack.ana.types("/cais undo"))


async def test_who_does_not_run_the_workspace_adds_nothing(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais deadlines")
    assert "Add or revise…" not in labels(slack.ben.last)
    await slack.ben.presses("Trading days")
    assert "Close or open a day…" not in labels(slack.ben.last)
    assert await services.workspaces.entries(TENANT) == ()
    assert LEA


async def test_for_a_firm_that_starts_after_the_industry_dates_nothing_is_held_against_it(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services, target=date(2027, 5, 28))
    commands = (
        *("", "next", "status", "step 6", "due", "due s1 Dec 15", "plan", "plan tomorrow", "target", "assign s1 to me"),
        *("deadlines", "deadlines full_cais_compliance", "deadlines as of 2023-02-01", "due s1 May 31 2024", "history"),
    )
    for command in commands:
        await slack.ben.types(f"/cais {command}")
    ready = (services.pack.wording.new_firm, *(m.past for m in services.pack.milestones))
    for place in [*slack.ben.sees, *([slack.ben.modal] if slack.ben.modal else [])]:
        said = words_of(place)
        for sentence in ready:
            said = said.replace(sentence, "")
        words = {w.strip(".,;:!?()*_").casefold() for w in said.split()}
        assert not words & {"late", "overdue"}, said
        assert "days ago" not in said
        assert "🔴" not in said
