"""Hears when things are wanted: the date of a task or step, the target, dates of every year."""

from datetime import date

from msgspec.structs import replace

from bot.buttons import (
    DateForm,
    FinishYear,
    OpenDate,
    OpenTarget,
    RemoveRecurring,
    SetDate,
    ShowDates,
    ShowPlan,
    TargetForm,
)
from bot.listeners import plans
from bot.listeners.plans import A_TARGET_IS
from bot.listeners.scenes import calendar_for, dated_scene_for, own_day, scene_for
from bot.listeners.tasks import GONE, NO_SUCH_TASK, beyond, day_of
from bot.listeners.yearly import own_dates, when_set
from bot.router import Heard, Router
from bot.slack.places import place
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed import dates as date_words
from bot.typed.dates import DueWords, Read, Someone
from bot.typed.tasks import near_tasks, out_of_reach, step_meant
from bot.typed.words import named_last
from bot.views import dates as views
from bot.views import owners as owner_views
from bot.views import steps, tasks
from bot.views.blocks import clip, day, literal
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows import dates
from flows.before_after import day_before
from flows.dates import EveryYear, NoDate, OnDay, WhichDay
from flows.firms import Refusal
from flows.position import Recurring
from flows.services import Result, Services
from flows.trading_days import Calendar
from flows.walk import Item

YEARLY_NEEDS_A_NAME = Refusal(
    "Give a date of every year a name of its own, like `/cais due “SAA yearly certification” every March 15`."
)
NO_DAY = Refusal("That button carries no day. Nothing was changed.", kind="stale")
SET_ALREADY = "That is set already."
SET_MEANWHILE = "Somebody set another date since this was drawn, so nothing was changed."


def register(router: Router) -> None:
    """What is heard here."""
    router.command("due", for_people=True)(type_due)
    router.command("target")(type_target)
    router.action(ShowDates)(show_dates)
    router.action(OpenDate)(open_date)
    router.submit(DateForm)(save_date)
    router.action(SetDate)(set_chosen)
    router.action(OpenTarget)(open_target)
    router.submit(TargetForm)(save_target)
    router.action(RemoveRecurring)(remove_recurring)
    router.action(FinishYear)(finish_year)


def reader(today: date, calendar: Calendar, own: date | None = None) -> Read:
    """What reads words as a date, today. `own`: the day it is where the person is who typed them."""
    return lambda text: dates.read_due(text, today=today, calendar=calendar, own=own)


# --- due ------------------------------------------------------------------------------------------------------


async def type_due(heard: Heard, services: Services) -> Answer:
    """`/cais due <task or step> <date>`; alone it shows the firm's own dates."""
    scene = scene_for(heard, services)
    if not heard.words.strip():
        return Say(views.own(scene))
    calendar = await calendar_for(heard, services)
    read = reader(scene.today, calendar, own_day(heard, services))
    words, name = named_last(heard.words)
    if words and (whom := date_words.someone_named(name, heard.mentions, heard.firm, heard.who.id)):
        answer = await type_due(replace(heard, words=words), services)
        return _for_whom(heard, scene, answer, date_words.due_words(scene.pack, scene.walk, words, read), whom)
    found = date_words.due_words(scene.pack, scene.walk, heard.words, read)
    if _kept_every_year(scene, found.unknown):
        found = found._replace(name=found.unknown, meant=read(found.rest))
    elif isinstance(found.meant, NoDate) and (kept := _kept_every_year(scene, date_words.before(heard.words, found))):
        found = found._replace(name=kept.name)  # tasks that came since may be found by words of it, too
    if found.name or found.yearly:
        return await _due_every_year(heard, services, scene, found, read)
    if found.subject.step:
        return await _due_of_step(heard, services, scene, found, calendar)
    return await _due_of_task(heard, services, scene, found, calendar)


