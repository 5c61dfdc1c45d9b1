"""Small decisions for the storage suites, recorded and chained as real ones are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flows.events import (
    AnyEvent,
    ChannelLinked,
    ChannelUnlinked,
    FirmKey,
    FirmRenamed,
    FirmSetUp,
    MemberRemoved,
    MemberSet,
    NoteAdded,
    Record,
    RoleName,
)
from flows.firms import Person, Refusal
from flows.ports import Changed, Decide
from flows.position import Position
from flows.records import Stamp, record

TENANT = "-/T1"
ANN = Person("slack:-/T1/U1", "Ann")
KEY = FirmKey(TENANT, "f1")


NOON = datetime(2024, 5, 31, 12, tzinfo=UTC)


def records(*events: AnyEvent, cause: str | None = None, at: datetime = NOON) -> Decide:
    """A decision that always comes to these events."""
    stamp = Stamp(who=ANN, at=at, source="command", edition="2024-05-31", cause=cause)
    return lambda position, history: record(position, events, stamp)


def note(text: str = "n", cause: str | None = None, at: datetime = NOON) -> Decide:
    """Adds one note."""
    return records(NoteAdded(text=text), cause=cause, at=at)


def set_up(name: str = "Oak", lead: str = ANN.id, channel: str = "") -> Decide:
    """Makes a firm with one lead, and a channel where one is said."""
    link = [ChannelLinked(channel=channel)] if channel else []
    return records(
        FirmSetUp(name=name, situation="new", time_zone="America/New_York"),
        MemberSet(person=lead, name="Ann", role="lead"),
        *link,
    )


def rename(name: str) -> Decide:
    """Gives the firm another name."""
    return records(FirmRenamed(name=name))


def join(person: str, role: RoleName = "member") -> Decide:
    """Makes somebody a member, or gives him another role."""
    return records(MemberSet(person=person, name="Bob", role=role))


def leave(person: str) -> Decide:
    """Removes a member."""
    return records(MemberRemoved(person=person))


def link(channel: str) -> Decide:
    """Links a channel."""
    return records(ChannelLinked(channel=channel))


def unlink(channel: str) -> Decide:
    """Unlinks a channel."""
    return records(ChannelUnlinked(channel=channel))


def refuse(position: Position, history: Sequence[Record]) -> Changed:
    """Says no."""
    raise Refusal("Not today.")


def watching(decide: Decide, seen: list[Any]) -> Decide:
    """Writes down the version each decision saw."""

    def watch(position: Position, history: Sequence[Record]) -> Changed:
        seen.append(position.version)
        return decide(position, history)

    return watch
