"""Searching and reading a firm's own documents: `make bench-documents`. Each figure beside its yardstick, same run.

The yardsticks: FTS5 bare, in a file of its own, asked the same words with OR and ranked by bm25; the parser alone.
"""

import asyncio
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pypdfium2 as pdfium
from msgspec.structs import replace

from bot.reading.speech import Read
from bot.workers import reader
from flows.documents.finding import find
from flows.documents.words import stem
from flows.events import FirmKey
from flows.ports import Document, Passage
from storage.database import Database, open_database
from tests import papers
from tests.benchmarks.corpus import passages, questions
from tests.storage.decisions import set_up

KEY = FirmKey("-/T1", "f1")
SIZES = (1_000, 10_000, 100_000)
ASKED = 400
BATCH = 100


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def percentiles(seconds: Iterable[float]) -> str:
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.99)]
    return f"p50 {at[0]:7.2f} ms   p99 {at[1]:7.2f} ms"


def megabytes() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


# --- ours -----------------------------------------------------------------------------------------------------


async def ours(folder: Path, number: int) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{folder}/cais.db") as database:
        await database.events.change(KEY, set_up())
        texts, began = passages(number), time.process_time()
        rate, longest = await index(database, texts)
        busy = number / (time.process_time() - began)
        held = f"longest hold of the writer {longest * 1000:4.0f} ms"
        say(f"  ours       indexing {rate:7,.0f}/s   ({busy:,.0f} in a second of processor time)   {held}")
        asked = [[stem(word) for word in each] for each in questions(ASKED, passages(min(number, 10_000)))]
        taken, found, began = [], 0, time.process_time()
        for words in [*asked[:50], *asked]:
            start = time.perf_counter()
            found += bool(find(words, await database.knowledge.search(KEY, words), {"d1": "manual.pdf"}))
            taken.append(time.perf_counter() - start)
        busy = (time.process_time() - began) / len(taken) * 1000
        size = (folder / "cais.db").stat().st_size / 1e6
        said = f"memory of the process {megabytes():4.0f} MB   file {size:5.0f} MB   answered {found} of {len(taken)}"
        say(f"  ours       query    {percentiles(taken[50:])}   processor {busy:.1f} ms on average   {said}")


async def index(database: Database, texts: list[str]) -> tuple[float, float]:
    """Passages a second, and the longest time one batch took."""
    await database.knowledge.expect(Document(KEY, "d1", "manual.pdf", "pdf", "F1", "U1", "Ana", ""))
    document = await database.knowledge.take(by="me", now=0, lease=1e9)
    assert document is not None
    began, longest = time.perf_counter(), 0.0
    for at in range(0, len(texts), BATCH):
        batch = [Passage("d1", at // BATCH, "3 Supervision", text) for text in texts[at : at + BATCH]]
        start = time.perf_counter()
        assert await database.knowledge.shelve(document, batch, pages_read=at // BATCH, by="me", until=1e9)
        longest = max(longest, time.perf_counter() - start)
        document = replace(document, passages=document.passages + len(batch))
    return len(texts) / (time.perf_counter() - began), longest


# --- the yardstick --------------------------------------------------------------------------------------------


def bare(folder: Path, number: int) -> None:
    texts = passages(number)
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE VIRTUAL TABLE bare USING fts5(words, tokenize = 'ascii')")
    start = time.perf_counter()
    for at in range(0, number, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare (words) VALUES (?)", [(text,) for text in texts[at : at + BATCH]])
        connection.execute("COMMIT")
    say(f"  bare FTS5  indexing {number / (time.perf_counter() - start):7,.0f}/s")
    for name, glue in (("OR, ranked", " OR "), ("AND, 20 of", " AND ")):
        order = "ORDER BY rank LIMIT 20" if "OR" in name else "LIMIT 20"
        taken = []
        for words in questions(ASKED, texts[:10_000]):
            start = time.perf_counter()
            connection.execute(
                f"SELECT rowid FROM bare WHERE bare MATCH ? {order}", (glue.join(f'"{w}"' for w in words),)
            ).fetchall()
            taken.append(time.perf_counter() - start)
        say(f"  bare FTS5  {name} {percentiles(taken)}")
    connection.close()


# --- reading --------------------------------------------------------------------------------------------------

BOOK = 300
"""Pages, of some three hundred words each."""


async def reading(content: bytes) -> tuple[float, int]:
    """Seconds for our process, its start included, and the passages it cut."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        start, cut = time.perf_counter(), 0
        async for said in reader.read(file, "pdf"):
            cut += len(said.pieces) if isinstance(said, Read) else 0
        return time.perf_counter() - start, cut


def parser_alone(content: bytes) -> float:
    """Seconds for the library, in this process: text of every page, and nothing made of it."""
    start = time.perf_counter()
    document = pdfium.PdfDocument(content)
    for page in document:
        page.get_textpage().get_text_range()
    return time.perf_counter() - start


def read_a_book() -> None:
    content = papers.book(BOOK)
    say(f"A PDF of {BOOK} pages, {len(content) / 1e6:.1f} MB")
    seconds, cut = asyncio.run(reading(content))
    say(f"  ours        {seconds:5.2f} s   {BOOK / seconds:5,.0f} pages/s   {cut} passages, in a process of its own")
    alone = parser_alone(content)
    say(f"  parser alone {alone:4.2f} s   {BOOK / alone:5,.0f} pages/s")


# --- running --------------------------------------------------------------------------------------------------


def apart(work: Callable[..., None], *given: object) -> None:
    """In a process of its own, so that its memory is its own."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def run_ours(folder: Path, number: int) -> None:
    asyncio.run(ours(folder, number))


def main() -> None:
    apart(read_a_book)
    for number in SIZES:
        say(f"{number:,} passages of 97 words, {ASKED} questions of 2 to 8 words")
        with tempfile.TemporaryDirectory() as name:
            apart(run_ours, Path(name), number)
            apart(bare, Path(name), number)


if __name__ == "__main__":
    main()
