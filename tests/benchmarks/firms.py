"""Firms for a benchmark, written through the use cases, and the clicks that take them to the end."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from bot.actions import pack as packed
from bot.bootstrap import build_services
from bot.buttons import CompleteTask
from bot.clock import BusinessClock
from bot.pack_files import read_pack
from flows.events import FirmKey
from flows.firms import Person
from flows.packs import load_pack
from flows.ports import Known
from flows.services import Act, Services
from flows.walk import walk
from storage.database import open_database

TENANT = "-/T1"
AT_ONCE = 100
"""Firms made at the same time."""
LATER = 10**9
"""A version no firm reaches: the click means what it says, whatever happened since."""


def person(nth: int) -> Person:
    """One person a firm, so that each has one firm."""
    return Person(f"slack:{TENANT}/U{nth}", f"Person {nth}")


@asynccontextmanager
async def _services(folder: Path) -> AsyncIterator[Services]:
    folder.mkdir(parents=True, exist_ok=True)
    async with await open_database(f"sqlite+aiosqlite:///{folder / 'cais.db'}") as database:
        yield build_services(database, load_pack(*read_pack()), BusinessClock(None, 1.0))


async def make(folder: Path, count: int) -> list[list[str]]:
    """Makes firms with two agents, step 4 answered; for each, the tasks that are left, in order, with outcomes."""
    async with _services(folder) as services:
        return [await _one(services, nth, 0) for nth in range(count)]


async def make_open(address: str, count: int) -> list[list[str]]:
    """Many firms at once, in the database of this URL; of each, the tasks that can be done now, in any order.

    Their people are known already, as they are in a workspace that has had the bot for a day.
    """
    async with await open_database(address) as database:
        services = build_services(database, load_pack(*read_pack()), BusinessClock(None, 1.0))
        found: list[list[str]] = []
        for first in range(0, count, AT_ONCE):
            some = range(first, min(first + AT_ONCE, count))
            found += await asyncio.gather(*(_one_open(services, nth) for nth in some))
        return found


async def _one_open(services: Services, nth: int) -> list[str]:
    who = person(nth)
    known = Known(who.id, who.name, "America/New_York", checked_at=time.time(), standing="member")
    await services.directory.remember(TENANT, known)
    return await _one(services, nth, 0, ("open",))


async def make_one(folder: Path, nth: int, notes: int = 0) -> list[str]:
    """One more firm, with this many notes in its history."""
    async with _services(folder) as services:
        return await _one(services, nth, notes)


async def _one(services: Services, nth: int, notes: int, states: Collection[str] = ("open", "locked")) -> list[str]:
    act = Act(who=person(nth), source="import")
    made = await services.set_up(TENANT, act, name=f"Firm {nth}", situation="new")
    key = made.position.key
    await services.answer(key, act, "fdid_duty", ["yes"])
    result = await services.answer(key, act, "methods", ["agent"], agents=[f"Alpha {nth}", f"Beta {nth}"])
    for n in range(notes):
        result = await services.add_note(key, act, f"Note {n}")
    items = [i for i in walk(services.pack, result.position).items if i.task.kind != "question"]
    left = [i for i in items if i.state in states]
    return [f"{key.firm} {i.key} {i.task.outcomes[0].id if i.task.outcomes else ''}" for i in left]


def next_command(nth: int, response_url: str) -> bytes:
    """`/cais next` by the person of this firm."""
    return command(nth, "next", response_url)


def command(nth: int, words: str, response_url: str) -> bytes:
    """`/cais` and these words, by the person of this firm."""
    return urlencode(
        {
            "token": "t",
            "team_id": "T1",
            "team_domain": "bench",
            "channel_id": "C1",
            "channel_name": "general",
            "user_id": f"U{nth}",
            "user_name": f"person{nth}",
            "command": "/cais",
            "text": words,
            "api_app_id": "A1",
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": f"1.{random.random()}",
        }
    ).encode()


def click(nth: int, task: str, response_url: str) -> bytes:
    """A click on *Done*, as `make` described it."""
    firm, key, outcome = (task + " ").split(" ")[:3]
    carried = CompleteTask(firm=firm, version=LATER, task=key, outcome=outcome)
    payload = {
        "type": "block_actions",
        "user": {"id": f"U{nth}", "username": f"person{nth}", "name": f"person{nth}", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "t",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": True},
        "trigger_id": f"2.{random.random()}",
        "team": {"id": "T1", "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C1", "name": "general"},
        "response_url": response_url,
        "actions": [
            {
                "type": "button",
                "action_id": CompleteTask.verb,
                "block_id": "b",
                "value": packed(carried),
                "action_ts": "1.1",
                "text": {"type": "plain_text", "text": "Done"},
            }
        ],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def key_of(task: str) -> FirmKey:
    """The firm a click belongs to."""
    return FirmKey(TENANT, task.split(" ")[0])


def lanes(clicks: Sequence[bytes], count: int) -> list[list[bytes]]:
    """Requests dealt to connections."""
    return [list(clicks[n::count]) for n in range(count)]
