"""What day it is in the sandbox: where practice moved the clock, and when; kept for the next start."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from bot.clock import Now, real_now

ZONE = ZoneInfo("America/New_York")
"""Where the industry's deadlines are at home: a day that is named in practice is a day there."""
MOST_MOVES = 500
FILE = "practice.json"
KEEP_EVERY = 10.0


class Move(msgspec.Struct, frozen=True):
    """At this real time it became `to` in the sandbox; None where it became the real time again."""

    at: datetime
    to: datetime | None


class Kept(msgspec.Struct):
    """What outlives a stop. `furthest` is the latest time there was before somebody went back."""

    now: datetime | None = None
    furthest: datetime | None = None
    story: str = ""
    moves: list[Move] = []


class Timeline:
    """The business time of the sandbox. Unmoved it is the real time; moved it ticks on from there.

    While nothing runs it stands still: the next start goes on at the time the last one was stopped.
    """

    def __init__(self, folder: Path, start_at: datetime | None = None, speed: float = 1.0, real: Now = real_now):
        self._file, self._speed, self._real = folder / FILE, speed, real
        self._kept = self._read()
        begin = start_at or self._kept.now
        if self._kept.now:
            self._was_at(self._kept.now)
        if begin is not None or speed != 1.0:
            self._add(begin or real())

    @property
    def moves(self) -> list[Move]:
        """Every move since the last fresh start, oldest first; what came before the first had the real time."""
        return self._kept.moves

    @property
    def speed(self) -> float:
        """How many times as fast as real time a moved clock runs."""
        return self._speed

    @property
    def story(self) -> str:
        """The id of the story that was played to its end; empty where none was."""
        return self._kept.story

    @property
    def moved(self) -> bool:
        """Whether it is another time than the real one."""
        return bool(self.moves) and self.moves[-1].to is not None

    def now(self) -> datetime:
        """The business time, aware."""
        last = self.moves[-1] if self.moves else None
        if last is None or last.to is None:
            return self._real()
        return last.to + timedelta(seconds=(self._real() - last.at).total_seconds() * self._speed)

    @property
    def furthest(self) -> datetime | None:
        """The latest time there was, where it is still ahead: what was recorded then lies in the future now."""
        furthest = self._kept.furthest
        return furthest if furthest and furthest > self.now() else None

    def move(self, to: datetime | None) -> None:
        """Go there, and on from there; None is the real time."""
        self._was_at(self.now())
        self._add(to if self._speed == 1.0 else to or self._real())
        self.keep()

    def _was_at(self, time: datetime) -> None:
        self._kept.furthest = max(time, self._kept.furthest or time)

    def begin(self, to: datetime | None) -> None:
        """A fresh start: nothing was before."""
        self._kept = Kept()
        if to is not None or self._speed != 1.0:
            self._add(to or self._real())
        self.keep()

    def told(self, story: str) -> None:
        """A story was played to its end: it is what one sees until the next fresh start."""
        self._kept.story = story
        self.keep()

    def keep(self) -> None:
        """Writes it down as it is now. A full disk costs no more than the time that is remembered."""
        self._kept.now = self.now() if self.moved else None
        beside = self._file.with_suffix(".new")
        with suppress(OSError):
            beside.write_bytes(msgspec.json.encode(self._kept))
            beside.replace(self._file)

    async def go_on_keeping(self) -> None:
        """Again and again, so that not even a kill loses more than a moment of a moved time."""
        while True:
            await asyncio.sleep(KEEP_EVERY)
            if self.moved:
                self.keep()

    def environment(self) -> dict[str, str]:
        """What a bot that is started now has to be told. An empty value outdoes that of a .env file."""
        return {"CAIS_START_AT": self.now().isoformat() if self.moved else ""}

    def _add(self, to: datetime | None) -> None:
        self._kept.moves = [*self._kept.moves, Move(self._real(), to)][-MOST_MOVES:]

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return Kept()  # none was kept, or it cannot be read: it is the real time then