async def _due_of_task(heard: Heard, services: Services, scene: Scene, found: DueWords, calendar: Calendar) -> Answer:
    items = found.subject.items
    if found.unknown and not dates.near(heard.words.strip(), today=scene.today, calendar=calendar):
        return Say(_no_such_task(scene, found, date_words.as_yearly(found, reader(scene.today, calendar))))
    if not items and found.meant is None:
        return Say(_not_read(heard, scene, heard.words.strip(), calendar, None))
    if not items:
        raise NO_SUCH_TASK
    if len(items) > 1:
        return Say(_which_task(scene, found))
    item = items[0]
    match found.meant:
        case None if not found.rest and heard.kind in ("command", "action"):
            return Open(views.date_modal(scene, item))
        case None:
            return Say(_not_read(heard, scene, found.rest, calendar, item))
        case WhichDay():
            choice = scene.carry(SetDate, what="task", key=item.key)
            return Say(views.which_day(scene, found.meant, choice, f"the date of “{literal(item.title)}”"))
        case OnDay(on) if found.unnamed and (kept := scene.position.task_due.get(item.key)) and kept.on != on:
            return Say(views.which_day(scene, *_another_day(scene, item, kept.on, on)))
        case NoDate() if found.unnamed and (kept := scene.position.task_due.get(item.key)):
            return Say(views.take_off(scene, item, kept.on))
        case OnDay() | NoDate():
            return Say(await _set_typed(heard, services, item, _day(found.meant)))
    raise YEARLY_NEEDS_A_NAME


def _for_whom(heard: Heard, scene: Scene, answer: Answer, found: DueWords, whom: Someone) -> Answer:
    """What was said of the date. Whom it is for was typed behind it, which is set by another command.

    Nothing is said of that where no date was understood, or several tasks fit, or one that is theirs already.
    """
    if not isinstance(answer, Say) or found.meant is None:
        return answer
    person = place(heard.tenant, whom.slack_id) if whom.slack_id else whom.person
    items, yearly = found.subject.items, _kept_every_year(scene, found.unknown) or found.name
    if person and (found.subject.step or yearly):
        return Say(owner_views.belongs_to_nobody(answer.message))
    if len(items) != 1 or found.unknown or yearly:
        return answer
    owner = scene.position.owners.get(items[0].key)
    if (owner.person if owner else "") == person:
        return answer
    to = "@ben" if person else "nobody"
    return Say(owner_views.not_assigned(scene, answer.message, items[0], heard.firm.members.get(person), to))


def _which_task(scene: Scene, found: DueWords) -> Message:
    """Several tasks fit: each is offered with the day that was typed."""
    items = found.subject.items
    match found.meant:
        case None:
            return steps.which_task(scene, items, "A date for which one? Open it and press *Set date*.")
        case OnDay(on):
            when, said = on.isoformat(), f"*{day(on)}*"
        case NoDate():
            when, said = "none", "No date"
        case _:
            when, said = found.when, f"“{literal(clip(found.when, 80))}”"
    ask = f"{said} for which one? Nothing was set."
    return steps.which_task(scene, items, ask, lambda item: f"due {item.key} {when}")


def _another_day(scene: Scene, item: Item, kept: date, on: date) -> tuple[WhichDay, SetDate, str]:
    """No task was named, and the one at hand has a date that somebody set: it may not be the one that was meant."""
    ask = f"It is the task at hand, and its date is {day(kept)}. For another one, name it: `due s2 Dec 15`."
    asked = WhichDay(ask, (on,))
    return asked, scene.carry(SetDate, what="task", key=item.key), f"the date of “{literal(item.title)}”"


async def _set_typed(heard: Heard, services: Services, item: Item, on: date | None) -> Message:
    """Sets it; where the task repeats for agents still to be named, its step is offered the same day."""
    try:
        return await _set_task(heard, services, item.key, on)
    except Refusal as refusal:
        if refusal.kind != "repeats" or on is None:
            raise
        return views.for_its_step(scene_for(heard, services), item, refusal.sentence, on)


def _no_such_task(scene: Scene, found: DueWords, yearly: str) -> Message:
    """One that does not apply is shown; of others the near ones are offered, and what may come back every year."""
    if out := out_of_reach(scene.walk, found.unknown):
        return beyond(scene, out, "Nothing was set")
    return views.no_task(scene, found.unknown, found.rest, near_tasks(scene.walk, found.unknown), yearly)


async def _due_of_step(heard: Heard, services: Services, scene: Scene, found: DueWords, calendar: Calendar) -> Answer:
    step = found.subject.step
    match found.meant:
        case None:
            return Say(_not_read(heard, scene, found.rest, calendar, None))
        case WhichDay():
            choice = scene.carry(SetDate, what="step", key=step)
            return Say(views.which_day(scene, found.meant, choice, f"the date of step {step}"))
        case OnDay() | NoDate():
            return Say(await _set_step(heard, services, step, _day(found.meant)))
    raise YEARLY_NEEDS_A_NAME


