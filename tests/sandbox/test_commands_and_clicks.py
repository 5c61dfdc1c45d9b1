"""What people do arrives at the bot as Slack sends it, and a bot that is late or wrong is shown as Slack shows it."""

from __future__ import annotations

import asyncio
import copy
import json
import urllib.parse
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.http_events import signature
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.wire import SlackError
from tests.sandbox.conftest import Api, TinyBot, manifest
from tests.sandbox.screens import Json, actions, button, home, menu, modal, option, plain, section, text_input


async def late() -> web.Response:
    await asyncio.sleep(0.6)
    return web.Response()


def form_of(body: bytes) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))


async def post(session: aiohttp.ClientSession, url: str, body: Json) -> tuple[int, str]:
    async with session.post(url, json=body) as answer:
        return answer.status, await answer.text()


async def test_a_command_is_a_signed_form(slack: Sandbox, tiny_bot: TinyBot) -> None:
    assert await slack.say(
        "U0BEN", "C0COMPL", "/hello firm <@U0LEA> in <#C0GENERAL> & <co> https://a.example/?a=1&b=2"
    ) == {"ok": True}
    headers, body = tiny_bot.got[-1]
    stamp = headers["X-Slack-Request-Timestamp"]
    assert headers["X-Slack-Signature"] == signature(slack.options.signing_secret, stamp, body)
    form = form_of(body)
    wanted = "firm <@U0LEA|lea> in <#C0GENERAL|general> &amp; &lt;co&gt; <https://a.example/?a=1&amp;b=2>"
    assert form["text"] == wanted
    assert (form["command"], form["user_id"], form["channel_name"]) == ("/hello", "U0BEN", "compliance")
    assert form["response_url"].startswith(slack.url + "/response/")
    assert slack.messages("U0BEN", "C0COMPL") == []


async def test_without_should_escape_names_arrive_bare(slack: Sandbox, tiny_bot: TinyBot) -> None:
    await slack.say("U0BEN", "C0COMPL", "/plain <@U0LEA> & <co> in <#C0GENERAL>")
    assert form_of(tiny_bot.got[-1][1])["text"] == "@lea & <co> in #general"


async def test_an_unknown_command_and_a_command_in_a_thread_never_reach_the_bot(
    slack: Sandbox, tiny_bot: TinyBot
) -> None:
    assert "/nope is not a valid command." in (await slack.say("U0BEN", "C0COMPL", "/nope"))["notice"]
    assert "not supported in threads" in (await slack.say("U0BEN", "C0COMPL", "/hello", thread_ts="1.2"))["notice"]
    assert tiny_bot.got == []


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        ("operation_timeout", late),
        ("http_service_error", lambda: web.Response(status=500)),
        ("http_client_error", lambda: web.Response(status=404)),
        ("invalid_command_response", lambda: web.Response(text="{", content_type="application/json")),
        ("invalid_command_response", lambda: web.json_response({"text": "x", "blocks": [section("x" * 3001)]})),
    ],
)
async def test_a_command_the_bot_does_not_take_fails_by_name(
    slack: Sandbox, tiny_bot: TinyBot, error: str, reply: Any
) -> None:
    tiny_bot.reply = reply
    assert (await slack.say("U0BEN", "C0COMPL", "/hello"))["notice"] == f'/hello failed with the error "{error}"'
    assert slack.refused[-1]["name"] in ("/hello", "ack of a command")
    assert slack.messages("U0BEN", "C0COMPL") == []


async def test_a_bot_that_does_not_run_is_dispatch_failed() -> None:
    async with Sandbox.start(manifest(), bot_url="http://127.0.0.1:9/") as slack:
        assert "dispatch_failed" in (await slack.say("U0BEN", "C0COMPL", "/hello"))["notice"]


async def test_the_ack_of_a_command_is_a_private_answer_unless_it_says_otherwise(
    slack: Sandbox, tiny_bot: TinyBot
) -> None:
    tiny_bot.reply = lambda: web.Response(text="only you")
    await slack.say("U0BEN", "C0GENERAL", "/hello")
    tiny_bot.reply = lambda: web.json_response({"response_type": "in_channel", "text": "everybody"})
    await slack.say("U0BEN", "C0GENERAL", "/hello")
    assert [m["text"] for m in slack.messages("U0BEN", "C0GENERAL")] == ["only you", "everybody"]
    assert [m["text"] for m in slack.messages("U0ANA", "C0GENERAL")] == ["everybody"]


