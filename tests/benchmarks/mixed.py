"""The mixed load beside a bare Bolt hello: flat out and at fixed rates, few firms and many, SQLite and PostgreSQL.

Every app is up at once on one core and the rounds are taken in turns, so that whatever else the machine does falls on
all of them. A server that nobody asks takes nothing. Beside the answers a second stands the processor time of one,
which says the same also where others have the core half of the time. MANY and ROUNDS (environment) make it smaller.
"""

import itertools
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from statistics import median

import pytest

from storage.urls import plain_url
from tests.benchmarks import firms, load
from tests.benchmarks.servers import (
    APP_CORE,
    LOAD_CORE,
    SECRET,
    app_settings,
    at_rest,
    bolt_for_javascript,
    free_port,
    process,
    processor_time,
    resident,
)
from tests.benchmarks.table import say, say_alone
from tests.benchmarks.traffic import Traffic
from tests.storage import postgres

HERE = "tests.benchmarks"
CONNECTIONS = 64
FEW, SOME, MANY = 1, 100, int(os.environ.get("MANY", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = 2.0
"""Of each round flat out."""
RATES = (100, 300)
STEADY_SECONDS = 4.0

LEAST = 0.65
MOST_MS = 60.0
MOST_TIMES = 1.5
MOST_SLOWER = 0.2
MOST_MEGABYTES = 150.0


class Subject:
    """Something that answers at one port, or at several: an app with its people, or a yardstick that says hello."""

    def __init__(
        self, name: str, ports: Sequence[int], traffic: Traffic, pids: Sequence[int], *, bare: bool = False
    ) -> None:
        self.name = name
        self.ports = ports
        self.pids = pids
        self._traffic = traffic
        self._bare = bare
        self.rates: list[float] = []
        self.busy: list[float] = []
        """Milliseconds of processor time that an answer took, one for each round."""
        self.runs: dict[int, list[load.Run]] = {rate: [] for rate in RATES}

    async def warm_up(self) -> None:
        """Answers for a second, unmeasured: whoever comes first reads the questions."""
        whole(await load.flat_out(self.ports, self._lanes(), 1.0))

    async def flat_out(self) -> None:
        """One round of everybody asking as soon as they have been answered."""
        before = sum(map(processor_time, self.pids))
        run = whole(await load.flat_out(self.ports, self._lanes(), SECONDS))
        self.rates.append(run.rate)
        self.busy.append((sum(map(processor_time, self.pids)) - before) * 1000 / len(run.latencies))

    async def steady(self, rate: int, seconds: float = STEADY_SECONDS) -> load.Run:
        """How long everybody waits at a fixed rate, whether or not those before them were answered."""
        return whole(await load.steady(self.ports, self._some(int(rate * seconds)), rate))

    @property
    def rate(self) -> float:
        """Answers a second, the median of all rounds."""
        return median(self.rates)

    @property
    def busy_for(self) -> float:
        """Milliseconds of processor time an answer took, the median of all rounds."""
        return median(self.busy)

    @property
    def held(self) -> float:
        """Megabytes of memory that the largest of its processes holds."""
        return max(map(resident, self.pids))

    def percentile(self, rate: int, share: float) -> float:
        """In milliseconds, the median of all rounds."""
        return median(run.percentile(share) for run in self.runs[rate])

    def _lanes(self) -> Sequence[Iterator[bytes]]:
        if self._bare:
            return [self._traffic.hello(self.ports[0]) for _ in range(CONNECTIONS)]
        return self._traffic.lanes(self.ports[0], CONNECTIONS)

    def _some(self, number: int) -> list[bytes]:
        stream = self._traffic.hello if self._bare else self._traffic.stream
        return list(itertools.islice(stream(self.ports[0]), number))


def whole(run: load.Run) -> load.Run:
    """The run, where nothing was refused."""
    if run.refused:
        raise RuntimeError(f"{run.refused} of {len(run.latencies)} requests were refused")
    return run


class Stage:
    """Where subjects come from; all of them end with the stack."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self._slack = free_port()
        self._url = f"http://127.0.0.1:{self._slack}/"
        fake = ["-m", f"{HERE}.any_slack", str(self._slack)]
        stack.enter_context(process(fake, core=LOAD_CORE, port=self._slack))

    def bare(self, name: str, database: str = "") -> Subject:
        """Bolt for Python that acks, after writing one row where there is a database."""
        port = free_port()
        command = ["-m", f"{HERE}.bare_bolt", str(port), SECRET, f"{self._url}api/", *filter(None, [database])]
        pid = self._stack.enter_context(process(command, core=APP_CORE, port=port))
        return Subject(name, [port], Traffic([[]] * SOME, self._url), [pid], bare=True)

    def javascript(self) -> Subject | None:
        """Bolt for JavaScript that acks, where it is installed."""
        env = bolt_for_javascript()
        if env is None:
            return None
        port = free_port()
        command = [str(Path(__file__).with_name("bolt.js")), str(port), SECRET, f"{self._url}api/"]
        pid = self._stack.enter_context(process(command, core=APP_CORE, env=env, port=port, program="node"))
        return Subject("Bolt for JavaScript", [port], Traffic([[]] * SOME, self._url), [pid], bare=True)

    async def sqlite(self, count: int) -> Subject:
        """The app with so many firms in a SQLite file."""
        folder = self._folder / f"sqlite-{count}"
        folder.mkdir()
        left = await firms.make_open(f"sqlite+aiosqlite:///{file_of(folder)}", count)
        return self._app(f"{count:,} firm{'s' if count > 1 else ''}", left, [folder], {})

    async def postgres(self, url: str, count: int, replicas: int) -> Subject:
        """So many replicas of the app on one PostgreSQL database; they share the app's core."""
        left = await firms.make_open(url, count)
        folders = [self._folder / f"postgres-{replicas}-{nth}" for nth in range(replicas)]
        name = "one replica" if replicas == 1 else f"{replicas} replicas on one core"
        return self._app(name, left, folders, {"CAIS_DATABASE_URL": url})

    def _app(self, name: str, left: Sequence[Sequence[str]], folders: Sequence[Path], more: dict[str, str]) -> Subject:
        ports = [free_port() for _ in folders]
        pids = []
        for port, folder in zip(ports, folders, strict=True):
            env = {**app_settings(port, self._slack, folder), **more}
            pids.append(self._stack.enter_context(process(["-m", "bot", "run"], core=APP_CORE, env=env, port=port)))
        for pid in pids:
            at_rest(pid)
        return Subject(name, ports, Traffic(left, self._url), pids)


def file_of(folder: Path) -> Path:
    return folder / "cais.db"


async def in_turns(subjects: Sequence[Subject], rounds: int = ROUNDS) -> None:
    """Flat out."""
    for subject in subjects:
        await subject.warm_up()
    for _ in range(rounds):
        for subject in subjects:
            await subject.flat_out()


async def steadily(subjects: Sequence[Subject], rates: Sequence[int], rounds: int = ROUNDS) -> None:
    """At each fixed rate."""
    for _ in range(rounds):
        for rate in rates:
            for subject in subjects:
                subject.runs[rate].append(await subject.steady(rate))


def tell_rates(apps: Sequence[Subject], bare: Subject, where: str, *, goal: bool = False) -> None:
    for app in apps:
        words, met = (f"at least {LEAST} x", app.rate >= LEAST * bare.rate) if goal else ("", None)
        say(f"mixed, {where}, {app.name}", app.rate, bare.rate, "1/s", words, met=met)
        say(f"mixed, {where}, {app.name}, processor time", app.busy_for, bare.busy_for, "ms")


def tell_latencies(app: Subject, bare: Subject, where: str, rates: Sequence[int], *, judged: bool = True) -> None:
    for rate, share in itertools.product(rates, (0.5, 0.99)):
        ours, theirs = app.percentile(rate, share), bare.percentile(rate, share)
        goal, met = "", None
        if judged and (rate, share) == (RATES[0], 0.99):
            goal = f"under {MOST_MS:.0f} ms and at most {MOST_TIMES} x"
            met = ours < MOST_MS and ours <= MOST_TIMES * theirs
        say(f"mixed, {where}, {app.name}, {rate}/s, p{share * 100:.0f}", ours, theirs, "ms", goal, met=met)


def tell_growth(many: Subject, some: Subject) -> None:
    """Whether more firms make anything slower; here the yardstick is the app with fewer."""
    ratio = some.rate / many.rate
    goal, most = f"slower by {MOST_SLOWER:.0%} at most", 1 + MOST_SLOWER
    say(f"mixed, {many.name} against {some.name}", many.rate, some.rate, "1/s", goal, met=ratio <= most)
    ours, theirs = many.percentile(RATES[0], 0.5), some.percentile(RATES[0], 0.5)
    what = f"mixed, {many.name} against {some.name}, {RATES[0]}/s, p50"
    say(what, ours, theirs, "ms", goal, met=ours <= theirs * most)


async def on_sqlite(stack: ExitStack, folder: Path) -> None:
    """One, some and many firms in a file each."""
    stage = Stage(stack, folder)
    bare = stage.bare("bare Bolt")
    javascript = stage.javascript()
    few, some, many = [await stage.sqlite(count) for count in (FEW, SOME, MANY)]
    before = events(folder)
    await in_turns([bare, few, some, many, *filter(None, [javascript])])
    await steadily([bare, some, many], RATES[:1])
    await steadily([bare, some], RATES[1:], 2)
    must_have_been_recorded(before, events(folder), [some, many])
    tell_rates([few, some, many], bare, "SQLite", goal=True)
    tell_growth(many, some)
    tell_latencies(some, bare, "SQLite", RATES)
    tell_latencies(many, bare, "SQLite", RATES[:1])
    if javascript:
        say("mixed, SQLite, against Bolt for JavaScript", some.rate, javascript.rate, "1/s")
    else:
        print("Bolt for JavaScript is not measured: `npm install -g @slack/bolt` would bring it.")
    for app in (some, many):
        tell_memory(app)


def tell_memory(app: Subject) -> None:
    goal, held = f"under {MOST_MEGABYTES:.0f} MB", app.held
    say_alone(f"resident memory after that, {app.name}", held, "MB", goal, met=held < MOST_MEGABYTES)


def events(folder: Path) -> int:
    """How many events are in all databases of a folder."""
    total = 0
    for path in folder.glob("sqlite-*/cais.db"):
        with closing(sqlite3.connect(path)) as connection:
            total += connection.execute("SELECT COUNT(*) FROM events").fetchone()[0]
    return total


def must_have_been_recorded(before: int, after: int, apps: Sequence[Subject]) -> None:
    """A benchmark of clicks that change nothing would be quick. Raises RuntimeError."""
    asked = sum(rate * SECONDS for app in apps for rate in app.rates)
    if after - before < 0.4 * 0.9 * asked:
        raise RuntimeError(f"{after - before} events of {asked:.0f} requests")


async def on_postgres(stack: ExitStack, folder: Path) -> None:
    """One replica and two, beside bare Bolt and beside bare Bolt that writes one row."""
    with suppress(pytest.skip.Exception):
        # As careful as in earnest: a row is on the disk before anybody is told so.
        one, two = [stack.enter_context(postgres.server("fsync=on", "shared_buffers=128MB")) for _ in range(2)]
        await _on_postgres(Stage(stack, folder), one, two)
        return
    print("PostgreSQL is not measured: it is not installed.")


async def _on_postgres(stage: Stage, one: str, two: str) -> None:
    bare, writing = stage.bare("bare Bolt"), stage.bare("with one row", plain_url(one))
    apps = [await stage.postgres(one, SOME, 1), await stage.postgres(two, SOME, 2)]
    await in_turns([bare, writing, *apps])
    await steadily([bare, *apps], RATES[:1], 2)
    tell_rates(apps, bare, "PostgreSQL")
    say("bare Bolt with one row by asyncpg", writing.rate, bare.rate, "1/s")
    tell_rates(apps[:1], writing, "PostgreSQL, against bare with one row")
    for app in apps:
        tell_latencies(app, bare, "PostgreSQL", RATES[:1], judged=False)
        tell_memory(app)


async def mixed(folder: Path) -> None:
    """All of it, in about four minutes."""
    for part in (on_sqlite, on_postgres):
        with ExitStack() as stack:
            await part(stack, folder)
