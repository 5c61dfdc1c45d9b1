"""Files hold what the record holds: read back by other programs than those that wrote them."""

import csv
import io
import warnings
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import openpyxl
import pytest
import vobject
from msgspec.structs import replace

from bot.commands.noted import in_file
from bot.files import csv_tables, workbook
from bot.files.names import file_name, slug
from bot.files.writing import write
from flows import own_dates, supervision
from flows.agent_file import AgentFile
from flows.exports.calendar import CalendarEntry, entries
from flows.exports.record import Export, Format
from flows.exports.tables import tables
from flows.exports.whole import read
from flows.progress import add_note
from flows.records import seal
from tests.flows.exporting import TROUBLE, busy_life, export_of, question
from tests.flows.life import ANA, PACK, TODAY, Life


def written(export: Export) -> bytes:
    into = io.BytesIO()
    assert write(export, into) == ()
    return into.getvalue()


def noted(*texts: str) -> Life:
    life = Life()
    for text in texts:
        life.take(add_note(PACK, life.position, ANA, text=text))
    return life


# --- workbook ---------------------------------------------------------------------------------------------------


def test_a_workbook_reads_back_equal_with_another_library() -> None:
    export = export_of("xlsx", busy_life(), Life(), asked=[question()])
    book = openpyxl.load_workbook(io.BytesIO(written(export)))
    assert book.sheetnames == [table.name for table in tables(export)]
    for table in tables(export):
        sheet = book[table.name]
        heads, *rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
        assert heads == tuple(column.name for column in table.columns)
        for shown, row in zip(rows, table.rows, strict=True):
            assert shown == tuple(_as_a_workbook_has_it(cell) for cell in row)


def _as_a_workbook_has_it(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a workbook's days have no zone
    return None if cell == "" else cell


def test_dates_are_dates_headers_stay_and_columns_can_be_filtered() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(export_of("xlsx", busy_life()))))
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
    target = next(cell for cell in book["firms"][2] if book["firms"].cell(1, cell.column).value == "Target")
    assert target.is_date
    assert target.number_format == "yyyy-mm-dd"


def test_a_day_that_is_too_early_for_a_workbook_is_written_out() -> None:
    life = Life().go("agent", agents=["Clear Co"])
    for year in (1025, 2025):
        file = AgentFile(agreement="yes", agreed_on=date(year, 2, 3))
        life.take(supervision.keep(life.position, ANA, life.agent("Clear Co"), file, today=TODAY))
    sheet = openpyxl.load_workbook(io.BytesIO(written(export_of("xlsx", life))))["agent-files"]
    assert [row[5].value for row in sheet.iter_rows(min_row=2)] == ["1025-02-03", datetime(2025, 2, 3)]  # noqa: DTZ001


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "https://example.com/x"])
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(export_of("xlsx", noted(text)))))
    (cell,) = [cell for row in book["notes"] for cell in row if cell.value == text]
    assert cell.data_type == "s"
    assert cell.hyperlink is None


def test_a_cell_that_cannot_hold_all_says_so() -> None:
    life = noted("short")
    row = life.history[-1]
    long = row.payload.replace("short", "x" * 40_000)
    changed = replace(row, payload=long)
    life.history[-1] = replace(changed, hash=seal(changed))
    book = openpyxl.load_workbook(io.BytesIO(written(export_of("xlsx", life))))
    assert any("a cell holds no more" in str(cell.value) for row in book["notes"] for cell in row)


@pytest.mark.parametrize("text", [' <b>&amp; "x"\n', "_x0041_", "\u2028 a\tb \u00e9\U0001f381", "]]>"])
def test_a_cell_has_what_was_typed_to_the_last_sign(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(export_of("xlsx", noted(f"a{text}b")))))
    assert [cell.value for cell in book["notes"]["D"]] == ["Note", f"a{text}b"]


def test_what_is_longer_than_a_cell_is_cut_by_how_excel_counts() -> None:
    for text in ("x" * 40_000, "\U0001f381" * 20_000):
        cut = workbook._cut(text)
        assert cut.endswith(workbook.CUT)
        assert len(cut.encode("utf-16-le")) // 2 <= workbook.LONGEST
    assert workbook._cut("\U0001f381" * 16_000) == "\U0001f381" * 16_000


# --- CSV --------------------------------------------------------------------------------------------------------


def test_csv_begins_with_a_byte_order_mark_and_reads_back_equal() -> None:
    export = export_of("csv", busy_life())
    with zipfile.ZipFile(io.BytesIO(written(export))) as bundle:
        for table in tables(export):
            content = bundle.read(f"{table.name}.csv")
            assert content.startswith(b"\xef\xbb\xbf")
            heads, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            assert heads == [column.name for column in table.columns]
            assert len(rows) == len(table.rows)
            for shown, row in zip(rows, table.rows, strict=True):
                assert shown == [_as_csv_has_it(cell) for cell in row]


