"""A workbook: a sheet for each table, with filters, a header that stays, and dates that are dates."""

from datetime import date, datetime
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no types

from flows.exports.record import Export
from flows.exports.tables import Cell, Column, Table, tables

OPTIONS = {
    "strings_to_formulas": False,  # what people typed is text, whatever it begins with
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,  # moments are UTC, as their column says
}
MOST_HELD = 1_000_000
"""Cells up to which equal texts are kept once, which takes a third less time; of more, each row is written as it comes,
so that memory does not grow with them."""

LONGEST = 32_767
"""Characters that a cell may have."""

FIRST_YEAR = 1900
"""A workbook knows no earlier dates; of one that was mistyped it would show a row of signs."""

CUT = "… (cut: a cell holds no more; the JSON document has all of it)"


def write(export: Export, into: IO[bytes]) -> None:
    """The workbook."""
    found = tables(export)
    cells = sum(len(table.rows) * len(table.columns) for table in found)
    with xlsxwriter.Workbook(into, {**OPTIONS, "constant_memory": cells > MOST_HELD}) as book:
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
        sheet.write_string(0, place, column.name, looks.header)
    for nth, row in enumerate(table.rows, start=1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, nth, place, column, cell, looks)


def _write(sheet: Any, row: int, place: int, column: Column, cell: Cell, looks: _Looks) -> None:
    if cell is None or cell == "":
        return
    look = looks.of[column.kind]
    if isinstance(cell, date | datetime) and cell.year < FIRST_YEAR:
        cell = cell.isoformat()
    if isinstance(cell, str):
        sheet.write_string(row, place, _cut(cell), look)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(row, place, cell, look)
    else:
        sheet.write_number(row, place, cell, look)


def _cut(text: str) -> str:
    """What a cell takes; a sign above U+FFFF counts as two there."""
    if len(text) <= LONGEST // 2 or len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    room = LONGEST - len(CUT)
    return text[: room if text.isascii() or max(text) <= "\uffff" else room // 2] + CUT