async def test_a_response_url_works_five_times_without_membership(
    slack: Sandbox, session: aiohttp.ClientSession
) -> None:
    await slack.say("U0BEN", "C0GENERAL", "/hello")
    url = slack.sent[-1]["payload"]["response_url"]
    assert (await post(session, url, {"text": "x", "blocks": [section("")]}))[0] == 400
    assert (await post(session, url, {}))[0] == 400
    for n in range(3):
        assert await post(session, url, {"text": f"answer {n}"}) == (200, "ok")
    status, text = await post(session, url, {"text": "too much"})
    assert (status, json.loads(text)["error"]) == (404, "used_url")
    assert slack.refused[-1]["reason"] == "used_url"
    assert [m["text"] for m in slack.messages("U0BEN", "C0GENERAL")] == ["answer 0", "answer 1", "answer 2"]
    assert slack.messages("U0ANA", "C0GENERAL") == []


async def test_a_response_url_ends_with_its_time(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest(), response_url_seconds=0.0) as slack:
        await slack.say("U0BEN", "C0GENERAL", "/hello")
        status, text = await post(session, slack.sent[-1]["payload"]["response_url"], {"text": "x"})
        assert (status, json.loads(text)["error"]) == (404, "expired_url")


async def test_a_click_on_a_message_carries_message_state_and_response_url(slack: Sandbox, api: Api) -> None:
    blocks = [section("x"), actions(menu("m", "a", "b"), button("go", "v1"))]
    await api("chat.postMessage", channel="C0COMPL", text="x", blocks=blocks)
    message = slack.messages("U0BEN", "C0COMPL")[-1]
    await slack.click("U0BEN", message, "m", selected_option=option("b"))
    await slack.click("U0BEN", message, "go")
    payload = slack.sent[-1]["payload"]
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["type"], action["value"]) == ("go", "do", "button", "v1")
    assert payload["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": "C0COMPL",
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == message["ts"]
    assert "notifies" not in payload["message"]
    assert payload["state"]["values"]["do"]["m"]["selected_option"] == option("b")
    assert (payload["user"]["id"], payload["team"]["id"], payload["enterprise"]) == ("U0BEN", "T0SANDBOX", None)
    await slack.click("U0ANA", message, "go")
    assert slack.sent[-1]["payload"]["state"]["values"]["do"]["m"]["selected_option"] is None


async def test_replacing_and_deleting_by_response_url(slack: Sandbox, api: Api, session: aiohttp.ClientSession) -> None:
    await api("chat.postMessage", channel="C0COMPL", text="x", blocks=[actions(button("go"))])
    await slack.click("U0BEN", slack.messages("U0BEN", "C0COMPL")[-1], "go")
    url = slack.sent[-1]["payload"]["response_url"]
    assert (await post(session, url, {"text": "changed", "replace_original": True}))[0] == 200
    assert [(m["text"], m["blocks"]) for m in slack.messages("U0ANA", "C0COMPL")] == [("changed", [])]
    assert (await post(session, url, {"delete_original": True}))[0] == 200
    assert slack.messages("U0ANA", "C0COMPL") == []


async def test_an_ephemeral_message_has_no_copy_in_the_payload_and_stays_private(
    slack: Sandbox, api: Api, session: aiohttp.ClientSession
) -> None:
    await api("chat.postEphemeral", channel="C0COMPL", user="U0BEN", text="x", blocks=[actions(button("go"))])
    message = slack.messages("U0BEN", "C0COMPL")[-1]
    with pytest.raises(SlackError, match="message_not_found"):
        await slack.click("U0ANA", message, "go")
    await slack.click("U0BEN", message, "go")
    payload = slack.sent[-1]["payload"]
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    body = {"text": "changed", "replace_original": True, "response_type": "in_channel"}
    assert (await post(session, payload["response_url"], body))[0] == 200
    assert [m["text"] for m in slack.messages("U0BEN", "C0COMPL")] == ["changed"]
    assert slack.messages("U0ANA", "C0COMPL") == []


async def test_a_thread_is_answered_only_in_public(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    await slack.say("U0BEN", "C0GENERAL", "/hello")
    url = slack.sent[-1]["payload"]["response_url"]
    status, text = await post(session, url, {"text": "x", "thread_ts": "1700000000.000001"})
    assert (status, json.loads(text)["error"]) == (400, "thread_ts_not_allowed")


async def test_a_click_nobody_takes_warns_the_person(slack: Sandbox, api: Api, tiny_bot: TinyBot) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("go", url="https://a.example"))])
    message = slack.messages("U0BEN", "D0BEN")[-1]
    tiny_bot.reply = late
    assert "operation_timeout" in (await slack.click("U0BEN", message, "go"))["notice"]
    tiny_bot.reply = lambda: web.Response(status=404)
    assert "http_client_error" in (await slack.click("U0BEN", message, "go"))["notice"]
    assert slack.refused[-1]["name"] == "block_actions go"


