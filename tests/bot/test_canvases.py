"""Somebody asks for the roadmap as a canvas: it is written and recorded, and they alone are let in."""

import base64
import hashlib
from datetime import date

import pytest

from bot.bootstrap import build_router
from bot.views.exports import CANVAS_NO, NO_USE_ASKING
from flows.exports.canvas import markdown, safe
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, LEA, Json, Slack, words_of
from tests.bot.test_exports import a_firm, exports_of, notes
from tests.bot.test_summaries import apex
from tests.flows.exporting import export_of
from tests.flows.life import Life


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
    assert ("Ask for it again" in said) == (error not in NO_USE_ASKING)


async def test_where_there_can_be_no_canvas_a_file_is_a_press_away(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    slack.sandbox.options.free_plan = True
    await slack.ben.types("/cais export canvas")
    offered = next(message for message in slack.ben.sees if "paid plan" in words_of(message))
    await slack.ben.presses("Excel workbook", on=offered)
    assert [made.format for made in await exports_of(services, key)] == ["xlsx"]
    assert any("*Excel workbook*" in note and "the file is below" in note for note in notes(slack, BEN))


async def test_a_canvas_that_one_was_not_let_into_is_said_to_be_made(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    refused = {"method": "canvases.access.set", "kind": "refuse", "error": "restricted_action"}
    slack.sandbox.slack.faults.replace([refused])
    await slack.ben.types("/cais export canvas")
    (canvas,) = canvases(slack)
    assert canvas["access"] == {}
    (said,) = [note for note in notes(slack, BEN) if "⚠️" in note]
    assert "it was made, but Slack did not let you in" in said
    assert canvas["permalink"] in said
    assert [made.format for made in await exports_of(services, key)] == ["canvas"]


def test_an_answer_in_a_canvas_says_who_gave_it_and_when() -> None:
    life = Life()
    life.answer("fdid_duty", "yes", happened_on=date(2026, 11, 20))
    life.done("s2")
    lines = markdown(export_of("canvas", life)).splitlines()
    done = [line for line in lines if line.startswith("- [x]")]
    assert [line.rpartition("; ")[2] for line in done] == ["Ana Ruiz, Nov 20, 2026", "Ana Ruiz, Nov 23, 2026"]


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
