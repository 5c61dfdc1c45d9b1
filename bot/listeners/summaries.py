"""Hears who wants to know where firms stand: one of them, or all that the person may see, the worst first."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot.buttons import OpenSummaries, PickSummary, ShowPortfolio, ShowSummary
from bot.listeners import posted
from bot.listeners.firms import in_reach, reachable, strange
from bot.listeners.posted import OFTEN
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Message, Replace, Say
from bot.typed import words
from bot.views import firms as firm_views
from bot.views import help as help_views
from bot.views import portfolio, summaries
from bot.views.help import Offer
from flows.ports import FirmSummary
from flows.position import Position
from flows.services import Services
from flows.summaries.portfolio import FILTERS, Filter
from flows.summaries.use_cases import MOST_FIRMS

MEANT: dict[str, Filter] = {
    "all": "all",
    "late": "past",
    "past": "past",
    "past a date": "past",
    "waiting": "waiting",
    "no owner": "no_owner",
    "nobody": "no_owner",
    "this week": "soon",
    "week": "soon",
    "next 7 days": "soon",
}
"""What is typed after `summary`, and the filter it stands for."""

OFF = "off"

ALIKE = {
    "weekly": re.compile(r"week|month|quarter|(mon|tues|wednes|thurs|fri|satur|sun)day"),
    "daily": re.compile(r"\bdays?\b|everyday|morning|evening|hour"),
    "post": re.compile(r"\b(now|here|once|share|send|publish)\b"),
    "late": re.compile(r"overdue|behind|missed"),
    OFF: re.compile(r"\b(stop|end|remove|delete|cancel|none|never)\b"),
}
"""What somebody may type instead of these words; it is offered, and never done."""

CAN_BE_TYPED = (
    "In a channel, `summary weekly` and `summary daily` have it posted there, `summary post` once, and `summary off` "
    "stops it. `summary all`, `late`, `waiting`, `no owner` and `this week` show your firms."
)


def register(router: Router) -> None:
    """What is heard here."""
    router.command("summary", firm=False, named=True)(summarize)
    router.action(ShowSummary)(turn_to_one)
    router.action(ShowPortfolio, firm=False)(turn_to_many)
    router.action(PickSummary, firm=False)(pick)
    router.action(OpenSummaries, firm=False)(open_for_one)


async def summarize(heard: Heard, services: Services) -> Answer:
    """`/cais summary`: the firm that is meant, or all where none is; with a filter's word, those it leaves."""
    said, position = heard.words.strip(), heard.sighting.position
    firms = await in_reach(heard, services)
    if stranger := words.only_a_firm(said) or words.only_a_firm(said.partition(" ")[2]):
        return strange(stranger, firms, f"summary {'' if words.only_a_firm(said) else said.partition(' ')[0]}".strip())
    first, _, rest = said.casefold().partition(" ")
    if first in (*OFTEN, OFF) and rest.strip() in ("", "all"):
        return await _post(heard, services, first, position, every_firm=bool(rest))
    if said:
        wanted = MEANT.get(" ".join(said.casefold().removeprefix("all ").split()))
        return Say(await many(heard, services, wanted)) if wanted else _unknown(heard, said, firms)
    if position:
        return Say(await one(heard, services, position))
    return Say(await many(heard, services, "all"))


async def _post(heard: Heard, services: Services, word: str, position: Position | None, *, every_firm: bool) -> Answer:
    if position is None and not every_firm:
        if not heard.sighting.firms:
            return Say(firm_views.firm_list((), (), ""))
        return Say(firm_views.picker(heard.sighting.firms, f"summary {word}"))
    if every_firm:
        position = None
    if word == OFF:
        return await posted.turn_off(heard, services, position)
    if position is None:
        return await posted.look(heard, services, word)
    return await posted.set_up(heard, services, [position.key], OFTEN[word])


async def open_for_one(heard: Heard, carried: OpenSummaries, services: Services) -> Answer:
    """*Open* in a channel: for whoever pressed it alone, while what stands there stays."""
    if carried.firm and heard.sighting.position:
        return Say(await one(heard, services, heard.firm))
    return Say(await many(heard, services, "all"))


async def turn_to_one(heard: Heard, carried: ShowSummary, services: Services) -> Answer:
    """*Summary*."""
    return Replace(await one(heard, services, heard.firm))


async def turn_to_many(heard: Heard, carried: ShowPortfolio, services: Services) -> Answer:
    """A filter, *Next page*, *Previous page*, *All my firms*."""
    wanted: Filter = next((f for f in FILTERS if f == carried.only), "all")
    return Replace(await many(heard, services, wanted, carried.page))


async def pick(heard: Heard, carried: PickSummary, services: Services) -> Answer:
    """One of the firms on the page."""
    position = await reachable(heard, services, "".join(heard.chosen[:1]))
    return Replace(await one(heard, services, position))


async def one(heard: Heard, services: Services, position: Position) -> Message:
    changes = await services.summaries.lately(position, heard.who)
    several = len(heard.sighting.firms) > 1 or heard.who.admin
    scene = scene_for(heard, services, position)
    return summaries.one(scene, services.summaries.of(position), changes, several=several)


async def many(heard: Heard, services: Services, wanted: Filter, page: int = 0) -> Message:
    firms = await in_reach(heard, services)
    if not firms:
        return firm_views.firm_list((), (), "")
    # A workspace admin's own firms are among those that are compared, however many others there are.
    own = {f.key for f in heard.sighting.firms}
    keys = sorted((f.key for f in firms), key=lambda key: key not in own)
    standings = await services.summaries.beside(keys, heard.who)
    left_out = max(0, len(keys) - MOST_FIRMS)
    return portfolio.many(standings, wanted, page, left_out=left_out, practice=services.practice)


def _unknown(heard: Heard, said: str, firms: Sequence[FirmSummary]) -> Answer:
    position = heard.sighting.position
    firm = position.key.firm if position else ""
    offered = _of_firms(said, firms) or [Offer(f"summary {word}", f"summary {word}", firm) for word in _near(said)]
    return Say(help_views.unknown(f"summary {said}", offered, firm, ways=CAN_BE_TYPED))


def _of_firms(said: str, firms: Sequence[FirmSummary]) -> Sequence[Offer]:
    """Where a firm is named without `for`, behind how often or alone."""
    first, _, rest = said.partition(" ")
    often, name = (f"summary {first.casefold()}", rest) if first.casefold() in (*OFTEN, OFF) else ("summary", said)
    return [Offer(f"{often} for {f.name}", often, f.key.firm, as_typed=True) for f in words.called(name, firms)[:3]]


def _near(said: str) -> Sequence[str]:
    """What may have been meant: a word that is spelled nearly so, else one that means the like.

    Who wants it to end is never offered that it comes.
    """
    plain = " ".join(re.findall(r"[a-z0-9]+", said.casefold()))
    if OFF in plain.split() or ALIKE[OFF].search(plain):
        return [OFF]
    known = [*MEANT, *OFTEN, OFF]
    close = get_close_matches(plain, known, n=3, cutoff=words.CUT_OFF)
    first = [word for each in plain.split() for word in get_close_matches(each, known, n=1, cutoff=words.CUT_OFF)]
    alike = [word for word, others in ALIKE.items() if others.search(plain)]
    return list(dict.fromkeys(close or first or alike))[:3]
