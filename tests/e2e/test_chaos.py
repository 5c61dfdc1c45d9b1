"""Everything goes wrong around two replicas while people talk to them: nothing is lost, nothing is said twice.

`make chaos` does it for ten minutes, a quarter of them in each of four towns; MINUTES is the count. `make test` visits
one town, for a dozen conversations.
"""

import asyncio
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.arrivals import keys_in, short
from flows.asked import ARRIVED
from flows.events import NoteAdded, Record
from storage.postgres import plain_url
from tests.bot.conversing import Json, words_of
from tests.e2e.clicking import Clicker
from tests.e2e.histories import assert_nothing_is_doubled, read
from tests.e2e.processes import verified
from tests.e2e.town import Town, a_town, go_on_talking
from tests.e2e.troubles import hits, make_trouble
from tests.storage.conftest import postgres_server, postgres_url
from tests.storage.fresh import fresh_database

__all__ = ["postgres_server", "postgres_url"]  # fixtures are found by their names here

MINUTES = float(os.environ.get("MINUTES", "0"))
TOWNS = [("http", "postgres_url"), *([("socket", ""), ("socket", "postgres_url"), ("http", "")] if MINUTES else [])]
AT_ONCE = 6 if MINUTES else 3
"""Conversations."""

MOST = 10_000 if MINUTES else 10
LASTING = (2.0, 7.0) if MINUTES else (0.1, 0.2)
"""Seconds, from and to, that one trouble takes."""

APOLOGY = "Something went wrong on our side"


