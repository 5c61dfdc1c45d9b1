"""Brings commands, interactions and events to the bot and waits for its acknowledgement."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any, Protocol

from bot.sandbox.options import Options
from bot.sandbox.org import of_event
from bot.sandbox.traffic import Traffic
from bot.sandbox.wire import Json
from bot.sandbox.workspace import APP_ID

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - the deprecated field every Slack payload still carries


@dataclass(frozen=True)
class Ack:
    """How the bot took a delivery: ``error`` is empty when it acked in time, else Slack's word for what happened."""

    error: str = ""
    body: Any = None
    status: int | str = 200
    retry_reason: str = ""
    no_retry: bool = False
    fault: str = ""
    """The kind of fault that had its hand in it."""


@dataclass(frozen=True)
class Retry:
    """That a delivery is a repeat: which one (1 to 3) and why."""

    number: int
    reason: str


def answer_is_read(kind: str, payload: Json) -> bool:
    """Whether Slack reads what is in the ack: for commands, submissions and requests for options."""
    return kind == "slash_commands" or payload.get("type") in ("view_submission", "block_suggestion")


class Transport(Protocol):
    """One way to reach the bot: signed HTTP or Socket Mode."""

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Ack:
        """Delivers one payload; kind is slash_commands, interactive or events_api."""

    async def connected(self) -> bool:
        """Whether a bot is listening."""


class Delivery:
    """Sends things to the bot; events are repeated on Slack's schedule until they are taken."""

    def __init__(self, options: Options, traffic: Traffic, transport: Transport, team_id: str) -> None:
        self._options, self._traffic, self._transport, self._team_id = options, traffic, transport, team_id
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def connected(self) -> bool:
        """Whether a bot is listening."""
        return await self._transport.connected()

    async def send(self, kind: str, name: str, payload: Json, retry: Retry | None = None) -> Ack:
        """Delivers once and notes it in the traffic."""
        self._traffic.sent.append({"kind": kind, "name": name, "payload": payload, "retry": retry and retry.number})
        exchange = self._traffic.told(kind, name, payload, retry.number if retry else 0)
        self._in_flight += 1
        self._quiet.clear()
        try:
            ack = await self._transport.send(kind, payload, retry)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._quiet.set()
        self._traffic.done(exchange, ack.status, ack.body, ack.error, fault=ack.fault)
        if ack.body and not answer_is_read(kind, payload):
            self._traffic.warn(f"ack of {name}", "a payload in this ack is not accepted: Slack ignores it")
        return ack

    def event(self, event: Json, event_id: str | None = None, *, shared: bool = False) -> str:
        """Starts the delivery of an event, with its repeats, and returns its id.

        `shared`: it happened in a channel that another company sees.
        """
        event_id = event_id or f"Ev{secrets.token_hex(6).upper()}"
        envelope: Json = {
            "token": VERIFICATION_TOKEN,
            **of_event(self._options, self._team_id),
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            "is_ext_shared_channel": shared,
        }
        self._in_flight += 1
        self._quiet.clear()
        task = asyncio.create_task(self._repeat(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return event_id

    async def _repeat(self, envelope: Json) -> None:
        name = str(envelope["event"].get("type"))
        try:
            ack = await self.send("events_api", name, envelope)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._quiet.set()
        before = 0.0
        for number, delay in enumerate(self._options.retry_delays, start=1):
            if not ack.error or ack.no_retry:
                return
            await asyncio.sleep(delay - before if delay > before else 0)
            before = delay
            ack = await self.send("events_api", name, envelope, Retry(number, ack.retry_reason))

    async def settled(self, seconds: float = 30.0) -> None:
        """Waits until nothing is on its way to the bot (repeats that wait for their time do not count)."""
        async with asyncio.timeout(seconds):
            await self._quiet.wait()

    async def stop(self) -> None:
        """Gives up everything still to be delivered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
