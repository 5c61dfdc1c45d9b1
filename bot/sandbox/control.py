"""/control: what the page, tests and a supervisor use to act as people. Loopback only."""

from __future__ import annotations

import asyncio
import json
import zoneinfo
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.files import Files
from bot.sandbox.interactions import Interactions
from bot.sandbox.paging import page_of
from bot.sandbox.people import People
from bot.sandbox.rules import about, rule
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError

HEARTBEAT_SECONDS = 2.0
"""A page that was closed is noticed when something is written to it."""
PRESENCE_SECONDS = 2.0
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_NOT_VALUES = ("as", "container", "block_id", "action_id")


class Control:
    """The control API over one pretend Slack."""

    def __init__(self, slack: Slack, people: People, interactions: Interactions, files: Files) -> None:
        self._slack, self._people, self._interactions, self._files = slack, people, interactions, files
        self._presence: bool | None = None

    def routes(self) -> list[web.RouteDef]:
        """Everything under /control."""
        posts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "options": self._options,
            "event": self._event,
            "faults": self._faults,
            "people": self._add_person,
            "channels": self._add_channel,
            "reset": self._reset,
            "disconnect": self._disconnect,
            "practice": self._practice,
            "clear-traffic": self._clear_traffic,
        }
        gets = {
            "state": self._state,
            "messages": self._messages,
            "stream": self._stream,
            "faults": self._list_faults,
            "traffic": self._traffic,
            "exchange": self._exchange,
            "health": self._health,
        }
        listed = [web.get(f"/control/{name}", _guarded(handler)) for name, handler in gets.items()]
        listed.append(web.post("/control/files", _guarded(self._hand_over)))
        return listed + [web.post(f"/control/{name}", _posted(handler)) for name, handler in posts.items()]

    async def _state(self, request: web.Request) -> web.StreamResponse:
        # A page that was just opened knows nobody yet: it starts as the first person of the workspace.
        somebody = next((user["id"] for user in self._slack.workspace.users.values() if not user["is_bot"]), "")
        return web.json_response(await self._people.state(request.query.get("as") or somebody))

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        seen = self._slack.workspace.seen_by(query.get("as", ""), query.get("channel", ""))
        edges = {name: query.get(name) for name in ("before", "after")}
        page, more = page_of(seen, int(query.get("limit", "100")), **edges)
        return web.json_response({"messages": page, "has_more": more})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        queue = self._slack.changes.watch(request.query.get("as"))
        try:
            await answer.prepare(request)
            self._tell_who_is_here()
            await answer.write(b": hello\n\n")
            while True:
                try:
                    change = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await answer.write(b": still here\n\n")
                    continue
                await answer.write(b"data: " + json.dumps(change, ensure_ascii=False).encode() + b"\n\n")
        except ConnectionResetError:
            return answer
        finally:
            self._slack.changes.unwatch(queue)
            self._tell_who_is_here()

    def _tell_who_is_here(self) -> None:
        self._slack.changes.tell({"type": "presence", "active": self._slack.changes.people()})

    async def watch_presence(self) -> None:
        """Tells the pages when the bot comes or goes; over HTTP nobody else would notice."""
        while True:
            if self._slack.changes.watched:
                connected = await self._slack.delivery.connected()
                if connected is not self._presence:
                    self._presence = connected
                    self._slack.changes.tell({"type": "presence", "connected": connected})
            await asyncio.sleep(PRESENCE_SECONDS)

    async def _list_faults(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"faults": self._slack.faults.listed(), "socket": self._slack.options.bot_url is None})

    async def _traffic(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"entries": self._slack.traffic.after(int(request.query.get("after", "0")))})

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        found = self._slack.traffic.whole(int(request.query.get("n", "0")))
        if found is None:
            raise SlackError("not_kept")
        entry, asked, answered = found
        words = json.dumps({"about": about(entry), "rule": rule(entry)}, ensure_ascii=False)
        # Both are JSON already, and may be long.
        text = f'{words[:-1]}, "request": {asked}, "answer": {answered}}}'
        return web.Response(text=text, content_type="application/json")

    async def _clear_traffic(self, body: Json) -> Json:
        self._slack.traffic.clear()
        return {"ok": True}

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True})

    async def _hand_over(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        file = self._files.keep(request.query.get("as", ""), request.query.get("name", ""), content)
        return web.json_response({"ok": True, "file": file})

    async def _say(self, body: Json) -> Json:
        files = body.get("files") or ()
        return await self._people.say(body["as"], body["channel"], body["text"], body.get("thread_ts"), files)

    async def _click(self, body: Json) -> Json:
        given = {key: value for key, value in body.items() if key not in _NOT_VALUES}
        return await self._interactions.click(
            body["as"], body["container"], body["block_id"], body["action_id"], **given
        )

    async def _submit(self, body: Json) -> Json:
        return await self._interactions.submit(body["as"], body["view_id"], body.get("values") or {})

    async def _close(self, body: Json) -> Json:
        return await self._interactions.close(body["as"], body["view_id"], everything=bool(body.get("all")))

    async def _shortcut(self, body: Json) -> Json:
        return await self._people.shortcut(body["as"], body["callback_id"], body.get("message"))

    async def _home(self, body: Json) -> Json:
        return await self._people.home(body["as"], body.get("tab", "home"))

    async def _options(self, body: Json) -> Json:
        place = (body["as"], body["container"], body["block_id"], body["action_id"])
        return await self._interactions.options(*place, body.get("query", ""))

    async def _event(self, body: Json) -> Json:
        return await self._people.event(body["event"], body.get("event_id"))

    async def _faults(self, body: Json) -> Json:
        try:
            self._slack.faults.replace(body["faults"])
        except ValueError as error:
            raise SlackError("invalid_arguments", messages=[str(error)]) from error
        return {"ok": True, "faults": self._slack.faults.listed()}

    async def _add_person(self, body: Json) -> Json:
        if not body.get("id") and not body.get("name"):
            raise SlackError("invalid_arguments", messages=["a person needs a name"])
        if body.get("tz", "UTC") not in zoneinfo.available_timezones():
            raise SlackError("invalid_arguments", messages=["tz must be an IANA name such as Europe/London"])
        return {"ok": True, "user": self._people.put(body)}

    async def _add_channel(self, body: Json) -> Json:
        return {"ok": True, "channel": self._slack.workspace.add_channel(body)}

    async def _reset(self, body: Json) -> Json:
        self._slack.faults.replace([])
        self._slack.workspace.reset()
        self._slack.traffic.clear()
        return {"ok": True}

    async def _disconnect(self, body: Json) -> Json:
        await self._slack.socket.disconnect(body.get("reason", "refresh_requested"))
        return {"ok": True}

    async def _practice(self, body: Json) -> Json:
        return await self._slack.practice.wish(str(body.pop("wish")), body)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _guarded(handler: Handler) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        # A page elsewhere could otherwise reach the sandbox through a name that resolves to this machine.
        elsewhere = request.host.rsplit(":", 1)[0] not in _LOOPBACK and request.host not in _LOOPBACK
        origin = request.headers.get("Origin")
        if elsewhere or (origin is not None and origin != f"{request.scheme}://{request.host}"):
            return web.json_response({"ok": False, "error": "loopback_only"}, status=403)
        try:
            return await handler(request)
        except SlackError as refusal:
            return web.json_response(refusal.answer(), status=400)

    return answer


def _posted(handler: Callable[[Json], Awaitable[Json]]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            body: Any = await request.json() if request.can_read_body else {}
            return web.json_response(await handler(body))
        except (KeyError, ValueError, TypeError) as error:
            messages = [f"the body lacks or misspells {error}"]
            raise SlackError("invalid_arguments", messages=messages) from error
        except AttributeError as error:  # a list or a word where an object with names belongs
            messages = [f"something in the body is of another kind than it has to be: {error}"]
            raise SlackError("invalid_arguments", messages=messages) from error

    return _guarded(answer)
