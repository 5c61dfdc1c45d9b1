"""The supervisor's control: what may be asked of it, by whom, and what it says while and after it is done."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.practice.control import practising
from bot.practice.looking import LookAhead, nowhere
from bot.practice.timeline import Timeline
from bot.sandbox.sandbox import Sandbox
from tests.bot.conftest import MANIFEST

Json = dict[str, Any]


class FakeBot:
    """A bot that connects to the pretend Slack by Socket Mode and says nothing; held, it is gone."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._death = asyncio.Event()
        self._session = aiohttp.ClientSession()
        self._line: aiohttp.ClientWebSocketResponse | None = None
        self._hearing: asyncio.Task[None] | None = None
        self.answers = True
        self.starts = 0

    async def connect(self) -> None:
        self.starts += 1
        address = self._sandbox.url.replace("http", "ws")
        self._line = await self._session.ws_connect(f"{address}/socket?ticket={self._sandbox.slack.socket.ticket()}")
        self._hearing = asyncio.create_task(self._hear(self._line))

    async def _hear(self, line: aiohttp.ClientWebSocketResponse) -> None:
        async for message in line:
            envelope = message.json()
            if self.answers and "envelope_id" in envelope:
                await line.send_json({"envelope_id": envelope["envelope_id"]})

    async def leave(self) -> None:
        if self._line is not None:
            await self._line.close()
            self._line = None

    async def die(self) -> None:
        await self.leave()
        self._death.set()
        self._death = asyncio.Event()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        await self.leave()
        try:
            yield
        finally:
            await self.connect()

    async def next_death(self) -> None:
        await self._death.wait()

    async def close(self) -> None:
        await self.leave()
        await self._session.close()


