"""Files the app hands up, in Slack's three steps: an address for one, its content, and where it is to be shown."""

from __future__ import annotations

import base64
import mimetypes
import secrets
import time
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.chat import as_bot, channel_for_bot
from bot.sandbox.files import EXAMINING, LARGEST, described, examined, permalink
from bot.sandbox.methods import method
from bot.sandbox.slack import Slack
from bot.sandbox.web_faults import cut, faulty
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import BOT_USER


class Uploads:
    """Where the content of a file goes. An address takes one file of the size that was said, without any token."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        """Where content is sent."""
        return [web.post("/upload/v1/{ticket}", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        fault = self._slack.faults.take("upload_url")
        content = await request.read()
        instead = await faulty(request, fault)
        if instead is not None:
            return instead
        waiting = self._slack.uploads.get(request.match_info["ticket"])
        if waiting is None or "content" in waiting:
            return web.Response(status=404, text="There is no such upload.")
        if len(content) != waiting["size"]:
            return web.Response(status=400, text=f"{waiting['size']} bytes were announced, {len(content)} came.")
        waiting["content"] = base64.b64encode(content).decode()
        if fault and fault["kind"] == "lost_reply":
            return cut(request)
        return web.Response(text=f"OK - {len(content)}")


@method("files.getUploadURLExternal", scopes=("files:write",), tier="4", required=("filename", "length"), form=True)
def get_upload_url(slack: Slack, args: Json) -> Json:
    """An address for one file; what is not completed afterwards is thrown away."""
    try:
        length = int(args["length"])
    except (TypeError, ValueError) as error:
        raise SlackError("invalid_arguments", messages=["[ERROR] length must be an integer"]) from error
    if length < 1:
        raise SlackError("invalid_arguments", messages=["[ERROR] length must be more than 0"])
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    ticket, file_id = secrets.token_urlsafe(18), f"F{secrets.token_hex(4).upper()}"
    slack.uploads[ticket] = {"id": file_id, "name": PurePath(str(args["filename"])).name or "file", "size": length}
    return {"upload_url": f"{slack.base_url}/upload/v1/{ticket}", "file_id": file_id}


@method("files.completeUploadExternal", scopes=("files:write",), tier="4", required=("files",))
def complete_upload(slack: Slack, args: Json) -> Json:
    """The files are whole, and are shown in a conversation where one is named."""
    wanted = args["files"]
    if not wanted or not isinstance(wanted, list) or not all(isinstance(one, dict) and one.get("id") for one in wanted):
        raise SlackError("invalid_arguments", messages=["[ERROR] files must be a list of objects with an id"])
    # A person's id is none of a conversation: only chat.postMessage takes it for one.
    channel = channel_for_bot(slack, args["channel_id"]) if args.get("channel_id") else None
    handed = {up["id"]: ticket for ticket, up in slack.uploads.items() if "content" in up}
    if any(one["id"] not in handed for one in wanted):
        raise SlackError("file_not_found")
    files = [_kept(slack, slack.uploads.pop(handed[one["id"]]), one.get("title")) for one in wanted]
    if channel:
        said = {"text": args.get("initial_comment") or "", "blocks": [], "files": [examined(file) for file in files]}
        as_bot(slack, channel["id"], said, args.get("thread_ts"))
    return {"files": [described(file) for file in files]}


def _kept(slack: Slack, upload: Json, title: Any) -> Json:
    name, now = upload["name"], int(time.time())
    url = f"{slack.base_url}/files/{upload['id']}/{quote(name)}"
    file = {
        "created": now,
        "timestamp": now,
        "title": str(title or name),
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": PurePath(name).suffix.removeprefix(".").lower() or "binary",
        "user": BOT_USER,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": url,
        "url_private_download": url,
        "permalink": permalink(slack, BOT_USER, upload["id"], name),
        "given_to_app": True,
        "examined_at": time.time() + EXAMINING,
        **upload,
    }
    return slack.workspace.put_file(file)
