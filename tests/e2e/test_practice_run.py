"""`cais sandbox` as processes: another day, a story to its end, starting over, a killed bot, and the day kept."""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.bot.conversing import ANA, BEN, GENERAL, LEA, Json, words_of
from tests.e2e.processes import PATIENCE, free_port, verified
from tests.e2e.test_sandbox_run import Page, running

LONG = 3 * PATIENCE
"""Seconds for a story, which starts the bot three times."""


async def practice(page: Page) -> Json:
    found: Json = (await page.get("/control/state"))["practice"]
    return found


async def wish(page: Page, name: str, **body: Any) -> Json:
    """Asks for it, waits until it is done, and gives the state it is then in."""
    before = (await practice(page))["version"]
    assert await page.post("practice", wish=name, **body) == {"ok": True}
    async with asyncio.timeout(LONG):
        while (state := await practice(page))["version"] == before or state["doing"]:
            await asyncio.sleep(0.05)
    return state


def day(state: Json) -> str:
    return f"{datetime.fromtimestamp(state['now'], UTC):%Y-%m-%d}"


async def types(page: Page, who: str, text: str) -> str:
    """What somebody reads in the DM with the app after this; a reminder may come beside the answer."""
    dm = f"D0{who.removeprefix('U0')}"

    async def messages() -> list[Json]:
        return list((await page.get(f"/control/messages?as={who}&channel={dm}"))["messages"])

    async def answer() -> str:
        new = [words_of(message) for message in (await messages())[before:]]
        return next((said for said in reversed(new) if not said.startswith("Reminder, ")), "")

    before = len(await messages())
    assert await page.post("say", **{"as": who}, channel=dm, text=text) == {"ok": True}
    return str(await page.until(answer))


def bot_of(supervisor: int) -> psutil.Process:
    """The process of the bot itself."""
    return next(one for one in psutil.Process(supervisor).children() if one.cmdline()[-2:] == ["bot", "run"])


async def test_days_stories_and_fresh_starts_are_a_click_away(tmp_path: Path) -> None:
    real = tmp_path / "cais.db"
    real.write_text("what was done in Slack")
    port = free_port()
    async with running(tmp_path, port, "practice") as (process, page):
        await page.until(lambda: practice(page))
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        assert (await practice(page))["moved"] is False

        state = await wish(page, "story", id="june-2022")
        assert (day(state), state["trouble"], state["look"]) == ("2022-06-08", "", f"#/{BEN}/D0BEN")
        status = await types(page, LEA, "/cais status")
        assert "5 of 9 tasks done" in status
        assert "Practice run: the clock is moved" in status
        state = await wish(page, "move", to="2022-07-24T09:00")
        assert (day(state), state["trouble"]) == ("2022-07-24", "")
        state = await wish(page, "move-on", days=1)
        assert (day(state), state["trouble"]) == ("2022-07-25", "")
        assert "🎯 *Your target:* Friday, July 22, 2022" in await types(page, LEA, "/cais status")
        assert "practice run" in await types(page, LEA, "/cais history")
        assert (await page.get("/control/traffic"))["entries"], "and the inspector saw it all"

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0

    assert "ok: 1 firm" in await verified(tmp_path / "sandbox")
    async with running(tmp_path, port, "again") as (process, page):
        state = await page.until(lambda: practice(page))
        assert (day(state), state["story"]) == ("2022-07-25", "june-2022"), "time stood still meanwhile"
        assert "Larkspur Trading" in await types(page, LEA, "/cais")

        state = await wish(page, "start-over")
        assert (state["moved"], state["story"], state["trouble"]) == (False, "", "")
        assert today <= day(state) <= f"{datetime.now(UTC):%Y-%m-%d}", "it may be midnight meanwhile"
        assert "No firm is set up in this workspace yet" in await types(page, BEN, "/cais next")
        assert "No firm is set up in this workspace yet" in await types(page, LEA, "/cais next")
    assert real.read_text() == "what was done in Slack"


