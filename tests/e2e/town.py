"""Two replicas on one database in front of a pretend Slack, in which people come, talk for a while and go."""

import asyncio
import os
import random
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.traffic import Call
from bot.sandbox.wire import SlackError
from tests.bot.conftest import MANIFEST
from tests.bot.conversing import Json, labels
from tests.e2e.answers import Answers
from tests.e2e.balancer import Balancer, balanced
from tests.e2e.clicking import Clicker, Typist, walk_on
from tests.e2e.heartbeat import Heartbeat
from tests.e2e.processes import BOT, BotProcess, free_port
from tests.e2e.walking import title

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""Seven o'clock in New York: what is due that day is said at nine."""

SPEED = 1800.0
"""Half an hour of business time a second: at nine after four seconds."""

PATIENCE = 60.0
"""Seconds after which a conversation ends where it is."""

A_LONG_PATIENCE = 240.0
"""Seconds for a conversation that has to come to its end, on however busy a machine."""

THINKS = 0.1
"""Seconds that somebody looks at a card."""

A_BEAT = 0.2
"""Seconds between looks at what went over the wire, at memory and at what the machine does to the processes."""

REPEATS = tuple(0.5 + 1.5 * n for n in range(60))
"""Seconds until Slack repeats an event: Slack's own would take five minutes."""

ACTS, TYPED = 8, 2
"""What one conversation consists of, at least: clicks and commands, and notes in the DM."""


def business_time(begun: float, at: float = 0.0) -> datetime:
    """What the replicas' clocks show at that time, or now, so that one that starts later goes with the others."""
    return MONDAY + timedelta(seconds=((at or time.time()) - begun) * SPEED)


SKEWED = Path(__file__).with_name("skewed")

FAR_ENOUGH = "Let your people into the test portal"
"""The task nobody does: it has a date, and is reminded of."""


