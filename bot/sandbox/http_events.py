"""Delivers to the bot over HTTP, signed as Slack signs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import urllib.parse
from collections import deque
from typing import Any

import aiohttp

from bot.sandbox.delivery import Ack, Retry
from bot.sandbox.options import Options
from bot.sandbox.wire import Json


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 request signature (docs: Verifying requests from Slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """One POST per delivery to the bot's request URL."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._lately: deque[str] = deque(maxlen=50)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Ack:
        """Delivers one payload and waits for the 2xx at most ``ack_seconds``."""
        body, content_type = _encoded(kind, payload)
        timestamp, signed = self._sign(body)
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signed,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        wait = aiohttp.ClientTimeout(total=self._options.ack_seconds)
        url = str(self._options.bot_url)
        try:
            async with self._client().post(url, data=body, headers=headers, timeout=wait, allow_redirects=False) as got:
                return _ack(got.status, await got.read(), got.headers)
        except TimeoutError:
            return Ack("operation_timeout", status="timeout", retry_reason="http_timeout")
        except aiohttp.ClientError:
            return Ack("dispatch_failed", status="no answer", retry_reason="connection_failed")

    def _sign(self, body: bytes) -> tuple[str, str]:
        """Time and signature; what is delivered once more, in the same second, is not signed the same."""
        at = int(time.time())
        while (signed := signature(self._options.signing_secret, str(at), body)) in self._lately:
            at -= 1
        self._lately.append(signed)
        return str(at), signed

    async def connected(self) -> bool:
        """Whether something accepts connections at the bot's URL."""
        parts = urllib.parse.urlsplit(str(self._options.bot_url))
        try:
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        except OSError:
            return False
        writer.close()
        return True

    async def close(self) -> None:
        """Closes the connections to the bot."""
        if self._session is not None:
            await self._session.close()


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"


def _ack(status: int, raw: bytes, headers: Any) -> Ack:
    no_retry = headers.get("X-Slack-No-Retry") == "1"
    if status >= 300:
        error = "http_client_error" if status < 500 else "http_service_error"
        return Ack(error, status=status, retry_reason="http_error", no_retry=no_retry)
    text = raw.decode("utf-8", "replace")
    if "json" in headers.get("Content-Type", "") and text:
        try:
            return Ack(body=json.loads(text), status=status)
        except ValueError:
            return Ack("invalid_command_response", status=status, no_retry=True)
    return Ack(body=text or None, status=status)
