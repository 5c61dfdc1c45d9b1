"""Whatever is sent to any address of ours, by Slack or by anybody: no error of ours, nothing of it in the log."""

import asyncio
import gzip
import hashlib
import hmac
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlencode

import pytest

from bot.actions import Forged, unpack
from bot.buttons import ShowWaiting
from bot.front.replays import GOOD_FOR, MOST, Replays
from bot.logs import set_up
from flows.roadmap import Pack
from flows.services import Services
from storage.database import open_database
from tests.bot.conftest import SECRET
from tests.bot.test_oauth import TENANT, Browser, browsing

PRIVATE = "zephyrinewords"
"""In all that is sent; where it shows up in the log, something was given away."""

COMMAND = urlencode(
    {
        "command": "/cais",
        "text": f"note {PRIVATE}",
        "team_id": "T0SANDBOX",
        "user_id": "U0BEN",
        "user_name": "ben",
        "channel_id": "C0GENERAL",
        "trigger_id": "1.2.3",
        "response_url": "https://x.slack.com/1",
    }
).encode()


def signed(body: bytes, *headers: str, sends: bytes | None = None, length: bool = True) -> bytes:
    """A request with the signature of the body, which may not be what it sends."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    sent = body if sends is None else sends
    lines = ["POST /slack/events HTTP/1.1", "Host: x", "Connection: close", f"X-Slack-Request-Timestamp: {stamp}"]
    lines += [f"X-Slack-Signature: v0={signature}", *([f"Content-Length: {len(sent)}"] if length else []), *headers]
    return "\r\n".join(lines).encode("latin1") + b"\r\n\r\n" + sent


def asked(path: str, *headers: str, method: str = "GET", host: str = "localhost") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]).encode(
        "latin1"
    )


def event(**instead: object) -> bytes:
    said = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0BEN", "ts": "1.1", "text": PRIVATE}
    body = {"type": "event_callback", "team_id": "T0SANDBOX", "event_id": "Ev9", "event_time": 1, "event": said}
    return signed(json.dumps({**body, **instead}).encode())


def click(**instead: object) -> bytes:
    pressed = {"type": "button", "action_id": "task.done", "value": "{}", "block_id": PRIVATE}
    person = {"id": "U0BEN", "name": "ben"}
    body = {"type": "block_actions", "team": {"id": "T0SANDBOX"}, "user": person, "actions": [pressed]}
    return signed(b"payload=" + quote(json.dumps({**body, **instead})).encode())


def submit(view: object) -> bytes:
    return click(type="view_submission", view=view)


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


DEEP = b'{"type": "block_actions", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
CHUNKED = "Transfer-Encoding: chunked"
ZIPPED = "Content-Encoding: gzip"

ON_THE_WIRE = [
    signed(COMMAND, ZIPPED, sends=gzip.compress(COMMAND)),
    signed(COMMAND, ZIPPED),
    signed(COMMAND, ZIPPED, sends=gzip.compress(b"x" * 20_000_000)),
    signed(COMMAND, "Content-Encoding: deflate"),
    signed(COMMAND, "Content-Encoding: " + PRIVATE),
    signed(COMMAND, "Content-Type: text/xml"),
    signed(COMMAND, "Content-Type: multipart/form-data; boundary=x"),
    signed(COMMAND, "Content-Type: \x01\xff; charset=nope"),
    signed(COMMAND, "Content-Type: application/json; charset=utf-16"),
    signed(COMMAND, CHUNKED, length=False, sends=chunks(COMMAND[:5], COMMAND[5:])),
    signed(COMMAND, CHUNKED, length=False, sends=b"zz" + PRIVATE.encode() + b"\r\nxx"),
    signed(COMMAND, CHUNKED, length=False, sends=chunks(*[b"x" * 60_000] * 30)),
    signed(COMMAND, CHUNKED, sends=chunks(COMMAND)),
    signed(COMMAND, "Content-Length: 3"),
    signed(COMMAND, f"no header at all {PRIVATE}"),
    signed(COMMAND, "X-Slack-Signature: v0=00"),
    signed(COMMAND, "X-Slack-Request-Timestamp: 1"),
    signed(COMMAND).replace(b"v0=", b"v0=\xff\xe9"),
    signed(COMMAND).replace(b"Timestamp: ", b"Timestamp: " + b"9" * 5000),
    signed(COMMAND).replace(b"Timestamp: ", b"Timestamp: \xb2"),
    asked("/slack/events", method="DELETE"),
    asked("//slack/events"),
    asked("/%00"),
    asked("/../../etc/passwd"),
    asked("*", method="OPTIONS"),
    asked("/healthz", *[f"X-{n}: y" for n in range(3000)]),
    asked("/metrics", host="[::1"),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]

IN_THE_BODY = [
    signed(DEEP),
    signed(b"payload=" + quote(DEEP).encode()),
    signed(COMMAND + b"&x=\x00%00"),
    signed(COMMAND.replace(b"note", b"note+%00")),
    signed(COMMAND.replace(b"U0BEN", b"U%00")),
    signed(COMMAND.replace(b"T0SANDBOX", b"T%00")),
    signed(COMMAND.replace(b"note", b"%ff%fe%ED%A0%80")),
    signed(b"%zz=%f&command=%"),
    signed(b"\xff\xfe\x00"),
    signed('{"a": 1}'.encode("utf-16")),
    signed(b'{"type": "event_callback", "event_time": ' + b"9" * 5000 + b', "event": {}}'),
    signed(b'{"type": "event_callback", "event": {"text": "\\ud800"}}'),
    signed(b"payload=null"),
    signed(b"payload=1&payload=2"),
    *(event(event=odd) for odd in (None, [1], "x", 7)),
    *(event(team_id=odd) for odd in ({"a": 1}, ["a"], 7)),
    *(event(event_id=odd) for odd in (["a"], 7)),
    *(event(authorizations=odd) for odd in ("x", [None], [{"team_id": {}}])),
    event(event_time="x", event={"type": "app_uninstalled"}),
    event(event={"type": "tokens_revoked", "tokens": [1]}),
    *(event(event={"type": "team_access_revoked", "team_ids": odd}) for odd in (5, "T1", [{}], None)),
    *(
        event(event={"type": "message", "channel_type": "im", "channel": "D1", "user": "U0BEN", "ts": "1", **odd})
        for odd in ({"user": {}}, {"text": 7}, {"channel": {}, "text": "next"}, {"files": "x"}, {"files": [1]})
    ),
    event(event={"type": "app_home_opened", "user": "U0BEN", "tab": "home", "view": "x", "channel": "D1"}),
    *(click(user=odd) for odd in ("U", None, {"id": 5}, {"id": ["x"]})),
    *(click(team=odd) for odd in ("T", None, {"id": {}})),
    *(click(actions=odd) for odd in ({}, [], ["x"], [{"action_id": 5}], [{"action_id": "x", "value": {}}])),
    *(click(**{field: "x"}) for field in ("container", "message", "view", "state", "enterprise")),
    click(state={"values": {"b": {"a": {"selected_option": "x"}}}}),
    click(response_url=5),
    *(submit(odd) for odd in (None, "x", {"id": {}}, {"id": "V", "private_metadata": 5, "callback_id": 5})),
    *(submit({"id": "V", "callback_id": "x", **odd}) for odd in ({"state": []}, {"blocks": [1]}, {"hash": {}})),
]

TO_THE_PAGES = [
    asked(f"/slack/{page}{query}", *headers, host=host, method=method)
    for page in ("install", "oauth_redirect")
    for query, headers, host, method in [
        ("", (), "localhost:99999999", "GET"),
        ("", (), "\xff", "GET"),
        ("", (), "[::1", "GET"),
        ("", (), "a b", "GET"),
        ("", (), "", "HEAD"),
        ("", (), "x", "POST"),
        ("", (), "x", "TRACE"),
        ("?state=%ff%00&code=%ff", ("Cookie: \xff;;;=; $Version=1",), "x", "GET"),
        ("?state=a&state=b&code=1&code=2", ("Cookie: cais_install_=x; a=b=c",), "x", "GET"),
        ("?state=%ED%A0%80", ("X-Forwarded-Proto: \xff,,",), "x", "GET"),
        ("?state=" + "x" * 7000, (), "x", "GET"),
        (f"?state=a&error=<script>&code={PRIVATE}", (), "x", "GET"),
    ]
]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What an operator would find in the log, at its wordiest."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    set_up("DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level


async def sends(browser: Browser, request: bytes) -> int:
    """The status; 0 where the connection is only closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(browser._home.rpartition(":")[2]))
    try:
        writer.write(request)
        first = (await asyncio.wait_for(reader.readline(), 10)).split()
        return int(first[1]) if first else 0
    except ConnectionError:
        return 0
    finally:
        writer.close()


