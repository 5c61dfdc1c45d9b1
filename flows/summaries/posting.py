"""When a firm's summary is posted to a channel: a message a period, kept up to date; the same facts change nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from flows.asked import ARRIVED, CLOSED, SUMMARY, Kept, Owed
from flows.ports import Facts, Replan
from flows.position import Posted
from flows.trading_days import ONE_DAY, Calendar
from flows.zones import zone_of

REDRAW = "summary-redraw"
REFUSED = "summary-refused"

SOON = timedelta(seconds=15)
"""After a change, before the message says so: one click brings many, and people correct themselves."""

A_WEEK = timedelta(7)
"""A message is read for no longer than that: what is older stays as it was when a summary is stopped."""

GATHERED = timedelta(seconds=5)
"""Before somebody is told of what was not posted: many firms set up at once are refused in several rounds."""


class Post(msgspec.Struct, frozen=True):
    """What a row is about: the channel, the period as `weekly:2026-11-23`, and the event that set it up, by whom."""

    channel: str
    period: str
    sequence: int
    by: str


class NotPosted(msgspec.Struct, frozen=True):
    """What a letter to whoever set a summary up is about: the channel, and Slack's word for why it stands not there."""

    channel: str
    why: str
    sequence: int


class Seen(msgspec.Struct, frozen=True):
    """What the chat says of a channel: its name, and its word for why nothing can be posted there; empty for none."""

    name: str = ""
    why: str = ""


UNSEEN = Seen()

SHARED = "shared_channel"
"""Our own word, among the chat's: people of another company are in the channel."""

LASTS = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", SHARED})
"""Words for what stays so until somebody does something about it."""


class Period(NamedTuple):
    """One message's time: what it is called, and when it is posted."""

    name: str
    at: datetime


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Post).decode


def post_of(row: Owed) -> Post | None:
    """What a row is about; None where a later version wrote it."""
    try:
        return _decode(row.about)
    except msgspec.DecodeError:
        return None


def not_posted(row: Owed, why: str, at: float, *, last: float | None = None) -> Owed | None:
    """What whoever set this up is told, since it could not be posted: one message a channel, period and reason.

    What lasts is said once a week of what is to come each day, while none comes: `last` is when the one before was due
    in which the firm stands, business time in UNIX seconds. What passes is another matter each time.
    """
    post = post_of(row)
    if post is None:
        return None
    day = date.fromisoformat(post.period.partition(":")[2])
    period = f"{_monday(day)}|{last or 0:.0f}" if why in LASTS else post.period
    return Owed(
        tenant=row.tenant,
        key=f"{REFUSED}|{post.channel}|{row.firm}|{post.sequence}|{why}|{period}",
        firm=row.firm,
        kind=REFUSED,
        person=post.by,
        about=_encode(NotPosted(post.channel, why, post.sequence)).decode(),
        due_at=at + GATHERED.total_seconds(),
        slot=f"{REFUSED}|{post.channel}|{post.period}|{why}",
    )


def slot_of(channel: str, period: str) -> str:
    """All firms' rows with this slot are one message."""
    return f"summary|{channel}|{period}"


def now_and_next(posted: Posted, calendar: Calendar, now: datetime) -> list[Period]:
    """The period that it is, and the one that comes; what is set up within a period is posted at once."""
    zone = zone_of(posted.time_zone)
    today = now.astimezone(zone).date()
    if posted.every == "once":
        return [Period(f"once:{posted.at.astimezone(zone).date().isoformat()}", posted.at)]
    days = _days(posted, calendar, today)
    begun = posted.at.astimezone(zone).date()
    within = [begun >= (_monday(day) if posted.every == "weekly" else day) for day in days]
    return [
        Period(_name(posted, day), posted.at if at_once else max(_at(day, posted, zone), posted.at))
        for day, at_once in zip(days, within, strict=True)
    ]


def _days(posted: Posted, calendar: Calendar, today: date) -> list[date]:
    """The trading day that the present message belongs to, and that of the next one."""
    if posted.every == "daily":
        return [calendar.on_or_before(today), calendar.plus(today, 1)]
    monday = _monday(today)
    return [calendar.plus(monday - ONE_DAY, 1), calendar.plus(monday + timedelta(6), 1)]


def names_of_now(posted: Posted, calendar: Calendar, now: datetime) -> list[str]:
    """What the present message may be called: the first of these that stands there is it.

    Where a day is closed, or open after all, once the message of its week or day was posted, the calendar names
    another day than it did then: one of the same week, or one before the day that was closed.
    """
    present = now_and_next(posted, calendar, now)[0].name
    today = now.astimezone(zone_of(posted.time_zone)).date()
    if posted.every == "daily":
        closed = (today - calendar.on_or_before(today)).days
        return [*(_name(posted, today - timedelta(n)) for n in range(closed)), present]
    if posted.every == "weekly":
        week = (_name(posted, _monday(today) + timedelta(n)) for n in range(7))
        return [present, *(name for name in week if name != present)]
    return [present]


def _name(posted: Posted, day: date) -> str:
    return f"{posted.every}:{day.isoformat()}"


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _at(day: date, posted: Posted, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, posted.hour, zone).astimezone(UTC)


