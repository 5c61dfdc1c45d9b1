"""Python processes of our own that do what takes long or may go wrong: what they are given, and how they end."""

import asyncio
import contextlib
import os
from pathlib import Path

_OURS = Path(__file__).resolve().parents[1]
_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")


def environment(*more: str) -> dict[str, str]:
    """Nothing of ours but where the code is, so that no token is within its reach; and the variables named."""
    kept = {name: os.environ[name] for name in (*_KEPT, *more) if name in os.environ}
    return {**kept, "PYTHONPATH": str(_OURS), "PYTHONIOENCODING": "utf-8"}


async def end(process: asyncio.subprocess.Process) -> None:
    """Ends it, if it has not ended by itself."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
