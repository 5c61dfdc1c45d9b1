"""PDF, by PDFium."""

import re
from collections import Counter
from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from bot.reading.headings import level_of
from bot.reading.trouble import Unreadable
from flows.documents.bounds import MOST_PAGES, MOST_TEXT
from flows.documents.cutting import Block

_LARGER = 1.15
"""Times the size of the text around it from which a line counts as set in larger type."""
_FULL = 0.75
"""Of the page's longest line; a line that ends a sentence and is shorter ends its paragraph too."""
_BULLET = re.compile(r"(?:[•●▪◦‣–-]|\(?[a-z\d]{1,3}[.)])\s")
_PAGE_NUMBER = re.compile(r"[-–|\s]*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[-–|\s]*", re.IGNORECASE)
_EDGE = 2
"""Lines at the top and at the bottom of a page that may be there on every page."""

Pages = Iterator[tuple[int | None, list[Block]]]
Line = tuple[str, float]
"""Its text and the size of its type."""


def open_pdf(content: bytes) -> tuple[int | None, Pages]:
    """Its pages, headings by their type and their numbers."""
    try:
        document = pdfium.PdfDocument(content)
        count = len(document)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise Unreadable("encrypted" if locked else "broken") from None
    if not count:
        raise Unreadable("broken")
    return count, _pages(document, min(count, MOST_PAGES))


def _pages(document: pdfium.PdfDocument, count: int) -> Pages:
    sizes: Counter[float] = Counter()
    edges: frozenset[str] = frozenset()
    for number in range(count):
        lines = _lines(document, number)
        sizes.update({size: len(text) for text, size in lines})
        body = sizes.most_common(1)[0][0] if sizes else 0.0
        kept, edges = _without_edges(lines, edges, number + 1)
        yield number + 1, _blocks(kept, body)


def _lines(document: pdfium.PdfDocument, number: int) -> list[Line]:
    try:
        page = document[number]
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        return []  # one damaged page does not take the others with it
    try:
        if text_page.count_chars() > MOST_TEXT:
            raise Unreadable("too_much_text")
        text = text_page.get_text_range()
        found, at = [], 0
        for line in text.split("\n"):
            size = raw.FPDFText_GetFontSize(text_page.raw, at + len(line) // 2)
            # PDFium marks where a word was parted at a line's end.
            found.append((line.replace("\ufffe", "\u00ad").strip(), round(size, 1)))
            at += len(line) + 1
        return found
    finally:
        text_page.close()
        page.close()


def _without_edges(lines: list[Line], before: frozenset[str], number: int) -> tuple[list[Line], frozenset[str]]:
    """The page without what stood at the edge of the page before too, save for its number; and its own edges."""
    written = [n for n, (text, _) in enumerate(lines) if text]
    at_edges = {*written[:_EDGE], *written[-_EDGE:]} if len(written) > 2 * _EDGE else set()
    plain = {n: re.sub(rf"\b{number}\b", "#", lines[n][0]) for n in at_edges}
    repeated = {n for n, text in plain.items() if text in before and text[-1] not in ".!?"}
    gone = repeated | {n for n in at_edges if _PAGE_NUMBER.fullmatch(lines[n][0])}
    return [line for n, line in enumerate(lines) if n not in gone], frozenset(plain.values())


def _blocks(lines: list[Line], body: float) -> list[Block]:
    longest = max((len(text) for text, _ in lines), default=0)
    blocks: list[Block] = []
    parts: list[str] = []

    def close() -> None:
        if parts:
            blocks.append(Block(_joined(parts)))
            parts.clear()

    for text, size in lines:
        level = level_of(text, larger=bool(body) and size >= body * _LARGER) if text else 0
        if not text or level or _BULLET.match(text):
            close()
        if level:
            blocks.append(Block(text, level))
        elif text:
            parts.append(text)
            if text[-1] in ".:;?!" and len(text) < longest * _FULL:
                close()
    close()
    return blocks


def _joined(parts: list[str]) -> str:
    """The lines as one text; a word that was parted at a line's end is whole again."""
    return re.sub("\u00ad ?", "", " ".join(parts))