def plan(facts: Facts, calendar: Calendar, now: datetime) -> Replan:
    """What changes in the outbox so that each channel has its message, and what is to be drawn anew."""
    planned = _Plan(facts, calendar, now)
    outcomes = dict(planned.outcomes())
    return Replan(
        add=tuple(planned.add()),
        move=dict(planned.move()),
        drop=tuple(planned.drop()),
        outcomes=outcomes,
        redraw=tuple(planned.redraw(outcomes)),
    )


class _Plan:
    def __init__(self, facts: Facts, calendar: Calendar, now: datetime) -> None:
        self.position = facts.position
        self.now = now
        self.rows: Mapping[str, Kept] = {row.owed.key: row for row in facts.rows if row.owed.kind == SUMMARY}
        self.wanted = {row.key: row for row in self._wanted(calendar)}

    def _wanted(self, calendar: Calendar) -> Iterator[Owed]:
        key = self.position.key
        for channel, posted in self.position.posted.items():
            for period in self._periods(channel, posted, calendar):
                slot = slot_of(channel, period.name)
                yield Owed(
                    tenant=key.tenant,
                    key=f"{slot}|{key.firm}|{posted.sequence}",
                    firm=key.firm,
                    kind=SUMMARY,
                    person=channel,
                    about=_encode(Post(channel, period.name, posted.sequence, posted.by)).decode(),
                    due_at=period.at.timestamp(),
                    slot=slot,
                )

    def _periods(self, channel: str, posted: Posted, calendar: Calendar) -> list[Period]:
        """The period that it is, by the name under which its message was posted already, and the one that comes."""
        present, *following = now_and_next(posted, calendar, self.now)
        there = {
            post.period: max(datetime.fromtimestamp(kept.owed.due_at, UTC), posted.at)
            for kept in self._there().get(channel, ())
            if (post := post_of(kept.owed))
        }
        names = names_of_now(posted, calendar, self.now)
        name = next((name for name in names if name in there), present.name)
        return [present if name == present.name else Period(name, there[name]), *following]

    def add(self) -> Iterator[Owed]:
        return (row for key, row in self.wanted.items() if key not in self.rows)

    def move(self) -> Iterator[tuple[str, float]]:
        for key, kept in self.rows.items():
            wanted = self.wanted.get(key)
            if wanted and not kept.settled and wanted.due_at != kept.owed.due_at:
                yield key, wanted.due_at

    def drop(self) -> Iterator[str]:
        return (key for key, kept in self.rows.items() if not kept.settled and key not in self.wanted)

    def _there(self) -> Mapping[str, list[Kept]]:
        """By channel, the rows with which this firm stands in a message there, or stood until it was stopped.

        One that is on its way counts too: it may have been drawn before what changed.
        """
        found: dict[str, list[Kept]] = {}
        for kept in self.rows.values():
            if kept.outcome in (*ARRIVED, CLOSED) if kept.settled else kept.owed.tries > 0:
                found.setdefault(kept.owed.person, []).append(kept)
        return found

    def _newest(self, rows: Sequence[Kept]) -> Kept:
        """What is kept up to date of one channel's rows: the message that is wanted now, else the last set up."""
        return max([kept for kept in rows if kept.owed.key in self.wanted] or rows, key=_age)

    def outcomes(self) -> Iterator[tuple[str, str]]:
        """Messages from which the firm goes, since it is posted there no more; and those to which it comes back."""
        for channel, rows in self._there().items():
            posted = self.position.posted.get(channel)
            stands = self._still_read(rows)
            for kept in rows:
                if not kept.settled:
                    continue
                by = _age(kept)[0]
                if kept.outcome == CLOSED:
                    if posted and by == posted.sequence:
                        yield kept.owed.key, ARRIVED[0]
                elif (posted is None and kept.owed.slot in stands) or (posted and by > posted.sequence):
                    yield kept.owed.key, CLOSED

    def _still_read(self, rows: Sequence[Kept]) -> set[str]:
        """The messages that may still be taken for what holds: the newest, and of each kind that of the last days."""
        lately = (self.now - A_WEEK).timestamp()
        kinds: dict[str, Kept] = {}
        for kept in sorted(rows, key=_age):
            kinds[kept.owed.slot.rpartition(":")[0]] = kept
        last = {kept.owed.slot for kept in kinds.values() if kept.owed.due_at >= lately}
        return {self._newest(rows).owed.slot, *last}

    def redraw(self, outcomes: Mapping[str, str]) -> Iterator[Owed]:
        for rows in self._there().values():
            newest = self._newest(rows)
            anew = {kept.owed.slot: kept for kept in rows if kept.owed.key in outcomes}
            if newest.owed.key in self.wanted or not newest.settled:
                anew.setdefault(newest.owed.slot, newest)
            for kept in anew.values():
                row = kept.owed
                changed = self.now.timestamp() if row.key in outcomes else 0
                yield Owed(
                    tenant=row.tenant,
                    key=f"redraw|{row.slot}|{row.firm}|{self.position.version}|{self.now.date()}|{changed:.3f}",
                    firm=row.firm,
                    kind=REDRAW,
                    person=row.person,
                    about=row.about,
                    due_at=(self.now + SOON).timestamp(),
                    slot=f"redraw|{row.slot}",
                )


def _age(kept: Kept) -> tuple[int, str, str]:
    """By the event that set it up, then by its period."""
    post = post_of(kept.owed)
    return (post.sequence, post.period.partition(":")[2], post.period) if post else (0, "", "")
