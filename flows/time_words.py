"""How days and times of the day are written wherever people read them. Files for machines have ISO.

Not by `strftime`: it asks which locale this is, at each call, and what is written here is the same in every one.
"""

from datetime import date, datetime, time

from flows.zones import zone_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """A date as people in this field write it: `Nov 23, 2026`."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def clock(at: time | datetime) -> str:
    """A time of the day: `9:00 AM`."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"


def zone_name(zone: str) -> str:
    """An IANA name as people say it: `New York time`, `UTC`."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time" if "/" in zone else zone


def in_zone(at: datetime, *zones: str) -> str:
    """A moment as the clocks of the first of these zones that is known show it, which is named.

    `Nov 23, 2026, 9:14 AM New York time`.
    """
    there = zone_of(*zones)
    local = at.astimezone(there)
    return f"{day(local)}, {clock(local)} {zone_name(there.key)}"


def hour_there(hour: time, zone: str) -> str:
    """An hour with its zone: `at 9:00 AM New York time`."""
    return f"at {clock(hour)} {zone_name(zone)}"
