"""Questions about dates: what an industry date is by now."""

from datetime import date

import pytest

from flows.asking import Question
from flows.deadlines import Source, Value
from flows.firms import Person
from flows.services import Act, Services
from flows.workspace import DeadlineRevised, Withdrawn
from tests.bot.conversing import BEN, Slack, words_of
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
    assert QUOTED in said
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
