"""Decisions about answers and agents."""

import pytest

from flows import answers
from flows.firms import Refusal
from flows.records import record
from flows.walk import preview
from tests.flows.life import ANA, PACK, TODAY, VIC, Life


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
