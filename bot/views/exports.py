"""A record as a file: what there is to choose, that it is being made, and the message that comes with the file."""

from collections.abc import Sequence
from datetime import date

from bot.buttons import ExportRecord, ShowNext
from bot.surfaces import Block, Message
from bot.views.blocks import Element, actions, button, context, literal, section, short_day
from bot.views.scene import Scene, banner
from flows.events import FirmKey
from flows.exports.record import OF_ONE, Export, Format
from flows.firms import Refusal
from flows.history import bytes_in_words, counted
from flows.position import Position

ABOUT: dict[Format, str] = {
    "xlsx": "every table on a sheet of its own, with filters",
    "csv": "the same tables for any spreadsheet, in one zip",
    "ics": "the firm's own dates for a calendar, with reminders; newer files revise the same entries",
    "json": "the whole record, entry by entry; whoever runs the app can read it back in",
    "packet": "for an examiner: pages to read, the record, and how to check offline that nothing was changed",
    "canvas": "the roadmap as a checklist in Slack itself, as it is now; where your plan has canvases",
}
LABELS: dict[Format, str] = {
    "xlsx": "Excel workbook",
    "csv": "CSV tables",
    "ics": "Calendar file",
    "json": "JSON document",
    "packet": "Examiner packet",
    "canvas": "Canvas",
}
INSTEAD: tuple[Format, ...] = ("xlsx", "packet")
"""To read and to hand on, where there can be no canvas."""

SOON = "being made. It comes in our direct messages within a minute."
ONLY = "For you alone. It holds what you may read in the firm, so keep it as you would the record itself."


def choice(scene: Scene, firms: int) -> Message:
    """The formats, for this firm, and for all of the person's where there are more."""
    name = literal(scene.position.name)
    told = "\n".join(f"• *{LABELS[f]}*: {about}" for f, about in ABOUT.items())
    blocks = [
        section(f"*Export the record*\nWhich file do you want? It comes in our direct messages.\n\n{told}"),
        actions(*_buttons(scene, every=False)),
    ]
    if firms > 1:
        blocks += [context(f"The same of all {firms:,} firms you can see, in one file:")]
        blocks += [actions(*_buttons(scene, every=True))]
    blocks += [actions(button("Next", scene.carry(ShowNext))), banner(scene)]
    formats = ", ".join(LABELS.values())
    return Message(f"Export the record of {name}. Choose a file: {formats}.", blocks)


def _buttons(scene: Scene, *, every: bool) -> list[Element]:
    formats = [f for f in LABELS if not (every and f in OF_ONE)]
    whose = "all firms" if every else scene.position.name
    return [
        button(
            f"All: {LABELS[f]}" if every else LABELS[f],
            scene.carry(ExportRecord, format=f, every=every),
            says=f"{LABELS[f]} of {whose}",
        )
        for f in formats
    ]


def begun(scene: Scene, format_: Format) -> Message:
    """It is being made."""
    text = f"{LABELS[format_]} of {literal(scene.position.name)}: {SOON}"
    return Message(text, [section(text), banner(scene)])


def begun_of_all(format_: Format, firms: int) -> Message:
    """One file of all of them is being made."""
    text = f"{LABELS[format_]} of {'all ' if firms > 1 else ''}{counted(firms, 'firm')} you can see: {SOON}"
    return Message(text, [section(text)])


def making(whose: str, format_: Format, doing: str = "") -> Message:
    """In the direct messages, while it is made."""
    text = f"⏳ *{LABELS[format_]}* of {literal(whose)}: {literal(doing) or 'reading the record'} …"
    return Message(text, [section(text)])


def made(whose: str, export: Export, made_on: date, size: int, digest: str, remarks: tuple[str, ...]) -> Message:
    """In the direct messages, above the file."""
    heads = [firm.rows[-1] for firm in export.firms]
    head = f"\nHead of the chain, after {heads[0].sequence:,} entries: `{heads[0].hash}`" if len(heads) == 1 else ""
    said = "".join(f"\n{literal(remark)}" for remark in remarks)
    text = f"✅ *{LABELS[export.format]}* of {literal(whose)}, {short_day(made_on)}: the file is below."
    facts = f"{bytes_in_words(size)}, SHA-256 `{digest}`{head}{said}"
    recorded = f"{ONLY} {IN_HISTORY}"
    return Message(text, [section(f"{text}\n{facts}"), context(recorded)])


