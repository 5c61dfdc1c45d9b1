"""Slack tells things twice: again, at once, after a restart, to another replica. One event, one reply."""

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.http_events import signature
from bot.sandbox.sandbox import Sandbox
from flows.events import NoteAdded
from flows.services import Services
from storage.database import open_database
from tests.bot.conversing import GENERAL, Json, Slack
from tests.e2e.processes import BotProcess, Watched, bot_beside_slack
from tests.e2e.walking import set_up

TEXT = "We begin today"


def told(slack: Slack, event_id: str) -> Json:
    """What Slack sends where Ben types a note in his DM."""
    message = {"type": "message", "channel_type": "im", "user": slack.ben.user, "channel": slack.ben.channel}
    return {
        "type": "event_callback",
        "team_id": "T0SANDBOX",
        "api_app_id": "A0CAIS",
        "event_id": event_id,
        "event_time": int(time.time()),
        "event": {**message, "text": f"note {TEXT}", "ts": f"{time.time():.6f}"},
        "authorizations": [{"team_id": "T0SANDBOX", "user_id": "U0CAIS", "is_bot": True}],
    }


async def post(sandbox: Sandbox, bot: BotProcess, envelope: Json, again: int = 0) -> int:
    """Delivers it to one replica, signed as Slack signs; the status."""
    body, now = json.dumps(envelope).encode(), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": signature(sandbox.options.signing_secret, now, body),
    }
    if again:
        headers |= {"X-Slack-Retry-Num": str(again), "X-Slack-Retry-Reason": "http_timeout"}
    async with aiohttp.ClientSession() as session, session.post(bot.url, data=body, headers=headers) as answer:
        return answer.status


def replies(sandbox: Sandbox, event_id: str) -> int:
    """How many messages answer this event."""
    posted = [c.args for c in sandbox.calls if c.method == "chat.postMessage" and c.answer["ok"]]
    return sum(_cause(args) == event_id for args in posted)


def _cause(args: Json) -> Any:
    metadata = args.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("cause")


async def notes(bot: BotProcess) -> int:
    """How often the note stands in the history."""
    async with await open_database(f"sqlite+aiosqlite:///{bot.database}") as database:
        [key] = await database.events.firm_keys()
        rows = await database.events.history(key, types=("note_added",))
        return sum(isinstance(row.event, NoteAdded) and row.event.text == TEXT for row in rows)


@pytest.mark.parametrize("times", [2, 5])
async def test_an_event_told_several_times_at_once_is_one(slack: Slack, services: Services, times: int) -> None:
    await set_up(slack.ben)
    event = told(slack, "Ev1")["event"]
    await asyncio.gather(*(slack.sandbox.send_event(event, "Ev1") for _ in range(times)))
    await slack.settled()
    await slack.sandbox.send_event(event, "Ev1")
    await slack.settled()
    [key] = await services.events.firm_keys()
    assert len(await services.events.history(key, types=("note_added",))) == 1
    assert replies(slack.sandbox, "Ev1") == 1


async def test_an_event_told_again_after_a_restart_changes_nothing(transport: str, tmp_path: Path) -> None:
    async with bot_beside_slack(transport, tmp_path) as (sandbox, bot):
        await bot.start()
        slack = Watched(sandbox)
        await set_up(slack.ben.at(GENERAL))
        event = told(slack, "Ev1")["event"]
        await sandbox.send_event(event, "Ev1")
        await sandbox.until(lambda: replies(sandbox, "Ev1"))
        for number in (signal.SIGTERM, signal.SIGKILL):
            await bot.end(number)
            await bot.start()
            await sandbox.send_event(event, "Ev1")
            await sandbox.settled()
            await sandbox.send_event({**event, "text": "status"}, f"Ev{number}")
            await sandbox.until(lambda later=f"Ev{number}": replies(sandbox, later))  # type: ignore[misc]
        assert replies(sandbox, "Ev1") == 1
        assert await notes(bot) == 1


async def test_two_replicas_that_are_told_the_same_answer_once(tmp_path: Path) -> None:
    async with bot_beside_slack("http", tmp_path) as (sandbox, first):
        second = BotProcess("http", sandbox, tmp_path)
        await first.start()
        await second.start()
        try:
            slack = Watched(sandbox)
            await set_up(slack.ben.at(GENERAL))
            envelope = told(slack, "Ev1")
            assert await asyncio.gather(*(post(sandbox, bot, envelope) for bot in (first, second) * 3)) == [200] * 6
            assert await post(sandbox, second, envelope, again=1) == 200
            assert await post(sandbox, first, envelope, again=2) == 200
            await sandbox.until(lambda: replies(sandbox, "Ev1"))
            assert await post(sandbox, second, {**told(slack, "Ev2")}, again=0) == 200
            await sandbox.until(lambda: replies(sandbox, "Ev2"))
            assert replies(sandbox, "Ev1") == 1
            assert await notes(first) == 2, "the same words in another message are another note"
        finally:
            await second.stop_for_good()


async def test_two_replicas_that_hear_the_same_click_record_it_once(tmp_path: Path) -> None:
    async with bot_beside_slack("http", tmp_path) as (sandbox, first):
        second = BotProcess("http", sandbox, tmp_path)
        await first.start()
        await second.start()
        try:
            slack = Watched(sandbox)
            ben = slack.ben.at(GENERAL)
            await set_up(ben)
            await ben.presses("Next")
            await ben.presses("Yes")
            click = next(s["payload"] for s in reversed(sandbox.sent) if s["kind"] == "interactive")
            sandbox.use_bot_at(second.url)
            await asyncio.gather(*(sandbox.replay(click) for _ in range(3)))
            await ben.types("/cais next")
            await ben.presses("Form submitted")
            async with await open_database(f"sqlite+aiosqlite:///{first.database}") as database:
                [key] = await database.events.firm_keys()
                rows = await database.events.history(key, types=("answer_given", "task_completed"))
            assert [row.type for row in rows] == ["answer_given", "task_completed"]
        finally:
            await second.stop_for_good()
