"""What people do about a task: once, twice, together, earlier, later, by mistake, and back."""

import asyncio

import pytest
from msgspec.structs import replace

from bot.views import task_parts
from flows import walk as walk_module
from flows.services import Act, Services
from tests.bot.conversing import LEA, Slack, labels, words_of
from tests.bot.walking import (
    BEN_COLE,
    add_lea,
    choose,
    firm_of_ben,
    header_of,
    history,
    position,
    to_step_four,
    walk_on,
)


async def test_a_click_says_what_was_recorded_by_whom_and_when_with_the_next_card_below(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    for label in ("Yes", "Form submitted", "Done"):
        await slack.ben.presses(label)
    said = words_of(slack.ben.last)
    assert "*Recorded:* Your SAA has Administrator access to the test portal." in said
    assert "By you, Nov 23, 2026, 9:00 AM New York time." in said
    assert "Let your people into the test portal" in said
    assert labels(slack.ben.last)[0] == "Undo"


async def test_the_second_click_on_a_finished_task_shows_what_is_recorded_and_records_nothing(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.lea.types("/cais next")
    old = slack.lea.last
    await slack.ben.presses("Form submitted")
    before = await history(services, key)
    await slack.lea.presses("Form submitted", on=old)
    said = words_of(slack.lea.last)
    assert "*Already recorded:* Ben Cole marked “Register for CAIS” done on Nov 23, 2026, 9:00 AM" in said
    assert "Step 3 of 6" in header_of(slack.lea.last)
    assert await history(services, key) == before


async def test_done_typed_again_says_shortly_by_whom_and_when_it_was_recorded(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Form submitted")
    before = await history(services, key)
    said = await slack.ben.types("/cais done s2")
    assert "*Already recorded:* You marked “Register for CAIS” done on Nov 23, 2026, 9:00 AM" in words_of(said)
    assert labels(said) == ["Undo", "Next", "History"]
    assert "Apex" in words_of(said)
    assert await history(services, key) == before


async def test_two_clicks_in_one_moment_are_one_event(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    for someone in (slack.ben, slack.lea):
        await someone.types("/cais next")
    await asyncio.gather(slack.ben.presses("Form submitted"), slack.lea.presses("Form submitted"))
    done = [r for r in await history(services, key) if r.type == "task_completed"]
    assert len(done) == 1
    for someone in (slack.ben, slack.lea):
        assert "Step 3 of 6" in header_of(someone.last)


async def test_a_card_that_is_out_of_date_shows_how_things_are_and_changes_nothing(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.lea.types("/cais next")
    await slack.ben.presses("Form submitted")
    await slack.ben.types("/cais reopen s2 wrong form")
    before = await history(services, key)
    await slack.lea.presses("Form submitted")
    assert "This card was out of date, so nothing was recorded. Here is how things are." in words_of(slack.lea.last)
    assert "Step 2 of 6" in header_of(slack.lea.last)
    assert await history(services, key) == before


async def test_a_card_whose_task_dropped_out_shows_what_is_next_instead(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.lea.types("/cais next")
    await services.answer(key, Act(BEN_COLE, "button", "no"), "fdid_duty", ["no"], basis="We only advise.")
    await slack.lea.presses("Form submitted")
    said = words_of(slack.lea.last)
    assert "does not apply to this firm as things are. Nothing was changed." in said
    assert "No obligation recorded" in said


async def test_undo_of_what_somebody_changed_since_leaves_it_and_says_so(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Form submitted")
    await services.reopen(key, Act(BEN_COLE, "command", "again"), "s2", reason="Wrong form")
    await slack.ben.presses("Undo")
    assert "changed this again after that" in words_of(slack.ben.last)
    assert "Step 2 of 6" in header_of(slack.ben.last)


async def test_undo_takes_a_click_back_and_redo_brings_it_again(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    for label in ("Yes", "Form submitted", "Undo"):
        await slack.ben.presses(label)
    assert "*Undone:* Register for CAIS (Form submitted)" in words_of(slack.ben.last)
    assert "s2" not in (await position(services, key)).tasks
    assert "Step 2 of 6" in header_of(slack.ben.last)
    await slack.ben.presses("Redo")
    assert "*Brought back:* Register for CAIS (Form submitted)" in words_of(slack.ben.last)
    assert (await position(services, key)).tasks["s2"].state == "done"
    await slack.ben.presses("Undo")
    assert "s2" not in (await position(services, key)).tasks
    assert len(await history(services, key)) == 8, "nothing is ever taken out"


async def test_undo_and_done_can_be_typed(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await to_step_four(slack)
    assert "*Undone:*" in words_of(await slack.ben.types("undo"))
    assert "s3" not in (await position(services, key)).tasks
    said = words_of(await slack.ben.types("/cais done"))
    assert "Choose how it ended." in said, "the task has outcomes, so its card is shown"
    await slack.ben.presses("Users have access")
    assert (await position(services, key)).tasks["s3"].outcome == "granted"


async def test_done_by_words_that_fit_several_offers_them_and_records_nothing(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing\nBeta Bureau")
    before = (await position(services, key)).version
    shown = await ben.types("/cais done s5")
    assert labels(shown) == [
        "Test relationship with your agent: Alpha Clearing",
        "Test relationship with your agent: Beta Bureau",
    ]
    assert (await position(services, key)).version == before
    await ben.types("/cais done test relationship beta")
    assert "Recorded: Test relationship with your agent: Beta Bureau" in ben.last["text"]
    assert "No task of this firm fits" in words_of(await ben.types("/cais done the dishes"))


async def test_done_earlier_keeps_the_day_it_happened_apart_and_flags_it(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services, situation="reporting")
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Already done earlier")
    assert "day" in (await slack.ben.submits({"day": "2027-01-01", "outcome": "submitted"}))["errors"]
    answer = await slack.ben.submits({"day": "2022-03-03", "outcome": "submitted", "note": "Found in the mail"})
    assert answer["ok"], answer
    assert "happened on Mar 3, 2022, recorded Nov 23, 2026" in words_of(slack.ben.last)
    kept = (await position(services, key)).tasks["s2"]
    assert (str(kept.happened_on), kept.earlier, kept.reason) == ("2022-03-03", True, "Found in the mail")
    assert "Step 3 of 6" in header_of(slack.ben.last)
    await slack.ben.presses("Add its evidence")
    await slack.ben.submits({"note": "The print is in binder 4"})
    assert "Evidence (note) for Register for CAIS" in words_of(slack.ben.last)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Done")
    assert "Add its evidence" not in labels(slack.ben.last), "what is done now has its own card before it"


async def test_waiting_proposes_whom_and_a_day_on_which_the_exchange_opens(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    for label in ("Yes", "Form submitted", "Waiting on someone"):
        await slack.ben.presses(label)
    assert slack.ben.modal is not None
    given = {b["block_id"]: b["element"] for b in slack.ben.modal["blocks"] if b["type"] == "input"}
    assert given["whom"]["initial_value"] == "FINRA CAT"
    assert given["follow_up"]["initial_date"] == "2026-12-01", "Thanksgiving does not count"
    hints = {
        b["block_id"]: b.get("hint", {}).get("text", "") for b in slack.ben.modal["blocks"] if b["type"] == "input"
    }
    assert "leads are, as nobody owns this task, asked about it then, and every 5 trading days" in hints["follow_up"]
    assert (await slack.ben.submits({}))["ok"]
    kept = (await position(services, key)).tasks["s3e"]
    assert (kept.whom, str(kept.follow_up_on)) == ("FINRA CAT", "2026-12-01")
    assert "Step 4 of 6" in header_of(slack.ben.last), "choosing the method need not wait"
    assert "Also waiting for: FINRA CAT" in words_of(slack.ben.last)


async def test_the_same_wait_again_adds_nothing_and_another_one_takes_its_place(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    for label in ("Yes", "Form submitted", "Waiting on someone"):
        await slack.ben.presses(label)
    await slack.ben.submits({})
    before = await history(services, key)
    await slack.ben.types("/cais step 3")
    await slack.ben.presses("Open: Your SAA has Administrator access to the test portal")
    await slack.ben.presses("Waiting on someone")
    await slack.ben.submits({})
    assert "That is recorded already." in words_of(slack.ben.last)
    assert await history(services, key) == before
    await slack.ben.types("/cais assign s3e to me")
    await slack.ben.types("/cais step 3")
    await slack.ben.presses("Open: Your SAA has Administrator access to the test portal")
    await slack.ben.presses("Waiting on someone")
    assert "You are asked about it then" in str(slack.ben.modal)
    await slack.ben.submits({"whom": "Our SAA"})
    assert (await position(services, key)).tasks["s3e"].whom == "Our SAA"


async def test_a_wait_shows_a_message_to_copy_and_ends_with_a_click(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "ui")
    await walk_on(ben, "Your firm is certified for production")
    await ben.presses("Waiting on someone")
    await ben.submits({"whom": "FINRA CAT, Ms. Grey", "follow_up": "2026-12-04"})
    assert "Waiting for FINRA CAT, Ms. Grey since Nov 23, 2026, look again on Dec 4, 2026" in words_of(ben.last)
    await ben.presses("Open")
    assert "we are Apex Securities and asked for Full CAIS production certification" in words_of(ben.last)
    await ben.presses("No longer waiting")
    assert (await position(services, key)).tasks["s6e"].state == "open"
    assert "*Recorded:* No longer waiting" in words_of(ben.last)


async def test_not_applicable_needs_its_reason_and_leaves_the_count(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    await ben.presses("Not applicable")
    assert (await ben.submits({"reason": "Our agent skips the test portal"}))["ok"]
    said = words_of(await ben.types("/cais status"))
    assert "Not applicable: Test relationship with your agent: Alpha Clearing (Our agent skips the test portal" in said
    assert "5 of 11 tasks done" in said


async def test_the_end_names_what_was_marked_not_applicable_and_why(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    await ben.presses("Not applicable")
    assert (await ben.submits({"reason": "Our agent skips the test portal"}))["ok"]
    await walk_on(ben)
    said = words_of(ben.last)
    assert "Roadmap finished" in header_of(ben.last)
    assert "*Marked not applicable, and not counted:*" in said
    assert "Test relationship with your agent: Alpha Clearing: Our agent skips the test portal (by you" in said


async def test_reopen_by_button_asks_for_the_reason_and_keeps_what_was_recorded(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await ben.types("/cais reopen register")
    assert (await ben.submits({"reason": "The form was for another firm"}))["ok"]
    assert (await position(services, key)).tasks["s2"].state == "open"
    await ben.types("reopen s3e")
    await ben.presses("Reopen…", on=ben.last)
    assert (await ben.submits({"reason": "The access was withdrawn"}))["ok"]
    assert (await position(services, key)).tasks["s3e"].reason == "The access was withdrawn"
    assert [r.type for r in await history(services, key)].count("task_completed") == 3


@pytest.mark.parametrize("typed", ["Done, thanks!", "done thank you", "Done! Thanks!", "done, please", "redo, thanks"])
async def test_a_kind_word_behind_what_was_clicked_records_nothing_more(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("next")
    for label in ("Yes", "Already registered", "Done"):
        await slack.ben.presses(label, on=slack.ben.last)
    await slack.ben.types("undo")
    before = await history(services, key)
    said = await slack.ben.types(typed)
    assert await history(services, key) == before
    if typed.casefold().startswith("done") and "please" not in typed:
        assert ("You are welcome" in words_of(said), "Next" in labels(said)) == (True, True)
        return
    command = typed.split(",")[0]
    assert ("Nothing was run" in words_of(said), labels(said)[0]) == (True, command)
    await slack.ben.presses(command, on=said)
    assert len(await history(services, key)) == len(before) + 1


async def test_a_kind_word_is_no_reason(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    before = await history(services, key)
    for typed in ("reopen s2 please", "reopen regsiter, thanks!", "hold please", "hold lift, thanks"):
        assert "please" not in words_of(await ben.types(typed))
    await ben.types("/cais reopen s2 please")
    assert await history(services, key) == before
    assert (await ben.submits({"reason": "Wrong form"}))["ok"]
    assert (await position(services, key)).tasks["s2"].reason == "Wrong form"


@pytest.mark.parametrize(
    "reason", ['the "wrong" person had access, as for Apex', "x " * 300 + "end", "y " * 700 + "end"]
)
async def test_where_it_is_asked_which_task_is_reopened_its_reason_is_kept(
    slack: Slack, services: Services, reason: str
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    asked = await ben.types(f"/cais reopen step 3 {reason}")
    assert "Which one shall be opened again?" in words_of(asked)
    assert slack.refused() == []
    if len(reason) > 1000:
        assert "your reason is too long to go with a button, so write it there" in words_of(asked)
        return
    assert reason[:20] in words_of(asked)
    assert [r.type for r in await history(services, key)].count("task_reopened") == 0
    await ben.presses("Let your people into the test portal", on=asked)
    kept = (await position(services, key)).tasks["s3"]
    assert (kept.state, kept.reason) == ("open", reason)


async def test_a_mistyped_task_is_offered_with_what_was_typed_and_nothing_is_run(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    before = len(await history(services, key))
    for typed in ("reopen regsiter it was for another firm", "undo regsiter", "done prodcution", "evidence prodcution"):
        said = words_of(await ben.types(f"/cais {typed}"))
        assert "No task of this firm fits those words, so nothing was" in said, typed
        assert "Did you mean" in said, typed
    assigned = await ben.types("/cais assign prodcution to me")
    assert "No task of this firm fits those words. To Ben Cole: which one? Nothing was assigned." in words_of(assigned)
    assert len(await history(services, key)) == before
    asked = await ben.types("/cais reopen regsiter it was for another firm")
    await ben.presses("Register for CAIS", on=asked)
    kept = (await position(services, key)).tasks["s2"]
    assert (kept.state, kept.reason) == ("open", "it was for another firm")
    assert "names them all" in words_of(await ben.types("/cais done xyzzy"))
    assert slack.refused() == []


async def test_no_word_of_a_reason_is_taken_for_one_of_the_title(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await ben.types("/cais reopen s3e the wrong person had access")
    assert (await position(services, key)).tasks["s3e"].reason == "the wrong person had access"


async def test_what_looks_like_personal_data_is_refused_and_a_ticket_number_has_a_way_on(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    for label in ("Yes", "Form submitted", "Waiting on someone"):
        await slack.ben.presses(label)
    await slack.ben.submits({"note": "Ticket 1234567890"})
    assert slack.ben.modal is not None
    assert "nothing was stored" in words_of(slack.ben.modal)
    assert "s3e" not in (await position(services, key)).tasks
    assert (await slack.ben.submits({"note": "Ticket 1234567890", "ticket": ["yes"]}))["ok"]
    assert (await position(services, key)).tasks["s3e"].reason == "Ticket 1234567890"
    stored = "".join(r.payload for r in await history(services, key))
    assert stored.count("1234567890") == 1


async def test_a_task_that_comes_later_says_what_comes_first(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    assert "comes before" in words_of(await slack.ben.types("/cais done s3e"))
    await slack.ben.types("/cais step 3")
    await slack.ben.presses("Open: Let your people into the test portal")
    assert "after “Your SAA has Administrator access to the test portal”" in words_of(slack.ben.last)
    assert "Done" not in labels(slack.ben.last)


@pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)
async def test_the_whole_walk_goes_through_either_door(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", "ui", agents="Alpha Clearing\nBeta Bureau")
    await walk_on(ben)
    assert "16 of 16 tasks done" in words_of(ben.last)
    await ben.presses("Back")
    assert "Production relationship with your agent: Beta Bureau" in ben.last["text"]
    assert slack.refused() == []


async def test_content_changed_under_a_running_conversation_an_older_card_says_so_and_the_walk_goes_on(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    card, s2 = slack.ben.last, services.pack.tasks["s2"]
    otherwise = replace(s2, outcomes=[replace(s2.outcomes[1], id="registered_before")])
    monkeypatch.setitem(services.pack.tasks, "s2", otherwise)
    for keeping in (walk_module, task_parts):  # an update starts a new process, and other tests have the pack as it is
        monkeypatch.setattr(keeping, "_kept", keeping._kept.__wrapped__)
    assert "Form submitted" in labels(card)
    await slack.ben.presses("Form submitted", on=card)
    assert "s2" not in (await position(services, key)).tasks, "nobody knows that outcome any more"
    assert "Already registered" in labels(await slack.ben.types("/cais next"))
    await slack.ben.presses("Already registered")
    assert (await position(services, key)).tasks["s2"].outcome == "registered_before"
    assert slack.refused() == []
