"""`cais verify` finds any byte that was changed, and a chain that was written anew by a head noted elsewhere."""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.commands.verify import verify_firms
from bot.views.posted_records import FITS
from flows.events import FirmKey, NoteAdded, Record
from flows.heads import LISTED
from flows.ports import Changed
from flows.position import Position
from flows.records import seal
from storage.database import Database, open_database
from storage.models import events
from tests.bot.prompt import KEY, Cais, four_events, keep
from tests.storage.fresh import fresh_database

COLUMNS = [column.name for column in events.columns]


def head_of(said: str) -> str:
    found = re.search(r"head ([0-9a-f]{64})", said)
    assert found, said
    return found[1]


def flipped(connection: sqlite3.Connection, column: str, sequence: int, place: int) -> int:
    """Turns one bit of an event around as it is stored, the last byte into no text; how many rows that changed."""
    where = "WHERE firm_id = 'f1' AND sequence = ?"
    (value, kind) = connection.execute(
        f"SELECT CAST({column} AS BLOB), typeof({column}) FROM events {where}",
        (sequence,),
    ).fetchone()
    if value is None or not value:
        return 0
    changed = bytearray(value)
    changed[place % len(changed)] ^= 0x80 if place < 0 and kind == "text" else 4
    new = f"CAST(? AS {kind.upper()})"
    return connection.execute(
        f"UPDATE events SET {column} = {new} {where}",
        (bytes(changed), sequence),
    ).rowcount


@pytest.mark.parametrize("column", COLUMNS)
async def test_any_flipped_byte_of_any_column_of_any_event_is_found(column: str, four: Path) -> None:
    async with await open_database(f"sqlite+aiosqlite:///{four}") as database:
        with sqlite3.connect(four, isolation_level=None) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            tried = 0
            for sequence in range(1, 5):
                for place in (0, 7, -1):
                    connection.execute("BEGIN IMMEDIATE")
                    changed = flipped(connection, column, sequence, place)
                    connection.execute("COMMIT")
                    if changed:
                        tried += 1
                        await must_be_found(database, column, sequence)
                        restore(connection, four.with_name("whole.db"))
            assert tried or column == "happened_on", "no event has anything in this column"


async def must_be_found(database: Database, column: str, sequence: int) -> None:
    checked = [one for one in await verify_firms(database.audit) if one.broken]
    assert checked, (column, sequence)
    found = checked[0].broken
    assert found
    assert found.sentence[0].isupper()
    assert found.sentence.endswith(".")
    if column not in ("tenant", "firm_id", "sequence"):
        assert found.sequence in (sequence, sequence + 1)


def restore(connection: sqlite3.Connection, whole: Path) -> None:
    connection.execute("ATTACH ? AS whole", (str(whole),))
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM main.events")
    connection.execute("INSERT INTO main.events SELECT * FROM whole.events")
    connection.execute("COMMIT")
    connection.execute("DETACH whole")


@pytest.fixture
def four(tmp_path: Path, four_event_database: Path) -> Path:
    """A database with four events that may be tampered with, and a copy beside it."""
    for name in ("cais.db", "whole.db"):
        (tmp_path / name).write_bytes(four_event_database.read_bytes())
    with sqlite3.connect(tmp_path / "cais.db") as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
    return tmp_path / "cais.db"


@pytest.fixture(scope="module")
def four_event_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("four") / "cais.db"
    asyncio.run(four_events(fresh_database(path)))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


def test_a_head_that_was_noted_is_known_for_as_long_as_the_chain_is_whole(typed: Cais, history: Path) -> None:
    head = head_of(typed("verify").output)
    asyncio.run(keep(f"sqlite+aiosqlite:///{history}", KEY, [NoteAdded(text="later")]))
    said = typed("verify", "--head", head)
    assert said.exit_code == 0, said.output
    assert "known, as event 4 of firm f1 of -/T1 (there are 5 now)" in said.output
    assert typed("verify", "--head", f"{head[:20]}…").exit_code == 0, "as a summary shows it"


def test_what_is_copied_of_a_posted_summary_is_compared(typed: Cais, history: Path, tmp_path: Path) -> None:
    head = head_of(typed("verify").output)
    for piece in (f"Firm 1 4 entries, head {head[:20]} ·", f"Firm 1 {head[:16]} ·", head[:12]):
        said = typed("verify", "--head", piece)
        assert said.exit_code == 0, said.output
        assert "known, as event 4 of firm f1" in said.output
        (tmp_path / "piece.txt").write_text(piece)
        assert typed("verify", "--noted-in", "piece.txt").exit_code == 0
    whole = f"Of each firm, by name, {LISTED}: Firm 1 {head[:16]} · Firm 2 {'0123456789abcdef'}. {FITS}"
    (tmp_path / "summary.txt").write_text(f"a file 0123456789ab\n{whole}\n{'9' * 16}")
    said = typed("verify", "--noted-in", "summary.txt")
    assert said.exit_code == 1
    assert said.output.count("noted head") == 2
    assert "noted head 0123456789ab… (in summary.txt): in no chain here" in said.output


