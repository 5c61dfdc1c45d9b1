"""What opens something by itself stands in no log, page, export, database or sandbox, whatever goes well or wrong."""

import base64
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.commands.doctor import examine
from bot.settings import FIELDS, BadSettings, Hidden, Settings, read
from flows.roadmap import Pack
from flows.services import Services
from storage import database as storage
from storage.database import open_database
from tests.bot.conversing import words_of
from tests.bot.prompt import Cais
from tests.bot.test_front_garbage import logged as logged
from tests.bot.test_oauth import KEYS, Browser, browsing
from tests.sandbox.test_inspector import Inspector

PASSWORDS = ["hunter2/x", "hunter2#x", "hunter2?x", "hunter2@x", "hunter2:x", "hun/ter2@x", "hunter2%zz", "1/hunter2"]


@pytest.fixture
async def browser(services: Services, tmp_path: Path, pack: Pack) -> AsyncIterator[Browser]:
    async with (
        await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database,
        browsing(database, pack) as opened,
    ):
        yield opened


@pytest.fixture
def secrets_seen(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Tokens that went over the wire, as Slack's own part of the sandbox made them."""
    seen: set[str] = set()
    from bot.sandbox import oauth

    made = oauth.OAuth.access

    def noting(self: oauth.OAuth, *given: object) -> dict[str, object]:
        answer = made(self, *given)  # type: ignore[arg-type]
        seen.update(str(answer[name]) for name in ("access_token", "refresh_token") if name in answer)
        return answer

    monkeypatch.setattr(oauth.OAuth, "access", noting)
    return seen


async def a_life(browser: Browser) -> list[str]:
    """Installed, used, exported, refused, taken off: the pages somebody sees meanwhile, and what is said in Slack."""
    slack, pages = browser.slack, [(await browser.adds_it())[1]]
    await slack.ana.presses("Set up your firm")
    await slack.ana.submits({"name": "Acme Securities"})
    await slack.ana.types("/cais ask what is the deadline?")
    await slack.ana.types("/cais export json")
    await slack.settled()
    for fault in ({"kind": "refuse", "error": "bad_client_secret"}, {"kind": "reset"}):
        slack.sandbox.faults({"method": "oauth.v2.access", **fault})
        pages.append((await browser.gets(await browser.allows(await browser.begins())))[1])
    options = slack.sandbox.options
    options.manifest = replace(options.manifest, rotates=True)
    pages.append((await browser.gets(await browser.allows(await browser.begins())))[1])
    slack.sandbox.slack.oauth.revoke()
    await slack.settled()
    pages.append(words_of(await slack.ana.types("/cais next")))
    return pages


async def test_no_secret_shows_up_anywhere_in_a_life_of_the_app(
    browser: Browser, logged: io.StringIO, secrets_seen: set[str], tmp_path: Path
) -> None:
    options = browser.slack.sandbox.options
    settings = of(browser, tmp_path)
    key = base64.urlsafe_b64encode(KEYS._keys["test"]).decode()
    known = {options.signing_secret, options.client_secret, options.bot_token, options.app_token, key}
    shown = {"page": "\n".join(await a_life(browser))}
    found = await examine(settings)
    shown["doctor"] = "\n".join(one.sentence for one in found)
    shown["settings"] = f"{settings!r} {settings} {settings.keys!r}"
    shown["log"] = logged.getvalue()
    async with aiohttp.ClientSession() as session:
        shown["inspector"] = await Inspector(browser.slack.sandbox, session).text()
    handed_out = browser.slack.sandbox.slack.workspace.files.values()
    shown["exports"] = "\n".join(base64.b64decode(file["content"]).decode() for file in handed_out)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    shown["disk"] = "\n".join(path.read_bytes().decode("latin-1") for path in kept)
    assert len(secrets_seen) == 2, "a token, and what would renew one that rotates"
    assert "Acme Securities" in shown["disk"]
    assert "Acme Securities" in shown["exports"]
    for where, text in shown.items():
        assert text, where
        for secret in known | secrets_seen:
            assert secret not in text, f"{secret[:8]}... in {where}"
    assert re.search(r"code=1\.2\.\w", shown["log"]) is None, "a code of Slack's opens an installation"


def of(browser: Browser, folder: Path) -> Settings:
    options = browser.slack.sandbox.options
    return read(
        {
            "SLACK_CLIENT_ID": options.client_id,
            "SLACK_CLIENT_SECRET": options.client_secret,
            "SLACK_SIGNING_SECRET": options.signing_secret,
            "SLACK_API_URL": browser.slack.sandbox.api_url,
            "CAIS_ENCRYPTION_KEYS": "test:" + base64.urlsafe_b64encode(KEYS._keys["test"]).decode(),
            "CAIS_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/cais.db",
        }
    )


@pytest.mark.parametrize("password", PASSWORDS)
async def test_half_a_password_that_breaks_the_databases_address_is_not_shown(password: str) -> None:
    for host in ("127.0.0.1:1", "[::1", "127.0.0.1:port"):
        (found,) = await storage.check(f"postgresql+asyncpg://cais:{password}@{host}/cais")
        assert not found.ok
        assert not re.search("hun|ter2", found.sentence), found.sentence


def test_the_commands_do_not_show_it_either(environment: pytest.MonkeyPatch, typed: Cais) -> None:
    environment.setenv("CAIS_DATABASE_URL", "postgresql+asyncpg://cais:hunter2/x@127.0.0.1/cais")
    for words in (["verify"], ["migrate"], ["export"], ["backup", "x.zip"]):
        said = typed(*words)
        assert said.exit_code
        assert "hunter2" not in said.output


@pytest.mark.parametrize("name", [name for name, one in FIELDS.items() if one.type is Hidden])
def test_a_setting_that_is_a_secret_is_not_quoted_where_it_is_wrong(name: str) -> None:
    with pytest.raises(BadSettings) as wrong:
        read({name: "zephyrine-secret", "CAIS_ENCRYPTION_KEYS": "zephyrine", "CAIS_PORT": "x", "SLACK_CLIENT_ID": "1"})
    assert "zephyrine" not in str(wrong.value)
