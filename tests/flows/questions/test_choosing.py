"""What is never weighed, because it cannot win, changes nothing of what does."""

from collections.abc import Iterator

import pytest

from flows.questions.choosing import Chooser, spoken_for
from flows.questions.contest import Contest
from flows.questions.following import merged
from flows.questions.knowledge import load_english, load_knowledge
from flows.questions.learning import Learned, learn
from flows.questions.likeness import Likeness
from flows.questions.matching import Matcher
from flows.questions.reading import Reader
from flows.questions.units import Reading
from tests.flows.questions.scoring import read_set
from tests.flows.questions.shipped import ENGLISH, QUESTIONS, shorter

CLEAR, PHRASED, EXACT = 1.0, 3.0, 0.985
"""How much less may speak for another subject and still count; what a phrasing counts; from where it settles it."""


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(load_knowledge(shorter(QUESTIONS)), load_english(ENGLISH))


def readings(learned: Learned) -> Iterator[Reading]:
    """Questions alone, and each beside the one before it."""
    reader = Reader(learned.words)
    before: Reading | None = None
    for item in read_set("typed")[::6]:
        reading = reader.read(item["question"])
        yield from (reading, merged(reading, before.units if before else ()))
        before = reading


def test_the_best_subject_and_those_near_it_are_those_of_weighing_all(learned: Learned) -> None:
    matcher, likeness = Matcher(learned.phrasings), Likeness(learned.bags)
    for reading in readings(learned):
        alike = likeness.weigh(reading)
        everything = Contest(learned.knowledge, matcher, reading)
        held = {name: everything.score(name) for name in learned.knowledge.subjects}
        told = {name: alike.behind(name) + PHRASED * score for name, score in held.items()}
        if max(held.values()) >= EXACT:
            told = {name: told[name] for name, score in held.items() if score == max(held.values())}
        near = {name: score for name, score in told.items() if score > max(told.values()) - CLEAR}
        found = spoken_for(alike, Contest(learned.knowledge, matcher, reading))
        assert found.items() >= near.items(), reading


def test_what_plainly_does_not_answer_does_not(learned: Learned) -> None:
    chooser = Chooser(learned.knowledge, Matcher(learned.phrasings), Likeness(learned.bags))
    plain = 0
    for reading in readings(learned):
        chosen, answering = chooser.choose(reading), chooser.answering(reading, 0.75)
        assert answering == chosen or (not answering.answers and chosen.score < 0.75)
        plain += answering != chosen
    assert plain
