"""How long each file takes for 300 firms with 40 events each, a packet of one firm, and memory over 100 exports."""

import asyncio
import gc
import io
import resource
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import psutil
from msgspec.structs import replace

from bot.files.writing import write
from bot.pack_files import read_deadlines, read_pack
from bot.workers import scribe
from flows import own_dates, progress
from flows.deadlines import load_ledger
from flows.events import Record
from flows.exports.record import Export, FirmRecord, Format
from flows.exports.whole import read
from flows.records import seal
from flows.workspace import Workspace
from tests.flows.life import ANA, PACK, TODAY, Life

FIRMS, EVENTS = 300, 40
LIMITS: Mapping[Format, float] = {"csv": 2.0, "json": 2.0, "ics": 2.0, "xlsx": 4.0}
PACKET = 20.0
TIMES = 100
GROWTH = 15.0
"""MB that memory may differ between the tenth and the hundredth export: less than a single one takes."""


def a_life(nth: int) -> Life:
    """A firm on its way, with something of everything, of so many events."""
    life = Life(target=date(2027, 5, 28)).go("agent", agents=["Clear Co", f"Agent {nth}"])
    keys = [item.key for item in life.walk.items if item.state in ("open", "locked")]
    turn = 0
    while life.position.version < EVENTS:
        key, turn = keys[turn % len(keys)], turn + 1
        if turn % 3 == 0:
            life.take(progress.add_note(PACK, life.position, ANA, text=f"Called, try {turn}.", key=key))
        elif turn % 3 == 1:
            due = date(2027, 1, 1 + turn % 28)
            life.take(own_dates.set_task_due(PACK, life.position, ANA, key, due, today=TODAY))
        else:
            about = {"kind": "link", "text": f"https://example.com/{turn}", "label": f"Form {turn}"}
            life.take(progress.add_evidence(PACK, life.position, ANA, key, today=TODAY, **about))  # type: ignore[arg-type]
    return life


def record(nth: int) -> FirmRecord:
    """Such a firm under an id of its own, its chain sealed anew."""
    rows: list[Record] = []
    for row in a_life(nth).history:
        moved = replace(row, firm=f"f{nth}", previous_hash=rows[-1].hash if rows else "")
        rows.append(replace(moved, hash=seal(moved)))
    return FirmRecord(tuple(rows))


def export(format_: Format, firms: Sequence[FirmRecord]) -> Export:
    shared = {"-/T1": Workspace(load_ledger(read_deadlines()))}
    return Export(format_, tuple(firms), PACK, read_pack()[1], shared, datetime(2026, 11, 23, 15, tzinfo=UTC), "Ana")


async def by_the_scribe(made: Export) -> tuple[float, float, int]:
    """As the bot has it written: seconds of real time, the processor's seconds in the other process, and bytes."""

    async def nobody(_: str) -> None:
        return

    with tempfile.TemporaryFile() as file:
        began, busy = time.monotonic(), _busy()
        written = await scribe.write(made, file, nobody)
        return time.monotonic() - began, _busy() - busy, written.size


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def measure() -> bool:
    """Prints the figures; whether all are within their limits."""
    firms = [record(nth) for nth in range(FIRMS)]
    print(f"{FIRMS} firms, {sum(len(firm.rows) for firm in firms)} events\n")
    print(f"{'format':<8}{'real time':>12}{'processor':>12}{'limit':>8}{'size':>12}")
    good = True
    for format_, limit in {**LIMITS, "packet": PACKET}.items():
        of = firms[:1] if format_ == "packet" else firms
        took, busy, size = await by_the_scribe(export(format_, of))
        good &= took < limit
        one = "   (one firm)" if format_ == "packet" else ""
        print(f"{format_:<8}{took:>10.2f} s{busy:>10.2f} s{limit:>6.0f} s{size / 1e6:>9.2f} MB{one}")
    whole = _whole(firms)
    began = time.process_time()
    read(whole)
    print(f"{'read in':<8}{'':>12}{time.process_time() - began:>10.2f} s   (json: read, and every chain followed)\n")
    return await memory(firms[:20]) and good


def _whole(firms: Sequence[FirmRecord]) -> bytes:
    into = io.BytesIO()
    write(export("json", firms), into)
    return into.getvalue()


async def memory(firms: Sequence[FirmRecord]) -> bool:
    """A hundred exports one after the other, in this process and as the bot does it, where the packets come too."""
    formats: Sequence[Format] = ("xlsx", "csv", "ics", "json")
    seen = [_after(nth, formats, firms) for nth in range(TIMES)]
    grown = seen[-1] - seen[9]
    print(f"memory over {TIMES} exports in one process: {seen[9]:.0f} MB after ten, {seen[-1]:.0f} MB after all")
    before = _resident()
    for nth in range(TIMES):
        format_: Format = "packet" if nth % 10 == 0 else formats[nth % 4]
        await by_the_scribe(export(format_, firms[:1]))
    there = _resident() - before
    print(f"memory of the bot over {TIMES} exports, ten of them packets: {before:.0f} MB and {there:+.1f} MB")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"the largest process that wrote one: {children:.0f} MB")
    return grown < GROWTH and there < GROWTH


def _after(nth: int, formats: Sequence[Format], firms: Sequence[FirmRecord]) -> float:
    write(export(formats[nth % len(formats)], firms), io.BytesIO())
    return _resident()


def _resident() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(measure()) else 1)
