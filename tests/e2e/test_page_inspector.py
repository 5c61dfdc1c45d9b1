"""The inspector in a real browser: what is in it, how one finds one's way, and that it is for everybody."""

from __future__ import annotations

import aiohttp
import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e.browser import OpenPage, needs_chromium, open_page, slack, type_in
from tests.e2e.test_page_access import VIEWPORTS, serious

__all__ = ["open_page", "slack"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]


async def inspector(open_page: OpenPage, person: str = "U0ANA", **context: object) -> Page:
    page = await open_page(person, "C0COMPL", **context)
    await page.get_by_role("button", name="Traffic").click()
    await expect(page.get_by_role("heading", name="Traffic")).to_be_visible()
    return page


async def calls(slack: Sandbox, method: str, **args: object) -> None:
    """The bot calls a method."""
    headers = {"Authorization": f"Bearer {slack.options.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(slack.api_url + method, json=args):
        pass


async def test_a_click_stands_with_what_the_bot_did_about_it_and_opens_to_the_whole_of_it(open_page: OpenPage) -> None:
    page = await inspector(open_page)
    await type_in(page, "/task")
    await page.get_by_role("button", name="Done", exact=True).click()
    group = page.locator(".group", has_text="Ana Ruiz pressed Done")
    await expect(group.locator(".exchange")).to_have_count(2)
    await expect(group.locator(".part")).to_contain_text("The bot put another message in its place")
    await expect(group.locator(".exchange").first).to_contain_text("block_actions done")
    await group.get_by_role("button", name="The bot put another message").click()
    opened = group.locator(".part .whole")
    await expect(opened).to_contain_text("five times, within 30 minutes")
    await expect(opened.get_by_role("region", name="Request")).to_contain_text("replace_original: true")
    blocks = opened.locator("summary", has_text="blocks")
    await expect(opened).not_to_contain_text("mrkdwn")
    await blocks.click()
    await opened.locator("summary", has_text="section").click()
    await opened.locator("summary", has_text="mrkdwn").click()
    await expect(opened).to_contain_text("Nothing is left.")
    await opened.get_by_role("button", name="Fold").or_(opened.get_by_role("button", name="Unfold all")).first.click()
    await expect(opened.get_by_role("region", name="Answer")).to_contain_text("ok: true")


async def test_a_request_is_copied_as_json(open_page: OpenPage) -> None:
    page = await inspector(open_page, permissions=["clipboard-read", "clipboard-write"])
    await type_in(page, "/task help")
    await page.get_by_role("button", name="Ana Ruiz typed /task help").click()
    await page.get_by_role("button", name="Copy the request").click()
    await expect(page.locator("#live")).to_have_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText().then(JSON.parse)")
    assert (copied["command"], copied["text"], copied["token"]) == ("/task", "help", "[hidden]")


async def test_a_refusal_is_marked_and_says_what_slacks_rule_is(slack: Sandbox, open_page: OpenPage) -> None:
    page = await inspector(open_page)
    await calls(slack, "chat.postMessage", channel="C0GENERAL", text="x")
    line = page.get_by_role("button", name="The bot posted in #general")
    await expect(line).to_contain_text("Refused: not_in_channel")
    await line.click()
    await expect(page.locator(".rule")).to_contain_text("The app has to be in a channel to post there.")
    await expect(page.locator("#refusals")).to_have_text("1")


async def test_the_list_is_narrowed_by_what_went_wrong_by_person_and_by_words(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page = await inspector(open_page)
    await type_in(page, "/task")
    await slack.say("U0BEN", "C0COMPL", "/task next")
    await calls(slack, "chat.postMessage", channel="C0GENERAL", text="x")
    lines = page.locator(".exchange")
    await expect(page.get_by_role("button", name="The bot posted in #general")).to_be_visible()
    await page.get_by_role("radio", name="Refused").check()
    await expect(lines).to_have_count(1)
    await page.get_by_role("radio", name="Slow").check()
    await expect(lines.filter(has_not_text="slow")).to_have_count(0)  # a busy machine may have been slow itself
    await page.get_by_role("radio", name="All").check()
    await page.get_by_label("Of whom").select_option("Ben Cole")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("Ben Cole typed /task next")
    await page.get_by_label("Of whom").select_option("Everybody")
    await page.get_by_label("Find words in the list").fill("ana ruiz typed")
    await expect(lines).to_have_count(1)
    await page.get_by_label("Find words in the list").fill("nobody typed this")
    await expect(page.locator(".traffic .none")).to_have_text("Nothing here fits.")


async def test_a_pause_holds_the_list_still_and_a_clear_empties_it_for_everybody(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page, beside = await inspector(open_page), await inspector(open_page, "U0BEN")
    await type_in(page, "/task")
    await expect(page.get_by_role("button", name="typed /task")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    await slack.say("U0BEN", "C0COMPL", "/task next")
    go_on = page.get_by_role("button", name="Go on (1 new)")
    await expect(go_on).to_be_visible()
    await expect(page.get_by_role("button", name="typed /task next")).to_have_count(0)
    await go_on.click()
    await expect(page.get_by_role("button", name="typed /task next")).to_be_visible()
    await page.get_by_role("button", name="Clear").click()
    for each in (page, beside):
        await expect(each.locator(".traffic .none")).to_contain_text("Nothing yet.")
    await page.reload()
    await expect(page.locator(".traffic .none")).to_contain_text("Nothing yet.")


async def test_the_keyboard_walks_the_list_opens_and_leaves_it(slack: Sandbox, open_page: OpenPage) -> None:
    page = await inspector(open_page)
    for text in ("/task one", "/task two", "/task three"):
        await slack.say("U0ANA", "C0COMPL", text)
    first, middle = (page.get_by_role("button", name=f"typed /task {n}") for n in ("three", "two"))
    await expect(first).to_be_visible()
    await page.get_by_label("Find words in the list").focus()
    await page.keyboard.press("Tab")
    await expect(first).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator(".exchange").last).to_be_focused()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await expect(middle).to_have_attribute("aria-expanded", "true")
    copying = page.get_by_role("button", name="Copy the request")
    await expect(copying).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(copying).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(middle).to_be_focused()
    await expect(middle).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Traffic")).to_be_focused()


async def test_the_page_draws_a_bounded_part_of_a_long_list(slack: Sandbox, open_page: OpenPage) -> None:
    for number in range(130):
        await calls(slack, "api.test", number=number)
    page = await inspector(open_page)
    await expect(page.locator(".group")).to_have_count(100)
    await page.get_by_role("button", name="Show older ones").click()
    await expect(page.locator(".group")).to_have_count(130)


async def test_a_fault_says_what_it_does_how_often_and_can_be_switched_off_again(
    slack: Sandbox, open_page: OpenPage
) -> None:
    page = await inspector(open_page)
    await page.get_by_text("Faults", exact=True).click()
    lost = page.get_by_role("switch", name="Lost reply")
    await expect(lost).to_contain_text("Doing it again does it twice.")
    await expect(page.get_by_role("switch", name="Socket drops")).to_have_count(0)
    await page.get_by_label("What it hits").select_option("response_url")
    await page.get_by_label("How often").select_option("the next three times")
    await lost.click()
    await expect(lost).to_contain_text("On: response_url, 3 times more")
    await expect(lost).to_be_focused()
    assert slack.slack.faults.listed() == [{"method": "response_url", "kind": "lost_reply", "times": 3}]
    await page.get_by_role("button", name="All off").click()
    await expect(lost).to_have_attribute("aria-checked", "false")
    assert slack.slack.faults.listed() == []
    too_wide = "panel => panel.scrollWidth - panel.clientWidth"
    assert await page.locator(".fault-list").evaluate(too_wide) <= 0, "an error's name may be long"
    canvas = page.get_by_role("switch", name="No canvases: free plan")
    await canvas.click()
    await expect(canvas).to_contain_text("On: canvases.create, 3 times more")
    (armed,) = slack.slack.faults.listed()
    assert (armed["method"], armed["error"]) == ("canvases.create", "free_teams_cannot_create_standalone_canvases")


@pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS)
async def test_axe_finds_nothing_serious_in_the_list_an_opened_exchange_and_the_faults(
    slack: Sandbox, open_page: OpenPage, viewport: ViewportSize
) -> None:
    page = await open_page(place="C0COMPL", viewport=viewport)
    await type_in(page, "/task")
    slack.faults({"method": "response_url", "kind": "500"})
    await page.get_by_role("button", name="Done", exact=True).click()
    await calls(slack, "chat.postMessage", channel="C0GENERAL", text="x")
    await page.get_by_role("button", name="Traffic").click()
    await page.get_by_text("Faults", exact=True).click()
    await page.get_by_role("button", name="The bot posted in #general").click()
    await expect(page.locator(".rule")).to_be_visible()
    assert await serious(page) == []
