"""Slack's own libraries take the sandbox for Slack, over HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.options import Options
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import manifest

Json = dict[str, Any]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, value: str) -> Json:
    text = {"type": "plain_text", "text": action_id}
    return {"type": "button", "action_id": action_id, "value": value, "text": text}


def name_modal() -> Json:
    label = {"type": "plain_text", "text": "Name"}
    element = {"type": "plain_text_input", "action_id": "value"}
    return {
        "type": "modal",
        "callback_id": "name",
        "title": {"type": "plain_text", "text": "Your name"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{"type": "input", "block_id": "name", "label": label, "element": element}],
    }


def hello_bot(client: AsyncWebClient, signing_secret: str | None) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret=signing_secret)

    @app.command("/hello")
    async def hello(ack: Any) -> None:
        elements = [button("greet", "1"), button("ask", "2")]
        await ack(
            text="Hello!", blocks=[section("Hello!"), {"type": "actions", "block_id": "do", "elements": elements}]
        )

    @app.action("greet")
    async def greet(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Greeted.", replace_original=True)

    @app.action("ask")
    async def ask(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=name_modal())
        await ack()

    @app.view("name")
    async def named(ack: Any, view: Json, body: Json, client: AsyncWebClient) -> None:
        name = view["state"]["values"]["name"]["value"]["value"]
        if name == "x":
            await ack(response_action="errors", errors={"name": "Longer, please."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Good day, {name}.")

    @app.event("message")
    async def said(event: Json, say: Any) -> None:
        if "subtype" not in event:
            await say(text=f"You said {event['text']}", thread_ts=event["ts"])

    @app.event("app_mention")
    async def mentioned(event: Json, say: Any) -> None:
        await say(text="Yes?")

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Home")]})

    return app


@asynccontextmanager
async def over_http() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest(), bot_url="http://127.0.0.1:9/") as slack:
        client = AsyncWebClient(token=slack.options.bot_token, base_url=slack.api_url)
        app = hello_bot(client, slack.options.signing_secret)
        runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.use_bot_at(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield slack
        await runner.cleanup()


@asynccontextmanager
async def over_socket() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest()) as slack:
        client = AsyncWebClient(token=slack.options.bot_token, base_url=slack.api_url)
        handler = AsyncSocketModeHandler(
            hello_bot(client, None),
            slack.options.app_token,
            web_client=AsyncWebClient(base_url=slack.api_url),
            ping_interval=1,
        )
        await handler.connect_async()
        await slack.until(lambda: slack.slack.socket.count)
        yield slack
        await handler.close_async()


async def test_a_bolt_app_comes_back_after_a_refresh_and_after_a_cut() -> None:
    async with over_socket() as slack:
        for reason in ("refresh_requested", "drop"):
            before = set(map(id, slack.slack.socket.connections))
            await slack.disconnect(reason)
            await slack.until(lambda old=before: {id(c) for c in slack.slack.socket.connections} - old, 15)  # type: ignore[misc]
            assert await slack.say("U0BEN", "C0GENERAL", "/hello") == {"ok": True}


async def test_twenty_people_are_answered_at_once(bolted: Sandbox) -> None:
    people = [bolted.add_person(f"person{n}") for n in range(20)]
    bolted.add_channel("crowd", people, id="C0CROWD")
    answers = await asyncio.gather(*(bolted.say(person, "C0CROWD", "/hello") for person in people))
    assert answers == [{"ok": True}] * 20
    assert [len(bolted.messages(person, "C0CROWD")) for person in people] == [1] * 20


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
async def bolted(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with request.param() as slack:
        yield slack


async def test_a_whole_conversation_with_a_bolt_app(bolted: Sandbox) -> None:
    slack = bolted
    assert await slack.say("U0BEN", "C0GENERAL", "/hello you") == {"ok": True}
    card = slack.messages("U0BEN", "C0GENERAL")[-1]
    assert card["text"] == "Hello!"
    assert slack.messages("U0ANA", "C0GENERAL") == []

    assert await slack.click("U0BEN", card, "ask") == {"ok": True}
    modal = slack.modals("U0BEN")[-1]
    short = {"name": {"value": {"type": "plain_text_input", "value": "x"}}}
    assert (await slack.submit("U0BEN", modal, short))["errors"] == {"name": "Longer, please."}
    whole = {"name": {"value": {"type": "plain_text_input", "value": "Ben"}}}
    assert await slack.submit("U0BEN", modal, whole) == {"ok": True}
    assert slack.modals("U0BEN") == []
    dm = slack.dm("U0BEN")
    await slack.until(lambda: [m["text"] for m in slack.messages("U0BEN", dm)] == ["Good day, Ben."])

    assert await slack.click("U0BEN", card, "greet") == {"ok": True}
    await slack.until(lambda: slack.messages("U0BEN", "C0GENERAL")[-1]["text"] == "Greeted.")
    assert len(slack.messages("U0BEN", "C0GENERAL")) == 1

    await slack.say("U0BEN", dm, "good morning")
    await slack.until(lambda: slack.messages("U0BEN", dm)[-1]["text"] == "You said good morning")
    await slack.say("U0LEA", "C0COMPL", "<@U0CAIS> are you there?")
    await slack.until(lambda: slack.messages("U0ANA", "C0COMPL")[-1]["text"] == "Yes?")
    await slack.open_home("U0BEN")
    await slack.until(lambda: slack.home("U0BEN"))
    await slack.settled()
    assert slack.refused == []


def test_a_bot_left_over_from_another_sandbox_has_no_token_for_this_one() -> None:
    one, other = Options(), Options()

    assert len({one.bot_token, one.app_token, one.signing_secret, other.bot_token, other.app_token}) == 5
    assert other.signing_secret != one.signing_secret
