"""What stands before several replicas over HTTP: each request goes to the next one that takes connections."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.e2e.processes import BotProcess

HOP = frozenset({"host", "content-length", "transfer-encoding", "connection"})


class Balancer:
    """Hands each request on as it is. One whose replica died under it is answered 502, as balancers do."""

    def __init__(self, replicas: Sequence[BotProcess], client: aiohttp.ClientSession) -> None:
        self._replicas, self._client = list(replicas), client
        self.url = ""
        self.cuts = 0
        """How many of the next answers get lost on the way to Slack."""
        self.served: Counter[int] = Counter()

    async def hand_on(self, request: web.Request) -> web.StreamResponse:
        """The next in turn, or the one after it where nobody listens there."""
        body = await request.read()
        self._replicas.append(self._replicas.pop(0))
        for replica in self._replicas[::-1]:
            try:
                return await self._asked(replica, request, body)
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break
        return web.Response(status=502)

    async def _asked(self, replica: BotProcess, request: web.Request, body: bytes) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        async with self._client.post(replica.url, data=body, headers=headers) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
            raw = await answer.read()
            self.served[replica.port] += 1
            if self.cuts and request.transport:
                self.cuts -= 1
                request.transport.abort()
            return web.Response(status=answer.status, headers=kept, body=raw)


@asynccontextmanager
async def balanced(replicas: Sequence[BotProcess]) -> AsyncIterator[Balancer]:
    """One before these, at a port of its own."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), auto_decompress=False) as client:
        balancer = Balancer(replicas, client)
        app = web.Application()
        app.router.add_post("/slack/events", balancer.hand_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        balancer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield balancer
        finally:
            await runner.cleanup()
