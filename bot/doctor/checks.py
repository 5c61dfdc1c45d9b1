"""What `cais doctor` looks at: each check says what it found and, where something is wrong, what to do."""

import errno
import os
import socket
import stat
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp

from bot.doctor.asking import asking, no_way_to, way_out
from bot.files.packet.pdf import NoPdf, printer
from bot.health import LEAST_ROOM, room_on_disk
from bot.manifest import read_manifest
from bot.pack_files import read_pack
from bot.practice.supervisor import why_not_listening
from bot.settings import Settings, unknown_names
from bot.slack.no_answer import why
from bot.slack.sdk_answers import NoAnswer, answer_to
from bot.slack.standstill import SERVED_BY_ANOTHER, TAKEN_OUT, may_pass
from bot.slack.web_api import SlackSaidNo
from flows.packs import PackError, load_pack
from flows.reminders.telling import leads_in_reach
from storage.database import Database, is_current, open_database
from storage.errors import StorageError
from storage.urls import sqlite_path

Verdict = Literal["ok", "look", "wrong"]
LITTLE_ROOM = 200_000_000
"""Bytes on the disk below which somebody should look soon."""

TOO_FAR_OFF = 60.0
"""Seconds the computer's clock may differ from Slack's; signatures older than five minutes are refused."""

NO_ADDRESS = frozenset({errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN})
"""What the system says of an address or a name that is none of this machine's."""

TOKEN_TROUBLE = {
    "invalid_auth": "Slack does not know it. Copy it anew; a reinstalled app has a new one.",
    "account_inactive": "The app was removed from the workspace. Install it again and copy the new token.",
    "token_revoked": "It was revoked. Install the app again and copy the new token.",
    "token_expired": "It expired. Install the app again and copy the new token.",
    "not_allowed_token_type": "It is a token of another kind. docs/install.md says where each one is found.",
}


LONG = 300.0
"""Seconds for which what is due may be on its way."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `look` is worth a look and stops nothing."""

    about: str
    verdict: Verdict
    sentence: str


def check_settings(settings: Settings) -> list[Finding]:
    """Where the bot would run, names that look like a slip of the pen, and a clock that was moved."""
    ways = {
        "sandbox": "in the sandbox on this machine",
        "socket": "in Slack by Socket Mode",
        "http": "in Slack by HTTP",
    }
    where = "" if settings.talks_to_slack or settings.way == "sandbox" else f", at {settings.slack_api_url}"
    found = [Finding("settings", "ok", f"`cais run` works {ways[settings.way]}{where}{way_out(settings)}.")]
    slip = "is set, but there is no such setting. See docs/install.md."
    found += [Finding("settings", "look", f"{name} {slip}") for name in unknown_names()]
    if settings.clock_moved:
        found.append(
            Finding("clock", "look", "Practice run: CAIS_START_AT or CAIS_CLOCK_SPEED moves the clock; entries say so.")
        )
    return found


async def check_slack(settings: Settings, now: datetime) -> list[Finding]:
    """The bot token, its scopes, and the computer's clock against Slack's."""
    assert settings.slack_bot_token is not None, "settings refuse to start without it"
    bot = asking(settings, settings.slack_bot_token.reveal())
    try:
        answer = await answer_to("auth.test", bot.auth_test())
    except SlackSaidNo as no:
        return [_token_finding("SLACK_BOT_TOKEN", no.error)]
    except (NoAnswer, aiohttp.ClientError, TimeoutError) as error:
        return [unreachable(settings, error)]
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    found = [Finding("bot token", "ok", f"It is {answer['user']} in the workspace {answer['team']}.")]
    return [*found, *check_scopes(headers), *check_clock(headers, now)]


async def check_line(settings: Settings) -> Finding:
    """How Slack reaches the bot: the app token in Socket Mode, else the signing secret."""
    if settings.way == "socket":
        return await _check_app_token(settings)
    return Finding("signing secret", "look", "It is set. Only a request of Slack's shows whether it is the right one.")


