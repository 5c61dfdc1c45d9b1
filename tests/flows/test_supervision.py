"""Supervision files: what is kept of each agent, each change with what was there before."""

from datetime import date

import pytest

from flows import answers
from flows.agent_file import AgentFile
from flows.events import FirmKey
from flows.evolve import fold
from flows.exports.whole import read, written
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.records import verify_position
from flows.summaries.changes import headline
from flows.supervision import keep
from tests.flows.exporting import export_of
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life

FILE = AgentFile(agreement="yes", place="Shared drive", repairs="Clear Co", mail="cy@example.com", phone="212-555-0100")


def kept(file: AgentFile = FILE) -> Life:
    life = Life().go("agent", agents=["Clear Co", "Blue Bureau"])
    life.take(keep(life.position, ANA, life.agent("Clear Co"), file, today=TODAY))
    return life


def last(life: Life) -> str:
    return sentence(PACK, life.position, life.history[-1])


def test_a_change_is_told_by_what_it_says_now_and_says_no_more() -> None:
    life = kept()
    said = last(life)
    assert said == (
        "Supervision file of Clear Co: agreement on hand (Shared drive); who repairs errors: Clear Co; "
        "contact cy@example.com, 212-555-0100"
    )
    changed = AgentFile(agreement="yes", place="Shared drive", repairs="us", certified="yes")
    life.take(keep(life.position, BEN, life.agent("Clear Co"), changed, today=TODAY), BEN)
    assert last(life) == (
        "Supervision file of Clear Co: who repairs errors: us; certified for CAIS production; "
        "no longer: who repairs errors: Clear Co; no longer: contact cy@example.com, 212-555-0100"
    )
    assert "Clear Co" in life.history[-1].before
    assert verify_position(life.history, life.position) is None


def test_the_same_again_and_a_form_from_before_somebody_elses_change_add_nothing() -> None:
    life = kept()
    agent, version = life.agent("Clear Co"), life.position.version
    assert keep(life.position, BEN, agent, FILE, today=TODAY) == []
    assert keep(life.position, BEN, agent, AgentFile(note="mine"), today=TODAY, seen=version - 1) == []
    assert keep(life.position, BEN, life.agent("Blue Bureau"), AgentFile(), today=TODAY) == []


@pytest.mark.parametrize("who", [VIC, EVE])
def test_only_members_and_leads_keep_it(who: Person) -> None:
    life = kept()
    with pytest.raises(Refusal):
        keep(life.position, who, life.agent("Clear Co"), AgentFile(note="x"), today=TODAY)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (AgentFile(place="Drive"), "agreement is on hand"),
        (AgentFile(agreement="yes", agreed_on=date(2027, 1, 4)), "still to come"),
        (AgentFile(certified_on=date(2022, 5, 2)), "has certified"),
        (AgentFile(certified="yes", certified_on=date(2010, 1, 4)), "before CAT existed"),
        (AgentFile(note="client 123-45-6789"), "Social Security"),
        (AgentFile(repairs="x" * 301), "300 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(file: AgentFile, why: str) -> None:
    life = kept()
    with pytest.raises(Refusal, match=why):
        keep(life.position, ANA, life.agent("Clear Co"), file, today=TODAY)


def test_an_agent_that_is_taken_off_keeps_its_file_as_ended_and_one_that_returns_goes_on_with_it() -> None:
    life = kept()
    agent = life.agent("Clear Co")
    life.take(answers.remove_agent(life.position, ANA, agent))
    ended = life.position.agent(agent)
    assert ended is not None
    assert ended.ended_at == life.now
    assert life.position.agent_files[agent].file == FILE
    life.take(keep(life.position, ANA, agent, AgentFile(note="ended in good order"), today=TODAY))
    life.take(answers.add_agents(life.position, ANA, ["Clear Co"]))
    back = life.position.agent(agent)
    assert back is not None
    assert back.ended_at is None
    assert life.position.agent_files[agent].file.note == "ended in good order"


def test_undo_brings_the_file_back_as_it_was_and_no_agent_is_undone_from_under_its_file() -> None:
    life = kept()
    added = next(r.sequence for r in life.history if r.type == "agent_added")
    with pytest.raises(Refusal, match="for this agent after that"):
        life.undo(added, BEN)
    life.take(keep(life.position, ANA, life.agent("Clear Co"), AgentFile(note="other"), today=TODAY))
    assert life.undo()
    assert life.position.agent_files[life.agent("Clear Co")].file == FILE


def test_a_summary_that_others_may_read_has_nothing_of_what_it_says() -> None:
    life = kept()
    told = headline(PACK, life.position, life.history[-1], {})
    assert told == "Supervision file kept: Clear Co"


def test_it_comes_back_whole_from_an_export() -> None:
    life = kept()
    (firm,) = read(written(export_of("json", life))).firms
    again = fold(FirmKey(firm.tenant, firm.firm), firm.events)
    assert again.agent_files == life.position.agent_files
