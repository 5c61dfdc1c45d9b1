"""What the inspector is told: each exchange whole, in words, with Slack's rule, together with what belongs to it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import traffic
from bot.sandbox.rules import about, rule
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, TinyBot
from tests.sandbox.screens import Json, actions, button, modal

SOURCES = sorted((Path(__file__).parents[2] / "bot/sandbox").glob("*.py"))
ANY_SECRET = "xoxb-1234-secret"


class Inspector:
    """What the page asks for."""

    def __init__(self, slack: Sandbox, session: aiohttp.ClientSession) -> None:
        self._url, self._session = slack.url, session

    async def entries(self) -> list[Json]:
        async with self._session.get(f"{self._url}/control/traffic") as answer:
            return list((await answer.json())["entries"])

    async def opens(self, n: int) -> Json:
        async with self._session.get(f"{self._url}/control/exchange", params={"n": n}) as answer:
            return dict(await answer.json())

    async def text(self) -> str:
        """All of it, opened."""
        return json.dumps([[each, await self.opens(each["n"])] for each in await self.entries()])


@pytest.fixture
def inspector(slack: Sandbox, session: aiohttp.ClientSession) -> Inspector:
    return Inspector(slack, session)


def said(entries: list[Json]) -> list[tuple[str, Any]]:
    """Each in words, and what it is a part of: by its place in the list."""
    numbers = [entry["n"] for entry in entries]
    return [(e["says"], numbers.index(e["part_of"]) if "part_of" in e else None) for e in entries]


async def test_a_click_and_what_the_bot_does_about_it_belong_together(
    slack: Sandbox, api: Api, inspector: Inspector, session: aiohttp.ClientSession
) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("go"))])
    await slack.click("U0BEN", slack.messages("U0BEN", "D0BEN")[-1], "go")
    click = slack.sent[-1]["payload"]
    await slack.say("U0ANA", "C0COMPL", "/hello there")
    await api("views.open", trigger_id=click["trigger_id"], view=modal())
    async with session.post(click["response_url"], json={"text": "done", "replace_original": True}) as answer:
        assert answer.status == 200
    await api("chat.postMessage", channel="D0BEN", text="And one more.")
    await slack.settled()
    entries = [entry for entry in await inspector.entries() if entry["kind"] != "events_api"]
    assert said(entries) == [
        ("The bot posted in Ben Cole's DM", None),
        ("Ben Cole pressed go", None),
        ("Ana Ruiz typed /hello there", None),
        ("The bot opened the form Your name", 1),
        ("The bot put another message in its place", 1),
        ("The bot posted in Ben Cole's DM", 1),
    ]
    assert {entry["who"] for entry in entries[3:]} == {"U0BEN"}


async def test_slack_telling_the_app_of_its_own_message_belongs_to_the_act_behind_it(
    slack: Sandbox, api: Api, inspector: Inspector
) -> None:
    await slack.say("U0BEN", "D0BEN", "hello")
    await api("chat.postMessage", channel="D0BEN", text="Hello yourself.")
    await slack.settled()
    assert said(await inspector.entries()) == [
        ("Ben Cole wrote to the app", None),
        ("The bot posted in Ben Cole's DM", 0),
        ("Slack tells the bot of its own message in Ben Cole's DM", 0),
    ]


async def test_an_event_that_is_sent_again_is_part_of_the_first_time(
    slack: Sandbox, inspector: Inspector, tiny_bot: TinyBot
) -> None:
    tiny_bot.reply = lambda: web.Response(status=500)
    await slack.say("U0BEN", "D0BEN", "hello")
    await slack.until(lambda: len(slack.refused) == 4)
    entries = await inspector.entries()
    assert [entry.get("retry") for entry in entries] == [None, 1, 2, 3]
    assert [part for _, part in said(entries)] == [None, 0, 0, 0]


async def test_an_exchange_is_opened_to_the_whole_request_and_answer_and_what_it_is(
    api: Api, inspector: Inspector
) -> None:
    text = "A long text. " * 200
    await api("chat.postMessage", channel="C0COMPL", text=text)
    (entry,) = await inspector.entries()
    whole = await inspector.opens(entry["n"])
    assert whole["request"] == {"channel": "C0COMPL", "text": text}
    assert whole["answer"]["message"]["text"] == text
    assert (entry["status"], entry["direction"]) == (200, "from_bot")
    assert whole["about"] == (
        "Posts where the app is a member, or into a person's DM. Needs chat:write. "
        "May be called about one message a second in each channel."
    )
    assert (await inspector.opens(4711))["error"] == "not_kept"


async def test_a_refusal_comes_with_slacks_rule(slack: Sandbox, api: Api, inspector: Inspector) -> None:
    await slack.say("U0BEN", "C0COMPL", "/hello")
    trigger = slack.sent[-1]["payload"]["trigger_id"]
    for _ in range(2):
        await api("views.open", trigger_id=trigger, view=modal())
    entries = await inspector.entries()
    assert [entry.get("refused") for entry in entries] == [None, None, "exchanged_trigger_id"]
    assert "opens one view, once" in (await inspector.opens(entries[-1]["n"]))["rule"]
    assert (await inspector.opens(entries[0]["n"]))["rule"] == ""


async def test_an_ack_that_does_not_come_is_shown_at_once_and_then_as_too_late(
    slack: Sandbox, inspector: Inspector, tiny_bot: TinyBot
) -> None:
    async def never() -> web.Response:
        await slack.until(lambda: False, 2)
        return web.Response()

    seen: list[Json] = []
    queue = slack.slack.changes.watch(None)
    tiny_bot.reply = never
    await slack.say("U0BEN", "C0COMPL", "/hello")
    while not queue.empty():
        change = queue.get_nowait()
        seen += [change["entry"]] if change["type"] == "traffic" else []
    assert [entry["status"] for entry in seen] == [None, "timeout"]
    assert len({entry["n"] for entry in seen}) == 1
    assert seen[-1]["refused"] == "operation_timeout"
    assert "3 seconds" in (await inspector.opens(seen[-1]["n"]))["rule"]


async def test_a_fault_that_was_switched_on_is_named_where_it_struck(
    slack: Sandbox, api: Api, inspector: Inspector
) -> None:
    slack.faults({"method": "chat.postMessage", "kind": "429"})
    await api("chat.postMessage", channel="C0COMPL", text="x")
    (entry,) = await inspector.entries()
    assert (entry["fault"], entry["status"]) == ("429", 429)
    assert (await inspector.opens(entry["n"]))["request"]["text"] == "x"


async def test_no_token_secret_or_address_that_opens_something_is_ever_shown(
    slack: Sandbox, api: Api, inspector: Inspector, session: aiohttp.ClientSession
) -> None:
    await slack.say("U0BEN", "C0COMPL", "/hello")
    url = slack.sent[-1]["payload"]["response_url"]
    headers = {"Authorization": f"Bearer {slack.options.bot_token}"}
    form = {"channel": "C0COMPL", "text": f"Is it {ANY_SECRET}?", "token": slack.options.bot_token}
    async with session.post(f"{slack.api_url}chat.postMessage", data=form, headers=headers):
        pass
    await api("apps.connections.open", token="app")
    await api("chat.postMessage", channel="C0COMPL", text=f"{url} {slack.options.app_token}")
    text = await inspector.text()
    secrets = (slack.options.bot_token, slack.options.app_token, slack.options.signing_secret, ANY_SECRET)
    for secret in (*secrets, "sandbox-verification-token", url.rpartition("/")[2]):
        assert secret not in text
    assert "/response/[hidden]" in text


async def test_what_is_kept_is_bounded_and_the_oldest_goes_first(
    api: Api, inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "KEPT", 3)
    monkeypatch.setattr(traffic, "KEPT_CHARACTERS", 1_100)
    for text in ("a", "b" * 500, "c", "d"):
        await api("api.test", text=text)
    numbers = [entry["n"] for entry in await inspector.entries()]
    assert len(numbers) == 3
    kept = ["request" in await inspector.opens(n) for n in numbers]
    assert kept == [False, True, True]


async def test_clearing_forgets_it_for_every_page(slack: Sandbox, api: Api, inspector: Inspector) -> None:
    await api("api.test")
    (entry,) = await inspector.entries()
    queue = slack.slack.changes.watch(None)
    slack.slack.traffic.clear()
    assert queue.get_nowait() == {"type": "traffic_cleared"}
    assert await inspector.entries() == []
    assert (await inspector.opens(entry["n"]))["error"] == "not_kept"


def test_every_reason_for_a_refusal_has_its_rule() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    codes = set(re.findall(r'SlackError\(\s*"(\w+)"|Ack\("(\w+)"', source))
    ours = {
        "not_kept",
        "no_such_shortcut",
        "no_such_tab",
        "loopback_only",
    }  # only the page sees them
    found = {code for pair in codes for code in pair if code} - ours
    assert len(found) > 40
    assert [code for code in sorted(found) if not rule({"kind": "web_api", "refused": code})] == []


def test_every_method_says_what_it_is() -> None:
    from bot.sandbox.methods import METHODS

    assert METHODS
    for name in METHODS:
        assert re.match(r"[A-Z].*\. May be called .*\.$", about({"kind": "web_api", "name": name}))
