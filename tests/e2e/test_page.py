"""The sandbox's page in a real browser, against the real sandbox and a bot of a few lines."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e.browser import NARROW, SCHEMES, OpenPage, needs_chromium, open_page, section, slack, type_in

__all__ = ["open_page", "slack"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]
GENERAL = "C0GENERAL"


async def post(slack: Sandbox, **message: Any) -> None:
    """The bot posts a message."""
    headers = {"Authorization": f"Bearer {slack.options.bot_token}"}
    body = {"text": "Look.", **message}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{slack.api_url}chat.postMessage", json=body) as answer,
    ):
        assert (await answer.json())["ok"]


async def brightness(page: Page, selector: str, of: str) -> float:
    colour = await page.eval_on_selector(selector, f"node => getComputedStyle(node).{of}")
    red, green, blue = (float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return (red * 299 + green * 587 + blue * 114) / 1000


async def test_an_empty_conversation_offers_three_things_to_try(open_page: OpenPage) -> None:
    page = await open_page()
    await expect(page.get_by_text("Three things to try")).to_be_visible()
    assert await page.locator(".welcome .chip").all_text_contents() == ["/task", "/task next", "/task help"]
    await page.get_by_role("button", name="/task next").click()
    await expect(page.get_by_role("button", name="Done")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()


async def test_prompts_for_a_conversation_the_page_does_not_know_yet_break_nothing(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page()
    prompts = [{"title": "Next", "message": "/task next"}]
    slack.slack.workspace.tell({"type": "prompts", "channel": "D0BEGUN", "prompts": prompts}, None)
    await type_in(page, "Still here.")
    await expect(page.get_by_text("Still here.")).to_be_visible()


async def test_whoever_opens_the_bare_address_is_somebody(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page()
    await page.goto(slack.url)
    await expect(page.locator("#composer-box")).to_be_focused()
    await expect(page.locator("#sidebar .person [aria-current]")).to_contain_text("Ana Ruiz")


async def test_a_command_is_completed_and_its_card_clicked_by_keyboard_alone(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("#composer-box").press_sequentially("/ta")
    await expect(page.get_by_role("option", name="/task")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Tab")
    await expect(page.locator("#composer-box")).to_have_value("/task ")
    await page.keyboard.type("next")
    await page.keyboard.press("Enter")
    done = page.get_by_role("button", name="Done")
    await expect(done).to_be_visible()
    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
        if await done.evaluate("node => node === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator(".messages").get_by_text("🎉 Done. Nothing is left.")).to_be_visible()
    await expect(done).to_have_count(0)


async def test_a_modal_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = await open_page()
    await type_in(page, "/task new")
    modal = page.get_by_role("dialog", name="New task")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_text("Please complete this required field.")).to_have_count(2)
    await modal.get_by_label("Name").fill("taken")
    await modal.get_by_role("combobox", name="Kind").click()
    await page.get_by_role("option", name="Phone").click()
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_text("There is a task of this name already.")).to_be_visible()
    await expect(modal.get_by_label("Name")).to_be_focused()
    await modal.get_by_label("Name").fill("Sign")
    await modal.get_by_label("Name").press("Enter")
    await expect(modal).to_have_count(0)
    await expect(page.locator(".messages").get_by_text("Saved Sign (Phone).")).to_be_visible()


async def test_a_form_that_was_open_at_a_reload_and_sent_since_stays_closed(open_page: OpenPage) -> None:
    page = await open_page()
    await type_in(page, "/task new")
    modal = page.get_by_role("dialog", name="New task")
    await modal.wait_for()
    await page.reload()
    await modal.get_by_label("Name").fill("Sign")
    await modal.get_by_role("combobox", name="Kind").click()
    await page.get_by_role("option", name="Phone").click()
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_have_count(0)
    await page.locator("#header .tabs").get_by_text("Home").click()
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    await expect(modal).to_have_count(0)


async def test_a_tab_opened_while_no_bot_listens_is_told_of_once_one_does(slack: Sandbox, open_page: OpenPage) -> None:
    listening = str(slack.options.bot_url)
    slack.use_bot_at("http://127.0.0.1:9/")
    page = await open_page(place="home")
    await expect(page.get_by_text("No bot is listening; its Home appears")).to_be_visible()
    slack.use_bot_at(listening)
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    await expect(page.locator("#refusals")).to_be_hidden()
    assert not slack.refused


async def test_escape_closes_a_modal_for_the_sandbox_too(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page()
    await type_in(page, "/task new")
    await page.get_by_role("dialog").wait_for()
    await page.keyboard.press("Escape")
    await slack.until(lambda: not slack.modals("U0ANA"))
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_two_people_see_each_other_but_not_each_others_private_notes(open_page: OpenPage) -> None:
    ana, ben = await open_page("U0ANA", GENERAL), await open_page("U0BEN", GENERAL)
    await type_in(ana, "Good morning @Ben Cole")
    await type_in(ana, "/task")
    await expect(ana.get_by_text("Only visible to you")).to_be_visible()
    await expect(ben.locator(".mention.mine")).to_have_text("@Ben Cole")
    await expect(ben.get_by_role("button", name="Done")).to_have_count(0)
    await ben.locator(".person", has_text="Ana Ruiz").get_by_role("link").first.click()
    await expect(ben.get_by_role("button", name="Done")).to_be_visible()


async def test_an_unknown_block_is_loud_and_what_people_wrote_is_never_markup(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page(place="C0COMPL")
    title = {"type": "plain_text", "text": "A card"}
    card = {"type": "card", "title": title, "body": {"type": "mrkdwn", "text": "x"}}
    blocks = [section("&lt;img src=x onerror=alert(1)&gt; *bold*"), {"type": "carousel", "elements": [card]}]
    await post(slack, channel="C0COMPL", blocks=blocks)
    await expect(page.get_by_text("unknown block <carousel>")).to_be_visible()
    await expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    assert await page.locator("#place img").count() == 0


async def test_a_message_shortcut_is_reached_by_keyboard(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(place="C0COMPL")
    await type_in(page, "The contract is signed.")
    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Keep this")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".messages").get_by_text("Kept: The contract is signed.")).to_be_visible()


async def test_home_appears_and_the_inspector_shows_what_was_refused(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(place="home")
    await expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    await page.get_by_role("button", name="Traffic").click()
    await page.get_by_text("Faults", exact=True).click()
    await page.get_by_role("switch", name="Server error").click()
    await expect(page.get_by_role("switch", name="Server error")).to_have_attribute("aria-checked", "true")
    assert [fault["kind"] for fault in slack.slack.faults.listed()] == ["500"]
    await slack.open_home("U0BEN")
    await expect(page.locator(".traffic .refused").first).to_contain_text("views.publish")


async def test_a_fault_that_was_to_happen_once_goes_out_by_itself_and_stays_out(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page = await open_page()
    await page.get_by_role("button", name="Traffic").click()
    await page.get_by_text("Faults", exact=True).click()
    broken, busy = (page.get_by_role("switch", name=name) for name in ("Server error", "Too many requests"))
    await broken.click()
    await expect(broken).to_have_attribute("aria-checked", "true")
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as answer:
        assert answer.status == 500
    await expect(broken).to_have_attribute("aria-checked", "false")
    await busy.click()
    await expect(busy).to_have_attribute("aria-checked", "true")
    assert [fault["kind"] for fault in slack.slack.faults.listed()] == ["429"]


async def test_the_skip_link_leads_to_the_message_box_and_nowhere_else(open_page: OpenPage) -> None:
    page = await open_page("U0LEA", GENERAL)
    await expect(page.locator("#composer-box")).to_be_focused()
    await page.get_by_role("link", name="Skip to the message box").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer-box")).to_be_focused()
    await expect(page).to_have_url(f"{page.url.partition('#')[0]}#/U0LEA/{GENERAL}")


async def test_what_slack_itself_says_is_shown_in_grey(open_page: OpenPage) -> None:
    page = await open_page()
    await type_in(page, "/nosuch")
    await expect(page.locator(".grey")).to_contain_text("/nosuch is not a valid command")
    line, words = page.locator(".grey .day"), page.locator(".grey .told")
    above, below = await line.bounding_box(), await words.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"], "the line of the day stands above it, not beside it"
    assert above["width"] > 0.8 * below["width"]


async def test_light_and_dark_are_both_readable_and_narrow_screens_fold_the_sidebar(open_page: OpenPage) -> None:
    page = await open_page(viewport=NARROW)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        ground = await brightness(page, "body", "backgroundColor")
        ink = await brightness(page, "body", "color")
        assert ground > 240 if scheme == "light" else ground < 40
        assert abs(ground - ink) > 150
    await expect(page.get_by_role("link", name="general")).to_be_hidden()
    menu = page.get_by_role("button", name="Show the sidebar")
    await menu.click()
    await expect(page.locator("#sidebar [aria-current=page]")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await menu.click()
    await page.get_by_role("link", name="general").click()
    await expect(page.locator("#header h1")).to_contain_text("general")
