"""What a fault does to an answer over HTTP."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.sandbox.wire import Json


def cut(request: web.Request) -> web.Response:
    """Breaks the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def faulty(request: web.Request, fault: Json | None) -> web.Response | None:
    """What a fault puts in place of the answer; None where the call goes on, be it slowly."""
    kind = fault["kind"] if fault else ""
    if fault and kind == "429":
        headers = {"Retry-After": str(fault.get("retry_after", 1))}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if kind == "500":
        return web.Response(status=500, text="internal error")
    if kind in ("reset", "drop"):
        return cut(request)
    if fault and kind == "slow":
        await asyncio.sleep(float(fault.get("seconds", 1.0)))
    return None