def failed(whose: str, format_: Format, why: str, firms: Sequence[FirmKey]) -> Message:
    """In the direct messages, where nothing came of it."""
    text = f"⚠️ *{LABELS[format_]}* of {literal(whose)}: {why}"
    if why != TOO_LARGE:
        text += f" {'ask' if why.endswith(':') else 'Ask'} for it again: `/cais export {format_}`."
    if why.startswith((NOT_TAKEN, TOO_LARGE)) and format_ != "canvas":
        here = "Whoever runs the app" if why == TOO_LARGE else "Where it stays so, whoever runs the app"
        text += f" {here} can make it on the server: `cais export --format {format_} {_named(firms)}`."
    if why == TOO_LARGE and format_ == "packet":
        text += " Without the copies of files the record is small: `/cais export xlsx`."
    return Message(text, [section(text)])


def _named(firms: Sequence[FirmKey]) -> str:
    """For the command line, which else takes all firms there are, and makes no packet of them."""
    return f"--firm {firms[0].firm}" if len(firms) == 1 else "--firm FIRM --firm FIRM …"


def file_instead(position: Position, why: str) -> Message:
    """In the direct messages, where there will be no canvas however often one asks: a press makes a file."""
    text = f"⚠️ *{LABELS['canvas']}* of {literal(position.name)}: {why}"
    return Message(text, [section(text), _files(position)])


def _files(position: Position) -> Block:
    whose = position.name
    return actions(
        *(
            button(
                LABELS[f], ExportRecord(position.key.firm, position.version, format=f), says=f"{LABELS[f]} of {whose}"
            )
            for f in INSTEAD
        )
    )


NO_SCOPE = "Slack does not let the app send files. Whoever runs it installs it again with its present manifest."
IN_HISTORY = "That it was made is in the history."
NOT_TAKEN = "Slack did not take the file."
TOO_LARGE = f"The file is larger than Slack takes here. {IN_HISTORY}"
NOT_MADE = "The file could not be made."
NOT_BROUGHT = "The file was made, but could not be brought."
UNCHANGED = "Nothing in the firm was changed."
NOT_SAID = (
    f"Slack did not say whether it took the file. If it is here in a minute, it is whole. {IN_HISTORY} If it is not:"
)
STOPPED = "The app was stopped before it was done."


NO_CANVASES = "Canvases of their own need a paid plan of Slack's. Nothing was made. The files need none:"
NO_USE_ASKING = {
    "free_teams_cannot_create_standalone_canvases": NO_CANVASES,
    "free_teams_cannot_create_non_tabbed_canvases": NO_CANVASES,
    "free_team_canvas_tab_already_exists": NO_CANVASES,
    "canvas_disabled_user_team": "Canvases are switched off in this workspace; its admins can switch them on. "
    "Nothing was made. A file can be had now:",
    "restricted_action": "In this workspace the app may not make canvases; its admins decide that. Nothing was made. "
    "A file can be had now:",
    "missing_scope": "Slack does not let the app make canvases. Whoever runs it installs it again with its present "
    "manifest. A file can be had now:",
}
"""What Slack says to a canvas as long as nobody changes the plan, the workspace or the app: a file is offered."""

CANVAS_NO = {**NO_USE_ASKING, "canvas_creation_failed": "Slack could not make the canvas. Nothing was made."}
"""What Slack says to a canvas, and what a person can do about it."""


def canvas_made(whose: str, title: str, link: str, digest: str) -> Message:
    """In the direct messages: where the canvas is."""
    where = f"<{link}|{literal(title)}>" if link else f"*{literal(title)}*, under *Canvases* in Slack"
    text = f"✅ *Canvas* of {literal(whose)}: {where}."
    facts = (
        f"It is yours to change and share, and does not change by itself. SHA-256 of what was written: `{digest}`. "
        "Titles, states, owners and dates are in it; no notes, reasons or proof."
    )
    return Message(text, [section(text), context(facts), context(f"{ONLY} {IN_HISTORY}")])


def canvas_not_shown(position: Position, title: str, link: str) -> Message:
    """In the direct messages: it was made, and whoever asked for it was not let in."""
    where = f"<{link}|{literal(title)}>" if link else f"*{literal(title)}*"
    text = (
        f"⚠️ *Canvas* of {literal(position.name)}: it was made, but Slack did not let you in, so it may not open for "
        f"you: {where}. It belongs to the app, and nobody else was let in. That it was made is in the history. "
        "Ask for another one: `/cais export canvas`. Or take a file:"
    )
    return Message(text, [section(text), _files(position)])


def refused(refusal: Refusal) -> str:
    """Why somebody may not have it any more."""
    return literal(refusal.sentence)
