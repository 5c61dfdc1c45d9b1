"""CSV as spreadsheets read it: UTF-8 with a byte order mark, and no cell that would run as a formula."""

import csv
import io
import zipfile
from datetime import datetime
from typing import IO

from flows.exports.record import Export
from flows.exports.tables import Cell, Table, tables

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""The wide ones count as their narrow ones in a spreadsheet of some languages."""


def safe(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would calculate: it shows as typed then."""
    return f"'{text}" if text.lstrip(" \n").startswith(BEGINS_A_FORMULA) else text


def as_csv(table: Table) -> bytes:
    """One table as the bytes of a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return safe(value) if isinstance(value, str) else value if isinstance(value, int) else value.isoformat()


def write(export: Export, into: IO[bytes]) -> None:
    """All tables, one file each, in one zip."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as bundle:
        for table in tables(export):
            bundle.writestr(f"{table.name}.csv", as_csv(table))