def check_scopes(headers: Mapping[str, str]) -> list[Finding]:
    """The scopes Slack granted (`x-oauth-scopes`) against those the manifest asks for."""
    if "x-oauth-scopes" not in headers:
        return [Finding("scopes", "look", "Slack did not say which scopes the token has.")]
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",") if scope.strip()}
    asked = read_manifest().scopes
    if asked - granted:
        names = ", ".join(sorted(asked - granted))
        todo = "Put the current manifest.yml into the app's settings (App Manifest) and reinstall the app."
        return [Finding("scopes", "wrong", f"The app was installed without {names}. {todo}")]
    found = [Finding("scopes", "ok", f"All {len(asked)} that the app needs.")]
    if granted - asked:
        names = ", ".join(sorted(granted - asked))
        found.append(Finding("scopes", "look", f"The app has more than it uses: {names}. They can be taken away."))
    return found


def check_clock(headers: Mapping[str, str], now: datetime) -> list[Finding]:
    """The computer's clock against the Date of Slack's answer. `now` is the real time, aware."""
    try:
        slack = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return [Finding("clock", "look", "Slack's answer carried no time to compare with.")]
    apart = abs((now - slack).total_seconds())
    if apart > TOO_FAR_OFF:
        todo = "Turn on time synchronisation; Slack's requests are refused when the clocks are five minutes apart."
        return [Finding("clock", "wrong", f"This computer's clock is {apart:.0f} s away from Slack's. {todo}")]
    return [Finding("clock", "ok", f"This computer and Slack agree within {max(apart, 1):.0f} s.")]


async def _check_app_token(settings: Settings) -> Finding:
    assert settings.slack_app_token is not None, "settings refuse Socket Mode without it"
    try:
        opening = asking(settings).apps_connections_open(app_token=settings.slack_app_token.reveal())
        answer = await answer_to("apps.connections.open", opening)
    except SlackSaidNo as no:
        if no.error == "missing_scope":
            return Finding("app token", "wrong", "It lacks the scope connections:write. Make a new one that has it.")
        return _token_finding("SLACK_APP_TOKEN", no.error)
    except (NoAnswer, aiohttp.ClientError, TimeoutError) as error:
        said = error.said if isinstance(error, NoAnswer) else why(error, settings.slack_api_url, settings.outgoing)
        return Finding("app token", "wrong", f"Slack did not answer ({said}). Try again in a minute.")
    host = urlsplit(str(answer["url"])).netloc
    if trouble := await no_way_to(host, settings):
        where = f"{host}, where Socket Mode connects, cannot be reached ({trouble})"
        return Finding(
            "app token", "wrong", f"It is the right one, but {where}. A firewall or a proxy may be in the way."
        )
    return Finding("app token", "ok", "It opens a Socket Mode connection.")


def _token_finding(name: str, code: str) -> Finding:
    return Finding(name, "wrong", TOKEN_TROUBLE.get(code, f"Slack refused it with the error {code}."))


def unreachable(settings: Settings, error: Exception) -> Finding:
    """Slack did not answer at all, or what came says neither yes nor no."""
    if isinstance(error, NoAnswer):
        todo = "Try again in a minute; if it stays so, look at slack-status.com, and whether a proxy answers instead."
        return Finding(
            "slack", "wrong", f"{settings.slack_api_url} answers, but not as it should ({error.said}). {todo}"
        )
    said = why(error, settings.slack_api_url, settings.outgoing)
    todo = "Check the network, HTTPS_PROXY (where it takes a proxy to get out) and SLACK_API_URL."
    return Finding("slack", "wrong", f"{settings.slack_api_url} cannot be reached ({said}). {todo}")


def check_folder(settings: Settings) -> list[Finding]:
    """Whether the folder that things are kept in is there, or can be made. Leaves nothing behind."""
    folder = settings.folder
    there, why = trouble_with(folder)
    if not why:
        if (room := room_on_disk(there)) < LITTLE_ROOM:
            verdict: Verdict = "wrong" if room < LEAST_ROOM else "look"
            said = f"Only {room / 1e6:,.1f} MB are free where {folder} is. Make room there."
            return [Finding("folder", verdict, said)]
        return [Finding("folder", "ok", f"{folder} {'can be written' if there == folder else 'can be made'}.")]
    return [Finding("folder", "wrong", f"{folder} cannot be used: {there} {why}. Set CAIS_DATA_DIR to another.")]


