"""What a supervisor says of the practice run reaches the page, and what the page wishes reaches the supervisor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Json, manifest


class Supervisor:
    """Says what it is told to say, and refuses to go to the moon."""

    def __init__(self) -> None:
        self.url = ""
        self.runner: web.AppRunner
        self.wishes: list[tuple[str, Json]] = []
        self._state: Json = {"version": 1, "moved": False}
        self._news = asyncio.Event()

    def now_says(self, **state: Any) -> None:
        self._state = {"version": self._state["version"] + 1, **state}
        self._news.set()
        self._news = asyncio.Event()

    async def state(self, request: web.Request) -> web.Response:
        if int(request.query["since"]) == self._state["version"]:
            await self._news.wait()
        return web.json_response(self._state)

    async def wish(self, request: web.Request) -> web.Response:
        self.wishes.append((request.match_info["name"], await request.json()))
        if request.match_info["name"] == "moon":
            return web.json_response({"ok": False, "error": "Too far."}, status=409)
        return web.json_response({"ok": True})


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    found = Supervisor()
    app = web.Application()
    app.add_routes([web.get("/state", found.state), web.post("/{name}", found.wish)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    found.runner = runner
    yield found
    await runner.cleanup()


@pytest.fixture
async def slack(supervisor: Supervisor) -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest(), control_url=supervisor.url) as sandbox:
        yield sandbox


async def asked(session: aiohttp.ClientSession, slack: Sandbox, **body: Any) -> Json:
    async with session.post(f"{slack.url}/control/practice", json=body) as answer:
        return dict(await answer.json())


async def test_the_state_shows_it_and_the_stream_brings_each_change(
    slack: Sandbox, supervisor: Supervisor, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{slack.url}/control/stream", params={"as": "U0BEN"}) as stream:
        await stream.content.readline()
        await slack.until(lambda: slack.slack.practice.state)
        supervisor.now_says(moved=True)
        async with asyncio.timeout(5):
            while True:
                line = await stream.content.readline()
                if line.startswith(b"data: ") and (told := json.loads(line[6:])).get("practice", {}).get("moved"):
                    break
    assert told == {"type": "practice", "practice": {"version": 2, "moved": True, "reachable": True}}
    async with session.get(f"{slack.url}/control/state") as answer:
        assert (await answer.json())["practice"] == told["practice"]


async def test_a_wish_is_handed_on_and_a_no_comes_back_with_its_sentence(
    slack: Sandbox, supervisor: Supervisor, session: aiohttp.ClientSession
) -> None:
    assert await asked(session, slack, wish="move", to="2022-06-01T09:00") == {"ok": True}
    assert supervisor.wishes == [("move", {"to": "2022-06-01T09:00"})]
    assert await asked(session, slack, wish="moon") == {"ok": False, "says": "Too far."}
    assert (await asked(session, slack, wish="../state"))["says"] == "There is nothing here that could do this."
    assert (await asked(session, slack))["error"] == "invalid_arguments"
    assert len(supervisor.wishes) == 2


async def test_a_supervisor_that_is_gone_is_said_and_what_it_said_last_stays(
    slack: Sandbox, supervisor: Supervisor, session: aiohttp.ClientSession
) -> None:
    await slack.until(lambda: slack.slack.practice.state)
    await supervisor.runner.cleanup()
    await slack.until(lambda: not (slack.slack.practice.state or {})["reachable"])
    assert slack.slack.practice.state == {"version": 1, "moved": False, "reachable": False}
    assert "does not answer any more" in (await asked(session, slack, wish="today"))["says"]


async def test_without_a_supervisor_there_is_nothing_to_practise(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest()) as slack:
        async with session.get(f"{slack.url}/control/state") as answer:
            assert (await answer.json())["practice"] is None
        assert (await asked(session, slack, wish="today"))["says"] == "There is nothing here that could do this."
