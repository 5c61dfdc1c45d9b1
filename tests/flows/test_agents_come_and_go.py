"""Agents leave, return and are replaced: what was recorded once does not count for a relationship that ended since."""

import pytest
from msgspec.structs import replace

from flows import answers, progress
from flows.records import record
from tests.flows.life import ANA, PACK, Life


def finished(*methods: str, agents: list[str]) -> Life:
    life = Life().go(*methods, agents=agents)
    life.until()
    return life


def changing(life: Life, new: str = "Blue Bureau") -> tuple[str, str]:
    """Begin a change from Apex Clearing; the ids of the change and of the new agent."""
    life.take(answers.start_change(life.position, ANA, life.agent("Apex Clearing"), new))
    return life.position.changes[-1].id, life.agent(new)


def test_a_production_relationship_that_was_ended_is_set_up_again_when_the_agent_is_used_again() -> None:
    life = finished("agent", agents=["Apex Clearing"])
    apex = life.agent("Apex Clearing")
    life.answer("methods", "ui")
    life.until()
    assert life.item(f"s6x[{apex}]").state == "done"

    life.answer("methods", "agent")

    assert life.next == f"s6c[{apex}]"
    assert life.position.tasks[f"s6c[{apex}]"].state == "done", "the old record stays as it was"
    life.done(f"s6c[{apex}]")
    life.answer("methods", "ui")
    assert life.next == f"s6x[{apex}]", "and it is to be ended a second time"


def test_a_change_to_another_agent_and_back_asks_for_both_relationships_again() -> None:
    life = finished("agent", agents=["Apex Clearing"])
    apex = life.agent("Apex Clearing")
    _, blue = changing(life)
    life.until()

    life.take(answers.start_change(life.position, ANA, blue, "Apex Clearing"))

    assert life.item(f"s6c[{apex}]").state == "open"
    assert life.item(f"s6x[{blue}]").state == "locked"
    assert life.until() == ["x1", "x2", "x3", "s6n", "s6c", "x4", "s6x", "x5", "x6"]


def test_the_old_relationship_is_not_ended_before_the_new_one_is_there() -> None:
    life = finished("agent", agents=["Apex Clearing"])
    change, blue = changing(life)
    life.until("s6c")
    life.wait(f"s6c[{blue}]", "Our SAA")

    assert life.next == f"x5[{change}]"
    for key in (f"x4[{change}]", f"s6x[{life.agent('Apex Clearing')}]"):
        assert life.item(key).state == "locked"


def test_a_firm_that_turns_to_self_reporting_ends_the_relationship_once_it_is_in_production_itself() -> None:
    life = Life("reporting").go("agent", agents=["Apex Clearing"])
    life.answer("methods", "ui")

    path = life.until()

    assert path.index("s6b0") < path.index("s6x")


def test_an_agent_named_by_a_firm_that_reports_alone_is_none_that_it_left() -> None:
    life = Life("reporting").go("ui")
    life.until()
    life.take(answers.add_agents(life.position, ANA, ["Coral"]))

    assert life.walk.ended, "nothing is to be done for it before step 4 says that agents report"
    assert not any(i.state == "open" for i in life.walk.items)

    life.answer("methods", "agent", "ui")
    assert life.next == f"s5[{life.agent('Coral')}]"
    life.answer("methods", "ui")
    life.until()
    assert life.item(f"s6x[{life.agent('Coral')}]").state == "done", "now it was left"


def test_what_is_recorded_of_leaving_an_agent_stays_in_the_list_though_it_was_named_again_since() -> None:
    life = finished("agent", agents=["Coral"])
    life.answer("methods", "ui")
    life.until()
    left = f"s6x[{life.agent('Coral')}]"
    assert life.item(left).state == "done"
    life.take(answers.remove_agent(life.position, ANA, life.agent("Coral")))
    life.take(answers.add_agents(life.position, ANA, ["Coral"]))
    assert life.item(left).state == "done"


def test_what_the_source_puts_later_is_not_next_while_anything_else_is_open() -> None:
    life = finished("agent", agents=["Apex Clearing", "Coral"])
    apex = life.agent("Apex Clearing")
    life.take(progress.reopen(PACK, life.position, ANA, f"s5[{apex}]", reason="Wrong"))
    life.take(progress.reopen(PACK, life.position, ANA, f"s6c[{apex}]", reason="Wrong"))
    life.wait(f"s5[{apex}]")
    life.take(progress.reopen(PACK, life.position, ANA, f"s6c[{life.agent('Coral')}]", reason="Wrong"))

    assert life.next == f"s6c[{life.agent('Coral')}]"
    life.done(life.next)
    assert life.next == f"s6c[{apex}]"


def test_an_agent_that_returns_after_certification_brings_the_question_about_a_new_request() -> None:
    life = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])
    blue = life.agent("Blue Bureau")
    life.take(answers.remove_agent(life.position, ANA, blue))
    life.until()

    life.take(answers.add_agents(life.position, ANA, ["Blue Bureau"]))

    assert life.item(f"s6n[{blue}]").state == "open"


def test_a_self_reporting_firm_that_adds_its_first_agent_is_asked_once_about_a_new_request() -> None:
    life = finished("ui", agents=[])

    life.answer("methods", "agent", "ui", agents=["Apex Clearing"])

    apex = life.agent("Apex Clearing")
    assert life.item("s6r").state == "not_applicable"
    assert {i.task.id for i in life.walk.items if i.state in ("open", "locked")} == {"s5", "s6a", "s6n", "s6c"}
    assert life.item(f"s6n[{apex}]").state == "open"


def test_of_a_change_that_was_called_off_nothing_is_left_to_do() -> None:
    life = finished("agent", agents=["Apex Clearing"])
    change, blue = changing(life)
    life.done(f"x1[{change}]")

    life.take(answers.remove_agent(life.position, ANA, blue))
    life.take(answers.add_agents(life.position, ANA, ["Apex Clearing"]))

    assert life.item(f"x2[{change}]").state == "not_applicable"
    assert life.item(f"x1[{change}]").state == "done"
    assert life.until() == ["s6n"]


def test_an_answer_ends_the_waits_of_its_question_for_good() -> None:
    life = Life()
    life.answer("fdid_duty", "unsure")
    life.wait("s1h", "Helpdesk")
    life.answer("fdid_duty", "yes")

    life.answer("fdid_duty", "unsure")

    assert life.walk.waiting == ()
    assert life.next == "s1h"


def test_the_walk_names_what_was_set_aside_by_hand() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until("s6r")
    life.take(progress.set_aside(PACK, life.position, ANA, "s6r", reason="The Helpdesk said so"))
    life.until()

    assert [i.key for i in life.walk.set_aside] == ["s6r"]


@pytest.mark.parametrize("later", [True, False])
def test_a_firm_that_began_as_practice_stays_marked(later: bool) -> None:
    life = Life()
    practised = answers.give(PACK, life.position, ANA, "fdid_duty", ["yes"], today=life.now.date())
    life.position = record(life.position, practised, replace(life.stamp(ANA), practice=True)).position

    life.done("s2") if later else None

    assert life.position.practice
