"""People talk to the bot: every way in, every kind of answer, over both transports."""

from collections.abc import AsyncIterator
from typing import cast

import pytest

from flows.roadmap import Pack
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, COMPLIANCE, GENERAL, Slack, words_of
from tests.bot.tiny import tiny_router


@pytest.fixture(scope="module")
def pack() -> Pack:
    return cast(Pack, None)  # these listeners read no roadmap


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def slack(transport: str, services: Services) -> AsyncIterator[Slack]:
    async with bot_in_slack(transport, services, tiny_router()) as workspace:
        yield workspace
        assert workspace.refused() == []


async def test_a_command_in_a_channel_is_answered_for_the_asker_alone(slack: Slack) -> None:
    said = await slack.ben.at(GENERAL).types("/cais CARD, two words")
    assert said["text"] == "ben said 'two words', direct False, cause True"
    assert said["ephemeral_to"] == BEN


async def test_a_command_in_the_dm_with_the_app_is_answered_plainly(slack: Slack) -> None:
    said = await slack.ben.types("/cais")
    assert "ephemeral_to" not in said
    assert "said ''" in said["text"]


async def test_words_in_a_dm_work_with_and_without_the_slash(slack: Slack) -> None:
    assert "'x'" in (await slack.ben.types("card x"))["text"]
    assert "'y'" in (await slack.ben.types("<@U0CAIS> Card y!"))["text"]
    said = await slack.ben.types("cais")
    assert "said ''" in said["text"]
    assert "direct True" in said["text"]


async def test_a_reply_in_a_thread_stays_in_the_thread(slack: Slack) -> None:
    first = await slack.ben.types("card")
    answer = await slack.ben.types("card", thread=first["ts"])
    assert answer["thread_ts"] == first["ts"]


async def test_a_mention_is_answered_for_the_asker_alone(slack: Slack) -> None:
    said = await slack.ben.at(COMPLIANCE).types("<@U0CAIS>: card please do")
    assert "'please do'" in said["text"]
    assert said["ephemeral_to"] == BEN


async def test_unknown_words_are_offered_what_is_near(slack: Slack) -> None:
    said = await slack.ben.types("crad one")
    assert said["text"] == "Unknown 'crad one', near ('card',)"


@pytest.mark.parametrize("channel", [GENERAL, ""])
async def test_a_pressed_card_becomes_the_answer(slack: Slack, channel: str) -> None:
    ben = slack.ben.at(channel) if channel else slack.ben
    await ben.types("/cais card")
    before = len(ben.sees)
    assert (await ben.presses("Replace"))["ok"]
    assert ben.last["text"] == "The card was replaced"
    assert len(ben.sees) == before


async def test_an_answer_may_stand_beside_the_card(slack: Slack) -> None:
    await slack.ben.types("/cais card")
    await slack.ben.presses("Say")
    assert [m["text"] for m in slack.ben.sees][-1] == "Pressed say"


async def test_a_date_that_is_picked_arrives_with_what_its_block_carries(slack: Slack) -> None:
    await slack.ben.types("/cais card")
    await slack.ben.picks("Day", "2026-12-01")
    assert slack.ben.last["text"] == "Picked ('2026-12-01',)"


async def test_a_modal_answers_in_the_message_it_was_opened_from(slack: Slack) -> None:
    ben = slack.ben.at(GENERAL)
    await ben.types("/cais card")
    await ben.presses("Open")
    assert (await ben.submits({"name": "wrong"}))["errors"] == {"name": "Not that one."}
    await ben.submits({"name": "Apex"})
    assert ben.modal is None
    assert ben.last["text"] == "Sent Apex, carried plain"
    assert len(ben.sees) == 1


async def test_a_modal_that_words_opened_answers_with_a_message(slack: Slack) -> None:
    ben = slack.ben.at(GENERAL)
    await slack.sandbox.say(BEN, GENERAL, "/cais form")
    await slack.settled()
    await ben.submits({"name": "Apex"})
    assert ben.last["text"] == "Sent Apex, carried from words"
    assert ben.last["ephemeral_to"] == BEN


