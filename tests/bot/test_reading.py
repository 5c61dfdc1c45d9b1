"""Documents are read in a process of its own: cut where people would, and a clear reason where one cannot be read."""

import asyncio
import io
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.reading.speech import AnySaid, Ended, Failed, Opened, Read
from bot.workers import reader
from bot.workers.own_process import begin, end, environment
from flows.documents.cutting import Piece
from flows.documents.library import REASONS
from tests import papers

SENTENCE = "Every registered person reports gifts to the compliance officer before accepting them. "


async def said(content: bytes, kind: str) -> list[AnySaid]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return [each async for each in reader.read(file, kind)]


async def pieces(content: bytes, kind: str) -> list[Piece]:
    heard = await said(content, kind)
    assert isinstance(heard[0], Opened), heard
    assert heard[-1] == Ended()
    return [piece for each in heard if isinstance(each, Read) for piece in each.pieces]


async def reason(content: bytes, kind: str) -> str:
    last = (await said(content, kind))[-1]
    assert isinstance(last, Failed), last
    assert REASONS[last.reason]
    return last.reason


# --- what can be read -----------------------------------------------------------------------------------------


async def test_a_pdf_is_cut_at_its_headings_and_pages() -> None:
    first = [
        ("3. Supervision", 16),
        *papers.wrapped(SENTENCE * 3),
        ("3.1 Gifts", 13),
        *papers.wrapped("Limit " + SENTENCE),
    ]
    second = [*papers.wrapped("Overleaf " + SENTENCE * 2), ("4. Records", 16), "Kept for three years."]
    found = await pieces(papers.pdf([first, second]), "pdf")
    assert [(p.page, p.heading) for p in found] == [
        (1, "3. Supervision"),
        (1, "3. Supervision › 3.1 Gifts"),
        (2, "3. Supervision › 3.1 Gifts"),
        (2, "4. Records"),
    ]
    assert found[0].text == (SENTENCE * 3).strip()
    assert found[3].text == "Kept for three years."


async def test_a_pdf_tells_how_many_pages_it_has_and_which_it_is_at() -> None:
    heard = await said(papers.book(30), "pdf")
    assert heard[0] == Opened(30)
    assert [each.pages for each in heard if isinstance(each, Read)] == list(range(1, 31))


async def test_what_stands_at_the_edge_of_every_page_is_not_in_the_passages() -> None:
    pages = [
        [
            "Apex Securities LLC",
            "Confidential",
            *papers.wrapped(f"Page text {n} " + SENTENCE * 3),
            f"Page {n} of 9",
            "2024",
        ]
        for n in range(1, 4)
    ]
    found = await pieces(papers.pdf(pages), "pdf")
    assert len(found) == 3
    assert found[1].text == ("Page text 2 " + SENTENCE * 3).strip()


async def test_a_word_document_is_cut_at_its_styles_and_where_word_broke_its_pages() -> None:
    made = papers.docx(
        [
            ("Supervision", "Heading1"),
            (SENTENCE * 2, ""),
            ("Gifts & favours", "Heading2"),
            ("One < two", ""),
            ("\fNext", ""),
        ]
    )
    found = await pieces(made, "docx")
    assert [(p.page, p.heading, p.text) for p in found] == [
        (1, "Supervision", (SENTENCE * 2).strip()),
        (1, "Supervision › Gifts & favours", "One < two"),
        (2, "Supervision › Gifts & favours", "Next"),
    ]


async def test_a_word_document_without_breaks_has_no_pages() -> None:
    heard = await said(papers.docx([("Only this.", "")]), "docx")
    assert heard == [Opened(None), Read(0, [Piece(None, "", "Only this.")]), Ended()]


async def test_markdown_is_cut_at_its_headings_but_not_within_code() -> None:
    text = "# Manual\n\nIntro.\n\n## Gifts ##\nLimit is *$100*.\n\n```\n# no heading\n```\n"
    text += "\nRecords\n=======\nThree years.\n"
    found = await pieces(text.encode(), "md")
    assert [(p.heading, p.text) for p in found] == [
        ("Manual", "Intro."),
        ("Manual › Gifts", "Limit is *$100*.\n``` # no heading ```"),
        ("Records", "Three years."),
    ]


