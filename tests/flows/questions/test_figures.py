"""The question sets: answered and declined at least as well as said in `docs/answers.md`."""

import pytest

from tests.flows.questions.left_out import asker_without, is_own_check
from tests.flows.questions.scoring import figures, read_set
from tests.flows.questions.shipped import EXAMPLES, asker

SETS = ("tuned", "imagined", "reworded", "typed")


def test_the_sets_that_the_data_was_tuned_on_are_answered() -> None:
    found = figures(asker(), read_set("tuned"))
    assert found.questions > 1000
    assert found.score >= 93, found
    assert found.wrong <= 0.025, found
    assert found.declined >= 0.95, found


def test_sets_whose_examples_are_left_out_are_answered_too() -> None:
    for name in ("imagined", "reworded"):
        items = [item for item in read_set(name) if not is_own_check(item)]
        found = figures(asker_without(items), items)
        assert found.questions > 250
        assert found.score >= 87, (name, found)
        assert found.wrong <= 0.04, (name, found)
        assert found.declined >= 0.95, (name, found)


@pytest.mark.parametrize(("name", "score"), [("held_out", 87), ("unseen", 85)])
def test_questions_that_nobody_tuned_on_are_answered_rightly_or_not_at_all(name: str, score: int) -> None:
    found = figures(asker(), read_set(name))
    assert found.questions > 160
    assert found.score >= score, found
    assert found.wrong <= 0.03, found
    assert found.declined >= 0.95, found


def test_no_question_of_the_fifth_kept_apart_is_an_example() -> None:
    known = {line.strip() for line in EXAMPLES.splitlines()}
    kept_apart = [item["question"] for name in SETS for item in read_set(name) if is_own_check(item)]
    assert len(kept_apart) > 200
    assert not known.intersection(" ".join(question.split()) for question in kept_apart)


def test_what_is_quoted_is_quoted_from_the_statement_that_is_expected() -> None:
    """A set that expects what nobody can cite would hold nothing."""
    known = set(asker().statements)
    for name in (*SETS, "held_out", "unseen"):
        expected = {s for item in read_set(name) for s in item["expect"]["statement_ids"]}
        assert expected <= known
