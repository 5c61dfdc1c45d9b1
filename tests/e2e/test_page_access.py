"""What axe-core says of the page: nothing serious, in light and dark, on wide and narrow screens."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e import showcase
from tests.e2e.browser import NARROW, SCHEMES, USUAL, OpenPage, needs_chromium, open_page, slack, type_in
from tests.e2e.test_page import post

__all__ = ["open_page", "slack"]  # fixtures are found by their names here

VIEWPORTS = {"wide": USUAL, "narrow": NARROW}

pytestmark = [
    needs_chromium,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS),
]

COMPLIANCE = "C0COMPL"


async def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical in light and in dark, with the elements it means."""
    found: list[str] = []
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
        violations = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
        found += [
            f"{each['id']} in {scheme}: {[node['html'][:200] for node in each['nodes']]}"
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
    return found


async def test_a_conversation_with_a_card(open_page: OpenPage, viewport: ViewportSize) -> None:
    page = await open_page(viewport=viewport)
    assert await serious(page) == []
    await type_in(page, "/task next")
    await expect(page.get_by_role("button", name="Done")).to_be_visible()
    await page.locator("#composer-box").press_sequentially("/ta")
    await expect(page.get_by_role("option", name="/task")).to_be_visible()
    assert await serious(page) == []


async def test_a_channel_with_everything_and_a_note_for_one_alone(
    slack: Sandbox, open_page: OpenPage, viewport: ViewportSize
) -> None:
    await slack.say("U0BEN", COMPLIANCE, "Good morning @ana")
    await post(slack, channel=COMPLIANCE, blocks=showcase.message("https://example.com/a.png"))
    page = await open_page(place=COMPLIANCE, viewport=viewport)
    await type_in(page, "/task next")
    await type_in(page, "/nosuch")
    await expect(page.locator(".grey")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await page.get_by_role("button", name="More actions").last.click()
    assert await serious(page) == []


async def test_a_form_with_an_error(open_page: OpenPage, viewport: ViewportSize) -> None:
    page = await open_page(viewport=viewport)
    await type_in(page, "/task everything")
    modal = page.get_by_role("dialog", name="Everything")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    assert await serious(page) == []
    await modal.get_by_role("combobox", name="Some").click()
    await page.get_by_role("option", name="Phone").click()
    assert await serious(page) == []


async def test_home(open_page: OpenPage, viewport: ViewportSize) -> None:
    page = await open_page(place="home", viewport=viewport)
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    assert await serious(page) == []
    if viewport == NARROW:
        await page.get_by_role("button", name="Show the sidebar").click()
        assert await serious(page) == []
