"""`make pictures`: draws the pictures of README and docs afresh, from the page that `make run` opens.

They look best where Debian's fonts-inter and fonts-noto-color-emoji, or fonts like them, are installed.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.bot.conversing import ANA, COMPLIANCE
from tests.e2e.browser import CHROMIUM, QUIET, QUIETER, type_in
from tests.e2e.on_the_page import AGENTS, button, card, choose_agents, set_up
from tests.e2e.processes import free_port
from tests.e2e.test_sandbox_run import running
from tests.e2e.walking import ANSWERS

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


async def open_at(browser: Browser, port: int, place: str, **look: Any) -> Page:
    """The page, as Ana."""
    page = await browser.new_page(**look)
    await page.goto(f"http://127.0.0.1:{port}/#/{ANA}/{place}")
    await page.locator("#header h1").wait_for()
    return page


async def walk_to(page: Page, stop: str) -> None:
    """Clicks what finishes each card until that of `stop` is shown."""
    while stop not in (said := await card(page).inner_text()):
        if "Choose how your data is submitted" in said:
            await choose_agents(page, AGENTS)
        else:
            known = (label for task, label in ANSWERS.items() if f"\n{task}" in said)
            await button(page, next(known, "Done")).click()
        await expect(card(page)).not_to_have_text(said, use_inner_text=True)


async def draw_all(browser: Browser, port: int) -> None:
    """One firm, seen three ways."""
    page = await open_at(browser, port, COMPLIANCE, viewport={"width": 1100, "height": 890}, device_scale_factor=0.8)
    await set_up(page)
    await button(page, "Next").click()
    await button(page, "Yes").wait_for()
    await walk_to(page, "Your agent confirms it is certified: Apex Clearing")
    await draw(page, "card")
    await page.close()

    page = await open_at(browser, port, "home", viewport={"width": 1100, "height": 720}, color_scheme="dark")
    await expect(page.locator("#place").get_by_role("heading", name="My task")).to_be_visible()
    await draw(page, "home-dark")
    await page.close()

    page = await open_at(browser, port, "dm", viewport={"width": 390, "height": 780})
    await type_in(page, "/cais next")
    await button(page, "Done").wait_for()
    await draw(page, "narrow")


async def main() -> None:
    """Draws them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), port, "pictures:"), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *QUIETER])
            await draw_all(browser, port)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
