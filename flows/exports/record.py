"""What an export starts from: each firm's whole history at one moment, and what it adds up to."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Literal, get_args

import msgspec

from flows.asked import Asked
from flows.conditions import UNSURE
from flows.events import FirmKey, Record
from flows.evidence.pieces import Piece, pieces
from flows.evolve import fold, undone
from flows.history import channel_names, channels_of, sentence, task_title
from flows.looking_back import people
from flows.position import Position
from flows.reviews import of_item
from flows.roadmap import Pack, Task
from flows.walk import Item, State, Walk, walk
from flows.workspace import Workspace
from flows.zones import zone_of

Format = Literal["xlsx", "csv", "ics", "json", "packet", "canvas"]
FORMATS: tuple[Format, ...] = get_args(Format)
FILES = tuple(f for f in FORMATS if f != "canvas")
"""Those that are a file; a canvas is made by the chat itself."""

OF_ONE: tuple[Format, ...] = ("packet", "canvas")
"""Those that are of one firm. What each is called is in `flows.history.EXPORTS`."""

NO_NAMES: Mapping[str, str] = {}

STATES: Mapping[State, str] = {
    "open": "Open",
    "waiting": "Waiting",
    "done": "Done",
    "set_aside": "Not applicable, as the firm said",
    "locked": "Comes later",
    "later": "Depends on an answer",
    "not_applicable": "Not applicable",
}


class FirmRecord(msgspec.Struct, frozen=True):
    """All rows of a firm, oldest first and at least one, and the questions its people asked."""

    rows: tuple[Record, ...]
    asked: tuple[Asked, ...] = ()

    @property
    def key(self) -> FirmKey:
        """Which firm it is."""
        return FirmKey(self.rows[0].tenant, self.rows[0].firm)


class Export(msgspec.Struct, frozen=True):
    """What was asked for: the firms' records, and all that is needed to write them in this format."""

    format: Format
    firms: tuple[FirmRecord, ...]
    pack: Pack
    source: str
    """The text that the pack quotes."""
    shared: Mapping[str, Workspace]
    """By tenant: the industry dates and the trading calendar."""
    made_at: datetime
    """Business time, UTC."""
    made_by: str
    practice: bool = False
    copies: Mapping[str, str] = {}
    """By SHA-256: the paths of copies of evidence on this machine, for a packet; one that is not here is missing."""
    channels: Mapping[str, str] = {}
    """By our id: what a channel is called in the chat, for whoever reads; one that is not here is shown by its id."""

    def readings(self) -> "tuple[Reading, ...]":
        """Each firm's record, read."""
        return tuple(Reading(self.pack, firm, self.channels) for firm in self.firms)

    def day(self, reading: "Reading") -> date:
        """The day it is in the firm's zone."""
        return reading.day(self.made_at)

    def made_on(self) -> date:
        """The day it was made on where the firm is, or the first of several: an evening's file is not tomorrow's."""
        return self.day(Reading(self.pack, self.firms[0]))


class Reading:
    """One firm's record, read once: position, walk, which rows count, and every row in words."""

    def __init__(self, pack: Pack, firm: FirmRecord, channels: Mapping[str, str] = NO_NAMES) -> None:
        self.pack = pack
        self._channels = {**channel_names(firm.rows), **channels}
        self.firm = firm
        self.rows = firm.rows
        self.position: Position = fold(firm.key, firm.rows)
        self.undone = undone(firm.rows)
        self.by_sequence = {row.sequence: row for row in firm.rows}

    @cached_property
    def walk(self) -> Walk:
        """The roadmap, read for this firm."""
        return walk(self.pack, self.position)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of evidence that was not undone, also those that were removed."""
        return pieces(self.rows, self.undone)

    @property
    def name(self) -> str:
        """The firm's name."""
        return self.position.name

    @property
    def key(self) -> FirmKey:
        """Which firm it is."""
        return self.position.key

    def says(self, row: Record) -> str:
        """What happened, in a sentence."""
        said = sentence(self.pack, self.position, row, self.by_sequence)
        for channel in channels_of(row, self.by_sequence):
            code, name = channel.rpartition("/")[2], self._channels.get(channel)
            said = said.replace(code, f"#{name} ({code})" if name else f"{code} (its name is not known here)")
        return said

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each member, and of everybody who recorded something, by person."""
        return people(self.position, self.rows)

    def task_of(self, key: str) -> Task | None:
        """The task that a key is of; None where the pack knows it no more."""
        return self.pack.tasks.get(key.partition("[")[0])

    def title(self, key: str) -> str:
        """A task's title by its key, `The firm` for none."""
        return task_title(self.pack, self.position, key) if key else "The firm"

    def state(self, item: Item) -> str:
        """A task's state in words; a question answered with "not sure" is asked again, so it is not done."""
        unsure = item.task.kind == "question" and self.position.value(item.task.sets) == (UNSURE,)
        if unsure and item.state == "done":
            return "Not sure yet"
        review = of_item(self.position, item)
        return f"{STATES[item.state]}, to be reviewed" if review and review.pending else STATES[item.state]

    def day(self, at: datetime) -> date:
        """The day it was in the firm's zone."""
        return at.astimezone(zone_of(self.position.time_zone)).date()

    def back_dated(self, row: Record) -> bool:
        """Whether what happened was entered on a later day."""
        return row.happened_on is not None and date.fromisoformat(row.happened_on) < self.day(row.at)
