"""A firm whose record somebody changed, so that it cannot be read, is named, and keeps no other firm back."""

import asyncio
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from flows.events import FirmKey
from tests.bot.prompt import Cais, four_events

CHANGES = {
    "UPDATE events SET payload = '{broken' WHERE firm_id = 'f2' AND sequence = 3": "event 3 is not what was recorded",
    "UPDATE events SET payload = '{}' WHERE firm_id = 'f2' AND sequence = 3": "event 3 is not what was recorded",
    "UPDATE events SET recorded_at = 'no time' WHERE firm_id = 'f2' AND sequence = 3": "event 3 is not what was rec",
    "UPDATE events SET payload = CAST(X'ff22' AS TEXT) WHERE firm_id = 'f2' AND sequence = 3": "event 3 is no text",
    "DELETE FROM events WHERE firm_id = 'f2'": "there is no event of it",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_that_cannot_be_read_is_named_and_the_others_are_written(
    typed: Cais, history: Path, change: str
) -> None:
    asyncio.run(four_events(f"sqlite+aiosqlite:///{history}", FirmKey("-/T1", "f2")))
    with closing(sqlite3.connect(history, isolation_level=None)) as database:
        database.execute(change)
    for ending, format_ in (("json", "json"), ("zip", "csv"), ("xlsx", "xlsx"), ("ics", "ics")):
        said = typed("export", "--format", format_, "--out", f"mine.{ending}")
        assert (said.exit_code, "1 firm, 4 events" in said.stdout) == (1, True)
        assert "not in the file: firm f2 of -/T1" in said.stderr
        assert CHANGES[change] in said.stderr
    assert [firm["firm"] for firm in json.loads(Path("mine.json").read_text())["firms"]] == ["f1"]
    listed = typed("retention")
    assert (listed.exit_code, "not listed: firm f2 of -/T1" in listed.stderr) == (1, True)
    assert "(firm f1 of -/T1)" in listed.stdout
    alone = typed("export", "--format", "packet", "--firm", "f2", "--out", "packet.zip")
    assert (alone.exit_code, "cannot be read" in alone.stderr, "Nothing was written." in alone.stderr) == (
        2,
        True,
        True,
    )
    assert not Path("packet.zip").exists()


def test_a_damaged_file_that_heads_are_to_be_read_from_is_said_to_be_that(typed: Cais, history: Path) -> None:
    typed("export", "--format", "csv", "--out", "mine.zip")
    with zipfile.ZipFile("mine.zip") as whole:
        at = whole.getinfo("firms.csv").header_offset + 30 + len("firms.csv") + 20
    content = bytearray(Path("mine.zip").read_bytes())
    content[at : at + 8] = bytes(each ^ 0xFF for each in content[at : at + 8])
    Path("mine.zip").write_bytes(content)
    said = typed("verify", "--noted-in", "mine.zip")
    assert (said.exit_code, "mine.zip is damaged" in said.stderr, "--head" in said.stderr) == (2, True, True)
