"""Has an export written by a process of its own, so that nobody else waits for it and its memory goes when it does."""

import asyncio
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from typing import IO, NamedTuple

from bot.files.speech import Doing, decode, encode_export
from bot.workers.own_process import begin, end, environment
from flows.exports.record import Export

LONGEST = 300.0
"""Seconds of real time one file may take."""

FONTS = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
"""Where fonts, and what is known of them, are found."""

Doings = Callable[[str], Awaitable[None]]


class NotWritten(Exception):
    """The process ended without a file, or took too long."""


class File(NamedTuple):
    """What was written; `remarks` are sentences to be said of it."""

    size: int
    digest: str
    remarks: tuple[str, ...]


async def write(export: Export, into: IO[bytes], doing: Doings) -> File:
    """Writes the file into this open one, which has to be a real one. Raises NotWritten."""
    with tempfile.TemporaryFile() as record:
        record.write(await asyncio.to_thread(encode_export, export))
        record.seek(0)
        process = await begin(
            "bot.files",
            stdin=record.fileno(),
            stdout=into.fileno(),
            stderr=asyncio.subprocess.PIPE,
            env=environment(*FONTS),
            limit=1_000_000,
        )
    try:
        async with asyncio.timeout(LONGEST):
            remarks = await _listen(process, doing)
            code = await process.wait()
    except TimeoutError:
        raise NotWritten("it took too long") from None
    finally:
        await end(process)
    if code:
        raise NotWritten(f"it ended with {code}")
    return await asyncio.to_thread(_described, into, remarks)


async def _listen(process: asyncio.subprocess.Process, doing: Doings) -> tuple[str, ...]:
    assert process.stderr is not None, "it was opened with a pipe"
    remarks = []
    while line := await process.stderr.readline():
        said = decode(line)
        if isinstance(said, Doing):
            await doing(said.words)
        elif said:
            remarks.append(said.sentence)
    return tuple(remarks)


def _described(file: IO[bytes], remarks: tuple[str, ...]) -> File:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any open file will do
    return File(file.tell(), digest, remarks)
