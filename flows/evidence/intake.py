"""Files that people handed over and that are still to be fetched, kept until each is recorded or told of."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from flows.events import FirmKey


class Coming(msgspec.Struct, frozen=True):
    """A file on its way. `file` is where the adapter finds it; `batch` is common to all of one form or message.

    `added_at` is business time (UTC, ISO), `since` real time in UNIX seconds, from when on it is tried.
    """

    key: FirmKey
    id: str
    batch: str
    task: str
    file: str
    name: str
    by: str
    by_name: str
    source: str
    added_at: str
    since: float
    label: str = ""
    happened_on: date | None = None
    covers: tuple[str, ...] = ()
    came_from: str = ""
    together: int = 1
    """How many files were handed over at once."""
    tries: int = 0


class Intake(Protocol):
    """Keeps what is coming, and hands each file to one process at a time for a lease."""

    async def expect(self, coming: Sequence[Coming]) -> None:
        """Keep these, all or none; what is there already stays as it is."""

    async def coming(self, key: FirmKey) -> Sequence[Coming]:
        """What is still on its way for this firm, oldest first."""

    async def waiting(self, *, now: float) -> Sequence[str]:
        """The tenants with a file that is due, whoever has waited longest first."""

    async def take(self, tenant: str, *, by: str, now: float, lease: float) -> Coming | None:
        """The tenant's next that is due, for this long; its `tries` counts up. None where nothing is."""

    async def hold(self, coming: Coming, *, by: str, until: float) -> bool:
        """The lease goes on until then, real time; False where it is another's, or settled."""

    async def put_off(self, coming: Coming, *, by: str, until: float) -> bool:
        """As `hold`, and its last try does not count: the file was not to blame."""

    async def settle(self, coming: Coming, *, by: str) -> bool:
        """It was recorded, or told of: forget it. False where it is another's, or was settled."""
