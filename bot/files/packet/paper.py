"""What every chapter of the packet draws with."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from bot.files.packet.enclosed import Enclosed
from bot.files.packet.html import Html, el, grid, lines, together
from flows.events import Record
from flows.exports.dates import Stated, stated_dates
from flows.exports.record import Export, Reading
from flows.time_words import clock, day, zone_name
from flows.zones import zone_of

MOST_IN_LOG = 400
"""Entries of the audit log that are printed: more would take a minute and more. The page for a browser has all."""

MOST_OF_A_TASK = 30
"""Entries, notes and pieces of evidence of one task that are printed."""

T = TypeVar("T")


class Paper:
    """One firm's packet: its record read, and how days, moments and dates are written in it."""

    def __init__(
        self, export: Export, reading: Reading, enclosed: Enclosed, *, printed: bool = False, remark: str = ""
    ) -> None:
        self.printed = printed
        self.remark = remark
        self.enclosed = enclosed
        self.export = export
        self.reading = reading
        self.pack = reading.pack
        self.position = reading.position
        self.zone = zone_of(self.position.time_zone)
        self.stated = stated_dates(reading)

    def shortened(self, rows: Sequence[T], most: int) -> tuple[Sequence[T], Html | None]:
        """What is shown of a list, and what is said where it is not all: of a printed list only the last ones."""
        left = len(rows) - most
        if not self.printed or left <= 0:
            return rows, None
        note = f"The last {most:,}; {left:,} earlier ones are in packet.html and in the tables."
        return rows[-most:], el("p", note, class_="muted")

    @property
    def title(self) -> str:
        """The page's title."""
        return f"{self.reading.name}: examiner packet, {day(self.reading.day(self.export.made_at))}"

    @property
    def zone_name(self) -> str:
        """The firm's zone, as people say it."""
        return zone_name(self.position.time_zone)

    def moment(self, at: datetime) -> str:
        """A time in the firm's zone."""
        local = at.astimezone(self.zone)
        return f"{day(local.date())}, {clock(local)}"

    def when(self, row: Record) -> Html:
        """When a row was recorded, and the day it is about where that was named."""
        return stacked(self.moment(row.at), self.happened(row))

    def happened(self, row: Record) -> str:
        """`happened on May 10, 2024, recorded later`; empty where no day was named."""
        return f"happened on {self.of_day(date.fromisoformat(row.happened_on), row.at)}" if row.happened_on else ""

    def of_day(self, on: date, recorded_at: datetime) -> str:
        """The day that something is said to have happened, and that it was recorded later where it was."""
        return day(on) + (", recorded later" if on < self.reading.day(recorded_at) else "")

    def dates_grid(self, caption: str, stated: Iterable[Stated]) -> Html:
        """Dates of the firm's own as a table."""
        heads = ("What", "Day", "By", f"Recorded ({self.zone_name})", "Counts", "Entry")
        rows = (
            (
                s.what,
                day(s.day) if s.day else s.words,
                s.row.actor_name,
                self.moment(s.row.at),
                s.counts,
                str(s.row.sequence),
            )
            for s in stated
        )
        return grid(caption, heads, rows, class_="days")


def stacked(*texts: str) -> Html:
    """Texts below each other, empty ones left out."""
    return together(el("div", lines(text)) for text in texts if text)
