"""Somebody asks for the roadmap as a canvas: it is written and recorded, and they alone are let in."""

import base64
import hashlib

import pytest

from bot.bootstrap import build_router
from bot.views.exports import CANVAS_NO
from flows.exports.canvas import safe
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, LEA, Json, Slack, words_of
from tests.bot.test_exports import a_firm, exports_of, notes
from tests.bot.test_summaries import apex


def canvases(slack: Slack) -> list[Json]:
    return [file for file in slack.sandbox.slack.workspace.files.values() if file.get("canvas")]


async def test_a_canvas_has_each_step_with_its_tasks_and_only_the_asker_is_let_in(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    shown = await slack.ben.types("/cais export")
    await slack.ben.presses("Canvas", on=shown)
    (canvas,) = canvases(slack)
    assert canvas["access"] == {BEN: "write"}
    assert canvas["title"] == "Apex Securities: CAIS roadmap, Nov 23, 2026"
    written = base64.b64decode(canvas["content"]).decode()
    (recorded,) = await exports_of(services, key)
    assert (recorded.format, recorded.digest) == ("canvas", hashlib.sha256(written.encode()).hexdigest())
    said = next(note for note in notes(slack, BEN) if "✅" in note)
    assert recorded.digest in said
    assert canvas["permalink"] in said
    lines = written.splitlines()
    assert [line[:9] for line in lines if line.startswith("## ")] == [f"## Step {n}" for n in range(1, 7)]
    assert any(line.startswith("- [x] Register for CAIS: done; ") for line in lines)
    assert any("waiting; for " in line and line.startswith("- [ ] ") for line in lines)
    assert "overdue" not in written
    assert "Had the record written out: canvas" in words_of(await slack.ben.types("/cais history"))
    assert slack.refused() == []


async def test_on_a_free_plan_it_is_said_and_nothing_is_recorded(services: Services) -> None:
    key = await a_firm(services)
    async with bot_in_slack(
        "http",
        services,
        build_router(),
    ) as slack:
        slack.sandbox.options.free_plan = True
        await slack.ben.types("/cais export canvas")
        assert "need a paid plan" in " ".join(notes(slack, BEN))
        assert canvases(slack) == []
    assert await exports_of(services, key) == []


@pytest.mark.parametrize("error", CANVAS_NO)
async def test_what_slack_says_to_a_canvas_is_said_in_words(slack: Slack, services: Services, error: str) -> None:
    await a_firm(services)
    slack.sandbox.slack.faults.replace([{"method": "canvases.create", "kind": "refuse", "error": error}])
    await slack.ben.types("/cais export canvas")
    said = " ".join(notes(slack, BEN))
    assert CANVAS_NO[error].partition(".")[0] in said
    assert error not in said


async def test_a_canvas_is_of_one_firm_and_of_ones_own(slack: Slack, services: Services) -> None:
    await a_firm(services, LEA, "Zephyrine Brokers")
    await a_firm(services)
    await a_firm(services, name="Cedar Capital")
    assert "of one firm" in words_of(await slack.ben.types("/cais export canvas all"))
    assert canvases(slack) == []
    await slack.ben.types("/cais export canvas for Zephyrine Brokers")
    assert not any("Zephyrine" in canvas["title"] for canvas in canvases(slack))


def test_what_people_wrote_formats_nothing_and_calls_nobody() -> None:
    assert safe("![](@U0LEA) *x*\n# y") == r"\!\[\]\(@U0LEA\) \*x\* \# y"
