"""What goes wrong around two replicas: with Slack, with the lines to it, with the database, the disk, the processes."""

import asyncio
import resource
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import asyncpg

from storage.urls import plain_url
from tests.bot.conversing import Json
from tests.e2e.town import Replica, Town

DRAIN = 10.0
"""Seconds a bot may take to end when it is asked to."""

Trouble = Callable[[Town, float], Awaitable[None]]
"""Makes it happen, for about so many seconds, and puts it right again."""


async def slack_is_faulty(town: Town, seconds: float, *faults: Json) -> None:
    """For so long, and then until a call has met it."""
    met = len(town.answers.faults)
    town.sandbox.faults(*faults)
    await asyncio.sleep(seconds)
    for _ in range(50):
        town.look()
        if len(town.answers.faults) > met:
            break
        await asyncio.sleep(0.1)
    town.sandbox.faults()


def slack_fails(*methods: str, **fault: object) -> Trouble:
    """Slack answers so to every such call."""

    async def happens(town: Town, seconds: float) -> None:
        await slack_is_faulty(town, seconds, *({"method": method, "times": -1, **fault} for method in methods))

    return happens


def slack_fails_once(kind: str) -> Trouble:
    """The next few calls of each sort fail, and those after them work."""

    async def happens(town: Town, seconds: float) -> None:
        sorts = ("chat.postMessage", "response_url", "views.open", "*")
        await slack_is_faulty(town, seconds, *({"method": method, "times": 2, "kind": kind} for method in sorts))

    return happens


def sockets_leave(reason: str) -> Trouble:
    """Slack says goodbye on every socket, or cuts it."""

    async def happens(town: Town, seconds: float) -> None:
        with suppress(ConnectionError):
            await town.sandbox.disconnect(reason)
        await asyncio.sleep(seconds)

    return happens


async def acks_get_lost(town: Town, seconds: float) -> None:
    """What the bots answer does not reach Slack, a few times."""
    town.balancer.cuts = 3
    town.sandbox.faults({"method": "socket", "kind": "lost_reply", "times": 3})
    await asyncio.sleep(seconds)
    town.balancer.cuts = 0
    town.sandbox.faults()


async def one_is_killed(town: Town, seconds: float) -> None:
    """No goodbye; Slack repeats old clicks at whoever is there."""
    replica = town.chance.choice(town.replicas)
    await replica.end(signal.SIGKILL)
    for click in town.last_clicks():
        await town.sandbox.replay(click)
    await asyncio.sleep(seconds / 2)
    await replica.start()


async def one_is_told_to_stop(town: Town, seconds: float) -> None:
    """As in a rolling restart, while everybody talks and Slack is slow."""
    replica = town.chance.choice(town.replicas)
    town.sandbox.faults({"method": "*", "kind": "slow", "seconds": min(seconds, 5.0), "times": 3})
    await ends_in_time(town, replica)
    town.sandbox.faults()
    await replica.start()


async def ends_in_time(town: Town, replica: Replica) -> None:
    """It finishes what it has in hand and goes: within ten seconds, but for what a busy machine adds."""
    begun = time.time()
    assert await replica.end(signal.SIGTERM) == 0
    took = time.time() - begun
    town.look()
    town.drained.append((took, town.heartbeat.late(begun, time.time())))
    assert took - town.drained[-1][1] < DRAIN


@asynccontextmanager
async def locked(address: str) -> AsyncIterator[None]:
    """Nobody else can write; on PostgreSQL, nobody can do anything with a firm."""
    if address.startswith("sqlite"):
        file = sqlite3.connect(address.partition("///")[2], isolation_level=None, check_same_thread=False, timeout=20)
        await asyncio.to_thread(file.execute, "BEGIN IMMEDIATE")
        try:
            yield
        finally:
            file.close()
        return
    connection = await asyncpg.connect(plain_url(address))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE firms IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def database_is_locked(town: Town, seconds: float) -> None:
    """Somebody else holds it."""
    async with locked(town.replicas[0].address):
        await asyncio.sleep(seconds)


async def everything_is_slow(town: Town, seconds: float) -> None:
    """The database takes a second for each write, and Slack five for each answer."""
    town.sandbox.faults(*({"method": m, "kind": "slow", "seconds": 5, "times": -1} for m in ("*", "response_url")))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        async with locked(town.replicas[0].address):
            await asyncio.sleep(1.0)
        await asyncio.sleep(0.05)
    town.sandbox.faults()


