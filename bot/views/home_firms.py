"""All firms of a person on their Home: the worst first, with filters and pages."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.actions import pack
from bot.buttons import OpenNudge, PickHomePage, ShowHome, ShowNext
from bot.surfaces import Block, Home
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    header,
    literal,
    option,
    section,
    select,
    short_day,
)
from bot.views.home import READING
from bot.views.portfolio import LABELS, NONE, first_words, how_far
from bot.views.scene import Scene
from bot.views.summaries import NAMED, progress_bar, waits_for
from bot.views.tasks import NOTHING, Top
from flows.summaries.portfolio import FILTERS, Filter
from flows.summaries.standing import Standing

ON_A_PAGE = 12
MOST_OPTIONS = 100
"""In a select (Slack's limit)."""
WIDE = 120


class Page(NamedTuple):
    """Some of the firms that a filter leaves."""

    firms: Sequence[tuple[Scene, Standing]]
    wanted: Filter
    page: int
    last: int
    counts: Mapping[Filter, int]
    unread: int = 0
    nudges: bool = False
    """Whether there is anything here that this person may nudge others about."""
    own: bool = True
    """See `home.Today`."""


def place(wanted: Filter, page: int) -> str:
    """How a page is named where Home is to be drawn anew on it."""
    return f"{wanted}:{page}"


def firms(page: Page, *, top: Top = NOTHING) -> Home:
    """One page."""
    nudge = button("Nudge owners…", OpenNudge(only=page.wanted), says="Nudge owners of what these firms have to do")
    blocks: list[Block] = [
        actions(button("Back to my tasks", ShowHome()), *([nudge] if page.nudges else [])),
        *top.blocks,
        header(f"{'My firms' if page.own else 'Firms here'} ({page.counts['all']})"),
        actions(*(_filter(each, page) for each in FILTERS)),
        context(_heading(page)),
    ]
    for scene, standing in page.firms:
        blocks.append(_firm(scene, standing))
    if not page.firms:
        blocks.append(section(NONE[page.wanted]))
    if ways := _pages(page):
        blocks.append(actions(*ways, block_id=pack(PickHomePage(only=page.wanted))))
    if page.unread:
        blocks.append(context(READING.format(count=page.unread)))
    return Home(blocks, place(page.wanted, page.page))


def _filter(each: Filter, page: Page) -> Element:
    label = f"{LABELS[each]} ({page.counts[each]})"
    shown = each == page.wanted
    says = f"{label}, shown now" if shown else f"{label}: show these firms"
    return button(label, ShowHome(only=each), style="primary" if shown else None, says=says)


def _heading(page: Page) -> str:
    found = page.counts[page.wanted]
    first = page.page * ON_A_PAGE
    where = f"Firms {first + 1} to {first + len(page.firms)} of {found} · " if page.last else ""
    moved = any(scene.practice for scene, _ in page.firms)
    practice = " · *Practice run: the clock is moved*" if moved else ""
    return f"{where}What needs {'you' if page.own else 'somebody'} most comes first{practice}"


def _firm(scene: Scene, standing: Standing) -> Block:
    bar = progress_bar(scene.walk)
    far = f"{bar} {how_far(standing)}" if bar else how_far(standing)
    lines = [f"*{literal(clip(standing.name, WIDE))}* · {literal(far)}", literal(clip(first_words(standing), WIDE))]
    if rest := _rest(standing):
        lines.append(" · ".join(rest))
    way = None if standing.ended else button("Next task", scene.carry(ShowNext), says=f"Next task of {standing.name}")
    return section("\n".join(lines), accessory=way)


def _rest(standing: Standing) -> list[str]:
    """Whose the first task is, the next date, and who is waited for longest."""
    said = []
    if standing.matters and not standing.first_yearly:
        owner = standing.matters[0].owner
        said.append(f"👤 {literal(clip(owner.name, WIDE))}" if owner else "👤 nobody yet")
    if standing.next_date and standing.next_date >= standing.today:
        said.append(f"🗓️ {short_day(standing.next_date)}")
    waits = [m for m in standing.having("waiting") if m.whom]
    named = [literal(waits_for(m, standing.today, WIDE)) for m in waits[:NAMED]]
    more = len(waits) - len(named)
    if named:
        said.append(f"⏳ {', '.join(named)}{f' and {more} more' if more > 0 else ''}")
    return said


def _pages(page: Page) -> list[Element]:
    ways = []
    if page.page > 0:
        ways.append(button("Previous page", ShowHome(only=page.wanted, page=page.page - 1)))
    if page.page < page.last:
        ways.append(button("Next page", ShowHome(only=page.wanted, page=page.page + 1)))
    if page.last > 1:
        ways.append(select(f"Page {page.page + 1} of {page.last + 1}", PickHomePage, _every_page(page)))
    return ways


def _every_page(page: Page) -> list[Element]:
    """Each page, and of more than a select holds as many, evenly, the first and the last among them."""
    found, options = page.counts[page.wanted], min(page.last + 1, MOST_OPTIONS)
    pages = [n * page.last // (options - 1) for n in range(options)]
    return [
        option(f"Page {n + 1}: firms {n * ON_A_PAGE + 1:,} to {min((n + 1) * ON_A_PAGE, found):,}", str(n))
        for n in pages
    ]
