"""What was done about a task: done, waiting, done earlier, not applicable, reopened."""

from collections.abc import Sequence
from datetime import date

from bot.buttons import (
    CompleteTask,
    EarlierForm,
    EndWait,
    OpenEarlier,
    OpenReopen,
    OpenSetAside,
    OpenWaiting,
    ReopenForm,
    SetAsideForm,
    WaitingForm,
)
from bot.listeners.scenes import scene_for
from bot.listeners.yearly import done_typed
from bot.router import Heard, Router
from bot.surfaces import FieldErrors, Message, Modal, Open, Redraw, Replace, Say, Swap
from bot.typed.tasks import (
    names_for_certain,
    near_tasks,
    nearly_and_reason,
    out_of_reach,
    task_and_reason,
    tasks_meant,
    yearly_meant,
)
from bot.views import rests, steps, task_forms, tasks
from bot.views.blocks import TICKET_FIELD, clip, escape, literal
from bot.views.records import kept
from bot.views.refused import with_ticket
from bot.views.scene import Scene
from bot.views.tasks import Asked
from flows.firms import Refusal, require
from flows.reminders.telling import People
from flows.services import Result, Services
from flows.walk import LEFT, Item

GONE = Refusal("That task is no longer on this firm's roadmap. Nothing was changed.", kind="stale")
NOTHING_FITS = "No task of this firm fits those words, so nothing was recorded."
NO_SUCH_TASK = Refusal(f"{NOTHING_FITS} `/cais status` names them all.")
REOPEN_WHICH = Refusal(
    "Say which finished task, by its short name in `/cais status` or words of its title: `/cais reopen s3`."
)


def register(router: Router) -> None:
    router.command("done")(type_done)
    router.command("reopen", free_text=True)(type_reopen)
    router.action(CompleteTask)(complete_task)
    router.action(EndWait)(end_wait)
    router.action(OpenEarlier)(open_earlier)
    router.submit(EarlierForm)(record_earlier)
    router.action(OpenWaiting)(open_waiting)
    router.submit(WaitingForm)(record_waiting)
    router.action(OpenSetAside)(open_set_aside)
    router.submit(SetAsideForm)(record_set_aside)
    router.action(OpenReopen)(open_reopen)
    router.submit(ReopenForm)(record_reopen)


# --- done -----------------------------------------------------------------------------------------------------


async def complete_task(heard: Heard, carried: CompleteTask, services: Services) -> Redraw | Replace:
    asked = Asked("done", carried.outcome)
    try:
        result = await services.complete(
            heard.firm.key, heard.act, carried.task, outcome=carried.outcome, seen=carried.version
        )
    except Refusal as refusal:
        return outdated(heard, services, refusal)
    return Redraw(lambda: _after(heard, services, result, carried.task, asked, carried.version))


def beyond(scene: Scene, out: Item, nothing: str) -> Message:
    """A task that was named and does not apply; where an answer may still bring it, the question that is next."""
    asked = scene.walk.next
    if out.state == "later" and asked and asked.task.kind == "question":
        why = f"{nothing} yet: “{literal(out.title)}” depends on the answer to this question."
        return rests.now_screen(scene, tasks.note(f"{why} Answer it, then write that again."))
    why = f"{nothing}: this task does not apply{' yet' if out.state == 'later' else ''}."
    return tasks.card(scene, out, tasks.note(why))


async def type_done(heard: Heard, services: Services) -> Say:
    """One task that is meant is recorded; several are offered; one that has to be told how it ended is shown."""
    require(heard.firm, heard.who, "member")
    scene = scene_for(heard, services)
    meant = tasks_meant(scene.pack, scene.walk, heard.words)
    certain = names_for_certain(scene.pack, scene.walk, " ".join(heard.words.split()))
    if not certain and (years := yearly_meant(scene.position, heard.words)):
        return Say(await done_typed(heard, services, scene, years, [i for i in meant if i.state in LEFT]))
    if not meant and (out := out_of_reach(scene.walk, heard.words)):
        return Say(beyond(scene, out, "Nothing was recorded"))
    if not meant and (near := near_tasks(scene.walk, heard.words)):
        return Say(steps.did_you_mean(scene, near, NOTHING_FITS, lambda item: f"done {item.key}"))
    if not meant and heard.words:
        raise NO_SUCH_TASK
    if not meant:
        return Say(rests.now_screen(scene, tasks.note("Nothing is open just now. Here is how things are.")))
    if len(meant) > 1:
        return Say(steps.which_task(scene, meant, "Which one is done? Open it to record it."))
    item = meant[0]
    if item.task.kind == "question" or (item.task.outcomes and item.state in ("open", "waiting")):
        top = tasks.note("Choose how it ended." if item.task.outcomes else "Choose one of its answers.")
        return Say(tasks.card(scene, item, tasks.NOTHING if item.state == "done" else top))
    result = await services.complete(heard.firm.key, heard.act, item.key)
    if not result.changed:
        scene = scene_for(heard, services, result.position)
        return Say(kept(scene, tasks.already(scene, scene.walk.item(item.key), Asked("done")), task=item.key))
    return Say(_after(heard, services, result, item.key, Asked("done")))


