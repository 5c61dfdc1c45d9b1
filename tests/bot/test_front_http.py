"""What may arrive at the HTTP door, signed and unsigned, whole and broken."""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.front.signatures import Signatures
from bot.front.turned_away import TurnedAway
from bot.metrics import Counts
from bot.server import Server, read_form, web_app
from flows.roadmap import Pack
from flows.services import Services
from tests.bot.conftest import SECRET, bot_in_slack
from tests.bot.tiny import tiny_router

Json = dict[str, Any]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return cast(Pack, None)  # these listeners read no roadmap


class Door:
    """Knocks as Slack does, or nearly."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self.address = session, address

    async def knock(self, body: str | bytes, *, at: str = "", **headers: str) -> tuple[int, str]:
        """Posts a signed body; headers given replace the true ones."""
        raw = body.encode() if isinstance(body, str) else body
        stamp = at or str(int(time.time()))
        signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        sent = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        sent = {name: value for name, value in sent.items() if value}
        async with self._session.post(f"{self.address}/slack/events", data=raw, headers=sent) as answer:
            return answer.status, await answer.text()

    async def get(self, path: str) -> tuple[int, str]:
        """Reads a page."""
        async with self._session.get(self.address + path) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def door(services: Services) -> AsyncIterator[Door]:
    missing: list[str] = []

    async def ready() -> str:
        return missing[0] if missing else ""

    async with bot_in_slack("http", services, tiny_router()) as slack, aiohttp.ClientSession() as session:
        server = Server(web_app(slack.bot.app, ready=ready, counts=slack.bot.counts), host="127.0.0.1", port=0)
        knocking = Door(session, f"http://127.0.0.1:{await server.start()}")
        knocking.__dict__["missing"] = missing
        yield knocking
        await server.stop()


def command(text: str) -> str:
    given = {"command": "/cais", "text": text, "team_id": "T0SANDBOX", "user_id": "U0BEN", "channel_id": "C0GENERAL"}
    return urlencode({**given, "user_name": "ben", "trigger_id": "1.2.3", "response_url": "https://x.slack.com/1"})


async def test_a_command_is_answered_in_the_ack(door: Door) -> None:
    status, body = await door.knock(command("card"))
    answer = msgspec.json.decode(body)
    assert (status, answer["response_type"]) == (200, "ephemeral")
    assert answer["blocks"]


async def test_the_word_payload_in_a_command_is_a_word(door: Door) -> None:
    """Bolt's own reading of a form would lose the whole command."""
    _, body = await door.knock(command("card payload"))
    assert "'payload'" in msgspec.json.decode(body)["text"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"X_Slack_Signature": "v0=00"},
        {"X_Slack_Signature": ""},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Request_Timestamp": "yesterday"},
        {"X_Slack_Request_Timestamp": "1.5"},
        {"X_Slack_Request_Timestamp": "-1"},
    ],
)
async def test_an_unsigned_request_is_turned_away_and_not_logged(
    door: Door, wrong: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status, _ = await door.knock(command("card very private words"), **wrong)
    assert status == 401
    assert "very" not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        (b"\xff\xfe", 400),
        ("payload=nonsense", 400),
        ('{"type": "event_callback"}', 400),
        ('{"a":' * 100_000, 400),
        ("ssl_check=1&token=x", 200),
    ],
    ids=["no JSON", "no text", "no payload", "no event", "deep", "certificate"],
)
async def test_nothing_in_a_body_is_looked_at_before_its_signature(door: Door, body: str | bytes, status: int) -> None:
    old = str(int(time.time()) - 900)
    for wrong in ({"X_Slack_Signature": "v0=00"}, {"X_Slack_Signature": "v0=\u00e4"}, {"X_Slack_Signature": ""}):
        assert (await door.knock(body, **wrong))[0] == 401
    assert (await door.knock(body, at=old))[0] == 401
    assert (await door.knock(body, at="9" * 5000))[0] == 401
    assert (await door.knock(body))[0] == status
    counted = (await door.get("/metrics"))[1]
    assert 'turned_away_total{reason="wrong_signature"} 2' in counted
    assert 'turned_away_total{reason="clock"} 1' in counted


async def test_what_comes_to_bolt_over_http_by_another_door_is_refused(services: Services) -> None:
    async with bot_in_slack("http", services, tiny_router()) as slack:
        answer = await slack.bot.app.async_dispatch(AsyncBoltRequest(body=command("card")))
        assert (answer.status, answer.body) == (401, "")


def test_without_a_signing_secret_no_signature_is_right() -> None:
    for secret in ("", "none: Socket Mode only"):
        theirs = hmac.new(secret.encode(), b"v0:1:", hashlib.sha256).hexdigest()
        assert not Signatures("").is_right(f"v0={theirs}", "1", b"")


async def test_what_is_turned_away_is_counted_by_reason_and_said_once_a_minute(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await door.knock(command("card very private words"), X_Slack_Signature="v0=00")
    await door.knock(command("card"), X_Slack_Signature="")
    await door.knock(command("card"), at=str(int(time.time()) - 900))
    await door.knock("{")
    await door.knock("text=" + "x" * (1024 * 1024))
    await door.get("/favicon.ico")
    _, metrics = await door.get("/metrics")
    counted = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line.startswith("cais_turned_away_total"))
    assert {name.split('"')[1]: int(count) for name, count in counted.items()} == {
        "wrong_signature": 3,
        "no_signature": 1,
        "clock": 1,
        "unreadable": 1,
        "too_large": 1,
        "no_such_page": 1,
    }
    lines = [r.getMessage() for r in caplog.records if r.name == "cais.door"]
    assert len(lines) == 5, "one for each reason; whoever looks round is not worth one"
    assert "SLACK_SIGNING_SECRET may be another app's" in lines[0]
    assert "very" not in caplog.text


