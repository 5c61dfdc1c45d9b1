"""A workbook: a sheet for each table, with filters, a header that stays, and dates that are dates."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

from flows.exports.record import Export
from flows.exports.tables import Cell, Table, tables

OPTIONS = {"constant_memory": True}
"""A row is written as it comes, so that memory does not grow with them."""

NUMBERED_FROM = date(1899, 12, 30).toordinal()

LONGEST = 32_767
"""Characters that a cell may have."""

_ODD = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x|^\s|\s$").search
"""What cannot stand in a cell as it is."""

CUT = "… (cut: a cell holds no more; the JSON document has all of it)"


def write(export: Export, into: IO[bytes]) -> None:
    """The workbook."""
    found = tables(export)
    with xlsxwriter.Workbook(into, OPTIONS) as book:
        book.set_properties(
            {
                "title": f"CAIS roadmap record, {export.made_on():%Y-%m-%d}",
                "author": export.made_by,
                "comments": export.pack.wording.footer,
                "created": export.made_at.replace(tzinfo=None),
            }
        )
        looks = _Looks(book)
        for table in found:
            _sheet(book, looks, table)


class _Looks:
    """How cells look, by their kind."""

    def __init__(self, book: Any) -> None:
        top = {"valign": "top"}
        self.header = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", **top})
        self.of = {
            "text": book.add_format({"text_wrap": True, **top}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", **top}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left", **top}),
            "number": book.add_format({"num_format": "0", **top}),
        }


def _sheet(book: Any, looks: _Looks, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{table.title}&RPage &P of &N")
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    _fill(sheet, looks, table)


def _fill(sheet: Any, looks: _Looks, table: Table) -> None:
    """The cells, handed to the library as what it would make of them: by way of its own, they take three times as long.

    The tests read them back with another library.
    """
    letters = [xl_col_to_name(place) for place in range(len(table.columns))]
    header = [(letter, looks.header._get_xf_index()) for letter in letters]
    below = [(ltr, looks.of[column.kind]._get_xf_index()) for ltr, column in zip(letters, table.columns, strict=True)]
    into = sheet.row_data_fh
    into.write(_row(sheet, 1, header, [column.name for column in table.columns]))
    for nth, row in enumerate(table.rows, start=2):
        into.write(_row(sheet, nth, below, row))
    sheet.dim_rowmin = sheet.dim_colmin = 0
    sheet.dim_rowmax, sheet.dim_colmax = len(table.rows), len(table.columns) - 1


def _row(sheet: Any, nth: int, places: Sequence[tuple[str, int]], row: Iterable[Cell]) -> str:
    """A row of SpreadsheetML. `places` are the letter of each column and the number of its look."""
    cells = []
    for (letter, look), cell in zip(places, row, strict=True):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            text = _text(sheet, cell) if len(cell) > LONGEST // 2 or _ODD(cell) else f"<t>{cell}</t>"
            cells.append(f'<c r="{letter}{nth}" s="{look}" t="inlineStr"><is>{text}</is></c>')
        else:
            number = _days(cell) if isinstance(cell, date) else cell
            cells.append(f'<c r="{letter}{nth}" s="{look}"><v>{number:.16G}</v></c>')
    return f'<row r="{nth}">{"".join(cells)}</row>'


def _text(sheet: Any, text: str) -> str:
    """Whatever it is made of, as it shows."""
    written = sheet._escape_data(sheet._escape_control_characters(_cut(text)))
    return f'<t xml:space="preserve">{written}</t>'


def _cut(text: str) -> str:
    """What a cell takes; a sign above U+FFFF counts as two there."""
    if len(text) <= LONGEST // 2 or len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    room = LONGEST - len(CUT)
    return text[: room if text.isascii() or max(text) <= "\uffff" else room // 2] + CUT


def _days(value: date) -> float:
    """A day or a moment (UTC) as workbooks have it: days since the end of 1899."""
    days = value.toordinal() - NUMBERED_FROM
    if isinstance(value, datetime):
        return days + (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86_400
    return days
