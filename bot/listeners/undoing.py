"""Takes back what was recorded: the last click, an entry of the history, or what was recorded of a task last."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from bot.buttons import UndoChange
from bot.listeners.acts_beside import last_beside
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import outdated
from bot.router import Heard, Router
from bot.surfaces import Message, Replace, Say
from bot.typed.tasks import near_tasks, tasks_meant
from bot.views import rests, steps, tasks
from bot.views.blocks import escape
from bot.views.not_undone import changed_since, not_undone, with_left
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows import events as e
from flows.events import Record
from flows.evolve import undone
from flows.firms import Person, Refusal
from flows.services import Result, Services
from flows.undo import INSTEAD, ChangedSince, NotTheLast, before_now, left_standing
from flows.walk import Item

NOT_UNDERSTOOD = Refusal(
    "I do not know what those words mean for undo, so nothing was undone. `/cais undo` alone takes your last click "
    "back, `/cais undo s2` what was recorded of that task last, and `/cais undo 12` that entry of the history."
)
UNDONE_ALREADY = "That was undone already. Here is how things are now."
_MY_LAST = ("that", "it", "this", "last", "the last", "my last click", "last click")
"""What says no more than that the last click is meant."""

_ENTRY = re.compile(r"(?:entry\s+)?#?(\d{1,7})", re.IGNORECASE)


def register(router: Router) -> None:
    router.command("undo")(type_undo)
    router.command("redo")(type_redo)
    router.action(UndoChange)(undo)


async def undo(heard: Heard, carried: UndoChange, services: Services) -> Replace:
    try:
        result = await services.undo(heard.firm.key, heard.act, of=carried.of)
    except ChangedSince as refusal:
        return Replace(_changed_since(heard, services, refusal))
    except Refusal as refusal:
        return outdated(heard, services, refusal)
    return Replace(rests.now_screen(*await undone_here(heard, services, result, carried.of)))


async def type_undo(heard: Heard, services: Services) -> Say:
    """Without words this person's last change, else the entry or the task they name; several tasks are offered."""
    if heard.words.casefold() in _MY_LAST:
        heard = replace(heard, words="")
    entry = _ENTRY.fullmatch(heard.words)
    of = int(entry[1]) if entry else None
    if heard.words and not entry:
        scene = scene_for(heard, services)
        meant = tasks_meant(scene.pack, scene.walk, heard.words, finished=True)
        if not meant and (near := near_tasks(scene.walk, heard.words, finished=True)):
            nothing = "No task of this firm fits those words, so nothing was undone."
            return Say(steps.did_you_mean(scene, near, nothing, lambda item: f"undo {item.key}"))
        if not meant:
            raise NOT_UNDERSTOOD
        if len(meant) > 1:
            return Say(steps.which_task(scene, meant, "Undo what is recorded of which one? Open it and press *Undo*."))
        of = _last_of(await services.history(heard.firm.key, heard.who), meant[0])
    if not heard.words and (beside := await _beside_the_record(heard, services)):
        return beside
    try:
        result = await services.undo(heard.firm.key, heard.act, of=of)
    except NotTheLast as refusal:
        scene, last = scene_for(heard, services), refusal.last
        return Say(not_undone(scene, tasks.in_words(scene, last), INSTEAD[last.type], refusal.before))
    except ChangedSince as refusal:
        return Say(_changed_since(heard, services, refusal))
    return Say(rests.now_screen(*await undone_here(heard, services, result)))


def _changed_since(heard: Heard, services: Services, refusal: ChangedSince) -> Message:
    scene = scene_for(heard, services)
    return rests.now_screen(scene, changed_since(scene, escape(refusal.sentence), refusal.by))


async def _beside_the_record(heard: Heard, services: Services) -> Say | None:
    """What this person did after anything in this firm that is no entry of the firm's: nothing older is undone then."""
    last = await last_beside(heard, services)
    if last is None:
        return None
    history = await services.history(heard.firm.key, heard.who)
    mine = [row.at for row in history if row.actor == heard.who.id]
    if mine and last.at < mine[-1]:
        return None
    before = before_now(history, heard.who)
    return Say(not_undone(scene_for(heard, services), last.what, last.instead, before, last.takes_back))


async def type_redo(heard: Heard, services: Services) -> Say:
    """This person's last undo is taken back."""
    try:
        result = await services.redo(heard.firm.key, heard.act)
    except ChangedSince as refusal:
        return Say(_changed_since(heard, services, refusal))
    return Say(rests.now_screen(*await undone_here(heard, services, result)))


def _last_of(history: Sequence[Record], item: Item) -> int:
    """The last row about this task that counts, whoever recorded it. Raises Refusal where there is none."""
    left_out = undone(history)
    for row in reversed(history):
        event = row.event
        answers = item.task.kind == "question" and isinstance(event, e.AnswerGiven) and event.fact == item.task.sets
        about = answers or (getattr(event, "task", "") == item.key and not isinstance(event, e.TextRefused))
        if about and row.sequence not in left_out:
            return row.sequence
    raise Refusal(f"Nothing is recorded of *{item.title}*, so there is nothing to undo.")


async def undone_here(heard: Heard, services: Services, result: Result, of: int | None = None) -> tuple[Scene, Top]:
    """Where the firm is after an undo, and what that took back or brought back.

    Whoever presses twice has undone event `of` with the first click, and reads that again.
    """
    scene = scene_for(heard, services, result.position)
    if not result.changed and of is None:
        return scene, tasks.note(UNDONE_ALREADY)
    history = await services.history(result.position.key, heard.who)
    row = result.records[0] if result.changed else _last_of_theirs(history, heard.who, of)
    if row is None:
        return scene, tasks.note(UNDONE_ALREADY)
    rows, brought_back = _what_was_undone(history, row)
    top = tasks.recorded(scene, [row], rows, brought_back=brought_back)
    return scene, with_left(scene, top, left_standing(history, row))


def _last_of_theirs(history: Sequence[Record], who: Person, of: int | None) -> Record | None:
    """The undo of this event, where it is the last thing that this person did."""
    last = next((row for row in reversed(history) if row.actor == who.id), None)
    return last if last and isinstance(last.event, e.Undone) and of in last.event.of else None


def _what_was_undone(history: Sequence[Record], row: Record) -> tuple[Sequence[Record], bool]:
    """The rows an undo is about in the end, and whether they count again: an undo of an undo brings them back."""
    rows: Sequence[Record] = [row]
    count_again = True
    while rows and isinstance(event := rows[0].event, e.Undone):
        rows = [r for r in history if r.sequence in event.of]
        count_again = not count_again
    return rows, count_again
