"""Decisions about tasks: what is refused, what adds nothing, what is kept."""

from datetime import date

import pytest

from flows import progress
from flows.firms import Refusal
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life


@pytest.fixture
def life() -> Life:
    firm = Life()
    firm.answer("fdid_duty", "yes")
    return firm


def test_the_second_click_on_a_finished_task_records_nothing(life: Life) -> None:
    seen = life.position.version
    assert life.done("s2", "submitted", seen=seen)

    assert life.done("s2", "submitted", who=BEN, seen=seen) == []
    assert life.position.tasks["s2"].by_name == "Ana Ruiz"


def test_a_card_drawn_before_a_reopening_no_longer_completes_the_task(life: Life) -> None:
    seen = life.position.version
    life.done("s2", "submitted", seen=seen)
    life.take(progress.reopen(PACK, life.position, ANA, "s2", reason="Wrong form"))

    assert life.done("s2", "submitted", seen=seen) == []
    assert life.item("s2").state == "open"


def test_a_task_is_refused_while_another_comes_first(life: Life) -> None:
    with pytest.raises(Refusal, match="Register for CAIS"):
        life.done("s3e")


def test_a_viewer_and_a_stranger_change_nothing(life: Life) -> None:
    with pytest.raises(Refusal) as viewer:
        life.done("s2", who=VIC)
    with pytest.raises(Refusal) as stranger:
        life.done("s2", who=EVE)

    assert (viewer.value.kind, stranger.value.kind) == ("rights", "foreign")
    assert "Apex" not in stranger.value.sentence


def test_a_task_with_outcomes_needs_one_of_its_own(life: Life) -> None:
    for outcome in ("", "granted"):
        with pytest.raises(Refusal, match="Say how it ended"):
            life.take(progress.complete(PACK, life.position, ANA, "s2", today=TODAY, outcome=outcome))


def test_the_day_it_happened_is_kept_apart_from_the_day_it_was_recorded(life: Life) -> None:
    life.done("s2", "already_registered", happened_on=date(2022, 3, 3), earlier=True)

    row = life.history[-1]
    assert row.happened_on == "2022-03-03"
    assert row.recorded_at.startswith("2026-11-23")
    assert life.position.tasks["s2"].happened_on == date(2022, 3, 3)


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2001, 1, 1)])
def test_a_day_to_come_and_one_before_cat_are_questioned(life: Life, day: date) -> None:
    with pytest.raises(Refusal, match="day"):
        life.done("s2", happened_on=day)


def test_a_wait_is_shown_as_such_and_saying_it_again_adds_nothing(life: Life) -> None:
    life.done("s2")
    life.wait("s3e")

    assert life.item("s3e").state == "waiting"
    assert life.next == "s4", "step 4 needs no entitlement and can be drafted meanwhile"
    assert life.wait("s3e") == []
    assert life.wait("s3e", follow_up_on=date(2026, 12, 8)) != []

    life.take(progress.end_wait(PACK, life.position, ANA, "s3e"))
    assert life.item("s3e").state == "open"


def test_a_waiting_task_can_be_finished_at_once(life: Life) -> None:
    life.done("s2")
    life.wait("s3e")
    life.done("s3e")

    assert life.item("s3e").state == "done"


def test_a_task_set_aside_does_not_count_and_lets_the_next_one_come(life: Life) -> None:
    life.done("s2")
    life.done("s3e")
    before = life.walk.total

    life.take(progress.set_aside(PACK, life.position, ANA, "s3", reason="Only the SAA uses it"))

    assert life.walk.total == before - 1
    assert life.next == "s4"


@pytest.mark.parametrize("key", ["s1", "s2", "s3e"])
def test_what_cannot_be_set_aside_says_why(life: Life, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        progress.set_aside(PACK, life.position, ANA, key, reason="No")

    assert refused.value.sentence == PACK.tasks[key].keep_set_aside


def test_reopening_needs_a_reason_and_keeps_what_was_recorded(life: Life) -> None:
    life.done("s2", "submitted")
    with pytest.raises(Refusal, match="Say why"):
        progress.reopen(PACK, life.position, ANA, "s2", reason=" ")

    life.take(progress.reopen(PACK, life.position, ANA, "s2", reason="Wrong estimate"))

    assert life.next == "s2"
    assert [r.type for r in life.history[-2:]] == ["task_completed", "task_reopened"]
    assert '"submitted"' in life.history[-1].before


def test_evidence_and_notes_are_counted_and_guarded(life: Life) -> None:
    life.take(
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="link", text="https://example.com/form", today=TODAY)
    )
    life.take(progress.add_note(PACK, life.position, ANA, text="Called the Helpdesk", key="s2"))

    assert life.position.evidence == {"s2": 1}
    assert life.position.notes == {"s2": 1}
    with pytest.raises(Refusal) as refused:
        progress.add_note(PACK, life.position, ANA, text="customer 123-45-6789", key="s2")
    assert refused.value.kind == "guard"
    with pytest.raises(Refusal, match="https"):
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="link", text="the drawer", today=TODAY)


@pytest.mark.parametrize(
    "text", ["https://x.example/ and more words", "https://", "https:///form", "https://[x/form", "x.example/form"]
)
def test_a_link_is_one_address_with_a_host(life: Life, text: str) -> None:
    with pytest.raises(Refusal, match="A link starts with"):
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="link", text=text, today=TODAY)


@pytest.mark.parametrize("text", ["https://x.example/ 123-45-6788 John Q Public", "https://x.example/123%2045%206788"])
def test_a_link_brings_no_personal_data(life: Life, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        progress.add_evidence(PACK, life.position, ANA, "s2", kind="link", text=text, today=TODAY)
    assert refused.value.kind == "guard"


def test_a_note_on_a_task_the_firm_does_not_have_is_refused(life: Life) -> None:
    with pytest.raises(Refusal, match="no longer on this firm's roadmap"):
        progress.add_note(PACK, life.position, ANA, text="Called", key="s5[a99]")
