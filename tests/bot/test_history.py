"""`/cais history` of a task, a person, a period: in words, by a form, and what is asked or said where it is unclear."""

import re
from datetime import date

import pytest

from flows.events import FirmKey
from flows.firms import Person
from flows.services import Act, Services
from tests.bot.conversing import BEN, CONRAD, LEA, Slack, labels, words_of
from tests.bot.firm_making import a_firm, person


async def apex(services: Services) -> FirmKey:
    """Ben leads it; Lea noted something, and Ben did what happened in May."""
    key = (await a_firm(services, "Apex Securities", BEN, **{LEA: "member"})).key
    await services.answer(key, Act(person(BEN), "button", "a"), "fdid_duty", ["yes"])
    await services.add_note(key, Act(person(LEA), "command", "n"), "Lea called them", task="s2")
    await services.complete(
        key, Act(person(BEN), "modal", "d"), "s2", outcome="submitted", happened_on=date(2026, 5, 20), earlier=True
    )
    return key


async def test_a_person_a_task_and_a_period_leave_only_what_is_wanted(slack: Slack, services: Services) -> None:
    await apex(services)
    said = words_of(await slack.ben.types("/cais history 2 by lea"))
    assert "Lea called them" in said
    assert "Recorded as done earlier" not in said
    assert "by Lea Haddad" in said
    said = words_of(await slack.ben.types(f"/cais history s2 by <@{BEN}|ben> in May"))
    assert "Recorded as done earlier" in said
    assert "open → done" in said
    assert "happened on May 20, 2026 (back-dated)" in said
    assert "by you from May 1, 2026 until May 31, 2026" in said
    assert "Lea called them" not in said
    said = words_of(await slack.ben.types("/cais history by me today"))
    assert "Answered" in said
    assert "Lea called them" not in said
    assert slack.refused() == []


async def test_where_nothing_is_a_sentence_says_of_when_there_is_something(slack: Slack, services: Services) -> None:
    await apex(services)
    said = words_of(await slack.ben.types("/cais history by @Lea Haddad last year"))
    assert "Nothing is recorded by Lea Haddad from Jan 1, 2025 until Dec 31, 2025. " in said
    assert "The history has 7 entries on Nov 23, 2026." in said
    assert {"Filter…", "Everything"} <= set(labels(slack.ben.last))


async def test_an_entry_is_found_by_the_number_beside_it(slack: Slack, services: Services) -> None:
    key = await apex(services)
    for n in range(12):
        await services.add_note(key, Act(person(BEN), "command", f"more {n}"), f"number {n}")
    (fourth, fifth) = (await services.events.history(key))[3:5]
    for words in ("entry 4", "#4", "Entry no. 4"):
        said = words_of(await slack.ben.types(f"/cais history {words}"))
        assert f"Entry {fourth.sequence} " in said
        assert f"Entry {fifth.sequence} " not in said
    assert "number 11" in words_of(await slack.ben.types("/cais history 19"))
    assert "There is no entry 99: the history of Apex Securities has 19." in words_of(
        await slack.ben.types("/cais history 99")
    )


async def test_two_people_of_one_name_are_asked_about(slack: Slack, services: Services) -> None:
    key = await apex(services)
    await services.set_member(
        key, Act(person(BEN), "modal", "second"), Person(person(CONRAD).id, "Lea Stone"), "member"
    )
    said = await slack.ben.types("/cais history by Lea")
    assert "Whose entries do you mean?" in words_of(said)
    assert {"Lea Haddad", "Lea Stone"} <= set(labels(said))
    await slack.ben.presses("Lea Haddad")
    assert "Lea called them" in words_of(slack.ben.last)


