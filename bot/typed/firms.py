"""Which firm typed words name at their end: the same for what is typed and for a command that was offered."""

from collections.abc import Sequence

from bot.router import Route
from bot.typed import words
from flows.ports import FirmSummary, Sighting
from flows.services import Services


async def named_firm(
    services: Services, tenant: str, sighting: Sighting, route: Route, said: str
) -> tuple[str, FirmSummary] | None:
    """The words without the firm, and the firm; None where none is named, or the words are to be kept as they are.

    A workspace admin reaches every firm by its name. Raises nothing: whoever may not see a firm cannot name it.
    """
    if not said or not (route.firm or route.free_text):
        return None
    found = _named(said, sighting.firms, route)
    if found is None and sighting.known.admin and (" for " in f" {said} " or "@" in said):
        found = _named(said, await services.directory.all_firms(tenant), route)
    if found is None or not route.free_text:
        return found
    here = sighting.position
    return None if here and here.key == found[1].key else found


def _named(said: str, firms: Sequence[FirmSummary], route: Route) -> tuple[str, FirmSummary] | None:
    return words.named_firm(said, firms, whole=route.free_text)
