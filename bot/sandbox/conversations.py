"""conversations.*: channels, who is in them, and what was said there."""

from __future__ import annotations

import math

from bot.sandbox.chat import channel_for_bot
from bot.sandbox.methods import method
from bot.sandbox.payloads import message_for_bot
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import BOT_USER

_READ = {"im": "im:read", "group": "groups:read", "channel": "channels:read"}
_HISTORY = {"im": "im:history", "group": "groups:history", "channel": "channels:history"}


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


def _number(args: Json, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except (TypeError, ValueError) as error:
        raise SlackError(
            "invalid_cursor" if name == "cursor" else f"invalid_{'limit' if name == 'limit' else f'ts_{name}'}"
        ) from error


def _page(slack: Slack, args: Json, messages: list[Json]) -> Json:
    limit = min(int(_number(args, "limit", 100)), 999)
    if limit < 1:
        raise SlackError("invalid_limit")
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
    oldest, latest = _number(args, "oldest", 0.0), _number(args, "latest", math.inf)
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
        and (not args.get("cursor") or float(message["ts"]) < _number(args, "cursor", 0.0))
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
        and (not args.get("cursor") or float(message["ts"]) > _number(args, "cursor", 0.0))
    ]
    if not found:
        raise SlackError("thread_not_found")
    return _page(slack, args, found)