async def database_is_gone(town: Town, seconds: float) -> None:
    """PostgreSQL ends every connection, again and again."""
    connection = await asyncpg.connect(plain_url(town.replicas[0].address))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        await asyncio.sleep(0.05)
    await connection.close()


async def disk_is_full(town: Town, seconds: float) -> None:
    """No file of the bots may grow: the kernel refuses each of their writes, as a full disk does."""
    for replica in town.replicas:
        _may_write(replica, 4096)
    await asyncio.sleep(seconds)
    for replica in town.replicas:
        _may_write(replica, resource.RLIM_INFINITY)


def _may_write(replica: Replica, most: int) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(replica.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


EVERYTHING = ("*", "response_url")
POSTS = ("chat.postMessage", "chat.postEphemeral")

ANYWHERE: Mapping[str, Trouble] = {
    "Slack asks to wait": slack_fails(*EVERYTHING, kind="429", retry_after=1),
    "Slack answers 500": slack_fails(*EVERYTHING, kind="500"),
    "Slack cuts connections": slack_fails(*EVERYTHING, kind="reset"),
    "Slack's answers get lost": slack_fails_once("lost_reply"),
    "some calls meet a 500": slack_fails_once("500"),
    "Slack takes five seconds": slack_fails(*EVERYTHING, kind="slow", seconds=5),
    "invalid_auth": slack_fails("*", kind="refuse", error="invalid_auth"),
    "token_revoked": slack_fails("*", kind="refuse", error="token_revoked"),
    "channel_not_found": slack_fails(*POSTS, kind="refuse", error="channel_not_found"),
    "is_archived": slack_fails(*POSTS, kind="refuse", error="is_archived"),
    "acks get lost": acks_get_lost,
    "kill -9": one_is_killed,
    "SIGTERM": one_is_told_to_stop,
    "database locked": database_is_locked,
    "database slow by 1 s, Slack by 5 s": everything_is_slow,
}
SOCKETS: Mapping[str, Trouble] = {
    "sockets are refreshed": sockets_leave("refresh_requested"),
    "sockets are warned": sockets_leave("warning"),
    "sockets are cut": sockets_leave("drop"),
}


HALF_A_MINUTE = 30.0
LONG = frozenset({"database locked", "database gone"})
"""What lasts half a minute once, where there is the time."""

SLOW = frozenset({"Slack takes five seconds", "SIGTERM", "database slow by 1 s, Slack by 5 s"})
"""What takes seconds or one more start, however short it is to be."""

REFUSALS = frozenset({"invalid_auth", "token_revoked", "channel_not_found", "is_archived"})
"""Slack's words for no, of ours: what met one was not to be sent."""


def troubles_of(transport: str, address: str) -> dict[str, Trouble]:
    """What can go wrong here."""
    found = {**ANYWHERE, **(SOCKETS if transport == "socket" else {})}
    if address.startswith("sqlite"):
        return {**found, "disk full": disk_is_full}
    return {**found, "database gone": database_is_gone}


async def all_kinds_of_trouble(town: Town, until: float) -> Counter[str]:
    """One after the other in an order by chance, for two to seven seconds each, until then; all at least once."""
    found, happened = troubles_of(town.replicas[0].transport, town.replicas[0].address), Counter[str]()
    while time.monotonic() < until or len(happened) < len(found):
        for name in town.chance.sample(list(found), len(found)):
            if time.monotonic() > until and happened[name]:
                continue
            lasting = HALF_A_MINUTE if name in LONG and not happened[name] else town.chance.uniform(2.0, 7.0)
            town.troubles.append((time.time(), name))
            await found[name](town, lasting)
            happened[name] += 1
            await asyncio.sleep(1.0)
    return happened


async def some_trouble(town: Town) -> Counter[str]:
    """Whatever is quickly over, once each."""
    found = troubles_of(town.replicas[0].transport, town.replicas[0].address)
    names = [name for name in found if name not in SLOW]
    for name in town.chance.sample(names, len(names)):
        await found[name](town, 0.15)
        await asyncio.sleep(0.1)
    return Counter(names)
