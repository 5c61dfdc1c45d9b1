"""The forms of a workspace admin: an industry date that was published, and a day of the trading calendar."""

from bot.buttons import ChooseRevision, RevisionForm, TradingDayForm
from bot.surfaces import Modal
from bot.views.blocks import date_input, field, literal, option, radio_input, section, select_input, text_input
from bot.views.scene import Scene
from flows.deadlines import Ledger

TITLE_OF_FORM = "An industry date"
NEW = "new"
DEADLINE, TITLE, TYPE, DAY, UNTIL = "deadline", "title", "type", "day", "until"
FROM, TO, SOURCE, URL, REASON, STATE = "from", "to", "source", "url", "reason", "state"
TYPES = (
    ("date", "One day", "Such as: June 30, 2027"),
    ("month", "A month", "Such as: in June 2027"),
    ("window", "From one day to another", "Such as: between June 1 and June 30, 2027"),
    ("from", "It begins on a day", "Such as: from June 1, 2027 on"),
    ("tbd", "To be announced", "Perhaps not before one day, and not after another"),
)
DAYS = {
    "date": ("The day",),
    "month": ("A day of that month",),
    "window": ("The first day", "The last day"),
    "from": ("The day it begins",),
    "tbd": ("Not before", "Not after"),
}
"""What the days of each kind of value are called in the form; those of `tbd` may be left empty."""


def revision_choice(scene: Scene, ledger: Ledger, chosen: str = "") -> Modal:
    """Which date something was published about, and what kind of thing it was."""
    known = [option(d.title, d.id) for d in ledger.deadlines[:98]]
    types = [option(label, value, explain) for value, label, explain in TYPES]
    blocks = [
        section(_for_all(scene, "Nothing is overwritten: it is added to the date's story.")),
        field(DEADLINE, "Which date?", select_input([*known, option("A new date", NEW)], chosen)),
        field(TYPE, "What was said?", radio_input(types, "date")),
    ]
    return Modal(TITLE_OF_FORM, blocks, scene.carry(ChooseRevision), submit="Go on")


def revision_modal(scene: Scene, ledger: Ledger, deadline: str, kind: str) -> Modal:
    """What was published of this date (or a new one): its days, when it was announced, where, and why."""
    known = ledger.deadline(deadline)
    naming = [] if known else [field(TITLE, "Name of the new date", text_input(longest=80))]
    about = f"*{literal(known.title)}*" if known else "A new industry date"
    said = next(label for value, label, _ in TYPES if value == kind)
    days = [
        field(block, label, date_input(), optional=kind == "tbd")
        for block, label in zip((DAY, UNTIL), DAYS[kind], strict=False)
    ]
    blocks = [
        section(f"{about} · {said[0].lower()}{said[1:]}. {_for_all(scene)}"),
        *naming,
        *days,
        field(FROM, "Announced on", date_input(scene.today), hint="Where only a range is known: its first day."),
        field(TO, "Or some day until", date_input(), optional=True, hint="The range's last day; it counts from then."),
        field(SOURCE, "Source", text_input(longest=200), hint="Such as: CAT Alert 2026-01."),
        field(URL, "Its address", text_input(longest=500, placeholder="https://"), optional=True),
        field(REASON, "Reason, or what the notice says", text_input(multiline=True, longest=500)),
    ]
    return Modal(TITLE_OF_FORM, blocks, scene.carry(RevisionForm, deadline=deadline, said=kind), submit="Save")


def trading_day_modal(scene: Scene) -> Modal:
    """A day on which the exchange was closed without notice, or is open after all."""
    states = [
        option("Closed", "closed", "An unscheduled closure: the day does not count"),
        option("Open", "open", "Not a holiday after all: the day counts"),
    ]
    blocks = [
        section(_for_all(scene, "Days are counted by it from then on.")),
        field(DAY, "Day", date_input()),
        field(STATE, "The exchange is", radio_input(states, "closed")),
        field(REASON, "Why?", text_input(longest=100), hint="Shown where it is skipped, such as: Day of Mourning."),
    ]
    return Modal("A trading day", blocks, scene.carry(TradingDayForm), submit="Save")


def _for_all(scene: Scene, more: str = "") -> str:
    return f"It holds for every firm of this workspace, not for *{literal(scene.position.name)}* alone. {more}".strip()
