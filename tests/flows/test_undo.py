"""Undo: it takes back a whole click, loses nothing, and can itself be undone."""

from datetime import date
from typing import get_args

import pytest
from msgspec.structs import fields

from flows import answers, own_dates, progress, setting_up
from flows.events import AnyEvent, Event, TaskDueSet, TextRefused, Told
from flows.evolve import fold
from flows.firms import Refusal
from flows.records import verify_position
from flows.undo import FINAL, ChangedSince, NotTheLast, left_standing
from tests.flows.life import ANA, BEN, PACK, TODAY, Life


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


def a_plan(life: Life) -> int:
    """A plan for two tasks and the target; the number of its first row."""
    dates = {"s2": date(2026, 12, 15), "s3e": date(2026, 12, 18)}
    life.take(own_dates.accept_plan(PACK, life.position, ANA, dates, today=TODAY, target=date(2027, 3, 1)))
    return life.history[-1].sequence - 2


def due(life: Life) -> dict[str, str]:
    return {task: str(kept.on) for task, kept in life.position.task_due.items()}


@pytest.mark.parametrize("by_number", [True, False])
def test_of_several_dates_of_one_click_those_that_nobody_changed_since_are_taken_back(by_number: bool) -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    of = a_plan(life)
    life.take(own_dates.set_task_due(PACK, life.position, BEN, "s2", date(2027, 1, 5), today=TODAY), BEN)

    assert life.undo(of if by_number else None)

    assert due(life) == {"s2": "2027-01-05"}
    assert life.position.target is None
    (left,) = left_standing(life.history, life.history[-1])
    assert (left.actor, left.event) == (BEN.id, TaskDueSet(task="s2", due=date(2027, 1, 5)))
    assert life.undo(of) is False, "there is nothing more of it that is nobody else's by now"
    assert verify_position(life.history, life.position) is None


def test_what_an_undo_left_can_be_taken_back_once_the_change_after_it_is_and_a_redo_brings_the_others_back() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    of = a_plan(life)
    life.take(own_dates.set_task_due(PACK, life.position, BEN, "s3e", date(2027, 1, 5), today=TODAY), BEN)
    life.undo(of)
    life.undo(life.history[-1].sequence)
    assert due(life) == {"s2": "2026-12-15", "s3e": "2027-01-05"}

    life.undo(of)
    life.undo(who=BEN)
    assert due(life) == {"s3e": "2026-12-18"}
    life.undo(of)
    assert due(life) == {}

    life.undo()
    assert life.position.answers == {}, "the plan is behind them, whole"


def test_where_all_of_them_were_changed_since_nothing_is_undone_and_it_says_by_what() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.take(
        own_dates.accept_plan(PACK, life.position, ANA, dict.fromkeys(["s2", "s3e"], date(2026, 12, 15)), today=TODAY)
    )
    for task in ("s2", "s3e"):
        life.take(own_dates.set_task_due(PACK, life.position, BEN, task, None, today=TODAY), BEN)

    with pytest.raises(ChangedSince, match="Ben Cole changed this again") as refused:
        life.undo()

    assert refused.value.by.event == TaskDueSet(task="s2", due=None)


def test_set_up_is_not_undone_and_nothing_is_not_undone_either() -> None:
    life = Life()

    with pytest.raises(Refusal, match="nothing of yours"):
        life.undo(who=BEN)
    with pytest.raises(Refusal, match=r"not reach what you did last. `/cais firm members`.* Nothing was undone.$"):
        life.undo()
    with pytest.raises(Refusal, match="/cais firm"):
        life.undo(1)
    with pytest.raises(Refusal):
        life.undo(99)


def test_what_set_up_brought_along_is_no_way_to_undo_the_set_up() -> None:
    life = Life(channel="slack:-/T1/C1", precheck="yes", profile="yes")

    with pytest.raises(Refusal, match="not reach what you did last"):
        life.undo()
    for row in life.history[:5]:
        with pytest.raises(Refusal, match="/cais firm"):
            life.undo(row.sequence)
    assert (life.position.name, len(life.position.members)) == ("Apex", 3)


MADE_UP = {str: "x", int: 1, date: TODAY, tuple[Told, ...]: ()}


