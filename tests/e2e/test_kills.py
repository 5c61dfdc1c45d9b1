"""The bot dies at any moment while people click: what Slack was told is done is there, once, and the chain holds.

`make kills` does it fifty times; KILLS is the count.
"""

import asyncio
import os
import random
import signal
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from bot.sandbox.sandbox import Sandbox
from flows.events import NoteAdded, Record
from tests.bot.conversing import ANA, BEN, GENERAL, LEA
from tests.e2e.clicking import Clicker, Typist, walk_on, write_on
from tests.e2e.histories import assert_nothing_is_lost_or_doubled, read
from tests.e2e.processes import BotProcess, Watched, bot_beside_slack, verified
from tests.e2e.walking import add_member, set_up, walk_to_the_end

KILLS = int(os.environ.get("KILLS", "3"))
REPEATS = tuple(0.4 + 0.9 * n for n in range(30))
"""Seconds until Slack repeats an event. The bot dies each second: Slack's own three would now and then all fail."""

AS_SLACK: dict[str, Any] = {"retry_delays": REPEATS, "ack_seconds": 3.0, "trigger_seconds": 3.0}
"""Options of a sandbox that waits no longer than Slack for a bot that may be dead."""

BETWEEN = 5
"""Acknowledged acts from one kill to the next, at least, however slow the machine."""

CONRAD = "U0CON"
AGENT = ["Through a CAT Reporting Agent"]


async def everybody_begins(slack: Watched) -> None:
    """Ben and Lea lead a firm each; Ana and Conrad share one, and Ana types in her DM too."""
    for user, name in ((BEN, "Birch Brokers"), (LEA, "Larch Securities"), (ANA, "Apex Securities")):
        someone = slack.person(user).at(GENERAL)
        await set_up(someone, name)
        await someone.presses("Next")
        if user != ANA:
            first = "Test relationship with your agent: Apex Clearing"
            await walk_to_the_end(someone, AGENT, ("Apex Clearing",), stop=first)
    await slack.person(CONRAD).at(GENERAL).types("/cais")
    await add_member(slack.ana.at(GENERAL), CONRAD)


def told(people: list[Clicker]) -> int:
    """How many of their acts Slack got an ack for."""
    return sum(sum(person.causes.values()) for person in people)


async def kill_again_and_again(bot: BotProcess, sandbox: Sandbox, people: list[Clicker], typist: Typist) -> int:
    """Kills the bot while everybody clicks; after each kill the file is looked at, and old clicks come once more."""
    chance, up, over = random.Random(bot.transport), asyncio.Event(), asyncio.Event()
    up.set()
    acts = {BEN: walk_on, LEA: walk_on, ANA: write_on, CONRAD: write_on}
    working = [asyncio.create_task(person.go_on(acts[person.user], up, over)) for person in people]
    working.append(asyncio.create_task(typist.go_on(up, over)))
    rows: list[Record] = []
    for number in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 0.7))
        async with asyncio.timeout(60):
            while told(people) <= BETWEEN * (number + 1):
                await asyncio.sleep(0.01)
        await bot.end(signal.SIGKILL)
        up.clear()
        await sandbox.settled()
        rows = await read(bot.address)
        assert_nothing_is_lost_or_doubled(rows, people)
        a_minute_passes(bot.database)
        await bot.start()
        for click in filter(None, (person.last_click for person in people)):
            await sandbox.replay(click)
        await typist.repeat_last()
        up.set()
    over.set()
    await asyncio.gather(*working)
    return len(rows)


def a_minute_passes(database: Path) -> None:
    """The leases end of what a killed bot had taken, so that the next one takes it up at once."""
    with sqlite3.connect(database) as file:
        file.execute("UPDATE inbox SET taken_until = 0 WHERE settled_at IS NULL")


async def until_everything_typed_is_answered(bot: BotProcess, sandbox: Sandbox, typist: Typist) -> None:
    """Slack has repeated what was lost, and the last bot has taken up what was left."""
    async with asyncio.timeout(60):
        while sandbox.slack.delivery._tasks:
            await asyncio.sleep(0.05)
    await bot.end(signal.SIGKILL)
    a_minute_passes(bot.database)
    await bot.start()
    asked = len(typist.typed)
    await sandbox.until(lambda: len(typist.answers) >= asked, 60)
    await sandbox.settled()


async def test_what_slack_was_told_is_done_survives_every_kill(transport: str, tmp_path: Path) -> None:
    async with bot_beside_slack(transport, tmp_path, **AS_SLACK) as (sandbox, bot):
        await bot.start()
        await everybody_begins(Watched(sandbox))
        chance = random.Random(7)
        people = [Clicker(sandbox, user, GENERAL, chance) for user in (BEN, LEA, ANA, CONRAD)]
        typist = Typist(sandbox, ANA)
        await kill_again_and_again(bot, sandbox, people, typist)
        await until_everything_typed_is_answered(bot, sandbox, typist)

        rows = await read(bot.address)
        assert_nothing_is_lost_or_doubled(rows, people)
        kept = {row.event.text: row.cause for row in rows if isinstance(row.event, NoteAdded)}
        assert [text for text in typist.typed if text not in kept] == []
        assert Counter(typist.answers) == Counter(kept[text] for text in typist.typed), "one reply to each"
        clicks = f"{KILLS} kills, {told(people)} acknowledged clicks"
        print(f"{transport}: {clicks}, {len(typist.typed)} typed, {len(rows)} events")
        print(await verified(tmp_path))
        assert told(people) > BETWEEN * KILLS
