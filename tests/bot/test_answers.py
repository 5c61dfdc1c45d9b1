"""What the firm answers: previews before a change, the agents, a change of agent to its end, and what is refused."""

from datetime import timedelta

from flows.services import Services
from tests.bot.conftest import NOW
from tests.bot.conversing import LEA, Slack, Someone, labels, words_of
from tests.bot.walking import add_lea, choose, firm_of_ben, header_of, history, position, to_step_four, walk_on


async def test_a_change_that_moves_tasks_is_shown_first_and_can_be_left_as_it_is(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    before = await history(services, key)
    await ben.types("/cais step 4")
    await ben.presses("Open: Choose how your data is submitted")
    await ben.presses("Change the answer…")
    await ben.submits({"choice": ["agent", "ui"]})
    assert ben.modal is not None
    said = words_of(ben.modal)
    assert "Appears" in said
    assert "Meet the requirements for self-reporting firms" in said
    assert ben.modal["submit"]["text"] == "Change it"
    assert ben.modal["close"]["text"] == "Keep as it is"
    assert await history(services, key) == before
    assert (await ben.submits())["ok"]
    assert (await position(services, key)).value("methods") == ("agent", "ui")
    assert "*Recorded:*" in words_of(ben.last)


async def test_changing_step_one_with_a_click_is_previewed_too(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("No…")
    assert slack.ben.modal is not None
    assert not next(b for b in slack.ben.modal["blocks"] if b["block_id"] == "basis")["optional"]
    await slack.ben.submits({"basis": "We only advise."})
    assert "Basis: We only advise. To be looked at again on" in words_of(slack.ben.last)
    await slack.ben.presses("Change the answer…")
    await slack.ben.submits({"choice": "yes"})
    assert slack.ben.modal is not None
    assert "Register for CAIS" in words_of(slack.ben.modal)
    await slack.ben.submits()
    assert (await position(services, key)).value("fdid_duty") == ("yes",)
    assert "Step 2 of 6" in header_of(slack.ben.last)
    await slack.ben.presses("Undo")
    assert "No obligation recorded" in words_of(slack.ben.last)
    assert "We only advise." in words_of(slack.ben.last)


async def test_a_firm_that_is_not_sure_asks_the_helpdesk_and_records_what_they_say(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Not sure")
    said = words_of(slack.ben.last)
    assert "Ask the Helpdesk about FDID events" in said
    assert "888-696-3348" in said
    await slack.ben.presses("Waiting on someone")
    await slack.ben.submits({})
    assert "Waiting for FINRA CAT Helpdesk" in words_of(slack.ben.last)
    assert {"They say yes", "They say no…", "No longer waiting"} <= set(labels(slack.ben.last))
    await slack.ben.presses("They say yes")
    assert (await position(services, key)).value("fdid_duty") == ("yes",)
    assert "Step 2 of 6" in header_of(slack.ben.last)


async def test_an_agent_method_without_a_name_is_refused_and_what_was_chosen_stays(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await ben.presses("Choose…")
    answer = await ben.submits({"choice": ["agent"], "agents": "  "})
    assert "Name the agent" in answer["errors"]["agents"]
    assert (await ben.submits({"choice": ["agent"], "agents": "Alpha Clearing\n\n alpha  clearing "}))["ok"]
    assert [a.name for a in (await position(services, key)).agents] == ["Alpha Clearing"]


async def test_an_agent_named_beside_another_way_is_asked_about_and_not_lost_unseen(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await ben.presses("Choose…")
    answer = await ben.submits({"choice": ["ui"], "agents": "Alpha Clearing"})
    assert answer["errors"] == {"agents": "Tick “Through a CAT Reporting Agent” above as well, or leave this empty."}
    assert (await ben.submits({"choice": ["agent", "ui"], "agents": "Alpha Clearing"}))["ok"]
    assert [a.name for a in (await position(services, key)).agents] == ["Alpha Clearing"]
    await ben.types("/cais step 4")
    await ben.presses("Open: Choose how your data is submitted")
    await ben.presses("Change the answer…")
    assert (await ben.submits({"choice": ["ui"]})).get("errors") is None, "the names stand there already"


async def test_a_form_filled_before_others_changed_the_agents_brings_none_of_them_back(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    ben, lea = await to_step_four(slack), slack.lea
    await choose(ben, "agent", agents="Apex\nBolt")
    await lea.types("/cais step 4")
    await lea.presses("Open: Choose how your data is submitted")
    await lea.presses("Change the answer…")
    for label, said in (("Take off", {"reason": "Left"}), ("Correct the name", {"name": "Bolt Clearing"})):
        await ben.types("/cais agents")
        await ben.presses(label)
        assert (await ben.submits(said))["ok"]
    assert (await lea.submits({"choice": ["agent", "ui"], "agents": "Apex\nBolt\nCore 1234567890"}))["ok"]
    assert lea.modal is not None
    assert "nothing was stored" in words_of(lea.modal)
    assert (await lea.submits({"choice": ["agent", "ui"], "agents": "Apex\nBolt\nCore"}))["ok"]
    assert (await lea.submits())["ok"]
    agents = [(a.name, a.status) for a in (await position(services, key)).agents]
    assert sorted(agents) == [("Apex", "removed"), ("Bolt Clearing", "active"), ("Core", "active")]


async def opens_step_four(someone: Someone) -> None:
    await someone.types("/cais step 4")
    await someone.presses("Open: Choose how your data is submitted")
    await someone.presses("Change the answer…")


async def test_two_people_with_one_question_open_both_are_taken_at_their_word(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    ben, lea = await to_step_four(slack), slack.lea
    await choose(ben, "agent", agents="Apex")
    await opens_step_four(ben)
    await opens_step_four(lea)
    await ben.submits({"choice": ["agent", "ui"]})
    await ben.submits()
    await lea.submits({"choice": ["ui"]})
    said = words_of(lea.modal or {})
    assert "Ben Cole answered this meanwhile" in said
    assert "Now: Through a CAT Reporting Agent" in said
    await lea.submits()
    assert (await position(services, key)).value("methods") == ("ui",)
    assert "*Recorded:*" in words_of(lea.last)


async def test_what_changes_below_a_preview_is_shown_before_it_is_recorded(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    ben, lea = await to_step_four(slack), slack.lea
    await choose(ben, "agent", agents="Apex")
    await opens_step_four(lea)
    await lea.submits({"choice": ["ui"], "day": "2026-11-20"})
    await ben.types("/cais agents")
    await ben.presses("Add an agent")
    await ben.submits({"agents": "Bolt"})
    await lea.submits()
    assert "Something else changed meanwhile" in words_of(lea.modal or {})
    await opens_step_four(ben)
    await ben.submits({"choice": ["agent", "ui"]})
    await ben.submits()
    await lea.submits()
    assert "Ben Cole answered this meanwhile" in words_of(lea.modal or {})
    assert (await position(services, key)).value("methods") == ("agent", "ui")
    await lea.submits()
    answer = (await position(services, key)).answers["methods"]
    assert (answer.value, str(answer.happened_on)) == (("ui",), "2026-11-20")


async def test_the_same_answer_of_two_people_is_recorded_once(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    ben, lea = await to_step_four(slack), slack.lea
    await choose(ben, "agent", agents="Apex")
    for someone in (ben, lea):
        await opens_step_four(someone)
        await someone.submits({"choice": ["ui"]})
    await ben.submits()
    before = await history(services, key)
    await lea.submits()
    assert "That is recorded already" in words_of(lea.last)
    assert await history(services, key) == before


async def test_the_day_on_which_the_methods_were_decided_can_be_recorded(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await ben.presses("Choose…")
    assert (await ben.submits({"choice": ["ui"], "day": "2025-05-05"}))["ok"]
    assert str((await position(services, key)).answers["methods"].happened_on) == "2025-05-05"
    assert "May 5, 2025" in words_of(ben.last)


async def test_the_day_of_a_decision_stays_while_its_basis_is_corrected(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("No…")
    await slack.ben.submits({"basis": "We only advise.", "day": "2025-05-05"})
    await slack.ben.presses("Change the answer…")
    await slack.ben.submits({"basis": "We only advise institutions."})
    kept = (await position(services, key)).answers["fdid_duty"]
    assert (kept.basis, str(kept.happened_on)) == ("We only advise institutions.", "2025-05-05")


async def test_saving_an_answer_as_it_stands_claims_no_day(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais step 1")
    await slack.ben.presses("Open: Does your firm report events with an FDID?")
    await slack.ben.presses("Change the answer…")
    before = await history(services, key)
    await slack.ben.submits({})
    assert await history(services, key) == before
    assert "recorded already" in words_of(slack.ben.last)


async def test_agents_are_added_renamed_and_taken_off_on_one_card(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alfa Clearing")
    await ben.types("/cais agents")
    await ben.presses("Add an agent")
    assert (await ben.submits({"agents": "Beta Bureau"}))["ok"]
    await ben.presses("Correct the name")
    assert (await ben.submits({"name": "Alpha Clearing"}))["ok"]
    said = words_of(ben.last)
    assert "*Alpha Clearing*" in said
    assert "⬜ Open: Your agent confirms it is certified" in said
    await ben.presses("Take off")
    assert ben.modal is not None
    assert "Drops out" in words_of(ben.modal)
    assert (await ben.submits({"reason": "Contract ended"}))["ok"]
    assert "No longer reporting: Alpha Clearing" in words_of(ben.last)
    await ben.presses("Undo")
    assert [a.status for a in (await position(services, key)).agents] == ["active", "active"]


async def test_who_adds_an_agent_to_a_firm_that_reports_alone_is_told_what_its_tasks_wait_for(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "ui")
    await ben.types("/cais agents")
    assert "was answered without an agent" not in words_of(ben.last), "there is none, so nothing is missed"
    await ben.presses("Add an agent")
    await ben.submits({"agents": "Gamma Clearing"})
    assert "was answered without an agent, so no task applies to one." in words_of(ben.last)
    await ben.presses("Change the answer…")
    await ben.submits({"choice": ["agent", "ui"]})
    await ben.submits()
    assert (await position(services, key)).value("methods") == ("agent", "ui")
    said = words_of(await ben.types("/cais agents"))
    assert "⬜ Open: Your agent confirms it is certified" in said
    assert "was answered without an agent" not in said


async def test_a_firm_changes_its_agent_and_walks_the_loop_to_its_end(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    await walk_on(ben)
    assert "Roadmap finished" in header_of(ben.last)
    await ben.presses("Agents")
    await ben.presses("Change agent")
    assert "errors" in await ben.submits({"name": "alpha clearing"})
    await ben.submits({"name": "Omega Clearing"})
    assert ben.modal is not None
    preview = words_of(ben.modal)
    for task in ("Check step 1 again", "Written agreement with the new agent", "End-date the production relationship"):
        assert task in preview
    assert (await ben.submits())["ok"]
    assert "Being replaced: Alpha Clearing." in words_of(await ben.types("/cais agents"))
    assert "Alpha Clearing no longer reports" not in words_of(await ben.types("/cais status"))
    await ben.types("/cais next")
    path = " ".join(await walk_on(ben))
    in_order = (
        "Check step 1 again for the new arrangement: Alpha Clearing → Omega Clearing",
        "Amend the registration",
        "Written agreement",
        "Test relationship with your agent: Omega Clearing",
        "Your agent confirms it is certified: Omega Clearing",
        "Does the new agent need a new certification request",
        "Production relationship with your agent: Omega Clearing",
        "Open rejections of the old agent",
        "End-date the production relationship with the old agent: Alpha Clearing",
        "Do FDIDs change",
        "Update your written supervisory procedures",
    )
    places = [path.find(task) for task in in_order]
    assert places == sorted(places)
    assert -1 not in places
    assert "Roadmap finished" in header_of(ben.last)
    assert (await position(services, key)).changes[0].new
    assert "No longer reporting: Alpha Clearing." in words_of(await ben.types("/cais agents"))


async def test_a_firm_in_the_middle_of_a_change_names_both_agents(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services, situation="changing")
    await to_step_four(slack)
    await slack.ben.types("/cais agents")
    await slack.ben.presses("Change agent")
    await slack.ben.submits({"old_name": "Alpha Clearing", "name": "Omega Clearing"})
    assert (await slack.ben.submits())["ok"]
    kept = {a.name: a.status for a in (await position(services, key)).agents}
    assert kept == {"Alpha Clearing": "leaving", "Omega Clearing": "active"}


async def test_what_a_change_brings_is_said_to_come_later_where_step_one_has_no_answer_yet(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services, situation="changing")
    await slack.ben.types("next")
    await slack.ben.presses("Name the agents that change")
    await slack.ben.submits({"old_name": "Alpha Clearing", "name": "Omega Clearing"})
    seen = words_of(slack.ben.modal or {})
    assert "No task appears or drops out yet: that depends on answers that are still open." in seen
    await slack.ben.submits()
    await slack.ben.types("/cais agents")
    await slack.ben.presses("Take off")
    off = words_of(slack.ben.modal or {})
    assert "No task appears or drops out yet: that depends on answers that are still open." in off
    assert "brings" not in off, "nothing comes of an agent that is taken off"


async def test_an_agents_name_that_looks_like_a_number_of_somebody_is_refused_or_called_a_ticket(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing")
    await ben.types("/cais agents")
    await ben.presses("Change agent")
    await ben.submits({"name": "Omega 123-45-6789"})
    assert ben.modal is not None
    assert "nothing was stored" in words_of(ben.modal)
    assert [r.type for r in await history(services, key)].count("text_refused") == 1
    await ben.submits({"name": "Omega 123-45-6789", "ticket": ["yes"]})
    assert (await ben.submits())["ok"]
    assert [a.name for a in (await position(services, key)).agents] == ["Alpha Clearing", "Omega 123-45-6789"]


async def test_twenty_agents_are_more_than_enough_and_all_screens_still_show(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="\n".join(f"Agent number {n}" for n in range(20)))
    for words in (
        "/cais",
        "/cais next",
        "/cais status",
        "/cais step 5",
        "/cais step 6",
        "/cais agents",
        "/cais done 6",
    ):
        assert "Apex Securities" in words_of(await ben.types(words))
    await ben.types("/cais step 6")
    await ben.presses("Open part 6-II-A")
    await ben.picks("Open a task", "Your agent confirms it is certified: Agent number 19")
    assert "Agent number 19" in ben.last["text"]
    await ben.presses("Agents" if "Agents" in labels(ben.last) else "Next task")
    assert slack.refused() == []


async def test_a_name_that_would_call_everybody_is_only_a_name(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="<!channel> <@U0LEA> *Bold* & Sons")
    await walk_on(ben)
    for message in ben.sees:
        assert "<!channel>" not in message["text"]
        assert "<!channel>" not in str([b for b in message.get("blocks", []) if b["type"] in ("section", "context")])


async def test_a_refusal_that_names_an_agent_calls_nobody(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="<!channel>")
    said = await ben.types("/cais done s6c")
    assert "comes before" in said["text"]
    assert "<!channel>" not in words_of(said)


async def test_a_basis_that_looks_like_personal_data_is_refused_and_can_be_said_in_words(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("No…")
    await slack.ben.submits({"basis": "Only client 123-45-6789 trades"})
    assert slack.ben.modal is not None
    assert "nothing was stored" in words_of(slack.ben.modal)
    assert (await slack.ben.submits({"basis": "Only one client trades, elsewhere", "ticket": []}))["ok"]
    stored = "".join(r.payload for r in await history(services, key))
    assert "123-45" not in stored
    assert "text_refused" in {r.type for r in await history(services, key)}


async def test_a_changed_answer_with_personal_data_is_refused_and_the_refusal_is_on_record(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais step 1")
    await slack.ben.presses("Open: Does your firm report events with an FDID?")
    await slack.ben.presses("Change the answer…")
    await slack.ben.submits({"choice": "no", "basis": "Only client 123-45-6789 trades"})
    assert slack.ben.modal is not None
    assert "nothing was stored" in words_of(slack.ben.modal)
    assert "text_refused" in {r.type for r in await history(services, key)}
    assert (await position(services, key)).value("fdid_duty") == ("yes",)


async def test_a_day_to_look_again_that_has_passed_is_refused_beside_its_field(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("No…")
    answer = await slack.ben.submits({"basis": "We only advise.", "recheck": "2026-11-23"})
    assert "must be in the future" in answer["errors"]["recheck"]


async def test_an_answer_decided_earlier_is_flagged(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("No…")
    assert (await slack.ben.submits({"basis": "We only advise.", "day": "2024-02-01"}))["ok"]
    said = words_of(slack.ben.last)
    assert "happened on Feb 1, 2024, recorded Nov 23, 2026" in said
    assert "decided on Feb 1, 2024, recorded Nov 23, 2026" in said


async def test_the_longest_basis_that_can_be_typed_survives_the_preview(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.types("/cais step 1")
    await slack.ben.presses("Open: Does your firm report events with an FDID?")
    await slack.ben.presses("Change the answer…")
    basis = ("We only advise. " * 100)[:1500].strip()
    recheck = (NOW + timedelta(days=90)).date().isoformat()
    assert (await slack.ben.submits({"choice": "no", "basis": basis, "recheck": recheck}))["ok"]
    assert (await slack.ben.submits())["ok"]
    kept = (await position(services, key)).answers["fdid_duty"]
    assert (kept.basis, str(kept.recheck_on)) == (basis, recheck)
