"""The decision memo: decided by one, attested to by another, looked at again, superseded and never lost."""

from datetime import date
from typing import Any

import pytest

from flows import answers, setting_up
from flows import events as e
from flows.attesting import NOT_AGREED, TO_ATTEST, Memos
from flows.evolve import fold
from flows.exports.tables import tables
from flows.exports.whole import read, written
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.memos import a_year_on, asked, attest, attested_words, may_attest, memo_of, paper, renew
from flows.position import Position
from flows.records import verify_position
from flows.summaries.changes import headline
from flows.trading_days import NYSE
from tests.flows.exporting import export_of
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life

GROUNDS = ("no_fdid", "helpdesk")


def decided(attester: str = BEN.id, **said: Any) -> Life:
    life = Life()
    given = {"grounds": GROUNDS, "recheck_on": date(2027, 11, 23), "attester": attester, **said}
    life.answer("fdid_duty", "no", **given)
    return life


def of(life: Life) -> int:
    return life.position.answers["fdid_duty"].sequence


def says(life: Life, who: Person, agrees: bool = True, reason: str = "", **said: Any) -> list[Any]:
    given = {"of": of(life), **said}
    return life.take(attest(PACK, life.position, who, agrees=agrees, reason=reason, **given), who)


def standing(life: Life) -> str:
    memo = memo_of(PACK, life.position)
    return attested_words(life.position, memo) if memo else "none"


def test_it_says_who_decided_on_which_grounds_and_lines_and_who_is_asked() -> None:
    life = decided()
    memo = memo_of(PACK, life.position)
    assert memo is not None
    said = paper(PACK, life.position, memo, decided="today", said_on="", evidence=2)
    assert "Roadmap, lines 19 to 22: “Industry Members that have an obligation to report" in said
    assert "Basis, in the firm's own words: Only advisory business, no orders." in said
    assert "Second attester: Ben Cole is asked and has not said anything yet" in said
    assert "To be looked at again on: Nov 23, 2027" in said
    assert "Not legal advice" in said
    told = sentence(PACK, life.position, life.history[-1])
    assert "Grounds: No event we must report" in told
    assert "Second attester: Ben Cole" in told
    assert "advisory" not in headline(PACK, life.position, life.history[-1], {})


def test_the_second_attester_is_never_whoever_decided_nor_a_viewer_nor_a_stranger() -> None:
    for attester in (ANA, VIC, EVE):
        with pytest.raises(Refusal, match="second attester"):
            decided(attester.id)
    life = decided()
    with pytest.raises(Refusal, match="You decided this yourself"):
        says(life, Person(ANA.id, ANA.name, admin=True))
    for who in (VIC, EVE):
        with pytest.raises(Refusal):
            says(life, who)
    assert says(life, BEN)
    assert standing(life) == "Ben Cole attests"
    assert says(life, BEN) == [], "twice"


def test_nobody_but_the_one_who_is_named_attests_until_they_cannot() -> None:
    life = decided()
    lea = Person("slack:-/T1/ULEA", "Lea Lead")
    life.take(setting_up.set_member(life.position, ANA, lea, "lead"))
    with pytest.raises(Refusal, match="Ben Cole is named"):
        says(life, lea)
    life.take(setting_up.remove_member(life.position, ANA, BEN.id))
    memo = memo_of(PACK, life.position)
    assert memo is not None
    assert may_attest(life.position, memo, lea)
    assert says(life, lea)


def test_who_does_not_agree_says_why_and_the_answer_stands() -> None:
    life = decided()
    with pytest.raises(Refusal, match="Say why"):
        says(life, BEN, agrees=False)
    says(life, BEN, agrees=False, reason="We took two option orders in May")
    assert standing(life) == "Ben Cole does not agree: We took two option orders in May"
    assert life.position.value("fdid_duty") == ("no",)
    told = life.history[-1]
    assert "option orders" not in headline(PACK, life.position, told, {})
    with pytest.raises(Refusal, match="not yours to undo"):
        life.undo(told.sequence, ANA)
    assert life.undo(told.sequence, BEN)


