"""Canvases of the pretend Slack: only Markdown, only for people who are named, and none of their own on a free plan."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, manifest

CONTENT = {"type": "markdown", "markdown": "# Hello"}


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    scopes = manifest(scopes=["canvases:write", "files:read"])
    async with Sandbox.start(scopes, bot_url="http://127.0.0.1:1/", rates=False) as started:
        yield started


async def test_a_canvas_is_made_and_somebody_is_let_in(slack: Sandbox, api: Api) -> None:
    canvas = (await api("canvases.create", title="Hello <b>", document_content=CONTENT))["canvas_id"]
    assert (await api("canvases.access.set", canvas_id=canvas, access_level="read", user_ids=["U0BEN"]))["ok"]
    info = (await api("files.info", file=canvas))["file"]
    assert info["title"] == "Hello <b>"
    async with ClientSession() as browser, browser.get(info["permalink"]) as page:
        assert page.status == 200
        assert "<title>Hello &lt;b&gt;</title>" in await page.text()
    same = {"Sec-Fetch-Site": "same-origin"}
    async with ClientSession(headers=same) as browser, browser.get(info["url_private"]) as text:
        assert await text.text() == "# Hello"
    assert slack.slack.workspace.files[canvas]["access"] == {"U0BEN": "read"}


async def test_what_slack_would_refuse_is_refused(slack: Sandbox, api: Api) -> None:
    wrong = await api("canvases.create", document_content={"type": "html", "markdown": "x"})
    assert wrong["error"] == "invalid_arguments"
    canvas = (await api("canvases.create"))["canvas_id"]
    for more, error in (
        ({"access_level": "read"}, "invalid_parameters"),
        ({"access_level": "read", "user_ids": ["U0BEN"], "channel_ids": ["C0COMPL"]}, "invalid_parameters"),
        ({"access_level": "admin", "user_ids": ["U0BEN"]}, "invalid_arguments"),
        ({"access_level": "read", "user_ids": ["U0NOBODY"]}, "user_not_found"),
        ({"access_level": "read", "channel_ids": ["C0NOWHERE"]}, "channel_not_found"),
    ):
        assert (await api("canvases.access.set", canvas_id=canvas, **more))["error"] == error
    missing = await api("canvases.access.set", canvas_id="F0NOTHERE", access_level="read", user_ids=["U0BEN"])
    assert missing["error"] == "canvas_not_found"
    slack.options.free_plan = True
    assert (await api("canvases.create"))["error"] == "free_teams_cannot_create_non_tabbed_canvases"
