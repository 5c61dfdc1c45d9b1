"""`cais` on the command line: commands that work, sentences where they cannot, exit codes a script can use."""

import asyncio
import errno
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import pytest

from bot.__main__ import COMMANDS
from bot.pack_files import read_pack
from bot.practice.supervisor import Plan
from bot.settings import BadSettings
from flows.events import (
    AnyEvent,
    ChannelLinked,
    FirmKey,
    FirmSetUp,
    MemberSet,
    NoteAdded,
    RecurringDone,
    RecurringSet,
    RemindersSet,
)
from flows.habits import Rules
from flows.position import Position
from storage.database import open_database
from storage.installations import Installation, Installations
from storage.sealing import read_keys
from tests.bot.prompt import ANA, KEY, Cais, four_events, keep
from tests.flows.test_naming import BY_ONE, BY_TWO
from tests.rights import not_root, open_folder


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


@pytest.mark.parametrize(
    "words",
    ["doctor", "migrate", "verify", "retention", "export", "delete Acme", "backup b.zip", "move other.db", "run"],
)
def test_a_data_folder_in_a_folder_that_may_not_be_entered_is_a_sentence(
    typed: Cais, environment: pytest.MonkeyPatch, closed: Path, words: str, free_port: int
) -> None:
    environment.setenv("CAIS_DATA_DIR", str(closed / "data"))
    environment.setenv("CAIS_SANDBOX_PORT", str(free_port))
    environment.setattr("bot.doctor.checks.printer", lambda: None)  # it loads much, from where only root may read
    with not_root():
        said = typed(*words.split())
    assert said.exit_code == (1 if words == "doctor" else 2), said.exception
    assert "Permission denied" in said.output
    if words == "doctor":
        assert f"cannot be used: {closed} may not be entered by this user. Set CAIS_DATA_DIR" in said.output
        assert re.findall(r"^WRONG +(\w+)", said.output, re.MULTILINE)[:3] == ["folder", "database", "evidence"]


def test_a_backup_that_cannot_be_put_back_there_is_a_sentence(
    typed: Cais, environment: pytest.MonkeyPatch, history: Path, closed: Path
) -> None:
    environment.setenv("CAIS_DATA_DIR", str(history.parents[1]))
    assert typed("backup", "b.zip").exit_code == 0
    Path("b.zip").chmod(0o644)
    environment.setenv("CAIS_DATA_DIR", str(closed))
    environment.setenv("CAIS_MODE", "sandbox")
    with not_root():
        said = typed("restore", "b.zip")
    assert said.exit_code == 2
    assert "could not be read or written: Permission denied" in said.output


def test_a_pack_in_a_folder_that_may_not_be_entered_is_a_sentence(
    typed: Cais, environment: pytest.MonkeyPatch, closed: Path
) -> None:
    environment.setenv("CAIS_PACK", str(closed / "mine.yaml"))
    with not_root(), pytest.raises(BadSettings, match=r"which cannot be read: Permission denied\. Let the user"):
        typed("doctor")


