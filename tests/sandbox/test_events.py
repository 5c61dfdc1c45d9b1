"""Events reach the bot only if subscribed and allowed, and again until they are taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.wire import SlackError
from tests.sandbox.conftest import Api, TinyBot, manifest
from tests.sandbox.screens import Json, home


def events(bot: TinyBot) -> list[Json]:
    return [json.loads(body)["event"] for headers, body in bot.got if "json" in headers["Content-Type"]]


async def test_a_message_in_a_dm_is_an_event_with_slacks_envelope(slack: Sandbox, tiny_bot: TinyBot) -> None:
    await slack.say("U0BEN", "D0BEN", "what & when?")
    await slack.settled()
    (_, body), envelope = tiny_bot.got[0], json.loads(tiny_bot.got[0][1])
    assert (envelope["type"], envelope["api_app_id"], envelope["team_id"]) == ("event_callback", "A0CAIS", "T0SANDBOX")
    assert envelope["authorizations"][0]["user_id"] == "U0CAIS"
    event = envelope["event"]
    assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "what &amp; when?")
    assert b"D0BEN" in body


async def test_a_mention_is_an_event_only_where_the_app_is(slack: Sandbox, tiny_bot: TinyBot) -> None:
    await slack.say("U0BEN", "C0GENERAL", "<@U0CAIS> next")
    await slack.say("U0BEN", "C0COMPL", "<@U0CAIS> next")
    await slack.say("U0BEN", "C0COMPL", "nothing for the app")
    await slack.settled()
    assert [(e["type"], e["channel"]) for e in events(tiny_bot)] == [("app_mention", "C0COMPL")]


async def test_a_mention_in_a_dm_is_only_a_message(slack: Sandbox, tiny_bot: TinyBot) -> None:
    await slack.say("U0BEN", "D0BEN", "<@U0CAIS> next")
    await slack.settled()
    assert [e["type"] for e in events(tiny_bot)] == ["message"]


async def test_the_apps_own_posts_and_changes_in_a_dm_come_back_to_it(
    slack: Sandbox, api: Api, tiny_bot: TinyBot
) -> None:
    ts = (await api("chat.postMessage", channel="U0BEN", text="x"))["ts"]
    await slack.settled()
    await api("chat.update", channel="D0BEN", ts=ts, text="y")
    await slack.settled()
    first, second = events(tiny_bot)
    assert (first["bot_id"], first["text"]) == ("B0CAIS", "x")
    assert (second["subtype"], second["message"]["text"], second["previous_message"]["text"]) == (
        "message_changed",
        "y",
        "x",
    )


async def test_opening_either_tab_is_an_event_and_home_brings_its_view(
    slack: Sandbox, api: Api, tiny_bot: TinyBot
) -> None:
    await api("views.publish", user_id="U0BEN", view=home())
    for tab in ("home", "messages"):
        await slack.open_home("U0BEN", tab)
        await slack.settled()
    first, second = events(tiny_bot)
    assert (first["tab"], first["channel"], first["view"]["type"]) == ("home", "D0BEN", "home")
    assert (second["tab"], "view" in second) == ("messages", False)


async def test_an_event_that_is_not_subscribed_is_not_sent(slack: Sandbox, tiny_bot: TinyBot) -> None:
    with pytest.raises(SlackError, match="not_subscribed"):
        await slack.send_event({"type": "reaction_added"})
    assert tiny_bot.got == []
    assert slack.refused[-1]["reason"] == "manifest.yml does not subscribe to reaction_added"


async def test_an_event_without_its_scope_is_not_sent(slack: Sandbox) -> None:
    with pytest.raises(SlackError, match="not_subscribed"):
        await slack.send_event({"type": "link_shared"})
    assert slack.refused[-1]["reason"] == "link_shared needs the scope links:read"


async def test_an_event_the_bot_fails_to_take_comes_three_times_more_under_one_id(
    slack: Sandbox, tiny_bot: TinyBot
) -> None:
    tiny_bot.reply = lambda: web.Response(status=500)
    await slack.say("U0BEN", "D0BEN", "x")
    await slack.until(lambda: len(tiny_bot.got) == 4)
    numbers = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in tiny_bot.got]
    assert numbers == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in tiny_bot.got}) == 1


async def test_repeats_end_when_the_bot_takes_it_or_asks_for_none(slack: Sandbox, tiny_bot: TinyBot) -> None:
    replies = iter([web.Response(status=500), web.Response()])
    tiny_bot.reply = lambda: next(replies)
    await slack.say("U0BEN", "D0BEN", "x")
    await slack.until(lambda: len(tiny_bot.got) == 2)
    tiny_bot.reply = lambda: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await slack.say("U0BEN", "D0BEN", "y")
    await slack.until(lambda: len(tiny_bot.got) == 3)
    await slack.slack.delivery.stop()
    assert len(tiny_bot.got) == 3


async def test_the_same_event_can_be_sent_twice_on_purpose(slack: Sandbox, tiny_bot: TinyBot) -> None:
    event: Any = {
        "type": "message",
        "channel_type": "im",
        "channel": "D0BEN",
        "user": "U0BEN",
        "text": "x",
        "ts": "1.2",
    }
    for _ in range(2):
        await slack.send_event(event, event_id="Ev1")
        await slack.settled()
    assert [json.loads(body)["event_id"] for _, body in tiny_bot.got] == ["Ev1", "Ev1"]


async def test_an_app_without_the_im_scope_hears_nothing_in_dms(tiny_bot: TinyBot) -> None:
    url: str = tiny_bot.url  # type: ignore[attr-defined]
    async with Sandbox.start(manifest(scopes=["chat:write"]), bot_url=url) as slack:
        await slack.say("U0BEN", "D0BEN", "x")
        await slack.settled()
        assert slack.refused[-1]["reason"] == "message.im needs the scope im:history"
    assert tiny_bot.got == []
