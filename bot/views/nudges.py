"""A nudge: whom it would reach, what was sent, and what its message says."""

from collections.abc import Sequence
from itertools import groupby

from bot.buttons import NudgeForm, OpenReminded
from bot.surfaces import Block, Message, Modal
from bot.views import dated
from bot.views.blocks import actions, button, clip, context, header, literal, section, short_day
from bot.views.scene import Scene, banner, wait_words
from flows.events import Told
from flows.history import counted
from flows.nudging import Ask, Look
from flows.walk import Item

MOST_PEOPLE = 12
MOST_NAMED = 3
MOST_TASKS = 14
"""In one message, each perhaps of another firm."""
NAME, TITLE = 60, 90

MEANT = "Asked about are tasks that are past their date, wait, or have their date in the next 7 days."

WAITS = "at night and on days the market is closed"


def ask_first(look: Look, form: NudgeForm) -> Modal:
    """What would be sent to whom, before anything is."""
    all_meant = form.only == "all" and not form.task
    if not look.asks:
        nobody: list[Block] = [section("There is nobody to nudge here just now. Nothing was sent.")]
        nobody += [context(MEANT)] if all_meant else []
        return Modal("Nudge owners", [*nobody, *_left_out(look)], form, close="Close")
    people = _by_person(look.asks)
    firms = len({ask.position.key for ask in look.asks})
    reach = f"{_people(len(people))} about {counted(len(look.asks), 'task')} in {counted(firms, 'firm')}"
    night = f"{WAITS[0].upper()}{WAITS[1:]}"
    blocks: list[Block] = [section(f"This asks *{reach}*, each in *one message* that names you. {night} it waits.")]
    blocks += [section(_person(name, asks)) for name, asks in people[:MOST_PEOPLE]]
    if more := len(people) - MOST_PEOPLE:
        blocks += [context(f"and {_people(more)} more")] if more > 0 else []
    blocks += [context(MEANT)] if all_meant else []
    blocks += [*_left_out(look), context("It becomes an entry of each firm's history, and cannot be taken back.")]
    return Modal("Nudge owners", blocks, form, submit="Send")


def sent(told: Sequence[Told]) -> str:
    """What came of it, in a sentence; safe in mrkdwn."""
    if not told:
        return "Nobody was told just now: all of them were asked today, or nothing is left to ask about."
    people = len({one.person for one in told})
    asked = f"*Nudged:* {_people(people)} about {counted(len(told), 'task')}."
    return (
        f"{asked} Each gets one message within a minute; at night, or while the market is closed, at their next hour."
    )


def letter(by: str, tasks: Sequence[tuple[Scene, Item]]) -> Message:
    """What one person is asked to look at, each task with the way to it."""
    shown = tasks[:MOST_TASKS]
    many = "a task of yours" if len(tasks) == 1 else f"{len(tasks)} tasks of yours"
    blocks: list[Block] = [header(clip(f"{by} asks you to look at {many}", 140))]
    for _, of_firm in groupby(shown, key=lambda it: it[0].position.key):
        there = list(of_firm)
        blocks.append(banner(there[0][0]))
        for scene, item in there:
            way = button("Open", scene.carry(OpenReminded, subject=f"task:{item.key}"), says=f"Open {item.title}")
            blocks += [section(_task(scene, item)), actions(way)]
    if more := len(tasks) - len(shown):
        blocks.append(context(f"and {more} more: the *Home* tab shows what is yours."))
    names = ", ".join(literal(clip(item.title, TITLE)) for _, item in tasks[:MOST_NAMED])
    rest = f" and {len(tasks) - MOST_NAMED} more" if len(tasks) > MOST_NAMED else ""
    return Message(f"{literal(by)} asks you to look at {many}: {names}{rest}.", tuple(blocks))


def _task(scene: Scene, item: Item) -> str:
    lines = [f"*{literal(item.title)}* · step {item.task.step}"]
    if due := dated.due(scene, item):
        lines.append(f"🗓️ {dated.date_words(scene, due.on)}")
    if item.state == "waiting" and item.record:
        lines.append(f"⏳ {wait_words(scene, item.record)}")
    return "\n".join(lines)


def _by_person(asks: Sequence[Ask]) -> list[tuple[str, list[Ask]]]:
    of: dict[str, list[Ask]] = {}
    for ask in asks:
        of.setdefault(ask.person, []).append(ask)
    return sorted(((theirs[0].name or "somebody", theirs) for theirs in of.values()), key=lambda p: -len(p[1]))


def _person(name: str, asks: Sequence[Ask]) -> str:
    titles = [f"{clip(a.matter.item.title, TITLE)} ({clip(a.position.name, NAME)}{_day(a)})" for a in asks[:MOST_NAMED]]
    more = len(asks) - len(titles)
    rest = f" and {more} more" if more > 0 else ""
    return f"👤 *{literal(clip(name, NAME))}*, {counted(len(asks), 'task')}: {literal('; '.join(titles))}{rest}"


def _day(ask: Ask) -> str:
    passed = ", passed" if "past" in ask.matter.concerns else ""
    return f", {short_day(ask.matter.due)}{passed}" if ask.matter.due else ""


def _left_out(look: Look) -> list[Block]:
    said = []
    if look.told_today:
        said.append(f"{counted(look.told_today, 'task')}: nudged today already.")
    if look.unowned:
        said.append(f"{counted(look.unowned, 'task')}: nobody's. *Assign* on a card gives it to somebody.")
    if look.silent:
        names = ", ".join(literal(clip(name or "somebody", NAME)) for name in look.silent[:MOST_PEOPLE])
        said.append(f"Not told, since their reminders are off or they cannot be reached: {names}.")
    if look.more_firms:
        said.append(f"{counted(look.more_firms, 'firm')} more: do these first, or choose another filter.")
    return [context("*Left out*\n" + "\n".join(said))] if said else []


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
