"""Questions about dates: what an industry date is by now, what the firm's own are, and whether one is late."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.bootstrap import build_router, build_services
from flows.asking import Question
from flows.deadlines import Source, Value
from flows.firms import Person
from flows.position import Position
from flows.questions.asking import Asker
from flows.roadmap import Pack
from flows.services import Act, Services
from flows.workspace import DeadlineRevised, Withdrawn
from storage.database import open_database
from tests.bot.conftest import NOW, bot_in_slack, shipped_asker
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person

PAST = "May 31, 2024 was the industry date"
QUOTED = "“Specifically, by May 31, 2024, all Industry Members (Large and Small) must be fully compliant"
NOW_WORDS = "Full CAIS compliance, as it stands now: Thursday, May 20, 2027."
ADMIN = Person("slack:-/T0SANDBOX/U0ANA", "Ana Ruiz", admin=True)


async def moves(services: Services, value: Value, deadline: str = "full_cais_compliance", tenant: str = TENANT) -> None:
    """A workspace admin enters what was announced on November 20, 2026."""
    source = Source("CAT Alert 2026-09", "https://www.catnmsplan.com/cat-alerts")
    fact = DeadlineRevised(deadline, date(2026, 11, 20), date(2026, 11, 20), value, source, "Moved once more.")
    await services.record_for_workspace(tenant, Act(ADMIN, "button", f"{deadline} {value}"), fact)


# --- an industry date that was moved --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["when is the full CAIS compliance deadline?", "how long do we have until full compliance?", "the compliance date"],
)
async def test_beside_the_roadmaps_date_stands_what_it_is_now_and_where_that_was_said(
    slack: Slack, services: Services, question: str
) -> None:
    await moves(services, Value("date", date(2027, 5, 20)))
    said = words_of(await slack.ben.types(question))
    assert "The roadmap says: May 31, 2024." in said
    assert said.index(f"*{NOW_WORDS}*") < said.index(QUOTED), "the quote stays as it is, below what is asked"
    assert NOW_WORDS in said
    assert "Announced Nov 20, 2026. Source: <https://www.catnmsplan.com/cat-alerts|CAT Alert 2026-09>" in said
    assert "added by Ana Ruiz" in said
    assert "`/cais deadlines` has its story." in said
    assert "passed" not in said
    assert NOW_WORDS in slack.ben.last["text"], "phones show it, too"
    assert slack.refused() == []


async def test_of_two_readings_each_says_what_its_date_is_now(slack: Slack, services: Services) -> None:
    await moves(services, Value("date", date(2027, 5, 20)))
    await a_firm(services, "Apex Securities", BEN)
    said = words_of(await slack.ben.types("what is the industry date?"))
    assert NOW_WORDS in said
    assert PAST not in said
    assert "That date no longer helps a firm starting now." in said, "the other one was not moved"
    await slack.ben.presses("Show the first")
    said = words_of(slack.ben.last)
    assert NOW_WORDS in said
    assert PAST not in said
    assert "Your firm has set no target date yet" in said


async def test_no_yes_and_no_passing_is_said_of_a_date_that_was_moved(slack: Slack, services: Services) -> None:
    await moves(services, Value("tbd", not_before=date(2027, 5, 1)))
    said = words_of(await slack.ben.types("is the compliance date May 31, 2024?"))
    assert "Yes" not in said
    assert "as it stands now: to be announced, not before May 1, 2027." in said


async def test_a_date_that_was_moved_and_has_passed_is_shown_for_reference(slack: Slack, services: Services) -> None:
    await moves(services, Value("date", date(2025, 5, 20)))
    said = words_of(await slack.ben.types("when is the full CAIS compliance deadline?"))
    assert "Tuesday, May 20, 2025. It has passed and is shown for reference." in said
    assert PAST not in said


async def test_a_revision_taken_back_or_of_another_workspace_is_not_heard_of(slack: Slack, services: Services) -> None:
    await moves(services, Value("date", date(2027, 5, 20)), tenant="-/T0ELSEWHERE")
    said = words_of(await slack.ben.types("when is the full CAIS compliance deadline?"))
    assert PAST in said
    assert "as it stands now" not in said
    await moves(services, Value("date", date(2027, 5, 20)))
    await services.record_for_workspace(TENANT, Act(ADMIN, "button", "back"), Withdrawn(1))
    said = words_of(await slack.ben.types("when is the full CAIS compliance deadline?"))
    assert PAST in said
    assert "as it stands now" not in said


async def test_what_is_kept_of_the_answer_says_what_the_date_was_by_then(services: Services) -> None:
    await moves(services, Value("date", date(2027, 5, 20)))
    asking = Question("when is the full CAIS compliance deadline?")
    reply = await services.asking.ask(TENANT, Act(person(BEN), "message", "asked"), None, asking)
    assert reply.asked is not None
    kept = await services.asking.pick(TENANT, Act(person(BEN), "button", "picked"), None, reply.asked.id, 0)
    for asked in (reply.asked, kept.asked):
        assert asked is not None
        assert f"{NOW_WORDS} Announced Nov 20, 2026. Source: CAT Alert 2026-09." in asked.said


# --- the firm's own dates -------------------------------------------------------------------------------------

NEW_FIRM = (
    "You are starting after the industry dates. Nothing here is marked late. Set a target date for each step, ideally "
    "before your first order with an FDID."
)
REFERENCE = (
    "May 31, 2024 was the industry date for full CAIS compliance. It has passed and the duty has applied since then."
)
JUDGES = re.compile(r"overdue|\blate\b|missed|\bYes\b|\bNo\b", re.IGNORECASE)


async def firm_with_dates(services: Services) -> Position:
    """Ben's firm, led by Lea: a target to come, a date of step 2 that has passed, and one of a task to come."""
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    act = Act(person(LEA), "button", "dates")
    await services.set_target(firm.key, act, date(2027, 3, 31))
    await services.set_task_due(firm.key, replace(act, cause="s1"), "s1", date(2026, 11, 27))
    return (await services.set_step_due(firm.key, replace(act, cause="s2"), "2", date(2026, 12, 15))).position


