"""What is meant by the words after `due` and `assign`: which task or step, which day, which person."""

from datetime import date

import pytest

from bot.typed.dates import Someone, assign_words, due_words, people_named
from flows.dates import EveryYear, NoDate, OnDay, WhichDay, read
from flows.trading_days import NYSE
from tests.flows.life import ANA, BEN, PACK, TODAY, Life

LIFE = Life().go("agent", agents=["Apex Clearing", "Blue Bureau"])


def meant(text: str) -> tuple[list[str], str, object]:
    found = due_words(PACK, LIFE.walk, text, lambda said: read(said, today=TODAY, calendar=NYSE))
    return [i.key for i in found.subject.items], found.subject.step or found.name, found.meant


@pytest.mark.parametrize(
    ("text", "keys", "other", "day"),
    [
        ("s6r Dec 15", ["s6r"], "", OnDay(date(2026, 12, 15))),
        ("S6R by Dec 15, 2026.", ["s6r"], "", OnDay(date(2026, 12, 15))),
        ("step 6 May 5", [], "6", OnDay(date(2027, 5, 5))),
        ("step 6 2027-05-05", [], "6", OnDay(date(2027, 5, 5))),
        ("6-II-A in two weeks", [], "6-II-A", OnDay(date(2026, 12, 7))),
        ("6 tomorrow", [], "6", OnDay(date(2026, 11, 24))),
        ("ask the helpdesk to certify your firm: end of month", ["s6r"], "", OnDay(date(2026, 11, 30))),
        ("tomorrow for s6r", ["s6r"], "", OnDay(date(2026, 11, 24))),
        ("clear s6r", ["s6r"], "", NoDate()),
        ("s6r none", ["s6r"], "", NoDate()),
        ('"SAA review" every March 15', [], "SAA review", EveryYear(3, 15)),
        ("“SAA review” yearly on 3/15", [], "SAA review", EveryYear(3, 15)),
        ("SAA review every March 15", [], "SAA review", EveryYear(3, 15)),
        ("SAA yearly certification every March 15", [], "SAA yearly certification", EveryYear(3, 15)),
        ("Each agent's file every March 15", [], "Each agent's file", EveryYear(3, 15)),
        ("yearly review of agents: every Jan 10", [], "yearly review of agents", EveryYear(1, 10)),
        ("SAA certification March 15 annually", [], "SAA certification", EveryYear(3, 15)),
        ("SAA certification on March 15 every year", [], "SAA certification", EveryYear(3, 15)),
        ("s6r", ["s6r"], "", None),
        ("s6r bananas", ["s6r"], "", None),
        ("bananas", [], "", None),
    ],
)
def test_words_after_due(text: str, keys: list[str], other: str, day: object) -> None:
    assert meant(text) == (keys, other, day)


def test_a_task_that_repeats_is_named_with_its_agent_or_offered() -> None:
    assert len(meant("s5 tomorrow")[0]) == 2
    apex = f"s5[{LIFE.agent('Apex Clearing')}]"
    assert meant(f"{apex} tomorrow")[0] == [apex]
    assert meant("test relationship apex tomorrow")[0] == [apex]


def test_words_of_the_title_name_what_an_answer_may_still_bring_where_nothing_else_has_them() -> None:
    new = Life()

    def keys(text: str) -> list[str]:
        found = due_words(PACK, new.walk, text, lambda said: read(said, today=TODAY, calendar=NYSE))
        return [i.key for i in found.subject.items]

    assert keys("register tomorrow") == ["s2"]
    assert keys("tomorrow for register") == ["s2"]
    assert len(keys("test portal tomorrow")) > 1
    assert keys('"register" every March 15') == [], "what is quoted is a name, but for a whole title"


def test_words_without_a_task_mean_the_next_one() -> None:
    keys, _, day = meant("tomorrow")
    assert keys == [LIFE.next]
    assert day == OnDay(date(2026, 11, 24))


@pytest.mark.parametrize("text", ["review every Friday", "yearly review every Friday", "SAA each Friday"])
def test_another_rhythm_is_asked_about_and_is_no_date_of_a_task(text: str) -> None:
    keys, _, day = meant(text)
    assert keys == []
    assert isinstance(day, WhichDay)


MENTIONS = {"lea": "U0LEA", "conrad mills": "U0CON"}


@pytest.mark.parametrize(
    ("text", "task", "people"),
    [
        ("s2 @lea", "s2", [Someone(slack_id="U0LEA")]),
        ("s2 to @Lea.", "s2", [Someone(slack_id="U0LEA")]),
        ("@lea s2", "s2", [Someone(slack_id="U0LEA")]),
        ("s2 @Conrad Mills", "s2", [Someone(slack_id="U0CON")]),
        ("s2 @U0CON", "s2", [Someone(slack_id="U0CON")]),
        ("s2 @UABCDEFGH", "s2", [Someone(slack_id="UABCDEFGH")]),
        ("s2 to me", "s2", [Someone(person=ANA.id)]),
        ("me", "", [Someone(person=ANA.id)]),
        ("s2 nobody", "s2", [Someone()]),
        ("s2 to Ben Cole", "s2", [Someone(person=BEN.id)]),
        ("s2 ben", "s2", [Someone(person=BEN.id)]),
        ("register for CAIS to me", "register for CAIS", [Someone(person=ANA.id)]),
        ("@lea to @conrad mills", "", [Someone(slack_id="U0LEA"), Someone(slack_id="U0CON")]),
        ("s2", "s2", []),
        ("", "", []),
    ],
)
def test_words_after_assign(text: str, task: str, people: list[Someone]) -> None:
    assert assign_words(text, MENTIONS, LIFE.position, ANA.id) == (task, tuple(people), "")


def test_a_mention_of_nobody_we_know_is_told_apart() -> None:
    assert assign_words("s2 @zorro", {}, LIFE.position, ANA.id)[2] == "@zorro"


def test_who_gives_and_who_gets_are_told_apart_by_the_word_before_them() -> None:
    said = people_named("to @lea from Ben Cole", MENTIONS, LIFE.position, ANA.id)
    assert said.task == ""
    assert said.behind("to") == (Someone(slack_id="U0LEA"),)
    assert said.behind("from") == (Someone(person=BEN.id),)
    assert said.behind("") == ()
