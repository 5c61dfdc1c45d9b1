"""How fast reminders are sent to a Slack that answers at once, beside a bare loop of chat_postMessage in one session.

Both say the same, on several days in turns, as the machine is faster at one moment than at another. Ours claims each,
looks whether it still holds, draws it, posts it and settles it; the bare loop posts what was drawn before.
`make bench-reminders` runs it.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp
import uvloop
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.pack_files import read_pack
from bot.serving import tune_python
from flows.firms import Person
from flows.packs import load_pack
from flows.services import Act, Services
from flows.trading_days import NYSE
from storage.database import open_database
from tests.benchmarks.servers import LOAD_CORE, free_port, process

PEOPLE = 300
"""Who are reminded on each of the days."""
DAYS = 7
LEAST = 0.8
"""Of the bare loop's rate."""

TENANT = "-/T1"
BEFORE = datetime(2026, 11, 23, 15, tzinfo=UTC)
FIRST = date(2026, 12, 1)
NINE = time(14, tzinfo=UTC)
"""In New York, in winter."""


class Clock:
    """Business time."""

    now = BEFORE

    def __call__(self) -> datetime:
        return self.now


class Bare:
    """Posts in a loop."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._client = AsyncWebClient("xoxb-1", base_url=url, session=session)

    async def send(self, messages: Sequence[dict[str, Any]]) -> float:
        """Seconds for a message."""
        began = perf_counter()
        for message in messages:
            await self._client.chat_postMessage(**message)
        return (perf_counter() - began) / len(messages)


class Ours:
    """The bot's delivery, on a clock that is set by hand; `posted` is what it said since the last day began."""

    def __init__(self, url: str, services: Services, clock: Clock) -> None:
        self._services = services
        self._clock = clock
        self._call: Callable[..., Any]
        self.posted: list[dict[str, Any]] = []
        self.bot = Bot(
            token="xoxb-1", signing_secret="x", router=build_router(), services=services, now=real_time, api_url=url
        )
        self._call, self.bot.slack.call = self.bot.slack.call, self._noting  # type: ignore[method-assign]

    async def _noting(self, method: str, arguments: Any, **more: Any) -> Any:
        if method == "chat.postMessage":
            self.posted.append(arguments)
        return await self._call(method, arguments, **more)

    async def set_up(self) -> None:
        """A firm for each person, with a target ten trading days after one of the days."""
        for n in range(DAYS * PEOPLE):
            lead, name = Person(f"slack:{TENANT}/U{n}", f"Lead {n}"), f"Firm {n}"
            target = NYSE.plus(FIRST, n % DAYS + 10)
            await self._services.set_up(TENANT, Act(lead, "modal", name), name=name, situation="new", target=target)
        await self.bot.planner.sweep()

    async def send(self, nth: int) -> float:
        """What is due on the nth day; seconds for a message."""
        self._clock.now, self.posted = datetime.combine(NYSE.plus(FIRST, nth), NINE), []
        began = perf_counter()
        await self.bot.delivery.settle_due()
        assert len(self.posted) >= PEOPLE, len(self.posted)
        return (perf_counter() - began) / len(self.posted)


async def main() -> float:
    """Prints both, and returns the ratio of their rates."""
    port, clock = free_port(), Clock()
    slack, url = ["-m", "tests.benchmarks.any_slack", str(port)], f"http://127.0.0.1:{port}/api/"
    with tempfile.TemporaryDirectory() as folder, process(slack, core=LOAD_CORE, port=port):
        async with (
            await open_database(f"sqlite+aiosqlite:///{folder}/cais.db") as database,
            aiohttp.ClientSession() as session,
        ):
            ours = Ours(url, build_services(database, load_pack(*read_pack()), clock), clock)
            loop = Bare(url, session)
            try:
                await ours.set_up()
                tune_python()
                seconds = [(await ours.send(nth), await loop.send(ours.posted)) for nth in range(DAYS)]
            finally:
                await ours.bot.stop()
    mine, theirs = (median(taken) for taken in zip(*seconds, strict=True))
    ratio = median(bare / own for own, bare in seconds)
    print(f"reminders sent: {1 / mine:,.0f}/s   bare loop: {1 / theirs:,.0f}/s   ratio {ratio:.2f} (at least {LEAST})")
    return ratio


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        raise SystemExit(0 if runner.run(main()) >= LEAST else 1)