def trouble_with(folder: Path) -> tuple[Path, str]:
    """The folder, or the nearest above it that is there, and what keeps us from writing there; empty where nothing."""
    there = next(f for f in (folder, *folder.parents) if _is_seen(f))
    if not there.is_dir():
        return there, "is no folder"
    if _can_be_written(there):
        return there, ""
    return there, "cannot be written" if _may_be_entered(there) else "may not be entered by this user"


def _is_seen(folder: Path) -> bool:
    """Whether it is there, as far as this user may look."""
    try:
        return folder.exists()
    except OSError:
        return False


def _may_be_entered(folder: Path) -> bool:
    try:
        (folder / "anything").exists()
    except OSError:
        return False
    return True


def _can_be_written(folder: Path) -> bool:
    """Tried, as rights alone do not tell: a file system may take nothing from anybody."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


async def check_port(settings: Settings) -> list[Finding]:
    """Whether the port that will be listened on is free, or what of ours is already there."""
    if settings.way != "sandbox" and not settings.serves_pages:
        return []
    sandbox = settings.way == "sandbox"
    name, port = ("CAIS_SANDBOX_PORT", settings.sandbox_port) if sandbox else ("CAIS_PORT", settings.port)
    host = "127.0.0.1" if sandbox else settings.host
    trouble = why_not_listening(host, port)
    if trouble is None:
        return [Finding("port", "ok", f"{port} is free.")]
    if trouble.errno in NO_ADDRESS:
        todo = "127.0.0.1 is for this machine alone, 0.0.0.0 for whoever reaches it."
        return [Finding("port", "wrong", f"This machine has no address {host}. Set CAIS_HOST to another: {todo}")]
    if trouble.errno == errno.EACCES:
        todo = f"Set {name} to one from 1024 on."
        return [Finding("port", "wrong", f"This user may not listen at port {port}. {todo}")]
    if await _answers(f"http://{host}:{port}/{'control/health' if sandbox else 'healthz'}"):
        return [Finding("port", "ok", f"{port} is taken by {'a sandbox' if sandbox else 'a bot'} that is running.")]
    return [Finding("port", "wrong", f"{port} is taken by another program. Stop it, or set {name} to another port.")]


def check_private(url: str) -> list[Finding]:
    """Whether others on the machine may read what the firms recorded; a file of ours is made so that they may not."""
    try:
        file = sqlite_path(url)
    except ValueError:  # said already
        return []
    if file is None or os.name != "posix" or not _is_seen(file) or not stat.S_IMODE(file.stat().st_mode) & 0o077:
        return []
    todo = f"`chmod 600 {file}` keeps them out."
    return [Finding("database", "look", f"Others on this machine may read or write {file}. {todo}")]


async def check_sending(url: str, *, by_oauth: bool = False, now: datetime | None = None) -> list[Finding]:
    """Workspaces that nothing is sent to, what waits, and what could not be brought, with Slack's word for why.

    What waits is known only where `now` (aware) is: by a clock that was moved, only the bot itself knows what is due.

    With one token such a workspace is a fault. With many, or where there were many, each may take the app off as it
    likes.
    """
    try:
        if not await is_current(url):
            return []  # what the database itself is found to be says enough
        async with await open_database(url) as database:
            stopped = await database.outbox.stopped()
            tenants = {key.tenant for key in await database.events.firm_keys()}
            lost = [row for tenant in sorted(tenants) for row in await database.outbox.undelivered(tenant, limit=100)]
            unled = await _without_leads(database)
            waits = await database.outbox.overdue(before=now.timestamp() - LONG) if now else {}
    except (StorageError, ValueError, ImportError):
        return []
    many = by_oauth or len(tenants) > 1
    found = [_stopped(tenant, reason, many=many, by_oauth=by_oauth) for tenant, reason in stopped.items()]
    found += [Finding("sending", "look", UNLED.format(firm=name)) for name in unled]
    found += [Finding("sending", "look", _waits(tenant, *late)) for tenant, late in waits.items()]
    if not lost:
        return found if waits else [*found, Finding("sending", "ok", "All that was due could be delivered.")]
    # The rows of one message were refused together.
    messages = {(r.owed.tenant, r.owed.person, r.owed.slot, r.settled_at): r.outcome for r in lost}
    words = Counter(messages.values())
    why = ", ".join(f"{word} ({count})" for word, count in words.most_common())
    few = "One message" if len(messages) == 1 else f"{len(messages)} messages"
    where = "A firm's lead sees whom in /cais settings, Reminders."
    return [*found, Finding("sending", "look", f"{few} could not be delivered: {why}. {where}")]


def _stopped(tenant: str, reason: str, *, many: bool, by_oauth: bool) -> Finding:
    if reason == SERVED_BY_ANOTHER:
        return Finding("sending", "look", NOT_OURS.format(tenant=tenant))
    todo = ADD_AGAIN if by_oauth else REINSTALL
    if reason in TAKEN_OUT:
        todo = PUT_BACK
    elif may_pass(reason):
        todo = ASKED_AGAIN
    verdict: Verdict = "look" if many else "wrong"
    return Finding("sending", verdict, f"Nothing is sent to the workspace {tenant} ({reason}). {todo}")


def _waits(tenant: str, count: int, since: float) -> str:
    few = "One thing that is due waits" if count == 1 else f"{count} things that are due wait"
    then = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%d %H:%M UTC")
    todo = "Does the bot run? Its log says where Slack asks to wait (asked_to_wait) or does not take it (owed)."
    return f"{few} to be sent to the workspace {tenant}, the first since {then}. {todo}"


async def _without_leads(database: Database) -> list[str]:
    """The names of firms none of whose leads can be reached."""
    names = []
    for key in await database.events.firm_keys():
        position = await database.events.position(key)
        if position is None:
            continue
        reach = await database.directory.reach(key.tenant, list(position.members))
        if not leads_in_reach(position, reach):
            names.append(position.name)
    return names


UNLED = (
    "No lead of {firm} can be reached, so nobody is reminded of its dates. A lead who writes to the app is reminded "
    "again; /cais firm members makes somebody else a lead."
)
NOT_OURS = (
    "Nothing is sent to the workspace {tenant}: SLACK_BOT_TOKEN is another's. What was recorded there is kept; what "
    "is due is sent once the bot starts with its token."
)
ASKED_AGAIN = (
    "Slack does not take its token for now. While the bot runs it asks again, at least once an hour, and sends what is "
    "due once Slack does. Where this stays so: may this machine's address call Slack (the app's *OAuth & Permissions*, "
    "*Restrict API token usage*)? If that is not it, install the app there again."
)
ADD_AGAIN = "It took the app off. What is still due is sent once somebody there adds it again at /slack/install."
PUT_BACK = (
    "An organization admin took it out of the workspaces that the app is in. What is still due is sent once it is put "
    "back (*Organization settings*, *Integrations*)."
)
REINSTALL = "Install the app there again and start the bot with its token: what is still due is sent then."


async def _answers(address: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session,
            session.get(address) as answer,
        ):
            body: Any = await answer.text()
            return answer.status == 200 and "ok" in body
    except (aiohttp.ClientError, TimeoutError):
        return False


def check_pdf() -> list[Finding]:
    """Whether an examiner packet gets its PDF here."""
    try:
        printer()
    except NoPdf as missing:
        without = "An examiner packet comes without its PDF; its HTML page says the same, and all else works."
        return [Finding("pdf", "look", f"{without} {missing}")]
    return [Finding("pdf", "ok", "An examiner packet comes with its PDF.")]


def check_pack(path: Path | None) -> list[Finding]:
    """Whether the roadmap pack can be used."""
    try:
        pack = load_pack(*read_pack(path))
    except PackError as error:
        return [Finding("pack", "wrong", f"{error} `cais pack check` says more.")]
    except (OSError, UnicodeDecodeError) as error:
        return [Finding("pack", "wrong", f"The pack, or the text it quotes, cannot be read: {error}")]
    return [Finding("pack", "ok", f"{len(pack.tasks)} tasks, edition {pack.edition}.")]
