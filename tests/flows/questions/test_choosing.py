"""What is never weighed, because it cannot win, changes nothing of what does."""

from flows.questions.choosing import spoken_for
from flows.questions.contest import Contest
from flows.questions.knowledge import load_english, load_knowledge
from flows.questions.learning import learn
from flows.questions.likeness import Likeness
from flows.questions.matching import Matcher
from flows.questions.reading import Reader
from tests.flows.questions.scoring import read_set
from tests.flows.questions.shipped import ENGLISH, QUESTIONS, shorter

CLEAR, PHRASED, EXACT = 1.0, 3.0, 0.985
"""How much less may speak for another subject and still count; what a phrasing counts; from where it settles it."""


def test_the_best_subject_and_those_near_it_are_those_of_weighing_all() -> None:
    learned = learn(load_knowledge(shorter(QUESTIONS)), load_english(ENGLISH))
    reader, matcher, likeness = Reader(learned.words), Matcher(learned.phrasings), Likeness(learned.bags)
    for item in read_set("typed")[::6]:
        reading = reader.read(item["question"])
        alike = likeness.weigh(reading)
        everything = Contest(learned.knowledge, matcher, reading)
        held = {name: everything.score(name) for name in learned.knowledge.subjects}
        told = {name: alike.behind(name) + PHRASED * score for name, score in held.items()}
        if max(held.values()) >= EXACT:
            told = {name: told[name] for name, score in held.items() if score == max(held.values())}
        near = {name: score for name, score in told.items() if score > max(told.values()) - CLEAR}
        found = spoken_for(alike, Contest(learned.knowledge, matcher, reading))
        assert found.items() >= near.items(), item["question"]
