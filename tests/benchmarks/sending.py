"""How fast reminders are sent to a Slack that answers at once, beside a bare loop of chat_postMessage in one session.

Both say the same. Ours claims each, looks whether it still holds, draws it, posts it and settles it; the bare loop
posts what was drawn before. `make bench-reminders` runs it.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.pack_files import read_pack
from flows.firms import Person
from flows.packs import load_pack
from flows.services import Act, Services
from storage.database import open_database
from tests.benchmarks.servers import LOAD_CORE, free_port, process

PEOPLE = 600
ROUNDS = 3
LEAST = 0.8
"""Of the bare loop's rate."""

TENANT = "-/T1"
BEFORE = datetime(2026, 11, 23, 15, tzinfo=UTC)
NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)
TARGET = date(2026, 12, 15)


class Clock:
    """Business time."""

    now = BEFORE

    def __call__(self) -> datetime:
        return self.now


async def firms(services: Services, nth_round: int) -> None:
    """A firm for each person, with a target of which they are reminded at nine on December 1."""
    for n in range(PEOPLE):
        lead = Person(f"slack:{TENANT}/U{nth_round}X{n}", f"Lead {n}")
        name = f"Firm {nth_round} {n}"
        await services.set_up(TENANT, Act(lead, "modal", name), name=name, situation="new", target=TARGET)


async def ours(url: str, folder: Path, nth_round: int) -> tuple[float, Sequence[dict[str, Any]]]:
    """Messages a second, and what was posted."""
    clock = Clock()
    async with await open_database(f"sqlite+aiosqlite:///{folder}/{nth_round}.db") as database:
        services = build_services(database, load_pack(*read_pack()), clock)
        await firms(services, nth_round)
        bot = Bot(
            token="xoxb-1", signing_secret="x", router=build_router(), services=services, now=real_time, api_url=url
        )
        posted: list[dict[str, Any]] = []
        call = bot.slack.call

        async def noting(method: str, arguments: Any, **more: Any) -> dict[str, Any]:
            if method == "chat.postMessage":
                posted.append(arguments)
            return await call(method, arguments, **more)

        bot.slack.call = noting  # type: ignore[method-assign]
        try:
            await bot.planner.sweep()
            clock.now = NINE
            began = time.perf_counter()
            await bot.delivery.settle_due()
            return len(posted) / (time.perf_counter() - began), posted
        finally:
            await bot.stop()


async def bare(url: str, messages: Sequence[dict[str, Any]]) -> float:
    """Messages a second of one client in a loop."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", base_url=url, session=session)
        began = time.perf_counter()
        for message in messages:
            await client.chat_postMessage(**message)
        return len(messages) / (time.perf_counter() - began)


async def main() -> float:
    """Prints both, and returns the ratio of the best of each."""
    rates: list[float] = []
    loops: list[float] = []
    port = free_port()
    slack = ["-m", "tests.benchmarks.any_slack", str(port)]
    with tempfile.TemporaryDirectory() as folder, process(slack, core=LOAD_CORE, port=port):
        url = f"http://127.0.0.1:{port}/api/"
        for nth in range(ROUNDS):
            rate, posted = await ours(url, Path(folder), nth)
            assert len(posted) == PEOPLE, len(posted)
            rates.append(rate)
            loops.append(await bare(url, posted))
    ratio = max(rates) / max(loops)
    print(
        f"reminders sent: {max(rates):,.0f}/s   bare loop: {max(loops):,.0f}/s   ratio {ratio:.2f} (at least {LEAST})"
    )
    return ratio


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        raise SystemExit(0 if runner.run(main()) >= LEAST else 1)