async def test_modals_stack_and_turn_into_others(slack: Slack) -> None:
    ben = slack.ben
    await ben.types("/cais card")
    await ben.presses("Open")
    await ben.presses("Push")
    assert len(slack.sandbox.modals(BEN)) == 2
    await ben.presses("Turn")
    assert len(slack.sandbox.modals(BEN)) == 2
    await ben.submits({"name": "swap"})
    await ben.submits({"name": "push"})
    assert len(slack.sandbox.modals(BEN)) == 3
    await ben.submits({"name": "quiet"})
    assert len(slack.sandbox.modals(BEN)) == 2
    await ben.submits({"name": "say"})
    assert ben.modal is None
    assert ben.last["text"] == "Said after sending"


async def test_a_refusal_is_said_and_the_card_stays(slack: Slack) -> None:
    card = await slack.ben.types("/cais card")
    await slack.ben.presses("Refuse")
    assert slack.ben.last["text"] == "That cannot be done now."
    assert card["ts"] in [m["ts"] for m in slack.ben.sees]
    await slack.ben.presses("Stale")
    assert [m["text"] for m in slack.ben.sees if m["ts"] == card["ts"]] == ["This card is out of date."]


async def test_a_refusal_in_a_modal_stands_at_its_first_field(slack: Slack) -> None:
    await slack.ben.types("/cais card")
    await slack.ben.presses("Open")
    assert (await slack.ben.submits({"name": "refuse"}))["errors"] == {"name": "No such name: 2 * 3 * 4 is none."}


async def test_what_is_pressed_in_the_home_is_answered_there_or_where_it_can_stand(
    slack: Slack,
) -> None:
    await slack.ben.opens_home()
    await slack.ben.presses("Press", on=slack.ben.home)
    assert "Pressed home" in words_of(slack.ben.home or {}), "a sentence stands above it"
    await slack.ben.presses("Turn", on=slack.ben.home)
    assert "The card was replaced" in words_of(slack.ben.home or {}), "a card in its place"
    assert slack.ben.sees == []
    await slack.ben.opens_home()
    await slack.ben.presses("Tabulate", on=slack.ben.home)
    assert slack.ben.last["text"] == "One cell"
    assert "*Messages* tab" in words_of(slack.ben.home or {})


async def test_the_messages_tab_gets_its_prompts(slack: Slack) -> None:
    await slack.ben.opens_home("messages")
    assert "assistant.threads.setSuggestedPrompts" in [call.method for call in slack.sandbox.calls]


async def test_a_message_shortcut_opens_its_modal_and_leaves_the_message_alone(slack: Slack) -> None:
    ben = slack.ben.at(COMPLIANCE)
    message = await ben.types("The certificate came")
    await ben.uses_shortcut("save_evidence", message)
    await ben.submits({"name": "Apex"})
    assert "The certificate came" in [m["text"] for m in ben.sees]
    assert words_of(ben.last) == "Sent Apex, carried from words\nSent Apex, carried from words"


async def test_an_answer_whose_receipt_got_lost_on_the_way_back_is_not_said_by_another_way(slack: Slack) -> None:
    slack.bot.answering._own_dms.clear()  # so that it comes by the response_url
    slack.sandbox.faults({"method": "response_url", "kind": "lost_reply"})
    before = len(slack.ben.sees)
    await slack.ben.types("/cais card")
    assert len(slack.ben.sees) == before + 1


@pytest.mark.parametrize("channel", [GENERAL, ""])
@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
async def test_a_card_whose_replacing_got_lost_is_replaced_once(slack: Slack, channel: str, kind: str) -> None:
    ben = slack.ben.at(channel) if channel else slack.ben
    await ben.types("/cais card")
    before = len(ben.sees)
    slack.sandbox.faults({"method": "response_url", "kind": kind})
    assert (await ben.presses("Replace"))["ok"]
    assert ben.last["text"] == "The card was replaced"
    assert len(ben.sees) == before
