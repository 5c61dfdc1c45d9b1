"""The forms of a workspace admin: an industry date that was published, and a day of the trading calendar."""

from bot.buttons import RevisionForm, TradingDayForm
from bot.surfaces import Modal
from bot.views.blocks import date_input, field, literal, option, radio_input, section, select_input, text_input
from bot.views.scene import Scene
from flows.deadlines import Ledger

NEW = "new"
DEADLINE, TITLE, TYPE, DAY, UNTIL = "deadline", "title", "type", "day", "until"
FROM, TO, SOURCE, URL, REASON, STATE = "from", "to", "source", "url", "reason", "state"
TYPES = (
    ("date", "One day", "The day below"),
    ("month", "A month", "The month of the day below"),
    ("window", "From one day to another", "Both days below"),
    ("from", "It begins on a day", "The day below"),
    ("tbd", "To be announced", "Not before, and not after: leave both empty where nothing is said"),
)


def revision_modal(scene: Scene, ledger: Ledger, chosen: str = "") -> Modal:
    """What was published: the date, its value, when it was announced, where, and why."""
    known = [option(d.title, d.id) for d in ledger.deadlines[:98]]
    types = [option(label, value, explain) for value, label, explain in TYPES]
    blocks = [
        section(_for_all(scene, "Nothing is overwritten: it is added to the date's story.")),
        field(DEADLINE, "Which date?", select_input([*known, option("A new date", NEW)], chosen)),
        field(TITLE, "Name of a new date", text_input(longest=80), optional=True),
        field(
            TYPE,
            "What was said?",
            radio_input(types, "date"),
        ),
        field(DAY, "The day (or the first one, or not before)", date_input(), optional=True),
        field(UNTIL, "The last day (or not after)", date_input(), optional=True),
        field(FROM, "Announced on", date_input(scene.today), hint="Where only a range is known: its first day."),
        field(TO, "Or some day until", date_input(), optional=True, hint="The range's last day; it counts from then."),
        field(SOURCE, "Source", text_input(longest=200), hint="Such as: CAT Alert 2026-01."),
        field(URL, "Its address", text_input(longest=500, placeholder="https://"), optional=True),
        field(REASON, "Reason, or what the notice says", text_input(multiline=True, longest=500)),
    ]
    return Modal("An industry date", blocks, scene.carry(RevisionForm), submit="Save")


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


def _for_all(scene: Scene, more: str) -> str:
    return f"It holds for every firm of this workspace, not for *{literal(scene.position.name)}* alone. {more}"
