"""Which firm typed words name at their end: the same for what is typed and for a command that was offered."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from bot.router import Route
from bot.typed import words
from bot.typed.dates import someone_named
from bot.typed.tasks import step_named
from bot.typed.words import Ending
from flows import dates
from flows.ports import FirmSummary, Sighting
from flows.position import Position
from flows.roadmap import Pack
from flows.services import Services
from flows.trading_days import NYSE


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
    found = words.ending(said, sighting.firms, mentioned=mentioned, people=route.people or route.at_people)
    if sighting.known.admin and (" for " in f" {said} " or "@" in said):
        # Also where a firm of their own has that name: another one may have it, too.
        firms = await services.directory.all_firms(tenant)
        among_all = words.ending(said, firms, mentioned=mentioned, people=route.people or route.at_people)
        found = among_all if found is None or (among_all and among_all.whole) else found
    if found is None:
        return None
    return _in_free_text(found, sighting) if route.free_text else Meant(found.rest, found.said, found.firms)


def _in_free_text(found: Ending, sighting: Sighting) -> Meant | None:
    """A reason or a note may end in "for" and a firm's name, too, and would then be recorded of the wrong firm.

    A whole name is taken for the firm, also for the one that is meant anyway: the same words are recorded whichever
    firm somebody was in. For the beginning of one, both readings make sense: they are for the person to choose from,
    unless nothing else was said, or it is not a whole word.
    """
    meant = Meant(found.rest, found.said, found.firms)
    here = sighting.position
    if not found.rest or found.whole:
        return meant
    if here and [f.key for f in found.firms] == [here.key]:
        return None
    firms = tuple(f for f in found.firms if words.begins_with_words(f, found.said))
    return meant._replace(firms=firms, as_typed=True) if firms else None


def needs_firm(route: Route, sighting: Sighting, said: str) -> bool:
    """Whether a firm has to be meant, and none is. All of one's firms are meant only by those who have some."""
    if not route.firm or sighting.position is not None:
        return False
    return not (route.or_all and words.says_all(said) and (sighting.firms or sighting.known.admin))


def stranger(
    said: str, route: Route, pack: Pack, sighting: Sighting, today: date, mentions: Mapping[str, str]
) -> tuple[str, str]:
    """The words before a firm that they name and nobody knows, and its name; empty where none is named so.

    To be asked once a firm that is known was taken off the end. A task or step, what begins like one's title, an agent
    and what ends in a date is no firm: "for s1", "for production", "for Apex Clearing", "for next Friday"; where the
    command says so, nor is somebody of the firm that is meant: "for Lea".
    """
    if not route.strict:
        return said, ""
    if (alone := words.only_a_firm(said)) and not (route.at_people and said.startswith("@")):
        return "", alone
    before, name = words.named_last(said)
    if not name or not (sighting.firms or sighting.position):
        return said, ""
    if _is_of_roadmap(name, pack) or _is_agent(name, sighting.position) or _ends_in_date(name, today):
        return said, ""
    here = sighting.position
    if route.for_people and here and someone_named(name, mentions, here, sighting.known.person):
        return said, ""
    return before, name


def _is_of_roadmap(name: str, pack: Pack) -> bool:
    parts = [part.title for step in pack.steps for part in step.parts]
    titles = " ".join([*(task.title for task in pack.tasks.values()), *(step.title for step in pack.steps), *parts])
    first = re.split(r"\W", name.casefold(), maxsplit=1)[0]
    return first in {*pack.tasks, *re.findall(r"\w+", titles.casefold())} or step_named(pack, name) is not None


def _is_agent(name: str, position: Position | None) -> bool:
    known = [agent.name.casefold() for agent in position.agents] if position else []
    return any(agent.startswith(name.casefold()) or name.casefold().startswith(agent) for agent in known)


def _ends_in_date(name: str, today: date) -> bool:
    tokens = name.split()
    endings = [" ".join(tokens[n:]) for n in range(len(tokens))]
    return any(
        dates.read_due(e, today=today, calendar=NYSE) or dates.near(e, today=today, calendar=NYSE) for e in endings
    )
