"""Socket Mode keeps Slack's rules about addresses, connections, envelopes and goodbyes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, manifest
from tests.sandbox.screens import Json, modal


class Line:
    """One raw websocket of a bot."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.got: list[Json] = []

    async def next(self) -> Json:
        self.got.append(await self.socket.receive_json(timeout=2))
        return self.got[-1]

    async def ack(self, payload: Any = None) -> Json:
        """Takes the next envelope and acknowledges it."""
        envelope = await self.next()
        answer = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(answer | ({"payload": payload} if payload else {}))
        return envelope


Connect = Callable[[], Any]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(
        manifest(), ack_seconds=0.3, retry_delays=(0.0, 0.05, 0.1), rates=False, goodbye_seconds=0.05
    ) as sandbox:
        yield sandbox


@pytest.fixture
def connect(slack: Sandbox, session: aiohttp.ClientSession) -> Connect:
    # A line that nobody holds would be closed by the garbage collector.
    held: list[Line] = []

    async def connect() -> Line:
        opened = await Api(slack, session)("apps.connections.open", token="app")
        held.append(Line(await session.ws_connect(opened["url"])))
        return held[-1]

    return connect


async def test_an_address_opens_one_connection_once(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    url = (await Api(slack, session)("apps.connections.open", token="app"))["url"]
    line = Line(await session.ws_connect(url))
    hello = await line.next()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["debug_info"]["approximate_connection_time"] == 3600
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(url)


async def test_no_socket_opens_without_the_app_token(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    api = Api(slack, session)
    assert (await api("apps.connections.open", token=None))["error"] == "not_authed"
    assert (await api("apps.connections.open", token="xapp-other"))["error"] == "invalid_auth"


async def test_a_sandbox_that_speaks_http_opens_no_socket(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest(), bot_url="http://127.0.0.1:9/") as slack:
        answer = await Api(slack, session)("apps.connections.open", token="app")
        assert answer["error"] == "socket_mode_not_enabled"


async def test_a_command_takes_its_answer_from_the_ack(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    said = asyncio.create_task(slack.say("U0BEN", "C0GENERAL", "/hello"))
    envelope = await line.ack({"text": "Hello!"})
    assert await said == {"ok": True}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert [m["text"] for m in slack.messages("U0BEN", "C0GENERAL")] == ["Hello!"]


async def test_a_shortcut_takes_no_payload_in_its_ack(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    used = asyncio.create_task(slack.shortcut("U0BEN", "start"))
    envelope = await line.ack({"text": "lost"})
    assert await used == {"ok": True}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", False)
    assert "not accepted" in slack.warnings[-1]["warning"]


async def test_without_a_connection_or_an_ack_the_person_is_told(slack: Sandbox, connect: Connect) -> None:
    assert "dispatch_failed" in (await slack.say("U0BEN", "C0GENERAL", "/hello"))["notice"]
    await (await connect()).next()
    assert "operation_timeout" in (await slack.say("U0BEN", "C0GENERAL", "/hello"))["notice"]


async def test_an_event_that_is_not_acknowledged_comes_again_with_its_number(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    await slack.say("U0BEN", "D0BEN", "x")
    first, again = await line.next(), await line.ack()
    assert (first["retry_attempt"], again["retry_attempt"], again["retry_reason"]) == (0, 1, "timeout")
    assert first["payload"]["event_id"] == again["payload"]["event_id"]
    assert first["envelope_id"] != again["envelope_id"]


async def test_each_payload_goes_to_one_connection_only(slack: Sandbox, connect: Connect) -> None:
    lines = [await connect() for _ in range(3)]
    hellos = [(await line.next())["num_connections"] for line in lines]
    assert hellos == [1, 2, 3]

    async def serve(line: Line) -> None:
        while True:
            await line.ack()

    serving = [asyncio.create_task(serve(line)) for line in lines]
    for _ in range(20):
        assert await slack.say("U0BEN", "C0GENERAL", "/hello") == {"ok": True}
    for task in serving:
        task.cancel()
    assert sum(len(line.got) - 1 for line in lines) == 20


async def test_an_eleventh_connection_is_sent_away(slack: Sandbox, connect: Connect) -> None:
    for _ in range(10):
        await (await connect()).next()
    last = await (await connect()).next()
    assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")


async def test_disconnect_frames_come_on_demand(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    await slack.slack.socket.disconnect("warning")
    assert (await line.next())["reason"] == "warning"
    assert await slack.slack.socket.connected()
    await slack.slack.socket.disconnect("refresh_requested")
    assert (await line.next())["reason"] == "refresh_requested"
    assert "dispatch_failed" in (await slack.say("U0BEN", "C0GENERAL", "/hello"))["notice"]
    assert (await line.socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


async def test_a_connection_ends_with_its_time(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest(), connection_seconds=0.05) as slack:
        opened = await Api(slack, session)("apps.connections.open", token="app")
        line = Line(await session.ws_connect(opened["url"]))
        assert [(await line.next()).get("reason") for _ in range(3)] == [None, "warning", "refresh_requested"]


async def test_a_dropped_line_fails_what_was_on_it(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    slack.faults({"method": "socket", "kind": "drop"})
    assert "dispatch_failed" in (await slack.say("U0BEN", "C0GENERAL", "/hello"))["notice"]
    again = await connect()
    await again.next()
    said = asyncio.create_task(slack.say("U0BEN", "C0GENERAL", "/hello"))
    await again.ack()
    assert await said == {"ok": True}


async def test_a_lost_ack_is_a_timeout_to_the_person(slack: Sandbox, connect: Connect) -> None:
    line = await connect()
    await line.next()
    slack.faults({"method": "socket", "kind": "lost_reply"})
    said = asyncio.create_task(slack.say("U0BEN", "C0GENERAL", "/hello"))
    await line.ack()
    assert "operation_timeout" in (await said)["notice"]


async def test_a_submission_is_answered_in_its_ack(
    slack: Sandbox, connect: Connect, session: aiohttp.ClientSession
) -> None:
    line = await connect()
    await line.next()
    used = asyncio.create_task(slack.shortcut("U0BEN", "start"))
    envelope = await line.ack()
    await used
    await Api(slack, session)("views.open", trigger_id=envelope["payload"]["trigger_id"], view=modal())
    values = {"name": {"value": {"type": "plain_text_input", "value": "x"}}}
    sending = asyncio.create_task(slack.submit("U0BEN", slack.modals("U0BEN")[-1], values))
    envelope = await line.ack({"response_action": "errors", "errors": {"name": "Longer."}})
    assert (await sending)["errors"] == {"name": "Longer."}
    assert envelope["accepts_response_payload"] is True
