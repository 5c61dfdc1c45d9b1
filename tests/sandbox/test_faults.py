"""Faults on demand hit what they name, as often as they are told."""

from __future__ import annotations

import aiohttp
import pytest

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api


async def test_429_says_when_to_come_back_and_then_stops(slack: Sandbox, api: Api) -> None:
    slack.faults({"method": "chat.postMessage", "kind": "429", "times": 2, "retry_after": 7})
    for _ in range(2):
        assert (await api("chat.postMessage", channel="U0BEN", text="x"))["error"] == "ratelimited"
        assert (api.status, api.headers["Retry-After"]) == (429, "7")
    assert (await api("chat.postMessage", channel="U0BEN", text="x"))["ok"]


async def test_500_is_a_page_of_text(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    slack.faults({"method": "*", "kind": "500", "times": -1})
    for name in ("auth.test", "chat.postMessage", "auth.test"):
        async with session.post(slack.api_url + name) as answer:
            assert answer.status == 500
    slack.faults()
    assert (await Api(slack, session)("auth.test"))["ok"]


async def test_a_reset_does_nothing_and_a_lost_reply_did_it(slack: Sandbox, api: Api) -> None:
    slack.faults({"method": "chat.postMessage", "kind": "reset"})
    with pytest.raises(aiohttp.ClientError):
        await api("chat.postMessage", channel="U0BEN", text="never")
    assert slack.messages("U0BEN", "D0BEN") == []
    slack.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    with pytest.raises(aiohttp.ClientError):
        await api("chat.postMessage", channel="U0BEN", text="done")
    assert [m["text"] for m in slack.messages("U0BEN", "D0BEN")] == ["done"]


async def test_slow_waits_and_then_answers(slack: Sandbox, api: Api) -> None:
    slack.faults({"method": "auth.test", "kind": "slow", "seconds": 0.2})
    with pytest.raises(TimeoutError):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as hasty:
            await Api(slack, hasty)("auth.test")
    assert (await api("auth.test"))["ok"]


async def test_a_response_url_can_fail_too(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    await slack.say("U0BEN", "C0GENERAL", "/hello")
    slack.faults({"method": "response_url", "kind": "500"})
    url = slack.sent[-1]["payload"]["response_url"]
    statuses = []
    for _ in range(2):
        async with session.post(url, json={"text": "x"}) as answer:
            statuses.append(answer.status)
    assert statuses == [500, 200]


async def test_an_unknown_kind_of_fault_is_a_mistake(slack: Sandbox) -> None:
    with pytest.raises(ValueError, match="lost_reply"):
        slack.faults({"method": "*", "kind": "gremlins"})


async def test_a_refusal_says_what_it_is_told_to_and_does_nothing(slack: Sandbox, api: Api) -> None:
    slack.faults({"method": "chat.postMessage", "kind": "refuse", "error": "cannot_dm_bot"})
    assert (await api("chat.postMessage", channel="U0BEN", text="never"))["error"] == "cannot_dm_bot"
    assert api.status == 200
    assert slack.messages("U0BEN", "D0BEN") == []
    with pytest.raises(ValueError, match="needs the error"):
        slack.faults({"method": "chat.postMessage", "kind": "refuse"})
