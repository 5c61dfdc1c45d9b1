"""A day so far off that it must be a slip of the pen: it is refused before anything is reckoned up to it."""

from datetime import date

from flows.firms import Refusal

FURTHEST = 10
"""Years from today within which a day to come lies. Day by day to the year 9999 would hold everybody else up."""

TOO_FAR = Refusal(f"That is more than {FURTHEST} years off. Check the year. Nothing was changed.")


def is_far_off(day: date | None, today: date) -> bool:
    """Whether a day to come is farther off than anybody plans."""
    return day is not None and day.year > today.year + FURTHEST


def must_not_be_far_off(day: date | None, today: date) -> None:
    """Raises Refusal for such a day."""
    if is_far_off(day, today):
        raise TOO_FAR
