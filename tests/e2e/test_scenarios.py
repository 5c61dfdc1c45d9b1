"""One suite of conversations, over HTTP and over Socket Mode: everything a firm does, button by button."""

from tests.bot.conversing import BEN, COMPLIANCE, GENERAL, LEA, Slack, labels, words_of
from tests.e2e.walking import add_member, set_up, title, walk_to_the_end

AGENT, TYPED, UPLOADED = "Through a CAT Reporting Agent", "Typed into the portal", "Files uploaded to the portal"

BEGINNING = [
    "Does your firm report events with an FDID?",
    "Register for CAIS",
    "Your SAA has Administrator access to the test portal",
    "Let your people into the test portal",
    "Choose how your data is submitted",
]
PRODUCTION = [
    "Your firm is certified for production",
    "Your SAA has Administrator access to the production portal",
    "Let your people into the production portal",
]
SELF = "Meet the requirements for self-reporting firms"
TESTED, CONFIRMED = "Test relationship with your agent: ", "Your agent confirms it is certified: "
ASKED, PRODUCED = "Ask the Helpdesk to certify your firm", "Production relationship with your agent: "
APEX, BLUE = "Apex Clearing", "Blue Bureau"


def assert_finished(said: str, tasks: int) -> None:
    """The end says what it is, and what it is not."""
    assert "🏁 Roadmap finished" in said
    assert f"{tasks} of {tasks} tasks done" in said
    assert "All roadmap steps are recorded. The roadmap covers preparation only" in said
    assert "This is not the same as compliant" in said
    assert "The SEC narrowed what must be reported" in said
    assert "Not legal advice." in said


