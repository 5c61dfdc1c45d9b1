"""The Web API says no by Slack's names, and yes in Slack's shapes."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, manifest
from tests.sandbox.screens import Json, actions, button, home, modal, plain, section


async def test_a_call_without_a_token_is_not_authed(api: Api) -> None:
    assert await api("auth.test", token=None) == {"ok": False, "error": "not_authed"}


async def test_an_unknown_token_is_invalid_auth(api: Api) -> None:
    assert (await api("auth.test", token="xoxb-somebody-else"))["error"] == "invalid_auth"


async def test_an_app_token_does_not_post_and_a_bot_token_opens_no_socket(api: Api) -> None:
    assert (await api("chat.postMessage", token="app", channel="C0COMPL", text="x"))[
        "error"
    ] == "not_allowed_token_type"
    assert (await api("apps.connections.open"))["error"] == "not_allowed_token_type"


async def test_an_unknown_method_is_named(api: Api) -> None:
    assert await api("chat.shout") == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


async def test_a_missing_scope_says_which_is_needed_and_which_are_there(api: Api) -> None:
    answer = await api("conversations.open", users="U0BEN")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "im:write")
    assert "chat:write" in answer["provided"].split(",")
    assert "chat:write" in api.headers["X-OAuth-Scopes"].split(",")


async def test_a_missing_argument_is_an_invalid_argument(api: Api) -> None:
    answer = await api("chat.update", channel="C0COMPL", text="x")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


async def test_auth_test_and_users_info_have_slacks_shape(api: Api) -> None:
    who = await api("auth.test")
    assert (who["team_id"], who["user_id"], who["bot_id"]) == ("T0SANDBOX", "U0CAIS", "B0CAIS")
    user = (await api("users.info", user="U0LEA"))["user"]
    assert (user["tz"], user["profile"]["real_name"]) == ("America/Los_Angeles", "Lea Haddad")
    assert user["tz_offset"] in (-28800, -25200)
    assert (await api("users.info", user="U0NOBODY"))["error"] == "user_not_found"


async def test_users_list_gives_everybody_a_page_at_a_time(api: Api) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor or not seen:
        page = await api("users.list", limit=2, cursor=cursor)
        seen += [user["id"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert len(seen) == len(set(seen))
    assert {"U0ANA", "U0BEN", "U0LEA", "U0CAIS"} <= set(seen)
    assert (await api("users.list", limit=1001))["error"] == "invalid_limit"
    assert (await api("users.list", cursor="U0NOBODY"))["error"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("error", "args"),
    [
        ("channel_not_found", {"channel": "C0NOWHERE", "text": "x"}),
        ("channel_not_found", {"channel": "G0PRIV", "text": "x"}),
        ("not_in_channel", {"channel": "C0GENERAL", "text": "x"}),
        ("no_text", {"channel": "C0COMPL"}),
        ("msg_too_long", {"channel": "C0COMPL", "text": "x" * 40001}),
        ("invalid_blocks", {"channel": "C0COMPL", "text": "x", "blocks": [section("x" * 3001)]}),
        ("invalid_blocks_format", {"channel": "C0COMPL", "text": "x", "blocks": "{not json"}),
        ("invalid_metadata_format", {"channel": "C0COMPL", "text": "x", "metadata": {"event_type": "x"}}),
        ("invalid_thread_ts", {"channel": "C0COMPL", "text": "x", "thread_ts": "yesterday"}),
    ],
)
async def test_a_message_slack_would_not_post_is_refused_by_name(
    slack: Sandbox, api: Api, error: str, args: Json
) -> None:
    assert (await api("chat.postMessage", **args))["error"] == error
    assert slack.refused[-1]["reason"] == error
    assert slack.messages("U0ANA", "C0COMPL") == []


async def test_an_archived_channel_takes_no_message(slack: Sandbox, api: Api) -> None:
    slack.slack.workspace.add_channel({"id": "C0COMPL", "is_archived": True})
    assert (await api("chat.postMessage", channel="C0COMPL", text="x"))["error"] == "is_archived"


async def test_a_deactivated_person_gets_no_dm(slack: Sandbox, api: Api) -> None:
    slack.slack.workspace.add_user({"id": "U0BEN", "deleted": True})
    assert (await api("chat.postMessage", channel="U0BEN", text="x"))["error"] == "account_inactive"


async def test_a_post_is_seen_by_members_with_ids_filled_in_and_says_whom_it_notifies(slack: Sandbox, api: Api) -> None:
    blocks = [section("<!channel> and <@U0BEN>"), {"type": "actions", "elements": [button("a")]}]
    answer = await api("chat.postMessage", channel="C0COMPL", text="x", blocks=blocks)
    assert answer["message"]["bot_id"] == "B0CAIS"
    (seen,) = slack.messages("U0ANA", "C0COMPL")
    assert seen["ts"] == answer["ts"]
    assert seen["blocks"][0]["block_id"]
    assert seen["notifies"] == ["!channel", "U0BEN"]


async def test_escaped_mentions_notify_nobody(slack: Sandbox, api: Api) -> None:
    blocks = [section("&lt;!channel&gt;"), {"type": "section", "text": plain("<!here> <@U0BEN>")}]
    await api("chat.postMessage", channel="C0COMPL", text="&lt;@U0BEN&gt;", blocks=blocks)
    assert slack.messages("U0ANA", "C0COMPL")[0]["notifies"] == []


async def test_blocks_without_text_are_taken_with_a_warning(slack: Sandbox, api: Api) -> None:
    answer = await api("chat.postMessage", channel="C0COMPL", blocks=[section("x")])
    assert answer["response_metadata"]["warnings"] == ["missing_text_in_message"]
    assert "text is missing" in slack.warnings[0]["warning"]


async def test_a_form_body_and_a_json_body_mean_the_same(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    form = {"token": slack.options.bot_token, "channel": "U0BEN", "text": "x", "blocks": '[{"type": "divider"}]'}
    async with session.post(slack.api_url + "chat.postMessage", data=form) as answer:
        assert (await answer.json())["channel"] == slack.dm("U0BEN")
    assert slack.messages("U0BEN", slack.dm("U0BEN"))[0]["blocks"][0]["type"] == "divider"


async def test_ephemeral_messages_need_both_in_the_channel_and_are_seen_by_one(slack: Sandbox, api: Api) -> None:
    slack.slack.workspace.add_channel({"id": "C0TWO", "name": "two", "members": ["U0ANA", "U0CAIS"]})
    assert (await api("chat.postEphemeral", channel="C0GENERAL", user="U0BEN", text="x"))["error"] == "not_in_channel"
    assert (await api("chat.postEphemeral", channel="C0TWO", user="U0BEN", text="x"))["error"] == "user_not_in_channel"
    assert (await api("chat.postEphemeral", channel="C0COMPL", user="U0BEN", text="x"))["ok"]
    assert [m["text"] for m in slack.messages("U0BEN", "C0COMPL")] == ["x"]
    assert slack.messages("U0ANA", "C0COMPL") == []


async def test_an_ephemeral_message_cannot_be_updated_or_deleted(api: Api) -> None:
    ts = (await api("chat.postEphemeral", channel="C0COMPL", user="U0BEN", text="x"))["message_ts"]
    assert (await api("chat.update", channel="C0COMPL", ts=ts, text="y"))["error"] == "message_not_found"
    assert (await api("chat.delete", channel="C0COMPL", ts=ts))["error"] == "message_not_found"


async def test_only_own_messages_are_updated_and_deleted(slack: Sandbox, api: Api) -> None:
    theirs = (await slack.say("U0ANA", "C0COMPL", "mine"))["ts"]
    assert (await api("chat.update", channel="C0COMPL", ts=theirs, text="y"))["error"] == "cant_update_message"
    assert (await api("chat.delete", channel="C0COMPL", ts=theirs))["error"] == "cant_delete_message"
    own = (await api("chat.postMessage", channel="C0COMPL", text="x"))["ts"]
    assert (await api("chat.update", channel="C0COMPL", ts=own, text="x" * 4001))["error"] == "msg_too_long"
    assert (await api("chat.update", channel="C0COMPL", ts=own, text="y"))["ok"]
    changed = slack.messages("U0ANA", "C0COMPL")[-1]
    assert (changed["text"], changed["edited"]["user"]) == ("y", "U0CAIS")
    assert (await api("chat.delete", channel="C0COMPL", ts=own))["ok"]
    assert len(slack.messages("U0ANA", "C0COMPL")) == 1


async def test_an_update_keeps_blocks_it_does_not_mention_and_knows_no_people(slack: Sandbox, api: Api) -> None:
    ts = (await api("chat.postMessage", channel="U0BEN", text="x", blocks=[section("x")]))["ts"]
    assert (await api("chat.update", channel="U0BEN", ts=ts, text="y"))["error"] == "channel_not_found"
    await api("chat.update", channel="D0BEN", ts=ts, text="y")
    assert [b["type"] for b in slack.messages("U0BEN", "D0BEN")[0]["blocks"]] == ["section"]
    await api("chat.update", channel="D0BEN", ts=ts, text="y", blocks=[])
    assert slack.messages("U0BEN", "D0BEN")[0]["blocks"] == []


async def test_a_permalink_leads_to_a_message_that_exists(slack: Sandbox, api: Api) -> None:
    ts = (await slack.say("U0ANA", "C0COMPL", "hi"))["ts"]
    answer = await api("chat.getPermalink", channel="C0COMPL", message_ts=ts)
    assert answer["permalink"] == f"https://practice.slack.com/archives/C0COMPL/p{ts.replace('.', '')}"
    missing = await api("chat.getPermalink", channel="C0COMPL", message_ts="1700000000.000001")
    assert missing["error"] == "message_not_found"


async def test_history_gives_back_metadata_newest_first_and_only_where_the_scope_reaches(api: Api) -> None:
    metadata = {"event_type": "reminder", "event_payload": {"key": "k1"}}
    for text in ("one", "two"):
        await api("chat.postMessage", channel="U0BEN", text=text, metadata=metadata)
    answer = await api("conversations.history", channel="D0BEN", include_all_metadata=True, limit=1)
    assert [(m["text"], m["metadata"]) for m in answer["messages"]] == [("two", metadata)]
    assert answer["has_more"]
    rest = await api("conversations.history", channel="D0BEN", cursor=answer["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["one"]
    assert "metadata" not in rest["messages"][0]
    assert (await api("conversations.history", channel="C0COMPL"))["needed"] == "channels:history"


async def test_a_thread_is_read_with_replies(api: Api) -> None:
    root = (await api("chat.postMessage", channel="U0BEN", text="root"))["ts"]
    await api("chat.postMessage", channel="U0BEN", text="reply", thread_ts=root)
    answer = await api("conversations.replies", channel="D0BEN", ts=root)
    assert [m["text"] for m in answer["messages"]] == ["root", "reply"]
    assert [m["text"] for m in (await api("conversations.history", channel="D0BEN"))["messages"]] == ["root"]
    assert (await api("conversations.replies", channel="D0BEN", ts="1.2"))["error"] == "thread_not_found"


async def test_channels_are_described_to_an_app_with_the_scopes(session: aiohttp.ClientSession) -> None:
    allowed = manifest(scopes=["channels:read", "im:write"])
    async with Sandbox.start(allowed, rates=False) as slack:
        api = Api(slack, session)
        assert (await api("conversations.info", channel="C0COMPL"))["channel"]["is_member"] is True
        assert (await api("conversations.info", channel="C0GENERAL"))["channel"]["is_member"] is False
        assert "U0CON" in (await api("conversations.members", channel="C0COMPL"))["members"]
        assert (await api("conversations.open", users="U0BEN"))["channel"]["id"] == "D0BEN"
        assert (await api("conversations.open", users="U0NOBODY"))["error"] == "user_not_found"


async def test_prompts_are_at_most_four_and_only_in_a_dm(slack: Sandbox, api: Api) -> None:
    prompts: list[Any] = [{"title": f"t{n}", "message": "m"} for n in range(5)]
    name = "assistant.threads.setSuggestedPrompts"
    assert (await api(name, channel_id="D0BEN", prompts=prompts))["error"] == "invalid_arguments"
    assert (await api(name, channel_id="C0COMPL", prompts=prompts[:4]))["error"] == "channel_not_found"
    assert (await api(name, channel_id="D0BEN", prompts=prompts[:4]))["ok"]
    assert (await api("assistant.threads.setStatus", channel_id="D0BEN", thread_ts="1.2", status="thinking"))["ok"]


async def test_blocks_validate_needs_no_token_and_exactly_one_thing_to_check(api: Api) -> None:
    assert (await api("blocks.validate", token=None, blocks=[section("x")])) == {"ok": True}
    wrong = await api("blocks.validate", token=None, blocks=[section("x" * 3001)])
    assert wrong["errors"][0]["pointer"] == "/blocks/0/text/text"
    both = await api("blocks.validate", token=None, blocks=[section("x")], view=home())
    assert both["error"] == "invalid_arguments"


async def test_one_channel_takes_a_burst_and_then_one_message_per_second(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest()) as slack:
        api = Api(slack, session)
        for _ in range(5):
            assert (await api("chat.postMessage", channel="C0COMPL", text="x"))["ok"]
        assert (await api("chat.postMessage", channel="C0COMPL", text="x"))["error"] == "ratelimited"
        assert (api.status, api.headers["Retry-After"]) == (429, "1")
        assert (await api("chat.postMessage", channel="U0BEN", text="x"))["ok"]


async def test_a_tier_is_exhausted_method_by_method(session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest()) as slack:
        api = Api(slack, session)
        ts = (await api("chat.postMessage", channel="U0BEN", text="x"))["ts"]
        answers = [await api("chat.update", channel="D0BEN", ts=ts, text="x") for _ in range(60)]
        assert [a["ok"] for a in answers[:50]] == [True] * 50
        assert answers[-1]["error"] == "ratelimited"
        assert (await api("users.info", user="U0BEN"))["ok"]


async def test_the_calls_are_kept_with_their_answers(slack: Sandbox, api: Api) -> None:
    await api("chat.postMessage", channel="U0BEN", text="x", blocks=[actions(button("a"))])
    call = slack.calls[-1]
    assert (call.method, call.args["channel"], call.answer["channel"]) == ("chat.postMessage", "U0BEN", "D0BEN")
    assert "token" not in call.args


async def test_a_wrong_view_type_is_an_invalid_argument(api: Api) -> None:
    assert (await api("views.publish", user_id="U0BEN", view=modal()))["error"] == "invalid_arguments"


async def test_a_dm_between_two_people_does_not_exist_for_the_app(slack: Sandbox, api: Api) -> None:
    await slack.say("U0ANA", "D0ANABEN", "Between us")
    for method in ("conversations.history", "chat.postMessage"):
        assert (await api(method, channel="D0ANABEN", text="x"))["error"] == "channel_not_found"
    assert not slack.sent, "nor is the app told what is said there"