async def test_text_has_pages_where_form_feeds_part_them_and_headings_that_look_like_some() -> None:
    text = "1 GENERAL\n\nAll staff.\n\n1.1 Gifts\n\nNone over $100.\n\f\nPage two here.\n"
    found = await pieces(text.encode(), "txt")
    assert [(p.page, p.heading, p.text) for p in found] == [
        (1, "1 GENERAL", "All staff."),
        (1, "1 GENERAL › 1.1 Gifts", "None over $100."),
        (2, "1 GENERAL › 1.1 Gifts", "Page two here."),
    ]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
async def test_text_is_understood_however_it_was_saved(coding: str) -> None:
    (found,) = await pieces("Gebühr für Ärzte – “quoted”".encode(coding), "txt")
    assert found.text == "Gebühr für Ärzte – “quoted”"


async def test_passages_have_a_size_one_can_quote() -> None:
    chance = random.Random(4)
    text = "\n\n".join(SENTENCE * chance.randint(1, 40) for _ in range(60))
    sizes = [len(p.text.split()) for p in await pieces(text.encode(), "txt")]
    assert max(sizes) <= 150
    assert sum(size >= 55 for size in sizes) >= 0.9 * len(sizes)


async def test_no_word_is_lost_or_doubled() -> None:
    words = [f"word{n}" for n in range(5000)]
    text = " ".join(f"{word}." if n % 17 == 0 else word for n, word in enumerate(words))
    found = await pieces(text.encode(), "txt")
    assert " ".join(p.text for p in found).split() == text.split()


# --- what cannot ----------------------------------------------------------------------------------------------


def zip_bomb() -> bytes:
    """A Word document whose text unpacks to a quarter of a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        part.write(f'<w:document xmlns:w="{papers.WORD}"><w:body><w:p><w:r><w:t>'.encode())
        for _ in range(260):
            part.write(b"a " * 500_000)
        part.write(b"</w:t></w:r></w:p></w:body></w:document>")
    return out.getvalue()


def lying_zip() -> bytes:
    """One whose directory says that its part is small."""
    made = bytearray(papers.docx([("x" * 100_000, "")]))
    at = made.rindex(b"PK\x01\x02", 0, made.rindex(b"word/document.xml"))
    made[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(made)


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]>
<w:document xmlns:w="%b"><w:p><w:r><w:t>&b;&c;</w:t></w:r></w:p></w:document>"""


def with_entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", ENTITIES % papers.WORD.encode())
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        for n in range(10_001):
            archive.writestr(f"../../{n}", "")
    return out.getvalue()


def many_pages() -> bytes:
    return papers.pdf([[]] * 10_000)


def deep() -> bytes:
    return papers.docx([], body="<w:p>" * 100_000)


NO_CONTENT = "<w:p></w:p>" * 10


