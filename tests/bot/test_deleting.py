"""`cais delete`: what it shows and asks, what it refuses, that nothing is left, and the certificate it hands over."""

import asyncio
import errno
import hashlib
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from bot.__main__ import cais
from bot.bootstrap import build_router
from bot.commands.noted import in_file
from bot.settings import load
from flows.certificate import Certificate, read
from flows.erasing import SHARED
from flows.events import EvidenceAdded, FirmKey, HoldSet, NoteAdded
from flows.ports import Passage
from storage import sqlite
from storage.copies import Copies
from storage.database import open_database
from storage.errors import StorageUnavailable
from tests.bot.prompt import KEY, Cais, four_events, keep, killed_restore
from tests.flows.exporting import question
from tests.flows.test_documents import document

MARK = "zephyrinemark"
OTHER = FirmKey("-/T1", "f2")


@pytest.fixture
def acme(history: Path) -> Path:
    """Acme with the mark in everything it has, and another firm; where the database is."""
    asyncio.run(_marked(f"sqlite+aiosqlite:///{history}"))
    keep_copy(load().evidence_folder)
    return history


def keep_copy(folder: Path) -> None:
    """A copy of evidence, as it stands on the disk."""
    copies = Copies(folder)
    with copies.incoming(KEY) as file:
        file.write(MARK.encode())
        copies.keep(KEY, file, hashlib.sha256(MARK.encode()).hexdigest())


async def _marked(url: str) -> None:
    await four_events(url, OTHER)
    await keep(url, KEY, [NoteAdded(text=f"{MARK} {n}") for n in range(60)])
    async with await open_database(url) as database:
        await database.questions.keep(replace(question(), question=f"who is {MARK}?"))
        await database.knowledge.expect(replace(document(), key=KEY, name=f"{MARK}.pdf"))
        taken = await database.knowledge.take(by="me", now=1.0, lease=60)
        assert taken is not None
        passages = [Passage(taken.id, 1, "", f"{MARK} and {word}") for word in ("gifts", "letters")]
        assert await database.knowledge.shelve(taken, passages, pages_read=1, by="me", until=1.0)


def certificate_in(folder: Path) -> tuple[Path, Certificate]:
    (path,) = folder.glob("*deletion-certificate*.txt")
    certificate = read(path.read_text())
    assert certificate is not None
    return path, certificate


def files_with(word: str, folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes().lower()]


def test_copies_that_are_on_another_machine_are_not_said_to_be_deleted(typed: Cais, acme: Path, tmp_path: Path) -> None:
    here = hashlib.sha256(MARK.encode()).hexdigest()
    files = [EvidenceAdded("s1", "file", "x", name="a.pdf", digest=digest, copied=True) for digest in (here, "a" * 64)]
    asyncio.run(keep(f"sqlite+aiosqlite:///{acme}", KEY, files))
    said = typed("delete", "f1", "--yes", "Acme", "--by", "Dana Cole", "--no-packet")
    assert said.exit_code == 0, said.output
    assert "1 copy of evidence that the record names is not in " in said.output
    text = certificate_in(tmp_path)[0].read_text()
    assert "Copies of evidence deleted from the disk: 1\nNot deleted, as they were not on this machine: 1 that" in text


