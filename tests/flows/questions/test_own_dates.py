"""Which questions are about the firm's own dates, and that no question of the roadmap is taken for one."""

import time

import pytest

from flows.questions.knowledge import load_examples, load_knowledge, of_examples, phrasings
from flows.questions.own_dates import LONGEST, own_dates
from tests.flows.questions.scoring import read_set
from tests.flows.questions.shipped import EXAMPLES, QUESTIONS

SETS = ("tuned", "imagined", "reworded", "typed", "unseen", "held_out")


DUE = """
when is our target?
What's our target date
when is s2 due?
when is our step 2 due?
is s5[agent] due this week?
what is due this week?
what is due next?
what is due
which tasks are due today?
is there anything due tomorrow?
what tasks are due?
what are my dates?
please show me my dates
when is my next deadline?
do we have a target date?
"""
LATE = """
are we late?
we're late?
did we miss the deadline?
Haven't we missed the compliance deadline?
is certification late?
what is overdue
what's late?
is my firm overdue?
are we behind schedule with our tasks
has our target passed?
is s2 overdue
are any tasks overdue
anything overdue?
are we on track?
"""
PASSED = """
has the deadline passed?
have the industry dates passed
is the compliance deadline over
"""
NEITHER = """
when is the deadline?
when is our deadline?
when is step 6 due
what is the target date
what dates matter?
what is due on July 25, 2022?
is it too late to certify?
what happens if we are late?
did we miss anything?
who is late?
are our clients late?
is our agent late?
are we late with form U4?
"""


@pytest.mark.parametrize(("kind", "lines"), [("due", DUE), ("late", LATE), ("passed", PASSED), ("", NEITHER)])
def test_only_what_is_plainly_about_the_firms_own_dates_is_told(kind: str, lines: str) -> None:
    questions = phrasings(lines)
    assert {q: own_dates(q) for q in questions} == dict.fromkeys(questions, kind)


def test_no_question_of_the_sets_and_no_phrasing_of_the_roadmap_is_taken_for_one() -> None:
    known = load_knowledge(QUESTIONS)
    asked = [item["question"] for name in SETS for item in read_set(name)]
    asked += [q for s in known.subjects.values() for block in (s.asked, s.yes, s.no) for q in phrasings(block)]
    asked += [q for theme in known.themes.values() for q in phrasings(theme.asked)]
    asked += [q for _, q in of_examples(load_examples(EXAMPLES))]
    caught = {q for q in asked if own_dates(q)}
    assert caught == {"has the compliance date passed"}, (
        "whether a date has passed is answered with the firm's beside it"
    )


def test_words_of_any_length_are_told_at_once() -> None:
    begun = time.perf_counter()
    for words in ("are we still " * 16, "hi hello " * 22, "is anything due this week " * 7, "x" * 100_000):
        assert own_dates(words) == ""
        assert own_dates(words[:LONGEST]) == ""
    assert time.perf_counter() - begun < 0.5
