"""A headless Chromium in front of the sandbox's page, and a bot small enough to read behind it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import cache
from typing import Any, Literal

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.manifest import manifest_from
from bot.sandbox.sandbox import Sandbox
from tests.e2e import showcase
from tests.e2e.processes import PATIENT, free_port
from tests.e2e.showcase import plain

Json = dict[str, Any]
OpenPage = Callable[..., Awaitable[Page]]
Scheme = Literal["light", "dark"]

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first that is installed is taken; the first does the same in a fifth less time."""

CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
QUIETER = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
PATIENCE_MS = 30_000
"""How long something may take to stand on the page, on a busy machine."""

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
USUAL: ViewportSize = {"width": 1280, "height": 720}
NARROW: ViewportSize = {"width": 390, "height": 780}

expect.set_options(timeout=PATIENCE_MS)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed; the page is not tried"
)

MANIFEST: Json = {
    "display_information": {"name": "Tasks"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "shortcuts": [{"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keeps it."}],
        "slash_commands": [
            {"command": "/task", "description": "Your tasks", "usage_hint": "next | new | help", "should_escape": True}
        ],
    },
    "oauth_config": {"scopes": {"bot": ["app_mentions:read", "chat:write", "commands", "files:read", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
    },
}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def card() -> list[Json]:
    done = {"type": "button", "action_id": "done", "value": "1", "text": plain("Done"), "style": "primary"}
    return [section("*Sign the agreement*"), {"type": "actions", "elements": [done]}]


def new_task() -> Json:
    name = {"type": "plain_text_input", "action_id": "value"}
    kinds = [{"text": plain(kind), "value": kind} for kind in ("Paper", "Phone")]
    kind = {"type": "static_select", "action_id": "value", "placeholder": plain("Choose a kind"), "options": kinds}
    blocks = [
        {"type": "input", "block_id": "name", "label": plain("Name"), "hint": plain("A short one"), "element": name},
        {"type": "input", "block_id": "kind", "label": plain("Kind"), "element": kind},
    ]
    texts = {"title": plain("New task"), "submit": plain("Save"), "close": plain("Cancel")}
    return {"type": "modal", "callback_id": "new", "blocks": blocks, **texts}


def task_bot(client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """Answers /task with a card, `/task new` and `/task everything` with a modal; keeps messages; publishes a Home."""
    app = AsyncApp(client=client, signing_secret=signing_secret)

    @app.command("/task")
    async def command(ack: Any, command: Json, client: AsyncWebClient) -> None:
        view = {"new": new_task, "everything": showcase.modal}.get(command["text"])
        if view is None:
            await ack(text="Sign the agreement", blocks=card())
            return
        await client.views_open(trigger_id=command["trigger_id"], view=view())
        await ack()

    @app.action("done")
    async def done(ack: Any, respond: Any) -> None:
        await ack()
        await respond(replace_original=True, text="Done.", blocks=[section(":tada: *Done.* Nothing is left.")])

    @app.view("new")
    async def saved(ack: Any, view: Json, body: Json, client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        name, kind = values["name"]["value"]["value"], values["kind"]["value"]["selected_option"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "There is a task of this name already."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Saved *{name}* ({kind}).")

    @app.view("everything")
    async def taken(ack: Any) -> None:
        await ack()

    @app.action(re.compile("ask|kind|due|more|vote"))
    async def used(ack: Any) -> None:
        await ack()

    @app.options("value")
    async def offered(ack: Any, payload: Json) -> None:
        await ack(options=showcase.options(f"{payload['value']} found", "Other"))

    @app.shortcut("keep")
    async def keep(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        place, person = shortcut["channel"]["id"], shortcut["user"]["id"]
        await client.chat_postEphemeral(channel=place, user=person, text=f"Kept: {shortcut['message']['text']}")

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            view = {"type": "home", "blocks": [{"type": "header", "text": plain("Your tasks")}, *card()]}
            await client.views_publish(user_id=event["user"], view=view)

    @app.event("message")
    @app.event("app_mention")
    async def said() -> None:
        """Hears, says nothing: what people type is not what these tests are about."""

    return app


@cache
def one_port() -> int:
    """That of every sandbox whose page is opened, so that the browser has to read the page's files only once."""
    return free_port()


@pytest_asyncio.fixture(loop_scope="session")
async def slack() -> AsyncIterator[Sandbox]:
    """The pretend Slack with the task bot behind it, over HTTP."""
    options = {"bot_url": "http://127.0.0.1:9/", **PATIENT}
    async with Sandbox.start(manifest_from(MANIFEST), port=one_port(), **options) as sandbox:
        client = AsyncWebClient(token=sandbox.options.bot_token, base_url=sandbox.api_url)
        app = task_bot(client, sandbox.options.signing_secret)
        runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sandbox.use_bot_at(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield sandbox
        await runner.cleanup()


class Windows:
    """The windows of one browser, each used by one test after the other: to open one takes longer than most tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    async def one(self, *, color_scheme: Scheme = "light", viewport: ViewportSize = USUAL) -> Page:
        """A window that shares nothing with others that are in use, and remembers nothing."""
        page = self._free.pop() if self._free else await (await self._browser.new_context()).new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.set_viewport_size(viewport)
        await page.emulate_media(color_scheme=color_scheme)
        await page.mouse.move(0, 0)
        return page

    async def take_back(self, page: Page, url: str) -> None:
        """Forgets what the page at this address kept: the next sandbox has the same."""
        if page.is_closed():
            return await page.context.close()
        await page.goto(f"{url}/page/style.css")  # nothing runs there that would keep something at leaving
        await page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await page.context.clear_permissions()
        return self._free.append(page)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def windows() -> AsyncIterator[Windows]:
    """Those of the one browser of all tests; found through conftest, lest each module have one."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *QUIETER])
        yield Windows(browser)
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(slack: Sandbox, windows: Windows) -> AsyncIterator[OpenPage]:
    """Opens the page as a person at a place; the test fails if any page complained or asked another host."""
    complaints: list[str] = []
    opened: list[Page] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def fail(error: Error) -> None:
        complaints.append(str(error))

    def ask(request: Request) -> None:
        if not request.url.startswith((slack.url, "data:")):
            complaints.append(request.url)

    async def open_one(person: str = "U0ANA", place: str = "dm", permissions: Sequence[str] = (), **look: Any) -> Page:
        page = await windows.one(**look)
        opened.append(page)
        page.on("console", hear)
        page.on("pageerror", fail)
        page.on("request", ask)
        await page.context.grant_permissions(permissions, origin=slack.url)
        await page.goto(f"{slack.url}/#/{person}/{place}")
        await page.locator("#header h1").wait_for()
        return page

    yield open_one
    for page in opened:
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", fail)
        page.remove_listener("request", ask)
        await windows.take_back(page, slack.url)
    assert not complaints, complaints


async def type_in(page: Page, text: str) -> None:
    """Types into the message box and sends by Enter."""
    await page.locator("#composer-box").fill(text)
    await page.locator("#composer-box").press("Enter")
