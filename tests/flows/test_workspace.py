"""What a workspace admin adds to the industry dates and to the trading calendar."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from flows import workspace
from flows.deadlines import Source, Value
from flows.firms import Person, Refusal
from flows.workspace import DeadlineRevised, Entry, Fact, TradingDayEdited, Withdrawn, Workspace
from tests.flows.test_deadlines import FULL, LEDGER

ADMIN = Person("slack:-/T1/UADM", "Ada Admin", admin=True)
LEAD = Person("slack:-/T1/UANA", "Ana Ruiz")
TODAY = date(2026, 11, 23)
MOVED = DeadlineRevised(
    deadline=FULL,
    from_=date(2026, 11, 20),
    to=date(2026, 11, 20),
    value=Value(type="date", on=date(2027, 6, 30)),
    source=Source("CAT Alert 2026-01", "https://www.catnmsplan.com/cat-alerts"),
    reason="A new version of the specification.",
)
CLOSED = TradingDayEdited(date(2027, 3, 3), "closed", "Power cut")


class Office:
    """One workspace and what is entered in it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def enter(self, fact: Fact, who: Person = ADMIN) -> bool:
        decided = workspace.decide(LEDGER, self.entries, who, fact, today=TODAY)
        if decided:
            at = datetime(2026, 11, 23, 14, tzinfo=UTC)
            self.entries.append(workspace.entry("-/T1", self.entries, decided, who, at=at, cause=None))
        return decided is not None

    @property
    def now(self) -> Workspace:
        return workspace.fold(LEDGER, self.entries)


def test_an_added_revision_supersedes_what_is_shipped_from_its_day_on() -> None:
    office = Office()
    assert office.enter(MOVED)
    after, before = (office.now.ledger.as_of(FULL, d) for d in (TODAY, date(2026, 11, 19)))
    assert after is not None
    assert before is not None
    assert after.revision.value.on == date(2027, 6, 30)
    assert after.revision.kind == "postponed"
    assert after.revision.added_by == "Ada Admin"
    assert before.revision.number == 8
    notice = office.now.ledger.notice(after.revision)
    assert notice is not None
    assert notice.old.on == date(2024, 5, 31)


def test_an_older_announcement_entered_now_does_not_supersede_what_came_later() -> None:
    office = Office()
    old = replace(MOVED, from_=date(2022, 11, 1), to=date(2022, 11, 1), value=Value(type="date", on=date(2023, 1, 9)))
    assert office.enter(old)
    now = office.now.ledger.as_of(FULL, TODAY)
    then = office.now.ledger.as_of(FULL, date(2022, 11, 2))
    assert now is not None
    assert then is not None
    assert now.revision.number == 8
    assert then.revision.value.on == date(2023, 1, 9)


def test_a_date_we_could_not_confirm_gives_way_to_one_entered_with_its_source() -> None:
    office = Office()
    found = replace(MOVED, deadline="interim_4", from_=date(2023, 8, 15), to=date(2023, 8, 15))
    assert office.enter(replace(found, value=Value(type="from", on=date(2024, 4, 15))))
    known = office.now.ledger.as_of("interim_4", TODAY)
    assert known is not None
    assert known.revision.value.on == date(2024, 4, 15)


def test_a_new_industry_date_needs_a_name_and_then_has_a_story_of_its_own() -> None:
    office = Office()
    with pytest.raises(Refusal, match="name"):
        office.enter(replace(MOVED, deadline="new"))
    assert office.enter(replace(MOVED, deadline="new", title="Reference Database cut-over"))
    deadline = office.now.ledger.deadline("new")
    assert deadline is not None
    assert deadline.title == "Reference Database cut-over"
    assert office.now.ledger.story("new")[0].kind == "set"


def test_only_workspace_admins_change_what_holds_for_every_firm() -> None:
    for fact in (MOVED, CLOSED, Withdrawn(1)):
        with pytest.raises(Refusal, match="runs this workspace"):
            Office().enter(fact, LEAD)


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (replace(MOVED, reason=" "), "reason"),
        (replace(MOVED, source=Source(" ")), "source"),
        (replace(MOVED, source=Source("Alert", "ftp://x")), "url"),
        (replace(MOVED, to=date(2026, 11, 19)), "to"),
        (replace(MOVED, to=date(2026, 11, 24)), "to"),
        (replace(MOVED, from_=date(1999, 1, 1)), "from"),
        (replace(MOVED, value=Value(type="date")), "day"),
        (replace(MOVED, value=Value(type="window", start=date(2027, 2, 1))), "day"),
        (replace(MOVED, value=Value(type="window", start=date(2027, 2, 2), end=date(2027, 2, 1))), "until"),
        (replace(CLOSED, reason=""), "reason"),
        (replace(CLOSED, day=date(2027, 5, 31)), "day"),
        (replace(CLOSED, day=date(2207, 3, 3)), "day"),
    ],
)
def test_what_is_incomplete_or_cannot_be_is_refused_with_its_field(fact: Fact, kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        Office().enter(fact)
    assert refused.value.kind == kind


def test_personal_data_in_a_reason_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        Office().enter(replace(MOVED, reason="SSN 123-45-6789"))
    assert refused.value.kind == "guard"


def test_a_closure_is_counted_and_a_day_declared_open_takes_it_back() -> None:
    office = Office()
    assert office.enter(CLOSED)
    assert office.now.calendar.name_of(date(2027, 3, 3)) == "Power cut"
    assert not office.enter(CLOSED)
    assert office.enter(TradingDayEdited(date(2027, 3, 3), "open", "It opened after all"))
    assert office.now.calendar.is_trading_day(date(2027, 3, 3))


def test_what_is_withdrawn_counts_no_more_and_is_still_there() -> None:
    office = Office()
    office.enter(MOVED)
    office.enter(CLOSED)
    assert office.enter(Withdrawn(1))
    assert not office.enter(Withdrawn(1))
    assert not office.enter(Withdrawn(99))
    known = office.now.ledger.as_of(FULL, TODAY)
    assert known is not None
    assert known.revision.number == 8
    assert not office.now.calendar.is_trading_day(date(2027, 3, 3))
    assert len(office.now.entries) == 3


def test_the_same_revision_twice_is_one() -> None:
    office = Office()
    assert office.enter(MOVED)
    assert not office.enter(MOVED)
