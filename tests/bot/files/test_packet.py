"""The examiner packet: whole, checked offline by its own script, readable with a screen reader, claiming nothing."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace

from bot.files.packet import pdf, verify
from bot.files.packet.enclosed import safe_name
from bot.files.packet.letters import without_glyph, written_out
from bot.files.packet.page import page
from bot.files.packet.paper import MOST_IN_LOG
from bot.files.packet.pdf import NoPdf
from bot.files.writing import write
from flows import events as e
from flows import supervision
from flows.agent_file import AgentFile
from flows.deadlines import Source, Value
from flows.events import Record
from flows.evidence.pieces import pieces, remove
from flows.exports.record import Export
from flows.exports.whole import read
from flows.progress import add_note
from flows.workspace import DeadlineRevised, entry, fold
from tests.flows.exporting import busy_life, export_of, question
from tests.flows.life import ANA, PACK, SOURCE, TODAY, Life
from tests.flows.test_deadlines import LEDGER

ROOT = Path(__file__).parents[3]
NO_PDF = "Pango is not on this machine."


def made(export: Export, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Where it was unpacked, and what was said of it."""
    into = io.BytesIO()
    remarks = write(export, into)
    with zipfile.ZipFile(into) as bundle:
        bundle.extractall(folder)
    (inside,) = folder.iterdir()
    return inside, remarks


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet as it is made on this machine."""
    return made(export_of("packet", busy_life(), asked=[question()]), tmp_path_factory.mktemp("packet"))[0]


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> bytes:
        raise NoPdf(NO_PDF)

    monkeypatch.setattr("bot.files.packet.bundle.print_pdf", nothing)


def check(folder: Path, *typed: str) -> subprocess.CompletedProcess[str]:
    """As a stranger would: with nothing but Python, not even this project."""
    command = [sys.executable, "-I", "-S", "verify.py", *typed]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


# --- whole ------------------------------------------------------------------------------------------------------


def test_it_holds_what_its_own_note_says(packet: Path) -> None:
    note = (packet / "READ-ME-FIRST.txt").read_text()
    named = re.findall(r"^  (\S+)(?:, (\S+))?  ", note, re.MULTILINE)
    for name in (n for pair in named for n in pair if n):
        assert (packet / name).exists(), name
    there = {path.name for path in packet.iterdir()} - {"READ-ME-FIRST.txt"}
    assert there <= {*note.replace(",", " ").replace("/", " ").split()}


def test_the_manifest_has_the_hash_of_every_file(packet: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (packet / "manifest.sha256").read_text().splitlines())
    files = {p.relative_to(packet).as_posix(): p for p in packet.rglob("*") if p.is_file()}
    assert listed == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if "manifest" not in name
    }


def test_its_record_can_be_read_back_in_and_its_text_is_the_one_that_is_quoted(packet: Path) -> None:
    assert read((packet / "record.json").read_bytes()).firms[0].head.hash == busy_life().position.head
    assert (packet / "roadmap.txt").read_text() == SOURCE


def test_the_page_quotes_the_roadmap_with_its_lines(packet: Path) -> None:
    text = words((packet / "packet.html").read_text())
    for step in PACK.steps:
        for quote in step.quotes:
            first, last = quote.lines
            where = f"line {first}" if first == last else f"lines {first} to {last}"
            assert f"“{quote.text}” Roadmap, {where}" in text


def test_an_industry_date_that_was_moved_is_not_said_to_have_passed() -> None:
    export = export_of("packet", busy_life())
    announced = date(2026, 11, 20)
    value, source = Value("date", date(2027, 5, 20)), Source("CAT Alert 9")
    said = DeadlineRevised("full_cais_compliance", announced, announced, value, source, "It moved.")
    entered = entry("-/T1", (), said, ANA, at=export.made_at, cause=None)
    moved = replace(export, shared={"-/T1": fold(LEDGER, [entered])})
    before, after = (words(page(one, one.readings()[0])) for one in (export, moved))
    assert "May 31, 2024 was the industry date for full CAIS compliance." in before
    assert "May 31, 2024 was the industry date for full CAIS compliance." not in after
    assert "as it stands now: Thursday, May 20, 2027. Announced Nov 20, 2026. Source: CAT Alert 9." in after


def test_the_page_has_every_entry_with_who_and_when(packet: Path) -> None:
    text = words((packet / "packet.html").read_text())
    for row in busy_life().history:
        assert row.hash[:12] in text
    assert "Ana Ruiz, recorded Nov 23, 2026, 9:05 AM New York time" in text
    assert "added by Ana Ruiz" in text
    assert busy_life().position.head in text


def test_what_was_undone_is_called_so_wherever_it_stands(packet: Path) -> None:
    text = words((packet / "packet.html").read_text())
    assert "taken back Ana Ruiz, Nov 23, 2026, 9:15 AM, undone" in text
    assert "taken back (entry 17, undone)" in text
    assert "taken back (undone)" in text


def test_the_page_says_when_people_are_reminded_and_who_set_that(packet: Path) -> None:
    text = words((packet / "packet.html").read_text())
    assert "Set by Ana Ruiz, Nov 23, 2026, 9:20 AM New York time, entry 23. before a date, 15 and 5 trading" in text
    assert "Set the firm's reminders: before a date, 15 and 5 trading days before and on the day itself; " in text
    life = Life()
    (reading,) = export_of("packet", life).readings()
    assert "the firm has set no others. before a date, 10, 5" in words(page(export_of("packet", life), reading))


def test_a_yearly_date_that_was_marked_done_is_among_the_dates_and_in_the_log(packet: Path) -> None:
    text = words((packet / "packet.html").read_text())
    assert "Done: SAA yearly certification Mar 15, 2027 Ana Ruiz Nov 23, 2026, 9:19 AM yes 22" in text
    assert "Done for Monday, March 15, 2027: SAA yearly certification" in text


def told(life: Life) -> str:
    export = export_of("packet", life)
    return words(page(export, export.readings()[0]))


def test_what_was_done_earlier_says_which_day_and_that_it_was_recorded_later() -> None:
    life = Life("reporting")
    life.answer("fdid_duty", "yes")
    life.done("s2", happened_on=date(2024, 5, 10), earlier=True)
    life.take([e.EvidenceAdded("s2", "note", "The form.", happened_on=date(2024, 5, 9))])
    life.take([e.EvidenceAdded("s2", "note", "Its copy.", happened_on=TODAY)])
    text = told(life)
    assert "Happened on May 10, 2024, recorded later" in text
    done, given = (row.sequence for row in life.history if row.happened_on and row.happened_on < TODAY.isoformat())
    recorded = text.partition("What was recorded Nov 23, 2026, 9:05 AM, Ana Ruiz: Recorded as done earlier")[2]
    assert f"(happened on May 10, 2024, recorded later; entry {done})" in recorded
    assert f"(happened on May 9, 2024, recorded later; entry {given})" in recorded
    assert "note, happened on May 9, 2024, recorded later, added by Ana Ruiz" in text
    assert "note, happened on Nov 23, 2026, added by Ana Ruiz" in text


def test_a_task_that_is_done_without_evidence_says_so_and_an_open_one_does_not() -> None:
    life = Life()
    assert "No evidence recorded." not in told(life)
    life.answer("fdid_duty", "yes")
    life.done("s2")
    assert told(life).count("Evidence No evidence recorded.") == 2
    life.take([e.EvidenceAdded("s2", "note", "The form.")])
    assert told(life).count("Evidence No evidence recorded.") == 1


def test_what_was_given_for_a_task_that_applies_no_more_stands_under_it_still() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.take([e.EvidenceAdded("s2", "note", "The form.")])
    life.answer("fdid_duty", "no")
    assert life.item("s2").state == "not_applicable"
    chapter = told(life).partition("Step 2: Register for CAIS")[2].partition("Step 3:")[0]
    assert "Register for CAIS Not applicable" in chapter
    assert "Evidence The form. note, added by Ana Ruiz" in chapter


def test_to_a_firm_without_the_duty_no_date_says_that_it_has_applied_since() -> None:
    life = Life()
    assert "the duty has applied since then" in told(life)
    life.answer("fdid_duty", "no")
    assert "the duty has applied since then" not in told(life)
    assert "confirm today's procedure" not in told(life)
    assert "May 31, 2024 It has passed and is shown for reference." in told(life)


def test_a_note_on_the_firm_stands_where_one_reads_how_it_stands() -> None:
    life = Life()
    assert "Notes on the firm" not in told(life)
    life.take(add_note(PACK, life.position, ANA, text="We wait for our clearing firm."))
    first = told(life).partition("2. Answers to the roadmap's questions 3.")[0]
    assert "Notes on the firm We wait for our clearing firm. Ana Ruiz, Nov 23, 2026" in first


def test_what_people_typed_stays_text_in_the_page(packet: Path) -> None:
    html = (packet / "packet.html").read_text()
    assert "<signed>" not in html
    assert "Form &lt;signed&gt;" in html
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="(?!https://example\.com/form|#|data:image/svg)', html)


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def words(html: str) -> str:
    parser = Words()
    parser.feed(html)
    return " ".join(" ".join(parser.said).split())


# --- what it claims ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["packet.html", "READ-ME-FIRST.txt"])
def test_it_says_what_it_is_not(packet: Path, name: str) -> None:
    text = " ".join((packet / name).read_text().replace("&#x27;", "'").split())
    assert "makes no claim to be a record under SEC Rule 17a-4" in text
    assert "not affiliated with FINRA, FINRA CAT or CAT LLC" in text
    assert "does not show that what they recorded is true" in text


def test_no_industry_date_is_called_late_or_overdue(packet: Path) -> None:
    text = words((packet / "packet.html").read_text()).casefold()
    assert not re.findall(r"\b(?:overdue|late|days ago|missed|violation)\b", text)
    assert "it is shown for reference" in text


def test_a_practice_run_is_called_one_on_the_cover_and_in_the_note(tmp_path: Path, without_pango: None) -> None:
    export = export_of("packet", Life())
    folder, _ = made(
        type(export)(**{f: getattr(export, f) for f in export.__struct_fields__} | {"practice": True}), tmp_path
    )
    for name in ("packet.html", "READ-ME-FIRST.txt"):
        assert "Practice run: the clock was moved" in (folder / name).read_text()


# --- checking it ------------------------------------------------------------------------------------------------


def test_a_stranger_can_check_it_with_python_alone(packet: Path) -> None:
    said = check(packet)
    assert said.returncode == 0, said.stdout + said.stderr
    assert busy_life().position.head in said.stdout
    assert "every link of the chain holds" in said.stdout


def test_any_file_that_was_changed_added_or_taken_out_is_named(tmp_path: Path, without_pango: None) -> None:
    folder, _ = made(export_of("packet", busy_life()), tmp_path)
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("verify.py", "manifest.sha256")):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        if name != "record.json":
            assert f"WRONG  {name} is not the file that was packed" in check(folder).stdout
        path.unlink()
        if name != "record.json":
            assert f"WRONG  {name} is missing." in check(folder).stdout
        path.write_bytes(content)
    (folder / "extra.txt").touch()
    said = check(folder)
    assert said.returncode == 1
    assert "extra.txt was not in the packet" in said.stdout


@pytest.mark.parametrize("tampering", ["actor_name", "payload", "recorded_at", "cause", "hash", "previous_hash"])
def test_a_changed_entry_is_named_even_where_the_manifest_was_changed_with_it(
    tmp_path: Path, without_pango: None, tampering: str
) -> None:
    folder, _ = made(export_of("packet", busy_life()), tmp_path)
    record = json.loads((folder / "record.json").read_text())
    record["firms"][0]["events"][6][tampering] = "other"
    changed = json.dumps(record).encode()
    digest = hashlib.sha256((folder / "record.json").read_bytes()).hexdigest()
    manifest = (folder / "manifest.sha256").read_text().replace(digest, hashlib.sha256(changed).hexdigest())
    (folder / "record.json").write_bytes(changed)
    (folder / "manifest.sha256").write_text(manifest)
    said = check(folder)
    assert said.returncode == 1
    assert re.search(r"WRONG  Apex: Entry 7 ", said.stdout)


def rewrite(folder: Path, name: str, content: bytes) -> None:
    """A file exchanged as somebody would who knows of the manifest."""
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest = (folder / "manifest.sha256").read_text().replace(digest, hashlib.sha256(content).hexdigest())
    (folder / name).write_bytes(content)
    (folder / "manifest.sha256").write_text(manifest)


def test_a_chain_that_was_shortened_shows_by_the_head_in_the_note(tmp_path: Path, without_pango: None) -> None:
    folder, _ = made(export_of("packet", busy_life()), tmp_path)
    record = json.loads((folder / "record.json").read_text())
    (firm,) = record["firms"]
    whole, events = firm["head"], firm["events"]
    firm["events"] = events[:10]
    firm["head"] = {"events": 10, "hash": events[9]["hash"]}
    rewrite(folder, "record.json", json.dumps(record).encode())
    said = check(folder)
    assert said.returncode == 1
    assert (
        f"WRONG  VERIFY.txt names the head {whole['hash']} after {whole['events']} entries, but record.json ends with "
        f"{events[9]['hash']} after 10 entries."
    ) in said.stdout
    note = (folder / "VERIFY.txt").read_text()
    rewrite(folder, "VERIFY.txt", note.replace(whole["hash"], "").encode())
    assert "WRONG  VERIFY.txt names no head" in check(folder).stdout
    forged = note.replace(whole["hash"], events[9]["hash"]).replace(f"after {whole['events']} ", "after 10 ")
    rewrite(folder, "VERIFY.txt", forged.encode())
    assert check(folder).returncode == 0, "whoever can write all files can forge the note, too"
    kept = check(folder, whole["hash"])
    assert kept.returncode == 1
    assert f"WRONG  The head that was kept, {whole['hash']}, is in no entry here: the chain ends with " in kept.stdout
    assert f"{events[9]['hash']} after 10 entries." in kept.stdout


def test_a_head_that_was_kept_is_looked_for_also_by_its_first_digits(packet: Path) -> None:
    rows = busy_life().history
    said = check(packet, rows[4].hash[:20].upper(), rows[-1].hash)
    assert said.returncode == 0, said.stdout
    assert f"kept head {rows[4].hash[:20]}: it is entry 5 here" in said.stdout
    assert f"kept head {rows[-1].hash}: it is entry {len(rows)} here" in said.stdout
    assert "python3 verify.py HEAD" in (packet / "VERIFY.txt").read_text()
    assert "python3 verify.py HEAD" in words((packet / "packet.html").read_text())


@pytest.mark.parametrize("typed", ["--quick", "e355", "not a head at all", "0" * 65])
def test_what_the_script_does_not_know_it_refuses(packet: Path, typed: str) -> None:
    said = check(packet, typed)
    assert (said.returncode, said.stdout) == (2, "")
    assert typed in said.stderr


def test_the_script_says_how_it_is_used(packet: Path) -> None:
    said = check(packet, "--help")
    assert said.returncode == 0
    assert "a head that was kept elsewhere" in said.stdout
    assert "ok" not in said.stdout.split()


def test_a_record_that_is_gone_or_no_record_is_said_in_a_sentence(tmp_path: Path, without_pango: None) -> None:
    folder, _ = made(export_of("packet", Life()), tmp_path)
    for content in (b"{", b"[]", b"\xff"):
        (folder / "record.json").write_bytes(content)
        said = check(folder)
        assert (said.returncode, said.stderr) == (1, "")
        assert "WRONG  record.json cannot be read, so its chain was not followed." in said.stdout
    (folder / "record.json").unlink()
    assert "WRONG  record.json is missing." in check(folder).stdout


@pytest.mark.usefixtures("without_pango")
def test_whatever_was_done_to_it_is_said_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    folder, _ = made(with_files(tmp_path / "here"), tmp_path / "out")
    whole = (folder / "record.json").read_text()
    no_record = "record.json cannot be read, so its chain was not followed."

    def changed(change: Callable[[Any], object]) -> str:
        record = json.loads(whole)
        change(record["firms"][0])
        rewrite(folder, "record.json", json.dumps(record).encode())
        said = check(folder)
        assert (said.returncode, said.stderr) == (1, "")
        return said.stdout

    copy = next(n for n, row in enumerate(json.loads(whole)["firms"][0]["events"]) if '"copied":true' in row["payload"])
    for value in ("{", "[]", None):
        assert f"Entry {copy + 1} is not what" in changed(lambda f, v=value: f["events"][copy].update(payload=v))
    assert "Entry 4 is not what was recorded: a part of it is missing." in changed(
        lambda f: f["events"][3].pop("actor")
    )
    for broken in ({"events": None}, {"events": [[]]}, {"head": "x"}, {"head": {}}):
        assert no_record in changed(lambda f, b=broken: f.update(b))
    assert no_record in changed(lambda f: f.pop("name"))
    (folder / "manifest.sha256").unlink()
    said = check(folder)
    assert (said.returncode, said.stderr) == (1, "")
    assert "WRONG  manifest.sha256 is missing or cannot be read, so no file was compared" in said.stdout


@pytest.mark.usefixtures("without_pango")
def test_what_a_system_puts_into_folders_by_itself_is_no_tampering(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    folder, _ = made(with_files(tmp_path / "here"), tmp_path / "out")
    names = (".DS_Store", "evidence/.DS_Store", "tables/Thumbs.db", "desktop.ini", "~$record.xlsx", "._packet.html")
    for name in names:
        (folder / name).write_bytes(b"a system's own")
    said = check(folder)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert all(f"note   {name} is no part of the packet" in said.stdout for name in names)
    assert "WRONG" not in said.stdout
    (folder / "evidence" / "0009-more.pdf").write_bytes(b"somebody's own")
    assert "WRONG  evidence/0009-more.pdf was not in the packet." in check(folder).stdout


@pytest.mark.usefixtures("without_pango")
def test_a_name_that_a_mac_wrote_otherwise_is_the_same_name(tmp_path: Path) -> None:
    life, digest = Life(), hashlib.sha256(PDF).hexdigest()
    (tmp_path / digest).write_bytes(PDF)
    life.take([e.EvidenceAdded("s2", "file", "https://x.slack.com/f", name="Señal é.pdf", digest=digest, copied=True)])
    folder, _ = made(replace(export_of("packet", life), copies={digest: str(tmp_path / digest)}), tmp_path / "out")
    (copy,) = (folder / "evidence").iterdir()
    copy.rename(copy.with_name(unicodedata.normalize("NFD", copy.name)))
    said = check(folder)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout


@pytest.mark.usefixtures("without_pango")
def test_a_name_in_any_script_is_said_also_where_the_output_has_no_such_letters(tmp_path: Path) -> None:
    life = busy_life()
    life.take([e.FirmRenamed(name="株式会社")])
    folder, _ = made(export_of("packet", life), tmp_path)
    command = [sys.executable, "-S", "verify.py"]
    latin = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=latin)
    assert (said.returncode, said.stderr) == (0, "")
    assert "ok: " in said.stdout
    editors = (
        "import io, runpy, sys; sys.argv = ['verify.py']; sys.stdout = io.StringIO(); runpy.run_path('verify.py', "
    )
    run = [sys.executable, "-c", f"{editors}run_name='__main__')"]
    assert subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False).stderr == ""


def test_the_script_covers_the_very_fields_that_the_chain_does() -> None:
    assert (*verify.FIELDS, "hash") == Record.__struct_fields__


# --- the PDF ----------------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_has_language_title_and_alternative_texts(packet: Path) -> None:
    with pikepdf.open(packet / "packet.pdf") as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as about:
            assert about["dc:title"] == "Apex: examiner packet, Nov 23, 2026"
            assert about["pdfuaid:part"] == "1"
        found = list(elements(root.StructTreeRoot))
        tags = {str(e.S) for e in found}
        assert {"/Document", "/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= tags
        figures = [e for e in found if str(e.S) == "/Figure"]
        assert figures
        assert all(str(e.Alt).startswith("Progress: step 1: 1 of 1 done") for e in figures)


def elements(node: pikepdf.Object) -> list[pikepdf.Object]:
    """Every structure element below this one."""
    children = node.get("/K", [])
    children = children if isinstance(children, pikepdf.Array) else [children]
    found = []
    for child in children:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found += [child, *elements(child)]
    return found


def test_each_heading_cell_of_the_pdf_says_what_it_heads(packet: Path) -> None:
    with pikepdf.open(packet / "packet.pdf") as document:
        for table in (each for each in elements(document.Root.StructTreeRoot) if str(each.S) == "/Table"):
            for part in (each for each in elements(table) if str(each.S) in ("/THead", "/TBody")):
                scopes = {str(cell.A.get("/Scope")) for cell in elements(part) if str(cell.S) == "/TH"}
                assert scopes == {"/Column" if str(part.S) == "/THead" else "/Row"}


UNBROKEN = "long" * 55 + ".txt"


@pytest.fixture(scope="module")
def sheets() -> list[Any]:
    """The printed pages of a firm that wrote much, as WeasyPrint lays them out."""
    life = Life().go("agent", agents=["Clear Co"])
    life.take([e.EvidenceAdded("s2", "file", "https://x.slack.com/files/U1/F1/a", name=UNBROKEN, size=1)])
    life.take(add_note(PACK, life.position, ANA, text=UNBROKEN))
    file = AgentFile(agreement="yes", repairs="We do.", contact="Cy", note="A long story of it. " * 70)
    life.take(supervision.keep(life.position, ANA, life.agent("Clear Co"), file, today=TODAY))
    life.take([e.EvidenceAdded("s2", "note", "word " * 400)])
    export = export_of("packet", life)
    html = page(export, export.readings()[0], printed=True)
    return [each._page_box for each in pdf.printer().HTML(string=html).render().pages]


def test_a_file_s_name_without_a_gap_stays_on_the_page(sheets: list[Any]) -> None:
    for sheet in sheets:
        edge = sheet.position_x + sheet.margin_width() - sheet.margin_right
        texts = [box for box in sheet.descendants() if getattr(box, "text", "")]
        assert texts
        assert [box.text for box in texts if box.position_x + box.width > edge + 1] == []


def test_what_is_long_goes_on_on_the_next_page_instead_of_leaving_half_of_one_empty(sheets: list[Any]) -> None:
    for number, sheet in enumerate(sheets[1:-1], start=2):  # the cover stands alone, and the last ends where it ends
        tops = [box.position_y - sheet.margin_top for box in sheet.descendants() if getattr(box, "text", "")]
        assert max(top for top in tops if top < sheet.height) > sheet.height * 0.6, f"page {number}"


IN_NO_FONT = "\U000f1234"
"""For private use, so that no font has it, whatever is on the machine."""


def test_a_character_that_no_font_has_is_printed_as_its_number_and_the_cover_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr("bot.files.packet.bundle.print_pdf", lambda html: printed.append(html) or b"%PDF")
    life = Life()
    life.take([e.FirmRenamed(name=f"Ünïcödé {IN_NO_FONT}")])
    folder, _ = made(export_of("packet", life), tmp_path)
    (html,) = printed
    assert "<h1>Ünïcödé [U+F1234]</h1>" in html
    assert f"<title>Ünïcödé {IN_NO_FONT}: examiner packet" in html, "a title is not drawn"
    assert "such as [U+F1234]; packet.html beside this file has the characters themselves." in words(html)
    page_there = (folder / "packet.html").read_text()
    assert f"<h1>Ünïcödé {IN_NO_FONT}</h1>" in page_there
    assert "U+F1234" not in page_there


def test_where_every_character_has_a_font_nothing_is_said_of_fonts(packet: Path) -> None:
    (reading,) = export_of("packet", busy_life(), asked=[question()]).readings()
    assert without_glyph(page(export_of("packet", busy_life()), reading, printed=True)) == frozenset()


def test_a_letter_is_written_out_by_its_number_and_a_picture_by_its_name() -> None:
    told = written_out('<p title="日本">日本 &amp; 👍</p><style>日</style>', frozenset("日本👍"))
    assert told == '<p title="日本">[U+65E5, U+672C] &amp; [thumbs up sign]</p><style>日</style>'


def test_a_very_long_history_is_cut_in_print_only_and_says_so() -> None:
    life = busy_life()
    for nth in range(MOST_IN_LOG):
        life.take(add_note(PACK, life.position, ANA, text=f"note number {nth}.", key="s2"))
    (reading,) = export_of("packet", life).readings()
    whole, printed = (words(page(export_of("packet", life), reading, printed=p)) for p in (False, True))
    assert all(f"note number {nth}." in whole for nth in range(MOST_IN_LOG))
    assert "earlier ones are in packet.html" not in whole
    assert f"The last 400; {len(life.history) - MOST_IN_LOG} earlier ones are in packet.html" in printed
    assert "The last 30; 370 earlier ones are in packet.html" in printed


def test_without_pango_it_holds_the_page_only_and_says_so(tmp_path: Path, without_pango: None) -> None:
    folder, remarks = made(export_of("packet", busy_life()), tmp_path)
    assert remarks == (f"It holds no PDF. {NO_PDF}",)
    assert not (folder / "packet.pdf").exists()
    note = (folder / "READ-ME-FIRST.txt").read_text()
    assert "there is no PDF, since none could be printed where it was made" in note
    assert "Pango" not in note, "an examiner has nothing to install"
    assert check(folder).returncode == 0


@pytest.mark.parametrize(("error", "why"), [(ImportError, "is not installed"), (OSError, "Pango is not")])
def test_what_is_missing_for_a_pdf_is_said(monkeypatch: pytest.MonkeyPatch, error: type[Exception], why: str) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise error("libpango")

    for name in [n for n in sys.modules if n.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(NoPdf, match=why):
        pdf.print_pdf("<p>Hello</p>")


def test_what_is_to_be_installed_for_a_pdf_is_what_the_docs_say() -> None:
    assert f"`apt-get install {pdf.PACKAGES}`" in (ROOT / "docs/install.md").read_text()


def test_nothing_is_fetched_for_a_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    asked: list[str] = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, url, *_, **__: asked.append(str(url)))
    for address in (secret.as_uri(), "http://127.0.0.1:9/x.png"):
        pdf.print_pdf(f'<html lang="en"><title>x</title><img alt="x" src="{address}">')
    assert asked == []


# --- copies of evidence -----------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\nthe certification e-mail\n%%EOF\n"
NASTY = ("../../etc/passwd.pdf", "\u202egpj.exe", "con", "🎁 ﷺ" * 100 + ".pdf", "a" * 300 + ".pdf", "x\x00/y.pdf", "..")


def with_files(folder: Path) -> Export:
    """A firm with files of every name, one of them twice, one removed, and one that is missing on the machine."""
    life, copies = busy_life(), {}

    def add(name: str, content: bytes, *, here: bool = True) -> None:
        digest = hashlib.sha256(content).hexdigest()
        (folder / digest).write_bytes(content)
        if here:
            copies[digest] = str(folder / digest)
        of = e.EvidenceAdded("s2", "file", "https://x.slack.com/files/U1/F1/a", name=name, size=len(content))
        life.take([replace(of, digest=digest, copied=True, claimed="application/pdf", seen="application/pdf")])

    for nth, name in enumerate(NASTY):
        add(name, PDF + bytes([nth]))
    add("again.pdf", PDF + bytes([0]))
    add("missing.pdf", b"not here", here=False)
    add("removed.pdf", b"another firm's")
    gone = pieces(life.history)[-1].row.sequence
    life.take(remove(replace(life.position, hold=None), life.history, ANA, gone, reason="of another firm"))
    return replace(export_of("packet", life), copies=copies)


@pytest.mark.usefixtures("without_pango")
def test_copies_are_under_safe_names_and_hold_against_the_record(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    folder, remarks = made(with_files(tmp_path / "here"), tmp_path / "out")
    names = sorted(path.name for path in (folder / "evidence").iterdir())
    assert len(names) == len(NASTY)
    assert all(re.fullmatch(r"\d{4}-\w[\w.-]{0,79}", name) for name in names), names
    assert not any("\u202e" in name or ".." in name for name in names)
    assert any("1 copy of evidence could not be put in" in remark for remark in remarks)
    page = (folder / "packet.html").read_text()
    assert "copy not in this packet: it is missing on the machine" in page
    assert "Removed: of another firm" in page
    checked = check(folder)
    assert checked.returncode == 0, checked.stdout
    assert f"evidence: {len(NASTY)} copies are as recorded." in checked.stdout
    assert "evidence/" in (folder / "READ-ME-FIRST.txt").read_text()


@pytest.mark.parametrize("letter", ["x", "株", "𠀀"])
def test_a_copy_s_name_is_one_that_every_disk_takes(tmp_path: Path, letter: str) -> None:
    for name in (f"{letter * 300}.pdf", letter * 300, f"x.{letter * 10}"):
        (tmp_path / f"0001-{safe_name(name)}").touch()
    assert safe_name("हिन्दी दस्तावेज़.pdf") == unicodedata.normalize("NFC", "हिन्दी-दस्तावेज़.pdf"), "vowels are letters, too"


@pytest.mark.usefixtures("without_pango")
def test_a_copy_that_was_exchanged_shows_although_the_manifest_was_written_anew(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    folder, _ = made(with_files(tmp_path / "here"), tmp_path / "out")
    first = sorted((folder / "evidence").iterdir())[0]
    manifest = folder / "manifest.sha256"
    before = hashlib.sha256(first.read_bytes()).hexdigest()
    first.write_bytes(b"something else")
    manifest.write_text(manifest.read_text().replace(before, hashlib.sha256(b"something else").hexdigest()))
    checked = check(folder)
    assert checked.returncode == 1
    assert "is not the file that was recorded" in checked.stdout


@pytest.mark.usefixtures("without_pango")
def test_a_copy_that_was_altered_on_the_machine_does_not_get_in(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    export = with_files(tmp_path / "here")
    Path(next(iter(export.copies.values()))).write_bytes(b"altered")
    folder, _ = made(export, tmp_path / "out")
    assert "it was altered on the machine" in (folder / "packet.html").read_text()
    assert check(folder).returncode == 0


def test_the_cover_names_a_legal_hold_with_who_set_it_when_and_why(packet: Path) -> None:
    cover = (packet / "packet.html").read_text(encoding="utf-8").partition("<nav")[0]
    assert "Legal hold" in cover
    assert "set by Ana Ruiz on Nov 23, 2026: “an inquiry”" in cover


def test_a_record_that_was_changed_in_the_database_is_said_to_be_so_in_whatever_file_it_goes_into(
    tmp_path: Path, without_pango: None
) -> None:
    export = export_of("packet", busy_life())
    (firm,) = export.firms
    rows = list(firm.rows)
    rows[3] = replace(rows[3], actor_name="Somebody Else")
    changed = replace(export, firms=(replace(firm, rows=tuple(rows)),))
    said = "is not as it was written. Event 4 is not what was recorded: its hash does not match."
    folder, remarks = made(changed, tmp_path)
    assert said in remarks[0]
    for file in ("packet.html", "READ-ME-FIRST.txt", "VERIFY.txt"):
        assert f"This record {said}" in (folder / file).read_text()
    for format_ in ("json", "csv", "ics", "xlsx"):
        (remark,) = write(replace(changed, format=format_), io.BytesIO())
        assert said in remark
    assert write(replace(export, format="json"), io.BytesIO()) == ()
