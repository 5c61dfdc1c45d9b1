"""What `cais doctor` looks at where many workspaces install the app by OAuth: keys, tokens and scopes of each."""

from collections.abc import Sequence
from datetime import datetime

import aiohttp

from bot.doctor import checks
from bot.doctor.asking import asking
from bot.doctor.checks import Finding
from bot.manifest import read_manifest
from bot.settings import Settings
from bot.slack.sdk_answers import NoAnswer, answer_to
from bot.slack.web_api import SlackSaidNo
from storage.database import is_current, open_database
from storage.errors import StorageError
from storage.installations import Installation

MOST_ASKED = 50
"""Workspaces whose token is tried: Slack answers a few hundred a minute, and a doctor should not take long."""

ADD_AGAIN = "There, add it once more at /slack/install"

NOT_YET = "Which workspaces have added the app is seen here once the database is there and its tables are up to date."


async def check_oauth(settings: Settings, now: datetime) -> list[Finding]:
    """Whether Slack can be reached and the clock is right; each installation's key, token and scopes."""
    try:
        answer = await answer_to("api.test", asking(settings).api_test())
    except (SlackSaidNo, NoAnswer, aiohttp.ClientError, TimeoutError) as error:
        return [checks.unreachable(settings, error)]
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    return [*checks.check_clock(headers, now), *await check_installations(settings)]


async def check_installations(settings: Settings) -> list[Finding]:
    """The keys first: without them no token can be looked at."""
    try:
        if not await is_current(settings.database):
            return [Finding("token", "look", NOT_YET)]
        async with await open_database(settings.database) as database:
            kept = database.installations(settings.keys)
            used = await kept.check_keys()
            found, shut = await kept.all(), await kept.unopened()
    except (StorageError, ValueError, ImportError) as error:
        return [Finding("encryption", "wrong", str(error))]
    idle = sorted(settings.keys.names - {*used} - {settings.keys.first})
    said = f"{len(found)} tokens open." if len(found) != 1 else "One token opens."
    keys = [Finding("encryption", "ok", said), *(Finding("encryption", "wrong", one.sentence) for one in shut)]
    if idle:
        keys.append(Finding("encryption", "look", f"Nothing is sealed with {', '.join(idle)}: take it out."))
    old = sum(count for name, count in used.items() if name != settings.keys.first)
    if old:
        keys.append(Finding("encryption", "look", f"{old} are sealed with an older key: `cais keys rotate`."))
    return [*keys, *_check_scopes(found), *await _check_tokens(settings, found, others=bool(shut))]


def _check_scopes(found: Sequence[Installation]) -> list[Finding]:
    asked = read_manifest().scopes
    lacking = {one.name: sorted(asked - {*one.scopes}) for one in found if asked - {*one.scopes}}
    return [
        Finding("scopes", "wrong", f"{name} installed it without {', '.join(scopes)}. {ADD_AGAIN}.")
        for name, scopes in lacking.items()
    ] or ([Finding("scopes", "ok", f"All {len(asked)} in every workspace.")] if found else [])


async def _check_tokens(settings: Settings, found: Sequence[Installation], *, others: bool) -> list[Finding]:
    wrong = []
    for one in found[:MOST_ASKED]:
        try:
            await answer_to("auth.test", asking(settings, one.token).auth_test())
        except SlackSaidNo as no:
            said = f"Slack does not take that of {one.name} ({no.error}). {ADD_AGAIN}."
            wrong.append(Finding("token", "wrong", said))
        except (NoAnswer, aiohttp.ClientError, TimeoutError) as error:
            return [*wrong, checks.unreachable(settings, error)]
    if not found and not others:
        return [Finding("token", "look", "Nobody has added the app yet. Open /slack/install in a browser.")]
    few = f" The first {MOST_ASKED} of {len(found)} were tried." if len(found) > MOST_ASKED else ""
    every = "every other" if others else "every"
    return wrong or [Finding("token", "ok", f"Slack takes the token of {every} workspace.{few}")]
