"""Puts the pretend Slack behind one port: /api, /socket, /response, /control and the page."""

from __future__ import annotations

import asyncio
from functools import partial
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from bot.sandbox.control import Control
from bot.sandbox.files import LARGEST, Files
from bot.sandbox.interactions import Interactions
from bot.sandbox.people import People
from bot.sandbox.slack import Slack
from bot.sandbox.uploads import Uploads
from bot.sandbox.web_api import WebApi

PAGE = Path(__file__).parent / "page"
LARGEST_BODY = LARGEST + 1024 * 1024


def create_app(slack: Slack, people: People, interactions: Interactions) -> web.Application:
    """The aiohttp application around one pretend Slack."""
    app = web.Application(client_max_size=LARGEST_BODY)
    api, files = WebApi(slack), Files(slack)
    control = Control(slack, people, interactions, files)
    app.add_routes(
        [
            web.route("*", "/api/{method}", api.call),
            web.post("/response/{id}", api.response),
            web.get("/oauth/v2/authorize", slack.oauth.page),
            web.post("/oauth/v2/authorize", slack.oauth.answered),
            web.get("/socket", slack.socket.handle),
            web.get("/", _index),
            web.get("/canvas/{id}", partial(_canvas, slack)),
            *control.routes(),
            *files.routes(),
            *Uploads(slack).routes(),
        ]
    )
    if PAGE.is_dir():
        app.router.add_static("/page", PAGE)

    async def watch(_: web.Application) -> None:
        app[_WATCHES] = [asyncio.create_task(each) for each in (control.watch_presence(), slack.practice.watch())]

    async def stop(_: web.Application) -> None:
        for each in app[_WATCHES]:
            each.cancel()
        await asyncio.gather(*app[_WATCHES], return_exceptions=True)
        await slack.socket.close()

    app.on_startup.append(watch)
    app.on_shutdown.append(stop)
    return app


_WATCHES: web.AppKey[list[asyncio.Task[None]]] = web.AppKey("watches", list)


async def _canvas(slack: Slack, request: web.Request) -> web.Response:
    """A canvas to look at; its text is fetched by the page itself."""
    canvas = slack.workspace.files.get(request.match_info["id"])
    frame = PAGE / "canvas.html"
    if canvas is None or "canvas" not in canvas or not frame.is_file():
        return web.Response(status=404, text="There is no such canvas.")
    page = Template(frame.read_text(encoding="utf-8")).substitute(title=escape(str(canvas["title"])))
    return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-cache"})


async def _index(request: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        return web.Response(status=404, text="The page is not part of this installation; /control works without it.")
    return web.FileResponse(index, headers={"Cache-Control": "no-cache"})
