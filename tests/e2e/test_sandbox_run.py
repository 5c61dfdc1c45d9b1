"""What `make run` starts where there are no tokens: a page, two people, Ctrl-C, and everything there the next time."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from bot.practice.supervisor import port_is_free
from tests.bot.conversing import ANA, BEN, GENERAL, Json, elements, labels, words_of
from tests.e2e.processes import PATIENCE, clean_environment, free_port
from tests.e2e.walking import title


class Page:
    """What the page does: it reads and acts through the control API."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session, self._url = session, f"http://127.0.0.1:{port}"

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self._url}{path}") as answer:
            return await answer.json() if "json" in answer.content_type else await answer.text()

    async def post(self, name: str, **body: Any) -> Json:
        async with self._session.post(f"{self._url}/control/{name}", json=body) as answer:
            found: Json = await answer.json()
            return found

    async def last(self, person: str) -> Json:
        found = await self.get(f"/control/messages?as={person}&channel={GENERAL}")
        message: Json = found["messages"][-1]
        return message

    async def presses(self, person: str, label: str) -> Json:
        message = await self.last(person)
        block, element = next(found for found in elements(message) if found[1].get("text", {}).get("text") == label)
        where = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
        given = {"container": where, "block_id": block["block_id"], "action_id": element["action_id"]}
        return await self.post("click", **{"as": person}, **given)

    async def until(self, found: Any) -> Any:
        """Looks again until it is there."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(aiohttp.ClientError, LookupError):
                    if seen := await found():
                        return seen
                await asyncio.sleep(0.02)

    async def connected(self) -> bool:
        return bool((await self.get(f"/control/state?as={ANA}"))["connected"])


@asynccontextmanager
async def running(folder: Path, port: int, how: str, **settings: object) -> AsyncIterator[tuple[Process, Page]]:
    """`cais sandbox` until the end of the block; prints how long it took until a command would be answered."""
    environment = clean_environment(CAIS_SANDBOX_PORT=port, CAIS_DATA_DIR=folder, **settings)
    command = (sys.executable, "-m", "bot", "sandbox")
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=folder, stdout=PIPE)
    async with aiohttp.ClientSession() as session:
        page = Page(session, port)
        try:
            await page.until(lambda: page.get("/"))
            opened = time.monotonic() - began
            await page.until(page.connected)
            print(f"{how} start: page after {opened:.2f} s, bot after {time.monotonic() - began:.2f} s")
            yield process, page
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


async def test_two_people_try_it_and_find_it_again_after_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    async with running(tmp_path, port, "first") as (process, page):
        assert "<html" in await page.get("/")
        assert await page.post("say", **{"as": BEN}, channel=GENERAL, text="/cais next") == {"ok": True}
        assert "Welcome" in words_of(await page.last(BEN))
        await page.presses(BEN, "Set up your firm")
        state = await page.until(lambda: _with_modal(page, BEN))
        name = next(b["element"] for b in state["modals"][-1]["blocks"] if b.get("block_id") == "name")
        values = {"name": {name["action_id"]: {"type": name["type"], "value": "Apex Securities"}}}
        assert await page.post("submit", **{"as": BEN}, view_id=state["modals"][-1]["id"], values=values) == {
            "ok": True
        }
        await page.until(lambda: _says(page, BEN, "is set up"))
        await page.post("say", **{"as": BEN}, channel=GENERAL, text="/cais next")
        await page.presses(BEN, "Yes")
        await page.until(lambda: _says(page, BEN, "*Recorded:*"))
        await page.post("say", **{"as": ANA}, channel=GENERAL, text="/cais next")
        assert "you are not a member of any" in words_of(await page.last(ANA))

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        assert port_is_free("127.0.0.1", port), "neither process is left"

    async with running(tmp_path, port, "second") as (process, page):
        assert "*Recorded:*" in words_of(await page.last(BEN)), "what stood in the channel stands there"
        await page.presses(BEN, "Form submitted")
        await page.until(lambda: _says(page, BEN, "Register for CAIS (Form submitted)"))
        await page.post("say", **{"as": BEN}, channel=GENERAL, text="/cais next")
        seen = await page.last(BEN)
        assert title(seen) == "Your SAA has Administrator access to the test portal"
        assert "Done" in labels(seen)


async def _with_modal(page: Page, person: str) -> Json | None:
    state: Json = await page.get(f"/control/state?as={person}")
    return state if state["modals"] else None


async def _says(page: Page, person: str, words: str) -> bool:
    return words in words_of(await page.last(person))
