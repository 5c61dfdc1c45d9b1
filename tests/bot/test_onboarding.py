"""From nothing to the first card: the invitation, the set-up modal, and what it refuses."""

import asyncio
from datetime import UTC, datetime

import pytest

from flows.services import Services
from tests.bot.conversing import BEN, CLIENTS, COMPLIANCE, LEA, Json, Slack, labels, words_of

TENANT = "-/T0SANDBOX"


async def set_up(someone: object, name: str = "Apex Securities", **fields: object) -> Json:
    """Sets a firm up through `/cais firm new`, and returns what the modal said."""
    await someone.types("/cais firm new")  # type: ignore[attr-defined]
    given = {"name": name, **fields}
    answer: Json = await someone.submits(given)  # type: ignore[attr-defined]
    return answer


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_newcomer_comes_from_nothing_to_the_first_card(slack: Slack) -> None:
    said = await slack.ben.types("/cais")
    assert "Welcome" in said["text"]
    await slack.ben.presses("Set up your firm")
    answer = await slack.ben.submits({"name": "Apex Securities", "situation": "new", "precheck": "yes"})
    assert answer["ok"], answer
    welcome = words_of(slack.ben.last)
    assert "*Apex Securities* is set up." in welcome
    assert "Lead: Ben Cole" in welcome
    assert "Nothing here is marked late" in welcome
    assert "`/cais plan` proposes them all" in welcome
    before = len(slack.ben.sees)
    await slack.ben.presses("Next")
    assert "Step 1 of 6" in words_of(slack.ben.last)
    assert len(slack.ben.sees) == before, "the walk happens in one message"
    assert slack.refused() == []


async def test_the_question_beside_the_roadmap_is_asked_before_the_first_card_if_the_form_left_it_open(
    slack: Slack, services: Services
) -> None:
    await set_up(slack.ben)
    welcome = slack.ben.last
    assert "*Before you begin:* Is transaction onboarding done" in words_of(welcome)
    assert labels(welcome) == ["Yes", "No", "Not sure", "Next"]
    await slack.ben.presses("No")
    said = words_of(slack.ben.last)
    assert "*Recorded:* Transaction onboarding done: no." in said
    assert "The roadmap does not describe it." in said
    assert "Step 1 of 6" in said
    assert "Is transaction onboarding done" not in words_of(await slack.ben.types("/cais next"))
    await slack.ben.presses("Yes")
    assert "Step 2 of 6" in words_of(slack.ben.last)


async def test_the_question_beside_the_roadmap_stops_nobody(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    card = slack.ben.last
    assert "Step 1 of 6" in words_of(card)
    assert labels(card).count("Yes") == 1, "one thing is asked at a time"


async def test_a_practice_run_before_the_industry_dates_is_not_told_they_have_passed(
    slack: Slack, services: Services
) -> None:
    services.clock = lambda: datetime(2021, 11, 22, 14, 0, tzinfo=UTC)
    await set_up(slack.ben)
    said = words_of(slack.ben.last)
    assert services.pack.wording.new_firm not in said
    assert "You walk the roadmap from step 1" in said


async def test_the_welcome_takes_the_place_of_the_invitation(slack: Slack) -> None:
    await slack.ben.types("next")
    before = len(slack.ben.sees)
    await slack.ben.presses("Set up your firm")
    await slack.ben.submits({"name": "Apex Securities"})
    assert len(slack.ben.sees) == before


async def test_a_second_person_is_told_that_firms_exist_and_not_which(slack: Slack) -> None:
    await set_up(slack.ben)
    said = words_of(await slack.lea.types("/cais next"))
    assert "you are not a member of any" in said
    assert "Apex" not in said


async def test_whoever_has_no_firm_yet_is_not_offered_another_one(slack: Slack) -> None:
    said = words_of(await slack.ben.types("firm new Apex"))
    assert "Press the button to set up a firm." in said


async def test_the_same_submission_twice_is_one_firm(slack: Slack, services: Services) -> None:
    await slack.ben.types("/cais firm new")
    view = slack.ben.modal
    assert view is not None
    values = {"name": {"value": {"type": "plain_text_input", "value": "Apex"}}}
    await asyncio.gather(*[slack.sandbox.submit(BEN, view, values) for _ in range(2)])
    await slack.settled()
    assert len(await services.directory.all_firms(TENANT)) == 1


async def test_the_same_submission_by_somebody_else_is_told_nothing_of_the_firm(
    slack: Slack, services: Services
) -> None:
    await set_up(slack.ben)
    sent = next(s["payload"] for s in reversed(slack.sandbox.sent) if s["payload"].get("type") == "view_submission")
    calls = len(slack.sandbox.calls)
    await slack.sandbox.replay({**sent, "user": {**sent["user"], "id": LEA, "username": "lea", "name": "lea"}})
    await slack.settled()
    assert "Apex" not in str([call.args for call in slack.sandbox.calls[calls:]])
    assert (await services.directory.sight(TENANT, f"slack:{TENANT}/{LEA}")).current == ""


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ({"name": "   "}, "name"),
        ({"name": "/cais next"}, "name"),
        ({"name": "Apex 123-45-6789"}, "name"),
        ({"target": "2026-11-23"}, "target"),
        ({"target": "2020-01-01"}, "target"),
    ],
)
async def test_a_wrong_field_says_so_and_what_was_typed_stays(
    slack: Slack, services: Services, fields: Json, block: str
) -> None:
    await slack.ben.types("/cais firm new")
    answer = await slack.ben.submits({"name": "Apex", **fields})
    assert list(answer["errors"]) == [block]
    assert slack.ben.modal is not None
    assert not await services.directory.all_firms(TENANT)


