"""Reads one document in a process of its own: `python -m bot.reading <kind>`, the file on stdin.

What it says on stdout is in `bot.reading.speech`. It has limits on memory and time, no token and no database: what a
hostile file may do to it, it does to it alone.
"""

import os
import sys
from collections.abc import Callable, Iterator

from bot.reading.speech import Ended, Failed, Opened, Read, Said, encode
from bot.reading.trouble import Unreadable
from flows.documents.bounds import LARGEST, MOST_PAGES, MOST_TEXT
from flows.documents.cutting import Block, Cutter

MEMORY = 1_200_000_000
"""Bytes of address space; a third of it is libraries."""

SECONDS = 300
"""Of processor time; 3,000 pages take ten."""

PORTION = 100
"""Passages in a line at most, so that no line grows with the file."""

Pages = Iterator[tuple[int | None, list[Block]]]
Opening = Callable[[bytes], tuple[int | None, Pages]]
"""How many pages there are, and what stands on each; no page has a number where there are none."""


def limit_ourselves() -> None:
    """Where the system can: memory, time, and no file may be written."""
    try:
        import resource
    except ImportError:
        return
    limits = {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": SECONDS, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 32}
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            continue  # not every system has each, and some have less already


def opener(kind: str) -> Opening:
    """The reader for this kind; only its own library is loaded."""
    if kind == "pdf":
        from bot.reading import pdf

        return pdf.open_pdf
    if kind == "docx":
        from bot.reading import docx

        return docx.open_docx
    from bot.reading import plain

    return plain.open_markdown if kind == "md" else plain.open_text


def read(kind: str, content: bytes) -> Iterator[Said]:
    """Everything there is to say of the document."""
    try:
        yield from _read(kind, content)
    except Unreadable as trouble:
        yield Failed(trouble.reason)
    except (MemoryError, RecursionError):
        yield Failed("too_much")
    except Exception:  # noqa: BLE001 - a hostile file may upset a library in any way; all of them mean the same here
        yield Failed("broken")


def _read(kind: str, content: bytes) -> Iterator[Said]:
    if not content:
        raise Unreadable("empty")
    if len(content) > LARGEST:
        raise Unreadable("too_large")
    count, pages = opener(kind)(content)
    if count is not None and count > MOST_PAGES:
        raise Unreadable("too_many_pages")
    yield Opened(count)
    cutter, text = Cutter(), 0
    for done, (number, blocks) in enumerate(pages, 1):
        pieces = cutter.page(number, blocks)
        text += sum(len(piece.text) for piece in pieces)
        if text > MOST_TEXT:
            raise Unreadable("too_much_text")
        for at in range(0, len(pieces) or 1, PORTION):
            yield Read(min(done, count) if count else 0, pieces[at : at + PORTION])
    if not text:
        raise Unreadable("scanned" if kind == "pdf" else "no_text")
    yield Ended()


def main() -> None:
    limit_ourselves()
    content = sys.stdin.buffer.read(LARGEST + 1)
    for said in read(sys.argv[1], content):
        sys.stdout.buffer.write(encode(said) + b"\n")
        sys.stdout.buffer.flush()
    os._exit(0)  # what a library does on its way out must not undo what was said


if __name__ == "__main__":
    main()
