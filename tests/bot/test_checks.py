"""What the doctor finds: each trouble has a sentence that says what to do."""

import socket
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.clock import real_now
from bot.commands.doctor import examine
from bot.doctor import checks
from bot.doctor import oauth as checks_of_oauth
from bot.doctor.checks import Finding
from bot.files.packet.pdf import NoPdf
from bot.manifest import manifest_path, read_manifest
from bot.sandbox.sandbox import Sandbox
from bot.settings import Settings, load, names
from storage.database import open_database
from storage.installations import Installation
from storage.sealing import new_key
from storage.urls import sqlite_path

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest_path(), rates=False) as running:
        yield running


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with nothing of ours in it, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def in_slack(given: pytest.MonkeyPatch, sandbox: Sandbox, **other: str) -> Settings:
    for name, value in {
        "SLACK_BOT_TOKEN": sandbox.options.bot_token,
        "SLACK_APP_TOKEN": sandbox.options.app_token,
        "SLACK_API_URL": sandbox.api_url,
        **other,
    }.items():
        given.setenv(name, value)
    return load()


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{finding.about}: {finding.sentence}" for finding in findings if finding.verdict == "wrong"]


async def test_all_is_well_where_it_is(given: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    found = await examine(in_slack(given, sandbox))
    assert wrong(found) == []
    about = {finding.about for finding in found}
    assert {"bot token", "app token", "scopes", "clock", "database", "pack", "pdf"} <= about


@pytest.mark.parametrize("missing", ["", "Pango is not on this machine."])
def test_whether_a_packet_gets_its_pdf_is_said_and_stops_nothing(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    def printer() -> None:
        if missing:
            raise NoPdf(missing)

    monkeypatch.setattr("bot.doctor.checks.printer", printer)
    (found,) = checks.check_pdf()
    assert (found.about, found.verdict) == ("pdf", "look" if missing else "ok")
    assert found.sentence.endswith(missing or "comes with its PDF.")


async def test_without_tokens_the_sandbox_is_looked_at(given: pytest.MonkeyPatch) -> None:
    found = await examine(load())
    assert wrong(found) == []
    assert [one.about for one in found[:2]] == ["version", "settings"]
    assert "sandbox" in found[1].sentence


async def test_a_bot_token_slack_does_not_know_is_said(given: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    (trouble,) = wrong(await checks.check_slack(in_slack(given, sandbox, SLACK_BOT_TOKEN="xoxb-other"), real_now()))
    assert trouble.startswith("SLACK_BOT_TOKEN: ")
    assert "Copy it anew" in trouble


async def test_an_app_token_slack_does_not_know_is_said(given: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    (trouble,) = wrong([await checks.check_line(in_slack(given, sandbox, SLACK_APP_TOKEN="xapp-other"))])
    assert trouble.startswith("SLACK_APP_TOKEN: ")


async def test_a_slack_that_cannot_be_reached_is_said(given: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    settings = in_slack(given, sandbox, SLACK_API_URL="http://127.0.0.1:1/api/")
    (trouble,) = wrong(await checks.check_slack(settings, real_now()))
    assert "cannot be reached" in trouble


OAUTH = {"SLACK_BOT_TOKEN": "", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}


async def test_each_workspace_that_lacks_a_scope_or_whose_token_is_dead_is_named(
    given: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    old, new = new_key("old"), new_key("new")
    before = in_slack(given, sandbox, **OAUTH, CAIS_ENCRYPTION_KEYS=old)
    found = await examine(before)
    assert wrong(found) == []
    assert any("Which workspaces have added the app is seen here once" in one.sentence for one in found)
    whole = Installation(
        tenant="-/T1",
        name="Acme",
        token=sandbox.options.bot_token,
        bot_user="U",
        bot_id="B",
        app="A",
        scopes=tuple(sorted(read_manifest().scopes)),
        installer="U1",
        installed_at=0.0,
    )
    async with await open_database(before.database) as database:
        kept = database.installations(before.keys)
        await kept.save(whole)
        await kept.save(replace(whole, tenant="-/T2", name="Bravo", token="xoxb-dead", scopes=whole.scopes[1:]))
    lacks, dead = wrong(await checks_of_oauth.check_oauth(before, real_now()))
    assert lacks.startswith(f"scopes: Bravo installed it without {whole.scopes[0]}.")
    assert dead.startswith("token: Slack does not take that of Bravo (invalid_auth).")
    both = in_slack(given, sandbox, **OAUTH, CAIS_ENCRYPTION_KEYS=f"{new},{old}")
    looks = [one.sentence for one in await checks_of_oauth.check_installations(both) if one.verdict == "look"]
    assert looks == ["2 are sealed with an older key: `cais keys rotate`."]
    without = in_slack(given, sandbox, **OAUTH, CAIS_ENCRYPTION_KEYS=new)
    (trouble,) = wrong(await checks_of_oauth.check_oauth(without, real_now()))
    assert "sealed with the key old, which CAIS_ENCRYPTION_KEYS does not hold" in trouble
    away = in_slack(given, sandbox, **OAUTH, CAIS_ENCRYPTION_KEYS=old, SLACK_API_URL="http://127.0.0.1:1/api/")
    assert "cannot be reached" in wrong(await checks_of_oauth.check_oauth(away, real_now()))[0]


async def test_a_token_that_is_damaged_is_named_and_the_others_are_looked_at(
    given: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    settings = in_slack(given, sandbox, **OAUTH, CAIS_ENCRYPTION_KEYS=new_key("old"))
    about = {"bot_user": "U", "bot_id": "B", "app": "A", "installer": "U1", "installed_at": 0.0}
    scopes = tuple(sorted(read_manifest().scopes))
    async with await open_database(settings.database) as database:
        for name, tenant in (("Acme", "-/T1"), ("Bravo", "-/T2")):
            token = sandbox.options.bot_token
            one = Installation(tenant=tenant, name=name, token=token, scopes=scopes, **about)
            await database.installations(settings.keys).save(one)
    with sqlite3.connect(sqlite_path(settings.database) or "") as rows:
        rows.execute("UPDATE installations SET token = 'c2hvcnQ=' WHERE tenant = '-/T2'")
    found = await checks_of_oauth.check_installations(settings)
    (trouble,) = wrong(found)
    assert trouble.startswith("encryption: The token of Bravo (-/T2) does not open with the key old. It is damaged")
    assert "Slack takes the token of every other workspace." in [one.sentence for one in found]


def test_missing_scopes_are_named_with_what_to_do() -> None:
    asked = read_manifest().scopes
    (trouble,) = wrong(checks.check_scopes({"x-oauth-scopes": ",".join(asked - {"users:read"})}))
    assert "users:read" in trouble
    assert "reinstall" in trouble
    assert wrong(checks.check_scopes({"x-oauth-scopes": ", ".join(asked)})) == []


def test_more_scopes_than_needed_are_worth_a_look() -> None:
    found = checks.check_scopes({"x-oauth-scopes": ",".join({*read_manifest().scopes, "channels:history"})})
    assert [finding.verdict for finding in found] == ["ok", "look"]
    assert "channels:history" in found[1].sentence


@pytest.mark.parametrize(("apart", "verdict"), [(0, "ok"), (59, "ok"), (61, "wrong"), (-3600, "wrong")])
def test_a_clock_that_is_off_is_said(apart: int, verdict: str) -> None:
    headers = {"date": "Mon, 23 Nov 2026 14:00:00 GMT"}
    assert checks.check_clock(headers, NOW + timedelta(seconds=apart))[0].verdict == verdict


def test_a_moved_clock_is_said(given: pytest.MonkeyPatch) -> None:
    given.setenv("CAIS_START_AT", "2022-06-01T09:00-04:00")
    assert any("Practice run" in finding.sentence for finding in checks.check_settings(load()))


def test_a_slip_of_the_pen_is_worth_a_look(given: pytest.MonkeyPatch) -> None:
    given.setenv("CAIS_PROT", "1")
    assert any("CAIS_PROT" in finding.sentence for finding in checks.check_settings(load()))


async def test_a_port_that_is_taken_by_a_stranger_is_said(given: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        given.setenv("CAIS_SANDBOX_PORT", str(stranger.getsockname()[1]))
        (trouble,) = wrong(await checks.check_port(load()))
    assert "CAIS_SANDBOX_PORT" in trouble


@pytest.mark.parametrize("host", ["203.0.113.9", "no-such-host.invalid"])
async def test_an_address_that_is_none_of_this_machines_is_said(given: pytest.MonkeyPatch, host: str) -> None:
    given.setenv("CAIS_MODE", "http")
    given.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    given.setenv("SLACK_SIGNING_SECRET", "secret")
    given.setenv("CAIS_HOST", host)
    (trouble,) = wrong(await checks.check_port(load()))
    assert f"This machine has no address {host}. Set CAIS_HOST" in trouble


@pytest.mark.parametrize(("room", "verdict"), [(5e9, "ok"), (5e7, "look"), (5e5, "wrong")])
def test_a_disk_that_is_nearly_full_is_said(given: pytest.MonkeyPatch, room: float, verdict: str) -> None:
    given.setattr("bot.doctor.checks.room_on_disk", lambda folder: room)
    (found,) = checks.check_folder(load())
    assert found.verdict == verdict
    assert verdict == "ok" or "are free where" in found.sentence


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no file system is there that takes nothing from root either")
def test_a_folder_on_a_file_system_that_takes_nothing_is_said(given: pytest.MonkeyPatch) -> None:
    given.setenv("CAIS_DATA_DIR", "/proc/cais")
    (trouble,) = wrong(checks.check_folder(load()))
    assert "/proc cannot be written" in trouble


async def test_a_port_that_is_taken_by_our_own_sandbox_is_no_trouble(
    given: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    given.setenv("CAIS_SANDBOX_PORT", sandbox.url.rsplit(":", 1)[1].strip("/"))
    (found,) = await checks.check_port(load())
    assert found.verdict == "ok"
    assert "running" in found.sentence


@pytest.mark.parametrize(("mode", "trouble"), [(0o600, False), (0o640, True), (0o604, True), (0o602, True)])
def test_a_database_that_others_may_read_is_said(tmp_path: Path, mode: int, trouble: bool) -> None:
    file = tmp_path / "cais.db"
    assert checks.check_private(f"sqlite+aiosqlite:///{file}") == []
    file.touch()
    file.chmod(mode)
    found = checks.check_private(f"sqlite+aiosqlite:///{file}")
    assert [one.verdict for one in found] == ["look"] * trouble
    assert checks.check_private("postgresql+asyncpg://cais@host/cais") == []


async def test_a_database_that_cannot_be_opened_is_said(given: pytest.MonkeyPatch) -> None:
    given.setenv("CAIS_DATABASE_URL", "mysql://h/d")
    assert any(trouble.startswith("database: ") for trouble in wrong(await examine(load())))


def test_a_pack_that_is_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("schema: roadmap-pack/1\n")
    (found,) = checks.check_pack(tmp_path / "mine.yaml")
    assert found.verdict == "wrong"
