"""Many firms beside each other: one line each in a table, the worst first, page by page, and a filter above it."""

from collections.abc import Sequence
from typing import NamedTuple

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
from bot.views.room import MOST_IN_TABLE, MOST_TEXT, characters
from bot.views.summaries import date_cell, waits_for
from flows.history import SITUATIONS, counted
from flows.summaries.portfolio import FILTERS, Filter, counts, only
from flows.summaries.standing import Matter, Standing

ROWS = 20
"""Firms on a page, of more than are shown at once."""

AT_ONCE = 50
"""Firms that are shown at once, as long as Slack takes what there is to say of them: more would be hard to read."""

BESIDE = 600
"""Characters that the words and buttons around the table, and its menu, may take."""

LABELS: dict[Filter, str] = {
    "all": "All",
    "past": "Past a date",
    "waiting": "Waiting",
    "no_owner": "No owner",
    "soon": "Next 7 days",
}

HEAD = ("Firm", "Done", "Look at first", "Owner", "Next date", "Waiting for")
NAME, WIDE, NARROW = 40, 70, 40


class Widths(NamedTuple):
    """Characters in a cell: of a firm's name, of what is to be done and who is waited for, and of an owner's name."""

    name: int
    wide: int
    narrow: int


AS_USUAL = Widths(NAME, WIDE, NARROW)
SHORTER = (AS_USUAL, Widths(30, 44, 24), Widths(24, 32, 16))
"""Rather shorter cells than pages."""


def many(
    standings: Sequence[Standing], wanted: Filter, page: int = 0, *, left_out: int = 0, practice: bool = False
) -> Message:
    """One page of these firms, which come with the worst first. `left_out`: firms beyond those that are compared."""
    found = only(standings, wanted)
    whole = at_once(found, MOST_TEXT - BESIDE - characters(_menu(found[:AT_ONCE]))) if found else None
    last = 0 if whole else max(0, (len(found) - 1) // ROWS)
    page = min(max(page, 0), last)
    shown = found if whole else found[page * ROWS : (page + 1) * ROWS]
    how_many = counts(standings)
    blocks: list[Block] = [
        header(f"Summary of {len(standings)} {'firm' if len(standings) == 1 else 'firms'}"),
        context(_heading(found, wanted, page, last, practice=practice)),
        actions(*(_filter(f, wanted, how_many[f]) for f in FILTERS)),
    ]
    blocks += [whole or of_firms(shown), _menu(shown)] if shown else [section(NONE[wanted])]
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


def at_once(firms: Sequence[Standing], room: int) -> Block | None:
    """The table with all of these firms; None where they are too many for one, or for so many characters."""
    if len(firms) > AT_ONCE:
        return None
    tables = (of_firms(firms, widths) for widths in SHORTER)
    return next((t for t in tables if characters(t) <= min(room, MOST_IN_TABLE)), None)


def of_firms(firms: Sequence[Standing], widths: Widths = AS_USUAL) -> Block:
    """The table with a line for each of these firms."""
    return table([HEAD, *(_row(firm, widths) for firm in firms)], wrapped=(2, 5))


def _row(firm: Standing, widths: Widths) -> tuple[str, ...]:
    worst = firm.matters[0] if firm.matters else None
    waits = [m for m in firm.having("waiting") if m.whom]
    whom = waits_for(waits[0], firm.today, widths.wide) if waits else ""
    more = f" and {len(waits) - 1} more" if len(waits) > 1 else ""
    return (
        clip(firm.name, widths.name),
        clip(how_far(firm), widths.narrow),
        clip(first_words(firm), widths.wide),
        clip(_owner(worst, "Nobody yet") if worst and not firm.first_yearly else "", widths.narrow),
        date_cell(firm.next_date, firm.today),
        whom + more,
    )


def _owner(worst: Matter, nobody: str) -> str:
    return worst.owner.name if worst.owner else nobody


def how_far(firm: Standing) -> str:
    """`3 of 12`; an end without the tasks has a name instead."""
    outcome = firm.walk.outcome
    if outcome and outcome.when is not None:
        return clip(outcome.title, NARROW)
    return f"{firm.walk.done} of {firm.walk.total}"


def first_words(firm: Standing) -> str:
    """What to look at first in this firm, in a few words."""
    tasks, yearly = firm.having("past"), firm.yearly_having("past")
    past, first = len(tasks) + len(yearly), firm.first_yearly
    if past > 1:
        what = "of its dates have passed" if yearly else "tasks past their date"
        return f"{past} {what}, first: {f'{first.name} (every year)' if first else firm.matters[0].item.title}"
    if firm.target_passed and not past:
        return "Its target has passed"
    if first:
        return f"{'Past its date' if past else 'Due soon'}: {first.name} (every year)"
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
    first = "; ".join(map(_aloud, shown[:3]))
    if not shown:
        return f"Summary of {firms}: {told}. {NONE[wanted]}"
    return f"Summary of {firms}: {told}. First: {first}."


def _aloud(firm: Standing) -> str:
    """What the table says of a firm, without whom it waits for."""
    said = [literal(clip(first_words(firm), NARROW))]
    if firm.matters and not firm.first_yearly:
        said.append(f"owner {literal(_owner(firm.matters[0], 'nobody yet'))}")
    if firm.next_date or not firm.ended:
        said.append(f"next date {date_cell(firm.next_date, firm.today)}" if firm.next_date else "no date is set")
    return f"{literal(firm.name)}: {', '.join(said)}"


_PLAINLY: dict[Filter, str] = {
    "past": "past a date",
    "waiting": "waiting",
    "no_owner": "with a task that is nobody's",
    "soon": "with a date in the next 7 days",
}
