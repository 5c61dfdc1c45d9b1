"""What the sandbox asks on behalf of its page: how the practice run stands, and to do something about it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.practice.fresh_start import forget_firms
from bot.practice.looking import LookAhead, nowhere
from bot.practice.run import Held, PracticeRun, Unfit
from bot.practice.sandbox import Sandbox
from bot.practice.timeline import Timeline

LONGEST_WAIT = 20.0
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def practising(
    sandbox: str,
    folder: Path,
    database: str,
    timeline: Timeline,
    bot: Held,
    listening: socket.socket,
    look_ahead: LookAhead = nowhere,
) -> AsyncIterator[None]:
    """Inside the block the sandbox at this address may ask at this socket to move the clock and to start over."""

    async def forget(tenant: str) -> None:
        await forget_firms(database, folder, tenant)

    async with aiohttp.ClientSession() as session:
        run = PracticeRun(timeline, bot, Sandbox(session, sandbox), forget, look_ahead)
        keeping = asyncio.create_task(timeline.go_on_keeping())
        looking = asyncio.create_task(run.look_first())
        try:
            async with serving(run, listening):
                yield
        finally:
            keeping.cancel()
            looking.cancel()
            await run.close()


@asynccontextmanager
async def serving(run: PracticeRun, listening: socket.socket) -> AsyncIterator[None]:
    """Answers at this socket, which listens on the loopback address only, inside the block."""
    app = web.Application(middlewares=[_guard], client_max_size=10_000)
    app.add_routes([web.get("/state", _state(run)), web.post("/{wish}", _wish(run))])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    # Only the sandbox has business here, and it has no origin. A page elsewhere could otherwise reach this through
    # a name that resolves to this machine.
    if request.host.rsplit(":", 1)[0] not in _LOOPBACK or "Origin" in request.headers:
        return web.json_response({"ok": False, "error": "loopback_only"}, status=403)
    return await handler(request)


def _state(run: PracticeRun) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        since = request.query.get("since", "")
        return web.json_response(await run.changed(int(since) if since.isdigit() else 0, LONGEST_WAIT))

    return answer


def _wish(run: PracticeRun) -> Handler:
    wishes: dict[str, Callable[[dict[str, Any]], None]] = {
        "move": lambda body: run.move(str(body["to"])),
        "move-on": lambda body: run.move_on(int(body["days"])),
        "to-reminder": lambda _: run.to_next_reminder(),
        "today": lambda _: run.back_to_today(),
        "story": lambda body: run.play(str(body["id"])),
        "start-over": lambda _: run.start_over(),
        "look": lambda _: run.look(),
        "hush": lambda _: run.hush(),
    }

    async def answer(request: web.Request) -> web.StreamResponse:
        wish = wishes.get(request.match_info["wish"])
        if wish is None:
            return web.json_response({"ok": False, "error": "There is nothing of that name."}, status=404)
        try:
            wish(await request.json() if request.can_read_body else {})
        except Unfit as reason:
            return web.json_response({"ok": False, "error": str(reason)}, status=409)
        except (KeyError, TypeError, ValueError, OverflowError):
            return web.json_response({"ok": False, "error": "Something is missing or misspelt."}, status=400)
        return web.json_response({"ok": True})

    return answer
