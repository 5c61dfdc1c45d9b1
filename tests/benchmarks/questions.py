"""`make bench-questions`: an answer beside a raw full-text query over the same sentences, and a cold start."""

import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from bot.commands.ask import read_asker
from bot.pack_files import read_questions
from flows.questions.answer import Context
from flows.questions.knowledge import load_knowledge
from tests.flows.questions.scoring import read_set

ROUNDS = 3
STARTS = 5


def main() -> None:
    """Prints a table."""
    items = [*read_set("tuned"), *read_set("held_out")]
    asker = read_asker()
    table = _full_text()

    def answer(item: dict[str, object]) -> None:
        given = item.get("context") or {}
        assert isinstance(given, dict)
        asker.ask(
            str(item["question"]), Context(given.get("previous_question") or "", str(given.get("current_step") or ""))
        )

    def query(item: dict[str, object]) -> None:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", str(item["question"]))) or '"none"'
        table.execute("SELECT id FROM said WHERE said MATCH ? ORDER BY rank LIMIT 3", (words,)).fetchall()

    print(
        f"{len(items)} questions, {ROUNDS} rounds in turns; Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    taken: dict[str, list[float]] = {"answer": [], "raw FTS5 query": []}
    for _ in range(ROUNDS):
        taken["answer"] += _times(answer, items)
        taken["raw FTS5 query"] += _times(query, items)
    for name, times in taken.items():
        times.sort()
        p50, p99 = median(times), times[int(len(times) * 0.99)]
        print(f"{name:<16} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   max {times[-1]:6.2f} ms")
    print(f"{'cold start':<16} {median(_cold_start() for _ in range(STARTS)):.2f} s, the median of {STARTS}")


def _full_text() -> sqlite3.Connection:
    texts = read_questions()
    assert texts is not None
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE said USING fts5(id, text, tokenize='porter')")
    statements = load_knowledge(texts[0]).statements
    table.executemany("INSERT INTO said VALUES (?, ?)", [(key, s.text) for key, s in statements.items()])
    return table


def _times(ask: Callable[[dict[str, object]], None], items: Sequence[dict[str, object]]) -> list[float]:
    found = []
    for item in items:
        begins = time.perf_counter()
        ask(item)
        found.append((time.perf_counter() - begins) * 1000)
    return found


def _cold_start() -> float:
    begins = time.perf_counter()
    said = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "-"], input=b"deadline?\n", capture_output=True, check=True
    )
    assert json.loads(said.stdout)["answered"]
    return time.perf_counter() - begins


if __name__ == "__main__":
    main()
