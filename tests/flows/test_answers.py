"""Decisions about answers and agents."""

from datetime import date

import pytest

from flows import answers
from flows.firms import Refusal
from flows.records import record
from flows.walk import preview
from tests.flows.life import ANA, BEN, PACK, TODAY, VIC, Life


def test_a_no_needs_its_basis() -> None:
    with pytest.raises(Refusal, match="basis"):
        Life().answer("fdid_duty", "no", basis=" ")


def test_the_same_answer_again_adds_nothing() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")

    assert life.answer("fdid_duty", "yes") == []


@pytest.mark.parametrize(
    ("fact", "value"), [("fdid_duty", ("maybe",)), ("fdid_duty", ("yes", "no")), ("methods", ()), ("colour", ("red",))]
)
def test_an_answer_that_is_none_of_the_choices_is_refused(fact: str, value: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        Life().answer(fact, *value, basis="x")


def test_the_agent_route_needs_an_agent_by_name() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")

    with pytest.raises(Refusal, match="Name the agent"):
        life.answer("methods", "agent")


def test_a_viewer_answers_nothing() -> None:
    with pytest.raises(Refusal):
        Life().answer("fdid_duty", "yes", who=VIC)


def test_agents_are_named_once_whatever_the_case_and_spaces() -> None:
    life = Life().go("agent", agents=["Apex Clearing", " apex  clearing ", ""])

    assert [a.name for a in life.position.agents] == ["Apex Clearing"]


def test_an_agent_taken_off_comes_back_with_its_record() -> None:
    life = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])
    blue = life.agent("Blue Bureau")
    life.done(f"s5[{blue}]")
    life.take(answers.remove_agent(life.position, ANA, blue))
    assert life.item(f"s5[{blue}]").state == "not_applicable"

    life.take(answers.add_agents(life.position, ANA, ["blue bureau"]))

    assert life.item(f"s5[{blue}]").state == "done"


def test_an_agents_id_is_never_used_again_even_after_an_undo() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.take(answers.add_agents(life.position, ANA, ["Blue Bureau"]))
    blue = life.agent("Blue Bureau")
    life.done(f"s5[{blue}]")
    life.undo()
    life.undo()

    life.take(answers.add_agents(life.position, ANA, ["Coral Services"]))

    assert life.agent("Coral Services") != blue
    assert life.item(f"s5[{life.agent('Coral Services')}]").state == "open"


def test_the_preview_names_what_appears_what_drops_out_and_what_returns_and_records_nothing() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    key = f"s5[{life.agent('Apex Clearing')}]"
    life.done(key)
    to_self = answers.give(PACK, life.position, ANA, "methods", ("ui",), today=TODAY)

    seen = preview(PACK, life.position, record(life.position, to_self, life.stamp(ANA)).position)

    assert [i.task.id for i in seen.appear] == ["s6i"]
    assert key in {i.key for i in seen.disappear}
    assert seen.keeps == 1

    life.take(to_self)
    back = answers.give(PACK, life.position, ANA, "methods", ("agent",), today=TODAY)
    seen = preview(PACK, life.position, record(life.position, back, life.stamp(ANA)).position)
    assert [i.key for i in seen.returns] == [key]
    assert life.item(key).state == "not_applicable"


def test_a_change_of_agent_to_the_same_name_or_to_nobody_is_refused() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    old = life.agent("Apex Clearing")

    for name in ("", "apex clearing"):
        with pytest.raises(Refusal):
            answers.start_change(life.position, ANA, old, name)


def test_more_agents_than_a_card_can_show_are_refused() -> None:
    life = Life()

    with pytest.raises(Refusal, match="20"):
        answers.add_agents(life.position, ANA, [f"Agent {chr(65 + n)}" for n in range(21)])


def test_only_agents_that_report_for_the_firm_count_towards_the_most_it_can_name() -> None:
    life = Life().go("agent", agents=[f"Agent {chr(65 + n)}" for n in range(20)])
    life.take(answers.start_change(life.position, ANA, life.agent("Agent A"), "Agent U"))

    with pytest.raises(Refusal, match="20"):
        answers.add_agents(life.position, ANA, ["Agent V"])
    with pytest.raises(Refusal, match="20"):
        answers.start_change(life.position, ANA, "", "Agent V", old_name="Agent W")
    life.take(answers.remove_agent(life.position, ANA, life.agent("Agent B")))
    assert answers.add_agents(life.position, ANA, ["Agent V"])


def test_a_new_agents_name_is_as_short_in_a_change_as_elsewhere() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])

    with pytest.raises(Refusal, match="80"):
        answers.start_change(life.position, ANA, life.agent("Apex Clearing"), "B" * 81)


def test_the_same_change_of_agent_from_two_forms_is_one_change() -> None:
    life = Life("changing")
    life.take(answers.start_change(life.position, ANA, "", "Blue Bureau", old_name="Apex Clearing"))
    apex = life.agent("Apex Clearing")

    assert answers.start_change(life.position, BEN, "", "blue bureau", old_name="apex  clearing") == []
    assert answers.start_change(life.position, BEN, apex, "Blue Bureau") == []


@pytest.mark.parametrize("named", [True, False])
def test_an_agent_that_is_leaving_already_does_not_leave_for_a_third_one(named: bool) -> None:
    life = Life("changing")
    life.take(answers.start_change(life.position, ANA, "", "Blue Bureau", old_name="Apex Clearing"))
    old = "" if named else life.agent("Apex Clearing")

    with pytest.raises(Refusal, match="Apex Clearing is leaving already"):
        answers.start_change(life.position, BEN, old, "Coral", old_name="Apex Clearing")


def test_a_number_confirmed_to_be_a_ticket_is_let_through_in_agents_names_too() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")

    assert life.answer("methods", "agent", agents=["Desk 4021234567"], ticket=True)
    assert answers.start_change(life.position, ANA, "", "Coral", old_name="Desk 5021234567", ticket=True)


def test_the_day_an_answer_was_decided_can_be_corrected() -> None:
    life = Life("reporting")
    life.answer("fdid_duty", "yes")

    assert life.answer("fdid_duty", "yes", happened_on=date(2020, 5, 1))
    assert life.position.answers["fdid_duty"].happened_on == date(2020, 5, 1)
    assert life.answer("fdid_duty", "yes", happened_on=date(2020, 5, 1)) == []
    assert life.answer("fdid_duty", "yes") == []
    with pytest.raises(Refusal, match="before CAT"):
        life.answer("fdid_duty", "yes", happened_on=date(1800, 5, 1))
