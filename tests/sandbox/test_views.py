"""Modals and the Home tab: triggers, hashes, the stack, and what a submission may answer."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, TinyBot, manifest
from tests.sandbox.screens import Json, actions, button, home, menu, modal, section, text_input


async def trigger(slack: Sandbox) -> str:
    await slack.say("U0BEN", "C0COMPL", "/hello")
    return str(slack.sent[-1]["payload"]["trigger_id"])


async def opened(slack: Sandbox, api: Api, view: Json | None = None) -> Json:
    answer = await api("views.open", trigger_id=await trigger(slack), view=view or modal())
    assert answer["ok"], answer
    return dict(answer["view"])


def typed(value: str, block_id: str = "name") -> Json:
    return {block_id: {"value": {"type": "plain_text_input", "value": value}}}


async def test_a_trigger_opens_one_modal_once(slack: Sandbox, api: Api) -> None:
    used = await trigger(slack)
    assert (await api("views.open", trigger_id=used, view=modal()))["ok"]
    assert (await api("views.open", trigger_id=used, view=modal()))["error"] == "exchanged_trigger_id"
    assert (await api("views.open", trigger_id="1.2.abc", view=modal()))["error"] == "invalid_trigger_id"
    assert [view["callback_id"] for view in slack.modals("U0BEN")] == ["name"]
    assert slack.modals("U0ANA") == []


async def test_a_trigger_expires(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest(), trigger_seconds=0.01) as slack:
        late = await trigger(slack)
        await asyncio.sleep(0.02)
        assert (await Api(slack, session)("views.open", trigger_id=late, view=modal()))["error"] == "expired_trigger_id"


async def test_a_modal_slack_would_not_open_leaves_the_trigger_for_a_better_one(slack: Sandbox, api: Api) -> None:
    used = await trigger(slack)
    too_big = modal(*[section("x" * 3000)] * 90)
    assert (await api("views.open", trigger_id=used, view=too_big))["error"] == "view_too_large"
    assert (await api("views.open", trigger_id=used, view=modal(title={"type": "plain_text", "text": "x" * 25})))[
        "error"
    ] == "invalid_arguments"
    assert (await api("views.open", trigger_id=used, view=modal()))["ok"]


async def test_a_fourth_modal_on_the_stack_is_refused(slack: Sandbox, api: Api) -> None:
    await opened(slack, api, modal(actions(button("more"))))
    for expected in ("", "", "push_limit_reached"):
        await slack.click("U0BEN", slack.modals("U0BEN")[-1], "more")
        used = slack.sent[-1]["payload"]["trigger_id"]
        answer = await api("views.push", trigger_id=used, view=modal(actions(button("more"))))
        assert answer.get("error", "") == expected
    stack = slack.modals("U0BEN")
    assert [view["previous_view_id"] for view in stack] == [None, stack[0]["id"], stack[1]["id"]]
    assert {view["root_view_id"] for view in stack} == {stack[0]["id"]}


async def test_nothing_is_pushed_onto_nothing(slack: Sandbox, api: Api) -> None:
    assert (await api("views.push", trigger_id=await trigger(slack), view=modal()))["error"] == "not_found"


async def test_an_update_with_a_stale_hash_is_a_conflict(slack: Sandbox, api: Api) -> None:
    view = await opened(slack, api)
    first = await api("views.update", view_id=view["id"], hash=view["hash"], view=modal())
    assert first["view"]["hash"] != view["hash"]
    stale = await api("views.update", view_id=view["id"], hash=view["hash"], view=modal())
    assert stale["error"] == "hash_conflict"
    assert (await api("views.update", view_id="V0GONE", view=modal()))["error"] == "not_found"
    assert (await api("views.update", view=modal()))["error"] == "invalid_arguments"


async def test_external_ids_are_unique_and_find_the_view(slack: Sandbox, api: Api) -> None:
    await opened(slack, api, modal(external_id="one"))
    assert (await api("views.update", external_id="one", view=modal(external_id="one")))["ok"]
    again = await api("views.open", trigger_id=await trigger(slack), view=modal(external_id="one"))
    assert again["error"] == "duplicate_external_id"


async def test_what_was_typed_survives_an_update_that_keeps_the_ids(slack: Sandbox, api: Api) -> None:
    view = await opened(slack, api, modal(text_input(), text_input("other")))
    slack_view = slack.modals("U0BEN")[-1]
    await slack.submit("U0BEN", slack_view, typed("Ben"))
    answer = await api("views.update", view_id=view["id"], view=modal(text_input(), text_input("new")))
    values = answer["view"]["state"]["values"]
    assert values["name"]["value"]["value"] == "Ben"
    assert values["new"]["value"]["value"] is None
    assert "other" not in values


async def test_a_required_input_is_asked_for_before_anything_is_sent(slack: Sandbox, api: Api) -> None:
    view = await opened(slack, api)
    sent = len(slack.sent)
    answer = await slack.submit("U0BEN", view)
    assert answer == {"ok": False, "errors": {"name": "Please complete this required field."}}
    assert len(slack.sent) == sent


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "email_text_input"}, "ben at firm"),
        ({"type": "url_text_input"}, "firm.example"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5"),
        ({"type": "plain_text_input", "max_length": 3}, "four"),
        ({"type": "plain_text_input", "min_length": 3}, "no"),
    ],
)
async def test_slack_checks_what_an_input_can_hold(slack: Sandbox, api: Api, element: Json, value: str) -> None:
    view = await opened(slack, api, modal(text_input(element=element)))
    given = {"name": {"value": {"type": element["type"], "value": value}}}
    answer = await slack.submit("U0BEN", view, given)
    assert list(answer["errors"]) == ["name"]


async def test_a_submission_carries_the_values_and_an_empty_ack_closes(slack: Sandbox, api: Api) -> None:
    fields = (text_input(), text_input("note", optional=True))
    view = await opened(slack, api, modal(*fields, private_metadata="p"))
    assert await slack.submit("U0BEN", view, typed("Ben")) == {"ok": True}
    payload = slack.sent[-1]["payload"]
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"]["name"]["value"] == {"type": "plain_text_input", "value": "Ben"}
    assert payload["view"]["state"]["values"]["note"]["value"]["value"] is None
    assert (payload["view"]["private_metadata"], payload["user"]["id"]) == ("p", "U0BEN")
    assert (payload["is_enterprise_install"], payload["response_urls"]) == (False, [])
    assert slack.modals("U0BEN") == []


async def test_response_actions_do_what_they_say(slack: Sandbox, api: Api, tiny_bot: TinyBot) -> None:
    view = await opened(slack, api)
    tiny_bot.reply = lambda: web.json_response({"response_action": "errors", "errors": {"name": "No."}})
    assert (await slack.submit("U0BEN", view, typed("Ben")))["errors"] == {"name": "No."}
    tiny_bot.reply = lambda: web.json_response({"response_action": "update", "view": modal(callback_id="second")})
    assert (await slack.submit("U0BEN", view, typed("Ben")))["ok"]
    assert [v["callback_id"] for v in slack.modals("U0BEN")] == ["second"]
    tiny_bot.reply = lambda: web.json_response({"response_action": "push", "view": modal(callback_id="third")})
    assert (await slack.submit("U0BEN", slack.modals("U0BEN")[-1], typed("Ben")))["ok"]
    assert [v["callback_id"] for v in slack.modals("U0BEN")] == ["second", "third"]
    tiny_bot.reply = lambda: web.json_response({"response_action": "clear"})
    assert (await slack.submit("U0BEN", slack.modals("U0BEN")[-1], typed("Ben")))["ok"]
    assert slack.modals("U0BEN") == []


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("invalid_errors", {"response_action": "errors", "errors": {"nowhere": "No."}}),
        ("invalid_errors", {"response_action": "errors", "errors": {}}),
        ("invalid_response_action", {"response_action": "dance"}),
        ("invalid_arguments", {"response_action": "update", "view": home()}),
    ],
)
async def test_an_answer_slack_cannot_use_leaves_the_modal_open_with_trouble(
    slack: Sandbox, api: Api, tiny_bot: TinyBot, reason: str, answer: Json
) -> None:
    view = await opened(slack, api)
    tiny_bot.reply = lambda: web.json_response(answer)
    assert "trouble connecting" in (await slack.submit("U0BEN", view, typed("Ben")))["notice"]
    assert slack.refused[-1]["reason"] == reason
    assert len(slack.modals("U0BEN")) == 1


async def test_closing_is_told_only_to_those_who_asked(slack: Sandbox, api: Api) -> None:
    view = await opened(slack, api)
    sent = len(slack.sent)
    await slack.close_view("U0BEN", view)
    assert len(slack.sent) == sent
    view = await opened(slack, api, modal(notify_on_close=True))
    await slack.close_view("U0BEN", view)
    payload = slack.sent[-1]["payload"]
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    assert slack.modals("U0BEN") == []


async def test_home_is_published_per_person_and_guarded_by_its_hash(slack: Sandbox, api: Api) -> None:
    first = (await api("views.publish", user_id="U0BEN", view=home(actions(menu("m", "a", "b")))))["view"]
    assert slack.home("U0ANA") is None
    await slack.click("U0BEN", slack.home("U0BEN") or {}, "m", selected_option="b")
    payload = slack.sent[-1]["payload"]
    assert payload["view"]["hash"] == first["hash"]
    assert payload["view"]["state"]["values"]["do"]["m"]["selected_option"]["value"] == "b"
    assert (await api("views.publish", user_id="U0BEN", hash=first["hash"], view=home()))["ok"]
    assert (await api("views.publish", user_id="U0BEN", hash=first["hash"], view=home()))["error"] == "hash_conflict"
    assert (await api("views.publish", user_id="U0NOBODY", view=home()))["error"] == "user_not_found"
