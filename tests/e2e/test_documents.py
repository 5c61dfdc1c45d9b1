"""A firm's document over both transports, with the bot as a process that is killed while it reads."""

import asyncio
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.sandbox.sandbox import Sandbox
from tests import papers
from tests.bot.conversing import BEN, words_of
from tests.e2e.processes import PATIENCE, BotProcess, Watched, bot_beside_slack, verified
from tests.e2e.walking import set_up

PAGES = 300


def shown(sandbox: Sandbox, words: str) -> Callable[[], bool]:
    """Whether this stands in a message of Ben's DM."""
    return lambda: any(words in words_of(message) for message in sandbox.messages(BEN, sandbox.dm(BEN)))


def kept(bot: BotProcess) -> int:
    """Passages in the database."""
    with closing(sqlite3.connect(bot.database)) as connection:
        return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])


async def adds_a_book(slack: Watched) -> None:
    ben = slack.ben
    await ben.types("/cais firm documents")
    await ben.presses("Add a document")
    book = slack.sandbox.hand_over(BEN, "book.pdf", papers.book(PAGES))
    assert (await ben.submits({"file": [book]}))["ok"]


async def asks(slack: Watched, page: int) -> str:
    """What the firm's documents say about one page's subject."""
    answer = await slack.sandbox.say(BEN, slack.ben.channel, f"/cais firm documents rule about subject{page}")
    assert answer["ok"]
    await slack.sandbox.until(shown(slack.sandbox, f"is rule{page}."), PATIENCE)
    return next(text for m in slack.ben.sees if f"rule{page}." in (text := words_of(m)))


async def dies_in_the_middle(bot: BotProcess, sandbox: Sandbox, at: int) -> int:
    """Kills it once this much is kept, and starts another; how much was kept then."""
    async with asyncio.timeout(PATIENCE):
        while kept(bot) < at:
            assert not shown(sandbox, "✅ Ready")()
            await asyncio.sleep(0.005)
    await bot.end(signal.SIGKILL)
    before = kept(bot)
    with closing(sqlite3.connect(bot.database)) as connection:
        # The dead process's lease, as if its half a minute were over.
        connection.execute("UPDATE documents SET taken_until = 0")
        connection.commit()
    await bot.start()
    await sandbox.settled()
    return before


def assert_each_passage_is_kept_once(bot: BotProcess, tries: int) -> int:
    """And found by its words; how many there are."""
    with closing(sqlite3.connect(bot.database)) as connection:
        texts = [row[0] for row in connection.execute("SELECT text FROM passages ORDER BY id")]
        counted = connection.execute("SELECT passages, tries FROM documents").fetchall()
        words = connection.execute("SELECT count(*) FROM passage_words").fetchone()[0]
    assert len(set(texts)) == len(texts) == words
    assert counted == [(len(texts), tries)]
    return len(texts)


async def test_a_book_of_300_pages_is_read_to_its_end_by_bots_that_are_killed_found_and_removed(
    transport: str, tmp_path: Path
) -> None:
    async with bot_beside_slack(transport, tmp_path) as (sandbox, bot):
        await bot.start()
        slack = Watched(sandbox)
        await set_up(slack.ben)
        await adds_a_book(slack)
        await sandbox.until(shown(sandbox, "book.pdf"), PATIENCE)
        before = [await dies_in_the_middle(bot, sandbox, at) for at in (1, 400)]
        missed = len(sandbox.refused)
        await sandbox.until(shown(sandbox, f"✅ Ready: {PAGES} pages."), PATIENCE)
        for page in (1, 150, PAGES):
            assert f"page {page}" in await asks(slack, page)
        assert "book.pdf*, 25. Chapter 25, page 247" in await asks(slack, 247)
        assert assert_each_passage_is_kept_once(bot, tries=3) > before[1] > before[0]
        notes = [words_of(m) for m in slack.ben.sees if "Ready: 300 pages." in words_of(m)]
        assert len(notes) == 1

        await slack.ben.types("/cais firm documents")
        await slack.ben.presses("Remove")
        assert (await slack.ben.submits({"reason": "superseded by the binder"}))["ok"]
        await sandbox.until(shown(sandbox, "was removed. Nothing is quoted from it any more."), PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while kept(bot):
                await asyncio.sleep(0.05)
        assert sandbox.refused[missed:] == [], "only while no bot was there"
        assert "ok: 1 firm" in await verified(tmp_path)
