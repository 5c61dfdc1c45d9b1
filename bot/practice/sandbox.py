"""The pretend Slack as a page sees it: by its control API, with people's eyes and hands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import aiohttp

Json = dict[str, Any]
LOOK_AGAIN = 0.05


async def eventually(so: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Looks again and again whether it is so; False where it is not in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await so():  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(LOOK_AGAIN)
            return True
    return False


class Sandbox:
    """The sandbox at an address."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self._address = session, address

    async def get(self, name: str, **query: str) -> Json:
        """What the control API answers. Raises aiohttp.ClientError."""
        async with self._session.get(f"{self._address}/control/{name}", params=query) as answer:
            found: Json = await answer.json()
            return found

    async def post(self, name: str, **body: Any) -> Json:
        """The same for something that is done. Raises aiohttp.ClientError."""
        async with self._session.post(f"{self._address}/control/{name}", json=body) as answer:
            found: Json = await answer.json()
            return found

    async def listened_to(self, wanted: bool, seconds: float) -> bool:
        """Waits until a bot is connected, or none; whether that came true."""

        async def so() -> bool:
            return (await self.get("state"))["connected"] is wanted

        return await eventually(so, seconds)

    async def tenant(self) -> str:
        """The workspace as the bot's database calls it."""
        return f"-/{(await self.get('state'))['team']['id']}"


def controls(place: Json) -> Iterator[tuple[Json, Json]]:
    """Everything one can press or fill in in a message or window, with its block."""
    for block in place.get("blocks") or ():
        for part in (*(block.get("elements") or ()), block.get("accessory"), block.get("element")):
            if part and part.get("action_id"):
                yield block, part


def label(part: Json) -> str:
    """What stands on a button or menu."""
    return str((part.get("text") or part.get("placeholder") or {}).get("text", ""))


def words(place: Any) -> str:
    """All that can be read in a message or window."""
    if isinstance(place, dict):
        own = [place["text"]] if isinstance(place.get("text"), str) else []
        return "\n".join([*own, *(words(value) for value in place.values() if isinstance(value, dict | list))])
    return "\n".join(words(one) for one in place) if isinstance(place, list) else ""
