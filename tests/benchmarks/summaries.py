"""`make bench-summaries`: `/cais summary` and every filter of it, for somebody with 300 firms of 40 events each.

Asked of the router's table, as Slack's requests are, on SQLite. The yardstick is reading the same snapshots,
and nothing else, in the same run. FIRMS (environment) makes it smaller.
"""

import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.actions import pack as packed
from bot.bootstrap import build_router, build_services
from bot.buttons import ShowPortfolio
from bot.front.hearing import Call, Origin
from bot.front.table import Table
from bot.metrics import Counts
from bot.pack_files import read_pack
from bot.slack.people import People
from bot.surfaces import Replace, Say
from flows.events import FirmKey
from flows.firms import Person
from flows.packs import load_pack
from flows.services import Act, Services
from flows.summaries.portfolio import FILTERS
from storage.database import open_database

FIRMS = int(os.environ.get("FIRMS", "300"))
EVENTS = 40
ROUNDS = 60
GOAL = 150.0
TENANT = "-/T1"
BEN = Person(f"slack:{TENANT}/U1", "Ben Cole")
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def fill(services: Services, count: int = FIRMS) -> list[FirmKey]:
    """Firms in all kinds of places, each with as many events."""
    return await asyncio.gather(*(one(services, nth) for nth in range(count)))


async def one(services: Services, nth: int, events: int = EVENTS) -> FirmKey:
    """A firm with so many events, or a few more."""
    dice = random.Random(nth)

    def act() -> Act:
        return Act(BEN, "import")

    today = NOW.date()
    key = (await services.set_up(TENANT, act(), name=f"Firm {nth:04d}", situation="new")).position.key
    await services.answer(key, act(), "fdid_duty", ["yes"])
    await services.answer(key, act(), "methods", ["agent"], agents=["Alpha Clearing", "Beta Clearing"])
    if dice.random() < 0.7:
        await services.complete(key, act(), "s2", outcome="submitted")
        if dice.random() < 0.5:
            since = today - timedelta(dice.randrange(40))
            await services.wait(key, act(), "s3e", whom="FINRA CAT", since=since, follow_up_on=None)
    await services.set_step_due(key, act(), "3", today + timedelta(dice.randrange(60)))
    if dice.random() < 0.5:
        await services.assign(key, act(), "s6r", BEN)
    result = await services.set_target(key, act(), today + timedelta(100))
    while result.position.version < events:
        result = await services.add_note(key, act(), f"Note {result.position.version}", task="s2")
    return key


def table(services: Services) -> Table:
    """The table as in the bot; nobody is asked about at Slack."""
    people: Any = People(None, services.directory, None, lambda: 0.0, services.now)  # type: ignore[arg-type]
    return Table(build_router(), services, people=people, is_direct=lambda _: False, counts=Counts())


def typed(words: str) -> Call:
    return call("command", "", words=words)


def pressed(carried: ShowPortfolio) -> Call:
    return call("action", carried.verb, packed=packed(carried))


def call(kind: Any, name: str, **more: Any) -> Call:
    return Call(kind, name, TENANT, "U1", "", user_name="ben", origin=Origin(channel="C1"), **more)


async def timed(ask: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - begun) * 1000)
    return found


def tell(what: str, took: Sequence[float], goal: float = 0.0) -> None:
    ordered = sorted(took)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    against = f"   {'within' if p95 <= goal else 'ABOVE'} {goal:.0f} ms" if goal else ""
    say(f"{what:52} {p50:9.1f} {p95:9.1f} ms{against}")


async def measure(folder: Path) -> None:
    address = f"sqlite+aiosqlite:///{folder / 'cais.db'}"
    async with await open_database(address) as database:
        keys = await fill(build_services(database, load_pack(*read_pack()), lambda: NOW))
    async with await open_database(address) as database:
        services = build_services(database, load_pack(*read_pack()), lambda: NOW)
        asked = table(services)

        async def answered(request: Call) -> None:
            answer = await asked.answer(request)
            if not (isinstance(answer, Say | Replace) and "went wrong" not in answer.message.text):
                raise RuntimeError(f"no summary: {answer}")

        say(f"{'':52} {'p50':>9} {'p95':>9}")
        tell("the first of all after a start, once", await timed(lambda: answered(typed("summary all")), 1))
        await services.directory.use(TENANT, BEN.id, keys[0].firm)
        tell("/cais summary, one firm", await timed(lambda: answered(typed("summary")), ROUNDS), GOAL)
        tell("/cais summary all", await timed(lambda: answered(typed("summary all")), ROUNDS), GOAL)
        for wanted in FILTERS:
            request = pressed(ShowPortfolio(only=wanted, page=1))
            tell(f"filter {wanted}, page 2", await timed(lambda r=request: answered(r), ROUNDS), GOAL)  # type: ignore[misc]

        async def after_a_change() -> None:
            await services.add_note(random.choice(keys), Act(BEN, "import"), "One more")
            await answered(typed("summary all"))

        tell("/cais summary all, a firm changed just before", await timed(after_a_change, ROUNDS), GOAL)
        tell("reading the snapshots alone", await timed(lambda: services.events.positions(keys), ROUNDS))


async def main() -> None:
    """Everything, in about a minute."""
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores, {FIRMS} firms of {EVENTS} events")
    with tempfile.TemporaryDirectory() as folder:
        await measure(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
