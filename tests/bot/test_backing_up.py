"""A backup taken while the bot works is whole, comes back, and overwrites nothing."""

import asyncio
import errno
import hashlib
import os
import sqlite3
import threading
import zipfile
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest
from alembic import command

from bot.commands.database import NoDatabase, in_use
from flows.events import EvidenceAdded, NoteAdded
from storage import backup
from storage.backup import UNFINISHED, back_up, left_unfinished, put_aside_before, restore
from storage.copies import Copies
from storage.database import open_database
from storage.engines import engine as engine_of
from storage.migrate import HEAD, config
from tests.bot.prompt import KEY, Cais, four_events, keep, killed_restore
from tests.rights import not_root, open_folder

AGREEMENT = b"a signed agreement"
DIGEST = hashlib.sha256(AGREEMENT).hexdigest()


@pytest.fixture
def folder(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a firm with four events, and one copy of evidence, is kept; it is the sandbox's, and that is said."""
    environment.setenv("CAIS_MODE", "sandbox")
    home = tmp_path / "data" / "sandbox"
    asyncio.run(four_events(f"sqlite+aiosqlite:///{home / 'cais.db'}"))
    copy = home / "evidence" / "firm" / DIGEST
    copy.parent.mkdir(parents=True)
    copy.write_bytes(AGREEMENT)
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
    assert made.stdout.endswith(f" The database is {folder / 'cais.db'}.\n")
    assert Path("mine.zip").stat().st_mode & 0o077 == 0
    asyncio.run(keep(f"sqlite+aiosqlite:///{folder / 'cais.db'}", KEY, [NoteAdded(text="after the backup")]))
    (folder / "evidence" / "firm" / DIGEST).unlink()
    assert verified(typed) != before
    done = typed("restore", "mine.zip")
    assert done.exit_code == 0
    assert "One copy of evidence was missing and is back." in done.stdout
    assert f"The backup is in place, and the database is {folder / 'cais.db'}." in done.stdout
    assert verified(typed) == before
    assert (folder / "evidence" / "firm" / DIGEST).read_bytes() == b"a signed agreement"
    assert (folder / "cais.db.before-restore-1").is_file()
    assert not [path for path in folder.iterdir() if path.name.endswith((".restoring", ".partial"))]


def test_a_backup_of_the_version_before_is_looked_at_by_no_command_that_brings_it_up_to_date(
    typed: Cais, folder: Path
) -> None:
    path, before = folder / "cais.db", f"{int(HEAD) - 1:04d}"

    async def back() -> None:
        engine = engine_of(f"sqlite+aiosqlite:///{path}")
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: command.downgrade(config(c), before))
        await engine.dispose()

    def at() -> str:
        with closing(sqlite3.connect(path)) as database:
            return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])

    asyncio.run(back())
    typed("backup", "old.zip")
    assert (typed("migrate").exit_code, at()) == (0, HEAD)
    said = typed("restore", "old.zip")
    assert (said.exit_code, f"Its tables are at migration {before}" in said.stdout) == (0, True)
    assert "look at it with that version's own `cais verify`" in said.stdout
    deletion = ("delete", "Acme", "--yes", "Acme", "--by", "Dana")
    for words in (("verify",), ("export", "--out", "mine.json"), ("retention",), ("doctor",), deletion):
        looked = typed(*words)
        assert looked.exit_code == (1 if words == ("doctor",) else 2)
        assert f"at migration {before}" in looked.output
        assert at() == before
    assert (typed("migrate").exit_code, at()) == (0, HEAD)
    assert verified(typed)


def test_a_backup_comes_back_where_nothing_is(typed: Cais, folder: Path, environment: pytest.MonkeyPatch) -> None:
    before = verified(typed)
    typed("backup", "mine.zip")
    environment.setenv("CAIS_DATA_DIR", "elsewhere")
    assert typed("restore", "mine.zip").exit_code == 0
    assert verified(typed) == before.replace(str(folder), str(Path("elsewhere/sandbox").absolute()))


