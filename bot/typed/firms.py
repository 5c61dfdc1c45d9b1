"""Which firm typed words name at their end: the same for what is typed and for a command that was offered."""

from collections.abc import Collection
from typing import NamedTuple

from bot.router import Route
from bot.typed import words
from bot.typed.words import Ending
from flows.ports import FirmSummary, Sighting
from flows.services import Services


class Meant(NamedTuple):
    """The words without the firm, what was said of it, and which it may be: one, or several to choose from."""

    rest: str
    said: str
    firms: tuple[FirmSummary, ...]
    as_typed: bool = False
    """The words may as well be kept as they were typed, and name no firm."""

    @property
    def firm(self) -> FirmSummary | None:
        """The firm that is certainly meant; None where it has to be asked."""
        return self.firms[0] if len(self.firms) == 1 and not self.as_typed else None


async def meant_firm(
    services: Services, tenant: str, sighting: Sighting, route: Route, said: str, mentioned: Collection[str] = ()
) -> Meant | None:
    """What the end of the words says about the firm; None where it says nothing. `mentioned`: people, in lower case.

    A workspace admin reaches every firm by its name. Raises nothing: whoever may not see a firm cannot name it.
    """
    if not said or not route.takes_firm:
        return None
    found = words.ending(said, sighting.firms, mentioned=mentioned, people=route.people)
    if sighting.known.admin and not (found and found.whole) and (" for " in f" {said} " or "@" in said):
        firms = await services.directory.all_firms(tenant)
        among_all = words.ending(said, firms, mentioned=mentioned, people=route.people)
        found = among_all if found is None or (among_all and among_all.whole) else found
    if found is None:
        return None
    return _in_free_text(found, sighting) if route.free_text else Meant(found.rest, found.said, found.firms)


def _in_free_text(found: Ending, sighting: Sighting) -> Meant | None:
    """A reason or a note may end in "for" and a firm's name, too, and would then be recorded of the wrong firm.

    A whole name is taken for the firm. For the beginning of one, both readings make sense: they are for the person to
    choose from, unless nothing else was said, or it is not a whole word.
    """
    meant = Meant(found.rest, found.said, found.firms)
    here = sighting.position
    if not found.rest:
        return meant
    if here and [f.key for f in found.firms] == [here.key]:
        return None
    if found.whole:
        return meant
    firms = tuple(f for f in found.firms if words.begins_with_words(f, found.said))
    return meant._replace(firms=firms, as_typed=True) if firms else None