def _as_csv_has_it(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else f"'{cell}" if cell == TROUBLE else str(cell)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
)
def test_no_cell_of_a_csv_file_begins_a_formula(text: str) -> None:
    assert csv_tables.safe(text) == f"'{text}"
    assert csv_tables.safe(f"x{text}") == f"x{text}"


# --- calendar ---------------------------------------------------------------------------------------------------


def dated() -> Export:
    """Dates of every kind, with names that a calendar may stumble over."""
    life = busy_life()
    name = "Léap; day, re\\view: “ünïcödé” over more octets than one line of a calendar file may ever have, 株式会社"
    life.take(own_dates.set_recurring(life.position, ANA, name[:80], 2, 29))
    return export_of("ics", life)


def test_a_calendar_loads_in_a_parser_with_one_event_for_each_date() -> None:
    export = dated()
    calendar = icalendar.Calendar.from_ical(written(export))
    assert calendar.errors == []
    events = {(str(e["uid"]), e["recurrence-id"].dt if "recurrence-id" in e else None): e for e in calendar.events}
    expected: dict[tuple[str, date | None], CalendarEntry] = {(entry.uid, None): entry for entry in entries(export)}
    expected |= {(one.uid, one.day): one for entry in entries(export) for one in entry.single_days}
    assert events.keys() == expected.keys()
    assert len(events) > len(entries(export)), "one day of a yearly date is done"
    for key, entry in expected.items():
        event = events[key]
        assert event.errors == []
        assert (event.start, event.end) == (entry.day, entry.day + timedelta(days=1))
        assert (str(event["summary"]), str(event["description"])) == (entry.title, entry.about)
        assert event["sequence"] == entry.sequence
        assert event["last-modified"].dt == entry.revised_at.replace(microsecond=0)
        assert [alarm["trigger"].dt for alarm in event.walk("valarm")] == list(entry.alarms)


def test_a_calendar_loads_in_a_second_parser_and_a_leap_day_falls_on_the_last_of_february() -> None:
    export = dated()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser's own
        calendar = vobject.readOne(written(export).decode())
    assert {(e.uid.value, e.summary.value, e.dtstart.value) for e in calendar.vevent_list} == {
        (entry.uid, entry.title, entry.day) for each in entries(export) for entry in (each, *each.single_days)
    }
    leap = next(event for event in calendar.vevent_list if "Léap" in event.summary.value)
    assert [f"{on:%Y-%m-%d}" for on in leap.getrruleset()[:3]] == ["2027-02-28", "2028-02-29", "2029-02-28"]


def test_no_line_of_a_calendar_is_longer_than_it_may_be_and_none_is_cut_within_a_character() -> None:
    *lines, last = written(dated()).split(b"\r\n")
    assert last == b""
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None and b"\n" not in line for line in lines)


def test_a_date_that_was_taken_off_is_cancelled_in_the_calendar() -> None:
    life = busy_life()
    key = next(iter(life.position.task_due))
    life.take(own_dates.set_task_due(PACK, life.position, ANA, key, None, today=TODAY))
    assert written(export_of("ics", life)).count(b"STATUS:CANCELLED") == 1


# --- all of them ------------------------------------------------------------------------------------------------


def test_a_document_reads_back() -> None:
    life = busy_life()
    assert read(written(export_of("json", life))).firms[0].head.hash == life.position.head


@pytest.mark.parametrize("format_", ["xlsx", "csv", "ics", "json"])
def test_a_firm_at_its_very_beginning_can_be_written_out(format_: Format) -> None:
    assert written(export_of(format_, Life()))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example Securities, LLC", "Example-Securities-LLC"),
        ("../../etc/passwd", "etc-passwd"),
        ("Müller & Söhne", "Muller-Sohne"),
        ("株式会社", "firm"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_files_name_is_safe_on_every_system(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_files_name_says_whose_it_is_and_when_it_was_made() -> None:
    assert file_name(export_of("csv", Life())) == "Apex-cais-record-2026-11-23.csv.zip"
    assert file_name(export_of("ics", Life(), Life())) == "2-firms-cais-dates-2026-11-23.ics"


def test_what_is_written_in_the_evening_has_the_day_it_is_where_the_firm_is() -> None:
    export = replace(export_of("xlsx", Life()), made_at=datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert file_name(export).endswith("-2026-11-23.xlsx")


@pytest.mark.parametrize("most_held", [0, workbook.MOST_HELD])
def test_a_workbook_names_its_heads_however_its_texts_are_kept_and_once_another_program_saved_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, most_held: int
) -> None:
    monkeypatch.setattr(workbook, "MOST_HELD", most_held)
    export = export_of("xlsx", busy_life(), noted("hello"))
    heads = [firm.rows[-1].hash for firm in export.firms]
    path = tmp_path / "record.xlsx"
    path.write_bytes(written(export))
    assert sorted(in_file(path)) == sorted(heads)
    openpyxl.load_workbook(path).save(path)
    assert sorted(in_file(path)) == sorted(heads)
