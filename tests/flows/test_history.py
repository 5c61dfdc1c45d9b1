"""The history in words."""

from flows import answers, progress
from flows.history import sentence
from tests.flows.life import ANA, PACK, TODAY, Life


def test_every_kind_of_entry_has_a_sentence_that_names_what_it_is_about() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    apex = life.agent("Apex Clearing")
    life.wait(f"s6a[{apex}]", whom="Apex Clearing")
    life.take(progress.set_aside(PACK, life.position, ANA, f"s5[{apex}]", reason="Straight to production"))
    life.take(progress.reopen(PACK, life.position, ANA, f"s5[{apex}]", reason="We test after all"))
    life.take(progress.add_note(PACK, life.position, ANA, text="Called"))
    life.take(
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="note", text="Form in the blue folder", today=TODAY)
    )
    life.take(answers.start_change(life.position, ANA, apex, "Blue Bureau"))
    life.undo()

    said = [sentence(PACK, life.position, row) for row in life.history]

    assert all(said)
    assert "Set up Apex, new to CAIS reporting" in said
    assert "Done: Register for CAIS (Form submitted)" in said
    assert any("to be looked at again on Dec 1, 2026" in s and "Apex Clearing" in s for s in said)
    assert any(s.startswith("Marked not applicable") and "Straight to production" in s for s in said)
    assert "Note: Called" in said
    assert said[-1].startswith("Undid entry")