async def test_a_firm_with_two_agents_comes_to_its_end(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    before = len(slack.ben.sees)
    visited = await walk_to_the_end(slack.ben, [AGENT], (APEX, BLUE))
    agents = [TESTED + APEX, TESTED + BLUE, CONFIRMED + APEX, CONFIRMED + BLUE, ASKED]
    assert visited == [*BEGINNING, *agents, *PRODUCTION, PRODUCED + APEX, PRODUCED + BLUE]
    assert_finished(words_of(slack.ben.last), 15)
    assert labels(slack.ben.last) == ["Undo", "Back", "Status", "Agents", "History"]
    assert len(slack.ben.sees) == before, "the walk happens in one message"
    assert slack.refused() == []


async def test_a_firm_that_types_into_the_portal_comes_to_its_end(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    assert await walk_to_the_end(slack.ben, [TYPED]) == [*BEGINNING, SELF, *PRODUCTION]
    assert_finished(words_of(slack.ben.last), 9)
    assert "Agents" not in labels(slack.ben.last)
    assert slack.refused() == []


async def test_a_firm_that_does_both_comes_to_its_end(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    visited = await walk_to_the_end(slack.ben, [AGENT, UPLOADED], (APEX,))
    both = [TESTED + APEX, SELF, CONFIRMED + APEX, ASKED]
    assert visited == [*BEGINNING, *both, *PRODUCTION, PRODUCED + APEX]
    assert_finished(words_of(slack.ben.last), 13)
    assert slack.refused() == []


async def test_a_firm_without_the_duty_ends_with_its_basis_and_can_change_its_mind(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("No…")
    assert "Write down the basis" in (await ben.submits({"basis": " "}))["errors"]["basis"]
    assert await ben.submits({"basis": "Advisory business only", "recheck": "2027-06-01"}) == {"ok": True}
    said = words_of(ben.last)
    assert "No obligation recorded" in said
    assert "*Basis:* Advisory business only" in said
    assert "*Look at it again on:* Tuesday, June 1, 2027" in said
    assert "so steps 2 to 6 do not apply" in said
    assert "Roadmap finished" not in said
    assert title(ben.last) == ""

    await ben.presses("Change the answer…")
    await ben.submits({"choice": "Yes"})
    assert ben.modal is not None
    preview = words_of(ben.modal)
    assert "*Appears:*" in preview
    assert "Register for CAIS" in preview
    await ben.submits({})
    assert title(ben.last) == "Register for CAIS"
    assert slack.refused() == []


async def test_whoever_is_unsure_asks_the_helpdesk_first(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    await slack.ben.presses("Not sure")
    assert title(slack.ben.last) == "Ask the Helpdesk about FDID events"
    assert "888-696-3348" in words_of(slack.ben.last)
    await slack.ben.presses("They say yes")
    assert title(slack.ben.last) == "Register for CAIS"
    assert slack.refused() == []


async def test_a_click_is_undone_brought_back_and_stays_in_the_history(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("Yes")
    await ben.presses("Form submitted")
    await ben.presses("Undo")
    assert "*Undone:* Register for CAIS (Form submitted)" in words_of(ben.last)
    assert title(ben.last) == "Register for CAIS"
    await ben.presses("Redo")
    assert "Brought back" in words_of(ben.last)
    assert title(ben.last) == BEGINNING[2]
    said = words_of(await ben.types("/cais history"))
    assert said.index("Entry 6") < said.index("Entry 5") < said.index("Entry 4")
    assert said.count("Ben Cole") >= 6
    await ben.types("/cais undo")
    assert "Undone" in words_of(ben.last)
    assert slack.refused() == []


async def test_a_firm_waits_for_an_outsider_and_goes_on_when_he_has_answered(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("Yes")
    await ben.presses("Form submitted")
    await ben.presses("Waiting on someone")
    await ben.submits({"follow_up": "2026-12-07", "note": "asked by phone"})
    assert title(ben.last) == "Choose how your data is submitted", "what needs no access goes on meanwhile"
    assert "Also waiting for: FINRA CAT" in words_of(ben.last)
    assert "waiting for FINRA CAT" in words_of(await ben.types("/cais"))
    await ben.presses("Status")
    assert "look again on Dec 7, 2026" in words_of(ben.last)
    assert title(await ben.types("/cais next")) == "Choose how your data is submitted"
    await ben.types("/cais done s3e")
    assert "Recorded" in words_of(ben.last)
    assert slack.refused() == []


async def test_when_everything_waits_the_firm_is_told_for_whom(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("Not sure")
    await ben.presses("Waiting on someone")
    await ben.submits({})
    said = words_of(ben.last)
    assert "Waiting on others" in said
    assert "Nothing is left for you to do until one of these comes back" in said
    await ben.presses("They say yes")
    assert title(ben.last) == "Register for CAIS"
    assert slack.refused() == []


async def test_a_task_that_was_done_is_opened_again_with_a_reason(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("Yes")
    await ben.presses("Already done earlier")
    earlier = {"day": "2024-05-02", "outcome": "Already registered", "note": "See the folder"}
    assert await ben.submits(earlier) == {"ok": True}
    said = words_of(ben.last)
    assert "Already registered" in said
    assert "happened on May 2, 2024, recorded Nov 23, 2026" in said
    await ben.types("/cais reopen s2")
    await ben.submits({"reason": "The wrong entity was registered"})
    assert title(ben.last) == "Register for CAIS"
    said = words_of(await ben.types("/cais history s2"))
    assert "The wrong entity was registered" in said
    assert "back-dated" in said
    assert slack.refused() == []


async def test_evidence_is_kept_by_modal_and_by_message_shortcut(slack: Slack) -> None:
    await set_up(slack.ben, channel=COMPLIANCE)
    ben = slack.ben.at(COMPLIANCE)
    await ben.types("/cais next")
    await ben.presses("Yes")
    await ben.presses("Add evidence")
    assert list((await ben.submits({}))["errors"]) == ["files"]
    link = "https://example.com/form.pdf"
    assert await ben.submits({"link": link, "label": "The form"}) == {"ok": True}
    assert "*Evidence recorded:* 1" in words_of(ben.last)

    mail = await ben.types("The confirmation came today, number 4711")
    await ben.uses_shortcut("save_evidence", mail)
    assert await ben.submits({"task": "Step 2: Register for CAIS"}) == {"ok": True}
    assert "A link into Slack alone is weak evidence" in words_of(ben.last)
    said = words_of(await ben.types("/cais history s2"))
    assert "*Evidence: 2*" in said
    assert f"<{link}|The form>" in said
    assert "text SHA-256 begins" in said
    assert "4711" not in said, "only the digest of a message is kept"
    assert slack.refused() == []


async def test_personal_data_is_refused_and_a_ticket_number_is_a_way_on(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await ben.presses("Next")
    await ben.presses("Add note")
    await ben.submits({"text": "His number is 123-45-6789"})
    assert ben.modal is not None
    assert "ticket number" in words_of(ben.modal)
    await ben.submits({"text": "Ticket 123-45-6789", "ticket": ["yes"]})
    assert "Recorded" in words_of(ben.last)
    said = words_of(await ben.types("/cais history"))
    assert "Ticket 123-45-6789" in said
    assert "His number" not in said
    assert slack.refused() == []


async def test_home_shows_the_firms_and_the_walk_goes_on_in_it(slack: Slack) -> None:
    ben = slack.ben
    await ben.opens_home()
    assert "No firm yet" in words_of(ben.home or {})
    await ben.presses("Set up your firm", on=ben.home)
    assert await ben.submits({"name": "Apex Securities"}) == {"ok": True}
    await ben.opens_home()
    assert ben.home is not None
    assert "*Apex Securities*" in words_of(ben.home)
    assert f"Next: *{BEGINNING[0]}* (step 1)" in words_of(ben.home)
    await ben.presses("Next task", on=ben.home)
    assert BEGINNING[0] in words_of(ben.home)
    await ben.presses("Yes", on=ben.home)
    assert "Recorded:" in words_of(ben.home)
    await ben.opens_home()
    assert "Next: *Register for CAIS* (step 2)" in words_of(ben.home)
    assert slack.refused() == []


async def test_the_same_words_work_as_a_command_in_a_dm_and_in_a_mention(slack: Slack) -> None:
    await set_up(slack.ben)
    ben = slack.ben
    channel = ben.at(COMPLIANCE)
    for said in (
        await ben.types("/cais next"),
        await ben.types("next"),
        await ben.types("NEXT for apex"),
        await channel.types("/cais next"),
        await channel.types("<@U0CAIS> next"),
    ):
        assert title(said) == BEGINNING[0]
    assert channel.last["ephemeral_to"] == BEN, "in a channel only the asker sees the card"
    assert title(slack.lea.at(COMPLIANCE).last) == ""
    await ben.types("note We begin today")
    assert "We begin today" in words_of(ben.last)
    near = await ben.types("/cais statsu")
    assert "status" in str(labels(near)), "a near miss is offered, not run"
    assert slack.refused() == []


async def test_two_people_work_on_one_firm_and_both_are_named(slack: Slack) -> None:
    await set_up(slack.ben)
    await slack.lea.types("/cais")
    await add_member(slack.ben, LEA)
    ben, lea = slack.ben.at(GENERAL), slack.lea.at(GENERAL)
    await ben.types("/cais next")
    await lea.types("/cais next")
    await ben.presses("Yes")
    await lea.presses("Yes")
    assert "Already recorded" in words_of(lea.last) or "recorded already" in words_of(lea.last)
    assert title(lea.last) == "Register for CAIS"
    await lea.presses("Form submitted")
    said = words_of(await ben.types("/cais history"))
    assert "Lea Haddad" in said
    assert "Ben Cole" in said
    assert slack.refused() == []


async def test_the_roadmap_is_read_step_by_step_without_changing_anything(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    for number in "123456":
        assert f"Step {number} of 6" in words_of(await ben.types(f"/cais step {number}"))
    await ben.types("/cais step 6-II-A")
    assert "6-II-A" in words_of(ben.last)
    await ben.types("/cais status")
    await ben.picks("Open a step", "Step 3: Open the test portal to your people")
    assert "Step 3 of 6" in words_of(ben.last)
    assert "0 of " in words_of(await ben.types("/cais"))
    assert slack.refused() == []


async def test_a_firm_plans_sets_dates_and_shares_the_work(slack: Slack) -> None:
    ben = slack.ben
    await set_up(ben)
    await add_member(ben, LEA)
    await ben.types("/cais next")
    await ben.presses("Yes")
    assert "A proposal, not saved yet" in words_of(await ben.types("/cais plan May 31, 2027"))
    await ben.presses("Accept")
    assert "Monday, May 31, 2027" in words_of(ben.last)
    await ben.types("/cais assign s2 <@U0LEA>")
    await ben.types("/cais due s2 Dec 15")
    assert "Lea Haddad, by Dec 15, 2026" in words_of(await ben.types("/cais status"))
    await slack.lea.types("status")
    assert "Lea Haddad (you), by Dec 15, 2026" in words_of(slack.lea.last)
    await ben.presses("Undo", on=ben.sees[-2])
    assert "by Dec 15, 2026" not in words_of(await ben.types("/cais status"))
    await ben.types("/cais deadlines as of May 27, 2022")
    assert "to be announced, not before Oct 1, 2022" in words_of(ben.last)
    assert slack.refused() == []


async def test_a_question_is_answered_everywhere_and_its_thread_keeps_the_subject(slack: Slack) -> None:
    await set_up(slack.ben)
    bot = await slack.bot.installed.bot_user("")
    link = "<https://srg.ct.catnms.com/cais|CAIS Reporter Portal> · *TEST* environment"
    asked = "where is the link to the test portal?"
    assert link in words_of(await slack.ben.at(GENERAL).types(f"/cais ask {asked}"))
    assert link in words_of(await slack.ben.at(COMPLIANCE).types(f"<@{bot}> {asked}"))
    assert link in words_of(await slack.ben.types(asked))
    thread = slack.ben.last["thread_ts"]
    said = await slack.ben.types("and in production?", thread=thread)
    assert "https://srg.catnms.com/cais|" in words_of(said)
    assert said["thread_ts"] == thread
    await slack.ben.votes(True, on=said)
    assert slack.ben.last["text"] == "Thank you, that is noted."
    await slack.ben.types("/cais next")
    await slack.ben.presses("Ask…")
    await slack.ben.submits({"question": asked})
    assert link in words_of(slack.ben.last)
    await slack.ben.presses("Yes")
    assert title(slack.ben.last) == "Register for CAIS", "the card went on below the answer"
    assert slack.refused() == []


async def test_what_the_roadmap_does_not_say_is_answered_by_the_lead_for_everybody_in_the_firm(slack: Slack) -> None:
    await set_up(slack.lea)
    await slack.ben.types("/cais")
    await add_member(slack.lea, BEN)
    said = await slack.ben.types("what does our clearing firm charge for CAIS reporting?")
    assert "The roadmap says nothing about fees" in words_of(said)
    assert "we are Apex Securities. The Small Firm Roadmap" in words_of(said)
    await slack.ben.presses("Ask my lead, Lea Haddad")
    await slack.lea.presses("Reply…")
    assert await slack.lea.submits({"text": "Nothing extra."}) == {"ok": True}
    assert "*Lea Haddad answered on" in words_of(slack.ben.last)
    assert slack.ben.last["thread_ts"] == said["thread_ts"]
    again = await slack.ben.types("how much does the clearing firm charge us for CAIS reporting?")
    assert "Your firm's answer, by Lea Haddad" in words_of(again)
    assert "No question waits" in words_of(await slack.lea.types("/cais questions"))
    assert "Answered the question" in words_of(await slack.lea.types("/cais history"))
    assert slack.refused() == []
