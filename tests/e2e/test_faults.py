"""Slack's side fails while a firm is walked: the person gets a sentence or finds the right state; nothing is lost."""

import pytest

from bot.bootstrap import build_router
from bot.clock import real_time
from bot.front.event_inbox import LEASE
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, Json, Slack, Someone, words_of
from tests.e2e.walking import set_up, title

SECOND = "Register for CAIS"


async def a_first_card(slack: Slack) -> Someone:
    """Ben at the first card, in his DM."""
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    return slack.ben


async def completions(services: Services) -> int:
    """How many answers and completed tasks the history has."""
    [key] = await services.events.firm_keys()
    return len(await services.events.history(key, types=("answer_given", "task_completed")))


def replies(slack: Slack) -> list[str]:
    """The texts the bot has posted with chat.postMessage and Slack has taken."""
    return [str(c.args["text"]) for c in slack.sandbox.calls if c.method == "chat.postMessage" and c.answer["ok"]]


@pytest.mark.parametrize("kind", ["500", "reset"])
async def test_where_the_response_url_fails_the_card_is_changed_by_other_means(
    slack: Slack, services: Services, kind: str
) -> None:
    ben = await a_first_card(slack)
    before = len(ben.sees)
    slack.sandbox.faults({"method": "response_url", "kind": kind, "times": -1})
    assert await ben.presses("Yes") == {"ok": True}
    assert title(ben.last) == SECOND
    assert len(ben.sees) == before
    assert await completions(services) == 1


async def test_where_no_response_url_works_at_all_the_walk_goes_on(transport: str, services: Services) -> None:
    async with bot_in_slack(transport, services, build_router(), response_url_seconds=0.0) as slack:
        ben = await a_first_card(slack)
        assert await ben.presses("Yes") == {"ok": True}
        assert title(ben.last) == SECOND
        assert await completions(services) == 1


async def test_a_lost_reply_of_a_response_url_says_nothing_twice(slack: Slack, services: Services) -> None:
    ben = await a_first_card(slack)
    before = len(ben.sees)
    slack.sandbox.faults({"method": "response_url", "kind": "lost_reply"})
    await ben.presses("Yes")
    assert title(ben.last) == SECOND
    assert len(ben.sees) == before
    assert await completions(services) == 1


async def test_a_message_that_slack_puts_off_is_sent_once_after_the_wait(slack: Slack) -> None:
    ben = await a_first_card(slack)
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "429", "retry_after": 1})
    assert title(await ben.types("next")) == "Does your firm report events with an FDID?"
    assert len(replies(slack)) == 1


async def test_a_message_whose_reply_was_lost_is_not_said_twice(transport: str, services: Services) -> None:
    clock = [real_time()]
    async with bot_in_slack(transport, services, build_router(), now=lambda: clock[0]) as slack:
        await slack.bot.inbox.stop()  # its own round could be the one that takes it up
        ben = await a_first_card(slack)
        before = len(replies(slack))
        slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
        await ben.types("note We begin today")
        for _ in range(20):
            await ben.types("/cais next")
        clock[0] += LEASE + 1
        assert await slack.bot.inbox.take_up() == 1
        told = next(s["payload"] for s in slack.sandbox.sent if _said_by(s, ben.user))
        await slack.sandbox.send_event(told["event"], told["event_id"])
        await slack.settled()
        assert len(replies(slack)) == before + 1
        [key] = await services.events.firm_keys()
        assert len(await services.events.history(key, types=("note_added",))) == 1


def _said_by(sent: Json, user: str) -> bool:
    return bool(sent["kind"] == "events_api" and sent["payload"]["event"].get("user") == user)


@pytest.mark.parametrize(
    "fault", [{"kind": "500"}, {"kind": "reset"}, {"kind": "429", "retry_after": 30}], ids=["500", "reset", "429"]
)
async def test_a_window_that_does_not_open_is_said_so_and_opens_when_pressed_again(slack: Slack, fault: Json) -> None:
    ben = await a_first_card(slack)
    slack.sandbox.faults({"method": "views.open", **fault})
    assert await ben.presses("Add note") == {"ok": True}
    assert ben.modal is None
    assert "Slack did not let me open the window in time. Please press it again." in words_of(ben.last)
    await ben.presses("Add note")
    assert ben.modal is not None


async def test_a_window_that_opens_slowly_is_not_answered_twice(slack: Slack) -> None:
    ben = await a_first_card(slack)
    slack.sandbox.faults({"method": "views.open", "kind": "slow", "seconds": 1.5})
    assert await ben.presses("Add note") == {"ok": True}
    assert len(slack.sandbox.modals(BEN)) == 1


async def test_with_slack_down_entirely_the_click_counts_and_the_next_command_shows_it(
    slack: Slack, services: Services
) -> None:
    ben = await a_first_card(slack)
    slack.sandbox.faults(*({"method": method, "kind": "500", "times": -1} for method in ("*", "response_url")))
    assert await ben.presses("Yes") == {"ok": True}
    assert title(ben.last) != SECOND, "nobody could tell him"
    assert await completions(services) == 1
    slack.sandbox.faults()
    assert title(await ben.types("/cais next")) == SECOND
    await ben.presses("Form submitted")
    assert await completions(services) == 2


async def test_while_slack_is_down_a_command_in_a_channel_is_still_answered_in_its_ack(slack: Slack) -> None:
    await a_first_card(slack)
    slack.sandbox.faults(*({"method": method, "kind": "reset", "times": -1} for method in ("*", "response_url")))
    said = await slack.ben.at("C0GENERAL").types("/cais next")
    assert title(said) == "Does your firm report events with an FDID?"


async def test_a_modal_whose_answer_gets_lost_has_recorded_what_was_entered(slack: Slack, services: Services) -> None:
    ben = await a_first_card(slack)
    await ben.presses("Add note")
    slack.sandbox.faults(*({"method": method, "kind": "500", "times": -1} for method in ("*", "response_url")))
    assert await ben.submits({"text": "We begin today"}) == {"ok": True}
    assert ben.modal is None
    slack.sandbox.faults()
    assert "We begin today" in words_of(await ben.types("/cais history"))
