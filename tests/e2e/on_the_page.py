"""A firm is taken along the roadmap in a browser: everything by what stands on the page, as a person would."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.bot.conversing import words_of
from tests.e2e.browser import type_in
from tests.e2e.walking import ANSWERS, FIRM, title

AGENTS = ("Apex Clearing", "Blue Bureau")
AGENT = "Through a CAT Reporting Agent"


def card(page: Page) -> Locator:
    """The newest message."""
    return page.locator(".messages > .message").last


def button(page: Page, label: str) -> Locator:
    """The first button of the newest message that shows these words; what it is called aloud may say more."""
    return card(page).locator("button", has_text=re.compile(f"^{re.escape(label)}$")).first


async def set_up(page: Page, name: str = FIRM) -> None:
    """From the first command to the welcome."""
    await type_in(page, "/cais next")
    await button(page, "Set up your firm").click()
    modal = page.get_by_role("dialog", name="Set up your firm")
    await modal.get_by_label("Firm", exact=True).fill(name)
    onboarding = modal.get_by_role("radiogroup", name="Is transaction onboarding done")
    await onboarding.get_by_role("radio", name="Yes").check()
    await modal.get_by_role("button", name="Set up").click()
    await expect(card(page)).to_contain_text(f"{name} is set up.")


async def choose_agents(page: Page, agents: tuple[str, ...]) -> None:
    """Step 4: the firm reports through these agents."""
    await button(page, "Choose…").click()
    modal = page.get_by_role("dialog")
    await modal.get_by_role("checkbox", name=AGENT).check()
    await modal.get_by_role("textbox", name="Agents").fill("\n".join(agents))
    await modal.locator("[type=submit]").click()


def task(slack: Sandbox, person: str, channel: str) -> str:
    """The task whose card stands last; empty where it is no card."""
    return title(slack.messages(person, channel)[-1])


async def walk(
    page: Page, slack: Sandbox, person: str, channel: str, *, stop: str = "", agents: tuple[str, ...] = AGENTS
) -> list[str]:
    """Clicks what finishes each card until none is left, or that of `stop` comes; the titles in their order."""
    visited: list[str] = []
    while (now := task(slack, person, channel)) and now != stop:
        visited.append(now)
        if now == "Choose how your data is submitted":
            await choose_agents(page, agents)
        else:
            await button(page, ANSWERS.get(now, "Done")).click()
        await slack.until(lambda was=now: task(slack, person, channel) != was)  # type: ignore[misc]
        assert "Recorded" in words_of(slack.messages(person, channel)[-1])
        following = task(slack, person, channel)
        await expect(card(page)).to_contain_text(following or "Roadmap finished")
    return visited
