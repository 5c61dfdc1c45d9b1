"""The board of all waits: since when, whom to chase and with what words, and when it is asked about next."""

import re
from datetime import date

from bot.buttons import PickTask, ShowStatus, ShowTask, UndoChange
from bot.surfaces import Block, Message
from bot.views import dated
from bot.views.blocks import actions, button, clip, divider, escape, header, literal, menu, option, section, short_day
from bot.views.passages import contact_line, ready_message, to_copy
from bot.views.scene import Scene, banner, next_button
from bot.views.task_buttons import done_buttons, end_wait_button
from bot.views.task_forms import asked_then
from bot.views.tasks import NOTHING, Top
from flows.position import Owner, TaskRecord
from flows.reminders.of_tasks import asked_next
from flows.reminders.rung import Workings
from flows.roadmap import Contact
from flows.walk import Item

MOST = 8
"""Waits with their words and buttons in one message."""

SURE = 5
"""Letters of a name that is found in words run together; a shorter one may be part of another name."""


def board(scene: Scene, workings: Workings, *, top: Top = NOTHING) -> Message:
    """Every wait of the firm, the longest first."""
    waiting = sorted(scene.walk.waiting, key=lambda i: _since(scene, i))
    count = f"{len(waiting)} {'wait' if len(waiting) == 1 else 'waits'}"
    name = literal(scene.position.name)
    blocks: list[Block] = [*top.blocks, header("Waiting on others"), banner(scene, count)]
    if not waiting:
        text = "Nobody is waited for. *Waiting on someone* on a task's card puts it here."
        blocks += [section(text), actions(*next_button(scene, "Next task"), button("Status", scene.carry(ShowStatus)))]
        return Message(f"{name}: {text.replace('*', '')}", tuple(blocks))
    for item in waiting[:MOST]:
        blocks += _wait(scene, item, workings)
    if rest := waiting[MOST:]:
        options = [option(i.title, i.key) for i in rest]
        blocks.append(menu(f"{len(rest)} more waits", scene.carry(PickTask, part="board"), options))
    blocks.append(actions(*next_button(scene, "Next task"), button("Status", scene.carry(ShowStatus))))
    whom = ", ".join(dict.fromkeys(literal(i.record.whom) for i in waiting[:MOST] if i.record))
    return Message(f"{top.text} {name}, {count}: {whom}.".strip(), tuple(blocks))


def to_chase(scene: Scene, item: Item, workings: Workings) -> list[Block]:
    """One wait, whom to chase and with what words; to look at, and to copy."""
    if item.record is None:
        return []
    lines = section("\n".join(x for x in _lines(scene, item, item.record, workings) if x))
    return [banner(scene), lines, *words_to_copy(scene, item, item.record)]


def put_off_already(scene: Scene, item: Item, asked: Owner | None, *, seen: int) -> Top:
    """The day to look again stands already; `asked` on it is its owner, where in reach.

    Whoever put it off with a click since version `seen`, the first of two, can take that back here, too.
    """
    record = item.record
    day = f"on {short_day(record.follow_up_on)} " if record and record.follow_up_on else ""
    text = f"You are to look again at “{literal(item.title)}” {day}already. {escape(asked_then(scene, item, asked))}"
    own = record is not None and record.by == scene.viewer and record.sequence > seen
    undo = button("Undo", scene.carry(UndoChange, of=record.sequence)) if record and own else None
    return Top(text, (section(text, accessory=undo),))


def _since(scene: Scene, item: Item) -> date:
    return item.record.since if item.record and item.record.since else scene.today


def _wait(scene: Scene, item: Item, workings: Workings) -> list[Block]:
    record = item.record
    if record is None:
        return []
    finish = (
        done_buttons(scene.carry, item.task, item.key, item.title, primary=False)
        if item.task.kind != "question"
        else []
    )
    look = button("Open", scene.carry(ShowTask, task=item.key), says=f"Open {item.title}")
    blocks: list[Block] = [section("\n".join(x for x in _lines(scene, item, record, workings) if x))]
    blocks += words_to_copy(scene, item, record)
    return [*blocks, actions(*finish, end_wait_button(scene.carry, item.key, item.title), look), divider()]


def words_to_copy(scene: Scene, item: Item, record: TaskRecord) -> list[Block]:
    """The words to chase with, to copy: the roadmap's, where they are for whoever is waited for, or ours."""
    contact = contact_to_chase(scene, item, record)
    theirs = bool(contact) if item.task.contact else not _is_of_the_firm(scene, record.whom)
    return ready_message(scene, item) if item.task.draft and theirs else to_copy(_asks_politely(scene, item, record))


def contact_to_chase(scene: Scene, item: Item, record: TaskRecord) -> Contact | None:
    """The roadmap's contact for this task, where it is what the firm waits for; None where that is somebody else."""
    contact = scene.pack.contacts[item.task.contact] if item.task.contact else None
    if contact is None or _is_of_the_firm(scene, record.whom):
        return None
    role = scene.pack.roles[item.task.wait_for].title if item.task.wait_for else ""
    names, said = set(_words(f"{contact.name} {role}")), _words(record.whom)
    together = "".join(said)  # `the help desk`, or an address
    meant = not names.isdisjoint(said) or any(len(name) >= SURE and name in together for name in names)
    return contact if meant else None


def _is_of_the_firm(scene: Scene, whom: str) -> bool:
    """Whether it is one of the firm's own people, by name or by an `@`."""
    names = {member.name.casefold() for member in scene.position.members.values()}
    return whom.startswith(("@", "<@")) or whom.casefold() in names


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _asks_politely(scene: Scene, item: Item, record: TaskRecord) -> str:
    """Words to chase somebody with, where the roadmap has none of its own."""
    since = f"{_since(scene, item):%B} {_since(scene, item).day}, {_since(scene, item).year}"
    return (
        f"Hello,\n\n{scene.position.name} has been waiting since {since} for: {item.title}.\nCould you tell us how far "
        f"this is, and by when we can expect it?\n\nThank you."
    )


def _lines(scene: Scene, item: Item, record: TaskRecord, workings: Workings) -> list[str]:
    since = _since(scene, item)
    gone = workings.calendar.between(since, scene.today)
    long = "since today" if since >= scene.today else f"since {short_day(since)}, {_days(gone)}"
    kept = dated.owner(scene, item)
    contact = contact_to_chase(scene, item, record)
    look = asked_next(workings, item)
    return [
        f"⏳ *{literal(item.title)}* · step {escape(item.task.step)}",
        f"*{'Waiting for' if contact else 'Waiting for, and to chase'}:* {literal(record.whom)}, {long}",
        f"*Whom to chase:* {contact_line(contact)}" if contact else "",
        f"*Owner:* {dated.owner_name(scene, kept)}" if kept else "*Owner:* nobody yet; leads are asked",
        f"*Asked about next:* {'today, ' if look == scene.today else ''}{short_day(look)}" if look else "",
        f"*Note:* {literal(clip(record.reason, 300))}" if record.reason else "",
    ]


def _days(count: int) -> str:
    return "1 trading day" if count == 1 else f"{count} trading days"
