"""Files the app hands up to the pretend Slack: three steps, each as strict as Slack's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Api, manifest
from tests.sandbox.screens import Json

SCOPES = ["chat:write", "files:read", "files:write"]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest(scopes=SCOPES), bot_url="http://127.0.0.1:1/", rates=False) as started:
        yield started


async def asked_for(slack: Sandbox, name: str = "record.csv", length: Any = 5) -> Json:
    """The first step, from a form as Slack wants it."""
    url, token = f"{slack.api_url}files.getUploadURLExternal", slack.options.bot_token
    fields = {"filename": name, "length": str(length), "token": token}
    async with aiohttp.ClientSession() as session, session.post(url, data=fields) as answer:
        found: Json = await answer.json()
        return found


async def sent(url: str, content: bytes) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=content) as answer:
        return answer.status


async def handed_up(slack: Sandbox, content: bytes = b"Hello", name: str = "record.csv") -> str:
    asked = await asked_for(slack, name, len(content))
    assert await sent(asked["upload_url"], content) == 200
    return str(asked["file_id"])


async def test_a_file_that_is_completed_stands_in_the_conversation_and_can_be_opened(slack: Sandbox, api: Api) -> None:
    dm, file = slack.dm("U0BEN"), await handed_up(slack)
    done = await api("files.completeUploadExternal", files=[{"id": file, "title": "The record"}], channel_id=dm)
    assert [f["title"] for f in done["files"]] == ["The record"]
    shown = slack.messages("U0BEN", dm)[-1]["files"][0]
    assert (shown["name"], shown["size"], "content" in shown) == ("record.csv", 5, False)
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with aiohttp.ClientSession() as session, session.get(shown["url_private"], headers=headers) as answer:
        assert await answer.read() == b"Hello"


async def test_what_is_not_completed_is_nowhere(slack: Sandbox) -> None:
    await handed_up(slack)
    assert slack.messages("U0BEN", slack.dm("U0BEN")) == []
    assert slack.slack.workspace.files == {}


async def test_the_address_is_asked_for_in_a_form_not_in_json(slack: Sandbox, api: Api) -> None:
    refused = await api("files.getUploadURLExternal", filename="x.csv", length=5)
    assert refused["error"] == "invalid_arguments"
    assert "missing required field: filename" in str(refused["response_metadata"])


@pytest.mark.parametrize("length", [0, -1, "many", ""])
async def test_a_size_that_is_none_is_refused(slack: Sandbox, length: object) -> None:
    assert (await asked_for(slack, length=length))["error"] == "invalid_arguments"


async def test_a_file_that_is_too_large_is_refused_at_once(slack: Sandbox) -> None:
    assert (await asked_for(slack, length=10**12))["error"] == "file_upload_size_restricted"


async def test_an_address_takes_one_file_of_the_size_that_was_said(slack: Sandbox) -> None:
    asked = await asked_for(slack)
    assert await sent(asked["upload_url"], b"Hello there") == 400
    assert await sent(asked["upload_url"], b"Hello") == 200
    assert await sent(asked["upload_url"], b"Hello") == 404
    assert await sent(f"{slack.url}/upload/v1/guessed", b"Hello") == 404


async def test_only_what_was_sent_can_be_completed_and_once(slack: Sandbox, api: Api) -> None:
    asked = await asked_for(slack)
    complete = {"channel_id": slack.dm("U0BEN")}
    for files in ([{"id": asked["file_id"]}], [{"id": "F0NOWHERE"}]):
        assert (await api("files.completeUploadExternal", files=files, **complete))["error"] == "file_not_found"
    await sent(asked["upload_url"], b"Hello")
    files = [{"id": asked["file_id"]}]
    assert (await api("files.completeUploadExternal", files=files, **complete))["ok"]
    assert (await api("files.completeUploadExternal", files=files, **complete))["error"] == "file_not_found"


@pytest.mark.parametrize(("channel", "error"), [("U0BEN", "channel_not_found"), ("C0GENERAL", "not_in_channel")])
async def test_it_is_shown_in_a_conversation_of_the_app_only(
    slack: Sandbox, api: Api, channel: str, error: str
) -> None:
    files = [{"id": await handed_up(slack)}]
    assert (await api("files.completeUploadExternal", files=files, channel_id=channel))["error"] == error


@pytest.mark.parametrize("files", [[], "", "x", [{}], [7]])
async def test_files_that_are_no_list_of_ids_are_refused(slack: Sandbox, api: Api, files: object) -> None:
    answer = await api("files.completeUploadExternal", files=files)
    assert answer["error"] == "invalid_arguments"


async def test_without_the_scope_nothing_is_handed_up() -> None:
    async with Sandbox.start(manifest(scopes=["chat:write"]), rates=False) as slack:
        assert (await asked_for(slack))["error"] == "missing_scope"


async def test_a_picture_stands_in_a_message_once_it_was_examined_and_nothing_else_does(
    slack: Sandbox, api: Api
) -> None:
    async def posted(slack_file: Json) -> Json:
        blocks = [{"type": "image", "slack_file": slack_file, "alt_text": "bars"}]
        return await api("chat.postMessage", channel="C0COMPL", text="x", blocks=blocks)

    picture, text = await handed_up(slack, name="a.png"), await handed_up(slack, name="a.txt")
    done = await api("files.completeUploadExternal", files=[{"id": picture}, {"id": text}])
    assert [file["mimetype"] for file in done["files"]] == ["", ""]
    refused = await posted({"id": picture})
    assert refused["error"] == "invalid_blocks"
    assert "invalid slack file [json-pointer:/blocks/0/slack_file]" in str(refused)
    while not (await api("files.info", file=picture))["file"]["mimetype"]:
        await asyncio.sleep(0.02)
    assert (await posted({"id": picture}))["ok"]
    theirs = slack.hand_over("U0BEN", "b.png", b"not given to the app")["id"]
    for wrong in ({"id": text}, {"id": theirs}, {"id": "F0NOTHERE"}, {"id": picture, "url": "x"}, {}):
        assert (await posted(wrong))["error"] == "invalid_blocks"
