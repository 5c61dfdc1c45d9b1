"""`make pictures`: draws the pictures of README and docs afresh, from the page with the real bot behind it.

They look best where Debian's fonts-inter and fonts-noto-color-emoji, or fonts like them, are installed.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.sandbox import Sandbox
from tests.bot.conversing import ANA, COMPLIANCE
from tests.e2e.browser import CHROMIUM, QUIET, QUIETER, type_in
from tests.e2e.on_the_page import button, set_up, walk
from tests.e2e.processes import bot_beside_slack

PICTURES = Path(__file__).parents[2] / "docs/pictures"
LARGEST = 150_000
"""Bytes: who clones the project should not wait for its pictures."""


async def draw(page: Page, name: str) -> None:
    """Keeps what the page shows now. Raises ValueError where the picture would be too large."""
    path = PICTURES / f"{name}.png"
    await page.mouse.move(1, 1)
    await page.wait_for_timeout(300)
    await page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(PICTURES.parents[1])}: {size:,} bytes")
    if size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST:,} bytes")


async def open_at(browser: Browser, slack: Sandbox, place: str, **look: Any) -> Page:
    """The page, as Ana."""
    page = await browser.new_page(**look)
    await page.goto(f"{slack.url}/#/{ANA}/{place}")
    await page.locator("#header h1").wait_for()
    return page


async def draw_all(browser: Browser, slack: Sandbox) -> None:
    """One firm, seen three ways."""
    page = await open_at(browser, slack, COMPLIANCE, viewport={"width": 1040, "height": 890}, device_scale_factor=0.85)
    await set_up(page)
    await button(page, "Next").click()
    await button(page, "Yes").wait_for()
    await walk(page, slack, ANA, COMPLIANCE, stop="Your agent confirms it is certified: Apex Clearing")
    await draw(page, "card")
    await page.close()

    page = await open_at(browser, slack, "home", viewport={"width": 1040, "height": 720}, color_scheme="dark")
    await expect(page.locator("#place").get_by_role("heading", name="Your firms")).to_be_visible()
    await draw(page, "home-dark")
    await page.close()

    page = await open_at(browser, slack, "dm", viewport={"width": 390, "height": 780})
    await type_in(page, "/cais next")
    await button(page, "Done").wait_for()
    await draw(page, "narrow")


async def main() -> None:
    """Draws them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with bot_beside_slack("socket", Path(folder)) as (slack, bot), async_playwright() as playwright:
            await bot.start()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *QUIETER])
            await draw_all(browser, slack)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
