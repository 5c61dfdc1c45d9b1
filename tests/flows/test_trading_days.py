"""Counting trading days over weekends, holidays, an unscheduled closure, and what an admin changed."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.trading_days import NYSE, Calendar, end_of

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_thanksgiving_2026_is_passed_over_and_the_short_friday_counts() -> None:
    assert NYSE.plus(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert NYSE.plus(date(2026, 11, 23), 5) == date(2026, 12, 1)
    assert NYSE.minus(date(2026, 11, 27), 1) == date(2026, 11, 25)


def test_the_day_of_mourning_in_january_2025_was_no_trading_day() -> None:
    assert not NYSE.is_trading_day(date(2025, 1, 9))
    assert NYSE.plus(date(2025, 1, 8), 1) == date(2025, 1, 10)
    assert NYSE.name_of(date(2025, 1, 9)) == "National Day of Mourning"


def test_a_wait_that_begins_on_a_weekend_counts_from_the_next_trading_day() -> None:
    assert NYSE.plus(date(2026, 11, 21), 1) == date(2026, 11, 23)


def test_no_days_on_is_the_day_itself() -> None:
    assert NYSE.plus(date(2026, 11, 21), 0) == date(2026, 11, 21)
    assert NYSE.minus(date(2026, 11, 21), 0) == date(2026, 11, 21)


@pytest.mark.parametrize("day", [date(2026, 10, 12), date(2026, 11, 11)])
def test_federal_holidays_on_which_the_exchange_opens_are_trading_days(day: date) -> None:
    assert NYSE.is_trading_day(day)


def test_the_year_turns_over_new_years_day() -> None:
    assert NYSE.plus(date(2026, 12, 31), 1) == date(2027, 1, 4)


# The published facts that dates of this programme hang on.


def test_the_first_certification_date_was_a_holiday_that_has_a_name() -> None:
    assert not NYSE.is_trading_day(date(2022, 6, 20))
    assert NYSE.skipped(date(2022, 6, 17), date(2022, 6, 21)) == ("Juneteenth",)
    assert NYSE.between(date(2022, 6, 17), date(2022, 6, 21)) == 1


def test_the_look_back_of_the_interim_obligations_began_on_a_sunday() -> None:
    assert not NYSE.is_trading_day(date(2022, 6, 12))
    assert NYSE.name_of(date(2022, 6, 12)) == ""


def test_full_compliance_fell_on_a_trading_day() -> None:
    assert NYSE.is_trading_day(date(2024, 5, 31))


def test_the_first_refresh_was_due_on_a_saturday_and_the_trading_day_before_is_the_friday() -> None:
    assert NYSE.on_or_before(date(2025, 5, 31)) == date(2025, 5, 30)


def test_the_first_refresh_report_came_on_the_third_trading_day_of_its_month() -> None:
    assert NYSE.plus(date(2025, 3, 31), 3) == date(2025, 4, 3)


def test_the_clock_sync_certification_of_2026_falls_on_a_sunday_and_is_reminded_of_on_the_friday() -> None:
    assert NYSE.on_or_before(date(2026, 3, 15)) == date(2026, 3, 13)


def test_a_day_with_an_early_close_is_a_trading_day() -> None:
    assert NYSE.is_trading_day(date(2026, 11, 27))
    assert NYSE.on_or_before(date(2026, 11, 27)) == date(2026, 11, 27)


# What an admin changed.


def test_an_added_closure_is_skipped_and_named_by_its_reason() -> None:
    edited = Calendar(closed={date(2027, 3, 3): "Power cut"})
    assert edited.plus(date(2027, 3, 2), 1) == date(2027, 3, 4)
    assert edited.skipped(date(2027, 3, 1), date(2027, 3, 5)) == ("Power cut",)
    assert NYSE.is_trading_day(date(2027, 3, 3))


def test_a_day_declared_open_counts_even_where_it_is_a_holiday_or_a_saturday() -> None:
    edited = Calendar(opened={date(2027, 5, 31): "Opens after all", date(2027, 6, 5): "Make-up session"})
    assert edited.plus(date(2027, 5, 28), 1) == date(2027, 5, 31)
    assert edited.is_trading_day(date(2027, 6, 5))
    assert edited.skipped(date(2027, 5, 28), date(2027, 6, 6)) == ()


def test_a_deadline_ends_with_the_last_second_of_its_day_in_new_york_in_winter_and_in_summer() -> None:
    assert end_of(date(2027, 1, 4)).astimezone(UTC) == datetime(2027, 1, 5, 4, 59, 59, tzinfo=UTC)
    assert end_of(date(2027, 5, 31)).astimezone(UTC) == datetime(2027, 6, 1, 3, 59, 59, tzinfo=UTC)


@given(DAYS, st.integers(0, 60))
def test_counting_forth_and_back_again_ends_where_it_began(day: date, n: int) -> None:
    day = NYSE.on_or_before(day)
    assert NYSE.minus(NYSE.plus(day, n), n) == day
    assert NYSE.between(day, NYSE.plus(day, n)) == n


@given(DAYS)
def test_every_trading_day_is_reached_and_none_is_passed_over(day: date) -> None:
    following = NYSE.plus(day, 1)
    assert NYSE.is_trading_day(following)
    days = (day + timedelta(days=n) for n in range(1, 30))
    assert list(islice((d for d in days if NYSE.is_trading_day(d)), 1)) == [following]