async def test_what_an_ack_of_a_click_says_is_ignored_with_a_warning(
    slack: Sandbox, api: Api, tiny_bot: TinyBot
) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("go"))])
    tiny_bot.reply = lambda: web.json_response({"text": "lost"})
    assert await slack.click("U0BEN", slack.messages("U0BEN", "D0BEN")[-1], "go") == {"ok": True}
    assert "not accepted" in slack.warnings[-1]["warning"]
    assert [m["text"] for m in slack.messages("U0BEN", "D0BEN")] == ["x"]


async def test_nobody_clicks_what_is_not_there(slack: Sandbox, api: Api) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(menu("m", "a"))])
    message = slack.messages("U0BEN", "D0BEN")[-1]
    with pytest.raises(SlackError, match="no_such_option"):
        await slack.click("U0BEN", message, "m", selected_option="z")
    with pytest.raises(SlackError, match="no_such_element"):
        await slack.click("U0BEN", message, "gone", block_id="do")


async def test_a_recorded_payload_is_replayed_and_forged(slack: Sandbox, api: Api, tiny_bot: TinyBot) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("go", "mine"))])
    await slack.click("U0BEN", slack.messages("U0BEN", "D0BEN")[-1], "go")
    forged = copy.deepcopy(slack.sent[-1]["payload"])
    forged["actions"][0]["value"] = "theirs"
    await slack.replay(forged)
    assert json.loads(form_of(tiny_bot.got[-1][1])["payload"])["actions"][0]["value"] == "theirs"


async def test_elements_send_what_was_chosen(slack: Sandbox, api: Api) -> None:
    elements = [
        {"type": "datepicker", "action_id": "date", "initial_date": "2026-11-23"},
        {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b")]},
        {"type": "users_select", "action_id": "who"},
        {"type": "overflow", "action_id": "more", "options": [option("x")]},
    ]
    votes = {
        "positive_button": {"text": plain("Yes"), "value": "up"},
        "negative_button": {"text": plain("No"), "value": "down"},
    }
    feedback = {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "vote", **votes}]}
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(*elements), feedback])
    message = slack.messages("U0BEN", "D0BEN")[-1]
    chosen: list[tuple[str, str, Any]] = [
        ("date", "selected_date", "2026-12-01"),
        ("boxes", "selected_options", [option("b")]),
        ("who", "selected_user", "U0LEA"),
        ("more", "selected_option", option("x")),
        ("vote", "value", "down"),
    ]
    for action_id, name, value in chosen:
        await slack.click("U0BEN", message, action_id, **{name: value})
        assert slack.sent[-1]["payload"]["actions"][0][name] == value


async def test_an_input_without_dispatch_action_says_nothing_until_submitted(slack: Sandbox, api: Api) -> None:
    await slack.say("U0BEN", "C0COMPL", "/hello")
    used = slack.sent[-1]["payload"]["trigger_id"]
    await api("views.open", trigger_id=used, view=modal(text_input()))
    sent = len(slack.sent)
    await slack.click("U0BEN", slack.modals("U0BEN")[-1], "value", value="Ben")
    assert len(slack.sent) == sent
    assert slack.modals("U0BEN")[-1]["state"]["values"]["name"]["value"]["value"] == "Ben"


