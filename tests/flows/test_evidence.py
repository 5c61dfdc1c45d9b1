"""Evidence as rules: what counts, what is weak, what a file is by its bytes, and how a piece goes and comes back."""

from datetime import date

import pytest

from flows import events as e
from flows import progress
from flows.evidence import kinds, pieces
from flows.evidence.pieces import File
from flows.firms import Person, Refusal
from flows.proof import is_weak
from tests.flows.life import ANA, PACK, TODAY, Life

FILE = e.EvidenceAdded(
    "s1", "file", "https://x.slack.com/files/U1/F1/a.pdf", name="a.pdf", digest="a" * 64, copied=True
)
STRANGER = Person("slack:-/T1/U9", "Max")


def test_a_piece_that_is_removed_counts_no_more_and_undo_brings_it_back() -> None:
    life = Life()
    life.take(progress.add_evidence(PACK, life.position, ANA, "s1", kind="note", text="seen", today=TODAY))
    [piece] = pieces.pieces(life.history)
    assert life.position.evidence == {"s1": 1}
    life.take(pieces.remove(life.position, life.history, ANA, piece.row.sequence, reason="wrong one"))
    assert life.position.evidence == {}
    assert [p.removed is not None for p in pieces.pieces(life.history)] == [True]
    assert pieces.remove(life.position, life.history, ANA, piece.row.sequence, reason="again") == []
    life.undo()
    assert life.position.evidence == {"s1": 1}
    assert [p.removed for p in pieces.pieces(life.history)] == [None]


def test_a_piece_is_not_removed_without_a_reason_by_a_stranger_or_where_it_is_none() -> None:
    life = Life()
    life.take([FILE])
    [piece] = pieces.pieces(life.history)
    for who, sequence, reason in ((ANA, piece.row.sequence, " "), (STRANGER, piece.row.sequence, "x"), (ANA, 1, "x")):
        with pytest.raises(Refusal):
            pieces.remove(life.position, life.history, who, sequence, reason=reason)


def test_an_added_piece_cannot_be_undone_behind_its_removal() -> None:
    life = Life()
    life.take([FILE])
    [piece] = pieces.pieces(life.history)
    life.take(pieces.remove(life.position, life.history, ANA, piece.row.sequence, reason="wrong one"))
    with pytest.raises(Refusal, match="changed this again"):
        life.undo(piece.row.sequence)


def test_what_is_said_to_be_covered_goes_with_its_piece() -> None:
    life = Life()
    said = PACK.tasks["s1"].evidence[0]
    places = {"covers": ["s1 0", "s2 0", "nonsense"]}
    life.take(progress.add_evidence(PACK, life.position, ANA, "s1", kind="note", text="memo", today=TODAY, **places))
    assert life.position.covered == {"s1": (said,)}
    [piece] = pieces.pieces(life.history)
    life.take(pieces.remove(life.position, life.history, ANA, piece.row.sequence, reason="wrong one"))
    assert life.position.covered == {}


@pytest.mark.parametrize(
    ("event", "weak"),
    [
        (e.EvidenceAdded("s1", "link", "https://apex.slack.com/archives/C1/p1"), True),
        (e.EvidenceAdded("s1", "link", "https://APEX.slack.com/files/U1/F1/a.pdf"), True),
        (e.EvidenceAdded("s1", "link", "https://vault.example/slack.com"), False),
        (e.EvidenceAdded("s1", "link", "https://notslack.com/x"), False),
        (e.EvidenceAdded("s1", "note", "https://apex.slack.com/archives/C1/p1"), False),
        (e.EvidenceAdded("s1", "message", "https://apex.slack.com/archives/C1/p1"), True),
        (FILE, False),
        (e.EvidenceAdded("s1", "file", "https://x.slack.com/f", name="a", not_copied="too_large"), True),
    ],
)
def test_what_is_no_more_than_an_address_in_slack_is_weak(event: e.EvidenceAdded, weak: bool) -> None:
    assert is_weak(event) is weak
    life = Life()
    life.take([event])
    assert life.position.weak_evidence == ({"s1": 1} if weak else {})


