"""Claiming and planning reminders: `make bench-reminders`. Each figure beside the same statements, sent bare.

The yardstick is sqlite3, or asyncpg, on the same database in the same run, in turns with ours: the same SQL with the
same parameters, and the rows left as they come. ROWS and FIRMS (environment) make it smaller.
"""

import asyncio
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import uvloop
from msgspec.structs import replace

from bot.bootstrap import build_services
from bot.delivery.planner import TOGETHER
from bot.pack_files import read_pack
from bot.serving import tune_python
from flows.asked import Owed
from flows.events import FirmKey
from flows.firms import Person
from flows.packs import load_pack
from flows.ports import Facts, Replan
from flows.records import Stamp, record
from flows.reminders.replanning import replan
from flows.services import Act
from storage import owing, planning, statements
from storage.database import Database, open_database
from storage.event_store import keep_gist
from storage.postgres import SETTINGS
from storage.statements import Statement, postgres_language, sqlite_language
from storage.urls import plain_url
from tests.storage import postgres

ROWS = int(os.environ.get("ROWS", "1000000"))
FIRMS = int(os.environ.get("FIRMS", "10000"))
BATCH = 500
ROUNDS = 60
IN_A_ROW = 30
"""Claims of ours, or bare ones, that follow each other: each goes on where the one before it ended."""
TENANTS = 20
OF_A_FIRM = 40
"""Reminders owed to one firm's people."""
LEASE = 120.0
LOG_FILES = 60
ABOUT = '{"person":"slack:-/T1/U1","subject":"task:s3e","kind":"before","rung":5,"revision":"17","on":"2027-03-01"}'


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def milliseconds(seconds: Iterable[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def compare(what: str, ours: Sequence[float], bare: Sequence[float], goal: str = "") -> None:
    mine, theirs = ([milliseconds(taken, share) for share in (0.5, 0.95)] for taken in (ours, bare))
    ratio = mine[0] / theirs[0]
    said = f"p50 {mine[0]:7.2f}   p95 {mine[1]:7.2f} ms   bare {theirs[0]:7.2f} {theirs[1]:7.2f} ms   {ratio:5.2f} x"
    say(f"  {what:42} {said}   {goal}")


def reminder(nth: int) -> Owed:
    """The nth to be due, a second after the one before; where it is kept has nothing to do with when it is due."""
    firm = nth // OF_A_FIRM
    name = f"{nth * 2654435761 % 2**32:08x}"
    return Owed(
        tenant=f"-/T{firm % TENANTS}",
        key=f"f{firm}|task:s3e.{name}|slack:-/T{firm % TENANTS}/U{nth}|before|5|{nth % 90}",
        firm=f"f{firm}",
        kind="reminder",
        person=f"slack:-/T{firm % TENANTS}/U{nth}",
        about=ABOUT,
        due_at=float(nth),
        slot="digest",
    )


# --- the yardsticks -------------------------------------------------------------------------------------------


class BareSqlite:
    def __init__(self, path: Path) -> None:
        self._language = sqlite_language()
        self._raw = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "wal_autocheckpoint = 4000"):
            self._raw.execute(f"PRAGMA {pragma}")

    async def run(self, steps: Sequence[tuple[Statement, Any]]) -> Sequence[Any]:
        rows: Sequence[Any] = ()
        self._raw.execute("BEGIN IMMEDIATE")
        for statement, given in steps:
            compiled = self._language[statement]
            if isinstance(given, list):
                self._raw.executemany(compiled.sql, [compiled.bind(each) for each in given])
            else:
                rows = self._raw.execute(compiled.sql, compiled.bind(given)).fetchall()
        self._raw.execute("COMMIT")
        return rows

    async def settle_down(self) -> None:
        """Nothing is left to be done later."""

    async def close(self) -> None:
        self._raw.close()


class BarePostgres:
    def __init__(self, connection: Any) -> None:
        self._language = postgres_language()
        self._raw = connection

    async def run(self, steps: Sequence[tuple[Statement, Any]]) -> Sequence[Any]:
        rows: Sequence[Any] = ()
        async with self._raw.transaction():
            for statement, given in steps:
                compiled = self._language[statement]
                if isinstance(given, list):
                    await self._raw.executemany(compiled.sql, [compiled.bind(each) for each in given])
                else:
                    rows = await self._raw.fetch(compiled.sql, *compiled.bind(given))
        return rows

    async def settle_down(self) -> None:
        """What the server does on its own after so many new rows, which come over weeks and not in a minute."""
        await self._raw.execute("VACUUM ANALYZE")
        await self._raw.execute("CHECKPOINT")

    async def close(self) -> None:
        await self._raw.close()


Bare = BareSqlite | BarePostgres


# --- claiming -------------------------------------------------------------------------------------------------


class Line:
    """Reminders one after the other, a second apart: those before `at` are settled, those from `to` on are to come."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.at = self.to = 0

    async def fill(self, number: int) -> None:
        """Until so many wait, kept in no order, as changes come."""
        numbers = list(range(self.to, self.at + number))
        random.Random(self.to).shuffle(numbers)
        for first in range(0, len(numbers), 5000):
            await self._database.outbox.owe([reminder(nth) for nth in numbers[first : first + 5000]])
        self.to = self.at + number

    async def settle(self, taken: Sequence[tuple[str, str]]) -> None:
        """They were the next ones."""
        if len(taken) != BATCH:
            raise RuntimeError(f"{len(taken)} were taken up")
        for tenant in {tenant for tenant, _ in taken}:
            outcomes = {key: "sent" for whose, key in taken if whose == tenant}
            await self._database.outbox.settle(tenant, outcomes, now=2.0, message="D1/1.0")
        self.at += BATCH


async def claims(database: Database, bare: Bare, line: Line, there: int) -> None:
    """Batches that become due, while as many as before are still to come."""
    ours: list[float] = []
    theirs: list[float] = []
    turn: list[tuple[Statement, Any]] = [(owing.take_turn, {})] if isinstance(bare, BarePostgres) else []
    for nth in range(2 * ROUNDS):
        await line.fill(there)
        due = line.at + BATCH - 0.5
        begun = time.perf_counter()
        if nth // IN_A_ROW % 2:
            given = {"due": due, "since": line.at - 1.0, "now": 1.0, "until": 1.0 + LEASE, "limit": BATCH}
            rows = await bare.run([*turn, (owing.take, given), (owing.read_taken, {"until": 1.0 + LEASE})])
            taken = [(row[0], row[1]) for row in rows]
            theirs.append(time.perf_counter() - begun)
        else:
            slots = await database.outbox.claim(due=due, now=1.0, lease=LEASE, limit=BATCH)
            ours.append(time.perf_counter() - begun)
            taken = [(one.tenant, one.key) for slot in slots for one in slot.owed]
        await line.settle(taken)
    compare(f"claiming {BATCH} of {there:,}", ours, theirs, "p95 within 20 ms, flat")


# --- planning -------------------------------------------------------------------------------------------------


class Office:
    """The use cases on a database, and a clock that is set by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime(2027, 1, 4, 15, tzinfo=UTC)
        self.services = build_services(database, load_pack(*read_pack()), lambda: self.now)

    async def firm(self, tenant: str) -> FirmKey:
        """A firm of four people with a date and an owner for all that is left to do."""
        people = [Person(f"slack:{tenant}/U{n}", f"Person {n}") for n in range(4)]
        act, services = Act(who=people[0], source="import"), self.services
        key = (await services.set_up(tenant, act, name="Oak", situation="new")).position.key
        for person in people[1:]:
            await services.set_member(key, act, person, "member")
        await services.answer(key, act, "fdid_duty", ["yes"])
        result = await services.answer(key, act, "methods", ["agent"], agents=["Alpha", "Beta"])
        items = services.walk(result.position).items
        left = [i.key for i in items if i.state in ("open", "locked") and i.task.kind != "question"]
        dates = {task: date(2027, 1, 11) + timedelta(nth * 4) for nth, task in enumerate(left)}
        await services.accept_plan(key, act, dates)
        for nth, task in enumerate(left):
            await services.assign(key, act, task, people[nth % 4])
        await services.set_recurring(key, act, "Annual review", 3, 15)
        await services.set_target(key, act, date(2027, 6, 30))
        return key

    async def copies(self, of: FirmKey, keys: Iterable[FirmKey]) -> None:
        """More firms that did the same."""
        events = [each.event for each in await self.database.events.history(of)]
        stamp = Stamp(Person("U0", "Person 0"), self.now, "import", self.services.pack.edition)
        for key in keys:
            await self.database.events.change(key, lambda position, _: record(position, events, stamp))


def the_same_statements(key: FirmKey, made: Replan, name: str) -> list[tuple[Statement, Any]]:
    """What our plan did, under other names where it would be there already."""
    firm = {"tenant": key.tenant, "firm": key.firm}
    gone = [{"of_tenant": key.tenant, "of_key": f"{each}{name}"} for each in made.drop]
    new = [replace(each, key=f"{each.key}{name}") for each in made.add]
    people = {f"person_{n}": f"slack:{key.tenant}/U{n}" for n in range(4)}
    on_postgres = name.startswith("p")
    return [
        (statements.load_snapshot, {**firm, "known": None}),
        (planning.begin_without_waiting if on_postgres else planning.begin_plan, {**firm, **planning.NEVER}),
        (statements.workspace, {"tenant": key.tenant}),
        (planning.read_reach(4), {"tenant": key.tenant, **people}),
        (planning.read_rows, firm),
        (planning.drop, gone),
        *owing.owe(new),
        *keep_gist(key, made.gist),
        (planning.end_plan, {**firm, "new_version": 1, "new_planned_at": 1.0, "new_again_at": 1e10}),
    ]


async def one_firm(office: Office, bare: Bare, there: int) -> None:
    """A firm's plan after one of its dates moved, beside all the others' reminders."""
    key = await office.firm("-/T1")
    services, act = office.services, Act(who=Person("slack:-/T1/U0", "Person 0"), source="import")
    await services.reminders.replan(key)
    position = await office.database.events.position(key)
    assert position
    task, ours, theirs = next(iter(position.task_due)), list[float](), list[float]()
    for nth in range(ROUNDS):
        await services.set_task_due(key, act, task, date(2027, 1, 25) + timedelta(nth % 5))
        begun = time.perf_counter()
        made = await services.reminders.replan(key)
        ours.append(time.perf_counter() - begun)
        assert made
        assert made.add
        steps = the_same_statements(key, made, ("p" if isinstance(bare, BarePostgres) else "s") + str(nth))
        begun = time.perf_counter()
        await bare.run(steps)
        theirs.append(time.perf_counter() - begun)
        # What the bare ones wrote is not to be looked at by the next plan.
        gone = [f"{each.key}{name}" for each in made.add for name in (f"p{nth}", f"s{nth}")]
        await bare.run([(planning.drop, [{"of_tenant": key.tenant, "of_key": each} for each in gone])])
    compare(f"planning one firm beside {there:,}", ours, theirs, "within 5 ms")
    say(f"  of it the rules: p50 {milliseconds(await rules_alone(office, key), 0.5):.2f} ms")


async def rules_alone(office: Office, key: FirmKey) -> list[float]:
    """The same plan without the database."""
    services, taken = office.services, list[float]()

    def decide(facts: Facts) -> Replan:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            made = replan(services.pack, services.ledger, facts, office.now)
            taken.append(time.perf_counter() - begun)
        return made

    await office.database.plans.replan(key, decide, now=office.now.timestamp())
    return taken


async def nights(office: Office, number: int) -> None:
    """Every firm's plan, the first time and on the two days after."""
    model = await office.firm("-/N0")
    await office.copies(model, (FirmKey(f"-/N{n % TENANTS}", f"n{n}") for n in range(number)))
    for night in (1, 2, 3):
        before, planned, begun, busy = memory(), 0, time.perf_counter(), time.process_time()
        while keys := await office.services.reminders.stale(limit=100):
            for first in range(0, len(keys), TOGETHER):
                await asyncio.gather(*map(office.services.reminders.replan, keys[first : first + TOGETHER]))
            planned += len(keys)
        seconds = time.perf_counter() - begun
        said = f"{planned:,} firms planned in {seconds:6.1f} s   {seconds / planned * 1000:5.2f} ms a firm"
        said += f" ({(time.process_time() - busy) / planned * 1000:.2f} of processor time)"
        say(f"  night {night}: {said}   memory {before:.0f} to {memory():.0f} MB   10,000 within 60 s, flat")
        office.now += timedelta(1)
    taken, last = [], (office.now - timedelta(1)).timestamp()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        if await office.database.plans.stale(now=last, limit=100):
            raise RuntimeError("a plan is out of date")
        taken.append(time.perf_counter() - begun)
    say(f"  looking for plans that are out of date, where none is: p50 {milliseconds(taken, 0.5):.2f} ms")


def memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


# --- running --------------------------------------------------------------------------------------------------


async def on_sqlite(folder: Path) -> None:
    path = folder / "cais.db"
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        await measure(database, BareSqlite(path))


async def on_postgres(server: str) -> None:
    async with await open_database(server) as database:
        connection = await asyncpg.connect(plain_url(server), server_settings=SETTINGS)
        await make_logs(connection)
        await measure(database, BarePostgres(connection))


async def make_logs(connection: Any) -> None:
    """Files for PostgreSQL's log, as one that runs for a day has: it uses old ones again.

    Where there is none, it fills a new one with zeros, up to 70 ms in which nobody writes.
    """
    for _ in range(LOG_FILES):
        await connection.execute("CREATE TABLE of_no_use (a int); DROP TABLE of_no_use")
        await connection.execute("SELECT pg_switch_wal()")
    await connection.execute("CHECKPOINT")


async def measure(database: Database, bare: Bare) -> None:
    line = Line(database)
    for size in (ROWS // 100, ROWS // 10, ROWS):
        new, begun = line.at + size - line.to, time.perf_counter()
        await line.fill(size)
        say(f"  {new:,} more owed, {new / (time.perf_counter() - begun):,.0f} a second")
        await bare.settle_down()
        await claims(database, bare, line, size)
    office = Office(database)
    await one_firm(office, bare, ROWS)
    await nights(office, FIRMS)
    await bare.close()


def run(measured: Coroutine[None, None, None]) -> None:
    """On the loop that `cais run` runs on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measured)


def main() -> None:
    tune_python()
    with tempfile.TemporaryDirectory() as folder:
        say("SQLite")
        run(on_sqlite(Path(folder)))
    with ExitStack() as stack:
        settings = ("fsync=on", "shared_buffers=128MB", f"min_wal_size={16 * LOG_FILES}MB")
        server = stack.enter_context(postgres.server(*settings))
        say("PostgreSQL")
        run(on_postgres(server))


if __name__ == "__main__":
    main()
