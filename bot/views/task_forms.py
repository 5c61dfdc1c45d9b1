"""The modals about one task: done earlier, waiting on someone, not applicable, reopen."""

from bot.buttons import EarlierForm, ReopenForm, SetAsideForm, WaitingForm
from bot.surfaces import Block, Modal
from bot.views.blocks import date_input, escape, field, literal, option, radio_input, section, text_input
from bot.views.scene import Scene
from flows.history import counted
from flows.position import Owner
from flows.trading_days import Calendar
from flows.walk import Item

DAY, OUTCOME, NOTE, WHOM, FOLLOW_UP, REASON = "day", "outcome", "note", "whom", "follow_up", "reason"


def earlier(scene: Scene, item: Item) -> Modal:
    """The day it happened, how it ended, and a note."""
    blocks = [
        _about(scene, item),
        field(DAY, "Day it happened", date_input(), hint="The real day. It is kept apart from today, and shown so."),
    ]
    if item.task.outcomes:
        choices = [option(o.label, o.id, o.explain) for o in item.task.outcomes]
        blocks.append(field(OUTCOME, "How it ended", radio_input(choices)))
    blocks.append(_note())
    return Modal("Already done earlier", blocks, scene.carry(EarlierForm, task=item.key), submit="Record")


def waiting(scene: Scene, item: Item, calendar: Calendar, asked: Owner | None) -> Modal:
    """Whom the task waits for and when to look again: both proposed, both free. `asked`: its owner, if in reach."""
    kept = item.record if item.record and item.record.state == "waiting" else None
    proposed = calendar.plus(scene.today, item.task.ask_again_after)
    whom = kept.whom if kept else _outsider(scene, item)
    follow_up = kept.follow_up_on if kept else proposed
    if follow_up and follow_up < scene.today:
        follow_up = proposed
    hint = f"Proposed: {item.task.ask_again_after} trading days from today. {asked_then(scene, item, asked)}"
    blocks = [
        _about(scene, item),
        field(WHOM, "Who are you waiting for?", text_input(initial=whom, longest=120)),
        field(FOLLOW_UP, "Look at it again on", date_input(follow_up), hint=hint, optional=True),
        _note(kept.reason if kept else ""),
    ]
    return Modal("Waiting on someone", blocks, scene.carry(WaitingForm, task=item.key), submit="Record")


def asked_then(scene: Scene, item: Item, asked: Owner | None) -> str:
    """What happens on the day to look again: whoever reads this is not always the one who is asked. Plain text."""
    owner, every = scene.position.owners.get(item.key), scene.position.reminders.wait_every
    if asked:
        who = "You are" if asked.person == scene.viewer else f"{asked.name or 'Its owner'} is"
    elif owner:
        who = f"The firm's leads are, as {owner.name or 'its owner'} cannot be reached,"
    else:
        who = "The firm's leads are, as nobody owns this task,"
    return f"{who} asked about it then, and every {counted(every, 'trading day')} after."


def _outsider(scene: Scene, item: Item) -> str:
    if not item.task.wait_for:
        return ""
    role = scene.pack.roles[item.task.wait_for]
    return item.name if role.id == "agent" and item.name else role.title


def aside(scene: Scene, item: Item) -> Modal:
    """Why the task does not apply to this firm."""
    asked = field(
        REASON, "Why does it not apply?", text_input(multiline=True), hint="An examiner may ask. It is kept as it is."
    )
    return Modal(
        "Not applicable", [_about(scene, item), asked], scene.carry(SetAsideForm, task=item.key), submit="Record"
    )


def reopen(scene: Scene, item: Item, reason: str = "") -> Modal:
    """Why a finished task is opened again. `reason` is what was typed of it."""
    asked = field(
        REASON,
        "Why is it opened again?",
        text_input(initial=reason, multiline=True),
        hint="What was recorded before stays in the history, with this beside it.",
    )
    return Modal("Reopen a task", [_about(scene, item), asked], scene.carry(ReopenForm, task=item.key), submit="Reopen")


def _about(scene: Scene, item: Item) -> Block:
    where = f"*{literal(scene.position.name)}* · step {escape(item.task.step)}"
    return section(f"{where}\n*{literal(item.title)}*")


def _note(initial: str = "") -> Block:
    return field(
        NOTE,
        "Note",
        text_input(initial=initial, multiline=True),
        hint="No personal data or account numbers.",
        optional=True,
    )