async def test_a_name_one_has_already_is_refused_at_the_name(slack: Slack) -> None:
    await set_up(slack.ben, "Apex Securities")
    answer = await set_up(slack.ben, "  apex   securities ")
    assert "You already have a firm called" in answer["errors"]["name"]


async def test_another_lead_leads_and_whoever_set_it_up_is_a_member(slack: Slack, services: Services) -> None:
    await slack.lea.types("/cais")
    await set_up(slack.ben, lead=LEA, channel=COMPLIANCE, target="2027-03-01", situation="reporting")
    said = words_of(slack.ben.last)
    assert "Lead: Lea Haddad" in said
    assert "March 1, 2027" in said
    assert "Already done" in said
    [firm] = await services.directory.all_firms(TENANT)
    position = await services.events.position(firm.key)
    assert position is not None
    assert {m.name: m.role for m in position.members.values()} == {"Ben Cole": "member", "Lea Haddad": "lead"}
    said = words_of(await slack.lea.at(COMPLIANCE).types("/cais firm"))
    assert "Your role: lead" in said


async def test_a_firm_that_changes_agent_is_asked_for_the_names(slack: Slack) -> None:
    await set_up(slack.ben, situation="changing")
    assert "Name the agents that change" in labels(slack.ben.last)
    await slack.ben.presses("Name the agents that change")
    assert slack.ben.modal is not None


async def test_a_channel_of_another_firm_is_not_taken_over(slack: Slack) -> None:
    await set_up(slack.ben, channel=CLIENTS)
    answer = await set_up(slack.lea, "Birch Brokers", channel=CLIENTS)
    assert "linked to another firm" in answer["errors"]["channel"]
    assert "Apex" not in str(answer)


async def test_words_in_a_message_get_a_button_instead_of_a_window(slack: Slack) -> None:
    await slack.ben.types("firm new Apex Capital")
    await slack.ben.presses("Set up a firm")
    assert slack.ben.modal is not None
    assert slack.ben.modal["blocks"][0]["element"]["initial_value"] == "Apex Capital"


@pytest.mark.parametrize("before", ["", "/cais "])
async def test_a_name_that_is_too_long_is_refused_and_not_cut(slack: Slack, before: str) -> None:
    said = words_of(await slack.ben.types(f"{before}firm new {'Apex ' * 20}"))
    assert "A firm's name may have 80 characters at most. Use a shorter one." in said
    assert slack.ben.modal is None


async def test_names_notify_nobody_and_show_as_typed(slack: Slack) -> None:
    await set_up(slack.ben, "A <!channel> & *Sons* <@U0LEA>")
    for said in (slack.ben.last, await slack.ben.types("/cais firm"), await slack.ben.types("/cais next")):
        assert "<!channel>" not in str(said)
        assert "<@U0LEA>" not in str(said)
        assert "&lt;!channel&gt; &amp; " in str(said)