async def test_a_bot_that_is_killed_while_a_story_plays_is_said_and_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path, free_port(), "killed") as (process, page):
        await page.until(lambda: practice(page))
        await page.post("practice", wish="story", id="one-agent")
        await page.until(lambda: _acting(page))
        # Whatever somebody does next takes long to reach the bot, so that it can be killed under it.
        await page.post("faults", faults=[{"method": "socket", "kind": "slow", "seconds": 60, "times": -1}])
        await page.until(lambda: _waits(page))
        bot_of(process.pid).kill()
        state = await page.until(lambda: _at_rest(page))
        assert state["trouble"].startswith("The story stopped at ")
        assert "The bot ended by itself and is started again." in state["trouble"]
        await page.post("faults", faults=[])
        await page.until(page.connected)
        assert (await page.post("say", **{"as": ANA}, channel=GENERAL, text="/cais"))["ok"]
        state = await wish(page, "start-over")
        assert (state["moved"], state["trouble"]) == (False, "")
        assert "No firm is set up in this workspace yet" in await types(page, BEN, "/cais next"), "the story is gone"


async def _acting(page: Page) -> bool:
    doing = (await practice(page))["doing"]
    return bool(doing and doing["act"])


async def _waits(page: Page) -> bool:
    return any(entry["status"] is None for entry in (await page.get("/control/traffic"))["entries"])


async def _at_rest(page: Page) -> Json | None:
    state = await practice(page)
    return None if state["doing"] else state


async def test_a_database_that_was_named_is_left_alone_and_other_origins_start_nothing_over(tmp_path: Path) -> None:
    named = {"CAIS_DATABASE_URL": f"sqlite:///{tmp_path}/mine.db"}
    async with running(tmp_path, free_port(), "named", **named) as (process, page):
        await page.until(lambda: practice(page))
        assert "Welcome" in await types(page, BEN, "/cais")
        await other_origins_are_refused(process.pid, page)
        state = await wish(page, "start-over")
        assert "CAIS_DATABASE_URL" in state["trouble"]
        assert (tmp_path / "mine.db").exists()
        assert "Welcome" in await types(page, BEN, "/cais"), "the bot is back"


async def other_origins_are_refused(supervisor: int, page: Page) -> None:
    """By the supervisor itself and by the sandbox, through which the page reaches it."""
    given = psutil.Process(supervisor).children()
    command = next(one.cmdline() for one in given if "--control-url" in one.cmdline())
    control = command[command.index("--control-url") + 1]
    async with aiohttp.ClientSession(headers={"Origin": "https://evil.example"}) as session:
        for address in (f"{control}/start-over", f"{page._url}/control/practice"):
            async with session.post(address, json={"wish": "start-over"}) as answer:
                assert answer.status == 403


async def test_to_the_next_reminder_goes_there_and_it_arrives(tmp_path: Path) -> None:
    async with running(tmp_path, free_port(), "reminder") as (_, page):
        await page.until(lambda: practice(page))
        assert (await practice(page))["next_reminder"] is None
        await wish(page, "story", id="june-2022")
        state = await _looked(page)
        due = datetime.fromtimestamp(state["next_reminder"], UTC)
        assert due > datetime.fromtimestamp(state["now"], UTC)
        before = len(await _reminders(page))

        state = await wish(page, "to-reminder")
        assert day(state) == f"{due:%Y-%m-%d}"
        await page.until(lambda: _more_reminders(page, before))


async def _looked(page: Page) -> Json:
    """The state once it is known when the next reminder is due."""
    assert await page.post("practice", wish="look") == {"ok": True}

    async def known() -> Json | None:
        state = await practice(page)
        return state if state["next_reminder"] else None

    found: Json = await page.until(known)
    return found


async def _reminders(page: Page) -> list[Json]:
    found: list[Json] = []
    for who in (ANA, BEN, LEA):
        there = await page.get(f"/control/messages?as={who}&channel=D0{who.removeprefix('U0')}&limit=100")
        found += [m for m in there["messages"] if m["text"].startswith("Reminder, ")]
    return found


async def _more_reminders(page: Page, before: int) -> bool:
    return len(await _reminders(page)) > before
