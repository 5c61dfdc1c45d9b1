"""The practice run: moves the clock, starts over and plays stories, one after the other, and says how it stands."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

import aiohttp

from bot.practice.looking import LookAhead, nowhere
from bot.practice.player import Player, Stopped
from bot.practice.sandbox import Json, Sandbox
from bot.practice.stories import Act, Story, stories
from bot.practice.timeline import ZONE, Timeline

log = logging.getLogger("cais.practice")

YEARS = range(2015, 2041)
TO_LISTEN = 60.0
"""Seconds a bot may take on a busy machine until it is connected."""
TO_BE_MISSED = 1.0
"""Seconds in which a bot's end is noticed after a click has failed for it."""

Forget = Callable[[str], Awaitable[None]]
"""Takes away what the bot keeps of this tenant. Raises Unfit, and then nothing is gone."""

MORNING_IS_OVER = time(12)
"""In New York: then it has been nine as far as Los Angeles, and nobody's reminders of that day were jumped over."""


class Unfit(Exception):
    """It cannot be done, or not now. The sentence is for the page."""


class Held(Protocol):
    """The bot, as far as practice has to do with it."""

    def held(self) -> AbstractAsyncContextManager[None]:
        """No bot runs inside the block; after it, one is started."""

    async def next_death(self) -> None:
        """Waits until a bot ends by itself."""


