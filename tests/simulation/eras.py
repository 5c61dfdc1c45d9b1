"""The two stretches of time that are played, and when the bot is down in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.simulation.script import Down


@dataclass(frozen=True)
class Era:
    """From one day to another."""

    name: str
    begin: date
    end: date
    down: tuple[Down, ...]


def _down(since: str, **for_: int) -> Down:
    begun = datetime.fromisoformat(since).replace(tzinfo=UTC)
    return Down(begun, begun + timedelta(**for_))


REVISIONS = Era(
    "while the industry's dates moved",
    date(2022, 6, 1),
    date(2024, 6, 1),
    (
        _down("2022-07-25 12:29", hours=1),  # over the hour at which New York is told of the first revisions
        _down("2022-09-02 11:40", days=3, hours=4),  # over a weekend with a holiday
        _down("2022-11-22 13:31", hours=1),
        _down("2023-02-20 09:11", days=60, hours=5),
        _down("2023-11-03 20:07", days=3),  # over a night in which clocks go back
        _down("2024-03-08 22:07", days=3),  # and forward
    ),
)
AFTERWARDS = Era(
    "for firms that start after the industry's dates",
    date(2026, 9, 1),
    date(2027, 12, 1),
    (
        _down("2026-10-30 20:07", days=3),
        _down("2026-12-01 13:31", hours=1),
        _down("2027-03-01 12:07", days=60),
    ),
)
