"""Word documents: the text of a zip's one XML part, read as a stream; nothing is unpacked to the disk.

Python's own zipfile and expat do, so that no library has to be trusted with more than these parts. A document type is
refused, and with it every kind of entity; what links, macros and embedded files there are is never looked at.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from bot.reading.trouble import Unreadable
from flows.documents.cutting import Block

_MAIN, _STYLES = "word/document.xml", "word/styles.xml"
_LARGEST_PART = 200_000_000
_MOST_FILES = 10_000
_DEEPEST = 256
_CHUNK = 1 << 16
_WORD = "wordprocessingml"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How Word's old format begins, and any Office file that has a password."""
_DRAWN_BREAK = re.compile(rb"lastRenderedPageBreak")
_SET_BREAK = re.compile(rb"""\btype=["']page["']""")
_AT_ONCE = 400

Pages = Iterator[tuple[int | None, list[Block]]]


def open_docx(content: bytes) -> tuple[int | None, Pages]:
    """Pages where Word left word of where it broke them last; headings by their style."""
    if content.startswith(_OLE):
        raise Unreadable("old_word")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable("broken") from None
    _check(archive)
    drawn = _count(archive, _DRAWN_BREAK)
    breaks = drawn or _count(archive, _SET_BREAK)
    text = _Text(_levels(archive), by_drawn=bool(drawn), paged=bool(breaks))
    return (breaks + 1 if breaks else None), _pages(archive, text)


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > _MOST_FILES:
        raise Unreadable("too_much_text")
    if any(part.filename.casefold().endswith("vbaproject.bin") for part in parts):
        raise Unreadable("macros")
    main = next((part for part in parts if part.filename == _MAIN), None)
    if main is None:
        raise Unreadable("broken")
    if main.flag_bits & 1:
        raise Unreadable("encrypted")


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """What a part unpacks to, no more than is allowed, whatever the zip says its size is."""
    try:
        if archive.getinfo(name).file_size > _LARGEST_PART:
            raise Unreadable("too_much_text")
        read = 0
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                read += len(chunk)
                if read > _LARGEST_PART:
                    raise Unreadable("too_much_text")
                yield chunk
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Unreadable("broken") from None


def _count(archive: zipfile.ZipFile, mark: re.Pattern[bytes]) -> int:
    found, left = 0, b""
    for chunk in _chunks(archive, _MAIN):
        joined = left + chunk
        last = 0
        for match in mark.finditer(joined):
            found, last = found + 1, match.end()
        left = joined[max(last, len(joined) - 40) :]
    return found


class _Parser:
    """expat with what hostile XML lives on turned off: document types, depth."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._depth = 0

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError:
            raise Unreadable("broken") from None

    def _refuse(self, *_: object) -> None:
        raise Unreadable("broken")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable("broken")
        space, _, local = name.rpartition(" ")
        self.begin(
            local if _WORD in space else f"other {local}", {k.rpartition(" ")[2]: v for k, v in attributes.items()}
        )

    def _end(self, name: str) -> None:
        self._depth -= 1
        space, _, local = name.rpartition(" ")
        self.end(local if _WORD in space else f"other {local}")

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Styles(_Parser):
    """Which paragraph styles are headings, and how deep: their names are the same in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: dict[str, int] = {}
        self._style = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "name" and self._style:
            heading = re.fullmatch(r"heading (\d)", attributes.get("val", "").casefold())
            if heading or attributes.get("val", "").casefold() == "title":
                self.levels[self._style] = int(heading[1]) if heading else 1

    def end(self, name: str) -> None:
        if name == "style":
            self._style = ""


def _levels(archive: zipfile.ZipFile) -> dict[str, int]:
    if _STYLES not in archive.namelist():
        return {}
    styles = _Styles()
    for chunk in _chunks(archive, _STYLES):
        styles.feed(chunk)
    return styles.levels


class _Text(_Parser):
    """The paragraphs, and the page each begins on."""

    def __init__(self, levels: dict[str, int], *, by_drawn: bool, paged: bool) -> None:
        super().__init__()
        self.found: list[tuple[int | None, Block]] = []
        self._levels = levels
        self._by_drawn = by_drawn
        self._page: int | None = 1 if paged else None
        self._began: int | None = self._page
        self._pieces: list[str] = []
        self._level = 0
        self._reading = False
        self._fallback = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "other Fallback":
            self._fallback += 1  # says again, for older programs, what was said before it
        elif name == "p":
            self._finish()
        elif name == "pStyle":
            self._level = self._levels.get(attributes.get("val", ""), self._level)
        elif name == "t":
            self._reading = not self._fallback
        elif name in ("tab", "br", "cr"):
            self._pieces.append(" ")
        drawn = name == "lastRenderedPageBreak" and self._by_drawn
        if drawn or (name == "br" and attributes.get("type") == "page" and not self._by_drawn):
            self._turn()

    def _turn(self) -> None:
        if self._page is not None and not self._fallback:
            if "".join(self._pieces).strip():
                self._finish()
            self._page += 1
            self._began = self._page

    def end(self, name: str) -> None:
        if name == "other Fallback":
            self._fallback -= 1
        elif name == "t":
            self._reading = False
        elif name == "p":
            self._finish()
            self._level = 0

    def text(self, text: str) -> None:
        if self._reading:
            self._pieces.append(text)

    def _finish(self) -> None:
        text = "".join(self._pieces).strip()
        if text:
            self.found.append((self._began, Block(text, self._level)))
        self._pieces = []
        self._began = self._page


def _pages(archive: zipfile.ZipFile, text: _Text) -> Pages:
    for chunk in _chunks(archive, _MAIN):
        text.feed(chunk)
        yield from _whole(text, at_end=False)
    text.feed(b"", last=True)
    yield from _whole(text, at_end=True)


def _whole(text: _Text, *, at_end: bool) -> Pages:
    """Pages that are complete, the blocks of a document without pages in portions."""
    found = text.found
    while found:
        page = found[0][0]
        number = next((n for n, (its, _) in enumerate(found) if its != page), len(found))
        if number == len(found) and not at_end and (page is not None or number < _AT_ONCE):
            return
        yield page, [block for _, block in found[:number]]
        del found[:number]
