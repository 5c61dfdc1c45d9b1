"""The oracle agrees with the table that was made by hand."""

import pytest

from tests.simulation.oracle import expected
from tests.simulation.reading import Fixture, fixtures


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.reason)
def test_the_oracle_expects_what_was_worked_out_by_hand(fixture: Fixture) -> None:
    found = sorted(expected(fixture.script), key=lambda m: (m.at, m.person))
    assert found == sorted(fixture.messages, key=lambda m: (m.at, m.person))
