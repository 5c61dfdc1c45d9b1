"""Trading days of the New York Stock Exchange, which CAT follows: weekends and holidays do not count."""

from collections.abc import Container
from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


@cache
def _closures() -> Container[date]:
    from holidays import financial_holidays  # 0.2 s, which only those pay who count days

    return financial_holidays("NYSE")


def is_trading_day(day: date) -> bool:
    """Whether the exchange opens that day; a day with an early close counts."""
    return day.weekday() < 5 and day not in _closures()


def plus(day: date, n: int) -> date:
    """The nth trading day after `day`, which itself does not count; `n` is 0 or more, and 0 is `day` itself."""
    for _ in range(n):
        day += ONE_DAY
        while not is_trading_day(day):
            day += ONE_DAY
    return day
