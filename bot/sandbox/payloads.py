"""The payloads Slack sends for what people do."""

from __future__ import annotations

from typing import Any

from bot.sandbox.delivery import VERIFICATION_TOKEN
from bot.sandbox.elements import first_values
from bot.sandbox.org import of_command, of_interaction
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID

_OWN_FIELDS = ("channel", "ephemeral_to", "notifies", "states")
_VIEW_OWN_FIELDS = ("user",)


def response_url(slack: Slack, user: str, channel: str, message_ts: str | None = None) -> str:
    """A new response_url for something a person did in a channel."""
    return f"{slack.base_url}/response/{slack.tickets.give(user, channel, message_ts)}"


def person(slack: Slack, user_id: str) -> Json:
    """The person as interaction payloads show him. Raises SlackError user_not_found."""
    user = slack.workspace.users.get(user_id)
    if user is None or user["is_bot"]:
        raise SlackError("user_not_found")
    return {
        "id": user["id"],
        "username": user["name"],
        "name": user["name"],
        "team_id": slack.workspace.team_of(user_id),
    }


def channel_name(channel: Json) -> str:
    """What Slack calls a channel in payloads: private places do not give their names away."""
    return "directmessage" if channel["is_im"] else "privategroup" if channel["is_private"] else str(channel["name"])


def message_for_bot(message: Json, team_id: str) -> Json:
    """A message as the bot sees it."""
    kept = {key: value for key, value in message.items() if key not in _OWN_FIELDS and value is not None}
    return {"type": "message", "team": team_id, **kept}


def view_for_bot(view: Json) -> Json:
    """A view as the bot sees it."""
    return {key: value for key, value in view.items() if key not in _VIEW_OWN_FIELDS}


def interaction(slack: Slack, kind: str, user_id: str, **more: Any) -> Json:
    """What all interaction payloads have in common."""
    return {
        "type": kind,
        "user": person(slack, user_id),
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        **of_interaction(slack.options, slack.workspace.team),
        **more,
    }


def command(slack: Slack, user_id: str, channel: Json, name: str, text: str) -> Json:
    """A slash command's form fields."""
    team = slack.workspace.team
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": channel["id"],
        "channel_name": channel_name(channel),
        "user_id": user_id,
        "user_name": person(slack, user_id)["name"],
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        **of_command(slack.options),
        "response_url": response_url(slack, user_id, channel["id"]),
        "trigger_id": slack.triggers.give(user_id),
    }


def message_context(slack: Slack, user_id: str, message: Json) -> Json:
    """Container, channel, message, state and response_url of an action on a message."""
    channel = slack.workspace.channels[message["channel"]]
    ephemeral = bool(message.get("ephemeral_to"))
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel["id"],
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    context: Json = {
        "container": container,
        "channel": {"id": channel["id"], "name": channel_name(channel)},
        "state": {"values": first_values(message.get("blocks") or [], message.get("states", {}).get(user_id))},
        "response_url": response_url(slack, user_id, channel["id"], message["ts"]),
    }
    # Slack keeps no copy of an ephemeral message, so it cannot put one into the payload.
    if not ephemeral:
        context["message"] = message_for_bot(message, slack.workspace.team["id"])
    return context


def view_context(view: Json) -> Json:
    """Container and view of an action in a modal or on the Home tab."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view_for_bot(view)}
