"""The real code sends what was worked out by hand, and what the oracle expects of lives made up by a seed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.simulation.comparing import differences
from tests.simulation.eras import AFTERWARDS, REVISIONS, Era
from tests.simulation.faults import Faults
from tests.simulation.lives import lives
from tests.simulation.oracle import expected
from tests.simulation.reading import Fixture, fixtures
from tests.simulation.script import Message
from tests.simulation.world import play

A_MOMENT = timedelta(seconds=20)
NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)
SLICES = (
    replace(REVISIONS, begin=date(2022, 7, 1), end=date(2022, 9, 20)),
    replace(AFTERWARDS, begin=date(2026, 10, 1), end=date(2026, 12, 20)),
)


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.reason)
def test_what_was_worked_out_by_hand_is_sent(fixture: Fixture, tmp_path: Path) -> None:
    played = play(fixture.script, tmp_path)
    assert differences(played.messages, fixture.messages, A_MOMENT) == []


@pytest.mark.parametrize("era", SLICES, ids=lambda e: e.name)
def test_whatever_goes_wrong_everybody_is_sent_what_the_rules_say_and_nothing_twice(era: Era, tmp_path: Path) -> None:
    script = lives(7, 5, era.begin, era.end, era.down)
    planned, deaths = [("chat.postMessage", "lost_reply")], ["after chat.postMessage"]
    faults = Faults(Random(8), slack=0.1, crash=0.01, planned=planned, deaths=deaths)
    played = play(script, tmp_path, faults, shift=1e7)
    assert differences(played.messages, expected(script)) == []
    assert len(played.died_at) > 5
    assert not faults.planned, "a reply was lost"
    assert not faults.deaths, "somebody died between sending and writing it down"
    assert (played.too_soon, played.left) == (0, 0)


def test_a_message_may_be_late_by_a_lease_for_each_process_that_died_meanwhile() -> None:
    wanted = [Message("UANA", NINE, frozenset({("F", "task:s2")}))]
    sent = [replace(wanted[0], at=NINE + timedelta(minutes=18))]
    assert len(differences(sent, wanted)) == 2
    assert len(differences(sent, wanted, died_at=[NINE - A_MOMENT] * 9)) == 2, "before it was due"
    assert differences(sent, wanted, died_at=[NINE + A_MOMENT, NINE + timedelta(minutes=4)]) == []