def test_what_a_newer_version_recorded_is_for_that_one_to_read_and_no_older_backup_is_asked_for(
    typed: Cais, history: Path
) -> None:
    asyncio.run(record_newer(f"sqlite+aiosqlite:///{history}", KEY))
    said = typed("verify")
    assert said.exit_code == 1
    assert said.output.startswith("not read: firm f1 of -/T1 (Acme), event 5. Event 5 is of no kind known to this vers")
    assert "look at with that version or a later one" in said.output
    assert "Copy this database as it is" not in said.output
    said = typed("export", "--firm", "f1")
    assert "cannot be read: event 5 is of no kind known to this version, and a newer one may have" in said.output
    with sqlite3.connect(history) as connection:
        connection.execute("UPDATE snapshots SET version = 4")
    said = typed("verify")
    assert said.output.startswith("broken: firm f1 of -/T1 (Acme), event 5. The snapshot stands at event 4")
    assert "Copy this database as it is" in said.output
    assert "a later one" not in said.output, "a newer version writes both or neither"


async def record_newer(url: str, key: FirmKey) -> None:
    """One more event as a version after this one records it: chained and sealed, of a kind not known here."""

    def decide(position: Position, rows: Sequence[Record]) -> Changed:
        event = replace(rows[-1], sequence=5, type="newer", payload='{"type":"newer"}', previous_hash=position.head)
        event = replace(event, cause="#5", hash="")
        event = replace(event, hash=seal(event))
        return Changed(records=(event,), position=replace(position, version=5, head=event.hash))

    async with await open_database(url) as database:
        await database.events.change(key, decide, with_history=True)


def test_a_shortened_chain_does_not_know_the_head_that_was_noted(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noted = typed("verify").output
    (tmp_path / "noted.txt").write_text(noted)
    environment.setenv("CAIS_DATA_DIR", str(tmp_path / "other"))
    # The same firm without its last entry, the whole database written anew: every link holds.
    path = tmp_path / "other" / "sandbox" / "cais.db"
    asyncio.run(four_events(f"sqlite+aiosqlite:///{path}", FirmKey("-/T1", "f1")))
    assert typed("verify", "--noted-in", "noted.txt").exit_code == 0, "made in the same way, it is the same chain"
    asyncio.run(shorten(path))
    assert typed("verify").exit_code == 0, "nothing in the database shows it"
    said = typed("verify", "--noted-in", "noted.txt")
    assert said.exit_code == 1
    assert f"noted head {head_of(noted)[:12]}… (in noted.txt): in no chain here" in said.output
    assert "rewritten or shortened" in said.output


async def shorten(path: Path) -> None:
    """As somebody would who knows the code: events, snapshot and all else end at event 3."""
    async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
        rows = list(await database.events.history(KEY))
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DELETE FROM events WHERE sequence = 4")
        body = connection.execute("SELECT body FROM snapshots").fetchone()[0]
        body = body.replace('"version":4', '"version":3').replace(rows[3].hash, rows[2].hash)
        body = body.replace('"notes":{"":2}', '"notes":{"":1}')
        connection.execute("UPDATE snapshots SET version = 3, head = ?, body = ?", (rows[2].hash, body))


def test_a_head_of_another_firm_is_found_also_where_one_firm_is_checked(typed: Cais, history: Path) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f2")))
    head = head_of(typed("verify", "f2").output)
    said = typed("verify", "f1", "--head", head)
    assert said.exit_code == 0, said.output
    assert "known, as event 4 of firm f2 of -/T1" in said.output
    assert "firm f2 of -/T1: 4 events" not in said.output, "only the one that is named is checked"
    said = typed("verify", "f1", "--head", "0" * 64)
    assert said.exit_code == 1
    assert "older backup" in said.output


def test_what_is_no_head_is_said(typed: Cais, history: Path, tmp_path: Path) -> None:
    assert "is no head" in typed("verify", "--head", "tail").output
    (tmp_path / "packet.pdf").write_bytes(b"%PDF-1.7 whatever")
    assert "Type the head that its cover prints, with --head" in typed("verify", "--noted-in", "packet.pdf").output
    (tmp_path / "empty.txt").write_text("nothing")
    said = typed("verify", "--noted-in", "empty.txt")
    assert said.exit_code == 2
    assert "names no head" in said.output