def test_a_copy_that_a_full_disk_cut_off_is_whole_after_the_next_restore(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch
) -> None:
    typed("backup", "mine.zip")
    copy = folder / "evidence" / "firm" / DIGEST
    copy.unlink()

    def cut_off(read: IO[bytes], written: IO[bytes]) -> str:
        written.write(read.read(3))
        raise OSError(errno.ENOSPC, "No space left on device")

    with environment.context() as full:
        full.setattr(backup, "_copied", cut_off)
        assert "No space left on device" in typed("restore", "mine.zip").stderr
    assert "One copy of evidence was missing and is back." in typed("restore", "mine.zip").stdout
    assert copy.read_bytes() == b"a signed agreement"


def with_evidence(folder: Path) -> Path:
    """A copy of evidence that the firm recorded; where it is."""
    event = EvidenceAdded(
        task="s1",
        text="https://acme.slack.com/files/F1",
        name="agreement.pdf",
        kind="file",
        digest=DIGEST,
        size=len(AGREEMENT),
        copied=True,
    )
    asyncio.run(keep(f"sqlite+aiosqlite:///{folder / 'cais.db'}", KEY, [event]))
    copies = Copies(folder / "evidence")
    with copies.incoming(KEY) as file:
        file.write(AGREEMENT)
        copies.keep(KEY, file, DIGEST)
    found = copies.find(KEY, DIGEST)
    assert found
    return found


def test_a_copy_of_evidence_that_was_altered_comes_back_out_of_a_backup_that_has_it_as_it_was(
    typed: Cais, folder: Path
) -> None:
    copy = with_evidence(folder)
    assert typed("backup", "good.zip").stderr == ""
    copy.write_bytes(b"something else altogether")
    place = f"evidence/{copy.relative_to(folder / 'evidence').as_posix()}"
    said = typed("verify")
    assert (said.exit_code, f"Put {place} back from a backup, or add the file again." in said.stdout) == (1, True)
    with zipfile.ZipFile("good.zip") as packed:
        assert packed.read(place) == AGREEMENT

    bad = typed("backup", "bad.zip")
    assert (bad.exit_code, f"{place} is not what was recorded" in bad.stderr) == (0, True)
    left = typed("restore", "bad.zip")
    assert (left.exit_code, f"{place} is not what was recorded, here and in this" in left.stderr) == (0, True)
    assert "was altered: its SHA-256" in typed("verify").stdout

    done = typed("restore", "good.zip")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "One copy of evidence was altered and is as it was recorded again." in done.stdout
    assert copy.read_bytes() == AGREEMENT
    assert "evidence: 1 copy is there, each as it was recorded." in verified(typed)


def test_a_copy_that_is_missing_and_was_altered_in_the_backup_is_put_back_and_named(typed: Cais, folder: Path) -> None:
    copy = with_evidence(folder)
    copy.write_bytes(b"something else altogether")
    assert typed("backup", "bad.zip").exit_code == 0
    copy.unlink()
    done = typed("restore", "bad.zip")
    place = f"evidence/{copy.relative_to(folder / 'evidence').as_posix()}"
    said = f"{place} was missing and is back, but in this backup it is not what was recorded. `cais verify` names"
    assert (done.exit_code, done.stderr.startswith(said), "is back." in done.stdout) == (0, True, False)
    assert copy.read_bytes() == b"something else altogether"
    assert [p for p in copy.parent.iterdir() if p.suffix == ".restoring"] == []