class Page:
    """What the sandbox hands on: wishes, and the state when it has changed."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def wish(self, name: str, **body: Any) -> tuple[int, str]:
        async with self._session.post(f"{self._url}/{name}", json=body) as answer:
            return answer.status, (await answer.json()).get("error", "")

    async def state(self, since: int = 0) -> Json:
        async with self._session.get(f"{self._url}/state", params={"since": since}) as answer:
            found: Json = await answer.json()
            return found

    async def done(self) -> Json:
        """The state once nothing is under way."""
        async with asyncio.timeout(20):
            state = await self.state()
            while state["doing"]:
                state = await self.state(state["version"])
            return state


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(MANIFEST, rates=False, ack_seconds=20) as found:
        yield found


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[FakeBot]:
    found = FakeBot(sandbox)
    await found.connect()
    yield found
    await found.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


@asynccontextmanager
async def served(
    sandbox: Sandbox, bot: FakeBot, folder: Path, database: str = "", look_ahead: LookAhead = nowhere
) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with practising(sandbox.url, folder, database, Timeline(folder), bot, listening, look_ahead):
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
async def page(sandbox: Sandbox, bot: FakeBot, session: aiohttp.ClientSession, tmp_path: Path) -> AsyncIterator[Page]:
    async with served(sandbox, bot, tmp_path) as url:
        yield Page(session, url)


def new_york(state: Json) -> str:
    """The hour it is there: less than an hour has passed since it was moved."""
    return datetime.fromtimestamp(state["now"], UTC).strftime("%Y-%m-%d %H")


async def test_a_day_that_is_named_is_a_day_in_new_york_and_the_bot_starts_there(page: Page, bot: FakeBot) -> None:
    assert (await page.state())["moved"] is False
    assert await page.wish("move", to="2022-06-01T09:00") == (200, "")
    state = await page.done()
    assert (new_york(state), state["moved"], state["zone"]) == ("2022-06-01 13", True, "America/New_York")
    assert bot.starts == 2


async def test_a_day_on_is_the_same_hour_there_although_the_clocks_changed_in_between(page: Page) -> None:
    await page.wish("move", to="2026-03-07T15:00")
    await page.done()
    await page.wish("move-on", days=1)
    assert new_york(await page.done()) == "2026-03-08 19", "3 in the afternoon is an hour earlier by UTC"


async def test_a_day_on_from_the_morning_is_noon_when_it_has_been_nine_as_far_as_los_angeles(page: Page) -> None:
    await page.wish("move", to="2022-06-01T09:00")
    await page.done()
    await page.wish("move-on", days=1)
    assert new_york(await page.done()) == "2022-06-02 16"


async def test_an_instant_is_what_a_reminder_will_name(page: Page) -> None:
    await page.wish("move", to="2022-06-01T09:00+02:00")
    assert new_york(await page.done()) == "2022-06-01 07"


async def test_the_next_reminder_is_asked_for_anew_so_that_none_that_came_since_is_jumped_over(
    sandbox: Sandbox, bot: FakeBot, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    due = [datetime(2030, 6, 9, 14, tzinfo=UTC)]

    async def look_ahead() -> float | None:
        return due[-1].timestamp() if due else None

    async with served(sandbox, bot, tmp_path, look_ahead=look_ahead) as url:
        page = Page(session, url)
        async with asyncio.timeout(20):
            state = await page.state()
            while not state["next_reminder"]:
                state = await page.state(state["version"])
        due.append(datetime(2030, 6, 2, 14, tzinfo=UTC))
        await page.wish("to-reminder")
        assert new_york(await page.done()) == "2030-06-02 14"
        due.clear()
        await page.wish("to-reminder")
        state = await page.done()
        assert (new_york(state), state["trouble"]) == (
            "2030-06-02 14",
            "No reminder is known that is still to come. Nothing was moved.",
        )


async def test_whoever_starts_over_while_the_next_reminder_is_looked_for_does_not_wait_for_that(
    sandbox: Sandbox, bot: FakeBot, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    looks: list[str] = []

    async def look_ahead() -> float | None:
        looks.append("begun")
        try:
            return await asyncio.Future()
        finally:
            looks.append("ended")

    async with served(sandbox, bot, tmp_path, look_ahead=look_ahead) as url:
        page = Page(session, url)
        async with asyncio.timeout(20):
            while not looks:
                await asyncio.sleep(0.01)
        await page.wish("start-over")
        assert (await page.done())["trouble"] == ""
        assert looks[:2] == ["begun", "ended"]


async def test_going_back_says_how_far_it_had_been_and_today_is_a_click(page: Page) -> None:
    for to in ("2022-06-09T09:00", "2022-06-01T09:00"):
        await page.wish("move", to=to)
        state = await page.done()
    assert state["furthest"] > datetime(2026, 1, 1, tzinfo=UTC).timestamp(), "it had been today before it was moved"
    await page.wish("today")
    state = await page.done()
    assert (state["moved"], [move["to"] is None for move in state["moves"]]) == (False, [False, False, True])


@pytest.mark.parametrize(
    ("wish", "body", "status", "says"),
    [
        ("move", {"to": "soon"}, 409, "Choose a day, and a time of the day."),
        ("move", {"to": "1815-06-18T09:00"}, 409, "Choose a day between 2015 and 2040."),
        ("move", {"to": "9999-12-31T23:59-12:00"}, 409, "Choose a day between 2015 and 2040."),
        ("move-on", {"days": 1_000_000}, 409, "Choose a day between 2015 and 2040."),
        ("move-on", {"days": 10**12}, 400, "Something is missing or misspelt."),
        ("move", {}, 400, "Something is missing or misspelt."),
        ("story", {"id": "nosuch"}, 409, "There is no story of that name."),
        ("escape", {}, 404, "There is nothing of that name."),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    page: Page, bot: FakeBot, wish: str, body: Json, status: int, says: str
) -> None:
    assert await page.wish(wish, **body) == (status, says)
    state = await page.state()
    assert (state["doing"], state["moved"], bot.starts) == (None, False, 1)


async def test_one_thing_is_done_at_a_time(page: Page, bot: FakeBot) -> None:
    bot.answers = False  # so that the story waits
    await page.wish("story", id="one-agent")
    status, says = await page.wish("start-over")
    assert (status, says.startswith("Something else is under way")) == (409, True)


async def test_starting_over_empties_the_workspace_and_what_the_bot_kept_and_nothing_else(
    page: Page, sandbox: Sandbox, tmp_path: Path
) -> None:
    await page.wish("move", to="2022-06-01T09:00")
    await page.done()
    await sandbox.say("U0ANA", "C0GENERAL", "gone soon")
    (tmp_path / "cais.db").touch()
    (tmp_path / "notes.txt").write_text("mine")
    await page.wish("start-over")
    state = await page.done()
    assert (state["trouble"], state["moved"], state["moves"], state["furthest"]) == ("", False, [], None)
    assert sandbox.messages("U0ANA", "C0GENERAL") == []
    assert {file.name for file in tmp_path.iterdir()} == {"notes.txt", "practice.json"}


async def test_a_database_that_somebody_named_is_left_alone_and_so_is_the_workspace(
    sandbox: Sandbox, bot: FakeBot, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    real = tmp_path / "real.db"
    real.write_text("years of work")
    await sandbox.say("U0ANA", "C0GENERAL", "still there")
    async with served(sandbox, bot, tmp_path / "sandbox", f"sqlite+aiosqlite:///{real}") as url:
        page = Page(session, url)
        await page.wish("story", id="june-2022")
        assert "CAIS_DATABASE_URL" in (await page.done())["trouble"]
    assert real.read_text() == "years of work"
    assert [message["text"] for message in sandbox.messages("U0ANA", "C0GENERAL")] == ["still there"]
    assert bot.starts == 2, "the bot is back"


async def test_a_bot_that_dies_ends_the_story_with_what_happened(page: Page, bot: FakeBot) -> None:
    bot.answers = False
    await page.wish("story", id="one-agent")
    async with asyncio.timeout(20):
        state = await page.state()
        while not (state["doing"] and state["doing"]["act"]):
            state = await page.state(state["version"])
    await bot.die()
    state = await page.done()
    assert state["trouble"].startswith("The story stopped at 1 of ")
    assert "The bot ended by itself and is started again." in state["trouble"]
    assert state["story"] == "", "half a story is not what one would be told of"
    assert await page.wish("hush") == (200, "")
    assert (await page.state())["trouble"] == ""


async def test_what_nobody_foresaw_is_in_the_terminal_by_the_time_the_page_sends_one_there(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ImportError("the program was changed while it ran")

    monkeypatch.setattr("bot.practice.control.forget_firms", broken)
    await page.wish("start-over")
    assert (await page.done())["trouble"].endswith("What the terminal says may tell why.")
    assert "the program was changed while it ran" in caplog.text
    assert await page.wish("move", to="2022-06-01T09:00") == (200, "")
    assert (await page.done())["trouble"] == ""


async def test_only_the_sandbox_on_this_machine_is_answered(
    sandbox: Sandbox, bot: FakeBot, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with served(sandbox, bot, tmp_path) as url:
        for headers in ({"Host": "practice.example"}, {"Origin": "https://evil.example"}, {"Origin": sandbox.url}):
            async with session.post(f"{url}/start-over", headers=headers) as answer:
                assert answer.status == 403
            async with session.get(f"{url}/state", headers=headers) as answer:
                assert answer.status == 403
        assert bot.starts == 1
