"""A SQLite file with our tables and nothing in them: made once and copied, since that takes longer than many a test."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from storage.migrate import migrate
from storage.sqlite import create_file


def fresh_database(path: Path) -> str:
    """Puts one there, where there is none yet; its address."""
    if not path.exists():
        create_file(path)
        path.write_bytes(_empty())
    return f"sqlite+aiosqlite:///{path}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as aside:
        path = Path(folder) / "cais.db"
        aside.submit(asyncio.run, migrate(f"sqlite+aiosqlite:///{path}")).result()  # whoever asks may be in a loop
        return path.read_bytes()
