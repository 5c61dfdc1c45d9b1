"""Pictures in messages: drawn by a process of their own, handed up to Slack, and each used for as long as it holds.

A message never waits long for its picture, and never fails for it: where none can be had it goes without.
"""

import asyncio
import hashlib
import io
import logging
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from bot.slack.web_api import NotHandedOver, SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Block, Picture
from bot.workers.own_process import begin, end, environment

log = logging.getLogger("cais.pictures")

LONGEST = 25.0
"""Seconds for all of it; the lease of what is to be sent is much longer."""

LOOKS, A_LOOK = 10, 0.5
"""Slack takes a moment to see that a file is a picture, and refuses it until then: times to look, seconds between."""

REST = 600.0
"""Seconds without pictures in a workspace where one could not be had."""

BURST, REFILL = 10, 20.0
"""New pictures at once in a channel, and seconds after which it may be one more."""

MOST_KEPT = 1000


class NotYet(Exception):
    """This channel had many new pictures just now; from `until` (real time) on it may have another."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until


class NotDrawn(Exception):
    """The process ended without a picture."""


class Pictures:
    """`now` is real time in UNIX seconds."""

    def __init__(self, slack: WebApi, now: Callable[[], float]) -> None:
        self._slack = slack
        self._now = now
        self._files: OrderedDict[tuple[str, str], str] = OrderedDict()
        """By workspace and what is in the picture: Slack's id for the file."""
        self._seen: set[str] = set()
        """Files that Slack knows to be pictures."""
        self._resting: dict[str, float] = {}
        self._free: dict[tuple[str, str], float] = {}
        """By channel: when its whole burst is there again."""

    async def block(self, tenant: str, channel: str, picture: Picture, *, waits: bool) -> Block | None:
        """The picture as a block; None where it cannot be had now.

        Raises NotYet, only where the message `waits`: it stands there already, and can be changed a little later.
        """
        if self._resting.get(tenant, 0.0) > self._now():
            return None
        key = tenant, _digest(picture)
        if waits and key not in self._files:
            self._must_not_hurry((tenant, channel))
        try:
            async with asyncio.timeout(LONGEST):
                file = await self._file(key, picture)
        except (SlackSaidNo, TooBusy, Unsure, NotHandedOver, NotDrawn, TimeoutError, OSError) as error:
            self._resting[tenant] = self._now() + REST
            log.warning("a picture was left out", extra={"action": "picture", "error": str(error) or "timeout"})
            return None
        return {"type": "image", "slack_file": {"id": file}, "alt_text": picture.alt} if file else None

    def refused(self, tenant: str, picture: Picture) -> None:
        """Slack did not take the message with it: none for a while, and then another file."""
        self._resting[tenant] = self._now() + REST
        self._files.pop((tenant, _digest(picture)), None)

    def _must_not_hurry(self, place: tuple[str, str]) -> None:
        now = self._now()
        free = max(self._free.get(place, 0.0), now)
        if free - now > (BURST - 1) * REFILL:
            raise NotYet(free - (BURST - 1) * REFILL)
        if len(self._free) > MOST_KEPT:
            self._free = {kept: at for kept, at in self._free.items() if at > now}
        self._free[place] = free + REFILL

    async def _file(self, key: tuple[str, str], picture: Picture) -> str:
        """Slack's id of the file; empty where it does not know yet that it is a picture."""
        if key not in self._files:
            self._files[key] = await self._hand_up(key[0], await draw(picture))
            if len(self._files) > MOST_KEPT:
                self._seen.discard(self._files.popitem(last=False)[1])
        file = self._files[key]
        if file not in self._seen and await self._is_picture(key[0], file):
            self._seen.add(file)
        return file if file in self._seen else ""

    async def _hand_up(self, tenant: str, content: bytes) -> str:
        slack = self._slack.of(tenant)
        named = {"filename": "progress.png", "length": len(content)}
        given = await slack.call("files.getUploadURLExternal", named, form=True, patience=5.0)
        await slack.hand_up(str(given.get("upload_url", "")), io.BytesIO(content), len(content))
        file = str(given.get("file_id", ""))
        # In no conversation: it is seen where a message shows it, and nowhere else.
        await slack.call("files.completeUploadExternal", {"files": [{"id": file, "title": "Progress"}]}, patience=5.0)
        return file

    async def _is_picture(self, tenant: str, file: str) -> bool:
        for nth in range(LOOKS):
            if nth:
                await asyncio.sleep(A_LOOK)
            info = await self._slack.of(tenant).call("files.info", {"file": file}, form=True, patience=5.0)
            if str((info.get("file") or {}).get("mimetype") or "").startswith("image/"):
                return True
        return False


async def draw(picture: Picture) -> bytes:
    """The PNG. Raises NotDrawn."""
    process = await begin(
        "bot.files.progress_picture",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        drawn, _ = await process.communicate(msgspec.json.encode(picture))
    finally:
        await end(process)
    if process.returncode or not drawn:
        raise NotDrawn(f"it ended with {process.returncode}")
    return drawn


def _digest(picture: Picture) -> str:
    return hashlib.sha256(msgspec.json.encode(picture)).hexdigest()
