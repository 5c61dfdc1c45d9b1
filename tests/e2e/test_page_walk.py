"""The page with the real bot behind it, in a process of its own: a firm goes to the end of the agent path by clicks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.bot.conversing import ANA, BEN, COMPLIANCE, GENERAL
from tests.e2e.browser import NARROW, OpenPage, needs_chromium, one_port, open_page, type_in
from tests.e2e.on_the_page import AGENTS, button, card, set_up, task, walk
from tests.e2e.processes import bot_beside_slack
from tests.e2e.test_page import brightness
from tests.e2e.test_scenarios import ASKED, BEGINNING, CONFIRMED, PRODUCED, PRODUCTION, TESTED
from tests.e2e.walking import FIRM

__all__ = ["open_page"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

AGENT_PATH = [
    *BEGINNING,
    *(TESTED + agent for agent in AGENTS),
    *(CONFIRMED + agent for agent in AGENTS),
    ASKED,
    *PRODUCTION,
    *(PRODUCED + agent for agent in AGENTS),
]


@pytest_asyncio.fixture(loop_scope="session")
async def slack(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The pretend Slack with the real bot, connected."""
    async with bot_beside_slack("socket", tmp_path, port=one_port()) as (sandbox, bot):
        await bot.start()
        yield sandbox


async def test_a_firm_with_two_agents_comes_to_its_end_by_clicks(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(ANA)
    await set_up(page)
    await button(page, "Next").click()
    await slack.until(lambda: task(slack, ANA, slack.dm(ANA)) == BEGINNING[0])  # the welcome names it, too
    await expect(card(page)).to_contain_text("Step 1 of 6")
    assert await walk(page, slack, ANA, slack.dm(ANA)) == AGENT_PATH
    await expect(card(page)).to_contain_text("🏁 Roadmap finished")
    await expect(card(page)).to_contain_text("15 of 15 tasks done")
    await expect(card(page)).to_contain_text("This is not the same as compliant")
    await expect(page.locator(".unknown")).to_have_count(0)
    assert slack.refused == []


LOOKS = [{"viewport": {"width": 1280, "height": 800}}, {"viewport": NARROW}]


@pytest.mark.parametrize("look", LOOKS, ids=["wide", "narrow"])
async def test_what_a_click_recorded_is_in_sight_with_what_finishes_the_next_task(
    slack: Sandbox, open_page: OpenPage, look: dict[str, Any]
) -> None:
    page = await open_page(ANA, **look)
    await set_up(page)
    await button(page, "Next").click()
    for label in ("Yes", "Form submitted", "Done", "SAA only"):
        was = await card(page).text_content()
        await button(page, label).click()
        await expect(card(page)).not_to_have_text(was or "")
        await expect(card(page).get_by_text("Recorded:", exact=True)).to_be_in_viewport(ratio=1)
        await expect(button(page, "Undo")).to_be_in_viewport(ratio=1)
    await expect(button(page, "Choose…")).to_be_in_viewport(ratio=1)
    other = await open_page(ANA, COMPLIANCE, **look)
    await type_in(other, "/cais next")
    await expect(card(other).get_by_text("Step 4 of 6")).to_be_in_viewport(ratio=1)


async def test_a_click_on_an_older_card_shows_what_it_recorded_there(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(ANA)
    await set_up(page)
    await button(page, "Next").click()
    older = page.locator(".messages > .message").first
    await expect(older).to_contain_text(BEGINNING[0])
    for _ in range(2):
        await type_in(page, "/cais help")
    await expect(page.locator(".messages > .message")).to_have_count(3)
    await older.get_by_role("button", name="Yes").click()
    await expect(older).to_contain_text(BEGINNING[1])
    await expect(older.get_by_text("Recorded:", exact=True)).to_be_in_viewport(ratio=1)


async def test_two_people_work_on_one_firm_each_in_a_window(slack: Sandbox, open_page: OpenPage) -> None:
    ana = await open_page(ANA, COMPLIANCE)
    await set_up(ana)
    await type_in(ana, "/cais firm members")
    await button(ana, "Add or change a member").click()
    await ana.get_by_role("combobox", name="Person").click()
    await ana.get_by_role("option", name="Ben Cole").click()
    await ana.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(card(ana)).to_contain_text("Ben Cole · member")

    ben = await open_page(BEN, GENERAL)
    await type_in(ben, "/cais next")
    await expect(card(ben)).to_contain_text(f"{BEGINNING[0]}")
    await button(ben, "Yes").click()
    await expect(card(ben)).to_contain_text(BEGINNING[1])
    await type_in(ana, "/cais next")
    await expect(card(ana)).to_contain_text(BEGINNING[1])

    await ana.get_by_role("region", name="Direct messages").get_by_role("link", name="Ben Cole").click()
    await ben.get_by_role("region", name="Direct messages").get_by_role("link", name="Ana Ruiz").click()
    await type_in(ben, "Register, then?")
    await expect(ana.locator(".messages").get_by_text("Register, then?")).to_be_visible()
    await type_in(ana, "/cais next")
    await expect(ana.get_by_text("Only visible to you")).to_be_visible()
    await expect(card(ana)).to_contain_text(BEGINNING[1])
    await type_in(ana, "I do it today")
    await expect(ben.locator(".messages").get_by_text("I do it today")).to_be_visible()
    await expect(ben.get_by_text("Only visible to you")).to_have_count(0)


async def test_a_form_says_beside_the_field_what_the_bot_does_not_take(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(ANA)
    await set_up(page)
    await type_in(page, "/cais next")
    await button(page, "No…").click()
    modal = page.get_by_role("dialog")
    submit = modal.locator("[type=submit]")
    basis = modal.get_by_role("textbox", name="Basis")
    await basis.fill(" ")
    await submit.click()
    await expect(modal.get_by_text("Write down the basis")).to_be_visible()
    await expect(basis).to_be_focused()
    await expect(basis).to_have_attribute("aria-invalid", "true")
    await basis.fill("Advisory business only")
    await expect(modal.get_by_text("Write down the basis")).to_have_count(0)
    await submit.click()
    await expect(card(page)).to_contain_text("No obligation recorded")


async def test_a_firm_begins_in_the_dark_on_a_narrow_screen(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(ANA, color_scheme="dark", viewport=NARROW)
    await set_up(page)
    await type_in(page, "/cais next")
    assert await brightness(page, "body", "backgroundColor") < 40
    yes = button(page, "Yes")
    assert await brightness(page, ".messages .button", "color") > 180
    await yes.click()
    await expect(card(page)).to_contain_text(BEGINNING[1])
    await page.get_by_role("link", name="Home", exact=True).click()
    await expect(page.locator("#place").get_by_role("heading").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def tab_to(page: Page, wanted: Locator, *, key: str = "Tab", most: int = 60) -> None:
    """Presses Tab until this has the focus."""
    for _ in range(most):
        if await wanted.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{wanted} is not reached by {key}")


async def test_a_firm_is_set_up_and_begins_by_keyboard_alone(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(ANA)
    await expect(page.locator("#composer-box")).to_be_focused()
    await page.keyboard.type("/cais next\n")
    start = button(page, "Set up your firm")
    await start.wait_for()
    await tab_to(page, start, key="Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_label("Firm", exact=True)).to_be_focused()
    await page.keyboard.type(f"{FIRM}\n")
    following = button(page, "Next")
    await following.wait_for()
    await tab_to(page, following)
    await page.keyboard.press("Enter")
    yes = button(page, "Yes")
    await yes.wait_for()
    await tab_to(page, yes)
    await page.keyboard.press("Space")
    await slack.until(lambda: task(slack, ANA, slack.dm(ANA)) == BEGINNING[1])
    await expect(card(page)).to_contain_text("Recorded")
