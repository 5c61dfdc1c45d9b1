"""Counting trading days over weekends, holidays and an unscheduled closure."""

from datetime import date

import pytest

from flows.trading_days import is_trading_day, plus


def test_thanksgiving_2026_is_passed_over_and_the_short_friday_counts() -> None:
    assert plus(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert plus(date(2026, 11, 23), 5) == date(2026, 12, 1)


def test_the_day_of_mourning_in_january_2025_was_no_trading_day() -> None:
    assert not is_trading_day(date(2025, 1, 9))
    assert plus(date(2025, 1, 8), 1) == date(2025, 1, 10)


def test_a_wait_that_begins_on_a_weekend_counts_from_the_next_trading_day() -> None:
    assert plus(date(2026, 11, 21), 1) == date(2026, 11, 23)


def test_no_days_on_is_the_day_itself() -> None:
    assert plus(date(2026, 11, 21), 0) == date(2026, 11, 21)


@pytest.mark.parametrize("day", [date(2026, 10, 12), date(2026, 11, 11)])
def test_federal_holidays_on_which_the_exchange_opens_are_trading_days(day: date) -> None:
    assert is_trading_day(day)


def test_the_year_turns_over_new_years_day() -> None:
    assert plus(date(2026, 12, 31), 1) == date(2027, 1, 4)
