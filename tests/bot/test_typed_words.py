"""Typed words do what they say, or nothing: undo, done and reopen."""

import re

import pytest

from flows.services import Act, Services
from tests.bot.conversing import LEA, Slack, labels, words_of
from tests.bot.walking import BEN_COLE, add_lea, choose, firm_of_ben, history, position, to_step_four


async def test_undo_of_a_task_takes_back_what_was_recorded_of_it_and_not_the_last_click(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await to_step_four(slack)
    await slack.ben.types("/cais note keep me")
    await slack.lea.types("/cais undo s2")
    assert "*Undone:* Register for CAIS" in words_of(slack.lea.last)
    assert (await position(services, key)).notes == {"": 1}
    assert "s2" not in (await position(services, key)).tasks


async def test_redo_takes_the_last_undo_back_and_then_the_one_before(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    for typed in ("note one", "note two", "undo", "undo"):
        await slack.ben.types(f"/cais {typed}")
    assert (await position(services, key)).notes == {}
    assert "*Brought back:* Note: one" in words_of(await slack.ben.types("/cais redo"))
    assert "*Brought back:* Note: two" in words_of(await slack.ben.types("redo"))
    assert (await position(services, key)).notes == {"": 2}
    assert "no undo of yours" in words_of(await slack.ben.types("redo"))
    assert (await position(services, key)).notes == {"": 2}


async def test_nobody_redoes_what_somebody_else_undid(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais note one")
    await slack.ben.types("/cais undo")
    assert "no undo of yours" in words_of(await slack.lea.types("/cais redo"))


async def test_done_of_a_task_that_does_not_apply_says_why(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await services.answer(key, Act(BEN_COLE, "button", "no"), "fdid_duty", ["no"], basis="We only advise.")
    before = await history(services, key)
    said = words_of(await slack.ben.types("/cais done s2"))
    assert "Nothing was recorded: this task does not apply." in said
    assert "was answered: No" in said
    assert await history(services, key) == before


async def test_undo_of_a_question_takes_its_answer_back(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais note later")
    await slack.ben.types("/cais undo step 1")
    assert (await position(services, key)).value("fdid_duty") == ()


@pytest.mark.parametrize("typed", ["undo for Betaa", "undo the dishes", "undo 99999999", "undo s6a"])
async def test_undo_with_words_that_name_nothing_undoes_nothing(slack: Slack, services: Services, typed: str) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais note keep me")
    before = await history(services, key)
    said = words_of(await slack.ben.types(f"/cais {typed}"))
    assert "nothing" in said.casefold()
    assert await history(services, key) == before


async def test_undo_takes_an_entry_by_its_number(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais note one")
    await slack.ben.types("/cais note two")
    entry = (await position(services, key)).version - 1
    assert "Note: one" in words_of(await slack.ben.types(f"/cais undo #{entry}"))


@pytest.mark.parametrize("typed", ["done 6", "done certified", "done 3"])
async def test_done_with_words_that_mean_more_than_one_task_records_none(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", "ui", agents="Alpha Clearing")
    if typed == "done 3":
        for task in ("s3", "s3e"):
            await services.reopen(key, Act(BEN_COLE, "command", task), task, reason="Again")
    before = await history(services, key)
    shown = await ben.types(f"/cais {typed}")
    assert "Which one is done?" in words_of(shown)
    assert await history(services, key) == before


async def test_done_by_the_name_of_a_task_still_records_it(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    agent = (await position(services, key)).agents[0].id
    await ben.types(f"/cais done s5[{agent}]")
    assert (await position(services, key)).tasks[f"s5[{agent}]"].state == "done"


@pytest.mark.parametrize(
    ("typed", "why"), [("reopen s2", "This task is not finished"), ("reopen s1", "not reopened but changed")]
)
async def test_what_cannot_be_reopened_is_shown_with_the_reason(
    slack: Slack, services: Services, typed: str, why: str
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("next")
    await slack.ben.presses("Yes")
    assert why in words_of(await slack.ben.types(typed))


async def test_a_short_name_read_in_the_status_is_understood(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("next")
    await slack.ben.presses("Yes")
    said = words_of(await slack.ben.types("status"))
    short_names = re.findall(r"· `(\w+)`", said)
    assert {"s1", "s2", "s3e", "s4"} <= set(short_names)
    for name in short_names:
        assert "No task of this firm" not in words_of(await slack.ben.types(f"done {name}")), name


@pytest.mark.parametrize("typed", ["/cais reopen", "reopen"])
async def test_a_typed_reason_that_is_refused_has_the_form_as_its_way_on(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await to_step_four(slack)
    await slack.ben.types(f"{typed} s2 ticket 1234567890")
    if slack.ben.modal is None:
        assert "nothing was stored" in words_of(slack.ben.last)
        await slack.ben.presses("Reopen…", on=slack.ben.last)
        await slack.ben.submits({"reason": "ticket 1234567890"})
    assert slack.ben.modal is not None
    assert "nothing was stored" in words_of(slack.ben.modal)
    assert (await slack.ben.submits({"reason": "ticket 1234567890", "ticket": ["yes"]}))["ok"]
    assert (await position(services, key)).tasks["s2"].reason == "ticket 1234567890"


async def test_a_click_that_came_too_late_says_that_the_opposite_stands(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = slack.ben
    await ben.types("/cais next")
    old = ben.last
    await services.answer(key, Act(BEN_COLE, "button", "no"), "fdid_duty", ["no"], basis="We only advise.")
    await ben.presses("Yes", on=old)
    assert "out of date, so nothing was recorded" in words_of(ben.last)
    assert "recorded already" not in words_of(ben.last)


async def test_a_task_that_ended_otherwise_is_not_called_already_recorded(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    ben = await to_step_four(slack)
    await ben.types("/cais reopen s3 look again")
    await slack.lea.types("/cais next")
    old = slack.lea.last
    assert "Users have access" in labels(old)
    await services.complete(key, Act(BEN_COLE, "button", "only"), "s3", outcome="saa_only")
    await slack.lea.presses("Users have access", on=old)
    said = words_of(slack.lea.last)
    assert "This card was out of date, so nothing was recorded:* Ben Cole marked" in said
    assert "(SAA only)" in said
