"""Makes documents for tests, byte by byte: no file of anybody's is in here, and none is larger than it must be."""

import io
import zipfile
from collections.abc import Iterable, Sequence

Line = tuple[str, int]
"""Its text and the size of its type."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[Line | str]], *, extra: str = "") -> bytes:
    """A PDF with these lines on its pages; `extra` goes into its trailer."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    add(b"<< /Type /Catalog /Pages 2 0 R >>")
    add(b"")  # the pages, once they are known
    font = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        drawn = _drawn(lines)
        content = add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        page = (
            f"/Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F {font} 0 R >> >> /Contents {content} 0 R"
        )
        kids.append(add(f"<< /Type /Page {page} >>".encode()))
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    return _assembled(objects, extra)


def _drawn(lines: Sequence[Line | str]) -> bytes:
    at, parts = 760, ["BT"]
    for line in lines:
        text, size = line if isinstance(line, tuple) else (line, 10)
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        parts.append(f"/F {size} Tf 1 0 0 1 50 {at} Tm ({escaped}) Tj")
        at -= size + 4
    return "\n".join([*parts, "ET"]).encode("cp1252", errors="replace")


def _assembled(objects: Sequence[bytes], extra: str) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n"
    out.write(trailer.encode())
    return out.getvalue()


def locked_pdf() -> bytes:
    """One that asks for a password."""
    noise = "ab" * 32
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{noise}> /U <{noise}> /P -44 >> /ID [<{noise}> <{noise}>]"
    return pdf([["Secret"]], extra=lock)


def wrapped(text: str, width: int = 80) -> list[str]:
    """A paragraph as the lines it takes on a page."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def book(pages: int, words: int = 300) -> bytes:
    """A PDF of so many pages; page n is about subject n, under a heading each ten pages."""
    made: list[list[Line | str]] = []
    for number in range(1, pages + 1):
        filler = " ".join(f"filler{number}x{n}" for n in range(words))
        heading: list[Line | str] = (
            [(f"{number // 10 + 1}. Chapter {number // 10 + 1}", 16)] if number % 10 == 1 else []
        )
        made.append([*heading, f"The rule about subject{number} is rule{number}.", *wrapped(filler)])
    return pdf(made)


def docx(paragraphs: Iterable[tuple[str, str]], *, body: str = "", more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A Word document: text and style (`Heading1`, or empty) of each paragraph; `body` is XML of one's own instead."""
    styles = "".join(f'<w:style w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in range(1, 4))
    shown = body or "".join(_paragraph(text, style) for text, style in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>')
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{shown}</w:body></w:document>')
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def _paragraph(text: str, style: str) -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    broken = "<w:lastRenderedPageBreak/>" if text.startswith("\f") else ""
    safe = text.lstrip("\f").replace("&", "&amp;").replace("<", "&lt;")
    return f"<w:p>{styled}<w:r>{broken}<w:t>{safe}</w:t></w:r></w:p>"
