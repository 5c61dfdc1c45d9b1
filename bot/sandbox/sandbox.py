"""Starts and stops one pretend Slack, and lets a test act as its people without HTTP in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.sandbox.files import Files
from bot.sandbox.interactions import Interactions
from bot.sandbox.limits import elements_of
from bot.sandbox.manifest import Manifest, read_manifest
from bot.sandbox.options import Options
from bot.sandbox.people import People
from bot.sandbox.server import create_app
from bot.sandbox.slack import Slack
from bot.sandbox.traffic import Call
from bot.sandbox.wire import Json

WAIT = 30.0


class Sandbox:
    """A running pretend Slack: ``async with Sandbox.start("manifest.yml", rates=False) as slack: ...``."""

    def __init__(self, options: Options, host: str = "127.0.0.1", port: int = 0) -> None:
        self.options = options
        self.slack = Slack(options)
        self.people = People(self.slack)
        self.interactions = Interactions(self.slack)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    @classmethod
    def start(cls, manifest: str | Path | Manifest, *, port: int = 0, **options: Any) -> Self:
        """A sandbox to enter with ``async with``; ``options`` are the fields of Options."""
        known = manifest if isinstance(manifest, Manifest) else read_manifest(Path(manifest))
        return cls(replace(Options(), manifest=known, **options), port=port)

    async def __aenter__(self) -> Self:
        app = create_app(self.slack, self.people, self.interactions)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.slack.base_url = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.slack.delivery.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.slack.close()

    @property
    def url(self) -> str:
        """The address of the page and of everything else."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """What a bot puts in place of https://slack.com/api/."""
        return f"{self.url}/api/"

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and response_url post with its answer, oldest first."""
        return list(self.slack.traffic.calls)

    @property
    def refused(self) -> list[Json]:
        """Everything that was refused or came too late: name, reason, body."""
        return list(self.slack.traffic.refused)

    @property
    def warnings(self) -> list[Json]:
        """What Slack takes but advises against: name, warning."""
        return list(self.slack.traffic.warnings)

    @property
    def sent(self) -> list[Json]:
        """Everything delivered to the bot: kind, name, payload, retry."""
        return list(self.slack.traffic.sent)

    def use_bot_at(self, url: str) -> None:
        """Sets the bot's request URL of a sandbox that was started for HTTP, once the bot knows its port."""
        if not self.options.bot_url:
            raise ValueError("start the sandbox with bot_url, so that it does not wait for Socket Mode")
        self.options.bot_url = url

    async def say(
        self, as_: str, channel: str, text: str, thread_ts: str | None = None, files: Sequence[str] = ()
    ) -> Json:
        """A person types a message or a slash command; `files` are ids that `hand_over` gave."""
        return await self.people.say(as_, channel, text, thread_ts, files)

    async def click(self, as_: str, place: Json, action_id: str, block_id: str | None = None, **given: Any) -> Json:
        """A person uses an element of a message or view (as messages() or home() gave it)."""
        found = block_id or self._block_of(place, action_id)
        return await self.interactions.click(as_, _container(place), found, action_id, **given)

    def _block_of(self, place: Json, action_id: str) -> str:
        for block, element in elements_of(place.get("blocks") or []):
            if element.get("action_id") == action_id:
                return str(block["block_id"])
        raise LookupError(f"nothing here has the action_id {action_id}")

    async def replay(self, payload: Json) -> Json:
        """Delivers a recorded or forged block_actions or view_submission payload once more."""
        user = payload["user"]["id"]
        if payload["type"] == "view_submission":
            return await self.interactions.send_submission(user, payload)
        return await self.interactions.send(user, payload)

    async def submit(self, as_: str, view: Json, values: Json | None = None) -> Json:
        """A person sends a modal; values as in state.values."""
        return await self.interactions.submit(as_, view["id"], values or {})

    def hand_over(self, as_: str, name: str, content: bytes) -> Json:
        """A person chooses a file in a form; what is given back goes into the form's `files`."""
        return Files(self.slack).keep(as_, name, content)

    def delete_file(self, as_: str, file_id: str) -> None:
        """A person deletes a file of theirs in Slack."""
        Files(self.slack).delete(as_, file_id)

    async def close_view(self, as_: str, view: Json, *, everything: bool = False) -> Json:
        """A person closes a modal by Close, or all of them by the X."""
        return await self.interactions.close(as_, view["id"], everything=everything)

    async def shortcut(self, as_: str, callback_id: str, message: Json | None = None) -> Json:
        """A person uses a shortcut, on a message if it is one of those."""
        return await self.people.shortcut(as_, callback_id, message)

    async def open_home(self, as_: str, tab: str = "home") -> Json:
        """A person opens the app's Home or Messages tab."""
        return await self.people.home(as_, tab)

    async def options_of(self, as_: str, place: Json, action_id: str, query: str = "") -> Json:
        """A person types into a menu whose options come from the app."""
        block_id = self._block_of(place, action_id)
        return await self.interactions.options(as_, _container(place), block_id, action_id, query)

    async def send_event(self, event: Json, event_id: str | None = None) -> Json:
        """Delivers any event the app subscribed to, also the same one twice."""
        return await self.people.event(event, event_id)

    def add_person(self, name: str, **more: Any) -> str:
        """Adds or changes somebody (id, real_name, tz, is_admin, deleted, ...) and returns his id."""
        return str(self.people.put({"name": name, "real_name": name.title(), **more})["id"])

    def add_channel(self, name: str, members: list[str], **more: Any) -> str:
        """Adds or changes a channel (id, is_private, is_archived, ...) and returns its id; the app is U0CAIS."""
        return str(self.slack.workspace.add_channel({"name": name, "members": members, **more})["id"])

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tells the bot's sockets to leave: warning, refresh_requested, link_disabled; ``drop`` cuts them."""
        await self.slack.socket.disconnect(reason)

    def faults(self, *faults: Json) -> None:
        """Switches these faults on and all others off."""
        self.slack.faults.replace(list(faults))

    def messages(self, as_: str, channel: str) -> list[Json]:
        """What a person sees in a channel, oldest first."""
        return self.slack.workspace.seen_by(as_, channel)

    def dm(self, as_: str) -> str:
        """The id of a person's DM with the app."""
        found = self.slack.workspace.dm_of(as_)
        if found is None:
            raise LookupError(f"{as_} has no DM with the app")
        return str(found["id"])

    def modals(self, as_: str) -> list[Json]:
        """The modals a person has open, the top one last."""
        return self.slack.workspace.modals_of(as_)

    def home(self, as_: str) -> Json | None:
        """The Home tab published for a person."""
        return self.slack.workspace.home_of(as_)

    async def until(self, found: Callable[[], object], seconds: float = WAIT) -> None:
        """Waits until ``found()`` is true, looking again after each change. Raises TimeoutError."""
        if not await self.slack.changes.until(found, seconds):
            raise TimeoutError("what the test waits for did not happen")

    async def settled(self) -> None:
        """Waits until the bot has acknowledged everything that was sent to it."""
        await self.slack.delivery.settled()


def _container(place: Json) -> Json:
    if "channel" in place:
        return {"type": "message", "channel": place["channel"], "ts": place["ts"]}
    return {"type": "view", "view_id": place["id"]}
