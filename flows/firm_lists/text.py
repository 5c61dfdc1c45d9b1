"""From the bytes of a csv file, as spreadsheets and mail programs leave it, to its lines of cells."""

import csv
import io
import re
from collections.abc import Sequence

from flows.firms import Refusal

LARGEST = 512_000
"""Bytes; three hundred firms take a tenth of it."""

SEPARATORS = (",", ";", "\t")

_END = "\x1e"
"""A last line of our own: where it is read as part of a cell, a quotation mark was never closed."""

NOT_TEXT = Refusal("That is no csv file. In Excel, choose *Save as*, *CSV UTF-8*, and hand that file over.")
TOO_LARGE = Refusal(f"That file is larger than {LARGEST // 1000} kB, so it was not read. A list has one line per firm.")

_FORMULA_OF_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)


def decode(content: bytes) -> str:
    """The text of a csv file: UTF-8, UTF-16 with its mark, or what Windows writes. Raises Refusal where it is none."""
    if len(content) > LARGEST:
        raise TOO_LARGE
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise NOT_TEXT
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise NOT_TEXT
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines(text: str) -> list[tuple[int, list[str]]]:
    """Each line that has anything in it, with its number in the file, its cells tidied."""
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    skipped = 0
    separator = _separator(first)
    if told := re.fullmatch(r'"?sep=(.)"?\s*', first):  # Excel's own way to say it
        text, skipped, separator = rest, 1, told[1]
    # Excel ends the lines of a cell with \n and those of the file with \r\n; old ones with \r alone.
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(f"{plain}\n{_END}"), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if cells and cells[-1].endswith(_END):
                if cells != [_END]:
                    raise Refusal(
                        f"A quotation mark in line {begins + skipped} is not closed, so all that follows is one cell. "
                        "Close it or take it out, and hand the list over again. Nothing was set up."
                    )
                break
            tidy = [_tidy(cell) for cell in cells]
            if any(tidy):
                found.append((begins + skipped, tidy))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NOT_TEXT from error
    return found


def _separator(first: str) -> str:
    """The one that parts most of the first line, in which nobody has a reason to write another."""
    return max(SEPARATORS, key=first.count)


def _tidy(cell: str) -> str:
    """Without odd spaces, and without the formula round a number that is to stay text: `="0123"`."""
    plain = " ".join(cell.replace("\u200b", "").split())
    wrapped = _FORMULA_OF_TEXT.fullmatch(plain)
    return wrapped[1].strip() if wrapped else plain


def several(cell: str) -> Sequence[str]:
    """The people of one cell."""
    return [part for part in (p.strip() for p in re.split(r"[;,]", cell)) if part]
