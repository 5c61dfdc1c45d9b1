"""Files that the page hands over: described as Slack does, kept over a restart, and not taken where too large."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from bot.sandbox.files import LARGEST
from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import Json, manifest

READER = manifest(scopes=["chat:write", "files:read"])


async def hand_over(
    slack: Sandbox, session: aiohttp.ClientSession, name: str, content: bytes, by: str = "U0ANA"
) -> Json:
    url = f"{slack.url}/control/files"
    async with session.post(url, params={"as": by, "name": name}, data=content) as answer:
        return dict(await answer.json())


async def fetch(slack: Sandbox, session: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, bytes]:
    async with session.get(f"{slack.url}{path}", headers=headers, allow_redirects=False) as answer:
        return answer.status, await answer.read()


async def test_a_file_is_described_as_slack_does_and_outlives_a_restart(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with Sandbox.start(READER, data_dir=tmp_path) as slack:
        file = (await hand_over(slack, session, "../../etc/Report.PDF", b"%PDF"))["file"]
        assert (file["name"], file["filetype"], file["mimetype"], file["size"], file["user"]) == (
            "Report.PDF", "pdf", "application/pdf", 4, "U0ANA",
        )  # fmt: skip
        assert "content" not in file
        assert file["url_private"] == f"{slack.url}/files/{file['id']}/Report.PDF"
    async with Sandbox.start(READER, data_dir=tmp_path) as slack:
        mine = {"Authorization": f"Bearer {slack.options.bot_token}"}
        assert await fetch(slack, session, f"/files/{file['id']}/Report.PDF", **mine) == (200, b"%PDF")
        assert (await fetch(slack, session, "/files/F0NONE", **mine))[0] == 404


async def test_what_is_too_large_or_from_nobody_is_not_taken(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    assert (await hand_over(slack, session, "a.txt", b"a" * (LARGEST + 1)))["error"] == "file_too_large"
    assert (await hand_over(slack, session, "a.txt", b"a", by="U0NOBODY"))["error"] == "user_not_found"
