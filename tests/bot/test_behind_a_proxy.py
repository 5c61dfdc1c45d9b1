"""The bot and the doctor behind a company's proxy: both go the same way, and say so where it leads nowhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import socket_mode
from bot.clock import real_now
from bot.doctor import checks, oauth
from bot.sandbox import web_api as sandbox_api
from bot.sandbox.sandbox import Sandbox
from bot.serving import NotServing, serve
from bot.settings import Settings
from bot.slack import web_api
from tests.bot.proxying import PASSWORD, SLACK, Proxy, proxy_to
from tests.bot.proxying import certificate as certificate
from tests.bot.test_serving import OAUTH, given, handlers, python, sandbox, served, until

Given = Callable[..., Settings]
__all__ = ["certificate", "given", "handlers", "python", "sandbox"]

DEAD = f"http://cais:{PASSWORD}@127.0.0.1:1"


@pytest.fixture
async def proxy(sandbox: Sandbox, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """It leads to the sandbox, which is told that there is TLS before it."""
    opened = sandbox_api.WebApi._open_connection

    def with_tls(self: sandbox_api.WebApi, token: str, request: web.Request) -> dict[str, Any]:
        answer = opened(self, token, request)
        return answer | {"url": answer["url"].replace("ws://slack.test/", "wss://wss-primary.slack.com/")}

    monkeypatch.setattr(sandbox_api.WebApi, "_open_connection", with_tls)
    port = int(sandbox.url.rpartition(":")[2])
    async with proxy_to(port, certificate) as running:
        yield running


async def why_not(settings: Settings) -> NotServing:
    with pytest.raises(NotServing) as stopped:
        async with asyncio.timeout(20):
            await serve(settings)
    return stopped.value


async def test_socket_mode_is_served_through_it(given: Given, sandbox: Sandbox, proxy: Proxy) -> None:
    async with served(given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url)):
        await until(sandbox.slack.delivery.connected)
    hosts = [line.split()[1] for line in proxy.asked]
    assert hosts == ["slack.test:443", "wss-primary.slack.com:443"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "http_proxy"])
async def test_a_proxy_in_the_environment_is_not_for_a_sandbox_on_this_machine(
    given: Given, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, DEAD)
    settings = given(**{variable: DEAD})
    assert [one.verdict for one in await checks.check_slack(settings, real_now())] == ["ok", "ok", "ok"]
    assert (await checks.check_line(settings)).verdict == "ok"
    assert "proxy" not in checks.check_settings(settings)[0].sentence
    async with served(settings):
        await until(sandbox.slack.delivery.connected)


async def test_a_dead_one_and_one_that_refuses_end_the_start_with_a_sentence(
    given: Given, proxy: Proxy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "REFUSED_CONNECTIONS", 1)
    proxy.refuses["CONNECT slack.test"] = 403
    dead = await why_not(given(SLACK_API_URL=SLACK, HTTPS_PROXY=DEAD))
    said = "auth.test: the proxy http://127.0.0.1:1 cannot be reached: connection refused"
    assert str(dead) == f"Slack did not answer ({said}). `cais doctor` looks further."
    refused = await why_not(given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url))
    assert f"(auth.test: the proxy {proxy.shown} refuses with 403 No)" in str(refused)
    assert dead.exit_code == refused.exit_code == 1
    assert "hunter2" not in f"{dead} {refused} {capsys.readouterr().err}"


async def test_one_that_lets_only_socket_mode_not_through_is_named_and_its_password_not_logged(
    given: Given, proxy: Proxy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "FIRST", 0.3)
    proxy.refuses["CONNECT wss-primary"] = 403
    refused = await why_not(given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url))
    said = f"Socket Mode at wss-primary.slack.com: no connection within 0.3 s, through the proxy {proxy.shown}"
    assert str(refused) == f"Slack did not answer ({said}). `cais doctor` looks further."
    assert refused.exit_code == 1
    log = capsys.readouterr().err
    assert "Failed to connect" in log
    assert "hunter2" not in log


async def test_a_slack_that_goes_away_between_two_calls_is_a_sentence_too(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(self: AsyncWebClient, **given: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(AsyncWebClient, "apps_connections_open", away)
    stopped = await why_not(given())
    assert str(stopped).startswith("Slack did not answer (apps.connections.open: TimeoutError).")
    assert stopped.exit_code == 1


async def test_the_doctor_goes_the_same_way_and_says_which(given: Given, proxy: Proxy) -> None:
    settings = given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url)
    assert f", through the proxy {proxy.shown}, as HTTPS_PROXY says." in checks.check_settings(settings)[0].sentence
    assert [one.verdict for one in await checks.check_slack(settings, real_now())] == ["ok", "ok", "ok"]
    assert (await checks.check_line(settings)).verdict == "ok"
    assert [line.split()[1] for line in proxy.asked] == [
        "slack.test:443",
        "slack.test:443",
        "wss-primary.slack.com:443",
    ]
    many = given(**OAUTH, SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url)
    assert (await oauth.check_oauth(many, real_now()))[0].verdict == "ok"
    straight = given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url, NO_PROXY="slack.test")
    said = checks.check_settings(straight)[0].sentence
    assert said.endswith(", without the proxy that HTTPS_PROXY names, as NO_PROXY says.")


async def test_the_doctor_names_a_proxy_that_leads_nowhere(given: Given, proxy: Proxy) -> None:
    (dead,) = await checks.check_slack(given(SLACK_API_URL=SLACK, HTTPS_PROXY=DEAD), real_now())
    assert "(the proxy http://127.0.0.1:1 cannot be reached: connection refused). Check the network" in dead.sentence
    proxy.refuses["CONNECT"] = 407
    settings = given(SLACK_API_URL=SLACK, HTTPS_PROXY=proxy.url)
    refused = [*await checks.check_slack(settings, real_now()), await checks.check_line(settings)]
    assert all(f"(the proxy {proxy.shown} refuses with 407 No)" in one.sentence for one in refused)
    proxy.refuses = {"CONNECT wss-primary": 403}
    half = await checks.check_line(settings)
    assert half.sentence.startswith(
        "It is the right one, but wss-primary.slack.com, where Socket Mode connects, cannot"
    )
    assert f"(the proxy {proxy.shown} refuses with 403 No)" in half.sentence
    (nowhere,) = await checks.check_slack(given(SLACK_API_URL="https://slack.invalid/api/"), real_now())
    assert "(the name slack.invalid does not resolve)" in nowhere.sentence
    assert "hunter2" not in " ".join(one.sentence for one in (dead, *refused, half, nowhere))


async def test_a_proxy_of_a_kind_that_is_not_known_stops_the_start_and_the_doctor(given: Given) -> None:
    with pytest.raises(Exception, match="HTTPS_PROXY must be http://host:port"):
        await serve(given(SLACK_API_URL=SLACK, HTTPS_PROXY="socks5://127.0.0.1:1"))
