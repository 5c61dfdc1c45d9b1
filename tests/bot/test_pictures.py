"""The picture in a summary: drawn and handed up once for what it shows; without it the summary stands all the same."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from bot.delivery import pictures
from bot.delivery.pictures import BURST, NotYet, Pictures, draw
from bot.files.progress_picture import DONE, STRIPE, WIDTH, plain
from bot.files.progress_picture import draw as drawing
from bot.slack.web_api import SlackSaidNo, Unsure
from bot.surfaces import Bar, Picture
from bot.views.portfolio import how_far
from bot.views.progress_picture import MOST, of_many, of_one
from bot.views.scene import Scene
from bot.views.summaries import body
from flows.roadmap import Pack
from flows.summaries.standing import PartState, standing
from tests.bot.conversing import Json, words_of
from tests.bot.reminding import World, new_york, world_at
from tests.bot.test_posted import later, posts, types
from tests.bot.test_summaries import act, apex
from tests.flows.life import ANA, PACK, TODAY, Life
from tests.flows.test_deadlines import LEDGER

real_draw = draw
"""Before the fixture for all other tests puts another one there."""

ONE = Picture("Progress.", (Bar("Step 1", "1 of 3", done=1, waiting=1, left=1), Bar("Step 5", "")), across=True)
MANY = Picture("Progress.", tuple(Bar(f"Firm {n}", f"{n} of 9", n, 0, 9 - n) for n in range(10)), more="and 30 more")


@pytest.fixture
async def world(tmp_path: Path, pack: Pack) -> AsyncIterator[World]:
    async with world_at(tmp_path, pack, new_york("2026-11-24", 10)) as made:
        yield made


def images(message: Json) -> list[Json]:
    return [block for block in message["blocks"] if block["type"] == "image"]


def uploads(world: World) -> int:
    return sum(call.method == "files.completeUploadExternal" for call in world.slack.sandbox.calls)


# --- what it shows ------------------------------------------------------------------------------------------------


async def test_a_process_draws_a_png_with_filled_striped_and_empty_parts() -> None:
    image = Image.open(io.BytesIO(await real_draw(ONE)))
    assert (image.format, image.width) == ("PNG", WIDTH)
    colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b, _) in image.convert("RGBA").getcolors(1 << 20) or ()}
    assert {DONE, STRIPE} <= colours


def test_many_firms_are_as_high_as_they_are_many_and_any_name_can_be_drawn() -> None:
    assert drawing(MANY).height > 3 * drawing(ONE).height
    assert plain("Société Łódź – “X”") == "Societe Lodz - X"
    assert plain("株式会社") == "(another script)"


async def test_the_words_beside_it_say_the_same(world: World) -> None:
    key = await apex(world.services)
    standing = world.services.summaries.of(await world.services.position(key, act("look").who))
    one = of_one(standing)
    assert [bar.label for bar in one.bars] == [f"Step {n}" for n in range(1, 7)]
    assert sum(bar.done for bar in one.bars) == standing.walk.done
    assert "; step 3: waiting, 0 of 2 done; " in one.alt
    many = of_many([standing] * (MOST + 3))
    assert (len(many.bars), many.more) == (MOST, "and 3 more firms")
    assert many.alt.endswith("; and 3 more firms.")


def lives() -> list[Life]:
    """Firms that have between them every state of a step."""
    unanswered, no_duty = Life(), Life()
    no_duty.answer("fdid_duty", "no")
    begun = Life().go("ui")
    waiting = Life().go("agent", agents=["Alpha", "Beta"])
    waiting.wait(waiting.next)
    return [unanswered, no_duty, begun, waiting]


def test_the_words_beside_it_are_those_of_the_table_whatever_the_state() -> None:
    met = set()
    for life in lives():
        found = standing(PACK, life.position, TODAY)
        scene = Scene(PACK, life.position, life.walk, TODAY, ANA.id, LEDGER)
        table = next(b for b in body(scene, found, (), since="") if b["type"] == "table")
        rows = [[cell["text"] for cell in row] for row in table["rows"][1:]]
        told = of_one(found).alt.removeprefix("Progress of Apex: ").removesuffix(".").split("; ")
        assert told == [f"step {row[0].split()[0]}: {row[1].lower()}" for row in rows]
        assert of_many([found]).alt.startswith(f"Progress: Apex: {how_far(found)}")
        met |= {part.state for part in found.parts}
    assert met == set(get_args(PartState))


# --- in a channel -------------------------------------------------------------------------------------------------


async def test_it_stands_in_the_post_and_is_new_only_where_progress_is(world: World) -> None:
    key = await apex(world.services)
    await types(world, "weekly")
    (post,) = posts(world)
    (image,) = images(post)
    assert post["blocks"].index(image) == 2
    assert image["alt_text"].startswith("Progress of Apex")
    assert image["slack_file"]["id"] in world.slack.sandbox.slack.workspace.files
    assert uploads(world) == 1

    await world.services.add_note(key, act("note"), "hello")
    await later(world)
    assert images(posts(world)[0])[0]["slack_file"] == image["slack_file"], "a note is no progress"
    assert uploads(world) == 1

    await world.services.end_wait(key, act("more"), "s3e")
    await world.services.complete(key, act("done"), "s3e")
    await later(world)
    assert images(posts(world)[0])[0]["slack_file"] != image["slack_file"]
    assert uploads(world) == 2
    assert world.slack.refused() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "files.getUploadURLExternal", "kind": "refuse", "error": "missing_scope"},
        {"method": "files.completeUploadExternal", "kind": "lost_reply"},
        {"method": "chat.postMessage", "kind": "refuse", "error": "invalid_blocks"},
    ],
)
async def test_whatever_is_wrong_with_it_the_summary_is_posted(world: World, fault: Json) -> None:
    await apex(world.services)
    world.slack.sandbox.slack.faults.replace([fault])
    await types(world, "weekly")
    (post,) = posts(world)
    assert images(post) == []
    assert "Look at first" in words_of(post)


async def test_where_nothing_can_be_drawn_the_summary_is_posted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.pictures.draw", real_draw)
    monkeypatch.setattr("bot.workers.own_process.sys.executable", "/bin/false")
    await apex(world.services)
    await types(world, "weekly")
    assert images(posts(world)[0]) == []


# --- the pace -----------------------------------------------------------------------------------------------------


class Taking:
    """As much of Slack as a file needs; says no where it is told to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.no: Exception | None = None
        self.mimetype = "image/png"

    def of(self, tenant: str) -> "Taking":
        return self

    async def call(self, method: str, arguments: Any, **how: Any) -> Json:
        self.calls.append(method)
        if self.no:
            raise self.no
        return {"upload_url": "x", "file_id": f"F{len(self.calls)}", "file": {"mimetype": self.mimetype}}

    async def hand_up(self, url: str, content: Any, size: int) -> None:
        assert size


