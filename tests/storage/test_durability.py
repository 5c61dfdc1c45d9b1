"""What was acknowledged is there, whoever is killed, and however many programs write."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from flows.records import verify_position
from storage.database import open_database
from tests.storage.decisions import KEY, note

KILLS = 10


async def start(url: str, *, callers: int, notes: int) -> Process:
    arguments = ("-m", "tests.storage.writing", url, str(callers), str(notes))
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE, stderr=PIPE)


async def test_a_kill_in_the_middle_of_writing_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/cais.db"
    acknowledged: list[int] = []
    chance = random.Random(31)
    for _ in range(KILLS):
        process = await start(url, callers=4, notes=100_000)
        assert process.stdout
        acknowledged += [int(await process.stdout.readline()) for _ in range(chance.randint(1, 60))]
        process.send_signal(signal.SIGKILL)
        rest, _ = await process.communicate()
        acknowledged += [int(line) for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
        async with await open_database(url) as database:
            rows = await database.events.history(KEY)
            position = await database.events.position(KEY)
            assert position
            assert verify_position(rows, position) is None
            assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
            assert max(acknowledged) <= len(rows)
            assert len(set(acknowledged)) == len(acknowledged)
            assert (await database.events.change(KEY, note())).position.version == len(rows) + 1


async def test_two_programs_append_to_one_file_at_once(url: str) -> None:
    processes = await asyncio.gather(*(start(url, callers=3, notes=20) for _ in range(2)))
    said = await asyncio.gather(*(process.communicate() for process in processes))
    versions = [int(line) for out, _ in said for line in out.splitlines()]
    assert sorted(versions) == list(range(1, 121)), [err.decode()[-500:] for _, err in said]
    async with await open_database(url) as database:
        position = await database.events.position(KEY)
        assert position
        assert verify_position(await database.events.history(KEY), position) is None
