"""Files in the pretend Slack: handed over in a form, seen by the app only then, and fetched only with its token."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.wire import SlackError
from tests.sandbox.conftest import Api, manifest
from tests.sandbox.screens import Json, modal, plain

SCOPES = ["chat:write", "commands", "files:read"]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(manifest(scopes=SCOPES), bot_url="http://127.0.0.1:1/", rates=False) as started:
        yield started


def form(**more: object) -> Json:
    element = {"type": "file_input", "action_id": "value", "filetypes": ["txt"], "max_files": 1, **more}
    return modal({"type": "input", "block_id": "file", "label": plain("File"), "element": element})


async def opened(slack: Sandbox, api: Api) -> Json:
    trigger = slack.slack.triggers.give("U0BEN")
    answer = await api("views.open", trigger_id=trigger, view=form())
    assert answer["ok"], answer
    return slack.modals("U0BEN")[-1]


async def fetched(url: str, token: str = "") -> tuple[int, bytes, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.read(), answer.headers.get("Location", "")


def values(*files: Json) -> Json:
    return {"file": {"value": {"type": "file_input", "files": list(files)}}}


async def test_the_app_sees_a_file_once_the_form_with_it_was_sent(slack: Sandbox, api: Api) -> None:
    file = slack.hand_over("U0BEN", "my notes?.txt", b"Hello")
    assert (await api("files.info", file=file["id"]))["error"] == "file_not_found"
    await slack.submit("U0BEN", await opened(slack, api), values(file))
    sent = slack.sent[-1]["payload"]["view"]["state"]["values"]["file"]["value"]["files"]
    assert [(f["id"], f["name"], f["size"]) for f in sent] == [(file["id"], "my notes?.txt", 5)]
    info = (await api("files.info", file=file["id"]))["file"]
    assert "content" not in info
    assert await fetched(info["url_private_download"], slack.options.bot_token) == (200, b"Hello", "")


async def test_whoever_has_not_the_token_is_sent_to_the_login_page(slack: Sandbox) -> None:
    file = slack.hand_over("U0BEN", "notes.txt", b"Hello")
    for token in ("", "xoxb-other", slack.options.app_token):
        status, content, location = await fetched(file["url_private_download"], token)
        assert (status, b"Hello" in content) == (302, False)
        assert "login" in location


async def test_files_of_others_wrong_kinds_and_too_many_do_not_pass_the_form(slack: Sandbox, api: Api) -> None:
    view = await opened(slack, api)
    foreign = slack.hand_over("U0LEA", "hers.txt", b"x")
    for forged in (foreign, {"id": "F0NOWHERE"}):
        with pytest.raises(SlackError, match="file_not_found"):
            await slack.submit("U0BEN", view, values(forged))
    for odd in ("F0NOWHERE", ["F0NOWHERE"], {"id": "F0NOWHERE"}, 7):
        with pytest.raises(SlackError, match="invalid_arguments"):
            await slack.submit("U0BEN", view, {"file": {"value": {"type": "file_input", "files": odd}}})
    picture = slack.hand_over("U0BEN", "picture.png", b"x")
    assert "is not one of: txt" in (await slack.submit("U0BEN", view, values(picture)))["errors"]["file"]
    two = [slack.hand_over("U0BEN", f"{n}.txt", b"x") for n in range(2)]
    assert "1 files or fewer" in (await slack.submit("U0BEN", view, values(*two)))["errors"]["file"]
    assert "required" in (await slack.submit("U0BEN", view, values()))["errors"]["file"]


async def test_a_deleted_file_is_gone(slack: Sandbox, api: Api) -> None:
    file = slack.hand_over("U0BEN", "notes.txt", b"Hello")
    await slack.submit("U0BEN", await opened(slack, api), values(file))
    with pytest.raises(SlackError, match="file_not_found"):
        slack.delete_file("U0LEA", file["id"])
    slack.delete_file("U0BEN", file["id"])
    assert (await api("files.info", file=file["id"]))["error"] == "file_not_found"
    assert (await fetched(file["url_private_download"], slack.options.bot_token))[0] == 404


async def test_without_the_scope_the_app_sees_nothing_of_files() -> None:
    async with (
        Sandbox.start(manifest(scopes=["chat:write"]), rates=False) as slack,
        aiohttp.ClientSession() as session,
    ):
        file = slack.hand_over("U0BEN", "notes.txt", b"Hello")
        assert (await Api(slack, session)("files.info", file=file["id"]))["error"] == "missing_scope"
        assert (await fetched(file["url_private_download"], slack.options.bot_token))[0] == 302
