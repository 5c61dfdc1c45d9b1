"""`make bench-page`: the sandbox's page with the real bot, beside what no page could go below, in one run."""

import asyncio
import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.sandbox import Sandbox
from tests.bot.conversing import ANA, elements
from tests.e2e.browser import CHROMIUM, QUIET, QUIETER
from tests.e2e.on_the_page import button, set_up
from tests.e2e.processes import bot_beside_slack

OPENINGS = 15
CLICKS = 60
EMPTY = "<!doctype html><html lang=en><title>Empty</title><p>Nothing but this"

PAINTS = """
() => new Promise((resolve) => {
  const paints = () => performance.getEntriesByType("paint");
  const found = () => Object.fromEntries(paints().map((each) => [each.name, each.startTime]));
  const look = () => ("first-contentful-paint" in found() ? resolve(found()) : setTimeout(look, 20));
  look();
})
"""

CLICK = """
(label) => new Promise((resolve) => {
  const list = document.querySelector(".messages");
  const wanted = [...list.lastElementChild.querySelectorAll("button")].find((each) => each.textContent === label);
  const begun = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
  });
  seen.observe(list, { childList: true });
  wanted.click();
})
"""


@asynccontextmanager
async def empty_page() -> AsyncIterator[str]:
    """The address of a page with nothing in it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=EMPTY, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def paint(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds until the first paint, and until the first with something in it, for somebody who was never here."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url)
    found = await page.evaluate(PAINTS)
    await context.close()
    return found["first-paint"], found["first-contentful-paint"]


def say(what: str, ours: Sequence[float], theirs: Sequence[float], share: float, goal: str = "") -> None:
    """One line of the table."""
    mine, other = (sorted(each)[min(len(each) - 1, int(len(each) * share))] for each in (ours, theirs))
    print(f"{what:44} {mine:8.1f} {other:8.1f} ms   {goal}", flush=True)


async def openings(browser: Browser, slack: Sandbox) -> None:
    """How soon something is seen."""
    async with empty_page() as empty:
        pairs = [(await paint(browser, slack.url), await paint(browser, empty)) for _ in range(OPENINGS)]
    for nth, what in enumerate(("first paint", "first paint with something in it")):
        ours, theirs = [mine[nth] for mine, _ in pairs], [other[nth] for _, other in pairs]
        say(f"{what}, p50", ours, theirs, 0.5, "under 300 ms" if not nth else "")
        say(f"{what}, p95", ours, theirs, 0.95)


async def bare_click(slack: Sandbox, label: str) -> float:
    """The same click without a page: milliseconds until the bot's ack, and until its new card has come."""
    card = slack.messages(ANA, slack.dm(ANA))[-1]
    block, pressed = next(found for found in elements(card) if found[1].get("text", {}).get("text") == label)
    begun = time.perf_counter()
    await slack.click(ANA, card, pressed["action_id"], block["block_id"])
    await slack.until(lambda: slack.messages(ANA, slack.dm(ANA))[-1] != card)
    return (time.perf_counter() - begun) * 1000


async def clicks(page: Page, slack: Sandbox) -> None:
    """From the click to the card that takes the place of the one before; by turns on the page and without it."""
    await set_up(page)
    await button(page, "Next").click()
    await button(page, "Yes").wait_for()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(CLICKS):
        ours += [await page.evaluate(CLICK, label) for label in ("Yes", "Undo")]
        for label, following in (("Yes", "Undo"), ("Undo", "Yes")):
            theirs.append(await bare_click(slack, label))
            await button(page, following).wait_for()
    say("a click's new card, p50", ours, theirs, 0.5)
    say("a click's new card, p95", ours, theirs, 0.95, "under 100 ms")
    print(f"{'of that the page itself, p50':44} {median(ours) - median(theirs):8.1f}")


async def main() -> None:
    """Everything, in about a minute."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'':44} {'page':>8} {'without':>8}")
    with tempfile.TemporaryDirectory() as folder:
        async with bot_beside_slack("socket", Path(folder)) as (slack, bot), async_playwright() as playwright:
            await bot.start()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *QUIETER])
            await openings(browser, slack)
            page = await browser.new_page()
            await page.goto(f"{slack.url}/#/{ANA}/dm")
            await clicks(page, slack)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
