"""Sends prepared HTTP requests as fast as they are answered, or at a steady rate, and says how long each took."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PATH = "/slack/events"


@dataclass(frozen=True)
class Run:
    """`rate` in answers per second; `latencies` in seconds, sorted."""

    rate: float
    latencies: Sequence[float]
    refused: int

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the answers took at most."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


def signed(body: bytes, secret: str, port: int) -> bytes:
    """A request as Slack sends it, ready for the wire."""
    stamp = str(int(time.time()))
    mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mac}\r\n\r\n"
    )
    return head.encode() + body


async def flat_out(port: int | Sequence[int], lanes: Sequence[Iterable[bytes]], seconds: float) -> Run:
    """One connection a lane, each request sent when the one before it was answered, until time or lanes run out.

    Of several ports each lane keeps to one, as a balancer deals connections.
    """
    ports = [port] if isinstance(port, int) else port
    end = time.perf_counter() + seconds
    found: list[float] = []
    refused = 0

    async def lane(nth: int, requests: Iterable[bytes]) -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[nth % len(ports)])
        coming = iter(requests)
        while time.perf_counter() < end and (request := next(coming, None)) is not None:
            begun = time.perf_counter()
            refused += not await _ask(reader, writer, request)
            found.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(lane(nth, requests) for nth, requests in enumerate(lanes)))
    return Run(len(found) / (time.perf_counter() - begun), sorted(found), refused)


async def bursts(port: int, requests: Sequence[bytes], size: int, rest: float) -> Run:
    """`size` requests at the same instant, until the last of them is answered; then `rest` seconds of quiet, and again.

    The rate is that of the bursts alone: what the server does after its answers is not in it.
    """
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(size)]
    found: list[float] = []
    busy, refused = 0.0, 0

    async def one(nth: int, request: bytes, begun: float) -> None:
        nonlocal refused
        refused += not await _ask(*lines[nth], request)
        found.append(time.perf_counter() - begun)

    for start in range(0, len(requests), size):
        begun = time.perf_counter()
        await asyncio.gather(*(one(nth, r, begun) for nth, r in enumerate(requests[start : start + size])))
        busy += time.perf_counter() - begun
        await asyncio.sleep(rest)
    for _, writer in lines:
        writer.close()
    return Run(len(found) / busy, sorted(found), refused)


async def steady(port: int | Sequence[int], requests: Sequence[bytes], per_second: float) -> Run:
    """Each request at its time, whether or not those before it were answered; waiting in line counts as latency."""
    ports = [port] if isinstance(port, int) else port
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    found: list[float] = []
    refused = 0
    start = time.perf_counter() + 0.1

    async def one(nth: int, request: bytes) -> None:
        nonlocal refused
        due = start + nth / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line = idle.pop(0) if idle else await asyncio.open_connection("127.0.0.1", ports[nth % len(ports)])
        refused += not await _ask(*line, request)
        found.append(time.perf_counter() - due)
        idle.append(line)

    await asyncio.gather(*(one(nth, request) for nth, request in enumerate(requests)))
    for _, writer in idle:
        writer.close()
    return Run(per_second, sorted(found), refused)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    where = lower.find(b"content-length:")
    if where >= 0:
        await reader.readexactly(int(lower[where + 15 : lower.index(b"\r\n", where)]))
    elif b"transfer-encoding: chunked" in lower:  # as Node sends an empty body
        await reader.readuntil(b"0\r\n\r\n")
    return head.startswith(b"HTTP/1.1 200")
