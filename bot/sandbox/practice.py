"""Hands on to the page what a supervisor says of the practice run, and to the supervisor what the page wishes."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from bot.sandbox.changes import Changes
from bot.sandbox.wire import Json

TRY_AGAIN_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
_WISH = re.compile(r"[a-z-]{1,20}")


class Practice:
    """The supervisor at the control address this sandbox was given, if it was given one."""

    def __init__(self, control_url: str | None, changes: Changes) -> None:
        self._url, self._changes = control_url, changes
        self.state: Json | None = None
        """What it said last; ``reachable`` is False once it answers no more. None without a supervisor."""

    async def watch(self) -> None:
        """Asks for the next state as long as the sandbox runs, and tells the pages."""
        if self._url is None:
            return
        timeout = aiohttp.ClientTimeout(total=LONGEST_WAIT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                since = self.state["version"] if self.state and self.state["reachable"] else 0
                try:
                    async with session.get(f"{self._url}/state", params={"since": since}) as answer:
                        self._tell({**await answer.json(), "reachable": True})
                except (aiohttp.ClientError, TimeoutError, ValueError):
                    if self.state:
                        self._tell({**self.state, "reachable": False})
                    await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def wish(self, name: str, body: Json) -> Json:
        """Asks for something; what it says where that is refused."""
        if self._url is None or not _WISH.fullmatch(name):
            return _no("There is nothing here that could do this.")
        try:
            async with aiohttp.ClientSession() as session, session.post(f"{self._url}/{name}", json=body) as answer:
                told: Json = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return _no("What started this sandbox does not answer any more.")
        return {"ok": True} if told.get("ok") else _no(str(told.get("error", "")))

    def _tell(self, state: Json) -> None:
        if state != self.state:
            self.state = state
            self._changes.tell({"type": "practice", "practice": state})


def _no(sentence: str) -> Json:
    return {"ok": False, "says": sentence}
