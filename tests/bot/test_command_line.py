"""`cais` on the command line: commands that work, sentences where they cannot, exit codes a script can use."""

import asyncio
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import COMMANDS, cais
from bot.pack_files import read_pack
from bot.settings import names
from flows.events import AnyEvent, FirmKey, FirmSetUp, MemberSet, NoteAdded
from flows.firms import Person
from flows.ports import Changed
from flows.position import Position
from flows.records import Stamp, record
from storage.database import open_database

KEY = FirmKey("-/T1", "f1")
Cais = Callable[..., Result]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Nothing of ours is set, and the folder is empty."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def typed(environment: pytest.MonkeyPatch) -> Cais:
    """Types a command in an empty folder."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(cais, words, catch_exceptions=False)

    return run


def test_a_bad_pack_is_said_before_the_sandbox_opens(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text("nothing: here")
    environment.setenv("CAIS_PACK", str(tmp_path / "bad.yaml"))
    said = typed("run")
    assert said.exit_code == 2
    assert "The roadmap pack cannot be used" in said.output
    assert "sandbox is open" not in said.output


def test_a_data_folder_that_cannot_be_made_is_a_sentence_and_no_surprise_to_the_doctor(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment.setenv("CAIS_DATA_DIR", str(tmp_path / "file" / "data"))
    said = typed("doctor")
    assert said.exit_code == 1
    assert "is no folder" in said.output


@pytest.fixture
def history(typed: Cais, tmp_path: Path) -> Path:
    """A database with a firm of four events; where it is."""
    path = tmp_path / "data" / "sandbox" / "cais.db"
    asyncio.run(_four_events(f"sqlite+aiosqlite:///{path}"))
    return path


async def _four_events(url: str, key: FirmKey = KEY) -> None:
    stamp = Stamp(
        who=Person("slack:-/T1/U1", "Ana"), at=datetime(2026, 3, 2, tzinfo=UTC), source="command", edition="x"
    )
    set_up = FirmSetUp(name="Acme", situation="new", time_zone="UTC")
    lead = MemberSet(person=stamp.who.id, name="Ana", role="lead")
    events: list[AnyEvent] = [set_up, lead, *(NoteAdded(text=str(n)) for n in range(2))]

    def decide(position: Position, _: Any) -> Changed:
        return record(position, events, stamp)

    async with await open_database(url) as database:
        await database.events.change(key, decide)


def test_help_names_every_command(typed: Cais) -> None:
    said = typed("--help")
    assert said.exit_code == 0
    assert re.findall(r"^  ([\w-]+)  ", said.output, re.MULTILINE) == list(COMMANDS)


def test_a_command_that_is_none_is_said(typed: Cais) -> None:
    said = typed("fly")
    assert said.exit_code == 2
    assert "No such command" in said.output


def test_a_bad_setting_stops_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "CAIS_PORT": "many", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "bot", "run"]
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert said.stderr.startswith("CAIS_PORT must be a port between 1 and 65535.")
    assert "Traceback" not in said.stderr


def test_migrate_makes_the_database(typed: Cais, tmp_path: Path) -> None:
    assert typed("migrate").exit_code == 0
    assert (tmp_path / "data" / "sandbox" / "cais.db").exists()
    assert typed("migrate").exit_code == 0


def test_a_database_that_cannot_be_opened_is_a_sentence(typed: Cais, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CAIS_DATABASE_URL", "mysql://user:hush@host/name")
    said = typed("verify")
    assert said.exit_code == 2
    assert "CAIS_DATABASE_URL" in said.output
    assert "hush" not in said.output


def test_verify_counts_what_holds(typed: Cais, history: Path) -> None:
    said = typed("verify")
    assert said.exit_code == 0
    head, last = said.output.splitlines()
    assert re.fullmatch(r"firm f1 of -/T1: 4 events, head [0-9a-f]{64}", head)  # to be kept elsewhere
    assert last == "ok: 1 firm, 4 events, every link of the chain holds."
    assert typed("verify", KEY.firm).output == said.output


def test_verify_of_a_firm_that_is_none_says_so(typed: Cais, history: Path) -> None:
    said = typed("verify", "nobody")
    assert said.exit_code == 2
    assert "no firm with the id nobody" in said.output


@pytest.mark.parametrize(
    ("tampering", "event"),
    [
        ("UPDATE events SET payload = replace(payload, '0', '9') WHERE sequence = 3", 3),
        ("UPDATE events SET actor_name = 'Bob' WHERE sequence = 3", 3),
        ("DELETE FROM events WHERE sequence = 3", 3),
        ("DELETE FROM events WHERE sequence = 4", 3),
        ("DELETE FROM firms", 4),
        ("DELETE FROM snapshots", 4),
        ("UPDATE firms SET name = 'Other'", 4),
        ("UPDATE members SET role = 'viewer'", 4),
        ("INSERT INTO channels VALUES ('-/T1', 'slack:-/T1/C1', 'f1')", 4),
        ("UPDATE snapshots SET body = '{'", 4),
        ("UPDATE snapshots SET body = replace(body, 'Acme', 'Other')", 4),
        ("UPDATE snapshots SET version = 9", 4),
        ("UPDATE events SET payload = x'00' WHERE sequence = 2", 0),
    ],
)
def test_verify_names_the_first_broken_link(typed: Cais, history: Path, tampering: str, event: int) -> None:
    with sqlite3.connect(history) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(tampering).rowcount == 1
    said = typed("verify")
    assert said.exit_code == 1
    assert said.output.startswith(f"broken: firm f1 of -/T1, event {event}. ")
    assert "ok: " not in said.output


def test_verify_calls_a_snapshot_of_an_earlier_shape_sound(typed: Cais, history: Path) -> None:
    with sqlite3.connect(history) as database:
        body = database.execute("SELECT body FROM snapshots").fetchone()[0]
        earlier = {name: value for name, value in msgspec.json.decode(body).items() if name not in ("shape", "target")}
        database.execute("UPDATE snapshots SET body = ?", (msgspec.json.encode(earlier).decode(),))
    assert typed("verify").exit_code == 0


def test_verify_goes_on_after_a_firm_that_cannot_be_read(typed: Cais, history: Path) -> None:
    asyncio.run(_four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f2")))
    with sqlite3.connect(history) as database:
        database.execute("UPDATE events SET payload = x'00' WHERE firm_id = 'f1' AND sequence = 1")
        database.execute("UPDATE snapshots SET body = 'no more' WHERE firm_id = 'f2'")
    said = typed("verify")
    assert re.findall(r"^broken: firm (\w+)", said.output, re.MULTILINE) == ["f1", "f2"]


def test_the_shipped_pack_is_proven(typed: Cais) -> None:
    said = typed("pack", "check")
    assert said.exit_code == 0, said.output
    assert re.match(r"ok: \d+ tasks, \d+ links, [\d,]+ paths ", said.output)


def test_a_wrong_pack_is_named_with_line_and_id(typed: Cais, tmp_path: Path) -> None:
    yaml_text, source_text = read_pack()
    (tmp_path / "small-firm-roadmap.txt").write_text(source_text)
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml_text.replace("FINRA CAT", "FINRA DOG"))
    said = typed("pack", "check", str(mine))
    assert said.exit_code == 1
    assert re.match(r"line \d+, [\w.\[\]-]+: ", said.output)


def test_doctor_says_that_all_is_well(typed: Cais, environment: pytest.MonkeyPatch, free_port: int) -> None:
    environment.setenv("CAIS_SANDBOX_PORT", str(free_port))
    said = typed("doctor")
    assert said.exit_code == 0
    assert said.output.endswith("All is well.\n")


def test_doctor_fails_where_something_is_wrong(typed: Cais, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CAIS_DATABASE_URL", "mysql://host/name")
    said = typed("doctor")
    assert said.exit_code == 1
    assert "WRONG  database" in said.output


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def running(environment: pytest.MonkeyPatch, tmp_path: Path, free_port: int) -> Iterator[subprocess.Popen[str]]:
    """`cais run` without tokens, in an empty folder."""
    settings = {**os.environ, "CAIS_SANDBOX_PORT": str(free_port), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_run_without_tokens_opens_the_sandbox_with_the_bot_in_it_and_stops_cleanly(
    running: subprocess.Popen[str], free_port: int, tmp_path: Path
) -> None:
    assert running.stdout is not None
    address = f"http://127.0.0.1:{free_port}"
    assert running.stdout.readline() == f"The sandbox is open: {address}\n"
    assert _until_connected(f"{address}/control/state?as=U0ANA")
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 0
    assert "did not" not in running.stdout.read()
    with pytest.raises(URLError):
        urlopen(address)
    assert (tmp_path / "data" / "sandbox" / "cais.db").exists()


def _until_connected(address: str) -> bool:
    for _ in range(300):
        with urlopen(address) as answer:
            if msgspec.json.decode(answer.read())["connected"]:
                return True
        time.sleep(0.1)
    return False