def test_a_minute_later_the_line_says_how_many_there_were(caplog: pytest.LogCaptureFixture) -> None:
    at = [0.0]
    turned_away = TurnedAway(Counts(), now=lambda: at[0])
    for at[0] in (0.0, 1.0, 59.0, 61.0, 62.0):
        turned_away.add("wrong_signature")
    assert [r.getMessage().split(" with ")[0] for r in caplog.records] == [
        "Turned away 1 request",
        "Turned away 3 requests",
    ]


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (301, 401), (-290, 200), (290, 200)])
async def test_a_signature_is_good_for_five_minutes(door: Door, seconds: int, status: int) -> None:
    assert (await door.knock(command("card"), at=str(int(time.time()) + seconds)))[0] == status


@pytest.mark.parametrize(
    "garbage",
    [
        "{",
        "{}",
        "[]",
        "payload=%5B1%5D",
        "payload=nonsense",
        "payload=%7B%7D",
        "a=b",
        "",
        b"\xff\xfe",
        '{"type": "event_callback", "event": "text"}',
        '{"type": "event_callback", "event": {"type": "message", "user": "U1", "channel": "D1", "text": "x"}}',
        '{"type": "event_callback", "event": {"type": "reaction_added", "user": "U1"}, "event_id": "E1"}',
        '{"type": 7}',
        '{"team": 7, "type": "block_actions"}',
        "payload=" + '{"type": "block_actions", "actions": [], "user": {"id": "U1"}}',
        "payload=" + '{"type": "block_actions", "user": {"id": "U1"}}',
        "payload=" + '{"type": "view_submission", "user": {"id": "U1"}, "view": {}}',
        "payload=" + '{"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1"}}',
        "payload=" + '{"type": "workflow_step", "user": {"id": "U1"}}',
        "command=%2Fcais&text=next",
    ],
)
async def test_nothing_that_arrives_is_an_error_of_ours(door: Door, garbage: str | bytes) -> None:
    assert (await door.knock(garbage))[0] in (200, 400)


async def test_a_huge_body_is_refused_unread(door: Door) -> None:
    assert (await door.knock("text=" + "x" * (1024 * 1024)))[0] == 413


async def test_slack_checks_the_address_when_it_is_entered(door: Door) -> None:
    status, body = await door.knock('{"type": "url_verification", "challenge": "abc"}', Content_Type="application/json")
    assert (status, msgspec.json.decode(body)) == (200, {"challenge": "abc"})


async def test_slack_checks_the_certificate(door: Door) -> None:
    assert (await door.knock("ssl_check=1&token=x"))[0] == 200


@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "message_action", "shortcut", "block_suggestion"])
async def test_what_nobody_listens_to_is_acked_and_counted(door: Door, kind: str) -> None:
    payload = {
        "type": kind,
        "user": {"id": "U0BEN", "name": "ben"},
        "team": {"id": "T0SANDBOX"},
        "actions": [{"action_id": "from.last.year", "type": "button", "value": "{}", "block_id": "b"}],
        "action_id": "from.last.year",
        "callback_id": "from.last.year",
        "view": {"id": "V1", "type": "modal", "callback_id": "from.last.year", "private_metadata": "none of ours"},
    }
    status, body = await door.knock(urlencode({"payload": msgspec.json.encode(payload)}))
    assert status == 200
    assert "error" not in body
    _, metrics = await door.get("/metrics")
    assert 'outcome="answered"' in metrics


async def test_whoever_runs_the_app_can_ask_how_it_is(door: Door) -> None:
    assert (await door.get("/healthz"))[0] == 200
    assert (await door.get("/readyz"))[0] == 200
    door.__dict__["missing"].append("Not yet.")
    assert await door.get("/readyz") == (503, "Not yet.\n")
    assert (await door.get("/slack/events"))[0] == 405


def test_a_form_is_read_as_it_was_written() -> None:
    assert read_form("text=a+%2B+%26+%C3%BC&command=%2Fcais&empty=") == {
        "text": "a + & ü",
        "command": "/cais",
        "empty": "",
    }
    assert read_form("payload=%7B%22type%22%3A%221%22%7D") == {"type": "1"}


async def test_a_connection_on_which_no_whole_head_of_a_request_comes_in_time_is_closed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.READING", 0.05)
    host, port = door.address.removeprefix("http://").split(":")
    half, whole = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
    half[1].write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-A: ")
    whole[1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await asyncio.wait_for(half[0].read(), 5) == b""
    assert b" 200 OK" in await whole[0].readline()
    whole[1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await whole[0].readuntil(b" 200 OK")
    for _, writer in (half, whole):
        writer.close()
    assert 'reason="too_slow"} 1' in (await door.get("/metrics"))[1]


async def test_beside_socket_mode_a_request_of_slacks_is_told_from_a_wrong_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def ready() -> str:
        return ""

    counts = Counts()
    server = Server(web_app(None, ready=ready, counts=counts), host="127.0.0.1", port=0)
    port = await server.start()
    async with aiohttp.ClientSession() as session:
        for path in ("/slack/events", "/slack/event"):
            async with session.post(f"http://127.0.0.1:{port}{path}", data="payload={}") as answer:
                assert answer.status == 404
    await server.stop()
    lines = [r.getMessage() for r in caplog.records if r.name == "cais.door"]
    assert ["SLACK_APP_TOKEN is set" in line for line in lines] == [True, False]
