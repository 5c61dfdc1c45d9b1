"""What a firm's plan goes by: the facts, the rules and the moment, read once for all that is asked of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from flows.asked import ARRIVED, CLOSED, Kept, Owed
from flows.events import FirmKey
from flows.ports import Facts
from flows.reminders.rung import Rung
from flows.reminders.standing import Standing
from flows.reminders.telling import People
from flows.roadmap import Pack
from flows.walk import Walk
from flows.workspace import Workspace

SENT = "sent"

_decoder = msgspec.json.Decoder(Rung)


class Basis(NamedTuple):
    """One firm's, at one moment; `now` is aware."""

    pack: Pack
    facts: Facts
    rows: Mapping[str, Kept]
    """Of the outbox, by key."""
    walk: Walk
    people: People
    standing: Standing
    workspace: Workspace
    now: datetime

    @property
    def key(self) -> FirmKey:
        """Whose it is."""
        return self.facts.position.key

    @property
    def planned(self) -> datetime:
        """When it was planned last."""
        return min(datetime.fromtimestamp(self.facts.planned_at, UTC), self.now)


def rung_of(row: Owed) -> Rung:
    """What a row is about. Raises msgspec.MsgspecError where a later version wrote it."""
    return _decoder.decode(row.about)


def stands(row: Kept) -> bool:
    """Whether it stands in a message."""
    return row.settled and bool(row.owed.message) and row.outcome in (*ARRIVED, CLOSED)
