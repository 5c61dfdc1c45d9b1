"""Every block and element the page draws, as Slack would, and what a person does with it as the bot hears it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.e2e import showcase
from tests.e2e.browser import OpenPage, needs_chromium, open_page, slack, type_in
from tests.e2e.test_page import post

__all__ = ["open_page", "slack"]  # fixtures are found by their names here

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

COMPLIANCE = "C0COMPL"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)
"""A red picture of one pixel."""


async def hand_over(slack: Sandbox, name: str, content: bytes) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}/control/files", params={"as": "U0ANA", "name": name}, data=content) as answer,
    ):
        file: dict[str, Any] = (await answer.json())["file"]
        return file


async def see_everything(slack: Sandbox, open_page: OpenPage, person: str = "U0ANA") -> tuple[Page, Locator]:
    """The page with one message of everything in it."""
    file = await hand_over(slack, "dot.png", DOT)
    await post(slack, channel=COMPLIANCE, blocks=showcase.message(f"/files/{file['id']}"))
    page = await open_page(person, COMPLIANCE)
    return page, page.locator(".message").last


def heard(slack: Sandbox) -> dict[str, Any]:
    """The last action the bot was told of."""
    payloads = [sent["payload"] for sent in slack.sent if sent["payload"].get("type") == "block_actions"]
    action: dict[str, Any] = payloads[-1]["actions"][0]
    return action


async def test_every_block_is_drawn_and_none_is_unknown(slack: Sandbox, open_page: OpenPage) -> None:
    page, message = await see_everything(slack, open_page)
    await expect(message.get_by_role("heading", name="Everything 🎉")).to_be_visible()
    for tag, text in {"strong": "bold", "em": "italic", "s": "gone", "code": "code"}.items():
        await expect(message.locator(tag, has_text=text).first).to_be_visible()
    await expect(message).to_contain_text("🎉 👋🏼 :no_such_emoji:")
    await expect(message.get_by_text("@Ben Cole")).to_be_visible()
    await expect(message.get_by_text("#compliance")).to_be_visible()
    await expect(message.get_by_role("link", name="help@example.com")).to_have_attribute(
        "href", "mailto:help@example.com"
    )
    await expect(message.locator("blockquote").first).to_have_text("quotedtwice")
    await expect(message.locator("blockquote").nth(1)).to_have_text("to the endof it all")
    await expect(message.locator("pre").first).to_have_text("a < b")
    await expect(message.locator(".rich ol")).to_have_attribute("start", "3")
    await expect(message.get_by_role("row", name="Apex 7 Step 4")).to_be_visible()
    await expect(message.locator("td.right")).to_have_text("7")
    await expect(message.locator(".markdown li.ticked")).to_have_text("☑ <Inc> & *Co*")
    await expect(message.get_by_role("img", name="A far picture")).to_be_visible()
    await expect(message.locator("img[alt='A red dot']")).to_have_js_property("naturalWidth", 1)
    await expect(message.get_by_text("For Ben alone")).to_have_count(0)
    await expect(page.locator(".unknown")).to_have_count(0)


@pytest.mark.parametrize(
    ("person", "shown"), [("U0ANA", "Jun 1, 2026 at 12:00 PM"), ("U0CON", "Jun 1, 2026 at 5:00 PM")]
)
async def test_a_date_is_shown_in_the_time_zone_of_whoever_looks(
    slack: Sandbox, open_page: OpenPage, person: str, shown: str
) -> None:
    _, message = await see_everything(slack, open_page, person)
    await expect(message.get_by_text(shown)).to_be_visible()


async def test_what_the_page_does_not_know_is_shown_loudly(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(place=COMPLIANCE)
    start = {
        "type": "workflow_button",
        "text": showcase.plain("Start"),
        "workflow": {"trigger": {"url": "https://x.y"}},
    }
    odd = {"type": "rich_text_section", "elements": [{"type": "hologram"}]}
    chart = {"type": "data_visualization", "title": "A chart"}
    blocks = [{"type": "actions", "elements": [start]}, showcase.rich(odd), chart]
    await post(slack, channel=COMPLIANCE, blocks=blocks)
    for words in (
        "unknown element <workflow_button>",
        "unknown rich text <hologram>",
        "unknown block <data_visualization>",
    ):
        await expect(page.get_by_text(words)).to_be_visible()


async def test_a_confirmation_is_asked_first_and_a_no_changes_nothing(slack: Sandbox, open_page: OpenPage) -> None:
    page, message = await see_everything(slack, open_page)
    await message.get_by_role("button", name="Ask first").click()
    dialog = page.get_by_role("alertdialog", name="Sure?")
    await expect(dialog).to_contain_text("It cannot wait.")
    await dialog.get_by_role("button", name="Stay").click()
    await expect(dialog).to_have_count(0)
    assert not [sent for sent in slack.sent if sent["payload"].get("type") == "block_actions"]
    await message.get_by_role("button", name="Ask first").click()
    await dialog.get_by_role("button", name="Go on").click()
    await slack.until(lambda: any(sent["payload"].get("type") == "block_actions" for sent in slack.sent))
    assert heard(slack)["action_id"] == "ask"


async def test_menus_dates_and_votes_in_a_message_reach_the_bot(slack: Sandbox, open_page: OpenPage) -> None:
    page, message = await see_everything(slack, open_page)
    await message.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem", name="Archive").click()
    await slack.until(lambda: heard(slack)["action_id"] == "more")
    assert heard(slack)["selected_option"]["value"] == "archive"
    await message.get_by_role("combobox", name="Kind").click()
    await page.get_by_role("option", name="Paper").click()
    await slack.until(lambda: heard(slack)["action_id"] == "kind")
    await message.get_by_label("Date").fill("2026-07-04")
    await slack.until(lambda: heard(slack)["action_id"] == "due")
    assert heard(slack)["selected_date"] == "2026-07-04"
    await message.get_by_role("button", name="Not helpful").click()
    await slack.until(lambda: heard(slack)["action_id"] == "vote")
    assert heard(slack)["value"] == "down"


async def choose(page: Page, modal: Locator, label: str, *names: str, typed: str = "") -> None:
    """Opens a select, types what is to be found, and takes what has these names."""
    await modal.get_by_role("combobox", name=label, exact=True).click()
    await page.keyboard.type(typed)
    for name in names:
        await page.get_by_role("option", name=name, exact=True).click()
    await page.keyboard.press("Escape") if len(names) > 1 else None


async def fill_in(page: Page, modal: Locator) -> None:
    for label, text in {"Words": "ten at most", "Lines": "one\ntwo", "Mail": "a@b.example", "Rich": "rich"}.items():
        await modal.get_by_label(label, exact=True).fill(text)
    for label, text in {"Address": "https://a.example/b", "Number": "12", "Day": "2026-06-01", "Hour": "09:30"}.items():
        await modal.get_by_label(label, exact=True).fill(text)
    await modal.get_by_label("Moment, day").fill("2026-06-01")
    await modal.get_by_label("Moment, time").fill("12:00")
    await choose(page, modal, "One", "Phone")
    await choose(page, modal, "Some", "Paper", "Portal")
    await choose(page, modal, "Found", "abc found", typed="abc")
    await choose(page, modal, "Person", "Tasks")
    await choose(page, modal, "People", "Ben Cole", "Lea Haddad")
    await choose(page, modal, "Channel", "general")
    await choose(page, modal, "Channels", "general", "audit-prep")
    await choose(page, modal, "Places", "general", "compliance")
    await modal.get_by_role("radio", name="Portal").check()
    await modal.get_by_role("checkbox", name="Paper").check()
    await modal.get_by_role("checkbox", name="Phone").check()
    await modal.get_by_label("Proof", exact=True).set_input_files(
        {"name": "proof.txt", "mimeType": "text/plain", "buffer": b"signed"}
    )
    await expect(modal.get_by_role("button", name="Remove proof.txt")).to_be_visible()


async def test_every_input_arrives_as_slack_would_send_it(slack: Sandbox, open_page: OpenPage) -> None:
    page = await open_page(place=COMPLIANCE)
    await type_in(page, "/task everything")
    modal = page.get_by_role("dialog", name="Everything")
    await fill_in(page, modal)
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.get_by_text("Please use 10 characters or fewer.")).to_be_visible()
    await expect(modal.get_by_text("no larger than 9")).to_be_visible()
    await modal.get_by_label("Words", exact=True).fill("few")
    await modal.get_by_label("Number", exact=True).fill("7")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_have_count(0)
    values = slack.sent[-1]["payload"]["view"]["state"]["values"]
    held = {
        name: next(v for k, v in each["value"].items() if k not in ("type", "timezone"))
        for name, each in values.items()
    }
    file = held.pop("Proof")[0]
    assert {name: _short(value) for name, value in held.items()} == {
        "Words": "few", "Lines": "one\ntwo", "Mail": "a@b.example", "Rich": "rich_text",
        "Address": "https://a.example/b", "Number": "7", "Day": "2026-06-01", "Hour": "09:30", "Moment": showcase.NOON,
        "One": "phone", "Some": ["paper", "portal"], "Found": "abc found", "Person": "U0CAIS",
        "People": ["U0BEN", "U0LEA"], "Channel": "C0GENERAL", "Channels": ["C0GENERAL", "G0PRIV"], "Place": COMPLIANCE,
        "Places": ["C0GENERAL", COMPLIANCE], "Radio": "portal", "Boxes": ["paper", "phone"],
    }  # fmt: skip
    assert await fetched(file["url_private"], slack.options.bot_token) == (200, b"signed")
    assert (await fetched(file["url_private"], "xoxb-another"))[0] == 302


def _short(value: Any) -> Any:
    """An option by its value, rich text by its type."""
    if isinstance(value, list):
        return [_short(each) for each in value]
    return value.get("value") or value["type"] if isinstance(value, dict) else value


async def fetched(url: str, token: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.read()


async def test_what_was_typed_into_a_form_outlives_a_reload(open_page: OpenPage) -> None:
    page = await open_page(place=COMPLIANCE)
    await type_in(page, "/task everything")
    modal = page.get_by_role("dialog", name="Everything")
    await modal.get_by_label("Words", exact=True).fill("kept")
    await choose(page, modal, "One", "Phone")
    await page.reload()
    await expect(modal.get_by_label("Words", exact=True)).to_have_value("kept")
    await expect(modal.get_by_role("combobox", name="One: Phone")).to_be_visible()


async def test_a_file_of_another_kind_is_not_taken(open_page: OpenPage) -> None:
    page = await open_page(place=COMPLIANCE)
    await type_in(page, "/task everything")
    modal = page.get_by_role("dialog", name="Everything")
    await modal.get_by_label("Proof", exact=True).set_input_files(
        {"name": "proof.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    )
    await expect(modal.get_by_text("proof.exe is none of: txt, png")).to_be_visible()
