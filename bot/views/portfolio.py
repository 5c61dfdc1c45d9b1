"""Many firms beside each other: one line each in a table, the worst first, page by page, and a filter above it."""

from collections.abc import Sequence

from bot.buttons import PickSummary, ShowPortfolio
from bot.surfaces import Block, Message
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    header,
    literal,
    menu,
    option,
    section,
    table,
)
from bot.views.summaries import near_day, waits_for
from flows.history import SITUATIONS, counted
from flows.summaries.portfolio import FILTERS, Filter, counts, only
from flows.summaries.standing import Standing

ROWS = 20
"""Firms on a page: with their cells well below the characters that Slack takes in a table."""

LABELS: dict[Filter, str] = {
    "all": "All",
    "past": "Past a date",
    "waiting": "Waiting",
    "no_owner": "No owner",
    "soon": "Next 7 days",
}

HEAD = ("Firm", "Done", "Look at first", "Owner", "Next date", "Waiting for")
NAME, WIDE, NARROW = 40, 70, 40


def many(
    standings: Sequence[Standing], wanted: Filter, page: int = 0, *, left_out: int = 0, practice: bool = False
) -> Message:
    """One page of these firms, which come with the worst first. `left_out`: firms beyond those that are compared."""
    found = only(standings, wanted)
    last = max(0, (len(found) - 1) // ROWS)
    page = min(max(page, 0), last)
    shown = found[page * ROWS : (page + 1) * ROWS]
    how_many = counts(standings)
    blocks: list[Block] = [
        header(f"Summary of {len(standings)} {'firm' if len(standings) == 1 else 'firms'}"),
        context(_heading(found, wanted, page, last, practice=practice)),
        actions(*(_filter(f, wanted, how_many[f]) for f in FILTERS)),
    ]
    blocks += [table([HEAD, *map(row, shown)], wrapped=(2, 5)), _menu(shown)] if shown else [section(NONE[wanted])]
    if last:
        blocks.append(actions(*_pages(wanted, page, last)))
    if left_out:
        blocks.append(
            context(f"{left_out} more firms are not compared here; `/cais summary for` and a name shows one.")
        )
    return Message(in_words(standings, shown, wanted), blocks)


def _heading(found: Sequence[Standing], wanted: Filter, page: int, last: int, *, practice: bool) -> str:
    what = "all firms" if wanted == "all" else f"firms with: {LABELS[wanted].casefold()}"
    where = f", {page * ROWS + 1} to {min((page + 1) * ROWS, len(found))} of {len(found)}" if last else ""
    moved = " · *Practice run: the clock is moved*" if practice else ""
    return f"{what[0].upper()}{what[1:]}{where} · what needs you most comes first{moved}"


def _filter(each: Filter, wanted: Filter, count: int) -> Element:
    label = f"{LABELS[each]} ({count})"
    style = {"style": "primary"} if each == wanted else {}
    says = f"{label}, shown now" if each == wanted else f"{label}: show these firms"
    return {**button(label, ShowPortfolio(only=each), says=says), **style}


def row(firm: Standing) -> tuple[str, ...]:
    """One firm in the table."""
    worst = firm.matters[0] if firm.matters else None
    waits = [m for m in firm.having("waiting") if m.whom]
    whom = waits_for(waits[0], firm.today) if waits else ""
    more = f" and {len(waits) - 1} more" if len(waits) > 1 else ""
    owner = (worst.owner.name if worst.owner else "Nobody yet") if worst else ""
    return (
        clip(firm.name, NAME),
        how_far(firm),
        clip(first_words(firm), WIDE),
        clip(owner, NARROW),
        near_day(firm.next_date, firm.today) if firm.next_date else "",
        clip(whom, WIDE) + more,
    )


def how_far(firm: Standing) -> str:
    """`3 of 12`; an end without the tasks has a name instead."""
    outcome = firm.walk.outcome
    if outcome and outcome.when is not None:
        return clip(outcome.title, NARROW)
    return f"{firm.walk.done} of {firm.walk.total}"


def first_words(firm: Standing) -> str:
    """What to look at first in this firm, in a few words."""
    past = len(firm.having("past"))
    if past > 1:
        return f"{past} tasks past their date, first: {firm.matters[0].item.title}"
    if firm.target_passed and not past:
        return "Its target has passed"
    if not firm.matters and firm.to_review:
        return f"{counted(firm.to_review, 'task')} to be reviewed"
    if not firm.matters:
        # An end with a name of its own has it beside this already: `how_far`.
        outcome = firm.walk.outcome
        return outcome.title if outcome and outcome.when is None else "Nothing pressing"
    worst = firm.matters[0]
    if not firm.walk.done and not firm.concerns - {"no_owner"}:
        # Where many have not begun, they begin with the same task, and the situation is what tells them apart.
        return f"Not begun: {SITUATIONS[firm.position.situation]}"
    said = "Past its date: " if past else "Due soon: " if "soon" in worst.concerns else ""
    return f"{said}{worst.item.title}"


def _menu(shown: Sequence[Standing]) -> Block:
    options = [option(s.name, s.key.firm) for s in shown]
    return menu("Open a firm's summary", PickSummary(), options)


def _pages(wanted: Filter, page: int, last: int) -> list[Element]:
    ways = []
    if page > 0:
        ways.append(button("Previous page", ShowPortfolio(only=wanted, page=page - 1)))
    if page < last:
        ways.append(button("Next page", ShowPortfolio(only=wanted, page=page + 1)))
    return ways


NONE: dict[Filter, str] = {
    "all": "There is no firm to show.",
    "past": "No firm has a date of its own that has passed.",
    "waiting": "No firm waits for anybody.",
    "no_owner": "Every task that can be worked on has an owner.",
    "soon": "No firm has a date in the next 7 days.",
}
"""Where a filter leaves no firm."""


def in_words(standings: Sequence[Standing], shown: Sequence[Standing], wanted: Filter = "all") -> str:
    """How many there are of each kind, and the first of those shown, to be read aloud."""
    how_many = counts(standings)
    told = ", ".join(f"{how_many[f]} {_PLAINLY[f]}" for f in FILTERS if f != "all")
    firms = f"{len(standings)} {'firm' if len(standings) == 1 else 'firms'}"
    first = "; ".join(f"{literal(s.name)}: {literal(clip(first_words(s), NARROW))}" for s in shown[:3])
    if not shown:
        return f"Summary of {firms}: {told}. {NONE[wanted]}"
    return f"Summary of {firms}: {told}. First: {first}."


_PLAINLY: dict[Filter, str] = {
    "past": "past a date",
    "waiting": "waiting",
    "no_owner": "with a task that is nobody's",
    "soon": "with a date in the next 7 days",
}
