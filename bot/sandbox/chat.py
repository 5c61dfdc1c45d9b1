"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.elements import with_ids
from bot.sandbox.files import is_picture_for_app
from bot.sandbox.limits import Problem, limits, problems_in_message
from bot.sandbox.methods import method
from bot.sandbox.payloads import message_for_bot
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_ID, BOT_USER

_TS = re.compile(r"\d{10}\.\d{6}")


def channel_for_bot(slack: Slack, channel_id: Any, *, join: bool = True, people: bool = False) -> Json:
    """The channel the bot names; where ``people`` are allowed, a user id means the DM with that person.

    Raises SlackError: channel_not_found (also for what is private and without the app), not_in_channel, is_archived.
    """
    found = slack.workspace.channels.get(str(channel_id))
    if found is None and people:
        found = slack.workspace.dm_of(str(channel_id))
    if found is None or ((found["is_private"] or found["is_im"]) and BOT_USER not in found["members"]):
        raise SlackError("channel_not_found")
    public = "chat:write.public" in slack.options.manifest.scopes
    if join and BOT_USER not in found["members"] and not public:
        raise SlackError("not_in_channel")
    if found["is_archived"]:
        raise SlackError("is_archived")
    if found["is_im"] and slack.workspace.users[found["user"]]["deleted"]:
        raise SlackError("account_inactive")
    return found


def checked_content(slack: Slack, name: str, args: Json, *, text_limit: int | None = None) -> Json:
    """Text, blocks and metadata of a message. Raises SlackError: no_text, msg_too_long, invalid_blocks, ..."""
    text, blocks = args.get("text") or "", args.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", messages=["[ERROR] must be a string [json-pointer:/text]"])
    if len(text) > (text_limit or limits()["message"]["text"]):
        raise SlackError("msg_too_long")
    problems = problems_in_message({"blocks": blocks}) or _problems_with_files(slack, blocks)
    if problems:
        raise invalid_blocks(problems)
    if not text:
        slack.traffic.warn(name, "the top-level text is missing: notifications and screen readers have nothing to say")
    elif len(text) > limits()["message"]["text_advised"]:
        slack.traffic.warn(name, f"text has {len(text)} characters; Slack advises 4,000 or fewer")
    return {"text": text, "blocks": with_ids(blocks), **_metadata(args.get("metadata"))}


def _problems_with_files(slack: Slack, blocks: list[Json]) -> list[Problem]:
    """Pictures that are none, or none that the app may see."""
    return [
        Problem(f"/blocks/{nth}/slack_file", "invalid_slack_file", "invalid slack file", "a picture the app may see")
        for nth, block in enumerate(blocks)
        for image in (block, block.get("accessory") or {}, *(block.get("elements") or ()))
        if image.get("type") == "image" and "slack_file" in image and not is_picture_for_app(slack, image["slack_file"])
    ]


def invalid_blocks(problems: list[Problem]) -> SlackError:
    """The refusal of blocks, saying where and why."""
    return SlackError(
        "invalid_blocks", messages=[str(problem) for problem in problems], errors=[str(p) for p in problems]
    )


def _metadata(metadata: Any) -> Json:
    if not metadata:
        return {}
    whole = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    if not whole or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    return {"metadata": metadata}


def as_bot(slack: Slack, channel: str, content: Json, thread_ts: Any = None, ephemeral_to: str | None = None) -> Json:
    """Stores a message of the app. Raises SlackError invalid_thread_ts."""
    message: Json = {
        "ts": slack.workspace.new_ts(),
        "channel": channel,
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        **content,
    }
    if thread_ts:
        if not _TS.fullmatch(str(thread_ts)):
            raise SlackError("invalid_thread_ts")
        message["thread_ts"] = str(thread_ts)
    if ephemeral_to:
        message["ephemeral_to"] = ephemeral_to
    stored = slack.workspace.put_message(message)
    if not ephemeral_to:
        slack.message_event(slack.workspace.channels[channel], message_for_bot(stored, slack.workspace.team["id"]))
    return stored


