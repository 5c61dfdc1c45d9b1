"""The practice run in a real browser: the line that says what day it is, the panel, and what is said when it fails."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, ViewportSize, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.manifest import manifest_from
from bot.sandbox.sandbox import Sandbox
from tests.e2e.browser import MANIFEST, NARROW, OpenPage, needs_chromium, one_port, open_page, task_bot, type_in
from tests.e2e.processes import PATIENT
from tests.e2e.test_page_access import VIEWPORTS, serious
from tests.sandbox.test_practice import Supervisor

__all__ = ["open_page"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

STORY = {"id": "one", "title": "A short story", "starts": 1654088400, "sees": "Two people at work.", "tries": ["Look."]}
JUNE = datetime.fromisoformat("2022-06-01T09:00-04:00").timestamp()


class Practice(Supervisor):
    """A supervisor that is told what to say, beginning with: nothing is moved."""

    def __init__(self) -> None:
        super().__init__()
        self._state = {"version": 1, **self.unmoved()}
        self.looks = 0
        """How often it was asked when the next reminder is due: that changes nothing."""

    async def wish(self, request: web.Request) -> web.Response:
        if request.match_info["name"] == "look":
            self.looks += 1
            return web.json_response({"ok": True})
        return await super().wish(request)

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not so():
                await asyncio.sleep(0.02)

    async def hears(self, *wishes: tuple[str, dict[str, Any]]) -> None:
        """These wishes and no others. The page shows what a click did before the wish has arrived."""
        await self.until(lambda: len(self.wishes) >= len(wishes))
        assert self.wishes == list(wishes)

    def unmoved(self, **more: Any) -> dict[str, Any]:
        at_rest = {"zone": "America/New_York", "now": time.time(), "moved": False, "speed": 1.0, "moves": []}
        nothing = {"furthest": None, "stories": [STORY], "story": "", "look": "", "doing": None, "trouble": ""}
        return {**at_rest, **nothing, **more}

    def moved(self, to: float = JUNE, **more: Any) -> dict[str, Any]:
        moves = [{"at": time.time(), "to": to}]
        return self.unmoved(**{"now": to, "moved": True, "moves": moves, **more})


async def serve(app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest_asyncio.fixture(loop_scope="session")
async def supervisor() -> AsyncIterator[Practice]:
    found = Practice()
    app = web.Application()
    app.add_routes([web.get("/state", found.state), web.post("/{name}", found.wish)])
    found.runner = await serve(app)
    found.url = f"http://127.0.0.1:{found.runner.addresses[0][1]}"
    yield found
    await found.runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def slack(supervisor: Practice) -> AsyncIterator[Sandbox]:
    """The pretend Slack with the task bot behind it, and a supervisor."""
    options = {"bot_url": "http://127.0.0.1:9/", "control_url": supervisor.url, **PATIENT}
    async with Sandbox.start(manifest_from(MANIFEST), port=one_port(), **options) as sandbox:
        client = AsyncWebClient(token=sandbox.options.bot_token, base_url=sandbox.api_url)
        bot: AsyncApp = task_bot(client, sandbox.options.signing_secret)
        runner = await serve(bot.web_app("/slack/events"))
        sandbox.use_bot_at(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        await sandbox.until(lambda: sandbox.slack.practice.state)
        yield sandbox
        await runner.cleanup()


async def panel(page: Page) -> Page:
    await page.get_by_role("button", name="Practice run").click()
    await expect(page.get_by_role("heading", name="Practice run")).to_be_focused()
    return page


async def test_a_moved_day_is_said_on_the_line_and_in_the_conversation(
    supervisor: Practice, open_page: OpenPage
) -> None:
    page = await open_page(place="C0COMPL")
    await expect(page.locator("#today")).to_be_hidden()
    await type_in(page, "Said today.")
    await expect(page.locator(".message")).to_have_count(1)
    supervisor.now_says(**supervisor.moved())
    await expect(page.locator("#today")).to_contain_text(
        "Practice run: today is Wednesday, June 1, 2022, 9:00 AM New York"
    )
    await type_in(page, "Said in June.")
    days = page.locator(".day")
    await expect(days).to_have_count(2)
    await expect(days.last).to_have_text("Today, Wednesday, June 1, 2022")
    sent = page.locator(".message").last.locator(".by time")
    await expect(sent).to_have_text("9:00 AM")
    both = re.compile(r"^Wednesday, June 1, 2022 at 9:00.AM in the practice run\. Really sent \w+day, ")
    await expect(sent).to_have_attribute("title", both)
    supervisor.now_says(**supervisor.unmoved())
    await expect(page.locator("#today")).to_be_hidden()


async def test_a_day_on_a_date_and_back_to_today_are_a_click_each(supervisor: Practice, open_page: OpenPage) -> None:
    supervisor.now_says(**supervisor.moved())
    page = await panel(await open_page())
    await page.get_by_role("button", name="+1 day").click()
    await page.get_by_label("Day", exact=True).fill("2022-07-25")
    await page.get_by_label("Time", exact=True).fill("08:30")
    await page.get_by_role("button", name="Go there").click()
    await page.get_by_role("button", name="Back to today").click()
    await expect(page.get_by_role("alert").filter(has_text="Too far")).to_have_count(0)
    await supervisor.hears(("move-on", {"days": 1}), ("move", {"to": "2022-07-25T08:30"}), ("today", {}))


async def test_to_the_next_reminder_is_there_where_there_is_one_and_asks_for_it_anew(
    supervisor: Practice, open_page: OpenPage
) -> None:
    supervisor.now_says(**supervisor.moved())
    page = await open_page()
    await expect(page.locator("#today")).to_be_visible()
    onward = page.get_by_role("button", name="To the next reminder")
    await expect(onward).to_have_count(0)
    due = datetime.fromisoformat("2022-06-09T12:00-04:00")
    supervisor.now_says(**supervisor.moved(next_reminder=due.timestamp()))
    await expect(onward).to_have_attribute(
        "title", re.compile(r"is due on Thursday, June 9, 2022, 12:00.PM in New York")
    )
    await onward.click()
    await supervisor.hears(("to-reminder", {}))


async def test_opening_the_panel_asks_when_the_next_reminder_is_due(supervisor: Practice, open_page: OpenPage) -> None:
    await panel(await open_page())
    await supervisor.until(lambda: supervisor.looks > 0)


async def test_going_back_in_time_says_first_and_afterwards_what_that_means(
    supervisor: Practice, open_page: OpenPage
) -> None:
    supervisor.now_says(**supervisor.moved(furthest=JUNE + 8 * 86400))
    page = await panel(await open_page())
    await expect(page.locator("#practice")).to_contain_text(
        "Whatever was recorded up to Thursday, June 9, 2022 is still here and keeps its dates."
    )
    warning = page.get_by_text("That is earlier than it is now. Nothing is taken away")
    await page.get_by_label("Day", exact=True).fill("2022-06-02")
    await expect(warning).to_have_count(0)
    await page.get_by_label("Day", exact=True).fill("2022-05-31")
    await expect(warning).to_be_visible()


async def test_a_story_asks_first_shows_how_far_it_is_and_ends_where_there_is_something_to_see(
    supervisor: Practice, slack: Sandbox, open_page: OpenPage
) -> None:
    page = await panel(await open_page(place="C0COMPL"))
    play = page.get_by_role("button", name="Play the story A short story")
    await play.click()
    asked = page.get_by_role("alertdialog", name="Start over with “A short story”?")
    await expect(asked).to_contain_text("This cannot be undone.")
    await asked.get_by_role("button", name="Keep what is here").click()
    assert supervisor.wishes == []
    await play.click()
    await asked.get_by_role("button", name="Start over and play it").click()
    await expect(asked).to_have_count(0)
    await supervisor.hears(("story", {"id": "one"}))
    doing = {"says": "Ana Ruiz types /task", "act": 3, "of": 12}
    supervisor.now_says(**supervisor.moved(story="one", doing=doing))
    await expect(page.locator(".doing")).to_contain_text("Ana Ruiz types /task (3 of 12)")
    await expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    await expect(page.get_by_role("button", name="+1 day")).to_be_disabled()
    async with page.expect_navigation():
        slack.slack.workspace.reset()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    supervisor.now_says(**supervisor.moved(story="one", look="#/U0BEN/D0BEN"))
    await expect(page.locator("#sidebar .person [aria-current]")).to_contain_text("Ben Cole")
    guide = page.locator(".guide")
    await expect(guide).to_contain_text("Two people at work.")
    await guide.locator("summary").click()
    await page.reload()
    await expect(guide.locator("summary")).to_be_visible()
    await expect(guide.get_by_text("Two people at work.")).to_be_hidden()


async def test_on_a_narrow_screen_a_story_is_folded_until_somebody_wants_it(
    supervisor: Practice, open_page: OpenPage
) -> None:
    supervisor.now_says(**supervisor.moved(story="one"))
    page = await open_page(viewport=NARROW)
    sees = page.locator(".guide").get_by_text("Two people at work.")
    await expect(page.locator(".guide summary")).to_be_visible()
    await expect(sees).to_be_hidden()
    await page.locator(".guide summary").click()
    await expect(sees).to_be_visible()
    await page.reload()
    await expect(sees).to_be_visible()


async def test_a_story_that_stops_says_why_until_somebody_has_read_it(
    supervisor: Practice, open_page: OpenPage
) -> None:
    page = await open_page()
    supervisor.now_says(**supervisor.moved(trouble="The story stopped at 3 of 12. The bot ended by itself."))
    said = page.get_by_role("alert").filter(has_text="The story stopped at 3 of 12.")
    await expect(said).to_be_visible()
    await said.get_by_role("button", name="All right").click()
    await expect(said).to_have_count(0)
    await page.evaluate("import('/page/today.js').then((all) => all.drawToday())")
    await expect(said).to_have_count(0)
    await expect(page.locator("#today")).to_be_visible()
    await supervisor.hears(("hush", {}))


async def test_what_the_supervisor_refuses_is_shown(supervisor: Practice, open_page: OpenPage) -> None:
    page = await panel(await open_page())
    await page.evaluate("import('/page/wishes.js').then((all) => all.wish('moon'))")
    said = page.get_by_role("alert").filter(has_text="Too far.")
    await expect(said).to_be_visible()
    supervisor.now_says(**supervisor.moved())
    await expect(page.locator(".clock-line")).to_be_visible()
    await expect(said).to_be_visible()
    await said.get_by_role("button", name="All right").click()
    await expect(said).to_have_count(0)
    await supervisor.hears(("moon", {}))


async def test_without_a_supervisor_that_answers_nothing_can_be_moved_and_the_page_says_so(
    supervisor: Practice, open_page: OpenPage
) -> None:
    supervisor.now_says(**supervisor.moved())
    page = await panel(await open_page())
    await supervisor.runner.cleanup()
    await expect(page.locator("#practice")).to_contain_text("start it again with make run")
    for name in ("+1 day", "Back to today", "Go there", "Start over"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    await expect(page.locator("#today")).to_contain_text("Wednesday, June 1, 2022")


async def test_the_keyboard_opens_and_leaves_the_panel(open_page: OpenPage) -> None:
    page = await open_page()
    button = page.get_by_role("button", name="Practice run")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Practice run")).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator("#practice")).to_be_hidden()
    await expect(button).to_be_focused()


async def test_a_sandbox_of_its_own_has_no_practice_panel(open_page: OpenPage, slack: Sandbox) -> None:
    slack.slack.practice.state = None
    page = await open_page()
    await expect(page.locator("#practice-button")).to_be_hidden()
    await expect(page.locator("#today")).to_be_hidden()


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS)
async def test_axe_finds_nothing_serious_in_the_line_and_the_panel(
    supervisor: Practice, open_page: OpenPage, viewport: ViewportSize
) -> None:
    page = await open_page(viewport=viewport)
    supervisor.now_says(**supervisor.moved(story="one", furthest=JUNE + 86400, trouble="The story stopped."))
    await expect(page.locator(".guide")).to_be_visible()
    assert await serious(page) == []
    await panel(page)
    await page.get_by_label("Day", exact=True).fill("2022-05-31")
    assert await serious(page) == []
