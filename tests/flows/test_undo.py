"""Undo: it takes back a whole click, loses nothing, and can itself be undone."""

import pytest

from flows import progress
from flows.evolve import fold
from flows.firms import Refusal
from flows.records import verify_position
from tests.flows.life import ANA, BEN, PACK, Life


def test_an_undo_takes_the_click_back_and_the_history_keeps_both() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2")

    assert life.undo()

    assert life.next == "s2"
    assert [r.type for r in life.history[-2:]] == ["task_completed", "undone"]


def test_undoing_the_undo_brings_it_back() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2", "already_registered")
    life.undo()

    life.undo(life.history[-1].sequence)

    assert life.item("s2").state == "done"
    assert life.position.tasks["s2"].outcome == "already_registered"


def test_one_click_that_brought_several_facts_is_undone_as_one() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.answer("methods", "agent", agents=["Apex Clearing", "Blue Bureau"])

    life.undo()

    assert life.position.agents == ()
    assert life.position.value("methods") == ()


def test_a_second_click_on_undo_does_nothing() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    of = life.history[-1].sequence
    life.undo(of)

    assert life.undo(of) is False


def test_typed_undo_takes_back_ones_own_last_click_not_a_colleagues() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2", who=BEN)

    life.undo(who=ANA)

    assert life.position.answers == {}
    assert "s2" in life.position.tasks


def test_what_somebody_changed_since_is_left_as_it_is() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2")
    of = life.history[-1].sequence
    life.take(progress.reopen(PACK, life.position, BEN, "s2", reason="Wrong form"), BEN)

    with pytest.raises(Refusal, match="Ben Cole") as refused:
        life.undo(of)
    assert refused.value.kind == "stale"


def test_set_up_is_not_undone_and_nothing_is_not_undone_either() -> None:
    life = Life()

    with pytest.raises(Refusal, match="nothing of yours"):
        life.undo()
    with pytest.raises(Refusal, match="/cais firm"):
        life.undo(1)
    with pytest.raises(Refusal):
        life.undo(99)


def test_folding_the_history_anew_gives_the_position_that_grew_step_by_step() -> None:
    life = Life().go("agent", "ui", agents=["Apex Clearing"])
    life.until("s6a")
    life.undo()
    life.undo(life.history[-1].sequence)
    life.wait("s3e") if life.item("s3e").state == "open" else life.done("s6i")

    assert fold(life.position.key, life.history) == life.position
    assert verify_position(life.history, life.position) is None
