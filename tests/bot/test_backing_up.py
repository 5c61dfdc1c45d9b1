"""A backup taken while the bot works is whole, comes back, and overwrites nothing."""

import asyncio
import errno
import shutil
import sqlite3
import threading
import zipfile
from pathlib import Path
from typing import IO, Any

import pytest

from flows.events import NoteAdded
from storage.backup import back_up
from storage.database import open_database
from tests.bot.prompt import KEY, Cais, four_events, keep

DIGEST = "a" * 64


@pytest.fixture
def folder(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a firm with four events, and one copy of evidence, is kept."""
    home = tmp_path / "data" / "sandbox"
    asyncio.run(four_events(f"sqlite+aiosqlite:///{home / 'cais.db'}"))
    copy = home / "evidence" / "firm" / DIGEST
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"a signed agreement")
    (home / "evidence" / "firm" / "incoming").mkdir()
    (home / "evidence" / "firm" / "incoming" / "half").write_bytes(b"not whole yet")
    return home


def verified(typed: Cais) -> str:
    """What `cais verify` says of the firm."""
    said = typed("verify")
    assert said.exit_code == 0
    return said.stdout


def test_what_was_backed_up_comes_back_and_what_was_there_is_put_aside(typed: Cais, folder: Path) -> None:
    before = verified(typed)
    made = typed("backup", "mine.zip")
    assert (made.exit_code, "and one copy of evidence." in made.stdout) == (0, True)
    assert Path("mine.zip").stat().st_mode & 0o077 == 0
    asyncio.run(keep(f"sqlite+aiosqlite:///{folder / 'cais.db'}", KEY, [NoteAdded(text="after the backup")]))
    (folder / "evidence" / "firm" / DIGEST).unlink()
    assert verified(typed) != before
    done = typed("restore", "mine.zip")
    assert done.exit_code == 0
    assert "One copy of evidence was missing and is back." in done.stdout
    assert verified(typed) == before
    assert (folder / "evidence" / "firm" / DIGEST).read_bytes() == b"a signed agreement"
    assert (folder / "cais.db.before-restore-1").is_file()
    assert not [path for path in folder.iterdir() if path.name.endswith((".restoring", ".partial"))]


def test_a_backup_comes_back_where_nothing_is(typed: Cais, folder: Path, environment: pytest.MonkeyPatch) -> None:
    before = verified(typed)
    typed("backup", "mine.zip")
    environment.setenv("CAIS_DATA_DIR", "elsewhere")
    assert typed("restore", "mine.zip").exit_code == 0
    assert verified(typed) == before


def test_a_copy_that_a_full_disk_cut_off_is_whole_after_the_next_restore(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch
) -> None:
    typed("backup", "mine.zip")
    copy = folder / "evidence" / "firm" / DIGEST
    copy.unlink()
    whole = shutil.copyfileobj

    def cut_off(read: Any, written: IO[bytes]) -> None:
        if read.name.startswith("evidence/"):
            written.write(read.read(3))
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(read, written)

    with environment.context() as full:
        full.setattr(shutil, "copyfileobj", cut_off)
        assert "No space left on device" in typed("restore", "mine.zip").stderr
    assert "One copy of evidence was missing and is back." in typed("restore", "mine.zip").stdout
    assert copy.read_bytes() == b"a signed agreement"


def test_a_backup_is_whole_whatever_is_written_meanwhile(tmp_path: Path) -> None:
    path, stop, kept = tmp_path / "cais.db", threading.Event(), 0

    async def write() -> None:
        nonlocal kept
        while not stop.is_set():
            await keep(f"sqlite+aiosqlite:///{path}", KEY, [NoteAdded(text=str(kept))])
            kept += 1

    asyncio.run(four_events(f"sqlite+aiosqlite:///{path}"))
    writer = threading.Thread(target=lambda: asyncio.run(write()))
    writer.start()
    while not kept:
        stop.wait(0.01)
    before = kept
    back_up(path, tmp_path / "none", tmp_path / "mine.zip")
    stop.set()
    writer.join()
    with zipfile.ZipFile(tmp_path / "mine.zip") as packed:
        packed.extract("cais.db", tmp_path / "out")
    with sqlite3.connect(tmp_path / "out" / "cais.db") as copy:
        events, version = copy.execute(
            "SELECT (SELECT count(*) FROM events), (SELECT version FROM snapshots)"
        ).fetchone()
    copy.close()
    assert events == version
    assert 4 + before <= events <= 4 + kept


def test_a_backup_overwrites_nothing_and_needs_a_database(typed: Cais, folder: Path) -> None:
    Path("mine.zip").write_text("something dear")
    refused = typed("backup", "mine.zip")
    assert (refused.exit_code, "never overwrites" in refused.stderr) == (2, True)
    assert Path("mine.zip").read_text() == "something dear"
    (folder / "cais.db").unlink()
    assert "There is no database" in typed("backup", "other.zip").stderr
    assert not Path("other.zip").exists()


def strange(name: str, content: bytes = b"x") -> None:
    """A zip with this in it beside a true database."""
    Path("strange.zip").unlink(missing_ok=True)
    with zipfile.ZipFile("mine.zip") as true, zipfile.ZipFile("strange.zip", "w") as made:
        made.writestr("cais.db", true.read("cais.db") if name != "cais.db" else content)
        if name != "cais.db":
            made.writestr(name, content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("../../outside", b"x", "none of ours"),
        ("evidence/../../outside", b"x", "none of ours"),
        ("/outside", b"x", "none of ours"),
        ("other/file", b"x", "none of ours"),
        ("cais.db", b"SQLite format 3\0 but no", "no database, or a damaged one"),
        ("cais.db", b"", "not one of this program"),
    ],
)
def test_what_is_no_backup_changes_nothing(typed: Cais, folder: Path, name: str, content: bytes, sentence: str) -> None:
    typed("backup", "mine.zip")
    before = verified(typed)
    strange(name, content)
    refused = typed("restore", "strange.zip")
    assert (refused.exit_code, sentence in refused.stderr) == (2, True), refused.stderr
    assert verified(typed) == before
    assert not (folder.parent / "outside").exists()
    Path("text.zip").write_text("no zip")
    assert "is not a backup" in typed("restore", "text.zip").stderr


def test_while_the_bot_has_the_database_nothing_is_put_in_its_place(typed: Cais, folder: Path) -> None:
    typed("backup", "mine.zip")

    async def meanwhile() -> str:
        async with await open_database(f"sqlite+aiosqlite:///{folder / 'cais.db'}") as database:
            await database.events.firm_keys()
            return (await asyncio.to_thread(typed, "restore", "mine.zip")).stderr

    assert "open in another program" in asyncio.run(meanwhile())
    assert not (folder / "cais.db.before-restore-1").exists()


def test_everything_moves_by_one_command_and_says_how_much(typed: Cais, folder: Path, tmp_path: Path) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    moved = typed("move", other)
    assert (moved.exit_code, "events: 4 rows" in moved.stdout) == (0, True)
    assert "1 firm's chain ends alike on both sides." in moved.stdout
    again = typed("move", other)
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)


def test_a_database_on_postgresql_is_backed_up_by_its_own_program(typed: Cais, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CAIS_DATABASE_URL", "postgresql+asyncpg://cais:hush@127.0.0.1:1/cais")
    for words in (("backup", "mine.zip"), ("restore", __file__)):
        said = typed(*words)
        assert (said.exit_code, "pg_dump" in said.stderr, "hush" in said.stderr) == (2, True, False)