@pytest.fixture
async def browser(services: Services, tmp_path: Path, pack: Pack) -> AsyncIterator[Browser]:
    async with (
        await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database,
        browsing(database, pack) as opened,
    ):
        await opened.adds_it()
        yield opened


async def test_garbage_is_nobodys_error_and_is_not_in_the_log(browser: Browser, logged: io.StringIO) -> None:
    for request in (*ON_THE_WIRE, *IN_THE_BODY, *TO_THE_PAGES):
        status = await sends(browser, request)
        # 503 is for an event that could not be kept: Slack shall send it again.
        assert status < 500 or status == 503, request[:300]
    assert await sends(browser, asked("/healthz")) == 200
    await browser.slack.settled()
    assert await browser.tenants() == [TENANT]
    assert "level=error" in logged.getvalue(), "something was logged"
    assert PRIVATE not in logged.getvalue()


def test_what_a_button_carries_may_be_no_text_at_all() -> None:
    for value in (5, None, ["{}"], {}):
        with pytest.raises(Forged):
            unpack(ShowWaiting, cast(str, value))


async def test_a_command_or_a_press_that_comes_once_more_is_refused(browser: Browser) -> None:
    for request in (signed(COMMAND), click(), submit({"id": "V", "callback_id": "x"})):
        assert [await sends(browser, request) for _ in range(3)] == [200, 401, 401]
    again = event()  # Slack itself repeats these, and each counts once by its id
    assert [await sends(browser, again) for _ in range(2)] == [200, 200]


def test_signatures_are_remembered_for_as_long_as_they_count_and_no_longer() -> None:
    at = [0.0]
    replays = Replays(lambda: at[0])
    assert [replays.again("v0=a"), replays.again("v0=a"), replays.again("v0=b")] == [False, True, False]
    at[0] = GOOD_FOR
    assert replays.again("v0=a")
    for n in range(3 * MOST):
        replays.again(f"v0={n}")
    assert len(replays._lately) + len(replays._before) <= 2 * MOST
