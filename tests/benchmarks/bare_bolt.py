"""The yardstick: a Bolt app as its documentation shows it, with one command that only acks.

Given the URL of a PostgreSQL database, it first writes one row there, in one statement of asyncpg.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


async def _authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_id="BBOT", bot_token="xoxb-b")


class Rows:
    """One row a command, where there is a database to write it to."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._making = asyncio.Lock()

    async def write(self) -> None:
        if not self._url:
            return
        async with self._making:
            if self._pool is None:
                import asyncpg  # type: ignore[import-untyped]  # it ships no types

                self._pool = await asyncpg.create_pool(self._url, min_size=10, max_size=10)
                await self._pool.execute("CREATE TABLE IF NOT EXISTS bare_rows (at timestamptz DEFAULT now())")
        await self._pool.execute("INSERT INTO bare_rows DEFAULT VALUES")


def main(port: int, secret: str, slack: str, database: str = "") -> None:
    """Serves until it is ended."""
    rows = Rows(database)
    client = AsyncWebClient(base_url=slack)
    app = AsyncApp(signing_secret=secret, authorize=_authorize, client=client)

    @app.command("/cais")
    async def hello(ack: Callable[[], Awaitable[None]]) -> None:
        await rows.write()
        await ack()

    @app.action("tasks.done")
    async def done(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    app.server(port=port, path="/slack/events").start()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
