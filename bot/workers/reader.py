"""Has a document read by a process of its own, and hands on what that says as it comes."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from typing import IO

import msgspec

from bot.reading.speech import AnySaid, Ended, Failed, decode
from bot.workers.own_process import begin, end, environment

SILENCE = 60.0
"""Seconds of real time the process may say nothing."""

LONGEST = 900.0
"""Seconds of real time it may take altogether."""

LONGEST_LINE = 8_000_000

_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE}


async def read(file: IO[bytes], kind: str) -> AsyncGenerator[AnySaid, None]:
    """What the process says of this open file, its last word `Ended` or `Failed`. Closing it early ends the process."""
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    process = await begin(
        "bot.reading",
        kind,
        stdin=file.fileno(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
        limit=LONGEST_LINE,
    )
    try:
        async for said in _said(process):
            yield said
            if isinstance(said, Ended | Failed):
                return
        yield Failed(await _why(process))
    finally:
        await end(process)


async def _said(process: asyncio.subprocess.Process) -> AsyncIterator[AnySaid]:
    assert process.stdout is not None, "it was opened with a pipe"
    loop = asyncio.get_running_loop()
    ends = loop.time() + LONGEST
    while True:
        try:
            async with asyncio.timeout(min(SILENCE, max(0.0, ends - loop.time()))):
                line = await process.stdout.readline()
        except (TimeoutError, ValueError):  # the latter: a line without an end
            yield Failed("too_much")
            return
        if not line:
            return
        try:
            yield decode(line)
        except msgspec.DecodeError:
            yield Failed("too_much")  # it was cut off in mid-word
            return


async def _why(process: asyncio.subprocess.Process) -> str:
    """It fell silent without a last word."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            return "broken" if await process.wait() in _CRASHES else "too_much"
    return "too_much"
