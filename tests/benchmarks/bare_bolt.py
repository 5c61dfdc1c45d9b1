"""The yardstick: a Bolt app as its documentation shows it, with one command that only acks."""

import sys
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


async def _authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_id="BBOT", bot_token="xoxb-b")


def main(port: int, secret: str, slack: str) -> None:
    """Serves until it is ended."""
    client = AsyncWebClient(base_url=slack)
    app = AsyncApp(signing_secret=secret, authorize=_authorize, client=client)

    @app.command("/cais")
    async def hello(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    @app.action("tasks.done")
    async def done(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    app.server(port=port, path="/slack/events").start()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
