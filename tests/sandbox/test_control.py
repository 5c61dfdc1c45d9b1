"""The control API is what the page sees: state, messages, a stream, and people's hands."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, TinyBot
from tests.sandbox.screens import Json, actions, button, modal


class Page:
    """What the page does."""

    def __init__(self, slack: Sandbox, session: aiohttp.ClientSession) -> None:
        self._url, self._session = slack.url, session

    async def get(self, path: str, **query: Any) -> Json:
        async with self._session.get(f"{self._url}/control/{path}", params=query) as answer:
            return dict(await answer.json())

    async def post(self, path: str, **body: Any) -> Json:
        as_ = body.pop("as_", None)
        async with self._session.post(
            f"{self._url}/control/{path}", json=body | ({"as": as_} if as_ else {})
        ) as answer:
            return dict(await answer.json())


@pytest.fixture
def page(slack: Sandbox, session: aiohttp.ClientSession) -> Page:
    return Page(slack, session)


async def test_the_state_shows_a_person_what_is_his(page: Page) -> None:
    ana, ben = await page.get("state", **{"as": "U0ANA"}), await page.get("state", **{"as": "U0BEN"})
    with_others = ["D0ANABEN", "D0ANALEA", "D0ANACON"]
    assert [c["id"] for c in ana["channels"]] == ["D0ANA", "C0GENERAL", "C0COMPL", "C0CLIENT", "G0PRIV", *with_others]
    assert {c["id"] for c in ben["channels"]} >= {"D0BEN", "C0GENERAL", "D0ANABEN"}
    assert not {c["id"] for c in ben["channels"]} & {"D0ANA", "G0PRIV", "D0ANALEA"}
    assert ana["app"]["commands"][0]["command"] == "/hello"
    assert (ana["connected"], ana["home"], ana["modals"], ana["practice"]) == (True, None, [], None)


async def test_messages_are_paged_from_the_newest_back(slack: Sandbox, page: Page) -> None:
    for n in range(5):
        await page.post("say", as_="U0ANA", channel="C0GENERAL", text=str(n))
    last = await page.get("messages", **{"as": "U0BEN", "channel": "C0GENERAL", "limit": "2"})
    assert ([m["text"] for m in last["messages"]], last["has_more"]) == (["3", "4"], True)
    before = last["messages"][0]["ts"]
    rest = await page.get("messages", **{"as": "U0BEN", "channel": "C0GENERAL", "before": before})
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["0", "1", "2"], False)
    assert (await page.get("messages", **{"as": "U0BEN", "channel": "G0PRIV"}))["messages"] == []


async def test_messages_are_paged_forward_from_one_that_is_known(page: Page) -> None:
    said = [(await page.post("say", as_="U0ANA", channel="C0GENERAL", text=str(n)))["ts"] for n in range(5)]
    query = {"as": "U0BEN", "channel": "C0GENERAL", "after": said[1], "limit": "2"}
    found = await page.get("messages", **query)
    assert ([m["text"] for m in found["messages"]], found["has_more"]) == (["2", "3"], True)
    rest = await page.get("messages", **(query | {"after": said[3]}))
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["4"], False)


async def test_a_page_brings_a_thread_whole_with_the_message_it_hangs_on(page: Page) -> None:
    root = (await page.post("say", as_="U0ANA", channel="C0GENERAL", text="root"))["ts"]
    later = (await page.post("say", as_="U0ANA", channel="C0GENERAL", text="later"))["ts"]
    await page.post("say", as_="U0BEN", channel="C0GENERAL", text="reply", thread_ts=root)
    newest = await page.get("messages", **{"as": "U0BEN", "channel": "C0GENERAL", "limit": "1"})
    assert ([m["text"] for m in newest["messages"]], newest["has_more"]) == (["later"], True)
    older = await page.get("messages", **{"as": "U0BEN", "channel": "C0GENERAL", "limit": "1", "before": later})
    assert ([m["text"] for m in older["messages"]], older["has_more"]) == (["root", "reply"], False)


async def test_a_page_that_falls_behind_is_told_to_look_anew(slack: Sandbox) -> None:
    changes = slack.slack.changes
    behind = changes.watch("U0BEN")
    for n in range(behind.maxsize + 1):
        changes.tell({"type": "traffic", "n": n})
    assert [behind.get_nowait() for _ in range(behind.qsize())] == [
        {"type": "missed"},
        {"type": "traffic", "n": behind.maxsize},
    ]


async def test_the_stream_brings_only_what_a_person_may_see(
    slack: Sandbox, session: aiohttp.ClientSession, api: Api
) -> None:
    async with session.get(f"{slack.url}/control/stream", params={"as": "U0BEN"}) as stream:
        await stream.content.readline()
        await api("chat.postEphemeral", channel="C0COMPL", user="U0ANA", text="not his")
        await slack.say("U0ANA", "G0PRIV", "not his either")
        await slack.say("U0ANA", "C0COMPL", "his")
        seen: list[Json] = []
        async with asyncio.timeout(2):
            while not any(change["type"] == "message" for change in seen):
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    seen.append(json.loads(line[6:]))
    assert seen[-1]["message"]["text"] == "his"
    assert [change["type"] for change in seen if change["type"] not in ("traffic", "presence")] == ["message"]


async def test_a_click_a_submission_and_a_close_go_through(
    slack: Sandbox, page: Page, api: Api, tiny_bot: TinyBot
) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("go"))])
    container = {"type": "message", "channel": "D0BEN", "ts": slack.messages("U0BEN", "D0BEN")[-1]["ts"]}
    place: Json = {"container": container, "block_id": "do", "action_id": "go"}
    assert await page.post("click", as_="U0BEN", **place) == {"ok": True}
    await api("views.open", trigger_id=slack.sent[-1]["payload"]["trigger_id"], view=modal())
    (view,) = (await page.get("state", **{"as": "U0BEN"}))["modals"]
    assert (await page.post("submit", as_="U0BEN", view_id=view["id"], values={}))["errors"]["name"]
    assert await page.post("close", as_="U0BEN", view_id=view["id"]) == {"ok": True}
    tiny_bot.reply = lambda: web.Response(status=500)
    assert "http_service_error" in (await page.post("click", as_="U0BEN", **place))["notice"]
    assert (await page.post("click", as_="U0ANA", **place))["error"] == "message_not_found"


async def test_people_and_channels_are_added_and_a_reset_takes_them_away(page: Page) -> None:
    user = (await page.post("people", name="zoe", real_name="Zoe Park", tz="Asia/Tokyo"))["user"]
    channel = (await page.post("channels", name="new", is_private=True, members=[user["id"]]))["channel"]
    assert channel["id"] in [c["id"] for c in (await page.get("state", **{"as": user["id"]}))["channels"]]
    assert (await page.post("people", name="x", tz="Mars/Base"))["error"] == "invalid_arguments"
    assert await page.post("reset") == {"ok": True}
    assert (await page.get("state", **{"as": user["id"]}))["error"] == "user_not_found"


async def test_faults_are_listed_set_and_cleared(page: Page) -> None:
    await page.post("faults", faults=[{"method": "chat.postMessage", "kind": "429", "times": 3}])
    assert (await page.get("faults"))["faults"] == [{"method": "chat.postMessage", "kind": "429", "times": 3}]
    assert (await page.post("faults", faults=[{"method": "*", "kind": "gremlins"}]))["error"] == "invalid_arguments"
    await page.post("faults", faults=[])
    assert (await page.get("faults"))["faults"] == []


async def test_the_inspector_shows_both_directions_without_tokens(slack: Sandbox, page: Page, api: Api) -> None:
    await page.post("say", as_="U0BEN", channel="C0COMPL", text="/hello")
    await api("chat.postMessage", channel="C0NOWHERE", text="x")
    entries = (await page.get("traffic"))["entries"]
    assert [(e["direction"], e["name"], e.get("refused")) for e in entries] == [
        ("to_bot", "/hello", None),
        ("from_bot", "chat.postMessage", "channel_not_found"),
    ]
    assert slack.options.bot_token not in json.dumps(entries)
    assert (await page.get("traffic", after=entries[0]["n"]))["entries"] == entries[1:]


async def test_a_body_that_lacks_something_is_told_what(page: Page) -> None:
    answer = await page.post("say", as_="U0BEN")
    assert (answer["error"], "channel" in answer["response_metadata"]["messages"][0]) == ("invalid_arguments", True)


async def test_a_form_that_is_filled_with_something_odd_is_refused(slack: Sandbox, page: Page, api: Api) -> None:
    trigger = slack.slack.triggers.give("U0BEN")
    await api("views.open", trigger_id=trigger, view=modal())
    view = slack.modals("U0BEN")[-1]["id"]
    for values in ({"name": "x"}, {"name": {"value": "x"}}, ["x"]):
        answer = await page.post("submit", as_="U0BEN", view_id=view, values=values)
        assert answer["error"] == "invalid_arguments"
        assert "another kind" in answer["response_metadata"]["messages"][0]


async def test_other_hosts_and_other_origins_are_kept_out(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    for headers in ({"Host": "practice.example"}, {"Origin": "https://evil.example"}):
        async with session.post(f"{slack.url}/control/reset", headers=headers) as answer:
            assert answer.status == 403
    async with session.get(f"{slack.url}/control/health", headers={"Origin": slack.url}) as answer:
        assert await answer.json() == {"ok": True}
