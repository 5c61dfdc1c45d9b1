"""What is on record: notes, evidence, a message saved as evidence, and the history that shows all of it."""

import copy
import hashlib
from datetime import date

import msgspec

from flows.events import EvidenceAdded
from flows.services import Act, Services
from tests.bot.conversing import BEN, COMPLIANCE, GENERAL, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person


async def test_a_note_is_kept_and_can_be_undone(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    said = await slack.ben.types("/cais note called the Helpdesk, answer by Friday")
    assert "Note: called the Helpdesk, answer by Friday" in words_of(said)
    await slack.ben.presses("Undo")
    position = await services.events.position(firm.key)
    assert position is not None
    assert not position.notes


async def test_evidence_typed_asks_for_it_for_the_named_task_or_the_next(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    assert "Add evidence" in labels(await slack.ben.types("evidence"))
    await slack.ben.types("/cais evidence s1")
    assert slack.ben.modal is not None
    assert slack.ben.modal["callback_id"] == "records.evidence_form"


async def test_note_alone_in_a_message_offers_the_form(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    assert "Write it in a form" in labels(await slack.ben.types("note"))


async def test_a_note_typed_in_a_message_keeps_what_people_saw(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("note see https://example.test/a in <#C0GENERAL>, ask <@U0LEA>")
    rows = await services.events.history(firm.key)
    assert "see https://example.test/a in #C0GENERAL, ask @U0LEA" in rows[-1].payload


async def test_a_note_may_name_its_task_first(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("note s1 we route to two brokers")
    position = await services.events.position(firm.key)
    assert position is not None
    assert position.notes == {"s1": 1}


async def test_a_note_on_a_repeated_task_asks_for_which_agent(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await services.answer(firm.key, Act(person(BEN), "modal", "a1"), "fdid_duty", ["yes"])
    await services.answer(
        firm.key, Act(person(BEN), "modal", "a2"), "methods", ["agent"], agents=["Cedar Clearing", "Dune"]
    )
    said = words_of(await slack.ben.types("note s6a asked them"))
    assert "for Cedar Clearing" in said
    assert "for Dune" in said
    await slack.ben.types("note s6a dune asked them")
    position = await services.events.position(firm.key)
    assert position is not None
    assert [position.agent(k[4:-1]).name for k in position.notes] == ["Dune"]  # type: ignore[union-attr]


async def test_personal_data_is_refused_and_a_ticket_number_gets_through(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais note customer 123-45-6789 called")
    refused = slack.ben.modal
    assert refused is not None
    assert "looks like a Social Security number" in words_of(refused)
    answer = await slack.ben.submits({"ticket": ["yes"]})
    assert answer["ok"], answer
    rows = await services.events.history(firm.key)
    assert [r.type for r in rows[-2:]] == ["text_refused", "note_added"]
    assert "123-45" not in rows[-2].payload


async def test_a_refused_note_in_a_message_has_a_button_as_the_way_on(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    said = await slack.ben.types("note customer 123-45-6789 called")
    assert "123-45" not in str(said)
    await slack.ben.presses("Write it in a form")
    answer = await slack.ben.submits({"text": "ticket 123-45-6789"})
    assert "errors" not in answer
    assert slack.ben.modal is not None, "the form stays, with the way on"
    await slack.ben.submits({"text": "ticket 123-45-6789", "ticket": ["yes"]})
    assert slack.ben.modal is None
    assert (await services.events.history(firm.key))[-1].type == "note_added"


async def test_evidence_is_added_from_the_card_and_listed_in_the_tasks_history(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("next")
    await slack.ben.presses("Add evidence")
    empty = await slack.ben.submits({})
    assert list(empty["errors"]) == ["files"]
    future = await slack.ben.submits({"note": "x", "day": "2030-01-01"})
    assert list(future["errors"]) == ["day"]
    bad = await slack.ben.submits({"link": "javascript:alert(1)"})
    assert list(bad["errors"]) == ["link"]
    await slack.ben.submits({"link": "https://files.example/a|b>c", "label": "Memo *1*", "day": "2026-11-02"})
    assert "Recorded" in words_of(slack.ben.last)
    assert "Step 1 of 6" in words_of(slack.ben.last), "the walk goes on in the same message"
    said = words_of(await slack.ben.types("history s1"))
    assert "Evidence: 1" in said
    assert "<https://files.example/a%7Cb%3Ec|Memo" in said
    assert "Nov 2, 2026" in said
    assert "(back-dated)" in said
    assert slack.refused() == []


async def test_history_says_who_did_what_when_and_from_where(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await services.answer(
        firm.key, Act(person(BEN), "button", "x1"), "fdid_duty", ["yes"], happened_on=date(2026, 11, 3)
    )
    said = words_of(await slack.ben.types("history"))
    assert "Answered “Does your firm report any CAT event that carries an FDID?” with: Yes" in said
    assert "Nov 23, 2026, 9:00 AM New York time · Ben Cole · by button · happened on Nov 3, 2026 (back-dated)" in said
    await slack.ben.types("undo")
    said = words_of(await slack.ben.types("history"))
    assert "~ (undone)" in said
    assert "Undid entry" in said


async def test_history_names_what_was_undone_and_brought_back(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    for typed in ("note keep me", "undo", "redo"):
        await slack.ben.types(f"/cais {typed}")
    said = words_of(await slack.ben.types("/cais history"))
    assert "Undid entry 4: Note: keep me" in said
    assert "Brought back entry 4: Note: keep me" in said


async def test_history_names_whoever_was_added_and_mentions_the_channel_it_has_no_name_for(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.at(GENERAL).types("/cais firm link")
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    await slack.ben.submits({"person": LEA, "role": "viewer"})
    said = words_of(await slack.ben.types("history"))
    assert "Lea Haddad is now a viewer" in said, "the name is asked for when somebody is added"
    assert f"Linked the channel <#{GENERAL}>" in said


async def test_long_history_turns_pages_both_ways(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    for n in range(30):
        await services.add_note(firm.key, Act(person(BEN), "command", f"n{n}"), f"note number {n}")
    first = words_of(await slack.ben.types("history"))
    assert "note number 29" in first
    assert "Newer" not in labels(slack.ben.last)
    seen = [first]
    while "Older" in labels(slack.ben.last):
        await slack.ben.presses("Older")
        seen.append(words_of(slack.ben.last))
    assert "Set up Apex Securities" in seen[-1]
    assert all(sum(f"note number {n}\n" in page for page in seen) == 1 for n in range(30)), "each once"
    for page in reversed(seen[:-1]):
        await slack.ben.presses("Newer")
        assert words_of(slack.ben.last).splitlines()[1:6] == page.splitlines()[1:6]
    assert "Newer" not in labels(slack.ben.last)
    assert slack.refused() == []


async def test_the_history_of_a_task_or_step_leaves_the_rest_out(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    for n in range(20):
        await services.add_note(firm.key, Act(person(BEN), "command", f"n{n}"), f"first step {n}", task="s1")
    await services.add_note(firm.key, Act(person(BEN), "command", "other"), "second step", task="s2")
    said = words_of(await slack.ben.types("history step 1"))
    assert "first step 19" in said
    assert "second step" not in said
    assert "Set up" not in said
    await slack.ben.presses("Older")
    assert "first step 0" in words_of(slack.ben.last)
    await slack.ben.presses("Newer")
    assert "first step 19" in words_of(slack.ben.last)
    assert "second step" in words_of(await slack.ben.types("history s2"))
    assert "I do not know what “s99” is" in words_of(await slack.ben.types("history s99"))


async def test_a_message_is_saved_as_evidence_by_its_address_and_digest(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    secret = "Our agent confirms: certified."
    await slack.lea.types("hello")
    message = await slack.lea.at(COMPLIANCE).types(secret)
    await slack.ben.at(COMPLIANCE).uses_shortcut("save_evidence", {"channel": COMPLIANCE, "ts": message["ts"]})
    modal = slack.ben.modal
    assert modal is not None
    assert "Apex Securities" in words_of(modal)
    assert "weak evidence" in words_of(modal)
    assert secret not in str(modal)
    answer = await slack.ben.submits({"task": "s1"})
    assert answer["ok"], answer
    [event] = [r.event for r in await services.events.history(firm.key) if r.type == "evidence_added"]
    assert isinstance(event, EvidenceAdded)
    assert event.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert event.text == f"https://practice.slack.com/archives/{COMPLIANCE}/p{message['ts'].replace('.', '')}"
    assert event.label.startswith("Message by Lea Haddad, ")
    assert event.label.endswith("New York time")
    assert secret not in msgspec.json.encode(event).decode()
    assert "Undo" in labels(slack.ben.at(COMPLIANCE).last)


async def test_a_saved_message_of_the_app_names_no_bare_id(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    card = await slack.ben.types("next")
    await slack.ben.uses_shortcut("save_evidence", {"channel": card["channel"], "ts": card["ts"]})
    assert (await slack.ben.submits({"task": "s1"}))["ok"]
    [event] = [r.event for r in await services.events.history(firm.key) if r.type == "evidence_added"]
    assert isinstance(event, EvidenceAdded)
    assert event.label.startswith("Message by this app, ")


async def test_a_saved_message_asks_for_the_firm_where_several_are_possible(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    birch = await a_firm(services, "Birch Brokers", BEN)
    await services.directory.use(TENANT, person(BEN).id, "")
    message = await slack.lea.at(GENERAL).types("certified")
    await slack.ben.at(GENERAL).uses_shortcut("save_evidence", {"channel": GENERAL, "ts": message["ts"]})
    await slack.ben.submits({"firm": "Birch Brokers"})
    assert "*Birch Brokers*" in words_of(slack.ben.modal or {})
    await slack.ben.submits({"task": "s1"})
    position = await services.events.position(birch.key)
    assert position is not None
    assert position.evidence == {"s1": 1}


async def test_somebody_without_a_firm_is_told_so_by_the_shortcut(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    message = await slack.lea.at(GENERAL).types("certified")
    await slack.lea.at(GENERAL).uses_shortcut("save_evidence", {"channel": GENERAL, "ts": message["ts"]})
    assert slack.lea.modal is None
    assert "not a member of a firm" in words_of(slack.lea.at(GENERAL).last)


async def test_a_viewer_reads_and_adds_nothing(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN, U0LEA="viewer")
    before = await services.events.history(firm.key)
    for typed in ("note hello", "done", "reopen s1", "evidence s1", "/cais note", "/cais evidence", "/cais settings"):
        assert "Only a member or a lead" in words_of(await slack.lea.types(typed)), typed
    assert slack.lea.modal is None
    assert "Set up Apex Securities" in words_of(await slack.lea.types("history"))
    assert await services.events.history(firm.key) == before


async def test_a_form_sent_again_with_other_words_is_recorded_and_the_same_again_is_not(
    slack: Slack, services: Services
) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais note")
    await slack.ben.submits({"text": "one"})
    sent = [s["payload"] for s in slack.sandbox.slack.traffic.sent if s["payload"].get("type") == "view_submission"]
    again = copy.deepcopy(sent[-1])
    again["view"]["state"]["values"]["text"]["value"]["value"] = "one, corrected"
    for _ in range(2):
        await slack.sandbox.replay(again)
        await slack.settled()
    history = await services.events.history(firm.key)
    assert [getattr(r.event, "text", "") for r in history if r.type == "note_added"] == ["one", "one, corrected"]


async def test_what_ends_with_a_full_stop_gets_no_second_one(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("note We begin on November 9.")
    said = words_of(slack.ben.last)
    assert "We begin on November 9.\n" in said
    assert ".." not in said