async def test_what_is_not_understood_is_named(slack: Slack, services: Services) -> None:
    await apex(services)
    assert "Nobody called “zoe”" in words_of(await slack.ben.types("/cais history by zoe since June"))
    assert "I do not know what “purple cows” is here" in words_of(await slack.ben.types("/cais history purple cows"))
    both = words_of(await slack.ben.types("/cais history by zoe in smarch"))
    assert "Nobody called “zoe”" in both
    assert "I do not know what “in smarch” is here" in both
    assert "I do not know" not in words_of(await slack.ben.types("/cais history s2 by zoe van der berg since June"))
    asked = words_of(await slack.ben.types("/cais history since 3/4/2026"))
    assert "can be read in two ways" in asked
    assert "Write `March 4, 2026` or `April 3, 2026` in its place." in asked
    monday = words_of(await slack.ben.types("/cais history since Monday"))
    assert "Today is Monday. Do you mean today, or a week ago?" in monday
    assert "Write `November 16, 2026` or `November 23, 2026` in its place." in monday
    for typed in ("March 4, 2026", "November 23, 2026"):
        assert "in its place" not in words_of(await slack.ben.types(f"/cais history since {typed}"))


@pytest.mark.parametrize("typed", ["since tomorrow", "tomorrow", "since Nov 24, 2026", "s2 from tomorrow to Friday"])
async def test_of_a_day_to_come_it_is_said_that_nothing_is_recorded_yet(
    slack: Slack, services: Services, typed: str
) -> None:
    await apex(services)
    said = words_of(await slack.ben.types(f"/cais history {typed}"))
    assert "Nov 24, 2026 is still to come. The history has what was recorded until now" in said
    assert "Write the day" not in said


async def test_the_form_filters_and_keeps_what_was_chosen(slack: Slack, services: Services) -> None:
    await apex(services)
    await slack.ben.types("/cais history")
    await slack.ben.presses("Filter…")
    backwards = await slack.ben.submits({"first": "2026-11-23", "last": "2026-11-01"})
    assert list(backwards["errors"]) == ["last"]
    await slack.ben.submits({"task": "step 2", "person": person(LEA).id, "first": None, "last": None})
    said = words_of(slack.ben.last)
    assert "Lea called them" in said
    assert "Recorded as done earlier" not in said
    await slack.ben.presses("Filter…")
    assert person(LEA).id in str(slack.ben.modal)
    await slack.ben.submits({"person": person(BEN).id, "last": "2026-11-22"})
    assert "Recorded as done earlier" in words_of(slack.ben.last), "what happened in May counts by its day, too"
    assert "Lea called them" not in words_of(slack.ben.last)
    await slack.ben.presses("Everything")
    assert "Set up Apex Securities" in words_of(slack.ben.last)
    assert slack.refused() == []


async def test_a_filtered_history_has_pages_of_its_own(slack: Slack, services: Services) -> None:
    key = await apex(services)
    for n in range(30):
        who = LEA if n % 2 else BEN
        await services.add_note(key, Act(person(who), "command", f"n{n}"), f"note {n}.")
    said = words_of(await slack.ben.types("/cais history by lea since yesterday"))
    assert "note 29." in said
    assert "note 28." not in said
    await slack.ben.presses("Older")
    older = words_of(slack.ben.last)
    assert "note 5." in older
    assert "note 4." not in older
    await slack.ben.presses("Newer")
    assert "note 29." in words_of(slack.ben.last)


async def test_another_firm_can_be_named_behind_for(slack: Slack, services: Services) -> None:
    await apex(services)
    await a_firm(services, "Birch Capital", BEN)
    assert "Lea called them" in words_of(await slack.ben.types("/cais history by lea for Apex"))
    assert "Set up Birch Capital" in words_of(await slack.ben.types("/cais history since June for Birch Capital"))


async def test_a_strangers_filter_finds_nothing_of_the_firm(slack: Slack, services: Services) -> None:
    await apex(services)
    await a_firm(services, "Birch Capital", CONRAD)
    said = words_of(await slack.person(CONRAD).types("/cais history by lea for Apex"))
    assert "Nobody called “lea” is in this firm or in its history" in said
    assert not {"Apex", "Haddad"} & set(re.findall(r"\w+", said))
