"""The lines to Slack: what is asked of the environment, dead connections, and stopping without losing work."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot import socket_mode
from bot.app import Bot
from bot.background import Background
from bot.clock import real_time
from bot.sandbox.sandbox import Sandbox
from bot.slack.web_api import SlackSaidNo
from bot.socket_mode import SocketMode
from flows.roadmap import Pack
from flows.services import Services
from tests.bot.conftest import MANIFEST, bot_in_slack
from tests.bot.conversing import BEN, GENERAL
from tests.bot.tiny import tiny_router


@pytest.fixture(scope="module")
def pack() -> Pack:
    return cast(Pack, None)  # these listeners read no roadmap


@pytest.fixture
async def pretend() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(MANIFEST, rates=False) as running:
        yield running


def bot_at(pretend: Sandbox, services: Services, **given: Any) -> Bot:
    known = {"token": pretend.options.bot_token, "signing_secret": "", **given}
    return Bot(router=tiny_router(), services=services, now=real_time, api_url=pretend.api_url, **known)


async def test_nothing_in_the_environment_changes_how_the_app_is_built(
    pretend: Sandbox, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "BOT_TOKEN", "SIGNING_SECRET", "VERIFICATION_TOKEN"):
        monkeypatch.setenv(f"SLACK_{name}", "from-the-environment")
    bot = bot_at(pretend, services)
    assert bot.app.oauth_flow is None
    assert bot.app.installation_store is None
    await bot.start()
    await bot.stop()


async def test_a_wrong_token_is_noticed_at_the_start(pretend: Sandbox, services: Services) -> None:
    bot = bot_at(pretend, services, token="xoxb-wrong")
    with pytest.raises(SlackSaidNo, match="invalid_auth"):
        await bot.start()
    await bot.stop()


async def test_the_watchdog_sees_a_connection_that_does_not_come_back(
    pretend: Sandbox, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(socket_mode, "GIVE_UP_AFTER", 0.1)
    bot = bot_at(pretend, services)
    await bot.start()
    line = SocketMode(bot, pretend.options.app_token)
    await line.start()
    assert await line.ready() == ""

    async def dead() -> bool:
        return False

    monkeypatch.setattr(line._handler.client, "is_connected", dead)
    assert await line.ready() == "Socket Mode is not connected to Slack."
    async with asyncio.timeout(10):
        await line.gave_up.wait()
    await line.stop()
    await bot.stop()


@pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)
async def test_what_was_asked_before_the_end_is_still_answered(transport: str, services: Services) -> None:
    async with bot_in_slack(transport, services, tiny_router()) as slack:
        asked = asyncio.create_task(slack.sandbox.say(BEN, GENERAL, "/cais slow"))
        await slack.sandbox.until(lambda: slack.bot.background.running)
    assert (await asked)["ok"]
    assert slack.ben.at(GENERAL).last["text"] == "Slow but sure"


async def test_work_that_does_not_end_is_cut_off_when_time_is_up() -> None:
    background = Background()
    background.start(asyncio.sleep(3600))
    assert await background.drain(0.01) == 1
    assert background.running == 0


async def test_work_that_starts_more_work_is_waited_for() -> None:
    background, done = Background(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        background.start(second())

    background.start(first())
    assert await background.drain(5) == 0
    assert done == ["second"]


async def test_one_connection_serves_many_calls(pretend: Sandbox, services: Services) -> None:
    bot = bot_at(pretend, services)
    await bot.start()
    for _ in range(20):
        await bot.slack.call("auth.test", {}, form=True)
    connector = bot.session.connector
    assert connector is not None
    assert len(connector._conns) == 1
    await bot.stop()


async def test_a_response_url_that_is_not_slacks_is_never_called(pretend: Sandbox, services: Services) -> None:
    bot = bot_at(pretend, services)
    for url in ("https://example.com/x", "http://slack.com.example.com/", "nonsense", ""):
        assert not await bot.slack.respond(url, {"text": "x"})
    await bot.stop()


async def test_a_wrong_app_token_is_noticed_at_the_start(pretend: Sandbox, services: Services) -> None:
    """The SDK alone would try it again for ever."""
    bot = bot_at(pretend, services)
    line = SocketMode(bot, "xapp-wrong")
    with pytest.raises(SlackSaidNo, match="invalid_auth"):
        async with asyncio.timeout(10):
            await line.start()
    await line.stop()
    await bot.stop()


async def test_what_one_part_takes_of_the_time_to_stop_the_next_is_not_given_again(
    pretend: Sandbox, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, given = bot_at(pretend, services), list[float]()

    async def takes_it_all(seconds: float) -> None:
        given.append(seconds)
        await asyncio.sleep(seconds)

    async def is_given(seconds: float) -> None:
        given.append(seconds)

    monkeypatch.setattr(bot.delivery, "stop", takes_it_all)
    monkeypatch.setattr(bot.background, "drain", is_given)
    await bot.stop(0.05)
    assert given[1] < given[0] / 10


async def test_who_does_not_say_goodbye_is_hung_up_on(pretend: Sandbox, services: Services) -> None:
    """aiohttp would wait ten seconds for it, which is all that a stop has."""
    bot = bot_at(pretend, services)
    await bot.start()
    line = SocketMode(bot, pretend.options.app_token)
    await line.start()
    session = line._handler.client.current_session
    assert session is not None
    session._conn.transport.pause_reading()  # nothing that the other end says is heard any more
    async with asyncio.timeout(5):
        await line.stop()
    assert session.closed
    await bot.stop()
