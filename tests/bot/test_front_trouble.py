"""When something goes wrong: the person gets a sentence, the log one line, and nothing is said twice."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Sequence
from time import perf_counter
from typing import Any, cast

import pytest

from bot.errors import (
    NO_WINDOW,
    STILL_WORKING,
    STOPPED,
    STOPPED_ANSWERING,
    NotedEvents,
    Receipt,
    apology,
    new_receipt,
)
from flows.events import FirmKey, Record
from flows.firms import Refusal
from flows.ports import Changed, Decide
from flows.position import Position
from flows.roadmap import Pack
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, GENERAL, Slack, words_of
from tests.bot.firm_making import TENANT
from tests.bot.tiny import tiny_router


@pytest.fixture(scope="module")
def pack() -> Pack:
    return cast(Pack, None)  # these listeners read no roadmap


@pytest.fixture
async def slack(transport: str, services: Services) -> AsyncIterator[Slack]:
    async with bot_in_slack(transport, services, tiny_router()) as workspace:
        yield workspace


@pytest.fixture
async def hurried(transport: str, services: Services) -> AsyncIterator[Slack]:
    async with bot_in_slack(transport, services, tiny_router(), budget=0.05) as workspace:
        yield workspace


async def test_an_error_is_a_sentence_with_the_reference_of_the_log_line(
    slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    said = await slack.ben.at(GENERAL).types("/cais broken my words")
    reference = re.search(r"reference ([0-9A-F]{8})", said["text"])
    assert reference
    assert "Nothing was changed" in said["text"]
    lines = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(lines) == 1
    assert reference[1] in lines[0].getMessage()
    assert lines[0].__dict__["workspace"] == TENANT
    assert "my words" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("typed", ["/cais card", "card"])
async def test_an_error_on_a_click_leaves_the_card(slack: Slack, typed: str) -> None:
    card = await slack.ben.types(typed)
    assert (await slack.ben.presses("Break"))["ok"]
    assert "reference" in slack.ben.last["text"]
    assert (card["ts"], card["text"]) in [(m["ts"], m["text"]) for m in slack.ben.sees]


async def test_an_error_in_a_modal_stands_at_its_field(slack: Slack) -> None:
    await slack.ben.types("/cais card")
    await slack.ben.presses("Open")
    assert "reference" in (await slack.ben.submits({"name": "break"}))["errors"]["name"]
    assert slack.ben.modal


async def test_a_slow_command_is_told_to_wait_and_answered_after(hurried: Slack) -> None:
    ben = hurried.ben.at(GENERAL)
    await ben.types("/cais slow")
    assert [m["text"] for m in ben.sees] == [STILL_WORKING, "Slow but sure"]


async def test_a_slow_click_is_told_to_wait_and_answered_after(hurried: Slack) -> None:
    await hurried.ben.types("/cais card")
    assert (await hurried.ben.presses("Slow"))["ok"]
    assert [m["text"] for m in hurried.ben.sees[-2:]] == ["Slow but sure", STILL_WORKING]


async def test_a_slow_message_is_answered_once(hurried: Slack) -> None:
    await hurried.ben.types("slow")
    assert [m["text"] for m in hurried.ben.sees] == ["slow", "Slow but sure"]


async def stopped_during(slack: Slack, act: Awaitable[object]) -> None:
    """Stops the bot while it is at what this person does, and waits for no longer than a stop may take."""
    done = asyncio.ensure_future(act)
    await slack.sandbox.until(lambda: slack.bot.background.running)
    await asyncio.sleep(0.3)
    began = perf_counter()
    await slack.bot.stop(1.2)
    assert perf_counter() - began < 1.2 + 1.0
    await asyncio.wait({done}, timeout=1)
    done.cancel()


@pytest.mark.parametrize("channel", [GENERAL, ""])
async def test_a_command_that_a_stop_cuts_off_is_said_to_be_cut_off(hurried: Slack, channel: str) -> None:
    ben = hurried.ben.at(channel) if channel else hurried.ben
    await stopped_during(hurried, hurried.sandbox.say(BEN, ben.channel, "/cais stuck"))
    assert [m["text"] for m in ben.sees] == [STILL_WORKING, STOPPED]


async def test_a_click_that_a_stop_cuts_off_is_said_to_be_cut_off(hurried: Slack) -> None:
    await hurried.ben.types("card")
    before = len(hurried.ben.sees)
    await stopped_during(hurried, hurried.ben.presses("Stick"))
    assert [m["text"] for m in hurried.ben.sees[before:]] == [STILL_WORKING, STOPPED]


async def test_a_form_that_a_stop_cuts_off_is_said_to_be_cut_off(hurried: Slack) -> None:
    await hurried.ben.types("card")
    await hurried.ben.presses("Open")
    await stopped_during(hurried, hurried.ben.submits({"name": "stuck"}))
    assert hurried.ben.last["text"] == STOPPED
    assert STILL_WORKING in words_of(hurried.ben.modal)


async def test_what_a_stop_cuts_off_at_home_is_said_in_the_direct_messages(hurried: Slack) -> None:
    await hurried.ben.opens_home()
    await stopped_during(hurried, hurried.ben.presses("Stick", on=hurried.ben.home))
    assert hurried.ben.last["text"] == STOPPED


async def test_an_answer_that_is_on_its_way_at_a_stop_may_have_come(hurried: Slack) -> None:
    await hurried.ben.types("card")
    before = len(hurried.ben.sees)
    pressed = asyncio.ensure_future(hurried.ben.presses("Slow"))
    await hurried.sandbox.until(lambda: hurried.ben.last["text"] == STILL_WORKING)
    hurried.sandbox.faults({"method": "response_url", "kind": "429", "retry_after": 15, "times": 1})
    await stopped_during(hurried, pressed)
    assert [m["text"] for m in hurried.ben.sees[before:]] == [STILL_WORKING, STOPPED_ANSWERING]


@pytest.mark.parametrize("fault", ["429", "500", "reset"])
async def test_a_window_that_does_not_open_is_a_sentence(slack: Slack, fault: str) -> None:
    ben = slack.ben.at(GENERAL)
    await ben.types("/cais card")
    slack.sandbox.faults({"method": "views.open", "kind": fault, "retry_after": 30})
    await ben.presses("Open")
    assert ben.last["text"] == NO_WINDOW
    await ben.presses("Open")
    assert ben.modal


@pytest.mark.parametrize("channel", [GENERAL, ""])
async def test_a_used_up_response_url_is_got_round(transport: str, services: Services, channel: str) -> None:
    async with bot_in_slack(transport, services, tiny_router(), response_url_uses=0) as slack:
        ben = slack.ben.at(channel) if channel else slack.ben
        await ben.types("/cais card" if channel else "card")
        await ben.presses("Replace")
        everywhere = [m["text"] for m in (*ben.sees, *slack.ben.sees)]
        assert "The card was replaced" in everywhere
        if not channel:
            assert len(ben.sees) == 2


UNREADABLE = {"method": "conversations.history", "kind": "500", "times": 2}


@pytest.mark.parametrize(
    ("faults", "times"),
    [
        ([{"method": "response_url", "kind": "lost_reply"}], 1),
        ([{"method": "response_url", "kind": "reset"}], 1),
        ([{"method": "response_url", "kind": "lost_reply"}, UNREADABLE], 2),
        ([{"method": "response_url", "kind": "reset"}, UNREADABLE], 1),
    ],
)
async def test_an_answer_whose_receipt_is_lost_is_looked_for_and_rather_said_twice_than_lost(
    hurried: Slack, faults: list[dict[str, Any]], times: int
) -> None:
    await hurried.ben.types("hello")  # so that the direct messages are known to be ours
    hurried.sandbox.faults(*faults)
    await hurried.ben.types("/cais slow")
    await hurried.settled()
    assert [m["text"] for m in hurried.ben.sees].count("Slow but sure") == times
    assert hurried.sandbox.slack.faults.listed() == []


async def test_the_first_command_in_the_direct_messages_is_answered_once(slack: Slack) -> None:
    slack.sandbox.faults({"method": "response_url", "kind": "lost_reply"})
    await slack.ben.types("/cais slow")
    await slack.settled()
    assert [m["text"] for m in slack.ben.sees].count("Slow but sure") == 1
    assert slack.sandbox.slack.faults.listed() == []


class Store:
    """An event store that does as it is told."""

    def __init__(self, *, commits: bool) -> None:
        self._commits = commits

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        changed = decide(Position(key=key), ())
        if not self._commits:
            raise OSError("the connection was lost at the commit")
        return changed

    async def position(self, key: FirmKey) -> Position | None:
        return None

    async def history(self, key: FirmKey, **_: Any) -> Sequence[Record]:
        return ()

    async def firm_keys(self) -> Sequence[FirmKey]:
        return ()


def something(position: Position, _: Sequence[Record]) -> Changed:
    return Changed((cast(Record, None),), position)


def nothing_new(position: Position, _: Sequence[Record]) -> Changed:
    return Changed((), position)


def refusing(position: Position, _: Sequence[Record]) -> Changed:
    raise Refusal("Not now.")


async def _change(decide: Decide, *, commits: bool) -> Receipt:
    receipt = new_receipt()
    try:
        await NotedEvents(Store(commits=commits)).change(FirmKey("-/T1", "f1"), decide)
    except (Refusal, OSError):
        return receipt
    return receipt


@pytest.mark.parametrize(
    ("decide", "commits", "open_question"),
    [
        (something, True, True),
        (something, False, True),
        (nothing_new, True, False),
        (refusing, True, False),
    ],
)
async def test_an_apology_only_says_nothing_was_changed_where_that_is_certain(
    decide: Decide, commits: bool, open_question: bool
) -> None:
    receipt = await _change(decide, commits=commits)
    sentence = apology(ValueError("x"), action="action:tiny", receipt=receipt)
    assert ("may or may not be recorded" in sentence) is open_question
    assert ("Nothing was changed" in sentence) is not open_question
