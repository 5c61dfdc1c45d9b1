"""What whoever runs the bot can ask it: whether it can work, and what it counted."""

import asyncio
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.health import STUCK, Health, room_for
from bot.metrics import BUCKETS, Counts
from storage.errors import Gone, StorageUnavailable
from tests.bot.conversing import Slack

LINE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [0-9.e+-]+')


class FakeBot:
    """As far as health looks at a bot."""

    def __init__(self) -> None:
        self.delivery = self
        self.last_round = 0.0
        self.lag = 0.0
        self.down = self.gone = False
        self.hangs = False
        self.key_missing = ""

    async def outbox_lag(self) -> float:
        if self.gone:
            raise Gone("The database file was deleted.")
        if self.down:
            raise StorageUnavailable("The database is locked.")
        return self.lag

    async def look_for_key(self) -> str:
        return self.key_missing

    async def stopped_workspaces(self) -> dict[str, str]:
        if self.hangs:
            await asyncio.Event().wait()
        return {"-/T1": "app_uninstalled", "-/T2": "invalid_auth", "-/T3": "token_revoked"}


class FakeLine:
    """A Socket Mode connection that is there, or not."""

    def __init__(self) -> None:
        self.is_up = True

    async def connected(self) -> bool:
        return self.is_up

    async def ready(self) -> str:
        return "" if self.is_up else "Socket Mode is not connected to Slack."


async def test_it_is_ready_unless_it_stops_or_the_database_the_socket_or_its_sending_does() -> None:
    bot, line, stopping, now = FakeBot(), FakeLine(), [False], [0.0]
    health = Health(cast(Any, bot), lambda: stopping[0], cast(Any, line), now=lambda: now[0])
    assert await health.ready() == ""
    bot.lag = STUCK + 60
    assert await health.ready() == "", "a backlog that is being sent is no reason to send people elsewhere"
    now[0] = STUCK + 1
    assert await health.ready() == "Something has been due for 11 minutes, and nothing is being sent."
    bot.last_round = now[0]
    bot.key_missing = "A token is sealed with the key 2027, which CAIS_ENCRYPTION_KEYS does not hold."
    assert (await health.ready()).endswith("does not hold. Start this replica again with that key.")
    bot.key_missing = ""
    line.is_up = False
    assert "Socket Mode" in await health.ready()
    bot.down = True
    assert await health.ready() == "The database does not answer."
    bot.gone = True
    assert await health.ready() == "The database file was deleted."
    stopping[0] = True
    assert await health.ready() == "The app is stopping."


async def test_with_no_room_left_on_the_disk_it_is_not_ready_and_how_much_there_is_is_shown() -> None:
    room = [5e9]
    health = Health(cast(Any, FakeBot()), lambda: False, None, now=lambda: 0.0, room=lambda: room[0])
    assert await health.ready() == ""
    room[0] = 999_999.0
    assert await health.ready() == "There is no room left on the disk, so nothing can be recorded."
    assert (await health.gauges())["cais_disk_free_bytes"][1] == 999_999.0


async def test_a_database_that_may_only_be_read_is_said_and_one_that_others_write_to_is_waited_for() -> None:
    said: list[Exception] = [StorageUnavailable("The server stands by.")]

    async def writes() -> None:
        for error in said:
            raise error

    health = Health(cast(Any, FakeBot()), lambda: False, None, now=lambda: 0.0, writes=writes)
    assert await health.ready() == "Nothing can be recorded: The server stands by."
    said[:] = [TimeoutError()]
    assert await health.ready() == ""
    said.clear()
    assert await health.ready() == ""


