"""A firm for whoever reads it: its members, and a workspace admin."""

from flows.events import FirmKey
from flows.firms import NO_FIRM, Person, require
from flows.ports import EventStore
from flows.position import Position


async def position_for(events: EventStore, key: FirmKey, who: Person) -> Position:
    """Where the firm is. Raises Refusal where there is none, or the person is no member."""
    position = await events.position(key)
    if position is None:
        raise NO_FIRM
    require(position, who, "viewer")
    return position