async def end_wait(heard: Heard, carried: EndWait, services: Services) -> Replace:
    try:
        result = await services.end_wait(heard.firm.key, heard.act, carried.task, seen=carried.version)
    except Refusal as refusal:
        return outdated(heard, services, refusal)
    scene = scene_for(heard, services, result.position)
    item = scene.walk.item(carried.task)
    if result.changed and item:
        return Replace(tasks.card(scene, item, tasks.recorded(scene, result.records)))
    return Replace(_after(heard, services, result, carried.task, Asked("open"), carried.version))


# --- done earlier ---------------------------------------------------------------------------------------------


async def open_earlier(heard: Heard, carried: OpenEarlier, services: Services) -> Open:
    scene, item = _opened(heard, services, carried.task)
    return Open(task_forms.earlier(scene, item))


async def record_earlier(heard: Heard, carried: EarlierForm, services: Services) -> Replace | Swap | FieldErrors:
    day = day_of(heard.value(task_forms.DAY))
    if day is None:
        return FieldErrors({task_forms.DAY: "Pick the day it happened."})
    try:
        result = await services.complete(
            heard.firm.key,
            heard.act,
            carried.task,
            outcome=heard.value(task_forms.OUTCOME),
            happened_on=day,
            earlier=True,
            note=heard.value(task_forms.NOTE),
            seen=carried.version,
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        return with_ticket(task_forms.earlier(*_opened(heard, services, carried.task)), refusal)
    return Replace(
        _after(heard, services, result, carried.task, Asked("done", heard.value(task_forms.OUTCOME)), carried.version)
    )


# --- waiting --------------------------------------------------------------------------------------------------


async def open_waiting(heard: Heard, carried: OpenWaiting, services: Services) -> Open:
    return Open(await _waiting_form(heard, services, carried.task))


async def _waiting_form(heard: Heard, services: Services, task: str) -> Modal:
    scene, item = _opened(heard, services, task)
    calendar = (await services.workspace(heard.tenant)).calendar
    reach = await services.directory.reach(heard.tenant, list(scene.position.members))
    return task_forms.waiting(scene, item, calendar, People(scene.position, reach, calendar).owner(item.key))


async def record_waiting(heard: Heard, carried: WaitingForm, services: Services) -> Replace | Swap | FieldErrors:
    follow_up = day_of(heard.value(task_forms.FOLLOW_UP))
    if follow_up and follow_up < services.today(heard.firm):
        return FieldErrors({task_forms.FOLLOW_UP: "That day has passed. Pick a day to come, or leave it empty."})
    _, item = _opened(heard, services, carried.task)
    kept = item.record if item.record and item.record.state == "waiting" else None
    try:
        result = await services.wait(
            heard.firm.key,
            heard.act,
            carried.task,
            whom=heard.value(task_forms.WHOM),
            follow_up_on=follow_up,
            since=kept.since if kept and kept.whom == heard.value(task_forms.WHOM) else None,
            note=heard.value(task_forms.NOTE),
            seen=carried.version,
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        return with_ticket(await _waiting_form(heard, services, carried.task), refusal)
    return Replace(_after(heard, services, result, carried.task, Asked("waiting"), carried.version))


# --- not applicable -------------------------------------------------------------------------------------------


async def open_set_aside(heard: Heard, carried: OpenSetAside, services: Services) -> Open:
    return Open(task_forms.aside(*_opened(heard, services, carried.task)))


async def record_set_aside(heard: Heard, carried: SetAsideForm, services: Services) -> Replace | Swap:
    try:
        result = await services.set_aside(
            heard.firm.key,
            heard.act,
            carried.task,
            reason=heard.value(task_forms.REASON),
            seen=carried.version,
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        return with_ticket(task_forms.aside(*_opened(heard, services, carried.task)), refusal)
    return Replace(_after(heard, services, result, carried.task, Asked("set_aside"), carried.version))


# --- reopen ---------------------------------------------------------------------------------------------------


async def open_reopen(heard: Heard, carried: OpenReopen, services: Services) -> Open:
    return Open(task_forms.reopen(*_opened(heard, services, carried.task)))


async def record_reopen(heard: Heard, carried: ReopenForm, services: Services) -> Replace | Swap:
    try:
        result = await services.reopen(
            heard.firm.key,
            heard.act,
            carried.task,
            reason=heard.value(task_forms.REASON),
            seen=carried.version,
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        return with_ticket(task_forms.reopen(*_opened(heard, services, carried.task)), refusal)
    return Replace(_reopened(heard, services, result, carried.task, carried.version))


async def type_reopen(heard: Heard, services: Services) -> Say | Open:
    """With a reason it is done; without one a modal asks for it, or, after a message, which opens none, a button."""
    require(heard.firm, heard.who, "member")
    scene = scene_for(heard, services)
    meant, reason = task_and_reason(scene.pack, scene.walk, heard.words)
    if not meant:
        return Say(_nearly_reopened(scene, heard.words))
    if len(meant) > 1:
        return Say(_which_to_reopen(scene, meant, reason))
    item = meant[0]
    if item.task.kind == "question" or item.state not in ("done", "set_aside"):
        return Say(tasks.card(scene, item, tasks.note(_why_not_reopened(item))))
    if reason:
        try:
            result = await services.reopen(heard.firm.key, heard.act, item.key, reason=reason)
        except Refusal as refusal:
            return _way_on(heard, scene, item, reason, refusal)
        return Say(_reopened(heard, services, result, item.key))
    if heard.kind in ("command", "action"):
        return Open(task_forms.reopen(scene, item))
    return Say(tasks.card(scene, item, tasks.note("Press *Reopen…* to say why it is opened again.")))


def _nearly_reopened(scene: Scene, words: str) -> Message:
    """No finished task fits: those that are called nearly so, with the reason behind. Raises Refusal for none."""
    near, reason = nearly_and_reason(scene.walk, words)
    if not near:
        raise NO_SUCH_TASK if words else REOPEN_WHICH
    return steps.did_you_mean(scene, near, NOTHING_FITS, lambda item: f"reopen {item.key} {reason}".strip())


def _which_to_reopen(scene: Scene, items: Sequence[Item], reason: str) -> Message:
    """Several finished tasks fit: each is offered with the reason that was typed."""
    ask = "Which one shall be opened again?"
    if not reason:
        return steps.which_task(scene, items, f"{ask} Open it and press *Reopen…*.")
    commands = {item.key: f"reopen {item.key} {reason}" for item in items}
    if not steps.can_be_offered(commands.values()):
        there = "Open it and press *Reopen…*; your reason is too long to go with a button, so write it there."
        return steps.which_task(scene, items, f"{ask} {there}")
    asked = f"{ask} Your reason: “{literal(clip(reason, 200))}”. Nothing was opened yet."
    return steps.which_task(scene, items, asked, lambda item: commands[item.key])


def _why_not_reopened(item: Item) -> str:
    if item.task.kind == "question" and item.state == "done":
        return "An answer is not reopened but changed: press *Change the answer…*."
    return "This task is not finished, so there is nothing to reopen."


def _way_on(heard: Heard, scene: Scene, item: Item, reason: str, refusal: Refusal) -> Say | Open:
    """A typed reason was refused by the guard: the form, which has the box for ticket numbers, or the way to it."""
    swapped = with_ticket(task_forms.reopen(scene, item, reason), refusal)
    if heard.kind in ("command", "action"):
        return Open(swapped.modal)
    top = tasks.note(f"{escape(refusal.sentence)} *Reopen…* below has a form for that.")
    return Say(tasks.card(scene, item, top))


def _reopened(heard: Heard, services: Services, result: Result, key: str, seen: int | None = None) -> Message:
    scene = scene_for(heard, services, result.position)
    item = scene.walk.item(key)
    if item is None or not result.changed:
        return _after(heard, services, result, key, Asked("open"), seen)
    return tasks.card(scene, item, tasks.recorded(scene, result.records))


# --- within ---------------------------------------------------------------------------------------------------


def _after(
    heard: Heard, services: Services, result: Result, key: str, asked: Asked, seen: int | None = None
) -> Message:
    """What was recorded and the next card; or, where nothing was, what stands there instead of what was asked.

    `seen` is the firm's version when the card was drawn.
    """
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return rests.now_screen(scene, tasks.recorded(scene, result.records))
    item = scene.walk.item(key)
    top = tasks.already(scene, item, asked, seen)
    if item and item.state in ("open", "waiting"):
        return tasks.card(scene, item, top)
    return rests.now_screen(scene, top)


def outdated(heard: Heard, services: Services, refusal: Refusal) -> Replace:
    """What the card offered is gone: the sentence, and below it how things are. Any other refusal rises again."""
    if refusal.kind != "stale":
        raise refusal
    scene = scene_for(heard, services)
    return Replace(rests.now_screen(scene, tasks.note(escape(refusal.sentence))))


def _opened(heard: Heard, services: Services, key: str) -> tuple[Scene, Item]:
    """The task a modal is about. Raises Refusal where the firm's roadmap has it no more."""
    scene = scene_for(heard, services)
    item = scene.walk.item(key)
    if item is None:
        raise GONE
    return scene, item


def day_of(text: str) -> date | None:
    """A picked day; None where none was picked, or what came is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_ticket(heard: Heard) -> bool:
    """Whether the person says that what was refused is a ticket number."""
    return heard.value(TICKET_FIELD) == "yes"