async def nothing_waits(services: Services, firm: Position) -> bool:
    return (await services.queue.waiting(Act(person(LEA), "button", "look"), firm)).waiting == ()


@pytest.mark.parametrize(
    "question",
    ["when is our target?", "when is s2 due?", "what is due this week?", "my dates", "/cais ask what is due next?"],
)
async def test_the_firms_own_dates_are_shown_and_no_lead_is_asked(
    slack: Slack, services: Services, question: str
) -> None:
    firm = await firm_with_dates(services)
    await slack.ben.types("/cais")
    said = words_of(await slack.ben.types(question))
    own = words_of(await slack.ben.types("/cais due"))
    assert own.partition("\n")[2] in said, "as `/cais due` shows them"
    assert "Wednesday, March 31, 2027" in said
    assert "Tuesday, December 15, 2026: step 2" in said
    assert f"❓ “{question.removeprefix('/cais ask ')}”" in said
    assert "Helpdesk" not in said
    assert "Your target: Wednesday, March 31, 2027" in slack.ben.sees[-2]["text"], "phones show it, too"
    assert await nothing_waits(services, firm)
    assert slack.refused() == []


async def test_a_question_about_own_dates_from_a_card_leaves_the_card(slack: Slack, services: Services) -> None:
    await firm_with_dates(services)
    await slack.ben.types("/cais next")
    card = len(slack.ben.sees)
    await slack.ben.presses("Ask…")
    await slack.ben.submits({"question": "what are my dates?"})
    assert "Your target:* Wednesday, March 31, 2027" in words_of(slack.ben.last)
    assert "Step 1 of 6" in words_of(slack.ben.sees[card - 1])


async def test_without_a_firm_it_is_said_as_by_other_commands(slack: Slack, services: Services) -> None:
    for question in ("when is our target?", "are we late?"):
        said = words_of(await slack.ben.types(f"/cais ask {question}"))
        assert f"`ask {question}` needs a firm first, so nothing was recorded." in said
    said = words_of(await slack.ben.types("has the compliance deadline passed?"))
    assert REFERENCE in said


async def test_where_no_firm_is_meant_it_is_asked_and_the_question_goes_on(slack: Slack, services: Services) -> None:
    await firm_with_dates(services)
    await a_firm(services, "Birch Brokers", LEA, U0BEN="member")
    asked = await slack.ben.types("/cais ask when is our target?")
    assert {"Apex Securities", "Birch Brokers"} <= set(labels(asked))
    await slack.ben.presses("Apex Securities")
    assert "Wednesday, March 31, 2027" in words_of(slack.ben.last)


