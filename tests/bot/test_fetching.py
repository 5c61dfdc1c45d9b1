"""Files are fetched from Slack only, with the token shown to nobody else, and no more of them than is allowed."""

import hashlib
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack.web_api import NotHandedOver, TooBusy, TooLarge, Unsure, WebApi

TOKEN = "xoxb-token"


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    async def give(request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        if what == "login":
            raise web.HTTPFound("/?login")
        if what == "page":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if what.isdigit():
            return web.Response(status=int(what))
        endless = web.StreamResponse()
        await endless.prepare(request)
        for _ in range(20 if what == "file" else 10_000):
            await endless.write(b"0123456789" * 100)
        return endless

    app = web.Application()
    app.router.add_get("/{what}", give)
    async with TestServer(app) as started:
        yield started


@pytest.fixture
async def api(server: TestServer) -> AsyncIterator[WebApi]:
    async with aiohttp.ClientSession() as session:
        yield WebApi(session, token=TOKEN, base_url=str(server.make_url("/api/")))


async def test_a_file_comes_whole_with_its_size_and_digest(api: WebApi, server: TestServer) -> None:
    into = io.BytesIO()
    size, digest = await api.fetch(str(server.make_url("/file")), into, most=20_000)
    assert size == len(into.getvalue()) == 20_000
    assert digest == hashlib.sha256(into.getvalue()).hexdigest()


async def test_no_more_is_taken_than_is_allowed(api: WebApi, server: TestServer) -> None:
    into = io.BytesIO()
    with pytest.raises(TooLarge):
        await api.fetch(str(server.make_url("/endless")), into, most=50_000)
    assert len(into.getvalue()) <= 50_000


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("login", NotHandedOver),
        ("page", NotHandedOver),
        ("404", NotHandedOver),
        ("403", NotHandedOver),
        ("429", TooBusy),
        ("503", Unsure),
    ],
)
async def test_what_is_no_file_is_not_taken_for_one(
    api: WebApi, server: TestServer, what: str, error: type[Exception]
) -> None:
    into = io.BytesIO()
    with pytest.raises(error):
        await api.fetch(str(server.make_url(f"/{what}")), into, most=50_000)
    assert into.getvalue() == b""


async def test_a_page_counts_as_a_file_only_where_it_has_the_size_that_slack_names(
    api: WebApi, server: TestServer
) -> None:
    into = io.BytesIO()
    page = str(server.make_url("/page"))
    size, _ = await api.fetch(page, into, most=50_000, exactly=len("<html>Sign in</html>"))
    assert size == len(into.getvalue())
    with pytest.raises(NotHandedOver, match="login page"):
        await api.fetch(page, io.BytesIO(), most=50_000, exactly=4_711)


async def test_a_file_that_was_cut_off_is_asked_for_again(api: WebApi, server: TestServer) -> None:
    with pytest.raises(Unsure):
        await api.fetch(str(server.make_url("/file")), io.BytesIO(), most=50_000, exactly=20_001)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "http://files.slack.com/x",
        "https://files.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://user@files.slack.com/x",
        "https://files.slack.com:8443/x",
        "https://evil.example\\.slack.com/x",
        "https://127.0.0.1/x",
        "https://[::1",
        "//files.slack.com/x",
        "ftp://files.slack.com/x",
    ],
)
async def test_no_address_but_slacks_gets_to_see_the_token(url: str) -> None:
    # A session that was asked would fail in another way: it is not there.
    api = WebApi(session=None, token=TOKEN)  # type: ignore[arg-type]
    with pytest.raises(NotHandedOver):
        await api.fetch(url, io.BytesIO(), most=10)


@pytest.mark.parametrize("host", ["files.slack.com", "files.slack-gov.com"])
async def test_slacks_own_hosts_are_asked(host: str) -> None:
    api = WebApi(session=None, token=TOKEN)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        await api.fetch(f"https://{host}/files-pri/T1-F1/x.pdf", io.BytesIO(), most=10)
