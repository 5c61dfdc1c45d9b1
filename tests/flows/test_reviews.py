"""A second pair of eyes: never the doer's own, and never on something else than was looked at."""

from typing import Any

import pytest

from flows import progress, setting_up
from flows.asked import REVIEW_ASKED
from flows.evolve import fold
from flows.exports.tables import tables
from flows.exports.whole import read, written
from flows.firms import Person, Refusal
from flows.history import sentence
from flows.records import verify_position
from flows.reviewing import SENT_BACK, Reviews
from flows.reviews import Review, approve, ask_for, ask_no_more, of_item, reviewers, send_back
from flows.undo import undo
from tests.flows.exporting import export_of
from tests.flows.life import ANA, BEN, EVE, PACK, VIC, Life

LEA = Person("slack:-/T1/ULEA", "Lea Lead")


class Reviewed(Life):
    """A firm with two leads and a member, in which somebody else looks at what is done."""

    def __init__(self, scope: str = "all", reviewer: Person | None = None) -> None:
        super().__init__()
        self.take(setting_up.set_member(self.position, ANA, LEA, "lead"))
        self.answer("fdid_duty", "yes")
        self.take(ask_for(PACK, self.position, ANA, scope, reviewer))

    def review(self, key: str = "s2") -> Review | None:
        return of_item(self.position, self.item(key))

    def of(self, key: str = "s2") -> int:
        return self.position.tasks[key].sequence

    def approve(self, who: Person = LEA, key: str = "s2", **said: Any) -> list[Any]:
        return self.take(approve(PACK, self.position, who, key, **{"of": self.of(key), **said}), who)

    def asked(self, key: str = "s2") -> tuple[str, ...]:
        found = self.review(key)
        assert found is not None
        return reviewers(self.position, found)


def test_what_is_done_is_to_be_reviewed_and_the_walk_goes_on() -> None:
    life = Reviewed()
    life.done("s2", who=BEN)
    found = life.review()
    assert found is not None
    assert found.pending
    assert life.asked() == (ANA.id, LEA.id)
    assert life.next == "s3e"
    assert life.walk.done == 2
    assert life.approve()
    found = life.review()
    assert found is not None
    assert not found.pending
    assert sentence(PACK, life.position, life.history[-1]) == "Approved: Register for CAIS"
    assert life.approve(ANA) == []


@pytest.mark.parametrize("scope", ["all", "step 2", "task s2"])
def test_a_rule_asks_for_what_is_in_its_scope_from_then_on(scope: str) -> None:
    life = Reviewed(scope)
    life.done("s2")
    life.done("s3e")
    assert life.review("s2") is not None
    assert (life.review("s3e") is not None) == (scope == "all")
    life.take(ask_for(PACK, life.position, ANA, "step 3", None))
    assert (life.review("s3e") is not None) == (scope == "all"), "it was done before"
    assert ask_no_more(life.position, ANA, scope)
    life.take(ask_no_more(life.position, ANA, scope))
    assert life.review("s2") is None


@pytest.mark.parametrize("scope", ["step 9", "task s1", "task x", "", "everything"])
def test_nothing_to_review_is_no_scope(scope: str) -> None:
    with pytest.raises(Refusal, match="second attester"):
        Reviewed(scope)


def test_whoever_did_it_never_reviews_it_whatever_their_role_and_however_it_was_done() -> None:
    life = Reviewed(reviewer=BEN)
    life.done("s2", who=BEN)
    assert life.asked() == (ANA.id, LEA.id), "named, but the doer"
    life.take(setting_up.set_member(life.position, ANA, BEN, "lead"))
    with pytest.raises(Refusal, match="You recorded this yourself"):
        life.approve(BEN)
    with pytest.raises(Refusal, match="You recorded this yourself"):
        life.approve(Person(BEN.id, BEN.name, admin=True))
    life.take(progress.reopen(PACK, life.position, ANA, "s2", reason="wrong form"), ANA)
    life.done("s2", who=ANA)
    with pytest.raises(Refusal, match="You recorded this yourself"):
        life.approve(ANA)
    with pytest.raises(Refusal, match="Ben Cole is named"):
        life.approve(LEA)
    assert life.approve(BEN)


def test_when_the_one_who_is_named_leaves_or_only_reads_others_may() -> None:
    life = Reviewed(reviewer=BEN)
    life.done("s2", who=ANA)
    assert life.asked() == (BEN.id,)
    life.take(setting_up.set_member(life.position, ANA, BEN, "viewer"))
    assert life.asked() == (LEA.id,)
    with pytest.raises(Refusal):
        life.approve(BEN)
    life.take(setting_up.remove_member(life.position, ANA, BEN.id))
    assert life.approve(LEA)


@pytest.mark.parametrize("who", [VIC, EVE])
def test_viewers_and_strangers_say_nothing_about_it_and_members_ask_for_none(who: Person) -> None:
    life = Reviewed()
    life.done("s2")
    with pytest.raises(Refusal):
        life.approve(who)
    for person in (who, BEN):
        with pytest.raises(Refusal):
            ask_for(PACK, life.position, person, "all", LEA)
        with pytest.raises(Refusal):
            ask_no_more(life.position, person, "all")
    with pytest.raises(Refusal, match="no member or lead"):
        ask_for(PACK, life.position, ANA, "step 3", VIC)


