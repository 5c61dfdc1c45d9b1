"""A legal hold: who may set it, what it refuses, and that every refusal says who set it, when and why."""

from collections.abc import Callable
from typing import Any

import pytest

from flows import legal_hold, progress
from flows.documents import library
from flows.evidence import pieces
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.records import verify_position
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life
from tests.flows.test_documents import document

ADMIN = Person("slack:-/T1/UADM", "Ada Admin", admin=True)


def held(reason: str = "SEC inquiry") -> Life:
    life = Life()
    life.take(library.add(life.position, ANA, document()))
    life.take(progress.add_note(PACK, life.position, ANA, text="kept", key="s1"))
    evidence: dict[str, Any] = {"kind": "link", "text": "https://example.com/form"}
    life.take(progress.add_evidence(PACK, life.position, ANA, "s1", today=TODAY, **evidence))
    life.take(legal_hold.set_hold(life.position, ANA, reason))
    return life


@pytest.mark.parametrize("who", [BEN, VIC, EVE])
def test_only_a_lead_or_an_admin_sets_and_lifts_it(who: Person) -> None:
    for decide in (legal_hold.set_hold, legal_hold.lift_hold):
        with pytest.raises(Refusal):
            decide(held().position, who, "why")
    assert legal_hold.set_hold(Life().position, ADMIN, "why")
    assert legal_hold.lift_hold(held().position, ADMIN, "why")


@pytest.mark.parametrize(
    "remove",
    [
        lambda life: library.remove(life.position, ANA, "d1", reason="old"),
        lambda life: library.remove(life.position, ANA, "d1", replaced_by="new.pdf"),
        lambda life: library.may_expect(life.position, ANA, "new.pdf", 5, [], "d1"),
        lambda life: pieces.remove(life.position, life.history, ANA, life.history[-2].sequence, reason="old"),
        lambda life: life.undo(next(r.sequence for r in life.history if r.type == "note_added")),
        lambda life: life.undo(next(r.sequence for r in life.history if r.type == "evidence_added")),
    ],
)
def test_nothing_is_removed_under_it_and_it_says_who_when_and_why(remove: Callable[[Life], object]) -> None:
    life = held()
    with pytest.raises(Refusal) as refused:
        remove(life)
    assert refused.value.kind == "hold"
    said = "Apex is under a legal hold, set by Ana Ruiz on Nov 23, 2026: “SEC inquiry”."
    assert refused.value.sentence.startswith(said)


def test_everything_else_goes_on_and_what_was_taken_back_may_come_back() -> None:
    life = Life()
    life.take(progress.add_note(PACK, life.position, ANA, text="kept", key="s1"))
    life.undo()
    life.take(legal_hold.set_hold(life.position, ANA, "why"))
    undo = next(row.sequence for row in life.history if row.type == "undone")
    assert life.undo(undo), "a note that comes back is not removed"
    life.answer("fdid_duty", "yes")
    assert life.undo(), "an answer that is taken back takes no note and no evidence away"


def test_lifted_things_can_be_removed_again_and_both_stay_in_the_history() -> None:
    life = held()
    life.take(legal_hold.lift_hold(life.position, ANA, "closed"))
    assert life.position.hold is None
    assert legal_hold.lift_hold(life.position, ANA, "closed") == []
    life.take(library.remove(life.position, ANA, "d1", reason="old"))
    said = [sentence(PACK, life.position, row) for row in life.history[-3:]]
    assert said[:2] == [
        "Set a legal hold. Reason: SEC inquiry",
        "Lifted the legal hold. Reason: closed",
    ]
    assert verify_position(life.history, life.position) is None


def test_a_second_one_is_refused_so_that_the_first_ones_reason_is_not_lost() -> None:
    with pytest.raises(Refusal, match=r"SEC inquiry.*another matter"):
        legal_hold.set_hold(held().position, ANA, "something else")


def test_it_needs_a_reason_without_personal_data_and_undo_does_not_reach_it() -> None:
    for reason in ("", "   ", "x" * 501, "customer 123-45-6789"):
        with pytest.raises(Refusal):
            legal_hold.set_hold(Life().position, ANA, reason)
    life = held()
    hold = life.history[-1].sequence
    with pytest.raises(Refusal, match="Undo does not reach"):
        life.undo(hold)
