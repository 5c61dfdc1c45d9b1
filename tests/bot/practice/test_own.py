"""The sandbox works on nothing but its own: never on what was recorded for Slack."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.commands import sandbox
from bot.practice.own import TENANT
from bot.practice.sandbox import Sandbox as Seen
from bot.practice.supervisor import Plan
from bot.sandbox.sandbox import Sandbox
from flows.events import FirmKey
from tests.bot.prompt import Cais, four_events

MANIFEST = Path(__file__).parents[3] / "manifest.yml"


@pytest.fixture
def opened(environment: pytest.MonkeyPatch) -> list[Plan]:
    """The sandboxes that were opened, none of them for real."""
    plans: list[Plan] = []

    async def supervised(plan: Plan, _: Any) -> int:
        plans.append(plan)
        return 0

    environment.setattr(sandbox, "supervise", supervised)
    environment.setattr("bot.doctor.checks.printer", lambda: None)
    return plans


def events_of(path: Path, key: FirmKey) -> str:
    """A database with a firm of this key in it; its URL."""
    url = f"sqlite+aiosqlite:///{path}"
    asyncio.run(four_events(url, key))
    return url


async def test_the_sandboxs_workspace_is_called_so() -> None:
    async with Sandbox.start(MANIFEST) as pretend, aiohttp.ClientSession() as session:
        assert await Seen(session, pretend.url).tenant() == TENANT


@pytest.mark.parametrize("command", ["sandbox", "run"])
def test_a_named_database_with_a_real_workspace_in_it_is_refused(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path, opened: list[Plan], command: str
) -> None:
    environment.setenv("CAIS_DATABASE_URL", events_of(tmp_path / "real.db", FirmKey("-/T1", "f1")))
    before = (tmp_path / "real.db").read_bytes()
    said = typed(command)
    assert (said.exit_code, opened) == (2, [])
    assert "holds something of the workspace -/T1" in said.stderr
    assert "CAIS_DATABASE_URL= cais sandbox" in said.stderr
    assert (tmp_path / "real.db").read_bytes() == before
    looked = typed("doctor")
    assert looked.exit_code == 1
    assert "WRONG  database  The database that CAIS_DATABASE_URL names holds something of" in looked.output


def test_what_was_brought_into_the_sandboxs_own_place_is_refused_too(
    typed: Cais, history: Path, opened: list[Plan]
) -> None:
    said = typed("sandbox")
    assert (said.exit_code, opened) == (2, [])
    assert f"{history} is the sandbox's, but it holds something of the workspace -/T1" in said.stderr
    assert "bring it once more" in said.stderr


def test_one_that_is_empty_or_has_only_the_sandboxs_own_in_it_is_fine(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path, opened: list[Plan]
) -> None:
    environment.setenv("CAIS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert typed("migrate").exit_code == 0
    assert typed("sandbox").exit_code == 0
    environment.setenv("CAIS_DATABASE_URL", events_of(tmp_path / "own.db", FirmKey(TENANT, "f1")))
    assert typed("run").exit_code == 0
    assert "WRONG" not in typed("doctor").output
    assert len(opened) == 2


@pytest.mark.parametrize(
    "tokens",
    [
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"},
        {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "s"},
    ],
)
def test_beside_tokens_a_named_database_is_slacks_and_the_sandbox_passes_it_over(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path, opened: list[Plan], tokens: dict[str, str]
) -> None:
    for name, value in tokens.items():
        environment.setenv(name, value)
    environment.setenv("CAIS_DATABASE_URL", events_of(tmp_path / "real.db", FirmKey("-/T1", "f1")))
    assert typed("sandbox").exit_code == 0
    own = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'sandbox' / 'cais.db'}"
    assert opened[0].bot_environment()["CAIS_DATABASE_URL"] == own


def test_a_database_that_cannot_be_looked_into_is_said_and_nothing_opens(
    typed: Cais, environment: pytest.MonkeyPatch, opened: list[Plan]
) -> None:
    for url, code in (("postgresql+asyncpg://u:hush@127.0.0.1:1/d", 1), ("mysql://u:hush@h/d", 2)):
        environment.setenv("CAIS_DATABASE_URL", url)
        said = typed("run")
        assert (said.exit_code, opened, "hush" in said.output) == (code, [], False)
        assert "CAIS_DATABASE_URL and CAIS_DATA_DIR say where the database is." in said.stderr
