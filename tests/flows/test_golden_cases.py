"""The golden cases of the reading, as a firm meets them."""

from flows import answers
from tests.flows.life import ANA, Life


def test_with_one_of_two_agents_certified_the_other_agent_comes_before_the_helpdesk_request() -> None:
    life = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])
    life.until("s6a")
    life.done(f"s6a[{life.agent('Apex Clearing')}]")

    waiting = f"s6a[{life.agent('Blue Bureau')}]"
    assert life.next == waiting
    assert life.item("s6r").state == "locked"

    life.wait(waiting, whom="Blue Bureau")
    assert life.next == ""
    assert [i.key for i in life.walk.waiting] == [waiting]
    assert life.item("s6r").state == "locked"


def test_for_a_self_reporting_firm_step_five_does_not_apply_and_does_not_count() -> None:
    life = Life().go("ui")

    assert life.item("s5").state == "not_applicable"
    assert life.walk.total == 9  # s1 s2 s3e s3 s4 s6i s6e s6b0 s6b
    assert life.until() == ["s6i", "s6e", "s6b0", "s6b"]
    assert life.walk.done == life.walk.total
    assert life.walk.outcome is not None
    assert life.walk.outcome.id == "prepared"


def test_a_mixed_firm_counts_both_ways_and_self_certification_alone_opens_no_production() -> None:
    life = Life().go("agent", "upload", agents=["Apex Clearing"])
    agent = life.agent("Apex Clearing")
    life.done(f"s5[{agent}]")

    life.done("s6i")

    assert life.walk.total == 13  # the union: s1 s2 s3e s3 s4 s5 s6i s6a s6r s6e s6b0 s6b s6c
    assert life.item("s6e").state == "locked"
    assert life.item(f"s6c[{agent}]").state == "locked"


def test_an_already_registered_firm_finishes_step_two_by_saying_so() -> None:
    life = Life("reporting")
    life.answer("fdid_duty", "yes")

    life.done("s2", "already_registered", earlier=True)

    record = life.item("s2").record
    assert record is not None
    assert (record.outcome, record.earlier) == ("already_registered", True)
    assert life.next == "s3e"


def test_no_obligation_is_an_end_of_its_own_and_no_share_of_the_way() -> None:
    life = Life()
    life.answer("fdid_duty", "no")

    walk = life.walk
    assert walk.outcome is not None
    assert walk.outcome.id == "no_obligation"
    assert walk.next is None
    assert {i.state for i in walk.items if i.task.id not in ("s1",)} == {"not_applicable"}


def test_switching_from_agent_to_self_and_back_brings_the_old_record_back() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    key = f"s5[{life.agent('Apex Clearing')}]"
    life.done(key)

    life.answer("methods", "ui")
    assert life.item(key).state == "not_applicable"

    life.answer("methods", "agent")
    assert life.item(key).state == "done"
    assert life.item(key).record == life.position.tasks[key]


def test_with_the_saa_alone_step_three_is_finished_without_any_grant() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2")
    life.done("s3e")

    life.done("s3", "saa_only")

    assert all(i.state == "done" for i in life.walk.of_step("3"))
    assert life.next == "s4"


def test_the_last_production_relationship_ends_with_the_notice_that_this_is_not_yet_compliance() -> None:
    life = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])

    path = life.until()

    assert path[-2:] == ["s6c", "s6c"]
    assert life.walk.outcome is not None
    assert "not the same as compliant" in life.walk.outcome.say


def test_unsure_leaves_the_helpdesk_question_open_and_everything_else_locked_but_there() -> None:
    life = Life()
    life.answer("fdid_duty", "unsure")

    assert life.next == "s1h"
    assert life.walk.outcome is not None
    assert (life.walk.outcome.id, life.walk.outcome.resting) == ("unsure", True)
    assert life.item("s2").state == "later"

    life.answer("fdid_duty", "yes")
    assert life.next == "s2"


def test_an_agent_added_after_certification_brings_its_tasks_and_the_question_about_a_new_request() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until()

    life.take(answers.add_agents(life.position, ANA, ["Blue Bureau"]))

    new = life.agent("Blue Bureau")
    open_or_locked = {i.key for i in life.walk.items if i.state in ("open", "locked")}
    assert open_or_locked == {f"s5[{new}]", f"s6a[{new}]", f"s6n[{new}]", f"s6c[{new}]"}
    assert life.walk.outcome is None


def test_taking_an_agent_off_asks_to_end_its_production_relationship() -> None:
    life = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])
    life.until()
    old = life.agent("Blue Bureau")

    life.take(answers.remove_agent(life.position, ANA, old))

    assert life.next == f"s6x[{old}]"
    assert life.item(f"s6c[{old}]").state == "not_applicable"
    assert life.item(f"s6c[{old}]").record is not None


def test_a_change_of_clearing_firm_runs_its_loop_in_the_order_of_the_reading() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until()
    old = life.agent("Apex Clearing")

    life.take(answers.start_change(life.position, ANA, old, "Blue Bureau"))

    path = life.until()
    assert path == ["x1", "x2", "x3", "s5", "s6a", "s6n", "s6c", "x4", "s6x", "x5", "x6"]
    assert life.walk.outcome is not None
    assert life.walk.outcome.id == "prepared"


def test_a_firm_that_arrives_in_the_middle_of_a_change_is_not_asked_the_same_thing_twice() -> None:
    life = Life("changing")
    life.take(answers.start_change(life.position, ANA, "", "Blue Bureau", old_name="Apex Clearing"))

    life.answer("fdid_duty", "yes")

    assert life.walk.item("x1[" + life.position.changes[0].id + "]").state == "not_applicable"  # type: ignore[union-attr]
    path = life.until()
    assert path == ["s2", "s3e", "s3", "x3", "s5", "s6a", "s6r", "s6e", "s6b0", "s6b", "s6c", "x4", "s6x", "x5", "x6"]


def test_answering_step_one_again_during_a_change_of_agent_takes_no_task_away() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until()
    life.take(answers.start_change(life.position, ANA, life.agent("Apex Clearing"), "Blue Bureau"))
    change = life.position.changes[0].id
    life.done(f"x1[{change}]")

    life.answer("fdid_duty", "yes", basis="Looked at again with the new agent.")

    assert life.item(f"x1[{change}]").state == "done"
    assert life.item(f"x2[{change}]").state == "open"
