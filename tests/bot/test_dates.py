"""Dates, the target and the plan, as people type and press them."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.deadlines import Source, Value
from flows.firms import Person
from flows.roadmap import Pack
from flows.services import Act, Result, Services
from flows.workspace import DeadlineRevised
from tests.bot.conftest import NOW
from tests.bot.conversing import BEN, COMPLIANCE, CONRAD, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import new_york, world_at
from tests.bot.walking import BEN_COLE, add_lea, firm_of_ben, history, position

DATES_PAGE = Path(__file__).parents[2] / "docs" / "dates.md"
BOTH = pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)


def days(found: object) -> dict[str, str]:
    assert isinstance(found, dict)
    return {key: due.on.isoformat() for key, due in found.items()}


@BOTH
async def test_a_typed_date_is_set_said_back_in_full_and_undone(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais due s1 Dec 15")
    assert "Tuesday, December 15, 2026" in words_of(shown)
    assert "Undo" in labels(shown)
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-15"}
    await slack.ben.presses("Undo")
    assert (await position(services, key)).task_due == {}
    assert slack.refused() == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("due s1 in 3 business days", "2026-11-27"),
        ("due does your firm report by 5/31/2027", "2027-05-31"),
        ("due tomorrow", "2026-11-24"),
        ("due s1: eod tomorrow", "2026-11-24"),
        ("DUE S1 END OF MONTH", "2026-11-30"),
        ("due tomorrow for s1", "2026-11-24"),
        ("due s1 next business day", "2026-11-24"),
        ("due s1 in 3 bd", "2026-11-27"),
        ("due s1 year end", "2026-12-31"),
        ("due s1 by the last Friday of January", "2027-01-29"),
    ],
)
async def test_words_in_a_dm_set_the_date_of_a_task(slack: Slack, services: Services, typed: str, day: str) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types(typed)
    assert days((await position(services, key)).task_due) == {"s1": day}


async def test_a_step_and_a_part_have_dates_of_their_own(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    assert "Step 4 of 6" in words_of(await slack.ben.types("/cais due step 4 March 1"))
    await slack.ben.types("/cais due 6-II-A 5/28/2027")
    assert days((await position(services, key)).step_due) == {"4": "2027-03-01", "6-II-A": "2027-05-28"}
    assert "step 4" in words_of(await slack.ben.types("/cais"))
    listed = words_of(await slack.ben.types("/cais due"))
    assert "Monday, March 1, 2027: step 4, Choose how data is submitted\n" in listed
    assert "Friday, May 28, 2027: step 6-II-A, Firms using an agent ask for certification" in listed
    assert "Set the date of step 4 to Monday, March 1, 2027" in words_of(await slack.ben.types("/cais history step 4"))
    assert "Set the date of step 4" not in words_of(await slack.ben.types("/cais history step 6"))
    await slack.ben.types("/cais due step 4 none")
    assert days((await position(services, key)).step_due) == {"6-II-A": "2027-05-28"}


async def test_an_hour_is_said_to_be_no_part_of_a_date_and_one_press_sets_the_day(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s1 Dec 15 2026 5pm")
    assert (
        "Dates have no hour here: each ends at 11:59 PM New York time. Do you mean this day? Nothing was set."
        in words_of(asked)
    )
    assert days((await position(services, key)).task_due) == {}
    await slack.ben.presses("Tuesday, December 15, 2026")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-15"}
    assert "Dates have no hour here" in words_of(await slack.ben.types("/cais target May 28, 2027 at 5pm"))
    assert "Dates have no hour here" in words_of(await slack.ben.types("/cais plan May 28, 2027 5 p.m."))
    assert "No firm" not in words_of(await slack.ben.types("/cais due s1 for Dec 15 5pm"))


async def test_what_can_mean_two_days_is_asked_and_one_press_sets_it(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s1 next Friday")
    assert labels(asked)[:2] == ["Friday, November 27, 2026", "Friday, December 4, 2026"]
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("Friday, December 4, 2026")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-04"}
    assert "Undo" in labels(slack.ben.last)


async def test_a_date_that_takes_the_place_of_another_says_which(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    assert "Before, it was" not in words_of(await slack.ben.types("/cais due s1 Dec 4, 2026"))
    assert "Before, it was Friday, December 4, 2026." in words_of(await slack.ben.types("/cais due s1 Dec 15, 2026"))
    assert "Before, it was Tuesday, December 15, 2026." in words_of(await slack.ben.types("/cais due s1 none"))
    await slack.ben.types("/cais target May 28, 2027")
    assert "Before, it was Friday, May 28, 2027." in words_of(await slack.ben.types("/cais target June 30, 2027"))


@pytest.mark.parametrize("typed", ["cancel", "no", "nothing", "none", "never"])
async def test_a_date_that_stands_is_not_taken_off_where_no_task_was_named(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais due s1 Dec 15")
    asked = await slack.ben.types(f"/cais due {typed}")
    assert "Shall the task at hand have no date?" in words_of(asked)
    assert "has Tuesday, December 15, 2026. Nothing was changed." in words_of(asked)
    assert list((await position(services, key)).task_due) == ["s1"]
    await slack.ben.presses("Take its date off", on=asked)
    assert dict((await position(services, key)).task_due) == {}
    await slack.ben.types("/cais due s1 Dec 15")
    await slack.ben.types(f"/cais due s1 {typed}")
    assert dict((await position(services, key)).task_due) == {}
    assert slack.refused() == []


async def test_a_date_that_stands_is_not_moved_where_no_task_was_named(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais due Dec 4, 2026")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-04"}
    asked = await slack.ben.types("/cais due Dec 15, 2026")
    assert "its date is Friday, December 4, 2026" in words_of(asked)
    assert "Nothing was set." in words_of(asked)
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-04"}
    await slack.ben.presses("Tuesday, December 15, 2026")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-15"}


@pytest.mark.parametrize("command", ["target", "plan"])
async def test_today_is_no_target_and_is_not_offered_as_one(slack: Slack, services: Services, command: str) -> None:
    await firm_of_ben(services)
    asked = await slack.ben.types(f"/cais {command} Monday")
    assert "A target is a day to come. Nothing was set." in words_of(asked)
    assert labels(asked) == ["Monday, November 30, 2026", "Another day…"]
    assert "Monday, November 23, 2026" in labels(await slack.ben.types("/cais due s1 Monday")), "a date may be today's"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "due “a” every Friday",
            "Dates that come back do so once a year here, like “every March 15”. Nothing was set.",
        ),
        ("due “a” every Feb 30", "There is no February 30. Nothing was set."),
        ("due “nope” Dec 15", "“nope” is no task of this firm."),
        ("target today", "The target must be a day in the future. Nothing was changed."),
    ],
)
async def test_a_refusal_names_its_firm(slack: Slack, services: Services, typed: str, said: str) -> None:
    await firm_of_ben(services, "<!channel> & Sons")
    answer = await slack.ben.types(f"/cais {typed}")
    assert said in words_of(answer)
    (name,) = answer["blocks"][0]["elements"]
    assert name["text"] == "*&lt;!channel&gt; &amp; Sons*"
    assert str(answer["text"]).startswith("&lt;!channel&gt; &amp; Sons: ")
    assert slack.refused() == []


async def test_a_past_date_is_questioned_and_not_set(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s1 May 31, 2024")
    assert "has passed" in words_of(asked)
    assert "Monday, May 31, 2027" in labels(asked)
    assert (await position(services, key)).task_due == {}


async def test_a_mistyped_date_is_offered_and_never_set_by_itself(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s1 tomorow")
    assert "I could not read a date" in words_of(asked)
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("/cais due s1 tomorrow")
    assert days((await position(services, key)).task_due) == {"s1": "2026-11-24"}


async def test_a_task_that_is_not_there_is_said_to_be_unknown_and_near_ones_are_offered(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s1x Dec 1")
    assert "No task of this firm is called “s1x”, so nothing was set." in words_of(asked)
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("Does your firm report events with an FDID?")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-01"}
    assert "`/cais status` names them all" in words_of(await slack.ben.types("/cais due purple elephants Dec 1"))
    await slack.ben.types("/cais due certification Dec 21")
    await slack.ben.presses("Your firm is certified for production")
    assert "*Date:* Monday, December 21, 2026" in words_of(slack.ben.last), "a word of the same stem is near"
    assert slack.refused() == []


async def test_what_an_answer_may_still_bring_takes_a_date_like_its_step_and_says_what_that_means(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    for typed in ("due s2 Dec 15", "due register for CAIS Dec 15", "due step 2 Dec 15", "due step 4 Dec 15"):
        said = words_of(await slack.ben.types(f"/cais {typed}"))
        assert "December 15, 2026" in said, typed
        assert ("depends on an answer still to come" in said) == ("register" not in typed), typed
    assert days((await position(services, key)).task_due) == {"s2": "2026-12-15"}
    assert "Register for CAIS" in words_of(await slack.ben.types("/cais due"))
    led = await slack.ben.types("/cais assign s2 to me")
    assert " yet: “Register for CAIS” depends on the answer to this question." in words_of(led)
    await slack.ben.presses("Yes", on=led)
    said = words_of(await slack.ben.types("/cais due s2 Dec 16"))
    assert "Wednesday, December 16, 2026" in said
    assert "depends on an answer" not in said
    assert slack.refused() == []


async def test_a_task_of_each_agent_takes_no_date_before_one_is_named_and_its_step_is_offered_that_day(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due s5 Dec 15")
    assert "comes once for each agent, and none is named yet" in words_of(asked)
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("Set step 5: Dec 15, 2026", on=asked)
    assert days((await position(services, key)).step_due) == {"5": "2026-12-15"}
    assert slack.refused() == []


async def test_of_two_agents_it_is_asked_which_also_while_the_question_that_brings_their_tasks_is_open(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await services.answer(key, Act(person(BEN), "button", "a1"), "fdid_duty", ["yes"])
    act = Act(person(BEN), "modal", "agents")
    apex, beta = (await services.add_agents(key, act, ["Apex Clearing", "Beta Bureau"])).position.agents
    asked = await slack.ben.types("/cais due s5 Dec 15")
    assert "*Tuesday, December 15, 2026* for which one? Nothing was set." in words_of(asked)
    titles = [f"Test relationship with your agent: {one.name}" for one in (apex, beta)]
    assert labels(asked) == titles
    assert (await position(services, key)).task_due == {}
    said = words_of(await slack.ben.types("/cais due test relationship with Beta Dec 17"))
    assert "Its reminders begin once it does" in said
    assert days((await position(services, key)).task_due) == {f"s5[{beta.id}]": "2026-12-17"}
    assert slack.refused() == []


@BOTH
@pytest.mark.parametrize(
    ("typed", "asks", "kept"),
    [
        ("s5 Dec 15", "*Tuesday, December 15, 2026* for which one?", "2026-12-15"),
        ("s5 next Friday", "“next Friday” for which one?", "2026-11-27"),
        ("s5 none", "No date for which one?", None),
        ("s5", "A date for which one? Open it and press *Set date*.", "2026-12-04"),
    ],
)
@pytest.mark.parametrize("agents", [2, 6])
async def test_where_it_is_asked_which_task_the_day_that_was_typed_is_kept(
    slack: Slack, services: Services, typed: str, asks: str, kept: str | None, agents: int
) -> None:
    key = await firm_of_ben(services)
    await services.answer(key, Act(person(BEN), "button", "a1"), "fdid_duty", ["yes"])
    names = [f"Agent {n}" for n in range(agents)]
    first = (await services.add_agents(key, Act(person(BEN), "modal", "m"), names)).position.agents[0]
    await services.set_task_due(key, Act(person(BEN), "modal", "d"), f"s5[{first.id}]", date(2026, 12, 4))
    title = f"Test relationship with your agent: {first.name}"
    asked = await slack.ben.types(f"/cais due {typed}")
    assert asks in words_of(asked)
    if agents > 4:
        await slack.ben.picks("Choose a task", title, on=asked)
    else:
        await slack.ben.presses(title, on=asked)
    if "next" in typed:
        await slack.ben.presses("Friday, November 27, 2026")
    found = days((await position(services, key)).task_due)
    assert found == ({f"s5[{first.id}]": kept} if kept else {})
    assert slack.refused() == []


async def test_every_example_of_the_page_about_dates_works_as_typed_for_a_new_firm(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    table = DATES_PAGE.read_text(encoding="utf-8").partition("| typed |")[2].partition("\n\n")[0]
    typed = re.findall(r"^\| `/cais ([^`]+)`", table, re.MULTILINE)
    assert len(typed) > 6
    for words in typed:
        mentioned = words.replace("@ben", f"<@{BEN}>").replace("@lea", f"<@{LEA}>")
        said = words_of(await slack.ben.types(f"/cais {mentioned}"))
        assert any(sign in said for sign in ("Recorded:", "a plan for", "your own dates")), (words, said)
        assert "Nothing was" not in said, words


async def test_a_date_of_every_year_is_kept_shown_and_removed(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types('/cais due "SAA yearly certification" every March 15')
    assert "Every March 15: SAA yearly certification" in words_of(shown)
    assert "Monday, March 15, 2027" in words_of(await slack.ben.types("/cais due"))
    await slack.ben.presses("Remove")
    assert (await position(services, key)).recurring == ()
    await slack.ben.presses("Undo")
    (kept,) = (await position(services, key)).recurring
    assert kept.name == "SAA yearly certification"
    await slack.ben.types('/cais due "saa yearly certification" none')
    assert (await position(services, key)).recurring == ()


async def test_a_date_of_every_year_that_is_set_anew_says_what_it_was_and_when_it_falls_next(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    first = words_of(await slack.ben.types('/cais due "SAA yearly certification" every March 15'))
    assert "Next: Monday, March 15, 2027." in first
    assert "Before, it was" not in first
    moved = words_of(await slack.ben.types('/cais due "SAA yearly certification" every April 1'))
    assert "Before, it was every March 15." in moved
    assert "Next: Thursday, April 1, 2027." in moved
    again = words_of(await slack.ben.types('/cais due "SAA yearly certification" every April 1'))
    assert "That is so already." in again
    assert "Before, it was" not in again
    spelled = words_of(await slack.ben.types('/cais due "SAA YEARLY certification" every April 1'))
    assert "Before, it was “SAA yearly certification”, every April 1." in spelled
    await slack.ben.presses("Undo")
    (kept,) = (await position(services, key)).recurring
    assert (kept.name, kept.month, kept.day) == ("SAA yearly certification", 4, 1)
    await services.reminders.finish_recurring(key, Act(person(BEN), "button", "done"), kept.id, date(2027, 4, 1))
    assert "Next: Saturday, April 1, 2028." in words_of(
        await slack.ben.types("due saa yearly certification every April 1")
    )


@pytest.mark.parametrize(
    "typed",
    [
        '"" every March 15',
        "“ ” every March 15",
        "'' every March 15",
        '"none" every March 15',
        "none every March 15",
        "clear every March 15",
        '"" none',
        '"" Dec 15',
        "every March 15",
    ],
)
async def test_a_date_of_every_year_is_called_something(slack: Slack, services: Services, typed: str) -> None:
    key = await firm_of_ben(services)
    assert "Give a date of every year a name of its own, like" in words_of(await slack.ben.types(f"/cais due {typed}"))
    now = await position(services, key)
    assert (now.recurring, dict(now.task_due)) == ((), {})


async def test_the_name_of_a_yearly_date_may_break_in_its_quotes(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types('due "SAA yearly\ncertification" every March 15')
    assert [r.name for r in (await position(services, key)).recurring] == ["SAA yearly certification"]


async def test_the_rest_of_a_yearly_name_is_no_question_about_a_task_and_every_year_is_offered(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    asked = await slack.ben.types("/cais due SAA yearly certification March 15")
    assert "No task of this firm is called “SAA yearly certification”, so nothing was set." in words_of(asked)
    each = await slack.ben.types("/cais due look at each agent Dec 15")
    assert "Every year" not in " ".join(labels(each))
    await slack.ben.presses("Every year: SAA yearly certification", on=asked)
    there = await position(services, key)
    assert [(r.name, r.month, r.day) for r in there.recurring] == [("SAA yearly certification", 3, 15)]
    assert dict(there.task_due) == {}
    assert slack.refused() == []


async def test_a_date_that_was_called_so_before_can_be_taken_off(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    for name in ('""', "none"):
        await services.set_recurring(key, Act(person(BEN), "command", name), name, 3, 15)
    await slack.ben.types('/cais due "" none')
    await slack.ben.types('/cais due "none" none')
    assert (await position(services, key)).recurring == ()


@pytest.mark.parametrize("name", ['"SAA"', "SAA", "“saa”"])
async def test_a_yearly_date_is_moved_and_taken_off_by_its_name_though_tasks_came_that_are_found_by_it(
    slack: Slack, services: Services, name: str
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types('/cais due "SAA" every March 15')
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types(f"/cais due {name} every March 20")
    assert [(r.name.casefold(), r.day) for r in (await position(services, key)).recurring] == [("saa", 20)]
    await slack.ben.types(f"/cais due {name} none")
    assert (await position(services, key)).recurring == ()
    assert "No date for which one?" in words_of(await slack.ben.types(f"/cais due {name} none"))


async def test_a_date_of_every_year_is_taken_off_as_it_was_set_without_quotes(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais due SAA yearly certification every March 15")
    one_day = await slack.ben.types("/cais due SAA yearly certification March 16")
    assert "For a date of every year, write `every March 15` behind it." in words_of(one_day)
    await slack.ben.types("/cais due saa yearly certification none")
    assert (await position(services, key)).recurring == ()


async def test_a_yearly_date_on_february_29_says_where_it_falls_in_other_years(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    echo = words_of(await slack.ben.types('/cais due "Leap check" every Feb 29'))
    assert "ℹ️ It falls on February 28 in years that have no 29th" in echo
    listed = words_of(await slack.ben.types("/cais due"))
    assert "*Leap check*: every February 29 (on February 28 in years that have no 29th)" in listed
    assert "Sunday, February 28, 2027: Leap check" in listed
    assert "in years that have no" not in words_of(await slack.ben.types('/cais due "Leap check" every Feb 28'))


async def test_a_task_takes_no_date_of_every_year_and_other_rhythms_are_refused(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    for typed, task in (("s1", "s1"), ('"FDID"', "FDID")):
        await slack.ben.types(f"/cais due {typed} every March 15")
        said = words_of(slack.ben.last)
        assert f"“{task}” is how a task is found here, and tasks are done once. Give a date" in said
        assert "a name of its own" in said
    await slack.ben.types('/cais due "Review" every Friday')
    assert "once a year" in words_of(slack.ben.last)
    await slack.ben.types('/cais due "a" every Feb 30')
    assert "There is no February 30. Nothing was set." in words_of(slack.ben.last)
    await slack.ben.types("/cais due every March 15")
    assert "a name of its own" in words_of(slack.ben.last)
    assert len(await history(services, key)) == 3


@pytest.mark.parametrize("why", ["expired_trigger_id", "exchanged_trigger_id"])
async def test_trigger_id_expired_the_form_for_a_date_says_so_and_opens_when_pressed_again(
    slack: Slack, services: Services, why: str
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    card = slack.ben.last
    slack.sandbox.faults({"method": "views.open", "kind": "refuse", "error": why, "times": 1})
    await slack.ben.presses("Set date")
    assert slack.ben.last["text"] == "Slack did not let me open the window in time. Please press it again."
    await slack.ben.presses("Set date", on=card)
    assert slack.ben.modal


async def test_blank_field_erases_nothing_while_the_buttons_on_the_card_set_and_clear_a_date(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Set date")
    assert (await slack.ben.submits({"day": "2026-11-20"}))["errors"]["day"].startswith("That day has passed")
    assert (await slack.ben.submits({"day": "2027-05-28"}))["ok"]
    assert "*Date:* Friday, May 28, 2027" in words_of(slack.ben.last)
    await slack.ben.presses("Set date", on=slack.ben.last)
    assert (await slack.ben.submits({"day": None}))["errors"] == {"day": "Pick a day."}
    assert (await slack.ben.submits({"day": None, "clear": ["yes"]}))["ok"]
    assert (await position(services, key)).task_due == {}


async def test_a_form_that_was_opened_before_somebody_else_set_the_date_changes_nothing(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Set date")
    await slack.lea.types("/cais due s1 Dec 15")
    assert (await slack.ben.submits({"day": "2027-05-28"}))["ok"]
    assert "Somebody set another date" in words_of(slack.ben.last)
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-15"}


async def test_a_question_that_was_left_lying_does_not_overwrite_what_was_set_since(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    target = await slack.ben.types("/cais target 4/5/2027")
    step = await slack.ben.types("/cais due step 4 4/5/2027")
    await slack.ben.types("/cais target May 28, 2027")
    await slack.ben.types("/cais due step 4 May 3, 2027")
    for asked in (target, step):
        await slack.ben.presses("Monday, April 5, 2027", on=asked)
        assert any("Somebody set another date" in words_of(m) for m in slack.ben.sees)
    kept = await position(services, key)
    assert kept.target is not None
    assert kept.target.isoformat() == "2027-05-28"
    assert days(kept.step_due) == {"4": "2027-05-03"}


async def publish(services: Services, deadline: str, on: date, title: str = "") -> None:
    value = Value(type="date", on=on)
    fact = DeadlineRevised(deadline, NOW.date(), NOW.date(), value, Source("A notice"), "It was published.", title)
    await services.record_for_workspace(TENANT, Act(Person("U0ANA", "Ana Ruiz", admin=True), "button", deadline), fact)


async def test_a_plan_that_does_not_fit_an_industry_date_to_come_says_which_tasks_come_after_it(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await services.answer(key, Act(person(BEN), "button", "a1"), "fdid_duty", ["yes"])
    assert "do not fit" not in words_of(await slack.ben.types("/cais plan May 28, 2027"))
    await publish(services, "cais_production_certification", date(2027, 5, 14))
    said = words_of(await slack.ben.types("/cais plan May 28, 2027"))
    assert "Request production certification, Friday, May 14, 2027\n⏱️ *The two do not fit.*" in said
    assert "In this plan, after that day: “Your firm is certified for production” (May " in said
    assert "production portal" not in said.partition("do not fit")[2].partition("An earlier target")[0], "no such task"
    await publish(services, "full_cais_compliance", date(2027, 5, 10))
    assert words_of(await slack.ben.types("/cais plan May 28, 2027")).count("The two do not fit.") == 2
    assert "do not fit" not in words_of(await slack.ben.types("/cais plan May 7, 2027"))
    assert slack.refused() == []


async def test_a_plan_names_an_industry_date_to_come_and_no_past_one(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    assert "Industry date" not in words_of(await slack.ben.types("/cais plan May 31, 2027"))
    await publish(services, "d1", date(2027, 4, 1), title="Phase 3")
    assert "Industry date: Phase 3, Thursday, April 1, 2027" in words_of(
        await slack.ben.types("/cais plan May 31, 2027")
    )


async def test_an_old_plan_does_not_overwrite_a_date_that_was_set_since(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais plan May 31, 2027")
    await slack.ben.types("/cais due s1 Dec 15")
    await slack.ben.presses("Accept", on=shown)
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-15"}


@pytest.mark.parametrize("what", ["task", "step", "target"])
async def test_a_date_that_is_set_while_a_plan_is_being_accepted_stays_and_the_new_plan_is_shown(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    shown = await slack.ben.types("/cais plan May 28, 2027")
    accept, lea = services.accept_plan, Act(person(LEA), "command", "meanwhile")

    async def after_lea(*said: Any, **more: Any) -> Result:
        if what == "task":
            await services.set_task_due(key, lea, "s1", date(2026, 12, 3))
        elif what == "step":
            await services.set_step_due(key, lea, "1", date(2026, 12, 3))
        else:
            await services.set_target(key, lea, date(2027, 4, 30))
        return await accept(*said, **more)

    monkeypatch.setattr(services, "accept_plan", after_lea)
    await slack.ben.presses("Accept", on=shown)
    assert (await history(services, key))[-1].actor == person(LEA).id, "nothing was set after what Lea set"
    assert "so nothing was set. This is how it would be now." in words_of(slack.ben.last)
    monkeypatch.setattr(services, "accept_plan", accept)
    if what == "target":
        await slack.ben.presses("Accept")
        assert (await position(services, key)).target == date(2027, 5, 28)
    assert slack.refused() == []


async def test_viewers_are_offered_no_dates_and_typed_ones_are_refused(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    await slack.ben.submits({"person": LEA, "role": "viewer"})
    shown = await slack.lea.types("/cais next")
    assert not {"Assign", "Set date"} & set(labels(shown))
    before = await history(services, key)
    for words in ("due s1 Dec 15", "target 5/28/2027", "assign s1 to me", "due step 4 Dec 15", "handover to <@U0BEN>"):
        await slack.lea.types(f"/cais {words}")
        assert "Only a" in words_of(slack.lea.last), words
    assert "Accept" not in labels(await slack.lea.types("/cais plan May 28, 2027"))
    assert await history(services, key) == before


async def test_who_was_made_a_viewer_fills_in_no_form_that_would_be_refused(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    card, plan = await slack.lea.types("/cais next"), await slack.lea.types("/cais plan May 28, 2027")
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "viewer")
    for message, button in ((plan, "Choose…"), (plan, "Another target…"), (card, "Set date"), (card, "Assign")):
        await slack.lea.presses(button, on=message)
        assert slack.lea.modal is None, button
        assert "you are a viewer. Nothing was changed." in words_of(slack.lea.last), button


@BOTH
async def test_a_plan_is_shown_first_saved_on_accept_as_one_click_and_undone_as_one(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais plan May 31, 2027")
    said = words_of(shown)
    assert "A proposal, not saved yet" in said
    assert "Memorial Day" in said
    before = await history(services, key)
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("Accept")
    after = await history(services, key)
    causes = {(row.cause or "").partition("+")[0] for row in after[len(before) :]}
    assert len(causes) == 1
    kept = await position(services, key)
    assert kept.target is not None
    assert set(kept.task_due) == {"s1"}
    assert "Monday, May 31, 2027" in words_of(slack.ben.last)
    await slack.ben.presses("Undo")
    undone = await position(services, key)
    assert (undone.target, dict(undone.task_due)) == (None, {})
    assert slack.refused() == []


@pytest.mark.parametrize("how", ["Undo", "/cais undo"])
async def test_undo_of_a_plan_of_which_one_date_was_changed_takes_the_others_back_and_names_that_one(
    slack: Slack, services: Services, how: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await services.answer(key, Act(person(BEN), "button", "a1"), "fdid_duty", ["yes"])
    await slack.ben.types("/cais plan May 31, 2027")
    await slack.ben.presses("Accept")
    plan = slack.ben.last
    assert len((await position(services, key)).task_due) > 2
    await slack.lea.types("/cais due s2 March 30, 2027")
    await (slack.ben.types(how) if how.startswith("/") else slack.ben.presses(how, on=plan))
    now = await position(services, key)
    assert (now.target, days(now.task_due)) == (None, {"s2": "2027-03-30"})
    said = words_of(slack.ben.last)
    assert "Undone:" in said
    left = "Set the date of “Register for CAIS” to Tuesday, March 30, 2027 (Lea Haddad, Nov 23, 2026"
    assert f"Left as it is, since it was changed after that: {left}" in said
    await slack.ben.presses("Redo")
    assert len((await position(services, key)).task_due) > 2
    assert slack.refused() == []


async def test_what_was_changed_since_is_named_with_the_firm_and_the_way_to_take_that_back(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais due s1 Dec 4")
    await slack.lea.types("/cais due s1 Dec 15")
    said = words_of(await slack.ben.types("/cais undo"))
    assert "Apex Securities" in said
    assert "Lea Haddad changed this again after that, so it was left as it is. Nothing was undone." in said
    assert "What came after: Set the date of “Does your firm report events with an FDID?” to Tuesday, Dec" in said
    await slack.ben.presses("Undo that entry")
    assert days((await position(services, key)).task_due) == {"s1": "2026-12-04"}
    assert slack.refused() == []


async def test_a_plan_leaves_dates_that_somebody_set_and_lines_that_are_not_ticked(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais due s2 Dec 15")
    shown = await slack.ben.types("/cais plan May 31, 2027")
    assert "These have a date, which stays" in words_of(shown)
    await slack.ben.presses("Choose…")
    assert "Tick at least one" in str(await slack.ben.submits({"lines0": []}))
    assert slack.ben.modal is not None
    (boxes,) = [b["element"] for b in slack.ben.modal["blocks"] if b.get("block_id") == "lines0"]
    offered, ticked = ([o["value"] for o in boxes[given]] for given in ("options", "initial_options"))
    assert ticked == offered[1:], "all but the one that has a date"
    await slack.ben.submits({"lines0": ticked[:1]})
    after = days((await position(services, key)).task_due)
    assert len(after) == 2
    assert after["s2"] == "2026-12-15"
    await slack.ben.types("/cais plan May 31, 2027")
    await slack.ben.presses("Accept")
    after = days((await position(services, key)).task_due)
    assert set(after) >= {"s2", "s3e", "s3", "s4"}
    assert after["s2"] == "2026-12-15", "nobody asked to move it"
    shown = await slack.ben.types("/cais plan June 30, 2027")
    assert "Every open task has a date already" in words_of(shown)
    assert "Accept" not in labels(shown)
    await slack.ben.presses("Choose…")
    await slack.ben.submits({"lines0": ["0"]})
    assert days((await position(services, key)).task_due)["s2"] != "2026-12-15", "ticked, so it was asked for"
    await slack.ben.presses("Undo")
    assert days((await position(services, key)).task_due) == after
    assert slack.refused() == []


async def test_a_plan_for_another_day_than_the_target_is_headed_so_and_says_that_it_becomes_the_target(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    new = words_of(await slack.ben.types("/cais plan June 30, 2027"))
    assert "A plan for Jun 30, 2027\n" in new
    assert "That day becomes your target, too, once you accept it." in new
    await slack.ben.types("/cais target May 28, 2027")
    other = words_of(await slack.ben.types("/cais plan June 30, 2027"))
    assert "That day becomes your target, too, once you accept it; so far it is Friday, May 28, 2027." in other
    same = words_of(await slack.ben.types("/cais plan"))
    assert "A plan for your target\n" in same
    assert "becomes your target" not in same


async def test_a_date_that_stays_and_leaves_a_wait_too_little_is_said_before_and_after_accept(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    assert "Less time than usual" not in words_of(await slack.ben.types("/cais plan June 30, 2027"))
    await slack.ben.types("/cais due s2 Dec 10")
    await slack.ben.types("/cais due s3e Dec 11")
    line = "test portal: 1 trading day after “Register for CAIS”, usually 5 trading days"
    shown = words_of(await slack.ben.types("/cais plan June 30, 2027"))
    assert line in shown
    await slack.ben.presses("Accept")
    assert line in words_of(slack.ben.last)
    assert "The plan is set" in words_of(slack.ben.last)
    await slack.ben.types("/cais due s3e Dec 1")
    shown = words_of(await slack.ben.types("/cais plan June 30, 2027"))
    assert "test portal: before “Register for CAIS” (Dec 10, 2026), which comes first" in shown
    assert slack.refused() == []


async def test_a_target_before_dates_that_are_set_says_which_and_what_to_do(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais due s2 July 1, 2027")
    await slack.ben.types("/cais due s3e July 15, 2027")
    assert "after the target" not in words_of(await slack.ben.types("/cais target July 15, 2027"))
    said = words_of(await slack.ben.types("/cais target in 2 weeks"))
    last = "“Your SAA has Administrator access to the test portal” (Jul 15, 2027) and 1 more"
    assert f"Dated after the target: {last}" in said
    assert "`/cais due s3e` and a day moves one" in said
    planned = words_of(await slack.ben.types("/cais plan June 30, 2027"))
    assert "*After the target:* “Register for CAIS” (Jul 1, 2027), “Your SAA has" in planned
    assert "*Choose…* moves those you tick" in planned
    assert slack.refused() == []


@pytest.mark.parametrize("words", ["asap", "earliest", "as soon as possible", "the earliest date"])
async def test_the_earliest_plan_there_is_can_be_asked_for(slack: Slack, services: Services, words: str) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    said = words_of(await slack.ben.types(f"/cais plan {words}"))
    assert "is the earliest day by which all that is open now can be done" in said
    await slack.ben.presses("Accept")
    kept = await position(services, key)
    assert kept.target is not None
    earlier = words_of(await slack.ben.types(f"/cais plan {kept.target - timedelta(1)}"))
    assert "leaves less time than these tasks usually take" in earlier


async def test_on_the_first_day_the_earliest_plan_says_how_much_later_it_is_with_all_that_may_come(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    more = "More tasks may come with your answers: with all that can come it is about *Thursday, December 31, 2026*."
    said = words_of(await slack.ben.types("/cais plan earliest"))
    assert f"going by the usual days. {more}" in said
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    await services.answer(key, Act(BEN_COLE, "button", "a2"), "methods", ["ui"])
    assert "More tasks may come with" not in words_of(await slack.ben.types("/cais plan earliest"))


async def test_tomorrow_is_asked_about_where_it_is_another_day_for_who_types(tmp_path: Path, pack: Pack) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-24", 1)) as world:
        users = world.slack.sandbox.slack.workspace.users
        users[CONRAD]["tz"] = "America/Los_Angeles"  # ten in the evening, on Monday
        await world.slack.bot.people.meet(TENANT, CONRAD, person(CONRAD).id)
        key = (await a_firm(world.services, "Apex Securities", CONRAD, **{BEN: "member"})).key
        conrad = world.slack.person(CONRAD)
        asked = await conrad.types("/cais due s1 tomorrow")
        here = "It is Monday, November 23, 2026 where you are, and Tuesday, November 24, 2026 for your firm."
        assert f"{here} Which day do you mean? Nothing was set." in words_of(asked)
        assert labels(asked)[:2] == ["Tuesday, November 24, 2026", "Wednesday, November 25, 2026"]
        await conrad.presses("Tuesday, November 24, 2026", on=asked)
        assert days((await position(world.services, key)).task_due) == {"s1": "2026-11-24"}
        for typed in ("target in 3 weeks", "plan in 3 months"):
            assert here in words_of(await conrad.types(f"/cais {typed}"))
        await conrad.types("/cais target May 28, 2027")
        assert (await position(world.services, key)).target == date(2027, 5, 28)
        assert world.slack.refused() == []


@pytest.mark.parametrize("command", ["plan", "target"])
async def test_a_target_that_could_not_be_read_can_be_picked(slack: Slack, services: Services, command: str) -> None:
    await firm_of_ben(services)
    asked = await slack.ben.types(f"/cais {command} whenever")
    assert "I could not read a date" in words_of(asked)
    await slack.ben.presses("Choose a target…", on=asked)
    assert (await slack.ben.submits({"day": "2027-05-28"}))["ok"]
    assert "Friday, May 28, 2027" in words_of(slack.ben.last)


async def test_an_old_plan_is_not_accepted_once_things_have_changed(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais plan May 31, 2027")
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Accept", on=shown)
    assert "Things have changed" in words_of(slack.ben.sees[-2])
    assert (await position(services, key)).task_due == {}


async def test_an_impossible_target_is_said_kindly_with_the_earliest_one(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    shown = await slack.ben.types("/cais plan in 3 days")
    assert "earliest you can plan for" in words_of(shown)
    assert "Accept" not in labels(shown)
    await slack.ben.presses(next(label for label in labels(shown) if label.startswith("Plan for ")))
    await slack.ben.presses("Accept")
    assert set((await position(services, key)).task_due) >= {"s2", "s3e", "s3", "s4"}


async def test_a_plan_without_a_target_asks_for_one_and_saves_nothing(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais plan")
    assert "Which day is that?" in words_of(shown)
    await slack.ben.presses("Choose a target…")
    await slack.ben.submits({"day": "2027-05-28"})
    assert "Accept" in labels(slack.ben.last)
    assert (await position(services, key)).target is None


async def test_the_target_is_typed_picked_and_taken_off(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    assert "Friday, May 28, 2027" in words_of(await slack.ben.types("/cais target May 28 2027"))
    await slack.ben.types("/cais target")
    assert (await slack.ben.submits({"day": "2027-06-30"}))["ok"]
    kept = await position(services, key)
    assert kept.target is not None
    assert kept.target.isoformat() == "2027-06-30"
    await slack.ben.types("/cais target none")
    assert (await position(services, key)).target is None


async def test_whoever_reads_in_another_zone_sees_both(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais")  # after which Slack has said that Ben is in Chicago
    shown = await slack.ben.types("/cais due s1 May 31, 2027")
    assert "Monday, May 31, 2027; ends 11:59 PM New York time (10:59 PM Chicago time)" in words_of(shown)
    assert "No trading day (Memorial Day)" in words_of(shown)


async def test_a_date_set_in_a_channel_is_only_seen_by_who_set_it(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = slack.ben.at(COMPLIANCE)
    await ben.types("/cais due s1 Dec 15")
    assert "December 15" in words_of(ben.last)
    assert all("December 15" not in words_of(m) for m in slack.lea.at(COMPLIANCE).sees)


async def test_status_home_and_the_short_view_show_dates(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais due s1 Dec 15")
    await slack.ben.types("/cais assign s1 to me")
    assert "Ben Cole (you), by Dec 15, 2026" in words_of(await slack.ben.types("/cais status"))
    where = words_of(await slack.ben.types("/cais"))
    assert "*Yours:* Does your firm report events with an FDID? (by Dec 15, 2026)" in where
    home = await slack.ben.opens_home()
    assert home is not None
    assert "🗓️ By Dec 15, 2026" in words_of(home)
    assert "Next date" not in words_of(home), "what stands among one's own tasks is not said again"


async def test_the_same_command_delivered_twice_sets_one_date(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais due s1 Dec 15")
    await slack.ben.types("/cais due s1 Dec 15")
    assert "That is set already." in words_of(slack.ben.last)
    assert [row.type for row in await history(services, key)].count("task_due_set") == 1
    assert BEN


@pytest.mark.parametrize("words", ["plan May 28, 9990", "target May 28, 9990"])
async def test_a_day_in_the_year_9990_is_refused_before_anything_is_reckoned_up_to_it(
    slack: Slack, services: Services, words: str
) -> None:
    key = await firm_of_ben(services)
    assert "more than 10 years off. Check the year." in words_of(await slack.ben.types(f"/cais {words}"))
    assert (await position(services, key)).target is None


async def test_a_target_too_far_off_is_refused_beside_its_field_in_the_settings(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais firm settings")
    assert "10 years off" in (await slack.ben.submits({"target": "9999-12-31"}))["errors"]["target"]


async def test_a_wait_that_an_earlier_version_kept_until_the_year_9999_hides_no_other(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await firm_of_ben(services)
    with monkeypatch.context() as earlier:
        earlier.setattr("flows.progress.must_not_be_far_off", lambda day, today: None)
        act = Act(person(BEN), "modal")
        await services.wait(key, act, "s1", whom="Helpdesk", follow_up_on=date(9999, 12, 31))
    shown = words_of(await slack.ben.types("/cais waiting"))
    assert "Helpdesk" in shown
    assert slack.refused() == []
