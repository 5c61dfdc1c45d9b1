"""A bot that is told to stop does so in time, whatever is in trouble just then."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.app import STOPS
from bot.bootstrap import build_router
from bot.slack.web_api import WebApi
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN
from tests.bot.test_documents import MANUAL, a_firm, adds, file


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """As by a program that writes for a long time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_it_stops_while_a_document_is_fetched_and_the_database_is_locked(
    transport: str, services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The librarian cannot put the document away then; its round went on, and the stop waited for it for ever."""
    await a_firm(services)
    fetching = asyncio.Event()

    async def hangs(*_: object, **__: object) -> None:
        fetching.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(WebApi, "fetch", hangs)
    async with bot_in_slack(transport, services, build_router()) as slack:
        assert (await adds(slack, slack.ben, file(slack, BEN, "manual.md", MANUAL)))["ok"]
        await asyncio.wait_for(fetching.wait(), 20)
        with locked(tmp_path / "cais.db"):
            async with asyncio.timeout(STOPS):
                await slack.bot.stop()
