"""The history in words."""

from flows import answers, progress, setting_up
from flows.firms import Person
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


def test_an_entry_holds_what_an_examiner_asks_for() -> None:
    life = Life()
    life.take(setting_up.set_member(life.position, ANA, Person("slack:-/T1/U2", "Ben Cole"), "member"))
    life.take(setting_up.remove_member(life.position, ANA, "slack:-/T1/U2"))
    life.take(setting_up.link_channel(life.position, ANA, "slack:-/T1/C0COMPL"))
    life.take(setting_up.unlink_channel(life.position, ANA, "slack:-/T1/C0COMPL"))
    life.answer("fdid_duty", "yes")
    life.wait("s2", whom="Registration desk", note="They asked for form B")
    link = "https://files.example/form.pdf"
    life.take(
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="link", text=link, label="The form", today=TODAY)
    )

    said = [sentence(PACK, life.position, row) for row in life.history]

    assert "Took Ben Cole off the firm" in said
    assert "Linked the channel C0COMPL" in said
    assert "Unlinked the channel C0COMPL" in said
    assert any("Registration desk" in s and s.endswith("Note: They asked for form B") for s in said)
    assert any(s.endswith(f"The form ({link})") for s in said)
