"""A legal hold: whether one stands, by whom and why, and the form to set or lift it."""

from bot.buttons import HoldForm, OpenHold, ShowHistory
from bot.surfaces import Message, Modal
from bot.views.blocks import actions, button, context, field, literal, section, text_input
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows.legal_hold import LONGEST_REASON, in_words

REASON = "reason"

MEANS = (
    "While a hold stands, nothing that the firm keeps can be removed here: no document, no evidence, no note, and "
    "not the firm itself. Everything else goes on."
)
REACHES = "It holds what is kept here. Slack's own messages and files are held in Slack, by whoever runs the workspace."


def line(scene: Scene) -> str:
    """The hold in a line, as the status shows it; empty where none stands. Mrkdwn."""
    hold = scene.position.hold
    return f"⚖️ *Legal hold*, {literal(in_words(hold, scene.position.time_zone))}" if hold else ""


def standing(scene: Scene, top: Top = NOTHING, *, lead: bool) -> Message:
    """Whether a hold stands, what that means, and for leads the way to change it."""
    said = line(scene) or "No legal hold stands."
    hold = scene.position.hold is not None
    label = "Lift the hold…" if hold else "Set a hold…"
    ways = [
        *([button(label, scene.carry(OpenHold, lift=hold))] if lead else []),
        button("History", scene.carry(ShowHistory)),
    ]
    who = [] if lead else [context("A lead of the firm, or a workspace admin, sets and lifts a hold.")]
    shown = [section(f"{said}\n{MEANS}"), *who, actions(*ways), context(REACHES)]
    blocks = [*top.blocks, *shown, banner(scene, "legal hold")]
    return Message(f"{top.text} {literal(scene.position.name)}: {said}".strip(), blocks)


def form(scene: Scene, *, lift: bool, reason: str = "") -> Modal:
    """Asks for the reason."""
    told = "Documents, evidence and the firm itself can be removed again from then on." if lift else MEANS
    hint = "Why it ends, such as who released it." if lift else "Such as the matter it is for, and who asked for it."
    return Modal(
        title="Lift the hold" if lift else "Set a legal hold",
        submit="Lift it" if lift else "Set it",
        carried=scene.carry(HoldForm, lift=lift),
        blocks=[
            section(told),
            *([context(line(scene))] if lift and scene.position.hold else []),
            field(REASON, "Reason", text_input(initial=reason, multiline=True, longest=LONGEST_REASON), hint=hint),
            banner(scene),
        ],
    )
