"""Tells firms of one name apart, by who leads them and since when they are here."""

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from bot.views.naming import led_by
from flows.naming import compared
from flows.ports import FirmSummary
from flows.services import Services

MOST = 20
"""Firms of one name that are looked up; more are told apart by nothing."""


async def told_apart(firms: Sequence[FirmSummary], services: Services) -> Sequence[FirmSummary]:
    """The same firms, in reach of whoever asks; those that share a name with what tells them apart."""
    names = Counter(compared(firm.name) for firm in firms)
    shared = [firm.key for firm in firms if names[compared(firm.name)] > 1][:MOST]
    if not shared:
        return firms
    found = {position.key: position for position in await services.events.positions(shared)}
    return [replace(firm, apart=led_by(found[firm.key])) if firm.key in found else firm for firm in firms]
