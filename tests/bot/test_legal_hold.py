"""A lead sets a legal hold by words or by a form; it is shown, and what it refuses is said where it is asked for."""

from msgspec.structs import replace

from flows.documents.library import add
from flows.events import FirmKey
from flows.records import Stamp, record
from flows.services import Act, Services
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.flows.test_documents import document

SAID = "set by Ben Cole on Nov 23, 2026: “SEC inquiry”"


async def apex(services: Services) -> FirmKey:
    key = (await a_firm(services, "Apex Securities", BEN, **{LEA: "member"})).key
    kept = replace(document(), key=key, added_at=services.now().isoformat())
    stamp = Stamp(who=person(BEN), at=services.now(), source="modal", edition="x")
    await services.knowledge.expect(kept)
    await services.events.change(key, lambda p, _: record(p, add(p, person(BEN), kept), stamp))
    return key


async def test_a_hold_is_set_shown_and_lifted(slack: Slack, services: Services) -> None:
    key = await apex(services)
    assert "No legal hold stands" in words_of(await slack.ben.types("/cais hold"))
    await slack.ben.presses("Set a hold…")
    await slack.ben.submits({"reason": "SEC inquiry"})
    assert SAID in words_of(slack.ben.last)
    assert f"*Legal hold*, {SAID}" in words_of(await slack.ben.types("/cais status"))
    assert "Set a legal hold. Reason: SEC inquiry\n↳ no legal hold → under a legal hold" in words_of(
        await slack.ben.types("/cais history")
    )
    said = words_of(await slack.ben.types("/cais hold lift the inquiry is closed"))
    assert "No legal hold stands" in said
    position = await services.events.position(key)
    assert position is not None
    assert position.hold is None
    assert slack.refused() == []


async def test_what_it_refuses_says_who_set_it_when_and_why(slack: Slack, services: Services) -> None:
    key = await apex(services)
    await slack.ben.types("/cais note keep this")
    await slack.ben.types("/cais firm documents")
    await slack.ben.presses("Remove")
    await services.set_hold(key, Act(person(BEN), "command"), "SEC inquiry")
    refused = await slack.ben.submits({"reason": "old"})
    assert SAID in str(refused["errors"]["reason"]), "a form that was open already"
    await slack.ben.types("/cais firm documents")
    await slack.ben.presses("Remove")
    assert SAID in words_of(slack.ben.last)
    await slack.ben.types("/cais undo")
    await slack.ben.presses("Undo this entry")
    assert SAID in words_of(slack.ben.last), "the note is kept, too"
    assert [row.type for row in await services.events.history(key)][-1] == "hold_set"


async def test_a_typed_undo_says_that_a_hold_is_lifted_and_takes_nothing_older_back_unasked(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    await slack.ben.types("/cais due s1 Dec 10")
    await slack.ben.types("/cais hold matter x")
    said = words_of(await slack.ben.types("/cais undo"))
    assert (
        "what you did last: Set a legal hold. Reason: matter x. `/cais hold lift` and a reason lifts the hold." in said
    )
    assert "Nothing was undone." in said
    assert [row.type for row in await services.events.history(key)][-1] == "hold_set"
    await slack.ben.presses("Undo this entry")
    assert "*Undone:* Set the date of" in words_of(slack.ben.last)
    assert slack.refused() == []


async def test_a_refusal_shows_the_firms_name_as_it_was_typed(slack: Slack, services: Services) -> None:
    await a_firm(services, "A &amp; <!here>", BEN)
    await slack.ben.types("/cais hold SEC inquiry")
    said = (await slack.ben.types("/cais hold another"))["text"]
    assert said.startswith("A &amp;amp; &lt;!here&gt; is under a legal hold")


async def test_members_see_it_and_cannot_change_it(slack: Slack, services: Services) -> None:
    key = await apex(services)
    assert "Only a lead" in words_of(await slack.lea.types("/cais hold SEC inquiry"))
    await services.set_hold(key, Act(person(BEN), "command"), "SEC inquiry")
    said = await slack.lea.types("/cais hold")
    assert SAID in words_of(said)
    assert "Lift the hold…" not in labels(said)
    assert "Only a lead" in words_of(await slack.lea.types("/cais hold lift it"))


async def test_personal_data_in_a_reason_is_refused_with_a_way_on(slack: Slack, services: Services) -> None:
    await apex(services)
    await slack.ben.types("/cais hold matter 123-45-6789")
    assert slack.ben.modal is not None
    assert "looks like a Social Security number" in words_of(slack.ben.modal)
    await slack.ben.submits({"ticket": ["yes"]})
    assert "matter 123-45-6789" in words_of(slack.ben.last)
