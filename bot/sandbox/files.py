"""Files people hand over in a form: the bot fetches them with its token, the page shows them."""

from __future__ import annotations

import base64
import mimetypes
import secrets
import time
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.methods import method
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import BOT_USER

LARGEST = 64 * 1024 * 1024
"""Slack itself takes a gigabyte; a practice room has to keep it in memory."""
_OWN_FIELDS = ("content", "given_to_app", "examined_at", "canvas", "access")

EXAMINING = 0.2
"""Seconds until Slack has examined what an app handed up and knows what it is; with Slack it may be several."""

PICTURES = ("image/png", "image/jpeg", "image/gif")


class Files:
    """Everything that was handed over."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        """Where files are fetched."""
        return [web.get("/files/{id}", self._fetch), web.get("/files/{id}/{name}", self._fetch)]

    def keep(self, user: str, name: str, content: bytes) -> Json:
        """Stores a file and gives it as Slack describes it. Raises SlackError user_not_found, file_too_large."""
        if user not in self._slack.workspace.users:
            raise SlackError("user_not_found")
        if len(content) > LARGEST:
            raise SlackError("file_too_large", messages=["the sandbox takes no more than 64 MB"])
        file_id, name = f"F{secrets.token_hex(4).upper()}", PurePath(name).name or "file"
        url = f"{self._slack.base_url}/files/{file_id}/{quote(name)}"
        kept = self._slack.workspace.put_file(
            {
                "id": file_id,
                "created": int(time.time()),
                "timestamp": int(time.time()),
                "name": name,
                "title": name,
                "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
                "filetype": PurePath(name).suffix.removeprefix(".").lower() or "binary",
                "user": user,
                "size": len(content),
                "mode": "hosted",
                "is_external": False,
                "is_public": False,
                "url_private": url,
                "url_private_download": url,
                "permalink": permalink(self._slack, user, file_id, name),
                "content": base64.b64encode(content).decode(),
            }
        )
        return described(kept)

    def delete(self, user: str, file_id: str) -> None:
        """Forgets a file. Raises SlackError file_not_found where it is not this person's."""
        file = self._slack.workspace.files.get(file_id)
        if file is None or file["user"] != user:
            raise SlackError("file_not_found")
        self._slack.workspace.drop_file(file_id)

    async def _fetch(self, request: web.Request) -> web.Response:
        found = self._slack.workspace.files.get(request.match_info["id"])
        if found is None:
            return web.Response(status=404, text="There is no such file.")
        if not self._may_read(request):
            # Slack sends whoever lacks token or scope to its login page, with a 302 that looks like success.
            raise web.HTTPFound(f"{self._slack.base_url}/?login")
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        content = base64.b64decode(found["content"])
        return web.Response(body=content, content_type=found["mimetype"], headers=headers)

    def _may_read(self, request: web.Request) -> bool:
        if request.headers.get("Sec-Fetch-Site") == "same-origin":  # the page; nothing but a browser says so
            return True
        options = self._slack.options
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(token, options.bot_token) and "files:read" in options.manifest.scopes


def permalink(slack: Slack, user: str, file_id: str, name: str) -> str:
    """Where people find a file in Slack."""
    return f"https://{slack.workspace.team['domain']}.slack.com/files/{user}/{file_id}/{quote(name.lower())}"


def described(file: Json) -> Json:
    """A file as Slack describes it: before it was examined nobody knows of what kind it is."""
    known = examined(file)
    return known if file.get("examined_at", 0.0) <= time.time() else {**known, "mimetype": "", "filetype": ""}


def examined(file: Json) -> Json:
    """A file as Slack describes it in the end."""
    return {name: value for name, value in file.items() if name not in _OWN_FIELDS}


def is_picture_for_app(slack: Slack, slack_file: Any) -> bool:
    """Whether this may stand in an image: the id, or the address, of a picture that the app may see."""
    if not isinstance(slack_file, dict) or len(slack_file) != 1:
        return False
    (name, value), known = next(iter(slack_file.items())), slack.workspace.files
    if name == "id":
        found = known.get(str(value))
    else:
        found = next((f for f in known.values() if name == "url" and f["url_private"] == value), None)
    return bool(found and found.get("given_to_app") and described(found)["mimetype"] in PICTURES)


def handed_over(slack: Slack, user: str, files: Any) -> list[Json]:
    """The files in a form, as Slack knows them: a page can only name them.

    Raises SlackError file_not_found, and invalid_arguments where this names none.
    """
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise SlackError("invalid_arguments", messages=['files has to be a list like [{"id": "F012"}]'])
    found = [slack.workspace.files.get(str(file.get("id"))) for file in files]
    if any(file is None or file["user"] != user for file in found):
        raise SlackError("file_not_found")
    return [described(file) for file in found if file]


def give_to_app(slack: Slack, values: Json) -> None:
    """A form that is sent gives the app its files: until then the app may not look at them."""
    for given in (given for held in values.values() for given in held.values()):
        give_files(slack, [file["id"] for file in given.get("files") or ()])


def give_files(slack: Slack, files: Sequence[str]) -> None:
    """The app may look at these files from now on: they were sent where it is."""
    for file in files:
        slack.workspace.put_file({**slack.workspace.files[file], "given_to_app": True})


@method("files.info", scopes=("files:read",), tier="4", required=("file",))
def info(slack: Slack, args: Json) -> Json:
    """What a file is called, how large it is and where its content is."""
    file = slack.workspace.files.get(str(args["file"]))
    if file is None or not file.get("given_to_app"):
        raise SlackError("file_not_found")
    return {"file": {**described(file), **_places(slack, file["id"])}, **_NOTHING_ELSE}


_NOTHING_ELSE: Json = {"comments": [], "response_metadata": {"next_cursor": ""}}


def _places(slack: Slack, file_id: str) -> Json:
    """Where the app sees that it stands, by kind."""
    found: Json = {"channels": [], "groups": [], "ims": []}
    for channel in slack.workspace.channels.values():
        messages = slack.workspace.messages.get(channel["id"], {}).values()
        shown = any(file["id"] == file_id for message in messages for file in message.get("files") or ())
        if shown and (BOT_USER in channel["members"] or not channel["is_private"]):
            kind = "ims" if channel["is_im"] else "groups" if channel["is_private"] else "channels"
            found[kind].append(channel["id"])
    return found
