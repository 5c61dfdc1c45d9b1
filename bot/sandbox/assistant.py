"""assistant.threads.*: suggested prompts and what the app says it is doing."""

from __future__ import annotations

from typing import Any

from bot.sandbox.chat import channel_for_bot
from bot.sandbox.methods import method
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError

MOST_PROMPTS = 4
MOST_STATUS_WORDS = 10


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
