"""The prepared stories, played in the pretend Slack with the whole bot in it: each ends as it says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
import pytest

from bot.bootstrap import build_router, build_services
from bot.practice.player import Player, Stopped
from bot.practice.sandbox import Sandbox
from bot.practice.stories import Act, Look, Story, stories
from bot.practice.timeline import ZONE
from flows.roadmap import Pack
from storage.database import open_database
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, COMPLIANCE, LEA, Slack, labels, words_of
from tests.e2e.walking import title
from tests.storage.fresh import fresh_database


class Stage:
    """A workspace in which a story is played; its bot goes by the story's time."""

    def __init__(self, slack: Slack, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
        self.told: list[str] = []
        self.player = Player(Sandbox(session, slack.sandbox.url), patience=5)

    async def move(self, to: str) -> None:
        self.now = datetime.fromisoformat(to).replace(tzinfo=ZONE)

    async def play(self, story: Story) -> None:
        await self.move(story.starts)
        await self.player.play(story, tell=lambda number, act: self.told.append(f"{number} {act.says}"), move=self.move)
        await self.slack.settled()


@pytest.fixture
async def stage(tmp_path: Path, pack: Pack) -> AsyncIterator[Stage]:
    async with await open_database(fresh_database(tmp_path / "cais.db")) as database:
        services = build_services(database, pack, lambda: found.now, practice=True)
        async with bot_in_slack("http", services, build_router()) as slack, aiohttp.ClientSession() as session:
            found = Stage(slack, session)
            yield found


def story(*acts: Act) -> Story:
    return Story("one", "One", "2026-11-02T09:00", "", [], Look("Ben Cole"), list(acts))


async def test_a_new_firm_with_one_agent_ends_waiting_for_it(stage: Stage) -> None:
    told = stories()["one-agent"]
    await stage.play(told)
    assert await stage.player.address(told.look.who, told.look.place) == "#/U0BEN/D0BEN"
    assert stage.slack.refused() == []
    ben, ana = stage.slack.ben, stage.slack.ana
    assert "waiting for Apex Clearing since Nov 9, 2026" in words_of(await ben.types("/cais status"))
    history = words_of(await ana.types("/cais history"))
    assert history.count("practice run") > 5
    assert "Ana Ruiz" in history
    assert "Ben Cole" in history
    assert "Nov 9, 2026" in history
    assert "evidence" in history.lower()
    said = words_of(ben.sees[0]) + history
    assert not {"overdue", "late"} & set(said.replace("*", " ").lower().split())
    assert any("the portal is yours" in message["text"] for message in stage.slack.lea.at(COMPLIANCE).sees)
    await stage.move("2026-11-16T09:00")
    await ben.types("/cais next")
    await ben.presses("Done")
    assert title(ben.last) == "Ask the Helpdesk to certify your firm", "what the story tells one to try works"


async def test_a_firm_in_june_2022_has_the_industry_dates_ahead(stage: Stage) -> None:
    told = stories()["june-2022"]
    await stage.play(told)
    assert stage.slack.refused() == []
    lea, ben = stage.slack.person(LEA), stage.slack.person(BEN)
    status = words_of(await lea.types("/cais status"))
    assert "5 of 9 tasks done" in status
    assert "July 11, 2022" in status, "what was known then: it was postponed to July 25 only afterwards"
    assert title(await ben.types("/cais next")) == "Meet the requirements for self-reporting firms"
    assert "(undone)" in words_of(await ben.types("/cais history"))
    assert "Done" not in labels(await stage.slack.person("U0CON").types("/cais next")), "a viewer looks on"


@pytest.mark.parametrize("told", stories().values(), ids=lambda told: told.id)
def test_a_story_goes_forward_in_time_and_says_what_to_look_at(told: Story) -> None:
    times = [told.starts, *(act.waits_until for act in told.acts if act.waits_until)]
    assert times == sorted(times)
    assert told.title
    assert told.sees
    assert told.tries


async def test_what_is_not_on_the_screen_stops_the_story_with_a_sentence(stage: Stage) -> None:
    stage.player = Player(stage.player._sandbox, patience=0.2)
    with pytest.raises(Stopped, match="not there to see"):
        await stage.play(story(Act(who="Ben Cole", types="/cais"), Act(who="Ben Cole", presses="No such button")))
    assert stage.told == ["1 Ben Cole types /cais", "2 Ben Cole presses No such button"]


async def test_what_slack_says_instead_of_the_bot_stops_the_story_too(stage: Stage) -> None:
    with pytest.raises(Stopped, match="Slack said: /nosuch is not a valid command"):
        await stage.play(story(Act(who="Ben Cole", types="/nosuch")))


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (Act(who="Nobody", types="hello"), "nobody called Nobody"),
        (Act(who="Ben Cole", place="audit-prep", types="hello"), "sees no channel called audit-prep"),
    ],
)
async def test_people_and_places_that_are_not_there_stop_it(stage: Stage, act: Act, why: str) -> None:
    with pytest.raises(Stopped, match=why):
        await stage.play(story(act))


async def test_a_form_that_is_filled_in_wrongly_stops_it(stage: Stage) -> None:
    opening = [Act(who="Ben Cole", types="/cais"), Act(who="Ben Cole", presses="Set up your firm")]
    with pytest.raises(Stopped, match="no field Colour"):
        await stage.play(story(*opening, Act(who="Ben Cole", submits={"Colour": "blue"})))
    with pytest.raises(Stopped, match="not taken: Please complete"):
        await stage.play(story(Act(who="Ben Cole", submits={})))


@pytest.mark.parametrize("act", [{"as": "Ben Cole"}, {"types": "/cais"}, {"as": "Ben Cole", "tpyes": "/cais"}])
def test_an_act_that_is_not_one_thing_is_a_mistake_in_the_file(act: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(act, Act)
