"""The time zone of something that was kept: names outlive the list of zones of the machine that reads them."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.trading_days import NEW_YORK


@lru_cache(maxsize=1024)
def known_zone(name: str) -> ZoneInfo | None:
    """None where the name is empty, or none that is known here: a place may have got its zone after our list."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an odd name may look like a path to zoneinfo
        return None


@lru_cache(maxsize=4096)
def zone_of(*names: str) -> ZoneInfo:
    """The first of these that is known here, else New York's."""
    return next((zone for name in names if (zone := known_zone(name))), NEW_YORK)
