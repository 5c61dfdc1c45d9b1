"""`make bench`: the app beside a bare Bolt app, in turns, in one run; what counts are the ratios."""

import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks import firms, load
from tests.benchmarks.mixed import mixed
from tests.benchmarks.servers import LOAD_CORE, SECRET, app_settings, free_port, process, resident
from tests.benchmarks.table import heading, say, say_alone

CONNECTIONS = 64
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = 3.0
MOST = 10_000
"""Requests of a round, more than are answered in it."""
REST = 0.1
MINUTES = 8
"""That all of it may take on a machine with nothing else to do."""
STEADY = 100
FIRMS = 320
"""As many as a large consultant has; 64 clicks at once fit into it evenly."""
HERE = "tests.benchmarks"


class Bench:
    """Both servers, up; a folder of firms for the app."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.slack, self.app, self.bare = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.slack}/"
        api = f"{self.url}api/"
        stack.enter_context(process(["-m", f"{HERE}.any_slack", str(self.slack)], core=LOAD_CORE, port=self.slack))
        settings = app_settings(self.app, self.slack, folder)
        self.pid = stack.enter_context(process(["-m", "bot", "run"], core=0, env=settings, port=self.app))
        bare = ["-m", f"{HERE}.bare_bolt", str(self.bare), SECRET, api]
        stack.enter_context(process(bare, core=0, port=self.bare))

    def signed(self, bodies: Sequence[bytes], port: int) -> list[bytes]:
        """The same bodies for one of the two servers."""
        return [load.signed(body, SECRET, port) for body in bodies]

    async def in_turns(self, commands: Callable[[int], Sequence[bytes]]) -> tuple[float, float]:
        """Answers per second of app and bare Bolt, flat out, the median of rounds taken in turns."""
        rates: dict[int, list[float]] = {self.app: [], self.bare: []}
        for _ in range(ROUNDS):
            for port, found in rates.items():
                requests = self.signed(commands(MOST), port)
                found.append(_whole(await load.flat_out(port, firms.lanes(requests, CONNECTIONS), SECONDS)))
        return median(rates[self.app]), median(rates[self.bare])


def _whole(run: load.Run) -> float:
    if run.refused:
        raise RuntimeError(f"{run.refused} of {len(run.latencies)} requests were refused")
    return run.rate


async def throughput(bench: Bench, left: Sequence[Sequence[str]]) -> None:
    """`/cais next` and *Done*, flat out and at a steady rate."""

    def commands(count: int) -> Sequence[bytes]:
        """New ones each time, as what was sent once is refused when it comes again."""
        return [firms.next_command(n % len(left), bench.url) for n in range(count)]

    await load.flat_out(bench.app, firms.lanes(bench.signed(commands(len(left)), bench.app), 4), SECONDS)
    app, bare = await bench.in_turns(commands)
    say("/cais next, answers a second", app, bare, "1/s", "at least 1.0 x")
    await _steady(bench, commands)
    await _clicks(bench, left)


async def _steady(bench: Bench, commands: Callable[[int], Sequence[bytes]]) -> None:
    found: list[tuple[load.Run, load.Run]] = []
    for _ in range(3):
        mine = await load.steady(bench.app, bench.signed(commands(500), bench.app), STEADY)
        found.append((mine, await load.steady(bench.bare, bench.signed(commands(500), bench.bare), STEADY)))
    for share, goal in ((0.5, ""), (0.99, "at most 1.5 x")):
        app, bare = (median([pair[side].percentile(share) for pair in found]) for side in (0, 1))
        say(f"/cais next at {STEADY}/s, p{share * 100:.0f}", app, bare, "ms", goal)


async def _clicks(bench: Bench, left: Sequence[Sequence[str]]) -> None:
    """Bursts of clicks in as many firms, up to the last ack; the card that is replaced afterwards is in no burst."""
    depth = min(len(tasks) for tasks in left)
    turns = [(n, left[n][d]) for d in range(depth) for n in range(len(left))]
    size = len(turns) // ROUNDS // CONNECTIONS * CONNECTIONS
    app: list[float] = []
    bare: list[float] = []
    for nth in range(ROUNDS):
        clicks = [firms.click(n, task, bench.url) for n, task in turns[nth * size : nth * size + size]]
        app.append(_whole(await load.bursts(bench.app, bench.signed(clicks, bench.app), CONNECTIONS, REST)))
        bare.append(_whole(await load.bursts(bench.bare, bench.signed(clicks, bench.bare), CONNECTIONS, REST)))
    say(
        f"Done, {CONNECTIONS} at once, up to the last ack, a second", median(app), median(bare), "1/s", "at least 0.7 x"
    )


async def history(bench: Bench, few: int, many: int) -> None:
    """Whether a firm with a thousand events is slower than one with few."""
    rates: dict[int, list[float]] = {few: [], many: []}
    for _ in range(ROUNDS):
        for nth in (few, many):
            requests = bench.signed([firms.next_command(nth, bench.url) for _ in range(MOST)], bench.app)
            rates[nth].append(_whole(await load.flat_out(bench.app, firms.lanes(requests, CONNECTIONS), SECONDS / 2)))
    say("/cais next, 1,000 events against few", median(rates[many]), median(rates[few]), "1/s", "about 1.0 x")


def start_up() -> None:
    """How long until the app listens, against importing Bolt and SQLAlchemy and listening with a bare app."""
    ours: list[float] = []
    bare: list[float] = []
    yardstick = "import slack_bolt.async_app, slack_bolt.adapter.socket_mode.aiohttp, sqlalchemy.ext.asyncio"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        slack = free_port()
        stack.enter_context(process(["-m", f"{HERE}.any_slack", str(slack)], core=LOAD_CORE, port=slack))
        for _ in range(ROUNDS + 1):
            port = free_port()
            begun = time.perf_counter()
            with process(["-m", "bot", "run"], core=0, env=app_settings(port, slack, Path(folder)), port=port):
                ours.append(time.perf_counter() - begun)
            port = free_port()
            script = f"{yardstick}\nfrom {HERE}.bare_bolt import main\nmain({port}, 's', 'http://127.0.0.1:{slack}/')"
            begun = time.perf_counter()
            with process(["-c", script], core=0, port=port):
                bare.append(time.perf_counter() - begun)
    say("start-up, second and later starts", median(ours[1:]) * 1000, median(bare[1:]) * 1000, "ms", "at most 1.5 x")


async def main() -> None:
    """Everything, in about six minutes; the rows of the table are as docs/operations.md has them."""
    begun = time.perf_counter()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    heading()
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        psutil.Process().cpu_affinity([LOAD_CORE])
    start_up()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        left = await firms.make(folder, FIRMS)
        few = len(left)
        await firms.make_one(folder, few)
        await firms.make_one(folder, few + 1, notes=1_000)
        bench = Bench(stack, folder)
        await throughput(bench, left)
        await history(bench, few, few + 1)
        held = resident(bench.pid)
        say_alone("resident memory after that", held, "MB", "under 110 MB", met=held < 110)
    with tempfile.TemporaryDirectory() as name:
        await mixed(Path(name))
    minutes = (time.perf_counter() - begun) / 60
    say_alone("the whole of it", minutes, "min", f"under {MINUTES}", met=minutes < MINUTES)


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(0)
