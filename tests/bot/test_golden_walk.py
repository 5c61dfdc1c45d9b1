"""The golden cases of the reading (its section 7), through the conversation, by the buttons people see."""

from flows.services import Services
from tests.bot.conversing import Slack, labels, words_of
from tests.bot.walking import choose, firm_of_ben, header_of, history, position, to_step_four, walk_on

END = "reporting and supervision duties continue"


async def test_with_one_of_two_agents_certified_the_firm_waits_for_the_other_and_does_not_ask_yet(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing\nBeta Bureau")
    await walk_on(ben, "Your agent confirms it is certified: Alpha Clearing")
    await ben.presses("Done")
    assert "Your agent confirms it is certified: Beta Bureau" in ben.last["text"]
    await ben.presses("Waiting on someone")
    assert (await ben.submits({}))["ok"]
    assert header_of(ben.last) == "Waiting on others"
    assert "Waiting for Beta Bureau since Nov 23, 2026, look again on Dec 8, 2026" in words_of(ben.last)
    assert "Ask the Helpdesk to certify your firm" not in words_of(ben.last)


async def test_a_self_reporting_firm_sees_step_five_as_not_applicable_and_it_is_not_counted(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "ui")
    assert "Step 6 of 6" in header_of(ben.last)
    assert "5 of 9 tasks done" in words_of(ben.last)
    said = words_of(await ben.types("/cais status"))
    assert "➖ Not applicable: Test relationship with your agent" in said
    await ben.types("/cais next")
    await walk_on(ben)
    assert END in words_of(ben.last)
    assert "9 of 9 tasks done" in words_of(ben.last)


async def test_for_a_firm_that_does_both_its_own_part_alone_does_not_open_the_production_relationship(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", "upload", agents="Alpha Clearing")
    assert "does not describe a firm that does both" in words_of(ben.last)
    await walk_on(ben, "Your agent confirms it is certified: Alpha Clearing")
    walk = services.walk(await position(services, key))
    assert walk.total == 13
    assert {i.task.id: i.state for i in walk.items}["s6i"] == "done"
    assert {i.task.id: i.state for i in walk.items}["s6c"] == "locked"
    await walk_on(ben)
    assert END in words_of(ben.last)


async def test_a_firm_that_is_registered_already_says_so_with_one_click(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = slack.ben
    await ben.types("/cais next")
    await ben.presses("Yes")
    assert {"Form submitted", "Already registered", "Sent again to amend"} <= set(labels(ben.last))
    await ben.presses("Already registered")
    assert "*Recorded:* Register for CAIS (Already registered)" in words_of(ben.last)
    assert (await position(services, key)).tasks["s2"].outcome == "already_registered"


async def test_no_obligation_is_recorded_with_its_basis_and_is_neither_nothing_nor_everything(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = slack.ben
    await ben.types("/cais next")
    await ben.presses("No…")
    assert "basis" in (await ben.submits({"basis": ""}))["errors"]
    assert (await ben.submits({"basis": "We only advise; no orders are sent."}))["ok"]
    said = words_of(ben.last)
    assert "No obligation recorded" in said
    assert "We only advise; no orders are sent." in said
    assert "Look at it again on:* Tuesday, November 23, 2027" in said
    assert "tasks done" not in said
    assert "%" not in said
    assert (await position(services, key)).answers["fdid_duty"].value == ("no",)
    assert "No obligation recorded" in words_of(await ben.types("/cais"))
    assert "Status" in labels(ben.last)
    assert "Next task" not in labels(ben.last)


async def test_from_agent_to_self_and_back_the_evidence_of_step_five_is_there_again(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    await ben.presses("Add evidence")
    assert (await ben.submits({"note": "Screenshot is in the compliance folder"}))["ok"]
    await ben.types("/cais done s5")
    for methods, words in ((["ui"], "Drops out"), (["agent"], "Comes back, with what was recorded before")):
        await ben.types("/cais step 4")
        await ben.presses("Open: Choose how your data is submitted")
        await ben.presses("Change the answer…")
        assert (await ben.submits({"choice": methods}))["ok"]
        assert ben.modal is not None
        assert words in words_of(ben.modal)
        assert "Test relationship with your agent: Alpha Clearing" in words_of(ben.modal)
        assert (await ben.submits())["ok"]
    agent = (await position(services, key)).agents[0].id
    await ben.types("/cais step 5")
    await ben.presses("Open: Test relationship with your agent: Alpha Clearing")
    assert "✅ Done" in words_of(ben.last)
    assert "*Evidence recorded:* 1" in words_of(ben.last)
    assert (await position(services, key)).tasks[f"s5[{agent}]"].state == "done"


async def test_the_saa_alone_finishes_step_three_without_any_grant(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    assert "Step 4 of 6" in header_of(ben.last)
    assert (await position(services, key)).tasks["s3"].outcome == "saa_only"


async def test_the_last_production_relationship_ends_with_the_notice_that_this_is_not_compliance(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing\nBeta Bureau")
    path = await walk_on(ben)
    assert "Production relationship with your agent: Beta Bureau" in path[-1]
    said = words_of(ben.last)
    assert END in said
    assert "This is not the same as compliant" in said
    assert "15 of 15 tasks done" in said
    assert "Not legal advice." in said
    assert slack.refused() == []


async def test_nothing_a_new_firm_reads_calls_an_industry_date_missed(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    for command in ("/cais", "/cais status", "/cais step 6", "/cais agents", "/cais next"):
        await ben.types(command)
    await walk_on(ben)
    ready = (services.pack.wording.new_firm, *(m.past for m in services.pack.milestones))
    for message in ben.sees:
        said = words_of(message)
        for sentence in ready:
            said = said.replace(sentence, "")
        words = {w.strip(".,;:!?()").casefold() for w in said.split()}
        assert not words & {"late", "overdue"}, said
    assert len(await history(services, key)) > 10
