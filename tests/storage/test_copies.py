"""Copies on the disk: whole or not there, each firm's apart, found to be missing or altered."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from bot.workers.evidence_copies import Ill
from flows.events import FirmKey
from storage.copies import LEFT_OVER, Copies, NotKept

OURS, THEIRS = FirmKey("-/T1", "f1"), FirmKey("-/T1", "f2")
CONTENT = b"a certification e-mail"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def keep(copies: Copies, key: FirmKey = OURS, content: bytes = CONTENT) -> str:
    digest = hashlib.sha256(content).hexdigest()
    with copies.incoming(key) as file:
        file.write(content)
        copies.keep(key, file, digest)
    return digest


def test_a_copy_is_found_by_its_digest_and_nothing_else_is_left(tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    keep(copies)
    keep(copies)
    path = copies.find(OURS, DIGEST)
    assert path is not None
    assert path.read_bytes() == CONTENT
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert copies.used() == len(CONTENT)


def test_what_is_not_kept_in_the_end_leaves_nothing(tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    with copies.incoming(OURS) as file:
        file.write(CONTENT)
    assert copies.used() == 0
    assert copies.state(OURS, DIGEST) == "missing"


def test_a_copy_that_may_not_be_looked_at_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Copies(tmp_path)
    keep(copies)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    assert copies.state(OURS, DIGEST) == "unreadable"
    assert "cannot be read here" in Ill(OURS, 3, "a.pdf", "evidence/a", "unreadable").sentence
    monkeypatch.setattr(Path, "is_file", refused)
    assert copies.state(OURS, DIGEST) == "unreadable"
    assert copies.find(OURS, DIGEST) is not None, "a packet says of it that it cannot be read"


def test_an_altered_copy_is_told_from_a_sound_one_and_replaced_by_it(tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    keep(copies)
    path = copies.find(OURS, DIGEST)
    assert path is not None
    path.write_bytes(CONTENT[:-1] + b"!")
    assert copies.state(OURS, DIGEST) == "altered"
    keep(copies)
    assert copies.state(OURS, DIGEST) == "well"


def test_one_firm_goes_and_the_same_file_of_another_stays(tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    keep(copies, OURS)
    keep(copies, THEIRS)
    assert copies.forget(OURS) == 1
    assert copies.forget(OURS) == 0
    assert copies.state(OURS, DIGEST) == "missing"
    assert copies.state(THEIRS, DIGEST) == "well"


def test_what_does_not_fit_is_refused_and_what_is_there_stays(tmp_path: Path) -> None:
    copies = Copies(tmp_path, total=len(CONTENT) + 1)
    keep(copies)
    with pytest.raises(NotKept, match="no_room"):
        keep(copies, content=b"more")
    assert copies.used() == len(CONTENT)


def test_a_folder_that_is_none_takes_nothing_and_has_room_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file in its place")
    with pytest.raises(NotKept, match="unwritable"):
        keep(Copies(tmp_path / "evidence"))


def test_what_a_crash_left_goes_after_a_day_whosever_it_is(tmp_path: Path) -> None:
    """Also of a firm which hands over nothing more: it took room, and was counted as a copy where that was deleted."""
    copies = Copies(tmp_path)
    copies.sweep(0.0)
    keep(copies)
    left = tmp_path / "-%2FT1" / "f1" / "incoming" / "tmpx"
    left.write_bytes(b"half")
    now = left.stat().st_mtime
    assert copies.number_of(OURS) == 1
    copies.sweep(now + LEFT_OVER - 1)
    assert left.exists()
    with copies.incoming(OURS) as file:
        copies.sweep(now + 1)
        assert Path(file.name).exists(), "what is on its way stays"
    copies.sweep(now + LEFT_OVER + 1)
    assert not left.exists()
    assert copies.state(OURS, DIGEST) == "well"


def test_a_firm_that_is_deleted_while_it_is_looked_for_what_a_crash_left_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Copies(tmp_path)
    keep(copies)
    look, gone = os.scandir, tmp_path / "-%2FT1" / "f1" / "incoming"

    def late(place: Any = ".") -> Any:
        if Path(place) == gone:
            monkeypatch.setattr(os, "scandir", look)
            copies.forget(OURS)
        return look(place)

    monkeypatch.setattr(os, "scandir", late)
    copies.sweep(0.0)
    assert not gone.exists()


@pytest.mark.parametrize("firm", ["..", ".", "", "a/b", "../../etc", "\x00", "f" * 30])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, firm: str) -> None:
    copies = Copies(tmp_path / "evidence")
    keep(copies, FirmKey("../..", firm))
    assert all(p.is_relative_to(tmp_path / "evidence") for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize("digest", ["", "../" * 22, DIGEST.upper(), DIGEST + "0"])
def test_what_is_no_digest_finds_nothing(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Copies(tmp_path).find(OURS, digest)
