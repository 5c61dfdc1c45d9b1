"""Which way Slack is asked: through the proxy that HTTPS_PROXY names, and a plain http address never."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.oauth import OAuth
from bot.settings import BadSettings, read
from bot.slack import web_api
from bot.slack.outgoing import STRAIGHT_ON, Outgoing
from bot.slack.web_api import Unreachable, Unsure, WebApi
from tests.bot.proxying import PASSWORD, SLACK, Proxy, proxy_to
from tests.bot.proxying import certificate as certificate
from tests.bot.test_secrets import PASSWORDS

PROXY = "http://proxy.corp:3128"
IN_SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Takes everything."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/{what:.*}", take)
    async with TestServer(app) as started:
        yield started


@pytest.fixture
async def proxy(server: TestServer, certificate: Path) -> AsyncIterator[Proxy]:
    async with proxy_to(server.port or 0, certificate) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.mark.parametrize(
    ("straight_to", "url", "through"),
    [
        ("", "https://slack.com/api/auth.test", True),
        ("", "wss://wss-primary.slack.com/link", True),
        ("", "http://127.0.0.1:8765/api/", False),
        ("", "ws://127.0.0.1:8765/socket", False),
        ("slack.com", "https://slack.com/api/", False),
        ("slack.com", "https://files.slack.com/x", False),
        (".slack.com", "https://slack.com/api/", False),
        ("localhost, SLACK.com:443", "https://slack.com/api/", False),
        ("slack.com:8443", "https://slack.com/api/", True),
        ("lack.com", "https://slack.com/api/", True),
        ("wss-primary.slack.com", "https://slack.com/api/", True),
        ("*", "https://slack.com/api/", False),
        ("", "https://slack.com:99999/", False),
        ("", "https://[::1", False),
    ],
)
def test_the_way_goes_by_the_address(straight_to: str, url: str, through: bool) -> None:
    outgoing = Outgoing(PROXY, straight_to)
    assert outgoing.proxy_for(url) == (PROXY if through else None)
    assert outgoing.shown_for(url) == (PROXY if through else "")
    assert STRAIGHT_ON.proxy_for(url) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("proxy.corp:3128", PROXY),
        ("http://proxy.corp/", "http://proxy.corp:80"),
        ("http://a:b@proxy.corp:3128", PROXY),
        ("http://a:b%40c@[::1]:1", "http://[::1]:1"),
    ],
)
def test_a_proxy_is_shown_without_its_password(given: str, shown: str) -> None:
    outgoing = Outgoing(given)
    assert outgoing.shown == shown
    assert repr(outgoing) == f"Outgoing({shown!r})"
    assert (outgoing.proxy_for(SLACK) or "").endswith(given)


@pytest.mark.parametrize("given", ["socks5://hunter2:1", "http://", "http://hunter2:port", "http://a:hunter2€@h:1"])
def test_what_is_no_proxy_here_is_a_sentence_for_whoever_goes_to_slack(given: str) -> None:
    with pytest.raises(BadSettings, match="HTTPS_PROXY must be http://host:port") as bad:
        _ = read({**IN_SLACK, "HTTPS_PROXY": given}).outgoing
    assert "hunter2" not in str(bad.value)
    sandbox = read({**IN_SLACK, "HTTPS_PROXY": given, "SLACK_API_URL": "http://127.0.0.1:1/api/"})
    assert sandbox.outgoing is STRAIGHT_ON


@pytest.mark.parametrize("password", PASSWORDS)
def test_half_a_password_that_breaks_the_proxys_address_is_not_shown(password: str) -> None:
    try:
        shown = repr(read({**IN_SLACK, "HTTPS_PROXY": f"http://cais:{password}@proxy.corp:3128"}).outgoing)
    except BadSettings as bad:
        shown = str(bad)
    assert "hun" not in shown
    assert "ter2" not in shown


def test_small_letters_count_more_as_with_other_programs_and_an_http_proxy_never() -> None:
    both = {"HTTPS_PROXY": "http://big:1", "https_proxy": "http://small:1", "no_proxy": "slack-gov.com"}
    outgoing = read({**IN_SLACK, **both}).outgoing
    assert (outgoing.shown, outgoing.proxy_for("https://slack-gov.com/api/")) == ("http://small:1", None)
    assert read({**IN_SLACK, "https_proxy": "", "HTTPS_PROXY": "http://big:1"}).outgoing.shown == "http://big:1"
    assert read({**IN_SLACK, "HTTP_PROXY": PROXY, "http_proxy": PROXY}).outgoing is STRAIGHT_ON


async def test_everything_that_is_asked_of_slack_goes_through_it(proxy: Proxy) -> None:
    async def call(api: WebApi) -> None:
        assert (await api.call("chat.postMessage", {"text": "x"}))["ok"]

    async def ask(api: WebApi) -> None:
        assert (await api.call("auth.test", {}, form=True))["ok"]

    async def fetch(api: WebApi) -> None:
        assert (await api.fetch("https://slack.test/files/1", io.BytesIO(), most=1000))[0] > 0

    async def hand_up(api: WebApi) -> None:
        await api.hand_up("https://slack.test/upload", io.BytesIO(b"content"), 7)

    async def respond(api: WebApi) -> None:
        assert await api.respond("https://slack.test/response/1", {"text": "x"})

    for one in (call, ask, fetch, hand_up, respond):
        async with aiohttp.ClientSession() as session:
            await one(WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(proxy.url)))
        assert proxy.asked == ["CONNECT slack.test:443 HTTP/1.1"], one.__name__
        proxy.asked.clear()


async def test_its_tunnel_is_used_again(proxy: Proxy, session: aiohttp.ClientSession) -> None:
    api = WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(proxy.url))
    for form in (False, True, False):
        await api.call("auth.test", {}, form=form)
    assert len(proxy.asked) == 1


async def test_slacks_other_hosts_are_asked_through_it_too(proxy: Proxy, session: aiohttp.ClientSession) -> None:
    api = WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(proxy.url))
    assert await api.respond("https://hooks.slack.com/commands/1", {"text": "x"})
    await api.fetch("https://files.slack.com/files/1", io.BytesIO(), most=1000)
    assert [line.split()[1] for line in proxy.asked] == ["hooks.slack.com:443", "files.slack.com:443"]


async def test_a_plain_address_is_never_asked_through_it(
    proxy: Proxy, server: TestServer, session: aiohttp.ClientSession
) -> None:
    api = WebApi(session, token="xoxb-1", base_url=str(server.make_url("/api/")), outgoing=Outgoing(proxy.url))
    await api.call("chat.postMessage", {"text": "x"})
    await api.call("auth.test", {}, form=True)
    await api.fetch(str(server.make_url("/files/1")), io.BytesIO(), most=1000)
    assert proxy.asked == []


async def test_the_code_of_an_installation_is_exchanged_through_it(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    oauth = OAuth(
        client_id="1",
        client_secret="2",
        scopes=(),
        installations=cast(Any, None),
        session=session,
        now=lambda: 0.0,
        arrived=cast(Any, None),
        api_url=SLACK,
        outgoing=Outgoing(proxy.url),
    )
    with pytest.raises(Unsure, match="no bot token"):
        await oauth._exchange("code")
    assert proxy.asked == ["CONNECT slack.test:443 HTTP/1.1"]


async def test_a_proxy_that_says_no_is_named_without_its_password_and_asked_once(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    api = WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(proxy.url.replace("hunter2", "hunter3")))
    for form in (False, True):
        with pytest.raises(Unreachable) as no:
            await api.call("auth.test", {}, form=form)
        assert str(no.value) == f"auth.test: the proxy {proxy.shown} refuses with 407 No"
    assert len(proxy.asked) == 3, "what is read is read twice"


async def test_a_proxy_that_is_away_or_cannot_get_on_is_asked_again_and_named(
    proxy: Proxy, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "REFUSED_CONNECTIONS", 2)
    proxy.refuses["CONNECT"] = 503
    for url, said in {
        proxy.url: f"the proxy {proxy.shown} refuses with 503 No",
        f"http://cais:{PASSWORD}@127.0.0.1:1": "the proxy http://127.0.0.1:1 cannot be reached: connection refused",
        "http://proxy.invalid:1": "the proxy http://proxy.invalid:1 cannot be reached: "
        "the name proxy.invalid does not resolve",
    }.items():
        api = WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(url))
        with pytest.raises(Unreachable) as no:
            await api.call("chat.postMessage", {})
        assert str(no.value) == f"chat.postMessage: {said}"
    assert len(proxy.asked) == 2


async def test_a_proxy_that_hangs_up_is_named(certificate: Path, session: aiohttp.ClientSession) -> None:
    async with proxy_to(1, certificate) as proxy:
        api = WebApi(session, token="xoxb-1", base_url=SLACK, outgoing=Outgoing(proxy.url))
        with pytest.raises(Unsure, match=f", through the proxy {proxy.shown}"):
            await api.call("chat.postMessage", {})
        with pytest.raises(Unsure, match=f", through the proxy {proxy.shown}"):
            await api.fetch("https://slack.test/files/1", io.BytesIO(), most=1000)


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("https://slack.invalid/api/", "the name slack.invalid does not resolve"),
        ("http://127.0.0.1:1/api/", "connection refused"),
    ],
)
async def test_where_nobody_is_found_is_said_and_a_name_that_does_not_resolve_refuses_nothing(
    base_url: str, said: str, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "REFUSED_CONNECTIONS", 1)
    with pytest.raises(Unreachable) as no:
        await WebApi(session, token="xoxb-1", base_url=base_url).call("chat.postMessage", {})
    assert str(no.value) == f"chat.postMessage: {said}"


async def test_a_certificate_that_is_not_trusted_is_called_so(
    proxy: Proxy, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "REFUSED_CONNECTIONS", 1)
    api = WebApi(session, token="xoxb-1", base_url="https://other.test/api/", outgoing=Outgoing(proxy.url))
    with pytest.raises(Unreachable) as no:
        await api.call("chat.postMessage", {})
    said = f"the certificate of other.test is not trusted here, through the proxy {proxy.shown}"
    assert str(no.value) == f"chat.postMessage: {said}"
