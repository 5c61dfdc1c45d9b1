"""Files are handed up to Slack only, whole, as often as it takes, and without the token."""

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack import web_api
from bot.slack.web_api import NotHandedOver, TooBusy, Unsure, WebApi

CONTENT = b"0123456789" * 100_000


@pytest.fixture
async def taken() -> list[bytes]:
    """What the server got."""
    return []


@pytest.fixture
async def server(taken: list[bytes]) -> AsyncIterator[TestServer]:
    async def take(request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        assert request.headers["Content-Length"] == str(len(CONTENT))
        taken.append(await request.read())
        what = request.match_info["what"]
        if what == "slowly":
            await asyncio.sleep(0.5)
        return web.Response(status=int(what) if what.isdigit() else 200)

    app = web.Application(client_max_size=10**7)
    app.router.add_post("/{what}", take)
    async with TestServer(app) as started:
        yield started


@pytest.fixture
async def api(server: TestServer) -> AsyncIterator[WebApi]:
    async with aiohttp.ClientSession() as session:
        yield WebApi(session, token="xoxb-token", base_url=str(server.make_url("/api/")))


async def test_a_file_goes_up_whole_and_can_go_again(api: WebApi, server: TestServer, taken: list[bytes]) -> None:
    file = io.BytesIO(CONTENT)
    for _ in range(2):
        file.seek(0)
        await api.hand_up(str(server.make_url("/upload")), file, len(CONTENT))
    assert taken == [CONTENT, CONTENT]


async def test_a_large_file_has_as_long_as_a_slow_line_takes_for_it(
    api: WebApi, server: TestServer, taken: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "FETCH", 0.2)
    monkeypatch.setattr(web_api, "SLOWEST", len(CONTENT) / 5)
    await api.hand_up(str(server.make_url("/slowly")), io.BytesIO(CONTENT), len(CONTENT))
    assert taken == [CONTENT]
    monkeypatch.setattr(web_api, "SLOWEST", len(CONTENT) * 100)
    with pytest.raises(Unsure):
        await api.hand_up(str(server.make_url("/slowly")), io.BytesIO(CONTENT), len(CONTENT))


@pytest.mark.parametrize(
    ("status", "error"), [(429, TooBusy), (500, Unsure), (503, Unsure), (302, NotHandedOver), (404, NotHandedOver)]
)
async def test_an_address_that_does_not_take_it_is_said(
    api: WebApi, server: TestServer, status: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await api.hand_up(str(server.make_url(f"/{status}")), io.BytesIO(CONTENT), len(CONTENT))


@pytest.mark.parametrize(
    "url",
    ["", "http://files.slack.com/x", "https://files.slack.com.evil.example/x", "https://127.0.0.1/x", "file:///x"],
)
async def test_no_address_but_slacks_gets_to_see_a_record(url: str) -> None:
    # A session that was asked would fail in another way: it is not there.
    api = WebApi(session=None, token="xoxb-token")  # type: ignore[arg-type]
    with pytest.raises(NotHandedOver):
        await api.hand_up(url, io.BytesIO(CONTENT), len(CONTENT))
