"""A lead copies the answers of one firm into another, after a look; what is the firm's own stays where it is."""

import msgspec
import pytest

from flows.copying import plan
from flows.events import FirmKey
from flows.firms import Refusal
from flows.position import Position
from flows.records import verify
from flows.services import Act, Services
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person


async def answered(services: Services, name: str = "Apex Securities", lead: str = BEN) -> Position:
    """A firm that reports through an agent, with a task done and a note."""
    key = (await a_firm(services, name, lead)).key

    def act(nth: int) -> Act:
        return Act(person(lead), "button", f"{name}-{nth}")

    await services.answer(key, act(1), "fdid_duty", ["yes"], basis="Their own reasons.")
    await services.complete(key, act(2), "s2", outcome="submitted")
    await services.add_note(key, act(3), "Their own note.")
    await services.answer(key, act(4), "methods", ["agent", "ui"], agents=["Alpha Clearing"])
    return await services.position(key, person(lead))


async def now(services: Services, firm: Position) -> Position:
    return await services.position(firm.key, person(BEN))


async def test_answers_are_looked_at_then_copied_and_taken_back_in_one_click(slack: Slack, services: Services) -> None:
    source, target = await answered(services), await a_firm(services, "Birch Brokers", BEN, U0LEA="member")
    untouched = source.version
    await slack.ben.types("/cais firm copy for Birch Brokers")
    await slack.ben.picks("Choose a firm", "Apex Securities")
    shown = words_of(slack.ben.last)
    assert "Copy 2 answers and 1 agent from *Apex Securities* into *Birch Brokers*? It adds" in shown
    assert "*Through a CAT Reporting Agent, Typed into the portal* (now: no answer yet)" in shown
    assert "• Agents: Alpha Clearing is added" in shown
    assert "Appears" in shown
    assert (await now(services, target)).version == target.version

    await slack.ben.presses("Copy these answers")
    copied = await now(services, target)
    assert (copied.value("fdid_duty"), copied.value("methods")) == (("yes",), ("agent", "ui"))
    assert [a.name for a in copied.agents] == ["Alpha Clearing"]
    assert copied.answers["fdid_duty"].basis == ""
    assert "done" not in {t.state for t in copied.tasks.values()}
    assert (await now(services, source)).version == untouched, "nothing is recorded where they come from"
    rows = await services.events.history(target.key)
    assert verify(rows) is None
    assert not any("Apex" in row.payload + row.before + row.after for row in rows)
    said = words_of(await slack.lea.types("/cais history for Birch Brokers"))
    assert "Copied 2 answers and 1 agent from another firm that this person leads" in said
    assert "Apex" not in said

    await slack.ben.presses("Undo")
    back = await now(services, target)
    assert (back.answers, back.agents) == ({}, ())
    assert slack.refused() == []


async def test_what_each_answer_is_now_and_what_drops_out_is_said(slack: Slack, services: Services) -> None:
    await answered(services)
    target = await answered(services, "Birch Brokers")
    await services.answer(target.key, Act(person(BEN), "button", "other"), "methods", ["agent"])
    shown = words_of(await slack.ben.types("/cais firm copy Apex Securities for Birch Brokers"))
    assert "Copy 1 answer from *Apex Securities*" in shown
    assert "(now: Through a CAT Reporting Agent)" in shown
    assert "Alpha Clearing" not in shown, "it is there already"


async def test_the_same_again_copies_nothing_and_what_changed_since_is_shown_anew(
    slack: Slack, services: Services
) -> None:
    source, target = await answered(services), await a_firm(services, "Birch Brokers", BEN)
    older = await slack.ben.types("/cais firm copy Apex Securities for Birch Brokers")
    looked = await slack.ben.types("/cais firm copy Apex Securities for Birch Brokers")
    await services.add_agents(source.key, Act(person(BEN), "button", "more"), ["Beta Bureau"])
    await slack.ben.presses("Copy these answers", on=looked)
    assert (await now(services, target)).version == target.version
    assert "changed meanwhile, so nothing was copied" in words_of(slack.ben.last)
    assert "Alpha Clearing, Beta Bureau are added" in words_of(slack.ben.last)
    await slack.ben.presses("Copy these answers", on=slack.ben.last)
    version = (await now(services, target)).version
    await slack.ben.presses("Copy these answers", on=older)
    assert "same already" in "".join(map(words_of, slack.ben.sees))
    assert (await now(services, target)).version == version


