"""`make replicas`: two and four of them on one PostgreSQL behind a balancer, every other with a clock a minute ahead.

People talk all the time. One replica is killed with messages on their way and the others bring them within its lease;
then all are started anew, one after the other. Nothing is lost, and each reminder, digest and summary comes once.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SKEW
from bot.delivery.rounds import LEASE, ROUND
from flows.asked import ARRIVED
from flows.heads import heads_in
from flows.summaries.posting import REDRAW
from tests.bot.conversing import Json, words_of
from tests.e2e.afterwards import (
    OWED,
    assert_each_note_is_answered_once,
    assert_nothing_is_stuck_late_or_growing,
    assert_what_is_owed_was_sent_once,
    assert_what_people_read_is_so,
    report,
    settles,
    stored,
)
from tests.e2e.histories import assert_nothing_is_doubled, read
from tests.e2e.processes import BOT, verified
from tests.e2e.town import Town, a_town, business_time, go_on_talking
from tests.e2e.troubles import ends_in_time
from tests.storage.conftest import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]  # fixtures are found by their names here

COUNTS = [int(count) for count in os.environ.get("REPLICAS", "2 4").split()]
TYPED = ("/cais due s3 tomorrow", "/cais due s4 tomorrow", "/cais summary daily")
"""Two dates of somebody's on one day are said in one message, a digest."""

REDRAWN = f"SELECT DISTINCT message, settled_at FROM outbox WHERE kind = '{REDRAW}' AND outcome = 'sent'"

TALKING = 4
"""Conversations at once."""

A_WHILE = 5.0
"""Seconds after the last act of a conversation by which all that follows from it is planned."""


@pytest.mark.parametrize("count", COUNTS)
async def test_replicas_are_as_good_as_one(count: int, postgres_url: str, tmp_path: Path) -> None:
    ahead = [SKEW * (nth % 2) for nth in range(count)]
    async with a_town("http", tmp_path, postgres_url, seed=count, ahead=ahead, typed=TYPED) as town:
        over, happened = asyncio.Event(), Counter[str]()
        talking = [asyncio.create_task(go_on_talking(town, over)) for _ in range(TALKING)]
        await something_is_under_way(town)
        covered = await one_dies_and_the_others_go_on(town, postgres_url)
        await all_are_started_anew(town, happened)
        over.set()
        await asyncio.gather(*talking)
        assert await town.one_more_with_each()
        await settles(town, postgres_url, time.time())
        for replica in town.replicas:
            await ends_in_time(town, replica)
        rows, owed = await read(postgres_url), await stored(postgres_url, OWED)
        print(report(town, rows, happened))
        print(f"  requests by replica: {sorted(town.balancer.served.values())}; {covered}")
        print(f"  {said_together(town, owed)} digests of two dates, {len(summaries(town))} summaries in channels")
        redrawn = await stored(postgres_url, REDRAWN)
        print(f"  {updates_once(town, redrawn)} updates of summaries")
        assert set(town.balancer.served) == {replica.port for replica in town.replicas}
        assert_what_people_read_is_so(town, rows)
        assert_nothing_is_doubled(rows, town.people)
        assert_each_note_is_answered_once(town, rows)
        assert_what_is_owed_was_sent_once(town, owed)
        assert_nothing_is_stuck_late_or_growing(town, rows)
        print((await verified(tmp_path, postgres_url)).splitlines()[-1])


async def something_is_under_way(town: Town) -> None:
    """A few people have been there to the end, and the first reminders and summaries stand."""
    await town.sandbox.until(lambda: town.finished >= TALKING, 300)
    await town.sandbox.until(lambda: summaries(town), 120)


async def one_dies_and_the_others_go_on(town: Town, address: str) -> str:
    """Killed while Slack takes its time with everything it is told; what was on the way then is brought by another."""
    town.sandbox.faults({"method": "*", "kind": "slow", "seconds": 5, "times": -1})
    await asyncio.sleep(3)
    await town.replicas[0].end(signal.SIGKILL)
    died = time.time()
    left = f"SELECT id FROM inbox WHERE settled_at IS NULL AND told_at <= {died}"
    unsent = f"SELECT key FROM outbox WHERE settled_at IS NULL AND due_at <= {town.now().timestamp()}"
    under_way = f"{len(await stored(address, left))} events and {len(await stored(address, unsent))} messages"
    town.sandbox.faults()
    await settles(town, address, died, LEASE + SKEW + 2 * ROUND + 120)
    return f"{under_way} were on their way at a kill, all brought {time.time() - died:.0f} s after it"


async def all_are_started_anew(town: Town, happened: Counter[str]) -> None:
    """The dead one, and then each of them in turn, while everybody talks."""
    await town.replicas[0].start()
    for replica in town.replicas:
        await ends_in_time(town, replica)
        await replica.start()
        happened["restarts"] += 1
        await asyncio.sleep(1)


def summaries(town: Town) -> list[Json]:
    """Those that stand in channels."""
    said = [m for channel in town.sandbox.slack.workspace.messages.values() for m in channel.values()]
    return [m for m in said if m["user"] == BOT and not m.get("ephemeral_to") and heads_in(words_of(m))]


def updates_once(town: Town, redrawn: Sequence[Any]) -> int:
    """How often summaries were drawn anew; fails where that was more often than something had changed."""
    known = Counter(row["message"] for row in redrawn)
    there = {f"{message['channel']}/{message['ts']}" for message in summaries(town)}
    done = Counter(
        f"{call.args['channel']}/{call.args['ts']}"
        for call in town.calls
        if call.method == "chat.update" and call.answer["ok"]
    )
    assert {at: n for at, n in done.items() if at in there and n > known[at] + len(town.deaths)} == {}
    return sum(n for at, n in done.items() if at in there)


def said_together(town: Town, owed: Sequence[Any]) -> int:
    """How many digests of two dates there are; fails where two dates known long before were said in two messages."""
    planned = {act.user: business_time(town.replicas[0].begun, act.at + A_WHILE) for act in town.answers.acts}
    together: dict[tuple[str, float], list[str]] = {}
    for row in owed:
        whose, due = row["person"].rpartition("/")[2], row["due_at"]
        if row["slot"] == "digest" and row["outcome"] in ARRIVED and due > planned[whose].timestamp():
            together.setdefault((whose, due), []).append(row["message"])
    assert [at for at, messages in together.items() if len(set(messages)) > 1] == []
    return sum(len(messages) > 1 for messages in together.values())