@pytest.mark.parametrize("kind", [k for k in get_args(AnyEvent) if k.__struct_config__.tag in FINAL - {"text_refused"}])
def test_after_what_undo_does_not_reach_nothing_older_is_taken_back_unasked(kind: type[Event]) -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    answered = life.history[-1].sequence
    made_up = {f.name: MADE_UP.get(f.type, get_args(f.type)[:1]) for f in fields(kind) if f.required}
    last = kind(**{name: value[0] if isinstance(value, tuple) and value else value for name, value in made_up.items()})
    life.take([last])  # type: ignore[list-item]  # one of its members

    with pytest.raises(NotTheLast) as refused:
        life.undo()

    assert (refused.value.last.event, refused.value.before) == (last, life.history[answered - 1])
    assert f"`/cais undo {answered}` takes back what you did before that." in refused.value.sentence
    assert life.undo(answered)


def test_that_text_was_refused_is_nothing_a_person_did() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.take([TextRefused(looked_like="a Social Security number")])
    assert life.undo()
    assert life.position.answers == {}


def test_what_only_a_lead_may_do_only_a_lead_may_undo_or_bring_back() -> None:
    life = Life()
    life.take(setting_up.link_channel(life.position, ANA, "C1"))
    linked = life.history[-1].sequence

    with pytest.raises(Refusal, match="Only a lead") as refused:
        life.undo(linked, who=BEN)
    assert refused.value.kind == "rights"

    life.undo(linked)
    with pytest.raises(Refusal, match="Only a lead"):
        life.undo(life.history[-1].sequence, who=BEN)
    assert life.position.channels == ()


def test_an_undo_is_not_undone_where_somebody_did_the_thing_anew_since() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2", "submitted")
    life.undo()
    undo = life.history[-1].sequence
    life.done("s2", "already_registered", who=BEN)

    with pytest.raises(Refusal, match="Ben Cole changed"):
        life.undo(undo)


def test_no_undo_brings_a_second_agent_of_the_same_name() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.take(answers.add_agents(life.position, ANA, ["Coral"]))
    life.undo()
    undo = life.history[-1].sequence
    life.take(answers.add_agents(life.position, BEN, ["coral"]), BEN)

    with pytest.raises(Refusal, match="Coral"):
        life.undo(undo)


def test_a_date_of_every_year_does_not_come_back_beside_another_of_its_name() -> None:
    life = Life()
    life.take(own_dates.set_recurring(life.position, ANA, "Review", 3, 15))
    (review,) = life.position.recurring
    life.take(own_dates.remove_recurring(life.position, ANA, review.id))
    removed = life.history[-1].sequence
    life.take(own_dates.set_recurring(life.position, ANA, "review", 5, 1))
    with pytest.raises(Refusal, match="Another date of every year is called"):
        life.undo(of=removed)
    assert len(life.position.recurring) == 1


def test_in_a_chain_of_undos_what_changes_nothing_is_recorded_as_nothing() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2")
    of = life.history[-1].sequence
    life.undo(of)
    life.undo(life.history[-1].sequence)
    brought_back = life.history[-1].sequence
    life.undo(of)
    taken_back = life.history[-1].sequence

    assert life.undo(brought_back) is False
    assert life.undo(taken_back) is True
    assert life.item("s2").state == "done"


@pytest.mark.parametrize("what", ["done", "evidence", "note", "change"])
def test_an_agent_that_was_worked_for_since_is_not_undone(what: str) -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    of = life.history[-1].sequence
    agent = life.agent("Apex Clearing")
    key = f"s5[{agent}]"
    work = {
        "done": lambda: progress.complete(PACK, life.position, BEN, key, today=TODAY),
        "evidence": lambda: progress.add_evidence(
            PACK, life.position, BEN, key, kind="note", text="Saved", today=TODAY
        ),
        "note": lambda: progress.add_note(PACK, life.position, BEN, text="Called", key=key),
        "change": lambda: answers.start_change(life.position, BEN, agent, "Coral"),
    }
    life.take(work[what](), BEN)

    with pytest.raises(Refusal, match="Ben Cole"):
        life.undo(of)
    assert life.position.agent(agent)


def test_a_change_of_agent_that_was_worked_for_since_is_not_undone() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.take(answers.start_change(life.position, ANA, life.agent("Apex Clearing"), "Coral"))
    of = life.history[-1].sequence
    life.done(f"x3[{life.position.changes[0].id}]", who=BEN)

    with pytest.raises(Refusal, match="Ben Cole"):
        life.undo(of)


def test_folding_the_history_anew_gives_the_position_that_grew_step_by_step() -> None:
    life = Life().go("agent", "ui", agents=["Apex Clearing"])
    life.until("s6a")
    life.undo()
    life.undo(life.history[-1].sequence)
    life.wait("s3e") if life.item("s3e").state == "open" else life.done("s6i")

    assert fold(life.position.key, life.history) == life.position
    assert verify_position(life.history, life.position) is None