def test_still_no_is_a_new_memo_with_a_new_day_that_asks_anew() -> None:
    life = decided()
    says(life, BEN)
    first = of(life)
    again = renew(PACK, life.position, ANA, of=first, today=date(2027, 11, 23), calendar=NYSE)
    life.take(again)
    answer = life.position.answers["fdid_duty"]
    assert (answer.recheck_on, answer.grounds, answer.attester) == (date(2028, 11, 22), GROUNDS, BEN.id)
    assert standing(life).startswith("Ben Cole is asked")
    assert renew(PACK, life.position, BEN, of=first, today=TODAY, calendar=NYSE) == [], "an old button"
    (mine,) = renew(PACK, life.position, BEN, of=of(life), today=TODAY, calendar=NYSE)
    assert getattr(mine, "attester", None) == "", "nobody attests to their own"
    assert a_year_on(date(2026, 7, 4)) == date(2027, 7, 2)


def test_a_yes_supersedes_it_and_it_stays_in_the_record() -> None:
    life = decided()
    says(life, BEN)
    life.take(answers.give(PACK, life.position, ANA, "fdid_duty", ["yes"], today=TODAY))
    assert memo_of(PACK, life.position) is None
    (row,) = next(t for t in tables(export_of("xlsx", life)) if t.name == "decision-memos").rows
    assert (row[9], row[10], row[-2]) == ("Ben Cole", "attests", "superseded")
    (firm,) = read(written(export_of("json", life))).firms
    assert fold(life.position.key, firm.events) == life.position
    assert verify_position(life.history, life.position) is None


def test_undone_and_brought_back_it_is_attested_to_anew() -> None:
    life = decided()
    says(life, BEN)
    assert life.undo(of(life), ANA)
    assert life.undo(life.history[-1].sequence, ANA)
    assert standing(life).startswith("Ben Cole is asked")
    assert in_table(life) == [("Ben Cole", "attests, before an undo", "yes")], "as the memo itself says"
    says(life, BEN)
    assert in_table(life) == [("Ben Cole", "attests", "yes")]


def in_table(life: Life) -> list[Any]:
    rows = next(t for t in tables(export_of("xlsx", life)) if t.name == "decision-memos").rows
    return [(row[9], row[10], row[-2]) for row in rows]


@pytest.mark.parametrize("becomes", ["viewer", ""])
def test_who_cannot_attest_any_more_is_not_said_to_be_asked(becomes: Any) -> None:
    life = decided()
    change = setting_up.set_member(life.position, ANA, BEN, becomes) if becomes else [e.MemberRemoved(BEN.id)]
    life.take(change)
    memo = memo_of(PACK, life.position)
    assert memo is not None
    assert asked(PACK, life.position) is None
    said = paper(PACK, life.position, memo, decided="today", said_on="", evidence=2)
    assert "Second attester: Ben Cole was named and cannot attest any more; another member or lead may" in said


def test_a_ground_the_roadmap_does_not_name_is_none() -> None:
    with pytest.raises(Refusal, match="no such ground"):
        decided(grounds=("because",))


def test_each_is_told_once() -> None:
    async def nobody(*_: Any, **__: Any) -> Any: ...

    memos = Memos(nobody, PACK, today=lambda _: TODAY, workspace=nobody, now=lambda: life.now)

    def owed(before: Position, since: int) -> list[tuple[str, str]]:
        return [(o.kind, o.person) for o in memos.owed(before, life.position, life.history[since:])]

    life = Life()
    before, since = life.position, len(life.history)
    life.answer("fdid_duty", "no", attester=BEN.id)
    assert owed(before, since) == [(TO_ATTEST, BEN.id)]
    before, since = life.position, len(life.history)
    says(life, BEN, agrees=False, reason="no")
    assert owed(before, since) == [(NOT_AGREED, ANA.id)]
