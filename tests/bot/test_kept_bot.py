"""The bot is kept running, held back while something is changed under it, and mourned when it dies."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator

import pytest

from bot.practice.kept_bot import KeptBot, Patience, start

QUICK = Patience(first=0.01, longest=0.02, to_stop=5)
SLEEPS = [sys.executable, "-c", "import signal; signal.pause()"]


class Starts:
    """Starts something that sleeps, and remembers each process."""

    def __init__(self) -> None:
        self.processes: list[Process] = []

    async def __call__(self) -> Process:
        self.processes.append(await start(SLEEPS, dict(os.environ)))
        return self.processes[-1]

    async def until(self, number: int) -> Process:
        async with asyncio.timeout(20):
            while len(self.processes) < number:
                await asyncio.sleep(0.01)
        return self.processes[number - 1]


@pytest.fixture
async def starts() -> Starts:
    return Starts()


@pytest.fixture
async def bot(starts: Starts) -> AsyncIterator[KeptBot]:
    over = asyncio.Event()
    kept = KeptBot(starts, lambda _: None, QUICK)
    running = asyncio.create_task(kept.keep(over))
    await starts.until(1)
    yield kept
    over.set()
    async with asyncio.timeout(20):
        assert await running == 0
    assert all(process.returncode is not None for process in starts.processes)


async def test_none_runs_while_it_is_held_and_another_one_after(bot: KeptBot, starts: Starts) -> None:
    async with bot.held():
        assert starts.processes[0].returncode is not None
        assert len(starts.processes) == 1
    assert (await starts.until(2)).returncode is None


async def test_it_comes_back_although_something_went_wrong_while_it_was_held(bot: KeptBot, starts: Starts) -> None:
    with pytest.raises(LookupError):
        async with bot.held():
            raise LookupError
    assert (await starts.until(2)).returncode is None


async def test_an_end_by_itself_is_a_death_and_one_that_was_wanted_is_not(bot: KeptBot, starts: Starts) -> None:
    death = asyncio.create_task(bot.next_death())
    async with bot.held():
        pass
    second = await starts.until(2)
    assert not death.done()
    second.send_signal(signal.SIGKILL)
    async with asyncio.timeout(20):
        await death
    assert (await starts.until(3)).returncode is None


async def test_a_bot_that_waits_to_be_started_again_can_be_held_too(starts: Starts) -> None:
    over = asyncio.Event()
    kept = KeptBot(starts, lambda _: None, Patience(first=3600, to_stop=5))
    running = asyncio.create_task(kept.keep(over))
    death = asyncio.create_task(kept.next_death())
    (await starts.until(1)).kill()
    async with asyncio.timeout(20):
        await death
        async with kept.held():
            pass
        await starts.until(2)
        over.set()
        assert await running == 0
