"""How times of the day are written wherever people read them: `9:14 AM New York time`. Files for machines have ISO."""

from datetime import datetime, time
from zoneinfo import ZoneInfo


def clock(at: time | datetime) -> str:
    """A time of the day: `9:00 AM`."""
    return f"{at:%I:%M %p}".lstrip("0")


def zone_name(zone: str) -> str:
    """An IANA name as people say it: `New York time`, `UTC`."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time" if "/" in zone else zone


def in_zone(at: datetime, zone: str) -> str:
    """A moment as the clocks of a zone show it: `Nov 23, 2026, 9:14 AM New York time`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local.year}, {clock(local)} {zone_name(zone)}"


def hour_there(hour: time, zone: str) -> str:
    """An hour with its zone: `at 9:00 AM New York time`."""
    return f"at {clock(hour)} {zone_name(zone)}"