def _kept_every_year(scene: Scene, name: str) -> Recurring | None:
    """The firm's date of every year of this name."""
    return next((r for r in scene.position.recurring if r.name.casefold() == name.casefold()), None)


async def _due_every_year(heard: Heard, services: Services, scene: Scene, found: DueWords, read: Read) -> Answer:
    name = " ".join(found.name.split())
    kept = _kept_every_year(scene, name) or _kept_every_year(scene, name.strip(date_words.QUOTES))
    name = kept.name if kept and name.casefold() != kept.name.casefold() else name
    match found.meant:
        case NoDate() if kept:
            return Say(own_dates(heard, services, await services.remove_recurring(heard.firm.key, heard.act, kept.id)))
        case _ if not date_words.is_a_name(name, read):
            raise YEARLY_NEEDS_A_NAME
        case EveryYear(month, on) if kept or not _names_a_task(scene, name):
            result = await services.set_recurring(heard.firm.key, heard.act, name, month, on)
            return Say(when_set(heard, services, result, name))
        case WhichDay(ask, _):
            raise Refusal(f"{ask} Nothing was set.")
        case EveryYear():
            plain = name.strip(date_words.QUOTES)
            raise Refusal(
                f"“{plain}” is how a task is found here, and tasks are done once. {YEARLY_NEEDS_A_NAME.sentence}"
            )
    raise Refusal(f"“{name}” is no task of this firm. For a date of every year, write `every March 15` behind it.")


def _names_a_task(scene: Scene, name: str) -> bool:
    return date_words.subject_of(scene.pack, scene.walk, name) is not None


def _not_read(heard: Heard, scene: Scene, said: str, calendar: Calendar, item: Item | None) -> Message:
    """Words that are no date, with the nearest that is one: offered, never run."""
    mended = dates.near(said, today=scene.today, calendar=calendar) if said else ""
    head = heard.words[: len(heard.words) - len(said)] if said and heard.words.endswith(said) else ""
    return views.no_date(scene, said, f"due {head}{mended}" if mended else "", item)


def _day(meant: OnDay | NoDate) -> date | None:
    return meant.on if isinstance(meant, OnDay) else None


async def _set_task(heard: Heard, services: Services, key: str, on: date | None, seen: int | None = None) -> Message:
    result = await services.set_task_due(heard.firm.key, heard.act, key, on, seen=seen)
    scene = scene_for(heard, services, result.position)
    item = scene.walk.item(key)
    if item is None:
        raise GONE
    kept = scene.position.task_due.get(key)
    same = (kept.on if kept else None) == on
    unchanged = SET_ALREADY if same else SET_MEANWHILE
    top = await _recorded(heard, services, scene, result, on, unchanged)
    return tasks.card(scene, item, views.if_it_applies(top, [item]) if on and result.changed else top)


async def _set_step(heard: Heard, services: Services, step: str, on: date | None, seen: int | None = None) -> Message:
    result = await services.set_step_due(heard.firm.key, heard.act, step, on, seen=seen)
    scene = scene_for(heard, services, result.position)
    kept = scene.position.step_due.get(step)
    unchanged = SET_ALREADY if (kept.on if kept else None) == on else SET_MEANWHILE
    top = await _recorded(heard, services, scene, result, on, unchanged)
    of_step = [i for i in scene.walk.items if step in (i.task.step, i.task.part)]
    if on and result.changed:
        top = views.if_followed(scene, views.if_it_applies(top, of_step), step)
    return steps.step_page(scene, *step_meant(scene.pack, step), top)


async def _recorded(
    heard: Heard, services: Services, scene: Scene, result: Result, on: date | None, unchanged: str
) -> Top:
    """What was set, and where its day is no trading day or ends at another hour here, that too."""
    if not result.changed:
        return tasks.note(unchanged)
    top = views.with_day_before(tasks.recorded(scene, result.records), day_before(result.records[0]))
    if on is None:
        return top
    calendar = await calendar_for(heard, services)
    return views.with_day(scene, top, on, calendar)


# --- the target --------------------------------------------------------------------------------------------