@pytest.mark.parametrize(
    "question",
    ["are we late?", "did we miss the deadline?", "what is overdue", "is my firm overdue?", "has the deadline passed?"],
)
async def test_a_new_firm_is_told_that_nothing_is_marked_and_which_of_its_own_dates_have_passed(
    slack: Slack, services: Services, question: str
) -> None:
    firm = await firm_with_dates(services)
    said = words_of(await slack.ben.types(question))
    assert NEW_FIRM in said
    assert REFERENCE in said
    assert "None of your firm's own dates has passed." in said
    assert "Wednesday, March 31, 2027" in said
    assert "penalties" not in said
    assert "Helpdesk" not in said
    assert not JUDGES.search(said.replace(NEW_FIRM, "").replace(question, ""))
    assert NEW_FIRM in slack.ben.last["text"]
    assert await nothing_waits(services, firm)
    assert slack.refused() == []


async def test_certification_is_answered_with_its_own_date(slack: Slack, services: Services) -> None:
    await firm_with_dates(services)
    said = words_of(await slack.ben.types("is certification late?"))
    assert "That date no longer helps a firm starting now." in said
    assert NEW_FIRM in said
    assert REFERENCE not in said


async def test_own_dates_that_have_passed_are_said_to_have_passed(pack: Pack, tmp_path: Path) -> None:
    time = [NOW]
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/later.db") as database:
        services = build_services(database, pack, lambda: time[0], engine=engine)
        await firm_with_dates(services)
        time[0] += timedelta(days=30)
        async with bot_in_slack("http", services, build_router()) as slack:
            said = words_of(await slack.ben.types("are we late?"))
    assert "2 of your firm's own dates have passed." in said
    assert "Tuesday, December 15, 2026, which has passed: step 2" in said


async def engine() -> Asker:
    return shipped_asker()


async def test_a_firm_that_reports_already_is_told_that_it_is_not_judged(slack: Slack, services: Services) -> None:
    firm = await firm_with_dates(services)
    await services.settle(firm.key, Act(person(LEA), "button", "settle"), situation="reporting")
    said = words_of(await slack.ben.types("are we overdue?"))
    assert "whether a firm met one is not judged here" in said
    assert REFERENCE in said
    assert "You are starting" not in said


async def test_of_a_date_that_was_moved_nobody_is_told_that_it_has_passed(slack: Slack, services: Services) -> None:
    await moves(services, Value("date", date(2027, 5, 20)))
    await firm_with_dates(services)
    said = words_of(await slack.ben.types("has the deadline passed?"))
    assert "Industry date: Full CAIS compliance, Thursday, May 20, 2027" in said
    assert "You are starting after" not in said
    assert PAST not in said


@pytest.mark.parametrize("deadline", ["full_cais_compliance", "fdid_refresh"])
async def test_who_starts_before_an_industry_date_is_not_told_to_start_after_them(
    slack: Slack, services: Services, deadline: str
) -> None:
    await slack.ben.types("/cais firm new")
    await slack.ben.submits({"name": "Early Securities", "situation": "new", "precheck": "yes"})
    assert NEW_FIRM in words_of(slack.ben.last)
    await moves(services, Value("date", date(2027, 6, 10)), deadline)
    await slack.ben.types("/cais firm new")
    fields = {"name": "Later Capital", "situation": "new", "precheck": "yes", "target": "2027-10-01"}
    await slack.ben.submits(fields)
    assert "Your own target lies after it" in words_of(slack.ben.last)
    assert "Later Capital is set up. You walk the roadmap from step 1" in words_of(slack.ben.last)
    await slack.ben.presses("Next")
    for typed in ("", "next", "step 1", "due s1 Dec 15", "ask are we late?"):
        said = words_of(slack.ben.last)
        assert "You are starting after" not in said, typed
        await slack.ben.types(f"/cais {typed}")
    assert "Industry dates are shown for reference" in words_of(slack.ben.last)


async def test_what_was_asked_is_kept_with_what_was_said(slack: Slack, services: Services) -> None:
    firm = await firm_with_dates(services)
    await slack.ben.types("are we late?")
    [kept] = (await services.exports.all_of([firm.key], "json", "Ben Cole")).firms[0].asked
    assert (kept.question, kept.outcome, kept.waiting) == ("are we late?", "firm", False)
    assert "None of your firm's own dates has passed." in kept.said
