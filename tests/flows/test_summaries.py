"""Where a firm stands, which firms come first, and when a summary is posted."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect
from msgspec.structs import replace

from flows import answers, own_dates, progress, setting_up
from flows.events import AnyEvent, Event, Every, RecordExported, TextRefused, Undone
from flows.position import Posted
from flows.summaries.changes import changes, headline
from flows.summaries.portfolio import counts, only, worst_first
from flows.summaries.posting import now_and_next
from flows.summaries.standing import Standing, standing
from flows.trading_days import NYSE
from tests.flows.life import ANA, BEN, PACK, START, TODAY, Life


def firm(**said: Any) -> Life:
    """Registered, with an agent."""
    life = Life(**said)
    life.take(answers.give(PACK, life.position, ANA, "fdid_duty", ["yes"], today=TODAY))
    life.take(progress.complete(PACK, life.position, ANA, "s2", today=TODAY, outcome="submitted"))
    return life


def due(life: Life, task: str, on: date) -> None:
    life.take(own_dates.set_task_due(PACK, life.position, ANA, task, on, today=TODAY))


def read(life: Life, today: date = TODAY) -> Standing:
    return standing(PACK, life.position, today)


def test_a_day_is_soon_for_seven_days_and_has_passed_the_day_after() -> None:
    life = firm()
    due(life, "s3e", date(2026, 12, 10))
    kinds = {on: read(life, date(2026, 12, on)).concerns & {"soon", "past"} for on in (3, 4, 10, 11)}
    assert kinds == {3: set(), 4: {"soon"}, 10: {"soon"}, 11: {"past"}}


def test_an_owner_who_left_the_firm_owns_nothing() -> None:
    life = firm()
    life.take(own_dates.assign(PACK, life.position, ANA, "s3e", BEN))
    assert [m.item.key for m in read(life).having("no_owner")] == ["s4"]
    life.take(setting_up.remove_member(life.position, ANA, BEN.id))
    assert "s3e" in [m.item.key for m in read(life).having("no_owner")]


def test_that_the_same_file_was_made_several_times_is_told_once() -> None:
    life = Life()
    for format_ in ("csv", "csv", "packet", "csv"):
        life.take([RecordExported(format=format_, digest="0" * 64, size=1)])
    told = [c.words for c in changes(PACK, life.position, life.history, START) if "written out" in c.words]
    assert told == ["Had the record written out: CSV tables", "Had the record written out: examiner packet"]


def test_of_two_firms_the_one_with_a_date_that_passed_comes_first_and_an_end_last() -> None:
    calm, passed, ended = firm(), firm(), Life()
    due(passed, "s3e", date(2026, 12, 1))
    ended.take(answers.give(PACK, ended.position, ANA, "fdid_duty", ["no"], today=TODAY, basis="none"))
    today = date(2026, 12, 3)
    ordered = worst_first([read(ended, today), read(calm, today), read(passed, today)])
    assert [s.position for s in ordered] == [passed.position, calm.position, ended.position]
    assert counts(ordered)["past"] == 1
    assert only(ordered, "past") == ordered[:1]
    assert ordered[-1].ended


def test_what_people_wrote_is_in_no_change() -> None:
    life = firm()
    life.take(progress.add_note(PACK, life.position, ANA, text="Zephyrine", key="s3e"))
    life.take(progress.set_aside(PACK, life.position, ANA, "s3", reason="Zephyrine", seen=None))
    life.take(progress.reopen(PACK, life.position, ANA, "s3", reason="Zephyrine", seen=None))
    found = changes(PACK, life.position, life.history, START)
    assert len(found) >= 5
    assert "Zephyrine" not in str(found)
    assert found[0].at > found[-1].at


def made_up(kind: inspect.Type, name: str) -> Any:
    """A value of this type; every text is the name of the field it stands in."""
    match kind:
        case inspect.StructType():
            return {f.encode_name: made_up(f.type, f"<{kind.cls.__name__}.{f.name}>") for f in kind.fields}
        case inspect.VarTupleType():
            return [made_up(kind.item_type, name)]
        case inspect.UnionType():
            return made_up(next(t for t in kind.types if not isinstance(t, inspect.NoneType)), name)
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StrType():
            return name
        case inspect.BoolType():
            return True
        case inspect.IntType():
            return 1
        case inspect.DateType():
            return "2026-11-23"
        case inspect.TimeType():
            return "09:00:00"
        case _:
            raise AssertionError(f"no value is made up for {kind}")


MAY_STAND_IN_A_CHANNEL = {
    *("<FirmSetUp.name>", "<FirmRenamed.name>", "<TimeZoneSet.time_zone>", "<CrdEntered.crd>"),
    *("<PrecheckAnswered.value>", "<ProfileAnswered.value>", "<MemberSet.name>", "<MemberRemoved.person>"),
    *("<AnswerGiven.fact>", "<AnswerGiven.value>", "<AnswerGiven.attester_name>"),
    *("<AgentAdded.name>", "<AgentRenamed.name>", "<RecurringSet.name>", "<StepDueSet.step>"),
    *("<TaskWaiting.whom>", "<TaskAssigned.name>", "<ReviewSet.name>", "<Told.name>", "<RecordExported.format>"),
}
"""Beside the tasks: names, what was chosen, days. What people write as a note, reason or proof is not among it."""


TOLD = [k for k in get_args(AnyEvent) if k not in (Undone, TextRefused)]


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_of_no_event_a_note_a_reason_or_a_link_stands_in_a_channel(kind: type[Event]) -> None:
    made = msgspec.convert(made_up(inspect.type_info(kind), ""), kind)
    life = Life()
    row = replace(life.history[-1], before="{}", payload=msgspec.json.encode(made).decode())
    said = re.findall(r"<\w+\.\w+>", headline(PACK, life.position, row, {}))
    assert {field for field in said if not re.search(r"\.(task|scope)>", field)} <= MAY_STAND_IN_A_CHANNEL


def test_an_undo_tells_no_more_than_what_it_took_back() -> None:
    life = firm()
    life.take(progress.add_note(PACK, life.position, ANA, text="Zephyrine", key="s3e"))
    life.take([Undone(of=(life.history[-1].sequence,))])
    assert next(c.words for c in changes(PACK, life.position, life.history, START)).startswith("Took back: Note added")


def posted(every: Every, at: datetime) -> Posted:
    return Posted(every, time(9), "America/New_York", False, ANA.id, ANA.name, at, 7)


@pytest.mark.parametrize(
    ("every", "now", "names"),
    [
        ("weekly", datetime(2026, 11, 25, 15, tzinfo=UTC), ["weekly:2026-11-23", "weekly:2026-11-30"]),
        ("weekly", datetime(2027, 1, 18, 15, tzinfo=UTC), ["weekly:2027-01-19", "weekly:2027-01-25"]),
        ("daily", datetime(2026, 11, 26, 15, tzinfo=UTC), ["daily:2026-11-25", "daily:2026-11-27"]),
        ("once", datetime(2026, 11, 26, 15, tzinfo=UTC), ["once:2026-11-01"]),
    ],
)
def test_a_message_belongs_to_a_trading_day(every: Every, now: datetime, names: list[str]) -> None:
    made = posted(every, datetime(2026, 11, 1, 15, tzinfo=UTC))
    assert [period.name for period in now_and_next(made, NYSE, now)] == names


def test_the_hour_is_the_same_on_both_sides_of_a_clock_change() -> None:
    made = posted("weekly", datetime(2026, 10, 1, tzinfo=UTC))
    before, after = now_and_next(made, NYSE, datetime(2026, 10, 28, tzinfo=UTC))
    assert (before.at.hour, after.at.hour) == (13, 14), "October 26 and November 2, nine in New York"


@given(days=st.integers(0, 400), every=st.sampled_from(["daily", "weekly"]))
def test_what_comes_next_becomes_what_is_now(days: int, every: Every) -> None:
    made = posted(every, START - timedelta(30))
    _, following = now_and_next(made, NYSE, START + timedelta(days))
    then, _ = now_and_next(made, NYSE, following.at)
    assert then == following
    assert following.at > START + timedelta(days) - timedelta(1)
