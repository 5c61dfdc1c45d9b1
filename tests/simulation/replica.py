"""One process of the bot: the real use cases, planner and delivery on a shared database, until it dies."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, TypeVar

from bot.background import Background
from bot.bootstrap import build_services
from bot.delivery.planner import Planner
from bot.delivery.rounds import LETTERS_KEPT, REMINDERS_KEPT, Delivery
from bot.router import SlotWriter
from bot.slack.installed import OneWorkspace
from bot.slack.people import People
from bot.slack.standstill import Standstill
from flows.roadmap import Pack
from flows.services import Services
from storage.database import ClosingRunner, Database
from storage.fulltext import Fts5
from tests.simulation.faults import Died, Faults
from tests.simulation.slack import Alive, Line, Slack
from tests.simulation.virtual_time import Time

T = TypeVar("T")


class Crossing:
    """storage's Runner, with a boundary before and after each unit; time stands still while a unit runs.

    Units take turns, so that a seed always tells the same story; what the processes do between them mingles.
    """

    def __init__(self, inner: ClosingRunner, alive: Alive, time: Time) -> None:
        self._inner = inner
        self._alive = alive
        self._time = time

    async def read(self, unit: Any) -> Any:
        return await self._cross("read", lambda: self._inner.read(unit))

    async def glance(self, unit: Any) -> Any:
        return await self._cross("read", lambda: self._inner.glance(unit))

    async def ponder(self, unit: Any) -> Any:
        return await self._cross("read", lambda: self._inner.ponder(unit))

    async def write(self, make: Any) -> Any:
        return await self._cross("write", lambda: self._inner.write(make))

    async def close(self) -> None:
        await self._inner.close()

    async def _cross(self, what: str, unit: Callable[[], Coroutine[Any, Any, T]]) -> T:
        self._alive.boundary(f"before a {what}")
        async with self._time.turn:
            with self._time.held():
                value = await unit()
        self._alive.boundary(f"after a {what}")
        return value


class Replica:
    """`shift` is how far real time is ahead of business time, in seconds, as in a practice run."""

    def __init__(
        self,
        runner: ClosingRunner,
        slack: Slack,
        faults: Faults,
        time: Time,
        pack: Pack,
        letters: Mapping[str, SlotWriter],
        shift: float = 0.0,
    ) -> None:
        self._runner = runner
        self._slack = slack
        self._faults = faults
        self._time = time
        self._pack = pack
        self._letters = letters
        self._shift = shift
        self.died_at: list[datetime] = []
        self.start()

    def start(self) -> None:
        """A new process: nothing is known but what the database has."""
        alive = Alive(self._faults)
        self.database = Database(Crossing(self._runner, alive, self._time), Fts5(), None)
        self.services: Services = build_services(self.database, self._pack, self._time.business)
        line = Line(self._slack, self._faults, alive)
        background = Background()
        self.standstill = Standstill(
            line, self.services.outbox, self.real_time, installed=OneWorkspace("xoxb-1"), background=background
        )
        self.people = People(line, self.services.directory, background, self.real_time, self.services.now)
        self.planner = Planner(self.services, self.people, planned=lambda: None)
        self.standstill.plan = self.planner.catch_up
        self.delivery = Delivery(
            line,
            self.services,
            self._letters,
            background,
            self.real_time,
            standstill=self.standstill,
            caught_up=self.planner.caught_up.wait,
        )

    def real_time(self) -> float:
        return self._time.now + self._shift

    async def round(self) -> bool:
        """What the planner and the delivery do in a round: whether it came to its end. Whoever dies starts again."""
        return await self.survive(self._round) is True

    async def _round(self) -> bool:
        await self.planner.sweep()
        await self.delivery.settle_due()
        return True

    async def forget(self) -> None:
        """What the delivery does after a round."""
        now = self.real_time()
        await self.services.outbox.forget(settled_before=now - REMINDERS_KEPT, letters_before=now - LETTERS_KEPT)

    async def survive(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """None where the process died of it."""
        try:
            return await work()
        except Died:
            self.died_at.append(self._time.business())
            self.start()
            return None