async def test_a_folder_that_is_gone_is_said_and_hides_no_other_number(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    health = Health(cast(Any, FakeBot()), lambda: False, None, now=lambda: 0.0, room=lambda: room_for(disk / "a"))
    assert await health.ready() == "The folder of the database cannot be looked at: No such file or directory."
    found = await health.gauges()
    assert "cais_disk_free_bytes" not in found
    assert found["cais_database_up"][1] == 1.0


def test_the_room_is_that_of_the_disk_which_a_link_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, link = tmp_path / "disk", tmp_path / "cais.db"
    disk.mkdir()
    link.symlink_to(disk / "record.db")
    asked: list[Path] = []

    def usage(folder: Path) -> Any:
        asked.append(folder)
        return SimpleNamespace(free=1)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert room_for(link) == 1.0
    assert asked == [disk]


async def test_what_is_true_now_is_shown_as_far_as_it_can_be_known() -> None:
    bot, line = FakeBot(), FakeLine()
    health = Health(cast(Any, bot), lambda: False, cast(Any, line), now=lambda: 0.0)
    bot.lag = 12.5
    numbers = {name: number for name, (_, number) in (await health.gauges()).items()}
    assert numbers == {
        "cais_socket_connected": 1.0,
        "cais_outbox_lag_seconds": 12.5,
        "cais_workspaces_stopped": 3.0,
        "cais_workspaces_refused": 1.0,
        "cais_database_up": 1.0,
    }
    bot.down = True
    assert set(await health.gauges()) == {"cais_socket_connected", "cais_database_up"}


async def test_a_database_that_hangs_in_the_middle_does_not_keep_a_monitor_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.health.PATIENCE", 0.01)
    bot = FakeBot()
    bot.hangs = True
    numbers = await Health(cast(Any, bot), lambda: False, None, now=lambda: 0.0).gauges()
    assert numbers["cais_database_up"][1] == 0.0


def test_durations_are_counted_in_every_bucket_they_fit_in() -> None:
    counts = Counts()
    for seconds in (0.004, 0.04, 0.04, 9.0):
        counts.acked("command", seconds)
    shown = counts.exposition()
    found = re.findall(r'cais_ack_seconds_bucket\{how="command",le="([^"]+)"\} (\d+)', shown)
    assert [upper for upper, _ in found] == [*map(str, BUCKETS), "+Inf"]
    assert [int(count) for _, count in found] == [1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 4]
    assert 'cais_ack_seconds_count{how="command"} 4' in shown
    assert 'cais_ack_seconds_sum{how="command"} 9.084000' in shown


def test_a_word_of_slacks_that_is_no_word_becomes_other() -> None:
    counts = Counts()
    counts.called("chat.postMessage", 'odd"\nword')
    assert 'cais_slack_calls_total{method="chat.postMessage",outcome="other"} 1' in counts.exposition()


async def test_a_conversation_is_counted_without_a_word_of_it(slack: Slack) -> None:
    slack.sandbox.faults({"method": "users.info", "kind": "refuse", "error": "user_not_found"})
    await slack.ben.types("/cais")
    await slack.ben.presses("What can I type?")
    await slack.ben.types("by when should firms have requested certification for production?")
    await slack.ben.types("/cais ask what is the best pizza in Vienna?")
    shown = slack.bot.counts.exposition({"cais_database_up": ("Whether the database answers", 1.0)})
    for wanted in (
        'cais_ack_seconds_count{how="command"} 2',
        'cais_ack_seconds_count{how="action"} 1',
        'cais_questions_total{outcome="answered"} 1',
        'cais_questions_total{outcome="declined"} 1',
        'cais_slack_calls_total{method="users.info",outcome="user_not_found"} 1',
        'cais_slack_calls_total{method="auth.test",outcome="ok"} 1',
        "cais_database_up 1",
    ):
        assert wanted in shown
    assert not re.search("pizza|vienna|\bben\b|U0BEN", shown, re.IGNORECASE)
    for line in shown.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or LINE.fullmatch(line), line


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_by_socket_mode_acks_are_timed_as_well(slack: Slack) -> None:
    await slack.ben.types("/cais")
    assert 'cais_ack_seconds_count{how="command"} 1' in slack.bot.counts.exposition()
