"""A firm in a workspace whose clocks a test moves on: business time, which reminders go by, and real time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.app import Bot
from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.delivery import posting
from flows.firms import Person
from flows.roadmap import Pack
from flows.services import Act, Services
from storage.database import open_database
from tests.bot.conftest import bot_in_slack, engine
from tests.bot.conversing import BEN, CONRAD, LEA, Json, Slack, words_of
from tests.bot.firm_making import TENANT, person
from tests.storage.fresh import fresh_database

NEW_YORK = ZoneInfo("America/New_York")
NINE = 9

A_TURN = 0.05
"""Seconds between two messages in one conversation here: a day of a world goes by in a moment. The simulation, whose
seconds cost nothing, finds out where it is less than one."""


class Clock:
    """A time that stands still until a test moves it on. Real time is Slack's too, so it is moved by seconds only."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.real = real_time()

    def __call__(self) -> datetime:
        return self.now

    def real_time(self) -> float:
        return self.real


def new_york(day: str, hour: int = NINE, minute: int = 0) -> datetime:
    """An instant by the clock of New York."""
    on = date.fromisoformat(day)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


class World:
    """The workspace, the use cases, and the hands of the clock."""

    def __init__(self, slack: Slack, services: Services, clock: Clock) -> None:
        self.slack = slack
        self.services = services
        self.clock = clock

    def act(self, who: Person) -> Act:
        """One more click of this person's."""
        return Act(who, "button", uuid4().hex)

    async def plan(self) -> None:
        """What changed is planned, and what is due is sent, also by a round of the bot's own that is under way."""
        await self.slack.bot.planner.sweep()
        self.slack.bot.delivery.wake()
        await self.slack.settled()

    async def goes_to(self, day: str, hour: int = NINE, minute: int = 0) -> None:
        """It becomes this time in New York, and everything that follows from that happens."""
        await self.plan()
        then = new_york(day, hour, minute)
        assert then >= self.clock.now, "time goes on"
        self.clock.now = then
        await self.plan()

    async def day_by_day(self, day: str) -> None:
        """Each day at nine in New York and at nine in Los Angeles, up to this one."""
        while (on := self.clock.now.astimezone(NEW_YORK).date()) < date.fromisoformat(day):
            for hour in (NINE, NINE + 3):
                await self.goes_to((on + timedelta(1)).isoformat(), hour)

    def digests(self, user: str) -> list[Json]:
        """The reminders that stand in somebody's DM."""
        return [m for m in self.slack.person(user).sees if is_digest(m)]

    def said(self, user: str) -> str:
        """What the newest of them says."""
        found = self.digests(user)
        return words_of(found[-1]) if found else ""


def is_digest(message: Json) -> bool:
    return str(message.get("text", "")).startswith("Reminder, ")


def sqlite_url(tmp_path: Path) -> str:
    """Where a world keeps what it knows, unless it is told another place."""
    return f"sqlite+aiosqlite:///{tmp_path}/cais.db"


@asynccontextmanager
async def world_at(
    tmp_path: Path,
    pack: Pack,
    now: datetime,
    *,
    url: str = "",
    clock: Clock | None = None,
    **sandbox: object,
) -> AsyncIterator[World]:
    """A workspace with the bot in it, at this time."""
    clock = clock or Clock(now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting, "A_SECOND", A_TURN)
        async with _world_at(tmp_path, pack, clock, url, sandbox) as world:
            yield world


@asynccontextmanager
async def _world_at(
    tmp_path: Path, pack: Pack, clock: Clock, url: str, sandbox: Mapping[str, object]
) -> AsyncIterator[World]:
    async with await open_database(url or fresh_database(tmp_path / "cais.db")) as opened:
        services = build_services(opened, pack, clock, engine=engine)
        async with bot_in_slack("http", services, build_router(), now=clock.real_time, **sandbox) as slack:
            for user in (BEN, LEA, CONRAD):
                slack.sandbox.slack.workspace.users[user]["tz"] = ZONES.get(user, NEW_YORK.key)
                await slack.bot.people.meet(TENANT, user, person(user).id)
            yield World(slack, services, clock)


@asynccontextmanager
async def another_replica(world: World, url: str) -> AsyncIterator[World]:
    """A second bot on the same database and in the same workspace."""
    async with await open_database(url) as opened:
        services = build_services(opened, world.services.pack, world.clock, engine=engine)
        options = world.slack.sandbox.options
        bot = Bot(
            token=options.bot_token,
            signing_secret=options.signing_secret,
            router=build_router(),
            services=services,
            now=world.clock.real_time,
            api_url=world.slack.sandbox.api_url,
        )
        await bot.start()
        try:
            yield World(type(world.slack)(world.slack.sandbox, bot), services, world.clock)
        finally:
            await bot.stop()


ZONES = {LEA: "America/Los_Angeles"}
"""Who is somewhere else than in New York."""
