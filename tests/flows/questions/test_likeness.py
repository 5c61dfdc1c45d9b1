"""Questions in words that no phrasing has are answered for what they are like, or declined for it."""

from math import log

import pytest

from flows.questions.answer import Ambiguous, Declined, citations_of, parts_of
from flows.questions.asking import Asker
from flows.questions.knowledge import load_english, load_knowledge
from flows.questions.learning import learn
from flows.questions.likeness import Likeness, bags_of, parts_of_reading
from tests.flows.questions.shipped import ENGLISH, PACK, QUESTIONS, asker


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("Lovely to be here! My cat is ill and the coffee machine broke. Whom may I phone with questions?", "C1"),
        ("We are three people and a dog, we trade listed options with an FDID. Does that pull us in?", "S1.1"),
        ("A colleague filed the CAIS form ages ago. Must it be filed afresh?", "S2.2"),
        (
            "Between two meetings: our bureau is certified since Monday, whom do we ask now so that we get there too?",
            "S6.A1",
        ),
    ],
)
def test_a_story_is_answered_for_the_question_in_it(question: str, cited: str) -> None:
    assert citations_of(asker().ask(question))[0].id == cited


@pytest.mark.parametrize(
    "question",
    [
        "how many days does the helpdesk take to certify a firm",
        "may the SAA be somebody outside of the firm",
        "which customer attributes are optional",
        "how do I take back what I saved in the portal",
        "who pays when the bureau submits for us",
    ],
)
def test_a_near_miss_in_the_roadmaps_own_words_is_declined(question: str) -> None:
    assert isinstance(asker().ask(question), Declined)


def test_where_two_subjects_are_as_near_both_readings_are_offered() -> None:
    answer = asker().ask("can I type data or upload it")
    assert isinstance(answer, Ambiguous)
    assert [part.citations[0].id for part in parts_of(answer)] == ["S4.2", "S4.3"]


def test_without_examples_the_phrasings_still_answer() -> None:
    bare = Asker(learn(load_knowledge(QUESTIONS), load_english(ENGLISH)), PACK)
    assert citations_of(bare.ask("who do i call"))[0].id == "C1"
    assert isinstance(bare.ask("how much does it cost"), Declined)


def test_what_a_question_is_like_is_the_likelihood_of_its_parts_in_each_bag() -> None:
    reader = asker().reader
    told = {"due": ["when is it due", "the day it is due"], "out:fees": ["what does it cost", "is there a fee"]}
    bags = bags_of((name, reader.read(text)) for name, texts in told.items() for text in texts)
    alike = Likeness(bags).weigh(reader.read("is the fee due on that day?"))
    parts = parts_of_reading(reader.read("is the fee due on that day?"))
    unseen = 0.02
    each = [
        sum(
            weight * log((dict(bags.counted(part)).get(nth, 0.0) + unseen) / (total + unseen * len(bags.counts)))
            for part, weight in parts.items()
            if part in bags.counts
        )
        for nth, total in enumerate(bags.totals)
    ]
    assert [alike.subjects["due"], alike.outside] == pytest.approx(each)