async def test_a_click_takes_along_what_stands_in_the_inputs_around_it(slack: Sandbox, api: Api) -> None:
    await slack.shortcut("U0BEN", "start")
    used = slack.sent[-1]["payload"]["trigger_id"]
    await api("views.open", trigger_id=used, view=modal(text_input(), actions(button("go"))))
    typed = {"name": {"value": {"type": "plain_text_input", "value": "Ben"}}, "gone": {"x": {"value": "stale"}}}
    await slack.click("U0BEN", slack.modals("U0BEN")[-1], "go", values=typed)
    payload = slack.sent[-1]["payload"]
    assert payload["view"]["state"]["values"] == {"name": typed["name"]}
    assert payload["container"] == {"type": "view", "view_id": payload["view"]["id"]}


async def test_an_external_menu_asks_the_bot_and_takes_only_what_it_offered(
    slack: Sandbox, api: Api, tiny_bot: TinyBot
) -> None:
    select = {"type": "external_select", "action_id": "firm", "min_query_length": 0}
    await api("views.publish", user_id="U0BEN", view=home(actions(select)))
    tiny_bot.reply = lambda: web.json_response({"options": [option("f1")]})
    place = slack.home("U0BEN") or {}
    assert await slack.options_of("U0BEN", place, "firm", "f") == {"options": [option("f1")]}
    payload = slack.sent[-1]["payload"]
    assert (payload["type"], payload["value"], payload["action_id"]) == ("block_suggestion", "f", "firm")
    tiny_bot.reply = lambda: web.Response()
    await slack.click("U0BEN", place, "firm", selected_option="f1")
    assert slack.sent[-1]["payload"]["actions"][0]["selected_option"] == option("f1")
    tiny_bot.reply = lambda: web.json_response({"options": [option(str(n)) for n in range(101)]})
    assert (await slack.options_of("U0BEN", place, "firm"))["options"] == []


async def test_a_message_shortcut_hands_on_the_message(slack: Sandbox, api: Api) -> None:
    await slack.say("U0ANA", "C0GENERAL", "the ticket is 4711")
    message = slack.messages("U0BEN", "C0GENERAL")[-1]
    assert await slack.shortcut("U0BEN", "save", message) == {"ok": True}
    payload = slack.sent[-1]["payload"]
    assert (payload["type"], payload["callback_id"]) == ("message_action", "save")
    assert (payload["message"]["text"], payload["message"]["user"]) == ("the ticket is 4711", "U0ANA")
    assert payload["message_ts"] == message["ts"]
    assert (await api("views.open", trigger_id=payload["trigger_id"], view=modal()))["ok"]


async def test_shortcuts_are_only_those_of_the_manifest_and_never_on_ephemeral_messages(
    slack: Sandbox, api: Api
) -> None:
    assert await slack.shortcut("U0BEN", "start") == {"ok": True}
    assert "response_url" not in slack.sent[-1]["payload"]
    with pytest.raises(SlackError, match="no_such_shortcut"):
        await slack.shortcut("U0BEN", "save")
    await api("chat.postEphemeral", channel="C0COMPL", user="U0BEN", text="x")
    with pytest.raises(SlackError, match="message_not_found"):
        await slack.shortcut("U0BEN", "save", slack.messages("U0BEN", "C0COMPL")[-1])


async def test_a_private_channels_name_is_not_given_away(slack: Sandbox) -> None:
    await slack.say("U0ANA", "G0PRIV", "/hello")
    assert slack.sent[-1]["payload"]["channel_name"] == "privategroup"
    await slack.say("U0ANA", "D0ANA", "/hello")
    assert slack.sent[-1]["payload"]["channel_name"] == "directmessage"


async def test_people_speak_only_where_they_are(slack: Sandbox) -> None:
    with pytest.raises(SlackError, match="channel_not_found"):
        await slack.say("U0BEN", "G0PRIV", "hello?")
