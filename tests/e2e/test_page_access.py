"""What axe-core says of the page: nothing serious, in light and dark, on wide and narrow screens."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e import showcase
from tests.e2e.browser import OpenPage, chromium, needs_chromium, open_page, slack, type_in
from tests.e2e.test_page import post

__all__ = ["chromium", "open_page", "slack"]  # fixtures are found by their names here

LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"color_scheme": "light", "viewport": {"width": 390, "height": 780}},
    {"color_scheme": "dark", "viewport": {"width": 390, "height": 780}},
]

pytestmark = [
    needs_chromium,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "light-narrow", "dark-narrow"]),
]

COMPLIANCE = "C0COMPL"


async def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements it means."""
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


async def test_a_conversation_with_a_card(open_page: OpenPage, look: dict[str, Any]) -> None:
    page = await open_page(**look)
    assert await serious(page) == []
    await type_in(page, "/task next")
    await expect(page.get_by_role("button", name="Done")).to_be_visible()
    await page.locator("#composer-box").press_sequentially("/ta")
    await expect(page.get_by_role("option", name="/task")).to_be_visible()
    assert await serious(page) == []


async def test_a_channel_with_everything_and_a_note_for_one_alone(
    slack: Sandbox, open_page: OpenPage, look: dict[str, Any]
) -> None:
    await slack.say("U0BEN", COMPLIANCE, "Good morning @ana")
    await post(slack, channel=COMPLIANCE, blocks=showcase.message("https://example.com/a.png"))
    page = await open_page(place=COMPLIANCE, **look)
    await type_in(page, "/task next")
    await type_in(page, "/nosuch")
    await expect(page.locator(".grey")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await page.get_by_role("button", name="More actions").last.click()
    assert await serious(page) == []


async def test_a_form_with_an_error(open_page: OpenPage, look: dict[str, Any]) -> None:
    page = await open_page(**look)
    await type_in(page, "/task everything")
    modal = page.get_by_role("dialog", name="Everything")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    assert await serious(page) == []
    await modal.get_by_role("combobox", name="Some").click()
    await page.get_by_role("option", name="Phone").click()
    assert await serious(page) == []


async def test_home(open_page: OpenPage, look: dict[str, Any]) -> None:
    page = await open_page(place="home", **look)
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    assert await serious(page) == []
    if "viewport" in look:
        await page.get_by_role("button", name="Show the sidebar").click()
        assert await serious(page) == []