@pytest.fixture
def closed(typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may enter but root; we are in the one above it."""
    with open_folder() as folder:
        environment.chdir(folder)
        (folder / "closed").mkdir(mode=0o700)
        (folder / "closed").chmod(0o000)
        yield folder / "closed"
        environment.chdir(tmp_path)


def test_a_misspelt_name_of_slacks_stops_a_start_and_the_doctor_but_not_the_sandbox(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SLACK_TOKEN=xoxb-1-2-abc\nSLACK_SIGNING_SECERT=s\n")
    for words in ("run", "doctor"):
        with pytest.raises(BadSettings, match="SLACK_TOKEN is set, and there is no such setting: is SLACK_BOT_TOKEN"):
            typed(words)
    plans: list[Plan] = []

    async def supervised(plan: Plan, _: Any) -> int:
        plans.append(plan)
        return 0

    environment.setattr("bot.commands.sandbox.supervise", supervised)
    assert typed("sandbox").exit_code == 0
    assert plans[0].bot_environment()["SLACK_SIGNING_SECERT"] == "", "the bot beside it would stop at it, too"


def test_help_names_every_command(typed: Cais) -> None:
    said = typed("--help")
    assert said.exit_code == 0
    assert re.findall(r"^  ([\w-]+)  ", said.output, re.MULTILINE) == ["--version", *COMMANDS]


def test_the_version_is_said_on_the_command_line_and_first_by_the_doctor(
    typed: Cais, environment: pytest.MonkeyPatch
) -> None:
    said = typed("--version")
    assert (said.exit_code, said.output) == (0, f"cais {version('cais-roadmap')}\n")
    environment.setattr("bot.doctor.checks.printer", lambda: None)
    first = typed("doctor").output.splitlines()[0]
    assert re.fullmatch(rf"ok +version +cais {version('cais-roadmap')}, with Python 3\.\d+\.\d+\.", first)


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


@pytest.mark.parametrize(
    "words", ["verify", "migrate", "export", "retention", "delete Acme", "backup b.zip", "move x", "run", "sandbox"]
)
def test_a_database_url_without_its_scheme_is_no_path_and_not_shown(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path, words: str
) -> None:
    environment.setenv("CAIS_DATABASE_URL", "cais:SECRETPW@db.example/cais")
    said = typed(*words.split())
    assert said.exit_code == 2
    assert "one does not begin like that" in said.output
    assert "SECRETPW" not in said.output
    assert list(tmp_path.iterdir()) == [], "no folder of that name"


def test_nothing_is_moved_to_what_is_no_url(typed: Cais, history: Path, tmp_path: Path) -> None:
    for other in ("other.db", "cais:SECRETPW@db.example/cais", "postgresql://u:p@h/d?pw=SECRETPW"):
        said = typed("move", other)
        assert (said.exit_code, "SECRETPW" in said.output) == (2, False)
        assert "atabase URL" in said.output
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_verify_counts_what_holds(typed: Cais, history: Path) -> None:
    said = typed("verify")
    assert said.exit_code == 0
    head, last = said.output.splitlines()
    ok, where = "ok: 1 firm, 4 events, every link of the chain holds.", f"The database is {history}."
    assert re.fullmatch(r"firm f1 of -/T1: 4 events, head [0-9a-f]{64}", head)  # to be kept elsewhere
    assert last == f"{ok} {where}"
    assert typed("verify", KEY.firm).output == said.output


def test_verify_of_a_firm_that_is_none_says_so(typed: Cais, history: Path) -> None:
    said = typed("verify", "nobody")
    assert said.exit_code == 2
    assert "no firm with the id nobody" in said.output


def tamper(path: Path, statement: str) -> None:
    """Changes one row, as somebody would who has the database."""
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(statement).rowcount == 1


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
    tamper(history, tampering)
    said = typed("verify")
    assert said.exit_code == 1
    name = "Other" if "UPDATE firms" in tampering else "Acme"
    assert said.output.startswith(f"broken: firm f1 of -/T1 ({name}), event {event}. ")
    assert "Copy this database as it is before anything is changed in it" in said.output
    assert "ok: " not in said.output
    assert said.output.endswith(f"\nThe database is {history}.\n")


def test_verify_names_the_workspace_of_a_broken_firm_where_it_is_known_and_nobody_writes_lines_by_a_name(
    typed: Cais, history: Path
) -> None:
    with sqlite3.connect(history) as database:
        row = "'-/T1', 'Example Inc', '', '', '', '', '', '', 0, ''"
        database.execute(f"INSERT INTO installations VALUES ({row})")
        database.execute("UPDATE firms SET name = 'Acme' || char(10) || 'ok: all'")
    first, *others = typed("verify").output.splitlines()
    assert first.startswith("broken: firm f1 of -/T1 (Acme?ok: all, in the workspace Example Inc), event 4. ")
    assert not any(line.startswith("ok") for line in others)


def test_verify_calls_a_snapshot_of_an_earlier_shape_sound(typed: Cais, history: Path) -> None:
    with sqlite3.connect(history) as database:
        body = database.execute("SELECT body FROM snapshots").fetchone()[0]
        earlier = {name: value for name, value in msgspec.json.decode(body).items() if name not in ("shape", "target")}
        database.execute("UPDATE snapshots SET body = ?", (msgspec.json.encode(earlier).decode(),))
    assert typed("verify").exit_code == 0


def test_verify_goes_on_after_a_firm_that_cannot_be_read(typed: Cais, history: Path) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f2")))
    with sqlite3.connect(history) as database:
        database.execute("UPDATE events SET payload = x'00' WHERE firm_id = 'f1' AND sequence = 1")
        database.execute("UPDATE snapshots SET body = 'no more' WHERE firm_id = 'f2'")
    said = typed("verify")
    assert re.findall(r"^broken: firm (\w+)", said.output, re.MULTILINE) == ["f1", "f2"]


def test_keys_are_made_and_rotated_and_said_which_can_go(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = (typed("keys", "new", name).stdout.strip() for name in ("old", "new"))
    assert old.startswith("old:")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d:\S{44}", typed("keys", "new").stdout.strip())
    assert "A key's name has" in typed("keys", "new", "a,b").stderr
    with pytest.raises(BadSettings, match="CAIS_ENCRYPTION_KEYS holds no key"):
        typed("keys", "rotate")
    kept = {"name": "x", "token": "xoxb-1", "bot_user": "U", "bot_id": "B", "app": "A", "installer": "U1"}

    async def install() -> None:
        async with await open_database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'sandbox' / 'cais.db'}") as database:
            one = Installation(tenant="-/T1", scopes=(), installed_at=0.0, **kept)
            await database.installations(read_keys(old)).save(one)

    asyncio.run(install())
    environment.setenv("CAIS_ENCRYPTION_KEYS", new)
    lost = typed("keys", "rotate")
    assert (lost.exit_code, "sealed with the key old" in lost.stderr) == (2, True)
    environment.setenv("CAIS_ENCRYPTION_KEYS", f"{new},{old}")
    done = typed("keys", "rotate")
    assert done.exit_code == 0
    assert "One token was sealed anew with the key new." in done.stdout
    assert "Nothing is sealed with the key old any more" in done.stdout
    environment.setenv("CAIS_ENCRYPTION_KEYS", new)
    assert "All are sealed with new." in typed("keys", "rotate").stdout


def test_a_key_that_a_replica_still_seals_with_is_not_said_to_be_one_that_can_go(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It was: taken out then, no replica started any more, until it was put back."""
    old, new = (typed("keys", "new", name).stdout.strip() for name in ("old", "new"))
    environment.setenv("CAIS_ENCRYPTION_KEYS", f"{new},{old}")
    asyncio.run(four_events(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'sandbox' / 'cais.db'}"))
    kept = {"token": "xoxb-1", "bot_user": "U", "bot_id": "B", "app": "A", "installer": "U1"}
    rotate = Installations.rotate

    async def meanwhile(self: Installations) -> Mapping[str, int]:
        changed = await rotate(self)
        one = Installation(tenant="-/T1", name="Acme", scopes=(), installed_at=0.0, **kept)
        await Installations(self._runner, read_keys(old)).save(one)
        return changed

    with environment.context() as patched:
        patched.setattr(Installations, "rotate", meanwhile)
        done = typed("keys", "rotate")
    assert (done.exit_code, "take it out" in done.stdout) == (1, False)
    assert (
        "One token was sealed with the key old meanwhile, by a replica that was not started with new in" in done.stderr
    )
    again = typed("keys", "rotate")
    assert (again.exit_code, "Nothing is sealed with the key old any more" in again.stdout) == (0, True)


def test_a_second_key_of_one_day_gets_a_name_of_its_own(typed: Cais, environment: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    for _ in range(3):
        held.insert(0, typed("keys", "new").stdout.strip())
        environment.setenv("CAIS_ENCRYPTION_KEYS", ",".join(held))
    today = held[-1].partition(":")[0]
    assert [key.partition(":")[0] for key in held] == [f"{today}-3", f"{today}-2", today]
    assert len(read_keys(",".join(held)).names) == 3
    twice = typed("keys", "new", today)
    assert (twice.exit_code, f"holds a key called {today} already" in twice.stderr) == (2, True)
    environment.setenv("CAIS_ENCRYPTION_KEYS", "no key at all")
    assert typed("keys", "new").stdout.startswith(f"{today}:"), "what is there cannot be read"


def test_a_damaged_token_is_named_and_taken_away_and_no_other_waits_for_it(
    typed: Cais, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = (typed("keys", "new", name).stdout.strip() for name in ("old", "new"))
    kept = {"token": "xoxb-1", "bot_user": "U", "bot_id": "B", "app": "A", "installer": "U1"}
    path = tmp_path / "data" / "sandbox" / "cais.db"

    async def install() -> None:
        async with await open_database(f"sqlite+aiosqlite:///{path}") as database:
            for name, tenant in (("Acme", "-/T1"), ("Bravo", "-/T2"), ("Copy", "-/T3")):
                one = Installation(tenant=tenant, name=name, scopes=(), installed_at=0.0, **kept)
                await database.installations(read_keys(old)).save(one)

    asyncio.run(install())
    with sqlite3.connect(path) as database:
        database.execute("UPDATE installations SET token = 'c2hvcnQ=' WHERE tenant = '-/T2'")
    environment.setenv("CAIS_ENCRYPTION_KEYS", f"{new},{old}")
    done = typed("keys", "rotate")
    assert done.exit_code == 1
    assert "2 tokens were sealed anew with the key new." in done.stdout
    assert "Nothing is sealed with the key old any more" in done.stdout
    assert "Left as it is: The token of Bravo (-/T2) does not open with the key old." in done.stderr
    assert "All others are sealed with new." in typed("keys", "rotate").stdout
    for good in ("T1", "Acme", "-/T1", "T9"):
        refused = typed("keys", "forget", good)
        assert (refused.exit_code, "there is none that does not open" in refused.stderr) == (2, True)
    forgotten = typed("keys", "forget", "-/T2")
    assert forgotten.stdout.startswith("The token of Bravo (-/T2) was taken away. What was recorded there is kept.")
    again = typed("keys", "rotate")
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "All are sealed with new.")


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


def test_doctor_does_not_say_so_where_something_is_worth_a_look(
    typed: Cais, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    environment.setenv("CAIS_SANDBOX_PORT", str(free_port))
    environment.setenv("CAIS_CLOCK_SPEED", "60")
    said = typed("doctor")
    assert said.exit_code == 0
    assert said.output.endswith("Nothing is wrong; one thing is worth a look.\n")


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


# --- records out and in -----------------------------------------------------------------------------------------


def elsewhere(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Another installation's sandbox, empty; where its database is."""
    environment.setenv("CAIS_MODE", "sandbox")  # what is brought somewhere has to be said to be the sandbox's
    environment.setenv("CAIS_DATA_DIR", str(tmp_path / "other"))
    return tmp_path / "other" / "sandbox" / "cais.db"


def exported(typed: Cais, *more: str) -> Path:
    said = typed("export", *more)
    assert said.exit_code == 0, said.output
    return Path(next(line for line in said.stdout.splitlines() if " events." in line).partition(": ")[0])


def test_a_record_is_written_out_and_read_into_an_empty_installation_chain_and_all(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f2")))
    before = typed("verify").output
    file = exported(typed)
    path = elsewhere(environment, tmp_path)
    said = typed("import", str(file))
    assert said.exit_code == 0, said.output
    assert said.output.count("read in; 4 events, head ") == 2
    assert said.output.endswith(f" The database is {path}.\n")
    assert typed("verify").output == before.replace(str(history), str(path))
    positions = [asyncio.run(_position(f"sqlite+aiosqlite:///{where}", KEY)) for where in (history, path)]
    assert positions[0] == positions[1]
    assert positions[0] is not None
    assert positions[0].name == "Acme"


def test_a_record_that_is_not_as_it_was_written_goes_into_the_file_and_the_exit_code_says_so(
    typed: Cais, history: Path
) -> None:
    tamper(history, "UPDATE events SET actor_name = 'Bob' WHERE sequence = 3")
    said = typed("export", "--out", "changed.json")
    assert said.exit_code == 1
    assert "The record of Acme is not as it was written. Event 3" in said.stderr
    assert f"changed.json: 1 firm, 4 events. The database is {history}." in said.stdout


def test_what_was_set_and_done_about_reminders_comes_along_and_is_planned_anew(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = RecurringDone(recurring="r4", on=date(2027, 3, 15))
    told = [RecurringSet(recurring="r4", name="Review", month=3, day=15), done, RemindersSet(rules=Rules(before=(3,)))]
    asyncio.run(keep(f"sqlite+aiosqlite:///{history}", KEY, told))
    file = exported(typed)
    path = elsewhere(environment, tmp_path)
    said = typed("import", str(file))
    assert said.exit_code == 0, said.output
    position = asyncio.run(_position(f"sqlite+aiosqlite:///{path}", KEY))
    assert position is not None
    assert position.recurring_done == {"r4": (date(2027, 3, 15),)}
    assert position.reminders.before == (3,)
    assert asyncio.run(_unplanned(f"sqlite+aiosqlite:///{path}")) == [KEY]
    assert typed("verify").exit_code == 0


async def _unplanned(url: str) -> Sequence[FirmKey]:
    async with await open_database(url) as database:
        return await database.plans.stale(now=0.0, limit=9)


async def _position(url: str, key: FirmKey) -> Position | None:
    async with await open_database(url) as database:
        return await database.events.position(key)


def test_the_same_record_read_in_twice_changes_nothing(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = exported(typed)
    elsewhere(environment, tmp_path)
    typed("import", str(file))
    before = typed("verify").output
    said = typed("import", str(file))
    assert said.exit_code == 0
    assert "is here already, just so" in said.output
    assert typed("verify").output == before


def test_a_firm_with_another_history_is_never_overwritten_and_no_other_is_read_in(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f0")))
    asyncio.run(keep(f"sqlite+aiosqlite:///{history}", KEY, [NoteAdded(text="only here")]))
    file = exported(typed)
    path = elsewhere(environment, tmp_path)
    typed("import", str(exported_anew(typed, path)))
    before = typed("verify").output
    said = typed("import", str(file))
    assert said.exit_code == 1
    assert "in this database already, with another history of 8 events" in said.output
    assert typed("verify").output == before


def two_firms_of_which_the_second_does_not_fit(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """A file with Acme and Birch, whose channel is Cedar's in the database that it is to be read into."""
    linked = ChannelLinked(channel="slack:-/T1/C0COMPL")
    asyncio.run(a_firm(f"sqlite+aiosqlite:///{history}", "f2", "Birch", linked))
    file = exported(typed)
    path = elsewhere(environment, tmp_path)
    asyncio.run(a_firm(f"sqlite+aiosqlite:///{path}", "f3", "Cedar", linked))
    return file


async def a_firm(url: str, firm: str, name: str, *more: AnyEvent) -> None:
    lead = MemberSet(person=ANA.id, name=ANA.name, role="lead")
    await keep(url, FirmKey("-/T1", firm), [FirmSetUp(name=name, situation="new", time_zone="UTC"), lead, *more])


def test_a_channel_that_is_another_firms_here_is_named_before_anything_is_read_in(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = two_firms_of_which_the_second_does_not_fit(typed, history, environment, tmp_path)
    before = typed("verify").output
    said = typed("import", str(file))
    assert said.exit_code == 1
    assert "The channel C0COMPL of -/T1 is linked to Cedar (f3) already, and in the file to Birch (f2)." in said.output
    assert said.output.endswith("Nothing was read in.\n")
    assert typed("verify").output == before


def test_what_came_in_before_somebody_linked_the_channel_meanwhile_is_told(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = two_firms_of_which_the_second_does_not_fit(typed, history, environment, tmp_path)

    async def not_linked_yet(*_: object) -> None:
        """When it was looked at."""

    with environment.context() as patched:
        patched.setattr("flows.exports.use_cases._have_their_channels_free", not_linked_yet)
        said = typed("import", str(file))
    assert said.exit_code == 1
    assert "firm f1 of -/T1, Acme: read in; 4 events" in said.output
    assert "Birch (f2 of -/T1) does not fit any more" in said.output
    assert "Nothing was" not in said.output
    assert "the firms above are here now" in said.output
    assert "2 firms" in typed("verify").output


def test_an_earlier_and_a_later_state_of_the_same_record_are_said_to_be_that(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    earlier = exported(typed, "--out", "earlier.json")
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}"))
    later = exported(typed, "--out", "later.json")
    environment.setenv("CAIS_MODE", "sandbox")
    assert "already, and further on: the file holds 4 of its 8 events" in typed("import", str(earlier)).output
    elsewhere(environment, tmp_path)
    typed("import", str(earlier))
    assert "already, and not as far: it holds 4 of the file's 8 events" in typed("import", str(later)).output


def exported_anew(typed: Cais, path: Path) -> Path:
    """Makes the firm in this other database, with a history of its own."""
    for _ in range(2):
        asyncio.run(four_events(f"sqlite+aiosqlite:///{path}"))
    return exported(typed, "--out", str(path.parent / "anew.json"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("Acme", "Acne"), "The record of Acne (f1 of -/T1) was changed after it was written"),
        (lambda text: text[: len(text) // 2], "it was cut off"),
        (lambda text: "a;b;c", "no JSON document"),
        (lambda text: text.replace("cais-export/1", "cais-export/7"), "its schema is cais-export/7"),
    ],
)
def test_a_file_that_was_changed_is_refused_with_the_reason(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch, tmp_path: Path, change: Any, said: str
) -> None:
    file = exported(typed)
    file.write_text(change(file.read_text()))
    elsewhere(environment, tmp_path)
    answer = typed("import", str(file))
    assert answer.exit_code == 1
    assert said in answer.output
    assert "Nothing was read in." in answer.output
    assert typed("migrate").exit_code == 0
    assert "0 firms, 0 events" in typed("verify").output


@pytest.mark.parametrize("format_", ["json", "xlsx", "csv", "ics", "packet"])
def test_a_record_is_written_in_every_format_and_nothing_in_the_database_changes(
    typed: Cais, history: Path, format_: str
) -> None:
    before = typed("verify").output
    file = exported(typed, "--firm", "Acme", "--format", format_)
    assert file.stat().st_size > 100
    assert typed("verify").output == before
    known = typed("verify", "--noted-in", file.name)
    assert known.exit_code == 0, known.output
    assert known.output.count("noted head") == 1, "each names the head, and no other digest is taken for one"
    assert f"(in {file.name}): known, as event 4" in known.output


def test_what_is_there_is_not_written_over(typed: Cais, history: Path) -> None:
    file = exported(typed)
    content = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600, "it is a whole record"
    said = typed("export")
    assert said.exit_code == 2
    assert "is there already and is not overwritten" in said.output
    assert file.read_bytes() == content


@pytest.mark.parametrize("how", ["full", "killed"])
def test_only_a_whole_export_has_its_name(
    typed: Cais, history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    seen: list[list[str]] = []

    def half(_: Any, file: Any, __: Any) -> tuple[str, ...]:
        file.write(b"BEGIN:VCALENDAR")
        seen.append([path.name for path in tmp_path.glob("*.ics")])
        if how == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        raise SystemExit(9)

    monkeypatch.setattr("bot.files.writing.write", half)
    said = typed("export", "--format", "ics", "--out", "mine.ics")
    assert seen == [[]], "whoever is killed here leaves no half of it under the name"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    if how == "full":
        assert (said.exit_code, "mine.ics cannot be written: No space left" in said.output) == (2, True)


def test_a_file_goes_where_it_is_wanted(typed: Cais, history: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert exported(typed, "--out", str(tmp_path / "folder")).parent == tmp_path / "folder"
    assert exported(typed, "--out", str(tmp_path / "mine.json")) == tmp_path / "mine.json"
    assert typed("export", "--out", str(tmp_path / "none" / "x.json")).exit_code == 2


@pytest.mark.parametrize(
    ("format_", "name", "better"),
    [
        ("csv", "out.csv", "out.csv.zip"),
        ("csv", "out", "out.zip"),
        ("packet", "out.pdf", "out.pdf.zip"),
        ("xlsx", "out.CSV", "out.xlsx"),
        ("json", "out.zip", "out.json"),
    ],
)
def test_a_file_that_would_not_open_as_what_it_is_called_is_not_written(
    typed: Cais, history: Path, tmp_path: Path, format_: str, name: str, better: str
) -> None:
    words = ("export", "--firm", "Acme", "--format", format_, "--out")
    said = typed(*words, str(tmp_path / name))
    assert said.exit_code == 2
    assert f"The format {format_} is " in said.output
    assert f"such as {tmp_path / better}, or a folder that is there." in said.output
    assert not (tmp_path / name).exists()
    assert exported(typed, *words[1:], str(tmp_path / better)) == tmp_path / better


def test_an_ending_that_promises_nothing_else_will_do(typed: Cais, history: Path, tmp_path: Path) -> None:
    assert exported(typed, "--out", str(tmp_path / "monday.txt")).read_text(encoding="utf-8").startswith("{")


def test_the_help_of_export_says_which_formats_are_a_zip(typed: Cais) -> None:
    said = " ".join(typed("export", "--help").output.split())
    assert "csv is a zip with a .csv for each table, and packet a zip too." in said


def test_a_firm_is_named_by_what_looks_like_its_name(typed: Cais, history: Path) -> None:
    old = FirmSetUp(name=BY_TWO, situation="new", time_zone="UTC")
    lead = MemberSet(person=ANA.id, name=ANA.name, role="lead")
    asyncio.run(keep(f"sqlite+aiosqlite:///{history}", FirmKey("-/T2", "f2"), [old, lead]))
    assert typed("export", "--firm", BY_ONE).output.splitlines()[1].startswith("firm f2 of -/T2: 2 events, head ")


def test_firms_are_named_by_id_or_name_and_a_packet_is_of_one(typed: Cais, history: Path) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T2", "f2")))
    assert typed("export", "--firm", "f2").output.splitlines()[1].startswith("firm f2 of -/T2: 4 events, head ")
    for words, why in (
        (("--format", "packet"), "say which one with --firm"),
        (("--firm", "nobody"), "There is no firm nobody"),
        (("--firm", "acme"), "Several firms are called acme: f1 of -/T1, f2 of -/T2"),
    ):
        said = typed("export", *words)
        assert said.exit_code == 2
        assert why in said.output


def test_an_empty_installation_has_nothing_to_write_out(typed: Cais) -> None:
    assert typed("migrate").exit_code == 0
    said = typed("export")
    assert said.exit_code == 2
    assert "There is no firm in this database." in said.output


@pytest.mark.parametrize("words", [("verify",), ("retention",), ("export",), ("delete", "Acme")])
def test_where_no_database_is_none_is_made_and_found_in_order(
    typed: Cais, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = typed(*words)
    assert said.exit_code == 2
    assert "There is no database at " in said.output
    assert not (tmp_path / "data" / "sandbox" / "cais.db").exists()


def test_what_a_bot_still_writes_to_is_not_moved(typed: Cais, history: Path, tmp_path: Path) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    with closing(sqlite3.connect(history)) as bot:
        bot.execute("PRAGMA journal_mode = WAL")
        bot.execute("SELECT count(*) FROM events").fetchone()
        said = typed("move", other)
        assert (said.exit_code, "Stop the bot first" in said.output) == (2, True)
        assert not (tmp_path / "other.db").exists()
    assert typed("move", other).exit_code == 0
