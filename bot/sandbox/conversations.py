"""conversations.*, users.*, assistant.threads.*, auth.* and blocks.validate."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import Any

from bot.sandbox.chat import channel_for_bot
from bot.sandbox.limits import limits, problems_in_blocks, problems_in_message, problems_in_view
from bot.sandbox.methods import method
from bot.sandbox.payloads import message_for_bot
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_ID, BOT_USER

_READ = {"im": "im:read", "group": "groups:read", "channel": "channels:read"}
_HISTORY = {"im": "im:history", "group": "groups:history", "channel": "channels:history"}
MOST_PROMPTS = 4
MOST_STATUS_WORDS = 10


@method("api.test", tier="special", caller="anyone")
def api_test(slack: Slack, args: Json) -> Json:
    """Says back what was sent."""
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


@method("auth.test", tier="special")
def auth_test(slack: Slack, args: Json) -> Json:
    """Who the token belongs to."""
    team = slack.workspace.team
    return {
        "url": f"https://{team['domain']}.slack.com/",
        "team": team["name"],
        "team_id": team["id"],
        "user": slack.workspace.users[BOT_USER]["name"],
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


@method("users.info", scopes=("users:read",), required=("user",))
def users_info(slack: Slack, args: Json) -> Json:
    """One person, with the IANA time zone; e-mail needs a scope of its own and is not pretended."""
    user = slack.workspace.users.get(args["user"])
    if user is None:
        raise SlackError("user_not_found")
    offset = datetime.datetime.now(zoneinfo.ZoneInfo(user["tz"])).utcoffset() or datetime.timedelta()
    profile = {"real_name": user["real_name"], "display_name": user["name"], "title": user["title"]}
    whole = {
        "team_id": slack.workspace.team["id"],
        "tz_label": user["tz"],
        "tz_offset": int(offset.total_seconds()),
        "profile": profile,
        "is_owner": False,
        "is_ultra_restricted": False,
    }
    return {"user": {**{key: value for key, value in user.items() if key != "title"}, **whole}}


def _reachable(slack: Slack, args: Json, needs: dict[str, str], *, member: bool) -> Json:
    channel = channel_for_bot(slack, args["channel"], join=member)
    kind = "im" if channel["is_im"] else "group" if channel["is_private"] else "channel"
    if needs[kind] not in slack.options.manifest.scopes:
        provided = ",".join(sorted(slack.options.manifest.scopes))
        raise SlackError("missing_scope", needed=needs[kind], provided=provided)
    return channel


@method("conversations.info", tier="3", scopes=tuple(_READ.values()), required=("channel",))
def conversations_info(slack: Slack, args: Json) -> Json:
    """One channel."""
    channel = _reachable(slack, args, _READ, member=False)
    shown = {key: value for key, value in channel.items() if key not in ("members", "prompts")}
    return {"channel": {**shown, "is_member": BOT_USER in channel["members"]}}


@method("conversations.members", scopes=tuple(_READ.values()), required=("channel",))
def conversations_members(slack: Slack, args: Json) -> Json:
    """Who is in a channel."""
    channel = _reachable(slack, args, _READ, member=False)
    return {"members": list(channel["members"]), "response_metadata": {"next_cursor": ""}}


@method("conversations.open", tier="3", scopes=("im:write",))
def conversations_open(slack: Slack, args: Json) -> Json:
    """The DM of the app with a person."""
    users = args.get("users")
    wanted = users.split(",") if isinstance(users, str) else users or []
    if len(wanted) != 1 and not args.get("channel"):
        raise SlackError("users_list_not_supplied" if not wanted else "invalid_user_combination")
    channel = slack.workspace.channels.get(str(args.get("channel"))) or slack.workspace.dm_of(str(wanted and wanted[0]))
    if channel is None:
        raise SlackError("user_not_found" if wanted else "channel_not_found")
    return {"no_op": True, "already_open": True, "channel": {"id": channel["id"]}}


def _page(slack: Slack, args: Json, messages: list[Json]) -> Json:
    limit = min(int(args.get("limit") or 100), 999)
    metadata = args.get("include_all_metadata") in (True, "true", "1", 1)
    team = slack.workspace.team["id"]
    page = [message_for_bot(message, team) for message in messages[:limit]]
    if not metadata:
        page = [{key: value for key, value in message.items() if key != "metadata"} for message in page]
    more = len(messages) > limit
    cursor = messages[limit - 1]["ts"] if more else ""
    return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def _in_window(message: Json, args: Json) -> bool:
    ts, inclusive = float(message["ts"]), args.get("inclusive") in (True, "true", "1", 1)
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    return oldest < ts < latest or (inclusive and ts in (oldest, latest))


@method("conversations.history", tier="3", scopes=tuple(_HISTORY.values()), required=("channel",))
def conversations_history(slack: Slack, args: Json) -> Json:
    """The messages of a channel, newest first, without replies and ephemeral messages."""
    channel = _reachable(slack, args, _HISTORY, member=True)
    found = [
        message
        for message in reversed(slack.workspace.messages.get(channel["id"], {}).values())
        if not message.get("ephemeral_to")
        and message.get("thread_ts") in (None, message["ts"])
        and _in_window(message, args)
        and (not args.get("cursor") or float(message["ts"]) < float(args["cursor"]))
    ]
    return _page(slack, args, found)


@method("conversations.replies", tier="3", scopes=tuple(_HISTORY.values()), required=("channel", "ts"))
def conversations_replies(slack: Slack, args: Json) -> Json:
    """A thread, oldest first."""
    channel = _reachable(slack, args, _HISTORY, member=True)
    found = [
        message
        for message in slack.workspace.messages.get(channel["id"], {}).values()
        if not message.get("ephemeral_to")
        and args["ts"] in (message["ts"], message.get("thread_ts"))
        and (not args.get("cursor") or float(message["ts"]) > float(args["cursor"]))
    ]
    if not found:
        raise SlackError("thread_not_found")
    return _page(slack, args, found)


@method("assistant.threads.setSuggestedPrompts", scopes=("assistant:write",), required=("channel_id", "prompts"))
def set_suggested_prompts(slack: Slack, args: Json) -> Json:
    """Up to four prompts above the message box of a DM with the app."""
    channel = _dm(slack, args)
    prompts: Any = args["prompts"]
    whole = isinstance(prompts, list) and all(
        isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts
    )
    if not whole or len(prompts) > MOST_PROMPTS:
        raise SlackError(
            "invalid_arguments", messages=["[ERROR] one to four prompts with title and message [json-pointer:/prompts]"]
        )
    slack.workspace.add_channel({**channel, "prompts": {"title": args.get("title") or "", "prompts": prompts}})
    slack.workspace.tell({"type": "prompts", "channel": channel["id"], "prompts": prompts}, set(channel["members"]))
    return {}


@method("assistant.threads.setStatus", scopes=("assistant:write", "chat:write"), required=("channel_id", "thread_ts"))
def set_status(slack: Slack, args: Json) -> Json:
    """What the app is doing, shown in a thread; the empty string takes it away."""
    channel = channel_for_bot(slack, args["channel_id"])
    if "status" not in args:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: status"])
    if len(args.get("loading_messages") or []) > MOST_STATUS_WORDS:
        raise SlackError(
            "invalid_arguments", messages=["[ERROR] no more than 10 items allowed [json-pointer:/loading_messages]"]
        )
    change = {"type": "status", "channel": channel["id"], "thread_ts": args["thread_ts"], "status": args["status"]}
    slack.workspace.tell(change, set(channel["members"]))
    return {}


def _is_prompt(prompt: Any) -> bool:
    return isinstance(prompt, dict) and bool(prompt.get("title")) and bool(prompt.get("message"))


def _dm(slack: Slack, args: Json) -> Json:
    channel = channel_for_bot(slack, args["channel_id"])
    if not channel["is_im"]:
        raise SlackError("channel_not_found")
    return channel


@method("blocks.validate", tier="special", caller="anyone")
def blocks_validate(slack: Slack, args: Json) -> Json:
    """Checks blocks, a view or a message without doing anything with them; exactly one of the three."""
    given = [name for name in ("blocks", "view", "message") if args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments", messages=["[ERROR] exactly one of blocks, view, message"])
    value = args[given[0]]
    if given == ["blocks"]:
        problems = problems_in_blocks(value, "message", limits()["message"]["blocks"])
    else:
        problems = problems_in_view(value) if given == ["view"] else problems_in_message(value)
    if problems:
        raise SlackError("invalid_blocks", errors=[problem.as_json() for problem in problems])
    return {}