class PracticeRun:
    """`state` is what the page shows; `changed` waits for the next one."""

    def __init__(
        self, timeline: Timeline, bot: Held, sandbox: Sandbox, forget: Forget, look_ahead: LookAhead = nowhere
    ) -> None:
        self._timeline, self._bot, self._sandbox, self._forget = timeline, bot, sandbox, forget
        self._look_ahead = look_ahead
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._next_reminder: float | None = None
        self._job: asyncio.Task[None] | None = None
        self._doing: Json | None = None
        self._trouble = ""
        self._look = ""
        self._version = 1
        self._news = asyncio.Event()

    def state(self) -> Json:
        """How it stands, as JSON. Times are Unix seconds; `now` ticks on with `moves`."""
        timeline = self._timeline
        return {
            "version": self._version,
            "zone": ZONE.key,
            "now": timeline.now().timestamp(),
            "moved": timeline.moved,
            "speed": timeline.speed,
            "moves": [{"at": m.at.timestamp(), "to": m.to and m.to.timestamp()} for m in timeline.moves],
            "furthest": timeline.furthest and timeline.furthest.timestamp(),
            "stories": [_shown(story) for story in stories().values()],
            "story": timeline.story,
            "look": self._look,
            "next_reminder": self._next_reminder,
            "doing": self._doing,
            "trouble": self._trouble,
        }

    async def changed(self, since: int, seconds: float) -> Json:
        """The state as soon as it is another than that of this version, or as it is after some time."""
        if self._version == since:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), seconds)
        return self.state()

    def move(self, to: str) -> None:
        """Go to this time: with an offset an instant, without one the wall clock of New York. Raises Unfit."""
        self._begin(f"Going to {_day(_instant(to))}", self._move(_instant(to)))

    def move_on(self, days: int) -> None:
        """Go on by days, at the same time of the day in New York, but not before `MORNING_IS_OVER`. Raises Unfit."""
        there = self._timeline.now().astimezone(ZONE) + timedelta(days=days)
        if there.time() < MORNING_IS_OVER:
            there = datetime.combine(there, MORNING_IS_OVER, ZONE)
        to = _in_reach(there)
        self._begin(f"Going to {_day(to)}", self._move(to))

    def to_next_reminder(self) -> None:
        """Go to when the next reminder is due, as it is known by then. Raises Unfit."""
        self._begin("Going to the next reminder", self._move_to_next_reminder())

    def back_to_today(self) -> None:
        """Go back to the real time. Raises Unfit."""
        self._begin("Going back to today", self._move(None))

    def start_over(self) -> None:
        """An empty workspace at the real time. Raises Unfit."""
        self._begin("Starting over", self._fresh(None))

    def play(self, name: str) -> None:
        """Start over at a story's time, and play it. Raises Unfit."""
        if name not in stories():
            raise Unfit("There is no story of that name.")
        self._begin(f"Preparing the story “{stories()[name].title}”", self._play(stories()[name]))

    def hush(self) -> None:
        """Somebody has read what went wrong."""
        self._tell(trouble="")

    def look(self) -> None:
        """Asks when the next reminder is due; the state says so once that is known, and what is under way is done."""
        if self._doing is not None:
            return
        self._look_again = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find_next_reminder())

    async def look_first(self) -> None:
        """The same once the first bot is there."""
        with suppress(aiohttp.ClientError):
            if await self._sandbox.listened_to(True, TO_LISTEN):
                self.look()

    async def _find_next_reminder(self) -> None:
        # Whoever asks while it is being looked up has perhaps set a date since that began.
        while self._look_again:
            self._look_again = False
            found = await self._look_ahead()
            if found != self._next_reminder:
                self._tell(next_reminder=found)

    async def close(self) -> None:
        """Gives up what is under way, and keeps the time."""
        for task in (self._job, self._looking):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._timeline.moved:
            self._timeline.keep()

    def _begin(self, says: str, work: Coroutine[Any, Any, None]) -> None:
        if self._job is not None and not self._job.done():
            work.close()
            raise Unfit("Something else is under way. Wait a moment, then try again.")
        self._tell(doing={"says": says, "act": 0, "of": 0}, trouble="", look="", next_reminder=None)
        self._job = asyncio.create_task(self._do(work))

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        trouble = ""
        try:
            await work
        except (Unfit, Stopped) as reason:
            trouble = str(reason)
        except (aiohttp.ClientError, TimeoutError, LookupError) as error:
            trouble = f"The sandbox did not answer as it should ({type(error).__name__}). Starting over may help."
        except Exception:  # whatever it is: the page only says that there was something, the terminal what it was
            trouble = "Something went wrong that must not. What the terminal says may tell why."
            log.exception("the practice run stopped")
        finally:
            self._tell(doing=None, trouble=trouble)
        self.look()  # only now: it takes a process, and nobody goes to a reminder in the middle of a story

    def _tell(self, **news: Any) -> None:
        for name, value in news.items():
            setattr(self, f"_{name}", value)
        self._version += 1
        self._news.set()
        self._news = asyncio.Event()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nobody has the database open inside the block: no bot, and nothing that looks for the next reminder."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        async with self._bot.held():
            await self._sandbox.listened_to(False, TO_LISTEN)
            yield

    async def _move(self, to: datetime | None) -> None:
        async with self._alone():
            self._timeline.move(to)
        await self._until_it_listens()

    async def _move_to_next_reminder(self) -> None:
        """It is asked anew: since the page was told, a date may have been set that is reminded of earlier."""
        found = await self._look_ahead()
        if found is None:
            raise Unfit("No reminder is known that is still to come. Nothing was moved.")
        await self._move(datetime.fromtimestamp(found, UTC))

    async def _fresh(self, to: datetime | None) -> None:
        tenant = await self._sandbox.tenant()
        try:
            async with self._alone():
                await self._forget(tenant)
                await self._sandbox.post("reset")
                self._timeline.begin(to)
        except Unfit:
            await self._until_it_listens()
            raise
        await self._until_it_listens()

    async def _until_it_listens(self) -> None:
        self._tell()
        if not await self._sandbox.listened_to(True, TO_LISTEN):
            raise Unfit("The bot did not come back. What the terminal says may tell why.")

    async def _play(self, story: Story) -> None:
        await self._fresh(_instant(story.starts))
        player, at = Player(self._sandbox), (0, "")

        def tell(number: int, act: Act) -> None:
            nonlocal at
            at = (number, act.says)
            self._tell(doing={"says": act.says, "act": number, "of": len(story.acts)})

        try:
            await self._unless_it_dies(player.play(story, tell=tell, move=lambda to: self._move(_instant(to))))
        except Stopped as why:
            where = f"at {at[0]} of {len(story.acts)}, where {at[1]}" if at[0] else "before it began"
            raise Stopped(
                f"The story stopped {where}. {why} What was played so far is there: go on from it, or play it again."
            ) from None
        self._timeline.told(story.id)
        self._tell(look=await player.address(story.look.who, story.look.place))

    async def _unless_it_dies(self, playing: Coroutine[Any, Any, None]) -> None:
        """Somebody's click is lost with a bot that dies under it; guessing what was recorded is no story."""
        play, death = asyncio.ensure_future(playing), asyncio.ensure_future(self._bot.next_death())
        try:
            await asyncio.wait((play, death), return_when=asyncio.FIRST_COMPLETED)
            if play.done() and play.exception():
                await asyncio.wait((death,), timeout=TO_BE_MISSED)
            if death.done():
                raise Stopped("The bot ended by itself and is started again.")
            await play
        finally:
            play.cancel()
            death.cancel()
            await asyncio.gather(play, death, return_exceptions=True)


def _shown(story: Story) -> Json:
    starts = _instant(story.starts).timestamp()
    return {"id": story.id, "title": story.title, "starts": starts, "sees": story.sees, "tries": story.tries}


def _instant(text: str) -> datetime:
    """Raises Unfit where it is no time, or one out of reach."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit("Choose a day, and a time of the day.") from None
    return _in_reach(said.replace(tzinfo=ZONE) if said.tzinfo is None else said)


def _in_reach(to: datetime) -> datetime:
    if to.year not in YEARS:
        raise Unfit(f"Choose a day between {YEARS[0]} and {YEARS[-1]}.")
    return to.astimezone(UTC)


def _day(to: datetime) -> str:
    return f"{to.astimezone(ZONE):%A, %B %-d, %Y}"