def test_sent_back_it_is_open_again_with_the_reason_and_needs_a_new_review() -> None:
    life = Reviewed()
    life.done("s2", who=BEN)
    first = life.of()
    with pytest.raises(Refusal, match="what is missing"):
        send_back(PACK, life.position, LEA, "s2", of=first, reason=" ")
    life.take(send_back(PACK, life.position, LEA, "s2", of=first, reason="No form attached"), LEA)
    assert life.item("s2").state == "open"
    assert life.position.tasks["s2"].reason == "No form attached"
    assert life.next == "s2"
    life.done("s2", who=BEN)
    assert approve(PACK, life.position, LEA, "s2", of=first) == [], "a button from before"
    assert life.approve(LEA)


def test_undone_and_brought_back_it_needs_a_new_review() -> None:
    life = Reviewed()
    life.done("s2", who=BEN)
    life.approve()
    assert life.undo(life.of(), BEN)
    assert life.item("s2").state == "open"
    assert life.undo(life.history[-1].sequence, BEN)
    found = life.review()
    assert found is not None
    assert found.pending
    assert life.approve(ANA)


def test_what_a_reviewer_said_is_not_the_doers_to_undo_or_bring_back() -> None:
    life = Reviewed()
    life.done("s2", who=LEA)
    life.approve(ANA)
    approval = life.history[-1].sequence
    with pytest.raises(Refusal, match="not yours to undo"):
        life.undo(approval, LEA)
    assert life.undo(approval, ANA)
    with pytest.raises(Refusal, match="not yours to undo"):
        life.undo(life.history[-1].sequence, LEA)
    with pytest.raises(Refusal):
        undo(life.history, life.position, BEN, next(r.sequence for r in life.history if r.type == "review_set"))


def test_not_applicable_is_no_way_around_it() -> None:
    life = Reviewed()
    life.done("s2")
    life.done("s3e")
    life.take(progress.set_aside(PACK, life.position, BEN, "s3", reason="We think not"), BEN)
    found = life.review("s3")
    assert found is not None
    assert found.pending


def owed(life: Life, before: Any, since: int) -> list[tuple[str, str]]:
    async def nobody(*_: Any, **__: Any) -> Any: ...

    found = Reviews(nobody, PACK, lambda: life.now).owed(before, life.position, life.history[since:])
    assert len({o.key for o in found}) == len(found)
    return [(o.kind, o.person) for o in found]


def test_each_reviewer_is_told_once_and_whoever_it_is_sent_back_to() -> None:
    life = Reviewed(reviewer=BEN)
    before, since = life.position, len(life.history)
    life.done("s2", who=ANA)
    assert owed(life, before, since) == [(REVIEW_ASKED, BEN.id)]
    before, since = life.position, len(life.history)
    life.done("s3e", who=BEN)
    assert owed(life, before, since) == [(REVIEW_ASKED, ANA.id), (REVIEW_ASKED, LEA.id)], "nothing anew of s2"
    before, since = life.position, len(life.history)
    life.take(ask_for(PACK, life.position, ANA, "all", LEA), ANA)
    assert owed(life, before, since) == [(REVIEW_ASKED, LEA.id)], "named now, and told of s3e before"
    before, since = life.position, len(life.history)
    life.take(send_back(PACK, life.position, LEA, "s2", of=life.of(), reason="no"), LEA)
    assert owed(life, before, since) == [(SENT_BACK, ANA.id)]


def test_an_approval_counts_in_the_tables_only_for_what_it_was_given_for() -> None:
    life = Reviewed()

    def counts() -> list[Any]:
        found = next(t for t in tables(export_of("xlsx", life)) if t.name == "reviews")
        return [(row[3], row[-2]) for row in found.rows]

    life.done("s2", who=BEN)
    life.approve()
    assert counts() == [("approved", "yes")]
    life.take(progress.reopen(PACK, life.position, ANA, "s2", reason="the form is another"))
    assert counts() == [("approved", "earlier")]
    life.done("s2", who=BEN)
    life.approve()
    assert counts() == [("approved", "earlier"), ("approved", "yes")]
    assert life.undo(life.of(), BEN)
    assert life.undo(life.history[-1].sequence, BEN)
    assert counts() == [("approved", "earlier"), ("approved", "earlier")], "it is to be reviewed anew"


def test_it_is_in_the_tables_and_comes_back_whole() -> None:
    life = Reviewed()
    life.done("s2", who=BEN)
    life.done("s3e", who=BEN)
    life.approve()
    found = {t.name: t for t in tables(export_of("xlsx", life))}
    states = {row[2]: (row[4], row[12]) for row in found["tasks"].rows}
    assert states["s2"] == ("Done", "approved by Lea Lead")
    assert states["s3e"] == ("Done, to be reviewed", "to be reviewed")
    assert [row[3] for row in found["reviews"].rows] == ["approved"]
    (firm,) = read(written(export_of("json", life))).firms
    assert fold(life.position.key, firm.events) == life.position
    assert verify_position(life.history, life.position) is None
