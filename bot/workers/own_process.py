"""Python processes of our own that do what takes long or may go wrong: what they are given, and how they end."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OURS = Path(__file__).resolve().parents[1]
_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")


def environment(*more: str) -> dict[str, str]:
    """Nothing of ours but where the code is, so that no token is within its reach; and the variables named."""
    kept = {name: os.environ[name] for name in (*_KEPT, *more) if name in os.environ}
    return {**kept, "PYTHONPATH": str(_OURS), "PYTHONIOENCODING": "utf-8"}


async def begin(module: str, *words: str, env: Mapping[str, str], **how: Any) -> asyncio.subprocess.Process:
    """Begins `python -m module`; `how` is what asyncio's own takes."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *words, env=env, **how)
    _first_to_go(process.pid)
    return process


def _first_to_go(process: int) -> None:
    """Where the machine runs out of memory, Linux is to end this one, and not the bot or the database.

    A small PDF that unpacks to a lot takes up to a gigabyte until its own limit ends it.
    """
    with contextlib.suppress(OSError):  # not every system has it, and the process may have ended
        Path(f"/proc/{process}/oom_score_adj").write_text("1000", encoding="ascii")


async def end(process: asyncio.subprocess.Process) -> None:
    """Ends it, if it has not ended by itself."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
