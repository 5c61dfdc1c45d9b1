"""The examiner packet: everything a firm recorded, in one zip that can be read and checked offline."""

import hashlib
import io
import zipfile
from importlib import resources
from typing import IO

from bot.files import csv_tables, workbook
from bot.files.names import slug
from bot.files.packet.enclosed import Enclosed, Keep, enclose
from bot.files.packet.letters import note, without_glyph, written_out
from bot.files.packet.page import IS_NOT, not_as_written, page
from bot.files.packet.pdf import NoPdf, print_pdf
from bot.files.writing import Say
from flows.exports.record import Export, Reading
from flows.exports.tables import tables
from flows.exports.whole import written
from flows.history import counted
from flows.time_words import in_zone

VERIFY = """How to check this packet

With Python 3.8 or newer and nothing else, offline, in the folder the zip was unpacked into:

    python3 verify.py

It is {lines} lines long, so read it first. Give it a head that was kept elsewhere, such as one from an earlier packet,
an export or a posted summary (its first digits do), and it says at which entry of this packet that head stands:

    python3 verify.py HEAD

What it does can be done by other means as well:

1. manifest.sha256 lists the SHA-256 of every other file. On Linux or a Mac: sha256sum -c manifest.sha256
   (shasum -a 256 -c manifest.sha256). On Windows: certutil -hashfile record.json SHA256, file by file.
2. record.json holds each entry of the firm's history as it was stored, under firms, events. An entry's "hash" is the
   SHA-256, in lower-case hex, of a JSON list of its fields in this order, without spaces and in UTF-8:
   {fields}.
   "previous_hash" is the hash of the entry before, empty for the first. "sequence" counts from 1 without gaps.
3. The last entry's hash is the head of the chain. Here it is

   {head}

   after {entries}.{broken}

   verify.py compares the end of the chain in record.json with this head. Compare it with the cover of packet.html, too.

4. Under evidence/ are copies of files that people gave as evidence. Each is named by the number of its entry, whose
   payload in record.json has the file's SHA-256 as "digest".

What this can show: that a file or an entry was changed, added, moved or taken out since the packet was made.
What it cannot show: whoever may rewrite the firm's whole database, or every file of this packet, can make a chain that
holds again, and name its head here. So give verify.py a head that was kept elsewhere: an earlier packet has the hash of
an entry that must still stand in this one at the same number; "cais verify" prints the head on the machine the app runs
on.
It cannot show whether what people recorded is true.
"""

READ_ME = """{title}

{what}
Made {made_at} by {made_by}. Roadmap edition {edition}.{practice}{broken}

  {page_name:<24}{pages}
  record.json             every entry as it was stored, and the same as tables; can be read back in (cais import)
  record.xlsx             the tables as a workbook
  tables/                 the tables as CSV, UTF-8
{evidence}  roadmap.txt             the roadmap's text, by whose lines it is quoted
  manifest.sha256         the SHA-256 of every file
  verify.py, VERIFY.txt   how to check that nothing was changed

What this packet is not
{is_not}

{footer}
"""


def write(export: Export, into: IO[bytes], say: Say) -> tuple[str, ...]:
    """One firm's packet. What is to be said of it: that it holds no PDF, and why."""
    (reading,) = export.readings()
    folder = f"{slug(reading.name)}-examiner-packet-{export.day(reading):%Y-%m-%d}"
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as bundle:
        digests: dict[str, str] = {}

        def keep(name: str, content: bytes) -> None:
            digests[name] = hashlib.sha256(content).hexdigest()
            bundle.writestr(f"{folder}/{name}", content)

        enclosed = enclose(export, reading, keep, say)
        say("writing the pages")
        keep("packet.html", page(export, reading, enclosed).encode())
        say("printing the PDF")
        no_pdf = _print(export, reading, enclosed, keep)
        say("writing the tables")
        _tables(export, keep)
        keep("record.json", written(export))
        keep("roadmap.txt", export.source.encode())
        script = resources.files("bot.files.packet").joinpath("verify.py").read_bytes()
        keep("verify.py", script)
        broken = not_as_written(reading)
        keep("VERIFY.txt", _verify_note(reading, script, broken))
        keep("READ-ME-FIRST.txt", _read_me(export, reading, no_pdf, enclosed, broken))
        manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
        bundle.writestr(f"{folder}/manifest.sha256", manifest)
    remarks = (f"It holds no PDF. {no_pdf}" if no_pdf else "", enclosed.remark())
    return tuple(remark for remark in remarks if remark)


def _print(export: Export, reading: Reading, enclosed: Enclosed, keep: Keep) -> str:
    """Why there is no PDF; empty where there is one."""
    try:
        pages: str = page(export, reading, enclosed, printed=True)
        if lacking := without_glyph(pages):
            pages = written_out(page(export, reading, enclosed, printed=True, remark=note(lacking)), lacking)
        keep("packet.pdf", print_pdf(pages))
    except NoPdf as missing:
        return str(missing)
    return ""


def _tables(export: Export, keep: Keep) -> None:
    for table in tables(export):
        keep(f"tables/{table.name}.csv", csv_tables.as_csv(table))
    book = io.BytesIO()
    workbook.write(export, book)
    keep("record.xlsx", book.getvalue())


def _verify_note(reading: Reading, script: bytes, broken: str) -> bytes:
    from bot.files.packet.verify import FIELDS

    return VERIFY.format(
        lines=script.count(b"\n"),
        fields=", ".join(FIELDS),
        head=reading.position.head,
        entries=counted(reading.position.version, "entry", "entries"),
        broken=f"\n\n   {broken}" if broken else "",
    ).encode()


def _copies(enclosed: Enclosed) -> str:
    if not enclosed.paths:
        return ""
    return "  evidence/               copies of evidence as they were handed over, each named by its entry's number\n"


def _read_me(export: Export, reading: Reading, no_pdf: str, enclosed: Enclosed, broken: str) -> bytes:
    what = f"What {reading.name} recorded of its way through FINRA CAT's {export.pack.edition_title}: who did what,\n"
    pages = "the packet to read, tagged for screen readers; packet.html is the same for a browser"
    if no_pdf:
        pages = "the packet to read, in a browser; there is no PDF, since none could be printed where it was made"
    practice = export.practice or reading.position.practice
    return READ_ME.format(
        title=f"{reading.name}: examiner packet",
        what=f"{what}when, on what evidence.",
        made_at=in_zone(export.made_at, reading.position.time_zone),
        made_by=export.made_by,
        edition=export.pack.edition,
        practice="\nPractice run: the clock was moved, and nothing here is a real record." if practice else "",
        broken=f"\n{broken}" if broken else "",
        page_name="packet.html" if no_pdf else "packet.pdf",
        pages=pages,
        evidence=_copies(enclosed),
        is_not="\n".join(f"- {sentence}" for sentence in IS_NOT),
        footer=export.pack.wording.footer,
    ).encode()
