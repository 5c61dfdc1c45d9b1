"""Periods of the past in plain English."""

from datetime import date

import pytest

from flows.dates import WhichDay
from flows.periods import Period, read_period
from flows.trading_days import Calendar

TODAY = date(2026, 11, 26)  # a Thursday


def days(first: str | None, last: str | None) -> Period:
    return Period(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("since June", days("2026-06-01", None)),
        ("since Dec", days("2025-12-01", None)),
        ("since June 3", days("2026-06-03", None)),
        ("since December 3", days("2025-12-03", None)),
        ("since yesterday", days("2026-11-25", None)),
        ("Since last month", days("2026-10-01", None)),
        ("after May 2026", days("2026-06-01", None)),
        ("until May", days(None, "2026-05-31")),
        ("until May 9", days(None, "2026-05-09")),
        ("up to May 9, 2026", days(None, "2026-05-09")),
        ("before May 9 2026", days(None, "2026-05-08")),
        ("in May", days("2026-05-01", "2026-05-31")),
        ("May", days("2026-05-01", "2026-05-31")),
        ("in Feb 2024", days("2024-02-01", "2024-02-29")),
        ("in November", days("2026-11-01", "2026-11-30")),
        ("last November", days("2025-11-01", "2025-11-30")),
        ("last month", days("2026-10-01", "2026-10-31")),
        ("this month", days("2026-11-01", "2026-11-30")),
        ("last week", days("2026-11-16", "2026-11-22")),
        ("this week", days("2026-11-23", "2026-11-29")),
        ("last year", days("2025-01-01", "2025-12-31")),
        ("in 2025", days("2025-01-01", "2025-12-31")),
        ("last quarter", days("2026-07-01", "2026-09-30")),
        ("Q2", days("2026-04-01", "2026-06-30")),
        ("q4 2024", days("2024-10-01", "2024-12-31")),
        ("today", days("2026-11-26", "2026-11-26")),
        ("yesterday", days("2026-11-25", "2026-11-25")),
        ("on 2026-05-03", days("2026-05-03", "2026-05-03")),
        ("in the last 30 days", days("2026-10-28", "2026-11-26")),
        ("past 3 months", days("2026-08-26", "2026-11-26")),
        ("between May 3 and May 9", days("2026-05-03", "2026-05-09")),
        ("from May 3 to June", days("2026-05-03", "2026-06-30")),
        ("May to July 2026", days("2026-05-01", "2026-07-31")),
        ("3 to 9 May", days("2026-05-03", "2026-05-09")),
        ("from November to February 2026", days("2025-11-01", "2026-02-28")),
        ("since Friday", days("2026-11-20", None)),
        ("on Monday", days("2026-11-23", "2026-11-23")),
        ("since the 20th", days("2026-11-20", None)),
        ("before the 15th", days(None, "2026-11-14")),
        ("before the 30th", days(None, "2026-11-29")),
        ("until the 30th", days(None, "2026-11-30")),
        ("until the 20th", days(None, "2026-11-20")),
        ("until end of November", days(None, "2026-11-30")),
        ("November 1 to the 30th", days("2026-11-01", "2026-11-30")),
        ("start of November to end of November", days("2026-11-01", "2026-11-30")),
        ("start of q4 to end of q4", days("2026-10-01", "2026-12-31")),
        ("until end of May", days(None, "2026-05-31")),
        ("since end of October", days("2026-10-31", None)),
        ("from Monday to Wednesday", days("2026-11-23", "2026-11-25")),
        ("from Wednesday to Tuesday", days("2026-11-18", "2026-11-24")),
        ("Friday to Monday", days("2026-11-20", "2026-11-23")),
        ("Tuesday to Friday", days("2026-11-17", "2026-11-20")),
        ("between the 20th and the 30th", days("2026-11-20", "2026-11-30")),
        ("Monday to today", days("2026-11-23", "2026-11-26")),
    ],
)
def test_a_period_is_read_as_people_mean_it(said: str, meant: Period) -> None:
    assert read_period(said, today=TODAY, calendar=Calendar()) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "s2",
        "by dana",
        "tomorrowland",
        "since",
        "between May",
        "in 99999",
        "portal",
        "today to Monday",
        "yesterday to Monday",
    ],
)
def test_what_is_no_period_is_none(said: str) -> None:
    assert read_period(said, today=TODAY, calendar=Calendar()) is None


def test_a_day_that_can_be_read_in_two_ways_is_asked_about() -> None:
    found = read_period("since 3/4/2026", today=TODAY, calendar=Calendar())
    assert isinstance(found, WhichDay)
    assert found.choices == (date(2026, 3, 4), date(2026, 4, 3))


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("since tomorrow", "Nov 27"),
        ("tomorrow to Friday", "Nov 27"),
        ("since next Monday", "Nov 30"),
        ("after today", "Nov 27"),
    ],
)
def test_what_begins_on_a_day_to_come_is_no_period_of_the_past(said: str, first: str) -> None:
    assert read_period(said, today=TODAY, calendar=Calendar()) == WhichDay(f"{first}, 2026 is still to come.")


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (days("2026-05-01", None), "from May 1, 2026"),
        (days(None, "2026-05-01"), "until May 1, 2026"),
        (days("2026-05-01", "2026-05-01"), "on May 1, 2026"),
        (days("2026-05-01", "2026-06-01"), "from May 1, 2026 until Jun 1, 2026"),
        (Period(), ""),
    ],
)
def test_a_period_says_itself(period: Period, words: str) -> None:
    assert period.says == words


def test_the_end_of_the_year_comes_every_year() -> None:
    found = read_period("from end of year to Jan 3", today=date(2026, 1, 5), calendar=Calendar())
    assert found == days("2025-12-31", "2026-01-03")
