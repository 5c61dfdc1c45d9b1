"""The ledger of industry dates: what was known when, how often it moved, and who is told."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.deadlines import Ledger, Value, effect, kind_of, load_ledger

DATA = Path(__file__).parents[2] / "flows" / "roadmaps" / "cais-deadlines.json"
LEDGER: Ledger = load_ledger(DATA.read_bytes())
FULL, CERTIFICATION = "full_cais_compliance", "cais_production_certification"
AS_OF: list[dict[str, Any]] = json.loads((Path(__file__).parent / "deadlines_as_of.json").read_bytes())["as_of"]


@pytest.mark.parametrize("row", AS_OF, ids=lambda row: f"{row['deadline_id']} {row['as_of']}")
def test_what_was_known_on_a_day(row: dict[str, Any]) -> None:
    found = LEDGER.as_of(row["deadline_id"], date.fromisoformat(row["as_of"]))
    assert found is not None
    assert found.revision.number == row["expect_seq"]
    assert found.revision.value.type == row["expect_type"]
    first = found.revision.value.bounds[0]
    assert (first.isoformat() if first else None) == row["expect_value"]
    assert [r.number for r in found.maybe] == row.get("uncertain_next_seq", [r.number for r in found.maybe])


def test_a_revision_announced_within_a_range_counts_from_the_latest_day_of_it() -> None:
    before, after = (LEDGER.as_of(FULL, date(2023, 3, d)) for d in (9, 10))
    assert before is not None
    assert after is not None
    assert before.revision.number == 5
    assert [r.number for r in before.maybe] == [6]
    assert after.revision.number == 6


def test_nothing_was_known_before_the_first_announcement() -> None:
    assert LEDGER.as_of(FULL, date(2020, 4, 19)) is None


def test_it_moved_four_times_and_neither_refinements_nor_repetitions_count() -> None:
    today = date(2026, 11, 23)
    assert LEDGER.times_moved(FULL, today) == 4
    assert LEDGER.times_moved(CERTIFICATION, today) == 2  # a third row could not be confirmed
    assert LEDGER.times_moved("interim_1", today) == 0


def test_every_shipped_kind_is_what_the_values_themselves_say() -> None:
    for deadline in LEDGER.deadlines:
        old = None
        for revision in LEDGER.story(deadline.id):
            assert revision.kind == kind_of(old, revision.value), revision.number
            old = revision.value


def test_every_shipped_revision_has_a_source_a_reason_and_days_in_order() -> None:
    assert len(LEDGER.revisions) == 34
    for revision in LEDGER.revisions:
        assert revision.sources
        assert revision.reason.endswith(".")
        assert revision.from_ <= revision.to
        assert revision.on_a_day or revision.basis
        assert LEDGER.deadline(revision.deadline)


def test_only_real_changes_of_something_known_tell_anybody() -> None:
    told = {r.number for r in LEDGER.revisions if LEDGER.notice(r)}
    assert told == {3, 4, 5, 6, 7, 8, 11, 12, 21, 22, 23, 26, 29, 30, 32}


def test_a_notice_says_the_old_value_the_new_one_and_the_source() -> None:
    revision = next(r for r in LEDGER.revisions if r.number == 5)
    notice = LEDGER.notice(revision)
    assert notice is not None
    assert notice.old == Value(type="date", on=date(2022, 12, 12))
    assert notice.revision.value == Value(type="date", on=date(2023, 3, 17))
    assert notice.revision.sources[0].title.startswith("Oyster")
    assert effect(notice, date(2022, 11, 22), None).startswith("Reminders follow this date")
    assert "lies after it" in effect(notice, date(2022, 11, 22), date(2023, 3, 20))
    assert "has passed" in effect(notice, date(2026, 11, 23), date(2027, 5, 31))
    assert effect(notice, date(2023, 3, 17), None).startswith("That day is today, so no more reminders follow.")


def day(text: str) -> Value:
    return Value(type="date", on=date.fromisoformat(text))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, day("2027-05-31"), "set"),
        (day("2027-05-31"), day("2027-05-31"), "no_change"),
        (day("2027-05-31"), day("2027-06-30"), "postponed"),
        (day("2027-05-31"), day("2027-04-30"), "advanced"),
        (Value(type="month", month="2027-05"), day("2027-05-31"), "refined"),
        (Value(type="window", start=date(2027, 5, 1), end=date(2027, 5, 31)), day("2027-05-03"), "refined"),
        (day("2027-05-31"), Value(type="tbd"), "postponed"),
        (Value(type="tbd"), day("2027-05-31"), "set"),
        (Value(type="tbd", not_before=date(2027, 1, 1)), Value(type="tbd", not_before=date(2027, 7, 1)), "postponed"),
        (Value(type="unknown"), day("2027-05-31"), "set"),
    ],
)
def test_what_a_new_value_does_to_the_old_one(old: Value | None, new: Value, kind: str) -> None:
    assert kind_of(old, new) == kind


def test_a_month_ends_on_its_last_day() -> None:
    assert Value(type="month", month="2024-02").bounds == (date(2024, 2, 1), date(2024, 2, 29))
    assert Value(type="month", month="2026-12").bounds == (date(2026, 12, 1), date(2026, 12, 31))
