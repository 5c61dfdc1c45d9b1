"""A command that somebody caught and sends once more to another replica: what it does then, and what not."""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlencode

import aiohttp

from bot.bootstrap import build_router
from bot.clock import real_time
from flows.services import Services
from tests.bot.conftest import SECRET, bot_in_slack
from tests.bot.conversing import LEA
from tests.bot.firm_making import TENANT, a_firm, person

Signed = tuple[str, dict[str, str]]


def command(text: str, trigger: str) -> Signed:
    fields = {"command": "/cais", "text": text, "team_id": "T0SANDBOX", "channel_id": "C0GENERAL", "user_id": LEA}
    more = {"user_name": "lea", "trigger_id": trigger, "response_url": "", "api_app_id": "A0"}
    body, stamp = urlencode({**fields, **more}), str(int(real_time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
    return body, {**headers, "Content-Type": "application/x-www-form-urlencoded"}


async def statuses(services: Services, *sendings: tuple[int, Signed]) -> Sequence[int]:
    """Sends each to one of two replicas that share a database."""
    found = []
    async with (
        bot_in_slack("http", services, build_router()) as one,
        bot_in_slack("http", services, build_router()) as two,
        aiohttp.ClientSession() as session,
    ):
        urls = [slack.sandbox.options.bot_url for slack in (one, two)]
        for replica, (body, headers) in sendings:
            async with session.post(urls[replica], data=body, headers=headers) as answer:
                found.append(answer.status)
        for slack in (one, two):
            await slack.settled()
    return found


async def test_a_command_sent_once_more_to_another_replica_adds_nothing_to_the_record(services: Services) -> None:
    key = (await a_firm(services, "Apex", LEA)).key
    note = command("note the auditor called", "1.1")
    assert await statuses(services, (0, note), (0, note), (1, note)) == [200, 401, 200]
    assert len(await services.events.history(key, types=("note_added",))) == 1


async def test_what_a_person_has_for_themselves_is_set_once_more_by_another_replica(services: Services) -> None:
    """The limit that the threat model states: whoever changes this, changes that page."""
    await a_firm(services, "Apex", LEA)
    off, on = command("remind off", "1.1"), command("remind on", "1.2")
    assert await statuses(services, (0, off), (0, on), (0, off), (1, off)) == [200, 200, 401, 200]
    lea = person(LEA).id
    assert (await services.directory.reach(TENANT, [lea]))[lea].habits.off