class Replica(BotProcess):
    """One of several: it is ready when it says so itself."""

    def __init__(
        self, transport: str, sandbox: Sandbox, folder: Path, address: str, begun: float, ahead: float = 0.0
    ) -> None:
        """`ahead`: so many seconds its clocks are before those of the others."""
        super().__init__(transport, sandbox, folder, CAIS_DATABASE_URL=address, CAIS_CLOCK_SPEED=SPEED)
        self._settings["CAIS_PORT"] = self.port
        if ahead:
            self._settings |= {"PYTHONPATH": f"{SKEWED}{os.pathsep}{MANIFEST.parent}", "CLOCK_AHEAD": ahead}
        self._ahead = timedelta(seconds=ahead)
        self.begun = begun
        """When business time began, in UNIX seconds."""
        self.restarts = 0
        self.killed_at: list[float] = []
        """In UNIX seconds."""

    async def start(self) -> None:
        """As a service manager does: again where it ended because Slack or the database failed just then."""
        while True:
            self._settings["CAIS_START_AT"] = (business_time(self.begun) + self._ahead).isoformat()
            with suppress(AssertionError):
                return await super().start()
            self.restarts += 1

    async def _reached(self) -> bool:
        return await self.ready()

    async def end(self, number: signal.Signals) -> int:
        """Sends this signal and waits for the end; the exit code."""
        assert self._process is not None
        if number == signal.SIGKILL:
            self.killed_at.append(time.time())
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await self._process.wait()

    @property
    def runs(self) -> bool:
        """Whether there is a process now."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    @property
    def megabytes(self) -> float:
        """Of memory that is its own just now; 0 where it does not run."""
        with suppress(OSError, AssertionError):
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4096 / 1e6
        return 0.0


class Town:
    """The pretend Slack, the replicas, and everybody who ever talked to them."""

    def __init__(
        self,
        sandbox: Sandbox,
        replicas: Sequence[Replica],
        balancer: Balancer,
        seed: int,
        typed: Sequence[str] = ("/cais due s3 today",),
    ) -> None:
        """`typed`: the commands that everybody types once."""
        self.sandbox, self.replicas, self.balancer, self._typed = sandbox, replicas, balancer, typed
        self.chance = random.Random(seed)
        self.people: list[Clicker] = []
        self.typists: list[Typist] = []
        self.finished = 0
        self.answers = Answers(sandbox.slack)
        self.heartbeat = Heartbeat()
        self.megabytes: list[float] = []
        self.drained: list[tuple[float, float]] = []
        """Seconds that each replica took to end when it was asked to, and how late the machine was meanwhile."""
        self.troubles: list[tuple[float, str]] = []
        """What went wrong, and when that began, in UNIX seconds."""
        self.calls: deque[Call] = deque()
        # Of all that went over the wire, and not of the last few thousand.
        sandbox.slack.traffic.calls, sandbox.slack.traffic.sent = self.calls, deque()

    async def conversation(self, patience: float = PATIENCE) -> bool:
        """Somebody new sets up a firm, walks, writes, types. Whether it came to its end."""
        nth = len(self.people)
        user = self.sandbox.add_person(f"person{nth}")
        channel = self.sandbox.add_channel(f"channel{nth}", [user, BOT])
        person, typist = Clicker(self.sandbox, user, channel, self.chance), Typist(self.sandbox, user)
        self.people.append(person)
        self.typists.append(typist)
        over, up = asyncio.Event(), asyncio.Event()
        up.set()

        async def act(person: Clicker) -> None:
            await asyncio.sleep(THINKS)
            await one_thing(person, f"Firm {nth}", self._typed)
            if sum(person.causes.values()) >= ACTS:
                over.set()

        try:
            async with asyncio.timeout(patience):
                await person.go_on(act, up, over)
                for _ in range(TYPED):
                    await typist.type_one(2.0)
        except TimeoutError:
            return False
        self.finished += 1
        return True

    async def one_more_with_each(self) -> bool:
        """Whether a conversation comes to its end with each replica that runs, while the other hears nothing."""
        for one in self.replicas if self.balancer.url == self.sandbox.options.bot_url else ():
            if one.runs:
                self.sandbox.use_bot_at(one.url)
                if not await self.conversation(A_LONG_PATIENCE):
                    return False
        for line in self.sandbox.slack.socket.connections:
            for other in self.sandbox.slack.socket.connections:
                other.leaving = other is not line
            if not await self.conversation(A_LONG_PATIENCE):
                return False
        return True

    @property
    def deaths(self) -> Sequence[float]:
        """When a replica was killed, in UNIX seconds."""
        return [at for replica in self.replicas for at in replica.killed_at]

    def now(self) -> datetime:
        """Business time."""
        return business_time(self.replicas[0].begun)

    def event_ids(self, user: str) -> Sequence[str]:
        """What Slack calls the messages somebody typed."""
        told = (s["payload"] for s in self.sandbox.sent if s["kind"] == "events_api")
        return [str(t["event_id"]) for t in told if t["event"]["type"] == "message" and t["event"].get("user") == user]

    def last_clicks(self) -> Sequence[Json]:
        """The newest clicks of some people, as they went out."""
        return [click for person in self.people[-4:] if (click := person.last_click)]

    async def watch(self) -> None:
        """Notes what is answered, how much memory the bots have and how late the machine is, until it is cancelled."""
        while True:
            self.look()
            await asyncio.sleep(A_BEAT)

    def look(self) -> None:
        """One such note."""
        self.answers.look()
        running = [replica for replica in self.replicas if replica.runs]
        self.megabytes += [used for replica in running if (used := replica.megabytes)]
        self.heartbeat.beat([os.getpid(), *(replica.pid for replica in running)])


async def one_thing(person: Clicker, firm: str, typed: Sequence[str]) -> None:
    """What somebody does next, by what stands before them."""
    card = person.card
    commands = sum(cause.startswith("command:") for cause in person.causes)
    if "Set up your firm" in labels(card):
        await person.set_up(firm)
    elif not title(card):
        raise LookupError("another look shows the card")
    elif title(card) == FAR_ENOUGH and commands < len(typed):
        await person.command(typed[commands])
    elif title(card) == FAR_ENOUGH or person.chance.random() < 0.3:
        await person.write_note(f"written by {person.user}, {len(person.typed):04}")
    else:
        await walk_on(person)


@asynccontextmanager
async def a_town(
    transport: str, folder: Path, address: str, seed: int, *, ahead: Sequence[float] = (0.0, 0.0), **more: Any
) -> AsyncIterator[Town]:
    """Replicas that work, one for each of `ahead`, and nobody there yet."""
    port = free_port()
    over_http: dict[str, Any] = {"bot_url": f"http://127.0.0.1:{port}/"} if transport == "http" else {}
    async with Sandbox.start(MANIFEST, rates=False, retry_delays=REPEATS, **over_http) as sandbox:
        begun = time.time()
        replicas = [Replica(transport, sandbox, folder, address, begun, seconds) for seconds in ahead]
        async with balanced(replicas) as balancer:
            if transport == "http":
                sandbox.use_bot_at(balancer.url)
            town = Town(sandbox, replicas, balancer, seed, **more)
            watching = asyncio.create_task(town.watch())
            try:
                await asyncio.gather(*(replica.start() for replica in replicas))
                yield town
                assert not watching.done(), watching.exception()
            finally:
                watching.cancel()
                for replica in replicas:
                    await replica.stop_for_good()


async def go_on_talking(town: Town, over: asyncio.Event) -> None:
    """One conversation after the other."""
    while not over.is_set():
        with suppress(SlackError, LookupError):
            await town.conversation()
