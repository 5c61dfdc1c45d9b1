"""Heads that were noted elsewhere, as `cais verify` is handed them: typed, or in a file that names some."""

import re
import zipfile
import zlib
from pathlib import Path

import click

from flows.heads import SHORTEST, SHOWN, beginnings_in, digests_in, heads_in

_OF_HEADS = "firms.csv"
"""In a zip of tables: the table of firms, whose only digests are heads."""

_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
"""In a workbook: the same table, and the texts that its cells name by their number where they are not in the cells."""

_TEXT = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_NUMBER = re.compile(r't="s"[^>]*><v>(\d+)</v>')

_NOTE = "VERIFY.txt"


_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
_OTHERWISE = "Take another copy of it, or type a head that was noted, with --head."


class NoHead(click.ClickException):
    """What was given is no head, or names none. Exit code 2."""

    exit_code = 2


def typed(text: str) -> list[str]:
    """The head that was typed, or those in a piece that was copied, such as one firm's of a summary. Raises NoHead."""
    found = heads_in(text) or beginnings_in(text)
    if not found:
        raise NoHead(f"“{text}” is no head. A head is 64 digits from 0 to f; its first {SHORTEST} or more will do.")
    return found


def in_file(path: Path) -> list[str]:
    """The heads in a packet, an export, a copied summary or the output of a command. Raises NoHead."""
    try:
        zipped = zipfile.is_zipfile(path)
        if not zipped and path.read_bytes()[:5] == b"%PDF-":
            raise NoHead(f"{path} is a PDF, which is not read. Type the head that its cover prints, with --head.")
        found = _in_zip(path) if zipped else _in_text(_text(path.read_bytes()))
    except _DAMAGED:
        raise NoHead(f"{path} is damaged, or locked with a password: its heads cannot be read. {_OTHERWISE}") from None
    except OSError as error:
        raise NoHead(f"{path} cannot be read: {error.strerror}.") from None
    if not found:
        raise NoHead(f"{path} names no head. Packets, exports, posted summaries and `cais verify` do.")
    return found


def _in_text(text: str) -> list[str]:
    """What it calls heads; without that word, as in one firm's piece of a list, what is as long as one cut short."""
    return heads_in(text) or [found for found in beginnings_in(text) if len(found) <= SHOWN]


def _in_zip(path: Path) -> list[str]:
    found: list[str] = []
    with zipfile.ZipFile(path) as bundle:
        for name in bundle.namelist():
            if name.rpartition("/")[2] == _NOTE:
                found += heads_in(_text(bundle.read(name)))
            elif name == _OF_HEADS:
                found += digests_in(_text(bundle.read(name)))
            elif name == _SHEET:
                found += _in_sheet(bundle)
    return list(dict.fromkeys(found))


def _in_sheet(bundle: zipfile.ZipFile) -> list[str]:
    """Of a large workbook the texts are in the cells; of another one, or once a program saved it anew, beside them."""
    sheet = _text(bundle.read(_SHEET))
    texts = _TEXT.findall(_text(bundle.read(_TEXTS))) if _TEXTS in bundle.namelist() else []
    named = (texts[int(n)] for n in _NUMBER.findall(sheet) if int(n) < len(texts))
    return digests_in("\n".join([sheet, *named]))


def _text(content: bytes) -> str:
    """As people read it; a calendar's long lines are put together again."""
    return content.decode("utf-8", "replace").replace("\r\n ", "")
