"""What a deadline was said to be, in words."""

from flows.deadlines import UNCONFIRMED, Value
from flows.history import full_day
from flows.time_words import day


def value_words(value: Value) -> str:
    """What a deadline was said to be; safe in mrkdwn."""
    first, last = value.bounds
    match value.type:
        case "date" if value.on:
            return full_day(value.on)
        case "from" if value.on:
            return f"from {full_day(value.on)} on"
        case "month" if first:
            return f"some day in {first:%B} {first.year}"
        case "window" if first and last:
            return f"{day(first)} to {day(last)}"
        case "tbd":
            return _to_be_announced(value)
        case "recurring" if value.first_due:
            return f"every 12 months; the first were due {full_day(value.first_due)}"
    return UNCONFIRMED


def _to_be_announced(value: Value) -> str:
    bounds = []
    if value.announce_by:
        bounds.append(f"by {day(value.announce_by)}")
    if value.not_before:
        bounds.append(f"not before {day(value.not_before)}")
    if value.not_after:
        bounds.append(f"not after {day(value.not_after)}")
    return ", ".join(["to be announced", *bounds])
