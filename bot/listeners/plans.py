"""Hears what is done with a plan: proposed for a target, accepted whole or in the lines that somebody ticks."""

import re
from collections.abc import Collection
from datetime import date

from bot.buttons import AcceptPlan, OpenPlan, OpenTarget, PlanForm, SetDate, ShowPlan
from bot.listeners.scenes import calendar_for, own_day, scene_for
from bot.listeners.tasks import day_of
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.views import dates, tasks
from bot.views import plans as views
from bot.views.scene import scene_of
from bot.views.tasks import Top
from flows.dates import OnDay, WhichDay, near, only, read_due
from flows.firms import Refusal
from flows.planning import Plan, plan, tight
from flows.position import Position
from flows.services import Services

Shown = AcceptPlan | OpenPlan | PlanForm
"""What carries a plan as it was shown."""

_EARLIEST = re.compile(
    r"asap|as (?:soon|early|fast|quickly) as (?:possible|we can|i can)"
    r"|(?:for |by )?(?:the )?(?:earliest|soonest)(?: possible)?(?: date| day| target)?",
    re.IGNORECASE,
)

CHANGED = "Things have changed since this plan was drawn, so nothing was set. This is how it would be now."
A_TARGET_IS = "A target is a day to come."
SET_ALREADY = "All of this is set already."


def register(router: Router) -> None:
    """What is heard here."""
    router.command("plan")(type_plan)
    router.action(ShowPlan)(show_plan)
    router.action(AcceptPlan)(accept_plan)
    router.action(OpenPlan)(open_lines)
    router.submit(PlanForm)(accept_lines)


async def type_plan(heard: Heard, services: Services) -> Answer:
    """`/cais plan [date]`: a proposal for that day, or for the firm's target."""
    scene = scene_for(heard, services)
    calendar = await calendar_for(heard, services)
    said = heard.words.strip()
    if not said:
        target = scene.position.target
        if target and target > scene.today:
            return Say(await proposal(heard, services, target))
        return Say(views.no_target(scene))
    if _EARLIEST.fullmatch(said):
        return Say(await _earliest(heard, services))
    meant = read_due(said, today=scene.today, calendar=calendar, own=own_day(heard, services))
    match meant:
        case OnDay(on):
            return Say(await proposal(heard, services, on))
        case WhichDay():
            asked = only(meant, lambda on: on > scene.today, A_TARGET_IS)
            return Say(dates.which_day(scene, asked, scene.carry(SetDate, what="plan"), "the plan's target"))
    mended = near(said, today=scene.today, calendar=calendar)
    pick = scene.carry(OpenTarget, plan=True)
    return Say(dates.no_date(scene, said, f"plan {mended}" if mended else "", None, pick))


async def _earliest(heard: Heard, services: Services) -> Message:
    """The plan for the first day on which everything can be finished, going by the usual days."""
    today = services.today(heard.firm)
    found = await _plan(heard, services, today)
    top = views.earliest(found) if found.earliest > today else tasks.NOTHING
    return await proposal(heard, services, found.earliest, top)


async def proposal(
    heard: Heard, services: Services, target: date, top: Top = tasks.NOTHING, now: Position | None = None
) -> Message:
    """The plan as it is proposed, beside what this workspace knows of the industry dates.

    `now`: where the firm is, if it went on since it was heard.
    """
    ledger = (await services.workspace(heard.tenant)).ledger
    scene = scene_of(services, now or heard.firm, heard.who.id, heard.zone, ledger)
    return views.plan(scene, await _plan(heard, services, target, now), top)


async def _plan(heard: Heard, services: Services, target: date, now: Position | None = None) -> Plan:
    calendar, firm = await calendar_for(heard, services), now or heard.firm
    return plan(services.walk(firm), firm, today=services.today(firm), target=target, calendar=calendar)


async def show_plan(heard: Heard, carried: ShowPlan, services: Services) -> Answer:
    """*Plan*, *Plan for …*."""
    scene = scene_for(heard, services)
    target = day_of(carried.target) or scene.position.target
    if target is None or target <= scene.today:
        return Replace(views.no_target(scene))
    return Replace(await proposal(heard, services, target))


async def accept_plan(heard: Heard, carried: AcceptPlan, services: Services) -> Answer:
    """*Accept*: the very days that were shown are set, all as one click. Where they would be others now, none are."""
    return await _as_shown(heard, carried, services) or await _set(heard, carried, services, None)


async def open_lines(heard: Heard, carried: OpenPlan, services: Services) -> Answer:
    """*Choose…*: the lines of the very plan that was shown, to be ticked."""
    stale = await _as_shown(heard, carried, services)
    return stale or Open(views.lines_modal(scene_for(heard, services), await _of(heard, carried, services)))


async def accept_lines(heard: Heard, carried: PlanForm, services: Services) -> Answer:
    """The form with a box for each line was submitted: what is ticked is set, also where a date was set before."""
    if stale := await _as_shown(heard, carried, services):
        return stale
    ticked = {n for block, chosen in heard.values.items() if block.startswith(views.LINES) for n in chosen}
    if not ticked:
        return FieldErrors({f"{views.LINES}0": "Tick at least one, or press Cancel: then nothing is set."})
    return await _set(heard, carried, services, ticked)


async def _as_shown(heard: Heard, carried: Shown, services: Services) -> Answer | None:
    """None where the plan is still the one that was shown, else what it would be now."""
    target = day_of(carried.target)
    if target is None or target <= services.today(heard.firm):
        return Replace(views.no_target(scene_for(heard, services)))
    if (await _plan(heard, services, target)).digest == carried.digest:
        return None
    return Replace(await proposal(heard, services, target, tasks.note(CHANGED)))


async def _of(heard: Heard, carried: Shown, services: Services) -> Plan:
    target = day_of(carried.target)
    assert target is not None, "looked at by `_as_shown`"
    return await _plan(heard, services, target)


async def _set(heard: Heard, carried: Shown, services: Services, ticked: Collection[str] | None) -> Answer:
    """Sets the lines with these numbers; None are those of tasks without a date."""
    proposed = await _of(heard, carried, services)
    lines = [p for n, p in enumerate(proposed.tasks) if (p.now is None if ticked is None else str(n) in ticked)]
    days = {p.item.key: p.due for p in lines}
    key, said = heard.firm.key, {"target": proposed.target, "seen": heard.firm.version}
    try:
        result = await services.accept_plan(key, heard.act, days, **said)
    except Refusal as refusal:
        if refusal.kind != "replanned":
            raise
        now = await services.position(key, heard.who)
        return Replace(await proposal(heard, services, proposed.target, tasks.note(CHANGED), now))
    scene = scene_for(heard, services, result.position)
    calendar = await calendar_for(heard, services)
    found = tight(scene.walk, result.position, today=scene.today, calendar=calendar)
    top = views.accepted(scene, result.records, found) if result.changed else tasks.note(SET_ALREADY)
    return Replace(dates.own(scene, top))
