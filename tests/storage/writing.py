"""A program of its own that appends notes to one firm and says each version once it is acknowledged."""

import asyncio
import sys

from storage.database import open_database
from tests.storage.decisions import KEY, note


async def main(url: str, callers: int, notes: int) -> None:
    async with await open_database(url) as database:

        async def write() -> None:
            for _ in range(notes):
                changed = await database.events.change(KEY, note())
                sys.stdout.write(f"{changed.position.version}\n")
                sys.stdout.flush()

        await asyncio.gather(*(write() for _ in range(callers)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
