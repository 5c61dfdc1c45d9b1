"""What a reminder says of a change of an industry date that was told and then taken back."""

from bot.views.blocks import literal
from bot.views.reminded import Reminded, moment, title
from flows.deadline_words import value_words
from flows.deadlines import UNCONFIRMED, TakenBack, effect
from flows.reminders.milestones import holds_again, name_of


def taken_back(it: Reminded) -> TakenBack | None:
    """The change it is about, where that was taken back; None for every other reminder."""
    return next((t for t in it.scene.ledger.taken_back if name_of(t) == it.rung.revision), None)


def text(it: Reminded, told: TakenBack) -> str:
    """All of it; safe in mrkdwn."""
    lines = [
        f"📣 {title(it)}: a change you were told of was taken back",
        f"*Taken back:* {value_words(told.was.revision.value)}",
    ]
    if again := holds_again(it.scene.ledger, told, it.today):
        revision = again.revision
        lines.append(f"*Holds again:* {UNCONFIRMED if revision.unverified else value_words(revision.value)}")
        lines.append(f"*What changes for you:* {effect(again, it.today, it.scene.position.target)}")
    who = f"{literal(told.by)} took it back, {moment(it, told.at)}"
    return "\n".join([*lines, f"*Why now:* {who}, and that is told once."])
