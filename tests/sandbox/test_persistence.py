"""A restart of the sandbox, kind or not, forgets nothing."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
from ruamel.yaml import YAML

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST, Api, manifest
from tests.sandbox.screens import actions, button, home, modal


async def test_everything_is_there_after_a_restart(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with Sandbox.start(manifest(), data_dir=tmp_path, rates=False) as slack:
        api = Api(slack, session)
        ts = (await api("chat.postMessage", channel="C0COMPL", text="x", blocks=[actions(button("a"))]))["ts"]
        await api("chat.update", channel="C0COMPL", ts=ts, text="y")
        gone = (await api("chat.postMessage", channel="C0COMPL", text="gone"))["ts"]
        await api("chat.delete", channel="C0COMPL", ts=gone)
        await api("views.publish", user_id="U0BEN", view=home())
        await slack.shortcut("U0BEN", "start")
        await api("views.open", trigger_id=slack.sent[-1]["payload"]["trigger_id"], view=modal())
        slack.slack.workspace.add_user({"name": "zoe", "real_name": "Zoe Park"})
        before = await slack.people.state("U0BEN")
        messages = slack.messages("U0BEN", "C0COMPL")
    async with Sandbox.start(manifest(), data_dir=tmp_path) as slack:
        after = await slack.people.state("U0BEN")
        assert slack.messages("U0BEN", "C0COMPL") == messages
        assert after == before
        assert [m["text"] for m in messages] == ["y"]
        later = (await slack.say("U0BEN", "C0COMPL", "z"))["ts"]
        assert float(later) > float(ts)


async def test_after_a_reset_the_file_holds_nothing_of_what_was_there(tmp_path: Path) -> None:
    async with Sandbox.start(manifest(), data_dir=tmp_path) as slack:
        await slack.say("U0BEN", "C0COMPL", "a word of mine")
        slack.slack.workspace.reset()
        assert b"a word of mine" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    async with Sandbox.start(manifest(), data_dir=tmp_path) as slack:
        assert slack.messages("U0BEN", "C0COMPL") == []


async def started(folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    arguments = ["--port", "0", "--manifest", str(folder / "manifest.yml"), "--data-dir", str(folder / "data")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    return process, line.split()[-1]


async def test_the_program_keeps_what_was_said_through_kill_9_and_stops_on_sigterm(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    with (tmp_path / "manifest.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(MANIFEST, file)
    process, url = await started(tmp_path)
    async with session.post(
        f"{url}/control/say", json={"as": "U0ANA", "channel": "C0GENERAL", "text": "kept"}
    ) as answer:
        assert (await answer.json())["ok"]
    process.kill()
    await process.wait()
    process, url = await started(tmp_path)
    async with session.get(f"{url}/control/messages", params={"as": "U0BEN", "channel": "C0GENERAL"}) as answer:
        assert [m["text"] for m in (await answer.json())["messages"]] == ["kept"]
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
