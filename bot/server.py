"""The HTTP side: Slack's requests at /slack/events, and /healthz, /readyz and /metrics for whoever runs the app."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.internals import extract_is_enterprise_install, extract_user_id
from yarl import query_to_pairs

from bot.app import OneClientApp
from bot.clock import real_time
from bot.front.middleware import JsonAck
from bot.front.signatures import SignedRequest
from bot.front.turned_away import TurnedAway
from bot.front.whose import installation_of
from bot.metrics import Counts

READING = 10.0
"""Seconds for a request's body to arrive, and for the head of the first one on a connection."""

GOOD_FOR = 300.0
"""Seconds for which a signature counts, before and after its time."""

SHUTDOWN = 3.0
"""Seconds that open requests have to finish when the server stops."""

JSON = {"Content-Type": "application/json; charset=utf-8"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
_LOOKED_AT = ("x-slack-signature", "x-slack-retry-num")

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

Gauges = Callable[[], Awaitable[Mapping[str, tuple[str, float]]]]
"""What is true right now: by name what it is, and the number."""

Ready = Callable[[], Awaitable[str]]
"""Empty where the app is ready, else a sentence that says what is missing."""


class SlackRequest(SignedRequest):
    """Bolt's record of an HTTP request, read by us: the same content at a third of the cost.

    Bolt reads a form byte by byte in Python, and takes any form with the word "payload" in it for an interaction and
    forgets the rest, so that `/cais note the payload` would arrive empty. Only the headers that anybody looks at are
    kept. Raises ValueError, TypeError or AttributeError where the body is no request of Slack's.
    """

    def __init__(self, raw_body: str, headers: Mapping[str, str]) -> None:
        self.mode = "http"
        self.raw_body = raw_body
        self.query = {}
        self.headers = {name: [headers[name]] for name in _LOOKED_AT if name in headers}
        self.content_type = None
        body = msgspec.json.decode(raw_body) if raw_body.startswith("{") else read_form(raw_body)
        if not isinstance(body, dict):
            raise TypeError("the body is no object")
        self.body = body
        if body.get("type") == "event_callback" and not isinstance(body.get("event"), dict):
            raise TypeError("an event without one")
        self.context = context_of(body)
        self.lazy_only = False
        self.lazy_function_name = None


def context_of(body: dict[str, Any]) -> AsyncBoltContext:
    """What Bolt's authorize and our middleware look at; Bolt itself would look for a dozen things more in each body."""
    enterprise, team = (part if part != "-" else None for part in installation_of(body).split("/", 1))
    found = {"enterprise_id": enterprise, "team_id": team, "user_id": extract_user_id(body)}
    known = {name: value for name, value in found.items() if value}
    return AsyncBoltContext({"is_enterprise_install": extract_is_enterprise_install(body), **known})


def read_form(text: str) -> Any:
    """A form's fields; for an interaction what its field `payload` holds.

    Read as aiohttp's own library reads the query of an address, in C: a tenth of what urllib takes for a click.
    """
    fields = dict(query_to_pairs(text))
    if "payload" in fields and "command" not in fields:
        return msgspec.json.decode(fields["payload"])
    return fields


def _is_time(stamp: str) -> bool:
    """Whether it is seconds, and not so many that Python would refuse to read them."""
    return len(stamp) < 20 and stamp.isascii() and stamp.isdigit()


Page = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


EVENTS = "/slack/events"
"""Where Slack's requests come in."""


def web_app(
    app: OneClientApp | None,
    *,
    ready: Ready,
    counts: Counts,
    gauges: Gauges | None = None,
    more: Mapping[str, Page] | None = None,
) -> web.Server:
    """What is served, for `Server`; without an app it hears nothing of Slack, as beside Socket Mode.

    A few fixed addresses need no router of aiohttp's, which took a twentieth of a command.
    """

    turned_away = TurnedAway(counts)

    def refuse(status: int, reason: str) -> web.StreamResponse:
        turned_away.add(reason)
        return web.Response(status=status)

    async def events(request: web.BaseRequest) -> web.StreamResponse:
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        assert app is not None, "only served where there is one"
        headers = request.headers
        stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (signature and _is_time(stamp)):
            return refuse(401, "no_signature")
        if abs(real_time() - int(stamp)) > GOOD_FOR:
            return refuse(401, "clock")
        try:
            if not request.content.is_eof():  # nearly always it has come with its headers
                async with asyncio.timeout(READING):
                    await request.read()
            content = await request.read()
        except TimeoutError:
            return refuse(408, "too_slow")
        except web.HTTPRequestEntityTooLarge:
            return refuse(413, "too_large")
        if not app.signatures.is_right(signature, stamp, content):
            return refuse(401, "wrong_signature")
        try:
            bolt_request = SlackRequest(content.decode(), headers)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return refuse(400, "unreadable")
        answer = await app.async_dispatch(bolt_request)
        if isinstance(answer, JsonAck):
            return web.Response(body=answer.raw, headers=JSON)
        body = answer.body
        if not body:
            return web.Response(status=answer.status)
        return web.Response(status=answer.status, body=body.encode(), headers=JSON if body[0] == "{" else TEXT)

    pages: dict[str, Page] = {**(more or {}), **health_pages(ready, counts, gauges)}
    if app is not None:
        pages[EVENTS] = events

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        site.heard(request.protocol)
        page = pages.get(request.path)
        if page:
            return await page(request)
        # Slack posts where it was told to; what merely looks round on the internet is not worth a line.
        beside = app is None and request.path == EVENTS
        turned_away.add("socket_mode" if beside else "no_such_page", quietly=request.method != "POST")
        return web.Response(status=404)

    # Slack compresses nothing: what comes compressed is not unpacked, and its signature is wrong then.
    site = _Site(serve, lambda: turned_away.add("too_slow"))
    return site


class _Site(web.Server):
    """Hangs up on whoever connects and sends no whole head of a request in time: such connections cost nothing to hold.

    `given_up` is told of each.
    """

    def __init__(self, serve: Page, given_up: Callable[[], None]) -> None:
        super().__init__(serve, access_log=None, auto_decompress=False)
        self._given_up = given_up
        self._silent: set[web.RequestHandler] = set()

    def __call__(self) -> web.RequestHandler:
        connection = super().__call__()
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(READING, self._look_at, connection)
        return connection

    def heard(self, connection: web.RequestHandler) -> None:
        """A request came on it."""
        self._silent.discard(connection)

    def _look_at(self, connection: web.RequestHandler) -> None:
        if connection in self._silent:
            self._silent.discard(connection)
            if connection.transport is not None:
                self._given_up()
                connection.force_close()


def health_pages(ready: Ready, counts: Counts, gauges: Gauges | None) -> dict[str, Page]:
    """/healthz: the process answers. /readyz: 503 with a sentence until it can serve. /metrics: counts and gauges."""

    async def healthz(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def readyz(_: web.BaseRequest) -> web.StreamResponse:
        missing = await ready()
        return web.Response(status=503, text=missing + "\n") if missing else web.Response(text="ok\n")

    async def metrics(_: web.BaseRequest) -> web.StreamResponse:
        text = counts.exposition(await gauges() if gauges else None)
        return web.Response(body=text.encode(), headers={"Content-Type": PROMETHEUS})

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


class Server:
    """What is served, listening on an address; port 0 picks a free one."""

    def __init__(self, site: web.Server, *, host: str, port: int) -> None:
        self._runner = web.ServerRunner(site, shutdown_timeout=SHUTDOWN)
        self._host, self._port = host, port

    async def start(self) -> int:
        """Begins to listen and returns the port. Raises OSError where the address is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Takes no more requests, lets open ones finish."""
        await self._runner.cleanup()
