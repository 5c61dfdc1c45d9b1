"""Entries of the history that somebody wants to see, and what each of them changed."""

from datetime import date, timedelta

import pytest

from flows import own_dates, progress
from flows.before_after import before_after
from flows.events import Undone
from flows.looking_back import Filter, people, sought
from tests.flows.life import ANA, BEN, PACK, TODAY, Life


@pytest.fixture(scope="module")
def life() -> Life:
    """Five entries of set-up and answers, then a day on a note by Ben, a month on a task done earlier."""
    life = Life()
    life.answer("fdid_duty", "yes")
    life.now += timedelta(days=1)
    life.take(progress.add_note(PACK, life.position, BEN, text="called them", key="s2"), BEN)
    life.now += timedelta(days=30)
    said = progress.complete(
        PACK, life.position, ANA, "s2", today=TODAY + timedelta(31), outcome="submitted", happened_on=date(2026, 11, 24)
    )
    life.take(said)
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s3e", date(2027, 3, 1), today=TODAY))
    return life


def types(life: Life, wanted: Filter) -> list[str]:
    return [row.type for row in sought(PACK, life.position, life.history, wanted)]


def test_a_filter_leaves_what_is_about_the_task_by_the_person_of_the_days(life: Life) -> None:
    assert types(life, Filter()) == [row.type for row in life.history]
    assert types(life, Filter(task="s2")) == ["note_added", "task_completed"]
    assert types(life, Filter(task="step 2")) == ["note_added", "task_completed"]
    assert types(life, Filter(person=BEN.id)) == ["note_added"]
    assert types(life, Filter(task="s2", person=ANA.id)) == ["task_completed"]
    assert types(life, Filter(first=date(2026, 12, 1))) == ["task_completed", "task_due_set"]
    assert types(life, Filter(person="slack:-/T1/UNOBODY")) == []


def test_an_entry_is_of_the_day_it_was_recorded_and_of_the_day_it_happened(life: Life) -> None:
    on_the_day = Filter(first=date(2026, 11, 24), last=date(2026, 11, 24))
    assert types(life, on_the_day) == ["note_added", "task_completed"]
    assert types(life, Filter(first=date(2026, 12, 24), last=date(2026, 12, 24))) == ["task_completed", "task_due_set"]


def test_days_are_the_firms_own() -> None:
    life = Life()
    life.now = life.now.replace(hour=3) + timedelta(days=1)  # Monday evening in New York
    life.take(progress.add_note(PACK, life.position, ANA, text="late", key=""))
    assert types(life, Filter(last=TODAY))[-1] == "note_added"


def test_members_and_whoever_recorded_something_can_be_filtered_by(life: Life) -> None:
    named = people(life.position, life.history)
    assert named[BEN.id] == "Ben Cole"
    assert {"Ana Ruiz", "Vic Viewer"} <= set(named.values())


def test_an_entry_says_what_was_before_and_after(life: Life) -> None:
    last = life.history[-2:]
    assert before_after(PACK, last[0]).startswith("open → done")
    assert before_after(PACK, last[1]) == "no date → Mar 1, 2027"
    note = next(row for row in life.history if row.type == "note_added")
    assert before_after(PACK, note) == "", "its words say all of it"


def test_an_undo_says_what_it_changed_back() -> None:
    life = Life()
    life.take(own_dates.set_task_due(PACK, life.position, ANA, "s1", date(2027, 3, 1), today=TODAY))
    life.undo()
    rows = {row.sequence: row for row in life.history}
    assert before_after(PACK, life.history[-1], rows) == "Mar 1, 2027 → no date"


def test_an_undo_of_several_entries_shows_no_before_and_after_of_one_of_them() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.undo()
    rows = {row.sequence: row for row in life.history}
    assert isinstance(life.history[-1].event, Undone)
    assert len(life.history[-1].event.of) == 2, "the answer and the agent"
    assert before_after(PACK, life.history[-1], rows) == "", "its sentence names both"


def test_every_entry_of_a_long_history_can_be_told() -> None:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until()
    told = [before_after(PACK, row) for row in life.history]
    assert any("no member → member" in words for words in told)
    assert any("not there → Apex Clearing, reports" in words for words in told)