async def test_an_answer_that_needs_a_basis_is_not_copied(slack: Slack, services: Services) -> None:
    source = await a_firm(services, "Apex Securities", BEN)
    await services.answer(source.key, Act(person(BEN), "button", "no"), "fdid_duty", ["no"], basis="We only advise.")
    await a_firm(services, "Birch Brokers", BEN)
    shown = await slack.ben.types("/cais firm copy Apex Securities for Birch Brokers")
    assert "needs a basis of the firm's own" in words_of(shown)
    assert "We only advise" not in words_of(shown)
    assert "Copy these answers" not in labels(shown)


@pytest.mark.parametrize("named", ["Birch Brokers", "Birch"])
async def test_the_same_firm_is_said_to_be_the_same(slack: Slack, services: Services, named: str) -> None:
    await a_firm(services, "Birch Brokers", BEN)
    await a_firm(services, "Apex Securities", BEN)
    said = words_of(await slack.ben.types(f"/cais firm copy {named} for {named}"))
    assert "Both names mean the same firm, Birch Brokers, so there is nothing to copy." in said


async def test_a_name_that_is_nearly_one_goes_on_with_the_copy(slack: Slack, services: Services) -> None:
    await answered(services)
    await a_firm(services, "Birch Brokers", BEN)
    await a_firm(services, "Cedar Capital", LEA, U0BEN="member")
    assert "You do not lead Cedar Capital" in words_of(await slack.ben.types("/cais firm copy Cedar for Birch"))
    await slack.ben.types("/cais firm copy Apex Securties for Birch")
    await slack.ben.presses("Apex Securities")
    assert "from *Apex Securities* into *Birch Brokers*?" in words_of(slack.ben.last)


async def test_only_a_lead_of_both_may_and_nobody_else_learns_that_a_firm_is_there(
    slack: Slack, services: Services
) -> None:
    source = await answered(services, "Zephyrine Brokers", LEA)
    target = await a_firm(services, "Birch Brokers", BEN)
    unknown = words_of(await slack.ben.types("/cais firm copy Zephyrine Brokers"))
    assert unknown.replace("Zephyrine Brokers", "Nowhere") == words_of(await slack.ben.types("/cais firm copy Nowhere"))
    for role, why in (("member", "Only a lead of Zephyrine"), ("", "not a member")):
        if role:
            await services.set_member(source.key, Act(person(LEA), "modal", "add"), person(BEN), "member")
        else:
            await services.remove_member(source.key, Act(person(LEA), "modal", "off"), BEN_ID)
        with pytest.raises(Refusal, match=why):
            await services.copying.copy(target.key, Act(person(BEN), "button", role), source.key, "any")
        with pytest.raises(Refusal, match=why):
            await services.copying.look(target, source.key, person(BEN))
    assert (await now(services, target)).version == target.version


BEN_ID = person(BEN).id


async def test_a_member_of_the_target_cannot_take_it_back(slack: Slack, services: Services) -> None:
    await answered(services)
    target = await a_firm(services, "Birch Brokers", BEN, U0LEA="member")
    await slack.ben.types("/cais firm copy Apex Securities for Birch Brokers")
    await slack.ben.presses("Copy these answers")
    copied = await now(services, target)
    with pytest.raises(Refusal, match="Only a lead"):
        await services.undo(target.key, Act(person(LEA), "button", "undo"), copied.version)


async def test_an_answer_of_an_agent_without_any_is_left_out(services: Services) -> None:
    source = await answered(services)
    target = await a_firm(services, "Birch Brokers", BEN)
    gone = msgspec.structs.replace(source, agents=())
    planned = plan(services.pack, gone, target, person(BEN))
    assert [c.question.id for c in planned.answers] == ["fdid_duty"]
    assert FirmKey(TENANT, target.key.firm) == target.key
