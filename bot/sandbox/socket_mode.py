"""Socket Mode: single-use addresses, up to ten connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.sandbox.changes import Changes
from bot.sandbox.delivery import Ack, Retry, answer_is_read
from bot.sandbox.faults import Faults
from bot.sandbox.options import Options
from bot.sandbox.traffic import Traffic
from bot.sandbox.wire import Json
from bot.sandbox.workspace import APP_ID

MOST_CONNECTIONS = 10
WARNING_SECONDS = 10.0


@dataclass(eq=False)
class Connection:
    """One websocket of the bot and the envelopes it has not acknowledged yet."""

    request: web.Request
    socket: web.WebSocketResponse
    seconds: float
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    leaving: bool = False
    closing: list[asyncio.TimerHandle] = field(default_factory=list)


class SocketTransport:
    """The connections of the bot; each payload goes to any one of them."""

    def __init__(self, options: Options, faults: Faults, changes: Changes, traffic: Traffic) -> None:
        self._options, self._faults, self._changes, self._traffic = options, faults, changes, traffic
        self._tickets: set[str] = set()
        self.connections: list[Connection] = []

    def ticket(self) -> str:
        """A word that opens one connection, once."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self.connections)

    async def connected(self) -> bool:
        """Whether a bot is listening."""
        return any(not connection.leaving for connection in self.connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /socket?ticket=...: one connection for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="this address was used already or never given out")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        seconds = 360.0 if request.query.get("debug_reconnects") == "true" else self._options.connection_seconds
        if self.count >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        await self._serve(Connection(request, socket, seconds))
        return socket

    async def _serve(self, connection: Connection) -> None:
        lifetime = {"host": "sandbox", "build_number": 1, "approximate_connection_time": int(connection.seconds)}
        hello = {"type": "hello", "num_connections": len(self.connections) + 1, "debug_info": lifetime}
        await connection.socket.send_json({**hello, "connection_info": {"app_id": APP_ID}})
        self._traffic.note("socket", "hello", "Slack greets a new Socket Mode connection", hello, direction="to_bot")
        self.connections.append(connection)
        self._changes.tell({"type": "presence", "connected": True})
        refresh = asyncio.create_task(self._refresh(connection))
        try:
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    _acknowledge(connection, message.data)
        finally:
            refresh.cancel()
            for timer in connection.closing:
                timer.cancel()
            self.connections.remove(connection)
            self._traffic.note("socket", "closed", "A Socket Mode connection is closed", {})
            for future in connection.waiting.values():
                if not future.done():
                    future.set_exception(ConnectionResetError())
            self._changes.tell({"type": "presence", "connected": bool(self.connections)})

    async def _refresh(self, connection: Connection) -> None:
        await asyncio.sleep(max(connection.seconds - WARNING_SECONDS, 0))
        await self._say_goodbye(connection, "warning")
        await asyncio.sleep(min(WARNING_SECONDS, connection.seconds))
        await self._disconnect(connection, "refresh_requested")

    async def disconnect(self, reason: str) -> None:
        """Sends every connection a disconnect frame; ``drop`` cuts the wire without a word."""
        for connection in list(self.connections):
            if reason == "drop":
                _cut(connection)
            elif reason == "warning":
                await self._say_goodbye(connection, reason)
            else:
                await self._disconnect(connection, reason)

    async def _disconnect(self, connection: Connection, reason: str) -> None:
        # Nothing new goes over a connection that was told to leave; the bot has some time to open another.
        connection.leaving = True
        await self._say_goodbye(connection, reason)
        closing = asyncio.get_running_loop().call_later(self._options.goodbye_seconds, _cut, connection)
        connection.closing.append(closing)

    async def _say_goodbye(self, connection: Connection, reason: str) -> None:
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        await connection.socket.send_json(frame)
        self._traffic.note("socket", "disconnect", f"Slack says goodbye: {reason}", frame, direction="to_bot")

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Ack:
        """Sends one envelope over any connection and waits for its acknowledgement."""
        staying = [connection for connection in self.connections if not connection.leaving]
        if not staying:
            return Ack("dispatch_failed", status="no connection", retry_reason="connection_failed")
        connection = random.choice(staying)  # noqa: S311 - which connection is chance, not a secret
        fault = self._faults.take("socket")
        wrong = str(fault["kind"]) if fault else ""
        if fault and wrong == "slow":
            await asyncio.sleep(float(fault.get("seconds", 1.0)))
        if wrong in ("drop", "reset"):
            _cut(connection)
        envelope = _envelope(kind, payload, retry)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        try:
            await connection.socket.send_json(envelope)
            answer = await asyncio.wait_for(asyncio.shield(future), self._options.ack_seconds)
        except TimeoutError:
            return Ack("operation_timeout", status="timeout", retry_reason="timeout", fault=wrong)
        except ConnectionResetError:
            return Ack("dispatch_failed", status="connection lost", retry_reason="connection_failed", fault=wrong)
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
        if wrong == "lost_reply":
            return Ack("operation_timeout", status="ack lost", retry_reason="timeout", fault=wrong)
        return Ack(body=answer.get("payload") or None, status="ack", fault=wrong)

    async def close(self) -> None:
        """Closes every connection."""
        for connection in list(self.connections):
            await connection.socket.close()


def _envelope(kind: str, payload: Json, retry: Retry | None) -> Json:
    envelope: Json = {
        "envelope_id": secrets.token_hex(16),
        "payload": payload,
        "type": kind,
        "accepts_response_payload": answer_is_read(kind, payload),
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return envelope


def _acknowledge(connection: Connection, data: str) -> None:
    try:
        answer = json.loads(data)
    except ValueError:
        return
    future = connection.waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
    if future is not None and not future.done():
        future.set_result(answer)


def _cut(connection: Connection) -> None:
    if connection.request.transport is not None:
        connection.request.transport.abort()
