"""A channel with ten thousand messages: read from end to end, and what one left or missed is found again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e.browser import OpenPage, needs_chromium, open_page, slack, type_in

__all__ = ["open_page", "slack"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

GENERAL = "C0GENERAL"
COMPLIANCE = "C0COMPL"
PEOPLE = ("U0ANA", "U0BEN", "U0LEA", "U0CON")
MANY = 10_000
FIRST = "Message 00000"
MOST_IN_THE_PAGE = 400
"""Messages in the page at any time, replies included; whoever scrolls sees fewer than fifty."""

SCROLL = """
async ([end, down]) => {
  const scroller = document.querySelector(".conversation .scroller");
  const list = scroller.querySelector(".messages");
  const edge = () => (down ? list.lastElementChild : list.firstElementChild);
  const texts = () => [...list.querySelectorAll(".message .mrkdwn")].map((node) => node.textContent);
  const seen = new Set();
  let most = 0, doubled = 0;
  const moved = async (before) => {
    for (let waited = 0; waited < 3000 && edge().dataset.ts === before; waited++) {
      scroller.scrollTop = down ? scroller.scrollHeight : 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return edge().dataset.ts !== before;
  };
  do {
    const now = texts();
    most = Math.max(most, now.length);
    doubled += now.length - new Set(now).size;
    now.forEach((each) => seen.add(each));
  } while (edge().querySelector(".mrkdwn").textContent !== end && await moved(edge().dataset.ts));
  return { seen: [...seen].sort(), most, doubled };
}
"""

SCROLL_TO_TOP = """
() => {
  const scroller = document.querySelector(".conversation .scroller");
  scroller.scrollTop = 200;
  const top = scroller.getBoundingClientRect().top;
  return [...scroller.querySelectorAll(".mrkdwn")].find((each) => each.getBoundingClientRect().top > top).textContent;
}
"""


async def fill(slack: Sandbox, many: int) -> list[str]:
    """People talk; every hundredth message has a reply. All that was said, in alphabetical order."""
    said: list[str] = []
    for n in range(many):
        said.append(f"Message {n:05}")
        answer = await slack.say(PEOPLE[n // 3 % 4], GENERAL, said[-1])
        if n % 100 == 0:
            said.append(f"Message {n:05}, answered")
            await slack.say(PEOPLE[n % 4], GENERAL, said[-1], answer["ts"])
    return sorted(said)


async def read_through(page: Page, end: str, *, down: bool) -> dict[str, Any]:
    """Scrolls to this message: what was seen, how many messages were in the page at most, and how many twice."""
    found: dict[str, Any] = await page.evaluate(SCROLL, [end, down])
    return found


async def test_ten_thousand_messages_are_read_to_the_top_and_none_is_lost_or_doubled(
    slack: Sandbox, open_page: OpenPage
) -> None:
    said = await fill(slack, MANY)
    page = await open_page(place=GENERAL)
    await expect(page.locator(".messages").get_by_text("Message 09999")).to_be_in_viewport()
    up = await read_through(page, FIRST, down=False)
    assert (up["seen"], up["doubled"]) == (said, 0)
    assert up["most"] <= MOST_IN_THE_PAGE
    await expect(page.get_by_text("This is where #general begins.")).to_be_visible()


async def test_the_way_back_down_ends_with_what_was_said_meanwhile(slack: Sandbox, open_page: OpenPage) -> None:
    said = await fill(slack, 500)
    page = await open_page(place=GENERAL)
    await expect(page.locator(".messages").get_by_text("Message 00499")).to_be_in_viewport()
    await read_through(page, FIRST, down=False)
    last = "Said while she read the first message"
    await slack.say("U0BEN", GENERAL, last)
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    down = await read_through(page, last, down=True)
    assert (down["seen"], down["doubled"]) == (sorted([*said, last]), 0)
    assert down["most"] <= MOST_IN_THE_PAGE


async def test_a_click_leads_from_far_up_to_the_newest_message(slack: Sandbox, open_page: OpenPage) -> None:
    await fill(slack, 300)
    page = await open_page(place=GENERAL)
    await expect(page.locator(".messages").get_by_text("Message 00299", exact=True)).to_be_in_viewport()
    await read_through(page, FIRST, down=False)
    await slack.say("U0BEN", GENERAL, "The newest")
    await page.get_by_role("button", name="New messages").click()
    await expect(page.locator(".messages").get_by_text("The newest")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="New messages")).to_be_hidden()


async def test_what_is_at_the_top_stays_there_while_older_messages_are_added_above(
    slack: Sandbox, open_page: OpenPage
) -> None:
    await fill(slack, 300)
    page = await open_page(place=GENERAL)
    await expect(page.get_by_text("Message 00299", exact=True)).to_be_in_viewport()
    for _ in range(4):
        first = await page.locator(".message").first.inner_text()
        at_the_top = page.get_by_text(await page.evaluate(SCROLL_TO_TOP), exact=True)
        before = await at_the_top.bounding_box()
        await expect(page.locator(".message").first).not_to_contain_text(first)
        after = await at_the_top.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 2


async def test_a_line_stands_above_what_is_new_since_the_last_visit(slack: Sandbox, open_page: OpenPage) -> None:
    await slack.say("U0BEN", GENERAL, "Read before")
    page = await open_page(place=GENERAL)
    await page.get_by_role("link", name="compliance", exact=True).click()
    await slack.say("U0BEN", GENERAL, "Come meanwhile")
    general = page.get_by_role("link", name="general")
    await expect(general).to_contain_text("unread")
    await general.click()
    await expect(page.locator(".message", has=page.get_by_text("New", exact=True))).to_contain_text("Come meanwhile")
    await slack.say("U0BEN", GENERAL, "Come while she looks on")
    await expect(page.locator(".messages").get_by_text("Come while she looks on")).to_be_visible()
    await expect(page.locator(".messages").get_by_text("New", exact=True)).to_have_count(1)


async def test_a_reload_loses_neither_a_draft_nor_what_was_sent_nor_what_slack_said(open_page: OpenPage) -> None:
    page = await open_page(place=GENERAL)
    await type_in(page, "Good morning")
    await type_in(page, "/nosuch")
    await expect(page.locator(".grey")).to_contain_text("/nosuch is not a valid command")
    await page.locator("#composer-box").press_sequentially("Half a thou")
    await page.reload()
    await expect(page.locator("#composer-box")).to_have_value("Half a thou")
    await expect(page.locator(".grey")).to_contain_text("/nosuch is not a valid command")
    await page.locator("#composer-box").fill("")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#composer-box")).to_have_value("Good morning")


async def test_a_thread_has_its_replies_under_it_and_people_are_mentioned_in_it(
    slack: Sandbox, open_page: OpenPage
) -> None:
    ana, ben = await open_page("U0ANA", GENERAL), await open_page("U0BEN", GENERAL)
    await type_in(ana, "Who calls the Helpdesk?")
    await ben.get_by_role("button", name="Reply in thread").click()
    await ben.keyboard.type("Let us ask @con")
    await expect(ben.get_by_role("option", name="Conrad Mills")).to_have_attribute("aria-selected", "true")
    await ben.keyboard.press("Tab")
    await ben.keyboard.press("Enter")
    await expect(ana.locator(".replies")).to_contain_text("Let us ask @Conrad Mills")
    await expect(ana.get_by_role("button", name="1 reply")).to_be_visible()
    reply = slack.messages("U0ANA", GENERAL)[-1]
    assert (reply["text"], bool(reply["thread_ts"])) == ("Let us ask <@U0CON>", True)


async def test_one_walks_from_message_to_message_by_the_arrow_keys(slack: Sandbox, open_page: OpenPage) -> None:
    for text in ("One", "Two", "Three"):
        await slack.say("U0BEN", GENERAL, text)
    page = await open_page(place=GENERAL)
    await page.locator(".message").last.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".message", has_text="Two")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator(".message", has_text="Two").get_by_role("button", name="Reply in thread")).to_be_focused()


async def test_the_keyboard_stays_at_a_message_that_changes(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(place=COMPLIANCE)
    await type_in(page, "/task")
    await page.get_by_role("button", name="Done").wait_for()
    await page.locator(".message").last.get_by_role("button", name="More actions").focus()
    message = slack.messages("U0ANA", COMPLIANCE)[-1]
    place = {"type": "message", "channel": COMPLIANCE, "ts": message["ts"]}
    block = next(each for each in message["blocks"] if each["type"] == "actions")
    await slack.click("U0ANA", place, "done", block["block_id"])
    await expect(page.locator(".message").last).to_contain_text("Nothing is left.")
    await expect(page.locator(".message").last).to_be_focused()


async def test_whoever_has_a_page_open_is_shown_as_active(open_page: OpenPage) -> None:
    ana = await open_page("U0ANA", GENERAL)
    lea = ana.locator(".person", has_text="Lea Haddad")
    await expect(lea).to_contain_text("away")
    page = await open_page("U0LEA", GENERAL)
    await expect(lea).to_contain_text("active")
    await page.close()
    await expect(lea).to_contain_text("away")
