"""canvases.*: documents of the app's own, and who may read them."""

from __future__ import annotations

import base64
import secrets
import time
from typing import Any

from bot.sandbox.methods import method
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import BOT_USER

LONGEST = 1_048_576
LEVELS = ("read", "write", "owner")


@method("canvases.create", scopes=("canvases:write",), tier="2")
def create(slack: Slack, args: Json) -> Json:
    """A canvas that only the app sees at first. On a free plan it would have to be a tab of a channel."""
    if slack.options.free_plan and not args.get("channel_id"):
        raise SlackError("free_teams_cannot_create_non_tabbed_canvases")
    content = args.get("document_content")
    if content is not None and not _is_markdown(content):
        raise SlackError("invalid_arguments", messages=["[ERROR] document_content must be of type markdown"])
    markdown = str(content["markdown"]) if content else ""
    if len(markdown) > LONGEST:
        raise SlackError("canvas_creation_failed")
    canvas, now = f"F{secrets.token_hex(4).upper()}", int(time.time())
    address = f"{slack.base_url}/canvas/{canvas}"
    slack.workspace.put_file(
        {
            "id": canvas,
            "created": now,
            "timestamp": now,
            "name": "Canvas",
            "title": str(args.get("title") or "Untitled"),
            "mimetype": "application/vnd.slack-docs",
            "filetype": "quip",
            "user": BOT_USER,
            "size": len(markdown.encode()),
            "mode": "quip",
            "is_external": False,
            "is_public": False,
            "url_private": f"{slack.base_url}/files/{canvas}/canvas.md",
            "permalink": address,
            "given_to_app": True,
            "content": base64.b64encode(markdown.encode()).decode(),
            "canvas": True,
            "access": {},
        }
    )
    return {"canvas_id": canvas}


def _is_markdown(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and set(content) == {"type", "markdown"}
        and content["type"] == "markdown"
        and isinstance(content["markdown"], str)
    )


@method("canvases.access.set", scopes=("canvases:write",), tier="3", required=("canvas_id", "access_level"))
def set_access(slack: Slack, args: Json) -> Json:
    """Who may read or change a canvas: people or channels, never both at once."""
    canvas = slack.workspace.files.get(str(args["canvas_id"]))
    if canvas is None or "canvas" not in canvas:
        raise SlackError("canvas_not_found")
    people, channels = args.get("user_ids"), args.get("channel_ids")
    given = people or channels
    if bool(people) == bool(channels) or not isinstance(given, list) or len(given) > 20:
        raise SlackError("invalid_parameters")
    if args["access_level"] not in LEVELS:
        raise SlackError("invalid_arguments", messages=["[ERROR] access_level must be read, write or owner"])
    known = slack.workspace.users if people else slack.workspace.channels
    if any(one not in known for one in given):
        raise SlackError("user_not_found" if people else "channel_not_found")
    access = {**canvas["access"], **dict.fromkeys(given, args["access_level"])}
    slack.workspace.put_file({**canvas, "access": access})
    return {}