@pytest.fixture
def address(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Of the database that both replicas share."""
    found: str = request.getfixturevalue(database) if database else fresh_database(tmp_path / "cais.db")
    return found


@pytest.mark.parametrize(("transport", "database"), TOWNS)
async def test_nothing_is_lost_or_said_twice_whatever_goes_wrong(transport: str, address: str, tmp_path: Path) -> None:
    async with a_town(transport, tmp_path, address, seed=11) as town:
        happened = await talk_in_trouble(town)
        await comes_to_rest(town, address)
        assert await town.one_more_with_each()
        assert [await replica.end(signal.SIGTERM) for replica in town.replicas] == [0, 0]
        rows = await read(address)
        print(report(town, rows, happened))
        assert_what_was_acknowledged_is_there(town, rows)
        assert_each_note_is_answered_once(town, rows)
        assert_what_is_owed_was_sent_once(town, await stored(address, "SELECT key, outcome FROM outbox"))
        print((await verified(tmp_path, address)).splitlines()[-1])


async def talk_in_trouble(town: Town) -> Counter[str]:
    """Some talk at any time; what went wrong, and how often."""
    over = asyncio.Event()
    talking = [asyncio.create_task(go_on_talking(town, over, MOST)) for _ in range(AT_ONCE)]
    happened = await make_trouble(town, time.monotonic() + 60 * MINUTES / len(TOWNS), LASTING)
    over.set()
    await asyncio.gather(*talking)
    return happened


async def comes_to_rest(town: Town, address: str) -> None:
    """Both die once more; the leases end of what they had in hand, and the next ones settle everything."""
    for replica in town.replicas:
        await replica.end(signal.SIGKILL)
    await stored(address, "UPDATE inbox SET taken_until = 0 WHERE settled_at IS NULL")
    await stored(address, "UPDATE taken SET until = 0")
    await asyncio.gather(*(replica.start() for replica in town.replicas))
    due = town.now().timestamp()
    untold, unsent = "SELECT id FROM inbox WHERE settled_at IS NULL", "SELECT key FROM outbox WHERE settled_at IS NULL"
    async with asyncio.timeout(90):
        while (
            town.sandbox.slack.delivery._tasks
            or await stored(address, untold)
            or await stored(address, f"{unsent} AND due_at < {due}")
        ):
            await asyncio.sleep(0.2)


async def stored(address: str, statement: str) -> Sequence[Any]:
    """What the database itself says."""
    if address.startswith("sqlite"):
        with sqlite3.connect(address.partition("///")[2]) as file:
            return file.execute(statement).fetchall()
    connection = await asyncpg.connect(plain_url(address))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


def assert_what_was_acknowledged_is_there(town: Town, rows: Sequence[Record]) -> None:
    """Once, or its author was told that it went wrong."""
    there = {(row.cause or "").partition("+")[0] for row in rows}
    missing = {person.user: missed(person, there) for person in town.people}
    assert {user: causes for user, causes in missing.items() if len(causes) > apologies(town, user)} == {}
    assert_nothing_is_doubled(rows, town.people)


def missed(person: Clicker, there: Collection[str]) -> list[str]:
    """Acts with an ack that no history has.

    Whoever acts after one without an ack does not know how things stand: what he presses may have been done by that
    one, or not be next any more, and he is answered so. The first of his acts that counts says that he knows again.
    """
    found, knows = [], True
    for cause, told in person.causes.items():
        if told and cause not in there and knows:
            found.append(cause)
        knows = told and (knows or cause in there)
    return found


def read_by(town: Town, user: str) -> list[Json]:
    """What stands before somebody, but what he typed himself."""
    seen = [m for channel in town.sandbox.slack.workspace.messages.values() for m in channel.values()]
    return [m for m in seen if m["user"] != user and user in (m.get("ephemeral_to"), f"U{m['channel'][1:]}")]


def apologies(town: Town, user: str) -> int:
    """How often somebody reads that it did not work."""
    return sum(APOLOGY in words_of(message) for message in read_by(town, user))


def assert_each_note_is_answered_once(town: Town, rows: Sequence[Record]) -> None:
    """What was typed is recorded, or said not to be; each has one answer, unless Slack refused that very answer."""
    kept = {row.event.text for row in rows if isinstance(row.event, NoteAdded)}
    refused = {cause(c.args) for c in town.calls if c.method == "chat.postMessage" and not c.answer["ok"]}
    for typist in town.typists:
        unkept = [text for text in typist.typed if text not in kept]
        answers = Counter(typist.answers)
        assert [answer for answer, n in answers.items() if n > 1] == []
        told = town.event_ids(typist.user)
        assert set(told) - set(answers) - refused == set()
        assert len(unkept) <= apologies(town, typist.user) + len(set(told) & refused)


def cause(args: Json) -> str:
    """Which Slack event a message answers."""
    return str(((args.get("metadata") or {}).get("event_payload") or {}).get("cause", ""))


def assert_what_is_owed_was_sent_once(town: Town, outbox: Sequence[Any]) -> None:
    """By the keys in the messages: what the outbox calls sent stands in one, and nothing stands in two."""
    said = [m for channel in town.sandbox.slack.workspace.messages.values() for m in channel.values()]
    keys = Counter(key for message in said for key in keys_in(message))
    assert [key for key, n in keys.items() if n > 1] == []
    sent = {short(key) for key, outcome in outbox if outcome in ARRIVED}
    assert sent - set(keys) == set()
    assert sent


def report(town: Town, rows: Sequence[Record], happened: Counter[str]) -> str:
    """The figures of docs/operations.md."""
    waits = sorted(entry["ms"] for entry in town.told if isinstance(entry.get("ms"), float))
    late = sum(entry["status"] == "timeout" for entry in town.told)
    acked = sum(told for person in town.people for told in person.causes.values())
    typed = sum(len(typist.typed) for typist in town.typists)
    memory, restarts = town.megabytes, sum(replica.restarts for replica in town.replicas)
    return "\n".join(
        (
            f"\n{town.replicas[0].transport} on {town.replicas[0].address.partition('+')[0]}:",
            f"  {len(town.people)} conversations, {town.finished} to their end",
            f"  {acked} acts acknowledged, {typed} notes typed, {len(rows)} events recorded",
            f"  troubles: {dict(sorted(happened.items()))}",
            f"  faults that met a call: {dict(sorted(hits(town.told + town.called).items()))}",
            f"  ack: p50 {waits[len(waits) // 2]:.0f} ms, p99 {waits[len(waits) * 99 // 100]:.0f} ms, {late} too late",
            f"  memory of a replica: {memory[-1]:.0f} MB at the end, {max(memory):.0f} MB at most",
            f"  a start that failed and was tried again: {restarts}",
        )
    )
