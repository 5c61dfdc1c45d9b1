"""Deciding where a firm's summary is posted: only by a lead, for whoever is in that channel will read it."""

from flows import events as e
from flows.events import AnyEvent, Every
from flows.firms import Person, Refusal, require
from flows.habits import Reach
from flows.position import Position
from flows.setting_up import check_zone

MOST_CHANNELS = 20


def set_summary(
    position: Position,
    who: Person,
    channel: str,
    every: Every | None,
    *,
    reach: Reach,
    shared: bool = False,
    name: str = "",
) -> list[AnyEvent]:
    """Post it, now and at the person's own hour; `every` None: once, or as often as it is posted there already.

    `name` is what the channel is called, kept for whoever reads the record later and cannot look an id up.

    The same again posts it again: the message was taken away, or could not be posted before.
    """
    require(position, who, "lead")
    kept = position.posted.get(channel)
    if kept is None and len(position.posted) >= MOST_CHANNELS:
        raise Refusal(f"A firm's summary can be posted in {MOST_CHANNELS} channels. Stop one first.")
    if every is None and kept and kept.every != "once":
        return [
            e.SummarySet(
                channel=channel,
                every=kept.every,
                hour=kept.hour,
                time_zone=kept.time_zone,
                shared=shared or kept.shared,
                name=name,
            )
        ]
    return [
        e.SummarySet(
            channel=channel,
            every=every or "once",
            hour=reach.habits.hour or position.reminders.hour,
            time_zone=_zone(reach, position),
            shared=shared or bool(kept and kept.shared),
            name=name,
        )
    ]


def _zone(reach: Reach, position: Position) -> str:
    """The person's own, else the firm's."""
    try:
        return check_zone(reach.time_zone) if reach.time_zone else position.time_zone
    except Refusal:
        return position.time_zone


def stop_summary(position: Position, who: Person, channel: str) -> list[AnyEvent]:
    """Nothing more is posted there; nothing new where nothing was."""
    require(position, who, "lead")
    return [e.SummaryStopped(channel=channel)] if channel in position.posted else []
