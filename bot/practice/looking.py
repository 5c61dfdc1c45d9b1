"""Asks the bot's own command when the next reminder is due; the supervisor itself knows no reminders."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

LookAhead = Callable[[], Awaitable[float | None]]
"""When the next reminder is due, as a Unix time; None where none is."""

LONGEST = 45.0
"""Seconds the command may take on a busy machine, waiting for the plan of what was just changed included."""


def looking_ahead(command: Sequence[str], environment: Callable[[], Mapping[str, str]]) -> LookAhead:
    """What runs this command, with this environment as it is then."""

    async def look() -> float | None:
        process = await asyncio.create_subprocess_exec(*command, env=dict(environment()), stdout=PIPE, stderr=DEVNULL)
        try:
            said, _ = await asyncio.wait_for(process.communicate(), LONGEST)
        except TimeoutError:
            return None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()  # only then has it let go of the database
        # Where the command fails, or prints nothing, there is nothing to go to.
        with suppress(ValueError):
            return datetime.fromisoformat(said.decode().strip()).timestamp()
        return None

    return look


async def nowhere() -> float | None:
    """Where nothing can be asked."""
    return None