def test_a_bot_that_is_started_while_copies_are_looked_at_keeps_its_database(
    typed: Cais, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_evidence(folder)
    assert typed("backup", "good.zip").exit_code == 0
    path, started = folder / "cais.db", list[sqlite3.Connection]()
    looked = backup._is_well

    def looked_at_while_it_starts(copy: Path) -> bool:
        started.append(sqlite3.connect(path, isolation_level=None))
        started[-1].execute("PRAGMA journal_mode = WAL")
        started[-1].execute("SELECT * FROM firms").fetchall()
        return looked(copy)

    monkeypatch.setattr(backup, "_is_well", looked_at_while_it_starts)
    done = typed("restore", "good.zip")
    for connection in started:
        connection.close()
    assert (len(started) > 0, done.exit_code, "Stop the bot first." in done.stderr) == (True, 2, True)
    assert list(folder.glob("cais.db.*restor*")) == []


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


def test_a_backup_ends_however_often_somebody_writes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, steps = tmp_path / "cais.db", 0
    asyncio.run(four_events(f"sqlite+aiosqlite:///{path}"))

    class Beside(sqlite3.Connection):
        """Between any two steps of a backup somebody else writes."""

        def backup(self, target: sqlite3.Connection, **how: Any) -> None:
            super().backup(target, **how | {"progress": self._write})

        def _write(self, *_: int) -> None:
            nonlocal steps
            steps += 1
            assert steps < 1_000, "it begins again with whatever is written"
            with sqlite3.connect(path, isolation_level=None, timeout=0) as writer:
                writer.execute("UPDATE firms SET created_at = created_at || '.'")
            writer.close()

    plain = sqlite3.connect
    monkeypatch.setattr("storage.backup.PAGES", 5)
    monkeypatch.setattr("storage.backup._open", lambda path: plain(path, factory=Beside, isolation_level=None))
    back_up(path, tmp_path / "none", tmp_path / "mine.zip")
    assert steps > 10


def test_a_backup_is_written_where_the_folder_has_no_hard_links_and_overwrites_nothing_there(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    def meanwhile(*_: object) -> None:
        Path("other.zip").write_text("something dear")
        refuses()

    environment.setattr("os.link", refuses)
    assert typed("backup", "mine.zip").exit_code == 0
    assert typed("restore", "mine.zip").exit_code == 0
    environment.setattr("os.link", meanwhile)
    assert "never overwrites" in typed("backup", "other.zip").stderr
    assert Path("other.zip").read_text() == "something dear"
    assert sorted(path.name for path in Path().glob("*.zip*")) == ["mine.zip", "other.zip"]


def test_a_backup_of_a_newer_version_is_put_nowhere(typed: Cais, folder: Path) -> None:
    def at(version: str) -> None:
        with closing(sqlite3.connect(folder / "cais.db", isolation_level=None)) as database:
            database.execute(f"UPDATE alembic_version SET version_num = '{version}'")

    at("9999")
    assert typed("backup", "newer.zip").exit_code == 0
    at(HEAD)
    said = typed("restore", "newer.zip")
    assert (said.exit_code, "newer.zip is of a newer version of this program" in said.stderr) == (2, True)
    assert verified(typed)
    assert not list(folder.glob("*.before-restore-*"))


def test_a_backup_overwrites_nothing_and_needs_a_database(typed: Cais, folder: Path) -> None:
    Path("mine.zip").write_text("something dear")
    refused = typed("backup", "mine.zip")
    assert (refused.exit_code, "never overwrites" in refused.stderr) == (2, True)
    assert Path("mine.zip").read_text() == "something dear"
    (folder / "cais.db").unlink()
    assert "There is no database" in typed("backup", "other.zip").stderr
    assert not Path("other.zip").exists()


def test_a_backup_takes_nothing_away_whatever_it_is_called(typed: Cais, folder: Path) -> None:
    before = verified(typed)
    for ending in ("db", "partial"):
        Path(f"monday.{ending}").write_bytes(b"somebody's own")
    assert typed("backup", "monday").exit_code == 0
    assert typed("backup", str(folder / "cais")).exit_code == 0  # the database is cais.db
    assert [Path(f"monday.{ending}").read_bytes() for ending in ("db", "partial")] == [b"somebody's own"] * 2
    assert verified(typed) == before
    assert typed("restore", str(folder / "cais")).exit_code == 0
    assert verified(typed) == before
    assert sorted(p.name for p in Path().iterdir() if "unfinished" in p.name) == []


def test_a_restore_that_is_killed_leaves_a_database_in_its_place(typed: Cais, folder: Path) -> None:
    before = verified(typed)
    assert typed("backup", "mine.zip").exit_code == 0
    killed_restore(Path("mine.zip"), folder / "cais.db", folder / "evidence")
    assert verified(typed) == before
    (left,) = left_unfinished(folder / "cais.db")
    assert [path.name for path in left.iterdir()] == ["cais.db"]
    assert typed("restore", "mine.zip").exit_code == 0
    assert verified(typed) == before
    assert left_unfinished(folder / "cais.db") == (left,), "it may be of a restore that is at work"


def test_what_a_killed_restore_left_among_the_copies_is_in_no_backup(typed: Cais, folder: Path) -> None:
    copy = folder / "evidence" / "firm" / DIGEST
    typed("backup", "mine.zip")
    copy.unlink()
    killed_restore(Path("mine.zip"), folder / "cais.db", folder / "evidence")
    assert [path.name for path in copy.parent.glob(f"{UNFINISHED}*/*")] == ["partial"]
    Path(f"{copy}.restoring").write_bytes(AGREEMENT)  # as an earlier version left it
    assert "and 0 copies of evidence." in typed("backup", "then.zip").stdout


def test_a_restore_takes_nothing_away_whatever_is_called_like_something_on_its_way(typed: Cais, folder: Path) -> None:
    typed("backup", "mine.zip")
    copy = folder / "evidence" / "firm" / DIGEST
    copy.unlink()
    own = [folder / "cais.db.restoring", folder / "cais.db.restoring-wal", Path(f"{copy}.restoring")]
    for file in own:
        file.write_bytes(b"somebody's own")
    assert typed("restore", "mine.zip").exit_code == 0
    assert copy.read_bytes() == AGREEMENT
    assert [file.read_bytes() for file in own] == [b"somebody's own"] * 3
    assert not [path for path in folder.rglob("*") if UNFINISHED in path.name]


def test_of_two_restores_at_once_neither_takes_the_others_part_for_its_own(
    typed: Cais, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, sound = verified(typed), backup._must_be_sound
    assert typed("backup", "mine.zip").exit_code == 0

    def another_begins(path: Path, known: Path) -> None:
        monkeypatch.setattr(backup, "_must_be_sound", sound)
        restore(Path("mine.zip"), folder / "cais.db", folder / "evidence")
        sound(path, known)

    def another_is_first(database: Path, aside: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        aside.write_bytes(b"put aside by the other")
        link(database, aside)

    link = os.link
    monkeypatch.setattr(backup, "_must_be_sound", another_begins)
    monkeypatch.setattr(os, "link", another_is_first)
    assert typed("restore", "mine.zip").exit_code == 0
    assert verified(typed) == before
    first, *others = put_aside_before(folder / "cais.db")
    assert (first.read_bytes(), len(others)) == (b"put aside by the other", 2)


def test_a_database_whose_name_is_a_link_is_put_back_where_the_link_leads(
    typed: Cais, folder: Path, tmp_path: Path
) -> None:
    before, path = verified(typed), folder / "cais.db"
    disk = tmp_path / "big-disk"
    disk.mkdir()
    path.rename(disk / "record.db")
    path.symlink_to(disk / "record.db")
    assert typed("backup", "mine.zip").exit_code == 0
    asyncio.run(keep(f"sqlite+aiosqlite:///{path}", KEY, [NoteAdded(text="after the backup")]))
    done = typed("restore", "mine.zip")
    assert f"The database that was there before is {disk / 'record.db'}.before-restore-1." in done.stdout
    assert path.is_symlink()
    assert verified(typed) == before
    assert put_aside_before(path) == (disk / "record.db.before-restore-1",)
    assert not [p for p in folder.iterdir() if "before-restore" in p.name]


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


def test_a_damaged_database_and_one_that_may_only_be_read_are_not_said_to_be_open_elsewhere(
    typed: Cais, folder: Path
) -> None:
    path = folder / "cais.db"
    other, deletion = f"sqlite+aiosqlite:///{folder / 'o.db'}", ("delete", "Acme", "--yes", "Acme", "--by", "Dana")
    whole = path.read_bytes()
    path.write_bytes(b"this is no database at all, but it is there" * 100)
    for words in (("move", other), deletion):
        said = typed(*words)
        assert (said.exit_code, f"file is not a database). Nothing was changed. It is {path}." in said.stderr) == (
            2,
            True,
        )
    path.write_bytes(whole)
    with open_folder() as place:
        (place / "cais.db").write_bytes(whole)
        (place / "cais.db").chmod(0o444)
        with not_root(), pytest.raises(NoDatabase, match="may only be read"):
            in_use(f"sqlite+aiosqlite:///{place / 'cais.db'}")


def test_everything_moves_by_one_command_and_says_how_much(typed: Cais, folder: Path, tmp_path: Path) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    moved = typed("move", other)
    assert (moved.exit_code, "events: 4 rows" in moved.stdout) == (0, True)
    assert "1 firm's chain ends alike on both sides." in moved.stdout
    assert f" {folder / 'cais.db'} was copied to {tmp_path / 'other.db'}. Set CAIS_DATABASE_URL" in moved.stdout
    again = typed("move", other)
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)


def test_a_database_on_postgresql_is_backed_up_by_its_own_program(typed: Cais, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CAIS_DATABASE_URL", "postgresql+asyncpg://cais:hush@127.0.0.1:1/cais")
    for words in (("backup", "mine.zip"), ("restore", __file__)):
        said = typed(*words)
        assert (said.exit_code, "pg_dump" in said.stderr, "hush" in said.stderr) == (2, True, False)


def test_without_tokens_nothing_is_brought_anywhere_before_it_is_said_whose_it_is(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed("backup", "mine.zip")
    typed("export", "--out", "mine.json")
    environment.delenv("CAIS_MODE")
    environment.setenv("CAIS_DATA_DIR", "new")
    for words in (("restore", "mine.zip"), ("import", "mine.json")):
        said = typed(*words)
        assert (said.exit_code, "No token of Slack's is set" in said.stderr) == (2, True)
        assert f"{tmp_path / 'new' / 'cais.db'} is meant" in said.stderr
        assert "set CAIS_MODE=sandbox" in said.stderr
    assert not Path("new").exists()
    for name, token in (("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_APP_TOKEN", "xapp-1")):
        environment.setenv(name, token)
    assert f"the database is {tmp_path / 'new' / 'cais.db'}." in typed("restore", "mine.zip").stdout
    assert verified(typed).endswith(f"The database is {tmp_path / 'new' / 'cais.db'}.\n")


def test_without_tokens_the_sandboxs_is_not_taken_for_slacks_where_both_are_there(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("CAIS_MODE")
    assert typed("backup", "alone.zip").exit_code == 0
    real = tmp_path / "data" / "cais.db"
    asyncio.run(four_events(f"sqlite+aiosqlite:///{real}"))
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    deletion = ("delete", "Acme", "--yes", "Acme", "--by", "Dana")
    for words in (("backup", "b.zip"), ("verify",), ("export",), ("move", other), deletion, ("retention",)):
        said = typed(*words)
        assert (said.exit_code, f"{real} is meant" in said.stderr) == (2, True)
    assert not Path("b.zip").exists()
    environment.setattr("bot.doctor.checks.printer", lambda: None)
    assert f"look   database  There is {real} too" in typed("doctor").output
    environment.setenv("CAIS_MODE", "sandbox")
    assert f"The database is {folder / 'cais.db'}." in typed("verify").output
    assert f"There is {real}" not in typed("doctor").output


def test_a_database_that_is_named_goes_with_the_copies_of_evidence_that_are_slacks(
    typed: Cais, folder: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("CAIS_MODE")
    environment.setenv("CAIS_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'named.db'}")
    asyncio.run(four_events(f"sqlite+aiosqlite:///{tmp_path / 'named.db'}"))
    said = typed("backup", "mine.zip").stdout
    assert f"the database and 0 copies of evidence. The database is {tmp_path / 'named.db'}." in said


def test_a_backup_whose_packed_bytes_went_bad_is_a_sentence(typed: Cais, folder: Path) -> None:
    assert typed("backup", "mine.zip").exit_code == 0
    content = bytearray(Path("mine.zip").read_bytes())
    for at in range(30 + len("cais.db") + 100, 30 + len("cais.db") + 108):
        content[at] ^= 0xFF
    Path("bad.zip").write_bytes(content)
    said = typed("restore", "bad.zip")
    assert (said.exit_code, "is not a backup of `cais backup`, or a damaged one" in said.output) == (2, True)


def test_a_copy_from_before_1980_as_of_a_machine_without_a_clock_is_backed_up(typed: Cais, folder: Path) -> None:
    os.utime(folder / "evidence" / "firm" / DIGEST, (0, 0))
    made = typed("backup", "mine.zip")
    assert made.exit_code == 0, made.output
    with zipfile.ZipFile("mine.zip") as packed:
        assert packed.read(f"evidence/firm/{DIGEST}") == AGREEMENT