async def type_target(heard: Heard, services: Services) -> Answer:
    """`/cais target <date>`; alone it asks for one."""
    scene = scene_for(heard, services)
    calendar = await calendar_for(heard, services)
    said = heard.words.strip()
    meant = reader(scene.today, calendar, own_day(heard, services))(said) if said else None
    match meant:
        case OnDay() | NoDate():
            return Say(await _set_target(heard, services, _day(meant)))
        case WhichDay():
            asked = dates.only(meant, lambda on: on > scene.today, A_TARGET_IS)
            return Say(views.which_day(scene, asked, scene.carry(SetDate, what="target"), "your target"))
        case EveryYear():
            raise Refusal("A target is one day. Nothing was set.")
    if said:
        mended = dates.near(said, today=scene.today, calendar=calendar)
        return Say(views.no_date(scene, said, f"target {mended}" if mended else "", None, scene.carry(OpenTarget)))
    if heard.kind in ("command", "action"):
        return Open(views.target_modal(scene, plan=False))
    return Say(views.own(scene, tasks.note("Press *Set the target*, or write it: `target May 28, 2027`.")))


async def _set_target(heard: Heard, services: Services, on: date | None, seen: int | None = None) -> Message:
    result = await services.set_target(heard.firm.key, heard.act, on, seen=seen)
    scene = await dated_scene_for(heard, services, result.position)
    unchanged = SET_ALREADY if scene.position.target == on else SET_MEANWHILE
    top = await _recorded(heard, services, scene, result, on, unchanged)
    return views.own(scene, views.with_target(scene, top) if on and result.changed else top)


async def open_target(heard: Heard, carried: OpenTarget, services: Services) -> Open:
    """*Set the target*, *Choose a target…*."""
    return Open(views.target_modal(scene_for(heard, services), plan=carried.plan))


async def save_target(heard: Heard, carried: TargetForm, services: Services) -> Answer:
    """The modal for the target was submitted."""
    on = day_of(heard.value(views.DAY))
    clear = heard.value(views.CLEAR) == views.YES
    if on is None and not clear:
        return FieldErrors({views.DAY: "Pick a day."})
    if on is not None and on <= services.today(heard.firm):
        return FieldErrors({views.DAY: "The target must be a day in the future."})
    if carried.plan and on:
        return Replace(await plans.proposal(heard, services, on))
    return Replace(await _set_target(heard, services, None if clear else on, carried.version))


# --- dates by buttons -----------------------------------------------------------------------------------------


async def show_dates(heard: Heard, carried: ShowDates, services: Services) -> Replace:
    """*Earlier*, *Later* below the firm's own dates."""
    return Replace(views.own(scene_for(heard, services), page=carried.page))


async def open_date(heard: Heard, carried: OpenDate, services: Services) -> Answer:
    """*Set date* on a card."""
    scene = scene_for(heard, services)
    return Open(views.date_modal(scene, item_of(scene, carried.task)))


async def save_date(heard: Heard, carried: DateForm, services: Services) -> Answer:
    """The modal for a date was submitted. An empty field erases nothing: for that there is a box."""
    on = day_of(heard.value(views.DAY))
    clear = heard.value(views.CLEAR) == views.YES
    if on is None and not clear:
        return FieldErrors({views.DAY: "Pick a day."})
    try:
        return Replace(await _set_task(heard, services, carried.task, None if clear else on, carried.version))
    except Refusal as refusal:
        return FieldErrors({views.DAY: refusal.sentence})


async def set_chosen(heard: Heard, carried: SetDate, services: Services) -> Answer:
    """One of the days that words may have meant."""
    on = day_of(carried.on)
    if on is None:
        raise NO_DAY
    if carried.what == "plan":
        return await plans.show_plan(heard, ShowPlan(carried.firm, carried.version, target=carried.on), services)
    if carried.what == "target":
        return Replace(await _set_target(heard, services, on, carried.version))
    if carried.what == "step":
        return Replace(await _set_step(heard, services, carried.key, on, carried.version))
    return Replace(await _set_task(heard, services, carried.key, on, carried.version))


async def remove_recurring(heard: Heard, carried: RemoveRecurring, services: Services) -> Answer:
    """*Remove* beside a date of every year."""
    return Replace(
        own_dates(heard, services, await services.remove_recurring(heard.firm.key, heard.act, carried.recurring))
    )


async def finish_year(heard: Heard, carried: FinishYear, services: Services) -> Answer:
    """*Done for …* beside a date of every year that has passed."""
    on = day_of(carried.on)
    if on is None:
        raise NO_DAY
    result = await services.reminders.finish_recurring(heard.firm.key, heard.act, carried.recurring, on)
    return Replace(own_dates(heard, services, result))


def item_of(scene: Scene, key: str) -> Item:
    """The task a button is about. Raises Refusal where the roadmap of the firm has it no more."""
    item = scene.walk.item(key)
    if item is None:
        raise GONE
    return item
