"""What tests of `cais` on the command line start from: a small firm in a database of its own."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import Result

from flows.events import AnyEvent, FirmKey, FirmSetUp, MemberSet, NoteAdded
from flows.firms import Person
from flows.ports import Changed
from flows.position import Position
from flows.records import Stamp, record
from storage.database import open_database

ANA = Person("slack:-/T1/U1", "Ana")
KEY = FirmKey("-/T1", "f1")
Cais = Callable[..., Result]


async def four_events(url: str, key: FirmKey = KEY) -> None:
    """A firm called Acme, its lead Ana, and two notes."""
    set_up = FirmSetUp(name="Acme", situation="new", time_zone="UTC")
    lead = MemberSet(person=ANA.id, name=ANA.name, role="lead")
    await keep(url, key, [set_up, lead, *(NoteAdded(text=str(n)) for n in range(2))])


async def keep(url: str, key: FirmKey, events: Sequence[AnyEvent]) -> None:
    """Records these, by Ana."""
    stamp = Stamp(who=ANA, at=datetime(2026, 3, 2, tzinfo=UTC), source="command", edition="x")

    def decide(position: Position, _: Any) -> Changed:
        return record(position, events, stamp)

    async with await open_database(url) as database:
        await database.events.change(key, decide)


_KILLED = """
import os, sys
from pathlib import Path
from storage.backup import restore
Path.replace = lambda path, target: os._exit(9)
restore(*map(Path, sys.argv[1:]))
"""


def killed_restore(backup: Path, database: Path, copies: Path) -> None:
    """A restore that ends, as with a power cut, where it would give the first file its place: nothing tidies up."""
    command = [sys.executable, "-c", _KILLED, *(str(path.absolute()) for path in (backup, database, copies))]
    assert subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode == 9
