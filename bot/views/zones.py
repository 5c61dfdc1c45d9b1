"""The time zones a firm may choose from."""

from bot.views.blocks import Element, option, select_input

ZONES = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
)
"""IANA name and label of the zones a US firm is in; the person's own is added where it is another American one."""

ZONE_HINT = "Days and times of this firm are shown in it."


def zone_label(zone: str) -> str:
    """An IANA zone as the select calls it; its own name where it is none of those."""
    return dict(ZONES).get(zone, zone.replace("_", " "))


def zone_input(zone: str = "") -> Element:
    """A select with this IANA zone chosen, New York where none is given."""
    choices = dict(ZONES)
    if zone:
        choices.setdefault(zone, zone_label(zone))
    return select_input([option(label, value) for value, label in choices.items()], zone or "America/New_York")
