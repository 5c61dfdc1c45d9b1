"""The firm's own dates as pages of a list, in the order they fall: the first one shown has what is near today."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.buttons import ShowDates
from bot.surfaces import Block
from bot.views.blocks import SECTION, Element, button, day, section
from bot.views.dated import Coming, date_words, near
from bot.views.scene import Scene
from flows.history import counted

ON_A_PAGE = 20
PASSED_FIRST = 5
"""Dates that have passed before those to come on the first page; more where there is room."""


class Page(NamedTuple):
    """The dates shown, and how many there are before and after them. `number` is 0 for those near today."""

    dates: Sequence[Coming]
    earlier: int
    later: int
    number: int


def page_of(scene: Scene, dates: Sequence[Coming], number: int) -> Page:
    """The page of that number; the one near today where an old button asks for one that is there no more."""
    begin = near([one.on for one in dates], scene.today, ON_A_PAGE, PASSED_FIRST) + number * ON_A_PAGE
    first, end = max(0, begin), max(0, begin + ON_A_PAGE)
    if number and not dates[first:end]:
        return page_of(scene, dates, 0)
    return Page(dates[first:end], first, max(0, len(dates) - end), number)


def lines(scene: Scene, page: Page) -> list[str]:
    """A line for each date of a page, and what comes before and after it."""
    before = [f"🗓️ {counted(page.earlier, 'earlier date')}: *Earlier*, below"] if page.earlier else []
    after = [f"🗓️ and {counted(page.later, 'later date')}: *Later*, below"] if page.later else []
    return [*before, *(f"🗓️ {_listed(scene, one)}: {one.what}" for one in page.dates), *after]


def _listed(scene: Scene, one: Coming) -> str:
    """A day of the list; when one still to come ends is said where it is set."""
    return date_words(scene, one.on) if one.on < scene.today else day(one.on)


def sections(texts: Sequence[str]) -> list[Block]:
    """Lines in as few sections as Slack takes them in, none of them cut."""
    filled: list[str] = []
    for text in texts:
        if filled and len(filled[-1]) + 1 + len(text) <= SECTION:
            filled[-1] = f"{filled[-1]}\n{text}"
        else:
            filled.append(text)
    return [section(text) for text in filled]


def ways(scene: Scene, page: Page) -> list[Element]:
    """To the pages before and after this one."""
    found = []
    if page.earlier:
        earlier = scene.carry(ShowDates, page=page.number - 1)
        found.append(button("Earlier", earlier, says=f"Earlier: {counted(page.earlier, 'date')} of your own"))
    if page.later:
        later = scene.carry(ShowDates, page=page.number + 1)
        found.append(button("Later", later, says=f"Later: {counted(page.later, 'date')} of your own"))
    return found