def test_nothing_of_the_firm_is_left_in_the_file_and_the_certificate_says_what_it_was(
    typed: Cais, acme: Path, tmp_path: Path
) -> None:
    head = re.search(r"firm f1 of -/T1: 64 events, head ([0-9a-f]{64})", typed("verify").output)
    assert head
    assert files_with(MARK, tmp_path)
    said = typed("delete", "Acme", "--yes", "acme", "--by", "Dana Cole", "--reason", "the engagement ended")
    assert said.exit_code == 2, "two firms have the name"
    assert "Several firms are called Acme" in said.output
    said = typed("delete", "f1", "--yes", "Acme", "--by", "Dana Cole", "--reason", "the engagement ended")
    assert said.exit_code == 0, said.output
    assert files_with(MARK, tmp_path) == [], "not in the tables, not in the search index, not between the pages"
    path, certificate = certificate_in(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert text.startswith("Certificate of deletion\n")
    assert f"Acme: firm f1 of -/T1, 64 events, head {head[1]}" in text
    assert re.search(r"^  events +64$", text, re.MULTILINE)
    assert re.search(r"^  passages +2$", text, re.MULTILINE)
    assert "Copies of evidence deleted from the disk: 1\n" in text
    assert "By, as typed: Dana Cole" in text
    assert "Reason, as typed: the engagement ended" in text
    assert certificate.state == "complete"
    assert certificate.compacted
    left = typed("verify")
    assert left.exit_code == 0
    assert "1 firm, 4 events" in left.output
    assert "in no chain here" in typed("verify", "--noted-in", path.name).output


def test_it_shows_what_would_go_and_asks_for_the_name(environment: pytest.MonkeyPatch, acme: Path) -> None:
    def answered(*lines: str) -> Result:
        return CliRunner().invoke(cais, ["delete", "f1"], input="\n".join([*lines, ""]), catch_exceptions=False)

    said = answered("n", "Acne")
    assert said.exit_code == 2
    assert re.search(r"^  events +64$", said.output, re.MULTILINE)
    assert "That is not Acme. Nothing was deleted." in said.output
    said = answered("n", "Acme", "Dana")
    assert said.exit_code == 0, said.output
    assert "The certificate is Acme-deletion-certificate-" in said.output


def test_what_a_restore_put_aside_is_named_before_and_after_as_it_is_not_reached(typed: Cais, acme: Path) -> None:
    aside = acme.with_name(f"{acme.name}.before-restore-1")
    aside.write_bytes(acme.read_bytes())
    said = typed("delete", "f1", "--yes", "Acme", "--by", "Ida").output
    assert said.count(f"{aside.name}. Delete that yourself.") == 2
    assert aside.exists()


def test_what_a_killed_restore_left_is_named_before_and_after_as_it_holds_the_firm(
    typed: Cais, acme: Path, tmp_path: Path
) -> None:
    typed("backup", "mine.zip")
    killed_restore(tmp_path / "mine.zip", acme, load().evidence_folder)
    (tmp_path / "mine.zip").unlink()
    older = acme.with_name(f"{acme.name}.restoring")
    older.write_bytes(b"as an earlier version left it")
    (left,) = acme.parent.glob("cais-unfinished-*")
    said = typed("delete", "f1", "--yes", "Acme", "--by", "Ida", "--no-packet").output
    named = f"that was killed left in {acme.parent}: {left.name}, {older.name}. Delete that yourself."
    assert said.count(named) == 2, said
    assert files_with(MARK, tmp_path) == [acme.name]
    assert (left / acme.name).exists(), "only it has the firm still"


def test_a_legal_hold_refuses_and_says_whose_it_is(typed: Cais, acme: Path, tmp_path: Path) -> None:
    asyncio.run(keep(f"sqlite+aiosqlite:///{acme}", KEY, [HoldSet(reason="SEC inquiry")]))
    for words in (("f1", "--yes", "Acme"), ("--workspace", "-/T1", "--yes", "-/T1")):
        said = typed("delete", *words, "--by", "Dana")
        assert said.exit_code == 2
        assert "Acme is under a legal hold, set by Ana on Mar 2, 2026: “SEC inquiry”." in said.output
        assert "Nothing was deleted." in said.output
    assert list(tmp_path.glob("*certificate*")) == []
    assert "65 events" in typed("verify").output


def test_it_refuses_while_another_program_has_the_database_open(typed: Cais, acme: Path) -> None:
    with sqlite3.connect(acme) as bot:
        bot.execute("SELECT count(*) FROM events").fetchall()
        said = typed("delete", "f1", "--yes", "Acme", "--by", "Dana")
    bot.close()
    assert said.exit_code == 2
    assert "open in another program, such as the bot. Stop it first" in said.output
    assert "2 firms, 68 events" in typed("verify").output


def test_it_refuses_where_the_bot_was_started_while_it_waited_for_an_answer(
    environment: pytest.MonkeyPatch, acme: Path, tmp_path: Path
) -> None:
    began: list[sqlite3.Connection] = []

    def answers(*_: object, **__: object) -> str:
        began.append(sqlite3.connect(acme))
        began[0].execute("SELECT count(*) FROM events").fetchall()
        return "Acme"

    environment.setattr("click.prompt", answers)
    said = CliRunner().invoke(cais, ["delete", "f1", "--by", "Dana", "--no-packet"])
    began.pop().close()
    assert said.exit_code == 2
    assert "open in another program, such as the bot. Stop it first" in said.output
    assert list(tmp_path.glob("*certificate*")) == []


def test_interrupted_it_goes_on_where_it_was(
    typed: Cais, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("delete", "f1", "--yes", "Acme", "--by", "Dana")
    with monkeypatch.context() as broken:
        broken.setattr("storage.erasing.may_remove", lambda position: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            typed(*words)
    assert certificate_in(tmp_path)[1].state == "begun"
    assert "2 firms, 68 events" in typed("verify").output, "nothing is gone, or all of it"
    with monkeypatch.context() as broken:

        def full(path: Path) -> None:
            raise StorageUnavailable("The disk is full.")

        broken.setattr(sqlite, "compact", full)
        said = typed(*words)
    assert said.exit_code == 2
    assert "Every row is deleted, but" in said.output
    path, begun = certificate_in(tmp_path)
    assert path.read_text().startswith("Deletion begun: this is no certificate yet")
    said = typed("delete", "Acme")
    assert said.exit_code == 0, said.output
    assert "What was begun is finished now." in said.output
    done = certificate_in(tmp_path)[1]
    assert done.state == "complete"
    assert done.rows == begun.rows
    assert files_with(MARK, tmp_path) == []
    assert typed("delete", "f1", "--yes", "Acme", "--by", "Dana").exit_code == 2, "there is no such firm any more"


def test_a_workspace_goes_with_a_last_export_that_can_be_read_back_in(
    typed: Cais, environment: pytest.MonkeyPatch, acme: Path, tmp_path: Path
) -> None:
    environment.setenv("CAIS_MODE", "sandbox")
    before = typed("verify").output
    assert "There is nothing of T2" in typed("delete", "--workspace", "T2", "--yes", "T2", "--by", "Dana").output
    said = typed("delete", "--workspace", "T1", "--yes", "T1", "--by", "Dana", "--packet")
    assert said.exit_code == 0, said.output
    _, certificate = certificate_in(tmp_path)
    assert {gone.firm for gone in certificate.firms} == {"f1", "f2"}
    assert "0 firms, 0 events" in typed("verify").output
    (folder,) = tmp_path.glob("*last-records*")
    assert folder.stat().st_mode & 0o077 == 0
    sums = folder / "SHA256SUMS"
    assert certificate.packet == f"{folder.name}/SHA256SUMS, SHA-256 {digest_of(sums)}"
    named = dict(line.split("  ")[::-1] for line in sums.read_text().splitlines())
    assert named == {file.name: digest_of(file) for file in folder.iterdir() if file != sums}
    assert sorted(name[:4] for name in named if name.endswith(".zip")) == ["001-", "002-"], "a packet of each firm"
    (export,) = folder.glob("*.json")
    assert typed("import", str(export)).exit_code == 0
    assert typed("verify").output == before


def test_a_workspace_that_has_no_firm_goes_by_slacks_id_too(typed: Cais, acme: Path, tmp_path: Path) -> None:
    async def taken_off() -> None:
        async with await open_database(f"sqlite+aiosqlite:///{acme}") as database:
            await database.outbox.stop("-/T7", "app_uninstalled", now=1.0)

    asyncio.run(taken_off())
    said = typed("delete", "--workspace", "T7", "--yes", "T7", "--by", "Dana")
    assert said.exit_code == 0, said.output
    assert "There is nothing of" in typed("delete", "--workspace", "T7", "--yes", "T7", "--by", "Dana").output


def digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_is_missing_is_said_and_nothing_is_deleted(typed: Cais, acme: Path) -> None:
    for words, why in (
        ((), "Name a firm, or a workspace"),
        (("f1", "--workspace", "-/T1"), "Name a firm, or a workspace"),
        (("nobody",), "There is no firm nobody"),
        (("--workspace", "-/T9"), "There is nothing of -/T9"),
        (("f1", "--yes", "Acme"), "Say who deletes it, with --by"),
    ):
        said = typed("delete", *words)
        assert said.exit_code == 2
        assert why in said.output
    assert "2 firms, 68 events" in typed("verify").output


NAMES_ITS_FIRM = frozenset(
    {
        "evidence_kept",
        "installed",
        "lead_asked",
        "lead_replied",
        "memo_not_agreed",
        "memo_to_attest",
        "redraw",
        "reminder",
        "review_asked",
        "review_sent_back",
        "snooze",
        "summary",
        "summary-redraw",
        "summary-refused",
    }
)
"""Kinds of letters whose rows are about the one firm in their column, or about none."""


def test_every_letter_is_of_one_firm_or_is_told_what_to_keep_without_a_firm() -> None:
    """A kind that is added later fails here, until somebody has thought of what a deletion leaves in its rows."""
    assert set(build_router().letters) == NAMES_ITS_FIRM | SHARED
    assert not NAMES_ITS_FIRM & SHARED


def test_who_mistyped_the_name_gets_another_last_packet_beside_the_first(
    environment: pytest.MonkeyPatch, acme: Path, tmp_path: Path
) -> None:
    def answered(*lines: str) -> Result:
        return CliRunner().invoke(cais, ["delete", "f1"], input="\n".join([*lines, ""]), catch_exceptions=False)

    assert answered("y", "Acne").exit_code == 2
    (first,) = tmp_path.glob("*packet*.zip")
    content = first.read_bytes()
    said = answered("y", "Acme", "Dana")
    assert said.exit_code == 0, said.output
    assert first.read_bytes() == content
    (second,) = {*tmp_path.glob("*packet*.zip")} - {first}
    assert second.name == f"{first.stem}-2.zip"
    assert f"{second.name}, SHA-256 " in certificate_in(tmp_path)[0].read_text()


def test_a_certificate_for_which_there_is_no_room_is_a_sentence_and_nothing_is_deleted(
    typed: Cais, acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bot.commands.delete.os.fsync", full)
    said = typed("delete", "f1", "--yes", "Acme", "--by", "Dana")
    assert said.exit_code == 2
    assert "cannot be written: No space left on device. Nothing was deleted." in said.output
    assert "64 events" in typed("verify").output


def test_copies_that_cannot_be_deleted_are_named_and_the_same_command_goes_on(
    typed: Cais, acme: Path, tmp_path: Path
) -> None:
    words = ("delete", "f1", "--yes", "Acme", "--by", "Dana")
    with pytest.MonkeyPatch.context() as patched:

        def kept(self: Copies, key: FirmKey) -> int:
            raise OSError(errno.EROFS, "Read-only file system", "evidence/f1")

        patched.setattr(Copies, "forget", kept)
        said = typed(*words)
    assert said.exit_code == 2
    assert (
        "Every row is deleted, but evidence/f1 could not be deleted or written: Read-only file system." in said.output
    )
    assert typed(*words).exit_code == 0
    assert certificate_in(tmp_path)[1].state == "complete"


def test_a_deletion_that_was_begun_is_not_finished_in_another_database(
    typed: Cais, acme: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ("delete", "f1", "--yes", "Acme", "--by", "Dana")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.commands.delete._erase", killed)
        assert typed(*words).exit_code == 1
    environment.setenv("CAIS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    assert typed("migrate").exit_code == 0
    said = typed(*words)
    assert said.exit_code == 2
    assert f"was begun in {acme}, and not in {tmp_path / 'other.db'}" in said.output
    assert certificate_in(tmp_path)[1].state == "begun"
    environment.delenv("CAIS_DATABASE_URL")
    assert typed(*words).exit_code == 0
    assert f"Database: {acme}\n" in certificate_in(tmp_path)[0].read_text()


def test_what_was_recorded_since_it_was_begun_is_in_the_last_record_that_its_certificate_names(
    typed: Cais, acme: Path, tmp_path: Path
) -> None:
    words = ("delete", "f1", "--yes", "Acme", "--by", "Dana", "--packet")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.commands.delete._erase", killed)
        assert typed(*words).exit_code == 1
        first = certificate_in(tmp_path)[1]
        assert typed(*words).exit_code == 1
        assert certificate_in(tmp_path)[1].packet == first.packet, "nothing was recorded since"
    asyncio.run(keep(f"sqlite+aiosqlite:///{acme}", KEY, [NoteAdded(text="it went on")]))
    said = typed(*words)
    assert said.exit_code == 0, said.output
    assert "More was recorded since this was begun, and " in said.output
    done = certificate_in(tmp_path)[1]
    assert done.firms[0].head != first.firms[0].head
    name, digest = done.packet.split(", SHA-256 ")
    assert done.packet != first.packet
    assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    assert done.firms[0].head in in_file(tmp_path / name)


def test_a_firm_that_was_deleted_by_itself_since_takes_no_last_record_from_its_workspace(
    typed: Cais, acme: Path, tmp_path: Path
) -> None:
    words = ("delete", "--workspace", "-/T1", "--yes", "-/T1", "--by", "Dana")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.commands.delete._erase", killed)
        assert typed(*words, "--packet").exit_code == 1
    begun = certificate_in(tmp_path)[1].packet
    (tmp_path / "other").mkdir()
    one = ("delete", "f2", "--yes", "Acme", "--by", "Dana", "--no-packet", "--out", str(tmp_path / "other"))
    assert typed(*one).exit_code == 0
    said = typed(*words)
    assert said.exit_code == 0, said.output
    assert "More was recorded" not in said.output
    assert begun
    assert certificate_in(tmp_path)[1].packet == begun


async def killed(*_: object) -> None:
    """As by Ctrl-C, after the certificate was begun."""
    raise KeyboardInterrupt
