"""The question sets: answered and declined at least as well as said in `docs/answers.md`."""

from tests.flows.questions.scoring import figures, read_set
from tests.flows.questions.shipped import asker


def test_the_sets_that_the_data_was_tuned_on_are_answered() -> None:
    found = figures(asker(), read_set("tuned"))
    assert found.questions > 1_100
    assert found.score >= 92, found
    assert found.wrong <= 0.06, found
    assert found.declined >= 0.95, found


def test_the_set_that_nothing_was_tuned_on_is_answered_too() -> None:
    found = figures(asker(), read_set("held_out"))
    assert found.questions > 300
    assert found.score >= 77, found
    assert found.wrong <= 0.15, found
    assert found.declined >= 0.85, found


def test_what_is_quoted_is_quoted_from_the_statement_that_is_expected() -> None:
    """A set that expects what nobody can cite would hold nothing."""
    known = set(asker().statements)
    for name in ("tuned", "held_out"):
        expected = {s for item in read_set(name) for s in item["expect"]["statement_ids"]}
        assert expected <= known
