"""The sandbox under test, and bots small enough to read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.manifest import Manifest, manifest_from
from bot.sandbox.sandbox import Sandbox

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Hello"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "shortcuts": [
            {"name": "Save", "type": "message", "callback_id": "save", "description": "Saves it."},
            {"name": "Start", "type": "global", "callback_id": "start", "description": "Starts it."},
        ],
        "slash_commands": [
            {"command": "/hello", "description": "Says hello", "should_escape": True},
            {"command": "/plain", "description": "Says hello", "should_escape": False},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["app_mentions:read", "assistant:write", "chat:write", "commands", "im:history", "users:read"]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": ["app_home_opened", "app_mention", "message.im", "team_join", "link_shared"]
        },
        "interactivity": {"is_enabled": True},
    },
}


def manifest(**changes: Any) -> Manifest:
    """The manifest of the bots in these tests, with scopes replaced when given."""
    content = {**MANIFEST}
    if "scopes" in changes:
        content["oauth_config"] = {"scopes": {"bot": changes["scopes"]}}
    return manifest_from(content)


class Api:
    """Calls the Web API without any of Slack's libraries."""

    def __init__(self, slack: Sandbox, session: aiohttp.ClientSession) -> None:
        self._slack, self._session = slack, session
        self.headers: Any = {}
        self.status = 0

    async def __call__(self, name: str, *, token: str | None = "bot", **args: Any) -> Json:
        known = {"bot": self._slack.options.bot_token, "app": self._slack.options.app_token}
        headers = {"Authorization": f"Bearer {known.get(token, token)}"} if token else {}
        async with self._session.post(self._slack.api_url + name, json=args, headers=headers) as answer:
            self.headers, self.status = answer.headers, answer.status
            body: Json = await answer.json(content_type=None)
            return body


class TinyBot:
    """An HTTP bot that records what it gets and answers with ``reply`` (status, headers, body)."""

    def __init__(self) -> None:
        self.got: list[tuple[Any, bytes]] = []
        self.reply: Callable[[], Any] = lambda: web.Response()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.got.append((request.headers, await request.read()))
        answer = self.reply()
        return await answer if hasattr(answer, "__await__") else answer


@pytest.fixture
async def tiny_bot() -> AsyncIterator[TinyBot]:
    bot = TinyBot()
    app = web.Application()
    app.router.add_post("/slack/events", bot.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"  # type: ignore[attr-defined]
    yield bot
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def slack(tiny_bot: TinyBot) -> AsyncIterator[Sandbox]:
    """A sandbox that reaches the tiny bot over HTTP and is impatient: 0.3 s for an ack, retries within 0.1 s."""
    options: Json = {"ack_seconds": 0.3, "retry_delays": (0.0, 0.05, 0.1), "rates": False}
    async with Sandbox.start(manifest(), bot_url=tiny_bot.url, **options) as sandbox:  # type: ignore[attr-defined]
        yield sandbox


@pytest.fixture
def api(slack: Sandbox, session: aiohttp.ClientSession) -> Api:
    return Api(slack, session)
