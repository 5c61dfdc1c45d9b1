"""`make soak`: a steady mixed load for half an hour, or MINUTES, and how the app's memory fares meanwhile."""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression

import psutil

from tests.benchmarks import load
from tests.benchmarks.mixed import MOST_MEGABYTES, SOME, Stage, Subject, whole
from tests.benchmarks.servers import LOAD_CORE, resident

MINUTES = float(os.environ.get("MINUTES", "30"))
RATE = 50
EVERY = 30.0
"""Seconds from sample to sample."""
WARM = 0.5
"""The part of the time in which memory may grow: caches fill, and twice 20,000 requests are remembered, so that none is
taken twice (bot.front.replays). At this rate that is so after a little more than 13 minutes."""
MOST_GROWTH = 6.0
"""Megabytes an hour that still count as flat: 150 MB are not reached within a day."""

Sample = tuple[float, float]
"""Minutes since the beginning, and megabytes."""


async def watch(pid: int, seconds: float) -> list[Sample]:
    """Looks at the memory until the time is over, and says what it sees."""
    begun, found = time.perf_counter(), []
    while True:
        since = time.perf_counter() - begun
        found.append((since / 60, resident(pid)))
        print(f"{found[-1][0]:6.1f} min   {found[-1][1]:7.1f} MB", flush=True)
        if since >= seconds:
            return found
        await asyncio.sleep(min(EVERY, seconds - since + 0.001))


async def steady(app: Subject, seconds: float) -> list[load.Run]:
    """The mixed load, in pieces: requests are signed when they are due, as a signature holds for five minutes."""
    end, found = time.perf_counter() + seconds, []
    while (left := end - time.perf_counter()) > 1:
        found.append(whole(await app.steady(RATE, min(EVERY, left))))
    return found


def slope(samples: Sequence[Sample]) -> float:
    """Megabytes an hour after the warm-up; 0 where there are too few samples to say."""
    later = [sample for sample in samples if sample[0] >= samples[-1][0] * WARM]
    return linear_regression(*zip(*later, strict=True)).slope * 60 if len(later) > 1 else 0.0


async def main() -> int:
    """0 where the memory stayed small and flat."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        psutil.Process().cpu_affinity([LOAD_CORE])
    print(f"{SOME} firms on SQLite, {RATE} requests a second of the mixed load, {MINUTES:g} minutes")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        app = await Stage(stack, Path(folder)).sqlite(SOME)
        samples, runs = await asyncio.gather(watch(app.pids[0], MINUTES * 60), steady(app, MINUTES * 60))
    return told(samples, runs)


def told(samples: Sequence[Sample], runs: Sequence[load.Run]) -> int:
    waited = load.Run(RATE, sorted(itertools.chain.from_iterable(run.latencies for run in runs)), 0)
    most, growth = max(held for _, held in samples), slope(samples)
    print(
        f"{len(waited.latencies):,} requests, p50 {waited.percentile(0.5):.1f} ms, p99 {waited.percentile(0.99):.1f} ms"
    )
    print(f"most {most:.1f} MB (under {MOST_MEGABYTES:.0f}), growing by {growth:+.1f} MB/h after the warm-up", end="")
    long = MINUTES >= 10
    print(f" (at most {MOST_GROWTH:.0f})" if long else " (of ten minutes or more it would be judged)")
    return int(most >= MOST_MEGABYTES or (long and growth > MOST_GROWTH))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
