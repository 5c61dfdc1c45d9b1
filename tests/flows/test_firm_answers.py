"""A firm's own answers: who may give them, how long they hold, and to which questions they are no answer."""

from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from flows import firm_answers
from flows.events import FirmAnswerConfirmed, FirmAnswerGiven, FirmAnswerWithdrawn
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.questions.knowledge import load_english, load_knowledge
from flows.questions.reading import Reader
from flows.questions.vocabulary import words_of
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life

SPRING = date(2027, 5, 22)


@pytest.fixture(scope="module")
def reader() -> Reader:
    here = files("flows.roadmaps")
    knowledge = load_knowledge((here / "cais-small-firm.questions.yaml").read_text())
    return Reader(words_of(knowledge, load_english((here / "english.yaml").read_text())))


def give(life: Life, who: Person = ANA, **said: Any) -> list[Any]:
    given = {"answer": "q1", "question": "who pays?", "text": "Ana pays.", "check_on": SPRING, "today": TODAY, **said}
    return firm_answers.give(life.position, who, **given)


def test_a_lead_answers_confirms_changes_and_withdraws() -> None:
    life = Life()
    life.take(give(life))
    assert life.position.firm_answers["q1"].text == "Ana pays."
    assert give(life) == [], "the same again is nothing new"
    life.take(give(life, text="Ben pays."))
    life.take(firm_answers.confirm(life.position, ANA, "q1", check_on=date(2028, 1, 3), today=SPRING))
    (kept,) = firm_answers.standing(life.position)
    assert (kept.text, kept.check_on, kept.by_name) == ("Ben pays.", date(2028, 1, 3), "Ana Ruiz")
    life.take(firm_answers.withdraw(life.position, ANA, "q1", "no longer true"))
    assert firm_answers.standing(life.position) == []
    with pytest.raises(Refusal, match="not here any more"):
        firm_answers.withdraw(life.position, ANA, "q1", "no longer true")
    life.take(give(life))
    assert [a.text for a in firm_answers.standing(life.position)] == ["Ana pays."]


@pytest.mark.parametrize("who", [BEN, VIC, EVE])
def test_nobody_but_a_lead_may(who: Person) -> None:
    life = Life()
    life.take(give(life))
    for refused in (
        lambda: give(life, who, text="Mine."),
        lambda: firm_answers.confirm(life.position, who, "q1", check_on=date(2028, 1, 3), today=TODAY),
        lambda: firm_answers.withdraw(life.position, who, "q1", "no longer true"),
    ):
        with pytest.raises(Refusal):
            refused()


@pytest.mark.parametrize(
    ("said", "sentence_"),
    [
        ({"text": "  "}, "Write the answer"),
        ({"text": "x" * 1501}, "1,500 characters"),
        ({"text": "SSN 123-45-6789"}, "Social Security"),
        ({"check_on": TODAY}, "in the future"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(said: dict[str, Any], sentence_: str) -> None:
    with pytest.raises(Refusal, match=sentence_):
        give(Life(), **said)


def test_it_is_to_be_checked_from_its_day_on() -> None:
    life = Life()
    life.take(give(life))
    (kept,) = firm_answers.standing(life.position)
    assert not firm_answers.to_be_checked(kept, date(2027, 5, 21))
    assert firm_answers.to_be_checked(kept, SPRING)
    assert firm_answers.check_day(TODAY, 180) == SPRING


def test_the_history_tells_it_in_sentences() -> None:
    life = Life()
    life.take(give(life))
    position = life.position
    said = [
        sentence(PACK, position, record)
        for event in (
            FirmAnswerGiven("q1", "who pays?", "Ana pays.", SPRING),
            FirmAnswerConfirmed("q1", SPRING),
            FirmAnswerWithdrawn("q1"),
        )
        for record in [_recorded(life, event)]
    ]
    assert said == [
        "Answered the question “who pays?” for the firm, to be looked at again on May 22, 2027: Ana pays.",
        "The firm's answer to “who pays?” still holds, to be looked at again on May 22, 2027",
        "Withdrew the firm's answer to “who pays?”",
    ]


def _recorded(life: Life, event: Any) -> Any:
    life.take([event])
    return life.history[-1]


SAME = [
    (
        "how much does our clearing firm charge for CAIS reporting?",
        "What does our clearing firm charge us for CAIS reports?",
    ),
    ("who signs the registration form at our firm?", "Which person signs the registration form in our firm"),
    ("where is the binder with the signed agreements?", "the binder with the signed agreements, where is it?"),
    ("is there a fine for late reporting?", "what is the fine for late reporting?"),
]
OTHERS = [
    ("who signs the registration form at our firm?", "who emails the registration form at our firm?"),
    ("who signs the registration form at our firm?", "when was the registration form signed at our firm?"),
    ("who signs the registration form at our firm?", "who signs the agreement with our agent?"),
    ("what is the fine for late reporting?", "what is the fee for late reporting?"),
    ("who has the password in test?", "who has the password in production?"),
    ("does Apex report our error corrections?", "does Apex not report our error corrections?"),
    ("who keeps the binder?", "who keeps the keys?"),
    ("hello", "how are you?"),
]


@pytest.mark.parametrize(("asked", "again"), SAME)
def test_the_same_question_in_other_words_is_recognised(reader: Reader, asked: str, again: str) -> None:
    assert _fits(reader, asked, again)


@pytest.mark.parametrize(("asked", "other"), OTHERS)
def test_another_question_is_not_taken_for_it(reader: Reader, asked: str, other: str) -> None:
    assert not _fits(reader, asked, other)
    assert not _fits(reader, other, asked)


def _fits(reader: Reader, asked: str, again: str) -> bool:
    life = Life()
    life.take(give(life, question=asked))
    return firm_answers.fitting(again, firm_answers.standing(life.position), reader) is not None