def picture(nth: int) -> Picture:
    return Picture(f"{nth}", (Bar("Step 1", "", done=nth),))


async def test_a_channel_gets_few_new_pictures_at_once_and_known_ones_always() -> None:
    slack, now = Taking(), [0.0]
    kept = Pictures(slack, lambda: now[0])  # type: ignore[arg-type]
    first = await kept.block("T", "C", picture(0), waits=True)
    for nth in range(1, BURST):
        await kept.block("T", "C", picture(nth), waits=True)
    with pytest.raises(NotYet) as not_yet:
        await kept.block("T", "C", picture(BURST), waits=True)
    assert await kept.block("T", "C", picture(0), waits=True) == first
    assert await kept.block("T", "D", picture(BURST + 1), waits=True)
    now[0] = not_yet.value.until
    assert await kept.block("T", "C", picture(BURST), waits=True)


@pytest.mark.parametrize("no", [SlackSaidNo("files", "missing_scope"), Unsure("lost")])
async def test_after_a_refusal_slack_is_left_alone_for_a_while_in_that_workspace_only(no: Exception) -> None:
    slack, now = Taking(), [0.0]
    kept = Pictures(slack, lambda: now[0])  # type: ignore[arg-type]
    slack.no = no
    assert await kept.block("T", "C", ONE, waits=False) is None
    slack.no, asked = None, len(slack.calls)
    assert await kept.block("T", "C", ONE, waits=False) is None
    assert len(slack.calls) == asked
    assert await kept.block("T2", "C", ONE, waits=False)
    now[0] = pictures.REST + 1
    assert await kept.block("T", "C", ONE, waits=False)


async def test_a_file_that_slack_has_not_examined_yet_is_left_out_and_used_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.delivery.pictures.A_LOOK", 0.0)
    slack = Taking()
    kept = Pictures(slack, lambda: 0.0)  # type: ignore[arg-type]
    slack.mimetype = ""
    assert await kept.block("T", "C", ONE, waits=False) is None
    slack.mimetype = "image/png"
    assert await kept.block("T", "C", ONE, waits=False)
    assert slack.calls.count("files.completeUploadExternal") == 1
