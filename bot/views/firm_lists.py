"""Many firms from a list: the form for it, the look at what would come of it, and how far that is."""

from collections.abc import Mapping, Sequence

from bot.buttons import FirmListForm, OpenFirmList, SetUpListed, ShowFirms, ShowPortfolio
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    actions,
    button,
    clip,
    context,
    escape,
    field,
    file_input,
    literal,
    section,
    short_day,
    table,
    text_input,
)
from bot.views.room import MOST_TEXT, characters
from flows.firm_lists.reading import MOST_FIRMS, Row, Wrong
from flows.firm_lists.use_cases import Look, Made
from flows.firms import Refusal
from flows.history import counted
from flows.roadmap import Pack

KINDS = ("csv", "tsv", "txt")

PASTED = 3000
"""Characters that Slack takes in a field."""

SHOWN, ROW = 60, 120
"""Firms in the table of a look, and the characters that one may take: beside many lines that are wrong fewer fit."""

WRONG = 5_500
"""Characters for the lines that are wrong, each with all its faults; the table takes the rest of a message."""

BESIDE = 1_200
"""Characters for all else there is to say."""

NAME, WHY = 36, 900
SECTION = 2900

HEAD = ("Firm", "CRD", "Situation", "Lead, others", "Time zone", "Target")
SITUATIONS = {"new": "New", "reporting": "Reporting", "changing": "Changing"}

TEMPLATE = (
    "firm,crd,situation,lead,members,time zone,target,onboarding,small\n"
    '"Example Securities, LLC",123456,new,@lea,@ben;@ana,Eastern,2027-05-28,yes,yes\n'
)

STAYS = (
    "Firms that are set up stay: no undo takes them away. What is in them can be changed: `/cais firm settings`, "
    "`/cais firm members`."
)


def way_to_form() -> Message:
    """Where words were typed that cannot open a window by themselves."""
    text = "Press the button to hand over a list of firms."
    return Message(text, [section(text), actions(button("Hand a list over…", OpenFirmList(), style="primary"))])


def form(pack: Pack) -> Modal:
    """The form for a list, with lines to copy."""
    only = (
        f"Only `firm` is needed. *situation*: new, reporting or changing. *lead*, *members*: handles or member IDs, "
        f"with semicolons between; without a lead it is you. *onboarding*: {escape(pack.precheck.ask)} "
        f"*small*: {escape(pack.profile.ask)}"
    )
    return Modal(
        title="Firms from a list",
        submit="Look at it",
        carried=FirmListForm(),
        blocks=[
            section("A csv file, a line for each firm. Nothing is set up before you have seen what would come of it."),
            section(f"Copy these lines to begin with:\n```{escape(TEMPLATE.strip())}```"),
            context(only),
            field("file", "File", file_input(KINDS, 1), hint=f"Up to {MOST_FIRMS} firms.", optional=True),
            field(
                "text",
                "Or paste the lines",
                text_input(multiline=True, longest=PASTED),
                hint=f"Up to {PASTED:,} characters; longer lists come as a file.",
                optional=True,
            ),
        ],
    )


def on_its_way() -> Message:
    """The list is being read."""
    return Message("I read the list now. What would come of it is shown in our direct messages; nothing is set up yet.")


def look(looked: Look) -> Message:
    """What would be set up, what would not and why, and the button."""
    if looked.refused:
        again = actions(button("Hand a list over…", OpenFirmList()))
        return Message(escape(looked.refused), [section(f"⚠️ {escape(looked.refused)}"), again])
    found = looked.found
    named = [row for row in found.rows if row.name]  # the others were deleted meanwhile
    said = _said(len(named), len(found.wrong))
    blocks: list[Block] = [section(f"*{said}*")]
    wrong = _wrong_lines(found.wrong, "*These lines become no firm:*")
    if named:
        most = min(SHOWN, (MOST_TEXT - BESIDE - characters(wrong)) // ROW)
        rows = [_row(row, looked.names) for row in named[:most]]
        blocks.append(table([HEAD, *rows], wrapped=()))
        if len(named) > most:
            blocks.append(context(f"and {len(named) - most} more, down to line {named[-1].line}"))
    blocks += wrong
    if found.ignored:
        blocks.append(context(f"Columns I do not read: {literal(', '.join(found.ignored[:10]))}"))
    ways = [button("Hand a list over…", OpenFirmList())]
    if named:
        blocks.append(context(STAYS))
        go = f"Set up {counted(len(named), 'firm')}"
        ways.insert(0, button(go, SetUpListed(list=looked.list), style="primary"))
    if found.wrong:
        blocks.append(context("Hand a corrected list over as a whole: a firm that is there is not set up again."))
    return Message(f"{said} Nothing is set up yet.", [*blocks, actions(*ways)])


def _said(firms: int, wrong: int) -> str:
    lines = f"{counted(wrong, 'line')} cannot become one" if wrong else "no line is wrong"
    return f"{counted(firms, 'firm')} can be set up, {lines}."


def _row(row: Row, names: Mapping[str, str]) -> tuple[str, ...]:
    cells = (
        row.name,
        row.crd,
        SITUATIONS[row.situation],
        _first_and_more(list(dict.fromkeys((*(row.leads or ("",)), *row.members))), names),
        row.time_zone.rpartition("/")[2].replace("_", " "),
        short_day(row.target) if row.target else "",
    )
    return tuple(clip(cell, NAME) for cell in cells)


def _first_and_more(people: Sequence[str], names: Mapping[str, str]) -> str:
    """Where there is little room; an empty id is whoever looks."""
    first = names.get(people[0]) or "somebody" if people[0] else "you"
    return first + (f" +{len(people) - 1}" if len(people) > 1 else "")


def _wrong_lines(wrong: Sequence[Wrong], heading: str) -> list[Block]:
    if not wrong:
        return []
    lines, used = [heading], 0
    for nth, each in enumerate(wrong):
        line = _wrong_line(each)
        used += len(line)
        if used > WRONG:
            lines.append(f"and {counted(len(wrong) - nth, 'more line')}")
            break
        lines.append(line)
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) > SECTION:
            texts.append("")
        texts[-1] += f"{line}\n"
    return [section(text.strip()) for text in texts]


def _wrong_line(wrong: Wrong) -> str:
    name = f", {literal(clip(wrong.firm, NAME))}" if wrong.firm else ""
    return f"• Line {wrong.line}{name}: {escape(clip(wrong.why, WHY))}"


def under_way(firms: int) -> Message:
    """It was begun."""
    return Message(f"⏳ Setting up {counted(firms, 'firm')}. This message says how far it is.")


def made(made: Made) -> Message:
    """How far it is, and at its end what there is now."""
    rows, failed = made.look.found.rows, made.failed
    if not made.over:
        return Message(f"⏳ {made.upto} of {counted(len(rows), 'firm')} seen to.")
    there = sum(bool(row.name) for row in rows) - len(failed)
    said = f"{counted(there, 'firm')} {'is' if there == 1 else 'are'} set up." if there else "No firm was set up."
    blocks = [section(f"{'✅ ' if there else ''}*{said}*"), *_wrong_lines(failed, "*These became none after all:*")]
    ways = actions(
        button("All my firms", ShowFirms()), button("Summary", ShowPortfolio(), says="Summary of all my firms")
    )
    leads = "Leads are not told by themselves: say so to them, or `/cais summary all` shows you who has begun."
    return Message(said, [*blocks, context(leads), ways])


def stopped(refusal: Refusal) -> Message:
    """It could not go on."""
    return Message(f"⚠️ {escape(refusal.sentence)} What was set up before that is there.")
