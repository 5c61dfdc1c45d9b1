"""What a workspace shares is appended once, in order, and is nobody else's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from flows.firms import Person, Refusal
from flows.ports import DecideEntry
from flows.workspace import Entry, TradingDayEdited, entry
from storage.database import Database
from tests.storage.memory import MemoryDatabase

TENANT, OTHER = "-/T1", "-/T2"
CAS = Person("slack:-/T1/U3", "Cas", admin=True)


def closing(day: int, cause: str | None) -> DecideEntry:
    fact = TradingDayEdited(date(2027, 3, day), "closed", "Power cut")

    def decide(there: Sequence[Entry]) -> Entry | None:
        return entry(TENANT, there, fact, CAS, at=datetime(2027, 1, 4, tzinfo=UTC), cause=cause)

    return decide


async def test_entries_come_back_in_order_and_only_to_their_workspace(database: Database | MemoryDatabase) -> None:
    await database.workspaces.append(TENANT, closing(3, "a"), cause="a")
    there, added = await database.workspaces.append(TENANT, closing(4, "b"), cause="b")
    assert added is not None
    assert [e.sequence for e in there] == [1, 2]
    assert added.fact == TradingDayEdited(date(2027, 3, 4), "closed", "Power cut")
    assert await database.workspaces.entries(TENANT) == there
    assert await database.workspaces.entries(OTHER) == ()


async def test_the_same_cause_is_appended_once(database: Database | MemoryDatabase) -> None:
    first, _ = await database.workspaces.append(TENANT, closing(3, "a"), cause="a")
    assert await database.workspaces.append(TENANT, closing(4, "a"), cause="a") == (first, None)


async def test_a_refusal_and_nothing_new_append_nothing(database: Database | MemoryDatabase) -> None:
    def refuse(there: Sequence[Entry]) -> Entry | None:
        raise Refusal("No.")

    with pytest.raises(Refusal):
        await database.workspaces.append(TENANT, refuse)
    assert await database.workspaces.append(TENANT, lambda there: None) == ((), None)
    assert await database.workspaces.entries(TENANT) == ()
