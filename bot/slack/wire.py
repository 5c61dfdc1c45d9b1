"""A POST over the connections of an aiohttp session, without what its client makes for each one.

That is a dozen objects and a task, more than half of what a call to Slack took. Connections are made and kept by
aiohttp all the same: its resolver, its TLS, its pool.
"""

import asyncio
from collections.abc import Mapping

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from aiohttp.http import HttpProcessingError
from yarl import URL

from bot.slack.outgoing import STRAIGHT_ON, Outgoing

Answered = tuple[int, Mapping[str, str], bytes]
"""Status, headers, content."""

_SAID = ("Host", "Accept", "User-Agent")
"""What of the usual headers is sent. Nothing is asked for compressed: the answers are short."""


class Wire:
    """Redirects are not followed: what Slack's API is asked it answers at once."""

    def __init__(self, session: aiohttp.ClientSession, outgoing: Outgoing = STRAIGHT_ON) -> None:
        self._session = session
        self._outgoing = outgoing
        self._places: dict[URL, tuple[ClientRequest, str]] = {}
        """By origin: what the connector knows it by, and the headers that are always the same."""

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        """Sends it. Raises aiohttp.ClientError, TimeoutError or OSError."""
        try:
            address = URL(url)
            place, usual = self._place(address.origin())
        except ValueError as error:
            raise aiohttp.InvalidURL(url) from error
        more = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"POST {address.raw_path_qs} HTTP/1.1\r\n{usual}{more}Content-Length: {len(content)}\r\n\r\n"
        # Over all of it, not from read to read: a message's lease is longer than this, however slowly an answer drips.
        async with asyncio.timeout(self._session.timeout.total):
            return await self._exchange(place, head.encode("latin-1") + content)

    def _place(self, origin: URL) -> tuple[ClientRequest, str]:
        if origin not in self._places:
            through = self._outgoing.proxy_for(str(origin))
            proxy = URL(through) if through else None
            place = ClientRequest("POST", origin, loop=asyncio.get_running_loop(), session=self._session, proxy=proxy)
            self._places[origin] = place, "".join(f"{name}: {place.headers[name]}\r\n" for name in _SAID)
        return self._places[origin]

    async def _exchange(self, place: ClientRequest, request: bytes) -> Answered:
        connector = self._session.connector
        if connector is None:
            raise aiohttp.ClientConnectionError("The session is closed.")
        connection = await connector.connect(place, [], self._session.timeout)
        try:
            protocol = connection.protocol
            assert protocol is not None, "it was handed out this moment"
            protocol.set_response_params(read_until_eof=True, auto_decompress=False)
            if protocol.transport is None:
                raise aiohttp.ServerDisconnectedError
            protocol.transport.write(request)
            message, payload = await protocol.read()
            while message.code < 200:  # that it goes on
                message, payload = await protocol.read()
            content = await payload.read()
        except HttpProcessingError as error:
            connection.close()
            raise aiohttp.ClientPayloadError("The answer is not HTTP.") from error
        except BaseException:  # raised again: whatever comes over this connection later is nobody's answer
            connection.close()
            raise
        connection.release()
        return message.code, message.headers, content
