"""Text and Markdown."""

import codecs
import re
from collections.abc import Iterator

from bot.reading.headings import level_of
from bot.reading.trouble import Unreadable
from flows.documents.cutting import Block

_AT_ONCE = 400
"""Paragraphs without a page that are handed on together, so that they can be found before the end is reached."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ATX = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))??\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

Pages = Iterator[tuple[int | None, list[Block]]]


def decoded(content: bytes) -> str:
    """The text, by its mark, as UTF-8 or as Windows wrote it. Raises Unreadable where it is none."""
    named = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    try:
        text = content.decode(named or "utf-8")
    except UnicodeDecodeError:
        if named:
            raise Unreadable("not_text") from None
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text or len(_CONTROL.findall(text)) * 100 > len(text):
        raise Unreadable("not_text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def open_text(content: bytes) -> tuple[int | None, Pages]:
    """Pages where form feeds part them; headings where a line looks like one."""
    text = decoded(content)
    pages = text.split("\f")
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    if len(pages) > 1:
        return len(pages), ((number, list(text_blocks(page))) for number, page in enumerate(pages, 1))
    return None, _in_portions(text_blocks(text))


def open_markdown(content: bytes) -> tuple[int | None, Pages]:
    """Headings as they are marked."""
    return None, _in_portions(markdown_blocks(decoded(content)))


def _in_portions(blocks: Iterator[Block]) -> Pages:
    portion: list[Block] = []
    for block in blocks:
        if len(portion) >= _AT_ONCE and block.level:
            yield None, portion
            portion = []
        portion.append(block)
    yield None, portion


def text_blocks(text: str) -> Iterator[Block]:
    """Paragraphs between empty lines. A heading is a line that stands alone and looks like one."""
    for part in re.split(r"\n[ \t]*\n", text):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if lines and (level := level_of(lines[0])):
            yield Block(lines.pop(0), level)
        if lines:
            yield Block(" ".join(lines))


def markdown_blocks(text: str) -> Iterator[Block]:
    """Paragraphs and headings; what stands between fences is no heading."""
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        atx = None if fenced else _ATX.match(line)
        below = None if fenced or not lines else _UNDERLINE.match(line)
        if not line.strip() or atx or below:
            if below and len(lines) == 1:
                yield Block(lines[0], 1 if "=" in below[1] else 2)
            elif lines:
                yield Block("\n".join(lines))
            lines = []
            if atx:
                yield Block(atx[2] or "", len(atx[1]))
        else:
            lines.append(line.strip())
    if lines:
        yield Block("\n".join(lines))
