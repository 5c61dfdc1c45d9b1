"""A database in trouble where a workspace's token has to be looked up first: Slack has its ack in time all the same."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import pytest

from bot.errors import STILL_WORKING
from bot.slack.installed import NOT_HERE
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database, open_database
from storage.errors import StorageUnavailable
from storage.installations import Installation, Installations
from tests.bot.conversing import BEN, GENERAL, words_of
from tests.bot.test_oauth import TENANT, Browser, browsing, slack_tells

BUDGET = 0.2
SLOW = 0.6

SAYS_HI: dict[str, object] = {
    "type": "app_mention",
    "user": BEN,
    "channel": GENERAL,
    "text": "<@U0CAIS> next",
    "ts": "1",
}


class Troubled:
    """The installations on a database that takes its time, or fails."""

    def __init__(self, kept: Installations) -> None:
        self._kept = kept
        self.seconds = 0.0
        self.fails = False

    async def of(self, tenant: str) -> Installation | None:
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise StorageUnavailable("gone")
        return await self._kept.of(tenant)

    async def delete(self, tenant: str) -> bool:
        return await self._kept.delete(tenant)


class Town:
    """The workspace, and its database's troubles."""

    def __init__(self, browser: Browser) -> None:
        assert browser.slack.bot.workspaces is not None
        self.browser, self.slack, self._workspaces = browser, browser.slack, browser.slack.bot.workspaces
        self.troubles = Troubled(browser.kept)
        self._workspaces.installations = self.troubles  # type: ignore[assignment]  # what of it is asked for here

    def forgets(self, *, seconds: float = SLOW, fails: bool = False) -> None:
        """The token has to be read again, with this trouble."""
        self.troubles.seconds, self.troubles.fails = seconds, fails
        self._workspaces.doubt(TENANT)

    def waited(self, how: str) -> tuple[int, float]:
        """How many acks of this kind there were, and how long Slack waited for all of them, by our metrics."""
        shown = self.slack.bot.counts.exposition()
        many = re.search(rf'cais_ack_seconds_count{{how="{how}"}} (\d+)', shown)
        seconds = re.search(rf'cais_ack_seconds_sum{{how="{how}"}} ([\d.]+)', shown)
        return (int(many[1]), float(seconds[1])) if many and seconds else (0, 0.0)


@pytest.fixture
async def database(services: Services, tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as opened:
        yield opened


@pytest.fixture
async def town(database: Database, pack: Pack) -> AsyncIterator[Town]:
    async with browsing(database, pack, budget=BUDGET) as browser:
        await browser.adds_it()
        yield Town(browser)


@pytest.mark.parametrize("channel", [GENERAL, ""])
async def test_a_command_is_told_to_wait_and_answered_once_the_token_is_read(town: Town, channel: str) -> None:
    ana = town.slack.ana.at(channel) if channel else town.slack.ana
    before = len(ana.sees)
    town.forgets()
    await ana.types("/cais help")
    first, second = ana.sees[before:]
    assert first["text"] == STILL_WORKING
    assert "You can type" in words_of(second)
    count, seconds = town.waited("command")
    assert count == 1
    assert BUDGET <= seconds < SLOW


async def test_a_click_is_acked_and_told_to_wait_without_a_token(town: Town) -> None:
    ana = town.slack.ana
    await ana.types("/cais help")
    before = len(ana.sees)
    town.forgets()
    pressed = asyncio.create_task(ana.presses("Set up your firm"))
    await asyncio.sleep((BUDGET + SLOW) / 2)
    assert [m["text"] for m in ana.sees[before:]] == [STILL_WORKING], "said while the token is still being read"
    assert (await pressed)["ok"]
    assert ana.modal
    assert town.waited("action")[1] < SLOW


async def test_a_form_says_that_it_takes_longer_and_is_kept(town: Town) -> None:
    ana = town.slack.ana
    await ana.presses("Set up your firm")
    town.forgets()
    await ana.submits({"name": "Acme Securities"})
    assert "Acme Securities* is set up" in words_of(ana.last)
    assert ana.modal is not None
    assert STILL_WORKING in words_of(ana.modal)
    assert BUDGET <= town.waited("submit")[1] < SLOW


async def test_an_event_is_sent_again_by_slack_and_answered_then(town: Town) -> None:
    town.forgets()
    before, asked = town.waited("event")[0], perf_counter()
    assert await slack_tells(town.browser, SAYS_HI, team="T0SANDBOX", enterprise=None) == 503
    assert perf_counter() - asked < SLOW
    assert town.waited("event")[0] == before + 1
    await town.slack.settled()
    assert await slack_tells(town.browser, SAYS_HI, team="T0SANDBOX", enterprise=None) == 200


async def test_a_mention_from_another_company_whose_workspace_has_to_be_looked_up_is_sent_again(town: Town) -> None:
    mention = {"type": "app_mention", "user": "U0CON", "text": "<@U0CAIS> next", "channel": "C0COMPL", "ts": "1.1"}
    theirs: dict[str, object] = {**mention, "team": "T0SANDBOX", "user_team": "T0OTHER"}
    for seconds, status in ((SLOW, 503), (0.0, 200)):
        town.troubles.seconds, asked = seconds, perf_counter()
        where = {"team": "T0SANDBOX", "enterprise": None, "is_ext_shared_channel": True}
        assert await slack_tells(town.browser, theirs, **where) == status  # type: ignore[arg-type]
        assert perf_counter() - asked < SLOW
        await town.slack.settled()


async def test_an_event_about_an_installation_does_not_wait_for_the_database_either(town: Town) -> None:
    town.forgets()
    gone: dict[str, object] = {"type": "tokens_revoked", "tokens": {"bot": ["U0CAIS"]}}
    assert await slack_tells(town.browser, gone, team="T0SANDBOX", enterprise=None) == 503
    assert town.waited("event")[1] < SLOW
    await town.slack.settled()
    assert await town.browser.tenants() == [], "it was gone into all the same"


async def test_a_look_that_fails_is_an_apology_and_no_riddle(town: Town) -> None:
    ana = town.slack.ana
    town.forgets(seconds=0.0, fails=True)
    assert "Nothing was changed" in words_of(await ana.types("/cais help"))
    assert (await ana.presses("Set up your firm"))["ok"]
    assert "Nothing was changed" in words_of(ana.last)
    assert ana.modal is None
    assert await slack_tells(town.browser, SAYS_HI, team="T0SANDBOX", enterprise=None) == 503


async def test_a_slow_look_that_fails_is_said_where_it_was_promised(town: Town) -> None:
    ana = town.slack.ana
    before = len(ana.sees)
    town.forgets(fails=True)
    await ana.types("/cais help")
    first, second = ana.sees[before:]
    assert first["text"] == STILL_WORKING
    assert "Nothing was changed" in words_of(second)


async def test_a_slow_look_that_finds_nothing_says_so_afterwards(town: Town) -> None:
    ana = town.slack.ana
    await town.browser.kept.delete(TENANT)
    before = len(ana.sees)
    town.forgets()
    await ana.types("/cais help")
    assert [m["text"] for m in ana.sees[before:]] == [STILL_WORKING, NOT_HERE]
    assert 'cais_turned_away_total{reason="not_installed"} 1' in town.slack.bot.counts.exposition()