def change(slack: Slack, message: Json, content: Json) -> Json:
    """Replaces a message of the app and tells subscribers about it."""
    edited = {"user": BOT_USER, "ts": slack.workspace.new_ts()}
    stored = slack.workspace.put_message({**message, **content, "edited": edited}, changed=True)
    if not message.get("ephemeral_to"):
        team = slack.workspace.team["id"]
        event = {"subtype": "message_changed", "hidden": True, "ts": edited["ts"]}
        both = {"message": message_for_bot(stored, team), "previous_message": message_for_bot(message, team)}
        slack.message_event(slack.workspace.channels[message["channel"]], {**event, **both})
    return stored


def remove(slack: Slack, message: Json) -> None:
    """Deletes a message and tells subscribers about it."""
    slack.workspace.drop_message(message)
    if not message.get("ephemeral_to"):
        before = message_for_bot(message, slack.workspace.team["id"])
        event = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message["ts"], "previous_message": before}
        slack.message_event(slack.workspace.channels[message["channel"]], {**event, "ts": slack.workspace.new_ts()})


def _answer(slack: Slack, message: Json) -> Json:
    answer: Json = {"channel": message["channel"], "ts": message["ts"]}
    answer["message"] = message_for_bot(message, slack.workspace.team["id"])
    if not message["text"]:
        answer["response_metadata"] = {"warnings": ["missing_text_in_message"]}
    return answer


@method("chat.postMessage", scopes=("chat:write",), tier="post", required=("channel",))
def post_message(slack: Slack, args: Json) -> Json:
    """Posts where the app is a member, or into a person's DM."""
    channel = channel_for_bot(slack, args["channel"], people=True)
    content = checked_content(slack, "chat.postMessage", args)
    return _answer(slack, as_bot(slack, channel["id"], content, args.get("thread_ts")))


@method("chat.postEphemeral", scopes=("chat:write",), required=("channel", "user"))
def post_ephemeral(slack: Slack, args: Json) -> Json:
    """Posts for one person, who must be in the channel too."""
    channel = channel_for_bot(slack, args["channel"])
    if args["user"] not in channel["members"]:
        raise SlackError("user_not_in_channel")
    content = checked_content(slack, "chat.postEphemeral", args)
    message = as_bot(slack, channel["id"], content, args.get("thread_ts"), ephemeral_to=args["user"])
    return {"message_ts": message["ts"]}


def _own_message(slack: Slack, args: Json, not_mine: str) -> Json:
    channel = channel_for_bot(slack, args["channel"])
    message = slack.workspace.message(channel["id"], str(args["ts"]))
    # An ephemeral message has no copy at Slack that could be found.
    if message is None or message.get("ephemeral_to"):
        raise SlackError("message_not_found")
    if message.get("bot_id") != BOT_ID:
        raise SlackError(not_mine)
    return message


@method("chat.update", scopes=("chat:write",), tier="3", required=("channel", "ts"))
def update(slack: Slack, args: Json) -> Json:
    """Changes one of the app's own messages; blocks that are not mentioned stay, an empty list takes them away."""
    message = _own_message(slack, args, "cant_update_message")
    if args.get("blocks") is None:
        args = {**args, "blocks": message["blocks"]}
    content = checked_content(slack, "chat.update", args, text_limit=limits()["message"]["update_text"])
    answer = _answer(slack, change(slack, message, content))
    return {**answer, "text": content["text"]}


@method("chat.delete", scopes=("chat:write",), tier="3", required=("channel", "ts"))
def delete(slack: Slack, args: Json) -> Json:
    """Deletes one of the app's own messages."""
    message = _own_message(slack, args, "cant_delete_message")
    remove(slack, message)
    return {"channel": message["channel"], "ts": message["ts"]}


@method("chat.getPermalink", tier="special", required=("channel", "message_ts"))
def get_permalink(slack: Slack, args: Json) -> Json:
    """The address of a message the app can see."""
    channel = channel_for_bot(slack, args["channel"], join=False)
    message = slack.workspace.message(channel["id"], str(args["message_ts"]))
    if message is None or message.get("ephemeral_to"):
        raise SlackError("message_not_found")
    path = f"{channel['id']}/p{message['ts'].replace('.', '')}"
    return {
        "channel": channel["id"],
        "permalink": f"https://{slack.workspace.team['domain']}.slack.com/archives/{path}",
    }