ZIP = b"PK\x03\x04" + b"\x00" * 26


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (ZIP + b"hello.txt", "application/zip"),
        (ZIP + b"[Content_Types].xml word/document.xml", kinds._OFFICE[0][1]),
        (b"  <!DOCTYPE HTML><p>", "text/html"),
        ("Grüße".encode(), "text/plain"),
        ("ü".encode("utf-16"), "text/plain"),
        (b"x" * (kinds.LOOKED_AT - 1) + "ü".encode()[:1], "text/plain"),
        (b"MZ\x90\x00", "application/x-msdownload"),
        (b"\x01\x02\xff\xfe\x00", kinds.UNKNOWN),
        (b"", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_show(content: bytes, kind: str) -> None:
    assert kinds.seen(content) == kind


@pytest.mark.parametrize(
    ("claimed", "found", "differs"),
    [
        ("application/pdf", "application/pdf", False),
        ("application/pdf", "text/html", True),
        ("application/pdf", "application/x-msdownload", True),
        ("text/csv", "text/plain", False),
        ("message/rfc822", "text/plain", False),
        ("application/msword", "application/x-ole-storage", False),
        ("image/png", "application/x-ole-storage", True),
        (kinds._OFFICE[0][1], "application/x-ole-storage", False),
        (kinds._OFFICE[1][1], "application/x-ole-storage", False),
        ("application/x-mspublisher", "application/x-ole-storage", False),
        ("application/pdf", "application/x-ole-storage", True),
        ("application/vnd.ms-visio.drawing", "application/zip", False),
        ("application/vnd.visio", "application/zip", False),
        ("application/vnd.ms-xpsdocument", "application/zip", False),
        ("application/vnd.google-earth.kmz", "application/zip", False),
        ("application/vnd.ms-excel", "application/zip", True),
        ("application/octet-stream", "application/pdf", False),
        ("image/png", kinds.UNKNOWN, False),
        ("", "application/pdf", False),
        ("application/vnd.oasis.opendocument.text", "application/zip", False),
        ("application/x-iwork-numbers-sffnumbers", "application/zip", False),
        ("application/pdf", "application/zip", True),
        (kinds._OFFICE[0][1], "application/zip", True),
        ("application/vnd.ms-excel.sheet.macroenabled.12", kinds._OFFICE[1][1], False),
        ("application/vnd.ms-excel", kinds._OFFICE[1][1], True),
        ("application/x-gzip", "application/gzip", False),
        ("video/quicktime", "video/mp4", False),
        ("audio/mp4", "video/mp4", False),
        ("image/png", "video/mp4", True),
        ("image/svg+xml", "text/plain", False),
        ("image/svg+xml", "text/xml", False),
        ("text/html", "text/xml", False),
        ("application/x-x509-ca-cert", "text/plain", False),
        ("application/vnd.ms-excel", "text/plain", True),
        ("image/png", "text/plain", True),
        (kinds._OFFICE[0][1], "text/plain", True),
        (kinds._OFFICE[0][1], "text/xml", True),
    ],
)
def test_only_a_claim_that_the_bytes_contradict_is_called_so(claimed: str, found: str, differs: bool) -> None:
    assert kinds.differ(claimed, found) is differs
    assert ("but its bytes show" in kinds.in_words(claimed, found)) is differs


def test_of_a_file_that_nobody_knows_the_kind_of_nothing_is_said_to_be_claimed() -> None:
    for found in ("", kinds.UNKNOWN):
        assert kinds.in_words(kinds.UNKNOWN, found) == "kind of file not known"
    assert kinds.in_words("application/pdf", "") == "said to be PDF"


def test_what_is_within_a_container_is_called_by_its_claim() -> None:
    assert kinds.in_words("audio/mp4", "video/mp4") == "audio/mp4"
    assert kinds.in_words("", "video/mp4") == "MP4 video"
    assert kinds.in_words("application/zip", "application/zip") == "zip archive"
    assert kinds.in_words("application/vnd.ms-visio.drawing", "application/zip") == "Visio drawing"
    assert kinds.in_words(kinds._OFFICE[1][1], "application/x-ole-storage") == "Excel workbook", "it has a password"
    assert kinds.in_words("application/msword", "application/x-ole-storage") == "old Word document"
    for claimed in ("", kinds.UNKNOWN):
        assert kinds.in_words(claimed, "application/x-ole-storage") == "old Office file or Outlook message"


@pytest.mark.parametrize(
    "files",
    [[], [File("F1", "a.pdf", 0)], [File(f"F{n}") for n in range(11)], [File("F1", "SSN 123-45-6789.pdf", 5)]],
)
def test_files_that_prove_nothing_or_say_too_much_are_refused(files: list[File]) -> None:
    with pytest.raises(Refusal):
        pieces.may_hand_over(PACK, Life().position, ANA, "s1", files, today=TODAY)


def test_a_day_to_come_is_refused_before_anything_is_fetched() -> None:
    with pytest.raises(Refusal, match="still to come"):
        pieces.may_hand_over(
            PACK, Life().position, ANA, "s1", [File("F1")], today=TODAY, happened_on=date(TODAY.year + 1, 1, 1)
        )
