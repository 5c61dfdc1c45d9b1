"""`make bench-home`: the Home of somebody with 300 firms of 40 events each, and of somebody with 10,000 firms.

Asked of the router's table, as Slack's requests are, on SQLite. The yardstick is the statement that reads the gists,
bare, in the same run. FIRMS and MANY (environment) make it smaller.
"""

import asyncio
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.actions import pack as packed
from bot.bootstrap import build_services
from bot.buttons import ShowHome
from bot.front.hearing import Call, Origin
from bot.front.table import Table
from bot.pack_files import read_pack
from bot.surfaces import Publish
from flows.packs import load_pack
from flows.services import Services
from flows.summaries.portfolio import FILTERS
from storage.database import open_database
from tests.benchmarks.summaries import BEN, GOAL, NOW, ROUNDS, TENANT, fill, one, say, table, tell, timed

FIRMS = int(os.environ.get("FIRMS", "300"))
MANY = int(os.environ.get("MANY", "10000"))
GOAL_OF_MANY = 300.0
FEW_EVENTS = 8
AT_ONCE = 200

BARE = """
SELECT m.firm_id, f.name, m.role, g.body FROM members m
JOIN firms f ON f.tenant = m.tenant AND f.firm_id = m.firm_id
JOIN gists g ON g.tenant = m.tenant AND g.firm_id = m.firm_id
WHERE m.tenant = ? AND m.person = ?
"""


def opened(words: str = "") -> Call:
    """The Home tab is opened."""
    return Call("event", "app_home_opened", TENANT, "U1", "", user_name="ben", words=words, origin=Origin(home=True))


def pressed(carried: ShowHome) -> Call:
    """A button of the Home is pressed."""
    return Call("action", carried.verb, TENANT, "U1", "", packed=packed(carried), origin=Origin(home=True))


async def answered(asked: Table, request: Call) -> None:
    answer = await asked.answer(request)
    if not isinstance(answer, Publish):
        raise RuntimeError(f"no Home: {answer}")


def bare(path: Path, rounds: int) -> list[float]:
    """The rows alone, as tuples."""
    found = []
    with closing(sqlite3.connect(path)) as connection:
        for _ in range(rounds):
            begun = time.perf_counter()
            connection.execute(BARE, (TENANT, BEN.id)).fetchall()
            found.append((time.perf_counter() - begun) * 1000)
    return found


async def measure(path: Path, services: Services, goal: float, rounds: int) -> None:
    asked = table(services)
    say(f"{'':52} {'p50':>9} {'p95':>9}")
    tell("the first of all after a start, once", await timed(lambda: answered(asked, opened()), 1))
    tell("while an update's gists are missing, once", await timed(lambda: answered(asked, opened()), 1))
    while await services.portfolios.catch_up():
        pass  # as the planner does, which does not run here: else each Home makes some hundreds of them first
    await answered(asked, opened())
    whole = await timed(lambda: answered(asked, opened()), rounds)
    tell("Home", whole, goal)
    for wanted in FILTERS:
        request = pressed(ShowHome(only=wanted))
        tell(f"firms, filter {wanted}, page 1", await timed(lambda r=request: answered(asked, r), rounds), goal)  # type: ignore[misc]
    statement = bare(path, rounds)
    tell("the statement alone", statement)
    say(f"{'Home, times the statement':52} {middle(whole) / middle(statement):9.1f}")


def middle(took: Sequence[float]) -> float:
    return sorted(took)[len(took) // 2]


async def with_firms(folder: Path, count: int, goal: float, rounds: int, events: int = 0) -> None:
    path = folder / f"{count}.db"
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        services = build_services(database, load_pack(*read_pack()), lambda: NOW)
        await fill_with(services, count, events)
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await measure(path, build_services(database, load_pack(*read_pack()), lambda: NOW), goal, rounds)


async def fill_with(services: Services, count: int, events: int) -> None:
    if not events:
        await fill(services, count)
        return
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(one(services, nth, events) for nth in range(first, min(first + AT_ONCE, count))))


async def main() -> None:
    """Everything; to make the 10,000 firms takes most of its minutes."""
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        say(f"\n{FIRMS} firms of 40 events")
        await with_firms(Path(folder), FIRMS, GOAL, ROUNDS)
        say(f"\n{MANY} firms of about {FEW_EVENTS} events")
        await with_firms(Path(folder), MANY, GOAL_OF_MANY, ROUNDS, FEW_EVENTS)


if __name__ == "__main__":
    asyncio.run(main())
