"""A record as tables, as calendar entries and as a document: whole, the same again, and newer only where it changed."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from flows import answers, own_dates, progress, workspace
from flows import events as e
from flows.deadlines import Deadline, Ledger, Revision, Source, Value
from flows.events import EvidenceAdded, Record
from flows.evidence.pieces import pieces, remove
from flows.evolve import fold
from flows.exports.calendar import CalendarEntry, alarms, entries
from flows.exports.tables import TABLE_NAMES, Table, tables
from flows.exports.whole import Unreadable, read, written
from flows.firms import Person, Refusal
from flows.position import Recurring
from flows.records import seal, verify
from flows.reminders import setting
from flows.setting_up import set_member
from flows.trading_days import NYSE
from flows.workspace import Workspace
from tests.flows.exporting import AT, LEDGER, TROUBLE, busy_life, export_of, question
from tests.flows.life import ANA, BEN, PACK, TODAY, Life


def table(name: str, *lives: Life) -> Table:
    found = {t.name: t for t in tables(export_of("xlsx", *lives, asked=[question()]))}
    assert tuple(found) == TABLE_NAMES
    return found[name]


def column(of: Table, name: str) -> list[object]:
    place = [c.name for c in of.columns].index(name)
    return [row[place] for row in of.rows]


# --- tables -----------------------------------------------------------------------------------------------------


def test_every_entry_of_the_history_is_a_row_with_its_hash() -> None:
    life = busy_life()
    history = table("history", life)
    assert column(history, "Hash") == [row.hash for row in life.history]
    assert column(history, "Counts").count("undone") == 1
    assert column(table("firms", life), "Head of the chain") == [life.position.head]
    assert column(table("firms", life), "Legal hold") == ["set by Ana Ruiz on Nov 23, 2026: “an inquiry”"]


def test_a_member_whose_name_was_not_known_is_called_as_they_were_when_they_acted() -> None:
    life = Life()
    lea = Person("slack:-/T1/ULEA", "Lea Haddad")
    life.take(set_member(life.position, ANA, replace(lea, name=""), "member"))
    assert column(table("members", life), "Name")[-1] == ""
    life.answer("fdid_duty", "yes", who=lea)
    assert column(table("members", life), "Name")[-1] == "Lea Haddad"


def test_every_row_has_a_cell_of_the_right_kind_for_every_column() -> None:
    kinds = {"text": str, "date": date, "moment": datetime, "number": int}
    for each in tables(export_of("xlsx", busy_life(), Life(), asked=[question()])):
        assert each.rows, each.name
        for row in each.rows:
            assert len(row) == len(each.columns)
            for col, cell in zip(each.columns, row, strict=True):
                assert cell is None or isinstance(cell, kinds[col.kind]), (each.name, col.name, cell)


def test_what_people_typed_is_in_the_tables_as_they_typed_it() -> None:
    life = busy_life()
    assert TROUBLE in column(table("notes", life), "Note")
    assert column(table("evidence", life), "Link or words") == ["https://example.com/form?a=1&b=2"]
    assert column(table("notes", life), "Counts") == ["yes", "undone"]


def test_evidence_has_a_row_with_all_that_is_known_of_a_file_and_whether_it_counts() -> None:
    life = Life()
    known: dict[str, Any] = {
        "name": "a.pdf",
        "size": 5,
        "claimed": "application/pdf",
        "seen": "text/html",
        "digest": "a" * 64,
    }
    life.take([EvidenceAdded("s1", "file", "https://x.slack.com/f", copied=True, covers=("A memo",), **known)])
    life.take([EvidenceAdded("s1", "message", "https://x.slack.com/archives/C1/p1")])
    [first, _] = pieces(life.history)
    life.take(remove(life.position, life.history, ANA, first.row.sequence, reason="wrong one"))
    rows = table("evidence", life)
    assert column(rows, "Type as claimed") == ["application/pdf", ""]
    assert column(rows, "Type as seen") == ["text/html", ""]
    assert column(rows, "Bytes") == [5, None]
    assert column(rows, "Copy") == ["copy kept", ""]
    assert column(rows, "Weak") == ["", "yes"]
    assert column(rows, "Said to be") == ["A memo", ""]
    assert column(rows, "Counts") == ["removed", "yes"]
    assert column(rows, "Removed because") == ["wrong one", ""]
    [firm] = read(written(export_of("json", life))).firms
    assert firm.events == tuple(life.history)
    assert fold(life.position.key, firm.events) == life.position


def test_an_answer_that_was_changed_stays_as_an_earlier_one() -> None:
    life = busy_life()
    life.answer("methods", "ui")
    methods = [r for r in table("answers", life).rows if r[1] == PACK.questions["methods"].ask]
    assert [row[-2] for row in methods] == ["earlier", "yes"]


def test_each_time_a_date_was_set_is_a_row_and_the_last_one_counts() -> None:
    life = busy_life()
    life.take(own_dates.set_recurring(life.position, ANA, "SAA yearly certification", 4, 1))
    yearly = [r for r in table("dates", life).rows if r[1] == "Every year"]
    assert [(row[3], row[4], row[-2]) for row in yearly] == [
        (None, "every March 15", "earlier"),
        (date(2027, 3, 15), "done for this day", "yes"),
        (None, "every April 1", "yes"),
    ]
    assert yearly[1][2] == "Done: SAA yearly certification"


def test_a_yearly_date_that_is_done_for_a_day_goes_on_and_an_undo_of_that_is_said() -> None:
    life = busy_life()
    marked = next(row.sequence for row in life.history if row.type == "recurring_done")
    counts = {row[-1]: row[-2] for row in table("dates", life).rows if row[1] == "Every year"}
    assert list(counts.values()) == ["yes", "yes"]
    life.undo(marked)
    assert {row[-1]: row[-2] for row in table("dates", life).rows if row[1] == "Every year"} == {
        **counts,
        marked: "undone",
    }


def test_a_firms_numbers_for_reminders_are_in_its_tables() -> None:
    (changed,) = column(table("firms", busy_life()), "Reminders")
    (shipped,) = column(table("firms", Life()), "Reminders")
    assert "before a date, 15 and 5 trading days before and on the day itself; " in str(changed)
    assert "before a date, 10, 5, 2 and 1 trading days before and on the day itself; " in str(shipped)


def test_a_follow_up_is_over_once_nobody_waits_any_more() -> None:
    life = busy_life()
    key = life.walk.waiting[0].key
    assert [r[-2] for r in table("dates", life).rows if r[1] == "Follow-up"] == ["yes"]
    life.done(key)
    assert [r[-2] for r in table("dates", life).rows if r[1] == "Follow-up"] == ["earlier"]


# --- calendar ---------------------------------------------------------------------------------------------------


def dates_of(life: Life) -> Mapping[str, CalendarEntry]:
    found = entries(export_of("ics", life))
    assert len({entry.uid for entry in found}) == len(found)
    return {entry.uid.partition(".")[0]: entry for entry in found}


def test_each_date_is_one_entry() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    waits = life.walk.waiting[0].key
    yearly = life.position.recurring[0].id
    expected = {"target", f"task-{key}", "step-6-II-B", f"yearly-{yearly}", f"waiting-{waits}", "firm-answer-q1"}
    assert set(dates_of(life)) == expected


def test_a_revised_date_keeps_its_uid_and_gets_a_higher_sequence() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    before = dates_of(life)
    life.take(own_dates.set_task_due(PACK, life.position, ANA, key, date(2027, 2, 1), today=TODAY))
    after = dates_of(life)
    assert after[f"task-{key}"].day == date(2027, 2, 1)
    assert after[f"task-{key}"].sequence > before[f"task-{key}"].sequence
    assert {u: e for u, e in after.items() if u != f"task-{key}"} == {
        u: e for u, e in before.items() if u != f"task-{key}"
    }


def test_a_cleared_date_is_cancelled_and_comes_back_when_it_is_set_again() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    first = dates_of(life)[f"task-{key}"]
    life.take(own_dates.set_task_due(PACK, life.position, ANA, key, None, today=TODAY))
    cleared = dates_of(life)[f"task-{key}"]
    assert (cleared.cancelled, cleared.day, cleared.alarms) == (True, first.day, ())
    life.undo()
    back = dates_of(life)[f"task-{key}"]
    assert (back.cancelled, back.day) == (False, first.day)
    assert first.sequence < cleared.sequence < back.sequence


def test_what_is_done_reminds_nobody() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    life.done(key)
    done = dates_of(life)[f"task-{key}"]
    assert done.alarms == ()
    assert not done.cancelled
    assert "Done: " in done.title


def test_a_day_of_a_yearly_date_that_is_done_reminds_nobody_and_the_others_do() -> None:
    life = busy_life()
    yearly = life.position.recurring[0].id
    before = dates_of(life)[f"yearly-{yearly}"]
    (single,) = before.single_days
    assert (single.uid, single.day, single.alarms) == (before.uid, date(2027, 3, 15), ())
    assert single.title == "Apex: Done: SAA yearly certification"
    assert before.alarms
    life.undo(next(row.sequence for row in life.history if row.type == "recurring_done"))
    after = dates_of(life)[f"yearly-{yearly}"]
    assert after.sequence > before.sequence
    (single,) = after.single_days
    assert (single.day, single.title, single.alarms) == (date(2027, 3, 15), after.title, after.alarms)


def test_a_yearly_date_begins_with_the_first_day_that_counts() -> None:
    life = busy_life()
    yearly = life.position.recurring[0].id
    life.take(setting.finish_recurring(life.position, ANA, yearly, date(2026, 3, 15), TODAY))
    entry = dates_of(life)[f"yearly-{yearly}"]
    assert entry.day == date(2027, 3, 15), "it was set in November, and no March before that was one of its days"
    assert [single.day for single in entry.single_days] == [date(2027, 3, 15)]
    life.take(own_dates.set_recurring(life.position, ANA, "Today's", TODAY.month, TODAY.day))
    assert dates_of(life)[f"yearly-{life.position.recurring[-1].id}"].day == TODAY


def test_a_target_is_newer_only_when_it_is_set_or_the_firm_is_through_or_not_any_more() -> None:
    life = Life(target=date(2027, 5, 28)).go("agent", agents=["Clear Co"])
    assert dates_of(life)["target"].sequence == 1
    life.until()
    done = dates_of(life)["target"]
    assert (done.title, done.sequence) == ("Apex: Done: To be through with the roadmap", life.history[-1].sequence)
    life.take(progress.add_note(PACK, life.position, ANA, text="through", key="s2"))
    assert dates_of(life)["target"] == done
    life.take([e.TaskSentBack("s2", 1, ANA.id, "unsigned")], BEN)
    again = dates_of(life)["target"]
    assert (again.title, again.sequence) == ("Apex: To be through with the roadmap", life.position.version)
    life.answer("fdid_duty", "no")
    assert dates_of(life)["target"].sequence == life.position.version
    life.undo()
    assert dates_of(life)["target"].sequence == life.position.version
    life.take([e.TargetSet(date(2027, 6, 30))])
    assert dates_of(life)["target"].sequence == life.position.version


def test_a_task_that_was_sent_back_is_newer_in_the_calendar() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    life.done(key)
    done = dates_of(life)[f"task-{key}"]
    life.take([e.TaskSentBack(key, 1, ANA.id, "unsigned")], BEN)
    back = dates_of(life)[f"task-{key}"]
    assert ("Done: " in done.title, "Done: " in back.title) == (True, False)
    assert back.sequence > done.sequence


def test_what_was_done_on_a_day_that_the_rule_names_no_more_is_no_entry() -> None:
    life = busy_life()
    yearly = life.position.recurring[0].id
    life.take(own_dates.set_recurring(life.position, ANA, "SAA yearly certification", 4, 1))
    assert dates_of(life)[f"yearly-{yearly}"].single_days == ()
    life.take(own_dates.remove_recurring(life.position, ANA, yearly))
    gone = dates_of(life)[f"yearly-{yearly}"]
    assert (gone.cancelled, gone.single_days) == (True, ())


def test_alarms_are_at_nine_on_trading_days_before() -> None:
    # A Monday: before it New Year's Day and a weekend do not count.
    day = datetime(2027, 1, 4)  # noqa: DTZ001 - by the clock of whoever's calendar it is
    rings = [f"{day + alarm:%Y-%m-%d %H:%M}" for alarm in alarms(day.date(), NYSE)]
    assert rings == ["2026-12-24 09:00", "2026-12-31 09:00", "2027-01-04 09:00"]
    assert alarms(date(2027, 1, 2), NYSE)[-1] == timedelta(days=-2, hours=9), "a Saturday's reminder rolls back"


def test_an_industry_date_is_there_only_while_it_is_to_come() -> None:
    source = (Source("CAT Alert"),)

    def ledger(*days: date) -> Ledger:
        made = [
            Revision("x", n, date(2026, 1, n), date(2026, 1, n), Value("date", on=on), "set", "", source)
            for n, on in enumerate(days, start=1)
        ]
        return Ledger((Deadline("x", "New file format"),), tuple(made))

    def found(*days: date) -> list[CalendarEntry]:
        export = msgspec.structs.replace(export_of("ics", Life()), shared={"-/T1": Workspace(ledger(*days))})
        return [e for e in entries(export) if e.uid.startswith("industry")]

    assert found(date(2026, 11, 20)) == []
    (first,) = found(date(2027, 6, 1))
    (second,) = found(date(2027, 6, 1), date(2027, 9, 1))
    assert (second.uid, second.day) == (first.uid, date(2027, 9, 1))
    assert second.sequence > first.sequence
    assert [e for e in entries(export_of("ics", Life())) if e.uid.startswith("industry")] == []


def test_a_calendar_hears_of_an_industry_date_that_is_corrected_back_or_taken_back() -> None:
    entered: tuple[workspace.Entry, ...] = ()
    admin = Person(ANA.id, ANA.name, admin=True)

    def after(fact: workspace.AnyFact) -> CalendarEntry:
        nonlocal entered
        entered += (workspace.entry("-/T1", entered, fact, admin, at=AT, cause=str(len(entered))),)
        there = workspace.fold(LEDGER, entered)
        export = msgspec.structs.replace(export_of("ics", Life()), shared={"-/T1": there})
        (found,) = [one for one in entries(export) if one.uid.startswith("industry-own")]
        return found

    def announced(value: Value) -> workspace.DeadlineRevised:
        day = date(2026, 11, 2)
        return workspace.DeadlineRevised("own", day, day, value, Source("CAT Alert"), "", title="Cut-over")

    told = [after(announced(Value("date", on=date(2027, month, 1)))) for month in (6, 9)]
    told += [after(workspace.Withdrawn(2))]
    assert [(one.day.month, one.cancelled) for one in told] == [(6, False), (9, False), (6, False)]
    told += [after(announced(Value("tbd"))), after(workspace.Withdrawn(4)), after(workspace.Withdrawn(1))]
    assert [one.cancelled for one in told[3:]] == [True, False, True], "open again, and then a mistake altogether"
    assert [one.sequence for one in told] == sorted({one.sequence for one in told}), "else a calendar keeps the old one"
    assert {(one.uid, one.title) for one in told} == {(told[0].uid, "CAIS: Cut-over")}
    assert told[-1].alarms == ()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_an_entry_that_changed_is_newer_than_the_one_before(seed: int) -> None:
    chance, life = random.Random(seed), busy_life()
    shown = dates_of(life)
    for _ in range(60):
        try:
            _something(life, chance)
        except Refusal:
            continue
        now = dates_of(life)
        assert shown.keys() <= now.keys(), "what a calendar has is never forgotten"
        for uid, before in shown.items():
            after = now[uid]
            assert after.sequence >= before.sequence
            if msgspec.structs.replace(after, sequence=0, revised_at=AT) != msgspec.structs.replace(
                before, sequence=0, revised_at=AT
            ):
                assert after.sequence > before.sequence, (uid, before, after)
        shown = now


def _something(life: Life, chance: random.Random) -> None:
    items = [i for i in life.walk.items if i.task.kind != "question"]
    item, day = chance.choice(items), TODAY + timedelta(days=chance.randint(0, 300))
    match chance.randint(0, 13):
        case 0 | 1:
            due = chance.choice([day, None])
            life.take(own_dates.set_task_due(PACK, life.position, ANA, item.key, due, today=TODAY))
        case 2:
            due = chance.choice([day, None])
            life.take(own_dates.set_step_due(PACK, life.position, ANA, item.task.part, due, today=TODAY))
        case 3 | 4:
            life.done(item.key)
        case 5:
            life.take(progress.reopen(PACK, life.position, ANA, item.key, reason="again"))
        case 6:
            life.answer("methods", *chance.sample(["agent", "ui", "upload"], 2))
        case 7:
            life.undo(chance.randint(1, life.position.version))
        case 8:
            life.take(own_dates.set_recurring(life.position, ANA, "Review", 2, chance.randint(1, 29)))
        case 9:
            life.take(own_dates.assign(PACK, life.position, ANA, item.key, ANA))
        case 10:
            life.take(answers.add_agents(life.position, ANA, [f"Agent {life.position.version}"]))
        case 11 | 12:
            yearly = chance.choice(life.position.recurring or [Recurring("r0", "", 1, 1, 0, AT)])
            on = own_dates.in_year(yearly, chance.choice([2026, 2027]))
            life.take(setting.finish_recurring(life.position, ANA, yearly.id, on, TODAY))
        case 13:
            yearly = chance.choice(life.position.recurring or [Recurring("r0", "", 1, 1, 0, AT)])
            life.take(own_dates.remove_recurring(life.position, ANA, yearly.id))


# --- the document -----------------------------------------------------------------------------------------------


def test_a_document_holds_every_event_and_reads_back_as_the_same() -> None:
    lives = [busy_life()]
    whole = read(written(export_of("json", *lives, asked=[question()])))
    (firm,) = whole.firms
    assert firm.events == tuple(lives[0].history)
    assert verify(firm.events) is None
    assert fold(lives[0].position.key, firm.events) == lives[0].position
    assert firm.questions == (question(),)
    assert {"recurring_done", "reminders_set"} <= {event.type for event in firm.events}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON document"),
        (b"\x50\x4b\x03\x04", "no JSON document"),
        (b'{"schema": "cais-export/9"}', "its schema is cais-export/9"),
        (b"{}", "it names no schema"),
        (b'{"schema": "cais-export/1"}', "Something is missing"),
        (b"[1, 2]", "no JSON document"),
    ],
)
def test_a_file_that_is_no_export_says_so(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(content)


def test_a_file_that_was_cut_off_says_so() -> None:
    content = written(export_of("json", busy_life()))
    with pytest.raises(Unreadable, match="cut off"):
        read(content[: len(content) // 2])


def test_a_changed_added_moved_or_missing_event_is_named() -> None:
    life = busy_life()
    fields = [f for f in life.history[0].__struct_fields__ if f not in ("tenant", "firm", "sequence", "practice")]
    for field in fields:
        document = msgspec.json.decode(written(export_of("json", life)))
        document["firms"][0]["events"][4][field] = "tampered"
        with pytest.raises(Unreadable, match=r"Apex \(f1 of -/T1\).*Event 5"):
            read(msgspec.json.encode(document))
    for change in (lambda e: e.pop(4), lambda e: e.insert(4, e[4]), lambda e: e.reverse()):
        document = msgspec.json.decode(written(export_of("json", life)))
        change(document["firms"][0]["events"])
        with pytest.raises(Unreadable, match="was changed after it was written out"):
            read(msgspec.json.encode(document))
    document = msgspec.json.decode(written(export_of("json", life)))
    document["firms"][0]["events"].pop()
    with pytest.raises(Unreadable, match="Its head names event"):
        read(msgspec.json.encode(document))


def test_a_packet_is_said_to_be_a_zip_and_an_editors_mark_is_passed_over() -> None:
    with pytest.raises(Unreadable, match="unpack it"):
        read(b"PK\x03\x04 a packet")
    whole = written(export_of("json", busy_life()))
    assert read(b"\xef\xbb\xbf" + whole) == read(whole)


def test_what_a_newer_version_recorded_is_not_said_to_be_changed() -> None:
    document = msgspec.json.decode(written(export_of("json", busy_life())))
    (firm,) = document["firms"]
    last = msgspec.convert(firm["events"][-1], Record)
    newer = replace(last, sequence=last.sequence + 1, type="newer", payload='{"type":"newer"}', previous_hash=last.hash)
    newer = replace(newer, hash=seal(newer))
    firm["events"].append(msgspec.to_builtins(newer))
    firm["head"] = {"events": newer.sequence, "hash": newer.hash}
    with pytest.raises(Unreadable) as refused:
        read(msgspec.json.encode(document))
    assert "cannot be read in" in str(refused.value)
    assert "a newer version may have written it" in str(refused.value)
    assert "was changed" not in str(refused.value)


def test_events_and_questions_of_another_firm_are_not_smuggled_in() -> None:
    document = msgspec.json.decode(written(export_of("json", busy_life(), asked=[question()])))
    document["firms"][0]["questions"][0]["firm"] = "f2"
    with pytest.raises(Unreadable, match="another firm"):
        read(msgspec.json.encode(document))
    document = msgspec.json.decode(written(export_of("json", busy_life())))
    document["firms"] *= 2
    with pytest.raises(Unreadable, match="more than once"):
        read(msgspec.json.encode(document))


def test_what_a_later_version_adds_does_not_keep_a_document_from_being_read() -> None:
    document = msgspec.json.decode(written(export_of("json", busy_life())))
    document["added"] = document["firms"][0]["added"] = {"later": True}
    assert read(msgspec.json.encode(document)).made_at == AT.astimezone(UTC).isoformat(timespec="seconds")
