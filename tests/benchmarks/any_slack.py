"""A Slack API that answers everything at once and keeps nothing."""

import sys

from aiohttp import web

ANSWER = {"ok": True, "user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1", "ts": "1.1", "channel": "D1", "user": {}}


async def _answer(_: web.Request) -> web.Response:
    return web.json_response(ANSWER)


def main(port: int) -> None:
    """Serves until it is ended."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