@pytest.mark.parametrize(
    ("why", "kind", "content"),
    [
        ("empty", "pdf", b""),
        ("empty", "docx", b""),
        ("no_text", "txt", b" \n\n \t"),
        ("no_text", "md", b"#\n\n##\n"),
        ("no_text", "docx", papers.docx([], body=NO_CONTENT)),
        ("broken", "pdf", b"%PDF-1.7\nnothing of the kind"),
        ("broken", "pdf", b"MZ\x90\x00" * 1000),
        ("broken", "pdf", papers.book(3)[:200]),
        ("broken", "docx", b"PK\x03\x04 not really"),
        ("broken", "docx", papers.docx([("text " * 5000, "")])[:-400]),
        ("broken", "docx", papers.docx([], body="<w:p><w:r><w:t>unclosed")),
        ("broken", "docx", deep),
        ("broken", "docx", with_entities()),
        ("broken", "docx", lying_zip()),
        ("encrypted", "pdf", papers.locked_pdf()),
        ("old_word", "docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000)),
        ("macros", "docx", papers.docx([("Hello", "")], more=[("word/vbaProject.bin", b"x")])),
        ("scanned", "pdf", papers.pdf([[], [], []])),
        ("too_many_pages", "pdf", many_pages),
        ("too_many_pages", "txt", b"a\f" * 3_001),
        ("too_much_text", "docx", many_parts),
        ("not_text", "txt", bytes(range(256)) * 40),
        ("not_text", "md", b"\x7fELF\x02\x01\x01\x00" * 50),
        ("not_text", "txt", papers.docx([("x", "")])),
    ],
)
async def test_what_cannot_be_read_has_its_reason(why: str, kind: str, content: bytes | Callable[[], bytes]) -> None:
    """What takes long to make is made here, and not by each worker that collects the tests."""
    assert await reason(content if isinstance(content, bytes) else content(), kind) == why


async def test_a_zip_bomb_goes_off_in_nobodys_face() -> None:
    bomb = zip_bomb()
    assert len(bomb) < 1_000_000
    assert await reason(bomb, "docx") == "too_much_text"


async def test_names_within_a_zip_lead_nowhere() -> None:
    made = papers.docx([("Fine.", "")], more=[("../../../tmp/out", b"x"), ("/etc/passwd", b"x"), ("C:\\evil", b"x")])
    (found,) = await pieces(made, "docx")
    assert found.text == "Fine."


async def test_pages_before_a_damaged_one_are_kept() -> None:
    made = papers.book(6).replace(b"rule about subject4", b"rule\x00about\x00\x00\xff\xfe", 1)
    found = await pieces(made, "pdf")
    assert {p.page for p in found} >= {1, 2, 3, 5, 6}


async def test_a_word_without_end_makes_no_passage_without_end() -> None:
    found = await pieces(b"x" * 1_000_000, "txt")
    assert max(len(p.text) for p in found) < 50_000


async def test_the_reading_process_has_no_token_and_may_write_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("CAIS_DATABASE_URL", "postgresql://user:password@host/x")
    assert not any("SLACK" in name or "CAIS" in name for name in environment())
    target = tmp_path / "written"
    attempt = (
        "from bot.reading.__main__ import limit_ourselves\n"
        f"limit_ourselves()\nopen({str(target)!r}, 'wb', buffering=0).write(b'x')\n"
    )
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", attempt], capture_output=True, text=True)
    assert done.returncode != 0
    assert target.stat().st_size == 0


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="only Linux ends whoever takes most memory")
async def test_where_memory_runs_out_the_reading_process_goes_before_the_bot() -> None:
    """A PDF of a few kilobytes takes a gigabyte: on a small machine the bot itself was as likely to be ended."""
    process = await begin("timeit", "-n", "1", "import time; time.sleep(60)", env=environment())
    try:
        assert Path(f"/proc/{process.pid}/oom_score_adj").read_text().strip() == "1000"
        assert Path("/proc/self/oom_score_adj").read_text().strip() != "1000"
    finally:
        await end(process)


async def test_a_process_that_says_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SILENCE", 0.01)
    assert (await said(papers.book(40), "pdf"))[-1] == Failed("too_much")


async def test_a_start_of_the_bot_loads_no_parser() -> None:
    start = "import sys, bot.serving\nprint([m for m in sys.modules if m.startswith(('pypdfium2', 'bot.reading.pdf'))])"
    said = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", start], capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr


async def test_random_bytes_always_end_in_a_reason() -> None:
    chance = random.Random(7)
    whole = {"pdf": papers.book(2), "docx": papers.docx([("Heading", "Heading1"), (SENTENCE, "")])}
    for kind, made in whole.items():
        for _ in range(max(12, int(os.environ.get("FUZZ", "0")) // 50)):
            broken = bytearray(made)
            for _ in range(chance.randint(1, 60)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            last = (await said(bytes(broken), kind))[-1]
            assert last == Ended() or (isinstance(last, Failed) and REASONS[last.reason])
