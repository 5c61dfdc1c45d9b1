"""Plays a script through real processes on one database file, and reads from Slack's side what was sent."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.bootstrap import build_router
from bot.delivery.arrivals import short
from bot.delivery.planner import PAUSE
from bot.pack_files import read_pack
from bot.router import SlotWriter
from flows.asked import Owed
from flows.events import FirmKey
from flows.packs import load_pack
from flows.ports import Known
from flows.roadmap import Pack
from storage.database import ClosingRunner, Database
from storage.fulltext import Fts5
from tests.simulation import script as s
from tests.simulation.acting import Actor, Names, place, rung_of, tenant_of
from tests.simulation.at_once import open_at_once
from tests.simulation.faults import Died, Faults
from tests.simulation.replica import Replica
from tests.simulation.slack import Sent, Slack, User
from tests.simulation.virtual_time import Time, run, until
from tests.storage.fresh import fresh_database

SWEEP = timedelta(minutes=40)
"""Between looks where nothing falls due; in life it is half a minute."""

A_DAY = 24 * 3600.0
"""Seconds between turns of forgetting, which in life are rounds."""

WAIT = 31.0
"""Seconds until it is looked again at what did not work."""

NEVER_OLD = 1e12
"""So far in the future that nobody asks Slack again."""

PATIENCE = 20
"""Times it is looked again before anybody reads what was sent, and before it is seen whether the bot is still up."""

UNKNOWN = "?"
"""The firm of what was sent where no row says that it was."""


@dataclass
class Played:
    """What came of a script."""

    messages: list[s.Message]
    faults: dict[str, int]
    died_at: list[datetime]
    """When a process died, of either replica."""
    too_soon: int
    """Messages within a second of another in the same conversation."""
    left: int
    """Rows that are due and were never settled."""
    calls: dict[str, int] = field(default_factory=dict)


def play(script: s.Script, folder: Path, faults: Faults | None = None, shift: float = 0.0) -> Played:
    """The whole script, on a new database in this folder."""
    path = folder / "cais.db"
    fresh_database(path)
    time = Time(min(h.at for h in script.happenings) - timedelta(minutes=5))
    world = World(script, path, time, faults or Faults(), shift)
    return run(time, world.play)


@cache
def shipped() -> tuple[Pack, Mapping[str, SlotWriter]]:
    """The roadmap, and who writes the letters."""
    return load_pack(*read_pack()), build_router().letters


class World:
    """Two replicas, one database, one Slack."""

    def __init__(self, script: s.Script, path: Path, time: Time, faults: Faults, shift: float) -> None:
        self.script = script
        self.path = path
        self.time = time
        self.faults = faults
        self.shift = shift
        self.slack = Slack(time, shift)
        self.names = Names()
        self.actor = Actor(self.names, self.slack)
        self.peek = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        self.replicas: list[Replica] = []
        self.messages: list[s.Message] = []
        self.seen = 0
        self.untold: list[Sent] = []
        """What Slack has, while we do not know yet that it has."""
        self.forgotten = 0.0
        people = {h.by for h in script.happenings} | {h.person for h in script.happenings if hasattr(h, "person")}
        for person in people:
            self.slack.users[person] = User(zone=script.zones.get(person, ""))

    async def play(self) -> Played:
        asyncio.get_running_loop().set_exception_handler(_only_what_is_no_death)
        with _without_the_log():
            return await self._play_on_a_database()

    async def _play_on_a_database(self) -> Played:
        runners = [open_at_once(self.path) for _ in range(2)]
        try:
            return await self._play(runners)
        finally:
            self.peek.close()
            for runner in runners:
                await runner.close()

    async def _play(self, runners: list[ClosingRunner]) -> Played:
        self.observer = Database(runners[0], Fts5(), None)
        self.replicas = [Replica(r, self.slack, self.faults, self.time, *shipped(), self.shift) for r in runners]
        for person in sorted(self.slack.users):
            await self._known(person)
        for number, happening in enumerate(sorted(self.script.happenings, key=lambda h: h.at)):
            await self._pass_until(happening.at)
            await self._happen(number, happening)
            await asyncio.sleep(PAUSE)  # a plan of the very instant may have been made before it or after it
            await self._settle()
        await self._pass_until(self.script.until)
        await self._look(in_the_end=True)
        return Played(
            messages=self.messages,
            faults=self.faults.seen,
            died_at=sorted(at for r in self.replicas for at in r.died_at),
            too_soon=self.slack.too_soon,
            left=self._unsettled("due_at < ?"),  # what falls due at the very end is not played any more
            calls=self.slack.calls,
        )

    # --- time ---------------------------------------------------------------------------------------------------

    async def _pass_until(self, end: datetime) -> None:
        """Through everything that falls due before then; the bot does nothing while it is down."""
        while (at := self._next(end)) < end:
            await until(at)
            await self._up_or_down(at)
            if self._stopped():
                await self.replicas[0].round()
            elif self._down(at):
                pass
            elif self._left():
                await self._settle()
            else:
                await self._plan()
        await until(end)

    def _next(self, end: datetime) -> datetime:
        """When something falls due, a plan is to be made again, or the bot goes down or comes back."""
        now = self.time.business()
        if (down := self._down(now)) and not down.revoked:
            return down.until
        if self._left() and not self._stopped():
            return min(end, now + timedelta(seconds=WAIT))
        due = self._when("SELECT MIN(due_at) FROM outbox WHERE settled_at IS NULL AND due_at > ?")
        again = self._when("SELECT MIN(MAX(again_at, ?)) FROM plans")
        found = min(end, due or end, max(again, now + SWEEP) if again else end)
        turns = [turn for d in self.script.down for turn in (d.since, d.until)]
        return min([found, *(turn for turn in turns if now < turn)])

    def _when(self, query: str) -> datetime | None:
        (seconds,) = self.peek.execute(query, (self.time.now,)).fetchone()
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=1) if seconds else None

    def _down(self, at: datetime) -> s.Down | None:
        return next((d for d in self.script.down if d.since <= at < d.until), None)

    async def _up_or_down(self, at: datetime) -> None:
        """A new process each time; where the token counts again, it is heard of at its start."""
        if not any(at in (d.since, d.until) for d in self.script.down):
            return
        down = self._down(at)
        self.slack.token_error = "token_revoked" if down and down.revoked else ""
        for replica in self.replicas:
            replica.start()
            if not down:
                await replica.survive(replica.standstill.begin)

    def _stopped(self) -> bool:
        return bool(self.slack.token_error)

    async def _plan(self) -> None:
        """Nothing is due: one of them looks whether a plan is to be made again, and what need not be kept any more."""
        replica = self.faults.random.choice(self.replicas)
        if not await replica.round() or self._left():
            await self._settle()
        if self.time.now > self.forgotten + A_DAY:
            self.forgotten = self.time.now
            await replica.survive(replica.forget)

    async def _settle(self) -> None:
        """Rounds of both until one of them came to the end of one, and nothing that is due is left."""
        for _ in range(PATIENCE):
            ended = await asyncio.gather(*(replica.round() for replica in self.replicas))
            if any(ended) and not self._left():
                await self._look()
                return
            await asyncio.sleep(WAIT)
        await self._look()  # what is in doubt may have to wait for the morning

    def _left(self) -> int:
        return self._unsettled("due_at <= ?")

    def _unsettled(self, due: str) -> int:
        query = f"SELECT COUNT(*) FROM outbox WHERE settled_at IS NULL AND {due}"
        return self.peek.execute(query, (self.time.now,)).fetchone()[0]

    # --- what happens -------------------------------------------------------------------------------------------

    async def _happen(self, number: int, happening: s.Happening) -> None:
        """Slack tells both replicas of it, as it may; one that dies of it is told again."""

        async def told(replica: Replica) -> bool:
            return await replica.survive(lambda: self._act(replica, number, happening)) is True

        twice = self.faults.random.random() < 0.1 and not isinstance(happening, s.Undoes | s.Snoozes)
        while not any(await asyncio.gather(*(told(r) for r in self.replicas[: 2 if twice else 1]))):
            pass
        if isinstance(happening, s.Moves | s.Leaves):
            await self._known(happening.by, noted=getattr(happening, "noted", True))

    async def _act(self, replica: Replica, number: int, happening: s.Happening) -> bool:
        await self.actor.act(replica.services, number, happening)
        return True

    async def _known(self, person: str, *, noted: bool = True) -> None:
        """Slack's news of a person."""
        user = self.slack.users[person]
        known = Known(place(person), person, user.zone, checked_at=NEVER_OLD, standing="gone" if user.gone else "")
        with self.time.held():
            await self.observer.directory.remember(tenant_of(person), known, at=self.time.now if noted else 0.0)

    # --- what was sent ------------------------------------------------------------------------------------------

    async def _look(self, *, in_the_end: bool = False) -> None:
        """What was sent since the last look, by Slack's side: the keys that came along, and the rows they are.

        Of a message whose reply was lost the rows know where it stands only when they are settled.
        """
        new, self.seen = self.slack.sent[self.seen :], len(self.slack.sent)
        untold, self.untold = [*self.untold, *new], []
        for sent in untold:
            message = await self._read(sent)
            if in_the_end or not any(firm == UNKNOWN for firm, _ in message.items):
                self.messages.append(message)
            else:
                self.untold.append(sent)

    async def _read(self, sent: Sent) -> s.Message:
        with self.time.held():
            rows = await self.observer.outbox.of_message(tenant_of(sent.user), sent.place)
        said = set(sent.body["metadata"]["event_payload"]["keys"].split())
        items = {await self._item(row.owed) for row in rows if short(row.owed.key) in said}
        unknown = said - {short(row.owed.key) for row in rows}
        return s.Message(sent.user, sent.at, frozenset(items | {(UNKNOWN, key) for key in unknown}))

    async def _item(self, owed: Owed) -> tuple[str, str]:
        with self.time.held():
            position = await self.observer.events.position(FirmKey(owed.tenant, owed.firm))
        assert position is not None
        return self.names.firms[owed.firm], self.names.subject(position, rung_of(owed.about).subject)


@contextmanager
def _without_the_log() -> Iterator[None]:
    """What goes wrong is meant to: the bot says so line by line."""
    log = logging.getLogger("cais")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _only_what_is_no_death(loop: asyncio.AbstractEventLoop, context: dict) -> None:
    if not isinstance(context.get("exception"), Died):
        logging.getLogger("asyncio").error(context["message"], exc_info=context.get("exception"))
